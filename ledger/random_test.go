package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/money"
	"bega/internal/settle"
)

// long reports whether there is time for a long test.
var long = os.Getenv("BEGA_LONG") != ""

// A snapshot is what was said of a party at an instant.
type snapshot struct {
	party act.PartyID
	known time.Time
	sheet string
}

// A machine does random things to a few parties, in the database.
type machine struct {
	*town
	t       *rapid.T
	prefix  string
	parties []act.PartyID
	ids     map[act.PartyID][]string
	paid    []Payment
	money   money.Bani // that has to be there in the end
	seen    []snapshot
	n       int
}

func (m *machine) name(what string) string { m.n++; return fmt.Sprint(m.prefix, what, m.n) }

func (m *machine) party() act.PartyID { return rapid.SampledFrom(m.parties).Draw(m.t, "party") }

func (m *machine) lei(most int) money.Bani { return lei(rapid.IntRange(1, most).Draw(m.t, "lei")) }

// must fails unless an error is one of those that may be.
func (m *machine) must(err error, may ...error) bool {
	if err == nil {
		return true
	}
	if !slices.ContainsFunc(may, func(want error) bool { return errors.Is(err, want) }) {
		m.t.Fatal(err)
	}
	return false
}

// step does one thing, some minutes or weeks later.
func (m *machine) step() {
	m.set(m.Now().Add(time.Duration(rapid.IntRange(1, 60*24*25).Draw(m.t, "minutes")) * time.Minute))
	ctx, party := m.town.t.Context(), m.party()
	switch rapid.SampledFrom([]string{"enter", "enter", "assess", "pay", "pay", "pay", "pay late", "again", "reverse", "reassess", "compensate", "refund", "waive", "fix", "plan", "crash", "mark"}).Draw(m.t, "step") {
	case "enter", "assess":
		m.enter(party)
	case "pay":
		m.pay(party, m.Now())
	case "pay late":
		m.pay(party, m.Now().AddDate(0, 0, -rapid.IntRange(0, 60).Draw(m.t, "days ago")))
	case "again":
		if len(m.paid) > 0 {
			_, err := m.town.pay(rapid.SampledFrom(m.paid).Draw(m.t, "payment"))
			m.must(err)
		}
	case "reverse":
		m.reverse()
	case "reassess":
		m.reassess(party)
	case "compensate":
		_, err := m.ApproveCompensation(ctx, clerk, m.name("k"), party, Choice{Future: rapid.Bool().Draw(m.t, "future")})
		m.must(err)
	case "refund":
		done, err := m.ApproveRefund(ctx, head, m.name("k"), Refund{Party: party, Amount: m.lei(50), Channel: "treasury", After: day("2026-01-31"), Grounds: grounds})
		m.must(err, ErrTooMuch)
		m.money -= done.Amount
	case "waive":
		if id := m.obligation(party); id != "" {
			m.must(m.ApproveWriteOff(ctx, signer, m.name("k"), WriteOff{party, id, rapid.SampledFrom([]Part{Principal, Surcharge}).Draw(m.t, "part"), m.lei(20), grounds}), ErrTooMuch)
		}
	case "fix", "mark":
		m.marks(party)
	case "plan":
		if id := m.obligation(party); id != "" {
			_, err := m.GrantPlan(ctx, signer, m.name("k"), Terms{Party: party, Obligations: []string{id}, First: m.today().AddDays(20), Months: rapid.IntRange(0, 4).Draw(m.t, "months"), Grounds: grounds})
			m.must(err, ErrNotLate, settle.ErrPlanSmall, settle.ErrPlanTerms)
		}
	case "crash":
		m.crash(party)
	}
	s := m.sheet(party, m.today().String())
	m.seen = append(m.seen, snapshot{party, m.Now(), fmt.Sprint(s)})
}

func (m *machine) obligation(party act.PartyID) string {
	if len(m.ids[party]) == 0 {
		return ""
	}
	return rapid.SampledFrom(m.ids[party]).Draw(m.t, "obligation")
}

func (m *machine) enter(party act.PartyID) {
	kind := rapid.SampledFrom([]string{"land", "buildings", "fees", "fines"}).Draw(m.t, "kind")
	today := m.today()
	first := Obligation{Party: party, Kind: kind, Year: today.Year, Amount: m.lei(200), Due: today.AddDays(rapid.IntRange(-100, 100).Draw(m.t, "due")), Source: m.name("s")}
	if rapid.IntRange(0, 3).Draw(m.t, "backdated") == 0 {
		first.Born = today.AddDays(-rapid.IntRange(0, 90).Draw(m.t, "born"))
	}
	all, bonuses := []Obligation{first}, []Bonus(nil)
	if !first.Due.Before(today) {
		second := first
		second.Source, second.Due, second.Amount, first.Year = m.name("s"), first.Due.AddMonths(6), m.lei(200), m.n
		second.Year = first.Year
		all = []Obligation{first, second}
		bonuses = []Bonus{{party, kind, first.Year, lei(10), first.Due}}
	}
	m.must(m.do(func(ctx context.Context, tx *act.Tx) error {
		entered, err := m.Enter(ctx, tx, all, bonuses)
		for _, ob := range entered {
			m.ids[party] = append(m.ids[party], ob.ID)
		}
		return err
	}))
}

func (m *machine) draws(party act.PartyID, moment time.Time) Payment {
	c := Choice{Future: rapid.Bool().Draw(m.t, "future"), Owner: rapid.Bool().Draw(m.t, "owner")}
	switch rapid.IntRange(0, 2).Draw(m.t, "chosen") {
	case 0:
		c.Kinds = []string{"land"}
	case 1:
		if id := m.obligation(party); id != "" {
			c.Obligations = []string{id}
		}
	}
	return Payment{ID: m.name("p"), Payer: "x", Debtor: party, Amount: m.lei(300), Moment: moment, Channel: "card", Choice: c}
}

func (m *machine) pay(party act.PartyID, moment time.Time) {
	p := m.draws(party, moment)
	said, err := m.PreviewFor(m.town.t.Context(), m.DB, party, p.Amount, p.Choice)
	m.must(err)
	r, err := m.town.pay(p)
	m.must(err)
	if moment.Equal(m.Now()) && !slices.Equal(r.Lines, said) {
		m.t.Fatalf("said %v\ndone %v", said, r.Lines)
	}
	m.paid, m.money = append(m.paid, p), m.money+p.Amount
}

func (m *machine) reverse() {
	if len(m.paid) == 0 {
		return
	}
	v := Reversal{ID: m.name("r"), Payment: rapid.SampledFrom(m.paid).Draw(m.t, "payment").ID, Reason: "x"}
	if rapid.Bool().Draw(m.t, "a part") {
		v.Amount = m.lei(50)
	}
	for range 2 { // it is told twice
		err := m.do(func(ctx context.Context, tx *act.Tx) error {
			was, err := m.ReceiptOf(ctx, tx, v.Payment)
			if err != nil {
				return err
			}
			r, err := m.Reverse(ctx, tx, v)
			if err == nil {
				m.money -= r.Reversed - was.Reversed
			}
			return err
		})
		m.must(err, ErrTooMuch)
	}
}

func (m *machine) reassess(party act.PartyID) {
	id := m.obligation(party)
	if id == "" {
		return
	}
	m.must(m.do(func(ctx context.Context, tx *act.Tx) error {
		return m.Reassess(ctx, tx, Reassessment{Source: m.name("a"), Party: party, Reductions: []Reduction{{id, m.lei(100)}}})
	}), ErrTooMuch)
}

func (m *machine) marks(party act.PartyID) {
	if id := m.obligation(party); id != "" {
		m.must(m.FixSurcharge(m.town.t.Context(), clerk, m.name("k"), party, id))
		m.must(m.do(func(ctx context.Context, tx *act.Tx) error {
			return errors.Join(m.Finalise(ctx, tx, party, id), m.Enforce(ctx, tx, party, id))
		}))
	}
}

var errCrash = errors.New("the power fails")

// crash pays and enters, and then something breaks: nothing of it is there.
func (m *machine) crash(party act.PartyID) {
	before := fmt.Sprint(m.sheet(party, "2027-12-31"))
	err := m.do(func(ctx context.Context, tx *act.Tx) error {
		if _, err := m.Pay(ctx, tx, m.draws(party, m.Now())); err != nil {
			return err
		}
		if _, err := m.Enter(ctx, tx, []Obligation{{Party: party, Kind: "fees", Year: 2026, Amount: 100, Due: m.today(), Source: m.name("s")}}, nil); err != nil {
			return err
		}
		return errCrash
	})
	m.must(err, errCrash)
	if after := fmt.Sprint(m.sheet(party, "2027-12-31")); err == nil || after != before {
		m.t.Fatalf("after a crash: %v\n%s\n%s", err, before, after)
	}
}

// TestRandomLives: whatever happens, the ledger is whole at the end, holds the money
// that came in, and still says of every instant what it said then.
func TestRandomLives(t *testing.T) {
	for _, engine := range []struct {
		name  string
		open  func(*testing.T) *db.DB
		lives int
	}{{"sqlite", dbtest.SQLite, 25}, {"postgres", dbtest.PostgreSQL, 6}} {
		t.Run(engine.name, func(t *testing.T) {
			o := newTown(t, engine.open(t))
			lives := engine.lives
			if long {
				lives *= 200
			}
			cases(t, 10)
			life := 0
			rapid.Check(t, func(rt *rapid.T) {
				if life++; life > lives { // rapid does not count so few
					return
				}
				o.on("2026-01-19")
				prefix := fmt.Sprint("life", life, "-")
				m := &machine{town: o, t: rt, prefix: prefix, parties: []act.PartyID{act.PartyID(prefix + "ana"), act.PartyID(prefix + "ion")}, ids: map[act.PartyID][]string{}}
				for range rapid.IntRange(5, 25).Draw(rt, "steps") {
					m.step()
				}
				m.whole()
			})
			o.verified()
		})
	}
}

// whole checks the parties of one life.
func (m *machine) whole() {
	ctx := m.town.t.Context()
	var v Verified
	if err := m.verify(ctx, m.parties, &v); err != nil || len(v.Breaches) > 0 {
		m.t.Fatal(v.Breaches, err)
	}
	if v.Money != m.money {
		m.t.Fatalf("there are %s, want %s", v.Money, m.money)
	}
	for _, s := range m.seen {
		sheet, err := m.OwedOn(ctx, m.DB, s.party, m.day(s.known), s.known)
		if got := fmt.Sprint(sheet); err != nil || got != s.sheet {
			m.t.Fatalf("of %s was said\n%s, and now\n%s", s.known, s.sheet, got)
		}
		b, err := m.Balance(ctx, m.DB, s.party, m.day(s.known), s.known)
		if err != nil || b.Principal != sheet.All().Principal || b.Credit != sheet.Credit {
			m.t.Fatalf("the rows say %+v, %v, the sheet %+v and %s", b, err, sheet.All(), sheet.Credit)
		}
	}
}

// TestRaces: twenty pay the same debts at once. With the same payment, it is one; with
// others, the debts are settled once, and the rest is to their credit.
func TestRaces(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		for round, same := range []bool{true, false} {
			party := act.PartyID(fmt.Sprint("p", round))
			o.assessed(party, "land", 34, 33, 6)
			o.owes(party, "fees", 2026, "2026-01-10", lei(10))
			var group sync.WaitGroup
			settled := make([]money.Bani, 20)
			for i := range settled {
				group.Go(func() {
					id := fmt.Sprint(party, "-", i)
					if same {
						id = string(party)
					}
					p := Payment{ID: id, Debtor: party, Amount: lei(71), Moment: o.Now(), Channel: "card", Choice: Choice{Future: true}}
					r, err := o.pay(p)
					if err != nil {
						t.Error(err)
					}
					for _, l := range r.Lines {
						if l.Part == Principal && !r.Repeated {
							settled[i] += l.Amount
						}
					}
				})
			}
			group.Wait()
			var sum money.Bani
			for _, n := range settled {
				sum += n
			}
			// Of payments of one instant, those that come later may give way to others.
			if same && sum != lei(71) || sum < lei(71) {
				t.Errorf("they settled %s", sum)
			}
			s := o.sheet(party, "2026-03-31")
			want := lei(0)
			if !same {
				want = lei(19 * 71)
			}
			check(t, "credit", s.Credit, want)
			check(t, "owed", s.All().Sum(), lei(0))
		}
		check(t, "money", o.verified().Money, lei(71*21))
	})
}

// TestDecisionsRace: of twenty refunds of the same credit, as many succeed as there is
// money.
func TestDecisionsRace(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.pays("1", "ana", lei(50), Choice{})
		var group sync.WaitGroup
		done := make([]bool, 20)
		for i := range done {
			group.Go(func() {
				_, err := o.ApproveRefund(t.Context(), head, fmt.Sprint("k", i), Refund{Party: "ana", Amount: lei(20), Channel: "treasury", Grounds: grounds})
				if done[i] = err == nil; err != nil && !errors.Is(err, ErrTooMuch) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		n := 0
		for _, ok := range done {
			if ok {
				n++
			}
		}
		check(t, "refunds", n, 2)
		check(t, "money", o.verified().Money, lei(10))
	})
}

// TestClockBehind: a program whose clock is a little behind decides about what it has
// seen all the same.
func TestClockBehind(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.pays("1", "ana", lei(50), Choice{})
		o.set(o.Now().Add(-time.Second))
		if _, err := o.ApproveRefund(t.Context(), head, "k", Refund{Party: "ana", Amount: lei(50), Channel: "treasury", Grounds: grounds}); err != nil {
			t.Fatal(err)
		}
		s := o.sheet("ana", "2026-12-31")
		check(t, "left", line(len(s.Debts), s.Credit, o.verified().Obligations), "0 0.00 0")
	})
}

// TestTampering: whoever changes a row behind our back is found, and stops what would
// build on it.
func TestTampering(t *testing.T) {
	type write = func(ctx context.Context, tx *db.Tx) (int64, error)
	for _, test := range []struct {
		name  string
		write write
	}{
		{Explained, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE ledger_entries SET amount = 1 WHERE debit = 'owed' AND party = 'ana'`)
		}},
		{Complete, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM ledger_entries WHERE cause = '1'`)
		}},
		{Complete, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `INSERT INTO ledger_entries (journal, n, party, obligation, kind, cause, debit, credit, amount, value, channel, at)
				SELECT 'x', 1, party, obligation, kind, cause, debit, credit, 1, value, channel, at FROM ledger_entries WHERE cause = '1'`)
		}},
		{Explained, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE ledger_events SET amount = 100 WHERE id = '1'`)
		}},
		{Explained, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE ledger_obligations SET amount = 100 WHERE party = 'ana'`)
		}},
		{Explained, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE ledger_entries SET party = 'ion' WHERE cause = '1'`)
		}},
	} {
		eachTown(t, func(t *testing.T, o *town) {
			o.owes("ana", "land", 2026, "2026-03-31", lei(100))
			o.pays("1", "ana", lei(40), Choice{Future: true})
			var counted []string
			o.Breached = func(invariant string) { counted = append(counted, invariant) }
			o.verified()
			err := o.d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
				n, err := test.write(ctx, tx)
				if n == 0 {
					t.Errorf("%s: nothing was changed", test.name)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			v, err := o.Verify(t.Context(), nil)
			if err != nil || !slices.ContainsFunc(v.Breaches, func(b Breach) bool { return b.Invariant == test.name }) || len(counted) == 0 {
				t.Errorf("%s: Verify found %v, %v", test.name, v.Breaches, err)
			}
			_, err = o.pay(Payment{ID: "2", Debtor: "ana", Amount: 100, Moment: o.Now(), Channel: "card"})
			if _, ok := errors.AsType[*Breach](err); !ok {
				t.Errorf("%s: somebody could pay: %v", test.name, err)
			}
		})
	}
}

// TestEnterInBulk enters many at once, and refuses what was entered before.
func TestEnterInBulk(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		const parties = 700
		var all []Obligation
		var bonuses []Bonus
		for i := range parties {
			party := act.PartyID(fmt.Sprint("p", i))
			for n, due := range []string{"2026-03-31", "2026-09-30"} {
				all = append(all, Obligation{Party: party, Role: fmt.Sprint(i), Kind: "buildings", Year: 2026, Instalment: n + 1, Due: day(due), Amount: lei(50 + i), Source: fmt.Sprint("line ", i, n), Provisional: true})
			}
			bonuses = append(bonuses, Bonus{party, "buildings", 2026, lei(10), day("2026-03-31")})
		}
		enter := func(bonuses []Bonus) error {
			return o.do(func(ctx context.Context, tx *act.Tx) error {
				_, err := o.Enter(ctx, tx, all, bonuses)
				return err
			})
		}
		if err := enter(bonuses); err != nil {
			t.Fatal(err)
		}
		if err := enter(bonuses); !errors.Is(err, ErrEntered) {
			t.Errorf("again: %v", err)
		}
		first := all[0].Source
		for i := range all {
			all[i].Source = fmt.Sprint("other ", i)
		}
		if err := enter(bonuses); !errors.Is(err, ErrEntered) {
			t.Errorf("the same bonuses: %v", err)
		}
		ob, err := o.BySource(t.Context(), o.DB, first)
		if err != nil || ob.Amount != lei(50) || ob.Kind != "buildings" || !ob.Provisional || ob.ID == "" {
			t.Errorf("by source: %+v, %v", ob, err)
		}
		if err := o.do(func(ctx context.Context, tx *act.Tx) error { return o.Finalise(ctx, tx, ob.Party, ob.ID) }); err != nil {
			t.Fatal(err)
		}
		s := o.sheet(ob.Party, "2026-01-19")
		if s.Debts[0].Obligation.Provisional || !s.Debts[1].Obligation.Provisional || s.Debts[0].ID != ob.ID {
			t.Errorf("provisional: %+v", s.Debts)
		}
		v := o.verified()
		if v.Parties != parties || v.Obligations != 2*parties || v.Entries != 2*parties {
			t.Errorf("verified %+v", v)
		}
	})
}

// TestEnterRefuses what is no obligation.
func TestEnterRefuses(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		good := Obligation{Party: "ana", Kind: "land", Year: 2026, Due: day("2026-03-31"), Amount: 100, Source: "s"}
		for name, change := range map[string]func(*Obligation){
			"no party": func(o *Obligation) { o.Party = "" }, "no kind": func(o *Obligation) { o.Kind = "dragons" }, "no source": func(o *Obligation) { o.Source = "" },
			"no day": func(o *Obligation) { o.Due.Year = 0; o.Due.Month = 0; o.Due.Day = 0 }, "nothing": func(o *Obligation) { o.Amount = 0 },
			"less": func(o *Obligation) { o.Amount = -1 }, "too much": func(o *Obligation) { o.Amount = most + 1 }, "ours": func(o *Obligation) { o.Kind = Recovery },
		} {
			bad := good
			change(&bad)
			err := o.do(func(ctx context.Context, tx *act.Tx) error {
				_, err := o.Enter(ctx, tx, []Obligation{good, bad}, nil)
				return err
			})
			if err == nil {
				t.Errorf("%s: was entered", name)
			}
		}
		check(t, "entered", o.verified().Obligations, 0)
	})
}

// TestRowsAreOnlyAdded: no statement of the room changes or removes any.
func TestRowsAreOnlyAdded(t *testing.T) {
	source, err := os.ReadFile("store.go")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile("`\\s*(UPDATE|DELETE|WITH)[^`]*`").FindAllString(string(source), -1); len(found) > 0 || !strings.Contains(string(source), "INSERT INTO ledger_entries") {
		t.Errorf("the room has %q", found)
	}
}

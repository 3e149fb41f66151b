package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
)

var (
	ana    = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion    = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	clerk  = act.Actor{Person: "maria", For: "maria", Roles: []act.Role{act.Clerk}, Unit: "fiscal"}
	head   = act.Actor{Person: "radu", For: "radu", Roles: []act.Role{act.Head}, Unit: "fiscal"}
	signer = act.Actor{Person: "ileana", For: "ileana", Roles: []act.Role{act.Signatory}, Unit: "fiscal"}
	other  = act.Actor{Person: "dan", For: "dan", Roles: []act.Role{act.Clerk, act.Head, act.Signatory}, Unit: "urbanism"}
)

var grounds = Grounds{"la cerere", "CPF art. 168"}

var kindsOfTests = []Kind{{Key: "buildings", Class: Tax}, {Key: "land", Class: Tax}, {Key: "vehicles", Class: Tax}, {Key: "fees", Class: Fee}, {Key: "fines", Class: Fine}, {Key: "costs", Class: Cost}}

// A town is an office with a clock that tests set.
type town struct {
	*Office
	t  testing.TB
	d  *db.DB
	mu sync.Mutex
	at time.Time
	n  int
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

var bucharest = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		panic(err)
	}
	return zone
}()

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	for room, files := range map[string]fs.FS{"act": act.Files, "ledger": Files} {
		if err := d.Migrate(t.Context(), room, files); err != nil {
			t.Fatal(err)
		}
	}
	o := &town{t: t, d: d}
	o.on("2026-01-19")
	now := func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.at }
	o.Office = &Office{DB: d, Acts: &act.Register{DB: d, Now: now}, Now: now, Zone: bucharest, Kinds: kindsOfTests, Unit: "fiscal"}
	return o
}

// on sets the clock to ten o'clock of a day.
func (o *town) on(date string) { o.set(day(date).Midnight(bucharest).Add(10 * time.Hour)) }

func (o *town) set(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = at
}

func day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func lei(n int) money.Bani { return money.Bani(n) * money.Leu }

// do runs an act of another room.
func (o *town) do(fn func(ctx context.Context, tx *act.Tx) error) error {
	return o.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// owes enters an obligation that is alone, and returns its ID.
func (o *town) owes(party act.PartyID, kind string, year int, due string, amount money.Bani) string {
	o.t.Helper()
	return o.enters(Obligation{Party: party, Kind: kind, Year: year, Due: day(due), Amount: amount})[0]
}

func (o *town) enters(all ...Obligation) (ids []string) {
	o.t.Helper()
	for i := range all {
		if o.n++; all[i].Source == "" {
			all[i].Source = fmt.Sprint("line ", o.n)
		}
	}
	err := o.do(func(ctx context.Context, tx *act.Tx) error {
		entered, err := o.Enter(ctx, tx, all, nil)
		ids = nil
		for _, ob := range entered {
			ids = append(ids, ob.ID)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return ids
}

// assessed enters two instalments of a year with a bonus, and returns their IDs.
func (o *town) assessed(party act.PartyID, kind string, first, second, bonus int) []string {
	o.t.Helper()
	var ids []string
	err := o.do(func(ctx context.Context, tx *act.Tx) error {
		o.n++
		all, err := o.Enter(ctx, tx, []Obligation{
			{Party: party, Kind: kind, Year: 2026, Instalment: 1, Due: day("2026-03-31"), Amount: lei(first), Source: fmt.Sprint("a", o.n)},
			{Party: party, Kind: kind, Year: 2026, Instalment: 2, Due: day("2026-09-30"), Amount: lei(second), Source: fmt.Sprint("b", o.n)},
		}, []Bonus{{party, kind, 2026, lei(bonus), day("2026-03-31")}})
		ids = nil
		for _, ob := range all {
			ids = append(ids, ob.ID)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return ids
}

// pays has somebody pay now.
func (o *town) pays(id string, debtor act.PartyID, amount money.Bani, choice Choice) Receipt {
	o.t.Helper()
	r, err := o.pay(Payment{ID: id, Payer: "x", Debtor: debtor, Amount: amount, Moment: o.Now(), Channel: "card", Choice: choice})
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

func (o *town) pay(p Payment) (r Receipt, err error) {
	err = o.do(func(ctx context.Context, tx *act.Tx) error {
		r, err = o.Pay(ctx, tx, p)
		return err
	})
	return r, err
}

func (o *town) sheet(party act.PartyID, date string) Sheet {
	o.t.Helper()
	s, err := o.OwedOn(o.t.Context(), o.DB, party, day(date), forever)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// verified checks the whole ledger.
func (o *town) verified() Verified {
	o.t.Helper()
	v, err := o.Verify(o.t.Context(), nil)
	if err != nil || len(v.Breaches) > 0 {
		o.t.Fatalf("Verify: %v, %v", v.Breaches, err)
	}
	return v
}

// said writes lines as "land 2026/1 principal 34.00", and the rule's last word.
func said(lines []Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, fmt.Sprintf("%s %d/%d %s %s %s", l.Kind, l.Year, l.Instalment, l.Part, l.Amount, strings.TrimPrefix(string(l.Rule), "settle.rule-")))
	}
	return strings.Join(all, "; ")
}

// line writes values with spaces between them.
func line(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

func check(t testing.TB, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestBonusOfTheNorm is N01 of the norm (HG 1/2016 pct. 11 lit. n): 67 lei in 34 and
// 33, with a bonus of 6: 61 lei by 31 March.
func TestBonusOfTheNorm(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.assessed("ana", "buildings", 34, 33, 6)
		o.on("2026-03-31")
		s := o.sheet("ana", "2026-03-31")
		check(t, "to pay for the bonus", s.Offers[0].ToPay(), lei(61))
		choice := Choice{Kinds: []string{"buildings"}, Future: true}
		lines, err := o.Preview(t.Context(), ana, "ana", lei(61), choice)
		if err != nil {
			t.Fatal(err)
		}
		want := "buildings 2026/1 principal 34.00 principal; buildings 2026/2 principal 27.00 future; buildings 2026/2 bonus 6.00 bonus"
		check(t, "preview", said(lines), want)
		check(t, "paid", said(o.pays("n 1", "ana", lei(61), choice).Lines), want)
		s = o.sheet("ana", "2026-12-31")
		check(t, "left", s.All().Sum()+s.Credit+lei(len(s.Offers)), lei(0))
		o.verified()
	})
}

func TestBonusIsForTheWholeYearInTime(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		for _, test := range []struct {
			date   string
			amount int
			want   string
		}{
			{"2026-03-31", 60, "buildings 2026/1 principal 34.00 principal; buildings 2026/2 principal 26.00 future"},
			{"2026-03-31", 70, "buildings 2026/1 principal 34.00 principal; buildings 2026/2 principal 27.00 future; buildings 2026/2 bonus 6.00 bonus;  0/0 credit 9.00 rest"},
			{"2026-04-01", 61, "buildings 2026/1 principal 34.00 principal; buildings 2026/2 principal 27.00 future"},
		} {
			o.on("2026-01-19")
			o.n++
			party := act.PartyID(fmt.Sprint("p", o.n))
			o.assessed(party, "buildings", 34, 33, 6)
			o.on(test.date)
			r := o.pays(fmt.Sprint("n ", o.n), party, lei(test.amount), Choice{Future: true})
			got := strings.ReplaceAll(said(r.Lines), "; buildings 2026/1 surcharge 0.00 surcharge", "")
			check(t, test.date, got, test.want)
		}
		// What is chosen is not the whole year; the rest of it is.
		o.on("2026-01-19")
		ids := o.assessed("dan", "land", 34, 33, 6)
		check(t, "the second half", said(o.pays("c", "dan", lei(33), Choice{Obligations: ids[1:]}).Lines), "land 2026/2 principal 33.00 future")
		check(t, "the first", said(o.pays("d", "dan", lei(28), Choice{Obligations: ids[:1]}).Lines), "land 2026/1 principal 28.00 future; land 2026/1 bonus 6.00 bonus")
		// Two payments complete it as well as one: the second brings the bonus.
		o.on("2026-01-19")
		o.assessed("ion", "land", 50, 50, 10)
		o.pays("a", "ion", lei(50), Choice{Kinds: []string{"land"}, Future: true})
		check(t, "the second", said(o.pays("b", "ion", lei(40), Choice{Kinds: []string{"land"}, Future: true}).Lines),
			"land 2026/2 principal 40.00 future; land 2026/2 bonus 10.00 bonus")
		o.verified()
	})
}

// TestLateSurcharge: what a delay costs, in parts.
func TestLateSurcharge(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		id := o.owes("ana", "land", 2026, "2026-03-31", lei(1000))
		for date, want := range map[string]int{"2026-03-31": 0, "2026-04-01": 10, "2026-04-30": 10, "2026-05-01": 20, "2026-12-31": 90, "2027-04-01": 130} {
			check(t, date, o.sheet("ana", date).All().Surcharge, lei(want))
		}
		o.on("2026-04-15")
		check(t, "part", said(o.pays("1", "ana", lei(401), Choice{}).Lines), "land 2026/0 principal 401.00 principal")
		o.on("2026-07-02") // 401 × 1% + 599 × 4% = 4.01 + 23.96 = 27.97: 28 lei
		s := o.sheet("ana", "2026-07-02")
		check(t, "due", s.Due(), Total{lei(599), lei(28)})
		check(t, "steps", fmt.Sprint(s.Debts[0].Steps), "[{401.00 2026-04-01 2026-04-15 1 2} {599.00 2026-04-01 2026-07-02 4 2}]")
		check(t, "rest", said(o.pays("2", "ana", lei(617), Choice{}).Lines), "land 2026/0 principal 599.00 principal; land 2026/0 surcharge 18.00 surcharge")
		check(t, "a year later", o.sheet("ana", "2027-07-02").Due(), Total{0, lei(10)})
		check(t, "then", o.sheet("ana", "2026-05-20").Due(), Total{lei(599), lei(16)}) // 4.01 + 11.98
		if err := o.FixSurcharge(t.Context(), clerk, "k", "ana", id); err != nil {
			t.Fatal(err)
		}
		b, err := o.Balance(t.Context(), o.DB, "ana", day("2026-07-02"), forever)
		check(t, "entered", fmt.Sprint(b, err), fmt.Sprint(Balance{0, lei(10), 0}, nil))
		check(t, "nothing twice", said(o.pays("3", "ana", lei(11), Choice{}).Lines), "land 2026/0 surcharge 10.00 surcharge;  0/0 credit 1.00 rest")
		o.verified()
	})
}

// TestOrderOfSettlement is CPF art. 165 in a table.
func TestOrderOfSettlement(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.on("2025-01-10")
		old := o.owes("ana", "land", 2025, "2025-03-31", lei(100))
		fee := o.owes("ana", "fees", 2025, "2025-06-30", lei(100))
		young := o.enters(Obligation{Party: "ana", Kind: "fines", Year: 2025, Due: day("2025-05-01"), Born: day("2025-04-01"), Amount: lei(100), Enforceable: true})[0]
		soft := o.enters(Obligation{Party: "ana", Kind: "fines", Year: 2025, Due: day("2025-02-01"), Born: day("2025-01-15"), Amount: lei(100)})[0]
		o.owes("ana", "vehicles", 2026, "2026-03-31", lei(100))
		o.on("2026-01-20") // surcharges: land 10, fees 7
		for _, test := range []struct {
			name   string
			amount int
			choice Choice
			want   string
		}{
			{"by age, and then surcharges", 410, Choice{}, "fines 2025/0 principal 100.00 principal; land 2025/0 principal 100.00 principal; fines 2025/0 principal 100.00 principal; fees 2025/0 principal 100.00 principal; land 2025/0 surcharge 10.00 surcharge"},
			{"an owner's enforceable fine is first", 150, Choice{Owner: true}, "fines 2025/0 principal 100.00 fines; fines 2025/0 principal 50.00 principal"},
			{"whatever was chosen", 150, Choice{Owner: true, Kinds: []string{"land"}}, "fines 2025/0 principal 100.00 fines; land 2025/0 principal 50.00 principal"},
			{"but not before a fee", 150, Choice{Owner: true, Obligations: []string{fee}}, "fees 2025/0 principal 100.00 principal; fees 2025/0 surcharge 7.00 surcharge;  0/0 credit 43.00 rest"},
			{"a fine that was chosen is before others", 150, Choice{Owner: true, Obligations: []string{soft}}, "fines 2025/0 principal 100.00 chosen-fine; fines 2025/0 principal 50.00 fines"},
			{"a kind: the rest is the debtor's", 120, Choice{Kinds: []string{"land"}}, "land 2025/0 principal 100.00 principal; land 2025/0 surcharge 10.00 surcharge;  0/0 credit 10.00 rest"},
			{"an obligation", 30, Choice{Obligations: []string{old}}, "land 2025/0 principal 30.00 principal"},
			{"what is due later is not asked for", 30, Choice{Kinds: []string{"vehicles"}}, " 0/0 credit 30.00 rest"},
			{"it is", 30, Choice{Kinds: []string{"vehicles"}, Future: true}, "vehicles 2026/0 principal 30.00 future"},
		} {
			lines, err := o.Preview(t.Context(), ana, "ana", lei(test.amount), test.choice)
			if got := said(lines); err != nil || got != test.want {
				t.Errorf("%s:\ngot  %s, %v\nwant %s", test.name, got, err, test.want)
			}
		}
		_ = young
		if _, err := o.Preview(t.Context(), ion, "ana", lei(1), Choice{}); !errors.Is(err, act.ErrRefused) {
			t.Errorf("a stranger's preview: %v", err)
		}
	})
}

// TestPaymentIsCreditedOnce: it is told of again, differently, in the future.
func TestPaymentIsCreditedOnce(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owes("ana", "land", 2026, "2026-03-31", lei(100))
		o.on("2026-03-31")
		p := Payment{ID: "netopia 1", Debtor: "ana", Amount: lei(40), Moment: o.Now(), Channel: "card"}
		first, err := o.pay(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := o.pay(p)
		if err != nil || !again.Repeated || first.Repeated || said(again.Lines) != said(first.Lines) {
			t.Errorf("again: %+v, %v", again, err)
		}
		more, late := p, p
		more.Amount, late.Moment = lei(41), o.Now().Add(time.Hour)
		for _, other := range []Payment{more, late} {
			if _, err := o.pay(other); !errors.Is(err, ErrReused) && !errors.Is(err, ErrMoment) {
				t.Errorf("another payment under the same ID: %v", err)
			}
		}
		late.ID = "netopia 2"
		if _, err := o.pay(late); !errors.Is(err, ErrMoment) {
			t.Errorf("a payment in an hour: %v", err)
		}
		check(t, "left", o.sheet("ana", "2026-03-31").Due().Principal, lei(60))
		check(t, "money", o.verified().Money, lei(40))
	})
}

// TestPaymentThatIsReportedLate settles what it would have settled in time, and what
// was known before can still be seen.
func TestPaymentThatIsReportedLate(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owes("ana", "land", 2026, "2026-03-31", lei(1000))
		o.on("2026-04-02")
		r := o.pays("card", "ana", lei(1000), Choice{})
		check(t, "late", o.sheet("ana", "2026-04-02").Due(), Total{0, lei(10)})
		known := o.Now()
		o.on("2026-04-05")
		_, err := o.pay(Payment{ID: "bank", Debtor: "ana", Amount: lei(400), Moment: day("2026-03-31").Midnight(bucharest), Channel: "treasury", Choice: Choice{Future: true}})
		if err != nil {
			t.Fatal(err)
		}
		s := o.sheet("ana", "2026-04-05")
		check(t, "then", s.Due().Sum(), 0*money.Leu)
		check(t, "credit", s.Credit, lei(394)) // 600 were late for a day: 6 lei
		now, err := o.ReceiptOf(t.Context(), o.DB, "card")
		check(t, "card", said(now.Lines), "land 2026/0 principal 600.00 principal; land 2026/0 surcharge 6.00 surcharge;  0/0 credit 394.00 rest")
		check(t, "before", said(r.Lines), "land 2026/0 principal 1000.00 principal")
		then, err2 := o.OwedOn(t.Context(), o.DB, "ana", day("2026-04-05"), known)
		check(t, "as was known", fmt.Sprint(then.Due(), err, err2), fmt.Sprint(Total{0, lei(10)}, nil, nil))
		o.verified()
	})
}

// TestReversal: a payment is taken back, in part and whole, even after its credit was
// given back.
func TestReversal(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owes("ana", "land", 2026, "2026-03-31", lei(1000))
		o.on("2026-03-31")
		o.pays("1", "ana", lei(1200), Choice{})
		o.on("2026-04-10")
		done, err := o.ApproveRefund(t.Context(), head, "k", Refund{Party: "ana", Amount: lei(200), Channel: "treasury", Grounds: grounds})
		if err != nil || done.Amount != lei(200) {
			t.Fatal(done, err)
		}
		o.on("2026-05-02")
		reverse := func(v Reversal) (r Receipt, err error) {
			err = o.do(func(ctx context.Context, tx *act.Tx) error {
				r, err = o.Reverse(ctx, tx, v)
				return err
			})
			return r, err
		}
		for range 2 {
			r, err := reverse(Reversal{ID: "back 1", Payment: "1", Amount: lei(100)})
			check(t, "a part", line(said(r.Lines), r.Reversed, err), "land 2026/0 principal 1000.00 principal;  0/0 credit 100.00 rest 100.00 <nil>")
		}
		s := o.sheet("ana", "2026-05-02")
		check(t, "to recover", s.Debts[0].Kind+" "+s.Due().Sum().String(), "recovery 100.00")
		r, err := reverse(Reversal{ID: "back 2", Payment: "1"})
		check(t, "the rest", line(said(r.Lines), r.Reversed, err), " 1200.00 <nil>")
		s = o.sheet("ana", "2026-05-02")
		check(t, "as if never paid", s.Due(), Total{lei(1200), lei(20)})
		if _, err := reverse(Reversal{ID: "back 3", Payment: "1"}); !errors.Is(err, ErrTooMuch) {
			t.Errorf("more than there is: %v", err)
		}
		if _, err := reverse(Reversal{ID: "back 3", Payment: "2"}); !errors.Is(err, ErrUnknown) {
			t.Errorf("of nothing: %v", err)
		}
		check(t, "paid again", o.pays("2", "ana", lei(1220), Choice{}).Lines[0].Amount, lei(1000))
		v := o.verified()
		check(t, "in the end", v.Balance, Balance{})
		check(t, "money", v.Money, lei(1020))
	})
}

// TestReassessment changes what is owed by entries, and what was paid follows.
func TestReassessment(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		ids := o.assessed("ana", "buildings", 34, 33, 6)
		o.on("2026-03-20")
		o.pays("1", "ana", lei(61), Choice{Future: true})
		reassess := func(a Reassessment) error {
			return o.do(func(ctx context.Context, tx *act.Tx) error { return o.Reassess(ctx, tx, a) })
		}
		o.on("2026-06-01")
		a := Reassessment{Source: "re 1", Party: "ana", Reductions: []Reduction{{ids[0], lei(10)}, {ids[1], lei(9)}},
			Bonuses: []Bonus{{"ana", "buildings", 2026, lei(4), day("2026-03-31")}}, Reason: "suprafața"}
		for range 2 {
			if err := reassess(a); err != nil {
				t.Fatal(err)
			}
		}
		check(t, "credit", o.sheet("ana", "2026-06-01").Credit, lei(61-(67-19-4)))
		v, err := o.Statement(t.Context(), ana, "ana", day("2026-01-01"), day("2026-12-31"))
		check(t, "statement", fmt.Sprint(v.Closing, err), fmt.Sprint(Balance{0, 0, lei(17)}, nil))
		a.Source, a.Reductions[0].By = "re 2", lei(25)
		if err := reassess(a); !errors.Is(err, ErrTooMuch) {
			t.Errorf("more than there is: %v", err)
		}
		a.Source, a.Reductions[0].Obligation = "re 3", "x"
		if err := reassess(a); !errors.Is(err, ErrUnknown) {
			t.Errorf("of nothing: %v", err)
		}
		more := Reassessment{Source: "re 4", Party: "ana", More: []Obligation{{Party: "ana", Kind: "buildings", Year: 2026, Due: day("2026-03-31"), Born: day("2026-06-01"), Amount: lei(20), Source: "c"}}}
		if err := reassess(more); err != nil {
			t.Fatal(err)
		}
		check(t, "the difference is late from the first term", o.sheet("ana", "2026-06-01").Due(), Total{lei(20), lei(1)})
		var lines []Line
		if lines, err = o.ApproveCompensation(t.Context(), clerk, "k", "ana", Choice{}); err != nil {
			t.Fatal(err)
		}
		check(t, "compensated", said(lines), "buildings 2026/0 principal 17.00 principal")
		check(t, "of which none was late (CPF art. 173 par. 3)", o.sheet("ana", "2026-06-01").Due(), Total{lei(3), 0})
		o.verified()
	})
}

// TestCompensation is as of the day on which both were there (CPF art. 167 par. 4).
func TestCompensation(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.pays("1", "ana", lei(1000), Choice{})
		o.owes("ana", "land", 2026, "2026-03-31", lei(400))
		o.owes("ana", "fees", 2026, "2026-12-31", lei(100))
		o.on("2026-08-08")
		check(t, "late, as long as nobody looks", o.sheet("ana", "2026-08-08").Due(), Total{lei(400), lei(20)})
		lines, err := o.ApproveCompensation(t.Context(), clerk, "k", "ana", Choice{})
		check(t, "lines", line(said(lines), lines[0].Day, err), "land 2026/0 principal 400.00 principal 2026-03-31 <nil>")
		again, err := o.ApproveCompensation(t.Context(), clerk, "k", "ana", Choice{Future: true})
		check(t, "the same key", line(said(again), err), said(lines)+" <nil>")
		lines, err = o.ApproveCompensation(t.Context(), clerk, "k2", "ana", Choice{Future: true})
		check(t, "what is due later", line(said(lines), lines[0].Day, err), "fees 2026/0 principal 100.00 future 2026-08-08 <nil>")
		check(t, "credit", o.sheet("ana", "2026-08-08").Credit, lei(500))
		_, err = o.ApproveRefund(t.Context(), head, "k3", Refund{Party: "ana", Amount: lei(501), Channel: "treasury", Grounds: grounds})
		if !errors.Is(err, ErrTooMuch) {
			t.Errorf("more than there is: %v", err)
		}
		done, err := o.ApproveRefund(t.Context(), head, "k4", Refund{Party: "ana", Amount: lei(500), After: day("2026-07-01"), Channel: "treasury", Grounds: grounds})
		check(t, "with interest of two months", fmt.Sprint(done.Amount, done.Interest, err), "510.00 10.00 <nil>")
		o.verified()
	})
}

// TestPlan is CPF art. 185: half of the surcharge is cancelled if all is paid.
func TestPlan(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		for _, missed := range []bool{false, true} {
			o.on("2025-01-10")
			party := act.PartyID(fmt.Sprint("p", missed))
			id := o.owes(party, "land", 2025, "2025-03-31", lei(1200))
			o.on("2026-01-20") // ten months: 120 lei, of which 60 are postponed
			plan, err := o.GrantPlan(t.Context(), signer, "plan"+string(party), Terms{Party: party, Obligations: []string{id}, First: day("2026-02-20"), Months: 3, Grounds: grounds})
			check(t, "plan", fmt.Sprint(plan.Instalments, err), "[{2026-02-20 420.00} {2026-03-20 420.00} {2026-04-20 420.00}] <nil>")
			s := o.sheet(party, "2026-02-20")
			check(t, "current", s.Plans[0].Current, lei(420))
			check(t, "nothing else is due", s.Due(), Total{})
			o.on("2026-02-20")
			check(t, "first", said(o.pays("1"+string(party), party, lei(420), Choice{}).Lines), "land 2025/0 principal 420.00 plan")
			if missed {
				o.on("2026-03-21")
				s := o.sheet(party, "2026-03-21")
				// 10 months at 1%; one of 420, two of 780 at 0.5%; one of 780 at 1%.
				check(t, "lost", fmt.Sprint(s.Plans[0].Lost, s.Due()), fmt.Sprint(day("2026-03-20"), Total{lei(780), lei(138)}))
				_, err := o.GrantPlan(t.Context(), signer, "again"+string(party), Terms{Party: party, Obligations: []string{id}, First: day("2026-05-20"), Months: 3, Grounds: grounds})
				if !errors.Is(err, ErrNotLate) {
					t.Errorf("a second plan: %v", err)
				}
				continue
			}
			o.on("2026-03-20")
			o.pays("2"+string(party), party, lei(420), Choice{})
			o.on("2026-04-20")
			s = o.sheet(party, "2026-04-20") // 420 × (1+2+…) at 0.5%: 2.10 + 4.20 + 360 × 1.5% = 5.40; in all 11.70
			check(t, "last", fmt.Sprint(s.Plans[0].Current, s.Debts[0].Postponed), "432.00 60.00")
			o.pays("3"+string(party), party, lei(432), Choice{})
			s = o.sheet(party, "2026-04-20")
			check(t, "done", fmt.Sprint(s.Plans[0].Done, len(s.Debts), s.Credit), "2026-04-20 0 0.00")
		}
		o.verified()
	})
}

func TestPlanHasLimits(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.on("2025-01-10")
		id := o.owes("ana", "land", 2025, "2025-03-31", lei(50))
		later := o.owes("ana", "fees", 2026, "2026-12-31", lei(50))
		o.on("2026-07-01")
		for i, test := range []struct {
			terms Terms
			want  error
		}{
			{Terms{Obligations: []string{id}, First: day("2026-08-01"), Months: 60, Grounds: grounds}, settle.ErrPlanSmall},
			{Terms{Obligations: []string{id}, First: day("2026-08-01"), Months: 61, Grounds: grounds}, settle.ErrPlanTerms},
			{Terms{Obligations: []string{id}, First: day("2026-07-01"), Months: 2, Grounds: grounds}, settle.ErrPlanTerms},
			{Terms{Obligations: []string{id}, First: day("2026-12-21"), Grounds: grounds}, settle.ErrPlanTerms},
			{Terms{Obligations: []string{later}, First: day("2026-08-01"), Months: 2, Grounds: grounds}, ErrNotLate},
			{Terms{Obligations: []string{id, id}, First: day("2026-08-01"), Months: 2, Grounds: grounds}, ErrUnknown},
			{Terms{Obligations: []string{id}, First: day("2026-08-01"), Months: 2}, ErrReason},
			{Terms{Obligations: []string{id}, First: day("2026-12-20"), Grounds: grounds}, nil},
		} {
			test.terms.Party = "ana"
			if _, err := o.GrantPlan(t.Context(), signer, fmt.Sprint("k", i), test.terms); !errors.Is(err, test.want) {
				t.Errorf("%d: got %v, want %v", i, err, test.want)
			}
		}
	})
}

// TestDeferral: all else comes first (CPF art. 165 par. 5).
func TestDeferral(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.on("2025-01-10")
		id := o.owes("ana", "land", 2025, "2025-03-31", lei(100))
		o.on("2026-01-20")
		o.owes("ana", "fees", 2026, "2026-01-20", lei(50))
		if _, err := o.GrantPlan(t.Context(), signer, "k", Terms{Party: "ana", Obligations: []string{id}, First: day("2026-07-20"), Grounds: grounds}); err != nil {
			t.Fatal(err)
		}
		o.set(o.Now().Add(time.Hour))
		check(t, "lines", said(o.pays("1", "ana", lei(60), Choice{}).Lines), "fees 2026/0 principal 50.00 principal; land 2025/0 principal 10.00 plan-next")
		o.on("2026-07-20") // 10 lei were late, half is cancelled; 90 × 6 × 0.5% = 2.70
		s := o.sheet("ana", "2026-07-20")
		check(t, "left", s.Plans[0].Left, lei(98))
		o.pays("2", "ana", lei(98), Choice{})
		check(t, "done", o.sheet("ana", "2026-07-20").All().Sum(), lei(0))
		o.verified()
	})
}

// TestToPay is what settles all that is chosen, and not a ban more.
func TestToPay(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.assessed("ana", "buildings", 34, 33, 6)
		o.assessed("ana", "land", 100, 100, 20)
		o.owes("ana", "fees", 2025, "2025-12-31", lei(50))
		o.owes("ana", "costs", 2025, "2025-01-31", lei(30)) // bear no surcharge
		o.on("2026-02-10")
		for i, test := range []struct {
			choice Choice
			want   int
		}{{Choice{}, 30 + 50 + 1}, {Choice{Future: true}, 61 + 180 + 81}, {Choice{Kinds: []string{"land"}, Future: true}, 180}, {Choice{Kinds: []string{"land"}}, 0}} {
			sum, lines := o.sheet("ana", "2026-02-10").ToPay(test.choice)
			check(t, fmt.Sprint(test.choice), sum, lei(test.want))
			if done, err := o.Preview(t.Context(), ana, "ana", max(1, sum), test.choice); err != nil || i < 3 && said(done) != said(lines) {
				t.Errorf("preview %s, %v, want %s", said(done), err, said(lines))
			}
		}
		o.pays("1", "ana", lei(322), Choice{Future: true})
		s := o.sheet("ana", "2026-02-10")
		check(t, "left", s.All().Sum()+s.Credit, lei(0))
	})
}

// TestTheSameDay: a statement that knows the day alone pays what was entered on it.
func TestTheSameDay(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		first, err := o.pay(Payment{ID: "1", Debtor: "ana", Amount: lei(30), Moment: day("2026-01-19").Midnight(bucharest), Channel: "treasury"})
		check(t, "nothing is owed", line(said(first.Lines), err), " 0/0 credit 30.00 rest <nil>")
		o.owes("ana", "fees", 2026, "2026-01-19", lei(50))
		s := o.sheet("ana", "2026-01-19")
		check(t, "it was for this", line(s.Due().Sum(), s.Credit), "20.00 0.00")
		o.verified()
	})
}

// TestDecisionsAreForOfficials: refused looks like missing, and who decides is on
// record.
func TestDecisionsAreForOfficials(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		id := o.owes("ana", "land", 2026, "2026-03-31", lei(100))
		o.pays("1", "ana", lei(10), Choice{Future: true})
		ctx := t.Context()
		for _, actor := range []act.Actor{ana, ion, other, {}} {
			_, err1 := o.ApproveRefund(ctx, actor, "a", Refund{Party: "ana", Amount: 1, Channel: "treasury", Grounds: grounds})
			_, err2 := o.ApproveCompensation(ctx, actor, "b", "ana", Choice{})
			_, err3 := o.TakeBack(ctx, actor, "c", Reversal{ID: "r", Payment: "1", Reason: "x"})
			err4 := o.ApproveWriteOff(ctx, actor, "d", WriteOff{"ana", id, Principal, 1, grounds})
			err5 := o.FixSurcharge(ctx, actor, "e", "ana", id)
			_, err6 := o.GrantPlan(ctx, actor, "f", Terms{Party: "ana", Obligations: []string{id}, First: day("2026-05-01"), Grounds: grounds})
			_, err7 := o.Open(ctx, actor, "ana", day("2026-03-31"), "")
			_, err8 := o.Collected(ctx, actor, day("2026-01-01"), day("2026-12-31"))
			for i, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
				if !errors.Is(err, act.ErrRefused) && !errors.Is(err, ErrUnknown) {
					t.Errorf("%v does %d: %v", actor.Person, i+1, err)
				}
			}
			_, err := o.Owed(ctx, actor, "ana", day("2026-03-31"))
			if (err == nil) != (actor.Person == "ana") {
				t.Errorf("%v reads: %v", actor.Person, err)
			}
		}
		o.on("2027-04-01")
		if err := o.ApproveWriteOff(ctx, signer, "w", WriteOff{"ana", id, Surcharge, lei(5), grounds}); err != nil {
			t.Error(err)
		}
		check(t, "after the write-off", o.sheet("ana", "2027-04-01").Due(), Total{lei(90), lei(12 - 5)}) // 90 × 13%: 11.70
		if err := o.ApproveWriteOff(ctx, signer, "w2", WriteOff{"ana", id, Principal, lei(91), grounds}); !errors.Is(err, ErrTooMuch) {
			t.Error(err)
		}
		if err := o.ApproveWriteOff(ctx, signer, "w3", WriteOff{"ana", id, Principal, lei(90), Grounds{"prescrisă", ""}}); !errors.Is(err, ErrReason) {
			t.Error(err)
		}
		s, err := o.Open(ctx, clerk, "ana", day("2027-04-01"), "")
		if err != nil || s.Due().Principal != lei(90) {
			t.Error(s, err)
		}
		seen, err := o.Acts.Seen(ctx, "ana", "", 10)
		if err != nil || len(seen) != 2 || seen[0].Verb != act.OpenLedger || seen[1].Verb != act.WriteOff {
			t.Errorf("ana reads of %+v, %v", seen, err)
		}
		o.verified()
	})
}

// TestCollections are for the treasurer: what came in, wherever it went.
func TestCollections(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owes("ana", "land", 2026, "2026-03-31", lei(100))
		o.owes("ion", "fees", 2026, "2026-01-01", lei(50))
		o.pays("1", "ana", lei(120), Choice{Future: true})
		o.pays("2", "ion", lei(30), Choice{})
		o.on("2026-01-20")
		o.pays("3", "ion", lei(20), Choice{})
		if _, err := o.ApproveRefund(t.Context(), head, "k", Refund{Party: "ana", Amount: lei(15), Channel: "treasury", Grounds: grounds}); err != nil {
			t.Fatal(err)
		}
		sums, err := o.Collected(t.Context(), clerk, day("2026-01-19"), day("2026-01-20"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range sums {
			got = append(got, fmt.Sprint(s.Day, " ", s.Channel, " ", s.Kind, " ", s.In, " ", s.Out, " ", s.Count))
		}
		want := []string{"2026-01-19 card  20.00 0.00 1", "2026-01-19 card fees 30.00 0.00 1", "2026-01-19 card land 100.00 0.00 1",
			"2026-01-20 card fees 20.00 0.00 1", "2026-01-20 treasury  0.00 15.00 1"}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		days, err := o.CollectedByDay(t.Context(), clerk, day("2026-01-19"), day("2026-01-20"))
		if err != nil || len(days) != 2 || days[0].In != lei(150) || days[1].In != lei(20) || days[1].Out != lei(15) || days[0].Count != 2 {
			t.Errorf("by day: %+v, %v", days, err)
		}
	})
}

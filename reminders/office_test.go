package reminders_test

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
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/notices"
	"bega/reminders"
)

const unit = "fiscal"

var (
	ana    = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	signer = act.Actor{Person: "ileana", For: "ileana", Level: act.Verified, Roles: []act.Role{act.Head, act.Signatory}, Unit: unit}
)

// A town has a real ledger and real messages; who is paying, and when payments are
// closed, tests say.
type town struct {
	*reminders.Office
	t     testing.TB
	d     *db.DB
	books *ledger.Office
	post  *notices.Office

	mu     sync.Mutex
	at     time.Time
	n      int
	closed [][2]time.Time
	going  func(debtor act.PartyID) bool
	fails  func() error // before a message is sent
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, d: d, going: func(act.PartyID) bool { return false }, fails: func() error { return nil }}
	for room, files := range map[string]fs.FS{"act": act.Files, "ledger": ledger.Files, "notices": notices.Files, "reminders": reminders.Files} {
		if err := d.Migrate(t.Context(), room, files); err != nil {
			t.Fatal(err)
		}
	}
	queue, err1 := jobs.New(jobs.Config{DB: d, Now: o.now})
	secrets, err2 := vault.New([]byte(strings.Repeat("k", 32)))
	texts, err3 := text.Load(act.Files, ui.Files, ledger.Files, notices.Files, reminders.Files)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if err := queue.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	acts := &act.Register{DB: d, Now: o.now}
	o.books = &ledger.Office{DB: d, Acts: acts, Now: o.now, Zone: zone, Unit: unit, Kinds: []ledger.Kind{{Key: "buildings", Class: ledger.Tax},
		{Key: "land", Class: ledger.Tax}, {Key: "vehicles", Class: ledger.Tax}, {Key: "fines", Class: ledger.Fine}}}
	o.post = &notices.Office{DB: d, Acts: acts, Vault: secrets, Texts: texts, Now: o.now, People: o}
	o.post.Deliver = jobs.Handle(queue, "notices_deliver", o.post.DeliverNotice)
	o.Office = o.office()
	o.Zone = zone
	o.on("2026-01-19")
	return o
}

// office returns one more office of the same town, as another program has.
func (o *town) office() *reminders.Office {
	return &reminders.Office{DB: o.d, Acts: o.books.Acts, Now: o.now, Zone: o.books.Zone, Ledger: o.books, Season: o, Payments: o, Notices: o}
}

// Open implements [reminders.Season].
func (o *town) Open(_ context.Context, at time.Time) (bool, error) {
	return !slices.ContainsFunc(o.closed, func(c [2]time.Time) bool { return !at.Before(c[0]) && at.Before(c[1]) }), nil
}

// Going implements [reminders.Payments].
func (o *town) Going(_ context.Context, _ db.Reader, debtor act.PartyID) (bool, error) {
	return o.going(debtor), nil
}

// Send implements [reminders.Notices].
func (o *town) Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error {
	if err := o.fails(); err != nil {
		return err
	}
	return o.post.Send(ctx, tx, to, key, args, link, caseID, once)
}

// Reach implements [notices.People].
func (o *town) Reach(_ context.Context, id act.PartyID) (string, string, error) {
	return string(id) + "@exemplu.ro", "ro", nil
}

func (o *town) now() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.at }

func (o *town) set(at time.Time) { o.mu.Lock(); defer o.mu.Unlock(); o.at = at }

// on sets the clock to ten o'clock of a day.
func (o *town) on(date string) { o.set(o.day(date).Add(10 * time.Hour)) }

func (o *town) day(date string) time.Time { return day(date).Midnight(o.books.Zone) }

func day(date string) deadline.Date {
	d, err := deadline.Parse(date)
	if err != nil {
		panic(err)
	}
	return d
}

func lei(n int) money.Bani { return money.Bani(n) * money.Leu }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// act does something in the ledger by itself.
func (o *town) act(fn func(ctx context.Context, tx *act.Tx) error) {
	o.t.Helper()
	check(o.t, o.books.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		return errors.Join(tx.Allow(act.On{Subject: "test"}), fn(ctx, tx))
	}))
}

// owes enters what a party owes, by day.
func (o *town) owes(party act.PartyID, kind string, terms ...any) (ids []string) {
	o.t.Helper()
	var all []ledger.Obligation
	for i := 0; i < len(terms); i += 2 {
		o.n++
		all = append(all, ledger.Obligation{Party: party, Kind: kind, Year: 2026, Due: day(terms[i].(string)), Amount: terms[i+1].(money.Bani), Source: fmt.Sprint("line ", o.n)})
	}
	o.act(func(ctx context.Context, tx *act.Tx) error {
		entered, err := o.books.Enter(ctx, tx, all, nil)
		ids = nil
		for _, ob := range entered {
			ids = append(ids, ob.ID)
		}
		return err
	})
	return ids
}

// pays enters a payment of this moment.
func (o *town) pays(party act.PartyID, amount money.Bani, choice ...string) {
	o.t.Helper()
	o.n++
	o.act(func(ctx context.Context, tx *act.Tx) error {
		_, err := o.books.Pay(ctx, tx, ledger.Payment{ID: fmt.Sprint("payment ", o.n), Debtor: party, Amount: amount, Moment: tx.At, Channel: "card",
			Choice: ledger.Choice{Obligations: choice}})
		return err
	})
}

// days runs the job three times a day, from one day to another inclusive.
func (o *town) days(from, to string) {
	o.t.Helper()
	for d := day(from); !d.After(day(to)); d = d.AddDays(1) {
		for _, hour := range []int{3, 10, 15} {
			o.set(d.Midnight(o.books.Zone).Add(time.Duration(hour) * time.Hour))
			check(o.t, o.Remind(o.t.Context()))
		}
	}
}

// told returns what a party was told, the oldest first: the day and the subject.
func (o *town) told(party act.PartyID) (all []string) {
	o.t.Helper()
	inbox, err := o.post.Inbox(o.t.Context(), act.Actor{Person: party, For: party, Level: act.Verified}, "ro", "", 100)
	check(o.t, err)
	for _, n := range slices.Backward(inbox) {
		all = append(all, deadline.Of(n.At.In(o.books.Zone)).String()+" "+n.Subject)
	}
	return all
}

func (o *town) expect(party act.PartyID, want ...string) {
	o.t.Helper()
	if got := o.told(party); !slices.Equal(got, want) {
		o.t.Errorf("%s was told\n%q, want\n%q", party, got, want)
	}
}

func TestBeforeAndAfterOnceEach(t *testing.T) { eachTown(t, testBeforeAndAfter) }

// testBeforeAndAfter: one message for all of a term, ten days before and a week after;
// and another term is another matter.
func testBeforeAndAfter(t *testing.T, o *town) {
	o.owes("ana", "buildings", "2026-03-31", lei(211), "2026-09-30", lei(210))
	o.owes("ana", "land", "2026-03-31", lei(40))
	o.owes("ion", "land", "2026-06-30", lei(40))
	o.days("2026-03-01", "2026-05-30")
	o.expect("ana", "2026-03-21 Ai de plătit 251,00 lei până la 31 martie 2026", "2026-04-07 Termenul de 31 martie 2026 a trecut: mai ai de plătit 253,00 lei")
	o.expect("ion")
	inbox, err := o.post.Inbox(t.Context(), ana, "ro", "", 10)
	check(t, err)
	late, due := inbox[0], inbox[1]
	for _, want := range []string{"Pentru taxele locale ai de plătit 251,00 lei, până la 31 martie 2026 inclusiv.", "1% pe lună", "le oprești din Profil"} {
		if !strings.Contains(due.Body, want) {
			t.Errorf("before: %q does not say %q", due.Body, want)
		}
	}
	for _, want := range []string{"mai ai de plătit 253,00 lei", "2,00 lei pentru întârziere", "pe 1 mai 2026 se mai adaugă 1%", "îți trimitem o somație", "plata în rate", "le oprești din Profil"} {
		if !strings.Contains(late.Body, want) {
			t.Errorf("after: %q does not say %q", late.Body, want)
		}
	}
	if late.Link != "/dosar/taxe" || due.Link != "/dosar/taxe" {
		t.Errorf("links: %q, %q", late.Link, due.Link)
	}
	o.days("2026-09-01", "2026-11-30")
	if n := len(o.told("ana")); n != 4 {
		t.Errorf("ana was told %d things, want 4", n)
	}
	acts, err := o.Acts.About(t.Context(), "ana", "", 100)
	check(t, err)
	acts = slices.DeleteFunc(acts, func(e act.Entry) bool { return e.Verb != act.RemindDebt })
	if len(acts) != 4 {
		t.Errorf("the register has %d reminders of ana, want 4", len(acts))
	}
}

func TestNobodyIsRemindedWhoNeedNotPay(t *testing.T) { eachTown(t, testNeedNotPay) }

func testNeedNotPay(t *testing.T, o *town) {
	o.owes("early", "land", "2026-03-31", lei(40))
	o.owes("last-day", "land", "2026-03-31", lei(40))
	o.owes("partly", "land", "2026-03-31", lei(40))
	planned := o.owes("planned", "land", "2026-03-31", lei(400))
	both := o.owes("credit", "land", "2026-03-31", lei(40), "2026-09-30", lei(40))
	o.pays("early", lei(40), "x")
	o.act(func(ctx context.Context, tx *act.Tx) error {
		_, err := o.books.Compensate(ctx, tx, "early", ledger.Choice{})
		return err
	})
	o.days("2026-03-20", "2026-03-30")
	o.on("2026-03-31")
	o.pays("last-day", lei(40))
	o.pays("partly", lei(15))
	o.pays("credit", lei(90), both[0])
	o.on("2026-04-02")
	_, err := o.books.GrantPlan(t.Context(), signer, "plan", ledger.Terms{Party: "planned", Obligations: planned, First: day("2026-04-30"), Months: 10,
		Grounds: ledger.Grounds{Reason: "șomaj", Basis: "CPF art. 185"}})
	check(t, err)
	o.days("2026-04-03", "2026-04-30") // the first instalment is due
	const before = "2026-03-21 Ai de plătit 40,00 lei până la 31 martie 2026"
	o.expect("last-day", before)
	o.expect("partly", before, "2026-04-07 Termenul de 31 martie 2026 a trecut: mai ai de plătit 25,00 lei") // 25 bani of surcharge are rounded to none
	o.expect("planned", "2026-03-21 Ai de plătit 400,00 lei până la 31 martie 2026")
	o.days("2026-09-15", "2026-10-30") // 50 lei are held for the 40 that are due
	o.expect("credit", before)
}

func TestWhoIsPayingIsNotReminded(t *testing.T) { eachTown(t, testPaying) }

// testPaying: neither while a payment is under way, nor if it is there before the act.
func testPaying(t *testing.T, o *town) {
	o.owes("paying", "land", "2026-03-31", lei(40))
	o.owes("quick", "land", "2026-03-31", lei(40))
	o.owes("slow", "land", "2026-03-31", lei(40))
	paid := false
	o.going = func(debtor act.PartyID) bool {
		if debtor == "quick" && !paid { // seen to owe it, and pays before the act
			paid = true
			o.pays("quick", lei(40))
		}
		return debtor == "paying"
	}
	o.days("2026-03-21", "2026-03-25")
	o.expect("paying")
	o.expect("quick")
	o.expect("slow", "2026-03-21 Ai de plătit 40,00 lei până la 31 martie 2026")
	o.going = func(act.PartyID) bool { return false } // the bank said no
	o.days("2026-03-26", "2026-03-31")
	o.expect("paying", "2026-03-26 Ai de plătit 40,00 lei până la 31 martie 2026")
	o.expect("quick")
}

func TestNoReminderWhilePaymentsAreClosed(t *testing.T) { eachTown(t, testClosed) }

func testClosed(t *testing.T, o *town) {
	o.owes("ana", "land", "2026-03-31", lei(40))
	o.owes("ion", "land", "2026-05-31", lei(40))
	o.closed = [][2]time.Time{{o.day("2026-03-18"), o.day("2026-03-24")}, {o.day("2026-04-05"), o.day("2026-04-20").Add(12 * time.Hour)},
		{o.day("2026-05-20"), o.day("2026-06-01")}}
	o.days("2026-03-15", "2026-06-30")
	o.expect("ana", "2026-03-24 Ai de plătit 40,00 lei până la 31 martie 2026", "2026-04-20 Termenul de 31 martie 2026 a trecut: mai ai de plătit 40,00 lei")
	o.expect("ion", "2026-06-07 Termenul de 31 mai 2026 a trecut: mai ai de plătit 40,00 lei") // it opened after the term
}

func TestWholeYearAndFines(t *testing.T) { eachTown(t, testYearAndFines) }

// testYearAndFines: who can still have the bonus reads what the whole year costs; and
// fines bear no surcharge.
func testYearAndFines(t *testing.T, o *town) {
	year := []ledger.Obligation{{Party: "ana", Kind: "buildings", Year: 2026, Instalment: 1, Due: day("2026-03-31"), Amount: lei(211), Source: "a"},
		{Party: "ana", Kind: "buildings", Year: 2026, Instalment: 2, Due: day("2026-09-30"), Amount: lei(210), Source: "b"},
		{Party: "ana", Kind: "land", Year: 2026, Due: day("2026-03-31"), Amount: lei(10), Source: "c"}}
	o.act(func(ctx context.Context, tx *act.Tx) error {
		_, err := o.books.Enter(ctx, tx, year, []ledger.Bonus{{Party: "ana", Kind: "buildings", Year: 2026, Amount: lei(42), Until: day("2026-03-31")}})
		return err
	})
	o.owes("ion", "fines", "2026-03-31", lei(200))
	o.days("2026-03-20", "2026-04-30")
	inbox, err := o.post.Inbox(t.Context(), ana, "ro", "", 10)
	check(t, err)
	if due := inbox[len(inbox)-1]; due.Key != "reminders.due-year" ||
		!strings.Contains(due.Body, "Poți economisi 42,00 lei: plătește tot anul până atunci, adică 389,00 lei.") {
		t.Errorf("%s: %q", due.Key, due.Body)
	}
	o.expect("ion", "2026-03-21 Ai de plătit 200,00 lei până la 31 martie 2026", "2026-04-07 Termenul de 31 martie 2026 a trecut: mai ai de plătit 200,00 lei")
	inbox, err = o.post.Inbox(t.Context(), act.Actor{Person: "ion", For: "ion", Level: act.Verified}, "en", "", 10)
	check(t, err)
	if !strings.Contains(inbox[0].Body, "The sum does not grow.") || strings.Contains(inbox[1].Body, "%") {
		t.Errorf("fines: %q, %q", inbox[0].Body, inbox[1].Body)
	}
}

func TestSwitchedOff(t *testing.T) { eachTown(t, testSwitchedOff) }

// testSwitchedOff: whoever has switched reminders off gets no mail, and finds it in the
// portal; what they hear of payments is another matter.
func testSwitchedOff(t *testing.T, o *town) {
	o.owes("ana", "land", "2026-03-31", lei(40))
	wishes, err := o.post.Wishes(t.Context(), ana)
	check(t, err)
	wishes.Topic["reminders"] = false
	check(t, o.post.KeepWishes(t.Context(), ana, "k", wishes))
	o.days("2026-03-21", "2026-03-21")
	inbox, err := o.post.Inbox(t.Context(), ana, "ro", "", 10)
	check(t, err)
	check(t, o.post.DeliverNotice(t.Context(), inbox[0].ID))
	n, err := o.post.Open(t.Context(), ana, inbox[0].ID, "ro")
	check(t, err)
	if state := n.Deliveries[1].State; state != notices.Declined {
		t.Errorf("the mail is %s", state)
	}
}

// many enters what n parties owe.
func (o *town) many(n int) {
	o.t.Helper()
	for from := 0; from < n; from += 5000 {
		var all []ledger.Obligation
		for i := from; i < min(n, from+5000); i++ {
			for j, due := range []string{"2026-03-31", "2026-09-30"} {
				all = append(all, ledger.Obligation{Party: act.PartyID(fmt.Sprintf("p-%06d", i)), Kind: "land", Year: 2026, Instalment: j + 1, Due: day(due), Amount: lei(40),
					Source: fmt.Sprint("many ", i, " ", j)})
			}
		}
		o.act(func(ctx context.Context, tx *act.Tx) error {
			_, err := o.books.Enter(ctx, tx, all, nil)
			return err
		})
	}
}

// once checks that each of n parties was told one thing.
func (o *town) once(n int) {
	o.t.Helper()
	for i := range n {
		if party := act.PartyID(fmt.Sprintf("p-%06d", i)); len(o.told(party)) != 1 {
			o.t.Errorf("%s was told %q", party, o.told(party))
		}
	}
}

func TestTwoProgramsShareARound(t *testing.T) { eachTown(t, testTwoPrograms) }

func testTwoPrograms(t *testing.T, o *town) {
	const n = 170
	o.many(n)
	o.on("2026-03-21")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := o.office().Remind(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	o.once(n)
}

func TestKilledInTheMiddle(t *testing.T) { eachTown(t, testKilled) }

// testKilled: whatever moment a program dies at, the next one goes on, and nobody is
// told twice or not at all.
func testKilled(t *testing.T, o *town) {
	const n = 120
	o.many(n)
	o.on("2026-03-21")
	died := errors.New("the program died")
	for at := 0; ; at += 17 {
		left := at
		o.fails = func() error {
			if left--; left < 0 {
				return died
			}
			return nil
		}
		err := o.office().Remind(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, died) || fault.Of(err).Kind != fault.Unexpected {
			t.Fatal(err)
		}
	}
	o.once(n)
}

// TestWithOthersAtWork: people who pay during the round disturb neither it nor
// themselves.
func TestWithOthersAtWork(t *testing.T) { eachTown(t, testOthersAtWork) }

func testOthersAtWork(t *testing.T, o *town) {
	const n = 60
	o.many(n)
	o.on("2026-03-21")
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := o.office().Remind(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for i := range n {
		party := act.PartyID(fmt.Sprintf("p-%06d", i))
		check(t, o.books.Acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
			_, err := o.books.Pay(ctx, tx, ledger.Payment{ID: "quick " + string(party), Debtor: party, Amount: lei(40), Moment: tx.At, Channel: "card"})
			return errors.Join(tx.Allow(act.On{Subject: "test"}), err)
		}))
	}
	wait.Wait()
	o.days("2026-03-22", "2026-04-20")
	for i := range n {
		if all := o.told(act.PartyID(fmt.Sprintf("p-%06d", i))); len(all) > 1 {
			t.Errorf("told %q", all)
		}
	}
}

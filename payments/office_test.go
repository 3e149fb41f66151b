package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/money"
)

var (
	ana  = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion  = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	half = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"parcare"}, Level: act.Verified}
)

// A town is an office with a clock that tests set, and the sandbox as its bank.
type town struct {
	*Office
	t     testing.TB
	d     *db.DB
	bank  *Sandbox
	queue *jobs.Queue

	mu       sync.Mutex
	returned []string // amount and order of each refund
	time     time.Time
	began    time.Time // when the clock began to go by itself; zero if it stands
	broken   error     // what receipts fail with
	down     bool      // the bank cannot be reached
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
	o := &town{t: t, d: d, time: time.Date(2026, 11, 23, 10, 0, 0, 0, zone)}
	o.queue, err = jobs.New(jobs.Config{DB: d, Now: o.now})
	if err == nil {
		err = errors.Join(d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "payments", Files), o.queue.Migrate(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	o.bank = &Sandbox{DB: d, Now: o.now, Zone: zone, Key: []byte("a key of tests")}
	o.Office = &Office{DB: d, Acts: &act.Register{DB: d, Now: o.now}, Now: o.now, Zone: zone, Provider: o, Payees: []Payee{o}, Receipts: o, Notices: o, URL: "https://portal.exemplu.ro"}
	o.Poll = jobs.Handle(o.queue, "payments_poll", o.PollAttempt)
	o.bank.Tell = jobs.Handle(o.queue, "payments_tell", o.bank.Deliver)
	o.bank.Hand = o.Hear
	err = d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
		_, err1 := tx.Exec(ctx, `CREATE TABLE told (who TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (who, what, about))`)
		_, err2 := tx.Exec(ctx, `CREATE TABLE paid (order_id TEXT NOT NULL PRIMARY KEY, ref TEXT NOT NULL)`)
		return errors.Join(err1, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The bank, when it can be reached.

var errDown = errors.New("connection refused")

func (o *town) Name() string      { return o.bank.Name() }
func (o *town) Origins() []string { return nil }
func (o *town) Begin(ctx context.Context, b Beginning) (Begun, error) {
	if o.down {
		return Begun{}, errDown
	}
	return o.bank.Begin(ctx, b)
}
func (o *town) Read(body []byte, header map[string][]string) (Outcome, error) {
	return o.bank.Read(body, header)
}
func (o *town) Ask(ctx context.Context, q Question) (Outcome, error) {
	if o.down {
		return Outcome{}, errDown
	}
	return o.bank.Ask(ctx, q)
}
func (o *town) Statement(ctx context.Context, day deadline.Date) ([]Transaction, error) {
	return o.bank.Statement(ctx, day)
}

// Paid implements Payee: what was settled twice breaks a key.
// Returned implements Payee.
func (o *town) Returned(_ context.Context, _ *act.Tx, order Order, amount money.Bani, refund string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.returned = append(o.returned, fmt.Sprintf("%s of %s", amount, order.Number))
	return nil
}

func (o *town) Paid(ctx context.Context, tx *act.Tx, order Order) error {
	if order.State != Paid || order.PaidAt.IsZero() {
		return fmt.Errorf("told that it was paid: %+v", order)
	}
	_, err := tx.Exec(ctx, `INSERT INTO paid (order_id, ref) VALUES ($1, $2)`, order.ID, "")
	return err
}

// Receipt implements Receipts.
func (o *town) Receipt(ctx context.Context, tx *act.Tx, order Order, ref string) (string, error) {
	if o.broken != nil {
		return "", o.broken
	}
	n, err := tx.Exec(ctx, `UPDATE paid SET ref = $1 WHERE order_id = $2 AND ref = ''`, ref, order.ID)
	if err == nil && n != 1 {
		err = errors.New("a receipt of what was not paid")
	}
	return "R-" + order.ID[len(order.ID)-6:], err
}

// Send implements Notices.
func (o *town) Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, _ []any, _, _, once string) error {
	_, err := tx.Exec(ctx, `INSERT INTO told (who, what, about) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, string(to), key, once)
	return err
}

// told returns what somebody was told, in order.
func (o *town) told(who act.PartyID) string {
	o.t.Helper()
	all, err := db.All(o.t.Context(), o.DB, db.Value[string], `SELECT what FROM told WHERE who = $1 ORDER BY what, about`, string(who))
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.began.IsZero() {
		return o.time.Add(time.Since(o.began))
	}
	return o.time
}

func (o *town) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// owes makes a party owe fees for a case, and returns the order.
func (o *town) owes(who act.PartyID, caseID string, amounts ...money.Bani) string {
	o.t.Helper()
	r := Request{Owner: who, Unit: "urbanism", Service: "certificat-urbanism", Case: caseID, Number: "CU2026-000123", Link: "/cereri/" + caseID, Account: "RO49AAAA1B31007593840000"}
	for i, amount := range amounts {
		r.Lines = append(r.Lines, Line{Label: map[string]string{"ro": fmt.Sprint("Taxă ", i+1), "en": fmt.Sprint("Fee ", i+1)}, Amount: amount})
	}
	var id string
	err := o.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		id, err = o.Order(ctx, tx, r)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// goes begins to pay, and returns the attempt that is open then.
func (o *town) goes(actor act.Actor, order string) string {
	o.t.Helper()
	page, err := o.Pay(o.t.Context(), actor, db.NewID(), order, "ro")
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.TrimPrefix(page, sandboxPath)
}

// withdraws ends a case.
func (o *town) withdraws(caseID string) {
	o.t.Helper()
	err := o.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		return errors.Join(tx.Allow(act.On{Subject: "test"}), o.Cancel(ctx, tx, caseID))
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *town) order(id string) Order {
	o.t.Helper()
	order, err := orderByID(o.t.Context(), o.DB, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return order
}

// decides ends a payment at the bank, and has the honest report taken.
func (o *town) decides(attempt, status string) {
	o.t.Helper()
	if err := o.bank.Decide(o.t.Context(), attempt, status); err != nil {
		o.t.Fatal(err)
	}
	if err := o.bank.Deliver(o.t.Context(), Message{Payment: attempt, Status: status}); err != nil {
		o.t.Fatal(err)
	}
}

// adds checks what holds for every ledger: what went in came out, and nobody has
// less than nothing but the bank.
func (o *town) adds() {
	o.t.Helper()
	type account struct {
		name          string
		debit, credit money.Bani
	}
	all, err := db.All(o.t.Context(), o.DB, func(row db.Row) (account, error) {
		var a account
		err := row.Scan(&a.name, &a.debit, &a.credit)
		return a, err
	}, `SELECT account, CAST(sum(debit) AS BIGINT), CAST(sum(credit) AS BIGINT) FROM payments_ledger GROUP BY account`)
	if err != nil {
		o.t.Fatal(err)
	}
	var sum money.Bani
	for _, a := range all {
		if sum += a.debit - a.credit; !strings.HasPrefix(a.name, "bank:") && a.debit > a.credit {
			o.t.Errorf("account %s has %s less than nothing", a.name, a.debit-a.credit)
		}
	}
	if sum != 0 {
		o.t.Errorf("the ledger is wrong by %s", sum)
	}
}

func check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func TestAFeeIsPaid(t *testing.T) { eachTown(t, testAFeeIsPaid) }

func testAFeeIsPaid(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500, 250)
	if order := o.order(id); order.State != Open || order.Total != 1750 || len(order.Lines) != 2 || order.Lines[1].Label["en"] != "Fee 2" || !order.Due() {
		t.Fatalf("the order is %+v", order)
	}
	attempt := o.goes(ana, id)
	if order := o.order(id); order.State != Pending || order.Uncertain {
		t.Errorf("at the bank: %+v", order)
	}
	o.wait(time.Minute)
	at := o.now()
	o.decides(attempt, "paid")
	o.wait(time.Minute)
	order := o.order(id)
	if order.State != Paid || !order.PaidAt.Equal(at) || order.Method != "card" || order.Receipt == "" || order.Overpaid != 0 || order.Due() {
		t.Errorf("paid: %+v", order)
	}
	if got := o.told("ana"); got != "payments.paid" {
		t.Errorf("she was told %q", got)
	}
	for range 3 { // the bank repeats itself
		check(t, o.bank.Deliver(ctx, Message{Payment: attempt, Status: "paid"}), nil)
	}
	_, err := o.Pay(ctx, ana, "again", id, "ro")
	check(t, err, ErrPaid)
	o.adds()
	acts, err := o.Acts.About(ctx, "ana", "", 10)
	if err != nil || len(acts) != 2 || acts[0].Verb != act.SettlePayment || acts[1].Verb != act.Pay || acts[0].Case != "c1" {
		t.Errorf("the register has %+v, %v", acts, err)
	}
	d, err := o.Reconcile(ctx)
	if err != nil || d.Bank != 1750 || d.Ledger != 1750 || len(d.Open) > 0 || len(d.Reported) > 0 {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
	if all, err := o.OfCase(ctx, o.DB, "c1"); err != nil || len(all) != 1 || all[0].ID != id {
		t.Errorf("OfCase = %+v, %v", all, err)
	}
	for _, lines := range [][]money.Bani{nil, {0}, {100, -1}, {1 << 62, 1 << 62}} {
		r := Request{Owner: "ana"}
		for _, amount := range lines {
			r.Lines = append(r.Lines, Line{Amount: amount})
		}
		if _, err := r.total(); err == nil {
			t.Errorf("an order over %v", lines)
		}
	}
}

func TestOnlyTheirOwnerPays(t *testing.T) { eachTown(t, testOnlyTheirOwnerPays) }

func testOnlyTheirOwnerPays(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500)
	for who, actor := range map[string]act.Actor{"a stranger": ion, "nobody": {}, "an agent for parking": half, "an official": {Person: "f", For: "f", Roles: []act.Role{act.Clerk}, Unit: "urbanism"}} {
		if _, err := o.Pay(ctx, actor, "k-"+who, id, "ro"); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: Pay = %v", who, err)
		}
		if _, err := o.ByID(ctx, actor, id); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: ByID = %v", who, err)
		}
		if _, err := o.Result(ctx, actor, id); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: Result = %v", who, err)
		}
		if all, _ := o.Orders(ctx, actor); len(all) > 0 {
			t.Errorf("%s: Orders = %v", who, all)
		}
	}
	agent := half
	agent.Services = []string{"certificat-urbanism"}
	if all, err := o.Orders(ctx, agent); err != nil || len(all) != 1 {
		t.Errorf("her agent: %v, %v", all, err)
	}
	_, err := o.Pay(ctx, agent, "k", id, "ro")
	check(t, err, nil)
	_, err = o.Pay(ctx, ana, "k", "missing", "ro")
	check(t, err, ErrUnknown)
}

// TestManyTabs has somebody pay in 100 windows at once.
func TestManyTabs(t *testing.T) { eachTown(t, testManyTabs) }

func testManyTabs(t *testing.T, o *town) {
	id := o.owes("ana", "c1", 1500)
	pages := make([]string, 100)
	var group sync.WaitGroup
	for i := range pages {
		group.Go(func() {
			var err error
			if pages[i], err = o.Pay(t.Context(), ana, fmt.Sprint("key ", i%60), id, "ro"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, page := range pages {
		if page != pages[0] || !strings.HasPrefix(page, sandboxPath) {
			t.Fatalf("sent to %q and to %q", pages[0], page)
		}
	}
	if n, err := db.One(t.Context(), o.DB, db.Value[int], `SELECT count(*) FROM payments_sandbox`); n != 1 || err != nil {
		t.Errorf("the bank has %d payments, %v", n, err)
	}
	attempt := strings.TrimPrefix(pages[0], sandboxPath)
	check(t, o.bank.Decide(t.Context(), attempt, "paid"), nil)
	for range 16 {
		group.Go(func() {
			if err := o.bank.Deliver(t.Context(), Message{Payment: attempt, Status: "paid"}); err != nil {
				t.Error(err)
			}
			if err := o.PollAttempt(t.Context(), attempt); err != nil {
				t.Error(err)
			}
			if _, err := o.Result(t.Context(), ana, id); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if b, err := balance(t.Context(), o.DB, "order:"+id); b != 1500 || err != nil || o.order(id).Overpaid != 0 {
		t.Errorf("credited %s, %v", b, err)
	}
	page, err := o.Pay(t.Context(), ana, "key 1", id, "ro") // an old form, sent again
	if page != resultPath(id) || err != nil {
		t.Errorf("sent to %q, %v", page, err)
	}
	o.adds()
}

func TestRefusedThenPaid(t *testing.T) { eachTown(t, testRefusedThenPaid) }

func testRefusedThenPaid(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500)
	first := o.goes(ana, id)
	o.decides(first, "refused")
	if r, err := o.Result(ctx, ana, id); err != nil || r.State != Open || !r.Refused {
		t.Errorf("refused: %+v, %v", r, err)
	}
	second := o.goes(ana, id)
	if first == second {
		t.Fatal("sent to the payment that was refused")
	}
	o.decides(second, "paid")
	if o.order(id).State != Paid || o.told("ana") != "payments.paid" {
		t.Errorf("paid: %+v, %s", o.order(id), o.told("ana"))
	}
	for account, want := range map[string]int{o.order(id).Account: 1, "RO49AAAA1B31007593840000": 0} {
		if got, err := o.Stated(ctx, account, deadline.Of(o.now().In(o.Zone))); err != nil || len(got) != want {
			t.Errorf("the bank says of %s: %+v, %v", account, got, err)
		}
	}
	// The bank changes its mind about the first: it was paid after all.
	check(t, o.Settle(ctx, Outcome{Attempt: first, Status: "paid", Amount: 1500, Currency: "RON", Transaction: "T1", At: o.now()}), nil)
	if order := o.order(id); order.State != Paid || order.Overpaid != 1500 || o.told("ana") != "payments.overpaid payments.paid" {
		t.Errorf("paid twice: %+v, %s", order, o.told("ana"))
	}
	check(t, o.Settle(ctx, Outcome{Attempt: first, Status: "refunded", Amount: 1500, Currency: "RON", Transaction: "T2", At: o.now()}), nil)
	if order := o.order(id); order.State != Paid || order.Overpaid != 0 {
		t.Errorf("given back: %+v", order)
	}
	check(t, o.bank.GiveBack(ctx, second), nil)
	check(t, o.bank.Deliver(ctx, Message{Payment: second, Status: "refunded"}), nil)
	if order := o.order(id); order.State != Refunded || order.Overpaid != 0 {
		t.Errorf("all given back: %+v", order)
	}
	o.adds()
	// T1 and T2 are of no bank: the comparison finds them.
	d, err := o.Reconcile(ctx)
	if err != nil || len(d.Open) != 2 || d.Open[0].Kind != "extra" || len(d.Reported) != 2 || d.Bank != 0 || d.Ledger != 0 {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
}

func TestWithdrawnWhileAtTheBank(t *testing.T) { eachTown(t, testWithdrawn) }

func testWithdrawn(t *testing.T, o *town) {
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	o.withdraws("c1")
	_, err := o.Pay(t.Context(), ana, "k", id, "ro")
	check(t, err, ErrCancelled)
	o.decides(attempt, "paid")
	if order := o.order(id); order.State != Cancelled || order.Overpaid != 1500 || order.Receipt != "" || o.told("ana") != "payments.overpaid" {
		t.Errorf("paid all the same: %+v, %s", order, o.told("ana"))
	}
	o.adds()
}

func TestPaidAfterAnotherTookItsPlace(t *testing.T) { eachTown(t, testReplaced) }

// testReplaced: the bank says first that a payment was refused, and when another order is
// there, that it was made in time.
func testReplaced(t *testing.T, o *town) {
	id := o.owes("ana", "", 1500)
	attempt := o.goes(ana, id)
	check(t, o.bank.Decide(t.Context(), attempt, "paid"), nil)
	at := o.now()
	check(t, o.bank.Deliver(t.Context(), Message{Payment: attempt, Status: "refused"}), nil)
	err := o.Acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		return errors.Join(tx.Allow(act.On{Subject: "test"}), o.Drop(ctx, tx, id))
	})
	check(t, err, nil)
	_, err = o.Pay(t.Context(), ana, "k", id, "ro")
	check(t, err, ErrCancelled)
	o.wait(time.Hour)
	for range 2 {
		check(t, o.bank.Deliver(t.Context(), Message{Payment: attempt, Status: "paid"}), nil)
	}
	if order := o.order(id); order.State != Paid || !order.PaidAt.Equal(at) || order.Overpaid != 0 || order.Receipt == "" || o.told("ana") != "payments.paid" {
		t.Errorf("paid at %s: %+v, %s", at, order, o.told("ana"))
	}
	o.adds()
}

func TestUncertain(t *testing.T) { eachTown(t, testUncertain) }

func testUncertain(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	if r, err := o.Result(ctx, ana, id); err != nil || r.Uncertain || r.Page != sandboxPath+attempt || r.State != Pending {
		t.Errorf("came back without paying: %+v, %v", r, err)
	}
	check(t, o.bank.Decide(ctx, attempt, "paid", Silent), nil)
	for range 2 {
		if r, err := o.Result(ctx, ana, id); err != nil || !r.Uncertain || r.Page != "" || r.State != Pending {
			t.Errorf("the bank is silent: %+v, %v", r, err)
		}
	}
	_, err := o.Pay(ctx, ana, "k2", id, "ro")
	check(t, err, ErrUncertain)
	o.wait(lateness)
	if r, err := o.Result(ctx, ana, id); err != nil || r.State != Paid || r.Uncertain {
		t.Errorf("it has answered: %+v, %v", r, err)
	}

	second := o.owes("ana", "c2", 900)
	attempt = o.goes(ana, second)
	o.down = true
	check(t, o.PollAttempt(ctx, attempt), nil)
	o.down = false
	o.wait(sandboxLife)
	check(t, o.PollAttempt(ctx, attempt), nil)
	if order := o.order(second); order.State != Open || o.told("ana") != "payments.failed payments.paid" {
		t.Errorf("nobody paid: %+v, %s", order, o.told("ana"))
	}
}

// TestTheBankIsDown has the program fail at every step: trying again is safe.
func TestTheBankIsDown(t *testing.T) { eachTown(t, testTheBankIsDown) }

func testTheBankIsDown(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500)
	o.down = true
	for _, key := range []string{"k1", "k1", "k2"} {
		_, err := o.Pay(ctx, ana, key, id, "ro")
		check(t, err, ErrBank)
	}
	o.down = false
	a, err := openAttempt(ctx, o.DB, id)
	check(t, err, nil)
	if page, err := o.Pay(ctx, ana, "k1", id, "ro"); err != nil || page != sandboxPath+a.id {
		t.Errorf("afterwards: %s, %v", page, err)
	}
	check(t, o.bank.Decide(ctx, a.id, "paid", Lose), nil)
	o.broken = errors.New("no paper")
	check(t, o.bank.Deliver(ctx, Message{Payment: a.id, Status: "paid"}), o.broken)
	if order := o.order(id); order.State != Pending || o.told("ana") != "" {
		t.Errorf("without a receipt: %+v", order)
	}
	if n, err := db.One(ctx, o.DB, db.Value[int], `SELECT count(*) FROM payments_events`); n != 0 || err != nil {
		t.Errorf("%d events were kept, %v", n, err)
	}
	o.broken = nil
	check(t, o.PollAttempt(ctx, a.id), nil)
	if order := o.order(id); order.State != Paid {
		t.Errorf("with a receipt: %+v", order)
	}

	// One that never got to the bank is given up an hour later.
	second := o.owes("ana", "c2", 900)
	o.down = true
	_, err = o.Pay(ctx, ana, "k3", second, "ro")
	check(t, err, ErrBank)
	o.down = false
	a, err = openAttempt(ctx, o.DB, second)
	check(t, err, nil)
	check(t, o.PollAttempt(ctx, a.id), nil)
	if order := o.order(second); order.State != Pending {
		t.Errorf("soon after: %+v", order)
	}
	o.wait(61 * time.Minute)
	check(t, o.PollAttempt(ctx, a.id), nil)
	if order := o.order(second); order.State != Open {
		t.Errorf("an hour later: %+v", order)
	}
}

func TestWhatIsNeverCredited(t *testing.T) { eachTown(t, testNeverCredited) }

func testNeverCredited(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	good := Outcome{Attempt: attempt, Status: "paid", Amount: 1500, Currency: "RON", Transaction: "T1", Approval: "A", At: o.now()}
	for i, spoil := range []func(o *Outcome){
		func(o *Outcome) { o.Amount++ },
		func(o *Outcome) { o.Amount = -1500 },
		func(o *Outcome) { o.Currency = "EUR" },
		func(o *Outcome) { o.Currency = "ron" },
		func(o *Outcome) { o.Transaction = "" },
		func(o *Outcome) { o.Attempt = "nobody's" },
		func(o *Outcome) { o.Status, o.Transaction = "refunded", "T0" }, // too early: it counts once it was paid
	} {
		bad, want := good, Pending
		if spoil(&bad); bad.Status == "refunded" {
			want = Open // there is no money to wait for
		}
		for range 2 {
			check(t, o.Settle(ctx, bad), nil)
		}
		if order := o.order(id); order.State != want {
			t.Errorf("%d: %+v makes it %+v", i, bad, order)
		}
	}
	if d, err := o.Reconcile(ctx); err != nil || len(d.Open) != 0 || len(d.Reported) != 6 || d.Ledger != 0 {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
	check(t, o.Settle(ctx, good), nil)
	if order := o.order(id); order.State != Refunded || order.Receipt == "" {
		t.Errorf("paid, and given back before: %+v", order)
	}
	other := o.owes("ion", "c2", 1500)
	again := good
	again.Attempt = o.goes(ion, other)
	check(t, o.Settle(ctx, again), nil)
	if order := o.order(other); order.State == Paid || order.Receipt != "" {
		t.Errorf("paid with the money of another: %+v", order)
	}
	d, err := o.Reconcile(ctx)
	if kinds := fmt.Sprint(d.Reported); err != nil || !strings.Contains(kinds, "reused") {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
	o.adds()
}

// TestThroughTheQueue has the bank report by itself, and lose a report: then the
// town hall asks.
func TestThroughTheQueue(t *testing.T) { eachTown(t, testThroughTheQueue) }

func testThroughTheQueue(t *testing.T, o *town) {
	o.began = time.Now() // the queue needs a clock that goes
	o.time = o.began
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if err := o.queue.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer func() { cancel(); group.Wait() }()
	settled := func(what, id string, want State) {
		t.Helper()
		for until := time.Now().Add(20 * time.Second); o.order(id).State != want; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("%s: still %+v", what, o.order(id))
			}
		}
	}
	paid, refused, lost, forged := o.owes("ana", "c1", 100), o.owes("ana", "c2", 200), o.owes("ana", "c3", 300), o.owes("ana", "c4", 400)
	check(t, o.bank.Decide(ctx, o.goes(ana, paid), "paid", Twice, Stranger, Reorder), nil)
	check(t, o.bank.Decide(ctx, o.goes(ana, refused), "refused"), nil)
	check(t, o.bank.Decide(ctx, o.goes(ana, lost), "paid", Lose), nil)
	check(t, o.bank.Decide(ctx, o.goes(ana, forged), "refused", Forge), nil)
	settled("reported", paid, Paid)
	settled("refused", refused, Open)
	settled("forged", forged, Open)
	if o.order(lost).State != Pending {
		t.Error("how does it know?")
	}
	o.wait(30 * time.Second)
	settled("asked", lost, Paid)
	if order := o.order(forged); order.State != Open {
		t.Errorf("a forged report made it %+v", order)
	}
}

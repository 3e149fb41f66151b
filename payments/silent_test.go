package payments

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
)

// soonest is within what time money is found that the bank has taken, and did not
// report.
const soonest = 15 * time.Minute

// TestSilentPaymentsAreFoundInTime: whenever somebody pays within a day, and however
// the bank is out of reach for some minutes just then, it is asked soon enough.
func TestSilentPaymentsAreFoundInTime(t *testing.T) {
	const late = 10 * time.Second // a queue may be
	var asked []time.Duration
	for polls, age := 0, time.Duration(0); age < 25*time.Hour; polls++ {
		age += pollAfter(polls, age) + late
		asked = append(asked, age)
	}
	for i, age := range asked[1:] {
		if age > 24*time.Hour {
			break
		}
		if gap := age - asked[i]; gap+lateness > soonest {
			t.Errorf("paid just after %v, and the bank does not answer for %v: it is asked again at %v", asked[i], lateness, age)
		}
	}
}

// byHand is a town whose jobs are done by hand: those that are due at a time.
type byHand struct {
	*town
	due map[string]time.Time
}

func pollsByHand(o *town) *byHand {
	b := &byHand{town: o, due: map[string]time.Time{}}
	o.Poll = jobs.By(func(_ context.Context, _ *db.Tx, id string, at time.Time) error {
		b.due[id] = at
		return nil
	})
	return b
}

// runs does what is due until then.
func (b *byHand) runs(attempt string, until time.Time) {
	b.t.Helper()
	for {
		at, ok := b.due[attempt]
		if !ok || at.After(until) {
			break
		}
		delete(b.due, attempt)
		b.wait(at.Sub(b.now()))
		check(b.t, b.PollAttempt(b.t.Context(), attempt), nil)
	}
	b.wait(until.Sub(b.now()))
}

// TestRefusedAndThenPaid: on the page of a bank, whoever was refused tries another
// card. The first outcome was reported, and the second is not: it is found
// nevertheless, and in time.
func TestRefusedAndThenPaid(t *testing.T) { eachTown(t, testRefusedAndThenPaid) }

func testRefusedAndThenPaid(t *testing.T, o *town) {
	b := pollsByHand(o)
	for _, after := range []time.Duration{time.Second, 9 * time.Minute, 19 * time.Minute, 29 * time.Minute} {
		id := o.owes("ana", "", 1500)
		attempt := o.goes(ana, id)
		began := o.now()
		check(t, o.Settle(t.Context(), Outcome{Attempt: attempt, Status: "refused", Amount: 1500, Currency: "RON", At: began}), nil)
		if order := o.order(id); order.State != Open {
			t.Fatalf("refused: %+v", order)
		}
		b.runs(attempt, began.Add(after))
		check(t, o.bank.Decide(t.Context(), attempt, "paid", Silent, Lose), nil)
		b.runs(attempt, began.Add(after+soonest))
		if order := o.order(id); order.State != Paid || !order.PaidAt.Equal(began.Add(after)) {
			t.Errorf("paid after %v, and %v later: %+v", after, soonest, order)
		}
		// Nobody asks about it for ever.
		b.runs(attempt, began.Add(2*time.Hour))
		if at, asks := b.due[attempt]; asks {
			t.Errorf("it is asked about again at %v", at)
		}
	}
	o.adds()
}

// TestAskedAboutForAnHour: what was refused is asked about for as long as a bank's
// page may be open, and not longer; and by then it stays refused.
func TestAskedAboutForAnHour(t *testing.T) { eachTown(t, testAskedAboutForAnHour) }

func testAskedAboutForAnHour(t *testing.T, o *town) {
	b := pollsByHand(o)
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	o.decides(attempt, "refused")
	began := o.now()
	b.runs(attempt, began.Add(3*time.Hour))
	a, err := attemptByID(t.Context(), o.DB, attempt)
	if err != nil || a.state != "refused" || a.polls < 5 || a.polls > 12 || len(b.due) > 0 {
		t.Errorf("%+v, %v; to be asked: %v", a, err, b.due)
	}
	if got := o.told("ana"); got != "" {
		t.Errorf("she was told %q", got)
	}
	if _, err := openAttempt(t.Context(), o.DB, id); !errors.Is(err, db.ErrNone) {
		t.Errorf("an attempt is open: %v", err)
	}
	o.adds()
}

// TestGivenBackBeforeItWasHeardOf: the bank took money and gave it back, and the town
// heard of neither; asked, it says no more than that it gave it back. Then they can
// pay again, and the statement tells the rest.
func TestGivenBackBeforeItWasHeardOf(t *testing.T) { eachTown(t, testGivenBackBeforeItWasHeardOf) }

func testGivenBackBeforeItWasHeardOf(t *testing.T, o *town) {
	for i, again := range []bool{false, true} {
		who := act.PartyID(fmt.Sprint("p", i))
		actor := act.Actor{Person: who, For: who, Level: act.Verified}
		id := o.owes(who, "", 1500)
		attempt := o.goes(actor, id)
		check(t, o.bank.Decide(t.Context(), attempt, "paid", Lose), nil)
		o.wait(time.Second)
		check(t, o.bank.GiveBack(t.Context(), attempt), nil)
		check(t, o.PollAttempt(t.Context(), attempt), nil)
		if order := o.order(id); order.State != Open {
			t.Fatalf("asked: %+v", order)
		}
		o.wait(time.Minute)
		want := Refunded
		if again {
			second := o.goes(actor, id)
			o.decides(second, "paid")
			want = Paid
		}
		d, err := o.Reconcile(t.Context())
		if err != nil || len(d.Open) > 0 || d.Bank != d.Ledger {
			t.Errorf("Reconcile = %+v, %v", d, err)
		}
		if order := o.order(id); order.State != want || order.Overpaid != 0 {
			t.Errorf("paid again: %t; %+v", again, order)
		}
		// At last, the bank's reports arrive, and say nothing new.
		for _, status := range []string{"paid", "refunded"} {
			check(t, o.bank.Deliver(t.Context(), Message{Payment: attempt, Status: status}), nil)
		}
		if order := o.order(id); order.State != want || order.Overpaid != 0 {
			t.Errorf("reported: %+v", order)
		}
	}
	o.adds()
	if d, err := o.Reconcile(t.Context()); err != nil || len(d.Open) > 0 || d.Bank != d.Ledger || d.Bank != 1500 {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
}

// TestAStatementIsNotBelievedBlindly: a line of the statement with another amount, or
// of nobody's payment, credits nothing.
func TestAStatementIsNotBelievedBlindly(t *testing.T) { eachTown(t, testAStatement) }

func testAStatement(t *testing.T, o *town) {
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	at := o.now()
	for _, line := range []Transaction{{"t1", attempt, 1400, at}, {"t2", "nobody's", 1500, at}} {
		o.Provider = statedBank{o, []Transaction{line}}
		d, err := o.Reconcile(t.Context())
		if err != nil || len(d.Open) != 1 || d.Open[0].Kind != "missing" || d.Ledger != 0 {
			t.Errorf("%+v: Reconcile = %+v, %v", line, d, err)
		}
		if order := o.order(id); order.State == Paid || order.Overpaid != 0 {
			t.Errorf("%+v: %+v", line, order)
		}
	}
	o.Provider = o
	o.decides(attempt, "paid")
	if order := o.order(id); order.State != Paid {
		t.Errorf("paid: %+v", order)
	}
	o.adds()
}

// A statedBank has a statement of its own for today.
type statedBank struct {
	*town
	lines []Transaction
}

func (b statedBank) Statement(_ context.Context, day deadline.Date) ([]Transaction, error) {
	if day != deadline.Of(b.now().In(b.Zone)) {
		return nil, nil
	}
	return b.lines, nil
}

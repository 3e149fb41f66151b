package taxpayer

import (
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/recall"
)

// pressed has an office keep accounts, and never have time.
func pressed(o *Office) {
	o.Kept = &recall.Cache[[3]string, Overview]{Pressed: func() bool { return true }, Now: o.Now, Life: 15 * time.Minute, Size: func(Overview) int { return 1 }, Most: 100}
}

// TestAKeptAccountHasOnesOwnPayments holds while people look and pay at the same time:
// what is seen after a payment is never older than it, whoever computed it and
// whichever program took the payment.
func TestAKeptAccountHasOnesOwnPayments(t *testing.T) {
	eachTown(t, testAKeptAccountHasOnesOwnPayments)
}

func testAKeptAccountHasOnesOwnPayments(t *testing.T, o *town) {
	ids := o.owes("ana", "fees", 0, "Salubrizare", "2026-03-31", lei(10), "2026-04-30", lei(10), "2026-05-31", lei(10), "2026-06-30", lei(10), "2026-07-31", lei(10))
	other := *o.Office // of a second program, with nothing kept
	pressed(o.Office)
	pressed(&other)
	done := make(chan bool)
	var all sync.WaitGroup
	for _, office := range []*Office{o.Office, &other} {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := office.Overview(t.Context(), ana); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i, id := range ids {
		page, _, err := o.Pay(t.Context(), ana, "k"+id, Cart{Chosen: []string{id}, Sum: lei(10)}, "ro")
		check(t, err, nil)
		o.set(o.now().Add(time.Second))
		o.decides(page, "paid")
		for _, office := range []*Office{o.Office, &other} {
			v, err := office.Overview(t.Context(), ana)
			check(t, err, nil)
			if want := lei(10 * (i + 1)); v.Paid != want || v.All().Sum() != lei(50)-want {
				t.Errorf("after %s were paid, %s are shown, and %s left", want, v.Paid, v.All().Sum())
			}
		}
	}
	close(done)
	all.Wait()
}

// TestAKeptAccountSaysOfWhen holds for what others do: it is seen late, and the page
// says so; but paying computes from the ledger.
func TestAKeptAccountSaysOfWhen(t *testing.T) {
	o := alone(t)
	pressed(o.Office)
	o.owes("ana", "fees", 0, "Salubrizare", "2026-03-31", lei(10))
	began := o.now()
	look := func(actor act.Actor) Overview {
		t.Helper()
		v, err := o.Overview(t.Context(), actor)
		check(t, err, nil)
		return v
	}
	if v := look(ana); !v.At.Equal(began) || v.All().Sum() != lei(10) {
		t.Errorf("%s at %s", v.All().Sum(), v.At)
	}
	o.owes("ana", "fees", 0, "Salubrizare", "2026-03-31", lei(5))
	o.set(began.Add(5 * time.Minute))
	if v := look(ana); !v.At.Equal(began) || v.All().Sum() != lei(10) {
		t.Errorf("%s at %s, want what was known at %s", v.All().Sum(), v.At, began)
	}
	_, _, err := o.Pay(t.Context(), ana, "k", Cart{All: true, Sum: lei(10)}, "ro")
	check(t, err, ErrChanged)
	if html := send(o.site(), "ana", "ro", "GET /dosar/taxe", nil).Body.String(); !strings.Contains(html, "Situația la 10:00") {
		t.Errorf("the page does not say of when it is")
	}
	if v, err := o.Overview(t.Context(), ion); err != nil || len(v.Rows) > 0 {
		t.Errorf("somebody else sees %d debts, %v", len(v.Rows), err)
	}
	o.set(began.Add(20 * time.Minute))
	if v := look(ana); v.All().Sum() != lei(15) {
		t.Errorf("after too long a time: %s at %s", v.All().Sum(), v.At)
	}
	if _, err := o.Overview(t.Context(), act.Actor{For: "ana"}); err == nil {
		t.Error("anybody sees what is kept")
	}
}

package taxpayer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"bega/internal/act"
)

// TestTheSameDebtsAreChargedOnce: two hundred submissions of the same debts at once, of one
// form, of the forms of two tabs, and of a new form each time, lead to one visit to the
// bank. That charges once, and reports twice at once; then all of it is sent again.
//
// go run ./bench same does it for a thousand people.
func TestTheSameDebtsAreChargedOnce(t *testing.T) { eachTown(t, testSameDebts) }

func testSameDebts(t *testing.T, o *town) {
	for i, key := range []func(n int) string{
		func(int) string { return "one" },
		func(n int) string { return fmt.Sprint("tab ", n%2) },
		func(n int) string { return fmt.Sprint("new ", n) },
	} {
		who := act.PartyID(fmt.Sprint("p", i))
		actor := act.Actor{Person: who, For: who, Level: act.Verified}
		o.owes(who, "buildings", lei(42), "", "2026-03-31", lei(211), "2026-09-30", lei(210))
		o.owes(who, "land", 0, "", "2026-03-31", lei(30))
		cart, n := Cart{All: true, Sum: lei(409)}, 200
		submit := func(want int) (pages []string) {
			pages = make([]string, n)
			ids := make([]string, n)
			var all sync.WaitGroup
			for j := range n {
				all.Go(func() {
					var err error
					if pages[j], ids[j], err = o.Pay(context.WithoutCancel(t.Context()), actor, key(j), cart, "ro"); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			slices.Sort(pages)
			slices.Sort(ids)
			if pages, ids = slices.Compact(pages), slices.Compact(ids); len(pages) != want || len(ids) != want {
				t.Fatalf("%s: %d orders, pages %q", key(1), len(ids), pages)
			}
			return pages
		}
		page := submit(1)[0]
		var reports sync.WaitGroup
		for range 2 {
			reports.Go(func() { o.decides(page, "paid") })
		}
		reports.Wait()
		submit(1)
		if left := o.left(who); left != 0 {
			t.Errorf("%s: left %s", key(1), left)
		}
		charges, err := o.bank.Statement(t.Context(), o.today())
		if err != nil || len(charges) != i+1 {
			t.Errorf("%s: the bank has charged %d times, %v", key(1), len(charges), err)
		}
	}
	if v, err := o.Ledger.Verify(t.Context(), nil); err != nil || len(v.Breaches) > 0 || v.Money != 3*lei(409) {
		t.Errorf("%+v, %v", v, err)
	}
}

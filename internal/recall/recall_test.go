package recall

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestWhatIsKeptIsForWhenThereIsNoTime(t *testing.T) {
	now, pressed, n := time.Unix(0, 0), false, 0
	c := &Cache[string, int]{Pressed: func() bool { return pressed }, Now: func() time.Time { return now }, Life: time.Minute, Size: func(int) int { return 1 }, Most: 10}
	is := func(edition string, want int) {
		t.Helper()
		if got, err := c.Last("a", edition, func() (int, error) { n++; return n, nil }); got != want || err != nil {
			t.Errorf("it is %d, %v, want %d", got, err, want)
		}
	}
	is("1", 1)
	is("1", 2)
	pressed = true
	is("1", 2)
	is("2", 3) // somebody has paid
	is("2", 3)
	is("1", 4)
	now = now.Add(time.Hour)
	is("1", 5)
	failed := errors.New("no database")
	if _, err := c.Last("b", "", func() (int, error) { return 0, failed }); err != failed {
		t.Errorf("it fails with %v", err)
	}
	if got, _ := (*Cache[string, int])(nil).Last("a", "", func() (int, error) { return 9, nil }); got != 9 {
		t.Errorf("nobody keeps %d", got)
	}
}

func TestItIsBounded(t *testing.T) {
	c := &Cache[string, int]{Pressed: func() bool { return false }, Now: time.Now, Life: time.Minute, Size: func(n int) int { return n }, Most: 100}
	for i := range 1000 {
		_, _ = c.Last(fmt.Sprint(i%70), "", func() (int, error) { return i % 130, nil })
		sum := 0
		for _, k := range c.all {
			sum += k.size
		}
		if sum != c.size || sum > 100 {
			t.Fatalf("it has %d, and thinks %d", sum, c.size)
		}
	}
}

// TestNobodySeesLessThanTheyHavePaid has somebody pay again and again while others
// look at the account: once a payment is seen, no older account is.
func TestNobodySeesLessThanTheyHavePaid(t *testing.T) {
	c := &Cache[string, int64]{Pressed: func() bool { return true }, Now: time.Now, Life: time.Hour, Size: func(int64) int { return 1 }, Most: 10}
	var paid atomic.Int64 // the order and what it settles change in one transaction
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20_000 {
				before := paid.Load()
				got, _ := c.Last("a", fmt.Sprint(before), func() (int64, error) { return paid.Load(), nil })
				if got < before {
					t.Errorf("paid %d, and sees %d", before, got)
					return
				}
			}
		})
	}
	all.Go(func() {
		for range 20_000 {
			paid.Add(1)
		}
	})
	all.Wait()
}

package payments

import (
	"errors"
	"testing"
	"time"

	"bega/internal/money"
)

// TestBalanced: what an entry takes it gives.
func TestBalanced(t *testing.T) {
	for _, test := range []struct {
		amount   money.Bani
		postings []posting
		want     bool
	}{
		{10, []posting{{"bank:x", 10, 0}, {"order:1", 0, 10}}, true},
		{10, []posting{{"bank:x", 0, 10}, {"order:1", 4, 0}, {"overpaid:1", 6, 0}}, true},
		{10, []posting{{"bank:x", 10, 0}, {"order:1", 0, 9}}, false},
		{10, []posting{{"bank:x", 9, 0}, {"order:1", 0, 9}}, false},
		{10, []posting{{"bank:x", 10, 0}}, false},
		{0, []posting{{"bank:x", 1 << 62, 0}, {"order:1", 1 << 62, 0}}, false},
	} {
		if err := balanced(test.amount, test.postings); (err == nil) != test.want {
			t.Errorf("%v over %s: %v", test.postings, test.amount, err)
		}
	}
	if err := balanced(1, nil); !errors.Is(err, errUnbalanced) {
		t.Errorf("nothing: %v", err)
	}
}

func TestPolling(t *testing.T) {
	var age time.Duration
	for polls := range 500 {
		wait := pollAfter(polls, age)
		if age += wait; wait < 30*time.Second || wait > 24*time.Hour {
			t.Fatalf("poll %d, %v after, waits %v", polls, age, wait)
		}
		if polls == 4 && age != 18*time.Minute+30*time.Second { // people are promised half an hour
			t.Errorf("five times in %v", age)
		}
	}
	if age < 30*24*time.Hour {
		t.Errorf("500 polls in %v", age)
	}
}

func TestCompare(t *testing.T) {
	a, b, c := Transaction{ID: "a", Amount: 1}, Transaction{ID: "b", Amount: 2}, Transaction{ID: "c", Amount: -1}
	other := b
	other.Amount = 3
	for _, test := range []struct {
		bank, ours []Transaction
		want       string
	}{
		{nil, nil, ""},
		{[]Transaction{a, b, c}, []Transaction{c, a, b}, ""},
		{[]Transaction{a, b}, []Transaction{a}, "missing b "},
		{[]Transaction{a}, []Transaction{a, c}, "extra c "},
		{[]Transaction{a, b}, []Transaction{other, c}, "missing a amount b extra c "},
	} {
		got := ""
		for _, d := range compare(test.bank, test.ours) {
			got += d.Kind + " " + d.Transaction + " "
		}
		if got != test.want {
			t.Errorf("compare(%v, %v) = %q, want %q", test.bank, test.ours, got, test.want)
		}
	}
}

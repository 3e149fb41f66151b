package payday

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/payments"
	"bega/portal"
	"bega/taxpayer"
)

// Same has the same debts paid by very many submissions at once.
type Same struct {
	Rounds int `help:"How many taxpayers." default:"1000"`
	Clicks int `help:"How many submissions of each, all at the same time." default:"200"`
}

// Title says what is measured.
func (c *Same) Title() string {
	return fmt.Sprintf("%d submissions at once of all that somebody owes, for %d people", c.Clicks, c.Rounds)
}

// Head names the columns.
func (c *Same) Head() []string {
	return []string{"engine", "people", "submissions", "orders", "attempts", "charges", "credits", "statement", "ledger", "submissions/s"}
}

// habits are how a form comes to be submitted so often: n is the number of a
// submission.
var habits = []func(person, n int) (key string){
	func(person, _ int) string { return fmt.Sprint("same-", person) },              // one form
	func(person, n int) string { return fmt.Sprintf("tab-%d-%d", person, n%2) },    // the forms of two tabs
	func(person, n int) string { return fmt.Sprintf("anew-%d-%d", person, n) },     // a form of its own each time
	func(person, n int) string { return fmt.Sprintf("double-%d-%d", person, n/2) }, // each form twice
}

// Measure has one after the other click.
func (c *Same) Measure(ctx context.Context, p Place, t Table) error {
	town, err := p.open(ctx, nil)
	if err != nil {
		return err
	}
	defer town.Close()
	rooms := town.Rooms()
	lean(rooms)
	bank, err := quietBank(ctx, rooms, filepath.Join(p.Dir, "bank"))
	if err != nil {
		return err
	}
	defer bank.DB.Close()
	debts := make([]debt, c.Rounds)
	for i := range debts {
		debts[i] = debt{party: act.PartyID(fmt.Sprintf("%08x-0000-7000-8000-%012d", uint32(i)*2654435761, i)), kind: simKinds[i%len(simKinds)], terms: bothTerms, amount: money.Bani(100+i) * money.Leu}
	}
	if err := owe(ctx, rooms, debts); err != nil {
		return err
	}
	var all sums
	var took time.Duration
	for i := range debts {
		began := time.Now()
		page, err := c.click(ctx, rooms, debts[i], i)
		took += time.Since(began)
		if err == nil {
			err = c.paid(ctx, rooms, bank, debts[i], i, page, &all)
		}
		if err != nil {
			return fmt.Errorf("person %d: %w", i, err)
		}
		if (i+1)%100 == 0 {
			t.Say("%s: %d people, %.0f submissions/s", p.Engine, i+1, float64((i+1)*c.Clicks)/took.Seconds())
		}
	}
	return c.sum(ctx, p, rooms, bank, all, took, t)
}

// quietBank makes a bank that reports nothing unless it is told to.
func quietBank(ctx context.Context, rooms portal.Rooms, file string) (*payments.Sandbox, error) {
	d, err := db.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, "payments", payments.Files); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	bank := &payments.Sandbox{DB: d, Now: time.Now, Zone: rooms.Zone, Key: []byte("a quiet bank"), Hand: rooms.Payments.Hear,
		Tell: jobs.By(func(context.Context, *db.Tx, payments.Message, time.Time) error { return nil })}
	rooms.Payments.Provider = bank
	rooms.Payments.Poll = jobs.By(func(context.Context, *db.Tx, string, time.Time) error { return nil })
	return bank, nil
}

// cartOf is a cart of all that is to be paid now.
func cartOf(ctx context.Context, rooms portal.Rooms, actor act.Actor) (taxpayer.Cart, error) {
	v, err := rooms.Taxpayer.Overview(ctx, actor)
	return taxpayer.Cart{All: true, Sum: v.ToPay.Sum()}, err
}

// click submits what somebody owes, many times at once, and returns the page of the
// bank, which has to be one.
func (c *Same) click(ctx context.Context, rooms portal.Rooms, d debt, person int) (page string, err error) {
	cart, err := cartOf(ctx, rooms, payer(d.party))
	if err != nil {
		return "", err
	}
	pages, orders, errs := make([]string, c.Clicks), make([]string, c.Clicks), make([]error, c.Clicks)
	var all sync.WaitGroup
	for n := range c.Clicks {
		all.Go(func() {
			pages[n], orders[n], errs[n] = rooms.Taxpayer.Pay(ctx, payer(d.party), habits[person%len(habits)](person, n), cart, "ro")
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	slices.Sort(pages)
	slices.Sort(orders)
	if pages, orders = slices.Compact(pages), slices.Compact(orders); len(pages) != 1 || len(orders) != 1 {
		return "", fmt.Errorf("they lead to %d pages and %d orders", len(pages), len(orders))
	}
	return pages[0], nil
}

// paid has the bank charge, and report that twice while somebody asks; then everything
// is submitted again. It fails unless all of that is there once.
func (c *Same) paid(ctx context.Context, rooms portal.Rooms, bank *payments.Sandbox, d debt, person int, page string, all *sums) error {
	attempt := attemptOf(page)
	if err := bank.Decide(ctx, attempt, "paid"); err != nil {
		return err
	}
	errs := make([]error, 3)
	var both sync.WaitGroup
	for i := range 2 {
		both.Go(func() { errs[i] = bank.Deliver(ctx, payments.Message{Payment: attempt, Status: "paid"}) })
	}
	both.Go(func() { errs[2] = rooms.Payments.PollAttempt(ctx, attempt) })
	both.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	cart := taxpayer.Cart{All: true, Sum: 2 * d.amount}
	for n := range 4 { // a form that was sent again leads to the result, and a new one nowhere
		_, _, err := rooms.Taxpayer.Pay(ctx, payer(d.party), habits[person%len(habits)](person, n), cart, "ro")
		if err != nil {
			return err
		}
	}
	if _, _, err := rooms.Taxpayer.Pay(ctx, payer(d.party), fmt.Sprint("late-", person), cart, "ro"); !errors.Is(err, taxpayer.ErrNothing) && !errors.Is(err, taxpayer.ErrChanged) {
		return fmt.Errorf("paid, and paid again: %w", err)
	}
	is, err := sumsOf(ctx, rooms.DB, d.party)
	if err != nil {
		return err
	}
	if want := (sums{1, 1, 1, 1}); is != want {
		return fmt.Errorf("there are %+v", is)
	}
	all.orders, all.attempts, all.charges, all.credits = all.orders+is.orders, all.attempts+is.attempts, all.charges+is.charges, all.credits+is.credits
	return nil
}

// sum compares the whole with the statement of the bank.
func (c *Same) sum(ctx context.Context, p Place, rooms portal.Rooms, bank *payments.Sandbox, all sums, took time.Duration, t Table) error {
	statement, err := wholeStatement(ctx, rooms, bank)
	if err != nil {
		return err
	}
	entries, err := bookings(ctx, rooms.DB)
	if err == nil {
		err = sameLines(statement, entries)
	}
	if err == nil {
		_, _, err = creditedOnce(ctx, rooms, entries)
	}
	if err != nil {
		return err
	}
	var sum money.Bani
	for _, line := range statement {
		sum += line.Amount
	}
	v, err := verified(ctx, rooms)
	if err == nil && (v.Money != sum || len(statement) != c.Rounds) {
		err = fmt.Errorf("the bank has %d charges of %s, the ledger %s", len(statement), sum, v.Money)
	}
	n := c.Rounds * c.Clicks
	t.Add(p.Engine, c.Rounds, n, all.orders, all.attempts, len(statement), all.credits, sum.String(), v.Money.String(), float64(n)/took.Seconds())
	return err
}

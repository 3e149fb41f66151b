package payday

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/payments"
	"bega/portal"
)

// mostWait is how late money may be found that the bank took and did not report.
const mostWait = 15 * time.Minute

// A found is what came out of a simulation.
type found struct {
	statement, ledger                    money.Bani
	silent, twice, toLookAt, differences int
	longest, anybody                     time.Duration // from the charge to the entry: of the silent, and of all
}

// check compares the town with the bank, line by line, and fails at the first
// difference.
func (s *simulation) check(ctx context.Context, zone *time.Location, queue bool) (f found, err error) {
	d, err := s.rooms.Payments.Reconcile(ctx)
	if err != nil {
		return f, err
	}
	f.toLookAt = len(d.Reported)
	if f.differences = len(d.Open); f.differences > 0 || d.Bank != d.Ledger {
		return f, fmt.Errorf("the bank has %s, the town %s: %+v", d.Bank, d.Ledger, d.Open)
	}
	statement, err := statementOf(ctx, s.bank, deadline.Of(s.begun).AddDays(-1), deadline.Of(s.clock.now().In(zone)))
	if err != nil {
		return f, err
	}
	entries, err := s.lines(ctx, statement, &f)
	if err != nil {
		return f, err
	}
	if err := s.late(entries, &f); err != nil {
		return f, err
	}
	if s.forged.Load() != s.forgedRefused.Load() {
		return f, fmt.Errorf("%d forged reports came, and %d were refused", s.forged.Load(), s.forgedRefused.Load())
	}
	if !queue {
		return f, nil
	}
	n, err := queued(ctx, s.rooms.DB, "payments_poll")
	if want := len(s.polls) - int(s.ghosts.Load()); err == nil && n != want {
		err = fmt.Errorf("%d jobs are in the queue, and %d were to be done", n, want)
	}
	return f, err
}

// statementOf returns what a bank says that it took and gave back, on all days.
func statementOf(ctx context.Context, bank *payments.Sandbox, from, to deadline.Date) (all []payments.Transaction, err error) {
	for day := from; !day.After(to); day = day.AddDays(1) {
		lines, err := bank.Statement(ctx, day)
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	return all, nil
}

// lines holds every line of the statement against what is entered, and that against
// the ledger of taxes.
func (s *simulation) lines(ctx context.Context, statement []payments.Transaction, f *found) ([]booked, error) {
	entries, err := bookings(ctx, s.rooms.DB)
	if err != nil {
		return nil, err
	}
	if err := sameLines(statement, entries); err != nil {
		return nil, err
	}
	tooMuch, twice, err := creditedOnce(ctx, s.rooms, entries)
	if err != nil {
		return nil, err
	}
	for _, line := range statement {
		f.statement += line.Amount
	}
	f.twice = twice
	v, err := verified(ctx, s.rooms)
	if err != nil {
		return nil, err
	}
	if f.ledger = v.Money; len(tooMuch) > 0 || f.ledger != f.statement {
		return nil, fmt.Errorf("the bank has %s, the ledger %s; paid too much and not given back: %s", f.statement, f.ledger, described(tooMuch, entries))
	}
	return entries, nil
}

// described says what happened to orders.
func described(orders map[string]money.Bani, entries []booked) string {
	var all strings.Builder
	for order, amount := range orders {
		fmt.Fprintf(&all, "%s for order %s", amount, order)
		for _, e := range entries {
			if e.order == order {
				fmt.Fprintf(&all, "; %s of %s (%s for it, %s too much) by attempt %s at %s, entered at %s", e.kind, e.amount, e.forOrder, e.tooMuch, e.attempt, e.bankAt, e.at)
			}
		}
	}
	return all.String()
}

// sameLines fails unless each line of a statement is entered once, for the same
// attempt, with the same amount and moment, and nothing else is.
func sameLines(statement []payments.Transaction, entries []booked) error {
	type key struct{ kind, ref string }
	byRef := map[key]booked{}
	for _, e := range entries {
		byRef[key{e.kind, e.ref}] = e // the database holds that each is there once
	}
	if len(byRef) != len(entries) || len(statement) != len(entries) {
		return fmt.Errorf("the bank has %d lines, the town %d entries of %d transactions", len(statement), len(entries), len(byRef))
	}
	for _, line := range statement {
		kind, amount := "payment", line.Amount
		if amount < 0 {
			kind, amount = "refund", -amount
		}
		e, ok := byRef[key{kind, line.ID}]
		if !ok || e.attempt != line.Attempt || e.amount != amount || !e.bankAt.Equal(line.At) {
			return fmt.Errorf("the bank says %+v, the town has %+v", line, e)
		}
		if sign := e.forOrder + e.tooMuch; sign != line.Amount {
			return fmt.Errorf("of %s, %s are credited: %+v", line.Amount, sign, e)
		}
	}
	return nil
}

// creditedOnce fails unless every order is credited in the ledger once, with what came
// in for it less what went back, as of the moment of the charge (CPF art. 163). It returns what was paid too much and was not given
// back, by order, and how many orders were paid twice.
func creditedOnce(ctx context.Context, rooms portal.Rooms, entries []booked) (tooMuch map[string]money.Bani, twice int, err error) {
	tooMuch = map[string]money.Bani{}
	forOrder, times, moments := map[string]money.Bani{}, map[string]int{}, map[string]time.Time{}
	for _, e := range entries {
		forOrder[e.order] += e.forOrder
		if tooMuch[e.order] += e.tooMuch; tooMuch[e.order] == 0 {
			delete(tooMuch, e.order)
		}
		if e.kind == "payment" && e.tooMuch > 0 {
			twice++
		}
		if e.kind == "payment" && e.forOrder > 0 {
			moments[e.order] = e.bankAt
			if times[e.order]++; times[e.order] > 1 {
				return nil, 0, fmt.Errorf("order %s was credited twice", e.order)
			}
		}
	}
	credits, err := cardChannel(ctx, rooms.DB)
	if err != nil {
		return nil, 0, err
	}
	seen := map[string]bool{}
	for _, c := range credits {
		order, ok := strings.CutPrefix(c.cause, "order ")
		if !ok || times[order] != 1 || forOrder[order] != c.net || !moments[order].Equal(c.moment) {
			return nil, 0, fmt.Errorf("the ledger has %s by %q at %s, and %s came in for it at %s", c.net, c.cause, c.moment, forOrder[order], moments[order])
		}
		seen[order] = true
	}
	for order, amount := range forOrder {
		if !seen[order] && amount != 0 {
			return nil, 0, fmt.Errorf("%s came in for order %s, and the ledger has nothing", amount, order)
		}
	}
	return tooMuch, twice, nil
}

// late fails if a charge was found too late, or not at all. One that was given back at
// once is as good as none, and the statement of the day tells of it.
func (s *simulation) late(entries []booked, f *found) error {
	found := map[string]booked{}
	for _, e := range entries {
		if e.kind == "payment" {
			found[e.attempt] = e
		}
	}
	for attempt, c := range s.charged {
		e, ok := found[attempt]
		if !ok {
			return fmt.Errorf("attempt %s was charged, and is not entered", attempt)
		}
		wait := e.at.Sub(e.bankAt)
		if s.gone[attempt] {
			continue
		}
		if f.anybody = max(f.anybody, wait); c.silent {
			f.silent++
			f.longest = max(f.longest, wait)
		}
		if wait > mostWait {
			return fmt.Errorf("attempt %s was charged at %s and found %s later; silent: %t", attempt, e.bankAt, wait, c.silent)
		}
	}
	if len(found) != len(s.charged) {
		return errors.New("the bank charged what nobody paid")
	}
	return nil
}

// wholeStatement returns what a bank says of all days up to today.
func wholeStatement(ctx context.Context, rooms portal.Rooms, bank *payments.Sandbox) ([]payments.Transaction, error) {
	today := deadline.Of(bank.Now().In(rooms.Zone))
	return statementOf(ctx, bank, today.AddDays(-10), today)
}

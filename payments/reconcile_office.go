package payments

import (
	"context"
	"errors"
	"slices"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
)

// window is for how many days back the statement is compared: what a bank says
// comes three days late at most.
const window = 8

// Differences are what a comparison with the bank has found.
type Differences struct {
	Unstated     bool         // the bank gives no statement to programs: there was nothing to compare with
	Bank, Ledger money.Bani   // what came in on those days, less what went back
	Open         []Difference // where the statement and the ledger do not agree
	Reported     []Difference // what was found since the first of those days, by this or by what the bank said
}

// Reconcile compares the ledger with the statement of the bank, of the last days
// up to now. Payments that it did not hear of it asks the bank about, and enters
// them; what remains is stored for somebody to look at.
func (o *Office) Reconcile(ctx context.Context) (Differences, error) {
	if o.Provider == nil {
		return Differences{}, nil
	}
	d, err := o.compare(ctx)
	if err != nil {
		return d, err
	}
	for _, hear := range []func(context.Context, attempt, Difference) error{o.askAbout, o.believe} {
		if d, err = o.catchUp(ctx, d, hear); err != nil {
			return d, err
		}
	}
	from, today := o.days()
	err = o.Acts.Do(ctx, act.Machine, act.Reconcile, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "statement " + today.String()}); err != nil {
			return err
		}
		for _, difference := range d.Open {
			if err := insertDifference(ctx, tx, o.Provider.Name(), difference); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		d.Reported, err = differencesSince(ctx, o.DB, o.Provider.Name(), from.Midnight(o.Zone))
	}
	return d, err
}

// catchUp has the office hear of what is missing in the ledger, and compares again.
func (o *Office) catchUp(ctx context.Context, d Differences, hear func(context.Context, attempt, Difference) error) (Differences, error) {
	heard := false
	for _, difference := range d.Open {
		if difference.Kind != "missing" {
			continue
		}
		a, err := attemptByID(ctx, o.DB, difference.Attempt)
		if errors.Is(err, db.ErrNone) {
			continue
		}
		if err == nil {
			err = hear(ctx, a, difference)
		}
		if heard = true; err != nil {
			return d, err
		}
	}
	if !heard {
		return d, nil
	}
	return o.compare(ctx)
}

func (o *Office) askAbout(ctx context.Context, a attempt, _ Difference) error { return o.ask(ctx, a) }

// believe takes a line of the statement for what it is, the word of the bank: asked
// about a payment that it has given back since, it does not say any more that there
// was one.
func (o *Office) believe(ctx context.Context, a attempt, d Difference) error {
	out := Outcome{Attempt: a.id, Status: "paid", Amount: d.Bank, Currency: currency, Transaction: d.Transaction, At: d.At}
	if d.Bank < 0 {
		out.Status, out.Amount = "refunded", -d.Bank
	}
	return o.Settle(ctx, out)
}

// Stated returns what the bank says of a day about an account, for whoever compares it
// with a ledger of their own: all that we do not know to be for another account. It fails
// with [ErrNoStatement] if the bank says nothing to programs.
func (o *Office) Stated(ctx context.Context, account string, day deadline.Date) ([]Transaction, error) {
	if o.Provider == nil {
		return nil, ErrNoStatement
	}
	all, err := o.Provider.Statement(ctx, day)
	if err != nil {
		return nil, err
	}
	others, err := othersBetween(ctx, o.DB, o.Provider.Name(), account, day.Midnight(o.Zone), day.AddDays(1).Midnight(o.Zone))
	return slices.DeleteFunc(all, func(t Transaction) bool { return slices.Contains(others, t.ID) }), err
}

// days returns the first and the last day that are compared.
func (o *Office) days() (from, today deadline.Date) {
	today = deadline.Of(o.Now().In(o.Zone))
	return today.AddDays(1 - window), today
}

// compare compares the statement with the ledger as they are.
func (o *Office) compare(ctx context.Context) (d Differences, err error) {
	from, today := o.days()
	var statement []Transaction
	for day := from; !day.After(today); day = day.AddDays(1) {
		lines, err := o.Provider.Statement(ctx, day)
		if d.Unstated = errors.Is(err, ErrNoStatement); d.Unstated {
			break
		} else if err != nil {
			return d, err
		}
		statement = append(statement, lines...)
	}
	ours, err := entriesBetween(ctx, o.DB, o.Provider.Name(), from.Midnight(o.Zone), today.AddDays(1).Midnight(o.Zone))
	if err != nil {
		return d, err
	}
	if !d.Unstated {
		d.Open = compare(statement, ours)
	}
	var err1, err2 error
	d.Bank, err1 = sum(statement)
	d.Ledger, err2 = sum(ours)
	return d, errors.Join(err1, err2)
}

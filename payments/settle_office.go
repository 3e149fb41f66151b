package payments

import (
	"context"
	"errors"
	"fmt"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
)

// Hear takes what comes in at the address that a bank reports to. It fails with
// [ErrForged] for what the bank has not signed, and then nothing has changed.
func (o *Office) Hear(ctx context.Context, body []byte, header map[string][]string) error {
	if o.Provider == nil {
		return ErrForged
	}
	out, err := o.Provider.Read(body, header)
	if err != nil {
		o.warn(ctx, "a report of the bank was refused", "", err)
		return err
	}
	return o.Settle(ctx, out)
}

// errHeard undoes an act about what the bank had said before.
var errHeard = errors.New("payments: heard before")

// Settle draws the consequences of what a bank has said: it is entered in the
// ledger, the order is paid, and whoever waits for that is told, all in one act.
// It may be said again, late, and in any order.
func (o *Office) Settle(ctx context.Context, out Outcome) error {
	if out.Status == "pending" {
		return nil
	}
	err := o.Acts.Do(ctx, act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		fresh, err := insertEvent(ctx, tx, o.Provider.Name(), out)
		if err != nil {
			return err
		}
		if !fresh {
			return errHeard
		}
		a, err := attemptByID(ctx, tx, out.Attempt)
		if errors.Is(err, db.ErrNone) {
			return errors.Join(tx.Allow(act.On{Subject: "event " + out.digest()[:16]}), o.differ(ctx, tx, "unknown", out, 0))
		} else if err != nil {
			return err
		}
		order, err := orderByID(ctx, tx, a.order)
		if err != nil {
			return err
		}
		if err := tx.Allow(on(order)); err != nil {
			return err
		}
		said, err := eventsOf(ctx, tx, o.Provider.Name(), a.id)
		if err != nil {
			return err
		}
		return o.apply(ctx, tx, order, a, judge(a.amount, said))
	})
	if errors.Is(err, errHeard) {
		return nil
	}
	return err
}

// apply does what of a verdict was not done yet.
func (o *Office) apply(ctx context.Context, tx *act.Tx, order Order, a attempt, v verdict) error {
	for _, out := range v.wrong {
		if err := o.differ(ctx, tx, "amount", out, a.amount); err != nil {
			return err
		}
	}
	for _, out := range v.disputed {
		if err := o.differ(ctx, tx, "disputed", out, a.amount); err != nil {
			return err
		}
	}
	was := a
	if a.forward(v.state); a.state != was.state {
		if err := moveAttempt(ctx, tx.Tx, a); err != nil {
			return err
		}
	}
	for _, out := range v.payments {
		if err := o.credit(ctx, tx, &order, a, out); err != nil {
			return err
		}
	}
	for _, out := range v.refunds {
		if err := o.giveBack(ctx, tx, &order, a, out); err != nil {
			return err
		}
	}
	if order.State != Pending || a.state != "expired" && a.state != "refused" {
		return nil
	}
	order.State = Open
	if err := updateOrder(ctx, tx, order); err != nil || was.state != "unknown" {
		return err
	}
	// Somebody was told not to pay again until this is known.
	return o.tell(ctx, tx, order, "payments.failed", order.Total, a.id)
}

// credit enters a payment: for the order, or if there is nothing to be paid any
// more, as too much. An order that another took the place of is paid all the same: the
// bank had said that it was refused, and who paid in time must not owe a surcharge for
// that (CPF art. 163). What it is too much for, its payee keeps as a credit (art. 168).
func (o *Office) credit(ctx context.Context, tx *act.Tx, order *Order, a attempt, out Outcome) error {
	account, due := "order:"+order.ID, order.Due() || order.replaced()
	if !due {
		account = "overpaid:" + order.ID
	}
	added, err := o.post(ctx, tx, "payment", a, out, []posting{{account: "bank:" + o.Provider.Name(), debit: out.Amount}, {account: account, credit: out.Amount}})
	if err != nil || !added {
		return err
	}
	if !due {
		return o.tell(ctx, tx, *order, "payments.overpaid", out.Amount, out.Transaction)
	}
	order.State, order.PaidAt, order.Method = Paid, out.At, "card"
	for _, payee := range o.Payees {
		if err := payee.Paid(ctx, tx, *order); err != nil {
			return err
		}
	}
	if order.Receipt, err = o.Receipts.Receipt(ctx, tx, *order, out.Transaction); err != nil {
		return err
	}
	if err := updateOrder(ctx, tx, *order); err != nil {
		return err
	}
	return o.tell(ctx, tx, *order, "payments.paid", out.Amount, out.Transaction)
}

// giveBack enters a refund: first of what was paid too much.
func (o *Office) giveBack(ctx context.Context, tx *act.Tx, order *Order, a attempt, out Outcome) error {
	over, err := balance(ctx, tx, "overpaid:"+order.ID)
	if err != nil {
		return err
	}
	over = min(over, out.Amount)
	postings := []posting{{account: "bank:" + o.Provider.Name(), credit: out.Amount}}
	if over > 0 {
		postings = append(postings, posting{account: "overpaid:" + order.ID, debit: over})
	}
	if rest := out.Amount - over; rest > 0 {
		postings = append(postings, posting{account: "order:" + order.ID, debit: rest})
	}
	added, err := o.post(ctx, tx, "refund", a, out, postings)
	if err != nil || !added {
		return err
	}
	for _, payee := range o.Payees {
		if rest := out.Amount - over; rest > 0 {
			err = errors.Join(err, payee.Returned(ctx, tx, *order, rest, o.Provider.Name()+" "+out.Transaction))
		}
	}
	if err != nil {
		return err
	}
	left, err := balance(ctx, tx, "order:"+order.ID)
	if err != nil {
		return err
	}
	if left < 0 {
		return fmt.Errorf("payments: more was given back for order %s than was paid", order.ID)
	}
	if left == 0 && order.State == Paid {
		order.State = Refunded
		if err := updateOrder(ctx, tx, *order); err != nil {
			return err
		}
	}
	return o.tell(ctx, tx, *order, "payments.refunded", out.Amount, out.Transaction)
}

// post enters a transaction of the bank, and reports whether that was not done
// before. One that was entered for another attempt is looked at by somebody.
func (o *Office) post(ctx context.Context, tx *act.Tx, kind string, a attempt, out Outcome, postings []posting) (bool, error) {
	if err := balanced(out.Amount, postings); err != nil {
		return false, err
	}
	e := entry{id: db.NewID(), kind: kind, provider: o.Provider.Name(), ref: out.Transaction, attempt: a, amount: int64(out.Amount), bankAt: out.At, at: tx.At}
	added, err := insertEntry(ctx, tx, e, postings)
	if err != nil || added {
		return added, err
	}
	before, err := attemptOf(ctx, tx, e.provider, e.kind, e.ref)
	if err == nil && before != a.id {
		err = o.differ(ctx, tx, "reused", out, 0)
	}
	return false, err
}

// differ stores that what the bank says is not credited.
func (o *Office) differ(ctx context.Context, tx *act.Tx, kind string, out Outcome, ours money.Bani) error {
	return insertDifference(ctx, tx, o.Provider.Name(), Difference{Kind: kind, Transaction: out.Transaction, Attempt: out.Attempt,
		Bank: out.Amount, Ours: ours, Currency: out.Currency})
}

// tell writes to whose order it is, once about the same thing. Nobody knows where to
// write to who has not signed in.
func (o *Office) tell(ctx context.Context, tx *act.Tx, order Order, key string, amount money.Bani, about string) error {
	if order.Owner.Visitor() {
		return nil
	}
	return o.Notices.Send(ctx, tx, order.Owner, key, []any{amount, order.Number}, "/plati/"+order.ID, order.Case, key+" "+about)
}

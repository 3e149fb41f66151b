package ledger

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
)

// skew is how far a bank's clock may be ahead of ours.
const skew = 10 * time.Minute

// Pay enters a payment in an act, and settles with it what CPF art. 165 says. It may
// be told of the same payment again, and of payments in any order: each has the
// effect that it would have had at its moment.
//
// It fails with [ErrReused] if the ID stands for another payment, with [ErrAmount],
// and with [ErrMoment] for a payment that has not happened yet.
func (o *Office) Pay(ctx context.Context, tx *act.Tx, p Payment) (Receipt, error) {
	p.Moment = p.Moment.UTC().Truncate(time.Microsecond)
	at := tx.At.UTC().Truncate(time.Microsecond)
	switch {
	case p.ID == "" || p.Debtor == "" || p.Channel == "":
		return Receipt{}, errors.New("ledger: a payment without ID, debtor or channel")
	case p.Amount <= 0 || p.Amount > most:
		return Receipt{}, ErrAmount
	case p.Moment.IsZero() || p.Moment.After(at.Add(skew)):
		return Receipt{}, ErrMoment
	}
	old, err := eventByID(ctx, tx, p.ID)
	if err == nil {
		return o.repeated(ctx, tx, p, old)
	} else if !errors.Is(err, ErrUnknown) {
		return Receipt{}, err
	}
	e := event{id: p.ID, kind: paid, party: p.Debtor, moment: p.Moment, at: at, amount: p.Amount, channel: p.Channel,
		body: body{Choice: p.Choice, Payer: p.Payer}}
	r, err := o.happen(ctx, tx, e)
	if err != nil {
		return Receipt{}, err
	}
	return r.receipt(e), nil
}

// repeated answers a payment that was entered before.
func (o *Office) repeated(ctx context.Context, r db.Reader, p Payment, old event) (Receipt, error) {
	if old.kind != paid || old.party != p.Debtor || old.amount != p.Amount || !old.moment.Equal(p.Moment) {
		return Receipt{}, ErrReused
	}
	receipt, err := o.receiptOf(ctx, r, old)
	receipt.Repeated = true
	return receipt, err
}

// receiptOf returns what became of a payment.
func (o *Office) receiptOf(ctx context.Context, r db.Reader, e event) (Receipt, error) {
	f, err := readFile(ctx, r, e.party, forever)
	if err != nil {
		return Receipt{}, err
	}
	return run(*f, o.kinds(), o.Zone).receipt(e), nil
}

// receipt says what became of a payment.
func (r *replay) receipt(e event) Receipt {
	return Receipt{Lines: r.lines[e.id], Reversed: e.amount - r.net[e.id], Payment: Payment{ID: e.id, Payer: e.body.Payer, Debtor: e.party,
		Amount: e.amount, Moment: e.moment, Channel: e.channel, Choice: e.body.Choice}}
}

// ReceiptOf returns what became of a payment, for the room that has checked that
// whoever asks may know. It fails with [ErrUnknown].
func (o *Office) ReceiptOf(ctx context.Context, r db.Reader, id string) (Receipt, error) {
	e, err := eventByID(ctx, r, id)
	if err == nil && e.kind != paid {
		err = ErrUnknown
	}
	if err != nil {
		return Receipt{}, err
	}
	return o.receiptOf(ctx, r, e)
}

// Preview returns what a payment by the actor's folder would settle now: what
// [Office.Pay] will say if it is paid today, and nothing happens before.
func (o *Office) Preview(ctx context.Context, actor act.Actor, debtor act.PartyID, amount money.Bani, choice Choice) ([]Line, error) {
	if err := actor.May(act.ReadLedger, o.on(debtor)); err != nil {
		return nil, err
	}
	return o.PreviewFor(ctx, o.DB, debtor, amount, choice)
}

// PreviewFor is [Office.Preview] for the room that has checked that whoever asks may
// know what the debtor owes.
func (o *Office) PreviewFor(ctx context.Context, r db.Reader, debtor act.PartyID, amount money.Bani, choice Choice) ([]Line, error) {
	if amount <= 0 || amount > most {
		return nil, ErrAmount
	}
	f, err := readFile(ctx, r, debtor, forever)
	if err != nil {
		return nil, err
	}
	e := event{id: "preview", kind: paid, party: debtor, moment: o.Now().UTC(), amount: amount, channel: "preview", body: body{Choice: choice}}
	f.events = append(f.events, e)
	return run(*f, o.kinds(), o.Zone).lines[e.id], nil
}

// Compensate settles in an act, out of the credit of a party, what is due, and what
// else was asked for (CPF art. 167). It returns what it has settled, which may be
// nothing.
func (o *Office) Compensate(ctx context.Context, tx *act.Tx, party act.PartyID, choice Choice) ([]Line, error) {
	lines, _, err := o.compensate(ctx, tx, party, choice)
	return lines, err
}

// compensate is [Office.Compensate], and returns what follows from the file then.
func (o *Office) compensate(ctx context.Context, tx *act.Tx, party act.PartyID, choice Choice) ([]Line, *replay, error) {
	e := decision(tx, compensated, party, 0, "")
	e.body.Choice = choice
	r, err := o.happen(ctx, tx, e)
	if err != nil {
		return nil, nil, err
	}
	return r.lines[e.id], r, nil
}

// A Reversal takes back a payment, or a part of it: the bank took it back, or the
// amount was wrong. It counts from the moment of the payment, as if that had not
// been made.
type Reversal struct {
	ID      string // unique, such as that of the provider's report
	Payment string
	Amount  money.Bani // 0 for all that is left of it
	Reason  string
}

// Reverse takes back a payment in an act, and returns what is left of it. What it had
// settled is owed again, with the surcharge of all the time. If it had been given
// back already, that becomes an obligation of the kind [Recovery].
//
// It may be told of the same again. It fails with [ErrUnknown] if there is no such
// payment, and with [ErrTooMuch] if less is left of it.
func (o *Office) Reverse(ctx context.Context, tx *act.Tx, v Reversal) (Receipt, error) {
	p, err := eventByID(ctx, tx, v.Payment)
	if err == nil && (p.kind != paid || v.ID == "") {
		err = ErrUnknown
	}
	if err != nil {
		return Receipt{}, err
	}
	old, err := eventByID(ctx, tx, v.ID)
	if err == nil {
		if old.kind != reversed || old.ref != v.Payment || v.Amount != 0 && old.amount != v.Amount {
			return Receipt{}, ErrReused
		}
		receipt, err := o.receiptOf(ctx, tx, p)
		receipt.Repeated = true
		return receipt, err
	} else if !errors.Is(err, ErrUnknown) {
		return Receipt{}, err
	}
	was, err := o.receiptOf(ctx, tx, p)
	if err != nil {
		return Receipt{}, err
	}
	left := p.amount - was.Reversed
	if v.Amount == 0 {
		v.Amount = left
	}
	if v.Amount <= 0 || v.Amount > left {
		return Receipt{}, ErrTooMuch.With(left)
	}
	e := decision(tx, reversed, p.party, v.Amount, p.id)
	e.id, e.body.Reason = v.ID, v.Reason
	r, err := o.happen(ctx, tx, e)
	if err != nil {
		return Receipt{}, err
	}
	return r.receipt(p), nil
}

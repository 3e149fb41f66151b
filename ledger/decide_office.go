package ledger

import (
	"context"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
)

// What follows are decisions of officials: each is an act, done once for a key.

// Grounds are what a decision stands on.
type Grounds struct {
	Reason string
	Basis  string // article of law, or decision of the council
}

func (g Grounds) check() error {
	if strings.TrimSpace(g.Reason) == "" || strings.TrimSpace(g.Basis) == "" {
		return ErrReason
	}
	return nil
}

// decide has an official decide about the file of a party.
func (o *Office) decide(ctx context.Context, actor act.Actor, verb act.Verb, key string, party act.PartyID, answer any,
	fn func(ctx context.Context, tx *act.Tx, f file) error) error {
	return o.Acts.Once(ctx, actor, verb, key, Queue(party), answer, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on(party)); err != nil {
			return err
		}
		f, err := readFile(ctx, tx, party, forever)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, *f); err != nil || o.Decided == nil {
			return err
		}
		return o.Decided(ctx, tx, party, answer)
	})
}

// A Refund is what is given back of the credit of a party, on request (CPF art. 168).
type Refund struct {
	Party  act.PartyID
	Amount money.Bani
	// After is the day after which the town was late in giving it back, so that it owes
	// 1% a month as well (art. 183 par. 4); no day if it was not.
	After   deadline.Date
	Channel string // by which it goes, such as "treasury"
	// Owner is as in [Choice].
	Owner bool
	Grounds
}

// A Refunded is what was given back.
type Refunded struct {
	ID       string
	Amount   money.Bani // with the interest
	Interest money.Bani
	Settled  []Line // by compensation, before
}

// ApproveRefund gives back what is in the credit of a party. What is due is settled
// out of it before (CPF art. 168 par. 8). It fails with [ErrTooMuch] if less is left.
func (o *Office) ApproveRefund(ctx context.Context, actor act.Actor, key string, v Refund) (done Refunded, err error) {
	if err := v.check(); err != nil {
		return done, err
	}
	if v.Amount <= 0 || v.Channel == "" {
		return done, ErrAmount
	}
	err = o.decide(ctx, actor, act.ApproveRefund, key, v.Party, &done, func(ctx context.Context, tx *act.Tx, _ file) error {
		settled, r, err := o.compensate(ctx, tx, v.Party, Choice{Owner: v.Owner})
		if err != nil {
			return err
		}
		if left := r.credit(); v.Amount > left {
			return ErrTooMuch.With(left)
		}
		var owed money.Bani
		if !v.After.IsZero() {
			owed = settle.Interest(v.Amount, v.After, o.day(tx.At))
		}
		e := decision(tx, refunded, v.Party, v.Amount+owed, "")
		e.channel, e.body.Reason, e.body.Basis = v.Channel, v.Reason, v.Basis
		done = Refunded{ID: e.id, Amount: e.amount, Interest: owed, Settled: settled}
		if owed > 0 {
			if _, err := o.happen(ctx, tx, decision(tx, interest, v.Party, owed, e.id)); err != nil {
				return err
			}
		}
		_, err = o.happen(ctx, tx, e)
		return err
	})
	return done, err
}

// ApproveCompensation settles what is due, and what else was asked for, out of the
// credit of a party (CPF art. 167 par. 7).
func (o *Office) ApproveCompensation(ctx context.Context, actor act.Actor, key string, party act.PartyID, choice Choice) (lines []Line, err error) {
	err = o.decide(ctx, actor, act.CompensateDebts, key, party, &lines, func(ctx context.Context, tx *act.Tx, _ file) error {
		lines, err = o.Compensate(ctx, tx, party, choice)
		return err
	})
	return lines, err
}

// TakeBack reverses a payment by decision of an official, as [Office.Reverse] does.
func (o *Office) TakeBack(ctx context.Context, actor act.Actor, key string, v Reversal) (receipt Receipt, err error) {
	if strings.TrimSpace(v.Reason) == "" {
		return receipt, ErrReason
	}
	p, err := eventByID(ctx, o.DB, v.Payment)
	if err != nil {
		return receipt, err
	}
	err = o.decide(ctx, actor, act.ReversePayment, key, p.party, &receipt, func(ctx context.Context, tx *act.Tx, _ file) error {
		receipt, err = o.Reverse(ctx, tx, v)
		return err
	})
	return receipt, err
}

// A WriteOff gives up a part of a debt.
type WriteOff struct {
	Party      act.PartyID
	Obligation string
	Part       Part // [Principal] or [Surcharge]
	Amount     money.Bani
	Grounds
}

// ApproveWriteOff gives up a part of a debt. It fails with [ErrUnknown] if it is not
// the party's, and with [ErrTooMuch] if less is owed.
func (o *Office) ApproveWriteOff(ctx context.Context, actor act.Actor, key string, v WriteOff) error {
	if err := v.check(); err != nil {
		return err
	}
	if v.Amount <= 0 || v.Part != Principal && v.Part != Surcharge {
		return ErrAmount
	}
	var done bool
	return o.decide(ctx, actor, act.WriteOff, key, v.Party, &done, func(ctx context.Context, tx *act.Tx, f file) error {
		r, today := run(f, o.kinds(), o.Zone), o.day(tx.At)
		r.tick(today)
		c := r.byID[v.Obligation]
		if c == nil {
			return ErrUnknown
		}
		d := c.on(today)
		left := d.Principal
		if v.Part == Surcharge {
			left = d.Surcharge + d.Postponed
		}
		if v.Amount > left {
			return ErrTooMuch.With(left)
		}
		e := decision(tx, waived, v.Party, v.Amount, v.Obligation)
		e.body.Part, e.body.Reason, e.body.Basis = v.Part, v.Reason, v.Basis
		_, err := o.happen(ctx, tx, e)
		done = err == nil
		return err
	})
}

// FixSurcharge has a decision fix the surcharge of obligations up to today ("decizie
// privind accesoriile", CPF art. 173 par. 5): it is entered, and its age is from now
// on that of the decision.
func (o *Office) FixSurcharge(ctx context.Context, actor act.Actor, key string, party act.PartyID, obligations ...string) error {
	var done bool
	return o.decide(ctx, actor, act.FixSurcharge, key, party, &done, func(ctx context.Context, tx *act.Tx, _ file) error {
		done = true
		return o.mark(ctx, tx, fixed, party, obligations)
	})
}

// Terms are what an official grants (CPF art. 185).
type Terms struct {
	Party       act.PartyID
	Obligations []string      // what is overdue, all of each
	First       deadline.Date // day of the first instalment, or until which all is deferred
	Months      int           // number of instalments, one a month; 0 for a deferral
	Guarantee   string        // what the debtor has given as a guarantee (par. 5)
	Grounds
}

// GrantPlan grants an instalment plan or a deferral. What is in the credit settles what
// is due before. It fails with [ErrNotLate] for obligations that are not overdue, or
// that are or were in a plan, and as [settle.Schedule] does.
func (o *Office) GrantPlan(ctx context.Context, actor act.Actor, key string, v Terms) (granted Plan, err error) {
	if err := v.check(); err != nil {
		return granted, err
	}
	err = o.decide(ctx, actor, act.GrantPlan, key, v.Party, &granted, func(ctx context.Context, tx *act.Tx, f file) error {
		r := run(f, o.kinds(), o.Zone)
		if r.credit() > 0 {
			if _, r, err = o.compensate(ctx, tx, v.Party, Choice{Obligations: v.Obligations}); err != nil {
				return err
			}
		}
		today := o.day(tx.At)
		sum, err := v.sum(r, today)
		if err != nil {
			return err
		}
		e := decision(tx, planned, v.Party, 0, "")
		e.body.Deferral = v.Months == 0
		if e.body.Instalments, err = settle.Schedule(sum, today, v.First, v.Months); err != nil {
			return err
		}
		e.body.Obligations, e.body.Reason, e.body.Basis, e.body.Guarantee = v.Obligations, v.Reason, v.Basis, v.Guarantee
		if r, err = o.happen(ctx, tx, e); err != nil {
			return err
		}
		granted = r.plansOn(today)[len(r.plans)-1]
		return nil
	})
	return granted, err
}

// sum returns what the instalments have to cover: the principals, and the surcharges
// without the half that is postponed.
func (t Terms) sum(r *replay, today deadline.Date) (sum money.Bani, err error) {
	r.tick(today)
	seen := map[string]bool{}
	for _, id := range t.Obligations {
		c := r.byID[id]
		if c == nil || seen[id] {
			return 0, ErrUnknown
		}
		seen[id] = true
		d := c.on(today)
		if !c.Due.Before(today) || d.Settled() || c.plan != nil {
			return 0, ErrNotLate
		}
		sum += d.Principal + d.Surcharge - settle.Half(d.Surcharge)
	}
	if sum == 0 {
		return 0, ErrNotLate
	}
	return sum, nil
}

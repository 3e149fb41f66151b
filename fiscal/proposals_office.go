package fiscal

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/ledger"
)

// effect returns what a proposal would do now. It is part of opening the file, for
// whoever has done that.
func (o *Office) effect(ctx context.Context, r db.Reader, p Proposal) (e Effect, err error) {
	if err := p.check(); err != nil {
		return e, err
	}
	sheet, err := o.Ledger.OwedOn(ctx, r, p.Party, o.today(), forever)
	if err != nil {
		return e, err
	}
	switch p.Kind {
	case Plan:
		return planned(sheet.Debts, p.Terms, o.today())
	case WriteOff:
		return givenUp(sheet.Debts, p.Terms)
	case TakeBack:
		receipt, err := o.Ledger.ReceiptOf(ctx, r, p.Payment)
		if err != nil || receipt.Debtor != p.Party {
			return e, ErrChoose
		}
		e.Lines, e.Before = receipt.Lines, receipt.Amount-receipt.Reversed
		if e.After = e.Before - p.Amount; p.Amount == 0 {
			e.After = 0
		}
		if e.After < 0 || e.Before == 0 {
			return e, ledger.ErrTooMuch.With(e.Before)
		}
		return e, nil
	}
	return o.outOfCredit(ctx, r, p, sheet)
}

// outOfCredit works out what is settled out of a credit, and what is left of it.
func (o *Office) outOfCredit(ctx context.Context, r db.Reader, p Proposal, sheet ledger.Sheet) (e Effect, err error) {
	choice, err := o.choice(ctx, r, p.Party, p.Obligations)
	if err != nil {
		return e, err
	}
	if e.Before = sheet.Credit; e.Before <= 0 {
		return e, ledger.ErrTooMuch.With(e.Before)
	}
	lines, err := o.Ledger.PreviewFor(ctx, r, p.Party, e.Before, choice)
	if err != nil {
		return e, err
	}
	e.After = e.Before
	for _, l := range lines {
		if l.Part == ledger.Principal || l.Part == ledger.Surcharge {
			e.Lines, e.After = append(e.Lines, l), e.After-l.Amount
		}
	}
	if p.Amount > e.After {
		return e, ledger.ErrTooMuch.With(e.After)
	}
	e.After -= p.Amount
	return e, nil
}

// choice is what a settlement is for. What is chosen that is not due yet is chosen
// with it.
func (o *Office) choice(ctx context.Context, r db.Reader, party act.PartyID, obligations []string) (c ledger.Choice, err error) {
	c = ledger.Choice{Obligations: obligations, Future: len(obligations) > 0}
	c.Owner, err = o.Roll.Owns(ctx, r, party, o.Now())
	return c, err
}

// Propose enters a decision for somebody else to approve. It fails as the decision
// would, if it were approved now.
func (o *Office) Propose(ctx context.Context, actor act.Actor, key string, p Proposal) (id string, err error) {
	err = o.Acts.Once(ctx, actor, act.ProposeDebt, key, ledger.Queue(p.Party), &id, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.on(p.Party, "")) != nil {
			return ErrUnknown
		}
		if _, err := o.effect(ctx, tx, p); err != nil {
			return err
		}
		p.ID, p.By, p.At, p.State = db.NewID(), actor.Person, tx.At, open
		id = p.ID
		return o.insertProposal(ctx, tx, p)
	})
	return id, err
}

// Proposals returns those of the department that wait, the oldest first.
func (o *Office) Proposals(ctx context.Context, actor act.Actor) ([]Proposal, error) {
	if actor.May(act.ReadPaymentDesk, o.at("proposals")) != nil {
		return nil, ErrUnknown
	}
	return o.waiting(ctx, o.DB)
}

// Look shows a proposal, what it would do now, and the account that it is about.
func (o *Office) Look(ctx context.Context, actor act.Actor, id string) (p Proposal, e Effect, f File, err error) {
	if p, err = o.proposal(ctx, o.DB, id); err != nil {
		return p, e, f, err
	}
	if f, err = o.Open(ctx, actor, p.Party, "aprobare", o.today().Year); err != nil {
		return p, e, f, err
	}
	if p.waits() {
		e, err = o.effect(ctx, o.DB, p)
	}
	return p, e, f, err
}

// Approve has the ledger carry a proposal out. It fails with [ErrSecond] for whoever
// has made it, and with [ErrDecided] if somebody was faster; and as the ledger does,
// after which it waits again.
//
// First the proposal is taken, so that no two officials carry it out. The ledger's own
// act, whose key is that of the proposal, comes after that: whoever was interrupted in
// between approves once more, and nothing happens twice.
func (o *Office) Approve(ctx context.Context, actor act.Actor, id string) (p Proposal, err error) {
	err = o.decide(ctx, actor, id, func(ctx context.Context, tx *act.Tx, was Proposal) error {
		p = was
		if actor.May(verbs[p.Kind], o.on(p.Party, "")) != nil {
			return ErrUnknown
		}
		return o.moveProposal(ctx, tx, p, taken, actor.Person, "")
	})
	if err != nil {
		return p, err
	}
	if err = o.carryOut(ctx, actor, p); fault.Of(err).Kind == fault.Unexpected && err != nil {
		return p, err // it is not known: it stays with whoever has taken it
	}
	next, by, problem := done, actor.Person, err
	if problem != nil {
		next, by = open, ""
	}
	err = o.decide(ctx, actor, id, func(ctx context.Context, tx *act.Tx, p Proposal) error {
		return o.moveProposal(ctx, tx, p, next, by, "")
	})
	return p, errors.Join(problem, err)
}

// Refuse says no to a proposal, and why.
func (o *Office) Refuse(ctx context.Context, actor act.Actor, id, reason string) (p Proposal, err error) {
	if empty(reason) {
		return p, ErrText
	}
	err = o.decide(ctx, actor, id, func(ctx context.Context, tx *act.Tx, was Proposal) error {
		if p = was; p.State == taken {
			return ErrDecided
		}
		return o.moveProposal(ctx, tx, p, refused, actor.Person, reason)
	})
	return p, err
}

// decide has an official decide about a proposal that waits, or that they have taken.
func (o *Office) decide(ctx context.Context, actor act.Actor, id string, fn func(ctx context.Context, tx *act.Tx, p Proposal) error) error {
	return o.Acts.Do(ctx, actor, act.ApproveDebt, func(ctx context.Context, tx *act.Tx) error {
		p, err := o.proposal(ctx, tx, id)
		if err != nil {
			return err
		}
		if tx.Allow(o.on(p.Party, "")) != nil {
			return ErrUnknown
		}
		switch {
		case !p.waits() || p.State == taken && p.Decided != actor.Person:
			return ErrDecided
		case p.By == actor.Person:
			return ErrSecond
		}
		return fn(ctx, tx, p)
	})
}

// carryOut has the ledger do what a proposal says.
func (o *Office) carryOut(ctx context.Context, actor act.Actor, p Proposal) error {
	grounds := ledger.Grounds{Reason: p.Reason, Basis: p.Basis}
	choice, err := o.choice(ctx, o.DB, p.Party, p.Obligations)
	if err != nil {
		return err
	}
	switch key := "fiscal " + p.ID; p.Kind {
	case Plan:
		_, err = o.Ledger.GrantPlan(ctx, actor, key, ledger.Terms{Party: p.Party, Obligations: p.Obligations, First: p.First, Months: p.Months, Guarantee: p.Guarantee, Grounds: grounds})
	case WriteOff:
		err = o.Ledger.ApproveWriteOff(ctx, actor, key, ledger.WriteOff{Party: p.Party, Obligation: p.Obligations[0], Part: p.Part, Amount: p.Amount, Grounds: grounds})
	case Refund:
		_, err = o.Ledger.ApproveRefund(ctx, actor, key, ledger.Refund{Party: p.Party, Amount: p.Amount, After: p.After, Channel: p.Channel, Owner: choice.Owner, Grounds: grounds})
	case Compensate:
		_, err = o.Ledger.ApproveCompensation(ctx, actor, key, p.Party, choice)
	case TakeBack:
		_, err = o.Ledger.TakeBack(ctx, actor, key, ledger.Reversal{ID: "fiscal " + p.ID, Payment: p.Payment, Amount: p.Amount, Reason: p.Reason})
	}
	return err
}

// FixSurcharge has a decision fix the surcharge of what is overdue, up to today (CPF
// art. 173 par. 5).
func (o *Office) FixSurcharge(ctx context.Context, actor act.Actor, key string, party act.PartyID, obligations []string) error {
	if len(obligations) == 0 {
		return ErrChoose
	}
	return hidden(o.Ledger.FixSurcharge(ctx, actor, key, party, obligations...))
}

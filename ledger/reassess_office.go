package ledger

import (
	"context"
	"slices"

	"bega/internal/act"
	"bega/internal/money"
)

// A Reassessment is what an assessment that is done again changes.
type Reassessment struct {
	Source     string // what it comes from: it is entered once
	Party      act.PartyID
	Reductions []Reduction
	More       []Obligation // what is owed in addition: its age is that of its communication
	Bonuses    []Bonus      // of years whose bonus is another now
	Reason     string
}

// Reassess changes in an act what a party owes, by entries that reverse and add. What
// had been paid of something that is not owed any more settles the rest, or goes to
// the credit. Told of the same source again, it does nothing.
//
// It fails with [ErrUnknown] if an obligation is not the party's, with [ErrTooMuch]
// if it is less than what is taken off it, and as [Office.Enter] does.
func (o *Office) Reassess(ctx context.Context, tx *act.Tx, a Reassessment) error {
	before, err := readFile(ctx, tx, a.Party, forever)
	if err != nil {
		return err
	}
	e := decision(tx, reassessed, a.Party, 0, "")
	e.id, e.body.Reason = a.Source, a.Reason
	if old, err := eventByID(ctx, tx, a.Source); err == nil {
		if old.kind != reassessed || old.party != a.Party {
			return ErrReused
		}
		return nil
	}
	if a.Source == "" || len(a.Reductions)+len(a.More)+len(a.Bonuses) == 0 {
		return ErrAmount
	}
	events, err := reductions(tx, a, *before)
	if err != nil {
		return err
	}
	after := *before
	after.events = slices.Clone(before.events)
	for _, e := range append([]event{e}, events...) {
		if fresh, err := insertEvent(ctx, tx, e); err != nil || !fresh {
			return err
		}
		after.events = append(after.events, e)
	}
	if after.obligations, err = o.more(ctx, tx, a, before.obligations); err != nil {
		return err
	}
	if after.bonuses, err = o.changed(ctx, tx, a, before.bonuses); err != nil {
		return err
	}
	_, err = o.follow(ctx, tx, a.Party, *before, after)
	return err
}

// reductions returns the events by which obligations are reduced.
func reductions(tx *act.Tx, a Reassessment, f file) (events []event, err error) {
	off := map[string]money.Bani{}
	for _, e := range f.events {
		if e.kind == reduced {
			off[e.ref] += e.amount
		}
	}
	for _, d := range a.Reductions {
		i := slices.IndexFunc(f.obligations, func(ob Obligation) bool { return ob.ID == d.Obligation && ob.Kind != Recovery })
		if i < 0 {
			return nil, ErrUnknown
		}
		if left := f.obligations[i].Amount - off[d.Obligation]; d.By <= 0 || d.By > left {
			return nil, ErrTooMuch.With(left)
		}
		off[d.Obligation] += d.By
		events = append(events, decision(tx, reduced, a.Party, d.By, d.Obligation))
	}
	return events, nil
}

// more enters what is owed in addition.
func (o *Office) more(ctx context.Context, tx *act.Tx, a Reassessment, obligations []Obligation) ([]Obligation, error) {
	more := slices.Clone(a.More)
	for i := range more {
		if more[i].Difference = true; more[i].Party != a.Party {
			return nil, ErrUnknown
		}
	}
	if err := o.complete(tx, more); err != nil {
		return nil, err
	}
	return append(slices.Clone(obligations), more...), insertObligations(ctx, tx, more)
}

// changed enters the bonuses of a reassessment.
func (o *Office) changed(ctx context.Context, tx *act.Tx, a Reassessment, bonuses []Bonus) ([]Bonus, error) {
	for _, b := range a.Bonuses {
		if b.Party != a.Party || b.Amount < 0 || b.Amount > most || b.Until.IsZero() {
			return nil, ErrAmount
		}
		edition, err := lastEdition(ctx, tx, b)
		if err != nil {
			return nil, err
		}
		if err := insertBonuses(ctx, tx, []Bonus{b}, edition+1); err != nil {
			return nil, err
		}
		bonuses = replaced(bonuses, b)
	}
	return bonuses, nil
}

// Finalise says in an act that obligations of a party, which were provisional, are
// final.
func (o *Office) Finalise(ctx context.Context, tx *act.Tx, party act.PartyID, ids ...string) error {
	return o.mark(ctx, tx, final, party, ids)
}

// Enforce says in an act that fines of a party are in enforceable titles from now on
// (CPF art. 165 par. 2).
func (o *Office) Enforce(ctx context.Context, tx *act.Tx, party act.PartyID, ids ...string) error {
	return o.mark(ctx, tx, enforceable, party, ids)
}

// mark adds an event about each of some obligations. It fails with [ErrUnknown] unless
// all are the party's.
func (o *Office) mark(ctx context.Context, tx *act.Tx, kind string, party act.PartyID, ids []string) error {
	f, err := readFile(ctx, tx, party, forever)
	if err != nil {
		return err
	}
	var events []event
	for _, id := range ids {
		if !slices.ContainsFunc(f.obligations, func(ob Obligation) bool { return ob.ID == id }) {
			return ErrUnknown
		}
		events = append(events, decision(tx, kind, party, 0, id))
	}
	if len(events) == 0 {
		return nil
	}
	_, err = o.happen(ctx, tx, events...)
	return err
}

package cases

import (
	"context"
	"slices"

	"bega/internal/act"
)

// Waiting returns the open requests to the actor's folder, by the ID of the case.
func (o *Office) Waiting(ctx context.Context, actor act.Actor, of []Case) (map[string]Ask, error) {
	waiting := map[string]Ask{}
	for _, c := range of {
		if c.State != Asked || actor.May(act.ReadCase, c.On()) != nil {
			continue
		}
		asks, err := o.asks(ctx, o.DB, c.ID)
		if err != nil {
			return nil, err
		}
		for _, ask := range asks {
			if ask.Open() {
				waiting[c.ID] = ask
			}
		}
	}
	return waiting, nil
}

// Undecided returns what a party has asked of some services and officials can decide as
// it is, the oldest first, for a room that has opened what it is about.
func (o *Office) Undecided(ctx context.Context, owner act.PartyID, services ...string) (all []View, err error) {
	of, err := casesOf(ctx, o.DB, owner)
	for _, c := range slices.Backward(of) {
		if c.State.Over() || c.State == Asked || c.State == Proposed || !slices.Contains(services, c.Service) {
			continue
		}
		v := View{Case: c}
		if v.Of, err = o.Service(c); err != nil {
			return nil, err
		}
		if v.Answers, err = o.answers(ctx, o.DB, c.ID); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, err
}

// UnitOf returns the department that a case is in, or [ErrUnknown].
func (o *Office) UnitOf(ctx context.Context, id string) (string, error) {
	c, err := caseByID(ctx, o.DB, id)
	return c.Unit, err
}

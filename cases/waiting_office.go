package cases

import (
	"context"

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

// UnitOf returns the department that a case is in, or [ErrUnknown].
func (o *Office) UnitOf(ctx context.Context, id string) (string, error) {
	c, err := caseByID(ctx, o.DB, id)
	return c.Unit, err
}

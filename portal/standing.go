package portal

import (
	"context"
	"slices"

	"bega/counter"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
)

// standing are those who stand at the counter.
type standing struct{ *identity.Office }

// Look implements [counter.People].
func (s standing) Look(ctx context.Context, actor act.Actor, id act.PartyID, reason string) (counter.Person, error) {
	p, _, _, err := s.Office.Look(ctx, actor, id, reason)
	return counter.Person{ID: p.ID, Name: p.Name, Kind: string(p.Kind), Level: p.Level}, err
}

// Person implements [counter.People].
func (s standing) Person(ctx context.Context, r db.Reader, id act.PartyID) (counter.Person, error) {
	g, err := s.Office.Person(ctx, r, id)
	return counter.Person{ID: g.ID, Name: g.Name, Kind: string(g.Kind), Level: g.Level}, err
}

// Represents implements [counter.People].
func (s standing) Represents(ctx context.Context, actor act.Actor, id act.PartyID) (bool, error) {
	mandates, err := s.Received(ctx, identity.InPerson(actor))
	return slices.ContainsFunc(mandates, func(m identity.Mandate) bool { return m.Principal == id && m.State(s.Today()) == identity.Active }), err
}

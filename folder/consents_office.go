package folder

import (
	"context"
	"slices"

	"bega/internal/act"
	"bega/internal/db"
)

// Consent lets a case in a department use documents of the actor's folder, in
// the act that files it or answers. It fails with [ErrUnknown] for a document
// that is not there or that the actor may not use.
//
// An official who files for somebody at the counter adds what they brought: their
// consent is on the paper that they sign there.
func (o *Office) Consent(ctx context.Context, tx *act.Tx, caseID, unit string, ids []string) error {
	for _, id := range ids {
		d, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !d.Removed.IsZero() {
			return ErrUnknown
		}
		brought := tx.Verb == act.AssistCase && d.Source == AtDesk && d.GivenBy == tx.Actor.Person
		if !brought {
			on := o.on(tx.Actor, d)
			on.Case = caseID
			if err := tx.Also(ctx, act.GiveConsent, on); err != nil {
				return hidden(err)
			}
		}
		if err := insertConsent(ctx, tx, Consent{Case: caseID, Document: id, Unit: unit, By: tx.Actor.Person, At: tx.At}); err != nil {
			return err
		}
	}
	return nil
}

// Reroute moves the consents of a case along with it to another department.
func (o *Office) Reroute(ctx context.Context, tx *act.Tx, caseID, unit string) error {
	return reroute(ctx, tx, caseID, unit)
}

// EndConsents ends all consents of a case, when it is over.
func (o *Office) EndConsents(ctx context.Context, tx *act.Tx, caseID string) error {
	return endConsents(ctx, tx, caseID, tx.At)
}

// OfCase returns the documents that a case may use, in order of consent, for
// the room cases, which has checked that whoever asks may see the case.
func (o *Office) OfCase(ctx context.Context, r db.Reader, caseID string) ([]Document, error) {
	return o.unsealAll(ofCase(ctx, r, caseID))
}

// Held returns the types of which the owner's folder has a valid document that
// the case does not use yet: what the city already has and so must not ask for
// again without a reason. The room desk has checked that whoever asks may see
// the case.
func (o *Office) Held(ctx context.Context, owner act.PartyID, caseID string) ([]string, error) {
	used, err := ofCase(ctx, o.DB, caseID)
	if err != nil {
		return nil, err
	}
	docs, err := ofOwner(ctx, o.DB, owner)
	var types []string
	for _, d := range docs {
		if d.ValidOn(o.today()) && !slices.ContainsFunc(used, func(u Document) bool { return u.ID == d.ID }) {
			types = append(types, d.Type)
		}
	}
	slices.Sort(types)
	return slices.Compact(types), err
}

// Uses returns the cases that use or have used a document of the actor's folder,
// the latest first.
func (o *Office) Uses(ctx context.Context, actor act.Actor, id string) ([]Consent, error) {
	if _, err := o.ByID(ctx, actor, id); err != nil {
		return nil, err
	}
	return consents(ctx, o.DB, id)
}

package identity

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

// What package access asks and tells. It brings its own transaction, in which it
// has allowed what it does.

// Today is the civil day in the town, as mandates count.
func (o *Office) Today() string { return o.Now().In(o.Zone).Format(time.DateOnly) }

// ByEmail returns the natural persons who have an e-mail address in normal form,
// the oldest first: they may sign in with it.
func (o *Office) ByEmail(ctx context.Context, r db.Reader, email string) (who []act.PartyID, err error) {
	owners, err := personsByEmail(ctx, r, o.Vault.Index("email", email))
	for _, owner := range owners {
		who = append(who, owner.id)
	}
	return who, err
}

// OpenLight enters a person of whom nothing is known but an e-mail address that
// they have proved to have.
func (o *Office) OpenLight(ctx context.Context, tx *act.Tx, id act.PartyID, email, lang string) error {
	p := Party{ID: id, Kind: Person, Level: act.Light, Since: tx.At, Contact: Contact{Email: email, Proven: true, Lang: lang}}
	s, err := o.seal(p, "")
	if err != nil {
		return err
	}
	if err := insertParty(ctx, tx, s); err != nil {
		return err
	}
	return o.greet(ctx, tx, id, s.emailIndex)
}

// greet gives a person what waited for their e-mail address, if they do not
// share it. Who shares one takes it up themselves: see [Office.Take].
func (o *Office) greet(ctx context.Context, tx *act.Tx, id act.PartyID, index string) error {
	owners, err := personsByEmail(ctx, tx, index)
	if err != nil || len(owners) != 1 {
		return err
	}
	return bindMandates(ctx, tx, id, index)
}

// ProveEmail notes that a code sent to the address of a person came back.
func (o *Office) ProveEmail(ctx context.Context, tx *act.Tx, id act.PartyID) error {
	s, err := partyByID(ctx, tx, id)
	if err != nil || s.Proven {
		return err
	}
	if err := o.change(ctx, tx, id, func(p *Party) error { p.Proven = true; return nil }); err != nil {
		return err
	}
	return o.greet(ctx, tx, id, s.emailIndex)
}

// MoveEmail gives a person an e-mail address that they have proved to have, and
// returns the old one.
func (o *Office) MoveEmail(ctx context.Context, tx *act.Tx, id act.PartyID, email string) (old string, err error) {
	err = o.change(ctx, tx, id, func(p *Party) error {
		if p.Name == text.MaskEmail(p.Email) {
			p.Name = text.MaskEmail(email)
		}
		old, p.Email, p.Proven = p.Email, email, true
		return nil
	})
	if err != nil {
		return "", err
	}
	return old, o.greet(ctx, tx, id, o.Vault.Index("email", email))
}

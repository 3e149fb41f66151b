package identity

import (
	"context"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

const (
	mostFound  = 20 // people that a search by name shows
	fewLetters = 3  // least of what is looked for
)

// A Search is how an official looks somebody up.
type Search struct {
	What   string // CNP, CUI, e-mail address or the beginnings of names
	Reason string // text key: one of Reasons
}

// Reasons are the text keys of why an official may look somebody up.
func Reasons() []string { return slices.Clone(reasons) }

// Find looks parties up at the desk: by the whole CNP, CUI or e-mail address, or
// else by the beginnings of up to three names, at most twenty of them. It fails
// with [ErrReason] and [ErrSearch]. Contact data are for [Office.Look].
func (o *Office) Find(ctx context.Context, actor act.Actor, s Search) (found []Glimpse, err error) {
	if !slices.Contains(reasons, s.Reason) {
		return nil, ErrReason
	}
	if len([]rune(text.Clean(s.What))) < fewLetters || text.FoldWords(s.What) == "" {
		return nil, ErrSearch
	}
	err = o.Acts.Do(ctx, actor, act.FindParty, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "parties", Purpose: s.Reason}); err != nil {
			return err
		}
		found, err = o.Search(ctx, tx, s.What, mostFound)
		return err
	})
	return found, err
}

// Look shows an official a party, with the mandates it has given and received.
// Its owner reads about it. It fails with [ErrReason] and [ErrUnknown].
func (o *Office) Look(ctx context.Context, actor act.Actor, id act.PartyID, reason string) (p Party, given, received []Mandate, err error) {
	if !slices.Contains(reasons, reason) {
		return Party{}, nil, nil, ErrReason
	}
	err = o.Acts.Do(ctx, actor, act.FindParty, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id, Purpose: reason}); err != nil {
			return err
		}
		if p, err = o.party(ctx, tx, id); err != nil {
			return err
		}
		if given, err = mandatesOf(ctx, tx, id); err != nil {
			return err
		}
		received, err = mandatesFor(ctx, tx, id, "none")
		return err
	})
	return p, given, received, err
}

// A Check is what an official saw at the desk.
type Check struct {
	Document Document
	Seen     bool // the document, the person and that they belong together
	Code     string
	Given    string // first names as on the document; of a firm, nothing
	Family   string // family name as on the document; of a firm, its name
}

// identified puts what was seen into a party.
func (o *Office) identified(p *Party, c Check) error {
	if !c.Seen || !slices.Contains(Documents(p.Kind), c.Document) {
		return ErrNotSeen
	}
	given, family := text.Clean(c.Given), text.Clean(c.Family)
	if family == "" || len(family) > 200 || len(given) > 200 || (given == "") != (p.Kind == Firm) {
		return ErrName
	}
	code, err := o.checkCode(p.Kind, c.Code)
	if err != nil {
		return err
	}
	if p.Code != "" && p.Code != code {
		return ErrOtherCode
	}
	p.Code, p.Level, p.Document = code, act.Verified, c.Document
	if p.Given, p.Family, p.Name = given, family, given+" "+family; p.Kind == Firm {
		p.Given, p.Family, p.Name = "", "", family
	}
	return nil
}

// Enrol enters a person or firm whose document an official has seen. With an
// e-mail address, a person can sign in by code from now on. Mandates that waited
// for the CNP are in force at once. It fails with [ErrEnrolled] if the town hall
// knows them, and as [Office.Verify] does.
func (o *Office) Enrol(ctx context.Context, actor act.Actor, key string, kind Kind, c Check, contact Contact) (id act.PartyID, err error) {
	if kind != Firm {
		kind = Person
	}
	if contact, err = o.normalContact(contact); err != nil {
		return "", err
	}
	if contact.Email != "" {
		if contact.Email, err = NormalEmail(contact.Email); err != nil {
			return "", err
		}
	}
	contact.Proven = false
	p := Party{Kind: kind, Contact: contact}
	if err := o.identified(&p, c); err != nil {
		return "", err
	}
	err = o.Acts.Once(ctx, actor, act.EnrolParty, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		p.ID, p.Since, p.CheckedAt = act.PartyID(db.NewID()), tx.At, tx.At
		id = p.ID
		if err := tx.Allow(act.On{Subject: subject(p.ID), Owner: p.ID}); err != nil {
			return err
		}
		s, err := o.seal(p, actor.Person)
		if err != nil {
			return err
		}
		if _, err := partyByCode(ctx, tx, s.codeIndex); !isUnknown(err) {
			return orElse(err, ErrEnrolled)
		}
		if err := insertParty(ctx, tx, s); err != nil {
			return err
		}
		if err := insertNames(ctx, tx, s); err != nil {
			return err
		}
		return o.await(ctx, tx, kind, p.ID, s.codeIndex)
	})
	return id, err
}

// await gives a person the mandates that waited for their CNP.
func (o *Office) await(ctx context.Context, tx *act.Tx, kind Kind, id act.PartyID, index string) error {
	if kind == Firm {
		return nil
	}
	return bindMandates(ctx, tx, id, index)
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// Verify notes that an official saw the document of a party who is here already,
// such as the holder of a light account, and raises their level. It fails with
// [ErrNotSeen], [ErrName], [ErrCNP] or [ErrCUI], with [ErrOtherCode] if the
// party has another code, and with [ErrEnrolled] if the code is another party's.
func (o *Office) Verify(ctx context.Context, actor act.Actor, key string, id act.PartyID, c Check) error {
	var done bool
	return o.Acts.Once(ctx, actor, act.VerifyParty, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id}); err != nil {
			return err
		}
		var now Party
		err := o.change(ctx, tx, id, func(p *Party) error {
			if err := o.identified(p, c); err != nil {
				return err
			}
			p.CheckedAt = tx.At
			index := o.Vault.Index(codeKind(p.Kind), p.Code)
			if other, err := partyByCode(ctx, tx, index); !isUnknown(err) && other != id {
				return orElse(err, ErrEnrolled)
			}
			now = *p
			return nil
		})
		if err != nil {
			return err
		}
		return o.await(ctx, tx, now.Kind, id, o.Vault.Index("cnp", now.Code))
	})
}

// SetEmail gives a party another e-mail address at the desk, when the old one is
// lost; a person can sign in by code there from now on. With "" it has none.
func (o *Office) SetEmail(ctx context.Context, actor act.Actor, key string, id act.PartyID, typed string) error {
	email := strings.TrimSpace(typed)
	if email != "" {
		var err error
		if email, err = NormalEmail(email); err != nil {
			return err
		}
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.VerifyParty, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id, Purpose: "identity.email-changed"}); err != nil {
			return err
		}
		kind := Person
		err := o.change(ctx, tx, id, func(p *Party) error {
			if p.Name == text.MaskEmail(p.Email) {
				p.Name = text.MaskEmail(email)
			}
			kind, p.Proven = p.Kind, p.Proven && p.Email == email
			p.Email = email
			return nil
		})
		if err != nil || kind == Firm {
			return err
		}
		return o.Leave(ctx, tx, id)
	})
}

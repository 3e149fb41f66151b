package identity

import (
	"context"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

// A Glimpse is what officials see of a party before they open it.
type Glimpse struct {
	ID    act.PartyID
	Kind  Kind
	Name  string
	Code  string // CNP or CUI, masked; "" if not known
	Level act.Level
	Lines []string // of the address; none in a list
}

func glimpse(p Party) Glimpse {
	return Glimpse{ID: p.ID, Kind: p.Kind, Name: p.Name, Code: text.Mask(p.Code), Level: p.Level}
}

// Search returns at most limit people and firms: those with a whole CNP, CUI or
// e-mail address, or else with words in their names that begin like the words, of
// which three count. It is for acts of other rooms, which have allowed it.
func (o *Office) Search(ctx context.Context, r db.Reader, words string, limit int) (found []Glimpse, err error) {
	all, err := o.search(ctx, r, text.Clean(words), limit)
	for i := 0; i < len(all) && err == nil; i++ {
		var p Party
		p, err = o.open(all[i])
		found = append(found, glimpse(p))
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// search is Search, of what is sealed.
func (o *Office) search(ctx context.Context, r db.Reader, what string, limit int) (all []sealed, err error) {
	ids, isName, err := o.byCode(ctx, r, what)
	if err != nil {
		return nil, err
	}
	if isName {
		return partiesByName(ctx, r, what, "", act.Nobody, limit)
	}
	for _, id := range ids[:min(len(ids), limit)] {
		s, err := partyByID(ctx, r, id)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// byCode returns the parties with an exact code or e-mail address, unless it
// is names that were typed. Digits are a code, though one with a mistake may be
// nobody's, and not the beginning of what a firm is called.
func (o *Office) byCode(ctx context.Context, r db.Reader, what string) (ids []act.PartyID, isName bool, err error) {
	if email, err := NormalEmail(what); err == nil {
		ids, err = partiesByEmail(ctx, r, o.Vault.Index("email", email))
		return ids, false, err
	}
	for _, kind := range []Kind{Person, Firm} {
		code, err := o.checkCode(kind, what)
		if err != nil {
			continue
		}
		id, err := partyByCode(ctx, r, o.Vault.Index(codeKind(kind), code))
		if isUnknown(err) {
			return nil, false, nil
		}
		return []act.PartyID{id}, false, err
	}
	return nil, strings.Trim(what, "0123456789") != "", nil
}

// Person returns a person or firm with the lines of the address, or
// [ErrUnknown]. It is for acts of other rooms, which have allowed it.
func (o *Office) Person(ctx context.Context, r db.Reader, id act.PartyID) (Glimpse, error) {
	p, err := o.party(ctx, r, id)
	if err != nil {
		return Glimpse{}, err
	}
	g := glimpse(p)
	g.Lines = p.Address.Lines()
	return g, nil
}

// Code returns the whole CNP or CUI of a party for an official paper about it, or "" if
// the town hall does not know it. On says for whom and what; it is an act of its own, of
// which the party reads. What it returns is kept sealed, and nowhere else.
func (o *Office) Code(ctx context.Context, tx *act.Tx, on act.On) (string, error) {
	on.Subject = subject(on.Owner)
	if err := tx.Also(ctx, act.PrintCode, on); err != nil {
		return "", err
	}
	p, err := o.party(ctx, tx, on.Owner)
	return p.Code, err
}

// Candidates returns at most limit natural persons whose papers the desk has
// seen, and whose names begin like the words; none for no words. They could
// become officials.
func (o *Office) Candidates(ctx context.Context, r db.Reader, words string, limit int) (ids []act.PartyID, err error) {
	all, err := partiesByName(ctx, r, words, Person, act.Verified, limit)
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return ids, err
}

// Verified reports whether somebody is a natural person whose papers the desk
// has seen.
func (o *Office) Verified(ctx context.Context, r db.Reader, id act.PartyID) (bool, error) {
	s, err := partyByID(ctx, r, id)
	if isUnknown(err) {
		return false, nil
	}
	return s.Kind == Person && s.Level >= act.Verified, err
}

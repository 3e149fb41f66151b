package identity

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
	"bega/internal/vault"
)

// An Office knows who people are. Its fields are set before it is used.
type Office struct {
	DB    db.Reader
	Acts  *act.Register
	Vault *vault.Vault
	Now   func() time.Time
	Zone  *time.Location // of the town: mandates begin and end at its midnight

	// CheckCNP, CheckCUI and CheckIBAN return a code in normal form, or an
	// error if there is no such code.
	CheckCNP, CheckCUI, CheckIBAN func(string) (string, error)

	Notices  Notices
	Services Titles // what mandates can be limited to

	// Leave ends all sessions of a person whose e-mail address was lost.
	Leave func(ctx context.Context, tx *act.Tx, person act.PartyID) error
}

// Notices brings messages to people: the texts key+"-subject" and key+"-body"
// with args, in their language. What is sent in a transaction leaves when that
// commits.
type Notices interface {
	Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error
}

// Titles says what there is to choose from.
type Titles interface {
	Titles(lang string) []Titled
}

// A Titled thing has a key and says what it is in the reader's language.
type Titled struct{ Key, Title string }

// open returns a party as its owner knows it.
func (o *Office) open(s sealed) (Party, error) {
	p := s.Party
	var address string
	for _, part := range []struct {
		column, sealed string
		plain          *string
	}{{"code", s.code, &p.Code}, {"email", s.email, &p.Email}, {"phone", s.phone, &p.Phone}, {"iban", s.iban, &p.IBAN}, {"address", s.address, &address}} {
		var err error
		if *part.plain, err = o.Vault.Open(place(part.column, p.ID), part.sealed); err != nil {
			return Party{}, err
		}
	}
	if address != "" {
		if err := json.Unmarshal([]byte(address), &p.Address); err != nil {
			return Party{}, err
		}
	}
	if p.Name == "" {
		p.Name = text.MaskEmail(p.Email)
	}
	return p, nil
}

// seal returns a party as it is stored. A name that only masks the e-mail
// address is none.
func (o *Office) seal(p Party, checkedBy act.PartyID) (sealed, error) {
	s := sealed{Party: p, checkedBy: checkedBy}
	if s.Name == text.MaskEmail(p.Email) {
		s.Name = ""
	}
	if p.Code != "" {
		s.codeIndex = o.Vault.Index(codeKind(p.Kind), p.Code)
	}
	if p.Email != "" {
		s.emailIndex = o.Vault.Index("email", p.Email)
	}
	s.code = o.Vault.Seal(place("code", p.ID), p.Code)
	s.email = o.Vault.Seal(place("email", p.ID), p.Email)
	s.phone = o.Vault.Seal(place("phone", p.ID), p.Phone)
	s.iban = o.Vault.Seal(place("iban", p.ID), p.IBAN)
	if p.Address != (Address{}) {
		address, err := json.Marshal(p.Address)
		if err != nil {
			return sealed{}, err
		}
		s.address = o.Vault.Seal(place("address", p.ID), string(address))
	}
	return s, nil
}

func place(column string, id act.PartyID) string {
	return "identity_parties." + column + ":" + string(id)
}

// codeKind is under which a code is indexed.
func codeKind(kind Kind) string {
	if kind == Firm {
		return "cui"
	}
	return "cnp"
}

// checkCode returns a CNP or CUI in normal form, or ErrCNP or ErrCUI.
func (o *Office) checkCode(kind Kind, typed string) (string, error) {
	check, wrong := o.CheckCNP, ErrCNP
	if kind == Firm {
		check, wrong = o.CheckCUI, ErrCUI
	}
	code, err := check(strings.TrimSpace(typed))
	if err != nil {
		return "", wrong
	}
	return code, nil
}

// party returns a party, for use within the room.
func (o *Office) party(ctx context.Context, r db.Reader, id act.PartyID) (Party, error) {
	s, err := partyByID(ctx, r, id)
	if err != nil {
		return Party{}, err
	}
	return o.open(s)
}

// Name returns the name of a party, or [ErrUnknown]. A light account that has
// given none is called by its masked e-mail address.
func (o *Office) Name(ctx context.Context, id act.PartyID) (string, error) {
	n, err := nameOf(ctx, o.DB, id)
	if err != nil {
		return "", err
	}
	return o.Called(n.id, n.name, n.email)
}

// Called returns how a party is called that has this name in the database, and
// this sealed e-mail address.
func (o *Office) Called(id act.PartyID, name, sealedEmail string) (string, error) {
	if name != "" {
		return name, nil
	}
	email, err := o.Vault.Open(place("email", id), sealedEmail)
	return text.MaskEmail(email), err
}

// Names returns the names of the parties that there are among ids.
func (o *Office) Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[string(id)] = id != ""
	}
	maps.DeleteFunc(wanted, func(_ string, ok bool) bool { return !ok })
	names := map[act.PartyID]string{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), 10) {
		var ten [10]string
		copy(ten[:], some)
		found, err := namesOf(ctx, o.DB, ten)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			if names[n.id], err = o.Called(n.id, n.name, n.email); err != nil {
				return nil, err
			}
		}
	}
	return names, nil
}

// Acting says who did something, and for whom: "Ion Pop-Demo pentru Bega Demo
// SRL", or only who. A visitor and the program itself have no name: "".
func (o *Office) Acting(ctx context.Context, t *text.Translator, person, principal act.PartyID) (string, error) {
	names, err := o.Names(ctx, []act.PartyID{person, principal})
	if err != nil || person == "" || principal == "" || person == principal {
		return names[person], err
	}
	return t.T("identity.for", names[person], names[principal]), nil
}

// Contact returns how to reach a party, or [ErrUnknown].
func (o *Office) Contact(ctx context.Context, id act.PartyID) (Contact, error) {
	p, err := o.party(ctx, o.DB, id)
	return p.Contact, err
}

// Recipient returns the name of a party and the lines of its address, as they
// stand on a letter, its code masked, and how well the town hall knows it.
func (o *Office) Recipient(ctx context.Context, r db.Reader, id act.PartyID) (lines []string, code string, level act.Level, err error) {
	p, err := o.Person(ctx, r, id)
	if err != nil {
		return nil, "", act.Nobody, err
	}
	return append([]string{p.Name}, p.Lines...), p.Code, p.Level, nil
}

// Reach returns where and in which language to write to a party: email is "" if
// that is not known, and lang "ro" unless another was chosen.
func (o *Office) Reach(ctx context.Context, id act.PartyID) (email, lang string, err error) {
	p, err := o.party(ctx, o.DB, id)
	if err != nil {
		return "", "", err
	}
	if p.Lang == "" {
		p.Lang = "ro"
	}
	return p.Email, p.Lang, nil
}

// Prefill returns what the town hall knows of the party that the actor acts
// for, so that nobody types it again: "party.name", "party.cnp" and so on, and
// "party.address.street". What is not known is missing.
func (o *Office) Prefill(ctx context.Context, actor act.Actor) (map[string]string, error) {
	if !actor.SignedIn() {
		return map[string]string{}, nil
	}
	p, err := o.party(ctx, o.DB, actor.For)
	if err != nil {
		return nil, err
	}
	known := map[string]string{"party.kind": string(p.Kind), "party.name": p.Name, "party." + codeKind(p.Kind): p.Code,
		"party.email": p.Email, "party.phone": p.Phone, "party.iban": p.IBAN}
	if p.Name == text.MaskEmail(p.Email) {
		delete(known, "party.name")
	}
	for name, part := range p.Address.fields() {
		known["party.address."+name] = *part
	}
	maps.DeleteFunc(known, func(_, value string) bool { return value == "" })
	return known, nil
}

// Profile returns the actor's own data. What they see of others they see in
// their folders.
func (o *Office) Profile(ctx context.Context, actor act.Actor) (Party, error) {
	actor = InPerson(actor)
	if err := actor.May(act.KeepProfile, act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
		return Party{}, err
	}
	return o.party(ctx, o.DB, actor.Person)
}

var phoneForm = regexp.MustCompile(`^\+?[0-9]{6,15}$`)

// normalContact checks how to reach somebody, whatever their kind. Fields may be
// empty.
func (o *Office) normalContact(c Contact) (Contact, error) {
	c.Phone = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "").Replace(c.Phone)
	if c.Phone != "" && !phoneForm.MatchString(c.Phone) {
		return c, ErrPhone
	}
	if c.IBAN = strings.TrimSpace(c.IBAN); c.IBAN != "" {
		iban, err := o.CheckIBAN(c.IBAN)
		if err != nil {
			return c, ErrIBAN
		}
		c.IBAN = iban
	}
	for _, part := range c.Address.fields() {
		if *part = text.Clean(*part); len(*part) > 200 {
			return c, ErrTooLong
		}
	}
	if !slices.Contains([]string{"", "ro", "en"}, c.Lang) {
		c.Lang = ""
	}
	return c, nil
}

// KeepProfile changes the actor's own name, telephone, IBAN, address and
// language. A name that was verified stays; the e-mail address is changed by
// package access, which proves it first.
func (o *Office) KeepProfile(ctx context.Context, actor act.Actor, key, name string, c Contact) error {
	c, err := o.normalContact(c)
	if err != nil {
		return err
	}
	name = text.Clean(name)
	if len(name) > 200 {
		return ErrTooLong
	}
	actor = InPerson(actor)
	var done bool
	return o.Acts.Once(ctx, actor, act.KeepProfile, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
			return err
		}
		return o.change(ctx, tx, actor.Person, func(p *Party) error {
			if p.Level < act.Verified && name != "" {
				p.Name = name
			}
			p.Phone, p.IBAN, p.Address, p.Lang = c.Phone, c.IBAN, c.Address, c.Lang
			return nil
		})
	})
}

// change reads a party, changes it and stores it again.
func (o *Office) change(ctx context.Context, tx *act.Tx, id act.PartyID, change func(*Party) error) error {
	old, err := partyByID(ctx, tx, id)
	if err != nil {
		return err
	}
	p, err := o.open(old)
	if err != nil {
		return err
	}
	checked := p.CheckedAt
	if err := change(&p); err != nil {
		return err
	}
	checkedBy := old.checkedBy
	if !p.CheckedAt.Equal(checked) {
		checkedBy = tx.Actor.Person
	}
	s, err := o.seal(p, checkedBy)
	if err != nil {
		return err
	}
	return updateParty(ctx, tx, old.Name, s)
}

// isUnknown reports whether there is no such party.
func isUnknown(err error) bool { return errors.Is(err, ErrUnknown) }

// Enter returns the parties with these codes, in order, and enters with their names
// those that the town hall did not know: nobody has seen their papers yet. It is for
// acts of other rooms, which have allowed it.
func (o *Office) Enter(ctx context.Context, tx *act.Tx, all []Party) (ids []act.PartyID, err error) {
	all, indexes := slices.Clone(all), make([]string, len(all))
	for i := range all {
		p := &all[i]
		if p.Code, err = o.checkCode(p.Kind, p.Code); err != nil {
			return nil, err
		}
		indexes[i] = o.Vault.Index(codeKind(p.Kind), p.Code)
	}
	known := map[string]act.PartyID{}
	for some := range slices.Chunk(indexes, codesTogether) {
		found, err := partiesByCodes(ctx, tx, some)
		if err != nil {
			return nil, err
		}
		maps.Copy(known, found)
	}
	var entered []sealed
	for i, p := range all {
		id, ok := known[indexes[i]]
		if !ok { // the same code may come twice
			id = act.PartyID(db.NewID())
			known[indexes[i]] = id
			p.ID, p.Since = id, tx.At
			s, err := o.seal(p, "")
			if err != nil {
				return nil, err
			}
			entered = append(entered, s)
		}
		ids = append(ids, id)
	}
	return ids, insertParties(ctx, tx, entered)
}

// KindOf returns what a party is, or [ErrUnknown].
func (o *Office) KindOf(ctx context.Context, r db.Reader, id act.PartyID) (Kind, error) {
	p, err := partyByID(ctx, r, id)
	return p.Kind, err
}

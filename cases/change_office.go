package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/procedures"
	"bega/registry"
)

// What follows, with the methods that add something to a case, is what other rooms
// lead a case with. A use case of theirs is one [Office.Do]: it allows the act,
// changes the case, adds what belongs to that (an event, a request, a paper), and
// tells who has to know. Either all of it happens or none.

// AnyEdition is for who does not change what they saw, such as an applicant who
// answers.
const AnyEdition = 0

// Day returns the civil day of an instant in the town.
func (o *Office) Day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

// For returns a case that the actor may do verb to, or [ErrUnknown].
func (o *Office) For(ctx context.Context, actor act.Actor, verb act.Verb, id string) (Case, error) {
	c, err := caseByID(ctx, o.DB, id)
	if err == nil {
		err = Hide(actor.May(verb, c.On()))
	}
	return c, err
}

// Hide makes a case that somebody may not touch look like one that is not.
func Hide(err error) error {
	if errors.Is(err, act.ErrRefused) {
		return ErrUnknown
	}
	return err
}

// Do is an act by which somebody changes a case, once for each key; see
// [Office.Change]. A case that they may not change looks missing.
func (o *Office) Do(ctx context.Context, actor act.Actor, verb act.Verb, key, id string, edition int, fn func(ctx context.Context, tx *act.Tx, c *Case) error) error {
	var done bool
	return Hide(o.Acts.Once(ctx, actor, verb, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Change(ctx, tx, id, edition, func(c *Case) error { return fn(ctx, tx, c) })
		done = err == nil
		return err
	}))
}

// Change allows an act on a case that is not over, lets fn change the case, and
// stores it as the next edition. It fails with [ErrUnknown], [act.ErrRefused],
// [ErrOver], and with [ErrStale] if the case is not in the edition that the actor
// saw: see [AnyEdition].
func (o *Office) Change(ctx context.Context, tx *act.Tx, id string, edition int, fn func(c *Case) error) (Case, error) {
	c, err := Allowed(ctx, tx, id)
	switch {
	case err != nil:
		return Case{}, err
	case edition != AnyEdition && edition != c.Edition:
		return Case{}, ErrStale
	case c.State.Over():
		return Case{}, ErrOver
	}
	if err := fn(&c); err != nil {
		return Case{}, err
	}
	o.settle(&c, tx.At)
	return c, updateCase(ctx, tx, c)
}

// Allowed returns a case on which it has allowed the act, for what is no change
// of the case, such as a message. It fails with [ErrUnknown] and [act.ErrRefused].
func Allowed(ctx context.Context, tx *act.Tx, id string) (Case, error) {
	c, err := caseByID(ctx, tx, id)
	if err == nil {
		err = tx.Allow(c.On())
	}
	return c, err
}

// settle makes the next edition of a case: its clock is read again.
func (o *Office) settle(c *Case, at time.Time) {
	c.Edition++
	c.Changed = at
	c.Due, c.Running = c.Clock.Due(o.Calendar, o.Day(at))
	if c.State.Over() {
		c.Over, c.Running = at, false
	}
}

// Finish brings a case that is being changed to its end: the department no longer
// opens its documents, a proposal that waits is no longer one, neither is a
// request, and a fee is no longer asked for what was not granted.
func (o *Office) Finish(ctx context.Context, tx *act.Tx, c *Case, to State) error {
	if err := c.Move(to); err != nil {
		return err
	}
	c.Resume(o.Day(tx.At))
	if err := o.ReturnProposal(ctx, tx, c.ID, ""); err != nil {
		return err
	}
	if err := lapseAsk(ctx, tx, c.ID); err != nil {
		return err
	}
	if err := o.Folder.EndConsents(ctx, tx, c.ID); err != nil {
		return err
	}
	if c.Order == "" || !c.PaidAt.IsZero() || c.Owed() {
		return nil
	}
	return o.Fees.Cancel(ctx, tx, c.ID)
}

// Opened notes that the official who acts has opened a case, and read what the
// applicant wrote. That is no change of the case.
func Opened(ctx context.Context, tx *act.Tx, id string) error {
	if err := markRead(ctx, tx, id, false); err != nil {
		return err
	}
	return noteOpening(ctx, tx, id)
}

// Service returns the version of its service that a case began with.
func (o *Office) Service(c Case) (*procedures.Service, error) {
	return o.Catalog.Version(c.Service, c.Version)
}

// UnitTitle returns what a department is called.
func (o *Office) UnitTitle(key, lang string) string {
	u, err := o.Catalog.Unit(key)
	if err != nil {
		return key
	}
	return u.Title.In(lang)
}

// Missing says what a request is about, in a few words of each language.
func (o *Office) Missing(s *procedures.Service, a Ask) procedures.Text {
	said := procedures.Text{}
	for _, lang := range []string{"ro", "en"} {
		var words []string
		for _, key := range a.Documents {
			if typ, err := o.Catalog.DocumentType(key); err == nil {
				words = append(words, typ.Title.In(lang))
			}
		}
		for _, key := range a.Fields {
			if f, _, ok := s.Field(key); ok {
				words = append(words, f.Label.In(lang))
			}
		}
		said[lang] = strings.Join(words, ", ")
	}
	return said
}

// LongestText is how long a message or a reason may be, in characters.
const LongestText = 4000

// Written trims a text, and reports whether it says something and is not too long.
func Written(text *string, most int) bool {
	*text = strings.TrimSpace(*text)
	return *text != "" && utf8.RuneCountInString(*text) <= most
}

// Path is where the applicant finds a case; more begins with a slash or is
// empty.
func Path(id, more string) string { return "/cereri/" + id + more }

// deskPath is where officials find a case.
func deskPath(id string) string { return "/lucru/caz/" + id }

// Tell brings the owner of a case the notice with a key, a single time for each
// once. Its texts have the number of the case as first argument, and it leads to
// the case or to what is there: see [Path].
func (o *Office) Tell(ctx context.Context, tx *act.Tx, c Case, key, more, once string, args ...any) error {
	return o.Notices.Send(ctx, tx, c.Owner, key, slices.Insert(args, 0, any(c.Number.String())), Path(c.ID, more), c.ID, once)
}

// TellStaff is like Tell, for officials. Nobody is left out of who but the empty
// ID.
func (o *Office) TellStaff(ctx context.Context, tx *act.Tx, c Case, who []act.PartyID, key, once string, args ...any) error {
	for _, id := range who {
		if id == "" {
			continue
		}
		if err := o.Notices.Send(ctx, tx, id, key, slices.Insert(args, 0, any(c.Number.String())), deskPath(c.ID), c.ID, once); err != nil {
			return err
		}
	}
	return nil
}

// Issue registers a paper of a case under its number, and puts it into the folder
// of the owner. It returns its code in the registry.
func (o *Office) Issue(ctx context.Context, tx *act.Tx, c Case, kind registry.Kind, p Paper) (code string, err error) {
	return o.IssueDocument(ctx, tx, c, kind, p.Type, o.document(p, c.Unit), p.Until)
}

// IssueDocument is [Office.Issue] for a document that another room has written: it has
// an issuer, an addressee, a number and a day.
func (o *Office) IssueDocument(ctx context.Context, tx *act.Tx, c Case, kind registry.Kind, typ string, doc pdf.Document, until deadline.Date) (code string, err error) {
	code, err = o.Registry.Issue(ctx, tx, registry.Paper{Kind: kind, Type: typ, Owner: c.Owner, Unit: c.Unit, Service: c.Service,
		Case: c.ID, Number: c.Number, Document: doc, Until: until})
	if err != nil {
		return "", err
	}
	_, err = o.Folder.Issue(ctx, tx, folder.Document{Owner: c.Owner, Type: typ, Name: doc.Title, Issuer: doc.Issuer.Authority, IssuedOn: o.Day(tx.At),
		Until: until, Source: folder.Issued, Media: "application/pdf", Paper: code, Case: c.ID})
	return code, err
}

// View returns all that belongs to a case, also what its owner does not see.
// Whoever asks has checked who may.
func (o *Office) View(ctx context.Context, c Case) (View, error) {
	v, err := o.view(ctx, c)
	if err == nil {
		err = o.name(ctx, &v)
	}
	return v, err
}

// name finds out what everybody is called who has to do with a case.
func (o *Office) name(ctx context.Context, v *View) (err error) {
	ids := []act.PartyID{v.Owner, v.FiledBy, v.Clerk}
	for _, m := range v.Messages {
		ids = append(ids, m.From, m.For)
	}
	for _, a := range v.Asks {
		ids = append(ids, a.By)
	}
	for _, e := range v.Events {
		ids = append(ids, e.By)
	}
	for _, opening := range v.Openings {
		ids = append(ids, opening.Person)
	}
	if v.Proposal != nil {
		ids = append(ids, v.Proposal.By, v.Proposal.SignedBy)
	}
	v.Names, err = o.People.Names(ctx, ids)
	return err
}

// view returns all that belongs to a case but the names.
func (o *Office) view(ctx context.Context, c Case) (v View, err error) {
	v.Case = c
	if v.Of, err = o.Service(c); err != nil {
		return v, err
	}
	if v.Answers, err = o.answers(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if v.Documents, err = o.Folder.OfCase(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if v.Messages, err = o.messages(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if v.Asks, err = o.asks(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if v.Events, err = o.events(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if v.Openings, err = openings(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if v.Contests, err = objectionsTo(ctx, o.DB, c.ID); err != nil {
		return v, err
	}
	if c.Objects != "" {
		contested, err := caseByID(ctx, o.DB, c.Objects)
		if err != nil {
			return v, err
		}
		v.Contested = &contested
	}
	if p, err := o.Proposal(ctx, o.DB, c.ID); err == nil {
		v.Proposal = &p
	} else if !isUnknown(err) {
		return v, err
	}
	return v, nil
}

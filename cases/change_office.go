package cases

import (
	"context"
	"slices"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/procedures"
	"bega/registry"
)

// anyEdition is for who does not change what they saw, such as an applicant who
// answers.
const anyEdition = 0

// day returns the civil day of an instant in the town.
func (o *Office) day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

// do lets somebody change a case that is not over, once for each key.
func (o *Office) do(ctx context.Context, actor act.Actor, verb act.Verb, key, id string, edition int, fn func(ctx context.Context, tx *act.Tx, c *Case) error) error {
	var done bool
	return o.Acts.Once(ctx, actor, verb, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.change(ctx, tx, id, edition, func(c *Case) error { return fn(ctx, tx, c) })
		done = err == nil
		return err
	})
}

// change changes a case that is not over, in an act that it allows, and stores
// it as the next edition. It fails with ErrUnknown, ErrStale if the case is not
// in the edition that the actor saw, and ErrOver.
func (o *Office) change(ctx context.Context, tx *act.Tx, id string, edition int, fn func(c *Case) error) (Case, error) {
	c, err := caseByID(ctx, tx, id)
	if err != nil {
		return Case{}, err
	}
	if err := tx.Allow(c.on()); err != nil {
		return Case{}, err
	}
	if edition != anyEdition && edition != c.Edition {
		return Case{}, ErrStale
	}
	if c.State.Over() {
		return Case{}, ErrOver
	}
	if err := fn(&c); err != nil {
		return Case{}, err
	}
	o.settle(&c, tx.At)
	return c, updateCase(ctx, tx, c)
}

// settle makes the next edition of a case: its clock is read again.
func (o *Office) settle(c *Case, at time.Time) {
	c.Edition++
	c.Changed = at
	c.Due, c.Running = c.Clock.Due(o.Calendar, o.day(at))
	if c.State.Over() {
		c.Over, c.Running = at, false
	}
}

// finish brings a case to its end: the department no longer opens its documents,
// a proposal that waits is no longer one, and neither is a request.
func (o *Office) finish(ctx context.Context, tx *act.Tx, c *Case, to State) error {
	if err := c.Move(to); err != nil {
		return err
	}
	c.Resume(o.day(tx.At))
	if err := o.returnProposal(ctx, tx, c.ID, ""); err != nil {
		return err
	}
	if err := lapseAsk(ctx, tx, c.ID); err != nil {
		return err
	}
	return o.Folder.EndConsents(ctx, tx, c.ID)
}

// service returns the version that a case began with.
func (o *Office) service(c Case) (*procedures.Service, error) {
	return o.Catalog.Version(c.Service, c.Version)
}

// unit returns what a department is called.
func (o *Office) unit(key, lang string) string {
	u, err := o.Catalog.Unit(key)
	if err != nil {
		return key
	}
	return u.Title.In(lang)
}

// path is where the applicant finds a case; more begins with a slash or is
// empty.
func path(id, more string) string { return "/cereri/" + id + more }

// deskPath is where officials find a case.
func deskPath(id string) string { return "/lucru/caz/" + id }

// tell brings the owner of a case a message; its texts have the number of the
// case as first argument.
func (o *Office) tell(ctx context.Context, tx *act.Tx, c Case, key, more, once string, args ...any) error {
	return o.Notices.Send(ctx, tx, c.Owner, key, slices.Insert(args, 0, any(c.Number.String())), path(c.ID, more), c.ID, once)
}

// tellStaff is like tell, for officials. Nobody is left out of who but the empty
// ID.
func (o *Office) tellStaff(ctx context.Context, tx *act.Tx, c Case, who []act.PartyID, key, once string, args ...any) error {
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

// issue registers a paper of a case under its number, and puts it into the
// folder of the owner.
func (o *Office) issue(ctx context.Context, tx *act.Tx, c Case, kind registry.Kind, typ string, doc pdf.Document, until deadline.Date) (code string, err error) {
	code, err = o.Registry.Issue(ctx, tx, registry.Paper{Kind: kind, Type: typ, Owner: c.Owner, Unit: c.Unit, Service: c.Service,
		Case: c.ID, Number: c.Number, Document: doc, Until: until})
	if err != nil {
		return "", err
	}
	_, err = o.Folder.Issue(ctx, tx, folder.Document{Owner: c.Owner, Type: typ, Name: doc.Title, Issuer: doc.Issuer.Authority, IssuedOn: o.day(tx.At),
		Until: until, Source: folder.Issued, Media: "application/pdf", Paper: code, Case: c.ID})
	return code, err
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

// view returns all that belongs to a case. Whoever asks has checked who may see
// it.
func (o *Office) view(ctx context.Context, r db.Reader, c Case) (v View, err error) {
	v.Case = c
	if v.Of, err = o.service(c); err != nil {
		return v, err
	}
	if v.Answers, err = o.answers(ctx, r, c.ID); err != nil {
		return v, err
	}
	if v.Documents, err = o.Folder.OfCase(ctx, r, c.ID); err != nil {
		return v, err
	}
	if v.Messages, err = o.messages(ctx, r, c.ID); err != nil {
		return v, err
	}
	if v.Asks, err = o.asks(ctx, r, c.ID); err != nil {
		return v, err
	}
	if v.Events, err = o.events(ctx, r, c.ID); err != nil {
		return v, err
	}
	if v.Openings, err = openings(ctx, r, c.ID); err != nil {
		return v, err
	}
	if v.Contests, err = objectionsTo(ctx, r, c.ID); err != nil {
		return v, err
	}
	if c.Objects != "" {
		contested, err := caseByID(ctx, r, c.Objects)
		if err != nil {
			return v, err
		}
		v.Contested = &contested
	}
	if p, err := o.proposal(ctx, r, c.ID); err == nil {
		v.Proposal = &p
	} else if !isUnknown(err) {
		return v, err
	}
	return v, nil
}

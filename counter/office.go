package counter

import (
	"context"
	"errors"
	"slices"
	"time"

	"bega/cases"
	"bega/drafts"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/procedures"
)

// An Office serves people at the counter. Its fields are set before it is used.
type Office struct {
	DB      db.Reader
	Acts    *act.Register
	Now     func() time.Time
	Catalog *procedures.Catalogue
	Cases   *cases.Office
	Drafts  *drafts.Office
	People  People
	Papers  Papers
}

// People knows who stands at the counter: the room identity.
type People interface {
	// Look opens somebody for an official, for one of its reasons. It is an act, of which
	// they read.
	Look(ctx context.Context, actor act.Actor, id act.PartyID, reason string) (Person, error)

	// Person returns somebody, for an act that concerns them.
	Person(ctx context.Context, r db.Reader, id act.PartyID) (Person, error)

	// Represents reports whether the actor has a mandate of somebody's.
	Represents(ctx context.Context, actor act.Actor, id act.PartyID) (bool, error)
}

// Papers has the sealed files of what was issued: the room registry. It is asked by
// those who have checked that who asks may have them.
type Papers interface {
	Bytes(ctx context.Context, code string) ([]byte, error)
}

// on is what serving somebody is done to.
func on(id act.PartyID) act.On { return act.On{Subject: "party " + string(id), Owner: id} }

// may returns nil if the actor may file for somebody at the counter. Nobody takes part in
// what concerns them or whom they represent (Codul administrativ art. 445).
func (o *Office) may(ctx context.Context, actor act.Actor, id act.PartyID) error {
	if err := actor.May(act.AssistCase, on(id)); err != nil {
		return err
	}
	own, err := o.People.Represents(ctx, actor, id)
	if err == nil && (own || id == actor.Person) {
		err = ErrSelf
	}
	return err
}

// Open opens somebody at the counter, for a reason that they read, and returns what can be
// asked for, for them.
func (o *Office) Open(ctx context.Context, actor act.Actor, id act.PartyID, reason string) (p Person, services []*procedures.Service, err error) {
	if err := o.may(ctx, actor, id); err != nil {
		return p, nil, err
	}
	if p, err = o.People.Look(ctx, actor, id, reason); err != nil {
		return p, nil, err
	}
	services = slices.DeleteFunc(o.Catalog.Services(o.today()), func(s *procedures.Service) bool {
		return drafts.Suits(s, procedures.Applicant{Kind: p.Kind}) != nil
	})
	return p, services, nil
}

func (o *Office) today() deadline.Date { return o.Drafts.Today() }

// Begin begins an application of somebody's at the counter, filled in with what is known
// of them, and returns where it goes on. It is a new one, whatever they have begun at
// home. It fails with [ErrSelf], [ErrService] and [ErrLevel], and as drafts.Suits does.
func (o *Office) Begin(ctx context.Context, actor act.Actor, key string, id act.PartyID, service string) (link string, err error) {
	if err := o.may(ctx, actor, id); err != nil {
		return "", err
	}
	s, err := o.Catalog.Service(service, o.today())
	if err != nil || s.Internal {
		return "", ErrService
	}
	as, p, err := o.as(ctx, actor, id, service)
	if err != nil {
		return "", err
	}
	if p.Level < s.Level.Assurance() {
		return "", ErrLevel
	}
	d, err := o.Drafts.Begin(ctx, as, key, service, true, nil)
	return d.Link(), err
}

// as returns the actor as who applies for a service at the counter for somebody.
func (o *Office) as(ctx context.Context, actor act.Actor, id act.PartyID, service string) (act.Actor, Person, error) {
	p, err := o.People.Person(ctx, o.DB, id)
	actor.For, actor.Mandate, actor.Services, actor.Level, actor.Counter = id, "", []string{service}, p.Level, true
	return actor, p, err
}

// Serve implements [drafts.Counter].
func (o *Office) Serve(ctx context.Context, actor act.Actor, d drafts.Draft) (act.Actor, string, error) {
	err := o.may(ctx, actor, d.Owner)
	if errors.Is(err, ErrSelf) || errors.Is(err, act.ErrRefused) || o.Now().Sub(d.Began) > visit {
		return actor, "", nil
	} else if err != nil {
		return actor, "", err
	}
	as, p, err := o.as(ctx, actor, d.Owner, d.Service)
	return as, p.Name, err
}

// A Filed is an application that was sent at the counter.
type Filed struct {
	cases.Case
	Of  *procedures.Service
	For string // name of whose it is
}

// Filed returns what the actor has filed for somebody in the last hours, or
// [act.ErrRefused].
func (o *Office) Filed(ctx context.Context, actor act.Actor, id string) (f Filed, err error) {
	f.Case, err = o.Cases.For(ctx, actor, act.AssistCase, id)
	if errors.Is(err, cases.ErrUnknown) || err == nil && (!f.AtDesk || f.FiledBy != actor.Person || o.Now().Sub(f.Case.Filed) > visit) {
		return Filed{}, act.ErrRefused
	} else if err != nil {
		return Filed{}, err
	}
	p, err := o.People.Person(ctx, o.DB, f.Owner)
	if err != nil {
		return Filed{}, err
	}
	f.For = p.Name
	f.Of, err = o.Cases.Service(f.Case)
	return f, err
}

// Receipt returns the proof of registration of what the actor has filed, to be printed
// and taken along. Its owner reads about that. It fails as [Office.Filed] does.
func (o *Office) Receipt(ctx context.Context, actor act.Actor, id string) ([]byte, error) {
	f, err := o.Filed(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	data, err := o.Papers.Bytes(ctx, f.Case.Receipt)
	if err != nil {
		return nil, err
	}
	return data, o.Acts.Do(ctx, actor, act.AssistCase, func(_ context.Context, tx *act.Tx) error {
		return tx.Allow(act.On{Subject: "paper " + f.Case.Receipt, Owner: f.Owner, Service: f.Service, Case: f.ID, Purpose: "counter.for-print"})
	})
}

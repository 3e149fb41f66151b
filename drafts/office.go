package drafts

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/vault"
	"bega/procedures"
)

// An Office keeps drafts. Its fields are set before it is used.
type Office struct {
	DB      db.Reader
	Acts    *act.Register
	Vault   *vault.Vault
	Now     func() time.Time
	Zone    *time.Location
	Town    string // its name, as in addresses: who has it in theirs lives here
	Catalog *procedures.Catalogue
	Folder  *folder.Office
	Cases   Cases
	People  People
	Things  Things
	Counter Counter
	Notices Notices
}

// Counter returns the actor as who fills in a draft at the counter that they have begun
// there, and what its owner is called; "" if they may not, or no more. It is the room counter.
type Counter interface {
	Serve(ctx context.Context, actor act.Actor, d Draft) (as act.Actor, called string, err error)
}

// Things knows what the town has on record of whoever the actor acts for: the register
// of taxes.
type Things interface {
	Things(ctx context.Context, actor act.Actor, kind, lang string) ([]procedures.Thing, error)
}

// Cases registers what is sent: the room cases.
type Cases interface {
	File(ctx context.Context, actor act.Actor, key string, a cases.Application, also func(ctx context.Context, tx *act.Tx, c cases.Case) error) (cases.Case, error)
	Foresee(ctx context.Context, actor act.Actor, a cases.Application) error
}

// People knows what people are called, and what need not be asked of them: the
// room identity.
type People interface {
	Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error)
	Prefill(ctx context.Context, actor act.Actor) (map[string]string, error)
}

// Notices brings messages to people, as identity.Notices does. A map[string]string
// among args is a text by language.
type Notices interface {
	Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error
}

// Today returns the day in the town.
func (o *Office) Today() deadline.Date { return deadline.Of(o.Now().In(o.Zone)) }

// Service returns the version that a draft began with.
func (o *Office) Service(d Draft) (*procedures.Service, error) {
	return o.Catalog.Version(d.Service, d.Version)
}

// Env returns what the conditions of a form know of who fills it in.
func (o *Office) Env(ctx context.Context, actor act.Actor) (procedures.Env, error) {
	party, err := o.party(ctx, actor)
	return o.env(party), err
}

func (o *Office) env(party map[string]string) procedures.Env {
	return procedures.Env{Today: o.Today(), Applicant: procedures.Applicant{Kind: party["party.kind"],
		Resident: o.Town != "" && strings.EqualFold(party["party.address.locality"], o.Town)}}
}

// party returns what the town hall knows of the applicant: of a visitor,
// nothing.
func (o *Office) party(ctx context.Context, actor act.Actor) (map[string]string, error) {
	if !actor.SignedIn() {
		return nil, nil
	}
	return o.People.Prefill(ctx, actor)
}

// known returns what can be filled in for the actor in a service.
func (o *Office) known(ctx context.Context, actor act.Actor, s *procedures.Service) (k facts, env procedures.Env, err error) {
	if k.party, err = o.party(ctx, actor); err != nil {
		return k, env, err
	}
	env = o.env(k.party)
	if !actor.SignedIn() {
		return k, env, nil
	}
	k.papers = map[string]folder.Document{}
	for _, typ := range s.Papers() {
		offered, err := o.Folder.Offer(ctx, actor, typ)
		if err != nil {
			return k, env, err
		}
		if len(offered) > 0 && offered[0].ValidOn(env.Today) {
			k.papers[typ] = offered[0]
		}
	}
	k.things = map[string][]procedures.Thing{}
	for _, step := range s.Steps {
		if err := o.things(ctx, actor, step.Fields, "ro", k.things); err != nil {
			return k, env, err
		}
	}
	text, err := before(ctx, o.DB, actor.For, s.Key)
	if err != nil || text == "" {
		return k, env, err
	}
	if text, err = o.Vault.Open(keptPlace(actor.For, s.Key), text); err == nil {
		err = json.Unmarshal([]byte(text), &k.before)
	}
	return k, env, err
}

// things adds to found what is on record of the actor that fields ask for.
func (o *Office) things(ctx context.Context, actor act.Actor, fields []procedures.Field, lang string, found map[string][]procedures.Thing) (err error) {
	for _, kind := range procedures.RegisteredIn(fields) {
		if found[kind], err = o.Things.Things(ctx, actor, kind, lang); err != nil {
			return err
		}
	}
	return nil
}

func formPlace(id string) string { return "drafts.form:" + id }

func keptPlace(owner act.PartyID, service string) string {
	return "drafts_kept.answers:" + string(owner) + "/" + service
}

// seal returns a draft as it is stored.
func (o *Office) seal(d Draft) sealed {
	return sealed{d, o.Vault.Seal(formPlace(d.ID), d.text())}
}

// open returns a draft as people read it. One that was sent says nothing more.
func (o *Office) open(s sealed) (Draft, error) {
	d := s.Draft
	if s.form != "" {
		text, err := o.Vault.Open(formPlace(d.ID), s.form)
		if err == nil {
			err = json.Unmarshal([]byte(text), &d.Form)
		}
		if err != nil {
			return Draft{}, err
		}
	}
	d.Form = d.clone()
	return d, nil
}

func (o *Office) openAll(all []sealed) (list []Draft, err error) {
	for _, s := range all {
		d, err := o.open(s)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// text returns the form as it is sealed.
func (form Form) text() string {
	text, _ := json.Marshal(form) // never fails: texts and numbers
	return string(text)
}

// clone returns a form that can be changed without the other.
func (form Form) clone() Form {
	c := Form{procedures.Values{}, map[string]Source{}, map[string]File{}}
	maps.Copy(c.Values, form.Values)
	maps.Copy(c.Sources, form.Sources)
	maps.Copy(c.Files, form.Files)
	return c
}

// ByID returns a draft of the actor. It fails with [act.ErrRefused], or, for
// who has not signed in, with [act.ErrSignIn]: it may be theirs.
func (o *Office) ByID(ctx context.Context, actor act.Actor, id string) (Draft, error) {
	s, err := byID(ctx, o.DB, id)
	if err == nil {
		err = actor.May(act.ReadDraft, s.on())
	}
	if err == nil && actor.Counter && s.Served != actor.Person { // begun at home
		err = act.ErrRefused
	}
	if errors.Is(err, act.ErrRefused) && !actor.SignedIn() {
		err = act.ErrSignIn
	}
	if err != nil {
		return Draft{}, err
	}
	d, err := o.open(s)
	d.counter = actor.Counter
	return d, err
}

// serving is what [Counter] says of the draft with an ID. What cannot be read here is
// refused where it is read again.
func (o *Office) serving(ctx context.Context, actor act.Actor, id string) (as act.Actor, called string, err error) {
	if id == "" || !actor.Has(act.Desk) {
		return actor, "", nil
	}
	s, err := byID(ctx, o.DB, id)
	if err != nil || s.Served != actor.Person {
		return actor, "", nil
	}
	return o.Counter.Serve(ctx, actor, s.Draft)
}

// Drafts returns what the actor has not sent yet, the latest used first; also
// what is in the bin.
func (o *Office) Drafts(ctx context.Context, actor act.Actor) ([]Draft, error) {
	all, err := ofOwner(ctx, o.DB, actor.For)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s sealed) bool { return actor.May(act.ReadDraft, s.on()) != nil })
	return o.openAll(all)
}

// Draft returns where the actor left off who has begun to ask for a service, and
// when.
func (o *Office) Draft(ctx context.Context, actor act.Actor, service string) (link string, at time.Time, ok bool, err error) {
	list, err := ofService(ctx, o.DB, actor.For, service)
	for _, s := range list {
		if s.Objects == "" && actor.May(act.ReadDraft, s.on()) == nil {
			return s.Link(), s.Saved, true, nil
		}
	}
	return "", time.Time{}, false, err
}

// Begin begins to ask for a service: what is known is filled in. Whoever has
// begun before goes on there, unless they want another. It fails with
// [procedures.ErrUnknown], and as [Suits] does. What a link
// fills in of a new draft is linked, as far as the form lets it.
func (o *Office) Begin(ctx context.Context, actor act.Actor, key, service string, another bool, linked procedures.Values) (Draft, error) {
	s, err := o.Catalog.Service(service, o.Today())
	if err != nil || s.Internal {
		return Draft{}, procedures.ErrUnknown
	}
	fresh, err := o.fresh(ctx, actor, s, s.Linked(linked), "")
	if err != nil {
		return Draft{}, err
	}
	var id string
	err = o.Acts.Once(ctx, actor, act.BeginDraft, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		id, err = o.begin(ctx, tx, fresh, func(d Draft) bool { return !another && d.Objects == "" })
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	return o.ByID(ctx, actor, id)
}

// BeginFor begins an application that continues another, with what is known of
// it, and returns where to go on. One that was begun before is not begun again.
func (o *Office) BeginFor(ctx context.Context, actor act.Actor, service string, values procedures.Values, objects string) (link string, err error) {
	s, err := o.Catalog.Service(service, o.Today())
	if err != nil {
		return "", err
	}
	fresh, err := o.fresh(ctx, actor, s, values, objects)
	if err != nil {
		return "", err
	}
	var id string
	err = o.Acts.Do(ctx, actor, act.BeginDraft, func(ctx context.Context, tx *act.Tx) error {
		id, err = o.begin(ctx, tx, fresh, func(d Draft) bool {
			same := d.Objects == objects
			for name, value := range values {
				same = same && slices.Equal(d.Values[name], value)
			}
			return same
		})
		return err
	})
	if err != nil {
		return "", err
	}
	d, err := o.ByID(ctx, actor, id)
	return d.Link(), err
}

// fresh returns a new draft of the actor.
func (o *Office) fresh(ctx context.Context, actor act.Actor, s *procedures.Service, values procedures.Values, objects string) (Draft, error) {
	d := Draft{ID: db.NewID(), Owner: actor.For, By: actor.Person, Service: s.Key, Version: s.Version, Objects: objects, Edition: 1}
	if err := actor.May(act.BeginDraft, d.on()); err != nil {
		return Draft{}, err
	}
	k, env, err := o.known(ctx, actor, s)
	if err != nil {
		return Draft{}, err
	}
	if actor.Counter {
		d.Served = actor.Person
	}
	d.Form = Form{Values: values}.clone()
	for name := range values {
		if s.Internal { // which is begun because of them
			d.Sources[name] = Given
		}
	}
	d.fill(s, env, k)
	d.Step = d.next(s, env, "")
	return d, Suits(s, env.Applicant)
}

// begin stores a draft, unless there is one that does as well. It returns the ID
// of the one to go on with.
func (o *Office) begin(ctx context.Context, tx *act.Tx, fresh Draft, does func(d Draft) bool) (string, error) {
	all, err := ofService(ctx, tx, fresh.Owner, fresh.Service)
	if err != nil {
		return "", err
	}
	list, err := o.openAll(all)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(list, does); i >= 0 {
		return list[i].ID, tx.Allow(list[i].on())
	}
	if err := tx.Allow(fresh.on()); err != nil {
		return "", err
	}
	fresh.Began, fresh.Saved = tx.At, tx.At
	return fresh.ID, insert(ctx, tx, o.seal(fresh))
}

// change changes a draft of the actor that was read a moment ago. Where nothing
// is changed, nothing is done: what is saved while somebody types need not be on
// record twice. It fails with [ErrSent], and as [Office.ByID] does.
func (o *Office) change(ctx context.Context, actor act.Actor, d Draft, fn func(d *Draft)) (Draft, error) {
	if d.Case != "" {
		return d, ErrSent
	}
	was := d
	d.Form = d.clone()
	if fn(&d); d.text() == was.text() && d.Step == was.Step && d.Field == was.Field && d.Binned.IsZero() {
		return d, nil
	}
	err := o.Acts.Do(ctx, actor, act.KeepDraft, func(ctx context.Context, tx *act.Tx) error {
		s, err := byID(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if err := tx.Allow(s.on()); err != nil {
			return err
		}
		if s.Case != "" {
			return ErrSent
		}
		if d, err = o.open(s); err != nil {
			return err
		}
		was := d.text()
		if fn(&d); d.text() != was {
			d.Edition++
		}
		d.Saved, d.Binned, d.Warned = tx.At, time.Time{}, 0
		return update(ctx, tx, o.seal(d))
	})
	return d, err
}

// Save keeps what one page of the form sent, right or wrong, and returns the
// draft: its step is the one to show next. Whoever types into a draft that is
// in the bin takes it out. It fails as [Office.ByID] does, and with [ErrSent].
func (o *Office) Save(ctx context.Context, actor act.Actor, id string, p Page) (Draft, error) {
	d, err := o.ByID(ctx, actor, id)
	if err != nil {
		return Draft{}, err
	}
	s, err := o.Service(d)
	if err != nil {
		return Draft{}, err
	}
	step, ok := s.Step(p.Step)
	if !ok {
		return Draft{}, act.ErrRefused
	}
	env, err := o.Env(ctx, actor)
	if err != nil {
		return Draft{}, err
	}
	return o.change(ctx, actor, d, func(d *Draft) { d.turn(s, env, step, p) })
}

// Discard throws a draft away: into the bin, for 30 days.
func (o *Office) Discard(ctx context.Context, actor act.Actor, id string) error {
	return o.move(ctx, actor, act.DiscardDraft, id, func(tx *act.Tx, d *Draft) {
		if d.Binned.IsZero() {
			d.Binned = tx.At
		}
	})
}

// Restore takes a draft out of the bin, and returns it.
func (o *Office) Restore(ctx context.Context, actor act.Actor, id string) (d Draft, err error) {
	err = o.move(ctx, actor, act.RestoreDraft, id, func(tx *act.Tx, restored *Draft) {
		restored.Binned, restored.Saved, restored.Warned = time.Time{}, tx.At, 0
		d = *restored
	})
	return d, err
}

func (o *Office) move(ctx context.Context, actor act.Actor, verb act.Verb, id string, fn func(tx *act.Tx, d *Draft)) error {
	return o.Acts.Do(ctx, actor, verb, func(ctx context.Context, tx *act.Tx) error {
		s, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.Allow(s.on()); err != nil {
			return err
		}
		if s.Case != "" {
			return ErrSent
		}
		fn(tx, &s.Draft)
		return update(ctx, tx, s)
	})
}

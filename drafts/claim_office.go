package drafts

import (
	"context"
	"encoding/json"

	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
)

// A late page is one that came after its sender was signed out.
type late struct {
	Page
	Uploads []attachment
}

// An attachment is a file that came with a late page. It waits in the folder of
// the visitor.
type attachment struct {
	Field, ID string
	File      File
}

func heldPlace(id string) string { return "drafts_held.page:" + id }

// Hold keeps a page for whoever signs in next on the browser of a visitor, if
// the draft is theirs: nothing that was typed is lost because the session was
// over. Whether there is such a draft, nobody learns. The files are those that
// can be kept; the others have to be sent again.
func (o *Office) Hold(ctx context.Context, visitor act.Actor, id string, p Page, files map[string][]Sent) error {
	s, err := byID(ctx, o.DB, id)
	if err != nil || s.Case != "" {
		return nil
	}
	l := late{Page: p}
	service, err := o.Service(s.Draft)
	if err != nil {
		return err
	}
	for name, sent := range files {
		f, ok := fileField(service, name)
		for _, one := range sent {
			if !ok {
				continue
			}
			if paper, err := o.paper(ctx, visitor, db.NewID(), service, f, "", one); err == nil {
				l.Uploads = append(l.Uploads, attachment{name, paper.ID, File{paper.Name, paper.Size}})
			}
		}
	}
	text, _ := json.Marshal(l) // never fails: texts and numbers
	return o.Acts.Do(ctx, visitor, act.KeepDraft, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: s.on().Subject, Owner: visitor.For}); err != nil {
			return err
		}
		h := held{id: db.NewID(), draft: id}
		h.page = o.Vault.Seal(heldPlace(h.id), string(text))
		return hold(ctx, tx, visitor.For, h)
	})
}

// Claim gives somebody who has signed in what they began before on the same
// browser, and puts the pages that came too late where they belong. It may be
// called twice. What they began of the same service earlier stays as well.
func (o *Office) Claim(ctx context.Context, actor act.Actor, visitor act.PartyID) error {
	begun, err := ofOwner(ctx, o.DB, visitor)
	if err != nil {
		return err
	}
	pages, err := heldOf(ctx, o.DB, visitor)
	if err != nil || len(begun)+len(pages) == 0 {
		return err
	}
	person := actor
	person.For, person.Mandate, person.Services = actor.Person, "", nil
	known, err := o.knownOf(ctx, person, begun)
	if err != nil {
		return err
	}
	err = o.Acts.Do(ctx, person, act.ClaimDraft, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "party " + string(person.Person), Owner: person.Person}); err != nil {
			return err
		}
		begun, err := ofOwner(ctx, tx, visitor)
		if err != nil {
			return err
		}
		for _, s := range begun {
			if err := o.take(ctx, tx, s, person, known[s.Service]); err != nil {
				return err
			}
		}
		return o.Folder.Claim(ctx, tx, visitor, person.Person)
	})
	if err != nil || len(pages) == 0 {
		return err
	}
	return o.deliver(ctx, actor, visitor, pages)
}

// A filling is what can be filled in for somebody in a service.
type filling struct {
	facts
	env procedures.Env
}

func (o *Office) knownOf(ctx context.Context, person act.Actor, begun []sealed) (map[string]filling, error) {
	known := map[string]filling{}
	for _, s := range begun {
		service, err := o.Service(s.Draft)
		if err != nil {
			return nil, err
		}
		k, env, err := o.known(ctx, person, service)
		if err != nil {
			return nil, err
		}
		known[s.Service] = filling{k, env}
	}
	return known, nil
}

// take makes a draft that of a person, and fills in what is known of them.
func (o *Office) take(ctx context.Context, tx *act.Tx, s sealed, person act.Actor, k filling) error {
	d, err := o.open(s)
	if err != nil {
		return err
	}
	d.Owner, d.By = person.Person, person.Person
	if err := tx.Also(ctx, act.ClaimDraft, d.on()); err != nil {
		return err
	}
	service, err := o.Service(d)
	if err != nil {
		return err
	}
	d.fill(service, k.env, k.facts)
	d.Edition++
	return update(ctx, tx, o.seal(d))
}

// deliver puts pages that came too late into their drafts, where the actor may.
func (o *Office) deliver(ctx context.Context, actor act.Actor, visitor act.PartyID, pages []held) error {
	for _, h := range pages {
		d, err := o.ByID(ctx, actor, h.draft)
		if err != nil || d.Case != "" || actor.May(act.KeepDraft, d.on()) != nil {
			continue
		}
		s, err := o.Service(d)
		if err != nil {
			return err
		}
		text, err := o.Vault.Open(heldPlace(h.id), h.page)
		if err != nil {
			return err
		}
		var l late
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return err
		}
		if d.Owner != actor.Person {
			l.Uploads = nil // they are in the folder of who sent them, and not in that of the draft
		}
		if _, err := o.change(ctx, actor, d, func(d *Draft) { d.receive(s, l) }); err != nil {
			return err
		}
	}
	return o.Acts.Do(ctx, actor, act.KeepDraft, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "party " + string(actor.For), Owner: actor.For}); err != nil {
			return err
		}
		return dropHeld(ctx, tx, visitor)
	})
}

// receive puts a late page into a draft.
func (d *Draft) receive(s *procedures.Service, l late) {
	if step, ok := s.Step(l.Step); ok {
		if last := d.keep(step, l.Page); last != "" {
			d.Field = last
		}
		d.Step = step.Key
	}
	for _, a := range l.Uploads {
		if f, ok := fileField(s, a.Field); ok && d.room(f, a.Field) == nil {
			d.attach(f, a.Field, a.ID, a.File)
		}
	}
}

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
	if err != nil || s.Case != "" || s.By == "" {
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
	err = o.Acts.Do(ctx, person, act.ClaimDraft, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "party " + string(person.Person), Owner: person.Person}); err != nil {
			return err
		}
		if begun, err = ofOwner(ctx, tx, visitor); err != nil {
			return err
		}
		for _, s := range begun {
			s.Owner, s.By = person.Person, person.Person
			if err := tx.Also(ctx, act.ClaimDraft, s.on()); err != nil {
				return err
			}
			if err := update(ctx, tx, s); err != nil {
				return err
			}
		}
		return o.Folder.Claim(ctx, tx, visitor, person.Person)
	})
	if err != nil {
		return err
	}
	for _, s := range begun {
		if s.Binned.IsZero() {
			if err := o.fillIn(ctx, person, s.ID); err != nil {
				return err
			}
		}
	}
	if len(pages) == 0 {
		return nil
	}
	return o.deliver(ctx, actor, visitor, pages)
}

// fillIn fills in what is known of the actor and was not answered.
func (o *Office) fillIn(ctx context.Context, actor act.Actor, id string) error {
	d, err := o.ByID(ctx, actor, id)
	if err != nil {
		return err
	}
	s, err := o.Service(d)
	if err != nil {
		return err
	}
	k, env, err := o.known(ctx, actor, s)
	if err == nil {
		_, err = o.change(ctx, actor, d, func(d *Draft) { d.fill(s, env, k) })
	}
	return err
}

// deliver puts pages that came too late into their drafts, where the actor may.
func (o *Office) deliver(ctx context.Context, actor act.Actor, visitor act.PartyID, pages []held) error {
	for _, h := range pages {
		actor, _, err := o.serving(ctx, actor, h.draft)
		if err != nil {
			return err
		}
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
	return o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return dropHeld(ctx, tx, visitor) })
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

package desk

import (
	"context"
	"errors"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
)

// Take gives the official the free case of the department that is due first:
// never the same one to two of them, and never their own application. It fails
// with [cases.ErrUnknown] if none is free.
func (o *Office) Take(ctx context.Context, actor act.Actor, key string) (id string, err error) {
	err = o.Acts.Once(ctx, actor, act.ClaimCase, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		if id, err = nextFree(ctx, tx, actor); errors.Is(err, db.ErrNone) {
			return cases.ErrUnknown
		} else if err != nil {
			return err
		}
		_, err := o.Cases.Change(ctx, tx, id, cases.AnyEdition, func(c *cases.Case) error { return o.claim(ctx, tx, c) })
		return err
	})
	return id, err
}

// A Desk is a case as officials see it.
type Desk struct {
	cases.View
	At      time.Time     // when it was opened: messages read at that very time are new
	Left    int           // days of the term's own mode; negative if late
	Level   act.Level     // how well the town hall knows the applicant
	Twins   []string      // numbers of other running cases of theirs about the same
	Held    []string      // types of documents that the folder has and the case does not use
	Seeing  []act.PartyID // colleagues who opened it in the last few minutes
	Notices []Told
}

// presence is for how long somebody who opened a case is taken to look at it.
const presence = 5 * time.Minute

// Open shows an official of the department a case; the applicant reads about
// it. It fails with [cases.ErrUnknown].
func (o *Office) Open(ctx context.Context, actor act.Actor, id, lang string) (d Desk, err error) {
	var c cases.Case
	err = o.Acts.Do(ctx, actor, act.OpenCase, func(ctx context.Context, tx *act.Tx) error {
		if c, err = cases.Allowed(ctx, tx, id); err != nil {
			return err
		}
		d.At = tx.At
		return cases.Opened(ctx, tx, id)
	})
	if err != nil {
		return Desk{}, cases.Hide(err)
	}
	if d.View, err = o.Cases.View(ctx, c); err != nil {
		return Desk{}, err
	}
	now := o.Now()
	for _, opening := range d.Openings {
		if opening.Person != actor.Person && now.Sub(opening.At) < presence {
			d.Seeing = append(d.Seeing, opening.Person)
		}
	}
	d.Left = c.Clock.Left(o.Calendar, o.Cases.Day(now))
	if d.Held, err = o.Folder.Held(ctx, c.Owner, id); err != nil {
		return Desk{}, err
	}
	if o.Deliveries != nil {
		if d.Notices, err = o.Deliveries.OfCase(ctx, id, lang); err != nil {
			return Desk{}, err
		}
	}
	if d.Twins, err = twins(ctx, o.DB, c); err != nil {
		return Desk{}, err
	}
	_, _, d.Level, err = o.People.Recipient(ctx, c.Owner)
	return d, err
}

// claim gives a case to the official who acts.
func (o *Office) claim(ctx context.Context, tx *act.Tx, c *cases.Case) error {
	first := c.State == cases.Filed
	if first {
		if err := c.Move(cases.Claimed); err != nil {
			return err
		}
	}
	c.Clerk = tx.Actor.Person
	return o.Cases.AddEvent(ctx, tx, c.ID, "desk.event-claimed", first)
}

// mine makes sure that a case is that of the official who acts, and takes it if
// it was free: whoever decides is in charge.
func (o *Office) mine(ctx context.Context, tx *act.Tx, c *cases.Case) error {
	switch c.Clerk {
	case tx.Actor.Person:
		return nil
	case "":
		return o.claim(ctx, tx, c)
	}
	return ErrTaken
}

// Claim takes a case, Release gives it back. A case that a colleague has taken
// fails with [ErrTaken] unless take is set, and a stale edition with [cases.ErrStale].
func (o *Office) Claim(ctx context.Context, actor act.Actor, key, id string, edition int, take bool) error {
	return o.Cases.Do(ctx, actor, act.ClaimCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if !take {
			return o.mine(ctx, tx, c)
		}
		return o.claim(ctx, tx, c)
	})
}

// Release gives a case back to the department. The head can do so for somebody
// who is away.
func (o *Office) Release(ctx context.Context, actor act.Actor, key, id string, edition int) error {
	return o.Cases.Do(ctx, actor, act.ClaimCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if c.Clerk != actor.Person && !actor.Has(act.Head) {
			return ErrTaken
		}
		return o.release(ctx, tx, c)
	})
}

func (o *Office) release(ctx context.Context, tx *act.Tx, c *cases.Case) error {
	switch c.State {
	case cases.Proposed:
		return cases.ErrNotNow // the signatory has it
	case cases.Claimed:
		if err := c.Move(cases.Filed); err != nil {
			return err
		}
	}
	c.Clerk = ""
	return o.Cases.AddEvent(ctx, tx, c.ID, "desk.event-released", false)
}

// Route sends a case to another department, with a reason for the colleagues
// there. What it may open goes along.
func (o *Office) Route(ctx context.Context, actor act.Actor, key, id string, edition int, unit, reason string) error {
	to, err := o.Catalog.Unit(unit)
	if err != nil {
		return ErrUnit
	}
	if !cases.Written(&reason, cases.LongestText) {
		return ErrReason
	}
	return o.Cases.Do(ctx, actor, act.RouteCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if c.Unit == unit {
			return ErrUnit
		}
		if err := o.release(ctx, tx, c); err != nil {
			return err
		}
		c.Unit = unit
		if err := o.Cases.AddEvent(ctx, tx, id, "desk.event-routed", true, to.Title); err != nil {
			return err
		}
		if _, err := o.Cases.AddMessage(ctx, tx, id, cases.Message{For: actor.Person, Staff: true, Unit: actor.Unit, Text: reason, Internal: true}); err != nil {
			return err
		}
		return o.Folder.Reroute(ctx, tx, id, unit)
	})
}

// Note writes an internal note.
func (o *Office) Note(ctx context.Context, actor act.Actor, key, id, text string) error {
	return o.write(ctx, actor, act.NoteCase, key, id, text, nil)
}

// Say writes a message to the applicant, with files that [folder.Office.Store] has
// looked at: they are in the applicant's folder from then on.
func (o *Office) Say(ctx context.Context, actor act.Actor, key, id, text string, files []folder.Document) error {
	return o.write(ctx, actor, act.ReplyMessage, key, id, text, files)
}

// write adds what an official writes to a case, over or not. It is no change of
// the case: a colleague's form stays good.
func (o *Office) write(ctx context.Context, actor act.Actor, verb act.Verb, key, id, text string, files []folder.Document) error {
	m := cases.Message{For: actor.Person, Staff: true, Unit: actor.Unit, Text: text, Internal: verb == act.NoteCase}
	if !cases.Written(&m.Text, cases.LongestText) {
		return cases.ErrText
	}
	var done bool
	return cases.Hide(o.Acts.Once(ctx, actor, verb, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		c, err := cases.Allowed(ctx, tx, id)
		if err != nil {
			return err
		}
		m.Files = nil
		for _, file := range files {
			document, err := o.Folder.Attach(ctx, tx, c.Owner, c.Unit, id, file)
			if err != nil {
				return err
			}
			m.Files = append(m.Files, document)
		}
		message, err := o.Cases.AddMessage(ctx, tx, id, m)
		if err != nil || m.Internal {
			return err
		}
		unit, err := o.Catalog.Unit(c.Unit)
		if err != nil {
			return err
		}
		return o.Cases.Tell(ctx, tx, c, "desk.notice-message", "#mesaje", message, map[string]string(unit.Title))
	}))
}

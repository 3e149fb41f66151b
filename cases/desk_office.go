package cases

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/registry"
)

// The faults that officials meet.
var (
	ErrSelf    = fault.New(fault.Conflict, "cases.self")         // it is their own application
	ErrUnit    = fault.New(fault.Invalid, "cases.no-unit")       // there is no such department, or it has the case
	ErrNothing = fault.New(fault.Invalid, "cases.nothing-asked") // neither a field nor a document
	ErrUntil   = fault.New(fault.Invalid, "cases.no-day")        // over, or later than the law lets the clock stop
	ErrDetail  = fault.New(fault.Invalid, "cases.no-detail")     // nothing for the paper, or too much
	ErrPlain   = fault.New(fault.Invalid, "cases.no-plain")      // nothing for the applicant in plain words, or too much
)

// How long what officials write may be, in characters.
const (
	longestPaper = 20000
	longestPlain = 1000
)

// written trims a text, and reports whether it says something and is not too long.
func written(text *string, most int) bool {
	*text = strings.TrimSpace(*text)
	return *text != "" && utf8.RuneCountInString(*text) <= most
}

// Deliveries tells what became of the notices about a case, in the language of
// who asks: the room notices. It may be asked about any case.
type Deliveries interface {
	OfCase(ctx context.Context, caseID, lang string) ([]Told, error)
}

// A Told is a notice about the case and what became of it.
type Told struct {
	Subject string
	At      time.Time
	States  []string // text keys, by channel
}

// A Filter chooses the cases of a work list. Its zero value shows all that run
// in the official's department.
type Filter struct {
	Mine    bool   // those that the official has taken
	Free    bool   // that nobody has taken
	New     bool   // in which something came in since the official last looked
	Waiting bool   // for the applicant
	Late    bool   // over the term, or within three days of its end
	Sign    bool   // waiting for the official's signature
	Over    bool   // those that are over, instead of those that run
	Service string // key
	Words   string // a registration number, or beginnings of the applicant's names: among all cases, over or not
	Sort    string // "filed", "service"; otherwise by the day they are due
	Page    int    // from 1; of 50
}

// A Row of a work list.
type Row struct {
	ID        string
	Number    string
	Service   string // key
	Name      string // of the applicant
	For       string // who filed it, if it was somebody else
	State     State
	Clerk     act.PartyID
	ClerkName string
	Due       deadline.Date
	Left      int  // days of the term's own mode; negative if late
	Running   bool // the clock runs
	Filed     time.Time
	New       bool // something came in since the official last looked
	Unpaid    bool // the fee is due
}

// A Worklist is one page of the cases of a department, and how many run of each
// kind.
type Worklist struct {
	Rows                                       []Row
	Pages                                      int
	Mine, Team, Free, New, Waiting, Late, Sign int
}

// pageRows is how many rows a page of a work list has.
const pageRows = 50

// soonDays is how many days before its end a term begins to press.
const soonDays = 3

// unitCases is what the work of a department is done to.
func unitCases(actor act.Actor) act.On { return act.On{Subject: "cases", Unit: actor.Unit} }

// Worklist returns the cases of the official's department.
func (o *Office) Worklist(ctx context.Context, actor act.Actor, f Filter) (list Worklist, err error) {
	if err := actor.May(act.OpenCase, unitCases(actor)); err != nil {
		return Worklist{}, err
	}
	today := o.day(o.Now())
	if list, err = countUnit(ctx, o.DB, actor, today.AddDays(soonDays)); err != nil {
		return Worklist{}, err
	}
	found, err := listUnit(ctx, o.DB, actor, f, wanted(f.Words), today.AddDays(soonDays))
	if err != nil {
		return Worklist{}, err
	}
	var people []act.PartyID
	for _, l := range found {
		people = append(people, l.Owner, l.FiledBy, l.Clerk)
		list.Pages = (l.of + pageRows - 1) / pageRows
	}
	names, err := o.People.Names(ctx, people)
	if err != nil {
		return Worklist{}, err
	}
	for _, l := range found {
		due, running := l.Clock.Due(o.Calendar, today)
		row := Row{ID: l.ID, Number: l.Number.String(), Service: l.Service, Name: names[l.Owner], State: l.State, Clerk: l.Clerk, ClerkName: names[l.Clerk],
			Due: due, Left: l.Clock.Left(o.Calendar, today), Running: running, Filed: l.Filed, New: l.isNew, Unpaid: l.unpaid()}
		if l.FiledBy != l.Owner {
			row.For = names[l.FiledBy]
		}
		list.Rows = append(list.Rows, row)
	}
	return list, nil
}

// unpaid reports whether a fee is still due.
func (c *Case) unpaid() bool { return c.Fee > 0 && c.PaidAt.IsZero() && !c.State.Over() }

// A search is what a work list is searched for: a number, or names.
type search struct {
	number        registry.Number
	first, second string // patterns of names
}

// wanted reads words that somebody looks for.
func wanted(words string) search {
	s := search{first: "%", second: "%"}
	if number, err := registry.ParseNumber(words); err == nil {
		s.number = number
		return s
	}
	for i, word := range strings.Fields(fold(words)) {
		if pattern := "% " + word + "%"; i == 0 {
			s.first = pattern
		} else {
			s.second = pattern
		}
	}
	return s
}

// Next returns the case that the official goes on with after another: the first
// that waits for their signature or, of those that are due next, the first that
// is theirs or free. It fails with [ErrUnknown] if there is none.
func (o *Office) Next(ctx context.Context, actor act.Actor, after string) (id string, err error) {
	if actor.May(act.SignCase, unitCases(actor)) == nil {
		if id, err = nextToSign(ctx, o.DB, actor, after); err == nil || !isUnknown(err) {
			return id, err
		}
	}
	if err := actor.May(act.ProposeCase, unitCases(actor)); err != nil {
		return "", ErrUnknown
	}
	return nextToDecide(ctx, o.DB, actor, after)
}

// Take gives the official the free case of the department that is due first:
// never the same one to two of them, and never their own application. It fails
// with [ErrUnknown] if none is free.
func (o *Office) Take(ctx context.Context, actor act.Actor, key string) (id string, err error) {
	err = o.Acts.Once(ctx, actor, act.ClaimCase, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		if id, err = nextFree(ctx, tx, actor); err != nil {
			return err
		}
		_, err := o.change(ctx, tx, id, anyEdition, func(c *Case) error { return o.claim(ctx, tx, c) })
		return err
	})
	return id, err
}

// A Desk is a case as officials see it.
type Desk struct {
	View
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

// hide makes a case that an official may not open look like one that is not.
func hide(err error) error {
	if errors.Is(err, act.ErrRefused) {
		return ErrUnknown
	}
	return err
}

// Open shows an official of the department a case; the applicant reads about
// it. It fails with [ErrUnknown].
func (o *Office) Open(ctx context.Context, actor act.Actor, id, lang string) (d Desk, err error) {
	var c Case
	err = o.Acts.Do(ctx, actor, act.OpenCase, func(ctx context.Context, tx *act.Tx) error {
		if c, err = caseByID(ctx, tx, id); err != nil {
			return err
		}
		if err := tx.Allow(c.on()); err != nil {
			return err
		}
		d.At = tx.At
		if err := markRead(ctx, tx, id, false); err != nil {
			return err
		}
		return noteOpening(ctx, tx, id)
	})
	if err != nil {
		return Desk{}, hide(err)
	}
	if d.View, err = o.view(ctx, o.DB, c); err != nil {
		return Desk{}, err
	}
	if err = o.name(ctx, &d.View); err != nil {
		return Desk{}, err
	}
	now := o.Now()
	for _, opening := range d.Openings {
		if opening.Person != actor.Person && now.Sub(opening.At) < presence {
			d.Seeing = append(d.Seeing, opening.Person)
		}
	}
	d.Left = c.Clock.Left(o.Calendar, o.day(now))
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
func (o *Office) claim(ctx context.Context, tx *act.Tx, c *Case) error {
	first := c.State == Filed
	if first {
		if err := c.Move(Claimed); err != nil {
			return err
		}
	}
	c.Clerk = tx.Actor.Person
	return o.event(ctx, tx, c.ID, "cases.event-claimed", first)
}

// mine makes sure that a case is that of the official who acts, and takes it if
// it was free: whoever decides is in charge.
func (o *Office) mine(ctx context.Context, tx *act.Tx, c *Case) error {
	switch c.Clerk {
	case tx.Actor.Person:
		return nil
	case "":
		return o.claim(ctx, tx, c)
	}
	return ErrTaken
}

// Claim takes a case, Release gives it back. A case that a colleague has taken
// fails with [ErrTaken] unless take is set, and a stale edition with [ErrStale].
func (o *Office) Claim(ctx context.Context, actor act.Actor, key, id string, edition int, take bool) error {
	return hide(o.do(ctx, actor, act.ClaimCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		if !take {
			return o.mine(ctx, tx, c)
		}
		return o.claim(ctx, tx, c)
	}))
}

// Release gives a case back to the department. The head can do so for somebody
// who is away.
func (o *Office) Release(ctx context.Context, actor act.Actor, key, id string, edition int) error {
	return hide(o.do(ctx, actor, act.ClaimCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		if c.Clerk != actor.Person && !actor.Has(act.Head) {
			return ErrTaken
		}
		return o.release(ctx, tx, c)
	}))
}

func (o *Office) release(ctx context.Context, tx *act.Tx, c *Case) error {
	switch c.State {
	case Proposed:
		return ErrNotNow // the signatory has it
	case Claimed:
		if err := c.Move(Filed); err != nil {
			return err
		}
	}
	c.Clerk = ""
	return o.event(ctx, tx, c.ID, "cases.event-released", false)
}

// Route sends a case to another department, with a reason for the colleagues
// there. What it may open goes along.
func (o *Office) Route(ctx context.Context, actor act.Actor, key, id string, edition int, unit, reason string) error {
	to, err := o.Catalog.Unit(unit)
	if err != nil {
		return ErrUnit
	}
	if !written(&reason, longestText) {
		return ErrReason
	}
	return hide(o.do(ctx, actor, act.RouteCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		if c.Unit == unit {
			return ErrUnit
		}
		if err := o.release(ctx, tx, c); err != nil {
			return err
		}
		c.Unit = unit
		if err := o.event(ctx, tx, id, "cases.event-routed", true, to.Title); err != nil {
			return err
		}
		if _, err := o.addMessage(ctx, tx, id, Message{For: actor.Person, Staff: true, Unit: actor.Unit, Text: reason, Internal: true}); err != nil {
			return err
		}
		return o.Folder.Reroute(ctx, tx, id, unit)
	}))
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
	m := Message{For: actor.Person, Staff: true, Unit: actor.Unit, Text: text, Internal: verb == act.NoteCase}
	if !written(&m.Text, longestText) {
		return ErrText
	}
	var done bool
	return hide(o.Acts.Once(ctx, actor, verb, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		c, err := caseByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.Allow(c.on()); err != nil {
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
		message, err := o.addMessage(ctx, tx, id, m)
		if err != nil || m.Internal {
			return err
		}
		unit, err := o.Catalog.Unit(c.Unit)
		if err != nil {
			return err
		}
		return o.tell(ctx, tx, c, "cases.notice-message", "#mesaje", message, map[string]string(unit.Title))
	}))
}

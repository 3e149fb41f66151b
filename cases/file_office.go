package cases

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/text"
	"bega/procedures"
	"bega/registry"
)

// receiptType is the type of document that a proof of registration is.
const receiptType = "dovada-inregistrare"

// errSent says that a draft has become a case already.
var errSent = errors.New("cases: the draft was sent")

// A filing is an application that was looked at, before its act begins.
type filing struct {
	Application
	of        *procedures.Service
	env       procedures.Env
	as        act.Actor // in the folder that it is for
	verb      act.Verb
	documents []folder.Document
	fee       money.Bani
	lines     []procedures.FeeLine
	to        []string // name and address of the applicant
	code      string   // CNP or CUI, masked
	sender    string   // who sent it for them; "" for themselves
	contested Case     // if Objects
	now       bool     // it is answered in the same act
}

// File registers an application: number, receipt, consents, fee and notice are
// one act, and also is called in it. The line of writes is that of the register,
// and the same key or the same draft gives the same case again. It fails with
// [ErrInvalid] if the answers are not what the service asks for, with a [Refusal],
// [ErrClosed] while the service takes none, [act.ErrLevel] and [act.ErrRefused].
//
// What the program answers by itself is answered in the same act. If it cannot, the
// application is filed all the same, and an official answers.
func (o *Office) File(ctx context.Context, actor act.Actor, key string, a Application, also func(ctx context.Context, tx *act.Tx, c Case) error) (Case, error) {
	if c, err := o.sent(ctx, actor, a.Draft); !isUnknown(err) {
		return c, err
	}
	f, err := o.examine(ctx, actor, a)
	if err != nil {
		return Case{}, err
	}
	c, err := o.file(ctx, actor, key, f, also)
	if f.now && err != nil && fault.Of(err).Kind == fault.Unexpected {
		o.unanswered(ctx, err)
		f.now = false
		c, err = o.file(ctx, actor, key, f, also)
	}
	return c, err
}

// file is the act of filing what was examined.
func (o *Office) file(ctx context.Context, actor act.Actor, key string, f filing, also func(ctx context.Context, tx *act.Tx, c Case) error) (Case, error) {
	var id string
	err := o.Acts.Once(ctx, actor, f.verb, key, registry.Line(f.of.Register), &id, func(ctx context.Context, tx *act.Tx) error {
		if _, err := caseByDraft(ctx, tx, f.Draft); !isUnknown(err) {
			return cmp.Or(err, errSent)
		}
		c, err := o.register(ctx, tx, f)
		if err != nil {
			return err
		}
		id = c.ID
		return also(ctx, tx, c)
	})
	if errors.Is(err, errSent) {
		return o.sent(ctx, actor, f.Draft)
	} else if err != nil {
		return Case{}, err
	}
	return caseByID(ctx, o.DB, id)
}

// sent returns what a draft has become, or ErrUnknown if that is nothing yet.
func (o *Office) sent(ctx context.Context, actor act.Actor, draft string) (Case, error) {
	c, err := caseByDraft(ctx, o.DB, draft)
	if err == nil && (c.FiledBy != actor.Person || actor.May(act.AssistCase, c.On()) != nil) {
		err = actor.May(act.ReadCase, c.On())
	}
	return c, err
}

// examine looks at an application once more, whatever was said before: the
// service and its channel, the applicant, the answers and the documents.
func (o *Office) examine(ctx context.Context, actor act.Actor, a Application) (f filing, err error) {
	f = filing{Application: a, as: actor, verb: act.FileCase}
	if a.Owner != "" && a.Owner != actor.For { // somebody at the counter
		f.as, f.verb = act.Actor{Person: actor.Person, For: a.Owner}, act.AssistCase
	}
	if f.of, err = o.Catalog.Version(a.Service, a.Version); err != nil {
		return f, err
	}
	if err := actor.May(f.verb, act.On{Subject: "service " + a.Service, Owner: f.as.For, Service: a.Service}); err != nil {
		return f, err
	}
	if f.env, err = o.Env(ctx, f.as); err != nil {
		return f, err
	}
	if err := o.open(f); err != nil {
		return f, err
	}
	if err := o.identify(ctx, actor, &f); err != nil {
		return f, err
	}
	if a.Objects != "" {
		if f.contested, err = o.contestable(ctx, f.as, a.Objects); err != nil {
			return f, err
		}
	}
	if err := o.check(ctx, &f); err != nil {
		return f, err
	}
	f.now, err = o.atOnce(ctx, actor, f.of, f.Application)
	return f, err
}

// identify finds out who applies, and whether the town hall knows well enough who
// sends it: at the counter, the one who stands there.
func (o *Office) identify(ctx context.Context, actor act.Actor, f *filing) error {
	var level act.Level
	var err error
	if f.to, f.code, level, err = o.People.Recipient(ctx, f.as.For); err != nil {
		return err
	}
	if f.verb == act.FileCase {
		level = actor.Level
	}
	if level < f.of.Level.Assurance() {
		return act.ErrLevel
	}
	if actor.Person == f.as.For {
		return nil
	}
	names, err := o.People.Names(ctx, []act.PartyID{actor.Person})
	f.sender = names[actor.Person]
	return err
}

// open returns nil if the service takes applications of such an applicant today.
// A draft keeps its version, but not a channel that was closed meanwhile.
func (o *Office) open(f filing) error {
	versions := []*procedures.Service{f.of}
	if now, err := o.Catalog.Service(f.of.Key, f.env.Today); err == nil {
		versions = append(versions, now)
	}
	for _, version := range versions {
		if _, closed := version.ClosedOn(f.env.Today); closed {
			return ErrClosed
		}
	}
	if f.of.Effective.After(f.env.Today) || f.env.Applicant.Kind == "firm" && !f.of.Firms || f.env.Applicant.Kind == "person" && !f.of.Persons {
		return ErrInvalid
	}
	return nil
}

// check reads the answers again, finds their documents, and counts the fee.
func (o *Office) check(ctx context.Context, f *filing) error {
	var wrong Wrong
	f.Answers, wrong.Problems = f.of.Parse(f.of.ValuesOf(f.Answers), f.env)
	if len(wrong.Problems) > 0 {
		return &wrong
	}
	used := usedDocuments(f.of, f.Answers)
	var err error
	if f.documents, err = o.documents(ctx, f.as, distinct(append(used, f.Documents...))); err != nil {
		return err
	}
	for _, row := range f.of.Recap(f.Answers, "ro") {
		field, _, _ := f.of.Field(row.Field)
		for _, d := range f.documents {
			if slices.Contains(row.Documents, d.ID) && field.Document != "" && d.Type != field.Document {
				return &Wrong{Missing: []string{field.Document}}
			}
		}
	}
	f.fee, f.lines, err = f.of.FeeFor(f.Answers, f.env.Today)
	if errors.Is(err, procedures.ErrNoFee) {
		return ErrInvalid
	}
	return err
}

// documents returns documents of the actor's folder that can be used today, or
// [ErrInvalid].
func (o *Office) documents(ctx context.Context, actor act.Actor, ids []string) (all []folder.Document, err error) {
	for _, id := range ids {
		d, err := o.Folder.ByID(ctx, actor, id)
		if fault.Of(err).Kind == fault.Missing {
			return nil, ErrInvalid
		} else if err != nil {
			return nil, err
		}
		if !d.ValidOn(o.Day(o.Now())) {
			return nil, &Wrong{Missing: []string{d.Type}}
		}
		all = append(all, d)
	}
	return all, nil
}

// register is the act of filing. The day of registration is that of sending, at
// whatever hour; it does not count (L. 544/2001 art. 7, OG 27/2002 art. 8).
func (o *Office) register(ctx context.Context, tx *act.Tx, f filing) (c Case, err error) {
	actor := tx.Actor
	c = Case{ID: db.NewID(), Service: f.of.Key, Version: f.of.Version, Owner: f.as.For, FiledBy: actor.Person, Mandate: actor.Mandate,
		AtDesk: f.verb == act.AssistCase, Unit: f.of.UnitFor(f.Answers, f.env), State: Filed, Filed: tx.At, Fee: f.fee, Objects: f.Objects, Came: tx.At}
	if err := tx.Allow(c.On()); err != nil {
		return c, err
	}
	if c.Number, err = o.Registry.Register(ctx, tx, registry.Arrival{Register: f.of.Register, Unit: c.Unit, Sender: c.Owner, Service: c.Service,
		Case: c.ID, Annexes: len(f.documents)}); err != nil {
		return c, err
	}
	c.Clock = clockOf(f.of, c.Number.Day)
	o.settle(&c, tx.At)
	if c.Fee > 0 {
		due := Due{Case: c, Lines: f.lines, Total: c.Fee, Account: f.of.Fee.Account}
		if c.Order, err = o.Fees.Order(ctx, tx, due); err != nil {
			return c, err
		}
	}
	if c.Receipt, err = o.IssueDocument(ctx, tx, c, registry.Receipt, receiptType, o.receipt(c, f), deadline.Date{}); err != nil {
		return c, err
	}
	var p Proposal
	if f.now {
		if p, err = o.answer(ctx, tx, &c, f); err != nil {
			return c, err
		}
	}
	if err := insertCase(ctx, tx, c, cmp.Or(f.Draft, c.ID), text.FoldWords(f.to[0])); err != nil {
		return c, err
	}
	if err := o.addAnswers(ctx, tx, c.ID, f.Answers); err != nil {
		return c, err
	}
	if f.now { // nobody has to open anything
		_, err = o.AddProposal(ctx, tx, c.ID, p)
	} else {
		err = o.consent(ctx, tx, c, f.documents)
	}
	if err != nil {
		return c, err
	}
	return c, o.announce(ctx, tx, c, f)
}

// clockOf returns the clock of a case that was registered on a day.
func clockOf(s *procedures.Service, day deadline.Date) deadline.Clock {
	clock := deadline.Clock{Start: day, Term: s.Term, Pause: s.Pause, Cap: s.Cap}
	if s.Start == procedures.AtComplete {
		clock.Pause = deadline.Restart
	}
	return clock
}

// consent lets the department in charge use documents of the folder, for this
// case alone.
func (o *Office) consent(ctx context.Context, tx *act.Tx, c Case, documents []folder.Document) error {
	var ids []string
	for _, d := range documents {
		ids = append(ids, d.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	return o.Folder.Consent(ctx, tx, c.ID, c.Unit, ids)
}

// announce says that a case was registered: to its owner, and in its history and
// that of the case which it contests.
func (o *Office) announce(ctx context.Context, tx *act.Tx, c Case, f filing) error {
	event, args := "cases.event-filed", []any{c.Number.String()}
	if unit, err := o.Catalog.Unit(tx.Actor.Unit); c.AtDesk && err == nil {
		event, args = "cases.event-assisted", append(args, unit.Title)
	}
	if err := o.AddEvent(ctx, tx, c.ID, event, true, args...); err != nil {
		return err
	}
	if c.Objects != "" {
		if err := o.AddEvent(ctx, tx, c.Objects, "cases.event-contested", true, c.Number.String()); err != nil {
			return err
		}
		if err := o.TellStaff(ctx, tx, f.contested, []act.PartyID{f.contested.Clerk}, "cases.contested", c.ID, c.Number.String()); err != nil {
			return err
		}
	}
	if f.now {
		if err := o.AddEvent(ctx, tx.As(act.Machine, tx.Verb), c.ID, "cases.event-approved", true); err != nil {
			return err
		}
		return o.Tell(ctx, tx, c, "cases.approved", "", "filed "+c.ID, map[string]string(f.of.Decision.Title))
	}
	if c.Due.IsZero() {
		return o.Tell(ctx, tx, c, "cases.filed-open", "", "filed "+c.ID, map[string]string(f.of.Title))
	}
	return o.Tell(ctx, tx, c, "cases.filed", "", "filed "+c.ID, map[string]string(f.of.Title), c.Due)
}

package cases

import (
	"context"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/procedures"
	"bega/registry"
)

// usualDays is how long an answer is usually awaited where the law does not say.
const usualDays = 10

// AskUntil returns until when an answer is usually awaited that is asked for
// today: as long as the clock may stop for it.
func (o *Office) AskUntil(c Case) deadline.Date {
	today := o.day(o.Now())
	if c.Clock.Cap.IsZero() {
		return o.Calendar.NextWorking(today.AddDays(usualDays))
	}
	return o.Calendar.End(today, c.Clock.Cap)
}

// prepared is what a paper needs of other rooms, which an act cannot ask.
type prepared struct {
	View
	to      []string // name and address of the applicant
	signers []string
}

// edition returns which edition a paper is about: that which the official saw.
func (w prepared) edition(seen int) int {
	if seen == anyEdition {
		return w.Edition
	}
	return seen
}

// prepare reads a case for a paper that officials sign. It fails with
// [ErrUnknown] for whoever may not do verb to it.
func (o *Office) prepare(ctx context.Context, actor act.Actor, verb act.Verb, id string, signers func(p *Proposal) []act.PartyID) (w prepared, err error) {
	c, err := caseByID(ctx, o.DB, id)
	if err != nil {
		return prepared{}, err
	}
	if err := actor.May(verb, c.on()); err != nil {
		return prepared{}, hide(err)
	}
	if c.Owner == actor.Person || c.FiledBy == actor.Person {
		return prepared{}, ErrSelf // Codul administrativ art. 445: nobody takes part in what concerns them
	}
	if w.View, err = o.view(ctx, o.DB, c); err != nil {
		return prepared{}, err
	}
	if w.to, _, _, err = o.People.Recipient(ctx, c.Owner); err != nil {
		return prepared{}, err
	}
	who := signers(w.Proposal)
	names, err := o.People.Names(ctx, who)
	for _, one := range who {
		w.signers = append(w.signers, names[one])
	}
	return w, err
}

// alone is for papers that the one who acts signs.
func alone(actor act.Actor) func(*Proposal) []act.PartyID {
	return func(*Proposal) []act.PartyID { return []act.PartyID{actor.Person} }
}

// Ask asks the applicant for what is missing; the clock stops as the service says.
// It fails with [ErrHeld] for a document of a type that the folder has, unless
// Reason says why (OUG 41/2016 art. 2^1), and with [ErrText], [ErrNothing],
// [ErrUntil], [ErrTaken], [ErrNotNow]. The empty Until means the usual: see
// [Office.AskUntil].
func (o *Office) Ask(ctx context.Context, actor act.Actor, key, id string, edition int, ask Ask) error {
	w, err := o.prepare(ctx, actor, act.AskMissing, id, alone(actor))
	if err != nil {
		return err
	}
	held, err := o.Folder.Held(ctx, w.Owner, id)
	if err != nil {
		return err
	}
	for _, typ := range ask.Documents {
		if _, err := o.Catalog.DocumentType(typ); err != nil {
			return ErrNothing
		}
	}
	today := o.day(o.Now())
	if ask.Until.IsZero() {
		ask.Until = o.AskUntil(w.Case)
	}
	if err := ask.check(w.Of, held, today, o.AskUntil(w.Case)); err != nil {
		return err
	}
	what := o.missing(w.Of, ask)
	return hide(o.do(ctx, actor, act.AskMissing, key, id, w.edition(edition), func(ctx context.Context, tx *act.Tx, c *Case) error {
		if err := o.mine(ctx, tx, c); err != nil {
			return err
		}
		if err := c.Move(Asked); err != nil {
			return err
		}
		// OUG 27/2003 art. 6: what is asked for too near to the end stops nothing.
		if !w.Of.Tacit || c.Clock.Left(o.Calendar, today) >= w.Of.DefectDays {
			c.Pause(today)
		}
		half, soon := remindDays(today, ask.Until)
		askID, err := o.addAsk(ctx, tx, id, ask, half, soon)
		if err != nil {
			return err
		}
		if err := o.event(ctx, tx, id, "cases.event-asked", true, what, ask.Until); err != nil {
			return err
		}
		paper := o.request(w.View, ask, what.In("ro"), w.to, w.signers, today)
		if _, err := o.issue(ctx, tx, *c, registry.Request, paper.Type, o.document(paper, c.Unit), deadline.Date{}); err != nil {
			return err
		}
		return o.tell(ctx, tx, *c, "cases.notice-asked", "/completare/"+askID, askID, ask.Until, map[string]string(what), ask.Text)
	}))
}

// check returns what is wrong with a request that is made on a day.
func (a *Ask) check(s *procedures.Service, held []string, today, last deadline.Date) error {
	if !written(&a.Text, longestText) {
		return ErrText
	}
	if len(a.Fields)+len(a.Documents) == 0 {
		return ErrNothing
	}
	for _, key := range a.Fields {
		if _, _, ok := s.Field(key); !ok {
			return ErrNothing
		}
	}
	if !written(&a.Reason, longestText) && slices.ContainsFunc(a.Documents, func(typ string) bool { return slices.Contains(held, typ) }) {
		return ErrHeld
	}
	if !a.Until.After(today) || a.Until.After(last) && !last.IsZero() {
		return ErrUntil
	}
	return nil
}

// missing says what a request is about, in a few words of each language.
func (o *Office) missing(s *procedures.Service, a Ask) procedures.Text {
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

// Extend prolongs the term where the law lets the town hall, with a reason. It
// fails with [ErrReason], [ErrExtended], and [ErrNotNow] where there is nothing to
// prolong or the term is over.
func (o *Office) Extend(ctx context.Context, actor act.Actor, key, id string, edition int, reason string) error {
	if !written(&reason, longestText) {
		return ErrReason
	}
	return hide(o.do(ctx, actor, act.ExtendTerm, key, id, edition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		s, err := o.service(*c)
		if err != nil {
			return err
		}
		today := o.day(tx.At)
		switch {
		case len(c.Clock.Extensions) > 0: // OG 27/2002 art. 9: once
			return ErrExtended
		case s.Extension.IsZero() || c.Clock.Lapsed(o.Calendar, today):
			return ErrNotNow
		}
		c.Clock.Extensions = append(c.Clock.Extensions, deadline.Extension{Term: s.Extension})
		due, _ := c.Clock.Due(o.Calendar, today)
		if err := o.event(ctx, tx, id, "cases.event-extended", true, due, reason); err != nil {
			return err
		}
		return o.tell(ctx, tx, *c, "cases.notice-extended", "", "extended", due, reason)
	}))
}

// check returns what is wrong with a proposal.
func (p *Proposal) check(s *procedures.Service) error {
	switch p.Outcome {
	case Approve:
		if !written(&p.Text, longestPaper) && (p.Text != "" || len(s.Decision.Body) == 0) {
			return ErrDetail
		}
		return nil
	case Refuse: // OG 27/2002 art. 8, L. 544/2001 art. 22: with reasons
		if _, ok := s.Reason(p.Reason); !ok {
			return ErrReason
		}
	case Close:
		p.Reason = ""
	default:
		return ErrInvalid
	}
	if !written(&p.Detail, longestPaper) {
		return ErrDetail
	}
	if !written(&p.Plain, longestPlain) {
		return ErrPlain
	}
	return nil
}

// Preview returns what the decision would say that a proposal leads to, however
// far it is.
func (o *Office) Preview(ctx context.Context, actor act.Actor, id string, p Proposal) (Paper, error) {
	w, err := o.prepare(ctx, actor, act.OpenCase, id, func(open *Proposal) []act.PartyID {
		if open != nil && p.ID == open.ID && p.ID != "" {
			return []act.PartyID{open.By, open.SignedBy}
		}
		return []act.PartyID{actor.Person}
	})
	if err != nil {
		return Paper{}, err
	}
	return o.decision(w.View, p, w.to, w.signers, o.day(o.Now())), nil
}

// Propose decides, as the clerk in charge, or whoever takes charge of a free case
// by that. Where the service wants one signature, that is the decision; otherwise
// it waits for the second. It fails with [ErrReason], [ErrDetail], [ErrPlain],
// [ErrTaken], [ErrSelf], [ErrNotNow].
func (o *Office) Propose(ctx context.Context, actor act.Actor, key, id string, edition int, p Proposal) error {
	w, err := o.prepare(ctx, actor, act.ProposeCase, id, alone(actor))
	if err != nil {
		return err
	}
	if err := p.check(w.Of); err != nil {
		return err
	}
	today := o.day(o.Now())
	if slices.Equal(lines(p.Text), o.decisionText(w.View, w.to, today, o.validity(w.Of, today))) {
		p.Text = "" // as it was: on the day of the signature, it says that day
	}
	signatories, err := o.People.Staff(ctx, w.Unit, act.Signatory)
	if err != nil {
		return err
	}
	return hide(o.do(ctx, actor, act.ProposeCase, key, id, w.edition(edition), func(ctx context.Context, tx *act.Tx, c *Case) error {
		if err := o.mine(ctx, tx, c); err != nil {
			return err
		}
		p.By, p.At = actor.Person, tx.At
		if !w.Of.Decision.SecondSignature {
			p.SignedBy, p.SignedAt = p.By, p.At
			if p.Paper, err = o.issueDecision(ctx, tx, *c, w, p); err != nil {
				return err
			}
			if _, err := o.addProposal(ctx, tx, id, p); err != nil {
				return err
			}
			return o.decide(ctx, tx, c, w, p)
		}
		if err := c.Move(Proposed); err != nil {
			return err
		}
		proposal, err := o.addProposal(ctx, tx, id, p)
		if err != nil {
			return err
		}
		if err := o.event(ctx, tx, id, "cases.event-proposed", false); err != nil {
			return err
		}
		others := slices.DeleteFunc(signatories, func(id act.PartyID) bool { return id == actor.Person })
		return o.tellStaff(ctx, tx, *c, others, "cases.notice-sign", proposal)
	}))
}

// Sign signs a proposal as the second person, never one's own: [ErrOwn]. The
// sealed decision is then in the folder, and the applicant is told.
func (o *Office) Sign(ctx context.Context, actor act.Actor, key, id string, edition int) error {
	w, err := o.prepare(ctx, actor, act.SignCase, id, func(open *Proposal) []act.PartyID {
		if open == nil {
			return nil
		}
		return []act.PartyID{open.By, actor.Person}
	})
	if err != nil {
		return err
	}
	return hide(o.do(ctx, actor, act.SignCase, key, id, w.edition(edition), func(ctx context.Context, tx *act.Tx, c *Case) error {
		if c.State != Proposed {
			return ErrNotNow
		}
		p, err := o.proposal(ctx, tx, id)
		if err != nil {
			return err
		}
		p.SignedBy, p.SignedAt = actor.Person, tx.At
		if p.Paper, err = o.issueDecision(ctx, tx, *c, w, p); err != nil {
			return err
		}
		if err := signProposal(ctx, tx, p); err != nil {
			return err
		}
		return o.decide(ctx, tx, c, w, p)
	}))
}

// issueDecision issues the paper of a decision on the day of the act.
func (o *Office) issueDecision(ctx context.Context, tx *act.Tx, c Case, w prepared, p Proposal) (code string, err error) {
	paper := o.decision(w.View, p, w.to, w.signers, o.day(tx.At))
	return o.issue(ctx, tx, c, registry.Decision, paper.Type, o.document(paper, c.Unit), paper.Until)
}

// decide ends a case with a signed decision, and tells the applicant.
func (o *Office) decide(ctx context.Context, tx *act.Tx, c *Case, w prepared, p Proposal) error {
	end := map[Outcome]struct {
		state         State
		event, notice string
		says          any
	}{
		Approve: {Approved, "cases.event-approved", "cases.notice-approved", map[string]string(w.Of.Decision.Title)},
		Refuse:  {Refused, "cases.event-refused", "cases.notice-refused", p.Plain},
		Close:   {Closed, "cases.event-closed", "cases.notice-closed", p.Plain},
	}[p.Outcome]
	if err := o.finish(ctx, tx, c, end.state); err != nil {
		return err
	}
	if p.Outcome != Approve && c.Order != "" && c.PaidAt.IsZero() {
		if err := o.Fees.Cancel(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if err := o.event(ctx, tx, c.ID, end.event, true); err != nil {
		return err
	}
	return o.tell(ctx, tx, *c, end.notice, "", "decided", end.says)
}

// Return sends a proposal back to the clerk, with a reason.
func (o *Office) Return(ctx context.Context, actor act.Actor, key, id string, edition int, reason string) error {
	if !written(&reason, longestText) {
		return ErrReason
	}
	return hide(o.do(ctx, actor, act.ReturnCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		if c.State != Proposed {
			return ErrNotNow
		}
		if err := o.returnProposal(ctx, tx, id, reason); err != nil {
			return err
		}
		if err := c.Move(Claimed); err != nil {
			return err
		}
		if err := o.event(ctx, tx, id, "cases.event-returned", false, reason); err != nil {
			return err
		}
		return o.tellStaff(ctx, tx, *c, []act.PartyID{c.Clerk}, "cases.notice-returned", "returned "+tx.At.String())
	}))
}

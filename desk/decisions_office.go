package desk

import (
	"context"
	"slices"
	"strings"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/procedures"
	"bega/registry"
)

// How long what officials write may be, in characters.
const (
	longestPaper = 20000
	longestPlain = 1000
)

// usualDays is how long an answer is usually awaited where the law does not say.
const usualDays = 10

// AskUntil returns until when an answer is usually awaited that is asked for
// today: as long as the clock may stop for it.
func (o *Office) AskUntil(c cases.Case) deadline.Date {
	today := o.today()
	if c.Clock.Cap.IsZero() {
		return o.Calendar.NextWorking(today.AddDays(usualDays))
	}
	return o.Calendar.End(today, c.Clock.Cap)
}

// prepared is what a paper needs of other rooms, which an act cannot ask.
type prepared struct {
	cases.View
	to      []string // name and address of the applicant
	signers []string
}

// edition returns which edition a paper is about: that which the official saw.
func (w prepared) edition(seen int) int {
	if seen == cases.AnyEdition {
		return w.Edition
	}
	return seen
}

// prepare reads a case for a paper that officials sign. It fails with
// [cases.ErrUnknown] for whoever may not do verb to it.
func (o *Office) prepare(ctx context.Context, actor act.Actor, verb act.Verb, id string, signers func(p *cases.Proposal) []act.PartyID) (w prepared, err error) {
	c, err := o.Cases.For(ctx, actor, verb, id)
	if err != nil {
		return prepared{}, err
	}
	if c.Owner == actor.Person || c.FiledBy == actor.Person {
		return prepared{}, ErrSelf // Codul administrativ art. 445: nobody takes part in what concerns them
	}
	if w.View, err = o.Cases.View(ctx, c); err != nil {
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
func alone(actor act.Actor) func(*cases.Proposal) []act.PartyID {
	return func(*cases.Proposal) []act.PartyID { return []act.PartyID{actor.Person} }
}

// Ask asks the applicant for what is missing; the clock stops as the service says.
// It fails with [ErrHeld] for a document of a type that the folder has, unless
// Reason says why (OUG 41/2016 art. 2^1), and with [cases.ErrText], [ErrNothing],
// [ErrUntil], [ErrTaken], [cases.ErrNotNow]. The empty Until means the usual: see
// [Office.AskUntil].
func (o *Office) Ask(ctx context.Context, actor act.Actor, key, id string, edition int, ask cases.Ask) error {
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
	today := o.today()
	if ask.Until.IsZero() {
		ask.Until = o.AskUntil(w.Case)
	}
	if err := checkAsk(&ask, w.Of, held, today, o.AskUntil(w.Case)); err != nil {
		return err
	}
	what := o.Cases.Missing(w.Of, ask)
	return o.Cases.Do(ctx, actor, act.AskMissing, key, id, w.edition(edition), func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if err := o.mine(ctx, tx, c); err != nil {
			return err
		}
		if err := c.Move(cases.Asked); err != nil {
			return err
		}
		// OUG 27/2003 art. 6: what is asked for too near to the end stops nothing.
		if !w.Of.Tacit || c.Clock.Left(o.Calendar, today) >= w.Of.DefectDays {
			c.Pause(today)
		}
		askID, err := o.Cases.AddAsk(ctx, tx, id, ask)
		if err != nil {
			return err
		}
		if err := o.Cases.AddEvent(ctx, tx, id, "desk.event-asked", true, what, ask.Until); err != nil {
			return err
		}
		if _, err := o.Cases.Issue(ctx, tx, *c, registry.Request, o.request(w, ask, what.In("ro"), today)); err != nil {
			return err
		}
		return o.Cases.Tell(ctx, tx, *c, "desk.notice-asked", "/completare/"+askID, askID, ask.Until, map[string]string(what), ask.Text)
	})
}

// requestType is the type of document that a request is.
const requestType = "solicitare-completare"

// request returns the paper that asks for what is missing.
func (o *Office) request(w prepared, a cases.Ask, what string, day deadline.Date) cases.Paper {
	t, title, number := o.Texts.For("ro"), w.Of.Title.In("ro"), w.Number.String()
	paper := cases.Paper{Type: requestType, Title: t.T("desk.paper-request"), Subject: title, Number: number, Day: procedures.SayDate(t, day),
		Recipient: w.to, Plain: t.T("desk.paper-request-plain", what, procedures.SayDate(t, a.Until)),
		Paragraphs: append([]string{t.T("desk.paper-request-intro", title, number)}, cases.Lines(a.Text)...)}
	for _, name := range w.signers {
		paper.Signers = append(paper.Signers, cases.Signer{Name: name})
	}
	return paper
}

// checkAsk returns what is wrong with a request that is made on a day.
func checkAsk(a *cases.Ask, s *procedures.Service, held []string, today, last deadline.Date) error {
	if !cases.Written(&a.Text, cases.LongestText) {
		return cases.ErrText
	}
	if len(a.Fields)+len(a.Documents) == 0 {
		return ErrNothing
	}
	for _, key := range a.Fields {
		if _, _, ok := s.Field(key); !ok {
			return ErrNothing
		}
	}
	if !cases.Written(&a.Reason, cases.LongestText) && slices.ContainsFunc(a.Documents, func(typ string) bool { return slices.Contains(held, typ) }) {
		return ErrHeld
	}
	if !a.Until.After(today) || a.Until.After(last) && !last.IsZero() {
		return ErrUntil
	}
	return nil
}

// Extend prolongs the term where the law lets the town hall, with a reason. It
// fails with [ErrReason], [ErrExtended], and [cases.ErrNotNow] where there is nothing to
// prolong or the term is over.
func (o *Office) Extend(ctx context.Context, actor act.Actor, key, id string, edition int, reason string) error {
	if !cases.Written(&reason, cases.LongestText) {
		return ErrReason
	}
	return o.Cases.Do(ctx, actor, act.ExtendTerm, key, id, edition, func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		s, err := o.Cases.Service(*c)
		if err != nil {
			return err
		}
		today := o.Cases.Day(tx.At)
		switch {
		case len(c.Clock.Extensions) > 0: // OG 27/2002 art. 9: once
			return ErrExtended
		case s.Extension.IsZero() || c.Clock.Lapsed(o.Calendar, today):
			return cases.ErrNotNow
		}
		c.Clock.Extensions = append(c.Clock.Extensions, deadline.Extension{Term: s.Extension})
		due, _ := c.Clock.Due(o.Calendar, today)
		if err := o.Cases.AddEvent(ctx, tx, id, "desk.event-extended", true, due, reason); err != nil {
			return err
		}
		return o.Cases.Tell(ctx, tx, *c, "desk.notice-extended", "", "extended", due, reason)
	})
}

// checkProposal returns what is wrong with a proposal.
func checkProposal(p *cases.Proposal, s *procedures.Service) error {
	switch p.Outcome {
	case cases.Approve:
		if !cases.Written(&p.Text, longestPaper) && (p.Text != "" || len(s.Decision.Body) == 0) {
			return ErrDetail
		}
		return nil
	case cases.Refuse: // OG 27/2002 art. 8, L. 544/2001 art. 22: with reasons
		if _, ok := s.Reason(p.Reason); !ok {
			return ErrReason
		}
	case cases.Close:
		p.Reason = ""
	default:
		return cases.ErrInvalid
	}
	if !cases.Written(&p.Detail, longestPaper) {
		return ErrDetail
	}
	if !cases.Written(&p.Plain, longestPlain) {
		return ErrPlain
	}
	return nil
}

// Preview returns what the decision would say that a proposal leads to, however
// far it is.
func (o *Office) Preview(ctx context.Context, actor act.Actor, id string, p cases.Proposal) (cases.Paper, error) {
	w, err := o.prepare(ctx, actor, act.OpenCase, id, func(open *cases.Proposal) []act.PartyID {
		if open != nil && p.ID == open.ID && p.ID != "" {
			return []act.PartyID{open.By, open.SignedBy}
		}
		return []act.PartyID{actor.Person}
	})
	if err != nil {
		return cases.Paper{}, err
	}
	return o.Cases.Decision(w.View, p, w.to, w.signers, o.today()), nil
}

// Propose decides, as the clerk in charge, or whoever takes charge of a free case
// by that. Where the service wants one signature, that is the decision; otherwise
// it waits for the second. It fails with [ErrReason], [ErrDetail], [ErrPlain],
// [ErrTaken], [ErrSelf], [cases.ErrNotNow].
func (o *Office) Propose(ctx context.Context, actor act.Actor, key, id string, edition int, p cases.Proposal) error {
	w, err := o.prepare(ctx, actor, act.ProposeCase, id, alone(actor))
	if err != nil {
		return err
	}
	if err := checkProposal(&p, w.Of); err != nil {
		return err
	}
	today := o.today()
	if usual := o.Cases.Decision(w.View, cases.Proposal{Outcome: cases.Approve}, w.to, nil, today); strings.Join(cases.Lines(p.Text), "\n\n") == usual.Text {
		p.Text = "" // as it was: on the day of the signature, it says that day
	}
	signatories, err := o.People.Staff(ctx, w.Unit, act.Signatory)
	if err != nil {
		return err
	}
	return o.Cases.Do(ctx, actor, act.ProposeCase, key, id, w.edition(edition), func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if err := o.mine(ctx, tx, c); err != nil {
			return err
		}
		p.By, p.At = actor.Person, tx.At
		if by := o.Cases.Answerer(w.Of); by != nil && p.Outcome == cases.Approve {
			p.Text = "" // it says what the program knows
			if p.Paper, err = by.Answer(ctx, tx, *c, w.Answers); err != nil {
				return err
			}
			return o.end(ctx, tx, c, w, p)
		}
		if !w.Of.Decision.SecondSignature {
			if p.Paper, err = o.issueDecision(ctx, tx, *c, w, p); err != nil {
				return err
			}
			return o.end(ctx, tx, c, w, p)
		}
		if err := c.Move(cases.Proposed); err != nil {
			return err
		}
		proposal, err := o.Cases.AddProposal(ctx, tx, id, p)
		if err != nil {
			return err
		}
		if err := o.Cases.AddEvent(ctx, tx, id, "desk.event-proposed", false); err != nil {
			return err
		}
		others := slices.DeleteFunc(signatories, func(id act.PartyID) bool { return id == actor.Person })
		return o.Cases.TellStaff(ctx, tx, *c, others, "desk.notice-sign", proposal)
	})
}

// end ends a case with a decision of one signature, whose paper was issued.
func (o *Office) end(ctx context.Context, tx *act.Tx, c *cases.Case, w prepared, p cases.Proposal) error {
	p.SignedBy, p.SignedAt = p.By, p.At
	if _, err := o.Cases.AddProposal(ctx, tx, c.ID, p); err != nil {
		return err
	}
	return o.decide(ctx, tx, c, w, p)
}

// Approval prepares the approval of a case that is a part of the act of another room,
// such as the one that enters what was declared: end ends the case in that act, in the
// edition that it has now. Plain is for the applicant. It fails as [Office.Propose] does.
func (o *Office) Approval(ctx context.Context, actor act.Actor, id, plain string) (end func(ctx context.Context, tx *act.Tx) error, err error) {
	w, err := o.prepare(ctx, actor, act.ProposeCase, id, alone(actor))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *act.Tx) error {
		tx = tx.As(actor, act.ProposeCase)
		p := cases.Proposal{Outcome: cases.Approve, Plain: plain, By: actor.Person, At: tx.At}
		_, err := o.Cases.Change(ctx, tx, id, w.Edition, func(c *cases.Case) (err error) {
			if err := o.mine(ctx, tx, c); err != nil {
				return err
			}
			if p.Paper, err = o.issueDecision(ctx, tx, *c, w, p); err != nil {
				return err
			}
			return o.end(ctx, tx, c, w, p)
		})
		if err != nil {
			return err
		}
		return tx.Enter(ctx)
	}, nil
}

// Sign signs a proposal as the second person, never one's own: [cases.ErrOwn]. The
// sealed decision is then in the folder, and the applicant is told.
func (o *Office) Sign(ctx context.Context, actor act.Actor, key, id string, edition int) error {
	w, err := o.prepare(ctx, actor, act.SignCase, id, func(open *cases.Proposal) []act.PartyID {
		if open == nil {
			return nil
		}
		return []act.PartyID{open.By, actor.Person}
	})
	if err != nil {
		return err
	}
	return o.Cases.Do(ctx, actor, act.SignCase, key, id, w.edition(edition), func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if c.State != cases.Proposed {
			return cases.ErrNotNow
		}
		p, err := o.Cases.Proposal(ctx, tx, id)
		if err != nil {
			return err
		}
		p.SignedBy, p.SignedAt = actor.Person, tx.At
		if p.Paper, err = o.issueDecision(ctx, tx, *c, w, p); err != nil {
			return err
		}
		if err := cases.SignProposal(ctx, tx, p); err != nil {
			return err
		}
		return o.decide(ctx, tx, c, w, p)
	})
}

// issueDecision issues the paper of a decision on the day of the act.
func (o *Office) issueDecision(ctx context.Context, tx *act.Tx, c cases.Case, w prepared, p cases.Proposal) (code string, err error) {
	return o.Cases.Issue(ctx, tx, c, registry.Decision, o.Cases.Decision(w.View, p, w.to, w.signers, o.Cases.Day(tx.At)))
}

// decide ends a case with a signed decision, and tells the applicant.
func (o *Office) decide(ctx context.Context, tx *act.Tx, c *cases.Case, w prepared, p cases.Proposal) error {
	end := map[cases.Outcome]struct {
		state         cases.State
		event, notice string
		says          any
	}{
		cases.Approve: {cases.Approved, "desk.event-approved", "desk.notice-approved", map[string]string(w.Of.Decision.Title)},
		cases.Refuse:  {cases.Refused, "desk.event-refused", "desk.notice-refused", p.Plain},
		cases.Close:   {cases.Closed, "desk.event-closed", "desk.notice-closed", p.Plain},
	}[p.Outcome]
	if err := o.Cases.Finish(ctx, tx, c, end.state); err != nil {
		return err
	}
	if err := o.Cases.AddEvent(ctx, tx, c.ID, end.event, true); err != nil {
		return err
	}
	return o.Cases.Tell(ctx, tx, *c, end.notice, "", "decided", end.says)
}

// Return sends a proposal back to the clerk, with a reason.
func (o *Office) Return(ctx context.Context, actor act.Actor, key, id string, edition int, reason string) error {
	if !cases.Written(&reason, cases.LongestText) {
		return ErrReason
	}
	return o.Cases.Do(ctx, actor, act.ReturnCase, key, id, edition, func(ctx context.Context, tx *act.Tx, c *cases.Case) error {
		if c.State != cases.Proposed {
			return cases.ErrNotNow
		}
		if err := o.Cases.ReturnProposal(ctx, tx, id, reason); err != nil {
			return err
		}
		if err := c.Move(cases.Claimed); err != nil {
			return err
		}
		if err := o.Cases.AddEvent(ctx, tx, id, "desk.event-returned", false, reason); err != nil {
			return err
		}
		return o.Cases.TellStaff(ctx, tx, *c, []act.PartyID{c.Clerk}, "desk.notice-returned", "returned "+tx.At.String())
	})
}

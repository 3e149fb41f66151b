package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/procedures"
	"bega/registry"
)

// farthest is how many days before the end of a term a clerk is reminded at most,
// whatever a service says.
const farthest = 60

// Tick carries out what the calendar brings: tacit approvals, pauses whose limit
// is over, reminders to applicants and clerks, escalation to the head. It may run
// at any time and twice: each consequence is an act of its own that finds out
// whether there is still something to do. A case in which that fails does not
// keep others from theirs.
func (o *Office) Tick(ctx context.Context) error {
	today := o.Day(o.Now())
	var failed error
	note := func(id string, err error) {
		if err != nil && !errors.Is(err, errDone) && !errors.Is(err, ErrStale) && !errors.Is(err, ErrOver) {
			failed = errors.Join(failed, fmt.Errorf("case %s: %w", id, err))
		}
	}
	ids, err := waiting(ctx, o.DB)
	if err != nil {
		return err
	}
	for _, id := range ids {
		note(id, o.await(ctx, id, today))
	}
	all, err := timed(ctx, o.DB, today.AddDays(farthest), today)
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, c := range all {
		note(c.ID, o.hurry(ctx, c, today))
	}
	return failed
}

// await looks after a case in which something was asked for: it reminds the
// applicant, and goes on without an answer when the law lets nobody wait longer.
func (o *Office) await(ctx context.Context, id string, today deadline.Date) error {
	c, err := caseByID(ctx, o.DB, id)
	if err != nil {
		return err
	}
	all, err := o.asks(ctx, o.DB, id)
	if err != nil {
		return err
	}
	ask, open := View{Asks: all}.Waiting()
	if !open {
		return nil
	}
	last, limited := c.Clock.CapEnds(o.Calendar)
	if !limited {
		last = ask.Until
	}
	switch {
	case today.After(last):
		return o.goOn(ctx, c, last)
	case reached(ask.soon, today), reached(ask.half, today):
		return o.remindOf(ctx, c, ask, today)
	}
	return nil
}

// reached reports whether a day has come; no day never does.
func reached(day, today deadline.Date) bool { return !day.IsZero() && !day.After(today) }

// goOn gives a case back to the clerk after the last day on which an answer was
// awaited. The clock runs from the next day.
func (o *Office) goOn(ctx context.Context, c Case, last deadline.Date) error {
	return o.lapse(ctx, c, func(ctx context.Context, tx *act.Tx, c *Case) error {
		to := Claimed
		if c.Clerk == "" {
			to = Filed
		}
		if err := c.Move(to); err != nil {
			return err
		}
		c.Resume(last.AddDays(1))
		if err := lapseAsk(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := o.AddEvent(ctx, tx, c.ID, "cases.event-unanswered", true, last); err != nil {
			return err
		}
		if err := o.Tell(ctx, tx, *c, "cases.unanswered", "", "unanswered "+last.String(), last); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, *c, []act.PartyID{c.Clerk}, "cases.no-answer", "unanswered "+last.String(), last)
	})
}

// lapse has the program change a case as it was read, because a term is over.
func (o *Office) lapse(ctx context.Context, read Case, fn func(ctx context.Context, tx *act.Tx, c *Case) error) error {
	return o.Acts.Do(ctx, act.Machine, act.LapseCase, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Change(ctx, tx, read.ID, read.Edition, func(c *Case) error { return fn(ctx, tx, c) })
		return err
	})
}

// remindOf reminds the applicant of what was asked for. Of two reminders that are
// due, the first is left out.
func (o *Office) remindOf(ctx context.Context, c Case, ask Ask, today deadline.Date) error {
	return o.Acts.Do(ctx, act.Machine, act.RemindCase, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(c.On()); err != nil {
			return err
		}
		soon := reached(ask.soon, today)
		if err := remindedOf(ctx, tx, ask.ID, soon); err != nil {
			return err
		}
		return o.Tell(ctx, tx, c, "cases.reminder", "/completare/"+ask.ID, fmt.Sprint(ask.ID, soon), ask.Until)
	})
}

// hurry looks after a case whose term ends soon, or is over.
func (o *Office) hurry(ctx context.Context, c Case, today deadline.Date) error {
	of, err := o.Service(c)
	if err != nil {
		return err
	}
	heads, err := o.People.Staff(ctx, c.Unit, act.Head)
	if err != nil {
		return err
	}
	switch lapsed := c.Clock.Lapsed(o.Calendar, today); {
	case lapsed && of.Tacit:
		return o.approveTacitly(ctx, c, heads)
	case lapsed:
		return o.escalate(ctx, c, heads)
	case c.warned != c.Due && !c.Due.AddDays(-of.Reminder).After(today):
		return o.warn(ctx, c, heads)
	}
	return nil
}

// warn reminds the clerk that a case is due soon, or the heads that nobody has
// taken it.
func (o *Office) warn(ctx context.Context, c Case, heads []act.PartyID) error {
	who, key := []act.PartyID{c.Clerk}, "cases.due-soon"
	if c.Clerk == "" {
		who, key = heads, "cases.due-free"
	}
	return o.Acts.Do(ctx, act.Machine, act.RemindCase, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(c.On()); err != nil {
			return err
		}
		if err := markWarned(ctx, tx, c.ID, c.Due); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, c, who, key, "due "+c.Due.String(), c.Due)
	})
}

// escalate tells the heads, the clerk and the applicant that the term is over.
func (o *Office) escalate(ctx context.Context, c Case, heads []act.PartyID) error {
	return o.Acts.Do(ctx, act.Machine, act.LapseCase, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(c.On()); err != nil {
			return err
		}
		if err := markLate(ctx, tx, c.ID, c.Due); err != nil {
			return err
		}
		if err := o.AddEvent(ctx, tx, c.ID, "cases.event-late", true, c.Due); err != nil {
			return err
		}
		if err := o.Tell(ctx, tx, c, "cases.late", "", "late", c.Due); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, c, distinct(append(heads, c.Clerk)), "cases.overdue", "late", c.Due)
	})
}

// approveTacitly issues the approval that silence is: the term is over without an
// answer (OUG 27/2003 art. 6). The applicant gets it on paper without asking
// (art. 7), and the heads hear of it.
func (o *Office) approveTacitly(ctx context.Context, c Case, heads []act.PartyID) error {
	v, err := o.view(ctx, c)
	if err != nil {
		return err
	}
	to, _, _, err := o.People.Recipient(ctx, c.Owner)
	if err != nil {
		return err
	}
	return o.lapse(ctx, c, func(ctx context.Context, tx *act.Tx, c *Case) error {
		day := o.Day(tx.At)
		if !c.Clock.Lapsed(o.Calendar, day) {
			return errDone
		}
		if err := o.Finish(ctx, tx, c, Tacit); err != nil {
			return err
		}
		t := o.Texts.For("ro")
		p := Proposal{Outcome: Approve, At: tx.At, SignedAt: tx.At,
			Plain: t.T("cases.paper-tacit-plain", procedures.SayDate(t, c.Due)),
			Text: t.T("cases.paper-tacit", v.Of.Title.In("ro"), c.Number.String(), procedures.SayDate(t, c.Number.Day),
				procedures.SayDate(t, c.Due))}
		paper := o.Decision(v, p, to, nil, day)
		paper.Signers = nil // nobody has signed
		if p.Paper, err = o.Issue(ctx, tx, *c, registry.Decision, paper); err != nil {
			return err
		}
		if _, err := o.AddProposal(ctx, tx, c.ID, p); err != nil {
			return err
		}
		if err := o.AddEvent(ctx, tx, c.ID, "cases.event-tacit", true, c.Due); err != nil {
			return err
		}
		if err := o.Tell(ctx, tx, *c, "cases.tacit", "", "tacit", map[string]string(v.Of.Title)); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, *c, distinct(append(slices.Clone(heads), c.Clerk)), "cases.tacit-staff", "tacit", c.Due)
	})
}

package cases

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/procedures"
)

// Write sends a message from the applicant to the department, with documents of
// the folder. A case that is over takes no more documents: [ErrOver]. It fails
// with [ErrText] for no text, or one that is too long.
func (o *Office) Write(ctx context.Context, actor act.Actor, key, id, text string, files []string) error {
	if !Written(&text, LongestText) {
		return ErrText
	}
	documents, err := o.documents(ctx, actor, distinct(files))
	if err != nil {
		return err
	}
	var message string
	return Hide(o.Acts.Once(ctx, actor, act.WriteMessage, key, "", &message, func(ctx context.Context, tx *act.Tx) error {
		c, err := Allowed(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.State.Over() && len(documents) > 0 {
			return ErrOver
		}
		if message, err = o.AddMessage(ctx, tx, id, Message{For: actor.For, Text: text, Files: distinct(files)}); err != nil {
			return err
		}
		if err := o.consent(ctx, tx, c, documents); err != nil {
			return err
		}
		if err := markCame(ctx, tx, id); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, c, []act.PartyID{c.Clerk}, "cases.wrote", message)
	}))
}

// MarkRead notes that the applicant has read what officials wrote.
func (o *Office) MarkRead(ctx context.Context, actor act.Actor, id string) error {
	return o.Acts.Do(ctx, actor, act.ReadCase, func(ctx context.Context, tx *act.Tx) error {
		if _, err := Allowed(ctx, tx, id); err != nil {
			return err
		}
		return markRead(ctx, tx, id, true)
	})
}

// Reply answers a request: the fields again, and documents by their IDs. All
// other answers stay as they are, and those from before are kept. It fails with
// [ErrInvalid], as a [Wrong] that says what is wrong, [ErrAnswered], and
// [ErrUnknown].
func (o *Office) Reply(ctx context.Context, actor act.Actor, key, id, ask string, values procedures.Values, documents []string) error {
	asked, again, given, err := o.examineReply(ctx, actor, id, ask, values, documents)
	if err != nil {
		return err
	}
	return o.Do(ctx, actor, act.AnswerAsked, key, id, AnyEdition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		if err := answerAsk(ctx, tx, ask); err != nil {
			return err
		}
		if err := c.Move(Answered); err != nil {
			return err
		}
		c.Resume(o.Day(tx.At))
		c.Came = tx.At
		if len(asked.Fields) > 0 {
			if err := o.addAnswers(ctx, tx, id, again); err != nil {
				return err
			}
		}
		if err := o.consent(ctx, tx, *c, given); err != nil {
			return err
		}
		if err := o.AddEvent(ctx, tx, id, "cases.event-answered", true); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, *c, []act.PartyID{c.Clerk}, "cases.replied", ask)
	})
}

// examineReply looks at an answer before its act begins: what was asked for, all
// answers as they are from now on, and the documents that are new. What was asked
// does not change; whether it is still open, the act finds out.
func (o *Office) examineReply(ctx context.Context, actor act.Actor, id, ask string, values procedures.Values, documents []string) (asked Ask, again procedures.Answers, given []folder.Document, err error) {
	c, err := o.For(ctx, actor, act.ReadCase, id)
	if err != nil {
		return asked, nil, nil, err
	}
	of, err1 := o.Service(c)
	env, err2 := o.Env(ctx, actor)
	old, err3 := o.answers(ctx, o.DB, id)
	asked, err4 := o.asked(ctx, id, ask)
	if err := cmp.Or(err1, err2, err3, err4); err != nil {
		return asked, nil, nil, err
	}
	env.Today = c.Number.Day // questions about days are as they were when it was sent
	var wrong Wrong
	again, wrong.Problems = of.Correct(old, asked.Fields, values, env)
	used := slices.DeleteFunc(usedDocuments(of, again), func(id string) bool { return slices.Contains(usedDocuments(of, old), id) })
	if given, err = o.documents(ctx, actor, distinct(append(used, documents...))); err != nil {
		return asked, nil, nil, err
	}
	for _, typ := range asked.Documents {
		if !slices.ContainsFunc(given, func(d folder.Document) bool { return d.Type == typ }) {
			wrong.Missing = append(wrong.Missing, typ)
		}
	}
	if len(wrong.Problems)+len(wrong.Missing) > 0 {
		return asked, nil, nil, &wrong
	}
	return asked, again, given, nil
}

// asked returns a request of a case, or ErrUnknown.
func (o *Office) asked(ctx context.Context, id, ask string) (Ask, error) {
	all, err := o.asks(ctx, o.DB, id)
	if i := slices.IndexFunc(all, func(a Ask) bool { return a.ID == ask }); i >= 0 {
		return all[i], err
	}
	return Ask{}, cmp.Or(err, error(ErrUnknown))
}

// Withdraw renounces a case that is not over. The reason may be empty; the
// department reads it as a message.
func (o *Office) Withdraw(ctx context.Context, actor act.Actor, key, id, reason string) error {
	if !Written(&reason, LongestText) && reason != "" {
		return ErrText
	}
	return o.Do(ctx, actor, act.WithdrawCase, key, id, AnyEdition, func(ctx context.Context, tx *act.Tx, c *Case) error {
		if reason != "" {
			if _, err := o.AddMessage(ctx, tx, id, Message{For: actor.For, Text: reason}); err != nil {
				return err
			}
		}
		if err := o.Finish(ctx, tx, c, Withdrawn); err != nil {
			return err
		}
		c.Came = tx.At
		if err := o.AddEvent(ctx, tx, id, "cases.event-withdrawn", true); err != nil {
			return err
		}
		if err := o.Tell(ctx, tx, *c, "cases.withdrawn", "", "withdrawn"); err != nil {
			return err
		}
		return o.TellStaff(ctx, tx, *c, []act.PartyID{c.Clerk}, "cases.gone", "withdrawn")
	})
}

// objection and question are services that are begun from another page.
const (
	objection = "contestatie"
	question  = "intrebare-date"
)

// Object begins an objection to a case that was decided, and returns where to go
// on (L. 554/2004 art. 7). It fails with [ErrNotNow] for one that was not.
func (o *Office) Object(ctx context.Context, actor act.Actor, id string) (link string, err error) {
	c, err := o.contestable(ctx, actor, id)
	if err != nil {
		return "", err
	}
	link, err = o.Drafts.Begin(ctx, actor, objection, procedures.Values{"cauza": {c.Number.String()}}, id)
	return link, Hide(err)
}

// contestable returns a case of the actor's folder that can be contested.
func (o *Office) contestable(ctx context.Context, actor act.Actor, id string) (Case, error) {
	c, err := o.For(ctx, actor, act.ReadCase, id)
	if err == nil && !c.State.Decided() {
		err = ErrNotNow
	}
	return c, err
}

// AskAbout begins a question to the data protection officer about an entry of
// the register of acts, and returns where to go on (GDPR art. 38 par. 4).
func (o *Office) AskAbout(ctx context.Context, actor act.Actor, entry string) (link string, err error) {
	return o.Drafts.Begin(ctx, actor, question, procedures.Values{"intrare": {entry}}, "")
}

// Paid notes that the fee of a case has arrived, however late; it is a
// payments.Payee by way of the portal.
func (o *Office) Paid(ctx context.Context, tx *act.Tx, caseID string, at time.Time) error {
	c, err := caseByID(ctx, tx, caseID)
	if err != nil {
		return err
	}
	if err := markPaid(ctx, tx, caseID, at); err == errDone {
		return nil
	} else if err != nil {
		return err
	}
	tx = tx.As(act.Machine, act.SettleCase)
	if err := tx.Allow(c.On()); err != nil {
		return err
	}
	if err := o.AddEvent(ctx, tx, caseID, "cases.event-paid", true, c.Fee); err != nil {
		return err
	}
	return tx.Enter(ctx)
}

package cases

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/procedures"
)

// An Answerer is a part of the program without which a service cannot be approved: see
// [procedures.Service.AnsweredBy].
type Answerer interface {
	// Foresee looks at an application of the actor's that is complete. It returns nil if
	// [Answerer.Answer] can be had in the act that files it, [ErrOfficial] if an official
	// has to look at it first, and a [Wrong] or a [Refusal] if it would be in vain.
	Foresee(ctx context.Context, actor act.Actor, a Application) error

	// Answer issues what an approval is, as a part of the act that ends the case, and
	// returns its code in the registry.
	Answer(ctx context.Context, tx *act.Tx, c Case, a procedures.Answers) (paper string, err error)

	// Door leads officials to what the answer rests on.
	Door(c Case) Door
}

// A Door leads from a case to a page of another room.
type Door struct {
	Path string
	Key  string // of the text that says where it leads
	Only bool   // the case is approved there, and nowhere else
}

// ErrOfficial is what an [Answerer] returns for an application that it leaves to the
// officials. Nobody reads it.
var ErrOfficial = errors.New("cases: an official has to look at it")

// A Refusal is a fault that says what is in the way of an application, and where that
// can be put right. Nobody sends what is in vain.
type Refusal struct {
	*fault.Fault
	Lines []procedures.FeeLine // what has to be paid first
	Path  string               // where to put it right
	Door  string               // key of the text that says so
}

// Unwrap returns the fault.
func (r *Refusal) Unwrap() error { return r.Fault }

// Answerer returns what has the last word on the approval of a service; nil if that is
// the officials'.
func (o *Office) Answerer(s *procedures.Service) Answerer { return o.Answerers[s.AnsweredBy] }

// Foresee returns nil for an application that can be sent, and a [Wrong] or a [Refusal]
// for one that would be in vain. It is asked before anything is registered.
func (o *Office) Foresee(ctx context.Context, actor act.Actor, a Application) error {
	of, err := o.Catalog.Version(a.Service, a.Version)
	if err == nil && actor.SignedIn() {
		_, err = o.atOnce(ctx, actor, of, a)
	}
	return err
}

// atOnce reports whether an application can be answered in the act that files it. What
// fails there keeps nobody from filing: an official answers.
func (o *Office) atOnce(ctx context.Context, actor act.Actor, of *procedures.Service, a Application) (bool, error) {
	by := o.Answerer(of)
	if by == nil {
		return false, nil
	}
	err := by.Foresee(ctx, actor, a)
	if err != nil && fault.Of(err).Kind == fault.Unexpected {
		o.unanswered(ctx, err)
		return false, nil
	}
	return err == nil, err
}

// unanswered notes why the program did not answer.
func (o *Office) unanswered(ctx context.Context, err error) {
	if o.Log != nil && !errors.Is(err, ErrOfficial) {
		o.Log.ErrorContext(ctx, "an application was not answered at once", "err", err)
	}
}

// answer ends a case that is being filed with what the program answers.
func (o *Office) answer(ctx context.Context, tx *act.Tx, c *Case, f filing) (p Proposal, err error) {
	p = Proposal{Outcome: Approve, At: tx.At, SignedAt: tx.At}
	if p.Paper, err = o.Answerer(f.of).Answer(ctx, tx, *c, f.Answers); err != nil {
		return p, err
	}
	c.State, c.Over, c.Running = Approved, tx.At, false
	return p, nil
}

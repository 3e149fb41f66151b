package drafts

import (
	"context"
	"encoding/json"
	"errors"

	"bega/cases"
	"bega/internal/act"
	"bega/procedures"
)

// Read reads a draft of the actor as a whole. Nothing can be sent while there are
// problems, or while it fails with a cases.Refusal.
func (o *Office) Read(ctx context.Context, actor act.Actor, d Draft) (procedures.Answers, []procedures.Problem, error) {
	s, err := o.Service(d)
	if err != nil {
		return nil, nil, err
	}
	env, err := o.Env(ctx, actor)
	if err != nil {
		return nil, nil, err
	}
	a, problems := s.Parse(d.Values, env)
	papers, err := o.unusable(ctx, actor, s, a)
	if problems = append(problems, papers...); err != nil || len(problems) > 0 {
		return a, problems, err
	}
	who, owner := actor.Apart()
	err = o.Cases.Foresee(ctx, who, cases.Application{Owner: owner, Service: d.Service, Version: d.Version, Answers: a, Objects: d.Objects})
	if wrong, ok := errors.AsType[*cases.Wrong](err); ok {
		return a, wrong.Problems, nil
	}
	return a, nil, err
}

// Send sends a draft in the edition that the actor has looked at, and returns
// the ID of the case that it is from then on. However often it is sent, by
// whomever, it becomes one case.
//
// It fails with [ErrChanged] if the draft says something else by now,
// [ErrIncomplete], as [Suits] does, as cases.Office.File does, and
// as [Office.ByID] does.
func (o *Office) Send(ctx context.Context, actor act.Actor, id string, edition int) (caseID string, err error) {
	d, err := o.ByID(ctx, actor, id)
	switch {
	case err != nil:
		return "", err
	case d.Case != "":
		return d.Case, nil
	case d.Edition != edition:
		return "", ErrChanged
	}
	a, problems, err := o.Read(ctx, actor, d)
	if err != nil {
		return "", err
	}
	if len(problems) > 0 {
		return "", ErrIncomplete
	}
	if caseID, err = o.file(ctx, actor, d, a); errors.Is(err, ErrChanged) || errors.Is(err, cases.ErrInvalid) {
		if now, again := o.ByID(ctx, actor, id); again == nil && now.Case != "" {
			return now.Case, nil // a colleague was faster
		}
	}
	return caseID, err
}

func (o *Office) file(ctx context.Context, actor act.Actor, d Draft, a procedures.Answers) (string, error) {
	s, err := o.Service(d)
	if err != nil {
		return "", err
	}
	env, err := o.Env(ctx, actor)
	if err != nil {
		return "", err
	}
	if err := Suits(s, env.Applicant); err != nil {
		return "", err
	}
	var documents []string
	for _, row := range s.Recap(a, "ro") {
		documents = append(documents, row.Documents...)
	}
	again, _ := json.Marshal(d.reusable(s)) // never fails: texts
	who, owner := actor.Apart()
	application := cases.Application{Draft: d.ID, Owner: owner, Service: d.Service, Version: d.Version, Answers: a, Documents: documents, Objects: d.Objects}
	c, err := o.Cases.File(ctx, who, "draft-"+d.ID, application, func(ctx context.Context, tx *act.Tx, c cases.Case) error {
		if err := markSent(ctx, tx, d.ID, c.ID, d.Edition); err != nil {
			return err
		}
		return keepAnswers(ctx, tx, d.Owner, d.Service, o.Vault.Seal(keptPlace(d.Owner, d.Service), string(again)))
	})
	return c.ID, err
}

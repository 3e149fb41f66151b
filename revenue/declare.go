package revenue

import (
	"context"

	"bega/cases"
	"bega/fiscal"
	"bega/internal/act"
	"bega/procedures"
	"bega/taxroll"
)

// declarations are the cases in which people declare what they own. One is approved by
// entering it in the register of taxes, with the zone that only the town hall knows;
// that is how it ends, and no other way.
type declarations struct{ h *House }

// declared are the services of declarations.
var declared = []string{taxroll.DeclareBuilding, taxroll.DeclareLand, taxroll.DeclareVehicle}

// Declared implements [fiscal.Declarations].
func (d declarations) Declared(ctx context.Context, party act.PartyID, lang string) (all []fiscal.Declared, err error) {
	open, err := d.h.Cases.Undecided(ctx, party, declared...)
	for _, c := range open {
		all = append(all, fiscal.Declared{Case: c.ID, Number: c.Number.String(), Day: c.Number.Day, Title: c.Of.Title.In(lang), Declaration: taxroll.Declaration{
			Service: c.Service, Party: party, Answers: c.Answers, Source: "case " + c.Number.String()}})
	}
	return all, err
}

// Enter enters the changes that a declaration asks for, assesses again what they change,
// and ends its case with the confirmation: all of it or nothing, and once. It fails as
// [taxroll.Office.Apply] and [desk.Office.Propose] do.
func (d declarations) Enter(ctx context.Context, actor act.Actor, key, caseID string, changes []taxroll.Change) (done []taxroll.Applied, err error) {
	end, err := d.h.Desk.Approval(ctx, actor, caseID, d.h.Texts.For("ro").T("revenue.declared"))
	if err != nil {
		return nil, err
	}
	err = d.h.Acts.Once(ctx, actor, act.ChangeRegister, key, taxroll.Line, &done, func(ctx context.Context, tx *act.Tx) error {
		if done, err = d.h.Roll.ApplyIn(ctx, tx, changes); err != nil {
			return err
		}
		return end(ctx, tx)
	})
	return done, err
}

// Foresee implements [cases.Answerer]: a clerk looks at every declaration.
func (d declarations) Foresee(context.Context, act.Actor, cases.Application) error {
	return cases.ErrOfficial
}

// Answer implements [cases.Answerer]: nothing is approved but by [declarations.Enter].
func (d declarations) Answer(context.Context, *act.Tx, cases.Case, procedures.Answers) (string, error) {
	return "", cases.ErrThere
}

// Door implements [cases.Answerer].
func (d declarations) Door(of cases.Case) cases.Door {
	return cases.Door{Path: taxFile(of.Owner, "/bunuri"), Key: "revenue.enter-declaration", Only: true}
}

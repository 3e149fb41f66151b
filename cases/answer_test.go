package cases_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"bega/cases"
	"bega/desk/desktest"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/pdf"
	"bega/procedures"
	"bega/registry"
)

// A program answers applications for certificates, as the test wants it to.
type program struct {
	o        *town
	foresees error
	fails    error
	asked    int
}

func (p *program) Foresee(context.Context, act.Actor, cases.Application) error { return p.foresees }

func (p *program) Answer(ctx context.Context, tx *act.Tx, c cases.Case, a procedures.Answers) (string, error) {
	p.asked++
	doc := pdf.Document{Lang: "ro", Title: "Certificat " + a["scop"].(string), Number: c.Number.String()}
	code, err := p.o.IssueDocument(ctx, tx, c, registry.Decision, "certificat-fiscal", doc, desktest.Date(p.o.T, "2026-12-23"))
	if err == nil {
		err = p.fails
	}
	return code, err
}

func (p *program) Door(c cases.Case) cases.Door {
	return cases.Door{Path: "/usa/" + c.ID, Key: "desk.back"}
}

// answering lets a program answer for certificates.
func (o *town) answering() *program {
	p := &program{o: o}
	o.Answerers = map[procedures.Answerer]cases.Answerer{procedures.TaxCertificate: p}
	return p
}

func certificate(draft string) cases.Application {
	return cases.Application{Draft: draft, Service: "certificat-fiscal", Version: 1, Answers: procedures.Answers{"scop": "cumparare"}}
}

func TestAnsweredAtOnce(t *testing.T) { eachTown(t, testAnsweredAtOnce) }

func testAnsweredAtOnce(t *testing.T, o *town) {
	ctx, p := t.Context(), o.answering()
	c := o.Filed(ana, certificate("d1"))
	if c.State != cases.Approved || c.Over.IsZero() || c.Running || c.Number.String() != "IF2026-000001" || c.Edition != 1 {
		t.Errorf("it is %+v", c)
	}
	if got, want := o.Told(), []string{"ana cases.approved"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	v, err := o.ByID(ctx, ana, c.ID)
	o.Must(err)
	if v.Proposal == nil || v.Proposal.By != "" || v.Proposal.SignedBy != "" || v.Until.String() != "2026-12-23" || len(v.Events) != 2 || v.Events[1].Key != "cases.event-approved" || v.Events[1].By != "" {
		t.Errorf("Ana sees %+v until %s, %+v", v.Proposal, v.Until, v.Events)
	}
	paper, err := o.Registry.Paper(ctx, ana, v.Proposal.Paper)
	o.Must(err)
	if paper.Paper.Document.Number != c.Number.String() || paper.Paper.Until.String() != "2026-12-23" {
		t.Errorf("the paper is %+v", paper)
	}
	if !v.CanObject() {
		t.Error("it cannot be contested")
	}
	// Whoever sends it again, and again at once, gets the same.
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			again, err := o.File(ctx, ana, "other", certificate("d1"), desktest.None)
			if err != nil || again.ID != c.ID {
				t.Errorf("again: %s, %v", again.ID, err)
			}
		})
	}
	group.Wait()
	if p.asked != 1 || o.Count(c.ID, act.FileCase) != 1 {
		t.Errorf("it was answered %d times", p.asked)
	}
	// Nobody else can do anything to it.
	o.Wants(o.Withdraw(ctx, ana, "w", c.ID, ""), cases.ErrOver)
	o.Wants(o.Desk.Claim(ctx, desktest.Official("lidia", "directia-fiscala", act.Clerk), "c", c.ID, 0, false), cases.ErrOver)
	if half, _, n, err := o.Durations(ctx, "certificat-fiscal"); err != nil || n != 1 || half != 0 {
		t.Errorf("it took %d days, of %d, %v", half, n, err)
	}
}

// TestFilingIsNeverLost: whatever keeps the program from answering keeps nobody from
// filing, and nothing of half an answer stays.
func TestFilingIsNeverLost(t *testing.T) { eachTown(t, testFilingIsNeverLost) }

func testFilingIsNeverLost(t *testing.T, o *town) {
	p := o.answering()
	broken := errors.New("the ledger burns")
	for i, set := range []func(){
		func() { p.foresees = broken }, func() { p.foresees = cases.ErrOfficial },
		func() { p.foresees, p.fails = nil, broken }, func() { p.fails = cases.ErrOfficial },
	} {
		set()
		a := certificate("d" + string(rune('0'+i)))
		o.Must(o.Foresee(t.Context(), ana, a))
		c := o.Filed(ana, a)
		if c.State != cases.Filed || !c.Over.IsZero() || !c.Running || c.Number.N != i+1 {
			t.Errorf("%d: it is %+v", i, c)
		}
		v, err := o.ByID(t.Context(), ana, c.ID)
		o.Must(err)
		docs, err := o.Folder.Documents(t.Context(), ana)
		o.Must(err)
		if v.Proposal != nil || len(v.Events) != 1 || slices.ContainsFunc(docs, func(d folder.Document) bool { return d.Type == "certificat-fiscal" }) {
			t.Errorf("%d: Ana sees %+v, %d events", i, v.Proposal, len(v.Events))
		}
		if got, want := o.Told(), []string{"ana cases.filed"}; !slices.Equal(got, want) {
			t.Errorf("%d: told %q, want %q", i, got, want)
		}
	}
}

// TestNobodyFilesInVain: what would be refused is not registered, and says why.
func TestNobodyFilesInVain(t *testing.T) { eachTown(t, testNobodyFilesInVain) }

func testNobodyFilesInVain(t *testing.T, o *town) {
	ctx, p := t.Context(), o.answering()
	debts := fault.New(fault.Conflict, "test.debts")
	refusal := &cases.Refusal{Fault: debts.With("515 lei"), Path: "/plata"}
	wrong := &cases.Wrong{Problems: []procedures.Problem{{Field: "imobil", Step: "bunul"}}}
	for _, set := range []func(err error){func(err error) { p.foresees = err }, func(err error) { p.foresees, p.fails = nil, err }} {
		for _, test := range []struct{ says, want error }{{refusal, debts}, {wrong, cases.ErrInvalid}} {
			set(test.says)
			_, err := o.File(ctx, ana, "k", certificate("d1"), desktest.None)
			o.Wants(err, test.want)
			if got, ok := errors.AsType[*cases.Refusal](err); test.says == refusal && (!ok || got.Path != "/plata" || fault.Of(err).Args[0] != "515 lei") {
				t.Errorf("it fails with %+v", err)
			}
		}
	}
	p.foresees = refusal
	o.Wants(o.Foresee(ctx, ana, certificate("")), debts)
	o.Must(o.Foresee(ctx, visitor, certificate("")))
	o.Must(o.Foresee(ctx, ana, desktest.Petition("altul")))
	if all, err := o.Cases(ctx, ana); err != nil || len(all) != 0 || len(o.Told()) != 0 {
		t.Errorf("there are %d cases, %v", len(all), err)
	}
	p.foresees, p.fails = nil, nil
	if c := o.Filed(ana, certificate("d1")); c.Number.N != 1 {
		t.Errorf("the number is %s", c.Number)
	}
}

// TestUndecided: a room that has opened somebody's file sees what officials can decide.
func TestUndecided(t *testing.T) { eachTown(t, testUndecided) }

func testUndecided(t *testing.T, o *town) {
	ctx := t.Context()
	first, second := o.Filed(ana, certificate("d1")), o.Filed(ana, certificate("d2"))
	o.Filed(ana, desktest.Petition("altul"))
	o.Filed(ion, certificate("d3"))
	gone := o.Filed(ana, certificate("d4"))
	o.Must(o.Withdraw(ctx, ana, "w", gone.ID, ""))
	all, err := o.Undecided(ctx, "ana", "certificat-fiscal", "petitia")
	o.Must(err)
	if len(all) != 2 || all[0].ID != first.ID || all[1].ID != second.ID || all[0].Answers["scop"] != "cumparare" || all[0].Of.Key != "certificat-fiscal" {
		t.Errorf("there are %+v", all)
	}
	lidia := desktest.Official("lidia", "directia-fiscala", act.Clerk)
	o.Must(o.Desk.Ask(ctx, lidia, "a", first.ID, 0, cases.Ask{Text: "Ce vinzi?", Fields: []string{"scop"}}))
	if all, err := o.Undecided(ctx, "ana", "certificat-fiscal"); err != nil || len(all) != 1 {
		t.Errorf("while an answer is awaited, there are %d, %v", len(all), err)
	}
}

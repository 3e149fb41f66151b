package desk_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bega/cases"
	"bega/desk"
	"bega/desk/desktest"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/procedures"
	"bega/registry"
)

var (
	lidia   = desktest.Official("lidia", "directia-fiscala", act.Clerk)
	dorina  = desktest.Official("dorina", "directia-fiscala", act.Clerk)
	planner = desktest.Official("ioana", "urbanism", act.Clerk)
)

// A program has the last word on certificates and declarations.
type program struct {
	o     *town
	fails error
	only  bool
}

func (p *program) Foresee(context.Context, act.Actor, cases.Application) error {
	return cases.ErrOfficial
}

func (p *program) Answer(ctx context.Context, tx *act.Tx, c cases.Case, _ procedures.Answers) (string, error) {
	if p.fails != nil {
		return "", p.fails
	}
	doc := pdf.Document{Lang: "ro", Title: "Scris de program", Number: c.Number.String()}
	return p.o.IssueDocument(ctx, tx, c, registry.Decision, "certificat-fiscal", doc, deadline.Date{})
}

func (p *program) Door(c cases.Case) cases.Door {
	return cases.Door{Path: "/usa?caz=" + c.ID, Key: "desk.history", Only: p.only}
}

func (o *town) answering(by procedures.Answerer) *program {
	p := &program{o: o}
	o.Answerers = map[procedures.Answerer]cases.Answerer{by: p}
	return p
}

// TestWhatTheProgramWrites: a clerk approves, and the program writes the paper, whatever
// the form says.
func TestWhatTheProgramWrites(t *testing.T) { eachTown(t, testWhatTheProgramWrites) }

func testWhatTheProgramWrites(t *testing.T, o *town) {
	ctx, p := t.Context(), o.answering(procedures.TaxCertificate)
	c := o.Filed(ana, cases.Application{Service: "certificat-fiscal", Version: 1, Answers: procedures.Answers{"scop": "cumparare"}})
	path := "/lucru/caz/" + c.ID
	if page := o.send(lidia, "GET "+path, nil).Body.String(); !strings.Contains(page, "/usa?caz="+c.ID) || !strings.Contains(page, path+"/decizie?fel=aprobare") {
		t.Error("the page of the case has no door, or cannot be approved")
	}
	if page := o.send(lidia, "GET "+path+"/decizie?fel=aprobare", nil).Body.String(); !strings.Contains(page, "The program writes the document") || strings.Contains(page, `name="text"`) {
		t.Error("the clerk is asked for a text that nobody reads")
	}
	approve := func(key string) *http.Response {
		return o.send(lidia, "POST "+path+"/decizie", url.Values{"fel": {"aprobare"}, "editia": {strconv.Itoa(o.Get(c.ID).Edition)}, "cheie": {key}, "text": {"Nimic."}}).Result()
	}
	p.fails = &cases.Refusal{Fault: desk.ErrTaken}
	if w := approve("k1"); w.StatusCode != http.StatusConflict || o.Get(c.ID).State != cases.Filed {
		t.Errorf("refused, it answers %d, and is %s", w.StatusCode, o.Get(c.ID).State)
	}
	p.fails = nil
	if w := approve("k2"); w.StatusCode != http.StatusSeeOther {
		t.Errorf("it answers %d", w.StatusCode)
	}
	v, err := o.ByID(ctx, ana, c.ID)
	o.Must(err)
	if v.State != cases.Approved || v.Proposal.By != "lidia" || v.Proposal.SignedBy != "lidia" || v.Proposal.Text != "" {
		t.Errorf("it ends %s by %+v", v.State, v.Proposal)
	}
	paper, err := o.Registry.Paper(ctx, ana, v.Proposal.Paper)
	o.Must(err)
	if paper.Paper.Document.Title != "Scris de program" {
		t.Errorf("the paper says %+v", paper.Paper.Document)
	}
	// What is refused is the clerk's.
	c = o.Filed(ana, cases.Application{Service: "certificat-fiscal", Version: 1, Answers: procedures.Answers{"scop": "cumparare"}})
	o.Must(o.Desk.Propose(ctx, lidia, "k3", c.ID, 0, cases.Proposal{Outcome: cases.Refuse, Reason: "fara-acord", Detail: "Nu.", Plain: "Nu."}))
}

// TestApproval: a case that is approved as a part of another act ends with that act, or
// not at all, and once.
func TestApproval(t *testing.T) { eachTown(t, testApproval) }

func testApproval(t *testing.T, o *town) {
	ctx, p := t.Context(), o.answering(procedures.TaxRegister)
	p.only, p.fails = true, cases.ErrThere
	c := o.Filed(ana, cases.Application{Service: "declarare-vehicul", Version: 1, Answers: procedures.Answers{
		"ce": "instrainare", "fel": "car", "data": "2026-11-20", "numar": "TM 07 ABC", "act": o.Give(ana, "talon")}})
	path := "/lucru/caz/" + c.ID
	if page := o.send(lidia, "GET "+path, nil).Body.String(); !strings.Contains(page, "/usa?caz="+c.ID) || strings.Contains(page, "fel=aprobare") {
		t.Error("it can be approved without the register")
	}
	o.Wants(o.Desk.Propose(ctx, lidia, "k0", c.ID, 0, cases.Proposal{Outcome: cases.Approve}), cases.ErrThere)

	_, err := o.Desk.Approval(ctx, planner, c.ID, "Gata.")
	o.Wants(err, cases.ErrUnknown)
	_, err = o.Desk.Approval(ctx, ana, c.ID, "Gata.")
	o.Wants(err, cases.ErrUnknown)
	enter := func(actor act.Actor, key string, fails error) error {
		end, err := o.Desk.Approval(ctx, actor, c.ID, "Gata.")
		if err != nil {
			return err
		}
		var done bool
		return o.Acts.Once(ctx, actor, act.ChangeRegister, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Allow(act.On{Subject: "object 1", Owner: c.Owner, Unit: "directia-fiscala"}); err != nil {
				return err
			}
			done = true
			return errors.Join(end(ctx, tx), fails)
		})
	}
	broken := errors.New("no such zone")
	o.Wants(enter(lidia, "k1", broken), broken)
	if c := o.Get(c.ID); c.State != cases.Filed || c.Clerk != "" {
		t.Errorf("half an act left it %s", c.State)
	}
	o.Must(o.Desk.Claim(ctx, dorina, "c", c.ID, 0, false))
	if err := enter(lidia, "k2", nil); err == nil {
		t.Error("a colleague's case was ended")
	}
	o.Must(enter(dorina, "k3", nil))
	o.Wants(enter(dorina, "k4", nil), cases.ErrOver)
	v, err := o.ByID(ctx, ana, c.ID)
	o.Must(err)
	if v.State != cases.Approved || v.Proposal.Plain != "Gata." || v.Proposal.By != "dorina" || v.Proposal.SignedBy != "dorina" || v.Proposal.Paper == "" {
		t.Errorf("it ends %s, %+v", v.State, v.Proposal)
	}
	if got, want := o.Told(), []string{"ana cases.filed", "ana desk.notice-approved"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if o.Count(c.ID, act.ProposeCase) != 1 {
		t.Errorf("the register has %q", o.Verbs(c.ID))
	}
}

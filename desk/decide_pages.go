package desk

import (
	"errors"
	"net/http"
	"net/url"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// The outcomes, as they stand in addresses.
var outcomes = map[string]cases.Outcome{"aprobare": cases.Approve, "respingere": cases.Refuse, "inchidere": cases.Close}

// decidePage decides a case, as the clerk in charge, or signs what was decided.
type decidePage struct {
	form
	Kind     string // of [outcomes], as in the address
	Proposal cases.Proposal
	Paper    cases.Paper // that it would give
	Reason   ui.Input
	Detail   ui.Input
	Plain    ui.Input
	Text     ui.Input
	Back     ui.Input // why it is sent back
}

func (p pages) decidePage(r *http.Request) (page decidePage, err error) {
	if page.form, err = p.form(r); err != nil {
		return page, err
	}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("desk.refuse-reason"), Required: true}
	page.Detail = ui.Input{Name: "motivare", Label: page.T("desk.refuse-detail"), Hint: page.T("desk.refuse-detail-hint"), Rows: 6, Max: 20000, Required: true}
	page.Plain = ui.Input{Name: "pescurt", Label: page.T("desk.plain"), Hint: page.T("desk.plain-hint"), Rows: 3, Max: 1000, Required: true}
	page.Text = ui.Input{Name: "text", Label: page.T("desk.text"), Hint: page.T("desk.text-hint"), Rows: 12, Max: 20000}
	page.Back = ui.Input{Name: "motiv", Label: page.T("desk.return-reason"), Rows: 3, Required: true}
	return page, nil
}

// read fills the page with what was typed, or with what the address chooses.
func (page *decidePage) read(r *http.Request) {
	page.Kind = r.FormValue("fel")
	page.Proposal = cases.Proposal{Outcome: outcomes[page.Kind], Reason: r.FormValue("motiv"), Detail: r.PostFormValue("motivare"),
		Plain: r.PostFormValue("pescurt"), Text: r.PostFormValue("text")}
}

// fill shows in the fields what was typed, and beside them the paper it gives.
func (p pages) fill(r *http.Request, page *decidePage) (err error) {
	page.Paper, err = p.o.Preview(r.Context(), page.actor, page.Desk.ID, page.Proposal)
	page.Reason.Value, page.Detail.Value, page.Plain.Value = page.Proposal.Reason, page.Proposal.Detail, page.Proposal.Plain
	if page.Text.Value = page.Proposal.Text; page.Text.Value == "" && page.Proposal.Outcome == cases.Approve {
		page.Text.Value = page.Paper.Text
	}
	return err
}

// newDecision begins a decision. A reason that was chosen brings its plain words.
func (p pages) newDecision(w http.ResponseWriter, r *http.Request) error {
	page, err := p.decidePage(r)
	if err != nil {
		return err
	}
	page.read(r)
	if page.Proposal.Outcome == "" {
		return web.See(w, r, page.path(""))
	}
	if reason, ok := page.Desk.Of.Reason(page.Proposal.Reason); ok && page.Proposal.Outcome == cases.Refuse {
		page.Proposal.Plain = reason.Plain.In("ro")
	}
	if err := p.fill(r, &page); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// propose decides, or shows what the decision would say.
func (p pages) propose(w http.ResponseWriter, r *http.Request) (err error) {
	var typed decidePage
	typed.read(r)
	if r.PostFormValue("vezi") == "" {
		err = p.o.Propose(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")), typed.Proposal)
		if err == nil {
			return p.goOn(w, r)
		}
	}
	page, openErr := p.decidePage(r)
	if openErr != nil {
		return openErr
	}
	page.Kind, page.Proposal = typed.Kind, typed.Proposal
	if previewErr := p.fill(r, &page); previewErr != nil {
		return previewErr
	}
	if err == nil {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	text := &page.Detail
	if page.Proposal.Outcome == cases.Approve {
		text = &page.Text
	}
	if status := page.refused(r, err, map[*fault.Fault]*ui.Input{ErrReason: &page.Reason, ErrDetail: text, ErrPlain: &page.Plain}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// goOn leads from a case that was decided to the next one.
func (p pages) goOn(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("caz")
	number, _, err := p.o.Cases.Title(r.Context(), "", id, "ro")
	if err != nil {
		return err
	}
	done := "gata=" + url.QueryEscape(number)
	next, err := p.o.Next(r.Context(), p.Actor(r), id)
	if errors.Is(err, cases.ErrUnknown) {
		return web.See(w, r, "/lucru?"+done)
	} else if err != nil {
		return err
	}
	return web.See(w, r, "/lucru/caz/"+next+"?"+done)
}

// signPage shows a decision that waits for the second signature.
func (p pages) signPage(r *http.Request) (page decidePage, err error) {
	if page, err = p.decidePage(r); err != nil {
		return page, err
	}
	if page.Desk.State != cases.Proposed || page.Desk.Proposal == nil {
		return page, cases.ErrNotNow
	}
	page.Proposal = *page.Desk.Proposal
	return page, p.fill(r, &page)
}

func (p pages) newSignature(w http.ResponseWriter, r *http.Request) error {
	page, err := p.signPage(r)
	if errors.Is(err, cases.ErrNotNow) {
		return web.See(w, r, page.path(""))
	} else if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.viewSign())
}

func (p pages) sign(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Sign(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")))
	return p.signed(w, r, err)
}

func (p pages) sendBack(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Return(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")), r.PostFormValue("motiv"))
	return p.signed(w, r, err)
}

// signed leads on after a signature or its refusal, or shows why it was neither.
func (p pages) signed(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return p.goOn(w, r)
	}
	page, openErr := p.signPage(r)
	if errors.Is(openErr, cases.ErrNotNow) {
		return p.done(w, r, err, "", nothing) // somebody was faster: the case says so
	} else if openErr != nil {
		return openErr
	}
	page.Back.Value = r.PostFormValue("motiv")
	if status := page.refused(r, err, map[*fault.Fault]*ui.Input{ErrReason: &page.Back}); status != 0 {
		return p.Render(w, r, status, page.viewSign())
	}
	return err
}

// second reports whether the service wants a second signature.
func (p decidePage) second() bool { return p.Desk.Of.Decision.SecondSignature }

// mine reports whether it is the reader's own proposal, which somebody else signs.
func (p decidePage) mine() bool { return p.Proposal.By == p.actor.Person }

// canSign reports whether there is a decision that waits for the reader.
func (f form) canSign() bool {
	return f.Desk.State == cases.Proposed && f.may(act.SignCase) && f.Desk.Proposal != nil && f.Desk.Proposal.By != f.actor.Person
}

package registry

import (
	"errors"
	"net/http"

	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// verifyPage asks for a code or a file, and says what is known about it.
type verifyPage struct {
	ui.Page
	Code, File ui.Input
	Limits     ui.Limits
	Paper      *paperRow // nil unless there is one
	Verdict    *Verdict  // nil unless a file was sent
}

// A paperRow is what the page says about a paper that was issued.
type paperRow struct {
	Public
	Title, Service, Unit string
	Holds                bool
}

func (p pages) verifyPage(r *http.Request) verifyPage {
	page := verifyPage{Page: p.Page(r)}
	page.Code = ui.Input{Name: "cod", Label: page.T("registry.code"), Hint: page.T("registry.code-hint"), Width: "w10", Max: 100}
	page.File = ui.Input{Name: "fisier", Label: page.T("registry.file")}
	page.Limits = ui.Limits{Accept: ".pdf", Kinds: "PDF", MaxBytes: upload.MaxBytes}
	return page
}

func (p pages) paperRow(page ui.Page, paper Public) *paperRow {
	title := p.o.Titles.TypeTitle(paper.Type, page.Lang())
	if title == "" {
		title = page.T(kindKeys[paper.Kind])
	}
	return &paperRow{Public: paper, Title: title, Service: p.o.Titles.ServiceTitle(paper.Service, page.Lang()),
		Unit: p.o.Titles.UnitTitle(paper.Unit, page.Lang()), Holds: paper.HoldsOn(deadline.Of(page.Now))}
}

var kindKeys = map[Kind]string{Receipt: "registry.kind-receipt", Decision: "registry.kind-decision", Payment: "registry.kind-payment",
	Request: "registry.kind-request"}

// verify shows the form. What it sends has an address of its own, which can be
// kept and is the one in the QR code.
func (p pages) verify(w http.ResponseWriter, r *http.Request) error {
	page := p.verifyPage(r)
	if !r.URL.Query().Has("cod") {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	page.Code.Value = r.FormValue("cod")
	code, err := ParseCode(page.Code.Value)
	if err != nil {
		return p.mistyped(w, r, page, err, http.StatusUnprocessableEntity)
	}
	return web.See(w, r, "/verifica/"+code)
}

// mistyped shows the form again, with what is wrong beside the code.
func (p pages) mistyped(w http.ResponseWriter, r *http.Request, page verifyPage, err error, status int) error {
	f := fault.Of(err)
	page.Code.Error, page.HasErrors = page.T(f.Key, f.Args...), true
	web.RetryAfter(w.Header(), f)
	return p.Render(w, r, status, page.view())
}

func (p pages) verified(w http.ResponseWriter, r *http.Request) error {
	page := p.verifyPage(r)
	page.Code.Value = r.PathValue("cod")
	paper, err := p.o.LookUp(r.Context(), page.Code.Value, r.RemoteAddr)
	switch {
	case errors.Is(err, ErrCode), errors.Is(err, ErrUnissued), errors.Is(err, ErrWait):
		return p.mistyped(w, r, page, err, web.Status(fault.Of(err)))
	case err != nil:
		return err
	}
	page.Code.Value, page.Paper = paper.Code, p.paperRow(page.Page, paper)
	return p.Render(w, r, http.StatusOK, page.view())
}

// examine answers a file with a page: it is not kept, so that there is nothing
// to lead to.
func (p pages) examine(w http.ResponseWriter, r *http.Request) error {
	page := p.verifyPage(r)
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	files := form.Files[page.File.Name]
	if len(files) == 0 || files[0].Size == 0 {
		err = upload.ErrEmpty
	} else {
		err = upload.TooLarge(files[0].Size)
	}
	if err != nil {
		f := fault.Of(err)
		page.File.Error, page.HasErrors = page.T(f.Key, f.Args...), true
		return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
	}
	verdict, err := p.o.Examine(r.Context(), files[0].Bytes)
	if err != nil {
		return err
	}
	if page.Verdict = &verdict; verdict.Finding == Authentic {
		page.Paper = p.paperRow(page.Page, verdict.Paper)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

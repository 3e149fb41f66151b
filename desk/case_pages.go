package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// The tabs of a case, as they stand in addresses.
const (
	tabDocuments = ""
	tabMessages  = "mesaje"
	tabHistory   = "istoric"
)

// casePage shows a case with all that a decision needs.
type casePage struct {
	form
	Tab     string
	Doc     *folder.Document // in the viewer; nil if there is none
	Turn    int              // quarters to the right
	Zoom    int              // 1 to 3
	Message ui.Input
	Files   ui.Input
	Note    ui.Input
	Done    string // number of the case that was just finished
	Said    bool   // something was just sent
}

func (p pages) casePage(r *http.Request) (page casePage, err error) {
	page = casePage{Tab: r.FormValue("fila"), Zoom: 1}
	if page.form, err = p.form(r); err != nil {
		return page, err
	}
	page.Done, page.Said = r.FormValue("gata"), r.FormValue("trimis") != ""
	page.Turn, page.Zoom = quarter(r.FormValue("rotire")), min(max(number(r.FormValue("marire")), 1), 3)
	page.Message = ui.Input{Name: "mesaj", Label: page.T("desk.message"), Hint: page.T("desk.message-hint"), Rows: 4, Max: 4000}
	page.Files = ui.Input{Name: "fisiere", Label: page.T("desk.attach")}
	page.Note = ui.Input{Name: "nota", Label: page.T("desk.note"), Rows: 3, Max: 4000}
	docs := page.Desk.Documents
	at := slices.IndexFunc(docs, func(d folder.Document) bool { return d.ID == r.FormValue("doc") })
	if at < 0 && len(docs) > 0 {
		at = 0
	}
	if at >= 0 {
		page.Doc = &docs[at]
	}
	return page, nil
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// quarter returns how often a page is turned to the right, less than four times.
func quarter(text string) int { return (number(text)%4 + 4) % 4 }

func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	page, err := p.casePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// docPath returns the address of the case with a document in its viewer.
func (p casePage) docPath(id string, turn, zoom int) string {
	query := url.Values{"doc": {id}}
	if turn != 0 {
		query.Set("rotire", strconv.Itoa(turn))
	}
	if zoom != 1 {
		query.Set("marire", strconv.Itoa(zoom))
	}
	return p.path("?" + query.Encode() + "#document")
}

// filePath returns the address of a document itself.
func (f form) filePath(id string) string { return f.path("/document/" + id) }

// document shows a document that the case may use; its owner reads about that.
func (p pages) document(w http.ResponseWriter, r *http.Request) error {
	if !hasCases(p.Actor(r)) {
		return act.ErrRefused // one's own documents are in one's folder
	}
	doc, data, err := p.o.Folder.Open(r.Context(), p.Actor(r), r.PathValue("document"), r.PathValue("caz"))
	if err != nil {
		return err
	}
	return web.Download(w, doc.Name, doc.Media, data, r.FormValue("descarca") == "")
}

// done leads back to the case after something was done to it, or shows on its
// page why it was not. Fill fills in what was typed, and says which faults are
// about what.
func (p pages) done(w http.ResponseWriter, r *http.Request, err error, to string, fill func(*casePage) map[*fault.Fault]*ui.Input) error {
	if err == nil {
		return web.See(w, r, "/lucru/caz/"+r.PathValue("caz")+to)
	}
	page, openErr := p.casePage(r)
	if openErr != nil {
		return openErr
	}
	if status := page.refused(r, err, fill(&page)); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// nothing is for acts without anything typed.
func nothing(*casePage) map[*fault.Fault]*ui.Input { return nil }

func (p pages) claim(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Claim(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")), r.PostFormValue("dela") != "")
	return p.done(w, r, err, "", nothing)
}

func (p pages) release(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Release(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")))
	return p.done(w, r, err, "", nothing)
}

func (p pages) certify(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("document")
	err := p.o.Folder.Certify(r.Context(), p.Actor(r), web.Key(r), id, r.PathValue("caz"))
	return p.done(w, r, err, "?doc="+url.QueryEscape(id)+"#document", nothing)
}

func (p pages) note(w http.ResponseWriter, r *http.Request) error {
	typed := r.PostFormValue("nota")
	err := p.o.Note(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), typed)
	return p.done(w, r, err, "?fila="+tabMessages, func(page *casePage) map[*fault.Fault]*ui.Input {
		page.Tab, page.Note.Value = tabMessages, typed
		return map[*fault.Fault]*ui.Input{cases.ErrText: &page.Note}
	})
}

// A reasonPage asks to which department a case goes, or for how long and why its term
// is prolonged.
type reasonPage struct {
	form
	Unit   ui.Input
	Units  []ui.Option
	Reason ui.Input
}

func (p pages) reasonPage(r *http.Request, hint string) (page reasonPage, err error) {
	if page.form, err = p.form(r); err != nil {
		return page, err
	}
	page.Unit = ui.Input{Name: "compartiment", Label: page.T("desk.route-to"), Value: r.PostFormValue("compartiment"), Required: true}
	for _, unit := range p.o.Catalog.Units() {
		if unit.Key != page.Desk.Unit {
			page.Units = append(page.Units, ui.Option{Value: unit.Key, Label: unit.Title.In(page.Lang())})
		}
	}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("desk.reason"), Hint: page.T(hint), Value: r.PostFormValue("motiv"), Rows: 4, Required: true}
	return page, nil
}

func (p pages) newRoute(w http.ResponseWriter, r *http.Request) error {
	page, err := p.reasonPage(r, "desk.route-hint")
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.viewRoute())
}

// route sends a case to another department; with that, it is out of sight.
func (p pages) route(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Route(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")), r.PostFormValue("compartiment"), r.PostFormValue("motiv"))
	if err == nil {
		return web.See(w, r, "/lucru")
	}
	page, openErr := p.reasonPage(r, "desk.route-hint")
	if openErr != nil {
		return openErr
	}
	if status := page.refused(r, err, map[*fault.Fault]*ui.Input{ErrUnit: &page.Unit, ErrReason: &page.Reason}); status != 0 {
		return p.Render(w, r, status, page.viewRoute())
	}
	return err
}

func (p pages) newExtension(w http.ResponseWriter, r *http.Request) error {
	page, err := p.reasonPage(r, "desk.extend-hint")
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.viewExtension())
}

func (p pages) extend(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Extend(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")), r.PostFormValue("motiv"))
	if err == nil {
		return web.See(w, r, "/lucru/caz/"+r.PathValue("caz"))
	}
	page, openErr := p.reasonPage(r, "desk.extend-hint")
	if openErr != nil {
		return openErr
	}
	if status := page.refused(r, err, map[*fault.Fault]*ui.Input{ErrReason: &page.Reason}); status != 0 {
		return p.Render(w, r, status, page.viewExtension())
	}
	return err
}

// door is where the reader finds what an approval rests on, or where it is given.
func (f form) door() (cases.Door, bool) {
	by := f.o.Cases.Answerer(f.Desk.Of)
	if by == nil {
		return cases.Door{}, false
	}
	return by.Door(f.Desk.Case), true
}

// canExtend reports whether the term could be prolonged by who looks.
func (f form) canExtend() bool {
	return f.may(act.ExtendTerm) && !f.Desk.State.Over() && !f.Desk.Of.Extension.IsZero() && len(f.Desk.Clock.Extensions) == 0 && f.Desk.Left >= 0
}

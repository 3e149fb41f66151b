package folder

import (
	"net/http"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Which documents the list shows, as they stand in its address.
const (
	stateValid   = "valabile"
	stateSoon    = "expira"
	stateExpired = "expirate"
)

// documentsPage lists a folder by type.
type documentsPage struct {
	ui.Page
	Words, State, Source ui.Input
	States, Sources      []ui.Option
	Groups               []group
	Any                  bool // there are documents, even if the filter shows none
	Total                int
	Done                 string // what was just done
	Today                deadline.Date
}

// A group is the documents of a type.
type group struct {
	Title     string
	Documents []Document
}

var sourceKeys = map[Source]string{Given: "folder.origin-given", AtDesk: "folder.origin-desk", Issued: "folder.origin-issued", Fetched: "folder.origin-fetched", Sent: "folder.origin-sent"}

func (p pages) documentsPage(r *http.Request) documentsPage {
	page := documentsPage{Page: p.Page(r), Done: r.FormValue("gata")}
	page.Section, page.Today = "/dosar", deadline.Of(page.Now)
	page.Words = ui.Input{Name: "q", Label: page.T("folder.words"), Value: r.FormValue("q"), Type: "search"}
	page.State = ui.Input{Name: "stare", Label: page.T("folder.state"), Value: r.FormValue("stare")}
	page.Source = ui.Input{Name: "sursa", Label: page.T("folder.source"), Value: r.FormValue("sursa")}
	page.States = []ui.Option{{Label: page.T("folder.any")}, {Value: stateValid, Label: page.T("folder.state-valid")},
		{Value: stateSoon, Label: page.T("folder.state-soon")}, {Value: stateExpired, Label: page.T("folder.state-expired")}}
	page.Sources = []ui.Option{{Label: page.T("folder.any")}}
	for _, source := range []Source{Given, AtDesk, Issued, Sent, Fetched} {
		page.Sources = append(page.Sources, ui.Option{Value: string(source), Label: page.T(sourceKeys[source])})
	}
	return page
}

func (p pages) documents(w http.ResponseWriter, r *http.Request) error {
	page := p.documentsPage(r)
	docs, err := p.o.Documents(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	page.Any = len(docs) > 0
	groups := map[string]*group{}
	for _, d := range docs {
		title := p.typeTitle(page.Page, d)
		if !page.shows(d, title) {
			continue
		}
		if groups[title] == nil {
			groups[title] = &group{Title: title}
		}
		groups[title].Documents = append(groups[title].Documents, d)
		page.Total++
	}
	for _, g := range groups {
		page.Groups = append(page.Groups, *g)
	}
	slices.SortFunc(page.Groups, func(a, b group) int { return strings.Compare(fold(a.Title), fold(b.Title)) })
	return p.Render(w, r, http.StatusOK, page.view())
}

// typeTitle returns what documents of a type are called.
func (p pages) typeTitle(page ui.Page, d Document) string {
	if title := p.o.Types.TypeTitle(d.Type, page.Lang()); title != "" {
		return title
	}
	return page.T("folder.other")
}

// shows reports whether the filter lets a document through.
func (p documentsPage) shows(d Document, title string) bool {
	switch p.State.Value {
	case stateValid:
		if !d.ValidOn(p.Today) {
			return false
		}
	case stateSoon:
		if !d.ExpiresSoon(p.Today) {
			return false
		}
	case stateExpired:
		if d.ValidOn(p.Today) {
			return false
		}
	}
	if p.Source.Value != "" && string(d.Source) != p.Source.Value {
		return false
	}
	text := fold(title + "\n" + d.Name + "\n" + d.Number + "\n" + d.Issuer + "\n" + d.Paper)
	return !slices.ContainsFunc(strings.Fields(p.Words.Value), func(word string) bool { return !strings.Contains(text, fold(word)) })
}

// filtered reports whether anything was chosen.
func (p documentsPage) filtered() bool { return p.Words.Value+p.State.Value+p.Source.Value != "" }

// newPage asks for a document.
type newPage struct {
	ui.Page
	Type, File, Number, IssuedOn, Until ui.Input
	Types                               []ui.Option
	Limits                              ui.Limits
	TypedIssued, TypedUntil             ui.Typed
}

func (p pages) newPage(r *http.Request) newPage {
	page := newPage{Page: p.Page(r)}
	page.Section = "/dosar"
	page.Type = ui.Input{Name: "tip", Label: page.T("folder.type-ask"), Value: r.URL.Query().Get("tip"), Required: true}
	page.File = ui.Input{Name: "fisier", Label: page.T("folder.file-ask"), Required: true}
	page.Number = ui.Input{Name: "numar", Label: page.T("folder.number-ask"), Hint: page.T("folder.number-hint"), Max: longestNumber}
	page.IssuedOn = ui.Input{Name: "emis", Label: page.T("folder.issued-ask"), Hint: page.T("folder.optional")}
	page.Until = ui.Input{Name: "expira", Label: page.T("folder.until-ask"), Hint: page.T("folder.until-hint")}
	page.Limits = ui.Limits{Accept: ".pdf,.jpg,.jpeg,.png", Kinds: page.T("folder.kinds"), MaxBytes: upload.MaxBytes}
	for _, key := range p.o.Types.TypeKeys() {
		page.Types = append(page.Types, ui.Option{Value: key, Label: p.o.Types.TypeTitle(key, page.Lang())})
	}
	slices.SortFunc(page.Types, func(a, b ui.Option) int { return strings.Compare(fold(a.Label), fold(b.Label)) })
	return page
}

func (p newPage) inputs() []ui.Input {
	return []ui.Input{p.Type, p.File, p.Number, p.IssuedOn, p.Until}
}

func (p pages) newDocument(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, p.newPage(r).view())
}

func (p pages) addDocument(w http.ResponseWriter, r *http.Request) error {
	if !p.Actor(r).SignedIn() { // a visitor has documents in drafts alone
		return act.ErrSignIn
	}
	page := p.newPage(r)
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	page.Type.Value, page.Number.Value = form.Get("tip"), form.Get("numar")
	page.TypedIssued, page.TypedUntil = ui.ReadTyped(form.Values, "emis"), ui.ReadTyped(form.Values, "expira")
	d, err := p.add(r, form, page)
	fields := map[*fault.Fault]*ui.Input{ErrType: &page.Type, ErrNoFile: &page.File, ErrNumber: &page.Number, ErrIssuedOn: &page.IssuedOn, ErrUntil: &page.Until,
		ErrFull: &page.File, upload.ErrVirus: &page.File, upload.ErrUnscanned: &page.File}
	for _, f := range []*fault.Fault{upload.ErrEmpty, upload.ErrTooLarge, upload.ErrCut, upload.ErrType, upload.ErrUnknown, upload.ErrPixels, upload.ErrPages,
		upload.ErrBomb, upload.ErrDamaged, upload.ErrEncrypted, upload.ErrActive, upload.ErrDisguised} {
		fields[f] = &page.File
	}
	if status := web.Blame(&page.Page, nil, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, "/dosar/documente/"+d.ID+"?gata=adaugat")
}

// add reads the form, and adds the document that it is about.
func (p pages) add(r *http.Request, form web.Form, page newPage) (d Document, err error) {
	n := New{Type: page.Type.Value, Number: page.Number.Value}
	if n.IssuedOn, err = page.TypedIssued.Date(); err != nil && !page.TypedIssued.Empty() {
		return d, ErrIssuedOn
	}
	if n.Until, err = page.TypedUntil.Date(); err != nil && !page.TypedUntil.Empty() {
		return d, ErrUntil
	}
	files := form.Files[page.File.Name]
	if len(files) == 0 {
		return d, ErrNoFile
	}
	if err := upload.TooLarge(files[0].Size); err != nil {
		return d, err
	}
	if n.File, err = upload.Check(files[0].Name, files[0].Bytes); err != nil {
		return d, err
	}
	return p.o.Add(r.Context(), p.Actor(r), form.Key(), n)
}

// documentPage shows one document with all that is known about it.
type documentPage struct {
	ui.Page
	Document
	Title    string
	Giver    string // name of a resident; "" for the town hall
	Unit     string // title of the department that has certified it
	Uses     []Consent
	Openings []act.Entry
	Cases    map[string]caseLink
	Whole    bool // the actor sees the whole folder, and so its history
	Units    Units
	Done     string
	Error    string
}

func (p pages) documentPage(r *http.Request) (page documentPage, err error) {
	page = documentPage{Page: p.Page(r), Units: p.o.Units, Done: r.FormValue("gata")}
	page.Section = "/dosar"
	ctx, actor := r.Context(), p.Actor(r)
	if page.Document, err = p.o.ByID(ctx, actor, r.PathValue("document")); err != nil {
		return page, err
	}
	page.Title = p.typeTitle(page.Page, page.Document)
	if page.Uses, err = p.o.Uses(ctx, actor, page.ID); err != nil {
		return page, err
	}
	if page.Whole = actor.May(act.ReadHistory, all(actor.For)) == nil; page.Whole {
		if page.Openings, err = p.o.OpeningsOf(ctx, actor, page.ID); err != nil {
			return page, err
		}
	}
	ids := []string{page.Case}
	for _, use := range page.Uses {
		ids = append(ids, use.Case)
	}
	if page.Cases, err = p.caseLinks(ctx, actor.For, page.Lang(), ids); err != nil {
		return page, err
	}
	if page.GivenBy != "" && page.Source == Given { // officials are named by what they are
		names, err := p.o.Names.Names(ctx, []act.PartyID{page.GivenBy})
		if err != nil {
			return page, err
		}
		page.Giver = names[page.GivenBy]
	}
	if page.Certified != nil {
		page.Unit = p.o.Units.UnitTitle(page.Certified.Unit, page.Lang())
	}
	return page, nil
}

// running reports whether a case may use the document now.
func (p documentPage) running() bool {
	return slices.ContainsFunc(p.Uses, func(c Consent) bool { return c.Ended.IsZero() })
}

func (p pages) document(w http.ResponseWriter, r *http.Request) error {
	page, err := p.documentPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// file answers with the file itself. An official says for which case.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	d, data, err := p.o.Open(r.Context(), p.Actor(r), r.PathValue("document"), r.FormValue("caz"))
	if err != nil {
		return err
	}
	name := d.Name
	if d.Paper != "" {
		name = d.Paper + ".pdf"
	}
	return web.Download(w, name, d.Media, data, r.FormValue("descarca") == "")
}

func (p pages) remove(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Remove(r.Context(), p.Actor(r), web.Key(r), r.PathValue("document"))
	if err == nil {
		return web.See(w, r, "/dosar/documente?gata=scos")
	}
	f := fault.Of(err)
	if f.Kind != fault.Conflict {
		return err
	}
	page, pageErr := p.documentPage(r)
	if pageErr != nil {
		return pageErr
	}
	page.Error, page.HasErrors = page.T(f.Key, f.Args...), true
	return p.Render(w, r, web.Status(f), page.view())
}

// Offered returns a document as a form offers it that asks for its type on a day.
func (d Document) Offered(p ui.Page, day deadline.Date) ui.FolderDocument {
	offered := ui.FolderDocument{ID: d.ID, Title: p.T("folder.use-this"), Note: d.Name}
	if d.Certified != nil {
		offered.Good = p.T("folder.offer-certified", p.Day(d.Certified.At))
	}
	if !d.ValidOn(day) {
		offered.Late = p.T("folder.offer-expired", p.Date(d.Until))
	}
	return offered
}

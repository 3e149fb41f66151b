package fiscal

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// tabThings is the part of a file that has a page of its own: what somebody owns.
const tabThings = "bunuri"

// A Declared is a declaration that somebody has sent, and that a clerk may enter.
type Declared struct {
	Case   string
	Number string // of registration
	Day    deadline.Date
	Title  string
	taxroll.Declaration
}

// Declarations are those that people have sent as cases.
type Declarations interface {
	// Declared returns what waits of a taxpayer's, for the room that has opened their file.
	Declared(ctx context.Context, party act.PartyID, lang string) ([]Declared, error)

	// Enter makes the changes that a declaration asks for, and ends its case with a
	// confirmation: all of it or nothing, and once. It fails as [taxroll.Office.Apply] does.
	Enter(ctx context.Context, actor act.Actor, key, caseID string, changes []taxroll.Change) ([]taxroll.Applied, error)
}

func (p pages) mountRoll() {
	const party = "/lucru/taxe/contribuabil/{parte}"
	p.Handle("GET "+party+"/bunuri", act.OpenTaxes, p.things)
	p.Handle("GET "+party+"/bunuri/{bun}", act.OpenTaxes, p.thing)
	p.Handle("POST "+party+"/bunuri/{bun}/scutire", act.ChangeRegister, p.relieve)
	p.Handle("POST "+party+"/declaratie/{caz}", act.ChangeRegister, p.declare)
	p.Handle("GET "+party+"/suma/{datorie}", act.OpenTaxes, p.why)
	p.Handle("GET "+party+"/recalcul", act.AssessTaxes, p.newAssessment)
	p.Handle("POST "+party+"/recalcul", act.AssessTaxes, p.assess)
}

// thingsPage is what somebody owns, what was assessed, and the papers about it.
type thingsPage struct {
	filePage
	Taxes    taxes.File
	Declared []Declared
	Zone     ui.Input
}

// aboutFile is the frame of a page about a taxpayer's register, which is opened by the
// act of another room.
func (p pages) aboutFile(r *http.Request) (page filePage, key string, err error) {
	page = filePage{Page: p.page(r), o: p.o, actor: p.Actor(r), Purpose: r.FormValue("motiv"), Tab: tabThings, Party: act.PartyID(r.PathValue("parte"))}
	if key, err = purposeKey(page.Purpose); err != nil {
		return page, "", ErrUnknown
	}
	if page.actor.May(act.OpenTaxes, p.o.on(page.Party, key)) != nil {
		return page, "", ErrUnknown
	}
	if page.File.Person, err = p.o.People.Person(r.Context(), p.o.DB, page.Party); err != nil {
		return page, "", hidden(err)
	}
	page.File.Role, err = p.o.role(r.Context(), p.o.DB, page.Party)
	return page, key, err
}

func (p pages) thingsPage(r *http.Request) (page thingsPage, err error) {
	var key string
	if page.filePage, key, err = p.aboutFile(r); err != nil {
		return page, err
	}
	page.Zone = ui.Input{Name: "zona", Label: page.T("fiscal.zone"), Width: "w2", Value: r.PostFormValue("zona")}
	if page.File.Role.Number > 0 {
		if page.Taxes, err = p.o.Taxes.File(r.Context(), page.actor, page.Party, key); err != nil {
			return page, hidden(err)
		}
	}
	if p.o.Declarations != nil {
		page.Declared, err = p.o.Declarations.Declared(r.Context(), page.Party, page.Lang())
	}
	return page, err
}

func (p pages) things(w http.ResponseWriter, r *http.Request) error {
	page, err := p.thingsPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// declare enters what a declaration says, with the zone that the clerk has added.
func (p pages) declare(w http.ResponseWriter, r *http.Request) error {
	if !p.o.may(p.Actor(r), act.ProposeCase) { // it ends a case
		return ErrUnknown
	}
	page, err := p.thingsPage(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Declared, func(d Declared) bool { return d.Case == r.PathValue("caz") })
	if i < 0 {
		return ErrUnknown
	}
	d := page.Declared[i].Declaration
	d.Zone = strings.ToUpper(strings.TrimSpace(page.Zone.Value))
	changes, err := taxroll.FromDeclaration(d)
	if err == nil {
		_, err = p.o.Declarations.Enter(r.Context(), page.actor, web.Key(r), page.Declared[i].Case, changes)
	}
	if err == nil {
		return web.See(w, r, filePath(page.Party, "/bunuri", page.Purpose))
	}
	if status := web.Blame(&page.Page, &page.Problem, err, nil); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// thingPage is one thing: its history, and the relief that its owner has.
type thingPage struct {
	filePage
	Object                         taxlaw.Object
	Versions                       []taxroll.Version
	Reliefs                        []taxlaw.Relief
	Code, From, Until, Doc, Source ui.Input
	TypedFrom, TypedUntil          ui.Typed
}

func (p pages) thingPage(r *http.Request) (page thingPage, err error) {
	var key string
	if page.filePage, key, err = p.aboutFile(r); err != nil {
		return page, err
	}
	if page.Versions, err = p.o.Roll.History(r.Context(), page.actor, page.Party, r.PathValue("bun"), key); err != nil {
		return page, hidden(err)
	}
	page.Object.ID = r.PathValue("bun")
	for _, v := range page.Versions {
		if v.Thing != nil && page.Object.Kind == "" {
			page.Object.Kind = v.Thing.Kind
		}
	}
	rules, err := p.o.Taxes.Rules(p.o.today().Year)
	if err != nil {
		return page, err
	}
	page.Reliefs = rules.Reliefs(page.Object.Kind)
	in := func(name, label string) ui.Input {
		return ui.Input{Name: name, Label: page.T(label), Value: r.PostFormValue(name), Required: true}
	}
	page.Code, page.From, page.Until = in("scutire", "fiscal.relief"), in("din", "fiscal.relief-from"), in("pana", "fiscal.relief-until")
	page.Doc, page.Source = in("documente", "fiscal.relief-documents"), in("sursa", "fiscal.relief-source")
	page.Until.Required, page.Doc.Rows, page.Doc.Hint = false, 3, page.T("fiscal.relief-documents-hint")
	page.TypedFrom, page.TypedUntil = ui.ReadTyped(r.PostForm, "din"), ui.ReadTyped(r.PostForm, "pana")
	return page, nil
}

func (p pages) thing(w http.ResponseWriter, r *http.Request) error {
	page, err := p.thingPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// relieve grants an exemption or a reduction, or ends it (CF art. 456, 464, 469).
func (p pages) relieve(w http.ResponseWriter, r *http.Request) error {
	page, err := p.thingPage(r)
	if err != nil {
		return err
	}
	relief := taxroll.Relief{Party: page.Party, Code: page.Code.Value, Documents: strings.FieldsFunc(page.Doc.Value, func(c rune) bool { return c == '\n' || c == '\r' })}
	if relief.Code == endRelief {
		relief = taxroll.Relief{Party: page.Party}
	}
	change := taxroll.Change{Object: page.Object.ID, Why: taxroll.Relieved, Source: strings.TrimSpace(page.Source.Value), Relief: &relief}
	change.From = dated(page.TypedFrom, ErrDay, &err)
	if relief.Code != "" {
		relief.Filed = change.From
	}
	if !page.TypedUntil.Empty() && relief.Code != "" {
		relief.Until = dated(page.TypedUntil, errLate, &err)
	}
	switch {
	case err != nil:
	case page.Code.Value == "":
		err = ErrKind
	case relief.Code != "" && len(relief.Documents) == 0:
		err = ErrText
	case change.Source == "":
		err = ErrBasis
	default:
		_, err = p.o.Roll.Apply(r.Context(), page.actor, web.Key(r), []taxroll.Change{change})
	}
	if err == nil {
		return web.See(w, r, filePath(page.Party, "/bunuri/"+page.Object.ID, page.Purpose))
	}
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrKind: &page.Code, ErrDay: &page.From, errLate: &page.Until, ErrText: &page.Doc, ErrBasis: &page.Source}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// endRelief is the choice that ends an exemption.
const endRelief = "-"

// whyPage explains an amount.
type whyPage struct {
	filePage
	taxes.Reason
}

func (p pages) why(w http.ResponseWriter, r *http.Request) error {
	file, key, err := p.aboutFile(r)
	if err != nil {
		return err
	}
	page := whyPage{filePage: file}
	page.Reason, err = p.o.Taxes.WhyAmount(r.Context(), page.actor, page.Party, r.PathValue("datorie"), key)
	if err != nil && fault.Of(err).Kind != fault.Missing {
		return err // what was assessed elsewhere has no explanation here
	}
	for _, e := range page.Explanations {
		e.Fill(page.Translator)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// assessPage compares what was assessed with what an assessment would say now.
type assessPage struct {
	filePage
	Year    int
	Changes []taxroll.Difference
	Done    bool
}

func (p pages) assessPage(r *http.Request) (page assessPage, key string, err error) {
	if page.filePage, key, err = p.aboutFile(r); err != nil {
		return page, "", err
	}
	page.Year, err = p.o.yearOf(r.FormValue("an"))
	return page, key, err
}

func (p pages) newAssessment(w http.ResponseWriter, r *http.Request) error {
	page, key, err := p.assessPage(r)
	if err != nil {
		return err
	}
	if page.Changes, err = p.o.Taxes.Preview(r.Context(), page.actor, page.Party, page.Year, key); web.Blame(&page.Page, &page.Problem, err, nil) == 0 && err != nil {
		return hidden(err)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) assess(w http.ResponseWriter, r *http.Request) error {
	page, _, err := p.assessPage(r)
	if err != nil {
		return err
	}
	page.Changes, err = p.o.Taxes.AssessParty(r.Context(), page.actor, web.Key(r), page.Party, page.Year)
	status := http.StatusOK
	if page.Done = err == nil; err != nil {
		if status = web.Blame(&page.Page, &page.Problem, err, nil); status == 0 {
			return hidden(err)
		}
	}
	return p.Render(w, r, status, page.view())
}

package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bega/cases"
	"bega/city"
	"bega/drafts"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/money"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/payments"
	"bega/procedures"
	"bega/revenue"
)

// mountHome mounts the pages that belong to no room.
func (t *Town) mountHome() {
	t.site.Handle("GET /{$}", act.ReadPublic, t.home)
	t.site.Handle("GET /dosar", act.ReadFolder, t.folderHome)
	t.site.Handle("GET /ajutor", act.ReadPublic, t.help)
	t.site.Handle("GET /accesibilitate", act.ReadPublic, t.declaration("accesibilitate"))
	t.site.Handle("GET /date-personale", act.ReadPublic, t.declaration("date-personale"))
	t.site.Handle("GET /despre", act.ReadPublic, t.declaration("despre"))
	t.site.Handle("GET /componente", act.ReadPublic, t.components)
}

// homePage is the first page of the portal.
type homePage struct {
	ui.Page
	Popular []ui.Link
	Doors   []city.Door
	Lives   []ui.Link
	Tasks   []ui.Task
	Typical []typical
}

// A typical service says how long it really takes.
type typical struct {
	Title, Href string
	Half, Nine  int // days
}

func (s typical) say(p ui.Page) string {
	if s.Half == s.Nine {
		return p.T("portal.duration-same", s.Nine)
	}
	return p.T("portal.duration", s.Half, s.Nine)
}

func (t *Town) home(w http.ResponseWriter, r *http.Request) error {
	actor, p := t.actorOf(r, "/")
	page := homePage{Page: p, Doors: t.pack.Brand.Doors}
	for _, words := range t.pack.Brand.Searches {
		page.Popular = append(page.Popular, ui.Link{Href: "/servicii?q=" + url.QueryEscape(words.In(p.Lang())), Label: words.In(p.Lang())})
	}
	for _, life := range t.catalog.Lives() {
		page.Lives = append(page.Lives, ui.Link{Href: "/servicii?moment=" + url.QueryEscape(life.Key), Label: life.Title.In(p.Lang()), Icon: life.Icon})
	}
	for _, service := range t.catalog.Services(t.today()) {
		half, nine, n, err := t.cases.Durations(r.Context(), service.Key)
		if err != nil {
			return err
		}
		if n >= enough && len(page.Typical) < 3 {
			page.Typical = append(page.Typical, typical{service.Title.In(p.Lang()), "/servicii/" + service.Key, half, nine})
		}
	}
	if actor.SignedIn() {
		mine, err := t.mine(r.Context(), actor)
		if err != nil {
			return err
		}
		page.Tasks = t.tasks(p, mine)
	}
	return t.site.Render(w, r, http.StatusOK, page.view())
}

// enough is from how many cases on their duration says something.
const enough = 5

// A mine is all that concerns the folder somebody is in.
type mine struct {
	Cases     []cases.Case
	Asks      map[string]cases.Ask // open requests, by case
	Drafts    []drafts.Draft
	Documents []folder.Document
	Orders    []payments.Order
	Taxes     ledger.Total // what is due
}

// mine reads the folder. Whoever acts by a mandate for some services sees these
// alone.
func (t *Town) mine(ctx context.Context, actor act.Actor) (m mine, err error) {
	if m.Cases, err = t.cases.Cases(ctx, actor); err != nil {
		return mine{}, err
	}
	if m.Asks, err = t.cases.Waiting(ctx, actor, m.Cases); err != nil {
		return mine{}, err
	}
	if m.Drafts, err = t.drafts.Drafts(ctx, actor); err != nil {
		return mine{}, err
	}
	if m.Orders, err = t.payments.Orders(ctx, actor); err != nil {
		return mine{}, err
	}
	whole := act.On{Subject: "folder", Owner: actor.For}
	if actor.May(act.ReadLedger, whole) == nil {
		sheet, err := t.revenue.Ledger.Owed(ctx, actor, actor.For, t.today())
		if err != nil {
			return mine{}, err
		}
		m.Taxes = sheet.Due()
	}
	if actor.May(act.ReadFolder, whole) == nil {
		m.Documents, err = t.folder.Documents(ctx, actor)
	}
	m.Documents = slices.DeleteFunc(m.Documents, func(d folder.Document) bool { return slices.Contains(paperwork, d.Type) })
	return m, err
}

// paperwork are the types of what only proves what was done: it does not belong
// on the first page.
var paperwork = []string{"dovada-inregistrare", "solicitare-completare", revenue.ReceiptType}

// owed returns the open orders and their sum.
func (m mine) owed() (open []payments.Order, total money.Bani) {
	for _, o := range m.Orders {
		if o.State == payments.Open {
			open, total = append(open, o), total+o.Total
		}
	}
	return open, total
}

// tasks are what is to be done, the most urgent first.
func (t *Town) tasks(p ui.Page, m mine) (all []ui.Task) {
	for _, c := range m.Cases {
		ask, ok := m.Asks[c.ID]
		if !ok {
			continue
		}
		all = append(all, ui.Task{Icon: "upload-simple", Title: t.askTitle(p, c, ask),
			Text:   p.T("portal.task-ask", t.serviceTitle(c, p.Lang()), c.Number.String(), p.Date(ask.Until)),
			Button: ui.Link{Href: "/cereri/" + c.ID + "/completare/" + ask.ID, Label: p.T("portal.task-answer")}})
	}
	if open, total := m.owed(); len(open) > 0 {
		href := "/plati"
		if len(open) == 1 {
			href = "/plati/" + open[0].ID
		}
		all = append(all, ui.Task{Icon: "receipt", Title: p.T("portal.task-pay", p.Money(total)), Text: p.T("portal.task-pay-for", len(open)),
			Button: ui.Link{Href: href, Label: p.T("portal.task-see-and-pay")}})
	}
	if sum := m.Taxes.Sum(); sum > 0 {
		all = append(all, ui.Task{Icon: "receipt", Title: p.T("portal.task-pay", p.Money(sum)), Text: p.T("portal.task-taxes", p.Money(m.Taxes.Surcharge)),
			Button: ui.Link{Href: "/dosar/taxe", Label: p.T("portal.task-see-and-pay")}})
	}
	for i, d := range m.Drafts {
		if i == 2 { // more are a list, not tasks
			break
		}
		service, err := t.catalog.Version(d.Service, d.Version)
		if err != nil {
			continue
		}
		all = append(all, ui.Task{Icon: "pencil-simple", Calm: true, Title: p.T("portal.task-draft", service.Title.In(p.Lang())),
			Text:   p.T("portal.task-draft-saved", p.DateTime(d.Saved)),
			Button: ui.Link{Href: d.Link(), Label: p.T("portal.task-continue")}})
	}
	if len(all) > 0 {
		all[0].Primary = true
	}
	return all
}

// askTitle says what is asked for.
func (t *Town) askTitle(p ui.Page, c cases.Case, ask cases.Ask) string {
	var names []string
	for _, typ := range ask.Documents {
		if title := (titles{t}).TypeTitle(typ, p.Lang()); title != "" {
			names = append(names, title)
		}
	}
	if len(names) == 0 {
		return p.T("portal.task-correct", t.serviceTitle(c, p.Lang()))
	}
	return p.T("portal.task-send", strings.Join(names, ", "))
}

func (t *Town) serviceTitle(c cases.Case, lang string) string {
	service, err := t.catalog.Version(c.Service, c.Version)
	if err != nil {
		return c.Service
	}
	return service.Title.In(lang)
}

// folderPage is the first page of the folder.
type folderPage struct {
	ui.Page
	t       *Town
	Greeted string // first name, or the name of the firm
	Tasks   []ui.Task
	mine
	Open  []payments.Order
	Total money.Bani
	Whole bool // the actor sees the whole folder, not some services of it
}

// shown is how many things of a kind the first page of the folder shows.
const shown = 5

func (t *Town) folderHome(w http.ResponseWriter, r *http.Request) error {
	actor, p := t.actorOf(r, "/dosar")
	m, err := t.mine(r.Context(), actor)
	if err != nil {
		return err
	}
	page := folderPage{Page: p, t: t, Tasks: t.tasks(p, m), mine: m, Greeted: p.Who.For}
	if page.Greeted == "" {
		page.Greeted, _, _ = strings.Cut(p.Who.Name, " ")
	}
	page.Open, page.Total = m.owed()
	page.Whole = actor.May(act.ReadFolder, act.On{Subject: "folder", Owner: actor.For}) == nil
	return t.site.Render(w, r, http.StatusOK, page.view())
}

// note says about a document what matters most.
func (p folderPage) note(d folder.Document) string {
	switch {
	case !d.Until.IsZero():
		return p.T("portal.document-until", p.Date(d.Until))
	case d.Certified != nil:
		return p.T("portal.document-certified", p.Day(d.Certified.At))
	}
	return p.T("portal.document-since", p.Day(d.Added))
}

func (p folderPage) typeTitle(d folder.Document) string {
	if title := (titles{p.t}).TypeTitle(d.Type, p.Lang()); title != "" {
		return title
	}
	return d.Name
}

// helpPage has questions and answers.
type helpPage struct {
	ui.Page
	Articles []city.Article
}

func (t *Town) help(w http.ResponseWriter, r *http.Request) error {
	_, p := t.actorOf(r, "")
	return t.site.Render(w, r, http.StatusOK, helpPage{p, t.pack.Help}.view())
}

// aboutPage is a declaration of the town hall.
type aboutPage struct {
	ui.Page
	city.Article
}

func (t *Town) declaration(key string) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, ok := t.pack.Article(key)
		if !ok {
			return act.ErrRefused
		}
		_, p := t.actorOf(r, "")
		return t.site.Render(w, r, http.StatusOK, aboutPage{p, a}.view())
	}
}

// components is the living page of the design system.
func (t *Town) components(w http.ResponseWriter, r *http.Request) error {
	_, p := t.actorOf(r, "")
	return t.site.Render(w, r, http.StatusOK, ui.Gallery(p))
}

// in says a text of the pack in the language of the page.
func in(p ui.Page, text procedures.Text) string { return text.In(p.Lang()) }

// sentence says under the greeting how much there is to do.
func (p folderPage) sentence() string {
	if len(p.Tasks) == 0 {
		return p.T("portal.nothing-to-do")
	}
	return p.T("portal.to-do", len(p.Tasks))
}

package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// listPage is a work list.
type listPage struct {
	ui.Page
	o      *Office
	actor  act.Actor
	Filter Filter
	List   Worklist
	Only   []string // what was chosen of the filters
	Words  ui.Input

	ToSign []Row  // on one's own list: what waits for one's signature
	Done   string // number of the case that was just finished; there is no next
	None   bool   // nothing free was left to take
}

// The filters, as they stand in addresses.
const (
	onlyLate    = "termen"
	onlyNew     = "noi"
	onlyFree    = "libere"
	onlyWaiting = "asteapta"
	onlySign    = "semnat"
	onlyOver    = "incheiate"
)

// readFilter reads a filter from an address: it can be kept as a bookmark.
func readFilter(query url.Values) Filter {
	only := query["doar"]
	has := func(what string) bool { return slices.Contains(only, what) }
	page, _ := strconv.Atoi(query.Get("pagina"))
	sort := map[string]string{"depusa": "filed", "serviciu": "service"}[query.Get("ordine")]
	return Filter{Late: has(onlyLate), New: has(onlyNew), Free: has(onlyFree), Waiting: has(onlyWaiting), Sign: has(onlySign),
		Over: has(onlyOver), Service: query.Get("serviciu"), Sort: sort, Page: max(page, 1)}
}

func (p pages) listPage(r *http.Request, section string) listPage {
	page := listPage{Page: p.Page(r), o: p.o, actor: p.Actor(r), Filter: readFilter(r.URL.Query()), Only: r.URL.Query()["doar"]}
	page.Section = section
	return page
}

// hasCases reports whether an official has cases at all: who sits at the counter
// has visitors instead.
func hasCases(actor act.Actor) bool {
	return slices.ContainsFunc([]act.Role{act.Clerk, act.Head, act.Signatory}, actor.Has)
}

// mine shows officials what they have taken and what they have to sign.
func (p pages) mine(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.listPage(r, "/lucru")
	if !hasCases(page.actor) && page.actor.Has(act.Desk) {
		return web.See(w, r, "/lucru/ghiseu")
	}
	page.Done, page.None = r.FormValue("gata"), r.FormValue("niciunul") != ""
	if hasCases(page.actor) {
		page.Filter.Mine = true
		if page.List, err = p.o.Worklist(r.Context(), page.actor, page.Filter); err != nil {
			return err
		}
	}
	if page.actor.Has(act.Signatory) {
		sign, err := p.o.Worklist(r.Context(), page.actor, Filter{Sign: true, Page: 1})
		if err != nil {
			return err
		}
		page.ToSign = sign.Rows
	}
	return p.Render(w, r, http.StatusOK, page.viewMine())
}

// team shows the cases of the whole department.
func (p pages) team(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.listPage(r, "/lucru/echipa")
	if page.List, err = p.o.Worklist(r.Context(), page.actor, page.Filter); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.viewTeam())
}

// take gives an official the next case that is free.
func (p pages) take(w http.ResponseWriter, r *http.Request) error {
	id, err := p.o.Take(r.Context(), p.Actor(r), web.Key(r))
	if errors.Is(err, cases.ErrUnknown) {
		return web.See(w, r, "/lucru?niciunul=1")
	} else if err != nil {
		return err
	}
	return web.See(w, r, "/lucru/caz/"+id)
}

func (p pages) searchPage(r *http.Request) listPage {
	page := p.listPage(r, "/lucru/cauta")
	page.Words = ui.Input{Name: "cauta", Label: page.T("desk.search-what"), Hint: page.T("desk.search-hint"), Value: r.PostFormValue("cauta"), Required: true}
	return page
}

func (p pages) search(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, p.searchPage(r).viewSearch())
}

// find answers a form sent by POST with a page: whose case was looked for never
// stands in an address.
func (p pages) find(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.searchPage(r)
	if page.Filter.Words = strings.TrimSpace(page.Words.Value); page.Filter.Words == "" {
		page.Words.Error, page.HasErrors = page.T("desk.search-empty"), true
		return p.Render(w, r, http.StatusUnprocessableEntity, page.viewSearch())
	}
	if page.List, err = p.o.Worklist(r.Context(), page.actor, page.Filter); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.viewSearch())
}

// serviceOptions returns the services that a department may have cases of.
func (p listPage) serviceOptions() []ui.Option {
	options := []ui.Option{{Label: p.T("desk.all-services")}}
	for _, s := range p.o.Catalog.Services(p.o.today()) {
		if s.Unit == p.actor.Unit || slices.ContainsFunc(s.Routes, func(to procedures.Route) bool { return to.Unit == p.actor.Unit }) {
			options = append(options, ui.Option{Value: s.Key, Label: s.Title.In(p.Lang())})
		}
	}
	return options
}

// filterOptions returns the filters, with how many cases each would show.
func (p listPage) filterOptions() []ui.Option {
	return []ui.Option{
		{Value: onlyLate, Label: p.T("desk.only-late", p.List.Late)},
		{Value: onlyNew, Label: p.T("desk.only-new", p.List.New)},
		{Value: onlyFree, Label: p.T("desk.only-free", p.List.Free)},
		{Value: onlyWaiting, Label: p.T("desk.only-waiting", p.List.Waiting)},
		{Value: onlySign, Label: p.T("desk.only-sign", p.List.Sign)},
		{Value: onlyOver, Label: p.T("desk.only-over")},
	}
}

// sorted returns the head of a column by which the list can be sorted.
func (p listPage) sorted(label, name, field string) ui.Column {
	col := ui.Column{Label: label, Sort: p.sortPath(name)}
	if p.Filter.Sort == field {
		col.Order = "ascending"
	}
	return col
}

// sortPath returns the address of the first page of the list in another order.
func (p listPage) sortPath(name string) string {
	page := p.Page
	page.Path = page.With("pagina", "")
	return page.With("ordine", name)
}

package counter

import (
	"embed"
	"errors"
	"net/http"
	"net/url"

	"bega/drafts"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// Files holds the texts of the room.
//
//go:embed texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files]. The steps of
// the form are pages of the room drafts.
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /lucru/ghiseu/{parte}/cerere", act.AssistCase, p.choose)
	site.Handle("POST /lucru/ghiseu/{parte}/cerere", act.AssistCase, p.begin)
	site.Handle("GET /lucru/depuse/{caz}", act.AssistCase, p.filed)
	site.Handle("GET /lucru/depuse/{caz}/dovada", act.AssistCase, p.receipt)
}

// page returns what all pages of this room have to know.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/lucru/ghiseu"
	return page
}

// choosePage asks what somebody at the counter wants.
type choosePage struct {
	ui.Page
	Person   Person
	Reason   string
	Service  ui.Input
	Services []ui.Option
	Problem  string
}

// person is where somebody is seen at the counter.
func (p choosePage) person() string {
	return "/lucru/ghiseu/" + url.PathEscape(string(p.Person.ID)) + "?motiv=" + url.QueryEscape(p.Reason)
}

func (p pages) choosePage(r *http.Request) (page choosePage, err error) {
	page = choosePage{Page: p.page(r), Reason: r.FormValue("motiv")}
	page.Service = ui.Input{Name: "serviciu", Label: page.T("counter.service"), Value: r.PostFormValue("serviciu"), Required: true}
	var services []*procedures.Service
	page.Person, services, err = p.o.Open(r.Context(), p.Actor(r), act.PartyID(r.PathValue("parte")), page.Reason)
	for _, s := range services {
		page.Services = append(page.Services, ui.Option{Value: s.Key, Label: s.Title.In(page.Lang())})
	}
	return page, err
}

func (p pages) choose(w http.ResponseWriter, r *http.Request) error {
	page, err := p.choosePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) begin(w http.ResponseWriter, r *http.Request) error {
	link, err := p.o.Begin(r.Context(), p.Actor(r), web.Key(r), act.PartyID(r.PathValue("parte")), r.PostFormValue("serviciu"))
	if err == nil {
		return web.See(w, r, link)
	}
	if fault.Of(err).Kind == fault.Missing || errors.Is(err, ErrSelf) {
		return err // they open nobody
	}
	page, openErr := p.choosePage(r)
	if openErr != nil {
		return openErr
	}
	fields := map[*fault.Fault]*ui.Input{ErrService: &page.Service, drafts.ErrPersons: &page.Service, drafts.ErrFirms: &page.Service}
	if status := web.Blame(&page.Page, &page.Problem, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// filedPage says that an application was registered, and has what is taken along.
type filedPage struct {
	ui.Page
	Filed
}

func (p pages) filed(w http.ResponseWriter, r *http.Request) (err error) {
	page := filedPage{Page: p.page(r)}
	if page.Filed, err = p.o.Filed(r.Context(), p.Actor(r), r.PathValue("caz")); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// receipt shows the paper in the browser, which prints it.
func (p pages) receipt(w http.ResponseWriter, r *http.Request) error {
	data, err := p.o.Receipt(r.Context(), p.Actor(r), r.PathValue("caz"))
	if err != nil {
		return err
	}
	return web.Download(w, "dovada.pdf", "application/pdf", data, true)
}

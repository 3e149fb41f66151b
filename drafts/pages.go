package drafts

import (
	"embed"
	"errors"
	"net/http"
	"slices"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o     *Office
	as    act.Actor // who serves the owner of the draft at the counter
	owner string    // what that one is called; "" if nobody is served
}

// at has a page know whether who opens it serves the owner of the draft at the counter.
func (p pages) at(h func(p pages, w http.ResponseWriter, r *http.Request) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		p := p
		if p.as, p.owner, err = p.o.serving(r.Context(), p.Site.Actor(r), r.PathValue("ciorna")); err != nil {
			return err
		}
		return h(p, w, r)
	}
}

// Actor returns who a request comes from.
func (p pages) Actor(r *http.Request) act.Actor {
	if p.owner != "" {
		return p.as
	}
	return p.Site.Actor(r)
}

// Page returns what a page has to know. At the counter it says for whom it is.
func (p pages) Page(r *http.Request) ui.Page {
	page := p.Site.Page(r)
	if p.owner != "" {
		page.Who.For, page.Who.Serves = p.owner, true
	}
	return page
}

// home is where one finds what was not sent: at the counter, who is next.
func (p pages) home() string {
	if p.owner != "" {
		return "/lucru/ghiseu"
	}
	return "/ciorne"
}

// Mount puts the pages of the office on a site that has the texts of [Files].
//
// Pages that take what somebody typed are open to everybody: who was signed out
// meanwhile is led to sign in, and finds it again.
func Mount(site *web.Site, office *Office) {
	p := pages{Site: site, o: office}
	site.Handle("GET /incepe/{serviciu}", act.ReadPublic, p.start)
	site.Handle("POST /incepe/{serviciu}", act.ReadPublic, p.begin)
	site.Handle("GET /ciorne", act.ReadDraft, p.list)
	site.Handle("GET /ciorne/{ciorna}", act.ReadDraft, p.at(pages.resume))
	site.Handle("GET /ciorne/{ciorna}/{pas}", act.ReadDraft, p.at(pages.step))
	site.Handle("POST /ciorne/{ciorna}/{pas}", act.ReadPublic, p.at(pages.save))
	site.Handle("POST /ciorne/{ciorna}/salveaza", act.ReadPublic, p.at(pages.saveForLater))
	site.Handle("POST /ciorne/{ciorna}/fisier", act.KeepDraft, p.at(pages.upload))
	site.Handle("GET /ciorne/{ciorna}/verifica", act.ReadDraft, p.at(pages.check))
	site.Handle("POST /ciorne/{ciorna}/trimite", act.ReadPublic, p.at(pages.send))
	site.Handle("POST /ciorne/{ciorna}/sterge", act.DiscardDraft, p.at(pages.discard))
	site.Handle("POST /ciorne/{ciorna}/restaureaza", act.RestoreDraft, p.at(pages.restore))
}

// draft returns the draft of a request, and its service.
func (p pages) draft(r *http.Request) (Draft, *procedures.Service, error) {
	d, err := p.o.ByID(r.Context(), p.Actor(r), r.PathValue("ciorna"))
	if err != nil {
		return Draft{}, nil, err
	}
	s, err := p.o.Service(d)
	return d, s, err
}

// startPage says what somebody is about to begin.
type startPage struct {
	ui.Page
	Of      procedures.Offer
	Going   *Draft              // that they have begun already
	Closed  *procedures.Closure // in which nothing can be sent today
	Refused string              // why they cannot ask for it
}

func (p pages) start(w http.ResponseWriter, r *http.Request) error {
	page, err := p.startPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) startPage(r *http.Request) (page startPage, err error) {
	page.Page = p.Page(r)
	page.Section = "/servicii"
	actor := p.Actor(r)
	catalogue := procedures.Office{Catalogue: p.o.Catalog, Papers: p.o.Folder, Now: p.o.Now, Zone: p.o.Zone}
	if page.Of, err = catalogue.Offer(r.Context(), actor, r.PathValue("serviciu")); err != nil {
		return page, err
	}
	if closed, ok := page.Of.ClosedOn(p.o.Today()); ok {
		page.Closed = &closed
	}
	env, err := p.o.Env(r.Context(), actor)
	if err != nil {
		return page, err
	}
	if err := Suits(page.Of.Service, env.Applicant); err != nil {
		page.Refused = page.T(fault.Of(err).Key)
	}
	all, err := p.o.Drafts(r.Context(), actor)
	if err != nil {
		return page, err
	}
	for _, d := range all {
		if d.Service == page.Of.Key && d.Binned.IsZero() && d.Objects == "" && page.Going == nil {
			page.Going = &d
		}
	}
	return page, nil
}

// begin begins a draft and leads to its first question. Whoever has one of that
// service chooses first which to go on with.
func (p pages) begin(w http.ResponseWriter, r *http.Request) error {
	page, err := p.startPage(r)
	if err != nil {
		return err
	}
	another := r.PostFormValue("nou") != ""
	if page.Refused != "" || page.Going != nil && !another {
		return web.See(w, r, page.Path)
	}
	key := web.Key(r)
	if key == "" {
		return act.ErrNoKey
	}
	d, err := p.o.Begin(r.Context(), p.Welcome(w, r), key, page.Of.Key, another, procedures.Values(r.URL.Query()))
	if err != nil {
		return err
	}
	return web.See(w, r, d.Link())
}

// listPage lists what was not sent.
type listPage struct {
	ui.Page
	Saved  bool // one was just saved
	Drafts []row
	Bin    []row
}

// A row is a draft of the list.
type row struct {
	Draft
	Title string
	By    string // name of who began it, if that is not who looks
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	page := listPage{Page: p.Page(r), Saved: r.FormValue("salvat") != ""}
	page.Section = "/dosar"
	actor := p.Actor(r)
	all, err := p.o.Drafts(r.Context(), actor)
	if err != nil {
		return err
	}
	var who []act.PartyID
	for _, d := range all {
		who = append(who, d.By)
	}
	names, err := p.o.People.Names(r.Context(), who)
	if err != nil {
		return err
	}
	for _, d := range all {
		row := row{Draft: d, Title: d.Service}
		if s, err := p.o.Service(d); err == nil {
			row.Title = s.Title.In(page.Lang())
		}
		if d.By != actor.Person {
			row.By = names[d.By]
		}
		if d.Binned.IsZero() {
			page.Drafts = append(page.Drafts, row)
		} else {
			page.Bin = append(page.Bin, row)
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// resume leads to where a draft was left.
func (p pages) resume(w http.ResponseWriter, r *http.Request) error {
	d, err := p.o.ByID(r.Context(), p.Actor(r), r.PathValue("ciorna"))
	if err != nil {
		return err
	}
	return web.See(w, r, p.goOn(d))
}

// goOn is where one goes on with a draft: of one in the bin, that is where it
// can be taken out.
func (p pages) goOn(d Draft) string {
	if d.Case == "" && !d.Binned.IsZero() {
		return p.home()
	}
	return d.Link()
}

func (p pages) discard(w http.ResponseWriter, r *http.Request) error {
	err := p.o.Discard(r.Context(), p.Actor(r), r.PathValue("ciorna"))
	if err != nil {
		return p.elsewhere(w, r, err)
	}
	return web.See(w, r, p.home())
}

func (p pages) restore(w http.ResponseWriter, r *http.Request) error {
	d, err := p.o.Restore(r.Context(), p.Actor(r), r.PathValue("ciorna"))
	if err != nil {
		return p.elsewhere(w, r, err)
	}
	return web.See(w, r, d.Link())
}

// elsewhere leads to what a draft has become, if it was sent.
func (p pages) elsewhere(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, ErrSent) {
		return err
	}
	d, err := p.o.ByID(r.Context(), p.Actor(r), r.PathValue("ciorna"))
	if err != nil {
		return err
	}
	return web.See(w, r, d.Link())
}

// formPage is the frame of the pages of a draft.
type formPage struct {
	ui.Page
	Draft Draft
	Of    *procedures.Service
	Steps []ui.Step
}

func (p pages) formPage(r *http.Request, d Draft, s *procedures.Service, env procedures.Env, current string) formPage {
	page := formPage{Page: p.Page(r), Draft: d, Of: s}
	page.Section = "/servicii"
	wrong := map[string]bool{}
	for _, problem := range s.Check(d.Values, env) {
		wrong[problem.Step] = true
	}
	path := s.Path(d.Values, env)
	place := func(key string) int {
		if at := slices.IndexFunc(path, func(step procedures.Step) bool { return step.Key == key }); at >= 0 {
			return at
		}
		return len(path)
	}
	reached, open := max(place(current), place(d.Step)), true
	for i, step := range path {
		shown := ui.Step{Title: step.ShortTitle(page.Lang()), Done: i < reached && !wrong[step.Key], Current: step.Key == current}
		if open || i < reached {
			shown.Href = d.at(step.Key)
		}
		open = open && !wrong[step.Key]
		page.Steps = append(page.Steps, shown)
	}
	last := ui.Step{Title: page.T("drafts.verify"), Current: current == Verify}
	if open {
		last.Href = d.at(Verify)
	}
	page.Steps = append(page.Steps, last)
	return page
}

package procedures

import (
	"embed"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Files holds the texts of the room.
//
//go:embed texts
var Files embed.FS

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /servicii", act.ReadPublic, p.list)
	site.Handle("GET /servicii/{serviciu}", act.ReadPublic, p.service)
	site.Handle("GET /servicii/{serviciu}/verifica", act.ReadPublic, p.fit)
	site.Handle("GET /servicii/{serviciu}/schema", act.ReadPublic, p.schema)
}

type pages struct {
	*web.Site
	o *Office
}

// page returns what pages of the section services have to know.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/servicii"
	return page
}

// listPage is the catalogue, or what a search in it found.
type listPage struct {
	ui.Page
	Wish    Wish
	Search  bool // it is what was found, and not everything
	Offers  []Offer
	Suggest string
	Topics  []ui.Link
	Lives   []ui.Link
	Filter  listFilter
	Heading string
}

// listFilter narrows the catalogue down.
type listFilter struct {
	Topic, Who, Free ui.Input
	Topics, People   []ui.Option
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	page := listPage{Page: p.page(r)}
	page.Wish = Wish{
		Words: strings.TrimSpace(r.FormValue("q")), Topic: r.FormValue("domeniu"), Life: r.FormValue("moment"),
		Who: map[string]string{"persoana": "person", "firma": "firm"}[r.FormValue("pentru")], Free: r.FormValue("gratuit") == "da",
	}
	page.Search = page.Wish != Wish{}
	var err error
	if page.Offers, err = p.o.Find(r.Context(), p.Actor(r), page.Wish, page.Lang()); err != nil {
		return err
	}
	if page.Wish.Words != "" {
		page.Suggest = p.o.Catalogue.Suggest(page.Wish.Words)
	}
	for _, topic := range p.o.Catalogue.topics {
		page.Topics = append(page.Topics, ui.Link{Href: "/servicii?domeniu=" + topic.Key, Label: topic.Title.In(page.Lang()), Icon: topic.Icon})
	}
	for _, life := range p.o.Catalogue.lives {
		page.Lives = append(page.Lives, ui.Link{Href: "/servicii?moment=" + life.Key, Label: life.Title.In(page.Lang()), Icon: life.Icon})
	}
	page.Heading = p.heading(page)
	page.Filter = p.filter(page, r)
	return p.Render(w, r, http.StatusOK, page.view())
}

// narrows reports whether there is something to narrow down, or to widen again.
func (p listPage) narrows() bool {
	return len(p.Offers) > 3 || p.Wish.Topic != "" || p.Wish.Who != "" || p.Wish.Free
}

// heading says of what the list is.
func (p pages) heading(page listPage) string {
	if page.Wish.Words != "" {
		return page.T("procedures.found-for", page.Wish.Words)
	}
	if life, err := p.o.Catalogue.Life(page.Wish.Life); err == nil {
		return life.Title.In(page.Lang())
	}
	if topic, err := p.o.Catalogue.Topic(page.Wish.Topic); err == nil {
		return topic.Title.In(page.Lang())
	}
	return page.T("procedures.title")
}

func (p pages) filter(page listPage, r *http.Request) listFilter {
	f := listFilter{
		Topic:  ui.Input{Name: "domeniu", Label: page.T("procedures.topic"), Value: page.Wish.Topic},
		Who:    ui.Input{Name: "pentru", Label: page.T("procedures.for-whom"), Value: r.FormValue("pentru")},
		Free:   ui.Input{Name: "gratuit", Label: page.T("procedures.only-free"), Value: r.FormValue("gratuit")},
		Topics: []ui.Option{{Label: page.T("procedures.all-topics")}},
		People: []ui.Option{{Label: page.T("procedures.everybody")}, {Value: "persoana", Label: page.T("procedures.persons")}, {Value: "firma", Label: page.T("procedures.firms")}},
	}
	for _, topic := range p.o.Catalogue.topics {
		f.Topics = append(f.Topics, ui.Option{Value: topic.Key, Label: topic.Title.In(page.Lang())})
	}
	return f
}

// servicePage answers what a service is, for whom, with what, for how much, how
// fast, and where to begin.
type servicePage struct {
	ui.Page
	Offer
	Of      Unit
	Soon    []Closure
	Known   bool          // well enough to file
	Usual   string        // how long half of all cases took, at most; empty if it is not known
	Took    string        // the same, and nine out of ten
	Latest  deadline.Date // for the answer, if it is sent today; no day while nothing can be sent
	Draft   string        // where to go on; empty if nothing was begun
	Begun   time.Time
	Related []ui.Link
}

func (p pages) service(w http.ResponseWriter, r *http.Request) error {
	page, err := p.servicePage(r)
	if err != nil {
		return err
	}
	actor := p.Actor(r)
	page.Soon = p.o.Soon(page.Service)
	page.Known = actor.Level >= page.Level.Assurance()
	if _, closed := page.ClosedOn(p.o.Today()); !closed {
		page.Latest = p.o.Calendar.End(p.o.Today(), page.Term)
	}
	half, nine, ok, err := p.o.Took(r.Context(), page.Service)
	if err != nil {
		return err
	}
	if ok {
		page.Usual = sayTerm(page.Page, deadline.Term{N: half, Unit: deadline.Days, Mode: page.Term.Mode})
		if page.Took = page.T("procedures.took", page.Usual, sayTerm(page.Page, deadline.Term{N: nine, Unit: deadline.Days, Mode: page.Term.Mode})); nine == 0 {
			page.Took = page.T("procedures.took-no-time")
		}
	}
	if actor.For != "" {
		link, at, ok, err := p.o.Started.Draft(r.Context(), actor, page.Key)
		if err != nil {
			return err
		}
		if ok {
			page.Draft, page.Begun = link, at
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) servicePage(r *http.Request) (page servicePage, err error) {
	page.Page = p.page(r)
	if page.Offer, err = p.o.Offer(r.Context(), p.Actor(r), r.PathValue("serviciu")); err != nil {
		return page, err
	}
	for _, other := range p.o.Catalogue.Services(p.o.Today()) {
		if other.Topic == page.Topic && other.Key != page.Offer.Key {
			page.Related = append(page.Related, ui.Link{Href: "/servicii/" + other.Key, Label: other.Title.In(page.Lang())})
		}
	}
	page.Of, err = p.o.Catalogue.Unit(page.Unit)
	return page, err
}

// facts are what most people want to know.
func (p servicePage) facts() []ui.Fact {
	lang := p.Lang()
	time := p.T("procedures.at-most", sayTerm(p.Page, p.Term))
	if p.Usual != "" {
		time = p.T("procedures.usually", p.Usual)
	}
	return []ui.Fact{
		{Label: p.T("procedures.outcome"), Value: p.Outcome.In(lang)},
		{Label: p.T("procedures.cost"), Value: p.costs()},
		{Label: p.T("procedures.time"), Value: time},
		{Label: p.T("procedures.for-whom"), Value: whose(p.Page, p.Service)},
		{Label: p.T("procedures.who-answers"), Value: p.Of.Title.In(lang)},
	}
}

// costs returns what the service costs, and for what, or what that depends on.
func (p servicePage) costs() string {
	switch note := p.Fee.Note.In(p.Lang()); {
	case p.Fee.Kind == FixedFee:
		return p.T("procedures.cost-for", p.Money(p.Fee.Amount), p.Fee.Label.In(p.Lang()))
	case p.Fee.Kind == NoFee:
		return p.T("procedures.costs-nothing")
	case note != "":
		return note
	}
	return p.T("procedures.costs-depend")
}

// account returns as whom one can file.
func (p servicePage) account() string {
	if p.Level == Light {
		return p.T("procedures.account-light")
	}
	return p.T("procedures.account-verified")
}

func (p servicePage) accountNote() string {
	if p.Level == Light {
		return p.T("procedures.account-light-note")
	}
	return p.T("procedures.account-verified-note")
}

// fitPage helps to find out whether a service is the right one.
type fitPage struct {
	ui.Page
	Of        *Service
	Questions []ui.Input
	Answers   []ui.Option
	Against   []string // why it is not the right one, and what to do
	Answered  bool
}

// fit asks what only the visitor knows. What is known of a condition is not
// asked for.
func (p pages) fit(w http.ResponseWriter, r *http.Request) error {
	offer, err := p.o.Offer(r.Context(), p.Actor(r), r.PathValue("serviciu"))
	if err != nil {
		return err
	}
	if len(offer.Eligibility) == 0 {
		return ErrUnknown
	}
	page := fitPage{Page: p.page(r), Of: offer.Service, Answered: r.URL.Query().Has("gata")}
	page.Answers = []ui.Option{{Value: "da", Label: page.T("form.yes")}, {Value: "nu", Label: page.T("form.no")}}
	for i, check := range offer.Eligibility {
		yes, known := offer.Qualifies(check, Env{Today: p.o.Today()})
		in := ui.Input{Name: "r" + strconv.Itoa(i+1), Label: check.Question.In(page.Lang()), Required: true}
		if !known {
			in.Value = r.FormValue("r" + strconv.Itoa(i+1))
			if yes = in.Value == "da"; page.Answered && !yes && in.Value != "nu" {
				in.Error, page.HasErrors = page.T("form.error-choose"), true
			}
			page.Questions = append(page.Questions, in)
		}
		if !yes {
			page.Against = append(page.Against, check.No.In(page.Lang()))
		}
	}
	status := http.StatusOK
	if page.HasErrors {
		page.Answered, status = false, http.StatusUnprocessableEntity
	}
	return p.Render(w, r, status, page.view())
}

// schema tells other sites what a link to the form may fill in.
func (p pages) schema(w http.ResponseWriter, r *http.Request) error {
	offer, err := p.o.Offer(r.Context(), p.Actor(r), r.PathValue("serviciu"))
	if err != nil {
		return err
	}
	lang := p.Page(r).Lang()
	schema := offer.Schema(lang)
	schema["title"] = offer.Title.In(lang)
	return web.JSON(w, http.StatusOK, schema)
}

// sayTerm returns how long something may take: "15 zile lucrătoare".
func sayTerm(p ui.Page, t deadline.Term) string {
	switch {
	case t.N == 0:
		return p.T("procedures.same-day")
	case t.Unit == deadline.Months:
		return p.T("procedures.months", t.N)
	case t.Unit == deadline.Years:
		return p.T("procedures.years", t.N)
	case t.Mode == deadline.WorkingDays:
		return p.T("procedures.working-days", t.N)
	case t.Mode == deadline.FreeDays:
		return p.T("procedures.free-days", t.N)
	}
	return p.T("procedures.days", t.N)
}

// cost returns what a service costs, as short as possible.
func cost(p ui.Page, f Fee) string {
	switch f.Kind {
	case FixedFee:
		return p.Money(f.Amount)
	case FeeByLaw:
		return p.T("procedures.cost-depends")
	}
	return p.T("procedures.free")
}

// note says in one line what a service takes.
func (o Offer) note(p ui.Page) string {
	parts := []string{p.T("procedures.online"), cost(p, o.Fee), sayTerm(p, o.Term)}
	switch n := len(o.Papers); {
	case n == 0:
		parts = append(parts, p.T("procedures.no-papers"))
	case o.Have > 0:
		parts = append(parts, p.T("procedures.papers-some", n, o.Have))
	default:
		parts = append(parts, p.T("procedures.papers", n))
	}
	return strings.Join(parts, " · ")
}

// whose returns for whom a service is.
func whose(p ui.Page, s *Service) string {
	switch {
	case s.Persons && s.Firms:
		return p.T("procedures.for-both")
	case s.Firms:
		return p.T("procedures.firms")
	}
	return p.T("procedures.persons")
}

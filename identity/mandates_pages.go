package identity

import (
	"net/http"
	"time"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// A mandateRow is a mandate as a list shows it.
type mandateRow struct {
	Mandate
	Other    string // name of the other side
	By       string // who gave or entered it
	Services string // "" for all
	State    State
	MayEnd   bool // by who looks at the list
}

// rows returns mandates as a list shows them. Of those that were given, the
// other side is called as the giver wrote; and at home, one that still waits
// looks like one in force: nobody learns by guessing numbers whom the town hall
// knows, and by what name.
func (p pages) rows(r *http.Request, all []Mandate, given, atDesk bool) ([]mandateRow, error) {
	var ids []act.PartyID
	for _, m := range all {
		ids = append(ids, m.Principal, m.GivenBy)
	}
	names, err := p.o.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	lang, today, actor := p.Page(r).Lang(), p.o.Today(), p.Actor(r)
	rows := make([]mandateRow, len(all))
	for i, m := range all {
		rows[i] = mandateRow{m, names[m.Principal], names[m.GivenBy], p.o.ServiceTitles(lang, m.Services), m.State(today), false}
		if given {
			rows[i].Other = m.Label
		}
		if given && !atDesk {
			m.Agent = "whoever it is"
			rows[i].State = m.State(today)
		}
		running := rows[i].State != Ended && rows[i].State != Expired
		rows[i].MayEnd = running && (atDesk && given || !atDesk && all[i].endable(actor))
		if m.AtDesk {
			rows[i].By = "" // it is the town hall that entered it
		}
	}
	return rows, nil
}

// civil shows a civil day of the town, such as 2026-03-02.
func civil(p ui.Page, day string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, p.Now.Location())
	if err != nil {
		return day
	}
	return p.Day(at)
}

type mandatesPage struct {
	ui.Page
	Given, Received []mandateRow
	MaySee          bool // whoever acts for one service sees only what they received
	MayGive         bool // nobody passes on what was only lent to them
	Saved           bool
}

func (p pages) mandates(w http.ResponseWriter, r *http.Request) error {
	page := mandatesPage{Page: p.Page(r), Saved: r.FormValue("salvat") != ""}
	given, err := p.o.Given(r.Context(), p.Actor(r))
	if fault.Of(err).Kind != fault.Missing && err != nil {
		return err
	}
	page.MaySee = err == nil
	_, err = p.principal(r)
	page.MayGive = fault.Of(err).Kind != fault.Missing
	received, err := p.o.Received(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	if page.Given, err = p.rows(r, given, true, false); err != nil {
		return err
	}
	if page.Received, err = p.rows(r, received, false, false); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// grantPage asks what a new mandate is like, from home or at the desk.
type grantPage struct {
	ui.Page
	For              string // name of the principal
	Action           string // where the form goes
	Desk             bool
	To, Name         ui.Input
	Capacity         ui.Input
	Capacities       []ui.Option
	Services         ui.Input
	Chosen           []string
	ServiceOptions   []ui.Option
	From, Until      ui.Input
	TypedFrom, Typed ui.Typed
}

// capacityKeys are the texts of the capacities.
var capacityKeys = map[Capacity]string{Representative: "identity.capacity-representative", Employee: "identity.capacity-employee",
	Attorney: "identity.capacity-attorney", Guardian: "identity.capacity-guardian", Heir: "identity.capacity-heir"}

// stateKeys are the texts of the states of a mandate.
var stateKeys = map[State]string{Waiting: "identity.state-waiting", Future: "identity.state-future", Active: "identity.state-active",
	Expired: "identity.state-expired", Ended: "identity.state-ended"}

func (p pages) grantPage(r *http.Request, principal Party, desk bool) grantPage {
	page := grantPage{Page: p.Page(r), For: principal.Name, Action: r.URL.Path, Desk: desk}
	page.To = ui.Input{Name: "catre", Label: page.T("identity.to"), Hint: page.T("identity.to-hint"), Required: true}
	page.Name = ui.Input{Name: "nume", Label: page.T("identity.agent-name"), Hint: page.T("identity.agent-name-hint"), Required: true}
	page.Capacity = ui.Input{Name: "calitate", Label: page.T("identity.capacity")}
	for _, c := range Capacities(principal.Kind, desk) {
		page.Capacities = append(page.Capacities, ui.Option{Value: string(c), Label: page.T(capacityKeys[c])})
	}
	page.Capacity.Value = page.Capacities[0].Value
	page.Services = ui.Input{Name: "servicii", Label: page.T("identity.services"), Hint: page.T("identity.services-hint")}
	for _, t := range p.o.Services.Titles(page.Lang()) {
		page.ServiceOptions = append(page.ServiceOptions, ui.Option{Value: t.Key, Label: t.Title})
	}
	page.From = ui.Input{Name: "de", Label: page.T("identity.from"), Hint: page.T("identity.from-hint")}
	page.Until = ui.Input{Name: "pana", Label: page.T("identity.until"), Hint: page.T("identity.until-hint")}
	return page
}

// read fills a page with what was typed, and returns what is asked for.
func (page *grantPage) read(form web.Form) Grant {
	page.To.Value, page.Name.Value, page.Capacity.Value, page.Chosen = form.Get("catre"), form.Get("nume"), form.Get("calitate"), form.Values["servicii"]
	page.TypedFrom, page.Typed = ui.ReadTyped(form.Values, "de"), ui.ReadTyped(form.Values, "pana")
	return Grant{To: page.To.Value, Name: page.Name.Value, Capacity: Capacity(page.Capacity.Value), Services: page.Chosen,
		From: day(page.TypedFrom), Until: day(page.Typed), Proof: form.Get("dovada")}
}

// day returns a typed day: "" for none, and what is no day as it is.
func day(t ui.Typed) string {
	if iso := t.ISO(); iso != "" || t.Empty() {
		return iso
	}
	return t.Day + "." + t.Month + "." + t.Year
}

// blame says what is wrong with a grant.
func (page *grantPage) blame(err error) int {
	days := &page.Until
	if day(page.Typed) == "" || page.TypedFrom.ISO() == "" && !page.TypedFrom.Empty() {
		days = &page.From
	}
	return web.Blame(&page.Page, nil, err, map[*fault.Fault]*ui.Input{ErrAgent: &page.To, ErrEmail: &page.To, ErrName: &page.Name, ErrCapacity: &page.Capacity,
		ErrServices: &page.Services, ErrDay: days, ErrDays: days})
}

// inputs returns the fields in order, for the summary of errors.
func (page grantPage) inputs() []ui.Input {
	return []ui.Input{page.To, page.Name, page.Capacity, page.Services, page.From, page.Until}
}

// principal returns for whom a mandate is given. Whoever may give none does not
// even see what is asked.
func (p pages) principal(r *http.Request) (Party, error) {
	actor := p.Actor(r)
	if err := actor.May(act.GiveMandate, act.On{Subject: subject(actor.For), Owner: actor.For}); err != nil {
		return Party{}, err
	}
	if actor.Mandate != "" {
		if err := p.o.governs(r.Context(), p.o.DB, actor); err != nil {
			return Party{}, err
		}
	}
	return p.o.party(r.Context(), p.o.DB, actor.For)
}

func (p pages) newMandate(w http.ResponseWriter, r *http.Request) error {
	principal, err := p.principal(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, p.grantPage(r, principal, false).view())
}

func (p pages) giveMandate(w http.ResponseWriter, r *http.Request) error {
	principal, err := p.principal(r)
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	page := p.grantPage(r, principal, false)
	_, err = p.o.Give(r.Context(), p.Actor(r), form.Key(), page.read(form))
	if status := page.blame(err); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, "/imputerniciri?salvat=1")
}

func (p pages) endMandate(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.End(r.Context(), p.Actor(r), web.Key(r), r.PathValue("mandat")); err != nil {
		return err
	}
	return web.See(w, r, "/imputerniciri?salvat=1")
}

func (p pages) takeMandate(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.Take(r.Context(), p.Actor(r), web.Key(r), r.PathValue("mandat")); err != nil {
		return err
	}
	return web.See(w, r, "/imputerniciri?salvat=1")
}

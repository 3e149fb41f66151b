package identity

import (
	"net/http"
	"net/url"
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// roleKeys are the texts of the roles.
var roleKeys = map[act.Role]string{act.Clerk: "act.role-clerk", act.Head: "act.role-head", act.Signatory: "act.role-signatory",
	act.Desk: "act.role-desk", act.Officer: "act.role-officer", act.Admin: "act.role-admin"}

// staffPage lists the officials, and those who could become one.
type staffPage struct {
	ui.Page
	Search     string
	Officials  []Official
	Candidates []Official
	Units      map[string]string // titles by key
}

func (p pages) admin(w http.ResponseWriter, r *http.Request) error {
	return web.See(w, r, "/admin/functionari")
}

func (p pages) staff(w http.ResponseWriter, r *http.Request) (err error) {
	page := staffPage{Page: p.Page(r), Search: text.Clean(r.FormValue("q"))}
	page.Section = "/admin"
	page.Units = p.units(page.Lang())
	if page.Officials, err = p.o.Officials(r.Context(), p.Actor(r), page.Search); err != nil {
		return err
	}
	if page.Candidates, err = p.o.Candidates(r.Context(), p.Actor(r), page.Search); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) units(lang string) map[string]string {
	titles := map[string]string{}
	for _, t := range p.o.Units.Titles(lang) {
		titles[t.Key] = t.Title
	}
	return titles
}

// said returns what an official is, and where.
func (page staffPage) said(o Official) string {
	var all []string
	for _, role := range o.Roles {
		all = append(all, page.T(roleKeys[role]))
	}
	if unit := page.Units[o.Unit]; unit != "" {
		all = append(all, unit)
	}
	return strings.Join(all, ", ")
}

func officialPath(id act.PartyID) string {
	return "/admin/functionari/" + url.PathEscape(string(id))
}

// officialPage gives and takes the roles of one person.
type officialPage struct {
	ui.Page
	Official    Official
	Roles, Unit ui.Input
	Chosen      []string
	RoleOptions []ui.Option
	UnitOptions []ui.Option
	Saved       bool
}

func (p pages) officialPage(r *http.Request) (page officialPage, err error) {
	page = officialPage{Page: p.Page(r), Saved: r.Method == http.MethodGet && r.FormValue("salvat") != ""}
	page.Section = "/admin"
	if page.Official, err = p.o.Official(r.Context(), p.Actor(r), act.PartyID(r.PathValue("parte"))); err != nil {
		return page, err
	}
	page.Roles = ui.Input{Name: "rol", Label: page.T("identity.roles"), Hint: page.T("identity.roles-hint")}
	for _, role := range Roles() {
		page.RoleOptions = append(page.RoleOptions, ui.Option{Value: string(role), Label: page.T(roleKeys[role])})
	}
	page.Chosen = rolesAsWords(page.Official.Roles)
	page.Unit = ui.Input{Name: "compartiment", Label: page.T("identity.unit"), Value: page.Official.Unit}
	page.UnitOptions = []ui.Option{{Value: "", Label: page.T("identity.no-unit")}}
	for _, t := range p.o.Units.Titles(page.Lang()) {
		page.UnitOptions = append(page.UnitOptions, ui.Option{Value: t.Key, Label: t.Title})
	}
	return page, nil
}

func (p pages) official(w http.ResponseWriter, r *http.Request) error {
	page, err := p.officialPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) setRoles(w http.ResponseWriter, r *http.Request) error {
	page, err := p.officialPage(r)
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	page.Chosen, page.Unit.Value = form.Values["rol"], form.Get("compartiment")
	var roles []act.Role
	for _, role := range page.Chosen {
		roles = append(roles, act.Role(role))
	}
	err = p.o.SetRoles(r.Context(), p.Actor(r), form.Key(), page.Official.Party, roles, page.Unit.Value)
	if status := blame(&page.Page, err, map[*fault.Fault]*ui.Input{ErrRoles: &page.Roles, ErrOwnRole: &page.Roles}); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, officialPath(page.Official.Party)+"?salvat=1")
}

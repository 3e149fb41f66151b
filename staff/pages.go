package staff

import (
	"embed"
	"net/http"
	"net/url"
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /admin", act.ManageStaff, p.admin)
	site.Handle("GET /admin/functionari", act.ManageStaff, p.list)
	site.Handle("GET /admin/functionari/{parte}", act.ManageStaff, p.official)
	site.Handle("POST /admin/functionari/{parte}", act.ManageStaff, p.setRoles)
}

// roleKeys are the texts of the roles.
var roleKeys = map[act.Role]string{act.Clerk: "act.role-clerk", act.Head: "act.role-head", act.Signatory: "act.role-signatory",
	act.Desk: "act.role-desk", act.Officer: "act.role-officer", act.Admin: "act.role-admin"}

// listPage lists the officials, and those who could become one.
type listPage struct {
	ui.Page
	Search     string
	Officials  []Official
	Candidates []Official
	Units      []Unit
}

func (p pages) admin(w http.ResponseWriter, r *http.Request) error {
	return web.See(w, r, "/admin/functionari")
}

func (p pages) list(w http.ResponseWriter, r *http.Request) (err error) {
	page := listPage{Page: p.Page(r), Search: text.Clean(r.FormValue("q"))}
	page.Section = "/admin"
	page.Units = p.o.Units.Titles(page.Lang())
	if page.Officials, err = p.o.Officials(r.Context(), p.Actor(r), page.Search); err != nil {
		return err
	}
	if page.Candidates, err = p.o.Candidates(r.Context(), p.Actor(r), page.Search); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// said returns what an official is, and where.
func (page listPage) said(o Official) string {
	var all []string
	for _, role := range o.Roles {
		all = append(all, page.T(roleKeys[role]))
	}
	for _, unit := range page.Units {
		if unit.Key == o.Unit {
			all = append(all, unit.Title)
		}
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
	page.Roles = ui.Input{Name: "rol", Label: page.T("staff.roles"), Hint: page.T("staff.roles-hint")}
	for _, role := range Roles() {
		page.RoleOptions = append(page.RoleOptions, ui.Option{Value: string(role), Label: page.T(roleKeys[role])})
	}
	page.Chosen = asWords(page.Official.Roles)
	page.Unit = ui.Input{Name: "compartiment", Label: page.T("staff.unit"), Value: page.Official.Unit}
	page.UnitOptions = []ui.Option{{Value: "", Label: page.T("staff.no-unit")}}
	for _, unit := range p.o.Units.Titles(page.Lang()) {
		page.UnitOptions = append(page.UnitOptions, ui.Option{Value: unit.Key, Label: unit.Title})
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
	if status := web.Blame(&page.Page, nil, err, map[*fault.Fault]*ui.Input{ErrRoles: &page.Roles, ErrOwnRole: &page.Roles, ErrLast: &page.Roles}); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, officialPath(page.Official.Party)+"?salvat=1")
}

package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bega/access"
	"bega/cases"
	"bega/fiscal"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/config"
	"bega/portal"
)

// A RouteInfo is a kind of address, for whoever crawls the portal.
type RouteInfo struct {
	Method  string   `json:"method"`
	Pattern string   `json:"pattern"`
	Verb    act.Verb `json:"verb"`    // what it takes
	Example string   `json:"example"` // an address that exists in the demonstration town; "" for what begins to exist by use
	Who     []string `json:"who"`     // e-mail addresses of demonstration persons who may open the example; "" for anybody
}

// Routes makes a demonstration town in a folder of its own, and returns every
// kind of address with an example and who may open it. Nothing of it is kept.
func Routes(ctx context.Context) (all []RouteInfo, err error) {
	dir, err := os.MkdirTemp("", "bega-routes")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cfg, err := config.Load("", nil)
	if err != nil {
		return nil, err
	}
	cfg.Data = dir
	t, err := Open(ctx, cfg, portal.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return t.RouteInfos(ctx)
}

// wildcard finds the parts of a pattern that an example replaces.
var wildcard = regexp.MustCompile(`\{(\w+)\}`)

// RouteInfos returns every kind of address of a demonstration town.
func (t *Town) RouteInfos(ctx context.Context) (all []RouteInfo, err error) {
	examples, err := t.examples(ctx)
	if err != nil {
		return nil, err
	}
	people, err := t.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	for _, route := range t.Routes() {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		info := RouteInfo{Method: method, Pattern: pattern, Verb: route.Verb, Who: []string{}}
		known := true
		info.Example = wildcard.ReplaceAllStringFunc(strings.TrimSuffix(pattern, "{$}"), func(part string) string {
			value := examples.of(pattern, strings.Trim(part, "{}"))
			known = known && value != ""
			return value
		})
		switch {
		case !known:
			info.Example = ""
		case strings.HasPrefix(pattern, "/lucru/taxe/contribuabil/"):
			info.Example += "?motiv=verificare" // nobody opens a file for nothing
		case method == http.MethodGet && strings.HasPrefix(pattern, "/lucru/ghiseu/{parte}"):
			info.Example += "?motiv=identity.why-visit"
		}
		for _, p := range people {
			if p.mayOpen(t, info) {
				info.Who = append(info.Who, p.email)
			}
		}
		all = append(all, info)
	}
	return all, nil
}

// examples are values of wildcards, by the section of the portal and the name.
type examples map[string]string

// of returns a value for a wildcard of a pattern: the one of its section, if it
// means something else there.
func (e examples) of(pattern, name string) string {
	section, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/{"+name+"}")
	if value, ok := e[section+" "+name]; ok {
		return value
	}
	return e[name]
}

// examples finds what is there in the demonstration town.
func (t *Town) examples(ctx context.Context) (examples, error) {
	e := examples{"lucru/depuse caz": "", "serviciu": "certificat-de-urbanism", "service": "certificat-de-urbanism"}
	owner, err := t.demoActor(ctx, "stefania")
	if err != nil {
		return nil, err
	}
	all, err := t.Cases.Cases(ctx, owner)
	if err != nil {
		return nil, err
	}
	asks, err := t.Cases.Waiting(ctx, owner, all)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if ask, ok := asks[c.ID]; ok {
			e["cerere"], e["solicitare"], e["cod"], e["caz"] = c.ID, ask.ID, c.Receipt, c.ID
		}
	}
	e["case"], e["ask"], e["code"] = e["cerere"], e["solicitare"], e["cod"]
	e["parte"] = string(owner.Person)
	for _, add := range []func(context.Context, act.Actor, examples, []cases.Case) error{t.exampleDrafts, t.exampleDocuments, t.exampleTaxes, t.exampleOfficers, t.exampleRest} {
		if err := add(ctx, owner, e, all); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (t *Town) exampleDrafts(ctx context.Context, owner act.Actor, e examples, _ []cases.Case) error {
	all, err := t.Drafts.Drafts(ctx, owner)
	if err == nil && len(all) > 0 {
		e["ciorna"], e["draft"], e["pas"], e["step"] = all[0].ID, all[0].ID, "scopul", "scopul"
	}
	return err
}

func (t *Town) exampleDocuments(ctx context.Context, owner act.Actor, e examples, _ []cases.Case) error {
	all, err := t.Folder.Documents(ctx, owner)
	for _, d := range all {
		if d.Paper == "" {
			e["document"] = d.ID
		}
	}
	if view, err := t.Cases.ByID(ctx, owner, e["cerere"]); err == nil && len(view.Documents) > 0 {
		e["lucru/caz/{caz}/document document"] = view.Documents[0].ID
	}
	return err
}

func (t *Town) exampleTaxes(ctx context.Context, owner act.Actor, e examples, _ []cases.Case) error {
	e["fel"], e["year"] = "building", strconv.Itoa(t.today().Year)
	account, err := t.Taxpayer.Account(ctx, owner)
	for _, thing := range account.Things {
		e["bun"], e["thing"] = thing.ID, thing.ID
	}
	owed, err2 := t.Taxpayer.Overview(ctx, owner)
	for _, row := range owed.Rows {
		e["datorie"], e["debt"] = row.ID, row.ID
	}
	year, err3 := t.Taxpayer.History(ctx, owner, t.today().Year)
	for _, paid := range year.Payments {
		if paid.Order != "" {
			e["order"] = paid.Order
		}
	}
	return errors.Join(err, err2, err3)
}

func (t *Town) exampleOfficers(ctx context.Context, _ act.Actor, e examples, _ []cases.Case) error {
	const file = "lucru/taxe/contribuabil/{parte}"
	e[file+"/decizie fel"] = string(fiscal.Plan)
	officer, err1 := t.demoActor(ctx, "lidia")
	teller, err2 := t.demoActor(ctx, "mirela")
	runs, err3 := t.Taxes.Runs(ctx, officer)
	for _, run := range runs {
		e["calcul"] = run.ID
	}
	waiting, err4 := t.Fiscal.Proposals(ctx, officer)
	for _, p := range waiting {
		e["propunere"] = p.ID
	}
	in, err5 := t.Treasury.Inflow(ctx, officer)
	for _, line := range in.Waiting {
		e["linie"] = line.ID
	}
	taken, err6 := t.Treasury.Till(ctx, teller, t.today().AddDays(-60))
	for _, one := range taken.Takings {
		e["incasare"] = one.ID
	}
	return errors.Join(err1, err2, err3, err4, err5, err6)
}

func (t *Town) exampleRest(ctx context.Context, owner act.Actor, e examples, _ []cases.Case) error {
	orders, err := t.Payments.Orders(ctx, owner)
	if err != nil {
		return err
	}
	for _, o := range orders {
		e["comanda"] = o.ID
	}
	messages, err := t.Notices.Inbox(ctx, owner, "ro", "", 1)
	if err != nil {
		return err
	}
	for _, m := range messages {
		e["mesaj"] = m.ID
	}
	given, err := t.Identity.Given(ctx, owner)
	for _, m := range given {
		e["mandat"] = m.ID
	}
	seen, err2 := t.Acts.Seen(ctx, owner.For, "", 1)
	for _, entry := range seen {
		e["intrare"] = entry.ID
	}
	return errors.Join(err, err2)
}

// demoActor returns a demonstration person in their own folder.
func (t *Town) demoActor(ctx context.Context, key string) (act.Actor, error) {
	for _, p := range demoPeople {
		if p.key != key {
			continue
		}
		who, err := t.Identity.ByEmail(ctx, t.DB, p.address())
		if err != nil || len(who) != 1 {
			return act.Actor{}, errors.Join(err, fmt.Errorf("there is no %s", key))
		}
		return act.Actor{Person: who[0], For: who[0], Level: act.Verified, Roles: p.roles, Unit: p.unit}, nil
	}
	return act.Actor{}, identity.ErrUnknown
}

// A visitor is a demonstration person at a browser.
type visitor struct {
	email string // "" for somebody who has not signed in
	token string
	actor act.Actor
}

// signedIn signs the offered persons in; the first is somebody who has not.
func (t *Town) signedIn(ctx context.Context) ([]visitor, error) {
	all := []visitor{{}}
	for _, p := range demoPeople {
		if p.ro == "" {
			continue
		}
		actor, err := t.demoActor(ctx, p.key)
		if err != nil {
			return nil, err
		}
		secret, err := t.Access.Remember(ctx, []act.PartyID{actor.Person})
		if err != nil {
			return nil, err
		}
		token, _, err := t.Access.Begin(ctx, actor.Person, secret, access.Browser{Agent: "bega routes"})
		if err != nil {
			return nil, err
		}
		all = append(all, visitor{p.address(), token, actor})
	}
	return all, nil
}

// mayOpen reports whether the visitor is shown the example. Only reading is
// tried; for the rest, it is what the policy lets them try.
func (v visitor) mayOpen(t *Town, info RouteInfo) bool {
	if info.Method != http.MethodGet || info.Example == "" {
		return v.actor.MayTry(info.Verb) == nil
	}
	r, err := http.NewRequest(http.MethodGet, info.Example, nil)
	if err != nil {
		return false
	}
	r.RemoteAddr = "127.0.0.1:0"
	if v.token != "" {
		r.AddCookie(&http.Cookie{Name: access.CookieName(t.Access.Secure), Value: v.token})
	}
	var a answer
	t.Handler().ServeHTTP(&a, r)
	toSignIn := strings.HasPrefix(a.Header().Get("Location"), "/cont/intra?")
	return !toSignIn && slices.Contains([]int{0, http.StatusOK, http.StatusSeeOther}, a.status)
}

// An answer is one of which the status alone is of interest.
type answer struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements [http.ResponseWriter].
func (a *answer) Write(data []byte) (int, error) { return len(data), nil }

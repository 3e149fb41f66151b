package staff

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// open makes the site of a town. Its visitors say in a header who they are.
func open(t *testing.T, o *town) *web.Site {
	t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	site := web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: time.Now, Zone: time.UTC,
		Town: func(string) ui.Town { return ui.Town{Name: "Timișoara"} },
		Identify: func(r *http.Request) (v web.Visitor, err error) {
			err = json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor)
			v.Who.SignedIn, v.Who.Staff, v.Who.Admin = v.Actor.SignedIn(), v.Actor.Staff(), v.Actor.Has(act.Admin)
			return v, err
		}})
	Mount(site, o.Office)
	return site
}

func send(t *testing.T, site *web.Site, actor act.Actor, request string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	who, err := json.Marshal(actor)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Actor", string(who))
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := open(t, o)
	ana, ion := o.enrol(identity.Person, "Ana <b>", "Ionescu-Demo"), o.enrol(identity.Person, "Ion", "Pop-Demo")
	firm := o.enrol(identity.Firm, "", "Ion Demo SRL")
	of := func(id act.PartyID) string { return "/admin/functionari/" + string(id) }
	for i, step := range []struct {
		actor     act.Actor
		request   string
		form      url.Values
		status    int
		want, not string
	}{
		{desk, "GET /admin", nil, 404, "", ""},
		{desk, "GET /admin/functionari", nil, 404, "", ""},
		{desk, "POST " + of(ana), url.Values{"cheie": {"d1"}, "rol": {"admin"}}, 404, "", ""},
		{admin, "GET /admin", nil, 303, "/admin/functionari", ""},
		{admin, "GET /admin/functionari", nil, 200, "0 officials", "without a role"},
		{admin, "GET /admin/functionari?q=ion", nil, 200, "2 people without a role", "SRL"},
		{admin, "GET /admin/functionari?q=ion", nil, 200, "Ana &lt;b&gt; Ionescu-Demo", "<b>"},
		{admin, "GET " + of(ana), nil, 200, "data protection officer", "Saved."},
		{admin, "GET " + of(firm), nil, 404, "cannot find this person", "SRL"},
		{admin, "GET " + of("nimeni"), nil, 404, "cannot find this person", ""},
		{admin, "POST " + of(ana), url.Values{"cheie": {"r1"}, "rol": {"clerk"}}, 422, "needs a department", ""},
		{admin, "POST " + of(ana), url.Values{"cheie": {"r1"}, "rol": {"clerk"}}, 422, `value="clerk" checked`, `value="desk" checked`},
		{admin, "POST " + of(ana), url.Values{"cheie": {"r2"}, "rol": {"clerk", "desk"}, "compartiment": {"urbanism"}}, 303, of(ana) + "?salvat=1", ""},
		{admin, "GET " + of(ana) + "?salvat=1", nil, 200, "Saved.", ""},
		{admin, "GET /admin/functionari", nil, 200, "1 official", "without a role"},
		{admin, "GET /admin/functionari", nil, 200, "Serviciul urbanism", ""},
		{admin, "GET /admin/functionari?q=ion", nil, 200, "1 person without a role", ""},
		{admin, "POST " + of(ana), url.Values{"cheie": {"r3"}}, 303, of(ana) + "?salvat=1", ""},
		{admin, "POST " + of(ion), url.Values{"cheie": {"r4"}, "rol": {"admin"}}, 303, of(ion) + "?salvat=1", ""},
		{act.Actor{Person: ion, For: ion, Roles: []act.Role{act.Admin}}, "POST " + of(ion), url.Values{"cheie": {"r5"}, "rol": {"desk"}}, 409, "Ask a colleague", ""},
		{admin, "POST " + of(ion), url.Values{"cheie": {"r6"}}, 409, "only administrator", ""},
	} {
		w := send(t, site, step.actor, step.request, step.form)
		said := w.Body.String()
		if step.status == 303 {
			said = w.Header().Get("Location")
		}
		if w.Code != step.status || !strings.Contains(said, step.want) || step.not != "" && strings.Contains(said, step.not) {
			t.Errorf("%d %s %s: got %d, want %d with %q and without %q", i, step.actor.Person, step.request, w.Code, step.status, step.want, step.not)
		}
	}
}

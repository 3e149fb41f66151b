package fiscaltest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/db"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// neighbours stand for the rooms identity and registry, as taxes and taxroll need them.
type neighbours struct{}

func (neighbours) Owner(_ context.Context, _ db.Reader, party act.PartyID) (string, error) {
	if strings.HasPrefix(string(party), "sc-") {
		return taxlaw.Legal, nil
	}
	return taxlaw.Natural, nil
}

func (neighbours) Capacity(context.Context, act.Actor, act.PartyID) (string, error) { return "", nil }

func (neighbours) Code(context.Context, *act.Tx, act.On) (string, error) { return "", nil }

func (neighbours) Find(_ context.Context, _ *act.Tx, all []taxroll.Taxpayer) (ids []act.PartyID, err error) {
	for _, t := range all {
		ids = append(ids, act.PartyID("p"+t.Code))
	}
	return ids, nil
}

func (neighbours) Issue(context.Context, *act.Tx, taxes.Paper) (code, number string, err error) {
	return db.NewID(), "IF2026-000001", nil
}

// identify tells who sends a request: the header says so.
func (o *Town) identify(r *http.Request) (v web.Visitor, err error) {
	if v.Actor = o.As; r.Header.Get("Actor") != "" {
		v.Actor = act.Actor{}
		err = json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor)
	}
	v.Who = ui.Who{SignedIn: v.Actor.SignedIn(), Name: Names[v.Actor.Person], Staff: v.Actor.Staff()}
	return v, err
}

// Send sends a request as somebody, with a form if it has one.
func (o *Town) Send(actor act.Actor, request string, form url.Values) *httptest.ResponseRecorder {
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.Serve(actor, r)
}

// Serve answers a request of somebody who reads English.
func (o *Town) Serve(actor act.Actor, r *http.Request) *httptest.ResponseRecorder {
	o.T.Helper()
	who, err := json.Marshal(actor)
	o.Must(err)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Actor", string(who))
	w := httptest.NewRecorder()
	o.Site.ServeHTTP(w, r)
	return w
}

// Values makes a form of pairs, with a key.
func Values(key string, pairs ...string) url.Values {
	form := url.Values{"cheie": {key}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

// Walk sends requests, one after the other. What comes of each is a body that has a text
// and lacks another, or where it leads.
func (o *Town) Walk(steps []Step) {
	o.T.Helper()
	for i, s := range steps {
		w := o.Send(s.Actor, s.Request, s.Form)
		said := w.Body.String()
		if s.Status == http.StatusSeeOther {
			said = w.Header().Get("Location")
		}
		if w.Code != s.Status || !strings.Contains(said, s.Want) || s.Not != "" && strings.Contains(said, s.Not) {
			said = tags.ReplaceAllString(said, " ")
			o.T.Errorf("%d %s %s: got %d, want %d with %q and without %q:\n%s", i, s.Actor.Person, s.Request, w.Code, s.Status, s.Want, s.Not, said[:min(len(said), 1800)])
		}
	}
}

// A Step is a request, and what has to come of it.
type Step = struct {
	Actor     act.Actor
	Request   string
	Form      url.Values
	Status    int
	Want, Not string
}

// Serving returns where the pages of the town are until the test ends.
func (o *Town) Serving() (url string) {
	server := httptest.NewServer(o.Site)
	o.T.Cleanup(server.Close)
	return server.URL
}

// A Look is a page, and who looks at it.
type Look = struct {
	As   act.Actor
	Path string
}

// Suits looks at pages of a room, wide and narrow, light and dark. With BEGA_PICTURES set
// to a folder, it leaves pictures of them there.
func (o *Town) Suits(t *testing.T, room string, pages map[string]Look) {
	url, dir := o.Serving(), os.Getenv("BEGA_PICTURES")
	for ending, options := range map[string]browser.Options{"": {}, "-narrow": {Width: 320, Dark: true}} {
		tab := browser.Open(t, options)
		for name, page := range pages {
			if w := o.Send(page.As, "GET "+page.Path, nil); w.Code != http.StatusOK {
				t.Errorf("%s: got %d", name, w.Code)
			}
			o.As = page.As
			tab.Go(url + page.Path)
			if err := tab.Reflows(); err != nil {
				t.Errorf("%s%s: %v", name, ending, err)
			}
			for _, bad := range tab.Axe() {
				t.Errorf("%s%s: %v", name, ending, bad)
			}
			if errors := tab.Console(); len(errors) > 0 {
				t.Errorf("%s%s: the console has %q", name, ending, errors)
			}
			if dir != "" {
				tab.Screenshot(filepath.Join(dir, room+"-"+name+ending+".png"))
			}
		}
	}
}

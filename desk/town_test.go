package desk_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bega/cases"
	"bega/desk"
	"bega/desk/desktest"
	"bega/internal/act"
	"bega/internal/pdf"
	"bega/internal/web"
	"bega/internal/web/assets"
)

// The people of the town.
var (
	ana, ion, agent, visitor, nobody    = desktest.Ana, desktest.Ion, desktest.Agent, desktest.Visitor, desktest.Nobody
	clerk, second, chief, head          = desktest.Clerk, desktest.Second, desktest.Chief, desktest.Head
	merchant, greeter, counter, officer = desktest.Merchant, desktest.Greeter, desktest.Counter, desktest.Officer
)

// A town is a town hall with the pages of the desk.
type town struct {
	*desktest.Town
	site *web.Site
}

func newTown(o *desktest.Town) *town {
	site := o.Site()
	desk.Mount(site, o.Desk)
	site.Mount("GET /f/", assets.Handler())
	return &town{o, site}
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	desktest.Each(t, func(t *testing.T, o *desktest.Town) { test(t, newTown(o)) })
}

// certificate files an application with a fee, two documents and two signatures.
func (o *town) certificate(actor act.Actor) cases.Case {
	o.T.Helper()
	made, err := pdf.Make(pdf.Document{Title: "Plan", Blocks: pdf.Blocks{pdf.Paragraph{Text: "Planul terenului."}}}, o.Time())
	o.Must(err)
	a := desktest.Planning(o.GiveFile(actor, "plan-situatie", "Plan de situație.pdf", made))
	a.Answers["descriere"] = "O casă <i>mică</i>."
	a.Documents = []string{o.GiveFile(actor, "extras-cf", "Extras.png", desktest.Picture(o.T))}
	return o.Filed(actor, a)
}

// send sends a request as somebody, with a form if it has one.
func (o *town) send(actor act.Actor, request string, form url.Values) *httptest.ResponseRecorder {
	o.T.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.serve(actor, r)
}

func (o *town) serve(actor act.Actor, r *http.Request) *httptest.ResponseRecorder {
	o.T.Helper()
	r.Header.Set("Accept-Language", "en")
	desktest.SignIn(r, actor)
	w := httptest.NewRecorder()
	o.site.ServeHTTP(w, r)
	return w
}

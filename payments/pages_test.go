package payments

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/db"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
)

// open makes the site of a town and of its bank. Whoever comes is who the header
// Person says, or else who signed in.
func open(t testing.TB, o *town, signedIn *act.Actor) *web.Site {
	t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	site := web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: o.Zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial al Primăriei Municipiului Timișoara", Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, 8–16"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			actor := *signedIn
			if who := act.PartyID(r.Header.Get("Person")); who != "" {
				actor = act.Actor{Person: who, For: who, Level: act.Verified}
			}
			return web.Visitor{Actor: actor, Who: ui.Who{SignedIn: actor.SignedIn(), Name: "Ana Pop-Demo"}}, nil
		}, FormTargets: o.FormTargets()})
	o.ReceiptPath = func(code string) string { return "/verifica/" + code }
	Mount(site, o.Office)
	MountSandbox(site, o.bank)
	site.Mount("/f/", assets.Handler())
	site.Handle("GET /cereri/{caz}", act.ReadPublic, func(w http.ResponseWriter, r *http.Request) error {
		return web.JSON(w, http.StatusOK, "cererea")
	})
	return site
}

// send sends a request such as "GET /plati".
func send(site *web.Site, person, request string, form url.Values) *httptest.ResponseRecorder {
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Person", person)
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := open(t, o, new(act.Actor))
	first, second := o.owes("ana", "c1", 1500, 250), o.owes("ana", "c2", 6000)
	attempt := o.goes(ana, first)
	key := url.Values{"cheie": {"k1"}}
	for _, step := range []struct {
		person, request string
		form            url.Values
		status          int
		want, not       string // in the body; where it leads
	}{
		{"", "GET /plati", nil, 303, "/cont/intra?inapoi=%2Fplati", ""},
		{"ion", "GET /plati", nil, 200, "You have nothing to pay", "RON"},
		{"ana", "GET /plati", nil, 200, "RON 77.50", "Receipt"},
		{"ion", "GET /plati/" + first, nil, 404, "cannot find this payment", "Fee"},
		{"ion", "POST /plati/" + first + "/plateste", key, 404, "cannot find this payment", ""},
		{"", "POST /plati/" + first + "/plateste", key, 401, "", ""},
		{"ana", "GET /plati/" + first, nil, 200, "Fee 1 and one more fee", "Receipt"},
		{"ana", "GET /plati/" + first, nil, 200, "The payment has begun", ""},
		{"ana", "POST /plati/" + first + "/plateste", nil, 422, "", ""},
		{"ana", "POST /plati/" + first + "/plateste", key, 303, sandboxPath + attempt, ""},
		{"ana", "GET /plati/" + first + "/rezultat", nil, 200, "Back to the bank", ""},
		{"", "GET " + sandboxPath + attempt, nil, 200, "No real money", "Give the money back"},
		{"", "GET " + sandboxPath + "x", nil, 404, "does not know this payment", ""},
		{"", "GET " + sandboxPath + "stil.css", nil, 200, "--paper", ""},
		{"", "POST " + sandboxPath + attempt, url.Values{"ce": {"renunta"}}, 303, resultPath(first), ""},
		{"", "POST " + sandboxPath + attempt, url.Values{"ce": {"tace"}}, 303, resultPath(first), ""},
		{"ana", "GET /plati/" + first + "/rezultat", nil, 200, "Do not pay again", "Pay RON"},
		{"ana", "POST /plati/" + first + "/plateste", url.Values{"cheie": {"k2"}}, 303, "/plati/" + first, ""},
		{"ana", "GET /plati/" + first, nil, 200, "We are waiting for the bank", "Pay RON"},
	} {
		w := send(site, step.person, step.request, step.form)
		body := w.Body.String()
		if w.Code != step.status || step.status == 303 && w.Header().Get("Location") != step.want || step.status != 303 && !strings.Contains(body, step.want) || step.not != "" && strings.Contains(body, step.not) {
			t.Errorf("%s: %s: got %d to %s, want %d with %q and without %q:\n%s", step.person, step.request, w.Code, w.Header().Get("Location"), step.status, step.want, step.not, body)
		}
	}
	o.wait(lateness)
	attempt = o.goes(ana, second)
	for _, step := range []struct{ person, request, ce, want string }{
		{"ana", "GET /plati/" + first + "/rezultat", "", "We received your payment"},
		{"", "POST " + sandboxPath + attempt, "refuza", ""},
		{"ana", "GET /plati/" + second + "/rezultat", "", "You can try another card"},
		{"ana", "GET /plati", "", "/verifica/R-" + first[len(first)-6:]},
		{"", "GET " + sandboxPath + attempt, "", "The payment was refused"},
	} {
		if w := send(site, step.person, step.request, url.Values{"ce": {step.ce}}); !strings.Contains(w.Body.String(), step.want) {
			t.Errorf("%s: got %d without %q:\n%s", step.request, w.Code, step.want, w.Body)
		}
	}
}

func TestReports(t *testing.T) { eachTown(t, testReports) }

// testReports has the bank report over HTTP.
func testReports(t *testing.T, o *town) {
	server := httptest.NewServer(open(t, o, new(act.Actor)))
	defer server.Close()
	o.URL, o.bank.Hand = server.URL, nil
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	check(t, o.bank.Decide(t.Context(), attempt, "paid", Lose), nil)
	check(t, o.bank.Deliver(t.Context(), Message{attempt, "paid", Forge}), nil)
	check(t, o.bank.Deliver(t.Context(), Message{attempt, "paid", Stranger}), nil)
	if order := o.order(id); order.State != Pending {
		t.Errorf("a forged report made it %+v", order)
	}
	o.broken = errors.New("no paper")
	if err := o.bank.Deliver(t.Context(), Message{attempt, "paid", ""}); err == nil {
		t.Error("the bank was told that it was heard, and it was not")
	}
	o.broken = nil
	for range 2 {
		check(t, o.bank.Deliver(t.Context(), Message{attempt, "paid", ""}), nil)
	}
	if order := o.order(id); order.State != Paid {
		t.Errorf("reported: %+v", order)
	}
	for what, body := range map[string][]byte{"nothing": nil, "too much": bytes.Repeat([]byte("x"), largestReport+1)} {
		answer, err := http.Post(server.URL+notifyPath, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d", what, answer.StatusCode)
		}
	}
	server.Close()
	if err := o.bank.Deliver(t.Context(), Message{attempt, "paid", ""}); err == nil {
		t.Error("the bank believes that somebody heard it")
	}
}

// TestPayingInTheBrowser is the journey from an application to its receipt: one
// page of ours before the bank, and one after.
func TestPayingInTheBrowser(t *testing.T) {
	for view, options := range map[string]browser.Options{"lat": {}, "ingust-intunecat": {Width: 320, Dark: true}, "fara-script": {Width: 640, NoScript: true}} {
		t.Run(view, func(t *testing.T) {
			d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			o := newTown(t, d)
			who := ana
			server := httptest.NewServer(open(t, o, &who))
			defer server.Close()
			tab := browser.Open(t, options)
			n := 0
			look := func(page string) {
				t.Helper()
				for _, violation := range tab.Axe() {
					t.Errorf("%s: %s", page, violation)
				}
				if err := tab.Reflows(); err != nil {
					t.Errorf("%s: %v", page, err)
				}
				if folder := os.Getenv("BEGA_TEST_LOOK"); folder != "" {
					n++
					tab.Screenshot(filepath.Join(folder, "payments-"+string(rune('a'+n))+"-"+page+"-"+view+".png"))
				}
			}
			tab.Go(server.URL + "/plati")
			look("nimic")
			id := o.owes("ana", "c1", 6000, 1550)
			tab.Go(server.URL + "/plati")
			look("una")
			tab.Reset()
			tab.Go(server.URL + "/plati/" + id)
			look("comanda")
			tab.Click("Plătește 75,50 lei")
			look("banca")
			tab.Click("Refuză plata")
			look("refuzata")
			tab.Click("Plătește 75,50 lei")
			tab.Click("Înapoi, fără să plătești")
			look("neincheiata")
			tab.Click("Înapoi la bancă")
			tab.Click("Ce poate merge prost")
			look("banca-greu")
			tab.Click("Plătește și tace două minute")
			look("nesigura")
			o.wait(lateness)
			tab.Click("Verifică din nou")
			look("platita")
			tab.Click("Vezi cererea")
			o.owes("ana", "c2", 1500)
			o.owes("ana", "c3", 2000)
			over := o.owes("ana", "c4", 4500)
			attempt := o.goes(ana, over)
			o.withdraws("c4")
			o.decides(attempt, "paid")
			tab.Go(server.URL + "/plati")
			look("mai-multe")
			tab.Go(server.URL + "/plati/" + over)
			look("prea-mult")
			tab.Go(server.URL + sandboxPath + attempt)
			look("banca-platita")
			tab.Click("Dă banii înapoi")
			if !tab.Has("Banii au fost dați înapoi") {
				t.Error(tab.Text())
			}
			for _, err := range tab.Console() {
				if !strings.Contains(err, "favicon.ico") {
					t.Errorf("the console says %q", err)
				}
			}
		})
	}
}

// TestBudget: from the application to the receipt, people meet the order, the
// bank and the confirmation, and type nothing.
func TestBudget(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	o := newTown(t, d)
	who := ana
	server := httptest.NewServer(open(t, o, &who))
	defer server.Close()
	id := o.owes("ana", "c1", 6000)
	tab := browser.Open(t, browser.Options{})
	tab.Go(server.URL + "/cereri/c1")
	tab.Reset()
	tab.Go(server.URL + "/plati/" + id)
	tab.Click("Plătește 60,00 lei")
	tab.Click("Plătește")
	if !tab.Has("Am primit plata") || tab.Count().Pages != 3 || tab.Count().Typed != 0 || tab.Count().Clicks != 2 {
		t.Errorf("%+v, and reads:\n%s", tab.Count(), tab.Text())
	}
}

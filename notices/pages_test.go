package notices

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/db"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
)

// open makes the site of a town with a mailbox. Whoever comes is who the header
// Person says, or else who signed in.
func open(o *town, signedIn *act.Actor) (*web.Site, *Mailbox) {
	zone := o.now().Location()
	site := web.New(web.Config{Texts: o.Texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial", Authority: "Primăria Demo", Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, 8–16"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			actor := *signedIn
			if who := act.PartyID(r.Header.Get("Person")); who != "" {
				actor = act.Actor{Person: who, For: who, Level: act.Verified}
			}
			n, err := o.Unread(r.Context(), actor.For)
			return web.Visitor{Actor: actor, Who: ui.Who{SignedIn: actor.SignedIn(), Name: "Ana Pop-Demo", Unread: n}}, err
		}})
	Mount(site, o.Office)
	box := &Mailbox{DB: o.d, Vault: o.Vault, Now: o.now}
	MountMailbox(site, box)
	site.Mount("/f/", assets.Handler())
	return site, box
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	o.Cases = numbers{}
	site, box := open(o, new(act.Actor))
	o.Mailer = box
	asked := o.asks("ana", "a1")
	paid := o.pays("ana", "p1")
	o.deliver(asked)
	o.deliver(paid)
	kept, err := box.Latest(t.Context(), 10)
	if err != nil || len(kept) != 2 || kept[0].Unsubscribe == "" && kept[1].Unsubscribe == "" {
		t.Fatalf("the mailbox has %+v, %v", kept, err)
	}
	var letter Kept
	for _, k := range kept {
		if k.Unsubscribe != "" {
			letter = k
		}
	}
	link := strings.TrimPrefix(letter.Unsubscribe, o.URL)
	for _, step := range []struct {
		person, request string
		form            url.Values
		status          int
		want, not       string // in the body; where it leads
	}{
		{"", "GET /mesaje", nil, 303, "/cont/intra?inapoi=%2Fmesaje", ""},
		{"ion", "GET /mesaje", nil, 200, "Nothing new", "Unread"},
		{"ana", "GET /mesaje", nil, 200, "Application CU2026-000123: we need", "Older messages"},
		{"ion", "GET /mesaje/" + asked, nil, 404, "cannot find this message", "CU2026"},
		{"ana", "GET /mesaje/" + asked, nil, 200, "E-mail sent: 23 November 2026", "address"},
		{"ana", "GET /mesaje", nil, 200, `value="` + paid + `"`, `value="` + asked + `"`},
		{"ana", "POST /mesaje/toate-citite", url.Values{"pana": {paid}}, 422, "", ""},
		{"ana", "POST /mesaje/toate-citite", url.Values{"pana": {paid}, "cheie": {"k1"}}, 303, "/mesaje", ""},
		{"ana", "GET /mesaje", nil, 200, "We received RON 686.46", "I have read all of them"},
		{"ana", "GET /mesaje?inainte=" + paid, nil, 200, "Application CU2026-000123", "686.46"},
		{"ana", "GET /profil/mesaje", nil, 200, "ana@exemplu.ro", ""},
		{"ana", "POST /profil/mesaje", url.Values{"cheie": {"k2"}, "email": {"da"}, "despre": {"cases", "dragons"}}, 303, "/profil/mesaje?salvat=1", ""},
		{"ana", "GET /profil/mesaje?salvat=1", nil, 200, `value="cases" checked`, `value="payments" checked`},
		{"", "GET /profil/mesaje", nil, 303, "/cont/intra?inapoi=%2Fprofil%2Fmesaje", ""},
		{"", "GET " + link, nil, 200, "No more e-mails about “Payments”?", "We send you no more"},
		{"", "GET " + link + "x", nil, 404, "not complete", ""},
		{"", "POST " + link, url.Values{"List-Unsubscribe": {"One-Click"}}, 200, "We send you no more e-mails about “Payments”", ""},
		{"", "POST " + link + "x", nil, 404, "not complete", ""},
		{"", "GET /demo/posta", nil, 200, "Plata de 686,46 lei a fost primită", ""},
		{"", "GET /demo/posta/" + letter.ID, nil, 200, `sandbox="allow-popups allow-popups-to-escape-sandbox"`, ""},
		{"", "GET /demo/posta/" + letter.ID + "/html", nil, 200, "Am primit 686,46 lei.", ""},
		{"", "GET /demo/posta/x", nil, 404, "", ""},
	} {
		method, target, _ := strings.Cut(step.request, " ")
		r := httptest.NewRequest(method, target, strings.NewReader(step.form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept-Language", "en")
		r.Header.Set("Person", step.person)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != step.status || step.status == 303 && w.Header().Get("Location") != step.want || step.status != 303 && !strings.Contains(body, step.want) || step.not != "" && strings.Contains(body, step.not) {
			t.Errorf("%s: %s: got %d to %s, want %d with %q and without %q:\n%s", step.person, step.request, w.Code, w.Header().Get("Location"), step.status, step.want, step.not, body)
		}
	}
}

type numbers struct{}

func (numbers) CaseTitle(context.Context, act.PartyID, string, string) (string, string, error) {
	return "CU2026-000123", "Certificat de urbanism", nil
}

// links finds the addresses in a mail.
var links = regexp.MustCompile(`https?://[^\s"<]+`)

// TestMail compares both parts: they say the same, and lead to the same places.
func TestMail(t *testing.T) { eachTown(t, testMail) }

func testMail(t *testing.T, o *town) {
	o.deliver(o.asks("ana", "a1"))
	o.deliver(o.pays("ion", "p1"))
	for i, want := range []struct {
		subject string
		says    []string
		links   int
	}{
		{"Cererea CU2026-000123: ne trebuie planul cadastral până pe 30 noiembrie 2026",
			[]string{"Bună ziua,", "Îl aștept până pe 30 noiembrie 2026.", "Continuă în portal", "https://portal.exemplu.ro/cereri/c1", "Primăria Demo te anunță, așa cum cere legea.", "https://portal.exemplu.ro/profil/mesaje"}, 2},
		{"We received RON 686.46",
			[]string{"Hello,", "RON 686.46 arrived.", "because you have a folder at Primăria Demo", "https://portal.exemplu.ro/mesaje/dezabonare/", "No more e-mails about this"}, 2},
	} {
		m := o.sent()[i]
		if m.Subject != want.subject || len(m.ID) != 32 || m.To == "" || (m.Unsubscribe == "") != (i == 0) {
			t.Errorf("the mail is %+v", m)
		}
		for part, content := range map[string]string{"text": m.Text, "html": m.HTML} {
			for _, says := range want.says {
				if !strings.Contains(content, says) {
					t.Errorf("%s does not say %q:\n%s", part, says, content)
				}
			}
			if n := len(links.FindAllString(content, -1)); n != want.links {
				t.Errorf("%s has %d links, want %d:\n%s", part, n, want.links, content)
			}
			if strings.Contains(content, "@") && part == "text" {
				t.Errorf("%s has an address in it:\n%s", part, content)
			}
		}
		if _, err := hex.DecodeString(m.ID); err != nil {
			t.Error(err)
		}
	}
}

// TestLook looks at the pages in a browser: nothing that axe-core knows is
// wrong, nothing sticks out, nothing breaks the content policy.
func TestLook(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	o := newTown(t, d)
	o.Cases = numbers{}
	who := ana
	site, box := open(o, &who)
	o.Mailer = box
	server := httptest.NewServer(site)
	defer server.Close()
	o.URL = server.URL
	pages := []string{"/mesaje", "/profil/mesaje", "/demo/posta"}
	look(t, server.URL, "gol", pages)
	for _, once := range []string{"p1", "p2", "p3"} {
		o.deliver(o.pays("ana", once))
		o.wait(26 * time.Hour)
	}
	if err := o.ReadAll(t.Context(), ana, "k", o.newest("ana")); err != nil {
		t.Fatal(err)
	}
	o.deliver(o.pays("ana", "p4"))
	o.Mailer = o
	o.answers(ErrAddress)
	o.deliver(o.pays("ana", "p5"))
	o.Mailer = box
	id := o.asks("ana", "a1")
	o.deliver(id)
	kept, err := box.Latest(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	kept = slices.DeleteFunc(kept, func(k Kept) bool { return k.Unsubscribe == "" })
	link := o.token("ana", "payments")
	look(t, server.URL, "plin", append(pages, "/mesaje/"+o.asks("ana", "a2"), "/mesaje/dezabonare/"+link, "/demo/posta/"+kept[0].ID, "/demo/posta/"+kept[0].ID+"/html"))
}

// look looks at pages of a site, wide and narrow, light and dark.
func look(t *testing.T, site, name string, pages []string) {
	t.Helper()
	for view, options := range map[string]browser.Options{"lat": {}, "ingust-intunecat": {Width: 320, Dark: true}, "fara-script": {Width: 640, NoScript: true}} {
		tab := browser.Open(t, options)
		for i, page := range pages {
			tab.Go(site + page)
			for _, violation := range tab.Axe() {
				t.Errorf("%s, %s: %s", page, view, violation)
			}
			if err := tab.Reflows(); err != nil {
				t.Errorf("%s, %s: %v", page, view, err)
			}
			if folder := os.Getenv("BEGA_TEST_LOOK"); folder != "" {
				tab.Screenshot(filepath.Join(folder, "notices-"+name+"-"+string(rune('0'+i))+"-"+view+".png"))
			}
		}
		for _, err := range tab.Console() {
			if !strings.Contains(err, "favicon.ico") { // which a mail has none of
				t.Errorf("%s: the console says %q", view, err)
			}
		}
	}
}

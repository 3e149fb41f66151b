package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/db"
	"bega/internal/throttle"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
)

// open makes the site of a town. Its visitors say in a header who they are.
func open(t *testing.T, o *town) *web.Site {
	t.Helper()
	site := web.New(web.Config{Texts: o.Texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: o.Zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial al Primăriei Municipiului Timișoara",
				Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, între 8 și 16"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			var v web.Visitor
			if header := r.Header.Get("Actor"); header != "" {
				if err := json.Unmarshal([]byte(header), &v.Actor); err != nil {
					return v, err
				}
			}
			v.Who.SignedIn, v.Who.Staff, v.Who.Name = v.Actor.SignedIn(), v.Actor.Staff(), "Ștefania"
			return v, nil
		}})
	Mount(site, o.Office)
	return site
}

// send sends a request such as "GET /verifica".
func send(t *testing.T, site *web.Site, actor act.Actor, request, kind string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
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

// sendFile sends a file for examination, as anybody can.
func sendFile(t *testing.T, site *web.Site, file []byte) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("fisier", "act.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	form.Close()
	return send(t, site, nobody, "POST /verifica", form.FormDataContentType(), body.Bytes())
}

// TestGuessingIsSlow: whoever tries many codes that were not issued waits, and reads for
// how long; others do not.
func TestGuessingIsSlow(t *testing.T) { eachTown(t, testGuessing) }

func testGuessing(t *testing.T, o *town) {
	o.Guesses = &throttle.Limiter{Now: o.now, Burst: 3, Every: 10 * time.Second}
	site := open(t, o)
	code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
	look := func(address, code string, want int) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest("GET", "/verifica/"+code, nil)
		r.RemoteAddr = address
		r.Header.Set("Accept-Language", "en")
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s from %s: %d, want %d", code, address, w.Code, want)
		}
		return w
	}
	for range 10 {
		look("192.0.2.1:80", code, 200)
		look("192.0.2.1:80", "abc", 404) // mistyped, which is no guess
	}
	for range 3 {
		look("192.0.2.1:80", newCode(), 404)
	}
	for _, next := range []string{newCode(), code} {
		w := look("192.0.2.2:80", next, 429)
		if body := w.Body.String(); w.Header().Get("Retry-After") != "10" || !strings.Contains(body, "Wait for 10 seconds") || !strings.Contains(body, `name="cod"`) {
			t.Errorf("who has to wait reads, with %v: %s", w.Header(), body)
		}
	}
	look("198.51.100.1:80", code, 200)
	o.set(o.now().Add(10 * time.Second))
	look("192.0.2.1:80", code, 200)
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := open(t, o)
	number := o.file(t, ana, "UR")
	code := o.issue(t, certificate("ana", number))
	for range 60 {
		o.file(t, ana, "SC")
	}
	unissued := newCode()
	mistyped := "0" + code[1:]
	if mistyped == code {
		mistyped = "1" + code[1:]
	}
	for i, step := range []struct {
		actor     act.Actor
		request   string
		status    int
		want, not string // in the body, or where it leads
	}{
		{nobody, "GET /verifica", 200, "You need no account", "Look at the address"},
		{nobody, "GET /verifica?cod=" + url.QueryEscape(strings.ToLower(code)), 303, "/verifica/" + code, ""},
		{nobody, "GET /verifica?cod=" + mistyped, 422, `value="` + mistyped + `"`, ""},
		{nobody, "GET /verifica?cod=", 422, "There is a mistake in the code", ""},
		{nobody, "GET /verifica?cod=" + unissued, 303, "/verifica/" + unissued, ""},
		{nobody, "GET /verifica/" + code, 200, "UR2026-000001", "Ionescu"},
		{nobody, "GET /verifica/" + code, 200, "it is being sealed now", "Strada"},
		{nobody, "GET /verifica/" + strings.ReplaceAll(strings.ToLower(code), "-", ""), 200, "Certificat de urbanism", "ana"},
		{nobody, "GET /verifica/" + code, 200, "Direcția urbanism", "15,00"},
		{nobody, "GET /verifica/" + code, 200, "24 November 2027", "Imobilul"},
		{nobody, "GET /verifica/" + mistyped, 404, "There is a mistake in the code", ""},
		{nobody, "GET /verifica/" + unissued, 404, "issued no document with this code", ""},

		{nobody, "GET /acte/" + code, 303, "/cont/intra?inapoi=%2Facte%2F" + code, ""},
		{ion, "GET /acte/" + code, 404, "or it is not yours", "Ionescu"},
		{ana, "GET /acte/" + code, 200, "Imobilul este al Anei Ionescu-Demo.", ""},
		{ana, "GET /acte/" + code, 200, "O notă fără titlu.", ""},
		{ana, "GET /acte/" + code, 200, "15,00 lei", ""},
		{ana, "GET /acte/" + code, 200, "Arhitect-șef", ""},
		{ana, "GET /acte/" + code, 200, code, "no longer holds"},
		{clerk, "GET /acte/" + code, 200, "Cum poți contesta", ""},
		{ana, "GET /acte/" + code + "/pdf", 200, "%PDF-", ""},
		{ion, "GET /acte/" + code + "/pdf", 404, "", "%PDF"},
		{nobody, "GET /verifica/" + code, 200, "Electronically sealed on", "being sealed"},

		{ana, "GET /lucru/registru", 404, "", "UR2026"},
		{clerk, "GET /lucru/registru", 200, "61 entries", "Ionescu"},
		{clerk, "GET /lucru/registru?registru=SC&amp;an=2026&pagina=2", 200, "SC2026-000010", "SC2026-000011"},
		{clerk, "GET /lucru/registru?numar=UR2026-000001", 200, "1 entry", "SC2026"},
		{clerk, "GET /lucru/registru?numar=1&registru=UR", 200, "/lucru/caz/", "SC2026"},
		{counter, "GET /lucru/registru?numar=1&registru=UR", 200, "UR2026-000001", "/lucru/caz/"}, // of another department
		{clerk, "GET /lucru/registru?numar=unu", 422, "Write the whole number", ""},
		{clerk, "GET /lucru/registru?an=2020", 200, "Nothing is registered", ""},
		{clerk, "GET /lucru/registru?tipar=1", 200, "SC2026-000001", "View for printing"},
		{other, "GET /lucru/registru", 200, "Nothing is registered", "UR2026"},
		{counter, "GET /lucru/registru.csv?registru=SC", 200, "SC2026-000060,", "UR2026"},
		{ana, "GET /lucru/registru.csv", 404, "", "UR2026"},
	} {
		w := send(t, site, step.actor, step.request, "", nil)
		said := w.Body.String()
		if step.status == 303 {
			said = w.Header().Get("Location")
		}
		if w.Code != step.status || !strings.Contains(said, step.want) || step.not != "" && strings.Contains(said, step.not) {
			t.Errorf("%d %s %s: got %d, want %d with %q and without %q:\n%s", i, step.actor.Person, step.request, w.Code, step.status, step.want, step.not, plain(said))
		}
	}
	lines := strings.Split(strings.TrimSpace(send(t, site, counter, "GET /lucru/registru.csv", "", nil).Body.String()), "\n")
	if len(lines) != 62 || !strings.HasPrefix(lines[0], "\ufeffRegistration number,") {
		t.Errorf("the table has %d lines, and begins %q", len(lines), lines[0])
	}
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

func plain(page string) string {
	page = tags.ReplaceAllString(page, " ")
	return page[:min(len(page), 900)]
}

func TestExamine(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		site := open(t, o)
		code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
		file, err := o.File(t.Context(), ana, code)
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(file)
		flipped[len(flipped)/2] ^= 1
		for name, test := range map[string]struct {
			file   []byte
			status int
			want   string
		}{
			"the paper": {file, 200, "exactly the one"}, "one byte flipped": {flipped, 200, "was changed after it was sealed"},
			"another file": {[]byte("%PDF-1.4 abc"), 200, "not sealed by the town hall"}, "an empty file": {nil, 422, `id="fisier-error"`},
			"too much": {make([]byte, 12<<20), 422, "MB. Choose one"},
		} {
			w := sendFile(t, site, test.file)
			if body := w.Body.String(); w.Code != test.status || !strings.Contains(body, test.want) || strings.Contains(body, "Ionescu") {
				t.Errorf("%s: %d, want %d with %q:\n%s", name, w.Code, test.status, test.want, plain(body))
			}
		}
		if w := send(t, site, nobody, "POST /verifica", "application/x-www-form-urlencoded", nil); w.Code != 422 {
			t.Errorf("no file: %d", w.Code)
		}
	})
}

// TestRefusedLooksLikeMissing compares, to the byte, what a stranger is told
// about a paper that is and about one that is not.
func TestRefusedLooksLikeMissing(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		site := open(t, o)
		code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
		for _, actor := range []act.Actor{ion, parker, other, visitor} {
			for _, path := range []string{"", "/pdf"} {
				one := send(t, site, actor, "GET /acte/"+code+path, "", nil)
				none := send(t, site, actor, "GET /acte/"+newCode()+path, "", nil)
				if one.Code != 404 || none.Code != 404 || keyless(one.Body.String()) != keyless(none.Body.String()) {
					t.Errorf("%s: %d for a paper that is, %d for one that is not", actor.Person, one.Code, none.Code)
				}
			}
		}
	})
}

func keyless(page string) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(page, "KEY")
}

// TestPagesCanBeUsed looks at every page in a browser, wide and narrow, light
// and dark. With BEGA_PICTURES set to a folder, it leaves pictures there.
func TestPagesCanBeUsed(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	o := newTown(t, d)
	site := open(t, o)
	site.Mount("GET /f/", assets.Handler())
	code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
	if err := o.SealPaper(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		o.file(t, ana, "SC")
	}
	paths := map[string]struct {
		actor act.Actor
		path  string
	}{
		"verify": {nobody, "/verifica"}, "mistyped": {nobody, "/verifica/abc"}, "verified": {nobody, "/verifica/" + code},
		"paper": {ana, "/acte/" + code}, "book": {clerk, "/lucru/registru"}, "print": {clerk, "/lucru/registru?tipar=1"},
	}
	for name, page := range paths {
		as := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, _ := json.Marshal(page.actor)
			r.Header.Set("Actor", string(who))
			site.ServeHTTP(w, r)
		}))
		for _, look := range []browser.Options{{}, {Width: 320}, {Dark: true}, {Dark: true, Width: 320, NoScript: true}} {
			b := browser.Open(t, look)
			b.Go(as.URL + page.path)
			if found := b.Axe(); len(found) > 0 {
				t.Errorf("%s %+v: %v", name, look, found)
			}
			if err := b.Reflows(); err != nil {
				t.Errorf("%s %+v: %v", name, look, err)
			}
			if dir := os.Getenv("BEGA_PICTURES"); dir != "" {
				b.Screenshot(filepath.Join(dir, fmt.Sprintf("registry-%s-%d-%v.png", name, look.Width, look.Dark)))
			}
		}
		as.Close()
	}
}

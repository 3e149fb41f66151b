package procedures

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/deadline"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
)

// neighbours are the other rooms: they know what the tests tell them.
type neighbours struct {
	half, nine, n int
	has           map[string]bool
	draft         string
	err           error
}

func (n *neighbours) Durations(context.Context, string) (half, nine, count int, err error) {
	return n.half, n.nine, n.n, n.err
}

func (n *neighbours) Has(_ context.Context, _ act.Actor, types []string) (map[string]bool, error) {
	return n.has, n.err
}

func (n *neighbours) Draft(context.Context, act.Actor, string) (string, time.Time, bool, error) {
	return n.draft, time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), n.draft != "", n.err
}

// ana has shown her identity card; those who come without a name are visitors.
var ana = act.Actor{Person: "ana", For: "ana", Level: act.Verified}

// open makes the site of a catalogue.
func open(t testing.TB, c *Catalogue, n *neighbours) *web.Site {
	t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC) }
	site := web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: now, Zone: zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial al Primăriei Municipiului Timișoara", Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, 8–16"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			if r.Header.Get("Person") == "" && !strings.Contains(r.Header.Get("Cookie"), "ana") {
				return web.Visitor{}, nil
			}
			return web.Visitor{Actor: ana, Who: ui.Who{SignedIn: true, Name: "Ana Pop-Demo"}}, nil
		}})
	Mount(site, &Office{Catalogue: c, Durations: n, Papers: n, Started: n, Calendar: deadline.New(c.Exceptions()), Now: now, Zone: zone})
	site.Mount("GET /f/", assets.Handler())
	return site
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

// plain returns what can be read on a page.
func plain(page string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(page, " ")), " ")
}

func TestPages(t *testing.T) {
	n := &neighbours{half: 6, nine: 20, n: 5, has: map[string]bool{"talon": true}, draft: "/cereri/7"}
	site := open(t, town(t), n)
	for _, step := range []struct {
		person, path string
		status       int
		want, not    string // parts of what can be read, with | between
	}{
		{"", "/servicii", 200, "Ce vrei să rezolvi?|Toate cele 2 servicii, de la A la Z|Permis de probă Online · taxă după caz · 15 zile lucrătoare · un act|Întrebare Online · gratuit · 10 zile · niciun act|Încerc ceva|Altele", "Obiecție|în dosar"},
		{"ana", "/servicii", 200, "un act, îl ai în dosar", ""},
		{"", "/servicii?q=carnetel", 200, "Servicii pentru „carnetel”|Afli dacă merge|Vezi ce îți trebuie și începe", "Întrebare|Ai vrut"},
		{"", "/servicii?q=carnetle", 200, "Ai vrut să scrii carnețel", ""},
		{"", "/servicii?q=xyzzy", 200, "Nu am găsit niciun serviciu. Încearcă alte cuvinte sau sună la 0256 408 300.|Vezi toate serviciile", "Permis"},
		{"", "/servicii?q=%3Cscript%3E", 200, "&lt;script&gt;", "<script>alert"},
		{"", "/servicii?domeniu=probe", 200, "Probe|Permis de probă", "Întrebare Online"},
		{"", "/servicii?moment=incerc&pentru=firma", 200, "Încerc ceva|Permis de probă", "Întrebare Online"},
		{"", "/servicii?gratuit=da", 200, "Întrebare Online", "Permis de probă Online"},
		{"", "/servicii?domeniu=dragoni", 200, "Nu am găsit niciun serviciu", "Permis"},
		{"", "/servicii/proba", 200, "Permis de probă Afli dacă merge|Începe cererea|Verifică dacă ți se potrivește|Un permis.|" +
			"jumătate din cereri sunt gata în 6 zile lucrătoare, iar nouă din zece în 20 de zile lucrătoare|Legea ne dă cel mult 15 zile lucrătoare.|Dacă trimiți azi, îți răspundem până pe 16 decembrie 2026.|" +
			"Un cont cu identitatea verificată|Certificat de înmatriculare (talon) Ambele fețe. De încărcat|Depinde de masă.|Pentru vehicule|Legea de probă 1/2026|" +
			"Nu primim cereri între 15 decembrie 2026 și 9 ianuarie 2027|Scrie-ne în 30 de zile.|De confirmat|Serviciul Unu", "E în dosarul tău|Îl ai|Ai început"},
		{"ana", "/servicii/proba", 200, "Îl ai|E în dosarul tău|Ai început cererea pe 20 noiembrie 2026 Continuă de unde ai rămas", "De încărcat"},
		{"", "/servicii/intrebare", 200, "O adresă de e-mail|Nu îți cerem niciun act.|Nu costă nimic.|De obicei 6 zile", "Verifică dacă|aprobată prin lege"},
		{"", "/servicii/obiectie", 404, "", ""},
		{"", "/servicii/dragoni", 404, "Nu găsim acest serviciu", ""},
		{"", "/servicii/proba/verifica", 200, "Ți se potrivește?|Locuiești în oraș?|Știi ce vrei?|Vezi rezultatul", "E după 2025?|Se pare"},
		{"", "/servicii/proba/verifica?gata=da&r1=da&r2=da", 200, "Da, ți se potrivește.|Începe cererea", "Se pare"},
		{"", "/servicii/proba/verifica?gata=da&r1=nu&r2=nu", 200, "Se pare că ai nevoie de altceva Cere-l în orașul tău. Sună-ne.", "Da, ți se"},
		{"", "/servicii/proba/verifica?gata=da&r1=da", 422, "Mai ai un lucru de corectat|Alege un răspuns.", "Da, ți se"},
		{"", "/servicii/intrebare/verifica", 404, "", ""},
		{"", "/servicii/proba/schema", 200, `"title":"Permis de probă"|"inceput.zi"|"enum":["eu","altul","firma"]`, "cnp|telefon|adresa|acord|numar"},
		{"", "/servicii/dragoni/schema", 404, "", ""},
	} {
		r := httptest.NewRequest("GET", step.path, nil)
		r.Header.Set("Accept-Language", "ro")
		r.Header.Set("Person", step.person)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		body := plain(w.Body.String())
		if w.Code != step.status {
			t.Errorf("%s %s: got %d, want %d", step.person, step.path, w.Code, step.status)
		}
		for want := range strings.SplitSeq(step.want, "|") {
			if !strings.Contains(body, want) {
				t.Errorf("%s %s does not say %q:\n%s", step.person, step.path, want, body)
			}
		}
		for not := range strings.SplitSeq(step.not, "|") {
			if not != "" && strings.Contains(body, not) {
				t.Errorf("%s %s says %q:\n%s", step.person, step.path, not, body)
			}
		}
	}
	r := httptest.NewRequest("GET", "/servicii/proba", nil)
	r.Header.Set("Accept-Language", "en-GB, ro;q=0.5")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	for _, want := range []string{"Trial permit You learn whether it works.", "Begin the application", "at most 15 working days", "we answer by 16 December 2026", "The holidays."} {
		if body := plain(w.Body.String()); !strings.Contains(body, want) {
			t.Errorf("the English page does not say %q:\n%s", want, body)
		}
	}
	for nine, want := range map[int]string{0: "De obicei aceeași zi|Nouă din zece cereri sunt gata în aceeași zi.", 2: "gata în aceeași zi, iar nouă din zece în 2 zile lucrătoare"} {
		n.half, n.nine = 0, nine
		for part := range strings.SplitSeq(want, "|") {
			if body := plain(get(site, "/servicii/proba")); !strings.Contains(body, part) {
				t.Errorf("answered at once, the page does not say %q:\n%s", part, body)
			}
		}
	}
	if n.n = 4; strings.Contains(get(site, "/servicii/proba"), "nouă din zece") {
		t.Error("four cases say how long it takes")
	}
	if n.err = errors.New("no folder"); !strings.Contains(get(site, "/servicii/proba"), "E vina noastră") {
		t.Error("an error of another room does not show")
	}
}

func get(site *web.Site, path string) string {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Person", "ana")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return plain(w.Body.String())
}

// TestJourneyToAService is journey 2 of the usability bar: two pages, one typed
// field, without an account, in every light and width.
func TestJourneyToAService(t *testing.T) {
	c := town(t)
	server := httptest.NewServer(open(t, c, new(neighbours)))
	defer server.Close()
	for _, o := range []browser.Options{{}, {Width: 320}, {Dark: true, NoScript: true}, {Width: 320, Dark: true}} {
		b := browser.Open(t, o)
		b.Go(server.URL + "/servicii")
		sound(t, b)
		b.Type("Scrie cu cuvintele tale, de exemplu „vreau certificat fiscal”", "carnetel")
		b.Click("Caută")
		if !b.Has("Afli dacă merge") {
			t.Errorf("the answer is not first:\n%s", b.Text())
		}
		if got := b.Count(); got.Pages > 2 || got.Typed > 1 {
			t.Errorf("it takes %d pages and %d fields", got.Pages, got.Typed)
		}
		sound(t, b)
		b.Click("Vezi ce îți trebuie și începe")
		sound(t, b)
		b.Click("Verifică dacă ți se potrivește")
		sound(t, b)
	}
}

// sound checks what holds for every page.
func sound(t *testing.T, b *browser.Tab) {
	t.Helper()
	for _, v := range b.Axe() {
		t.Errorf("%s: %s", b.URL(), v)
	}
	if err := b.Reflows(); err != nil {
		t.Errorf("%s: %v", b.URL(), err)
	}
	for _, line := range b.Console() {
		t.Errorf("%s: %s", b.URL(), line)
	}
}

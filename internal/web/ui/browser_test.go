package ui

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"bega/internal/browser"
	"bega/internal/web/assets"
)

// with returns a component with what is in it.
func with(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

// A portal serves the gallery and a form, under the content policy of the site.
type portal struct {
	url string

	mu    sync.Mutex
	saved []string // what was saved without being asked, form by form
	got   []string // fields and names of the files that were sent ahead
	sent  int      // how often the form was
}

func newPortal(t *testing.T) *portal {
	t.Helper()
	p := &portal{}
	show := func(w http.ResponseWriter, r *http.Request, c templ.Component) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
			"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := c.Render(r.Context(), w); err != nil {
			t.Error(err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/f/", assets.Handler())
	mux.HandleFunc("GET /componente", func(w http.ResponseWriter, r *http.Request) {
		page := newPage(t, "ro", r.URL.RequestURI())
		page.Who = visitors(page)["firm"]
		show(w, r, Gallery(page))
	})
	mux.HandleFunc("GET /cerere", func(w http.ResponseWriter, r *http.Request) {
		page := newPage(t, "ro", r.URL.RequestURI())
		page.Who = visitors(page)["resident"]
		page.Who.Expires = page.Now.Add(4 * time.Minute)
		show(w, r, with(LayoutForm(page, "Cerere", SavedAt(page, time.Time{})), with(UploadForm(page, "/cerere", "/fisiere", "/ciorna"),
			templ.Join(Title("Cerere"), Field(page, Input{Name: "nr", Label: "Numărul"}), Textarea(page, Input{Name: "motiv", Label: "Motivul", Max: 10}),
				PasswordField(page, Input{Name: "parola", Label: "Parola"}),
				FileField(page, Input{Name: "talon", Label: "Talonul"}, Limits{MaxBytes: 1000, Kinds: "PDF"}), Button("Trimite")))))
	})
	mux.HandleFunc("POST /cerere", func(w http.ResponseWriter, r *http.Request) {
		form, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		fields := map[string]bool{}
		for part, err := form.NextPart(); err == nil; part, err = form.NextPart() {
			fields[part.FormName()] = true
		}
		if !fields["cheie"] || !fields["talon.id"] || fields["talon.sterge"] {
			t.Errorf("the form was sent with the fields %v", fields)
		}
		p.mu.Lock()
		p.sent++
		p.mu.Unlock()
		w.WriteHeader(http.StatusNoContent) // the browser stays where it is
	})
	mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /ciorna", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		p.mu.Lock()
		p.saved = append(p.saved, r.PostForm.Encode())
		p.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]string{"saved": "14:33"})
	})
	mux.HandleFunc("POST /fisiere", p.receive)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// receive takes a file as the contract says, and refuses those called .tif.
func (p *portal) receive(w http.ResponseWriter, r *http.Request) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	file, header, err := r.FormFile("fisier")
	if err != nil || media != "multipart/form-data" || !strings.Contains(r.Header.Get("Accept"), "json") {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	defer file.Close()
	p.mu.Lock()
	p.got = append(p.got, r.FormValue("camp")+"="+header.Filename)
	p.mu.Unlock()
	if strings.HasSuffix(header.Filename, ".tif") {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(map[string]string{"detail": "Nu putem deschide .tif."})
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"id": "f1", "name": header.Filename, "size": header.Size, "media": "application/pdf"})
}

// TestGalleryInTheBrowser looks at every component, wide and narrow, light and
// dark and with forced colours: nothing that axe-core knows is wrong, nothing
// sticks out, nothing breaks the content policy.
func TestGalleryInTheBrowser(t *testing.T) {
	portal := newPortal(t)
	for name, options := range map[string]browser.Options{
		"wide":          {Width: 1280},
		"narrow-dark":   {Width: 320, Dark: true},
		"forced":        {Width: 640, ForcedColors: true},
		"wide-noscript": {Width: 1280, NoScript: true, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Open(t, options)
			for _, view := range []string{"", "acasa", "formular", "lucru", "confirmare"} {
				tab.Go(portal.url + "/componente?vedere=" + view)
				for _, violation := range tab.Axe() {
					// It reads our colours, not those that the system puts in their place.
					if !options.ForcedColors || violation.ID != "color-contrast" {
						t.Errorf("%q: %s", view, violation)
					}
				}
				if err := tab.Reflows(); err != nil {
					t.Errorf("%q: %v", view, err)
				}
				if folder := os.Getenv("BEGA_TEST_LOOK"); folder != "" {
					tab.Screenshot(filepath.Join(folder, name+"-"+view+".png"))
				}
			}
			if errs := tab.Console(); len(errs) > 0 {
				t.Errorf("on the console: %q", errs)
			}
		})
	}
}

func TestErrorSummaryTakesTheFocus(t *testing.T) {
	portal := newPortal(t)
	tab := browser.Open(t, browser.Options{})
	tab.Go(portal.url + "/componente?vedere=formular")
	if got := tab.Focused(); !strings.Contains(got, "12 lucruri de corectat") {
		t.Errorf("the focus is on %q, want the summary", got)
	}
}

// TestFormInTheBrowser: files go ahead, answers are saved, nothing is sent
// twice at once.
func TestFormInTheBrowser(t *testing.T) {
	portal := newPortal(t)
	tab := browser.Open(t, browser.Options{})
	tab.Go(portal.url + "/cerere")
	tab.Await("Ieși din cont peste cel mult 5 minute")
	tab.Click("Rămân în cont")

	folder := t.TempDir()
	for name, size := range map[string]int{"talon.tif": 10, "talon.pdf": 1000, "mare.pdf": 2000} {
		if err := os.WriteFile(filepath.Join(folder, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tab.Upload("Talonul", filepath.Join(folder, "mare.pdf"))
	tab.Await("Fișierul are 2 kB. Alege unul de cel mult 1 kB")
	tab.Upload("Talonul", filepath.Join(folder, "talon.tif"))
	tab.Await("Nu putem deschide .tif.")
	tab.Upload("Talonul", filepath.Join(folder, "talon.pdf"))
	tab.Await("Șterge talon.pdf")
	if tab.Has("Nu putem deschide") {
		t.Error("what was wrong with an earlier file is still said")
	}

	tab.Type("Motivul", "unsprezece.")
	tab.Await("Textul e prea lung. Semne în plus: 1.")
	tab.Type("Numărul", "TM 07 ABC")
	tab.Await("Salvat automat la 14:33")
	tab.Type("Parola", "secret")
	tab.Click("Arată parola")
	if tab.Has("Ieși din cont peste") {
		t.Error("who stays is still told that they are about to be signed out")
	}
	if !tab.Has("Ascunde parola") {
		t.Error("a password that is shown cannot be hidden")
	}
	for _, violation := range tab.Axe() {
		t.Error(violation)
	}
	tab.Type("Numărul", "TM 07 ABD")
	tab.Press("Enter")
	tab.Press("Enter")
	time.Sleep(1100 * time.Millisecond) // as long as a double click is one
	portal.mu.Lock()
	twice := portal.sent
	portal.mu.Unlock()
	if tab.Click("Trimite"); twice != 1 {
		t.Errorf("sent twice at once, the form arrived %d times, want 1", twice)
	}
	for _, err := range tab.Console() {
		if !strings.Contains(err, "422") { // of the file that was refused
			t.Errorf("on the console: %q", err)
		}
	}
	portal.mu.Lock()
	defer portal.mu.Unlock()
	if got := strings.Join(portal.got, " "); got != "talon=talon.tif talon=talon.pdf" {
		t.Errorf("the files sent ahead are %q", got)
	}
	if len(portal.saved) == 0 || !strings.Contains(portal.saved[len(portal.saved)-1], "nr=TM+07+AB") {
		t.Errorf("what was saved is %q", portal.saved)
	}
	if portal.sent != 2 {
		t.Errorf("sent again later, the form arrived %d times, want 2: it may never be locked", portal.sent)
	}
	for _, form := range portal.saved {
		if strings.Contains(form, "cheie=") {
			t.Errorf("a draft was saved with the key of the request: %s", form)
		}
	}
}

func TestDeskKeys(t *testing.T) {
	portal := newPortal(t)
	tab := browser.Open(t, browser.Options{})
	tab.Go(portal.url + "/componente?vedere=lucru")
	tab.Press("j")
	if got := tab.Focused(); got != "Certificat de urbanism" {
		t.Errorf("after j the focus is on %q, want the first row", got)
	}
	tab.Press("?")
	if !tab.Has("rândul următor") {
		t.Error("? does not tell the keys")
	}
}

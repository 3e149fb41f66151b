package drafts

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bega/folder"
	"bega/internal/browser"
	"bega/internal/db"
	"bega/internal/upload"
	"bega/internal/web/assets"
)

// serve opens the pages to browsers; whoever comes is the person who is set.
func (o *town) serve(person *string) string {
	o.t.Helper()
	site := o.site()
	site.Mount("GET /f/", assets.Handler())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Person", *person)
		site.ServeHTTP(w, r)
	}))
	o.t.Cleanup(server.Close)
	return server.URL
}

// inABrowser runs a test with and without JavaScript, on screens of both sizes
// and in both colours. With BEGA_LOOK, it leaves pictures in that folder.
func inABrowser(t *testing.T, test func(t *testing.T, o *town, b *browser.Tab, script bool, look func(name string))) {
	for name, options := range map[string]browser.Options{
		"wide": {}, "narrow": {Width: 320, Dark: true}, "narrow without JavaScript": {Width: 320, NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			b := browser.Open(t, options)
			test(t, newTown(t, d).inCity(), b, !options.NoScript, func(page string) {
				t.Helper()
				for _, v := range b.Axe() {
					t.Errorf("%s: %s", page, v)
				}
				if err := b.Reflows(); err != nil {
					t.Errorf("%s: %v", page, err)
				}
				if dir := os.Getenv("BEGA_LOOK"); dir != "" {
					b.Screenshot(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+"-"+page+".png"))
				}
			})
			for _, line := range b.Console() {
				if !strings.Contains(line, "422") {
					t.Errorf("the browser says: %s", line)
				}
			}
		})
	}
}

// label returns what a question of the parking pass is called.
func (o *town) label(field string) string {
	o.t.Helper()
	s, err := o.Catalog.Service("abonament-parcare", o.Today())
	if err != nil {
		o.t.Fatal(err)
	}
	f, _, _ := s.Field(field)
	return f.Label.In("ro")
}

// option returns what one of its answers is called.
func (o *town) option(field, value string) string {
	s, _ := o.Catalog.Service("abonament-parcare", o.Today())
	f, _, _ := s.Field(field)
	for _, option := range f.Options {
		if option.Value == value {
			return option.Label.In("ro")
		}
	}
	return ""
}

// TestParkingInABrowser: who comes back with a registration certificate in the
// folder asks for a parking pass on three pages, and types nothing.
func TestParkingInABrowser(t *testing.T) {
	inABrowser(t, func(t *testing.T, o *town, b *browser.Tab, _ bool, look func(string)) {
		file, err := upload.Check("talon-demo.pdf", honest(t))
		if err == nil {
			_, err = o.Folder.Add(t.Context(), ana, "f", folder.New{Type: "talon", File: file, Number: "TM 07 ABC"})
		}
		if err != nil {
			t.Fatal(err)
		}
		person := "ana"
		home := o.serve(&person)
		b.Go(home + "/incepe/abonament-parcare")
		look("start")
		b.Click("Începe cererea")
		b.Reset()
		look("address")
		b.Choose(o.option("zona", "rosie"))
		b.Click("Continuă")
		look("car")
		b.Choose(o.option("proprietar", "eu"))
		b.Click("Continuă")
		look("verify")
		for _, text := range []string{"Strada Alba Iulia 7", "TM 07 ABC", "talon-demo.pdf", "110,00 lei"} {
			if !b.Has(text) {
				t.Errorf("the last page does not say %q:\n%s", text, b.Text())
			}
		}
		b.Click("Trimite cererea")
		if got := b.Count(); got.Pages > 4 || got.Typed > 0 || got.Uploads > 0 {
			t.Errorf("it asked for %+v", got)
		}
		if n := len(o.last.Documents); n != 1 || !strings.Contains(b.URL(), "/confirmare") {
			t.Errorf("filed with %d documents, at %s", n, b.URL())
		}
	})
}

// TestTroubleInABrowser: what is wrong is said beside its field, and nothing is
// lost by it.
func TestTroubleInABrowser(t *testing.T) {
	inABrowser(t, func(t *testing.T, o *town, b *browser.Tab, script bool, look func(string)) {
		dir := t.TempDir()
		for name, data := range map[string][]byte{"talon.tif": []byte("II*\x00"), "talon.pdf": honest(t)} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		person := ""
		home := o.serve(&person)
		b.Go(home + "/incepe/abonament-parcare")
		look("start-guest")
		b.Click("Începe cererea")
		b.Type("Strada", "Strada Nufărului")
		b.Click("Continuă")
		look("address-wrong")
		if !strings.HasPrefix(b.Title(), "Eroare: ") || !strings.Contains(b.Text(), "Mai ai 3 lucruri de corectat") {
			t.Errorf("the page is %q:\n%s", b.Title(), b.Text())
		}
		b.Type("Localitatea", "Timișoara")
		b.Type("Numărul", "3")
		b.Choose(o.option("zona", "galbena"))
		b.Click("Continuă")
		const refused = "Nu putem deschide .tif. Trimite PDF, JPG sau PNG."
		b.Upload("Fișierul nou", filepath.Join(dir, "talon.tif"))
		b.Type(o.label("numar"), "tm 07")
		if script {
			b.Await(refused)
			look("car-refused")
		}
		b.Click("Continuă")
		look("car-wrong")
		if !b.Has(refused) && !script || !b.Has("Mai ai 3 lucruri de corectat") {
			t.Errorf("the page says\n%s", b.Text())
		}
		b.Type(o.label("numar"), "TM 07 ABC")
		b.Choose(o.option("proprietar", "eu"))
		b.Upload("Fișierul nou", filepath.Join(dir, "talon.pdf"))
		b.Click("Continuă")
		look("verify-guest")
		if !b.Has("talon.pdf") || !b.Has("Intră în cont și trimite") {
			t.Errorf("the last page says\n%s", b.Text())
		}
		b.Go(home + "/ciorne")
		look("list")
		b.Click("Aruncă")
		look("bin")
	})
}

// TestManyInABrowser: a repeated step on a page of its own.
func TestManyInABrowser(t *testing.T) {
	inABrowser(t, func(t *testing.T, o *town, b *browser.Tab, _ bool, look func(string)) {
		person := "ana"
		catalog, err := proba()
		if err != nil {
			t.Fatal(err)
		}
		o.Catalog, o.Folder.Types, o.Folder.Services = catalog, kinds{catalog}, kinds{catalog}
		d := o.begins(ana, "proba")
		o.saves(ana, d.ID, "cine", "tip=firma", "cui=14756536", "cnp=", "telefon=", "posta=", "iban=")
		home := o.serve(&person)
		b.Go(home + "/ciorne/" + d.ID)
		look("items")
		b.Type("Câmpul numar", "TM 07 ABC")
		b.Click("Încă unul")
		look("items-two")
		b.Click("Șterge: Vehicul 2")
		b.Type("Câmpul masa", "1200")
		b.Click("Continuă")
		look("kinds")
		b.Click("Continuă")
		look("kinds-wrong")
	})
}

package taxpayer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/form"
	"bega/taxes"
	"bega/taxlaw"
)

// views are how somebody looks at the pages.
var views = map[string]browser.Options{"lat": {}, "ingust-intunecat": {Width: 320, Dark: true}, "fara-script": {Width: 640, NoScript: true}}

// serve opens the town to browsers; whoever comes is the person who is set, and
// the folder is switched as the room access does.
func (o *town) serve(person *string) string {
	o.t.Helper()
	site := o.site()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/dosare" {
			*person = r.PostFormValue("mandat")
			http.Redirect(w, r, r.PostFormValue("inapoi"), http.StatusSeeOther)
			return
		}
		r.Header.Set("Person", *person)
		site.ServeHTTP(w, r)
	}))
	o.t.Cleanup(server.Close)
	return server.URL
}

// looker returns a check of the page that is there: accessible, and no wider than
// the window. With BEGA_TEST_LOOK, it leaves pictures in that folder.
func looker(t *testing.T, tab *browser.Tab, view string) func(page string) {
	n := 0
	return func(page string) {
		t.Helper()
		for _, violation := range tab.Axe() {
			t.Errorf("%s: %s", page, violation)
		}
		if err := tab.Reflows(); err != nil {
			t.Errorf("%s: %v", page, err)
		}
		if folder := os.Getenv("BEGA_TEST_LOOK"); folder != "" {
			n++
			tab.Screenshot(filepath.Join(folder, fmt.Sprintf("taxpayer-%02d-%s-%s.png", n, page, view)))
		}
	}
}

// quiet fails if something went wrong in the browser.
func quiet(t *testing.T, tab *browser.Tab) {
	t.Helper()
	for _, err := range tab.Console() {
		if !strings.Contains(err, "favicon.ico") && !strings.Contains(err, "422") && !strings.Contains(err, "404") {
			t.Errorf("the console says %q", err)
		}
	}
}

// TestCalculatorInTheBrowser: a flat, and what if it were in another zone.
func TestCalculatorInTheBrowser(t *testing.T) {
	for view, options := range views {
		t.Run(view, func(t *testing.T) {
			o, person := alone(t), ""
			home := o.serve(&person)
			tab := browser.Open(t, options)
			look := looker(t, tab, view)
			tab.Go(home + "/taxe")
			look("taxe")
			tab.Click("Impozit pe clădiri")
			look("calculator")
			tab.Click("Calculează")
			look("lipsesc")
			tab.Choose("persoană fizică")
			tab.Choose("locuință")
			tab.Click("Calculează")
			look("mai-multe")
			tab.Choose("zona A")
			tab.Choose("beton armat sau cărămidă arsă")
			tab.Type("Suprafața construită (m²)", "77,5")
			tab.Type("Anul terminării", "2010")
			tab.Click("Calculează")
			if !tab.Has("De ce atât?") {
				t.Fatal(tab.Text())
			}
			look("rezultat")
			tab.Choose("zona D")
			tab.Click("Calculează și compară")
			if !tab.Has("mai puțin") {
				t.Fatal(tab.Text())
			}
			look("comparat")
			quiet(t, tab)
		})
	}
}

// TestAccountInTheBrowser looks at every page of an account.
func TestAccountInTheBrowser(t *testing.T) {
	for view, options := range views {
		t.Run(view, func(t *testing.T) {
			o, person := alone(t), "ana"
			home := o.serve(&person)
			tab := browser.Open(t, options)
			look := looker(t, tab, view)
			tab.Go(home + "/dosar/taxe")
			look("nimic")
			o.on("2026-11-23")
			o.owners["ana"] = true
			object := taxlaw.Object{Kind: taxlaw.Building, Owner: taxlaw.Natural, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, BuiltArea: taxlaw.Whole(77), YearBuilt: 2010}
			_, why, err := o.Rules[2026].ExplainLevy(taxlaw.BuildingTax, []taxlaw.Object{object}, o.Calendar)
			check(t, err, nil)
			ids := o.owes("ana", "buildings", 0, "Strada Alba Iulia 7, ap. 12", "2026-03-31", lei(210), "2026-09-30", lei(210))
			o.why[ids[0]] = why
			o.owes("ana", "fees", 0, "Salubrizare", "2026-11-30", lei(84))
			o.owes("ana", "fines", 0, "Proces-verbal TMP 118204", "2026-06-05", lei(145))
			o.owes("ana", "land", 0, "Strada Alba Iulia 7", "2027-03-31", lei(36))
			o.things["ana"] = []Thing{{"t1", form.Text{"ro": "Strada Alba Iulia 7, ap. 12"}, object}, {"t2", form.Text{"ro": "TM 07 DEM"}, taxlaw.Object{Kind: taxlaw.Vehicle}}}
			o.versions["t1"] = []Version{{Since: day("2012-05-03"), Why: "relieved"}, {Since: day("2010-05-03"), Why: "acquired", Object: &object}}
			o.papers["ana"] = []Decision{{Number: "12/2026", Year: 2026, Issued: o.now(), Told: day("2026-01-20"), Paper: "D-1", Code: "ABC-123-DE4"}}
			tab.Go(home + "/dosar/taxe")
			look("de-platit")
			tab.Go(home + "/dosar/taxe/" + ids[0])
			look("de-ce")
			tab.Go(home + "/dosar/taxe/alege")
			look("alege")
			tab.Choose("Impozit pe clădiri, rata 1 din 2026: 227,00 lei")
			tab.Click("Vezi suma")
			if !tab.Has("Legea trimite banii întâi la amenzi") {
				t.Error(tab.Text())
			}
			look("amenda-intai")
			tab.Go(home + "/dosar/taxe/transfer")
			look("transfer")
			for _, page := range []string{"istoric", "bunuri", "bunuri/t1", "decizii"} {
				tab.Go(home + "/dosar/taxe/" + page)
				look(strings.ReplaceAll(page, "/", "-"))
			}
			o.closures = []taxes.Closure{{From: o.now(), To: o.now().Add(48 * time.Hour), Reason: form.Text{"ro": "Emitem deciziile pe anul 2027."}}}
			tab.Go(home + "/dosar/taxe")
			look("oprite")
			quiet(t, tab)
		})
	}
}

// A budget is what a journey may ask of somebody.
type budget struct{ Pages, Typed int }

// budgetOf reads that of a journey.
func budgetOf(t *testing.T, journey string) budget {
	t.Helper()
	data, err := os.ReadFile("../demo/testdata/bugete-parcursuri.json")
	var file struct{ Journeys map[string]budget }
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil || file.Journeys[journey] == (budget{}) {
		t.Fatalf("there is no budget of %s (%v)", journey, err)
	}
	return file.Journeys[journey]
}

// within compares a journey with its budget. The bank's page does not count.
func within(t *testing.T, tab *browser.Tab, pages, typed int) {
	t.Helper()
	if got := tab.Count(); got.Pages-1 > pages || got.Typed > typed || got.Uploads > 0 {
		t.Errorf("it asked for %+v, and may ask for %d pages and the bank's, and %d fields", got, pages, typed)
	}
}

// TestJourneyPayAll: a person pays all taxes, with and without JavaScript.
func TestJourneyPayAll(t *testing.T) {
	limit := budgetOf(t, "taxe")
	for view, options := range views {
		t.Run(view, func(t *testing.T) {
			o, person := alone(t), "ana"
			home := o.serve(&person)
			o.owes("ana", "buildings", lei(42), "Strada Alba Iulia 7", "2026-03-31", lei(211), "2026-09-30", lei(210))
			o.owes("ana", "vehicles", lei(10), "TM 07 DEM", "2026-03-31", lei(50), "2026-09-30", lei(50))
			tab := browser.Open(t, options)
			look := looker(t, tab, view)
			tab.Reset()
			tab.Go(home + "/dosar/taxe")
			look("taxe-ianuarie")
			tab.Click("Plătește tot: 469,00 lei")
			tab.Click("Plătește")
			if !tab.Has("Am primit 469,00 lei") || o.left("ana") != 0 {
				t.Fatalf("left %s:\n%s", o.left("ana"), tab.Text())
			}
			within(t, tab, limit.Pages, limit.Typed)
			look("chitanta")
			tab.Click("Vezi taxele tale")
			if !tab.Has("Nu ai nimic de plătit. Ultima plată: 19 ianuarie 2026, 469,00 lei.") {
				t.Error(tab.Text())
			}
			look("la-zi")
			tab.Go(home + "/dosar/taxe/istoric")
			look("istoric")
			quiet(t, tab)
		})
	}
}

// TestJourneyGoesWrong: the bank refuses, somebody comes back without paying, the
// bank is silent.
func TestJourneyGoesWrong(t *testing.T) {
	for view, options := range views {
		t.Run(view, func(t *testing.T) {
			o, person := alone(t), "ana"
			home := o.serve(&person)
			o.owes("ana", "buildings", 0, "Strada Alba Iulia 7", "2026-03-31", lei(211))
			tab := browser.Open(t, options)
			look := looker(t, tab, view)
			tab.Go(home + "/dosar/taxe")
			tab.Click("Plătește tot: 211,00 lei")
			tab.Click("Refuză plata")
			if !tab.Has("Banca a refuzat plata") {
				t.Fatal(tab.Text())
			}
			look("refuzata")
			tab.Click("Încearcă din nou")
			tab.Click("Plătește tot: 211,00 lei")
			tab.Click("Înapoi, fără să plătești")
			if !tab.Has("Plata nu este încheiată") {
				t.Fatal(tab.Text())
			}
			look("neincheiata")
			tab.Go(home + "/dosar/taxe")
			look("inceputa")
			tab.Click("Continuă plata începută")
			tab.Click("Înapoi la bancă")
			tab.Click("Ce poate merge prost")
			tab.Click("Plătește și tace două minute")
			if !tab.Has("Nu plăti din nou") {
				t.Fatal(tab.Text())
			}
			look("nesigura")
			tab.Go(home + "/dosar/taxe")
			if !tab.Has("Nu plăti din nou") || tab.Has("Plătește tot") {
				t.Error(tab.Text())
			}
			look("asteptam")
			o.set(o.now().Add(3 * time.Minute))
			tab.Click("Verifică din nou")
			if !tab.Has("Am primit 211,00 lei") {
				t.Fatal(tab.Text())
			}
			quiet(t, tab)
		})
	}
}

// TestJourneyGuest: from the QR code on the decision, a guest meets what a person
// with an account does; who types the code meets one page and one field more.
func TestJourneyGuest(t *testing.T) {
	limit := budgetOf(t, "taxe")
	for view, options := range views {
		t.Run(view, func(t *testing.T) {
			o, person := alone(t), ""
			home := o.serve(&person)
			o.codes["ABC123DE4"] = "ana"
			o.owes("ana", "buildings", 0, "Strada Alba Iulia 7", "2026-03-31", lei(211))
			tab := browser.Open(t, options)
			look := looker(t, tab, view)
			tab.Go(home + "/taxe/plata?cod=ABC-123-DE4")
			look("cod-bun")
			tab.Reset()
			tab.Go(home + "/taxe/plata?cod=ABC-123-DE4")
			tab.Click("Plătește 211,00 lei")
			tab.Click("Plătește")
			if !tab.Has("Am primit 211,00 lei") || tab.Has("Alba Iulia") || o.left("ana") != 0 {
				t.Fatal(tab.Text())
			}
			within(t, tab, limit.Pages, limit.Typed)
			look("chitanta-oaspete")
			o.owes("ana", "land", 0, "Strada Alba Iulia 7", "2026-03-31", lei(30))
			tab.Reset()
			tab.Go(home + "/taxe/plata")
			look("cod")
			tab.Type("Codul de plată", "abc 123 xx")
			tab.Click("Vezi suma")
			look("cod-gresit")
			tab.Reset()
			tab.Go(home + "/taxe/plata")
			tab.Type("Codul de plată", "abc-123-de4")
			tab.Click("Vezi suma")
			tab.Click("Plătește 30,00 lei")
			tab.Click("Plătește")
			if !tab.Has("Am primit 30,00 lei") {
				t.Fatal(tab.Text())
			}
			within(t, tab, limit.Pages+1, limit.Typed+1)
			quiet(t, tab)
		})
	}
}

// TestJourneyAccountant: who acts for two hundred firms sees whose term is the
// nearest, and pays for that firm on one page more than for herself.
func TestJourneyAccountant(t *testing.T) {
	limit := budgetOf(t, "taxe")
	for view, options := range views {
		t.Run(view, func(t *testing.T) {
			o, person := alone(t), "elena"
			home := o.serve(&person)
			for i := range 200 {
				party := act.PartyID(fmt.Sprintf("firm-%03d", i))
				o.firms = append(o.firms, Firm{Party: party, Name: fmt.Sprintf("Firma Demo %03d SRL", i), Mandate: fmt.Sprint("m-", i)})
				o.owes(party, "buildings", 0, "", day("2026-03-31").AddDays(i).String(), lei(100))
			}
			o.firms = append(o.firms, Firm{Party: "srl", Name: "Comerț Demo SRL", Mandate: "srl"})
			o.owes("srl", "buildings", 0, "Calea Aradului 1", "2026-01-10", lei(500))
			tab := browser.Open(t, options)
			look := looker(t, tab, view)
			tab.Go(home + "/contabil")
			look("contabil")
			tab.Reset()
			tab.Go(home + "/contabil")
			tab.Click("Vezi și plătește: Comerț Demo SRL")
			if !tab.Has("Calea Aradului 1") {
				t.Fatal(tab.Text())
			}
			tab.Click("Plătește tot: 505,00 lei")
			tab.Click("Plătește")
			if !tab.Has("Am primit 505,00 lei") || o.left("srl") != 0 {
				t.Fatal(tab.Text())
			}
			within(t, tab, limit.Pages+1, limit.Typed)
			quiet(t, tab)
		})
	}
}

package fiscal_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bega/fiscal"
	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/db/dbtest"
	"bega/ledger"
)

// inTown runs a test of a town in a real browser; one engine is enough for that.
func inTown(t *testing.T, test func(t *testing.T, o *town, url string)) {
	o := newTown(t, dbtest.SQLite(t))
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	test(t, o, server.URL)
}

// TestJourneyOfATeller takes money from whoever stands at the desk, in four pages, and
// without scripts, too: find, see, take, receipt.
func TestJourneyOfATeller(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		o.role("ana")
		o.owes("ana", "fees", "2026-12-31", lei(500))
		o.owes("ana", "buildings", "2026-09-30", lei(100))
		o.as = teller
		for _, noScript := range []bool{false, true} {
			tab := browser.Open(t, browser.Options{NoScript: noScript})
			tab.Go(url + "/lucru/taxe/casa")
			tab.Reset()
			tab.Type("Rol, CNP, CUI, cod de plată sau nume", "ionescu")
			tab.Click("Caută")
			tab.Type("Suma în lei", "52,50")
			tab.Click("Vezi ce se stinge")
			if !tab.Has("Ce se stinge cu suma aceasta") {
				t.Fatal(tab.Text())
			}
			tab.Click("Încasează și dă chitanța")
			if !tab.Has("Am primit 52,50 lei, numerar.") {
				t.Fatal(tab.Text())
			}
			if got := tab.Count(); got.Pages > 4 || got.Typed > 2 || got.Clicks > 4 {
				t.Errorf("without scripts %t: the journey took %+v", noScript, got)
			}
			if errors := tab.Console(); len(errors) > 0 {
				t.Errorf("the console has %q", errors)
			}
		}
		if len(o.receipts) != 2 {
			t.Errorf("%d receipts were issued", len(o.receipts))
		}
	})
}

// TestKeyboard opens a file without a mouse.
func TestKeyboard(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		o.as = clerk
		tab := browser.Open(t, browser.Options{})
		tab.Go(url + "/lucru/taxe")
		tab.Type("Rol, CNP, CUI, cod de plată sau nume", "ionescu")
		tab.Press("Tab")
		tab.Press("Space")
		tab.Press("Enter")
		if !strings.Contains(tab.URL(), "/lucru/taxe/contribuabil/ana?motiv=ghiseu") {
			t.Errorf("the keyboard led to %s", tab.URL())
		}
	})
}

// TestPagesSuitEverybody looks at every page, wide and narrow, light and dark. With
// BEGA_PICTURES set to a folder, it leaves pictures of them there.
func TestPagesSuitEverybody(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		pages := o.furnish()
		dir := os.Getenv("BEGA_PICTURES")
		for ending, options := range map[string]browser.Options{"": {}, "-narrow": {Width: 320, Dark: true}} {
			tab := browser.Open(t, options)
			for name, page := range pages {
				o.as = page.as
				tab.Go(url + page.path)
				if tab.Has("Nu găsim pagina") {
					t.Errorf("%s%s is missing", name, ending)
				}
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
					tab.Screenshot(filepath.Join(dir, "fiscal-"+name+ending+".png"))
				}
			}
		}
	})
}

// A look is a page, and who looks at it.
type look struct {
	as   act.Actor
	path string
}

// furnish brings the town into a state in which every page has something to show.
func (o *town) furnish() map[string]look {
	ctx := o.t.Context()
	o.on("2025-11-03")
	o.pays("ana", lei(70))
	o.on("2026-01-20")
	o.flat("ana", "400123-C1")
	o.must(o.Carry(ctx, fiscal.Task{What: "calcul", Year: 2026}))
	late := o.owes("ana", "fees", "2026-03-31", lei(300))
	o.on("2026-11-25")
	o.pays("ana", lei(40))
	taking, err := o.take(teller, o.key(), "ana", 30, ledger.Choice{})
	o.must(err)
	proposal, err := o.Propose(ctx, clerk, o.key(), fiscal.Proposal{Kind: fiscal.Plan, Party: "ana", Terms: grounds(fiscal.Terms{Obligations: []string{late}, Months: 3, First: day("2026-12-15")})})
	o.must(err)
	o.must(o.WriteNote(ctx, clerk, o.key(), "ana", "A sunat despre rate."))
	_, err = o.Import(ctx, clerk, "treasury", []byte(treasuryHead+"2026-11-24;TR000001;40;;;Necunoscut-Demo;multumesc\n2026-11-24;TR000002;60;;3850615350017;;\nTOTAL;2;100;;;;\n"))
	o.must(err)
	in, err := o.Inflow(ctx, clerk)
	o.must(err)
	o.must(o.CheckLedger(ctx))
	runs, err := o.Taxes.Runs(ctx, clerk)
	o.must(err)
	mine, err := o.Taxes.File(ctx, clerk, "ana", "fiscal.why-check")
	o.must(err)
	file := "/lucru/taxe/contribuabil/ana"
	return map[string]look{
		"home": {both, "/lucru/taxe"}, "why-open": {clerk, file}, "account": {clerk, file + "?motiv=ghiseu"}, "payments": {clerk, file + "?motiv=ghiseu&fila=plati"},
		"notes": {clerk, file + "?motiv=ghiseu&fila=note"}, "things": {clerk, file + "/bunuri?motiv=ghiseu"}, "thing": {clerk, file + "/bunuri/" + mine.Holdings[0].Object.ID + "?motiv=ghiseu"},
		"why": {clerk, file + "/suma/" + mine.Assessments[0].Claims[0].ID + "?motiv=ghiseu"}, "reassess": {clerk, file + "/recalcul?motiv=ghiseu"}, "fix": {clerk, file + "/accesorii?motiv=ghiseu"},
		"plan": {clerk, file + "/decizie/esalonare?motiv=ghiseu"}, "write-off": {clerk, file + "/decizie/scadere?motiv=ghiseu"}, "refund": {clerk, file + "/decizie/restituire?motiv=ghiseu"},
		"compensate": {clerk, file + "/decizie/compensare?motiv=ghiseu"}, "take-back": {clerk, file + "/decizie/anulare?motiv=ghiseu"},
		"proposals": {head, "/lucru/taxe/propuneri"}, "proposal": {signer, "/lucru/taxe/propuneri/" + proposal},
		"till": {teller, "/lucru/taxe/casa"}, "counter": {teller, "/lucru/taxe/casa/plata/ana"}, "slip": {teller, "/lucru/taxe/casa/chitanta/" + taking},
		"closing": {teller, "/lucru/taxe/casa/inchidere"}, "closings": {head, "/lucru/taxe/casa/inchideri"},
		"inflow": {clerk, "/lucru/taxe/intrari?gata=" + in.Imports[0].ID}, "line": {clerk, "/lucru/taxe/intrari/" + in.Waiting[0].ID}, "reconcile": {clerk, "/lucru/taxe/reconciliere"},
		"runs": {clerk, "/lucru/taxe/calcul"}, "run": {clerk, "/lucru/taxe/calcul/" + runs[0].ID}, "season": {head, "/lucru/taxe/sezon"}, "collections": {head, "/lucru/taxe/incasari"},
	}
}

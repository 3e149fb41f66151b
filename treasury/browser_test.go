package treasury_test

import (
	"testing"

	"bega/fiscal/fiscaltest"
	"bega/internal/browser"
	"bega/internal/db/dbtest"
	"bega/ledger"
)

// TestJourneyOfATeller takes money from whoever stands at the desk, in four pages, and
// without scripts, too: find, see, take, receipt.
func TestJourneyOfATeller(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	url := o.Serving()
	o.Role("ana")
	o.Owes("ana", "fees", "2026-12-31", lei(500))
	o.Owes("ana", "buildings", "2026-09-30", lei(100))
	o.As = teller
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
}

// TestPagesSuitEverybody looks at every page.
func TestPagesSuitEverybody(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	o.Suits(t, "treasury", o.furnish())
}

// furnish brings the town into a state in which every page has something to show.
func (o *town) furnish() map[string]fiscaltest.Look {
	ctx := o.T.Context()
	o.On("2025-11-03")
	o.Pays("ana", lei(70))
	o.On("2026-01-20")
	o.Role("ana")
	o.Owes("ana", "buildings", "2026-03-31", lei(515))
	o.Owes("ana", "fees", "2026-12-31", lei(300))
	o.On("2026-11-25")
	o.Pays("ana", lei(40))
	taking, err := o.take(teller, o.Key(), "ana", 30, ledger.Choice{})
	o.Must(err)
	_, err = o.Import(ctx, clerk, "treasury", []byte(treasuryHead+"2026-11-24;TR000001;40;;;Necunoscut-Demo;multumesc\n2026-11-24;TR000002;60;;3850615350017;;\nTOTAL;2;100;;;;\n"))
	o.Must(err)
	in, err := o.Inflow(ctx, clerk)
	o.Must(err)
	o.Must(o.CheckLedger(ctx))
	return map[string]fiscaltest.Look{
		"till": {teller, "/lucru/taxe/casa"}, "counter": {teller, "/lucru/taxe/casa/plata/ana"}, "slip": {teller, "/lucru/taxe/casa/chitanta/" + taking},
		"closing": {teller, "/lucru/taxe/casa/inchidere"}, "closings": {head, "/lucru/taxe/casa/inchideri"},
		"inflow": {clerk, "/lucru/taxe/intrari?gata=" + in.Imports[0].ID}, "line": {clerk, "/lucru/taxe/intrari/" + in.Waiting[0].ID},
		"reconcile": {clerk, "/lucru/taxe/reconciliere"}, "collections": {head, "/lucru/taxe/incasari"},
	}
}

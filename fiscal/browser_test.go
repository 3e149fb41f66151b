package fiscal_test

import (
	"strings"
	"testing"

	"bega/fiscal"
	"bega/fiscal/fiscaltest"
	"bega/internal/browser"
	"bega/internal/db/dbtest"
)

// TestKeyboard opens a file without a mouse.
func TestKeyboard(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	o.As = clerk
	tab := browser.Open(t, browser.Options{})
	tab.Go(o.Serving() + "/lucru/taxe")
	tab.Type("Rol, CNP, CUI, cod de plată sau nume", "ionescu")
	tab.Press("Tab")
	tab.Press("Space")
	tab.Press("Enter")
	if !strings.Contains(tab.URL(), "/lucru/taxe/contribuabil/ana?motiv=ghiseu") {
		t.Errorf("the keyboard led to %s", tab.URL())
	}
}

// TestPagesSuitEverybody looks at every page.
func TestPagesSuitEverybody(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	o.Suits(t, "fiscal", o.furnish())
}

// furnish brings the town into a state in which every page has something to show.
func (o *town) furnish() map[string]fiscaltest.Look {
	ctx := o.T.Context()
	o.On("2025-11-03")
	o.Pays("ana", lei(70))
	o.On("2026-01-20")
	o.Gets("ana", "400123-C1", flat)
	o.Must(o.Carry(ctx, fiscal.Task{What: "calcul", Year: 2026}))
	late := o.Owes("ana", "fees", "2026-03-31", lei(300))
	o.On("2026-11-25")
	o.Pays("ana", lei(40))
	proposal, err := o.Propose(ctx, clerk, o.Key(), fiscal.Proposal{Kind: fiscal.Plan, Party: "ana", Terms: grounds(fiscal.Terms{Obligations: []string{late}, Months: 3, First: day("2026-12-15")})})
	o.Must(err)
	o.Must(o.WriteNote(ctx, clerk, o.Key(), "ana", "A sunat despre rate."))
	runs, err := o.Taxes.Runs(ctx, clerk)
	o.Must(err)
	mine, err := o.Taxes.File(ctx, clerk, "ana", "fiscal.why-check")
	o.Must(err)
	file := "/lucru/taxe/contribuabil/ana"
	return map[string]fiscaltest.Look{
		"home": {both, "/lucru/taxe"}, "why-open": {clerk, file}, "account": {clerk, file + "?motiv=ghiseu"}, "payments": {clerk, file + "?motiv=ghiseu&fila=plati"},
		"reminders": {clerk, file + "?motiv=ghiseu&fila=mementouri"}, "notes": {clerk, file + "?motiv=ghiseu&fila=note"}, "things": {clerk, file + "/bunuri?motiv=ghiseu"}, "thing": {clerk, file + "/bunuri/" + mine.Holdings[0].Object.ID + "?motiv=ghiseu"},
		"why": {clerk, file + "/suma/" + mine.Assessments[0].Claims[0].ID + "?motiv=ghiseu"}, "reassess": {clerk, file + "/recalcul?motiv=ghiseu"}, "fix": {clerk, file + "/accesorii?motiv=ghiseu"},
		"plan": {clerk, file + "/decizie/esalonare?motiv=ghiseu"}, "write-off": {clerk, file + "/decizie/scadere?motiv=ghiseu"}, "refund": {clerk, file + "/decizie/restituire?motiv=ghiseu"},
		"compensate": {clerk, file + "/decizie/compensare?motiv=ghiseu"}, "take-back": {clerk, file + "/decizie/anulare?motiv=ghiseu"},
		"proposals": {head, "/lucru/taxe/propuneri"}, "proposal": {signer, "/lucru/taxe/propuneri/" + proposal},
		"runs": {clerk, "/lucru/taxe/calcul"}, "run": {clerk, "/lucru/taxe/calcul/" + runs[0].ID}, "season": {head, "/lucru/taxe/sezon"},
	}
}

package fiscal_test

import (
	"strings"
	"testing"

	"bega/fiscal"
	"bega/fiscal/fiscaltest"
	"bega/internal/act"
	"bega/taxlaw"
	"bega/taxroll"
)

// flat is one that costs 515 lei in 2026.
var flat = taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, UsefulArea: fiscaltest.Area("55"), YearBuilt: 1985}

// TestRuns: an official starts an assessment, the queue carries it out, and whoever
// starts it again changes nothing.
func TestRuns(t *testing.T) { eachTown(t, testRuns) }

func testRuns(t *testing.T, o *town) {
	o.On("2026-01-20")
	o.Gets("ana", "C1", flat)
	o.Gets("ion", "C2", flat)
	const path = "/lucru/taxe/calcul"
	for _, actor := range []act.Actor{planner, ion, teller} {
		o.Walk([]step{{actor, "GET " + path, nil, 404, "", "Assess"}, {actor, "POST " + path, values("x"), 404, "", ""}, {actor, "GET " + path + "/x", nil, 404, "", ""}})
	}
	o.Walk([]step{
		{signer, "GET " + path, nil, 200, "Nothing was assessed yet", "Start for everybody"},
		{signer, "POST " + path, values("s", "an", "2026", "ce", "calcul"), 404, "", ""},
		{clerk, "GET " + path, nil, 200, "Start for everybody", ""},
		{clerk, "POST " + path, values("a", "an", "2026"), 422, `id="ce-error"`, ""},
		{clerk, "POST " + path, values("a", "an", "1999", "ce", "calcul"), 422, `id="an-error"`, ""},
		{clerk, "POST " + path, values("b", "an", "2026", "ce", "calcul"), 303, path + "?pornit=1", ""},
		{clerk, "POST " + path, values("b", "an", "2026", "ce", "calcul"), 303, path + "?pornit=1", ""},
		{clerk, "GET " + path + "?pornit=1", nil, 200, "It has begun", ""},
	})
	if health, err := o.queue.Health(t.Context()); err != nil || health.Waiting != 1 {
		t.Errorf("%d tasks wait, %v", health.Waiting, err)
	}
	for range 2 {
		o.Must(o.Carry(t.Context(), fiscal.Task{What: "calcul", Year: 2026}))
		o.Must(o.Carry(t.Context(), fiscal.Task{What: "decizii", Year: 2026}))
	}
	if s := o.Sheet("ana"); s.All().Principal != lei(515) {
		t.Errorf("Ana owes %s", s.All().Principal)
	}
	runs, err := o.Taxes.Runs(t.Context(), clerk)
	o.Must(err)
	last := path + "/" + runs[len(runs)-1].ID
	o.Walk([]step{
		{clerk, "GET " + path, nil, 200, "RON 1,030.00", ""},
		{clerk, "GET " + last, nil, 200, "All property is assessed", ""},
		{clerk, "GET " + path + "/nimic", nil, 404, "", ""},
		{clerk, "GET /lucru/taxe/contribuabil/ana/bunuri?motiv=ghiseu", nil, 200, "Tax decision of 2026", ""},
	})
}

// TestRegisters: who has loaded a register does not publish it.
func TestRegisters(t *testing.T) { eachTown(t, testRegisters) }

func testRegisters(t *testing.T, o *town) {
	table := func(text string) taxroll.Table {
		table, err := taxroll.CSV(strings.NewReader(text))
		o.Must(err)
		return table
	}
	loaded, err := o.Roll.Load(t.Context(), head, taxroll.Source{Taxpayers: table("rol;tip;cod;nume\n7;PF;3850615350017;Ana Ionescu-Demo\n"), Objects: table("cod_bun;rol;fel;de_la\n")}, 2026, nil)
	if err != nil {
		t.Fatal(err)
	}
	const path = "/lucru/taxe/registre/"
	o.Walk([]step{
		{head, "GET /lucru/taxe/calcul", nil, 200, "loaded, to be published", "Publish the register"},
		{both, "GET /lucru/taxe/calcul", nil, 200, "Publish the register", ""},
		{head, "POST " + path + loaded.ID + "/publica", values("p1"), 409, "", ""},
		{clerk, "POST " + path + loaded.ID + "/publica", values("p2"), 404, "", ""},
		{planner, "POST " + path + loaded.ID + "/publica", values("p3"), 404, "", ""},
		{both, "POST " + path + loaded.ID + "/publica", values("p4"), 303, "/lucru/taxe/calcul", ""},
		{both, "POST " + path + loaded.ID + "/publica", values("p4"), 303, "/lucru/taxe/calcul", ""},
		{both, "GET /lucru/taxe/calcul", nil, 200, "Revert the register", "Publish the register"},
		{both, "POST " + path + loaded.ID + "/anuleaza", values("p5"), 303, "/lucru/taxe/calcul", ""},
		{both, "POST " + path + loaded.ID + "/anuleaza", values("p6"), 409, "", ""},
		{head, "GET " + path + loaded.ID + "/respinse.csv", nil, 200, "", ""},
		{planner, "GET " + path + loaded.ID + "/respinse.csv", nil, 404, "", ""},
	})
}

func TestSeason(t *testing.T) { eachTown(t, testSeason) }

func testSeason(t *testing.T, o *town) {
	const path = "/lucru/taxe/sezon"
	for _, actor := range []act.Actor{planner, ion, teller} {
		o.Walk([]step{{actor, "GET " + path, nil, 404, "", "Stop"}, {actor, "POST " + path, values("x"), 404, "", ""}})
	}
	days := []string{"din.zi", "25", "din.luna", "11", "din.an", "2026", "pana.zi", "27", "pana.luna", "11", "pana.an", "2026"}
	o.Walk([]step{
		{clerk, "GET " + path, nil, 200, "Payments are not stopped", "Stop payments"},
		{clerk, "POST " + path, values("c", append(days, "motiv", "x", "sursa", "y")...), 404, "", ""},
		{head, "GET " + path, nil, 200, "Stop payments", ""},
		{head, "POST " + path, values("a"), 422, "Enter a day that exists", ""},
		{head, "POST " + path, values("a", days...), 422, `id="motiv-error"`, ""},
		{head, "POST " + path, values("a", append(days, "motiv", "Probă <b>")...), 422, `id="sursa-error"`, ""},
		{head, "POST " + path, values("a", append(days, "motiv", "Probă <b>", "sursa", "Dispoziția 1")...), 303, path, ""},
		{head, "GET " + path, nil, 200, "Probă &lt;b&gt;", "<b>Pro"},
		{clerk, "GET " + path, nil, 200, "stopped now", "Stop payments"},
		{head, "POST " + path, values("e", "oprire", "nimic"), 404, "", ""},
	})
	all, err := o.Taxes.Closures(t.Context())
	if err != nil || len(all) != 1 || all[0].To != day("2026-11-28").Midnight(fiscaltest.Bucharest).UTC() {
		t.Fatalf("closed are %+v, %v", all, err)
	}
	if _, closed, err := o.Taxes.Closed(t.Context(), o.Time()); err != nil || !closed {
		t.Errorf("payments are not stopped: %v", err)
	}
	extended := values("f", append(days, "motiv", "Probă", "sursa", "Dispoziția 2", "oprire", all[0].Key)...)
	extended.Set("pana.zi", "30")
	o.Walk([]step{
		{head, "GET " + path + "?oprire=" + all[0].Key, nil, 200, "Let payments go on now", ""},
		{head, "POST " + path, extended, 303, path, ""},
		{head, "POST " + path, values("g", "oprire", all[0].Key, "incheie", "da"), 422, `id="sursa-error"`, ""},
		{head, "POST " + path, values("g", "oprire", all[0].Key, "incheie", "da", "sursa", "S-a terminat mai devreme."), 303, path, ""},
	})
	o.On("2026-11-26")
	if _, closed, err := o.Taxes.Closed(t.Context(), o.Time()); err != nil || closed {
		t.Errorf("payments do not go on: %v", err)
	}
}

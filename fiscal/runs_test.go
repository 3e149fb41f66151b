package fiscal_test

import (
	"strings"
	"testing"

	"bega/fiscal"
	"bega/internal/act"
	"bega/internal/money"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// flat gives somebody a flat.
func (o *town) flat(party act.PartyID, mark string) {
	o.t.Helper()
	o.role(party)
	area, err := taxlaw.ParseDec("55")
	o.must(err)
	_, err = o.roll.Apply(o.t.Context(), clerk, o.key(), []taxroll.Change{{Mark: mark, Of: party, From: day("2020-01-01"), Why: taxroll.Acquired, Source: "test",
		Thing:   &taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, UsefulArea: area, YearBuilt: 1985},
		Details: &taxroll.Details{Cadastral: mark}, Parts: []taxroll.Part{{Party: party, Share: taxlaw.Share{Num: 1, Den: 1}}}}})
	o.must(err)
}

// TestRuns: an official starts an assessment, the queue carries it out, and whoever
// starts it again changes nothing.
func TestRuns(t *testing.T) { eachTown(t, testRuns) }

func testRuns(t *testing.T, o *town) {
	o.on("2026-01-20")
	o.flat("ana", "C1")
	o.flat("ion", "C2")
	const path = "/lucru/taxe/calcul"
	for _, actor := range []act.Actor{planner, ion, teller} {
		o.walk([]step{{actor, "GET " + path, nil, 404, "", "Assess"}, {actor, "POST " + path, values("x"), 404, "", ""}, {actor, "GET " + path + "/x", nil, 404, "", ""}})
	}
	o.walk([]step{
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
		o.must(o.Carry(t.Context(), fiscal.Task{What: "calcul", Year: 2026}))
		o.must(o.Carry(t.Context(), fiscal.Task{What: "decizii", Year: 2026}))
	}
	if s := o.sheet("ana"); s.All().Principal != lei(515) {
		t.Errorf("Ana owes %s", s.All().Principal)
	}
	runs, err := o.Taxes.Runs(t.Context(), clerk)
	o.must(err)
	last := path + "/" + runs[len(runs)-1].ID
	o.walk([]step{
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
		o.must(err)
		return table
	}
	loaded, err := o.roll.Load(t.Context(), head, taxroll.Source{Taxpayers: table("rol;tip;cod;nume\n7;PF;3850615350017;Ana Ionescu-Demo\n"), Objects: table("cod_bun;rol;fel;de_la\n")}, 2026, nil)
	if err != nil {
		t.Fatal(err)
	}
	const path = "/lucru/taxe/registre/"
	o.walk([]step{
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
		o.walk([]step{{actor, "GET " + path, nil, 404, "", "Stop"}, {actor, "POST " + path, values("x"), 404, "", ""}})
	}
	days := []string{"din.zi", "25", "din.luna", "11", "din.an", "2026", "pana.zi", "27", "pana.luna", "11", "pana.an", "2026"}
	o.walk([]step{
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
	if err != nil || len(all) != 1 || all[0].To != day("2026-11-28").Midnight(bucharest).UTC() {
		t.Fatalf("closed are %+v, %v", all, err)
	}
	if _, err := o.take(teller, o.key(), "ana", 1, ledger.Choice{}); err == nil {
		t.Error("money is taken while payments are stopped")
	}
	extended := values("f", append(days, "motiv", "Probă", "sursa", "Dispoziția 2", "oprire", all[0].Key)...)
	extended.Set("pana.zi", "30")
	o.walk([]step{
		{head, "GET " + path + "?oprire=" + all[0].Key, nil, 200, "Let payments go on now", ""},
		{head, "POST " + path, extended, 303, path, ""},
		{head, "POST " + path, values("g", "oprire", all[0].Key, "incheie", "da"), 422, `id="sursa-error"`, ""},
		{head, "POST " + path, values("g", "oprire", all[0].Key, "incheie", "da", "sursa", "S-a terminat mai devreme."), 303, path, ""},
	})
	o.on("2026-11-26")
	if _, err := o.take(teller, o.key(), "ana", 1, ledger.Choice{}); err != nil {
		t.Errorf("payments go on: %v", err)
	}
}

// TestCollections: by day, against last year, summed up; as a chart, a table and a file.
func TestCollections(t *testing.T) { eachTown(t, testCollections) }

func testCollections(t *testing.T, o *town) {
	for date, amount := range map[string]int{"2025-01-10": 50, "2025-11-03": 70, "2026-01-10": 20} {
		o.on(date)
		o.pays("ana", lei(amount))
	}
	o.on("2026-11-03")
	o.pays("ion", lei(200))
	_, err := o.take(teller, o.key(), "ana", 5, ledger.Choice{})
	o.must(err)
	o.on("2026-11-25")
	c, err := o.Collections(t.Context(), head, day("2026-11-01"), day("2026-11-25"))
	o.must(err)
	want := fiscal.Collected{Day: day("2026-11-03"), Now: lei(205), Last: lei(70), Sum: lei(225), LastSum: lei(120)}
	if len(c.Days) != 25 || c.Days[2] != want {
		t.Errorf("collected is %+v, want %+v", c.Days[2], want)
	}
	channels := map[string]money.Bani{}
	for _, s := range c.Channels {
		channels[s.Key] = s.Now
	}
	if channels["desk"] != lei(5) || channels["card"] != lei(200) {
		t.Errorf("by channel: %v", channels)
	}
	_, err = o.Collections(t.Context(), head, day("2025-12-01"), day("2026-01-01"))
	check(t, err, fiscal.ErrPeriod)
	for _, actor := range []act.Actor{planner, ana, visitor} {
		_, err = o.Collections(t.Context(), actor, day("2026-11-01"), day("2026-11-25"))
		check(t, err, fiscal.ErrUnknown)
	}
	const path = "/lucru/taxe/incasari"
	o.walk([]step{
		{planner, "GET " + path, nil, 404, "", ""}, {ion, "GET " + path, nil, 404, "", ""}, {visitor, "GET " + path, nil, 303, "/cont/intra", ""},
		{head, "GET " + path, nil, 200, `<polyline points="0,`, ""},
		{teller, "GET " + path, nil, 200, "RON 135.00 more", ""},
		{head, "GET " + path + "?format=csv", nil, 200, "2026-11-03,205.00,70.00,225.00,120.00", "<"},
		{head, "GET " + path + "?din=2026-11-03&pana=2026-11-03", nil, 200, "RON 205.00", "<polyline"},
		{head, "GET " + path + "?din=2025-11-03&pana=2026-11-03", nil, 422, "in order", ""},
		{head, "GET " + path + "?din=x&pana=y", nil, 200, "RON 205.00", ""},
	})
}

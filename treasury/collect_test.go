package treasury_test

import (
	"testing"

	"bega/internal/act"
	"bega/internal/money"
	"bega/ledger"
	"bega/treasury"
)

// TestCollections: by day, against last year, summed up; as a chart, a table and a file.
func TestCollections(t *testing.T) { eachTown(t, testCollections) }

func testCollections(t *testing.T, o *town) {
	for date, amount := range map[string]int{"2025-01-10": 50, "2025-11-03": 70, "2026-01-10": 20} {
		o.On(date)
		o.Pays("ana", lei(amount))
	}
	o.On("2026-11-03")
	o.Pays("ion", lei(200))
	_, err := o.take(teller, o.Key(), "ana", 5, ledger.Choice{})
	o.Must(err)
	o.On("2026-11-25")
	c, err := o.Collections(t.Context(), head, day("2026-11-01"), day("2026-11-25"))
	o.Must(err)
	want := treasury.Collected{Day: day("2026-11-03"), Now: lei(205), Last: lei(70), Sum: lei(225), LastSum: lei(120)}
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
	check(t, err, treasury.ErrPeriod)
	for _, actor := range []act.Actor{planner, ana, visitor} {
		_, err = o.Collections(t.Context(), actor, day("2026-11-01"), day("2026-11-25"))
		check(t, err, treasury.ErrUnknown)
	}
	const path = "/lucru/taxe/incasari"
	o.Walk([]step{
		{planner, "GET " + path, nil, 404, "", ""}, {ion, "GET " + path, nil, 404, "", ""}, {visitor, "GET " + path, nil, 303, "/cont/intra", ""},
		{head, "GET " + path, nil, 200, `<polyline points="0,`, ""},
		{teller, "GET " + path, nil, 200, "RON 135.00 more", ""},
		{head, "GET " + path + "?format=csv", nil, 200, "2026-11-03,205.00,70.00,225.00,120.00", "<"},
		{head, "GET " + path + "?din=2026-11-03&pana=2026-11-03", nil, 200, "RON 205.00", "<polyline"},
		{head, "GET " + path + "?din=2025-11-03&pana=2026-11-03", nil, 422, "in order", ""},
		{head, "GET " + path + "?din=03.11.2026&pana=3.11.2026", nil, 200, "RON 205.00", "<polyline"},
		{head, "GET " + path + "?din=x&pana=31.02.2026", nil, 422, `value="31.02.2026"`, ""},
	})
}

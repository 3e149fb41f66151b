package desk

import (
	"os"
	"testing"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/procedures"
)

func TestUrgency(t *testing.T) {
	due := deadline.Date{Year: 2026, Month: 12, Day: 16}
	for _, test := range []struct {
		due     deadline.Date
		left    int
		running bool
		want    urgency
	}{
		{deadline.Date{}, 0, false, calm}, {due, 15, true, calm}, {due, 4, true, calm}, {due, 3, true, soon}, {due, 0, true, soon},
		{due, -1, true, late}, {due, 8, false, paused}, {due, -1, false, paused},
	} {
		if got := urgencyOf(test.due, test.left, test.running); got != test.want {
			t.Errorf("%v, %d left, running %t: got %d, want %d", test.due, test.left, test.running, got, test.want)
		}
	}
}

// TestChecks: what is wrong is seen, and what is right is said.
func TestChecks(t *testing.T) {
	catalog, err := procedures.Load(os.DirFS("../city/timisoara"))
	if err != nil {
		t.Fatal(err)
	}
	o := &Office{Catalog: catalog}
	today := deadline.Date{Year: 2026, Month: 11, Day: 24}
	s, err := o.Catalog.Version("certificat-de-urbanism", 1)
	if err != nil {
		t.Fatal(err)
	}
	good1 := Desk{View: cases.View{Of: s, Case: cases.Case{Owner: "ana", FiledBy: "ana", Fee: 700, PaidAt: time.Unix(1, 0)},
		Documents: []folder.Document{{Type: "plan-situatie", Certified: &folder.Certification{}}, {Type: "certificat-fiscal", Source: folder.Issued}}}, Level: act.Verified}
	bad1 := Desk{View: cases.View{Of: s, Case: cases.Case{Owner: "srl", FiledBy: "ion", Fee: 700},
		Asks:      []cases.Ask{{ID: "a", Until: today}},
		Documents: []folder.Document{{Type: "extras-cf", Until: today.AddDays(-1)}}}, Level: act.Light, Twins: []string{"UR2026-000001"}, Held: []string{"plan-cadastral", "talon", "nimic"}}
	light := Desk{View: cases.View{Of: &procedures.Service{Level: procedures.Light}, Case: cases.Case{Owner: "ana", FiledBy: "dana", AtDesk: true}}}
	for name, test := range map[string]struct {
		d    Desk
		want []string
	}{
		"all is well":     {good1, []string{"+check-identity", "+check-paid", "+check-complete", "+check-valid", "+check-certified"}},
		"nothing is well": {bad1, []string{"-check-no-identity", "?check-mandate", "-check-unpaid", "-check-waiting", "-check-expired", "?check-twins", "?check-held"}},
		"at the counter":  {light, []string{"?check-light", "?check-at-desk", "+check-complete"}},
	} {
		all := o.checks(test.d, today)
		for i, c := range all {
			if got := string("+-?"[c.is]) + c.Key[len("desk."):]; i >= len(test.want) || got != test.want[i] {
				t.Errorf("%s: got %s as number %d of %q", name, got, i, test.want)
			}
		}
		if len(all) != len(test.want) {
			t.Errorf("%s: %d checks, want %q", name, len(all), test.want)
		}
	}
}

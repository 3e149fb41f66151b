package drafts

import (
	"regexp"
	"testing"

	"bega/cases"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/procedures"
)

// TestNobodySendsInVain: what would be refused says so before it is sent, with what is
// in the way and where to put that right. A wrong answer leads to its question.
func TestNobodySendsInVain(t *testing.T) { eachTown(t, testInVain) }

func testInVain(t *testing.T, o *town) {
	o.inCity()
	b := visit(t, o.site()).as("ana")
	step := b.wants(b.posts("/incepe/certificat-fiscal"), 303, "/scopul").Header().Get("Location")
	draft := regexp.MustCompile("^/ciorne/[^/]+").FindString(step)
	b.wants(b.posts(step, append(asks("scop"), "scop=vanzare-auto")...), 303, "/bunul")
	b.wants(b.posts(draft+"/bunul", append(asks("vehicul"), "vehicul=TM 07 ABC")...), 303, "/verifica")
	page := b.wants(b.get(draft+"/verifica"), 200, "Trimite cererea").Body.String()
	edition := "editie=" + regexp.MustCompile(`name="editie" value="(\d+)"`).FindStringSubmatch(page)[1]

	o.foreseen = &cases.Wrong{Problems: []procedures.Problem{{Field: "vehicul", Step: "bunul", Key: "drafts.closed-prepare"}}}
	b.wants(b.get(draft+"/verifica"), 200, "/bunul?verifica=1#vehicul", "Poți pregăti cererea acum", "!Trimite cererea")
	b.wants(b.posts(draft+"/trimite", edition), 422, "/bunul?verifica=1#vehicul")
	b.wants(b.get(draft+"/bunul?verifica=1"), 200, `href="#vehicul"`, "Poți pregăti cererea acum", `aria-invalid="true"`, `value="TM 07 ABC"`)

	o.foreseen = &cases.Refusal{Fault: fault.New(fault.Conflict, "drafts.low-waits").With(money.Bani(51500)), Path: "/dosar/taxe", Door: "drafts.switch",
		Lines: []procedures.FeeLine{{Label: procedures.Text{"ro": "Impozit pe clădiri"}, Amount: 51500}}}
	for _, w := range []int{200, 409} {
		got := b.get(draft + "/verifica")
		if w == 409 {
			got = b.posts(draft+"/trimite", edition)
		}
		b.wants(got, w, "până pe 515,00 lei", "Impozit pe clădiri", `href="/dosar/taxe"`, "!Trimite cererea")
	}
	b.wants(b.get(draft+"/bunul?verifica=1"), 200, "!aria-invalid")
	b.wants(b.get("/ciorne"), 200, draft) // nothing is lost
	o.foreseen = nil
	b.wants(b.posts(draft+"/trimite", edition), 303, "/confirmare")
}

package taxroll

import (
	"encoding/json"
	"os"
	"testing"

	"bega/internal/form"
	"bega/taxlaw"
)

// TestDeclarationsAsTheyAreAsked: what the services of the catalogue ask for is what
// the register needs to know.
func TestDeclarationsAsTheyAreAsked(t *testing.T) {
	common := form.Values{"ce": {"dobandire"}, "data.zi": {"1"}, "data.luna": {"6"}, "data.an": {"2025"}, "proprietari": {"impreuna"}, "cota": {"1 / 2"}, "act": {"doc-1"},
		"cadastral": {"400954-C1-U12"}, "adresa.localitate": {"Timișoara"}, "adresa.strada": {"Strada Alba Iulia"}, "adresa.numar": {"7"}, "numar": {"TM 07 ABC"}, "serie": {"WVWZZZ1JZXW000001"}}
	for _, test := range []struct {
		service, who string
		values       form.Values
		want         string
	}{
		{DeclareBuilding, "person", form.Values{"folosinta": {"residential"}, "material": {"A"}, "instalatii": {"da"}, "an": {"1985"}, "masura": {"utila"}, "suprafata": {"55,5"}},
			`{"kind":"building","zone":"B","use":"residential","type":"A","utilities":true,"usefulArea":55.5,"yearBuilt":1985}`},
		{DeclareBuilding, "person", form.Values{"folosinta": {"mixed"}, "material": {"B"}, "instalatii": {"nu"}, "an": {"1985"}, "masura": {"construita"}, "suprafata": {"155"}, "afaceri": {"20"},
			"valoare": {"12.000"}, "valoare_din": {"report"}, "valoare_an": {"2024"}},
			`{"kind":"building","zone":"B","use":"mixed","type":"B","builtArea":155,"businessArea":20,"yearBuilt":1985,"activity":true,"value":12000,"valueFrom":"report","valueYear":2024}`},
		{DeclareBuilding, "firm", form.Values{"folosinta": {"nonresidential"}, "suprafata": {"155"}, "valoare": {"1.250.000,50"}, "valoare_din": {"deed"}, "valoare_an": {"2024"}},
			`{"kind":"building","use":"nonresidential","value":1250000.5,"valueFrom":"deed","valueYear":2024}`},
		{DeclareLand, "firm", form.Values{"loc": {"inside"}, "categorie": {"arable"}, "suprafata": {"5000"}, "agricol": {"da"}}, `{"kind":"land","zone":"B","place":"inside","category":"arable","area":5000,"farm":true}`},
		{DeclareVehicle, "person", form.Values{"fel": {"car"}, "motor": {"hybrid"}, "cilindree": {"1598"}, "co2": {"45"}}, `{"kind":"vehicle","class":"car","power":"hybrid","engine":1598,"co2":45}`},
		{DeclareVehicle, "firm", form.Values{"fel": {"combinatie"}, "axe_combinatie": {"2-1"}, "masa": {"16,5"}, "pneumatica": {"da"}}, `{"kind":"combination","axles":"2+1","mass":16.5,"air":true}`},
		{DeclareVehicle, "person", form.Values{"fel": {"registered"}, "cilindree": {"800"}}, `{"kind":"vehicle","class":"registered","engine":800}`},
		{DeclareVehicle, "person", form.Values{"fel": {"barca"}, "ambarcatiune": {"ship"}, "marime": {"120"}}, `{"kind":"boat","boat":"ship","size":120}`},
	} {
		data := must(os.ReadFile("../city/timisoara/services/" + test.service + ".v1.json"))
		asked := &form.Form{}
		check(t, json.Unmarshal(data, asked), nil)
		if mistakes := asked.Compile(texts()); len(mistakes) > 0 {
			t.Fatalf("%s: %+v", test.service, mistakes)
		}
		values := form.Values{}
		for _, more := range []form.Values{common, test.values} {
			for key, value := range more {
				values[key] = value
			}
		}
		answers, problems := asked.Parse(values, form.Env{Today: day("2026-01-19"), Applicant: form.Applicant{Kind: test.who}})
		if len(problems) > 0 {
			t.Errorf("%s: %v has the problems %+v", test.service, test.values, problems)
			continue
		}
		changes, err := FromDeclaration(Declaration{Service: test.service, Party: "ana", Answers: answers, Zone: "B", Source: "test"})
		if err != nil {
			t.Errorf("%s: %v is %v", test.service, test.values, err)
			continue
		}
		c := changes[0]
		if got := string(must(jsonOf(c.Thing))); got != test.want || c.Parts[0].Share != (taxlaw.Share{Num: 1, Den: 2}) || c.From != day("2025-06-01") || c.Mark == "" {
			t.Errorf("%s: %v is %s, want %s, in %+v", test.service, test.values, got, test.want, c)
		}
	}
}

package figures

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bega/internal/text"
)

func texts(t *testing.T) *text.Catalog {
	t.Helper()
	catalog, err := text.Load(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

func TestTheLawsAreInOrder(t *testing.T) {
	flaws, err := CheckLaws()
	if err != nil {
		t.Fatal(err)
	}
	for _, flaw := range flaws {
		t.Error(flaw.In(texts(t).For("en")))
	}
	if !slices.Equal(States(), []string{"2016", "2025", "2026", "2027-draft"}) {
		t.Errorf("the states are %q", States())
	}
}

func TestTheTownIsWithinTheLaw(t *testing.T) {
	flaws, err := CheckTown(os.DirFS("../../city/timisoara/taxes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, flaw := range flaws {
		t.Error(flaw.In(texts(t).For("en")))
	}
}

// TestFlawsOfATown: what a schema cannot find is found.
func TestFlawsOfATown(t *testing.T) {
	taxes := os.DirFS("../../city/timisoara/taxes")
	for _, tt := range []struct{ name, year, old, new, want string }{
		{"a rate over the limit", "2026", `"value": 1.3`, `"value": 1.31`, "/rates/nonresidential: is 1.31, outside the limits of the law: from 0.2 to 1.3 (CF art. 458 (1))"},
		{"a rate under the limit", "2026", `"value": 0.1,`, `"value": 0.07,`, "/rates/residential: is 0.07, outside"},
		{"a rate under last year's", "2026", `"value": 0.1,`, `"value": 0.09,`, "below the rate of the year before: 0.1"},
		{"an additional rate over 100%", "2026", `"value": 48`, `"value": 100.5`, "/additional/vehicle: is 100.5, outside the limits of the law: from 0 to 100 (CF art. 489 (2))"},
		{"over 50% before 2026", "2025", `"value": 50,`, `"value": 51,`, "/additional/vehicle: is 51, outside the limits of the law: from 0 to 50"},
		{"a zone without a level", "2026", `"B": {`, `"D": {`, "/localities/0/built: the table has a gap: B"},
		{"a figure without a source", "2026", `"source": "estimate",`, ``, "missing property 'source'"},
		{"certain, with a why", "2026", `"sure": false,`, `"sure": true,`, "/decision"},
		{"a bonus over 10%", "2026", `"value": 10,`, `"value": 11,`, "/bonus/building: is 11"},
		{"an indexed value that is none", "2025", `"with": 1492`, `"with": 1592`, "/indexed/building/types/A/with: is 1592, and the indexed amount of the law is 1492"},
		{"a gap between engines", "2025", `"over": 2000`, `"over": 2001`, "/indexed/engines/rows/4: the table has a gap: 2000"},
		{"an unknown fee", "2026", `"kiosk"`, `"kiosque"`, "/fees/kiosque: the law has nothing of that name"},
		{"an unknown name", "2026", `"rates"`, `"rate"`, "additional properties 'rate'"},
		{"a law of another year", "2026", `"law": "2026"`, `"law": "2025"`, "/law: the law “2025”"},
		{"no JSON", "2026", `{`, `[`, "does not follow the schema"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, year := range []string{"2025", "2026"} {
				data, err := fs.ReadFile(taxes, year+".json")
				if err != nil {
					t.Fatal(err)
				}
				if year == tt.year {
					if !strings.Contains(string(data), tt.old) {
						t.Fatalf("there is no %s", tt.old)
					}
					data = []byte(strings.Replace(string(data), tt.old, tt.new, 1))
				}
				files[year+".json"] = &fstest.MapFile{Data: data}
			}
			flaws, err := CheckTown(files)
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, flaw := range flaws {
				said += flaw.In(texts(t).For("en")) + "\n"
			}
			if !strings.Contains(said, tt.want) || strings.Contains(said, "%!") {
				t.Errorf("got %swant %s", said, tt.want)
			}
		})
	}
	if _, err := CheckTown(fstest.MapFS{}); err == nil {
		t.Error("an empty folder is in order")
	}
}

// TestGapsInTheLaw are found, too.
func TestGapsInTheLaw(t *testing.T) {
	for want, change := range map[string]func(*Law){
		"/building/ages/1":                func(l *Law) { l.Building.Ages[1].From = 102 },
		"/building/ages/0":                func(l *Law) { l.Building.Ages = l.Building.Ages[:1] },
		"/building/values/types":          func(l *Law) { delete(l.Building.Values.Types, "C") },
		"/building/coefficients/A":        func(l *Law) { delete(l.Building.Coefficients["A"], "I") },
		"/land/other/amounts/vineyard":    func(l *Law) { delete(l.Land.Other.Amounts["vineyard"], "D") },
		"/vehicle/engines/rows":           func(l *Law) { l.Vehicle.Engines.Rows = l.Vehicle.Engines.Rows[:9] },
		"/vehicle/engines/rows/3":         func(l *Law) { l.Vehicle.Engines.Rows[2].UpTo = 1700 },
		"/vehicle/engines/rows/0/amounts": func(l *Law) { delete(l.Vehicle.Engines.Rows[0].Amounts, "E4") },
		"/vehicle/heavy/rows/1":           func(l *Law) { l.Vehicle.Heavy.Rows[0].From = 20 * One },
		"/vehicle/trailers/rows/3":        func(l *Law) { l.Vehicle.Trailers.Rows[3].UpTo = 9 * One },
	} {
		l, err := LawOf("2026")
		if err != nil {
			t.Fatal(err)
		}
		change(l)
		c := &checker{}
		c.law(l)
		if len(c.flaws) == 0 || !slices.ContainsFunc(c.flaws, func(f Flaw) bool { return f.Place == want }) {
			t.Errorf("of %s: %s", want, fmt.Sprint(c.flaws))
		}
	}
}

package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"bega/internal/fault"
	"bega/internal/text"
	"bega/taxlaw"
	"bega/taxpayer"
)

// calculating is an API that has the rules of a year, and nothing else.
func calculating(t testing.TB) *API {
	t.Helper()
	texts, err := text.Load(Files, taxlaw.Files, taxpayer.Files)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../city/timisoara/taxes/2026.json")
	if err != nil {
		t.Fatal(err)
	}
	town, err1 := taxlaw.ReadTown(data)
	law, err2 := taxlaw.LawOf("2026")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return &API{Texts: texts, Log: slog.New(slog.DiscardHandler), Taxpayer: &taxpayer.Office{Rules: map[int]*taxlaw.Rules{2026: taxlaw.New(law, town)}, Calendar: taxlaw.Calendar(nil)}}
}

// FuzzInput: whatever a program sends to be calculated, it gets a result that can be
// written, or learns what is wrong and where.
func FuzzInput(f *testing.F) {
	for _, input := range []string{
		`{"year":2026,"objects":[{"kind":"building","owner":"natural","use":"residential","zone":"A","type":"A","utilities":true,"usefulArea":"55.5","yearBuilt":1990}]}`,
		`{"year":2026,"law":"2025","objects":[{"kind":"vehicle","owner":"legal","class":"car","power":"combustion","engine":1598,"norm":"E5","share":"1/3"}]}`,
		`{"year":2026,"objects":[{"kind":"sign","length":2,"height":1,"months":12},{"kind":"land","owner":"natural","place":"inside","zone":"A","category":"buildings","area":24}]}`,
		`{"year":2026,"objects":[{"kind":"land","owner":"natural","place":"inside","zone":"A","category":"buildings","area":24,"~1/":1}]}`,
		`{"year":2027,"objects":[{}]}`, `[]`, `null`, `{`, `{"objects":[null]}`, `{"year":1e400}`,
	} {
		f.Add([]byte(input))
	}
	a := calculating(f)
	c := caller{Translator: a.Texts.For("en")}
	f.Fuzz(func(t *testing.T, data []byte) {
		results, err := a.taxes(data)
		if err == nil {
			if len(results) == 0 {
				t.Errorf("nothing comes out of %q", data)
			}
			if _, err := json.Marshal(results); err != nil {
				t.Errorf("the result of %q cannot be written: %v", data, err)
			}
			return
		}
		wrong, ok := errors.AsType[*wrongAnswers](c.badInput(err))
		if !ok || fault.Of(wrong).Kind != fault.Invalid || len(wrong.details) == 0 {
			t.Fatalf("%q fails with %v", data, err)
		}
		for _, d := range wrong.details {
			if !strings.HasPrefix(d.Location, "body") || d.Message == "" {
				t.Errorf("%q: %q at %q", data, d.Message, d.Location)
			}
		}
	})
}

func TestLocation(t *testing.T) {
	for pointer, want := range map[string]string{"": "body", "/year": "body.year", "/objects/12/zone": "body.objects[12].zone", "/objects/0/a~1b~0": "body.objects[0].a/b~"} {
		if got := location(pointer); got != want {
			t.Errorf("%s is at %s, want %s", pointer, got, want)
		}
	}
}

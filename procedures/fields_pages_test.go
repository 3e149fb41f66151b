package procedures

import (
	"bytes"
	"strings"
	"testing"

	"bega/internal/deadline"
	"bega/internal/text"
	"bega/internal/web/ui"
)

// TestEveryErrorHasItsElement answers nothing to every kind of question, and
// something wrong: each error leads to an element that is on the page, and is
// said beside it.
func TestEveryErrorHasItsElement(t *testing.T) {
	texts, err := text.Load(ui.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	s, err := town(t).Version("proba", 1)
	if err != nil {
		t.Fatal(err)
	}
	p := ui.Page{Translator: texts.For("ro")}
	wrong := Values{"tip": {"altul"}, "cnp": {"12"}, "telefon": {"07"}, "posta": {"@"}, "iban": {"RO"}, "altul.cnp": {"<b>"}, "adresa.cod": {"x"},
		"vehicule.0.numar": {"?"}, "vehicule.0.masa": {"9000"}, "inceput.zi": {"40"}, "suma": {"-"}, "nota": {strings.Repeat("ă", 30)}, "talon": {"nou"}}
	refused := Offers{Uploads: map[string][]ui.Upload{"talon": {{Name: "a.tif", Error: "E stricat."}}, "poze": {{Name: "b.tif", Error: "E gol."}}}}
	for _, v := range []Values{{}, wrong} {
		env := Env{Today: deadline.Date{Year: 2026, Month: 11, Day: 24}}
		told := Told(p, s.Check(v, env))
		if len(told) == 0 {
			t.Fatal("nothing is wrong")
		}
		for i := range s.Steps {
			for _, f := range s.Shown(&s.Steps[i], 0, v, env) {
				name := f.Key
				if s.Steps[i].Repeat != nil {
					name = s.Steps[i].Key + ".0." + f.Key
				}
				var b bytes.Buffer
				if err := FieldView(p, &f, name, v, told, refused).Render(t.Context(), &b); err != nil {
					t.Fatal(err)
				}
				for _, in := range FieldInputs(p, &f, name, v, told, refused) {
					delete(told, in.Name)
					said := in.Error
					if _, after, ok := strings.Cut(said, ".tif: "); ok { // the name stands apart from what is wrong
						said = after
					}
					if !strings.Contains(b.String(), `id="`+in.Name+`"`) || !strings.Contains(b.String(), said) {
						t.Errorf("%s: %q does not lead there, or is not said:\n%s", in.Name, in.Error, b.String())
					}
				}
				if !f.Required && f.Kind != Consent && !strings.Contains(b.String(), f.Label.In("ro")+" (dacă vrei)") {
					t.Errorf("%s does not say that it may be left out:\n%s", name, b.String())
				}
				if strings.Contains(b.String(), "<b>"+f.Label["ro"]) || strings.Contains(b.String(), `value="<b>"`) {
					t.Errorf("%s is not safe:\n%s", name, b.String())
				}
			}
		}
		if len(told) > 0 {
			t.Errorf("nowhere to be seen: %v", told)
		}
	}
}

func TestWhySaysWhichLaw(t *testing.T) {
	texts, err := text.Load(ui.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	p := ui.Page{Translator: texts.For("ro")}
	for want, fields := range map[string][]Field{
		"": {{Key: "a"}}, "Legea 1": {{Key: "a"}, {Key: "b", Label: Text{"ro": "Numărul"}, Why: Text{"ro": "Legea 1"}}},
	} {
		var b bytes.Buffer
		if err := WhyView(p, fields).Render(t.Context(), &b); err != nil || !strings.Contains(b.String(), want) || want == "" && b.Len() > 0 {
			t.Errorf("%v: %q", err, b.String())
		}
	}
}

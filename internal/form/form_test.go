package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bega/internal/deadline"
	"bega/internal/text"
)

// today is the day of the tests, a Monday.
var today = deadline.Date{Year: 2026, Month: 11, Day: 23}

// trial returns a form with every kind of question.
func trial(t testing.TB) (*Form, Env) {
	t.Helper()
	texts, err := text.Load(os.DirFS("../../procedures"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/trial.json")
	if err != nil {
		t.Fatal(err)
	}
	s := new(Form)
	if err := json.Unmarshal(data, s); err != nil {
		t.Fatal(err)
	}
	if mistakes := s.Compile(texts); len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return s, Env{today, Applicant{"person", true}}
}

// typed reads "name=value name=value", where _ is a space.
func typed(form string) Values {
	v := Values{}
	for pair := range strings.FieldsSeq(form) {
		name, value, _ := strings.Cut(pair, "=")
		v[name] = append(v[name], strings.ReplaceAll(value, "_", " "))
	}
	return v
}

// right is a whole application with nothing wrong.
const right = "tip=eu adresa.localitate=Timişoara adresa.strada=Strada_Alba_Iulia adresa.numar=7 adresa.apartament=12 telefon=0722_123_456 " +
	"vehicule.0.numar=tm07abc vehicule.0.masa=1.200 vehicule.1.numar=TM-12-XYZ vehicule.1.masa=5000 vehicule.1.serie=uu1lsdam512345678 " +
	"inceput.zi=1 inceput.luna=12 inceput.an=2026 sfarsit.zi=2026-12-31 suma=1.000 grabit=da zile=marti zile=luni zile=duminica " +
	"zona=b teren=CF_426643 talon=nou talon.fisier.id=0193 poze=a1 poze.id=b2 acord=da"

func TestAWholeApplication(t *testing.T) {
	s, env := trial(t)
	a, problems := s.Parse(typed(right), env)
	if len(problems) > 0 {
		t.Fatalf("there are problems: %v", problems)
	}
	want := Answers{
		"tip": "eu", "adresa": map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7", "apartament": "12"},
		"telefon": "+40722123456",
		"vehicule": []Answers{{"numar": "TM 07 ABC", "masa": int64(1200)},
			{"numar": "TM 12 XYZ", "masa": int64(5000), "serie": "UU1LSDAM512345678"}},
		"inceput": "2026-12-01", "sfarsit": "2026-12-31", "suma": int64(100000), "grabit": true, "zile": []string{"luni", "marti"}, "zona": "b",
		"teren": "426643", "talon": "0193", "poze": []string{"b2", "a1"}, "acord": true,
	}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("the answers are\n%v, want\n%v", a, want)
	}
	if again, problems := s.Parse(s.ValuesOf(a), env); len(problems) > 0 || !reflect.DeepEqual(again, a) {
		t.Errorf("asked again, the answers are\n%v, %v, want\n%v", again, problems, a)
	}
}

// TestWhatIsWrong changes the right application, and wants to read what to do.
func TestWhatIsWrong(t *testing.T) {
	s, env := trial(t)
	ro := s.made.texts.For("ro")
	for _, test := range []struct{ change, want string }{
		{"tip=", "tip: Alege un răspuns."},
		{"tip=primar", "tip: Alege un răspuns."},
		{"tip=firma", "cui: Scrie CUI-ul firmei, de exemplu 14756536."},
		{"tip=firma cui=14756537", "cui: CUI-ul are o greșeală. Compară-l cu certificatul firmei."},
		{"tip=firma cui=RO14756536", ""},
		{"tip=altul", "altul.nume: Scrie numele de familie, ca pe buletin.|altul.prenume: Scrie prenumele, ca pe buletin.|altul.cnp: Scrie CNP-ul, cele 13 cifre de pe buletin."},
		{"tip=altul altul.nume=Pop-Demo altul.prenume=Ana altul.cnp=385061535001", "altul.cnp: CNP-ul are 13 cifre. Ai scris 12."},
		{"tip=altul altul.nume=--- altul.prenume=Ana altul.cnp=3850615350017 altul.email=ana", "altul.nume: Scrie numele de familie, ca pe buletin.|altul.email: Scrie toată adresa, de exemplu nume@exemplu.ro."},
		{"tip=altul altul.nume=Pop-Demo altul.prenume=Ana altul.cnp=3850615350017", ""},
		{"cnp=3850615350018", "cnp: CNP-ul are o greșeală. Compară-l cu cel de pe buletin."},
		{"adresa.strada= adresa.cod=3000", "adresa.strada: Scrie strada, de exemplu Strada Alba Iulia.|adresa.cod: Codul poștal are 6 cifre. Dacă nu îl știi, lasă gol."},
		{"telefon=123", "telefon: Scrie un număr cu 10 cifre, de exemplu 0722 123 456."},
		{"posta=ana", "posta: Scrie toată adresa, de exemplu nume@exemplu.ro."},
		{"iban=RO12", "iban: IBAN-ul are 24 de litere și cifre și începe cu RO. Verifică-l."},
		{"vehicule.0.numar=", "vehicule.0.numar: Scrie numărul vehiculului."},
		{"vehicule.0.numar=TM_7_ABC", "vehicule.0.numar: Numărul nu arată ca unul de înmatriculare. Scrie-l ca TM 07 ABC."},
		{"vehicule.0.masa=multe", "vehicule.0.masa: Scrie un număr întreg, de exemplu 12."},
		{"vehicule.0.masa=12.5", "vehicule.0.masa: Scrie un număr întreg, de exemplu 12."},
		{"vehicule.0.masa=1_200", ""},
		{"vehicule.0.masa=0", "vehicule.0.masa: Cel mai puțin este 1."},
		{"vehicule.0.masa=40001", "vehicule.0.masa: Cel mai mult este 40000."},
		{"vehicule.1.serie=", "vehicule.1.serie: Seria de șasiu are 17 litere și cifre, fără I, O și Q. O găsești pe talon, la litera E."},
		{"vehicule.1.masa=8000 vehicule.1.numar=B12XYZ", "vehicule.1.numar: Doar vehicule din Timiș."},
		{"inceput.zi=30 inceput.luna=2 inceput.an=2027", "inceput: 30.2.2027 nu există în calendar. Verifică ziua."},
		{"inceput.zi=1 inceput.luna= inceput.an=26", "inceput: Scrie ziua, luna și anul, de exemplu 1 12 2026."},
		{"inceput.zi=25 inceput.luna=11 inceput.an=2026", "inceput: Alege o dată de la 26 noiembrie 2026 încolo."},
		{"inceput.zi=1.1.2028 inceput.luna= inceput.an=", "inceput: Alege o dată până la 31 decembrie 2027."},
		{"sfarsit.zi=30.11.2026", "sfarsit: Sfârșitul vine după început."},
		{"suma=5", "suma: Cel mai puțin este 10,00 lei."},
		{"suma=12.5", "suma: Scrie suma în lei, de exemplu 1.284,50."},
		{"grabit=poate", "grabit: Alege un răspuns."},
		{"zona=c", "zona: Alege un răspuns."},
		{"teren=nou teren.nou=426643", ""},
		{"teren=nou teren.nou=", ""},
		{"teren=nou teren.nou=C", "teren: Scrie numărul ca 426643 sau 426643-C1-U12. Îl găsești în cartea funciară."},
		{"teren=Clădire,_Strada_Alba_Iulia_7 teren.nou=C", ""},
		{"teren=Clădire,_" + strings.Repeat("ș", 500), "teren: Scrie cel mult 500 de caractere. Ai scris 509."},
		{"teren=C", "teren: Scrie numărul ca 426643 sau 426643-C1-U12. Îl găsești în cartea funciară."},
		{"nota=" + strings.Repeat("ș", 21), "nota: Scrie cel mult 20 de caractere. Ai scris 21."},
		{"nota=" + strings.Repeat("ș", 20), ""},
		{"talon= ", "talon: Alege un document din dosar sau încarcă altul."},
		{"talon=nou talon.fisier.id=", "talon: Alege un document din dosar sau încarcă altul."},
		{"talon=../etc", "talon: Alege un document din dosar sau încarcă altul."},
		{"poze.id=c3 poze=d4,e5", ""},
		{"acord=nu", "acord: Bifează dacă ești de acord. Altfel nu putem merge mai departe."},
	} {
		v := typed(right)
		maps.Copy(v, typed(test.change))
		var got []string
		for _, p := range s.Check(v, env) {
			got = append(got, p.Field+": "+p.In(ro))
		}
		if said := strings.Join(got, "|"); said != test.want {
			t.Errorf("with %s: got\n%s\nwant\n%s", test.change, said, test.want)
		}
	}
}

// TestPartsThatNeedNoAnswer: an address that nobody has to give is left out
// although the form begins with the town, and of a person all that is asked for
// is needed if it is only how to reach them.
func TestPartsThatNeedNoAnswer(t *testing.T) {
	address := Field{Key: "a", Kind: Address}
	reach := Field{Key: "p", Kind: Person, Parts: []string{"email"}, Required: true, Error: Text{"ro": "Scrie cum te găsim."}}
	for _, test := range []struct {
		field Field
		typed string
		want  string // problems
		some  bool   // answer
	}{
		{address, "", "", false},
		{address, "a.localitate=Timișoara", "", false},
		{address, "a.localitate=Timișoara a.numar=7", "a.strada", true},
		{reach, "", "p.email", false},
		{reach, "p.email=ana", "p.email", true},
		{reach, "p.email=ana@exemplu.ro", "", true},
	} {
		answer, problems := test.field.read(test.field.Key, typed(test.typed), today)
		var got []string
		for _, p := range problems {
			got = append(got, p.Field)
		}
		if strings.Join(got, " ") != test.want || (answer != nil) != test.some {
			t.Errorf("%q: got %v and %v, want %q", test.typed, answer, got, test.want)
		}
	}
}

// TestThePathFollowsTheAnswers: what is not asked has no answer, whatever was
// typed, and does not count in conditions.
func TestThePathFollowsTheAnswers(t *testing.T) {
	s, env := trial(t)
	path := func(v Values, env Env) string {
		var keys []string
		for _, step := range s.Path(v, env) {
			keys = append(keys, step.Key)
		}
		return strings.Join(keys, " ")
	}
	for change, want := range map[string]string{
		"":                                 "cine vehicule alte acte",
		"vehicule.1.masa=3000":             "cine vehicule acte",
		"vehicule.1.masa=3000 tip=firma":   "cine vehicule alte acte",
		"vehicule.1.masa=multe":            "cine vehicule acte",
		"vehicule.1.masa=5000 vehicule=1":  "cine vehicule acte",
		"vehicule.0.masa=9000 vehicule=99": "cine vehicule alte acte",
	} {
		v := typed(right)
		maps.Copy(v, typed(change))
		if got := path(v, env); got != want {
			t.Errorf("with %q the path is %q, want %q", change, got, want)
		}
	}
	if got := path(Values{}, Env{}); got != "cine vehicule acte" {
		t.Errorf("at first the path is %q", got)
	}
	v := typed(right)
	v["vehicule.1.masa"] = []string{"3000"}
	a, problems := s.Parse(v, env)
	if _, asked := a["inceput"]; asked || len(problems) > 0 || len(a["vehicule"].([]Answers)[1]) != 2 {
		t.Errorf("what was not asked has an answer: %v, %v", a, problems)
	}
}

func TestShownAndItems(t *testing.T) {
	s, env := trial(t)
	step, _ := s.Step("vehicule")
	for change, want := range map[string]string{
		"": "2: numar masa / numar masa serie", "vehicule=3": "3: numar masa / numar masa serie", "vehicule=0": "1: numar masa / ",
		"vehicule=-7": "1: numar masa / ", "vehicule.7.numar=": "3: numar masa / numar masa serie", "vehicule.x.numar=": "2: numar masa / numar masa serie",
		"vehicule=99999999999999999999": "2: numar masa / numar masa serie",
	} {
		v := typed(right)
		maps.Copy(v, typed(change))
		got := fmt.Sprint(s.Items(step, v), ":")
		for i := range 2 {
			for _, f := range s.Shown(step, i, v, env) {
				got += " " + f.Key
			}
			if i == 0 {
				got += " /"
			}
		}
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("with %q: %q, want %q", change, got, want)
		}
	}
	if fields := s.Shown(step, -1, nil, env); fields != nil {
		t.Errorf("an item before the first shows %v", fields)
	}
}

// TestAPageHasItsOwnProblems: those of other pages are not told on it, except for
// rules that this page has a part in.
func TestAPageHasItsOwnProblems(t *testing.T) {
	s, env := trial(t)
	for _, test := range []struct{ step, change, want string }{
		{"cine", "tip= vehicule.0.numar=", "tip"},
		{"vehicule", "tip= vehicule.0.numar=", "vehicule.0.numar"},
		{"alte", "sfarsit.zi=1.11.2026", "sfarsit"},
		{"cine", "sfarsit.zi=1.11.2026", ""},
		{"vehicule", "vehicule.1.masa=8000 vehicule.1.numar=B12XYZ", "vehicule.1.numar"},
		{"acte", "", ""},
		{"nimic", "tip=", ""},
	} {
		v := typed(right)
		maps.Copy(v, typed(test.change))
		var got []string
		for _, p := range s.CheckStep(test.step, v, env) {
			if got = append(got, p.Field); p.Step != test.step {
				t.Errorf("a problem of %s is told on %s", p.Step, test.step)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("on %s with %q: %q, want %q", test.step, test.change, got, test.want)
		}
	}
}

// TestALinkSaysNothingOfPeople: whatever it fills in, it names nobody and agrees
// to nothing.
func TestALinkSaysNothingOfPeople(t *testing.T) {
	s, env := trial(t)
	v := typed(right)
	v["inceput.zi"] = []string{"2026-12-01"}
	got := s.Linked(v)
	want := typed("tip=eu inceput.zi=2026-12-01 sfarsit.zi=2026-12-31 suma=1.000 grabit=da zile=marti zile=luni zile=duminica zona=b")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("a link fills in\n%v, want\n%v", got, want)
	}
	if a, _ := s.Parse(got, env); a["tip"] != "eu" {
		t.Errorf("the answers of a link are %v", a)
	}
}

func TestRecap(t *testing.T) {
	s, env := trial(t)
	v := typed(right)
	maps.Copy(v, typed("tip=altul altul.nume=Pop-Demo altul.prenume=Ana altul.cnp=3850615350017 cnp=3850615350051 poveste=unu"))
	v["poveste"] = []string{" Unu \r\n\r\n doi\t\u200b trei \n"}
	a, problems := s.Parse(v, env)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, row := range s.Recap(a, "ro") {
		got = append(got, fmt.Sprintf("%s/%s: %s%v", row.StepTitle, row.Field, row.Value, row.Documents))
		if row.Sensitive != (row.Field == "altul" || row.Field == "cnp") || row.Label == "" {
			t.Errorf("the row of %s: %v", row.Field, row)
		}
	}
	want := []string{
		"Tu/tip: Altul[]", "Tu/altul: Pop-Demo Ana, CNP 385*******017[]", "Tu/cnp: 385*******051[]",
		"Tu/adresa: Strada Alba Iulia 7, ap. 12, Timișoara[]", "Tu/telefon: +40722123456[]",
		"Vehicul 1/numar: TM 07 ABC[]", "Vehicul 1/masa: 1200[]",
		"Vehicul 2/numar: TM 12 XYZ[]", "Vehicul 2/masa: 5000[]", "Vehicul 2/serie: UU1LSDAM512345678[]",
		"Ce mai e de știut?/inceput: 1 decembrie 2026[]", "Ce mai e de știut?/sfarsit: 31 decembrie 2026[]", "Ce mai e de știut?/suma: 1.000,00 lei[]",
		"Ce mai e de știut?/grabit: Da[]", "Ce mai e de știut?/zile: Luni, Marți[]", "Ce mai e de știut?/zona: Zona B[]",
		"Ce mai e de știut?/teren: 426643[]", "Ce mai e de știut?/poveste: Unu\n\ndoi trei[]",
		"Actele/talon: [0193]", "Actele/poze: [b2 a1]", "Actele/acord: Da[]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if row := s.Recap(a, "en")[10]; row.Value != "1 December 2026" || row.Label != "Field inceput" {
		t.Errorf("in English: %v", row)
	}
}

// anything invents what browsers, people and attackers may post.
func anything(s *Form) *rapid.Generator[Values] {
	var names []string
	for _, step := range s.Steps {
		names = append(names, step.Key)
		for _, f := range step.Fields {
			for _, ending := range []string{"", ".zi", ".luna", ".an", ".id", ".fisier.id", ".strada", ".numar", ".localitate", ".cod", ".nume", ".prenume", ".cnp", ".email"} {
				names = append(names, f.Key+ending, step.Key+".0."+f.Key+ending, step.Key+".2."+f.Key+ending)
			}
		}
	}
	value := rapid.OneOf(rapid.String(), rapid.SampledFrom(strings.Fields(`da nu nou eu altul firma 1 12 2026 31 -5 9999999999999999999 2026-12-01
		1.12.2026 TM07ABC RO14756536 3850615350017 426643 a b luni 0193 Timișoara 5000 1.284,50 today`)))
	return rapid.Custom(func(t *rapid.T) Values {
		return rapid.MapOf(rapid.SampledFrom(names), rapid.SliceOfN(value, 0, 3)).Draw(t, "form")
	})
}

// TestAnswersSurvive whatever is typed, and JSON: nothing panics, what is wrong
// is no answer, and answers that were accepted are accepted again.
func TestAnswersSurvive(t *testing.T) {
	s, env := trial(t)
	rapid.Check(t, func(t *rapid.T) {
		v := anything(s).Draw(t, "values")
		if rapid.Bool().Draw(t, "nearly right") {
			whole := typed(right)
			maps.Copy(whole, v)
			v = whole
		}
		survives(t, s, v, env)
	})
}

type failer interface {
	Fatalf(format string, args ...any)
}

func survives(t failer, s *Form, v Values, env Env) {
	a, problems := s.Parse(v, env)
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatalf("%v", err)
	}
	back, err := DecodeAnswers(data)
	if err != nil || !reflect.DeepEqual(a, back) {
		t.Fatalf("out of JSON come\n%#v, %v, want\n%#v", back, err, a)
	}
	for _, p := range problems {
		if p.In(s.made.texts.For("en")) == "" || strings.Contains(p.In(s.made.texts.For("ro")), "%!") || p.Field == "" || p.Step == "" {
			t.Fatalf("a problem without words: %v", p)
		}
		if _, answered := a[p.Field]; answered && p.Text == nil {
			t.Fatalf("%s is wrong, and has an answer", p.Field)
		}
	}
	s.Recap(a, "ro")
	for _, step := range s.Steps {
		for _, field := range step.Fields {
			s.Say(a, field.Key, "en")
		}
	}
	for _, step := range s.Path(v, env) {
		s.CheckStep(step.Key, v, env)
	}
	again, _ := s.Parse(s.ValuesOf(a), env)
	if len(problems) == 0 && !reflect.DeepEqual(again, a) {
		t.Fatalf("asked again, the answers are\n%v, want\n%v", again, a)
	}
}

// FuzzParse posts whatever the fuzzer thinks of.
func FuzzParse(f *testing.F) {
	s, env := trial(f)
	f.Add(right)
	f.Add("tip=altul altul.cnp=1 vehicule=3 vehicule.2.masa=99999999999999999999")
	f.Fuzz(func(t *testing.T, form string) { survives(t, s, typed(form), env) })
}

func FuzzDecodeAnswers(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":[{"c":"d"}],"e":["f"],"g":{"h":"i"},"j":true,"k":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := DecodeAnswers(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := DecodeAnswers(again); err != nil || !reflect.DeepEqual(back, a) {
			t.Errorf("%s becomes %v, %v", again, back, err)
		}
	})
}

func TestDecodeAnswersRefusesWhatIsNone(t *testing.T) {
	for _, data := range []string{"", "[]", `{"a":1.5}`, `{"a":null}`, `{"a":["b",{}]}`, `{"a":{"b":1}}`, `{"a":[1]}`, `{"a":[[]]}`, `{"a":[{"b":null}]}`} {
		if a, err := DecodeAnswers([]byte(data)); err == nil {
			t.Errorf("%s becomes %v", data, a)
		}
	}
}

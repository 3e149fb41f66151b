package taxpayer

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
	"bega/payments"
	"bega/taxes"
	"bega/taxlaw"
)

// people are who the header Person may name; somebody else is in their own folder.
var people = map[string]act.Actor{"": {}, "srl": srl, "other": other}

// site makes the site of the town and of its bank. Whoever comes is who the header
// Person says; who comes back from the bank goes to the pages of this room.
func (o *town) site() http.Handler {
	site := web.New(web.Config{Texts: o.Texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: o.Zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial al Primăriei Municipiului Timișoara", Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, 8–16"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			name := r.Header.Get("Person")
			actor, ok := people[name]
			if !ok {
				actor = act.Actor{Person: act.PartyID(name), For: act.PartyID(name), Level: act.Verified}
			}
			who := ui.Who{SignedIn: actor.SignedIn(), Name: "Ana Pop-Demo"}
			if actor.Mandate != "" {
				who.For = "Comerț Demo SRL"
			}
			return web.Visitor{Actor: actor, Who: who}, nil
		}})
	Mount(site, o.Office)
	payments.Mount(site, o.till)
	payments.MountSandbox(site, o.bank)
	site.Mount("GET /f/", assets.Handler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if order, ok := strings.CutSuffix(r.URL.Path, "/rezultat"); ok {
			http.Redirect(w, r, strings.Replace(order, "/plati/", "/taxe/plata/", 1), http.StatusSeeOther)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// send sends a request such as "GET /taxe".
func send(site http.Handler, person, lang, request string, form url.Values) *httptest.ResponseRecorder {
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", lang)
	r.Header.Set("Person", person)
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

// A step is a request and what comes of it.
type step struct {
	person, request string
	form            url.Values
	status          int
	want, not       string // in the body; where it leads
}

func (o *town) steps(site http.Handler, lang string, steps ...step) {
	o.t.Helper()
	for _, s := range steps {
		w := send(site, s.person, lang, s.request, s.form)
		body := w.Body.String()
		got := body
		if s.status == http.StatusSeeOther {
			got = w.Header().Get("Location")
		}
		if w.Code != s.status || !strings.Contains(got, s.want) || s.not != "" && strings.Contains(body, s.not) || strings.Contains(body, "%!") {
			o.t.Errorf("%s: %s: got %d, want %d with %q and without %q:\n%s", s.person, s.request, w.Code, s.status, s.want, s.not, main(body)+w.Header().Get("Location"))
		}
	}
}

// main leaves the frame of a page out.
func main(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	body, _, _ = strings.Cut(body, "</main>")
	return body
}

func TestCalculators(t *testing.T) {
	o := alone(t)
	site := o.site()
	flat := "owner=natural&use=residential&zone=A&type=A&utilities=da&builtArea=77%2C5&yearBuilt=2010"
	o.steps(site, "ro", []step{
		{"", "GET /taxe", nil, 200, "/taxe/calculator/vehicle", ""},
		{"", "GET /taxe", nil, 200, "31 martie 2026", "oprite"},
		{"", "GET /taxe/calculator/casa", nil, 404, "", ""},
		{"", "GET /taxe/calculator/building", nil, 200, "La ce folosește clădirea", "de corectat"},
		{"", "GET /taxe/calculator/building?an=1999", nil, 404, "", ""},
		{"", "GET /taxe/calculator/building?cerute=owner,use&owner=natural&use=", nil, 422, "Mai ai un lucru de corectat", ""},
		{"", "GET /taxe/calculator/building?cerute=owner,use,value&owner=natural&use=residential", nil, 200, "Mai avem câteva întrebări", "de corectat"},
		{"", "GET /taxe/calculator/building?an=2026&" + flat, nil, 200, "De ce atât?", "de corectat"},
		{"", "GET /taxe/calculator/building?an=2026&" + flat, nil, 200, "CF art. 457", ""},
		{"", "GET /taxe/calculator/building?an=2027&" + flat, nil, 200, "Regulile acestui an sunt un proiect", ""},
		{"", "GET /taxe/calculator/building?" + strings.Replace(flat, "77%2C5", "mare", 1), nil, 422, "Scrie un număr, de exemplu", ""},
		{"", "GET /taxe/calculator/building?" + strings.Replace(flat, "zone=A", "zone=Q", 1), nil, 422, "Alege una dintre variante", ""},
		{"", "GET /taxe/calculator/building?" + flat + "&notified.zi=31&notified.luna=2&notified.an=2025", nil, 422, "Scrie ziua, luna și anul", ""},
		{"", "GET /taxe/calculator/building?an=2026&" + flat + "&fata=" + url.QueryEscape("an=2026&"+strings.Replace(flat, "zone=A", "zone=D", 1)), nil, 200, "mai mult", ""},
		{"", "GET /taxe/calculator/building?an=2026&" + flat + "&fata=%zz", nil, 200, "De ce atât?", ""},
		{"", "GET /taxe/calculator/vehicle?owner=natural&class=car&power=combustion&engine=1.598&norm=E5", nil, 200, "De ce atât?", "de corectat"},
	}...)
	o.steps(site, "en", step{"", "GET /taxe/calculator/building?an=2026&" + strings.Replace(flat, "77%2C5", "77.5", 1), nil, 200, "Why that much?", ""})
}

// TestEveryCalculator opens each kind in each year and language: what is asked at
// first can be left empty without anything going wrong.
func TestEveryCalculator(t *testing.T) {
	o := alone(t)
	site := o.site()
	for _, kind := range taxlaw.Forms() {
		for _, year := range []int{2025, 2026, 2027} {
			for _, lang := range []string{"ro", "en"} {
				target := fmt.Sprintf("/taxe/calculator/%s?an=%d", kind.Kind, year)
				o.steps(site, lang, step{"", "GET " + target, nil, 200, kind.Label.In(lang), "<no value>"})
				if field := taxlaw.Fields(kind.Kind)[0]; field.Required {
					o.steps(site, lang, step{"", "GET " + target + "&cerute=" + field.Key, nil, 422, "", ""})
				}
			}
		}
	}
}

// TestJSON: machines get the same, and a result can be checked from it.
func TestJSON(t *testing.T) {
	o := alone(t)
	w := send(o.site(), "", "ro", "GET /taxe/calculator/land?format=json&an=2026&owner=natural&place=inside&category=buildings&area=500&zone=B", nil)
	var got struct {
		Levy         struct{ Total money.Bani }
		Explanations []struct {
			Steps []struct {
				Name, Says form.Text
				Article    string
			}
		}
		Problems map[string]string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || got.Levy.Total == 0 || len(got.Explanations) != 2 || got.Explanations[0].Steps[0].Says.In("en") == "" {
		t.Errorf("got %d: %v: %s", w.Code, err, w.Body)
	}
	w = send(o.site(), "", "ro", "GET /taxe/calculator/land?format=json&an=2026&owner=natural&place=inside&category=buildings&area=-5&zone=B", nil)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 422 || got.Problems["area"] == "" {
		t.Errorf("got %d: %v: %s", w.Code, err, w.Body)
	}
}

func TestPlainNumbers(t *testing.T) {
	for _, test := range []struct{ lang, typed, want string }{
		{"ro", "77,5", "77.5"}, {"ro", "77.5", "77.5"}, {"ro", "1.284", "1284"}, {"ro", "1.284,5", "1284.5"}, {"ro", "1 284,50", "1284.50"}, {"ro", "1.598.000", "1598000"},
		{"ro", "0.125", "0.125"}, {"ro", "1284", "1284"}, {"en", "1,284.5", "1284.5"}, {"en", "1,284", "1284"}, {"en", "77.5", "77.5"}, {"en", "1.284", "1.284"}, {"en", "0,5", "0.5"},
	} {
		if got := plain(test.typed, test.lang); got != test.want {
			t.Errorf("%s: %q is %q, want %q", test.lang, test.typed, got, test.want)
		}
	}
}

func FuzzCalculator(f *testing.F) {
	f.Add("owner=natural&use=residential&zone=A&type=A&builtArea=77%2C5&yearBuilt=2010", "building")
	f.Add("from.zi=1&from.luna=2&from.an=2026&value=1.200", "advertising")
	f.Fuzz(func(t *testing.T, query, kind string) {
		values, err := url.ParseQuery(query)
		if err != nil || taxlaw.Fields(taxlaw.Kind(kind)) == nil {
			return
		}
		c := calculate(rulesOf(t)[2026], taxlaw.Kind(kind), values, "ro", deadline.New(nil), nil)
		if c.Done && c.wrong() {
			t.Errorf("%q has a result, and is wrong", query)
		}
	})
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := o.site()
	ids := o.owes("ana", "buildings", lei(42), "Alba Iulia 7", "2026-03-31", lei(211), "2026-09-30", lei(210))
	his := o.owes("ion", "buildings", 0, "Strada lui Ion", "2026-03-31", lei(100))[0]
	o.codes["ABC123DE4"] = "ana"
	flat := taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, BuiltArea: taxlaw.Whole(77), Utilities: true, YearBuilt: 2010}
	o.things["ana"] = []Thing{{"t1", form.Text{"ro": "Alba Iulia 7"}, flat}}
	o.versions["t1"] = []Version{{Since: day("2012-05-03"), Why: "relieved"}, {Since: day("2010-05-03"), Why: "acquired",
		Object: &flat}}
	o.papers["ana"] = []Decision{{Number: "12/2026", Year: 2026, Issued: o.now(), Paper: "D-1", Code: "ABC-123-DE4"}}
	pay := func(sum string, more ...string) url.Values {
		values := url.Values{"cheie": {"k " + sum + strings.Join(more, " ")}, "suma": {sum}}
		for i := 0; i < len(more); i += 2 {
			values.Add(more[i], more[i+1])
		}
		return values
	}
	o.steps(site, "ro", []step{
		{"", "GET /dosar/taxe", nil, 303, "/cont/intra", ""},
		{"ana", "GET /dosar/taxe", nil, 200, "Plătește tot: 379,00", "Strada lui Ion"},
		{"ana", "GET /dosar/taxe", nil, 200, "Economisești 42,00", ""},
		{"maria", "GET /dosar/taxe", nil, 200, "Nu ai nimic de plătit", ""},
		{"other", "GET /dosar/taxe", nil, 404, "", "lei"},
		{"ana", "GET /dosar/taxe/" + ids[0], nil, 200, "De ce atât?", ""},
		{"ana", "GET /dosar/taxe/" + his, nil, 404, "", "100,00"},
		{"ana", "GET /dosar/taxe?format=csv", nil, 200, "Alba Iulia 7,2026,1,2026-03-31", ""},
		{"ana", "GET /dosar/taxe/bunuri", nil, 200, "Alba Iulia 7", ""},
		{"ana", "GET /dosar/taxe/bunuri/t1", nil, 200, "77 m²", ""},
		{"ion", "GET /dosar/taxe/bunuri/t1", nil, 404, "", "m²"},
		{"ana", "GET /dosar/taxe/decizii", nil, 200, "ABC-123-DE4", ""},
		{"ana", "GET /dosar/taxe/transfer", nil, 200, "RO63 TREZ 6212", ""},
		{"ana", "GET /dosar/taxe/istoric", nil, 200, "Nu este nicio plată", ""},
		{"ana", "GET /dosar/taxe/istoric?an=1066", nil, 404, "", ""},
		{"ana", "GET /dosar/taxe/alege", nil, 200, "rata 1 din 2026", ""},
		{"ana", "GET /dosar/taxe/alege?arata=da", nil, 422, "Bifează cel puțin o sumă", ""},
		{"ana", "GET /dosar/taxe/alege?ce=" + his, nil, 422, "Bifează cel puțin o sumă", ""},
		{"ana", "GET /dosar/taxe/alege?ce=" + ids[0], nil, 200, "Plătește 211,00", ""},
		{"ana", "POST /dosar/taxe/plateste", url.Values{"suma": {"379.00"}, "tot": {"da"}}, 422, "", ""},
		{"ana", "POST /dosar/taxe/plateste", pay("300.00", "tot", "da"), 409, "Acum ai de plătit 379,00", ""},
		{"ana", "POST /dosar/taxe/plateste", pay("mult", "tot", "da"), 422, "Nu ai ales nimic", ""},
		{"ana", "POST /dosar/taxe/plateste", pay("100.00", "ce", his), 422, "Nu ai ales nimic", ""},
		{"", "POST /dosar/taxe/plateste", pay("379.00", "tot", "da"), 401, "", ""},
		{"", "GET /taxe/plata", nil, 200, "Codul de plată", ""},
		{"", "POST /taxe/plata", url.Values{"cod": {""}}, 422, "Scrie codul de plată", ""},
		{"", "POST /taxe/plata", url.Values{"cod": {"XX"}}, 422, "Nu găsim acest cod", ""},
		{"", "POST /taxe/plata", url.Values{"cod": {"ABC-123-DE4"}}, 200, "Plătește 379,00", "Alba Iulia"},
		{"", "GET /taxe/plata?cod=abc123de4", nil, 200, "Plătește 379,00", "altcineva"},
		{"ion", "GET /taxe/plata?cod=abc123de4", nil, 200, "Plătești pentru altcineva", "Alba Iulia"},
		{"", "POST /taxe/plata/plateste", pay("1.00", "cod", "ABC123DE4"), 409, "Acum ai de plătit 379,00", ""},
		{"", "POST /taxe/plata/plateste", pay("379.00", "cod", "XX"), 422, "Nu găsim acest cod", ""},
		{"", "POST /taxe/plata/plateste", pay("379.00"), 422, "Scrie codul de plată", ""},
		{"", "POST /taxe/plata/plateste", pay("379.00", "cod", "ABC123DE4"), 303, "/banca-de-proba/", ""},
		{"ana", "POST /dosar/taxe/plateste", pay("379.00", "tot", "da"), 303, "/banca-de-proba/", ""},
		{"ana", "POST /dosar/taxe/plateste", pay("379.00", "tot", "da"), 303, "/banca-de-proba/", ""},
		{"ana", "GET /dosar/taxe", nil, 200, "Ai început o plată de 379,00", ""},
		{"ana", "POST /dosar/taxe/plateste", pay("211.00", "ce", ids[0]), 303, "/taxe/plata/", ""},
		{"ana", "GET /taxe/plata/nimic", nil, 404, "", ""},
		{"elena", "GET /contabil", nil, 200, "Nu reprezinți nicio firmă", ""},
		{"", "GET /contabil", nil, 303, "/cont/intra", ""},
	}...)
	o.steps(site, "en", []step{
		{"ana", "GET /dosar/taxe", nil, 200, "Pay all: RON 379.00", ""},
		{"ana", "GET /dosar/taxe/" + ids[0], nil, 200, "Why that much?", ""},
	}...)
	o.closures = []taxes.Closure{{From: o.now(), To: o.now().AddDate(0, 0, 1), Reason: form.Text{"ro": "Emitem deciziile pe anul nou."}}}
	o.steps(site, "ro", []step{
		{"ana", "GET /dosar/taxe", nil, 200, "Emitem deciziile", "<button class=\"btn pay\""},
		{"", "GET /taxe", nil, 200, "Plățile sunt oprite până la", ""},
		{"", "GET /taxe/plata?cod=abc123de4", nil, 200, "Emitem deciziile", "<button class=\"btn pay\""},
		{"ana", "POST /dosar/taxe/plateste", url.Values{"cheie": {"z"}, "suma": {"379.00"}, "tot": {"da"}}, 503, "Emitem deciziile", ""},
	}...)
}

// TestLate: who is late reads how much more that is, and how it came about.
func TestLate(t *testing.T) {
	o := alone(t)
	site := o.site()
	o.on("2026-11-23")
	id := o.owes("ana", "buildings", 0, "Alba Iulia 7", "2026-03-31", lei(210))[0]
	fine := o.owes("ana", "fines", 0, "TMP 1", "2026-05-31", lei(145))[0]
	o.owners["ana"] = true
	for lang, want := range map[string]string{"ro": "Legea cere 1% pe lună", "en": "The law asks for 1% a month"} {
		o.steps(site, lang, step{"ana", "GET /dosar/taxe/" + id, nil, 200, want, ""})
	}
	o.steps(site, "ro", []step{
		{"ana", "GET /dosar/taxe", nil, 200, "din care 17,00", ""},
		{"ana", "GET /dosar/taxe/alege?ce=" + id, nil, 200, "ce=" + fine, ""},
		{"ana", "GET /dosar/taxe/alege?ce=" + id + "&ce=" + fine, nil, 200, "Plătește 372,00", "Legea trimite"},
	}...)
}

// TestPlain: the texts can be read by everybody (LIX), short ones taken together.
func TestPlain(t *testing.T) {
	data, err := os.ReadFile("texts/ro.json")
	var texts map[string]any
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil {
		t.Fatal(err)
	}
	words, long, sentences := 0, 0, 0
	for _, text := range texts {
		said := fmt.Sprint(text)
		if len(strings.Fields(said)) < 4 {
			continue // a label is no sentence
		}
		for _, word := range strings.Fields(said) {
			if words++; utf8.RuneCountInString(strings.Trim(word, ".,:?%()")) > 6 {
				long++
			}
		}
		sentences += max(1, strings.Count(said, ".")+strings.Count(said, "?"))
	}
	if lix := words/sentences + 100*long/words; lix > 32 {
		t.Errorf("the texts have a LIX of %d", lix)
	}
}

// TestManyObjects: a firm with five hundred objects finds one, and takes all along.
func TestManyObjects(t *testing.T) {
	o := alone(t)
	site := o.site()
	for i := range 500 {
		o.owes("srl", "vehicles", 0, fmt.Sprintf("=TM %03d DEM", i), "2026-03-31", lei(i+1))
	}
	o.steps(site, "ro", []step{
		{"srl", "GET /dosar/taxe", nil, 200, "Totaluri pe feluri", "TM 499 DEM"},
		{"srl", "GET /dosar/taxe?pagina=10", nil, 200, "TM 499 DEM", "TM 001 DEM"},
		{"srl", "GET /dosar/taxe?q=tm+123", nil, 200, "TM 123 DEM", "TM 124 DEM"},
		{"srl", "GET /dosar/taxe?fel=land", nil, 200, "Nimic nu se potrivește", "TM 124"},
		{"srl", "GET /dosar/taxe?stare=intarziata", nil, 200, "Nimic nu se potrivește", "TM 124"},
		{"srl", "GET /dosar/taxe?format=csv", nil, 200, "'=TM 499 DEM", ",=TM"},
		{"srl", "POST /dosar/taxe/plateste", url.Values{"cheie": {"k"}, "tot": {"da"}, "suma": {"125250.00"}}, 303, "/banca-de-proba/", ""},
	}...)
}

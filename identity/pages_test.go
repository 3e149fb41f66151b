package identity

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// open makes the site of a town. Its visitors say in a header who they are.
func open(t *testing.T, o *town) *web.Site {
	t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	site := web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: o.Now, Zone: o.Zone,
		Town: func(string) ui.Town { return ui.Town{Name: "Timișoara", Address: "Bd. C. D. Loga 1"} },
		Identify: func(r *http.Request) (web.Visitor, error) {
			var v web.Visitor
			if err := json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor); err != nil {
				return v, err
			}
			v.Who.SignedIn, v.Who.Staff, v.Who.Admin = v.Actor.SignedIn(), v.Actor.Staff(), v.Actor.Has(act.Admin)
			return v, nil
		}})
	Mount(site, o.Office)
	return site
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

func send(t *testing.T, site *web.Site, actor act.Actor, request string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	who, err := json.Marshal(actor)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Actor", string(who))
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := open(t, o)
	ana := o.enrol(Person, cnpAna, "Ana <b>", "Ionescu-Demo", "ana@exemplu.ro")
	firm := o.enrol(Firm, cuiFirm, "", "Bega Demo SRL", "")
	light := o.light("nou@exemplu.ro")
	newcomer := act.Actor{Person: light, For: light, Level: act.Light}
	ion := url.Values{"cod": {cnpIon}, "prenume": {"Ion"}, "familie": {"Pop-Demo"}, "act": {"card"}, "vazut": {"da"}, "fel": {"person"}}
	with := func(form url.Values, name, value string) url.Values {
		changed := url.Values{"cheie": {name + value}}
		for key, values := range form {
			changed[key] = values
		}
		changed.Set(name, value)
		return changed
	}
	const visit = "?motiv=identity.why-visit"
	for i, step := range []struct {
		actor     act.Actor
		request   string
		form      url.Values
		status    int
		want, not string // in the body, or where it leads
	}{
		{verified(ana), "GET /profil", nil, 200, "485*******027", cnpAna},
		{verified(ana), "GET /profil", nil, 200, "Ana &lt;b&gt;", "Would you like"},
		{newcomer, "GET /profil", nil, 200, "Come to the counter once", "Ana"},
		{act.Actor{}, "GET /profil", nil, 303, "/cont/intra?inapoi=%2Fprofil", ""},
		{newcomer, "POST /profil", url.Values{"cheie": {"p1"}, "telefon": {"telefon"}, "nume": {"Noul \"Om\""}}, 422, `value="Noul &#34;Om&#34;"`, ""},
		{newcomer, "POST /profil", url.Values{"cheie": {"p2"}, "telefon": {"0722 000 999"}, "nume": {"Noul Om"}, "adresa.strada": {"Alba Iulia"}, "limba": {"en"}}, 303, "/profil?salvat=1", ""},
		{newcomer, "GET /profil?salvat=1", nil, 200, "Noul Om", ""},

		{newcomer, "GET /imputerniciri/noua", nil, 409, "", "Mandate for"},
		{verified(ana), "GET /imputerniciri/noua", nil, 200, "Mandate for Ana", "Legal representative</"},
		{verified(ana), "POST /imputerniciri/noua", url.Values{"cheie": {"g1"}, "catre": {"123"}, "nume": {"Ion"}, "calitate": {"attorney"}}, 422, `value="123"`, ""},
		{verified(ana), "POST /imputerniciri/noua", url.Values{"cheie": {"g2"}, "catre": {cnpIon}, "nume": {"Ion"}, "calitate": {"guardian"}}, 422, "in which capacity", ""},
		{verified(ana), "POST /imputerniciri/noua", url.Values{"cheie": {"g3"}, "catre": {cnpIon}, "nume": {"Ion"}, "calitate": {"attorney"}, "servicii": {"parcare"}, "de.zi": {"40"}, "de.luna": {"1"}, "de.an": {"2027"}}, 422, `id="de-error"`, ""},
		{verified(ana), "POST /imputerniciri/noua", url.Values{"cheie": {"g4"}, "catre": {cnpIon}, "nume": {"Ion"}, "calitate": {"attorney"}, "servicii": {"parcare"}}, 303, "/imputerniciri?salvat=1", ""},
		{verified(ana), "GET /imputerniciri", nil, 200, "Attorney", cnpIon},
		{verified(ana), "GET /imputerniciri", nil, 200, "to 23 November 2029", ""},
		{act.Actor{Person: "x", For: ana, Mandate: "m", Services: []string{"parcare"}}, "GET /imputerniciri", nil, 404, "", "Ion"},

		{verified(ana), "GET /lucru/ghiseu", nil, 404, "", "Counter"},
		{desk, "GET /lucru/ghiseu", nil, 200, "Whom are you looking for", ""},
		{desk, "POST /lucru/ghiseu", url.Values{"cauta": {cnpAna}}, 422, "Choose why you search", ""},
		{desk, "POST /lucru/ghiseu", url.Values{"cauta": {cnpAna}, "motiv": {"identity.why-visit"}}, 303, "/lucru/ghiseu/" + string(ana) + visit, ""},
		{desk, "POST /lucru/ghiseu", url.Values{"cauta": {"demo"}, "motiv": {"identity.why-visit"}}, 200, "2 people found", cnpAna},
		{desk, "GET /lucru/ghiseu/" + string(ana), nil, 422, "Choose why", "Ionescu"},
		{desk, "GET /lucru/ghiseu/" + string(ana) + visit, nil, 200, "ana@exemplu.ro", cnpAna},
		{desk, "GET /lucru/ghiseu/" + string(ana) + visit, nil, 200, "Waits for the person", cnpIon},
		{desk, "GET /lucru/ghiseu/nimeni" + visit, nil, 404, "cannot find this person", ""},
		{desk, "GET /lucru/ghiseu/inscriere?fel=firm", nil, 200, "Tax code (CUI)", "First names"},
		{desk, "POST /lucru/ghiseu/inscriere", with(ion, "vazut", ""), 422, "tick that you compared", ""},
		{desk, "POST /lucru/ghiseu/inscriere", with(ion, "cod", cnpAna), 422 - 13, "already here", ""},
		{desk, "POST /lucru/ghiseu/inscriere", with(ion, "email", "ion@"), 422, `id="email-error"`, ""},
		{desk, "POST /lucru/ghiseu/inscriere", with(ion, "email", "ion@exemplu.ro"), 303, "/lucru/ghiseu/", cnpIon},
		{desk, "GET /lucru/ghiseu/" + string(ana) + visit, nil, 200, "In force", "Waits for"}, // what waited for him
		{desk, "POST /lucru/ghiseu/" + string(light) + "/verificare", url.Values{"cheie": {"v1"}, "motiv": {"identity.why-visit"}, "cod": {"3850615350018"}, "prenume": {"Mara"}, "familie": {"Ilie-Demo"}, "act": {"card"}, "vazut": {"da"}}, 422, `value="3850615350018"`, ""},
		{desk, "POST /lucru/ghiseu/" + string(light) + "/verificare", url.Values{"cheie": {"v2"}, "motiv": {"identity.why-visit"}, "cod": {cnpMara}, "prenume": {"Mara"}, "familie": {"Ilie-Demo"}, "act": {"card"}, "vazut": {"da"}}, 303, "/lucru/ghiseu/" + string(light) + visit, ""},
		{desk, "POST /lucru/ghiseu/" + string(light) + "/adresa", url.Values{"cheie": {"e1"}, "motiv": {"identity.why-visit"}, "email": {"mara"}}, 422, `value="mara"`, ""},
		{desk, "GET /lucru/ghiseu/" + string(firm) + "/imputernicire", nil, 200, "Legal representative", "Heir"},
		{desk, "POST /lucru/ghiseu/" + string(firm) + "/imputernicire", url.Values{"cheie": {"m1"}, "catre": {cnpAna}, "nume": {"Ana"}, "calitate": {"legal-representative"}}, 303, "/lucru/ghiseu/" + string(firm) + visit, ""},
		{verified(ana), "GET /imputerniciri", nil, 200, "entered at the counter", ""},
	} {
		w := send(t, site, step.actor, step.request, step.form)
		said := w.Body.String()
		if step.status == 303 {
			said = w.Header().Get("Location")
		}
		if w.Code != step.status || !strings.Contains(said, step.want) || step.not != "" && strings.Contains(said, step.not) {
			said = tags.ReplaceAllString(said, " ")
			t.Errorf("%d %s %s: got %d, want %d with %q and without %q:\n%s", i, step.actor.Person, step.request, w.Code, step.status, step.want, step.not, said[:min(len(said), 900)])
		}
	}
}

// TestEachFormCountsForItself ends two mandates from one page that was left
// open: the second is no repetition of the first.
func TestEachFormCountsForItself(t *testing.T) { eachTown(t, testEachForm) }

func testEachForm(t *testing.T, o *town) {
	site := open(t, o)
	ana := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "")
	for _, key := range []string{"k1", "k2"} {
		if _, err := o.Give(t.Context(), verified(ana), key, Grant{To: cnpIon, Name: "Ion " + key, Capacity: Attorney}); err != nil {
			t.Fatal(err)
		}
	}
	page := send(t, site, verified(ana), "GET /imputerniciri", nil).Body.String()
	forms := regexp.MustCompile(`action="(/imputerniciri/[^"]+/incheie)"[^>]*><input type="hidden" name="cheie" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(forms) != 2 {
		t.Fatalf("the page has the forms %q", forms)
	}
	for range 2 { // sending a form twice does no harm
		for _, form := range forms {
			if w := send(t, site, verified(ana), "POST "+form[1], url.Values{"cheie": {form[2]}}); w.Code != 303 {
				t.Errorf("%s: %d", form[1], w.Code)
			}
		}
	}
	all, err := o.Given(t.Context(), verified(ana))
	if err != nil || len(all) != 2 || all[0].State(o.Today()) != Ended || all[1].State(o.Today()) != Ended {
		t.Errorf("the mandates are %+v, %v", all, err)
	}
}

// TestRefusedLooksLikeMissing compares, to the byte, what a stranger is told
// about a mandate that is and about one that is not.
func TestRefusedLooksLikeMissing(t *testing.T) { eachTown(t, testRefused) }

func testRefused(t *testing.T, o *town) {
	site := open(t, o)
	ana := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "")
	id, err := o.Give(t.Context(), verified(ana), "k", Grant{To: cnpIon, Name: "Ion", Capacity: Attorney})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/imputerniciri/%/incheie", "/imputerniciri/%/primeste"} {
		mara := verified(o.light("mara@exemplu.ro"))
		one := send(t, site, mara, "POST "+strings.Replace(path, "%", id, 1), url.Values{"cheie": {"a" + path}})
		none := send(t, site, mara, "POST "+strings.Replace(path, "%", "nimic", 1), url.Values{"cheie": {"b" + path}})
		if one.Code != 404 || none.Code != 404 || keyless(one.Body.String()) != keyless(none.Body.String()) {
			t.Errorf("%s: %d for one that is, %d for one that is not", path, one.Code, none.Code)
		}
	}
	// Nobody passes on what was only lent to them, nor is asked to.
	ion := o.enrol(Person, cnpIon, "Ion", "Pop-Demo", "")
	attorney := act.Actor{Person: ion, For: ana, Mandate: id, Level: act.Verified}
	if got := send(t, site, attorney, "GET /imputerniciri/noua", nil); got.Code != 404 {
		t.Errorf("an attorney is asked whom to give a mandate: %d", got.Code)
	}
	if got := send(t, site, attorney, "GET /imputerniciri", nil); got.Code != 200 || strings.Contains(got.Body.String(), "/imputerniciri/noua") {
		t.Errorf("an attorney is offered to give a mandate: %d", got.Code)
	}
}

func keyless(page string) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(page, "KEY")
}

// TestNobodyLearnsWhomTheTownKnows gives mandates to somebody the town hall
// knows and to somebody it does not: the giver sees no difference.
func TestNobodyLearnsWhomTheTownKnows(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		site := open(t, o)
		ana := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "")
		o.enrol(Person, cnpIon, "Secret", "Nume-Demo", "secret@exemplu.ro")
		for i, to := range []string{cnpIon, cnpMara, "secret@exemplu.ro", "alta@exemplu.ro"} {
			w := send(t, site, verified(ana), "POST /imputerniciri/noua", url.Values{"cheie": {string(rune('a' + i))}, "catre": {to}, "nume": {"Vecinul"}, "calitate": {"attorney"}})
			if w.Code != 303 || w.Header().Get("Location") != "/imputerniciri?salvat=1" {
				t.Errorf("%s: %d", to, w.Code)
			}
		}
		page := send(t, site, verified(ana), "GET /imputerniciri", nil).Body.String()
		if strings.Contains(page, "Secret") || strings.Contains(page, cnpIon) || strings.Count(page, "In force") != 4 {
			t.Error("the page tells whom the giver only guessed")
		}
	})
}

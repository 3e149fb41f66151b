package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// open makes the site of a town, with two pages of other rooms.
func open(t *testing.T, o *town) *web.Site {
	t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files, identity.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	site := web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: o.People.Zone, Identify: o.Identify, Secure: o.Secure,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, 8–16"}
		}})
	identity.Mount(site, o.People)
	Mount(site, o.Office)
	say := func(w http.ResponseWriter, r *http.Request) error { return web.JSON(w, http.StatusOK, site.Actor(r)) }
	site.Handle("GET /cine-sunt", act.ReadPublic, say)
	site.Handle("POST /cereri", act.FileCase, say)
	return site
}

// A browser keeps cookies.
type browser struct {
	t       *testing.T
	site    *web.Site
	cookies map[string]*http.Cookie
	headers map[string]string
}

func visit(t *testing.T, site *web.Site) *browser {
	return &browser{t, site, map[string]*http.Cookie{}, map[string]string{"Accept-Language": "en"}}
}

// send sends a request such as "GET /cont" and returns the answer, of which it
// follows nothing.
func (b *browser) send(request string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range b.headers {
		r.Header.Set(name, value)
	}
	for _, c := range b.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

// wants checks an answer: its status, and where it leads or what it says.
func (b *browser) wants(request string, form url.Values, status int, what string) *httptest.ResponseRecorder {
	b.t.Helper()
	w := b.send(request, form)
	if at := w.Header().Get("Location"); w.Code != status || status == 303 && at != what || status != 303 && !strings.Contains(w.Body.String(), what) {
		b.t.Errorf("%s %v: got %d to %q, want %d with %q\n%s", request, form, w.Code, at, status, what, plain(w.Body.String()))
	}
	return w
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

func plain(page string) string {
	page = tags.ReplaceAllString(page, " ")
	return page[:min(len(page), 1500)]
}

// who returns as whom the site knows the browser.
func (b *browser) who() act.Actor {
	b.t.Helper()
	var actor act.Actor
	if err := json.Unmarshal(b.send("GET /cine-sunt", nil).Body.Bytes(), &actor); err != nil {
		b.t.Fatal(err)
	}
	return actor
}

// TestJourneyOfANewcomer is journey 1 of the usability bar: three pages, two
// typed fields. It ends at the field that they were at before.
func TestJourneyOfANewcomer(t *testing.T) { eachTown(t, testJourneyOfANewcomer) }

func testJourneyOfANewcomer(t *testing.T, o *town) {
	var claimed []act.PartyID
	o.OnSignIn = append(o.OnSignIn, func(_ context.Context, actor act.Actor, visitor act.PartyID) error {
		claimed = append(claimed, actor.Person, visitor)
		return nil
	})
	site := open(t, o)
	b := visit(t, site)
	b.cookies["bega_vizitator"] = &http.Cookie{Name: "bega_vizitator", Value: strings.Repeat("v", 43)}
	visitor := b.who().For
	b.wants("GET /profil", nil, 303, "/cont/intra?inapoi=%2Fprofil")
	const back = "inapoi=%2Fcerere%2F7%2Fpas%3Fa%3D1%23talon"
	b.wants("GET /cont/intra?"+back, nil, 200, `value="/cerere/7/pas?a=1#talon"`)
	b.wants("POST /cont/intra", url.Values{"email": {"Nou@Exemplu.ro "}, "mod": {"cod"}, "inapoi": {"/cerere/7/pas?a=1#talon"}}, 303, "/cont/cod?"+back)
	b.wants("GET /cont/cod?"+back, nil, 200, `autocomplete="one-time-code"`)
	form := url.Values{"cod": {"12 34"}, "inapoi": {"/cerere/7/pas?a=1#talon"}}
	b.wants("POST /cont/cod", form, 422, "You can try 4 more times")
	form.Set("cod", o.post().Args[0].(string))
	other := visit(t, site)
	other.wants("POST /cont/cod", form, 422, "no longer valid") // the code alone is of no use elsewhere
	b.wants("POST /cont/cod", form, 303, "/cerere/7/pas?a=1#talon")
	me := b.who()
	if me.Level != act.Light || !slices.Equal(claimed, []act.PartyID{me.Person, visitor}) {
		t.Errorf("came in as %+v, and claimed %v; the visitor was %s", me, claimed, visitor)
	}
	b.wants("GET /profil", nil, 200, "n***@exemplu.ro")
	b.wants("GET /cont/intra", nil, 303, "/dosar")
	b.wants("POST /cont/iesire", nil, 303, "/")
	if b.who().SignedIn() || b.cookies["bega"] != nil {
		t.Error("still signed in after signing out")
	}
	b.wants("POST /cont/iesire", nil, 303, "/")
}

func TestSignInLeadsNowhereElse(t *testing.T) { eachTown(t, testSignInLeadsNowhereElse) }

func testSignInLeadsNowhereElse(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	o.chooses(ana, secret)
	for _, back := range []string{"https://rau.example", "//rau.example", "/\\rau.example", "javascript:alert(1)", "", "/\trau"} {
		b := visit(t, open(t, o))
		b.wants("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}, "inapoi": {back}}, 303, "/dosar")
	}
}

// TestNobodyLearnsWhoHasAnAccount compares what is answered for an account with
// a password, one without, one that a couple shares, and none: to the byte.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) { eachTown(t, testNobodyLearns) }

func testNobodyLearns(t *testing.T, o *town) {
	o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "unu@exemplu.ro"), secret)
	o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "doi@exemplu.ro")
	o.enrol(identity.Firm, cuiFirm, "", "Bega Demo SRL", "tre@exemplu.ro")
	o.chooses(o.enrol(identity.Person, "3910101807779", "Mara", "Ilie-Demo", "pat@exemplu.ro"), secret)
	o.chooses(o.enrol(identity.Person, "3891229470038", "Dan", "Ilie-Demo", "pat@exemplu.ro"), secret)
	site := open(t, o)
	key := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	var answers [3][]string
	for i, email := range []string{"nul@exemplu.ro", "unu@exemplu.ro", "doi@exemplu.ro", "tre@exemplu.ro", "pat@exemplu.ro"} {
		b := visit(t, site)
		b.headers["Accept-Encoding"] = ""
		for j, form := range []url.Values{{"parola": {"gresita gresita"}}, {"parola": {""}}, {"mod": {"cod"}}} {
			form.Set("email", email)
			w := b.send("POST /cont/intra", form)
			headers := w.Header().Clone()
			headers.Del("Set-Cookie")
			var said []string
			for name, values := range headers {
				said = append(said, name+": "+strings.Join(values, ""))
			}
			slices.Sort(said)
			said = append(said, http.StatusText(w.Code), key.ReplaceAllString(strings.ReplaceAll(w.Body.String(), email, "EMAIL"), "KEY"))
			if i == 0 {
				answers[j] = said
			} else if !slices.Equal(answers[j], said) {
				t.Errorf("%s with %v is told something else than an unknown address", email, form)
			}
			if c := b.cookies["bega_cod"]; j == 2 && (c == nil || len(c.Value) != 43) {
				t.Errorf("%s: the cookie is %v", email, c)
			}
		}
	}
	b := visit(t, site)
	b.wants("POST /cont/intra", url.Values{"email": {"nimeni"}, "parola": {"x"}}, 422, "whole e-mail address")
	b.wants("POST /cont/intra", url.Values{"email": {"<script>@x.ro"}, "parola": {"x"}}, 422, "&lt;script&gt;@x.ro")
}

// TestSameWorkForEverybody measures how long a refusal takes for an account that
// is and for one that is not. The difference has to be a small part of the
// whole, which is two password hashes.
func TestSameWorkForEverybody(t *testing.T) { eachTown(t, testSameWork) }

func testSameWork(t *testing.T, o *town) {
	o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), secret)
	took := map[string][]time.Duration{}
	for i := range 40 {
		email := []string{"ana@exemplu.ro", "nimeni@exemplu.ro"}[i%2]
		began := time.Now()
		_, _ = o.Prove(t.Context(), Try{Email: email, Password: "gresita gresita", Address: "192.0.2.1"})
		took[email] = append(took[email], time.Since(began))
		o.wait(mostWait)
	}
	least := func(email string) time.Duration { return slices.Min(took[email]) }
	a, b := least("ana@exemplu.ro"), least("nimeni@exemplu.ro")
	if a < 20*time.Millisecond || max(a, b) > 2*min(a, b) {
		t.Errorf("an account takes %s, none takes %s", a, b)
	}
}

func TestCouplesAreAsked(t *testing.T) { eachTown(t, testCouplesAreAsked) }

func testCouplesAreAsked(t *testing.T, o *town) {
	ana, ion := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "casa@exemplu.ro"), o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "casa@exemplu.ro")
	site := open(t, o)
	b := visit(t, site)
	ask := func(who string) {
		b.send("POST /cont/intra", url.Values{"email": {"casa@exemplu.ro"}, "mod": {"cod"}})
		b.wants("POST /cont/cod", url.Values{"cod": {o.post().Args[0].(string)}}, 303, "/cont/cine?inapoi=%2Fdosar")
		b.wants("GET /cont/cine", nil, 200, "Ion Pop-Demo")
		b.wants("POST /cont/cine", url.Values{"cine": {who}}, 303, "/dosar")
	}
	if ask(string(ion)); b.who().Person != ion {
		t.Errorf("came in as %+v, want %s", b.who(), ion)
	}
	if ask(""); b.who().Person == ion || b.who().Person == ana || b.who().Level != act.Light {
		t.Errorf("a third of the house came in as %+v", b.who())
	}
	stranger := visit(t, site)
	stranger.wants("GET /cont/cine", nil, 303, "/cont/intra?inapoi=%2Fdosar")
	if w := stranger.send("POST /cont/cine", url.Values{"cine": {string(ana)}}); w.Code != 422 || stranger.who().SignedIn() {
		t.Errorf("a stranger chose to be Ana: %d", w.Code)
	}
}

// TestOfficialsBeginAtTheirDesk: unless they came for something else.
func TestOfficialsBeginAtTheirDesk(t *testing.T) { eachTown(t, testOfficialsBegin) }

func testOfficialsBegin(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	o.chooses(ana, secret)
	form := url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}}
	for _, role := range []act.Role{act.Clerk, act.Desk, act.Admin} { // she would be the only administrator, and stay one
		page := "/lucru"
		if role == act.Admin {
			page = "/dosar"
		}
		admin := act.Actor{Person: "admin-1", For: "admin-1", Roles: []act.Role{act.Admin}}
		if err := o.staff.SetRoles(t.Context(), admin, db.NewID(), ana, []act.Role{role}, "taxe"); err != nil {
			t.Fatal(err)
		}
		site := open(t, o)
		visit(t, site).wants("POST /cont/intra", form, 303, page)
		form.Set("inapoi", "/plati")
		visit(t, site).wants("POST /cont/intra", form, 303, "/plati")
		form.Del("inapoi")
	}
}

func TestTimedOut(t *testing.T) { eachTown(t, testTimedOut) }

func testTimedOut(t *testing.T, o *town) {
	o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), secret)
	b := visit(t, open(t, o))
	b.wants("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}}, 303, "/dosar")
	o.wait(20 * time.Minute)
	b.headers["Accept"] = "application/json"
	b.wants("POST /cont/prelungeste", nil, 200, o.now().Add(idle).UTC().Format(time.RFC3339))
	o.wait(29 * time.Minute)
	b.wants("GET /profil", nil, 200, "485*******027")
	o.wait(30 * time.Minute)
	b.wants("POST /cont/prelungeste", nil, 401, "Sign in")
	delete(b.headers, "Accept")
	b.wants("GET /profil", nil, 303, "/cont/intra?inapoi=%2Fprofil")
	b.wants("GET /cont/intra?inapoi=%2Fprofil", nil, 200, "signed you out after 30 minutes")
	b.wants("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}, "inapoi": {"/profil"}}, 303, "/profil")
	if visit(t, b.site).wants("GET /cont/intra", nil, 200, "").Body.String() == "" || strings.Contains(visit(t, b.site).send("GET /cont/intra", nil).Body.String(), "signed you out") {
		t.Error("a newcomer is told that they were signed out")
	}
}

func TestFoldersArePicked(t *testing.T) { eachTown(t, testFoldersArePicked) }

func testFoldersArePicked(t *testing.T, o *town) {
	o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), secret)
	ion := o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "ion@exemplu.ro")
	o.chooses(ion, secret+"!")
	site := open(t, o)
	her, his := visit(t, site), visit(t, site)
	her.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}})
	his.send("POST /cont/intra", url.Values{"email": {"ion@exemplu.ro"}, "parola": {secret + "!"}})
	ana := her.who().Person
	grant := url.Values{"cheie": {"k1"}, "catre": {cnpIon}, "nume": {"Ion"}, "calitate": {"attorney"}, "de.zi": {"31"}, "de.luna": {"2"}, "de.an": {"2027"}}
	her.wants("POST /imputerniciri/noua", grant, 422, "no such day")
	grant.Set("de.zi", "")
	grant.Set("de.luna", "")
	grant.Set("de.an", "")
	her.wants("POST /imputerniciri/noua", grant, 303, "/imputerniciri?salvat=1")
	page := his.wants("GET /dosare", nil, 200, "Act for Ana Pop-Demo").Body.String()
	id := regexp.MustCompile(`name="mandat" value="([0-9a-f-]+)"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal("there is no mandate on the page")
	}
	his.wants("POST /dosare", url.Values{"cheie": {"k2"}, "mandat": {id[1]}, "inapoi": {"/imputerniciri"}}, 303, "/imputerniciri")
	if got := his.who(); got.For != ana || got.Mandate != id[1] {
		t.Errorf("he acts as %+v", got)
	}
	his.wants("GET /dosare", nil, 200, "Ana Pop-Demo")
	his.wants("GET /profil", nil, 200, "Ion Pop-Demo") // a profile is one's own in every folder
	his.wants("POST /cereri", nil, 200, string(ana))

	// She ends it. What he was about to send for her is refused, and not done in
	// his own folder instead; then he goes on in his own.
	her.wants("POST /imputerniciri/"+id[1]+"/incheie", url.Values{"cheie": {"k3"}}, 303, "/imputerniciri?salvat=1")
	his.wants("POST /cereri", nil, 409, "the mandate has ended")
	his.wants("GET /dosare", nil, 200, "mandate by which you acted has ended")
	his.wants("POST /cereri", nil, 200, `"For":"`+string(ion))
	his.wants("POST /dosare", url.Values{"cheie": {"k4"}, "mandat": {id[1]}}, 404, "")

	// Another's mandate, and one that is not, look the same.
	missing := his.send("POST /imputerniciri/"+db.NewID()+"/incheie", url.Values{"cheie": {"k5"}})
	stranger := visit(t, site)
	o.chooses(o.enrol(identity.Person, "3910101807779", "Mara", "Ilie-Demo", "mara@exemplu.ro"), secret)
	stranger.send("POST /cont/intra", url.Values{"email": {"mara@exemplu.ro"}, "parola": {secret}})
	if w := stranger.send("POST /imputerniciri/"+id[1]+"/incheie", url.Values{"cheie": {"k6"}}); w.Code != 404 || missing.Code != 404 {
		t.Errorf("a stranger's mandate: %d, none: %d", w.Code, missing.Code)
	}
}

func TestKeysForPrograms(t *testing.T) { eachTown(t, testKeysForPrograms) }

func testKeysForPrograms(t *testing.T, o *town) {
	o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), secret)
	b := visit(t, open(t, o))
	b.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}})
	b.wants("GET /profil/chei", nil, 200, "Open documents")
	b.wants("POST /profil/chei", url.Values{"cheie": {"k1"}, "nume": {"contabil"}, "zile": {"30"}}, 422, "at least one right")
	b.wants("POST /profil/chei", url.Values{"cheie": {"k1"}, "nume": {" "}, "zile": {"30"}, "drept": {"cases.read"}}, 422, "at most 100 characters")
	page := b.wants("POST /profil/chei", url.Values{"cheie": {"k2"}, "nume": {"contabil"}, "zile": {"30"}, "drept": {"cases.file"}}, 200, "bega_").Body.String()
	value := regexp.MustCompile(`bega_[A-Za-z0-9_-]{43}`).FindString(page)
	if again := b.send("GET /profil/chei", nil).Body.String(); value == "" || strings.Contains(again, value) || !strings.Contains(again, "contabil") {
		t.Errorf("the key %q is shown again, or not listed", value)
	}
	program := visit(t, b.site)
	program.headers["Authorization"] = "Bearer " + value
	if got := program.who(); !got.Token || got.Person != b.who().Person {
		t.Errorf("the program is %+v", got)
	}
	program.wants("GET /profil", nil, 404, "")
	program.wants("GET /profil/chei", nil, 404, "")
	program.wants("GET /imputerniciri", nil, 404, "")
	program.wants("POST /cont/parola", url.Values{"noua": {"parola cea noua"}}, 404, "")
	program.headers["Authorization"] = "Bearer bega_nimic"
	program.headers["Accept"] = "application/json"
	program.wants("POST /cereri", nil, 401, "Sign in")
	id := regexp.MustCompile(`/profil/chei/([0-9a-f-]+)/incheie`).FindStringSubmatch(page)
	b.wants("POST /profil/chei/"+id[1]+"/incheie", url.Values{"cheie": {"k3"}}, 303, "/profil/chei")
	program.headers["Authorization"] = "Bearer " + value
	program.wants("POST /cereri", nil, 401, "Sign in")
}

func TestDevices(t *testing.T) { eachTown(t, testDevices) }

func testDevices(t *testing.T, o *town) {
	o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), secret)
	site := open(t, o)
	phone, laptop := visit(t, site), visit(t, site)
	phone.headers["User-Agent"], laptop.headers["User-Agent"] = "Chrome Android", "Firefox Windows"
	for _, b := range []*browser{phone, laptop} {
		b.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}})
	}
	page := laptop.wants("GET /profil/dispozitive", nil, 200, "Chrome, Android").Body.String()
	ids := regexp.MustCompile(`/profil/dispozitive/([0-9a-f-]{36})/iesire`).FindAllStringSubmatch(page, -1)
	if !strings.Contains(page, "This one") || len(ids) != 2 { // the phone, and where the password was chosen
		t.Fatalf("the devices are %v", ids)
	}
	for _, id := range ids {
		laptop.wants("POST /profil/dispozitive/"+id[1]+"/iesire", nil, 303, "/profil/dispozitive")
	}
	if phone.who().SignedIn() || !laptop.who().SignedIn() {
		t.Error("the wrong device was signed out")
	}
	laptop.wants("POST /profil/dispozitive/"+ids[0][1]+"/iesire", nil, 404, "no such session")
	phone.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}})
	phone.wants("POST /profil/dispozitive/iesire", nil, 303, "/cont/intra")
	if phone.who().SignedIn() || laptop.who().SignedIn() {
		t.Error("somebody is still signed in")
	}
}

func TestCookiesAreKeptFromOthers(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.Secure = true
		o.chooses(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), secret)
		b := visit(t, open(t, o))
		b.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "mod": {"cod"}})
		b.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}})
		for name, c := range b.cookies {
			if !strings.HasPrefix(name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("the cookie is %+v", c)
			}
		}
		if b.cookies["__Host-bega"] == nil || b.cookies["__Host-bega_aparat"] == nil || !b.who().SignedIn() {
			t.Errorf("the cookies are %v", b.cookies)
		}
	})
}

func TestPasswordPage(t *testing.T) { eachTown(t, testPasswordPage) }

func testPasswordPage(t *testing.T, o *town) {
	o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	b := visit(t, open(t, o))
	b.wants("GET /cont/parola", nil, 303, "/cont/intra?inapoi=%2Fcont%2Fparola")
	b.send("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "mod": {"cod"}})
	b.send("POST /cont/cod", url.Values{"cod": {o.post().Args[0].(string)}})
	b.wants("POST /cont/parola", url.Values{"cheie": {"k1"}, "noua": {"scurta"}}, 422, "too short")
	b.wants("POST /cont/parola", url.Values{"cheie": {"k2"}, "noua": {secret}}, 303, "/cont/parola?salvat=1")
	o.wait(fresh)
	b.wants("GET /cont/parola", nil, 200, "Current password")
	b.wants("POST /cont/parola", url.Values{"cheie": {"k3"}, "noua": {"parola cea noua"}}, 422, "current password is not right")
	b.wants("POST /cont/adresa", url.Values{"cheie": {"k4"}, "email": {"noua@exemplu.ro"}}, 409, "sign in again by code")
	b.send("POST /cont/iesire", nil)
	b.wants("POST /cont/intra", url.Values{"email": {"ana@exemplu.ro"}, "parola": {secret}}, 303, "/dosar")
	b.wants("POST /cont/adresa", url.Values{"cheie": {"k4"}, "email": {"noua"}}, 422, "whole e-mail address")
	b.wants("POST /cont/adresa", url.Values{"cheie": {"k4"}, "email": {"noua@exemplu.ro"}}, 303, "/cont/cod")
	b.wants("POST /cont/cod", url.Values{"cheie": {"k5"}, "cod": {o.post().Args[0].(string)}}, 303, "/profil?salvat=1")
	b.wants("GET /profil", nil, 200, "noua@exemplu.ro")
}

// TestNothingPersonalIsLegible reads every column of every table after a busy
// day, and looks for what has to be sealed.
func TestNothingPersonalIsLegible(t *testing.T) { eachTown(t, testNothingPersonal) }

func testNothingPersonal(t *testing.T, o *town) {
	site := open(t, o)
	b := visit(t, site)
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana.secreta@exemplu.ro")
	b.send("POST /cont/intra", url.Values{"email": {"ana.secreta@exemplu.ro"}, "mod": {"cod"}})
	digits := o.post().Args[0].(string)
	b.send("POST /cont/cod", url.Values{"cod": {digits}})
	b.wants("POST /profil", url.Values{"cheie": {"k1"}, "telefon": {"0722000999"}, "iban": {"4999888777"}, "adresa.strada": {"Strada Tainică"}}, 303, "/profil?salvat=1")
	b.send("POST /cont/parola", url.Values{"cheie": {"k2"}, "noua": {secret}})
	b.send("POST /imputerniciri/noua", url.Values{"cheie": {"k3"}, "catre": {"3910101807779"}, "nume": {"Mara"}, "calitate": {"attorney"}})
	b.send("POST /imputerniciri/noua", url.Values{"cheie": {"k4"}, "catre": {"mara.secreta@exemplu.ro"}, "nume": {"Mara"}, "calitate": {"attorney"}})
	b.send("POST /cont/intra", url.Values{"email": {"gresit.secret@exemplu.ro"}, "parola": {"x"}})
	b.send("POST /cont/adresa", url.Values{"cheie": {"k5"}, "email": {"mutat.secret@exemplu.ro"}})
	value, err := o.MakeToken(t.Context(), act.Actor{Person: ana, For: ana, Level: act.Verified}, "k6", "program", []act.Verb{act.ReadCase}, 30)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{cnpAna, "3910101807779", "secreta@", "secret@", "0722000999", "4999888777", "Tainică", secret, value, b.cookies["bega"].Value}
	all, rows := everything(t, o.d)
	if rows < 15 {
		t.Fatalf("only %d rows were read", rows)
	}
	for _, s := range append(secrets, strings.ToUpper(secrets[2])) {
		if i := strings.Index(all, s); i >= 0 {
			t.Errorf("%q is legible: …%s…", s, all[max(0, i-200):min(len(all), i+100)])
		}
	}
	if !strings.Contains(all, "Ana Pop-Demo") {
		t.Error("not even a name was read: the test looks in the wrong place")
	}
	if codes := regexp.MustCompile(`\b` + digits + `\b`).FindString(all); codes != "" {
		t.Errorf("the code %s is legible", codes)
	}
}

// everything returns all values of all tables, and how many rows they have.
func everything(t *testing.T, d *db.DB) (all string, rows int) {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if d.Postgres() {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	read := func(query string) (values []string) {
		result, err := d.Raw().QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer result.Close()
		columns, err := result.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for result.Next() {
			row, to := make([]sql.NullString, len(columns)), make([]any, len(columns))
			for i := range row {
				to[i] = &row[i]
			}
			if err := result.Scan(to...); err != nil {
				t.Fatal(err)
			}
			for _, value := range row {
				values = append(values, value.String)
			}
			rows++
		}
		return values
	}
	for _, table := range read(list) {
		all += table + ": " + strings.Join(read(`SELECT * FROM "`+table+`"`), " | ") + "\n"
	}
	return all, rows
}

// BenchmarkIdentify measures what every page of somebody signed in costs before
// it begins.
func BenchmarkIdentify(b *testing.B) {
	d, err := db.Open(b.Context(), b.TempDir()+"/town")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	o := newTown(b, d)
	token, _ := o.comes(o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"))
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "bega", Value: token})
	for b.Loop() {
		if v, err := o.Identify(r); err != nil || !v.Actor.SignedIn() {
			b.Fatal(v, err)
		}
	}
}

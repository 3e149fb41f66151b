package drafts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// people are those who may come to the pages, by the header Person.
var people = map[string]act.Actor{"ana": ana, "ion": ion, "firm": forFirm, "limited": limited, "dana": dana,
	"nou": {Person: "ana", For: "ana", Level: act.Light}}

// site opens the pages of the office.
func (o *town) site() *web.Site {
	o.t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files, deadline.Files, upload.Files, folder.Files, procedures.Files, Files)
	if err != nil {
		o.t.Fatal(err)
	}
	site := web.New(web.Config{
		Texts: texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: o.Zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Authority: "Primăria", Phone: "0256 408 300", Hours: "luni–vineri, 8–16", Address: "bd. C.D. Loga 1"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			actor := people[r.Header.Get("Person")]
			v := web.Visitor{Actor: actor, Who: ui.Who{SignedIn: actor.SignedIn(), Name: o.knows[actor.Person]["party.name"]}}
			if actor.Mandate != "" {
				v.Who.For = o.knows[actor.For]["party.name"]
			}
			return v, nil
		},
	})
	Mount(site, o.Office)
	return site
}

// A client keeps cookies, and says who sits before it.
type client struct {
	t       testing.TB
	site    http.Handler
	cookies map[string]*http.Cookie
	headers map[string]string
}

func visit(t testing.TB, site http.Handler) *client {
	return &client{t, site, map[string]*http.Cookie{}, map[string]string{"Accept": "text/html", "Accept-Language": "ro"}}
}

func (b *client) as(person string) *client {
	b.headers["Person"] = person
	return b
}

func (b *client) do(r *http.Request) *httptest.ResponseRecorder {
	for name, value := range b.headers {
		r.Header.Set(name, value)
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return w
}

func (b *client) get(path string) *httptest.ResponseRecorder {
	path, _, _ = strings.Cut(path, "#")
	return b.do(httptest.NewRequest("GET", path, nil))
}

// posts sends a form whose fields are given as "name=value".
func (b *client) posts(path string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{"cheie": {"k"}}
	for _, pair := range fields {
		name, value, _ := strings.Cut(pair, "=")
		form.Add(name, value)
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// A sentFile is one in a multipart form.
type sentFile struct {
	field, name string
	data        []byte
}

// sends sends a multipart form as browsers do; spaces behind a name let it be
// there twice.
func (b *client) sends(path string, fields map[string]string, files ...sentFile) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(strings.TrimSpace(name), value); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, file := range files {
		w, err := form.CreateFormFile(file.field, file.name)
		if err == nil {
			_, err = w.Write(file.data)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

// wants fails unless an answer has that status, and a text: in the address that
// it leads to, or on the page.
func (b *client) wants(w *httptest.ResponseRecorder, status int, texts ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	body := w.Header().Get("Location") + html.UnescapeString(w.Body.String())
	for _, text := range texts {
		if not, ok := strings.CutPrefix(text, "!"); ok == strings.Contains(body, not) && (ok || !strings.Contains(body, text)) {
			b.t.Errorf("got %d, want %d and %q:\n%s", w.Code, status, text, body)
			return w
		}
	}
	if w.Code != status {
		b.t.Errorf("got %d, want %d:\n%s", w.Code, status, body)
	}
	return w
}

// asks returns the hidden fields by which a page says what it asks for.
func asks(names ...string) (fields []string) {
	for _, name := range names {
		fields = append(fields, "intrebat="+name)
	}
	return fields
}

func TestAVisitorBeginsAndSignsInToSend(t *testing.T) { eachTown(t, testVisitor) }

func testVisitor(t *testing.T, o *town) {
	o.inCity()
	b := visit(t, o.site())
	b.wants(b.get("/incepe/abonament-parcare"), 200, "Abonament de parcare", "Îți trebuie 2 acte", "(talon)", "Doar în unele cazuri", "Poți începe fără cont", "Începe cererea")
	b.wants(b.get("/incepe/dragoni"), 404)
	b.wants(b.get("/incepe/intrebare-date"), 404)
	b.wants(b.get("/ciorne"), 303, "/cont/intra")
	begun := b.wants(b.posts("/incepe/abonament-parcare"), 303, "/ciorne/")
	to := begun.Header().Get("Location")
	id := strings.Split(to, "/")[2]
	if len(b.cookies) != 1 || !strings.HasSuffix(to, "/locuinta") {
		t.Fatalf("the visitor has %v, and goes to %s", b.cookies, to)
	}
	b.wants(b.get(to), 200, "Unde locuiești?", "Pasul 1 din 3: Adresa ta", "Salvat automat la 10:00", "Continuă", "De ce te întrebăm asta")

	// It is offered instead of another, also to a double click.
	b.wants(b.posts("/incepe/abonament-parcare"), 303, "/incepe/abonament-parcare")
	b.wants(b.get("/incepe/abonament-parcare"), 200, "Continuă ciorna", "Începe alta", "/ciorne/"+id+"/locuinta")

	address := []string{"adresa.localitate=Timișoara", "adresa.strada=Strada Nufărului", "adresa.numar=3"}
	b.wants(b.posts(to, append(asks("adresa", "zona"), address...)...), 422, "Eroare: Unde locuiești?", "Mai ai un lucru de corectat", "Alege culoarea zonei tale.", `href="#zona"`, `value="Strada Nufărului"`)
	to = b.wants(b.posts(to, slices.Concat(asks("adresa", "zona"), address, []string{"zona=rosie"})...), 303, "/masina").Header().Get("Location")
	b.wants(b.posts(to, slices.Concat(asks("numar", "proprietar", "talon"), []string{"numar=tm07abc", "proprietar=firma"})...), 422, "Alege talonul din dosar", "Hârtia prin care firma", "!Alege dovada din dosar")
	b.wants(b.sends(to, map[string]string{"cheie": "k2", "intrebat": "numar", "intrebat ": "proprietar", "intrebat  ": "talon", "numar": "tm07abc", "proprietar": "eu", "talon": "nou"},
		sentFile{"talon.fisier", "talon.pdf", honest(t)}), 303, "/verifica")

	page := b.wants(b.get("/ciorne/"+id+"/verifica"), 200, "Strada Nufărului 3", "TM 07 ABC", "talon.pdf", "110,00 lei", "30 de zile", "Intră în cont și trimite", "!Trimite cererea").Body.String()
	if !strings.Contains(page, "/cont/intra?inapoi=%2Fciorne%2F"+id+"%2Fverifica") {
		t.Error("signing in does not lead back")
	}
	b.wants(b.posts("/ciorne/"+id+"/trimite"), 303, "/cont/intra")

	// They sign in on this browser, and come back to the same page.
	visitor := act.PartyID(o.draftOwner(id))
	wants(t, "claim", o.Claim(t.Context(), ana, visitor), nil)
	b.as("nou").wants(b.get("/ciorne/"+id+"/verifica"), 200, "arată-ne o dată buletinul", "bd. C.D. Loga 1", "!Trimite cererea")
	b.wants(b.posts("/ciorne/"+id+"/trimite", "editie=99"), 409)
	page = b.as("ana").wants(b.get("/ciorne/"+id+"/verifica"), 200, "Ana Pop-Demo", "doar pentru cererea aceasta", "Trimite cererea").Body.String()
	edition := regexp.MustCompile(`name="editie" value="(\d+)"`).FindStringSubmatch(page)[1]
	b.wants(b.posts("/ciorne/"+id+"/trimite", "editie=1"), 409, "s-a schimbat între timp")
	sent := b.wants(b.posts("/ciorne/"+id+"/trimite", "editie="+edition), 303, "/confirmare").Header().Get("Location")
	b.wants(b.posts("/ciorne/"+id+"/trimite", "editie="+edition), 303, sent)

	// Back leads to the case, from every page.
	caseLink := strings.TrimSuffix(sent, "/confirmare")
	for _, path := range []string{"", "/locuinta", "/masina", "/verifica"} {
		if to := b.wants(b.get("/ciorne/"+id+path), 303, caseLink).Header().Get("Location"); to != caseLink {
			t.Errorf("%s leads to %s", path, to)
		}
	}
	for _, path := range []string{"/locuinta", "/salveaza", "/sterge", "/restaureaza"} {
		b.wants(b.posts("/ciorne/"+id+path, "pas=locuinta"), 303, caseLink)
	}
	if n := o.acts(act.FileCase); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// draftOwner returns who owns a draft.
func (o *town) draftOwner(id string) act.PartyID {
	s, err := byID(o.t.Context(), o.DB, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return s.Owner
}

// TestWrongAnswersStayAsTheyWereTyped posts nonsense to every kind of question.
func TestWrongAnswersStayAsTheyWereTyped(t *testing.T) { eachTown(t, testWrong) }

func testWrong(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	o.saves(ana, d.ID, "cine", who...)
	b := visit(t, o.site()).as("ana")
	first := b.wants(b.posts("/ciorne/"+d.ID+"/cine", slices.Concat(asks("tip", "altul", "cui", "cnp", "adresa", "telefon", "posta", "iban"), []string{
		"tip=altul", "altul.nume=<script>", "altul.prenume=", "altul.cnp=123", "altul.email=ana@", "cnp=123456789012", "adresa.strada=  Strada „X” & Y",
		"adresa.numar=", "adresa.localitate=", "adresa.cod=12", "telefon=07", "posta=@", "iban=RO12"})...), 422,
		`value="<script>"`, `value="123"`, `value="ana@"`, `value="123456789012"`, "Ai scris 12.", `value="Strada „X” & Y"`, `value="12"`, `value="07"`, `value="@"`, `value="RO12"`, `value="altul" checked`)
	if page := first.Body.String(); strings.Contains(page, "<script>alert") || strings.Contains(page, `value="<script>"`) || strings.Count(page, `aria-invalid="true"`) < 9 {
		t.Errorf("the page is not safe, or says too little:\n%s", page)
	}
	// Each link of the summary leads to an element of the page.
	for _, link := range regexp.MustCompile(`<li><a href="#([^"]+)"`).FindAllStringSubmatch(first.Body.String(), -1) {
		if !strings.Contains(first.Body.String(), `id="`+link[1]+`"`) {
			t.Errorf("there is no element %s", link[1])
		}
	}
	o.saves(ana, d.ID, "cine", "tip=firma", "cui=14756536", "cnp=", "telefon=", "posta=", "iban=", "adresa.localitate=Timișoara", "adresa.numar=7", "adresa.cod=")
	o.saves(ana, d.ID, "vehicule", vehicles...)
	b.wants(b.posts("/ciorne/"+d.ID+"/vehicule", slices.Concat(asks("vehicule.0.numar", "vehicule.0.masa"), []string{"vehicule.0.numar=?!", "vehicule.0.masa=mult"})...), 422,
		`value="?!"`, `value="mult"`, `href="#vehicule.0.numar"`)
	o.saves(ana, d.ID, "vehicule", vehicles...)
	b.wants(b.posts("/ciorne/"+d.ID+"/alte", slices.Concat(asks("inceput", "sfarsit", "suma", "grabit", "zile", "zona", "teren", "nota", "poveste"), []string{
		"inceput.zi=30", "inceput.luna=2", "inceput.an=2027", "sfarsit.zi=1.1", "suma=12.5", "grabit=poate", "zile=opt", "zona=lila", "teren=abc",
		"nota=" + strings.Repeat("ă", 30), "poveste=" + strings.Repeat("a", 5000)})...), 422,
		"30.2.2027 nu există", `value="1.1"`, `value="12.5"`, `value="abc"`, strings.Repeat("ă", 30), "Ai scris 30", strings.Repeat("a", 5000))
	b.wants(b.posts("/ciorne/"+d.ID+"/acte", slices.Concat(asks("talon", "poze", "acord"), []string{"talon=nou"})...), 422, "Alege un document", `value="nou" checked`, "Bifează")
	b.wants(b.get("/ciorne/"+d.ID+"/verifica"), 200, "lucruri de completat", "/ciorne/"+d.ID+"/alte?verifica=1#inceput", "!Trimite cererea")
	b.wants(b.get("/ciorne/"+d.ID+"/alte?verifica=1"), 200, "30.2.2027 nu există")
}

func TestWhatIsKnownIsShownAndCanBeChanged(t *testing.T) { eachTown(t, testKnownPages) }

func testKnownPages(t *testing.T, o *town) {
	o.inCity()
	file, err := upload.Check("talon.pdf", honest(t))
	wants(t, "check", err, nil)
	talon, err := o.Folder.Add(t.Context(), ana, "f", folder.New{Type: "talon", File: file, Number: "TM 07 ABC"})
	wants(t, "add", err, nil)
	b := visit(t, o.site()).as("ana")
	b.wants(b.get("/incepe/abonament-parcare"), 200, "Din 2 acte, în dosar ai 1", "Îl ai în dosar")
	id := strings.Split(b.wants(b.posts("/incepe/abonament-parcare"), 303, "/ciorne/").Header().Get("Location"), "/")[2]
	step := "/ciorne/" + id + "/locuinta"
	b.wants(b.get(step), 200, "Strada Alba Iulia 7", "din datele tale", `name="schimba" value="adresa"`, `!name="adresa.strada"`)
	changed := b.wants(b.posts(step, append(asks("zona"), "zona=rosie", "schimba=adresa")...), 303, step+"?schimba=adresa#adresa").Header().Get("Location")
	b.wants(b.get(changed), 200, `name="adresa.strada"`, `value="Strada Alba Iulia"`, `value="rosie" checked`)
	b.wants(b.posts(step, append(asks("zona"), "zona=rosie")...), 303, "/masina")
	b.wants(b.get("/ciorne/"+id+"/masina"), 200, "din actul din dosar", "Folosește-l pe cel din dosarul tău", `value="`+talon.ID+`" checked`)
	b.wants(b.posts("/ciorne/"+id+"/masina", append(asks("proprietar", "talon"), "proprietar=eu", "talon="+talon.ID)...), 303, "/verifica")
	b.wants(b.get("/ciorne/"+id+"/verifica"), 200, "talon.pdf", "?schimba=numar&verifica=1#numar")
	b.wants(b.get("/ciorne/"+id+"/masina?schimba=numar&verifica=1"), 200, `name="numar"`, `name="verifica" value="1"`)
	b.wants(b.posts("/ciorne/"+id+"/masina", append(asks("numar", "proprietar", "talon"), "numar=TM 08 ABC", "proprietar=eu", "talon="+talon.ID, "verifica=1")...), 303, "/verifica")
}

func TestAtTheCounter(t *testing.T) { eachTown(t, testAtTheCounter) }

// testAtTheCounter: the pages are the same, say for whom, and lead back to the counter;
// what was not begun there does not exist for it.
func testAtTheCounter(t *testing.T, o *town) {
	o.inCity()
	b := visit(t, o.site()).as("dana")
	serving, _, err := o.Serve(t.Context(), dana, Draft{Owner: "ana", Service: "certificat-fiscal", Began: o.now()})
	wants(t, "serve", err, nil)
	private := o.begins(ana, "certificat-fiscal")
	d := o.begins(serving, "certificat-fiscal")
	if d.Owner != "ana" || d.By != "dana" || d.Served != "dana" || private.Served != "" {
		t.Fatalf("begun is %+v", d)
	}
	b.wants(b.get("/ciorne/"+private.ID+"/scopul"), 404)
	b.wants(b.posts("/ciorne/"+private.ID+"/sterge"), 404)
	b.wants(b.get("/ciorne"), 200, "!Certificat de atestare fiscală", "!Ana Pop-Demo")
	step := "/ciorne/" + d.ID + "/scopul"
	b.wants(b.get("/ciorne/"+d.ID), 303, step)
	b.wants(b.get(step), 200, "La ghișeu: cererea e pentru Ana Pop-Demo", "Înapoi la ghișeu", `href="/lucru/ghiseu"`, "La ce îți trebuie certificatul?")
	b.wants(b.posts(step, asks("scop", "alt_scop")...), 422, "La ghișeu: cererea e pentru Ana Pop-Demo", "Alege de ce îl ceri.")
	b.wants(b.posts("/ciorne/"+d.ID+"/salveaza", append(asks("scop"), "pas=scopul", "scop=cumparare")...), 303, "/lucru/ghiseu")
	b.wants(b.posts(step, append(asks("scop", "alt_scop"), "scop=cumparare")...), 303, "/verifica")
	b.wants(b.get("/ciorne/"+d.ID+"/verifica"), 200, "Ana Pop-Demo", "Trimite cererea")
	for _, other := range []string{"ion", "firm", "limited"} {
		b.as(other).wants(b.get(step), 404)
	}
	b.as("ana").wants(b.get(step), 200, "!La ghișeu")

	// The next day, it is hers alone.
	o.wait(2 * time.Hour)
	b.as("dana").wants(b.get(step), 404)
	b.wants(b.posts("/ciorne/"+d.ID+"/trimite", "editie=1"), 404)
	o.wait(-2 * time.Hour)
	edition := fmt.Sprint("editie=", o.draft(ana, d.ID).Edition)
	sent := b.wants(b.posts("/ciorne/"+d.ID+"/trimite", edition), 303, "/lucru/depuse/").Header().Get("Location")
	b.wants(b.posts("/ciorne/"+d.ID+"/trimite", edition), 303, sent)
	b.wants(b.get(step), 303, sent)
	if o.last.Owner != "ana" {
		t.Errorf("filed is %+v", o.last)
	}
	other := o.begins(serving, "certificat-fiscal")
	b.wants(b.posts("/ciorne/"+other.ID+"/sterge"), 303, "/lucru/ghiseu")
}

func TestThingsOnRecordAreOffered(t *testing.T) { eachTown(t, testThings) }

// testThings: what the town has on record need not be typed; the only thing of its kind
// is filled in, and says where it is from; of several, one is chosen, or another typed.
func testThings(t *testing.T, o *town) {
	o.inCity()
	o.has = map[string][]procedures.Thing{"vehicle": {{Mark: "TM 07 ABC", Label: "Vehicul, TM 07 ABC"}},
		"property": {{Mark: "400954-C1-U12", Label: "Clădire, Strada Alba Iulia 7"}, {Mark: "Teren, Strada Nufărului 3", Label: "Teren, Strada Nufărului 3"}}}
	b := visit(t, o.site()).as("ana")
	d := o.begins(ana, "certificat-fiscal")
	if d.Values.Get("vehicul") != "TM 07 ABC" || d.Sources["vehicul"] != Register || d.Values.Get("imobil") != "" {
		t.Fatalf("filled in are %v, %v", d.Values, d.Sources)
	}
	d = o.saves(ana, d.ID, "scopul", "scop=vanzare-auto")
	if d.Step != Verify { // all of the next step is known
		t.Errorf("it goes on at %s", d.Step)
	}
	b.wants(b.get(d.at("bunul")), 200, "Vehicul, TM 07 ABC (ro)", "din evidența fiscală", "!Care dintre vehiculele tale?")
	b.wants(b.get(d.at("bunul")+"?schimba=vehicul"), 200, "Care dintre vehiculele tale?", `value="TM 07 ABC" checked`, "Altul, pe care îl scriu", `name="vehicul.nou"`)
	ask := asks("vehicul")
	b.wants(b.posts(d.at("bunul"), append(ask, "vehicul=nou", "vehicul.nou=TM 1")...), 422, "Scrie-l ca TM 07 ABC.", `href="#vehicul"`, `value="TM 1"`, `value="nou" checked`)
	b.wants(b.posts(d.at("bunul"), append(ask, "vehicul=nou")...), 422, "Scrie numărul mașinii")
	b.wants(b.posts(d.at("bunul"), append(ask, "vehicul=nou", "vehicul.nou=tm08xyz")...), 303, "/verifica")
	d = o.draft(ana, d.ID)
	if answers, problems, err := o.Read(t.Context(), ana, d); err != nil || len(problems) > 0 || answers["vehicul"] != "TM 08 XYZ" || d.Sources["vehicul"] != "" {
		t.Errorf("the answers are %v, %v, %v", answers, problems, err)
	}

	d = o.saves(ana, d.ID, "scopul", "scop=vanzare-imobil")
	if d.Step != "bunul" {
		t.Errorf("it goes on at %s", d.Step)
	}
	b.wants(b.get(d.at("bunul")), 200, "Care dintre casele și terenurile tale?", "Le știm din evidența fiscală.", "Clădire, Strada Alba Iulia 7 (ro)", "E sus, pe extrasul de carte funciară", "!checked")
	b.wants(b.posts(d.at("bunul"), append(asks("imobil"), "imobil=Teren, Strada Nufărului 3")...), 303, "/verifica")
	b.wants(b.get(d.at(Verify)), 200, "Teren, Strada Nufărului 3")
	b.wants(b.get(d.at("bunul")), 200, `value="Teren, Strada Nufărului 3" checked`)

	// Who has nothing on record types it, also who has not signed in.
	for _, actor := range []act.Actor{ion, guest} {
		d := o.begins(actor, "certificat-fiscal")
		if d.Values.Get("vehicul") != "" || d.Sources["vehicul"] != "" {
			t.Errorf("%s is told %v", actor.For, d.Values)
		}
	}
	b.as("ion")
	d = o.saves(ion, o.begins(ion, "certificat-fiscal").ID, "scopul", "scop=vanzare-auto")
	b.wants(b.get(d.at("bunul")), 200, "Numărul de înmatriculare", "!Care dintre")
	b.wants(b.posts(d.at("bunul"), append(ask, "vehicul=TM 1")...), 422, "Scrie-l ca TM 07 ABC.")

	// A firm has many: they are a list to open, and the line for another is under it.
	for i := range 20 {
		o.has["vehicle"] = append(o.has["vehicle"], procedures.Thing{Mark: fmt.Sprintf("TM %d ABC", 10+i), Label: fmt.Sprint("Vehicul ", i)})
	}
	b.as("ana")
	d = o.saves(ana, o.begins(ana, "certificat-fiscal").ID, "scopul", "scop=vanzare-auto")
	b.wants(b.get(d.at("bunul")), 200, `<select`, `<option value="TM 29 ABC"`, `<option value="nou"`, `name="vehicul.nou"`)
}

func TestButtonsWithinAPage(t *testing.T) { eachTown(t, testButtons) }

func testButtons(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	o.saves(ana, d.ID, "cine", who...)
	b, step := visit(t, o.site()).as("ana"), "/ciorne/"+d.ID+"/vehicule"
	b.wants(b.get(step), 200, "Vehicul 1", "Încă unul", "!Șterge: Vehicul")
	b.wants(b.posts(step, append(asks("vehicule.0.numar", "vehicule.0.masa"), "vehicule.0.numar=TM 07 ABC", "adauga=1")...), 303, step+"#vehicule.1.numar")
	b.wants(b.get(step), 200, "Vehicul 2", "Șterge: Vehicul 1", `value="TM 07 ABC"`, `name="vehicule.1.masa"`)
	b.wants(b.posts(step, append(asks("vehicule.1.numar"), "vehicule.1.numar=TM 08 ABC", "scoate=1")...), 303, step)
	b.wants(b.get(step), 200, "!Vehicul 2", `value="TM 08 ABC"`)

	w := b.sends("/ciorne/"+d.ID+"/acte", map[string]string{"cheie": "k", "intrebat": "poze", "intrebat ": "acord", "acord": "da"}, sentFile{"poze", "a.jpg", photo(t)}, sentFile{"poze", "b.jpg", append(photo(t), 0)}, sentFile{"poze", "c.pdf", honest(t)})
	b.wants(w, 422, "a.jpg", "b.jpg", "c.pdf: Alege cel mult 2 fișiere.")
	ids := o.draft(ana, d.ID).Values["poze.id"]
	if len(ids) != 2 {
		t.Fatalf("the pictures are %v", ids)
	}
	b.wants(b.posts("/ciorne/"+d.ID+"/acte", append(asks("acord"), "acord=da", "poze.sterge="+ids[0])...), 303, "/acte#poze")
	b.wants(b.get("/ciorne/"+d.ID+"/acte"), 200, "!a.jpg", "b.jpg", `value="da" checked`)
	// A file that was chosen before another button was pressed is not lost.
	b.wants(b.sends("/ciorne/"+d.ID+"/acte", map[string]string{"cheie": "k2", "schimba": "acord"}, sentFile{"poze", "d.jpg", photo(t)}), 303, "schimba=acord")
	b.wants(b.get("/ciorne/"+d.ID+"/acte"), 200, "b.jpg", "d.jpg")

	b.wants(b.posts("/ciorne/"+d.ID+"/salveaza", append(asks("nota"), "pas=alte", "nota=pe mai târziu", "zona=lila")...), 303, "/ciorne?salvat=1")
	b.wants(b.get("/ciorne?salvat=1"), 200, "Nu e trimisă încă", "Netrimisă", "Permis de probă", "24 noiembrie 2026, ora 10:00", "24 decembrie 2026")
	if now := o.draft(ana, d.ID); now.Values.Get("nota") != "pe mai târziu" || now.Values.Get("zona") != "" {
		t.Errorf("kept was %v", now.Values)
	}
	b.wants(b.posts("/ciorne/"+d.ID+"/sterge"), 303, "/ciorne")
	b.wants(b.get("/ciorne"), 200, "Coș", "Scoate din coș", "Nu ai nicio cerere netrimisă")
	b.wants(b.get("/ciorne/"+d.ID+"/cine"), 303, "/ciorne")
	b.wants(b.posts("/ciorne/"+d.ID+"/restaureaza"), 303, "/ciorne/"+d.ID+"/alte")
}

func TestWhileSomebodyTypes(t *testing.T) { eachTown(t, testTyping) }

func testTyping(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	b := visit(t, o.site()).as("ana")
	b.headers["Accept"] = "application/json"
	o.wait(4*time.Hour + 32*time.Minute)
	w := b.wants(b.posts("/ciorne/"+d.ID+"/salveaza", append(asks("telefon"), "pas=cine", "telefon=07")...), 200)
	var answer map[string]string
	if err := json.NewDecoder(w.Body).Decode(&answer); err != nil || answer["saved"] != "14:32" {
		t.Errorf("the answer is %v, %v", answer, err)
	}
	if now := o.draft(ana, d.ID); now.Link() != "/ciorne/"+d.ID+"/cine#telefon" {
		t.Errorf("it goes on at %s", now.Link())
	}
	b.wants(b.posts("/ciorne/"+d.ID+"/salveaza", "pas=dragoni"), 404)
	b.as("").wants(b.posts("/ciorne/"+d.ID+"/salveaza", "pas=cine"), 401, `"status":401`, "!telefon")
	b.wants(b.sends("/ciorne/"+d.ID+"/fisier", map[string]string{"camp": "talon.fisier"}, sentFile{"fisier", "a.pdf", honest(t)}), 401)
	b.as("ana").wants(b.sends("/ciorne/"+d.ID+"/fisier", map[string]string{"camp": "tip"}, sentFile{"fisier", "a.pdf", honest(t)}), 404)
	b.wants(b.sends("/ciorne/"+d.ID+"/fisier", map[string]string{"camp": "talon.fisier"}), 422)
}

func TestNothingIsLostWhenTheSessionIsOver(t *testing.T) { eachTown(t, testOver) }

func testOver(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	b := visit(t, o.site())
	b.wants(b.get("/ciorne/"+d.ID+"/cine"), 303, "/cont/intra?inapoi=")
	w := b.sends("/ciorne/"+d.ID+"/acte", map[string]string{"cheie": "k", "intrebat": "acord", "intrebat ": "talon", "acord": "da", "talon": "nou"}, sentFile{"talon.fisier", "talon.pdf", honest(t)})
	b.wants(w, 303, "/cont/intra?inapoi=%2Fciorne%2F"+d.ID)
	b.wants(b.posts("/ciorne/"+d.ID+"/salveaza", append(asks("nota"), "pas=alte", "nota=târziu")...), 303, "/cont/intra")
	missing := b.posts("/ciorne/alta/cine", asks("nota")...)
	b.wants(missing, 303, "/cont/intra")
	request := httptest.NewRequest("GET", "/", nil)
	for _, c := range b.cookies {
		request.AddCookie(c)
	}
	wants(t, "claim", o.Claim(t.Context(), ana, o.site().VisitorOf(request)), nil)
	b.as("ana").wants(b.get("/ciorne/"+d.ID), 303, "/ciorne/"+d.ID+"/alte#nota")
	b.wants(b.get("/ciorne/"+d.ID+"/acte"), 200, "talon.pdf", `name="acord" value="da" checked`)
}

// TestRefusedLooksLikeMissing compares to the byte what a stranger sees of a
// draft with what they see of none.
func TestRefusedLooksLikeMissing(t *testing.T) { eachTown(t, testMissing) }

func testMissing(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	site := o.site()
	for _, person := range []string{"ion", "limited-no", ""} {
		b := visit(t, site).as(person)
		for _, path := range []string{"", "/cine", "/verifica", "/dragoni"} {
			hers, none := b.get("/ciorne/"+d.ID+path), b.get("/ciorne/0190"+d.ID[4:]+path)
			same(t, person+" GET "+path, hers, none, d.ID)
		}
		for _, path := range []string{"/cine", "/salveaza", "/trimite", "/sterge", "/restaureaza", "/fisier"} {
			hers, none := b.posts("/ciorne/"+d.ID+path, "pas=cine"), b.posts("/ciorne/0190"+d.ID[4:]+path, "pas=cine")
			same(t, person+" POST "+path, hers, none, d.ID)
		}
	}
	if now := o.draft(ana, d.ID); len(now.Values) != 3 || now.Edition != 1 {
		t.Errorf("the draft is %+v", now)
	}
}

var keys = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

func same(t *testing.T, what string, hers, none *httptest.ResponseRecorder, id string) {
	t.Helper()
	read := func(w *httptest.ResponseRecorder) string {
		body, _ := io.ReadAll(w.Body)
		return keys.ReplaceAllString(w.Header().Get("Location")+string(body), "…")
	}
	one, other := read(hers), read(none)
	if hers.Code != none.Code || one != other || hers.Code < 300 {
		t.Errorf("%s: %d and %d:\n%s\n%s", what, hers.Code, none.Code, one, other)
	}
}

func TestWhoMayAskIsSaidBeforehand(t *testing.T) { eachTown(t, testWho) }

func testWho(t *testing.T, o *town) {
	o.inCity()
	b := visit(t, o.site()).as("firm")
	b.wants(b.get("/incepe/abonament-parcare"), 200, "doar pentru persoane", "Schimbă dosarul", "!Începe cererea")
	b.wants(b.posts("/incepe/abonament-parcare"), 303, "/incepe/abonament-parcare")
	b.as("limited").wants(b.posts("/incepe/petitie"), 404)
	s, err := o.Catalog.Service("petitie", o.Today())
	wants(t, "the service", err, nil)
	closed := *s
	closed.Closed = []procedures.Closure{{From: o.Today(), To: o.Today().AddDays(5), Reason: procedures.Text{"ro": "Ne mutăm.", "en": "We move."}}}
	*s, closed = closed, *s
	defer func() { *s = closed }()
	b.as("ana").wants(b.get("/incepe/petitie"), 200, "Nu primim cereri până la 29 noiembrie 2026", "Ne mutăm.", "Începe cererea")
}

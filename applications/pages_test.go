package applications

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bega/cases"
	"bega/desk/desktest"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/web"
	"bega/procedures"
)

// The people of the town.
var ana, ion, clerk, chief = desktest.Ana, desktest.Ion, desktest.Clerk, desktest.Chief

// people are those who look at pages, as tests call them.
var people = map[string]act.Actor{"ana": ana, "ion": ion, "mara": desktest.Mara, "manager": desktest.Manager, "agent": desktest.Agent,
	"parker": desktest.Parker, "clerk": clerk}

// A town is a town hall with the pages of this room.
type town struct{ *desktest.Town }

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	desktest.Each(t, func(t *testing.T, o *desktest.Town) { test(t, &town{o}) }, Files)
}

// tick lets a day come.
func (o *town) tick(day string) {
	o.T.Helper()
	o.On(day)
	o.Must(o.Tick(o.T.Context()))
}

// site makes the site of the town.
func (o *town) site() *web.Site {
	site := o.Site()
	Mount(site, &Office{Cases: o.Office, Folder: o.Folder, Catalog: o.Catalog, Calendar: o.Calendar})
	return site
}

// A reader looks at pages.
type reader struct {
	t    *testing.T
	site *web.Site
	as   string
}

// send sends a request such as "GET /cereri".
func (b reader) send(request, body, kind string) *httptest.ResponseRecorder {
	b.t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	desktest.SignIn(r, people[b.as])
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	return w
}

// wants checks an answer: its status, and where it leads or what it says. What
// begins with "-" it does not say.
func (b reader) wants(request string, form url.Values, status int, says ...string) string {
	b.t.Helper()
	return b.check(request, b.send(request, form.Encode(), "application/x-www-form-urlencoded"), status, says)
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

func (b reader) check(request string, w *httptest.ResponseRecorder, status int, says []string) string {
	b.t.Helper()
	body := w.Body.String() + w.Header().Get("Location")
	plain := tags.ReplaceAllString(w.Body.String(), " ")
	if w.Code != status {
		b.t.Errorf("%s: %s: got %d to %q, want %d\n%.900s", b.as, request, w.Code, w.Header().Get("Location"), status, plain)
	}
	if strings.Contains(plain, "%!") {
		b.t.Errorf("%s: %s: a text and what it is about do not go together\n%.2000s", b.as, request, plain)
	}
	for _, what := range says {
		if not, ok := strings.CutPrefix(what, "-"); ok == strings.Contains(body, not) && (ok || !strings.Contains(plain, what)) {
			b.t.Errorf("%s: %s: says %q, or not as it should\n%.2000s", b.as, request, what, plain)
		}
	}
	return body
}

// upload sends a form with a file.
func (b reader) upload(request string, fields url.Values, element string, file []byte, status int, says ...string) string {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, value := range values {
			if err := form.WriteField(name, value); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	part, err := form.CreateFormFile(element, "plan.png")
	if err == nil {
		_, err = part.Write(file)
	}
	if err != nil || form.Close() != nil {
		b.t.Fatal(err)
	}
	return b.check(request, b.send(request, body.String(), form.FormDataContentType()), status, says)
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := o.site()
	b := reader{t, site, "ana"}
	b.wants("GET /cereri", nil, 200, "Nu ai trimis încă nicio cerere", "/servicii")
	c := o.Filed(ana, o.Urbanism(ana))
	at := "/cereri/" + c.ID
	b.wants("GET /cereri", nil, 200, "Certificat de urbanism", "UR2026-000001", "Trimisă", "Îți răspundem cel mult pe 16 decembrie 2026", "/ciorne")
	b.wants("GET "+at+"/confirmare", nil, 200, "Am primit cererea ta", "UR2026-000001", "data-copy", "cel mult pe 16 decembrie 2026", "/acte/"+c.Receipt+"/pdf", "/calendar.ics",
		"/plati/order-"+c.ID, "/renunta")
	b.wants("GET "+at, nil, 200, "a ajuns la Direcția Urbanism", "Îți răspundem cel mult pe 16 decembrie 2026", "Plătește taxa: 7,00 lei", "/plati/order-"+c.ID, "Primești răspunsul",
		"/acte/"+c.Receipt, "plan.png", "15 zile lucrătoare", "Nimeni nu a deschis-o încă", "/dosar/acces", "O casă cu un etaj.", "-Contestă", "-s-a oprit")
	ics := b.wants("GET "+at+"/calendar.ics", nil, 200, "BEGIN:VCALENDAR", "DTSTART;VALUE=DATE:20261216", "DTEND;VALUE=DATE:20261217", "SUMMARY:Răspuns la cererea UR2026-000001", "-Ionescu")
	if !strings.Contains(ics, "END:VEVENT\r\n") {
		t.Error("the lines of the calendar do not end as RFC 5545 asks")
	}
	for _, as := range []string{"ion", "parker", "manager", "clerk", "mara"} {
		stranger := reader{t, site, as}
		for _, page := range []string{"", "/confirmare", "/calendar.ics", "/renunta", "/completare/0193"} {
			stranger.wants("GET "+at+page, nil, 404, "-UR2026")
		}
		for _, form := range []string{"/mesaje", "/renunta", "/contesta", "/completare/0193"} {
			stranger.wants("POST "+at+form, url.Values{"cheie": {"k"}, "mesaj": {"Bună"}}, 404, "-UR2026")
		}
	}
	reader{t, site, ""}.wants("GET "+at, nil, 303, "/cont/intra?inapoi="+url.QueryEscape(at))
	reader{t, site, "agent"}.wants("GET "+at, nil, 200, "UR2026-000001")

	o.On("2026-11-24")
	o.Must(o.Desk.Claim(t.Context(), clerk, "c1", c.ID, 0, false))
	o.Look(clerk, c.ID)
	b.wants("GET "+at, nil, 200, "Verificăm", "Cererea ta e la Ioana M., Urbanism", "24 noiembrie 2026, ora 10:00", "-Munteanu")
	o.Must(o.Desk.Say(t.Context(), clerk, "s1", c.ID, "Vă sun mâine.", nil))
	b.wants("GET "+at, nil, 200, "Vă sun mâine.", "Nou")
	b.wants("GET "+at, nil, 200, "Vă sun mâine.", "-Nou")

	b.wants("POST "+at+"/mesaje", url.Values{"cheie": {"m1"}, "mesaj": {" "}}, 422, "Scrie mesajul")
	b.wants("POST "+at+"/mesaje", url.Values{"cheie": {"m2"}, "mesaj": {"<b>Bună</b>"}}, 303, at+"?trimis=1#mesaje")
	b.wants("GET "+at+"?trimis=1", nil, 200, "Mesajul a ajuns la noi", "&lt;b&gt;Bună", "-<b>Bună")
	b.upload("POST "+at+"/mesaje", url.Values{"cheie": {"m3"}, "mesaj": {"Cu o poză"}}, "fisiere", []byte("no picture"), 422, "Cu o poză", "plan.png", "nu este ce spune numele lui")
	b.upload("POST "+at+"/mesaje", url.Values{"cheie": {"m4"}, "mesaj": {"Cu o poză"}}, "fisiere", desktest.Picture(t), 303, at+"?trimis=1#mesaje")
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if last := v.Messages[len(v.Messages)-1]; len(last.Files) != 1 || len(v.Documents) != 2 {
		t.Errorf("the picture is not in the case: %+v", last)
	}

	o.On("2026-12-18")
	b.wants("GET "+at, nil, 200, "Am depășit termenul cu 2 zile", "Termenul era 16 decembrie 2026")
	b.wants("GET /cereri", nil, 200, "Am depășit termenul cu 2 zile")
	b.wants("GET "+at+"/renunta", nil, 200, "Renunți la cererea UR2026-000001?", "Nu mai ai de plătit taxa")
	b.wants("POST "+at+"/renunta", url.Values{"cheie": {"w0"}, "motiv": {strings.Repeat("a", 4001)}}, 422, "4000")
	b.wants("POST "+at+"/renunta", url.Values{"cheie": {"w1"}}, 303, at)
	b.wants("GET "+at, nil, 200, "Retrasă", "Ai renunțat la cerere pe 18 decembrie 2026", "-/renunta\"")
	b.wants("GET "+at+"/renunta", nil, 409, "s-a încheiat")
	b.wants("GET "+at+"/calendar.ics", nil, 404)
	b.wants("POST "+at+"/contesta", url.Values{"cheie": {"o1"}}, 409)
}

// TestPagesOfADecision: what was decided, in short, and how to contest it.
func TestPagesOfADecision(t *testing.T) { eachTown(t, testPagesOfADecision) }

func testPagesOfADecision(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	b := reader{t, o.site(), "ana"}
	o.Must(o.Desk.Propose(t.Context(), clerk, "p1", c.ID, 0, cases.Proposal{Outcome: cases.Refuse, Reason: o.Refusal(c), Detail: "Motivele în lege.", Plain: "Terenul are alt proprietar."}))
	b.wants("GET /cereri/"+c.ID, nil, 200, "În lucru", "a doua semnătură", "-alt proprietar")
	o.Must(o.Desk.Sign(t.Context(), chief, "s1", c.ID, 0))
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	b.wants("GET /cereri/"+c.ID, nil, 200, "Respinsă", "Terenul are alt proprietar.", "/acte/"+v.Proposal.Paper, "Dacă nu ești de acord", "Contestă decizia", "-Motivele în lege")
	b.wants("POST /cereri/"+c.ID+"/contesta", url.Values{"cheie": {"o1"}}, 303, "/ciorne/contestatie")
}

// TestJourneyOfAnAnswer is journey 4 of the usability bar: from the link in the
// mail, at most three pages, one typed field and one file.
func TestJourneyOfAnAnswer(t *testing.T) { eachTown(t, testJourneyOfAnAnswer) }

func testJourneyOfAnAnswer(t *testing.T, o *town) {
	c, ask := o.Asked()
	o.On("2026-12-07")
	at := "/cereri/" + c.ID + "/completare/" + ask
	site := o.site()
	b := reader{t, site, "ana"}
	reader{t, site, ""}.wants("GET "+at, nil, 303, "/cont/intra?inapoi="+url.QueryEscape(at))
	b.wants("GET /cereri/"+c.ID, nil, 200, "Așteptăm ceva de la tine", "Trimite ce lipsește", "Ne mai trebuie planul cadastral.", at, "pornește când primim",
		"Termenul legal s-a oprit 12 zile. De ce?")
	b.wants("GET /cereri", nil, 200, "Termenul stă pe loc")
	b.wants("GET "+at, nil, 200, "Ioana M., Urbanism îți cere: Plan cadastral", "15 decembrie 2026", "Ne mai trebuie planul cadastral.", `name="descriere"`, "O casă cu un etaj.",
		`name="act-plan-cadastral.fisier"`, "-name=\"suprafata\"", "-name=\"imobil\"")
	b.wants("GET /cereri/"+c.ID+"/calendar.ics", nil, 200, "DTSTART;VALUE=DATE:20261215")

	b.wants("POST "+at, url.Values{"cheie": {"r1"}, "descriere": {""}}, 422, "Alege un document din dosar", "Mai ai 2 lucruri de corectat")
	b.wants("POST "+at, url.Values{"cheie": {"r2"}, "descriere": {"O casă cu două etaje."}, "act-plan-cadastral": {"nou"}}, 422, "Alege un document", "O casă cu două etaje.")
	b.upload("POST "+at, url.Values{"cheie": {"r3"}, "descriere": {"O casă cu două etaje."}}, "act-plan-cadastral.fisier", []byte("%PDF-"), 422, "plan.png", "O casă cu două etaje.")

	// With JavaScript, the file is sent first.
	sent := b.upload("POST /cereri/"+c.ID+"/fisier", url.Values{"camp": {"act-plan-cadastral.fisier"}}, "fisier", desktest.Picture(t), 201, `"media":"image/png"`)
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(sent)[1]
	b.wants("POST "+at, url.Values{"cheie": {"r4"}, "descriere": {""}, "act-plan-cadastral": {"nou"}, "act-plan-cadastral.fisier.id": {id}}, 422, "plan.png", id, "Mai ai un lucru", "-Alege un document din")
	b.wants("POST "+at, url.Values{"cheie": {"r5"}, "descriere": {"O casă."}, "act-plan-cadastral": {"nou"}, "act-plan-cadastral.fisier.id": {id}, "act-plan-cadastral.fisier.sterge": {id}}, 422, "O casă.", "-"+id+"\"/>")
	if o.Get(c.ID).State != cases.Asked {
		t.Fatal("what was wrong was taken")
	}
	b.upload("POST "+at, url.Values{"cheie": {"r6"}, "descriere": {"O casă cu două etaje."}}, "act-plan-cadastral.fisier", desktest.Picture(t), 303, at)
	b.upload("POST "+at, url.Values{"cheie": {"r6"}, "descriere": {"O casă cu două etaje."}}, "act-plan-cadastral.fisier", desktest.Picture(t), 303, at)
	b.wants("GET "+at, nil, 200, "Ioana M., Urbanism a primit ce ai trimis", "Îți răspundem cel mult pe 24 decembrie 2026", "-<form action")
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if v.State != cases.Answered || v.Answers["descriere"] != "O casă cu două etaje." || len(v.Documents) != 2 || v.Documents[1].Type != "plan-cadastral" {
		t.Errorf("the answer is %s, %v, %d documents", v.State, v.Answers, len(v.Documents))
	}
	b.wants("GET /cereri/"+c.ID, nil, 200, "Ai trimis ce ți-am cerut", "S-a oprit pe 25 noiembrie 2026 și a pornit din nou pe 7 decembrie 2026")
}

// TestAnswerFromTheFolder: nothing to upload, one choice.
func TestAnswerFromTheFolder(t *testing.T) { eachTown(t, testAnswerFromTheFolder) }

func testAnswerFromTheFolder(t *testing.T, o *town) {
	plan := o.Give(ana, "plan-cadastral")
	c := o.Filed(ana, o.Urbanism(ana))
	o.Must(o.Desk.Ask(t.Context(), clerk, "a1", c.ID, 0, cases.Ask{Text: "Alege planul.", Documents: []string{"plan-cadastral"}, Reason: "Nu știm care e cel nou."}))
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	ask, _ := v.Waiting()
	b := reader{t, o.site(), "ana"}
	at := "/cereri/" + c.ID + "/completare/" + ask.ID
	b.wants("GET "+at, nil, 200, "Folosește-l pe cel din dosar", `value="`+plan+`"`, "Nu știm care e cel nou.")
	b.wants("POST "+at, url.Values{"cheie": {"r1"}, "act-plan-cadastral": {plan}}, 303, at)
	o.tick("2027-06-01")
	b.wants("GET "+at, nil, 200, "a primit ce ai trimis")
}

// TestARequestThatLapsed says so, and leads to a message.
func TestARequestThatLapsed(t *testing.T) { eachTown(t, testARequestThatLapsed) }

func testARequestThatLapsed(t *testing.T, o *town) {
	c, ask := o.Asked()
	o.tick("2027-03-01")
	b := reader{t, o.site(), "ana"}
	b.wants("GET /cereri/"+c.ID+"/completare/"+ask, nil, 200, "Solicitarea nu mai e deschisă", "#mesaje")
	b.wants("GET /cereri/"+c.ID, nil, 200, "Nu am primit răspunsul până pe 25 februarie 2027")
}

func TestTrackPage(t *testing.T) { eachTown(t, testTrackPage) }

func testTrackPage(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	b := reader{t, o.site(), ""}
	b.wants("GET /urmareste", nil, 200, "Nu ai nevoie de cont", "-Direcția")
	b.wants("GET /urmareste?numar=ur2026-000001&cod="+c.Receipt, nil, 200, "Cererea UR2026-000001", "Trimisă", "Certificat de urbanism", "Direcția Urbanism", "16 decembrie 2026", "-Ionescu", "-"+c.ID)
	b.wants("GET /urmareste?numar=UR2026-000001&cod=7K4Q-M2XD-9R", nil, 404, "Nu găsim nicio cerere", `value="UR2026-000001"`)
	b.wants("GET /urmareste?numar=UR2026-000002", nil, 404, "Nu găsim nicio cerere")
}

// TestObjectionPages show each other.
func TestObjectionPages(t *testing.T) { eachTown(t, testObjectionPages) }

func testObjectionPages(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	o.Must(o.Desk.Propose(t.Context(), clerk, "p1", c.ID, 0, cases.Proposal{Outcome: cases.Approve}))
	o.Must(o.Desk.Sign(t.Context(), chief, "s1", c.ID, 0))
	objection := o.Filed(ana, cases.Application{Draft: db.NewID(), Service: "contestatie", Version: 1, Objects: c.ID,
		Answers: procedures.Answers{"cauza": c.Number.String(), "motive": "Suprafața este alta."}})
	b := reader{t, o.site(), "ana"}
	b.wants("GET /cereri/"+c.ID, nil, 200, "Contestația ta", objection.ID, "Ai contestat decizia", "Gata")
	b.wants("GET /cereri/"+objection.ID, nil, 200, "Cererea contestată", c.ID)
	b.wants("GET /cereri", nil, 200, "Încheiate", "În lucru", "Contestație")
}

package desk_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bega/cases"
	"bega/desk/desktest"
	"bega/internal/act"
)

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

// A step is a request, and what comes of it: a body that has a text and lacks
// another, or where it leads.
type step struct {
	actor     act.Actor
	request   string
	form      url.Values
	status    int
	want, not string
}

func (o *town) walk(steps []step) {
	o.T.Helper()
	for i, s := range steps {
		w := o.send(s.actor, s.request, s.form)
		said := w.Body.String()
		if s.status == 303 {
			said = w.Header().Get("Location")
		}
		if w.Code != s.status || !strings.Contains(said, s.want) || s.not != "" && strings.Contains(said, s.not) {
			said = tags.ReplaceAllString(said, " ")
			o.T.Errorf("%d %s %s: got %d, want %d with %q and without %q:\n%s", i, s.actor.Person, s.request, w.Code, s.status, s.want, s.not, said[:min(len(said), 1500)])
		}
	}
}

func TestLists(t *testing.T) { eachTown(t, testLists) }

func testLists(t *testing.T, o *town) {
	o.Call("ana", "Ana <b> Ionescu-Demo")
	first, other := o.certificate(ana), o.certificate(agent)
	o.walk([]step{
		{clerk, "GET /lucru", nil, 200, "Take the next case (free: 2)", first.Number.String()},
		{clerk, "GET /lucru/echipa", nil, 200, "Ana &lt;b&gt; Ionescu-Demo", "Ana <b>"},
		{clerk, "GET /lucru/echipa", nil, 200, "by Ion Pop-Demo", ""},
		{clerk, "GET /lucru/echipa?doar=termen", nil, 200, "No case fits", first.Number.String()},
		{clerk, "GET /lucru/echipa?doar=libere&ordine=depusa&serviciu=certificat-de-urbanism", nil, 200, `aria-sort="ascending"`, "No case fits"},
		{clerk, "GET /lucru/echipa?doar=nimic&pagina=-3&ordine=x&serviciu=nimic", nil, 200, "No case fits", ""},
		{clerk, "GET /lucru/echipa?serviciu=%00", nil, 404, "", ""},
		{clerk, "GET /lucru/caz/%00", nil, 404, "", ""},
		{merchant, "GET /lucru/echipa", nil, 200, "No case fits", "Ana"},
		{clerk, "GET /lucru/cauta", nil, 200, "Number, or name of the applicant", ""},
		{clerk, "POST /lucru/cauta", url.Values{"cauta": {" "}}, 422, "Enter a number or a name", ""},
		{clerk, "POST /lucru/cauta", url.Values{"cauta": {"ionescu"}}, 200, "2 cases found", ""},
		{clerk, "POST /lucru/cauta", url.Values{"cauta": {"2"}}, 200, other.Number.String(), first.Number.String()},
		{merchant, "POST /lucru/cauta", url.Values{"cauta": {"ionescu"}}, 200, "0 cases found", ""},
		{clerk, "POST /lucru/urmatorul", url.Values{"cheie": {"t1"}}, 303, "/lucru/caz/" + first.ID, ""},
		{clerk, "POST /lucru/urmatorul", url.Values{"cheie": {"t1"}}, 303, "/lucru/caz/" + first.ID, ""},
		{second, "POST /lucru/urmatorul", url.Values{"cheie": {"t2"}}, 303, "/lucru/caz/" + other.ID, ""},
		{second, "POST /lucru/urmatorul", url.Values{"cheie": {"t3"}}, 303, "/lucru?niciunul=1", ""},
		{second, "GET /lucru?niciunul=1", nil, 200, "No case is free any more", ""},
		{clerk, "GET /lucru", nil, 200, first.Number.String(), other.Number.String()},
		{counter, "GET /lucru", nil, 303, "/lucru/ghiseu", ""},
		{officer, "GET /lucru", nil, 200, "Done for today", "Take the next"},
		{counter, "GET /lucru/echipa", nil, 404, "", "Ana"},
		{ana, "GET /lucru", nil, 404, "", "Take the next"},
		{act.Actor{}, "GET /lucru/echipa", nil, 303, "/cont/intra?inapoi=%2Flucru%2Fechipa", ""},
	})
}

func TestCase(t *testing.T) { eachTown(t, testCase) }

func testCase(t *testing.T, o *town) {
	o.Call("ana", "Ana <b> Ionescu-Demo")
	c := o.certificate(agent)
	path := "/lucru/caz/" + c.ID
	docs := o.Look(second, c.ID).Documents
	o.Must(o.Write(t.Context(), ana, "w", c.ID, "Bună ziua, <script>", nil))
	with := func(edition int, more ...string) url.Values {
		form := url.Values{"cheie": {fmt.Sprint("c", edition, more)}, "editia": {fmt.Sprint(edition)}, "vazut": {"1"}}
		for i := 0; i < len(more); i += 2 {
			form.Add(more[i], more[i+1])
		}
		return form
	}
	o.walk([]step{
		{clerk, "GET " + path, nil, 200, "Vlad Dinu-Demo has the case open now", "<i>mică"},
		{clerk, "GET " + path, nil, 200, "The fee of RON 7.00 has not been paid", ""},
		{clerk, "GET " + path, nil, 200, "It was sent by Ion Pop-Demo", ""},
		{clerk, "GET " + path + "?fila=mesaje", nil, 200, "Bună ziua, &lt;script&gt;", ""},
		{clerk, "GET " + path + "?fila=istoric", nil, 200, "Cererea a fost înregistrată", ""},
		{clerk, "GET " + path + "?doc=" + docs[1].ID + "&rotire=-1&marire=9", nil, 200, `class="sheet r3 z3"`, "<iframe"},
		{clerk, "GET " + path + "?doc=" + docs[0].ID, nil, 200, `<iframe class="view" src="` + path + "/document/" + docs[0].ID, `class="sheet`},
		{clerk, "GET " + path + "/document/" + docs[0].ID, nil, 200, "%PDF", ""},
		{merchant, "GET " + path + "/document/" + docs[0].ID, nil, 404, "", "%PDF"},
		{clerk, "GET " + path + "/document/nimic", nil, 404, "", ""},
		{clerk, "POST " + path + "/document/" + docs[0].ID + "/certifica", with(1, "x", "1"), 303, path + "?doc=" + docs[0].ID, ""},
		{clerk, "POST " + path + "/document/" + docs[0].ID + "/certifica", with(1, "x", "2"), 409, "Ana &lt;b&gt;", ""},
		{clerk, "GET " + path, nil, 200, "compared with the original", ""},
		{clerk, "POST " + path + "/preia", with(1), 303, path, ""},
		{second, "POST " + path + "/preia", with(1, "y", "1"), 409, "An official has taken the application", ""},
		{second, "POST " + path + "/preia", with(2, "y", "2"), 409, "Take the case from Ioana", ""},
		{second, "POST " + path + "/lasa", with(2, "y", "3"), 409, "Ioana", ""},
		{second, "POST " + path + "/preia", with(2, "dela", "ioana"), 303, path, ""},
		{second, "POST " + path + "/lasa", with(3, "y", "4"), 303, path, ""},
		{clerk, "POST " + path + "/nota", url.Values{"cheie": {"n1"}, "nota": {" "}}, 422, `id="nota-error"`, ""},
		{clerk, "POST " + path + "/nota", url.Values{"cheie": {"n2"}, "nota": {"De verificat."}}, 303, path + "?fila=mesaje", ""},
		{clerk, "GET " + path + "/trimite", nil, 200, "Department", ""},
		{clerk, "POST " + path + "/trimite", with(4, "motiv", "Nu e la noi."), 422, "Nu e la noi.", ""},
		{clerk, "POST " + path + "/trimite", with(4, "compartiment", "comert"), 422, `id="motiv-error"`, ""},
		{head, "GET " + path, nil, 200, "Send on", "Extend the term"}, // the law does not let a certificate wait
		{chief, "GET " + path, nil, 200, "Ana &lt;b&gt;", "Approve"},
		{clerk, "POST " + path + "/trimite", with(4, "compartiment", "comert", "motiv", "Nu e la noi."), 303, "/lucru", ""},
		{clerk, "GET " + path, nil, 404, "", "Ana"},
		{merchant, "GET " + path + "?fila=mesaje", nil, 200, "Nu e la noi.", ""},
	})
	petition := o.Filed(ana, desktest.Petition("altul"))
	path = "/lucru/caz/" + petition.ID
	o.walk([]step{
		{greeter, "GET " + path, nil, 200, "Extend the term", ""},
		{greeter, "GET " + path, nil, 200, "The application has no documents", ""},
		{greeter, "GET " + path + "/prelungire", nil, 200, "23 December 2026", ""},
		{greeter, "POST " + path + "/prelungire", with(1, "z", "1"), 422, `id="motiv-error"`, ""},
		{greeter, "POST " + path + "/prelungire", with(1, "motiv", "Mergem acolo."), 303, path, ""},
		{greeter, "GET " + path, nil, 200, "7 January 2027", "Extend the term"},
	})
	o.Wait(60 * 24 * time.Hour)
	o.walk([]step{
		{greeter, "GET " + path, nil, 200, "The term has been over for", ""},
		{greeter, "GET /lucru/echipa?doar=termen", nil, 200, "days late", ""},
	})
}

// TestSay sends a message with a file, and one that cannot be sent.
func TestSay(t *testing.T) { eachTown(t, testSay) }

func testSay(t *testing.T, o *town) {
	c := o.certificate(ana)
	post := func(actor act.Actor, key, text, name string, data []byte) *httptest.ResponseRecorder {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		o.Must(form.WriteField("cheie", key))
		o.Must(form.WriteField("mesaj", text))
		file, err := form.CreateFormFile("fisiere", name)
		o.Must(err)
		_, err = file.Write(data)
		o.Must(err)
		o.Must(form.Close())
		r := httptest.NewRequest("POST", "/lucru/caz/"+c.ID+"/mesaj", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		return o.serve(actor, r)
	}
	if w := post(clerk, "k1", "Uite schița", "a.exe", []byte("MZ")); w.Code != 422 || !strings.Contains(w.Body.String(), `id="fisiere-error"`) || !strings.Contains(w.Body.String(), "Uite schița") {
		t.Errorf("a program: %d\n%s", w.Code, tags.ReplaceAllString(w.Body.String(), " "))
	}
	if w := post(clerk, "k2", " ", "a.png", desktest.Picture(t)); w.Code != 422 || !strings.Contains(w.Body.String(), `id="mesaj-error"`) {
		t.Errorf("no text: %d", w.Code)
	}
	if w := post(merchant, "k3", "Bună", "a.png", desktest.Picture(t)); w.Code != 404 {
		t.Errorf("another department: %d", w.Code)
	}
	if w := post(clerk, "k4", "Uite schița", "Schiță.png", desktest.Picture(t)); w.Code != 303 {
		t.Errorf("a sketch: %d\n%s", w.Code, tags.ReplaceAllString(w.Body.String(), " "))
	}
	o.walk([]step{{clerk, "GET /lucru/caz/" + c.ID + "?fila=mesaje", nil, 200, "Schiță.png", "a.exe"}})
}

func TestAskPage(t *testing.T) { eachTown(t, testAskPage) }

func testAskPage(t *testing.T, o *town) {
	o.GiveFile(ana, "plan-cadastral", "Plan vechi.png", desktest.Picture(t))
	c := o.certificate(ana)
	path := "/lucru/caz/" + c.ID + "/completare"
	template := o.Look(clerk, c.ID).Of.Corrections[0]
	form := func(key string, more ...string) url.Values {
		f := url.Values{"cheie": {key}, "editia": {"1"}, "vazut": {"1"}, "sablon": {template.Key},
			"text": {"Planul nu se vede."}, "document": {"plan-situatie"}, "termen.zi": {"30"}, "termen.luna": {"11"}, "termen.an": {"2026"}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	o.walk([]step{
		{clerk, "GET " + path, nil, 200, template.Title.In("en"), "The e-mail that they get"},
		{clerk, "GET " + path + "?sablon=" + template.Key, nil, 200, template.Text.In("ro"), ""},
		{clerk, "GET " + path, nil, 200, "The city already has it", ""},
		{chief, "GET " + path, nil, 404, "", "Ana"},
		{clerk, "POST " + path, form("a1", "vezi", "da"), 200, "we need, until 30 November 2026: Plan de situație", ""},
		{clerk, "POST " + path, form("a2", "text", ""), 422, `id="text-error"`, ""},
		{clerk, "POST " + path, form("a3", "document", "nimic"), 422, "Planul nu se vede.", ""},
		{clerk, "POST " + path, form("a4", "termen.zi", "31"), 422, `value="31"`, ""},
		{clerk, "POST " + path, form("a5", "termen.an", "2025"), 422, `id="termen-error"`, ""},
		{clerk, "POST " + path, form("a6", "document", "plan-cadastral"), 422, `id="motiv-error"`, ""},
	})
	o.Wait(time.Minute)
	o.Must(o.Desk.Claim(t.Context(), clerk, "k", c.ID, 1, false))
	o.walk([]step{
		// Meanwhile the case has changed: what was typed is there, and so is what happened.
		{clerk, "POST " + path, form("a7"), 409, "An official has taken the application", ""},
		{clerk, "POST " + path, form("a8"), 409, "Planul nu se vede.", ""},
		{clerk, "POST " + path, form("a9"), 409, `name="editia" value="2"`, ""},
		{clerk, "POST " + path, form("b1", "editia", "x"), 409, "", ""},
		{clerk, "POST " + path, form("b2", "editia", "2"), 303, "/lucru/caz/" + c.ID + "?trimis=1", ""},
		{clerk, "GET /lucru/caz/" + c.ID + "?trimis=1", nil, 200, "waiting for the applicant’s answer until 30 November 2026", "Approve"},
	})
}

func TestDecidePages(t *testing.T) { eachTown(t, testDecidePages) }

func testDecidePages(t *testing.T, o *town) {
	c, next := o.certificate(ana), o.certificate(agent)
	path := "/lucru/caz/" + c.ID
	reason := o.Look(clerk, c.ID).Of.Refusals[0]
	form := func(key, kind string, edition int, more ...string) url.Values {
		f := url.Values{"cheie": {key}, "fel": {kind}, "editia": {fmt.Sprint(edition)}, "vazut": {"1"}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	o.walk([]step{
		{clerk, "GET " + path + "/decizie", nil, 303, path, ""},
		{clerk, "GET " + path + "/decizie?fel=aprobare", nil, 200, "numărul UR2026-000001 din 23 noiembrie 2026", "{{"},
		{clerk, "GET " + path + "/decizie?fel=aprobare", nil, 200, "Send to be signed", "Sign and send"},
		{chief, "GET " + path + "/decizie?fel=aprobare", nil, 404, "", "Ana"},
		{clerk, "GET " + path + "/decizie?fel=respingere", nil, 200, reason.Title.In("en"), "textarea"},
		{clerk, "GET " + path + "/decizie?fel=respingere&motiv=" + reason.Key, nil, 200, reason.Plain.In("ro"), ""},
		{clerk, "GET " + path + "/decizie?fel=inchidere", nil, 200, "Close without a decision", ""},
		{clerk, "POST " + path + "/decizie", form("d1", "respingere", 1, "motiv", reason.Key, "pescurt", "Nu se poate."), 422, `id="motivare-error"`, ""},
		{clerk, "POST " + path + "/decizie", form("d2", "respingere", 1, "motiv", reason.Key, "motivare", "Zona este verde."), 422, `id="pescurt-error"`, ""},
		{clerk, "POST " + path + "/decizie", form("d3", "respingere", 1, "motiv", reason.Key, "motivare", "Zona este verde.", "vezi", "da"), 200, "<p>Zona este verde.</p>", ""},
		{clerk, "POST " + path + "/decizie", form("d4", "aprobare", 1, "text", "Alt text.", "vezi", "da"), 200, "<p>Alt text.</p>", "{{"},
		{clerk, "POST " + path + "/decizie", form("d5", "aprobare", 1), 303, "/lucru/caz/" + next.ID + "?gata=UR2026-000001", ""},
		{clerk, "GET /lucru/caz/" + next.ID + "?gata=UR2026-000001", nil, 200, "Case UR2026-000001 is done. Next: UR2026-000002.", ""},
		{clerk, "GET " + path, nil, 200, "waiting for the second signature", "See and sign"},
		{clerk, "GET " + path + "/semnare", nil, 404, "", ""},
		{chief, "GET /lucru", nil, 200, "1 decision to sign", ""},
		{chief, "GET " + path, nil, 200, "See and sign", ""},
		{chief, "GET " + path + "/semnare", nil, 200, "Proposed by Ioana Munteanu-Demo", ""},
		{chief, "POST " + path + "/intoarce", form("s1", "", 2), 422, `id="motiv-error"`, ""},
		{chief, "POST " + path + "/intoarce", form("s2", "", 2, "motiv", "Mai verifică."), 303, "/lucru?gata=UR2026-000001", ""},
		{clerk, "GET " + path, nil, 200, "Mai verifică.", ""},
		{clerk, "POST " + path + "/decizie", form("d6", "aprobare", 3), 303, "/lucru/caz/" + next.ID, ""},
		{chief, "POST " + path + "/semnare", form("s3", "", 3), 409, "The proposal was sent back", ""},
		{chief, "POST " + path + "/semnare", form("s4", "", 4), 303, "/lucru?gata=UR2026-000001", ""},
		{chief, "GET /lucru?gata=UR2026-000001", nil, 200, "Case UR2026-000001 is done", ""},
		{chief, "POST " + path + "/semnare", form("s5", "", 5), 409, "The decision was signed on", ""},
		{chief, "GET " + path + "/semnare", nil, 303, path, ""},
		{clerk, "GET " + path, nil, 200, "See the decision", "Approve"},
		{clerk, "GET " + path, nil, 200, "The documents are the applicant’s alone again", ""},
		{clerk, "POST " + path + "/decizie", form("d7", "aprobare", 5), 409, "UR2026-000001", ""},
	})
	petition := o.Filed(ana, desktest.Petition("altul")) // one signature is enough there
	path = "/lucru/caz/" + petition.ID
	o.walk([]step{
		{greeter, "GET " + path + "/decizie?fel=aprobare", nil, 200, "Sign and send", "Send to be signed"},
		{greeter, "POST " + path + "/decizie", form("p1", "aprobare", 1), 303, "/lucru?gata=SC2026-000001", ""},
	})
	if d := o.Look(greeter, petition.ID); d.State != cases.Approved || d.Proposal.Text != "" {
		t.Errorf("the petition is %s, with the text %q", d.State, d.Proposal.Text)
	}
}

// TestUnchangedTextStaysTheServices: what the page showed and the clerk left alone
// is no text of their own.
func TestUnchangedTextStaysTheServices(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		c := o.certificate(ana)
		paper, err := o.Desk.Preview(t.Context(), clerk, c.ID, cases.Proposal{Outcome: cases.Approve})
		o.Must(err)
		text := strings.ReplaceAll(paper.Text, "\n", "\r\n") // as browsers send it
		o.walk([]step{{clerk, "POST /lucru/caz/" + c.ID + "/decizie", url.Values{"cheie": {"k"}, "fel": {"aprobare"}, "editia": {"1"}, "text": {text}}, 303, "/lucru", ""}})
		if d := o.Look(clerk, c.ID); d.Proposal == nil || d.Proposal.Text != "" {
			t.Errorf("the proposal is %+v", d.Proposal)
		}
	})
}

// TestRefusedLooksLikeMissing compares, to the byte, what a stranger is told about
// a case that is and about one that is not.
func TestRefusedLooksLikeMissing(t *testing.T) { eachTown(t, testRefused) }

func testRefused(t *testing.T, o *town) {
	c := o.certificate(ana)
	doc := o.Look(clerk, c.ID).Documents[0].ID
	for i, request := range []string{"GET /lucru/caz/%", "GET /lucru/caz/%/document/" + doc, "GET /lucru/caz/%/completare", "GET /lucru/caz/%/decizie?fel=aprobare",
		"GET /lucru/caz/%/trimite", "GET /lucru/caz/%/semnare", "GET /lucru/caz/%/prelungire", "POST /lucru/caz/%/preia", "POST /lucru/caz/%/lasa", "POST /lucru/caz/%/nota",
		"POST /lucru/caz/%/trimite", "POST /lucru/caz/%/completare", "POST /lucru/caz/%/decizie", "POST /lucru/caz/%/semnare", "POST /lucru/caz/%/intoarce",
		"POST /lucru/caz/%/prelungire", "POST /lucru/caz/%/document/" + doc + "/certifica"} {
		for _, actor := range []act.Actor{merchant, ana, counter, desktest.Official("x", "comert", act.Clerk, act.Head, act.Signatory)} {
			form := url.Values{"cheie": {fmt.Sprint("a", i)}, "editia": {"1"}, "motiv": {"m"}, "compartiment": {"juridic"}, "nota": {"n"}, "text": {"t"}, "fel": {"aprobare"},
				"document": {"talon"}, "termen.zi": {"30"}, "termen.luna": {"11"}, "termen.an": {"2026"}}
			if actor.Person == "dana" && strings.HasSuffix(request, "/certifica") {
				continue // originals are brought to the counter
			}
			one := o.send(actor, strings.Replace(request, "%", c.ID, 1), form)
			form.Set("cheie", fmt.Sprint("b", i))
			none := o.send(actor, strings.Replace(request, "%", "nimic", 1), form)
			if one.Code != 404 || none.Code != 404 || keyless(one.Body.String()) != keyless(none.Body.String()) {
				t.Errorf("%s, %s: %d for one that is, %d for one that is not", actor.Person, request, one.Code, none.Code)
			}
		}
	}
}

func keyless(page string) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(page, "KEY")
}

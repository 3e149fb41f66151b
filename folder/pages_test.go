package folder

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/db"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
)

// open makes the site of a town. Its visitors say in a header who they are.
func open(t *testing.T, o *town) *web.Site {
	t.Helper()
	site := web.New(web.Config{Texts: o.Texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: o.Zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial al Primăriei Municipiului Timișoara",
				Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, între 8 și 16"}
		},
		Identify: func(r *http.Request) (web.Visitor, error) {
			var v web.Visitor
			if err := json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor); err != nil {
				return v, err
			}
			v.Who.SignedIn, v.Who.Staff, v.Who.Name = v.Actor.SignedIn(), v.Actor.Staff(), "Ștefania"
			return v, nil
		}})
	Mount(site, o.Office)
	return site
}

// send sends a request such as "GET /dosar/documente".
func send(t *testing.T, site *web.Site, actor act.Actor, request, kind string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
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

const formType = "application/x-www-form-urlencoded"

// form returns a form with a file, as a browser sends it.
func form(t *testing.T, fields map[string]string, name string, file []byte) (kind string, body []byte) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for key, value := range fields {
		if err := w.WriteField(key, value); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreateFormFile("fisier", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	return w.FormDataContentType(), out.Bytes()
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

func plain(page string) string {
	page = tags.ReplaceAllString(page, " ")
	return page[:min(len(page), 900)]
}

// fill puts documents of every kind into Ana's folder, and returns one that a
// case uses and one that it does not.
func (o *town) fill(t *testing.T) (used, free Document) {
	t.Helper()
	today := o.today()
	used = o.add(t, ana, "talon", func(n *New) {
		n.File, n.Number, n.Until = scan(t, "Talon TM 07 ABC"), "TM 07 ABC", today.AddDays(12)
	})
	free = o.add(t, ana, "carte-identitate", func(n *New) { n.Until = date("2031-05-04") })
	o.add(t, agent, "talon", func(n *New) { n.Until = today.AddDays(-40) })
	o.add(t, counter, "extras-cf", func(n *New) { n.Owner, n.IssuedOn, n.Number = "ana", today, "401234" })
	err := o.in(t, ana, act.FileCase, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Issue(ctx, tx, Document{Owner: "ana", Type: "certificat-fiscal", Name: "Certificat fiscal", Issuer: "Municipiul Timișoara", Paper: "7K4Q-M2XD-9R",
			IssuedOn: today, Until: today.AddDays(30), Case: "case-2"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.consent(t, ana, "case-1", used.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.Certify(t.Context(), clerk, db.NewID(), used.ID, "case-1"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Open(t.Context(), clerk, used.ID, "case-1"); err != nil {
		t.Fatal(err)
	}
	return used, free
}

func TestPages(t *testing.T) { eachTown(t, testPages) }

func testPages(t *testing.T, o *town) {
	site := open(t, o)
	if w := send(t, site, ana, "GET /dosar/documente", "", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "Your documents will be here") {
		t.Errorf("an empty folder: %d\n%s", w.Code, plain(w.Body.String()))
	}
	used, free := o.fill(t)
	openings, err := o.OpeningsOf(t.Context(), ana, used.ID)
	if err != nil || len(openings) != 2 {
		t.Fatal(len(openings), err)
	}
	path := "/dosar/documente/" + used.ID
	for i, step := range []struct {
		actor     act.Actor
		request   string
		status    int
		want, not string // in the body, or where it leads
	}{
		{ana, "GET /dosar/documente", 200, "Expires in 12 days", "You have no"},
		{ana, "GET /dosar/documente", 200, "Verified by the town hall", ""},
		{ana, "GET /dosar/documente", 200, "Expired on 15 October 2026", ""},
		{ana, "GET /dosar/documente?q=tm07abc", 200, "1 document", "Carte de identitate"},
		{ana, "GET /dosar/documente?q=" + url.QueryEscape("CARTE funciara"), 200, "401234", "TM 07"},
		{ana, "GET /dosar/documente?q=nimic", 200, "0 documents", "TM 07"},
		{ana, "GET /dosar/documente?stare=expira", 200, "TM 07 ABC", "401234&nbsp;"},
		{ana, "GET /dosar/documente?stare=expirate", 200, "1 document", "Certificat fiscal"},
		{ana, "GET /dosar/documente?sursa=issued", 200, "Certificat fiscal", "TM 07"},
		{agent, "GET /dosar/documente", 200, "TM 07 ABC", ""},
		{ion, "GET /dosar/documente", 200, "Your documents will be here", "TM 07"},
		{parker, "GET /dosar/documente", 404, "", "TM 07"},
		{nobody, "GET /dosar/documente", 303, "/cont/intra?inapoi=%2Fdosar%2Fdocumente", ""},

		{ana, "GET " + path, 200, "TM 07 ABC", "Removed"},
		{ana, "GET " + path, 200, "UR2026-000001", ""},
		{ana, "GET " + path, 200, "clerk, Direcția urbanism", "maria"},
		{ana, "GET " + path, 200, "An application in progress uses the document", "Remove from the folder<"},
		{ana, "GET " + path, 200, "<iframe", ""},
		{ana, "GET /dosar/documente/" + free.ID, 200, "<img", "<iframe"},
		{ana, "GET /dosar/documente/" + free.ID, 200, "None. You alone see it.", ""},
		{parker, "GET " + path, 200, "TM 07 ABC", "Who opened it"},
		{ion, "GET " + path, 404, "cannot find the document", "TM 07"},
		{clerk, "GET " + path, 404, "cannot find the document", "TM 07"},
		{ana, "GET " + path + "/fisier", 200, "%PDF", ""},
		{clerk, "GET " + path + "/fisier?caz=case-1", 200, "%PDF", ""},
		{clerk, "GET " + path + "/fisier?caz=case-9", 404, "cannot find the document", "%PDF"},
		{other, "GET " + path + "/fisier?caz=case-1", 404, "cannot find the document", "%PDF"},

		{ana, "GET /dosar/acces", 200, "Seen by a person", "Automatic, nobody read it"},
		{ana, "GET /dosar/acces?cine=toate", 200, "Automatic, nobody read it", ""},
		{ana, "GET /dosar/acces", 200, "To work on the application", ""},
		{ana, "GET /dosar/acces?cine=automat", 200, "Automatic", "Seen by a person"},
		{ana, "GET /dosar/acces?cine=deschideri", 200, "Application UR2026-000001", "Automatic, nobody"},
		{ion, "GET /dosar/acces", 200, "Nobody at the town hall", "UR2026"},
		{parker, "GET /dosar/acces", 404, "", "UR2026"},
		{ana, "GET /dosar/istoric", 200, "Application UR2026-000001: Certificat de urbanism", "maria"},
		{ana, "GET /dosar/istoric", 200, "Ion Ionescu-Demo, on your behalf", ""},
		{ana, "GET /dosar/istoric?cine=oameni", 200, "· you", "clerk"},
		{ana, "GET /dosar/istoric?inainte=" + openings[1].ID, 200, "History", "Direcția urbanism · To work"},
		{parker, "GET /dosar/istoric", 404, "", "UR2026"},

		{ana, "POST /dosar/acces/" + openings[0].ID + "/intreaba", 303, "/cereri/ciorna/" + openings[0].ID, ""},
		{ion, "POST /dosar/acces/" + openings[0].ID + "/intreaba", 404, "", ""},
		{ana, "POST " + path + "/scoate", 409, "An application in progress uses the document", ""},
		{ion, "POST " + path + "/scoate", 404, "cannot find the document", ""},
		{ana, "POST /dosar/documente/" + free.ID + "/scoate", 303, "/dosar/documente?gata=scos", ""},
		{ana, "GET /dosar/documente?gata=scos", 200, "We removed the document", "4 May 2031"},

		{ana, "GET /dosar/export", 200, "Prepare a copy", "Being prepared"},
		{ana, "POST /dosar/export", 303, "/dosar/export", ""},
		{ana, "GET /dosar/export", 200, "Being prepared", "Prepare a copy"},
		{parker, "GET /dosar/export", 404, "", "Prepare"},
		{ana, "GET /dosar/export/nimic/1", 404, "", ""},
	} {
		kind, body := "", []byte(nil)
		if strings.HasPrefix(step.request, "POST") {
			kind, body = formType, []byte(url.Values{"cheie": {fmt.Sprint("k", i)}}.Encode())
		}
		w := send(t, site, step.actor, step.request, kind, body)
		said := w.Body.String()
		if step.status == 303 {
			said = w.Header().Get("Location")
		}
		if w.Code != step.status || !strings.Contains(said, step.want) || step.not != "" && strings.Contains(said, step.not) {
			t.Errorf("%d %s %s: got %d, want %d with %q and without %q:\n%s", i, step.actor.Person, step.request, w.Code, step.status, step.want, step.not, plain(said))
		}
	}
	list, err := o.Exports(t.Context(), ana)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := o.BuildExport(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	w := send(t, site, ana, "GET /dosar/export/"+list[0].ID+"/1", "", nil)
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "PK") || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the copy: %d", w.Code)
	}
}

func TestAddPage(t *testing.T) { eachTown(t, testAddPage) }

func testAddPage(t *testing.T, o *town) {
	site := open(t, o)
	good := map[string]string{"tip": "talon", "numar": `TM "07" ABC`, "emis.zi": "1", "emis.luna": "3", "emis.an": "2026", "expira.zi": "1", "expira.luna": "3", "expira.an": "2028"}
	with := func(name, value string) map[string]string {
		fields := map[string]string{"cheie": db.NewID()}
		for key, v := range good {
			fields[key] = v
		}
		fields[name] = value
		return fields
	}
	file := scan(t, "Talon")
	const kept = `value="TM &#34;07&#34; ABC"`
	for name, test := range map[string]struct {
		fields map[string]string
		file   string
		data   []byte
		status int
		want   string
	}{
		"no type":             {with("tip", ""), file.Name, file.Bytes, 422, `id="tip-error"`},
		"no file":             {with("x", ""), "", nil, 422, `id="fisier-error"`},
		"an empty file":       {with("x", ""), "a.pdf", nil, 422, "The file is empty"},
		"a program":           {with("x", ""), "a.pdf", []byte("MZ\x90\x00"), 422, `id="fisier-error"`},
		"too large":           {with("x", ""), "a.pdf", make([]byte, 12<<20), 422, "MB"},
		"30 February":         {with("emis.zi", "40"), file.Name, file.Bytes, 422, `id="emis-error"`},
		"to be issued":        {with("emis.an", "2027"), file.Name, file.Bytes, 422, `id="emis-error"`},
		"over before it was":  {with("expira.an", "2020"), file.Name, file.Bytes, 422, `id="expira-error"`},
		"a long number":       {with("numar", strings.Repeat("9", 61)), file.Name, file.Bytes, 422, `id="numar-error"`},
		"everything is right": {with("x", ""), file.Name, file.Bytes, 303, "?gata=adaugat"},
	} {
		kind, body := form(t, test.fields, test.file, test.data)
		w := send(t, site, ana, "POST /dosar/documente/adauga", kind, body)
		said := w.Body.String()
		if test.status == 303 {
			said = w.Header().Get("Location")
		} else if !strings.Contains(said, kept) && name != "a long number" {
			t.Errorf("%s: what was typed is lost", name)
		}
		if w.Code != test.status || !strings.Contains(said, test.want) {
			t.Errorf("%s: %d, want %d with %q:\n%s", name, w.Code, test.status, test.want, plain(said))
		}
	}
	docs, err := o.Documents(t.Context(), ana)
	if err != nil || len(docs) != 1 || docs[0].Until.String() != "2028-03-01" || docs[0].Number != `TM "07" ABC` {
		t.Errorf("in the folder is %+v, %v", docs, err)
	}
}

// TestRefusedLooksLikeMissing compares, to the byte, what others are told about a
// document that is and about one that is not.
func TestRefusedLooksLikeMissing(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		site := open(t, o)
		used, _ := o.fill(t)
		o.end(t, "case-1")
		secret := o.add(t, ana, "adeverinta-medicala", nil)
		for _, request := range []string{"GET /dosar/documente/%", "GET /dosar/documente/%/fisier", "GET /dosar/documente/%/fisier?caz=case-1", "POST /dosar/documente/%/scoate"} {
			for _, actor := range []act.Actor{ion, parker, visitor, clerk, other, counter, officer} {
				for _, d := range []Document{used, secret} {
					if actor.Mandate != "" && d.ID == used.ID {
						continue // it is of a type that the service asks for
					}
					ask := func(id string) *httptest.ResponseRecorder {
						return send(t, site, actor, strings.Replace(request, "%", id, 1), formType, []byte(url.Values{"cheie": {db.NewID()}}.Encode()))
					}
					one, none := ask(d.ID), ask(db.NewID())
					if one.Code != 404 || none.Code != 404 || keyless(one.Body.String()) != keyless(none.Body.String()) {
						t.Errorf("%s, %s: %d for one that is, %d for one that is not", request, actor.Person, one.Code, none.Code)
					}
				}
			}
		}
		if got := send(t, site, visitor, "POST /dosar/documente/adauga", formType, []byte("tip=talon")); got.Code != http.StatusUnauthorized {
			t.Errorf("a visitor adds a document to a folder that they do not have: %d", got.Code)
		}
	})
}

func keyless(page string) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(page, "KEY")
}

// TestPagesCanBeUsed looks at every page in a browser, wide and narrow, light
// and dark. With BEGA_PICTURES set to a folder, it leaves pictures there.
func TestPagesCanBeUsed(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	o := newTown(t, d)
	site := open(t, o)
	site.Mount("GET /f/", assets.Handler())
	used, free := o.fill(t)
	id, err := o.AskExport(t.Context(), ana, "k", "ro")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.BuildExport(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]struct {
		actor act.Actor
		path  string
	}{
		"list": {ana, "/dosar/documente"}, "empty": {ion, "/dosar/documente"}, "add": {ana, "/dosar/documente/adauga"}, "pdf": {ana, "/dosar/documente/" + used.ID},
		"photo": {ana, "/dosar/documente/" + free.ID}, "seen": {ana, "/dosar/acces"}, "history": {ana, "/dosar/istoric"}, "export": {ana, "/dosar/export"},
	} {
		as := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, _ := json.Marshal(page.actor)
			r.Header.Set("Actor", string(who))
			site.ServeHTTP(w, r)
		}))
		for _, look := range []browser.Options{{}, {Width: 320}, {Dark: true}, {Dark: true, Width: 320, NoScript: true}} {
			b := browser.Open(t, look)
			b.Go(as.URL + page.path)
			if found := b.Axe(); len(found) > 0 {
				t.Errorf("%s %+v: %v", name, look, found)
			}
			if err := b.Reflows(); err != nil {
				t.Errorf("%s %+v: %v", name, look, err)
			}
			if dir := os.Getenv("BEGA_PICTURES"); dir != "" {
				b.Screenshot(filepath.Join(dir, fmt.Sprintf("folder-%s-%d-%v.png", name, look.Width, look.Dark)))
			}
			if wrong := b.Console(); len(wrong) > 0 {
				t.Errorf("%s %+v: %q", name, look, wrong)
			}
		}
		as.Close()
	}
}

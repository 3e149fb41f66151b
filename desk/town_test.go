package desk

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bytes"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
	"bega/procedures"
	"bega/registry"
)

// The people of the town.
var (
	ana      = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	agent    = act.Actor{Person: "ion", For: "ana", Mandate: "m1", Level: act.Verified}
	clerk    = official("ioana", "urbanism", act.Clerk)
	second   = official("vlad", "urbanism", act.Clerk)
	chief    = official("elena", "urbanism", act.Signatory)
	head     = official("horia", "urbanism", act.Head)
	merchant = official("mihai", "comert", act.Clerk)
	greeter  = official("gelu", "relatii-cetateni", act.Clerk, act.Head)
	counter  = official("dana", "", act.Desk)
	officer  = official("oana", "", act.Officer)
)

func official(id act.PartyID, unit string, roles ...act.Role) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: roles, Unit: unit}
}

var names = map[act.PartyID]string{"ana": "Ana <b> Ionescu-Demo", "ion": "Ion Pop-Demo", "ioana": "Ioana Munteanu-Demo", "vlad": "Vlad Dinu-Demo",
	"elena": "Elena Albu-Demo", "horia": "Horia Stan-Demo", "mihai": "Mihai Rus-Demo", "gelu": "Gelu Sava-Demo", "dana": "Dana Crișan-Demo", "oana": "Oana Marin-Demo"}

// A town is the pages of the desk, with the rooms behind them and a clock that
// tests set.
type town struct {
	*Office
	site *web.Site
	t    *testing.T

	mu   sync.Mutex
	time time.Time
	as   act.Actor // who has signed in, if a request does not say so
}

var load = sync.OnceValues(func() (*procedures.Catalogue, error) { return procedures.Load(os.DirFS("../city/timisoara")) })

func catalogue(t *testing.T) *procedures.Catalogue {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, time: time.Date(2026, 11, 23, 10, 0, 0, 0, zone)}
	queue, err := jobs.New(jobs.Config{DB: d})
	if err != nil {
		t.Fatal(err)
	}
	register := &act.Register{DB: d, Now: o.now}
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	keys, err2 := blob.LoadKeys(filepath.Join(t.TempDir(), "keys"), true)
	texts, err3 := text.Load(web.Files, ui.Files, act.Files, pdf.Files, upload.Files, deadline.Files, procedures.Files, registry.Files, folder.Files, cases.Files, Files)
	if err := errors.Join(err1, err2, err3, queue.Migrate(t.Context()), d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "registry", registry.Files),
		d.Migrate(t.Context(), "folder", folder.Files), d.Migrate(t.Context(), "cases", cases.Files)); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	papers := &registry.Office{DB: d, Acts: register, Vault: box, Blobs: blobs, Sealer: sealer(t, o.time), Texts: texts, Now: o.now, Zone: zone, URL: "https://portal.exemplu.ro"}
	papers.Seal = jobs.Handle(queue, "registry_seal", papers.SealPaper)
	catalog := catalogue(t)
	folders := &folder.Office{DB: d, Acts: register, Vault: box, Blobs: blobs, Texts: texts, Now: o.now, Zone: zone, Types: types{catalog}, Papers: papers, Names: o, Notices: o}
	o.Office = &Office{Folder: folders, Catalog: catalog, Cases: &cases.Office{DB: d, Acts: register, Vault: box, Now: o.now, Zone: zone, Calendar: deadline.New(nil), Catalog: catalog,
		Texts: texts, Town: "Timișoara", Registry: papers, Folder: folders, People: o, Fees: o, Notices: o, Deliveries: o,
		Issuer: func(unit, lang string) pdf.Issuer { return pdf.Issuer{Authority: "Primăria de probă", Unit: unit} }}}
	o.site = web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: zone,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial", Phone: "0256 408 300", Hours: "luni–vineri"}
		},
		Identify: func(r *http.Request) (v web.Visitor, err error) {
			if v.Actor = o.as; r.Header.Get("Actor") != "" {
				v.Actor = act.Actor{}
				err = json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor)
			}
			v.Who = ui.Who{SignedIn: v.Actor.SignedIn(), Name: names[v.Actor.Person], Staff: v.Actor.Staff()}
			return v, err
		}})
	Mount(o.site, o.Office)
	o.site.Mount("GET /f/", assets.Handler())
	return o
}

func sealer(t *testing.T, now time.Time) *pdf.Sealer {
	t.Helper()
	cert, key, err := pdf.DevelopmentCertificate("Municipiul Timișoara", now)
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(err, os.WriteFile(certFile, cert, 0o600), os.WriteFile(keyFile, key, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := pdf.LoadSealer(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

// wait lets time pass.
func (o *town) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

type types struct{ *procedures.Catalogue }

// TypeTitle implements folder.Types.
func (c types) TypeTitle(key, lang string) string {
	t, _ := c.DocumentType(key)
	return t.Title.In(lang)
}

// TypeTerm implements folder.Types.
func (c types) TypeTerm(key string) deadline.Term { t, _ := c.DocumentType(key); return t.Valid }

// TypeKeys implements folder.Types.
func (c types) TypeKeys() []string { return nil }

// Names implements cases.People.
func (o *town) Names(_ context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	found := map[act.PartyID]string{}
	for _, id := range ids {
		if names[id] != "" {
			found[id] = names[id]
		}
	}
	return found, nil
}

// Prefill implements cases.People.
func (o *town) Prefill(_ context.Context, actor act.Actor) (map[string]string, error) {
	return map[string]string{"party.kind": "person", "party.name": names[actor.For], "party.address.locality": "Timișoara"}, nil
}

// Recipient implements cases.People.
func (o *town) Recipient(_ context.Context, id act.PartyID) (lines []string, code string, level act.Level, err error) {
	return []string{names[id], "Strada Alba Iulia 7", "300077 Timișoara"}, "485*******027", act.Verified, nil
}

// Staff implements cases.People.
func (o *town) Staff(context.Context, string, act.Role) ([]act.PartyID, error) { return nil, nil }

// Order implements cases.Fees.
func (o *town) Order(context.Context, *act.Tx, cases.Due) (string, error) { return "order", nil }

// Cancel implements cases.Fees.
func (o *town) Cancel(context.Context, *act.Tx, string) error { return nil }

// Send implements cases.Notices.
func (o *town) Send(context.Context, *act.Tx, act.PartyID, string, []any, string, string, string) error {
	return nil
}

// OfCase implements cases.Deliveries.
func (o *town) OfCase(context.Context, string, string) ([]cases.Told, error) {
	return []cases.Told{{Subject: "Cererea a fost înregistrată", At: o.now(), States: []string{"desk.new"}}}, nil
}

// picture returns an image of a page.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 85))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// give puts a document into the folder of somebody, and returns its ID.
func (o *town) give(actor act.Actor, typ, name string, data []byte) string {
	o.t.Helper()
	d, err := o.Folder.Add(o.t.Context(), actor, db.NewID(), folder.New{Type: typ, File: upload.File{Name: name, Bytes: data}, Service: "certificat-de-urbanism"})
	if err != nil {
		o.t.Fatal(err)
	}
	return d.ID
}

// certificate files an application with a fee, two documents and two signatures.
func (o *town) certificate(actor act.Actor) cases.Case {
	o.t.Helper()
	made, err := pdf.Make(pdf.Document{Title: "Plan", Blocks: pdf.Blocks{pdf.Paragraph{Text: "Planul terenului."}}}, o.now())
	if err != nil {
		o.t.Fatal(err)
	}
	return o.file(actor, cases.Application{Draft: db.NewID(), Service: "certificat-de-urbanism", Version: 1, Answers: procedures.Answers{
		"lucrare": "nou", "descriere": "O casă <i>mică</i>.", "imobil": "400954", "calitate": "proprietar", "suprafata": int64(200), "scutire": false,
		"adresa":        map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"},
		"plan_situatie": o.give(actor, "plan-situatie", "Plan de situație.pdf", made), "comunicare": "digital"},
		Documents: []string{o.give(actor, "extras-cf", "Extras.png", picture(o.t))}})
}

// petition files one that wants a single signature.
func (o *town) petition(actor act.Actor) cases.Case {
	o.t.Helper()
	return o.file(actor, cases.Application{Draft: db.NewID(), Service: "petitie", Version: 1, Answers: procedures.Answers{
		"domeniu": "altul", "text": "Strada mea nu are lumină.", "nume": "Ana Ionescu-Demo",
		"adresa": map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"}}})
}

func (o *town) file(actor act.Actor, a cases.Application) cases.Case {
	o.t.Helper()
	c, err := o.Cases.File(o.t.Context(), actor, db.NewID(), a, func(context.Context, *act.Tx, cases.Case) error { return nil })
	if wrong, ok := errors.AsType[*cases.Wrong](err); ok {
		o.t.Fatalf("%v: %+v %q", err, wrong.Problems, wrong.Missing)
	} else if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *town) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// look opens a case.
func (o *town) look(actor act.Actor, id string) cases.Desk {
	o.t.Helper()
	d, err := o.Cases.Open(o.t.Context(), actor, id, "ro")
	o.must(err)
	return d
}

// send sends a request as somebody, with a form if it has one.
func (o *town) send(actor act.Actor, request string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.serve(actor, r)
}

func (o *town) serve(actor act.Actor, r *http.Request) *httptest.ResponseRecorder {
	o.t.Helper()
	r.Header.Set("Accept-Language", "en")
	who, err := json.Marshal(actor)
	o.must(err)
	r.Header.Set("Actor", string(who))
	w := httptest.NewRecorder()
	o.site.ServeHTTP(w, r)
	return w
}

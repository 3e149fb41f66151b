package cases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
	"bega/internal/web/ui"
	"bega/procedures"
	"bega/registry"
)

// The people of the town.
var (
	ana      = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion      = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	mara     = act.Actor{Person: "mara", For: "mara", Level: act.Light}
	manager  = act.Actor{Person: "ion", For: "bega-srl", Mandate: "m1", Level: act.Verified}
	agent    = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"certificat-de-urbanism"}, Level: act.Verified}
	parker   = act.Actor{Person: "ion", For: "ana", Mandate: "m3", Services: []string{"abonament-parcare"}, Level: act.Verified}
	visitor  = act.Actor{For: "visitor-1"}
	nobody   = act.Actor{}
	clerk    = official("ioana", "urbanism", act.Clerk)
	second   = official("vlad", "urbanism", act.Clerk)
	chief    = official("elena", "urbanism", act.Signatory)
	head     = official("horia", "urbanism", act.Head)
	merchant = official("mihai", "comert", act.Clerk)
	counter  = official("dana", "", act.Desk)
)

func official(id act.PartyID, unit string, roles ...act.Role) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: roles, Unit: unit}
}

// names are what they are called.
var names = map[act.PartyID]string{"ana": "Ana Ionescu-Demo", "ion": "Ion Pop-Demo", "mara": "Mara Lázár-Demo", "bega-srl": "Bega Demo SRL",
	"ioana": "Ioana Munteanu-Demo", "vlad": "Vlad Dinu-Demo", "elena": "Elena Albu-Demo", "horia": "Horia Stan-Demo", "mihai": "Mihai Rus-Demo", "dana": "Dana Crișan-Demo"}

// A town is an office with a clock that tests set, and with real neighbours as
// far as this room may know them.
type town struct {
	*Office
	t *testing.T
	d *db.DB

	mu     sync.Mutex
	time   time.Time
	sent   []string          // to, key and first arguments of each notice
	once   map[string]bool   // that were sent
	orders map[string]string // state of the order of a case
	fail   error             // with which notices fail
	begun  []string          // drafts
	plans  []string          // documents that a test gives
}

// catalogue is that of the real town: what its services say is tested, too.
var catalogue = sync.OnceValues(func() (*procedures.Catalogue, error) { return procedures.Load(os.DirFS("../city/timisoara")) })

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, d: d, once: map[string]bool{}, orders: map[string]string{}}
	o.time = time.Date(2026, 11, 23, 18, 30, 0, 0, zone) // a Monday, after the counters have closed
	queue, err := jobs.New(jobs.Config{DB: d})
	if err != nil {
		t.Fatal(err)
	}
	register := &act.Register{DB: d, Now: o.now}
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	keys, err2 := blob.LoadKeys(filepath.Join(t.TempDir(), "keys"), true)
	texts, err3 := text.Load(web.Files, ui.Files, act.Files, pdf.Files, upload.Files, deadline.Files, procedures.Files, registry.Files, folder.Files, Files)
	catalog, err4 := catalogue()
	if err := errors.Join(err1, err2, err3, err4, queue.Migrate(t.Context()), d.Migrate(t.Context(), "act", act.Files),
		d.Migrate(t.Context(), "registry", registry.Files), d.Migrate(t.Context(), "folder", folder.Files), d.Migrate(t.Context(), "cases", Files)); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	papers := &registry.Office{DB: d, Acts: register, Vault: box, Blobs: blobs, Sealer: sealer(t, o.time), Texts: texts, Now: o.now, Zone: zone, URL: "https://portal.exemplu.ro"}
	papers.Seal = jobs.Handle(queue, "registry_seal", papers.SealPaper)
	o.Office = &Office{DB: d, Acts: register, Vault: box, Now: o.now, Zone: zone, Calendar: deadline.New(catalog.Exceptions()), Catalog: catalog, Texts: texts,
		Town: "Timișoara", Registry: papers, People: o, Fees: o, Notices: o, Drafts: o,
		Folder: &folder.Office{DB: d, Acts: register, Vault: box, Blobs: blobs, Texts: texts, Now: o.now, Zone: zone, Types: types{catalog}, Papers: papers, Names: o, Notices: o},
		Issuer: func(unit, lang string) pdf.Issuer { return pdf.Issuer{Authority: "Primăria de probă", Unit: unit} }}
	return o
}

// sealer makes a seal for a demonstration.
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

// on sets the clock to ten in the morning of a day such as "2026-12-01".
func (o *town) on(day string) {
	o.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15", day+" 10", o.Zone)
	if err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = at
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
func (c types) TypeKeys() (keys []string) {
	for _, t := range c.DocumentTypes() {
		keys = append(keys, t.Key)
	}
	return keys
}

// Names implements People.
func (o *town) Names(_ context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	found := map[act.PartyID]string{}
	for _, id := range ids {
		if names[id] != "" {
			found[id] = names[id]
		}
	}
	return found, nil
}

// Prefill implements People.
func (o *town) Prefill(_ context.Context, actor act.Actor) (map[string]string, error) {
	kind := "person"
	if actor.For == "bega-srl" {
		kind = "firm"
	}
	return map[string]string{"party.kind": kind, "party.name": names[actor.For], "party.address.locality": "Timișoara"}, nil
}

// Recipient implements People.
func (o *town) Recipient(_ context.Context, id act.PartyID) (lines []string, code string, level act.Level, err error) {
	if level = act.Verified; id == "mara" {
		level = act.Light
	}
	return []string{names[id], "Strada Alba Iulia 7", "300077 Timișoara"}, "485*******027", level, nil
}

// Staff implements People.
func (o *town) Staff(_ context.Context, unit string, role act.Role) (who []act.PartyID, err error) {
	for _, a := range []act.Actor{clerk, second, chief, head, merchant} {
		if a.Unit == unit && a.Has(role) {
			who = append(who, a.Person)
		}
	}
	return who, nil
}

// Order implements Fees.
func (o *town) Order(_ context.Context, _ *act.Tx, d Due) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.orders[d.Case.ID] = "open " + d.Total.String()
	return "order-" + d.Case.ID, nil
}

// Cancel implements Fees.
func (o *town) Cancel(_ context.Context, _ *act.Tx, caseID string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.orders[caseID] = "cancelled"
	return nil
}

// Send implements Notices: the same once for the same party is sent a single
// time.
func (o *town) Send(_ context.Context, _ *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return o.fail
	}
	if which := fmt.Sprint(to, key, caseID, once); once == "" || !o.once[which] {
		o.once[which] = true
		o.sent = append(o.sent, fmt.Sprint(to, " ", key))
	}
	for _, lang := range []string{"ro", "en"} {
		for _, part := range []string{"-subject", "-body"} {
			t := o.Texts.For(lang)
			if said := t.T(key+part, say(ui.Page{Translator: t}, args)...); strings.Contains(said, "%!") {
				return fmt.Errorf("%s%s says %q", key, part, said)
			}
		}
	}
	if !strings.Contains(link, caseID) || len(args) == 0 {
		return fmt.Errorf("the notice %s leads to %s, with %v", key, link, args)
	}
	return nil
}

// Begin implements Drafts.
func (o *town) Begin(_ context.Context, actor act.Actor, service string, values procedures.Values, objects string) (string, error) {
	o.begun = append(o.begun, fmt.Sprint(actor.For, " ", service, " ", values, " ", objects))
	return "/ciorne/" + service, nil
}

// told returns the notices since it was called last, in order of the alphabet.
func (o *town) told() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	sent := o.sent
	o.sent = nil
	slices.Sort(sent)
	return sent
}

// plan returns a picture.
func plan(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// give puts a document into the folder of somebody, and returns its ID.
func (o *town) give(actor act.Actor, typ string) string {
	o.t.Helper()
	file, err := upload.Check("plan.png", plan(o.t))
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := o.Folder.Add(o.t.Context(), actor, db.NewID(), folder.New{Type: typ, File: file, Service: "certificat-de-urbanism"})
	if err != nil {
		o.t.Fatal(err)
	}
	return d.ID
}

// urbanism is an application with a fee, documents and two signatures.
func (o *town) urbanism(actor act.Actor) Application {
	o.t.Helper()
	return Application{Draft: db.NewID(), Service: "certificat-de-urbanism", Version: 1, Answers: procedures.Answers{
		"lucrare": "nou", "descriere": "O casă cu un etaj.", "imobil": "400954", "calitate": "proprietar", "suprafata": int64(200), "scutire": false,
		"adresa":         map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"},
		"plan_situatie":  o.give(actor, "plan-situatie"),
		"comunicare":     "digital",
		"nobody_asked":   "this",
		"plan_cadastral": "of another answer",
	}}
}

// petition is one that somebody with a light account can send.
func petition(about string) Application {
	return Application{Draft: db.NewID(), Service: "petitie", Version: 1, Answers: procedures.Answers{
		"domeniu": about, "text": "Strada mea nu are lumină.", "nume": "Mara Lázár-Demo",
		"adresa": map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"}}}
}

// shop is an application of a firm that silence approves.
func (o *town) shop() Application {
	o.t.Helper()
	return Application{Draft: db.NewID(), Service: "acord-functionare", Version: 1, Answers: procedures.Answers{
		"cui": "14756536", "activitate": "bar", "acord_acte": true, "orar": "Luni–vineri 8–20", "schimbare": false,
		"adresa":   map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"},
		"spatii":   []procedures.Answers{{"folosinta": "sala", "suprafata": int64(40)}, {"folosinta": "depozit", "suprafata": int64(10)}},
		"contract": o.give(manager, "contract-spatiu"), "plan": o.give(manager, "plan-unitate"), "salubritate": o.give(manager, "contract-salubritate")}}
}

func none(context.Context, *act.Tx, Case) error { return nil }

// file sends an application that has to be accepted.
func (o *town) file(actor act.Actor, a Application) Case {
	o.t.Helper()
	c, err := o.File(o.t.Context(), actor, db.NewID(), a, none)
	if err != nil {
		o.t.Fatalf("File = %v", explain(err))
	}
	return c
}

// explain returns an error with what is wrong.
func explain(err error) error {
	if wrong, ok := errors.AsType[*Wrong](err); ok {
		return fmt.Errorf("%w: %+v %q", err, wrong.Problems, wrong.Missing)
	}
	return err
}

// get returns a case as it is stored.
func (o *town) get(id string) Case {
	o.t.Helper()
	c, err := caseByID(o.t.Context(), o.d, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

// must fails the test unless err is nil.
func (o *town) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(explain(err))
	}
}

// wants checks which error it is.
func (o *town) wants(err, want error) {
	o.t.Helper()
	if !errors.Is(err, want) {
		o.t.Errorf("got error %v, want %v", explain(err), want)
	}
}

// acts returns the verbs in the register about a case, in order.
func (o *town) acts(id string) (verbs []string) {
	o.t.Helper()
	all, err := o.Acts.Latest(o.t.Context(), false, "", 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, entry := range slices.Backward(all) {
		if entry.Case == id {
			verbs = append(verbs, string(entry.Verb))
		}
	}
	return verbs
}

type documentOf = folder.Document

// registryAll is what shows a whole register.
var registryAll = registry.Filter{}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

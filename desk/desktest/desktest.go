// Package desktest makes a town hall for tests of the rooms that lead cases: real
// cases, folders, papers and a desk, with a clock that tests set and people who
// are always the same.
package desktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"bega/cases"
	"bega/desk"
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
	Ana      = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	Ion      = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	Mara     = act.Actor{Person: "mara", For: "mara", Level: act.Light}
	Manager  = act.Actor{Person: "ion", For: "bega-srl", Mandate: "m1", Level: act.Verified}
	Agent    = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"certificat-de-urbanism"}, Level: act.Verified}
	Parker   = act.Actor{Person: "ion", For: "ana", Mandate: "m3", Services: []string{"abonament-parcare"}, Level: act.Verified}
	Visitor  = act.Actor{For: "visitor-1"}
	Nobody   = act.Actor{}
	Clerk    = Official("ioana", "urbanism", act.Clerk)
	Second   = Official("vlad", "urbanism", act.Clerk)
	Chief    = Official("elena", "urbanism", act.Signatory)
	Head     = Official("horia", "urbanism", act.Head)
	Merchant = Official("mihai", "comert", act.Clerk)
	Greeter  = Official("gelu", "relatii-cetateni", act.Clerk, act.Head)
	Counter  = Official("dana", "", act.Desk)
	Officer  = Official("oana", "", act.Officer)
)

// Official returns somebody who works at the town hall.
func Official(id act.PartyID, unit string, roles ...act.Role) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: roles, Unit: unit}
}

// names are what they are called.
var names = map[act.PartyID]string{"ana": "Ana Ionescu-Demo", "ion": "Ion Pop-Demo", "mara": "Mara Lázár-Demo", "bega-srl": "Bega Demo SRL",
	"ioana": "Ioana Munteanu-Demo", "vlad": "Vlad Dinu-Demo", "elena": "Elena Albu-Demo", "horia": "Horia Stan-Demo", "mihai": "Mihai Rus-Demo",
	"gelu": "Gelu Sava-Demo", "dana": "Dana Crișan-Demo", "oana": "Oana Marin-Demo"}

// A Town is the offices of the town hall.
type Town struct {
	*cases.Office
	Desk *desk.Office
	T    *testing.T
	As   act.Actor // who has signed in on its pages, if a request does not say so

	mu     sync.Mutex
	time   time.Time
	called map[act.PartyID]string
	sent   []string          // to whom, and the key of each notice
	once   map[string]bool   // that were sent
	orders map[string]string // state, by case
	fail   error             // with which notices fail
	begun  []string          // drafts
}

// Catalogue returns that of the real town: what its services say is tested, too.
func Catalogue(t *testing.T) *procedures.Catalogue {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var load = sync.OnceValues(func() (*procedures.Catalogue, error) { return procedures.Load(os.DirFS("../city/timisoara")) })

// Each runs a test in a town on either engine. Texts are those of the room, if it
// is none of those in the town.
func Each(t *testing.T, test func(t *testing.T, o *Town), texts ...fs.FS) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d, texts)) })
}

// Small makes a town in SQLite, for what the engine does not matter to.
func Small(t *testing.T, texts ...fs.FS) *Town {
	t.Helper()
	return newTown(t, dbtest.SQLite(t), texts)
}

func newTown(t *testing.T, d *db.DB, more []fs.FS) *Town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	o := &Town{T: t, called: maps.Clone(names), once: map[string]bool{}, orders: map[string]string{}}
	o.time = time.Date(2026, 11, 23, 18, 30, 0, 0, zone) // a Monday, after the counters have closed
	queue, err := jobs.New(jobs.Config{DB: d})
	if err != nil {
		t.Fatal(err)
	}
	register := &act.Register{DB: d, Now: o.Time}
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	keys, err2 := blob.LoadKeys(filepath.Join(t.TempDir(), "keys"), true)
	texts, err3 := text.Load(append([]fs.FS{web.Files, ui.Files, act.Files, pdf.Files, upload.Files, deadline.Files, procedures.Files, registry.Files,
		folder.Files, cases.Files, desk.Files}, more...)...)
	if err := errors.Join(err1, err2, err3, queue.Migrate(t.Context()), d.Migrate(t.Context(), "act", act.Files),
		d.Migrate(t.Context(), "registry", registry.Files), d.Migrate(t.Context(), "folder", folder.Files), d.Migrate(t.Context(), "cases", cases.Files)); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	catalog := Catalogue(t)
	calendar := deadline.New(catalog.Exceptions())
	papers := &registry.Office{DB: d, Acts: register, Vault: box, Blobs: blobs, Sealer: sealer(t, o.time), Texts: texts, Now: o.Time, Zone: zone, URL: "https://portal.exemplu.ro"}
	papers.Seal = jobs.Handle(queue, "registry_seal", papers.SealPaper)
	folders := &folder.Office{DB: d, Acts: register, Vault: box, Blobs: blobs, Texts: texts, Now: o.Time, Zone: zone, Types: types{catalog}, Papers: papers, Names: o, Notices: o}
	o.Office = &cases.Office{DB: d, Acts: register, Vault: box, Now: o.Time, Zone: zone, Calendar: calendar, Catalog: catalog, Texts: texts,
		Town: "Timișoara", Registry: papers, Folder: folders, People: o, Fees: o, Notices: o, Drafts: o,
		Issuer: func(unit, lang string) pdf.Issuer { return pdf.Issuer{Authority: "Primăria de probă", Unit: unit} }}
	o.Desk = &desk.Office{DB: d, Acts: register, Now: o.Time, Calendar: calendar, Catalog: catalog, Texts: texts, Cases: o.Office, Folder: folders, People: o, Deliveries: o}
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

// Site returns a site without pages. Who asks is in the header Actor as JSON, or
// in As.
func (o *Town) Site() *web.Site {
	return web.New(web.Config{Texts: o.Texts, Log: slog.New(slog.DiscardHandler), Now: o.Time, Zone: o.Zone,
		Identify: func(r *http.Request) (v web.Visitor, err error) {
			if v.Actor = o.As; r.Header.Get("Actor") != "" {
				v.Actor = act.Actor{}
				err = json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor)
			}
			v.Who = ui.Who{SignedIn: v.Actor.SignedIn(), Name: o.called[v.Actor.Person], Staff: v.Actor.Staff()}
			return v, err
		},
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial", Phone: "0256 408 300", Hours: "luni–vineri"}
		}})
}

// SignIn says in a request who sends it.
func SignIn(r *http.Request, actor act.Actor) {
	who, _ := json.Marshal(actor) // never fails: words and numbers
	r.Header.Set("Actor", string(who))
}

// Call lets somebody be called otherwise from now on.
func (o *Town) Call(id act.PartyID, name string) { o.called[id] = name }

// Time returns what the clock of the town shows.
func (o *Town) Time() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

// Wait lets time pass.
func (o *Town) Wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// On sets the clock to ten in the morning of a day such as "2026-12-01".
func (o *Town) On(day string) {
	o.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15", day+" 10", o.Zone)
	if err != nil {
		o.T.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = at
}

// Date returns a day such as "2026-12-01"; no day for "".
func Date(t *testing.T, text string) deadline.Date {
	t.Helper()
	if text == "" {
		return deadline.Date{}
	}
	d, err := deadline.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Must fails the test unless err is nil.
func (o *Town) Must(err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(Explain(err))
	}
}

// Wants checks which error it is.
func (o *Town) Wants(err, want error) {
	o.T.Helper()
	if !errors.Is(err, want) {
		o.T.Errorf("got error %v, want %v", Explain(err), want)
	}
}

// Explain returns an error with what is wrong.
func Explain(err error) error {
	if wrong, ok := errors.AsType[*cases.Wrong](err); ok {
		return fmt.Errorf("%w: %+v %q", err, wrong.Problems, wrong.Missing)
	}
	return err
}

// Marshal returns what a thing says, as JSON.
func Marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Picture returns an image of a page.
func Picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 85))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Refusal returns a reason for which the service of a case can be refused.
func (o *Town) Refusal(c cases.Case) string {
	o.T.Helper()
	of, err := o.Service(c)
	o.Must(err)
	return of.Refusals[0].Key
}

// Get returns a case as it is stored.
func (o *Town) Get(id string) cases.Case {
	o.T.Helper()
	c, err := o.For(o.T.Context(), act.Machine, act.RemindCase, id)
	o.Must(err)
	return c
}

// Look opens a case that has to be there, as an official.
func (o *Town) Look(actor act.Actor, id string) desk.Desk {
	o.T.Helper()
	d, err := o.Desk.Open(o.T.Context(), actor, id, "ro")
	o.Must(err)
	return d
}

// Verbs returns the verbs in the register about a case, in order.
func (o *Town) Verbs(id string) (verbs []string) {
	o.T.Helper()
	all, err := o.Acts.Latest(o.T.Context(), false, "", 1000)
	o.Must(err)
	for _, entry := range slices.Backward(all) {
		if entry.Case == id {
			verbs = append(verbs, string(entry.Verb))
		}
	}
	return verbs
}

// Count returns how often a verb is in the register about a case.
func (o *Town) Count(id string, verb act.Verb) (n int) {
	o.T.Helper()
	for _, v := range o.Verbs(id) {
		if v == string(verb) {
			n++
		}
	}
	return n
}

// Told returns the notices since it was called last, in order of the alphabet:
// who was told, and the key.
func (o *Town) Told() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	sent := o.sent
	o.sent = nil
	slices.Sort(sent)
	return sent
}

// Fail lets all notices fail with an error, until it is nil.
func (o *Town) Fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

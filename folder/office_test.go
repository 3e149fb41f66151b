package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

var (
	ana     = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion     = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	agent   = act.Actor{Person: "ion", For: "ana", Mandate: "m1", Level: act.Verified}
	parker  = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"abonament-parcare"}, Level: act.Verified}
	clerk   = official1("maria", "urbanism", act.Clerk)
	head    = official1("hora", "urbanism", act.Head)
	other   = official1("vlad", "taxe", act.Clerk)
	counter = official1("dana", "", act.Desk)
	officer = official1("irina", "", act.Officer)
	visitor = act.Actor{For: "visitor-1"}
	nobody  = act.Actor{}
)

func official1(id act.PartyID, unit string, roles ...act.Role) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: roles, Unit: unit}
}

// A town is an office with a clock that tests set.
type town struct {
	*Office
	t     *testing.T
	d     *db.DB
	queue *jobs.Queue
	mu    sync.Mutex
	time  time.Time
	sent  []string // key, recipient and once of each notice
}

func eachTown(t *testing.T, test func(t *testing.T, town *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	town := &town{t: t, d: d, time: time.Date(2026, 11, 24, 10, 0, 0, 0, zone)}
	if town.queue, err = jobs.New(jobs.Config{DB: d}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(town.queue.Migrate(t.Context()), d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "folder", Files)); err != nil {
		t.Fatal(err)
	}
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	keys, err2 := blob.LoadKeys(filepath.Join(t.TempDir(), "keys"), true)
	texts, err3 := text.Load(web.Files, ui.Files, act.Files, upload.Files, Files)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	blobs.Now = town.now
	town.Office = &Office{DB: d, Acts: &act.Register{DB: d, Now: town.now}, Vault: box, Blobs: blobs, Texts: texts, Now: town.now, Zone: zone,
		Types: catalogue{}, Services: catalogue{}, Units: catalogue{}, Papers: town, Names: catalogue{}, Cases: catalogue{}, Notices: town}
	town.Build = jobs.Handle(town.queue, "folder_export", town.BuildExport)
	return town
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *town) pass(days int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.AddDate(0, 0, days)
}

// Send implements [Notices].
func (o *town) Send(_ context.Context, _ *act.Tx, to act.PartyID, key string, args []any, link, _, once string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, fmt.Sprint(key, " ", to, " ", link, " ", once))
	return nil
}

// Bytes implements [Papers].
func (o *town) Bytes(_ context.Context, code string) ([]byte, error) {
	return []byte("%PDF sealed " + code), nil
}

// catalogue is what other rooms know.
type catalogue struct{}

var typeTitles = map[string]string{"talon": "Certificatul vehiculului", "carte-identitate": "Carte de identitate", "extras-cf": "Extras de carte funciară",
	"adeverinta-medicala": "Adeverință medicală", "certificat-fiscal": "Certificat fiscal", "alt-document": "Alt document"}

// TypeTitle implements [Types].
func (catalogue) TypeTitle(key, lang string) string { return typeTitles[key] }

// TypeTerm implements [Types].
func (catalogue) TypeTerm(key string) deadline.Term {
	if key == "extras-cf" {
		return deadline.Term{N: 30, Unit: deadline.Days, Mode: deadline.CalendarDays}
	}
	return deadline.Term{}
}

// TypeKeys implements [Types].
func (catalogue) TypeKeys() (keys []string) {
	for key := range typeTitles {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// ServiceTypes implements [Services].
func (catalogue) ServiceTypes(service string) []string {
	return map[string][]string{"abonament-parcare": {"talon", "carte-identitate"}}[service]
}

// UnitTitle implements [Units].
func (catalogue) UnitTitle(key, lang string) string { return "Direcția " + key }

// Names implements [Names].
func (catalogue) Names(_ context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	names := map[act.PartyID]string{}
	for _, id := range ids {
		names[id] = strings.ToUpper(string(id[:1])) + string(id[1:]) + " Ionescu-Demo"
	}
	return names, nil
}

// CaseTitle implements [Cases].
func (catalogue) CaseTitle(_ context.Context, _ act.PartyID, id, lang string) (string, string, error) {
	if !strings.HasPrefix(id, "case-") {
		return "", "", fault.New(fault.Missing, "folder.unknown")
	}
	return "UR2026-00000" + id[5:], "Certificat de urbanism", nil
}

// AskAbout implements [Cases].
func (catalogue) AskAbout(_ context.Context, _ act.Actor, entry string) (string, error) {
	return "/cereri/ciorna/" + entry, nil
}

// picture returns a file as a telephone makes it; each number gives another.
func picture(t *testing.T, n int) upload.File {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 60, 40))
	for x := range 60 {
		img.Set(x, n%40, color.Gray{uint8(100 + n/40)})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	file, err := upload.Check(fmt.Sprintf("poza %d.png", n), out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// scan returns a PDF of one page.
func scan(t *testing.T, title string) upload.File {
	t.Helper()
	data, err := pdf.Make(pdf.Document{Title: title, Lang: "ro"}, time.Unix(1e9, 0))
	if err != nil {
		t.Fatal(err)
	}
	file, err := upload.Check(title+".pdf", data)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var pictures int

// add puts a document of a type into the folder that an actor is in.
func (o *town) add(t *testing.T, actor act.Actor, typ string, change func(n *New)) Document {
	t.Helper()
	pictures++
	n := New{Type: typ, File: picture(t, pictures)}
	if change != nil {
		change(&n)
	}
	d, err := o.Add(t.Context(), actor, db.NewID(), n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// in does something in an act of an actor that is permitted.
func (o *town) in(t *testing.T, actor act.Actor, verb act.Verb, fn func(ctx context.Context, tx *act.Tx) error) error {
	t.Helper()
	return o.Acts.Do(t.Context(), actor, verb, func(ctx context.Context, tx *act.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Allow(act.On{Subject: "case case-1", Owner: actor.For, Unit: actor.Unit, Service: "abonament-parcare"})
	})
}

// consent lets a case use documents of the folder that an actor is in.
func (o *town) consent(t *testing.T, actor act.Actor, caseID string, ids ...string) error {
	t.Helper()
	return o.in(t, actor, act.FileCase, func(ctx context.Context, tx *act.Tx) error { return o.Consent(ctx, tx, caseID, "urbanism", ids) })
}

// end ends a case.
func (o *town) end(t *testing.T, caseID string) {
	t.Helper()
	if err := o.in(t, act.Machine, act.LapseCase, func(ctx context.Context, tx *act.Tx) error { return o.EndConsents(ctx, tx, caseID) }); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, o *town, verb act.Verb) (entries []act.Entry) {
	t.Helper()
	seen, err := o.Acts.Seen(t.Context(), "ana", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(seen, func(e act.Entry) bool { return e.Verb != verb })
}

// TestWhoOpensADocument: the owner and who acts for them at any time, the
// department of a case that may use it while it does, and nobody else.
func TestWhoOpensADocument(t *testing.T) { eachTown(t, testWhoOpens) }

func testWhoOpens(t *testing.T, o *town) {
	d := o.add(t, ana, "extras-cf", nil)
	ghost := db.NewID()
	check := func(when string, actor act.Actor, caseID string, want bool) {
		t.Helper()
		before := len(opened(t, o, act.OpenDocument))
		got, data, err := o.Open(t.Context(), actor, d.ID, caseID)
		if want != (err == nil) || want && (blob.Of(data) != d.Hash || got.Name != d.Name) || !want && err != error(ErrUnknown) {
			t.Errorf("%s, %s%v for %q: %+v, %v", when, actor.Person, actor.Roles, caseID, got, err)
		}
		n := len(opened(t, o, act.OpenDocument)) - before
		if want && actor.Staff() != (n == 1) || !want && n != 0 {
			t.Errorf("%s, %s%v for %q: %d openings recorded", when, actor.Person, actor.Roles, caseID, n)
		}
		if _, _, none := o.Open(t.Context(), actor, ghost, caseID); none != error(ErrUnknown) {
			t.Errorf("%s, %s: a document that is not there: %v", when, actor.Person, none)
		}
	}
	officials := []act.Actor{clerk, head, other, counter, officer, official1("adm", "urbanism", act.Admin), act.Machine}
	for _, actor := range officials {
		check("before any consent", actor, "case-1", false)
		check("before any consent", actor, "", false)
	}
	if err := o.consent(t, ana, "case-1", d.ID); err != nil {
		t.Fatal(err)
	}
	for _, actor := range officials {
		check("with consent", actor, "case-1", actor.Unit == "urbanism" && !actor.Has(act.Admin))
		check("for another case", actor, "case-2", false)
		check("for no case", actor, "", false)
	}
	for _, actor := range []act.Actor{ana, agent} {
		check("the owner's side", actor, "", true)
		check("the owner's side", actor, "case-1", true)
	}
	for _, actor := range []act.Actor{ion, parker, visitor, nobody} { // the mandate for parking does not ask for a land book
		check("strangers", actor, "", false)
		check("strangers", actor, "case-1", false)
	}
	entries := opened(t, o, act.OpenDocument)
	if e := entries[len(entries)-1]; e.Case != "case-1" || e.Purpose != "folder.for-case" || e.Unit != "urbanism" || e.Subject != subject(d.ID) {
		t.Errorf("the owner reads %+v", e)
	}
	if err := o.in(t, clerk, act.RouteCase, func(ctx context.Context, tx *act.Tx) error { return o.Reroute(ctx, tx, "case-1", "taxe") }); err != nil {
		t.Fatal(err)
	}
	check("after it was sent on", clerk, "case-1", false)
	check("after it was sent on", other, "case-1", true)
	o.end(t, "case-1")
	check("after the case", other, "case-1", false)
	check("after the case", ana, "case-1", true)
	if docs, err := o.OfCase(t.Context(), o.DB, "case-1"); err != nil || len(docs) != 0 {
		t.Errorf("after the case it may use %+v, %v", docs, err)
	}
}

// TestAMandateForOneService sees and adds what the service asks for, and nothing
// else.
func TestAMandateForOneService(t *testing.T) { eachTown(t, testMandate) }

func testMandate(t *testing.T, o *town) {
	talon, medical := o.add(t, ana, "talon", nil), o.add(t, ana, "adeverinta-medicala", nil)
	theirs := o.add(t, parker, "talon", nil)
	extra := o.add(t, parker, "alt-document", func(n *New) { n.Service = "abonament-parcare" })
	foreign := o.add(t, ana, "alt-document", func(n *New) { n.Service = "certificat-de-urbanism" })
	if theirs.Owner != "ana" || theirs.GivenBy != "ion" || theirs.Source != Given {
		t.Errorf("what the agent added: %+v", theirs)
	}
	if docs, err := o.Offer(t.Context(), parker, "talon"); err != nil || len(docs) != 2 {
		t.Errorf("offered are %+v, %v", docs, err)
	}
	if docs, err := o.Offer(t.Context(), parker, "adeverinta-medicala"); err != nil || len(docs) != 0 {
		t.Errorf("offered are %+v, %v", docs, err)
	}
	if has, err := o.Has(t.Context(), parker, []string{"talon", "adeverinta-medicala"}); err != nil || !has["talon"] || has["adeverinta-medicala"] {
		t.Errorf("it has %v, %v", has, err)
	}
	for _, d := range []Document{medical, foreign} {
		if _, err := o.ByID(t.Context(), parker, d.ID); err != error(ErrUnknown) {
			t.Errorf("%s: %v", d.Type, err)
		}
		if err := o.consent(t, parker, "case-1", d.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("the agent lets a case use %s: %v", d.Type, err)
		}
	}
	for _, d := range []Document{talon, theirs, extra} {
		if _, _, err := o.Open(t.Context(), parker, d.ID, ""); err != nil {
			t.Errorf("%s: %v", d.Type, err)
		}
	}
	for name, n := range map[string]New{"another type": {Type: "adeverinta-medicala"}, "another service": {Type: "alt-document", Service: "certificat-de-urbanism"}, "no service": {Type: "alt-document"}} {
		n.File = picture(t, 9999)
		if _, err := o.Add(t.Context(), parker, db.NewID(), n); !errors.Is(err, act.ErrRefused) {
			t.Errorf("the agent adds %s: %v", name, err)
		}
	}
	if err := o.consent(t, parker, "case-1", talon.ID, extra.ID); err != nil {
		t.Error(err)
	}
	if _, err := o.Documents(t.Context(), parker); !errors.Is(err, act.ErrRefused) {
		t.Errorf("the agent reads the whole folder: %v", err)
	}
	if err := o.Remove(t.Context(), parker, "k1", talon.ID); err != error(ErrUnknown) {
		t.Errorf("the agent removes the owner's: %v", err)
	}
	if err := o.Remove(t.Context(), parker, "k2", theirs.ID); err != nil {
		t.Errorf("the agent removes their own: %v", err)
	}
}

// TestStrangers do nothing at all to a folder that is not theirs.
func TestStrangers(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		d := o.add(t, ana, "talon", nil)
		was := ion // whose mandate has ended is in their own folder
		for _, actor := range []act.Actor{was, visitor, nobody, clerk, counter} {
			if _, err := o.ByID(t.Context(), actor, d.ID); err != error(ErrUnknown) {
				t.Errorf("%s reads: %v", actor.Person, err)
			}
			if err := o.Remove(t.Context(), actor, db.NewID(), d.ID); err != error(ErrUnknown) {
				t.Errorf("%s removes: %v", actor.Person, err)
			}
			if err := o.Certify(t.Context(), actor, db.NewID(), d.ID, "case-1"); err != error(ErrUnknown) {
				t.Errorf("%s certifies: %v", actor.Person, err)
			}
			if docs, err := o.Offer(t.Context(), actor, "talon"); err != nil || len(docs) != 0 {
				t.Errorf("%s is offered %+v, %v", actor.Person, docs, err)
			}
			if actor.SignedIn() {
				if err := o.consent(t, actor, "case-1", d.ID); !errors.Is(err, ErrUnknown) {
					t.Errorf("%s consents: %v", actor.Person, err)
				}
			}
			if _, err := o.Uses(t.Context(), actor, d.ID); err != error(ErrUnknown) {
				t.Errorf("%s asks for uses: %v", actor.Person, err)
			}
		}
		for _, verb := range []func(act.Actor) error{
			func(a act.Actor) error { _, err := o.Documents(t.Context(), a); return err },
			func(a act.Actor) error { _, _, err := o.History(t.Context(), a, "", "", 10); return err },
			func(a act.Actor) error { _, _, err := o.Seen(t.Context(), a, "", "", 10); return err },
			func(a act.Actor) error { _, err := o.AskExport(t.Context(), a, db.NewID(), "ro"); return err },
			func(a act.Actor) error { _, err := o.Exports(t.Context(), a); return err },
		} {
			for _, actor := range []act.Actor{parker, visitor, nobody} {
				if err := verb(actor); !errors.Is(err, act.ErrRefused) {
					t.Errorf("%+v: %v", actor, err)
				}
			}
		}
		var n New
		n.Owner, n.Type, n.File = "ana", "talon", picture(t, 77)
		for _, actor := range []act.Actor{ion, visitor, clerk} {
			if _, err := o.Add(t.Context(), actor, db.NewID(), n); !errors.Is(err, act.ErrRefused) {
				t.Errorf("%s adds to another's folder: %v", actor.Person, err)
			}
		}
		if d, err := o.Add(t.Context(), counter, db.NewID(), n); err != nil || d.Source != AtDesk || d.GivenBy != "dana" || d.Owner != "ana" {
			t.Errorf("the counter adds %+v, %v", d, err)
		}
	})
}

func TestAdd(t *testing.T) { eachTown(t, testAdd) }

func testAdd(t *testing.T, o *town) {
	day := deadline.Date{Year: 2026, Month: 11, Day: 20}
	d := o.add(t, ana, "extras-cf", func(n *New) { n.Number, n.IssuedOn = " 401234 ", day })
	if d.Until.String() != "2026-12-20" || d.Number != "401234" || d.Media != "image/png" || d.Pages != 1 || d.Size == 0 {
		t.Errorf("added is %+v", d)
	}
	raw, err := byID(t.Context(), o.DB, d.ID)
	if err != nil || strings.Contains(raw.Name, "poza") || raw.Number == "401234" || raw.Number == "" {
		t.Errorf("stored is %+v, %v", raw, err)
	}
	again, err := o.Add(t.Context(), ana, "twice", New{Type: "talon", File: scan(t, "Talon")})
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := o.Add(t.Context(), ana, "twice", New{Type: "talon", File: scan(t, "Talon")}); err != nil || twice.ID != again.ID || twice.Name != "Talon.pdf" {
		t.Errorf("the same form again gives %+v, %v", twice, err)
	}
	for name, test := range map[string]struct {
		n    New
		want *fault.Fault
	}{
		"no such type":                   {New{Type: "nimic", File: picture(t, 1)}, ErrType},
		"no type":                        {New{File: picture(t, 1)}, ErrType},
		"issued tomorrow":                {New{Type: "talon", File: picture(t, 1), IssuedOn: o.today().AddDays(1)}, ErrIssuedOn},
		"over before it began":           {New{Type: "talon", File: picture(t, 1), IssuedOn: day, Until: day.AddDays(-1)}, ErrUntil},
		"a long number":                  {New{Type: "talon", File: picture(t, 1), Number: strings.Repeat("ș", 61)}, ErrNumber},
		"an empty file":                  {New{Type: "talon", File: upload.File{Name: "a.pdf"}}, upload.ErrEmpty},
		"a program that calls itself so": {New{Type: "talon", File: upload.File{Name: "a.pdf", Media: "application/pdf", Bytes: []byte("MZ\x90\x00")}}, upload.ErrDisguised},
	} {
		if _, err := o.Add(t.Context(), ana, db.NewID(), test.n); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Add(t.Context(), ana, "", New{Type: "talon", File: picture(t, 1)}); !errors.Is(err, act.ErrNoKey) {
		t.Errorf("no key: %v", err)
	}
}

func TestOfferTheBestFirst(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		today := o.today()
		old := o.add(t, ana, "talon", func(n *New) { n.Until = today.AddDays(-1) })
		certified := o.add(t, ana, "talon", nil)
		newest := o.add(t, ana, "talon", func(n *New) { n.Until = today })
		o.add(t, ana, "carte-identitate", nil)
		removed := o.add(t, ana, "talon", nil)
		if err := errors.Join(o.consent(t, ana, "case-1", certified.ID), o.Certify(t.Context(), clerk, "k", certified.ID, "case-1"), o.Remove(t.Context(), ana, "r", removed.ID)); err != nil {
			t.Fatal(err)
		}
		docs, err := o.Offer(t.Context(), ana, "talon")
		var ids []string
		for _, d := range docs {
			ids = append(ids, d.ID)
		}
		if want := []string{certified.ID, newest.ID, old.ID}; err != nil || !slices.Equal(ids, want) {
			t.Errorf("offered are %q, want %q, %v", ids, want, err)
		}
		o.pass(1)
		if has, err := o.Has(t.Context(), ana, []string{"talon", "carte-identitate", "extras-cf"}); err != nil || len(has) != 2 {
			t.Errorf("has %v, %v", has, err)
		}
		if held, err := o.Held(t.Context(), "ana", "case-1"); err != nil || !slices.Equal(held, []string{"carte-identitate"}) {
			t.Errorf("the town already has %q, %v", held, err)
		}
	})
}

// TestACertifiedCopyTravels: an official sees the original once; the next case
// profits, and reads who did.
func TestACertifiedCopyTravels(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		d := o.add(t, ana, "talon", nil)
		if err := o.consent(t, ana, "case-1", d.ID); err != nil {
			t.Fatal(err)
		}
		for _, actor := range []act.Actor{ana, agent, head, other, officer} {
			if err := o.Certify(t.Context(), actor, db.NewID(), d.ID, "case-1"); err != error(ErrUnknown) {
				t.Errorf("%s certifies: %v", actor.Person, err)
			}
		}
		if err := o.Certify(t.Context(), clerk, db.NewID(), d.ID, "case-2"); err != error(ErrUnknown) {
			t.Errorf("for another case: %v", err)
		}
		for range 2 { // sending the form twice does no harm
			if err := o.Certify(t.Context(), clerk, "k", d.ID, "case-1"); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Certify(t.Context(), counter, db.NewID(), d.ID, "case-1"); !errors.Is(err, ErrCertified) {
			t.Errorf("certified again: %v", err)
		}
		o.end(t, "case-1")
		if err := o.consent(t, ana, "case-2", d.ID); err != nil {
			t.Fatal(err)
		}
		docs, err := o.OfCase(t.Context(), o.DB, "case-2")
		if err != nil || len(docs) != 1 || docs[0].Certified == nil || docs[0].Certified.By != "maria" || docs[0].Certified.Unit != "urbanism" || docs[0].Certified.Hash != d.Hash {
			t.Errorf("the next case has %+v, %v", docs, err)
		}
		if n := len(opened(t, o, act.CertifyCopy)); n != 1 {
			t.Errorf("%d certifications are recorded", n)
		}
	})
}

// TestRemove: what a running case uses stays, whoever is faster.
func TestRemove(t *testing.T) { eachTown(t, testRemove) }

func testRemove(t *testing.T, o *town) {
	d := o.add(t, ana, "talon", nil)
	if err := o.consent(t, ana, "case-1", d.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(t.Context(), ana, "k1", d.ID); !errors.Is(err, ErrInUse) {
		t.Errorf("while a case uses it: %v", err)
	}
	o.end(t, "case-1")
	for range 2 {
		if err := o.Remove(t.Context(), ana, "k2", d.ID); err != nil {
			t.Errorf("after the case: %v", err)
		}
	}
	if _, err := o.ByID(t.Context(), ana, d.ID); err != error(ErrUnknown) {
		t.Errorf("it is still there: %v", err)
	}
	if err := o.consent(t, ana, "case-2", d.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("a case may use what is gone: %v", err)
	}
	var paper string
	err := o.in(t, ana, act.FileCase, func(ctx context.Context, tx *act.Tx) (err error) {
		paper, err = o.Issue(ctx, tx, Document{Owner: "ana", Type: "certificat-fiscal", Name: "Certificat fiscal", Paper: "7K4Q-M2XD-9R"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(t.Context(), ana, "k3", paper); !errors.Is(err, ErrIssued) {
		t.Errorf("what the town hall issued: %v", err)
	}
	for i := range 10 {
		raced := o.add(t, ana, "talon", nil)
		var group sync.WaitGroup
		var removed, consented error
		group.Go(func() { removed = o.Remove(t.Context(), ana, fmt.Sprint("race", i), raced.ID) })
		group.Go(func() { consented = o.consent(t, ana, fmt.Sprint("case-race", i), raced.ID) })
		group.Wait()
		if (removed == nil) == (consented == nil) {
			t.Errorf("removed: %v, used: %v", removed, consented)
		}
	}
}

// TestIssue: an official puts a paper into a folder in their own name, and the
// program does at a filing.
func TestIssue(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		issue := func(actor act.Actor, verb act.Verb, code string) (id string) {
			err := o.Acts.Do(t.Context(), actor, verb, func(ctx context.Context, tx *act.Tx) (err error) {
				if id, err = o.Issue(ctx, tx, Document{Owner: "ana", Type: "certificat-fiscal", Name: "Certificat " + code, Paper: code, Case: "case-1"}); err != nil {
					return err
				}
				return tx.Allow(act.On{Subject: "case", Owner: "ana", Unit: "urbanism"})
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		signatory := official1("sorin", "urbanism", act.Signatory)
		issue(ana, act.FileCase, "A")
		id := issue(signatory, act.SignCase, "B")
		entries := opened(t, o, act.IssueDocument)
		if len(entries) != 2 || entries[0].Person != "sorin" || entries[0].Role != act.Signatory || entries[1].Role != act.System || entries[1].Case != "case-1" {
			t.Errorf("recorded is %+v", entries)
		}
		d, data, err := o.Open(t.Context(), ana, id, "")
		if err != nil || d.Source != Issued || d.Name != "Certificat B" || string(data) != "%PDF sealed B" {
			t.Errorf("in the folder is %+v, %q, %v", d, data, err)
		}
	})
}

func TestVisitor(t *testing.T) { eachTown(t, testVisitor) }

func testVisitor(t *testing.T, o *town) {
	d := o.add(t, visitor, "talon", nil)
	wrong := o.add(t, visitor, "talon", nil)
	if _, _, err := o.Open(t.Context(), visitor, d.ID, ""); err != nil || d.Owner != "visitor-1" || d.GivenBy != "" {
		t.Errorf("the visitor sees %+v, %v", d, err)
	}
	if err := o.Remove(t.Context(), visitor, "k", wrong.ID); err != nil {
		t.Errorf("the visitor removes it: %v", err)
	}
	if _, err := o.ByID(t.Context(), act.Actor{For: "visitor-2"}, d.ID); err != error(ErrUnknown) {
		t.Errorf("another visitor: %v", err)
	}
	claim := func(from act.PartyID) error {
		return o.Acts.Do(t.Context(), ana, act.ClaimDraft, func(ctx context.Context, tx *act.Tx) error {
			return errors.Join(o.Claim(ctx, tx, from, "ana"), tx.Allow(act.On{Subject: "draft", Owner: "ana"}))
		})
	}
	theirs := o.add(t, ion, "talon", nil)
	if err := errors.Join(claim("visitor-1"), claim("visitor-1"), claim("ion")); err != nil {
		t.Fatal(err)
	}
	if got, data, err := o.Open(t.Context(), ana, d.ID, ""); err != nil || got.Owner != "ana" || got.GivenBy != "ana" || got.Name != d.Name || blob.Of(data) != d.Hash {
		t.Errorf("claimed is %+v, %v", got, err)
	}
	if _, err := o.ByID(t.Context(), visitor, d.ID); err != error(ErrUnknown) {
		t.Errorf("the visitor still has it: %v", err)
	}
	if got, err := o.ByID(t.Context(), ion, theirs.ID); err != nil || got.Owner != "ion" {
		t.Errorf("somebody's own document was claimed: %+v, %v", got, err)
	}
	many := act.Actor{For: "visitor-3"}
	for i := range mostOfVisitor {
		o.add(t, many, "talon", func(n *New) { n.File = picture(t, i) })
	}
	if _, err := o.Add(t.Context(), many, db.NewID(), New{Type: "talon", File: picture(t, 0)}); !errors.Is(err, ErrFull) {
		t.Errorf("one more: %v", err)
	}
}

// TestBroughtToTheCounter: an official who files for somebody adds what they
// brought, and nothing that is in the folder.
func TestBroughtToTheCounter(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		own := o.add(t, ana, "talon", nil)
		brought := o.add(t, counter, "talon", func(n *New) { n.Owner = "ana" })
		file := func(id string) error {
			return o.Acts.Do(t.Context(), counter, act.AssistCase, func(ctx context.Context, tx *act.Tx) error {
				return errors.Join(o.Consent(ctx, tx, "case-1", "urbanism", []string{id}), tx.Allow(act.On{Subject: "case case-1", Owner: "ana"}))
			})
		}
		if err := file(own.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("a document of the folder: %v", err)
		}
		if err := file(brought.ID); err != nil {
			t.Errorf("what was brought: %v", err)
		}
		if _, err := o.ByID(t.Context(), ana, brought.ID); err != nil {
			t.Errorf("the owner does not see it: %v", err)
		}
	})
}

func TestRemindExpiring(t *testing.T) { eachTown(t, testRemind) }

func testRemind(t *testing.T, o *town) {
	today := o.today()
	d := o.add(t, ana, "carte-identitate", func(n *New) { n.Until = today.AddDays(40) })
	o.add(t, ana, "talon", func(n *New) { n.Until = today.AddDays(35) })
	o.add(t, ana, "talon", func(n *New) { n.Until = today.AddDays(400) }) // there is a better one
	short := o.add(t, ana, "extras-cf", func(n *New) { n.IssuedOn = today })
	o.add(t, visitor, "carte-identitate", func(n *New) { n.Until = today.AddDays(40) })
	gone := o.add(t, ana, "adeverinta-medicala", func(n *New) { n.Until = today.AddDays(40) })
	if err := o.Remove(t.Context(), ana, "r", gone.ID); err != nil {
		t.Fatal(err)
	}
	var told []string
	for day := range 45 {
		for range 2 {
			if err := o.RemindExpiring(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, sent := range o.sent {
			told = append(told, fmt.Sprint(day, " ", sent))
		}
		o.sent = nil
		o.pass(1)
	}
	link := func(d Document) string { return "ana /dosar/documente/" + d.ID + " folder.expiring " + d.ID }
	want := []string{"10 folder.expiring " + link(d) + " 30", "23 folder.expiring " + link(short) + " 7", "33 folder.expiring " + link(d) + " 7"}
	if !slices.Equal(told, want) {
		t.Errorf("told were\n%s, want\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

// TestSweep removes what nothing names, and nothing else.
func TestSweep(t *testing.T) { eachTown(t, testSweep) }

func testSweep(t *testing.T, o *town) {
	kept := o.add(t, ana, "talon", nil)
	removed := o.add(t, ana, "talon", nil)
	used := o.add(t, ana, "talon", nil)
	guest := o.add(t, visitor, "talon", nil)
	put := func(text string) blob.Hash {
		hash, err := o.Blobs.Put(t.Context(), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	orphan, named := put("orphan"), put("named by the registry")
	o.Named = append(o.Named, func(_ context.Context, hash blob.Hash) (bool, error) { return hash == named, nil })
	if err := o.consent(t, ana, "case-1", used.ID); err != nil {
		t.Fatal(err)
	}
	o.end(t, "case-1")
	if err := errors.Join(o.Remove(t.Context(), ana, "a", removed.ID), o.Remove(t.Context(), ana, "b", used.ID)); err != nil {
		t.Fatal(err)
	}
	sweep := func(want map[blob.Hash]bool) {
		t.Helper()
		if err := o.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		for hash, is := range want {
			if has, err := o.Blobs.Has(t.Context(), hash); err != nil || has != is {
				t.Errorf("after %s: %s is there: %v, %v", o.now(), hash[:8], has, err)
			}
		}
	}
	sweep(map[blob.Hash]bool{kept.Hash: true, removed.Hash: true, orphan: true, named: true}) // all are young
	// The files were really written just now: the store's clock is that of the disk.
	o.mu.Lock()
	o.time = time.Now().AddDate(0, 0, 3)
	o.mu.Unlock()
	sweep(map[blob.Hash]bool{kept.Hash: true, removed.Hash: false, used.Hash: true, guest.Hash: true, orphan: false, named: true})
	o.pass(61)
	if err := o.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	sweep(map[blob.Hash]bool{kept.Hash: true, guest.Hash: false, named: true})
	if _, err := o.ByID(t.Context(), visitor, guest.ID); err != error(ErrUnknown) {
		t.Errorf("the forgotten upload is still there: %v", err)
	}
}

func TestHistory(t *testing.T) { eachTown(t, testHistory) }

func testHistory(t *testing.T, o *town) {
	d := o.add(t, ana, "talon", nil)
	if err := o.consent(t, agent, "case-1", d.ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, _, err := o.Open(t.Context(), clerk, d.ID, "case-1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.in(t, ana, act.FileCase, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Issue(ctx, tx, Document{Owner: "ana", Type: "certificat-fiscal", Paper: "A"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	count := func(read reader, who Who) int {
		entries, more, err := read(t.Context(), ana, who, "", 100)
		if err != nil || more {
			t.Fatal(more, err)
		}
		return len(entries)
	}
	for _, test := range []struct {
		read reader
		who  Who
		want int
	}{
		{o.Seen, "", 4}, {o.Seen, Officials, 3}, {o.Seen, Openings, 3}, {o.Seen, Programs, 1}, {o.Seen, Residents, 0},
		{o.History, "", 8}, {o.History, Residents, 4}, {o.History, Officials, 3}, {o.History, Programs, 1},
	} {
		if got := count(test.read, test.who); got != test.want {
			t.Errorf("%q: %d entries, want %d", test.who, got, test.want)
		}
	}
	var all []act.Entry
	before := ""
	for more := true; more; {
		var entries []act.Entry
		var err error
		if entries, more, err = o.History(t.Context(), ana, "", before, 3); err != nil {
			t.Fatal(err)
		}
		all, before = append(all, entries...), entries[len(entries)-1].ID
	}
	if len(all) != 8 || !slices.IsSortedFunc(all, func(a, b act.Entry) int { return strings.Compare(b.ID, a.ID) }) {
		t.Errorf("page by page there are %d entries", len(all))
	}
	openings, err := o.OpeningsOf(t.Context(), ana, d.ID)
	if err != nil || len(openings) != 3 {
		t.Errorf("%d openings of the document, %v", len(openings), err)
	}
	if link, err := o.Ask(t.Context(), ana, openings[0].ID); err != nil || link != "/cereri/ciorna/"+openings[0].ID {
		t.Errorf("asking leads to %q, %v", link, err)
	}
	for name, entry := range map[string]string{"another's": openings[0].ID, "none": "x"} {
		if _, err := o.Ask(t.Context(), ion, entry); err != error(ErrUnknown) {
			t.Errorf("asking about %s entry: %v", name, err)
		}
	}
	for _, e := range all {
		if e.Role == "" {
			if _, err := o.Ask(t.Context(), ana, e.ID); err != error(ErrUnknown) {
				t.Errorf("asking about one's own act: %v", err)
			}
		}
	}
}

// TestWhatAnOfficialSends is in the folder of whoever gets it, and both sides of
// the case can open it.
func TestWhatAnOfficialSends(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		file := picture(t, 500)
		stored, err := o.Store(t.Context(), file.Name, file.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		var id string
		err = o.Acts.Do(t.Context(), clerk, act.ReplyMessage, func(ctx context.Context, tx *act.Tx) (err error) {
			if id, err = o.Attach(ctx, tx, "ana", "urbanism", "case-1", stored); err != nil {
				return err
			}
			return tx.Allow(act.On{Subject: "case case-1", Owner: "ana", Unit: "urbanism", Case: "case-1"})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, actor := range []act.Actor{ana, clerk} {
			if d, data, err := o.Open(t.Context(), actor, id, "case-1"); err != nil || d.Source != Sent || blob.Of(data) != blob.Of(file.Bytes) {
				t.Errorf("%s opens %+v, %v", actor.Person, d, err)
			}
		}
		if _, _, err := o.Open(t.Context(), other, id, "case-1"); err != error(ErrUnknown) {
			t.Errorf("another department: %v", err)
		}
		if _, err := o.Store(t.Context(), "a.exe", []byte("MZ\x90\x00")); err == nil {
			t.Error("a program was stored")
		}
	})
}

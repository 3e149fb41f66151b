package drafts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/upload"
	"bega/internal/vault"
	"bega/procedures"
)

// The people of the tests. The personal number is of nobody: it says 19th
// century.
var (
	ana     = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion     = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	guest   = act.Actor{For: "visitor-1"}
	forFirm = act.Actor{Person: "ion", For: "firm", Mandate: "m1", Services: []string{"abonament-parcare"}, Level: act.Verified}
	limited = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"proba"}, Level: act.Verified}
)

const cnpAna = "4850615350027"

// A town is an office with a clock that tests set, where cases are only counted.
type town struct {
	*Office
	t        testing.TB
	d        *db.DB
	mu       sync.Mutex
	time     time.Time
	told     []string
	fail     error // with which nothing is registered
	foreseen error // what speaks against what is not sent yet
	knows    map[act.PartyID]map[string]string
	last     cases.Application
	has      map[string][]procedures.Thing // Ana, by kind
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

// catalogues are read once: the city's, and the one in which every kind of
// question is asked.
var (
	proba = sync.OnceValues(func() (*procedures.Catalogue, error) { return procedures.Load(os.DirFS("../procedures/testdata/town")) })
	city  = sync.OnceValues(func() (*procedures.Catalogue, error) { return procedures.Load(os.DirFS("../city/timisoara")) })
)

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	zone, err2 := time.LoadLocation("Europe/Bucharest")
	catalog, err3 := proba()
	keys, err4 := blob.LoadKeys(t.TempDir()+"/keys", true)
	err := errors.Join(err1, err2, err3, err4, d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "folder", folder.Files), d.Migrate(t.Context(), "drafts", Files))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, d: d, time: time.Date(2026, 11, 24, 10, 0, 0, 0, zone), knows: map[act.PartyID]map[string]string{
		"ana": {"party.kind": "person", "party.name": "Ana Pop-Demo", "party.family": "Pop-Demo", "party.given": "Ana", "party.cnp": cnpAna,
			"party.email": "ana@exemplu.ro", "party.address.street": "Strada Alba Iulia", "party.address.number": "7", "party.address.locality": "Timișoara"},
		"ion":  {"party.kind": "person", "party.name": "Ion Ilie-Demo"},
		"firm": {"party.kind": "firm", "party.name": "Bega Demo SRL", "party.cui": "14756536"},
	}}
	blobs.Now = o.now
	acts := &act.Register{DB: d, Now: o.now}
	papers := &folder.Office{DB: d, Acts: acts, Vault: box, Blobs: blobs, Now: o.now, Zone: zone, Types: kinds{catalog}, Services: kinds{catalog}, Names: o, Notices: o}
	o.Office = &Office{DB: d, Acts: acts, Vault: box, Now: o.now, Zone: zone, Town: "Timișoara", Catalog: catalog, Folder: papers, Cases: o, People: o, Things: o, Counter: o, Notices: o}
	return o
}

// inCity gives the office the catalogue of the city.
func (o *town) inCity() *town {
	o.t.Helper()
	catalog, err := city()
	if err != nil {
		o.t.Fatal(err)
	}
	o.Catalog, o.Folder.Types, o.Folder.Services = catalog, kinds{catalog}, kinds{catalog}
	return o
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *town) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// Send implements Notices.
func (o *town) Send(_ context.Context, _ *act.Tx, to act.PartyID, key string, args []any, link, _, once string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, fmt.Sprint(to, " ", key, " ", args[1], " ", link))
	return nil
}

// Names implements People.
func (o *town) Names(_ context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	names := map[act.PartyID]string{}
	for _, id := range ids {
		names[id] = o.knows[id]["party.name"]
	}
	return names, nil
}

// Prefill implements People.
func (o *town) Prefill(_ context.Context, actor act.Actor) (map[string]string, error) {
	return o.knows[actor.For], nil
}

// Things implements Things.
func (o *town) Things(_ context.Context, actor act.Actor, kind, lang string) (all []procedures.Thing, err error) {
	for _, thing := range o.has[kind] {
		if thing.Label += " (" + lang + ")"; actor.For == "ana" {
			all = append(all, thing)
		}
	}
	return all, nil
}

// dana serves people at the counter.
var dana = act.Actor{Person: "dana", For: "dana", Level: act.Verified, Roles: []act.Role{act.Desk}, Unit: "relatii"}

// Serve implements Counter: for an hour.
func (o *town) Serve(_ context.Context, actor act.Actor, d Draft) (act.Actor, string, error) {
	if o.now().Sub(d.Began) > time.Hour {
		return actor, "", nil
	}
	actor.For, actor.Services, actor.Counter = d.Owner, []string{d.Service}, true
	return actor, o.knows[d.Owner]["party.name"], nil
}

// File implements Cases.
func (o *town) File(ctx context.Context, actor act.Actor, key string, a cases.Application, also func(ctx context.Context, tx *act.Tx, c cases.Case) error) (c cases.Case, err error) {
	err = o.Acts.Once(ctx, actor, act.FileCase, key, "registry", &c, func(ctx context.Context, tx *act.Tx) error {
		c = cases.Case{ID: db.NewID(), Service: a.Service}
		if err := tx.Allow(act.On{Subject: "case " + c.ID, Owner: actor.For, Service: a.Service}); err != nil {
			return err
		}
		if err := also(ctx, tx, c); err != nil {
			return err
		}
		o.last = a
		return o.fail
	})
	return c, err
}

// Foresee implements Cases.
func (o *town) Foresee(context.Context, act.Actor, cases.Application) error { return o.foreseen }

// acts returns how often something was done.
func (o *town) acts(verb act.Verb) int {
	o.t.Helper()
	entries, err := o.Acts.Latest(o.t.Context(), false, "", 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	return len(slices.DeleteFunc(entries, func(e act.Entry) bool { return e.Verb != verb }))
}

// begins begins a draft.
func (o *town) begins(actor act.Actor, service string) Draft {
	o.t.Helper()
	d, err := o.Begin(o.t.Context(), actor, db.NewID(), service, true, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// saves posts a page whose values are given as "name=value".
func (o *town) saves(actor act.Actor, id, step string, values ...string) Draft {
	o.t.Helper()
	d, err := o.Save(o.t.Context(), actor, id, page(step, values...))
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// page is a page that asks for what it is given.
func page(step string, values ...string) Page {
	p := Page{Step: step, Values: procedures.Values{}, On: true}
	for _, pair := range values {
		name, value, _ := strings.Cut(pair, "=")
		if p.Values[name] = append(p.Values[name], value); value == "" {
			p.Values[name] = nil
		}
		field := name
		for _, kind := range []procedures.Kind{procedures.Date, procedures.Address, procedures.Person} {
			for _, ending := range (&procedures.Field{Kind: kind}).Elements("") {
				field = strings.TrimSuffix(field, ending)
			}
		}
		p.Asked = append(p.Asked, field, name)
	}
	return p
}

func (o *town) draft(actor act.Actor, id string) Draft {
	o.t.Helper()
	d, err := o.ByID(o.t.Context(), actor, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func wants(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// The answers to everything that the trial permit asks.
var (
	who      = []string{"tip=eu", "cnp=", "adresa.localitate=Timișoara", "adresa.strada=Strada Alba Iulia", "adresa.numar=7", "telefon=", "posta=", "iban="}
	vehicles = []string{"vehicule.0.numar=TM 07 ABC", "vehicule.0.masa=1200"}
)

// complete answers everything, and returns the draft on its last page.
func (o *town) complete(actor act.Actor) Draft {
	o.t.Helper()
	d := o.begins(actor, "proba")
	o.saves(actor, d.ID, "cine", who...)
	o.saves(actor, d.ID, "vehicule", vehicles...)
	paper, err := o.Upload(o.t.Context(), actor, db.NewID(), d.ID, "talon", Sent{"talon.pdf", honest(o.t), 0})
	if err != nil {
		o.t.Fatal(err)
	}
	d = o.saves(actor, d.ID, "acte", "talon=nou", "poze=", "acord=da")
	if d.Step != Verify || d.Values.Get("talon.fisier.id") != paper.ID {
		o.t.Fatalf("the draft is at %q with %v", d.Step, d.Values)
	}
	return d
}

func TestADraftGoesOnWhereItWasLeft(t *testing.T) { eachTown(t, testGoesOn) }

func testGoesOn(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	if d.Step != "cine" || d.Values.Get("adresa.strada") != "Strada Alba Iulia" || d.Sources["adresa"] != Profile || d.Edition != 1 {
		t.Fatalf("the draft begins as %+v", d)
	}
	// What is wrong is kept as it was typed, and one does not go on.
	d = o.saves(ana, d.ID, "cine", "tip=eu", "cnp=12", "telefon= 07 ", "posta=ana@", "iban=RO")
	if d.Step != "cine" || d.Values["cnp"][0] != "12" || d.Values["telefon"][0] != " 07 " || d.Field != "iban" || d.Edition != 2 {
		t.Errorf("the draft is %+v", d)
	}
	if link := d.Link(); link != "/ciorne/"+d.ID+"/cine#iban" {
		t.Errorf("it goes on at %s", link)
	}
	if d = o.saves(ana, d.ID, "cine", "tip=eu", "cnp=", "telefon=", "posta=", "iban="); d.Step != "vehicule" || d.Field != "" {
		t.Errorf("after the first page the draft is at %q, %q", d.Step, d.Field)
	}
	link, at, ok, err := o.Draft(t.Context(), ana, "proba")
	if err != nil || !ok || link != d.Link() || !at.Equal(d.Saved) {
		t.Errorf("the service page leads to %q, %v, %v, %v", link, at, ok, err)
	}
	if _, _, ok, err := o.Draft(t.Context(), ana, "intrebare"); ok || err != nil {
		t.Errorf("of another service there is a draft: %v", err)
	}
	// To save the same twice is no act.
	before := o.acts(act.KeepDraft)
	p := page("vehicule", vehicles...)
	p.On = false
	for range 3 {
		if _, err := o.Save(t.Context(), ana, d.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.acts(act.KeepDraft) - before; got != 1 {
		t.Errorf("%d acts, want 1", got)
	}
	wants(t, "a step that is none", second(o.Save(t.Context(), ana, d.ID, page("dragoni"))), act.ErrRefused)
}

func second[T any](_ T, err error) error { return err }

func TestWhatAConditionShowsIsAskedFirst(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		d := o.begins(ana, "proba")
		firm := slices.Concat([]string{"tip=firma"}, who[1:])
		if d = o.saves(ana, d.ID, "cine", firm...); d.Step != "cine" {
			t.Errorf("one went on to %q although the CUI was never asked for", d.Step)
		}
		if d = o.saves(ana, d.ID, "cine", append(firm, "cui=14756536")...); d.Step != "vehicule" {
			t.Errorf("one is at %q", d.Step)
		}
		// Who goes back and forth finds what they typed.
		d = o.saves(ana, d.ID, "cine", who...)
		if d = o.saves(ana, d.ID, "cine", firm...); d.Values.Get("cui") != "14756536" {
			t.Errorf("the CUI is gone: %v", d.Values)
		}
	})
}

func TestTwoWindowsLoseNothing(t *testing.T) { eachTown(t, testTwoWindows) }

func testTwoWindows(t *testing.T, o *town) {
	d := o.begins(ana, "proba")
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			p := page("alte", fmt.Sprint("nota=", i), fmt.Sprint("poveste=", i))
			if i%2 == 0 {
				p = page("cine", fmt.Sprint("telefon=072212345", i), "tip=eu")
			}
			if _, err := o.Save(t.Context(), ana, d.ID, p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d = o.draft(ana, d.ID)
	for _, name := range []string{"nota", "poveste", "telefon", "tip"} {
		if d.Values.Get(name) == "" {
			t.Errorf("%s is lost: %v", name, d.Values)
		}
	}
	if d.Values.Get("nota") != d.Values.Get("poveste") {
		t.Errorf("a page was kept by halves: %v", d.Values)
	}
	// A page that did not ask for something does not empty it.
	if d = o.saves(ana, d.ID, "alte", "nota="); d.Values.Get("nota") != "" || d.Values.Get("poveste") == "" {
		t.Errorf("the draft says %v", d.Values)
	}
}

func TestBeginOffersWhatThereIs(t *testing.T) { eachTown(t, testBegin) }

func testBegin(t *testing.T, o *town) {
	ctx := t.Context()
	first, err := o.Begin(ctx, ana, "k1", "proba", false, nil)
	wants(t, "begin", err, nil)
	again, err := o.Begin(ctx, ana, "k1", "proba", false, nil)
	if err != nil || again.ID != first.ID {
		t.Errorf("a double click began %s, %v", again.ID, err)
	}
	if other, err := o.Begin(ctx, ana, "k2", "proba", false, nil); err != nil || other.ID != first.ID {
		t.Errorf("the draft that there is was not offered: %s, %v", other.ID, err)
	}
	if other, err := o.Begin(ctx, ana, "k3", "proba", true, nil); err != nil || other.ID == first.ID {
		t.Errorf("another was not begun: %v", err)
	}
	if theirs, err := o.Begin(ctx, ion, "k1", "proba", false, nil); err != nil || theirs.ID == first.ID {
		t.Errorf("a stranger got %s, %v", theirs.ID, err)
	}
	wants(t, "no such service", second(o.Begin(ctx, ana, "k4", "dragoni", false, nil)), procedures.ErrUnknown)
	wants(t, "an internal service", second(o.Begin(ctx, ana, "k5", "obiectie", false, nil)), procedures.ErrUnknown)
	wants(t, "nobody", second(o.Begin(ctx, act.Actor{}, "k6", "proba", false, nil)), act.ErrRefused)
	wants(t, "no key", second(o.Begin(ctx, ana, "", "proba", false, nil)), act.ErrNoKey)
	o.inCity()
	wants(t, "a firm asks for what is for persons", second(o.Begin(ctx, forFirm, "k7", "abonament-parcare", false, nil)), ErrPersons)
	wants(t, "a mandate for something else", second(o.Begin(ctx, forFirm, "k8", "petitie", false, nil)), act.ErrRefused)

	var wg sync.WaitGroup
	ids := make([]string, 5)
	for i := range ids {
		wg.Go(func() {
			d, err := o.Begin(ctx, guest, fmt.Sprint("g", i), "petitie", false, nil)
			ids[i] = d.ID
			wants(t, "begin at once", err, nil)
		})
	}
	wg.Wait()
	if slices.Sort(ids); ids[0] != ids[4] {
		t.Errorf("at once, several were begun: %v", ids)
	}
}

func TestContinuations(t *testing.T) { eachTown(t, testContinuations) }

func testContinuations(t *testing.T, o *town) {
	ctx, given := t.Context(), procedures.Values{"ce": {"Decizia nr. 7"}}
	link, err := o.BeginFor(ctx, ana, "obiectie", given, "case-1")
	wants(t, "begin", err, nil)
	if again, err := o.BeginFor(ctx, ana, "obiectie", given, "case-1"); err != nil || again != link {
		t.Errorf("a second click leads to %s, %v, want %s", again, err, link)
	}
	if other, err := o.BeginFor(ctx, ana, "obiectie", given, "case-2"); err != nil || other == link {
		t.Errorf("another case leads to %s, %v", other, err)
	}
	id := strings.Split(link, "/")[2]
	if d := o.draft(ana, id); d.Objects != "case-1" || d.Values.Get("ce") != "Decizia nr. 7" || d.Sources["ce"] != Given {
		t.Errorf("the draft is %+v", d)
	}
	if _, _, ok, _ := o.Draft(ctx, ana, "obiectie"); ok {
		t.Error("an objection is offered as a draft of the service")
	}
	wants(t, "for another", second(o.BeginFor(ctx, limited, "obiectie", given, "case-1")), act.ErrRefused)
}

func TestOneCase(t *testing.T) { eachTown(t, testOneCase) }

func testOneCase(t *testing.T, o *town) {
	ctx, d := t.Context(), o.complete(ana)
	owner := act.Actor{Person: "sora", For: "ana", Mandate: "m3", Level: act.Verified}
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			actor := ana
			if i%2 == 0 {
				actor = owner
			}
			var err error
			ids[i], err = o.Office.Send(ctx, actor, d.ID, d.Edition)
			wants(t, "send", err, nil)
		})
	}
	wg.Wait()
	if slices.Sort(ids); ids[0] == "" || ids[0] != ids[7] || o.acts(act.FileCase) != 1 {
		t.Errorf("it became %v, with %d acts", ids, o.acts(act.FileCase))
	}
	if !slices.Equal(o.last.Documents, []string{d.Values.Get("talon.fisier.id")}) || o.last.Draft != d.ID || o.last.Version != 1 {
		t.Errorf("filed was %+v", o.last)
	}
	// Whatever comes afterwards leads to the case.
	now := o.draft(ana, d.ID)
	if now.Case != ids[0] || now.Link() != "/cereri/"+ids[0] || len(now.Values) > 0 {
		t.Errorf("the draft is %+v", now)
	}
	wants(t, "a page after sending", second(o.Save(ctx, ana, d.ID, page("cine", who...))), ErrSent)
	wants(t, "a file after sending", second(o.Upload(ctx, ana, "k", d.ID, "poze", Sent{"a.pdf", honest(t), 0})), ErrSent)
	wants(t, "discard", o.Discard(ctx, ana, d.ID), ErrSent)
	if id, err := o.Office.Send(ctx, ana, d.ID, 99); err != nil || id != ids[0] {
		t.Errorf("after days it became %s, %v", id, err)
	}
	if list, err := o.Drafts(ctx, ana); err != nil || len(list) > 0 {
		t.Errorf("still a draft: %v, %v", list, err)
	}
	// What may be offered again is.
	if next := o.begins(ana, "proba"); next.Values.Get("adresa.numar") != "7" || next.Values.Get("cnp") != "" || next.Sources["adresa"] != Profile {
		t.Errorf("next time, the draft begins with %v", next.Values)
	}
}

func TestWhatIsSentIsWhatWasSeen(t *testing.T) { eachTown(t, testSeen) }

func testSeen(t *testing.T, o *town) {
	ctx, d := t.Context(), o.complete(ana)
	later := o.saves(ana, d.ID, "cine", "telefon=0722123456")
	wants(t, "an older edition", second(o.Office.Send(ctx, ana, d.ID, d.Edition)), ErrChanged)
	o.fail = errors.New("no paper")
	wants(t, "nothing is registered", second(o.Office.Send(ctx, ana, d.ID, later.Edition)), o.fail)
	if now := o.draft(ana, d.ID); now.Case != "" || now.Values.Get("tip") != "eu" {
		t.Errorf("after a failure the draft is %+v", now)
	}
	o.fail = nil
	o.saves(ana, d.ID, "vehicule", "vehicule.0.masa=")
	broken := o.draft(ana, d.ID)
	wants(t, "not complete", second(o.Office.Send(ctx, ana, d.ID, broken.Edition)), ErrIncomplete)
	broken = o.saves(ana, d.ID, "vehicule", "vehicule.0.masa=900")
	if err := o.Folder.Remove(ctx, ana, "k", broken.Values.Get("talon.fisier.id")); err != nil {
		t.Fatal(err)
	}
	wants(t, "a document that is gone", second(o.Office.Send(ctx, ana, d.ID, broken.Edition)), ErrIncomplete)
	file, err := upload.Check("talon.pdf", honest(t))
	wants(t, "check", err, nil)
	today := o.Today()
	for _, n := range []folder.New{{Type: "talon", File: file, IssuedOn: today.AddDays(-9), Until: today.AddDays(-1)}, {Type: anyPaper, File: file}} {
		paper, err := o.Folder.Add(ctx, ana, db.NewID(), n)
		wants(t, "add", err, nil)
		broken = o.saves(ana, d.ID, "acte", "talon="+paper.ID)
		wants(t, "a document that has expired, or is another", second(o.Office.Send(ctx, ana, d.ID, broken.Edition)), ErrIncomplete)
	}
}

func TestRefusals(t *testing.T) { eachTown(t, testRefusals) }

func testRefusals(t *testing.T, o *town) {
	ctx := t.Context()
	d, hers := o.begins(guest, "proba"), o.begins(ana, "proba")
	for name, actor := range map[string]act.Actor{"a stranger": ion, "another visitor": {For: "visitor-2"}, "nobody": {}, "an agent for less": {Person: "ion", For: "ana", Mandate: "m", Services: []string{"intrebare"}}} {
		for _, id := range []string{d.ID, hers.ID, db.NewID()} {
			want := act.ErrRefused
			if !actor.SignedIn() {
				want = act.ErrSignIn
			}
			wants(t, name+" reads", second(o.ByID(ctx, actor, id)), want)
			wants(t, name+" saves", second(o.Save(ctx, actor, id, page("cine", who...))), want)
			wants(t, name+" uploads", second(o.Upload(ctx, actor, "k", id, "talon", Sent{"a.pdf", honest(t), 0})), want)
			wants(t, name+" removes", o.RemoveUpload(ctx, actor, id, "x"), want)
			wants(t, name+" sends", second(o.Office.Send(ctx, actor, id, 1)), want)
			wants(t, name+" discards", o.Discard(ctx, actor, id), act.ErrRefused)
			wants(t, name+" restores", second(o.Restore(ctx, actor, id)), act.ErrRefused)
		}
		if list, err := o.Drafts(ctx, actor); err != nil || len(list) > 0 {
			t.Errorf("%s sees %v, %v", name, list, err)
		}
	}
	wants(t, "a visitor sends", second(o.Office.Send(ctx, guest, o.complete(guest).ID, 5)), act.ErrRefused)
	// An agent may do for her what the mandate covers.
	if list, err := o.Drafts(ctx, limited); err != nil || len(list) != 1 {
		t.Errorf("the agent sees %v, %v", list, err)
	}
	o.saves(limited, hers.ID, "cine", who...)
	if sent := o.complete(limited); sent.Owner != "ana" || sent.By != "ion" {
		t.Errorf("the agent's draft is %+v", sent)
	}
}

func TestItems(t *testing.T) { eachTown(t, testItems) }

func testItems(t *testing.T, o *town) {
	ctx, d := t.Context(), o.begins(ana, "proba")
	count := func(d Draft) string { return d.Values.Get("vehicule") }
	for i, want := range []string{"2", "3", "3"} {
		var err error
		p := page("vehicule", fmt.Sprintf("vehicule.%d.numar=TM 0%d ABC", i, i))
		p.Add = true
		if d, err = o.Save(ctx, ana, d.ID, p); err != nil || count(d) != want {
			t.Fatalf("after adding there are %s, %v, want %s", count(d), err, want)
		}
	}
	d, err := o.Save(ctx, ana, d.ID, Page{Step: "vehicule", Drop: 1})
	if err != nil || count(d) != "2" || d.Values.Get("vehicule.0.numar") != "TM 01 ABC" || d.Values.Get("vehicule.1.numar") != "TM 02 ABC" || d.Values.Get("vehicule.2.numar") != "" {
		t.Errorf("after dropping the first: %v, %v", d.Values, err)
	}
	for _, item := range []int{10, -1, 2, 1, 1} {
		if d, err = o.Save(ctx, ana, d.ID, Page{Step: "vehicule", Drop: item}); err != nil {
			t.Fatal(err)
		}
	}
	if count(d) != "1" || d.Values.Get("vehicule.0.numar") != "" {
		t.Errorf("the last one is not empty: %v", d.Values)
	}
	// Names that no page asks for are not kept.
	d = o.saves(ana, d.ID, "vehicule", "vehicule.99.numar=x", "vehicule.01.numar=x", "vehicule.numar=x", "tip=firma", "vehicule=40", "x=y")
	if len(d.Values) != 4 { // the address, and how many vehicles there are
		t.Errorf("the draft says %v", d.Values)
	}
}

// TestALinkFillsIn: another site may send people here with what it knows of the
// matter, but with nothing of who they are.
func TestALinkFillsIn(t *testing.T) { eachTown(t, testLink) }

func testLink(t *testing.T, o *town) {
	d, err := o.inCity().Begin(t.Context(), ana, "link", "petitie", true, procedures.Values{"domeniu": {"drumuri"}, "nume": {"Altcineva"}, "dragoni": {"trei"}})
	wants(t, "a link", err, nil)
	if got := d.Values.Get("domeniu"); got != "drumuri" {
		t.Errorf("the link filled in %q, want drumuri", got)
	}
	if got := d.Values.Get("nume"); got == "Altcineva" || d.Values["dragoni"] != nil {
		t.Errorf("the link filled in %v", d.Values)
	}
}

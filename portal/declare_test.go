package portal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/cases"
	"bega/fiscal"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/pdf"
	"bega/internal/upload"
	"bega/procedures"
	"bega/revenue"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// A hall is a town with a resident, and a clerk of local taxes.
type hall struct {
	*Town
	t          *testing.T
	ana, lidia act.Actor
	radu       act.Actor // who does nothing at the town hall unless a test says so
}

func openHall(t *testing.T, d *db.DB) *hall {
	t.Helper()
	cfg, err := config.Load("", nil)
	if cfg.Data = t.TempDir(); d.Postgres() {
		cfg.Database = dbtest.Name(d)
	}
	h := &hall{t: t}
	h.must(err)
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	h.Town, err = Open(t.Context(), cfg, Options{Demo: true, Now: func() time.Time { return now }})
	h.must(err)
	t.Cleanup(func() { h.Close() })
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	enrol := func(given, code string) act.Actor {
		id, err := h.Enrol(t.Context(), founder, identity.Person, given, "Test-Demo", code, identity.Contact{Email: strings.ToLower(given) + "@exemplu.ro", Lang: "ro"})
		h.must(err)
		return act.Actor{Person: id, For: id, Level: act.Verified}
	}
	h.ana, h.lidia = enrol("Ana", "4850615350027"), enrol("Lidia", "3850615350017")
	h.radu = enrol("Radu", "3850615350051")
	h.lidia.Roles, h.lidia.Unit = []act.Role{act.Clerk}, revenue.Unit
	return h
}

// gives puts a document into Ana's folder.
func (h *hall) gives(typ string) string {
	h.t.Helper()
	made, err := pdf.Make(pdf.Document{Lang: "ro", Title: "Act", Blocks: pdf.Blocks{pdf.Paragraph{Text: "Act."}}}, h.now())
	h.must(err)
	file, err := upload.Check("act.pdf", made)
	h.must(err)
	paper, err := h.folder.Add(h.t.Context(), h.ana, db.NewID(), folder.New{Type: typ, File: file})
	h.must(err)
	return paper.ID
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// files sends an application of Ana's.
func (h *hall) files(service string, a procedures.Answers) cases.Case {
	h.t.Helper()
	c, err := h.cases.File(h.t.Context(), h.ana, db.NewID(), cases.Application{Service: service, Version: 1, Answers: a},
		func(context.Context, *act.Tx, cases.Case) error { return nil })
	h.must(err)
	return c
}

// has says what Ana has.
func (h *hall) has() (marks string) {
	h.t.Helper()
	role, err := h.revenue.Roll.RoleOf(h.t.Context(), h.db, h.ana.For)
	if errors.Is(err, taxroll.ErrUnknown) {
		return ""
	}
	h.must(err)
	all, err := h.revenue.Roll.Holdings(h.t.Context(), h.db, role, h.today())
	h.must(err)
	for _, thing := range all {
		marks += thing.Details.Plate + thing.Details.Cadastral + thing.Object.Zone + " "
	}
	return strings.TrimSpace(marks)
}

// What enters declarations in the register.
type declarations interface {
	cases.Answerer
	fiscal.Declarations
	Enter(ctx context.Context, actor act.Actor, key, caseID string, changes []taxroll.Change) ([]taxroll.Applied, error)
}

// TestDeclarationsAreEntered: a declaration ends by being entered in the register, with
// what only the town hall knows, and no other way; what it changes is assessed again.
func TestDeclarationsAreEntered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testDeclarations(t, openHall(t, d)) })
}

func testDeclarations(t *testing.T, h *hall) {
	ctx, d := t.Context(), h.revenue.Fiscal.Declarations
	car := h.files(taxroll.DeclareVehicle, procedures.Answers{"ce": "dobandire", "data": "2025-11-20", "numar": "TM 07 ABC", "fel": "car", "serie": "UU1LSDAM512345678",
		"motor": "combustion", "cilindree": int64(1598), "norma": "E6", "proprietari": "singur", "act": h.gives("talon")})
	plot := h.files(taxroll.DeclareLand, procedures.Answers{"ce": "dobandire", "data": "2025-12-01", "cadastral": "400954", "loc": "inside", "categorie": "buildings", "suprafata": "420",
		"adresa": map[string]string{"strada": "Strada Alba Iulia", "numar": "7", "localitate": "Timișoara"}, "proprietari": "singur", "act": h.gives("dovada-proprietate")})
	h.files("certificat-fiscal", procedures.Answers{"scop": "cumparare"}) // which is something else
	if car.State != cases.Filed || car.Unit != revenue.Unit {
		t.Fatalf("the declaration is %+v", car)
	}
	_, err := h.revenue.Taxes.Assess(ctx, h.lidia, 2026, false, nil)
	h.must(err)
	if err := h.desk.Propose(ctx, h.lidia, "approve", car.ID, 0, cases.Proposal{Outcome: cases.Approve}); !errors.Is(err, cases.ErrThere) {
		t.Errorf("it is approved without the register: %v", err)
	}
	all, err := d.Declared(ctx, h.ana.For, "ro")
	h.must(err)
	if len(all) != 2 || all[0].Case != car.ID || all[1].Case != plot.ID || all[0].Source != "case "+car.Number.String() || all[0].Title != "Declară un vehicul" && all[0].Title == "" {
		t.Fatalf("there are %+v", all)
	}
	enter := func(actor act.Actor, key string, i int, zone string) ([]taxroll.Applied, error) {
		said := all[i].Declaration
		said.Zone = zone
		changes, err := taxroll.FromDeclaration(said)
		h.must(err)
		return d.Enter(ctx, actor, key, all[i].Case, changes)
	}
	// Ana, and a clerk of another department, are not told that there is such a case.
	other := h.lidia
	other.Unit = "urbanism"
	for _, actor := range []act.Actor{h.ana, other} {
		if _, err := enter(actor, "k0", 0, ""); !errors.Is(err, cases.ErrUnknown) {
			t.Errorf("%s: %v", actor.Unit, err)
		}
	}
	done, err := enter(h.lidia, "k1", 0, "")
	h.must(err)
	if len(done) != 1 || len(done[0].Changes) != 1 || done[0].Changes[0].Year != 2026 || done[0].Changes[0].After == 0 || h.has() != "TM 07 ABC" {
		t.Errorf("it led to %+v, and Ana has %q", done, h.has())
	}
	if again, err := enter(h.lidia, "k1", 0, ""); err != nil && !errors.Is(err, cases.ErrOver) || err == nil && again[0].Object != done[0].Object {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if _, err := enter(h.lidia, "k2", 0, ""); !errors.Is(err, cases.ErrOver) {
		t.Errorf("once more: %v", err)
	}
	if _, err := enter(h.lidia, "k3", 1, ""); err == nil || h.has() != "TM 07 ABC" {
		t.Errorf("without a zone, it is entered: %v, %q", err, h.has())
	}
	v, err := h.cases.ByID(ctx, h.ana, plot.ID)
	h.must(err)
	if v.State != cases.Filed || v.Proposal != nil {
		t.Errorf("what was not entered is %s", v.State)
	}
	// The head of the department enters it as well as a clerk.
	radu := act.Actor{Person: h.radu.Person, For: h.radu.For, Level: act.Verified, Roles: []act.Role{act.Head}, Unit: revenue.Unit}
	if _, err := enter(radu, "k4", 1, "A"); err != nil || h.has() != "TM 07 ABC 400954A" && h.has() != "400954A TM 07 ABC" {
		t.Errorf("with its zone: %v, %q", err, h.has())
	}
	v, err = h.cases.ByID(ctx, h.ana, car.ID)
	h.must(err)
	paper, err := h.registry.Paper(ctx, h.ana, v.Proposal.Paper)
	h.must(err)
	if v.State != cases.Approved || v.Proposal.By != h.lidia.Person || !strings.Contains(v.Proposal.Plain, "evidența fiscală") || paper.Paper.Type != "confirmare-inscriere" {
		t.Errorf("the car's ends %s by %+v, with %s", v.State, v.Proposal, paper.Paper.Type)
	}
	if left, err := d.Declared(ctx, h.ana.For, "ro"); err != nil || len(left) != 0 {
		t.Errorf("there are still %+v, %v", left, err)
	}
	// The clerk finds the way there from the case.
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, h.revenue.Answerers()[procedures.TaxRegister].Door(plot).Path, nil))
	if w.Code != http.StatusSeeOther {
		t.Errorf("the door leads to %d", w.Code)
	}
}

// TestCertificatesByTheProgramAndByOfficials: who has no file waits for an official, who
// issues the same certificate out of the case; who has one waits for nobody.
func TestCertificatesByTheProgramAndByOfficials(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testCertificates(t, openHall(t, d)) })
}

func testCertificates(t *testing.T, h *hall) {
	ctx := t.Context()
	c := h.files("certificat-fiscal", procedures.Answers{"scop": "altul", "alt_scop": "o bursă"})
	if c.State != cases.Filed {
		t.Errorf("without a file, it is %s", c.State)
	}
	h.must(h.desk.Propose(ctx, h.lidia, "k1", c.ID, 0, cases.Proposal{Outcome: cases.Approve}))
	says := func(id string, want ...string) {
		t.Helper()
		v, err := h.cases.ByID(ctx, h.ana, id)
		h.must(err)
		if v.State != cases.Approved || v.Until != h.today().AddDays(30) {
			t.Fatalf("it is %s, good until %s", v.State, v.Until)
		}
		paper, err := h.registry.Paper(ctx, h.ana, v.Proposal.Paper)
		h.must(err)
		doc := paper.Paper.Document
		text, err := pdf.Make(doc, h.now())
		h.must(err)
		if len(text) == 0 || doc.Number != v.Number.String() || doc.Issuer.Authority == "" || doc.Recipient[0] != "Ana Test-Demo" || doc.Date == "" {
			t.Errorf("the certificate is %+v", doc)
		}
		all := pdfText(doc)
		for _, text := range append(want, `"CNP","value":"4850615350027"`) {
			if !strings.Contains(all, text) {
				t.Errorf("the certificate does not say %q:\n%s", text, all)
			}
		}
	}
	says(c.ID, "alt scop: o bursă", "Nu figurează", "organul fiscal")
	// Whoever looks the paper up by its code does not read the CNP, nor is it anywhere
	// else than on the sealed paper; Ana reads that the clerk saw it.
	v, err := h.cases.ByID(ctx, h.ana, c.ID)
	h.must(err)
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/verifica/"+v.Proposal.Paper, nil))
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "4850615350027") {
		t.Errorf("verifying it shows %d %s", w.Code, w.Body)
	}
	stored, err := db.One(ctx, h.db, db.Value[string], `SELECT document FROM registry_papers WHERE code = $1`, v.Proposal.Paper)
	if err != nil || strings.Contains(stored, "4850615350027") {
		t.Errorf("stored is %s, %v", stored, err)
	}
	seen, _, err := h.folder.Seen(ctx, h.ana, folder.Openings, "", 20)
	if err != nil || !slices.ContainsFunc(seen, func(e act.Entry) bool { return e.Verb == act.PrintCode && e.Person == h.lidia.Person }) {
		t.Errorf("she reads of %+v, %v", seen, err)
	}

	flat := taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, BuiltArea: taxlaw.Whole(77), YearBuilt: 1972}
	_, err = h.revenue.Roll.Apply(ctx, h.lidia, "k2", []taxroll.Change{{Why: taxroll.Acquired, From: h.today().AddDays(-4000), Thing: &flat, Details: &taxroll.Details{Cadastral: "400954-C1-U12"},
		Parts: []taxroll.Part{{Party: h.ana.For}}, Source: "test"}})
	h.must(err)
	_, err = h.revenue.Taxes.Assess(ctx, h.lidia, 2026, false, nil)
	h.must(err)
	c = h.files("certificat-fiscal", procedures.Answers{"scop": "mostenire"})
	says(c.ID, "succesiune", "400954-C1-U12", "Figurează cu obligațiile", "contribuabil")

	sale := cases.Application{Service: "certificat-fiscal", Version: 1, Answers: procedures.Answers{"scop": "vanzare-imobil", "imobil": "400954-C1-U12"}}
	_, err = h.cases.File(ctx, h.ana, "k3", sale, nil)
	refusal, ok := errors.AsType[*cases.Refusal](err)
	if !ok || !errors.Is(err, taxes.ErrDebts) || refusal.Path != "/dosar/taxe" || len(refusal.Lines) != 2 || refusal.Lines[0].Label["ro"] != "Impozit pe clădiri 2026" ||
		refusal.Lines[0].Amount+refusal.Lines[1].Amount != refusal.Args[0] {
		t.Errorf("who owes is told %+v, %v", refusal, err)
	}
	accountant := act.Actor{Person: h.lidia.Person, For: h.ana.For, Mandate: "m", Services: []string{"certificat-fiscal"}, Level: act.Verified}
	err = h.cases.Foresee(ctx, accountant, sale)
	if refusal, ok := errors.AsType[*cases.Refusal](err); !ok || refusal.Path != "/taxe/plata" {
		t.Errorf("whose mandate is for certificates alone is told %+v, %v", refusal, err)
	}
	sale.Answers["imobil"] = "1"
	err = h.cases.Foresee(ctx, h.ana, sale)
	if wrong, ok := errors.AsType[*cases.Wrong](err); !ok || wrong.Problems[0].Field != "imobil" {
		t.Errorf("another number: %v", err)
	}
	// What the register knows of hers is offered, and is what is meant.
	_, err = h.revenue.Roll.Apply(ctx, h.lidia, "k5", []taxroll.Change{{Why: taxroll.Acquired, From: h.today().AddDays(-4000), Thing: &flat, Details: &taxroll.Details{Address: "Strada Nufărului 3"},
		Parts: []taxroll.Part{{Party: h.ana.For}}, Source: "test"}})
	h.must(err)
	things, err := h.revenue.Things(ctx, h.ana, "property", "ro")
	h.must(err)
	if len(things) != 2 || things[1].Mark != "Clădire, Strada Nufărului 3" && things[0].Mark != "Clădire, Strada Nufărului 3" {
		t.Errorf("offered are %+v", things)
	}
	for _, thing := range things {
		sale.Answers["imobil"] = thing.Mark
		if err := h.cases.Foresee(ctx, h.ana, sale); !errors.Is(err, taxes.ErrDebts) {
			t.Errorf("of %q: %v", thing.Mark, err)
		}
	}
	// A colleague at the counter who may not see taxes files it for the clerks.
	greeter := act.Actor{Person: h.lidia.Person, For: h.lidia.For, Roles: []act.Role{act.Desk}, Unit: "relatii-cetateni", Level: act.Verified}
	c, err = h.cases.File(ctx, greeter, "k4", cases.Application{Owner: h.ana.For, Service: "certificat-fiscal", Version: 1, Answers: procedures.Answers{"scop": "cumparare"}},
		func(context.Context, *act.Tx, cases.Case) error { return nil })
	h.must(err)
	if c.State != cases.Filed || !c.AtDesk {
		t.Errorf("at the counter, it is %+v", c)
	}
}

// pdfText returns all that a document says.
func pdfText(doc pdf.Document) string {
	text, _ := json.Marshal(doc) // never fails: texts
	return string(text)
}

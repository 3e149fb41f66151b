package procedures

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bega/internal/deadline"
	"bega/internal/web/assets"
)

// day reads a day that is right.
func day(t testing.TB, text string) deadline.Date {
	t.Helper()
	d, err := deadline.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// town loads the catalogue of the tests.
func town(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load(os.DirFS("testdata/town"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACaseKeepsItsVersion(t *testing.T) {
	c := town(t)
	for on, want := range map[string]int{"2025-12-31": 0, "2026-01-01": 1, "2026-12-31": 1, "2027-01-01": 2, "2030-01-01": 2} {
		s, err := c.Service("proba", day(t, on))
		if want == 0 && err != ErrUnknown || want > 0 && (err != nil || s.Version != want) {
			t.Errorf("on %s the version is %v, %v; want %d", on, s, err, want)
		}
	}
	if s, err := c.Version("proba", 1); err != nil || s.Title["ro"] != "Permis de probă" {
		t.Errorf("version 1 is %v, %v", s, err)
	}
	for _, version := range []int{0, 3} {
		if _, err := c.Version("proba", version); err != ErrUnknown {
			t.Errorf("version %d: %v", version, err)
		}
	}
	if _, err := c.Service("dragoni", day(t, "2026-06-01")); err != ErrUnknown {
		t.Error(err)
	}
}

func TestTheCatalogueListsWhatCanBeBegun(t *testing.T) {
	c := town(t)
	var keys []string
	for _, s := range c.Services(day(t, "2026-06-01")) {
		keys = append(keys, s.Key)
	}
	if want := []string{"intrebare", "proba"}; !slices.Equal(keys, want) {
		t.Errorf("the services are %q, want %q", keys, want)
	}
	if s, err := c.Service("obiectie", day(t, "2026-06-01")); err != nil || !s.Internal {
		t.Errorf("the internal service is %v, %v", s, err)
	}
	if u, err := c.Unit("doi"); err != nil || u.Short["ro"] != "Doi" || len(c.Units()) != 2 {
		t.Errorf("the unit is %v, %v", u, err)
	}
	if d, err := c.DocumentType("talon"); err != nil || d.Fetched || len(c.DocumentTypes()) != 3 {
		t.Errorf("the document is %v, %v", d, err)
	}
	if _, err := c.Register("XX"); err != ErrUnknown || len(c.Registers()) != 1 || len(c.Topics()) != 2 || len(c.Lives()) != 1 || len(c.Exceptions()) != 0 {
		t.Error(err)
	}
}

// changed is the town of the tests with something replaced in one file of it.
func changed(t testing.TB, file, old, new string) fs.FS {
	t.Helper()
	pack := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS("testdata/town"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile("testdata/town/" + name)
		if name == file {
			if !strings.Contains(string(data), old) {
				t.Errorf("%s does not contain %s", file, old)
			}
			data = []byte(strings.Replace(string(data), old, new, 1))
		}
		pack[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// TestMistakesAreExplained makes each mistake that a department can make, and
// wants to read where it is and what it is.
func TestMistakesAreExplained(t *testing.T) {
	const proba, question = "services/proba.v1.json", "services/intrebare.v1.json"
	for _, m := range []struct{ file, old, new, want string }{
		{proba, `"key": "proba"`, `"key": "alta"`, "proba.v1.json /key: fișierul ar trebui să se numească alta.v1.json"},
		{proba, `"version": 1`, `"version": 1.5`, "/version: aici vine integer, nu number"},
		{proba, `"topic": "probe",`, ``, "proba.v1.json: lipsește topic"},
		{proba, `"topic": "probe"`, `"topik": "x", "topic": "probe"`, "nu există topik; verifică scrierea"},
		{proba, `"topic": "probe"`, `"topic": "prob"`, "/topic: nu există „prob”"},
		{proba, `"level": "verified"`, `"level": "high"`, "/level: „high” nu e printre valorile permise: light verified"},
		{proba, `"register": "SC"`, `"register": "sc"`, "/register: „sc” nu are forma cerută"},
		{proba, `"register": "SC"`, `"register": "UR"`, "/register: nu există „UR”"},
		{proba, `"effective": "2026-01-01"`, `"effective": "2026-02-30"`, "nu se poate citi"},
		{proba, `"effective": "2026-01-01"`, `"effective": "2028-01-01"`, "proba.v2.json /effective: versiunea"},
		{proba, `"en": "Trial permit"`, `"de": "Probe"`, "/title: lipsește en"},
		{proba, `{`, `[`, "nu se poate citi"},
		{proba, `"unit": "unu"`, `"unit": "trei"`, "/unit: nu există „trei”"},
		{proba, `"unit": "doi"`, `"unit": "trei"`, "/routes/0/unit: nu există „trei”"},
		{proba, `"document": "permis"`, `"document": "patent"`, "/decision/document: nu există „patent”"},
		{proba, `"document": "talon"`, `"document": "extras"`, "/steps/3/fields/0/document: pe „extras” îl ia primăria"},
		{proba, `"incerc"`, `"incere"`, "/life/0: nu există „incere”"},
		{proba, `"key": "altul"`, `"key": "tip"`, "/steps/0/fields/1/key: „tip” e folosit de două ori"},
		{proba, `"key": "telefon"`, `"key": "today"`, "/steps/0/fields/5/key: „today” e folosit de două ori sau e un cuvânt rezervat"},
		{proba, `"key": "telefon"`, `"key": "vehicule"`, "„vehicule” e folosit de două ori"},
		{proba, `"value": "altul"`, `"value": "eu"`, "/steps/0/fields/0/options/1/value: „eu” e folosit"},
		{proba, `"kind": "phone"`, `"kind": "select"`, "/steps/0/fields/5: choice, select și checkboxes au options"},
		{proba, `"kind": "phone"`, `"kind": "document"`, "/steps/0/fields/5: un câmp document spune"},
		{proba, `"kind": "phone"`, `"kind": "cnp"`, "/steps/0/fields/5: pentru CNP trebuie temeiul legal"},
		{proba, `"prefill": "party.address"`, `"prefill": "party.iban"`, "/prefill: nu se potrivește cu felul address"},
		{proba, `"prefill": "party.address"`, `"prefill": "document:patent.number"`, "/prefill: nu există „patent”"},
		{proba, `"min": "today+3"`, `"min": "mâine"`, "/steps/2/fields/0/min: „mâine” nu e o limită pentru felul date"},
		{proba, `"max": "40000"`, `"max": "0"`, "/steps/1/fields/1/max: capătul e înaintea începutului"},
		{proba, `"tip == 'altul'"`, `"tip === 'altul'"`, "/steps/0/fields/1/when: condiția nu se înțelege, la caracterul"},
		{proba, `"tip == 'altul'"`, `"tipp == 'altul'"`, "undeclared reference to 'tipp'"},
		{proba, `"tip == 'altul'"`, `"tip"`, "/steps/0/fields/1/when: condiția nu se înțelege"},
		{proba, `"tip == 'altul'"`, `"tip == 'alta'"`, "/steps/0/fields/1/when: „tip” nu are răspunsul „alta”"},
		{proba, `"tip == 'altul'"`, `"tip in ['eu', 'alta']"`, "„tip” nu are răspunsul „alta”"},
		{proba, `"tip == 'altul'"`, `"tip == 'altul' && tip == 'eu'"`, "/steps/0/fields/1/when: condiția nu e îndeplinită niciodată"},
		{proba, `"tip == 'altul'"`, `"grabit"`, "/steps/0/fields/1/when: condiția depinde de „grabit”, care se întreabă abia mai târziu"},
		{proba, `"tip == 'altul'"`, `"has(answers.grabit)"`, "depinde de „grabit”"},
		{proba, `"masa > 3500"`, `"numar > 3500"`, "/steps/1/fields/2/when: condiția nu se înțelege"},
		{proba, `"applicant.resident"`, `"tip == 'eu'"`, "/eligibility/0/when: condiția nu se înțelege"},
		{proba, `"sfarsit > inceput"`, `"sfarsit > inceputt"`, "/rules/0/that: condiția nu se înțelege"},
		{proba, "\"inceput\"\n\t\t\t],", `"incepu"],`, "/rules/0/fields/1: nu există „incepu”"},
		{proba, `? 5000 : 1000`, `? 50.5 : 10.5`, "/fee/lines/0/rule: condiția nu se înțelege"},
		{proba, `"kind": "rule"`, `"kind": "fixed"`, "/fee: taxa fixă are amount"},
		{proba, `RO90TREZ62121360206XXXXX`, `RO91TREZ62121360206XXXXX`, "/fee/account: contul"},
		{proba, `{{numar}}`, `{{numarul}}`, "/decision/body/0/ro: nu există „numarul”"},
		{proba, `{{numar}}`, `{{numar}`, "/decision/body/0/ro: o acoladă"},
		{proba, `{{adresa.strada}}`, `{{adresa.oras}}`, "/decision/body/0/ro: nu există „adresa.oras”"},
		{proba, `"numar"` + "\n\t\t\t],\n\t\t\t\"documents\"", `"num"` + "\n\t\t\t],\n\t\t\t\"documents\"", "/corrections/0/fields/0: nu există „num”"},
		{proba, `"level": "verified"`, `"level": "verified", "answeredBy": "magic"`, "/answeredBy: „magic” nu e printre valorile permise"},
		{proba, `"level": "verified"`, `"level": "verified", "answeredBy": "tax-register"`, "/answeredBy: la ce aprobă programul"}, // but has a fee
		{proba, `"to": "2027-01-09"`, `"to": "2026-01-09"`, "/closed/0/to: capătul"},
		{proba, `"mode": "working"`, `"mode": "calendarr"`, "/term/mode: „calendarr”"},
		{proba, `"unit": "year",`, `"unit": "year", "x": 1,`, "/decision/valid: nu există x"},
		{question, `"persons": true`, `"persons": false`, ""}, // firms may ask
		{question, "\"persons\": true,\n\t\"firms\": true", `"persons": false`, "nimeni nu poate cere serviciul"},
		{"lives.json", `"proba"`, `"probă"`, "lives.json /0/services/0: „probă” nu are forma"},
		{"lives.json", `"proba"`, `"alta"`, "lives.json /0/services/0: nu există „alta”"},
		{"lives.json", `"star"`, `"stea"`, "lives.json /0/icon: „stea”"},
		{"units.json", `"doi"`, `"unu"`, "units.json /1/key: „unu”"},
		{"units.json", `"register": "SC"`, `"register": "XX"`, "units.json /0/register: nu există „XX”"},
	} {
		_, err := Load(changed(t, m.file, m.old, m.new))
		if m.want == "" && err != nil || m.want != "" && (err == nil || !strings.Contains(err.Error(), m.want)) {
			t.Errorf("%s: with %s, got\n%v\nwant %s", m.file, m.new, err, m.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("a town without services passes")
	}
}

func TestCheckSaysHowHardTextsAre(t *testing.T) {
	var out strings.Builder
	if err := Check(os.DirFS("testdata/town"), &out); err != nil || !strings.Contains(out.String(), "services/proba.v1.json: LIX ") {
		t.Errorf("got %v and\n%s", err, out.String())
	}
	out.Reset()
	err := Check(changed(t, "services/proba.v1.json", "Nu folosește la nimic.",
		"Administrația publică locală procedează la instrumentarea documentațiilor corespunzătoare reglementărilor aplicabile."), &out)
	if err != nil || !strings.Contains(out.String(), "atenție: services/proba.v1.json /summary: textul e greu de citit: LIX ") {
		t.Errorf("got %v and\n%s", err, out.String())
	}
	if err := Check(changed(t, "units.json", `"doi"`, `"unu"`), io.Discard); err == nil {
		t.Error("a pack with a mistake passes")
	}
	for text, want := range map[string]int{"": 0, "...": 0, "Da.": 1, "Ai un an. Ai doi ani.": 3, "reglementărilor aplicabile": 102} {
		if got := LIX(text); got != want {
			t.Errorf("%q has LIX %d, want %d", text, got, want)
		}
	}
}

// TestIcons: a pack may name every icon of the portal, and no other.
func TestIcons(t *testing.T) {
	data, err := schemas.ReadFile("pack.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs struct {
			Lives struct {
				Items struct {
					Properties struct {
						Icon struct{ Enum []string }
					}
				}
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if got, want := schema.Defs.Lives.Items.Properties.Icon.Enum, slices.Sorted(slices.Values(assets.Icons())); !slices.Equal(got, want) {
		t.Errorf("the schema has the icons\n%q, want\n%q", got, want)
	}
}

package intake_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bega/fiscal/fiscaltest"
	"bega/internal/browser"
	"bega/internal/db/dbtest"
)

type step = fiscaltest.Step

var values = fiscaltest.Values

// TestSendingARegister, with forms alone: what is wrong is said beside the field, and
// what is good is not asked for again.
func TestSendingARegister(t *testing.T) { eachTown(t, testSending) }

func testSending(t *testing.T, o *town) {
	typed := func(more ...string) map[string][]string {
		form := map[string][]string{"cheie": {o.Key()}, "an": {"2026"}}
		for i := 0; i < len(more); i += 2 {
			form[more[i]] = append(form[more[i]], more[i+1])
		}
		return form
	}
	o.Walk([]step{{clerk, "GET " + here, nil, 200, "You have not sent any register yet", ""}, {signer, "GET " + here, nil, 404, "", ""}, {planner, "GET " + here, nil, 404, "", ""}})
	says := func(form map[string][]string, want []string, files ...piece) string {
		t.Helper()
		w := o.upload(clerk, here, form, files...)
		for _, text := range want {
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), text) {
				t.Errorf("got %d without %q", w.Code, text)
			}
		}
		return w.Body.String()
	}
	says(typed(), []string{`id="fisiere-error"`, "Choose an XLSX workbook"})
	says(typed(), []string{"The file is empty"}, piece{"gol.csv", ""})
	wrong := typed()
	wrong["an"] = []string{"doi"}
	says(wrong, []string{`id="an-error"`, `value="doi"`})
	page := says(typed(), []string{"The column “nume” is missing", "b.csv (Objects)", `id="fisiere-error"`}, piece{"a.csv", "rol;tip;cod\n"}, piece{"<b>b.csv", objectsCSV})
	_, id, ok := strings.Cut(page, `name="fisiere.id" value="`)
	if id, _, _ = strings.Cut(id, `"`); !ok {
		t.Fatal("the good file is asked for again")
	}
	if strings.Contains(page, "<b>b.csv") {
		t.Error("the name of a file is HTML")
	}
	says(typed("fisiere.id", id), []string{"Send one XLSX workbook, or both CSV files", id})
	if w := o.upload(clerk, here, typed("fisiere.id", id, "fisiere.sterge", id)); w.Code != 200 || strings.Contains(w.Body.String(), id) {
		t.Errorf("removed, it is still there: %d", w.Code)
	}
	w := o.upload(clerk, here, typed("fisiere.id", id), piece{"a.csv", taxpayersCSV})
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(path, here+"/") {
		t.Fatalf("got %d, %s", w.Code, path)
	}
	if w := o.upload(clerk, here, typed("fisiere.id", id), piece{"a.csv", taxpayersCSV}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "A register is being read already") {
		t.Errorf("beside another, got %d", w.Code)
	}
	o.follow(strings.TrimPrefix(path, here+"/"))
	if w := o.upload(planner, here, typed(), piece{"a.csv", taxpayersCSV}); w.Code != 404 {
		t.Errorf("another department got %d", w.Code)
	}
	w = o.upload(clerk, here+"/fisier", nil, piece{"a.csv", taxpayersCSV})
	if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"name":"a.csv (Taxpayers)"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// follow looks at a register while it is read and afterwards.
func (o *town) follow(id string) {
	path := here + "/" + id
	if w := o.Send(signer, "GET "+path, nil); w.Header().Get("Refresh") != "5" || !strings.Contains(w.Body.String(), "<progress") {
		o.T.Errorf("what is read is not looked at again: %v", w.Header())
	}
	o.Must(o.Read(o.T.Context(), id))
	if w := o.Send(signer, "GET "+path, nil); w.Header().Get("Refresh") != "" {
		o.T.Error("what was read is looked at again")
	}
	o.Walk([]step{
		{clerk, "GET " + path, nil, 200, "Another colleague publishes it", ""},
		{head, "GET " + path, nil, 200, "Then you can publish it", ""},
		{signer, "GET " + path, nil, 200, "contribuabili", "respinse.csv"},
		{clerk, "GET " + path, nil, 200, path + "/respinse.csv", ""},
		{planner, "GET " + path, nil, 404, "", ""},
		{clerk, "GET " + here, nil, 200, path, ""},
		{signer, "POST " + path + "/opreste", values("s"), 404, "", ""},
		{clerk, "POST " + path + "/opreste", values("s"), 303, path, ""},
		{clerk, "POST " + path + "/opreste", values("t"), 409, "cannot be given up", ""},
		{clerk, "GET " + here + "?din=" + id, nil, 200, "a.csv (Taxpayers)", ""},
		{head, "GET " + here + "?din=" + id, nil, 200, "", "a.csv (Taxpayers)"}, // files are whose they are
		{clerk, "GET " + here + "?din=none", nil, 404, "", ""},
	})
}

// TestAFailureSaysWhy, and is tried again with the files that are there.
func TestAFailureSaysWhy(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	id := o.begin(taxpayersCSV, objectsCSV)
	o.gone = true
	o.Must(o.Read(t.Context(), id))
	o.Walk([]step{{clerk, "GET " + here + "/" + id, nil, 200, "does not work on taxes any more", ""}, {clerk, "GET " + here + "/" + id, nil, 200, here + "?din=" + id, ""},
		{head, "GET " + here + "/" + id, nil, 200, "could not be read", "?din="}})
}

// TestPagesSuitEverybody looks at every page in a browser, in each of its states.
func TestPagesSuitEverybody(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	looks := map[string]fiscaltest.Look{"empty": {As: clerk, Path: here}}
	read := o.begin(taxpayersCSV, objectsCSV)
	o.Must(o.Read(t.Context(), read))
	o.gone = true
	failed := o.begin(taxpayersCSV, objectsCSV)
	o.Must(o.Read(t.Context(), failed))
	o.gone = false
	reading := o.begin(many(10))
	for name, path := range map[string]string{"ask": "", "again": "?din=" + failed, "read": "/" + read, "failed": "/" + failed, "reading": "/" + reading} {
		looks[name] = fiscaltest.Look{As: clerk, Path: here + path}
	}
	looks["other"] = fiscaltest.Look{As: signer, Path: here + "/" + read}
	o.Suits(t, "intake", looks)
	o.On("2026-11-26")
	o.Suits(t, "intake", map[string]fiscaltest.Look{"late": {As: head, Path: here + "/" + reading}})
}

// TestChoosingFiles sends a register in a browser, with scripts and without: with them,
// each file is sent when it is chosen, and the page of the register goes on by itself.
func TestChoosingFiles(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		o := newTown(t, dbtest.SQLite(t))
		o.As = clerk
		tab := browser.Open(t, browser.Options{NoScript: !scripts})
		tab.Go(o.Serving() + here)
		if scripts {
			tab.Upload("Registrul", file(t, "contribuabili.csv", taxpayersCSV))
			tab.Await("contribuabili.csv (Contribuabili)")
			tab.Upload("Registrul", file(t, "bunuri.csv", objectsCSV))
			tab.Await("bunuri.csv (Bunuri)")
		} else {
			tab.Upload("Registrul", file(t, "registru.xlsx", workbook(t, nil, map[string]string{"contribuabili": taxpayersCSV, "bunuri": objectsCSV})))
		}
		tab.Click("Încarcă registrul")
		tab.Await("Citirea începe imediat")
		if bad := tab.Axe(); len(bad) > 0 {
			t.Error(bad)
		}
		if len(o.queued) != 1 {
			t.Fatalf("scripts %v: %q are queued", scripts, o.queued)
		}
		o.Must(o.Read(t.Context(), o.queued[0]))
		tab.Await("Registrul este citit") // within five seconds, without a click
	}
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

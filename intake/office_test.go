package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bega/fiscal/fiscaltest"
	"bega/intake"
	"bega/internal/act"
	"bega/internal/blob"
	"bega/taxroll"
)

// TestARegisterIsRead: what was sent in two tables is in the import, and counts when a
// second official has published it.
func TestARegisterIsRead(t *testing.T) { eachTown(t, testRead) }

func testRead(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.begin(taxpayersCSV, objectsCSV)
	if len(o.queued) != 1 || o.queued[0] != id {
		t.Fatalf("the queue has %q", o.queued)
	}
	if v := o.see(id); v.State != intake.Reading || v.There() || v.Rows() != 5 {
		t.Errorf("before it is read, it is %+v", v)
	}
	o.Must(o.Read(ctx, id))
	o.Must(o.Read(ctx, id)) // jobs are done twice
	v := o.see(id)
	sum := v.Import.Summary
	if v.State != intake.Read || v.Import.State != "loaded" || v.Done() != 5 || sum.Rejected != 1 || sum.Taxpayers.New != 2 || sum.Objects["land"].New != 2 || v.Import.By != clerk.Person {
		t.Errorf("it is %+v", v)
	}
	if len(sum.Reasons) != 1 || sum.Reasons[0].Table != "contribuabili" || sum.Reasons[0].Column != "cod" || sum.Reasons[0].Rows != 1 || sum.Reasons[0].First != 4 {
		t.Errorf("the reasons are %+v", sum.Reasons)
	}
	fiscaltest.Check(t, o.Roll.Publish(ctx, head, o.Key(), id), taxroll.ErrRejected)
	fiscaltest.Check(t, o.Stop(ctx, planner, o.Key(), id), intake.ErrUnknown)
	fiscaltest.Check(t, o.Stop(ctx, head, o.Key(), id), nil)
	fiscaltest.Check(t, o.Stop(ctx, head, o.Key(), id), intake.ErrOver)
	if v := o.see(id); v.State != intake.Stopped || v.Import.State != "reverted" {
		t.Errorf("given up, it is %+v", v)
	}

	good := strings.Replace(taxpayersCSV, "9;PF;1;Nimeni-Demo\n", "", 1)
	id = o.begin(good, objectsCSV)
	o.Must(o.Read(ctx, id))
	fiscaltest.Check(t, o.Roll.Publish(ctx, clerk, o.Key(), id), taxroll.ErrUnknown)
	if n := o.published(id); n != 2 {
		t.Errorf("%d objects count", n)
	}
	fiscaltest.Check(t, o.Stop(ctx, clerk, o.Key(), id), intake.ErrOver)
	if v := o.see(id); v.State != intake.Read || v.Import.State != "published" {
		t.Errorf("what counts was given up: %+v", v)
	}
}

// TestAWorkbookIsRead, with days as workbooks keep them, and empty rows at the end.
func TestAWorkbookIsRead(t *testing.T) { eachTown(t, testWorkbook) }

func testWorkbook(t *testing.T, o *town) {
	file := o.keep(clerk, "registru.xlsx", workbook(t, func(book *excelize.File) {
		must(t, book.SetCellValue("bunuri", "A400", " "))
	}, map[string]string{"contribuabili": taxpayersCSV, "bunuri": objectsCSV}))
	id, err := o.Begin(t.Context(), clerk, o.Key(), 2026, []string{file})
	o.Must(err)
	o.Must(o.Read(t.Context(), id))
	if v := o.see(id); v.Import.State != "loaded" || v.Import.Summary.Objects["land"].New != 2 || v.Import.Summary.Rejected != 1 {
		t.Errorf("it is %+v", v)
	}
	if left, err := os.ReadDir(o.Scratch); err != nil || len(left) > 0 {
		t.Errorf("unpacked files are left: %v, %v", left, err)
	}
}

// TestItGoesOnWhereItWas: the program dies again and again while it reads, and no row is
// lost or read twice.
func TestItGoesOnWhereItWas(t *testing.T) { eachTown(t, testGoesOn) }

func testGoesOn(t *testing.T, o *town) {
	o.Roll.Chunk = 7
	id := o.begin(many(40))
	deaths, last := 0, 0
	for range 200 {
		ctx, die := context.WithCancelCause(t.Context())
		go func() { // after a chunk or two
			for ctx.Err() == nil {
				if i, err := o.Roll.ImportByID(context.Background(), o.Base.DB, id); err == nil && i.Done > last {
					die(errDead)
				}
				time.Sleep(time.Millisecond)
			}
		}()
		err := o.Read(ctx, id)
		die(nil)
		v := o.see(id)
		if v.Import.Done < last {
			t.Fatalf("%d rows were read, and now %d", last, v.Import.Done)
		}
		if last = v.Import.Done; v.State != intake.Reading {
			o.Must(err)
			break
		}
		deaths++
	}
	v := o.see(id)
	if v.State != intake.Read || v.Import.Done != 120 || v.Import.Summary.Objects["vehicle"].New != 80 || v.Import.Summary.Taxpayers.New != 40 {
		t.Errorf("after %d deaths it is %+v", deaths, v)
	}
	if n := o.published(id); n != 80 {
		t.Errorf("%d objects count", n)
	}
	t.Logf("%d deaths", deaths)
}

// TestALongReadingIsSharedByJobs: none takes longer than its shift.
func TestALongReadingIsSharedByJobs(t *testing.T) { eachTown(t, testShifts) }

func testShifts(t *testing.T, o *town) {
	o.Roll.Chunk, o.Shift = 1, time.Nanosecond
	id := o.begin(taxpayersCSV, objectsCSV)
	o.Must(o.Read(t.Context(), id))
	if len(o.queued) != 2 || o.see(id).State != intake.Reading {
		t.Fatalf("%q are queued, and it is %+v", o.queued, o.see(id))
	}
	o.Must(o.Resume(t.Context()))
	if len(o.queued) != 2 {
		t.Errorf("what goes on was begun again: %q", o.queued)
	}
	o.On("2026-11-26") // and nobody has read since yesterday
	if !o.see(id).Late(o.Time()) {
		t.Error("nobody sees that it waits")
	}
	o.Must(o.Resume(t.Context()))
	if len(o.queued) != 3 {
		t.Errorf("what was left by a program that died waits for ever: %q", o.queued)
	}
	o.Shift = 0
	o.Must(o.Read(t.Context(), id))
	if v := o.see(id); v.State != intake.Read {
		t.Errorf("it is %+v", v)
	}
	o.Must(o.Resume(t.Context()))
	if len(o.queued) != 3 {
		t.Errorf("what was read is read again: %q", o.queued)
	}
}

// TestTwoJobsAtATime read the same register: each row counts once.
func TestTwoJobsAtATime(t *testing.T) { eachTown(t, testTwoJobs) }

func testTwoJobs(t *testing.T, o *town) {
	o.Roll.Chunk = 5
	id := o.begin(many(20))
	for range 3 {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := o.Read(t.Context(), id); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	if v := o.see(id); v.State != intake.Read || v.Import.Done != 60 || v.Import.Summary.Objects["vehicle"].New != 40 {
		t.Errorf("it is %+v", v)
	}
	if n := o.published(id); n != 40 {
		t.Errorf("%d objects count", n)
	}
}

// TestStoppedWhileItIsRead: it is given up for good, whatever the job still does.
func TestStoppedWhileItIsRead(t *testing.T) { eachTown(t, testStopped) }

func testStopped(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.begin(taxpayersCSV, objectsCSV)
	o.Must(o.Stop(ctx, clerk, o.Key(), id)) // before it has begun
	o.Must(o.Read(ctx, id))
	if v := o.see(id); v.State != intake.Stopped || v.There() {
		t.Errorf("it is %+v", v)
	}
	o.Roll.Chunk = 2
	id = o.begin(many(300))
	var both sync.WaitGroup
	both.Go(func() {
		if err := o.Read(ctx, id); err != nil {
			t.Error(err)
		}
	})
	for !o.see(id).There() {
		time.Sleep(time.Millisecond)
	}
	o.Must(o.Stop(ctx, clerk, o.Key(), id))
	both.Wait()
	if v := o.see(id); v.State != intake.Stopped || v.Import.State != "reverted" {
		t.Errorf("it is %+v", v)
	}
	o.Must(o.Read(ctx, o.begin(taxpayersCSV, objectsCSV))) // and the way is free
}

// TestWhoMay: the clerks and heads of the department alone, each with their own files.
func TestWhoMay(t *testing.T) { eachTown(t, testWhoMay) }

func testWhoMay(t *testing.T, o *town) {
	ctx := t.Context()
	a, b := o.keep(clerk, "a.csv", taxpayersCSV), o.keep(clerk, "b.csv", objectsCSV)
	for _, actor := range []act.Actor{signer, planner, fiscaltest.Teller, fiscaltest.Ana, fiscaltest.Visitor} {
		_, err := o.Keep(ctx, actor, "a.csv", strings.NewReader(taxpayersCSV))
		fiscaltest.Check(t, err, intake.ErrUnknown)
		_, err = o.Begin(ctx, actor, o.Key(), 2026, []string{a, b})
		fiscaltest.Check(t, err, intake.ErrUnknown)
	}
	_, err := o.Begin(ctx, head, o.Key(), 2026, []string{a, b})
	fiscaltest.Check(t, err, intake.ErrNone) // they are somebody else's
	key := o.Key()
	id, err := o.Begin(ctx, clerk, key, 2026, []string{a, b})
	o.Must(err)
	again, err := o.Begin(ctx, clerk, key, 2026, []string{a, b})
	if err != nil || again != id || len(o.queued) != 1 {
		t.Errorf("a repetition began %s after %s, %v", again, id, err)
	}
	_, err = o.Begin(ctx, clerk, o.Key(), 2026, []string{a, b})
	fiscaltest.Check(t, err, intake.ErrReading)
	_, err = o.View(ctx, planner, id)
	fiscaltest.Check(t, err, intake.ErrUnknown)
	_, err = o.View(ctx, clerk, "none")
	fiscaltest.Check(t, err, intake.ErrUnknown)
	_, err = o.View(ctx, signer, id)
	fiscaltest.Check(t, err, nil)

	o.gone = true
	o.Must(o.Read(ctx, id))
	if v := o.see(id); v.State != intake.Failed || v.Fault != intake.ErrReader.Key {
		t.Errorf("in the name of nobody, it is %+v", v)
	}
	o.gone = false
	for _, test := range []struct {
		year int
		ids  []string
		want error
	}{{1999, []string{a, b}, intake.ErrYear}, {2026, nil, intake.ErrNone}, {2026, []string{a}, intake.ErrPair}, {2026, []string{b}, intake.ErrPair}, {2026, []string{"x"}, intake.ErrNone},
		{2026, []string{a, b, o.keep(clerk, "x.xlsx", workbook(t, nil, map[string]string{"contribuabili": taxpayersCSV, "bunuri": objectsCSV}))}, intake.ErrPair},
		{2026, []string{o.keep(clerk, "a.csv", "rol;tip;cod;nume\n"), o.keep(clerk, "b.csv", "cod_bun;rol;fel;de_la\n")}, intake.ErrNoRows}} {
		_, err := o.Begin(ctx, clerk, o.Key(), test.year, test.ids)
		fiscaltest.Check(t, err, test.want)
	}
	loading, err := o.Roll.Load(ctx, head, taxroll.Source{Taxpayers: failing{}, Objects: failing{}}, 2026, nil) // by the command, interrupted
	if err == nil {
		t.Fatalf("it was loaded: %+v", loading)
	}
	id, err = o.Begin(ctx, clerk, o.Key(), 2026, []string{a, b})
	o.Must(err)
	o.Must(o.Read(ctx, id))
	if v := o.see(id); v.State != intake.Failed || v.Fault != taxroll.ErrBusy.Key || v.There() {
		t.Errorf("beside another, it is %+v", v)
	}
	o.Must(o.Stop(ctx, clerk, o.Key(), loading.ID))
	id, err = o.Begin(ctx, clerk, o.Key(), 2026, []string{a, b})
	o.Must(err)
	o.Must(o.Read(ctx, id))
	if v := o.see(id); v.State != intake.Read {
		t.Errorf("with the same files once more, it is %+v", v)
	}
}

// failing is a table that cannot be read.
type failing struct{}

// Next implements [taxroll.Table].
func (failing) Next() ([]string, error) { return nil, errDead }

// TestWrongFiles: each is refused with what to do.
func TestWrongFiles(t *testing.T) { eachTown(t, testWrongFiles) }

func testWrongFiles(t *testing.T, o *town) {
	tables := map[string]string{"contribuabili": taxpayersCSV, "bunuri": objectsCSV}
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"empty":              {"", intake.ErrEmpty},
		"spaces":             {"\ufeff \r\n\r\n", intake.ErrEmpty},
		"pdf":                {"%PDF-1.7\n", intake.ErrKind},
		"png":                {"\x89PNG\r\n\x1a\n\x00", intake.ErrKind},
		"xls":                {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", intake.ErrOld},
		"utf-16":             {"\xff\xfer\x00o\x00l\x00", intake.ErrEncoding},
		"windows-1250":       {"rol;tip;cod;nume\n1;PF;3850615350017;\xaatefan\n", intake.ErrEncoding},
		"a column too few":   {"rol;tip;cod\n", taxroll.ErrColumns},
		"a column too many":  {"cod_bun;rol;fel;de_la;culoare\n", taxroll.ErrExtra},
		"text":               {"Bună ziua\n", taxroll.ErrExtra},
		"a quote":            {"rol;tip;cod;nume\n1;PF;3850615350017;\"Ana\" Demo\"\n", intake.ErrBroken},
		"another archive":    {zipped(t, map[string]string{"word/document.xml": "<a/>"}), intake.ErrKind},
		"half an archive":    {workbook(t, nil, tables)[:2000], intake.ErrKind},
		"other sheets":       {workbook(t, nil, map[string]string{"a": "b"}), intake.ErrSheets},
		"a workbook's heads": {workbook(t, nil, map[string]string{"contribuabili": "rol;tip\n", "bunuri": objectsCSV}), taxroll.ErrColumns},
		"formulas": {workbook(t, func(b *excelize.File) { must(t, b.SetCellFormula("bunuri", "I2", "1+1")) }, tables),
			intake.ErrFormulas},
		"macros":    {zipped(t, map[string]string{"xl/workbook.xml": "<a/>", "xl/vbaProject.bin": "x"}), intake.ErrMacros},
		"entities":  {zipped(t, map[string]string{"xl/workbook.xml": `<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;">]><a>&c;</a>`}), intake.ErrBomb},
		"a bomb":    {zipped(t, map[string]string{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": strings.Repeat(" ", 64<<20)}), intake.ErrBomb},
		"confetti":  {zipped(t, confetti(600)), intake.ErrBomb},
		"too large": {"rol;tip;cod;nume\n" + strings.Repeat("1;PF;3850615350017;"+strings.Repeat("A", 1000)+"\n", 160_000), intake.ErrLarge},
	} {
		_, err := o.Keep(t.Context(), clerk, name, strings.NewReader(test.text))
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func confetti(n int) map[string]string {
	all := map[string]string{"xl/workbook.xml": "<a/>"}
	for i := range n {
		all[fmt.Sprint("xl/", i)] = ""
	}
	return all
}

func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		part, err := w.Create(name)
		must(t, err)
		_, err = part.Write([]byte(text))
		must(t, err)
	}
	must(t, w.Close())
	return out.String()
}

// TestFilesOfSeveralParts are whole when they are read, wherever a letter was cut; and
// forgotten when nobody needs them any more.
func TestFilesOfSeveralParts(t *testing.T) { eachTown(t, testParts) }

func testParts(t *testing.T, o *town) {
	ctx := t.Context()
	taxpayers := "rol;tip;cod;nume\n8;PJ;14756536;x" + strings.Repeat("ș", 5<<20) + "\n" // letters of two bytes, at odd places
	id := o.begin(taxpayers, objectsCSV)
	o.Must(o.Read(ctx, id))
	if v := o.see(id); v.State != intake.Read || v.Import.Summary.Taxpayers.New != 1 {
		t.Errorf("it is %+v", v)
	}
	unused := o.keep(clerk, "c.csv", "rol;tip;cod;nume\n77;PF;3850615350017;Ana Demo\n")
	hashes := map[blob.Hash]bool{}
	o.Must(o.Blobs.Each(ctx, func(hash blob.Hash, _ time.Time) error { hashes[hash] = true; return nil }))
	if len(hashes) != 4 {
		t.Errorf("%d parts were stored", len(hashes))
	}
	named := func() (n int) {
		for hash := range hashes {
			ok, err := o.Names(ctx, hash)
			if o.Must(err); ok {
				n++
			}
		}
		return n
	}
	o.Must(os.Mkdir(filepath.Join(o.Scratch, "bega-xlsx-old"), 0o700))
	o.Must(os.Chtimes(filepath.Join(o.Scratch, "bega-xlsx-old"), time.Time{}, time.Now().Add(-2*time.Hour)))
	for _, step := range []struct {
		on   string
		want int
	}{{"2026-11-25", 4}, {"2026-11-27", 3}, {"2027-03-01", 0}} {
		o.On(step.on)
		o.Must(o.Tidy(ctx))
		if n := named(); n != step.want {
			t.Errorf("on %s, %d parts are needed, want %d", step.on, n, step.want)
		}
	}
	if left, err := os.ReadDir(o.Scratch); err != nil || len(left) > 0 {
		t.Errorf("what a dead program has unpacked is left: %v, %v", left, err)
	}
	if files, err := o.Kept(ctx, clerk, []string{unused}); err != nil || len(files) > 0 {
		t.Errorf("there are %v, %v", files, err)
	}
	if v := o.see(id); len(v.Files) != 2 {
		t.Errorf("the register has forgotten its files: %+v", v)
	}
}

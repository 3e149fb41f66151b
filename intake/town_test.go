package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bega/fiscal/fiscaltest"
	"bega/intake"
	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/fault"
	"bega/internal/jobs"
)

const (
	taxpayersCSV = "rol;tip;cod;nume\n7;PF;3850615350017;Ana Ionescu-Demo\n8;PJ;14756536;Bega Demo SRL\n9;PF;1;Nimeni-Demo\n"
	objectsCSV   = "cod_bun;rol;fel;de_la;cota;place;zone;category;area;adresa\nT1;7;teren;2020-05-04;;inside;A;buildings;100;Strada Probei 1\nT2;8;teren;43955;;inside;B;buildings;250,5;Strada Probei 2\n"
	here         = "/lucru/taxe/registre"
)

var (
	clerk   = fiscaltest.Clerk
	head    = fiscaltest.Head
	signer  = fiscaltest.Signer
	planner = fiscaltest.Planner
)

// A town is a department with an office that takes in registers, and a queue that tests
// work on.
type town struct {
	*fiscaltest.Town
	*intake.Office
	queued []string
	gone   bool // whoever has sent a register is no official any more
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	o := &town{Town: fiscaltest.New(t, d, "intake", intake.Files)}
	keys, err := blob.LoadKeys(t.TempDir()+"/keys", true)
	o.Must(err)
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	o.Must(err)
	base := o.Base
	o.Office = &intake.Office{DB: d, Acts: base.Acts, Now: o.Time, Vault: base.Vault, Blobs: blobs, Roll: base.Roll, Scratch: t.TempDir(),
		Official: func(_ context.Context, person act.PartyID) (act.Actor, error) {
			for _, a := range []act.Actor{clerk, head} {
				if a.Person == person && !o.gone {
					return a, nil
				}
			}
			return act.Actor{}, fault.New(fault.Missing, "staff.unknown")
		},
		Reader: jobs.By(func(_ context.Context, _ *db.Tx, id string, _ time.Time) error {
			o.queued = append(o.queued, id)
			return nil
		})}
	intake.Mount(o.Site, o.Office)
	return o
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

// keep sends a file, and returns its ID.
func (o *town) keep(by act.Actor, name, text string) string {
	o.T.Helper()
	f, err := o.Keep(o.T.Context(), by, name, strings.NewReader(text))
	o.Must(err)
	return f.ID
}

// begin sends both tables, and has them read; work is not done yet.
func (o *town) begin(taxpayers, objects string) string {
	o.T.Helper()
	id, err := o.Begin(o.T.Context(), clerk, o.Key(), 2026, []string{o.keep(clerk, "a.csv", taxpayers), o.keep(clerk, "b.csv", objects)})
	o.Must(err)
	return id
}

func (o *town) see(id string) intake.View {
	o.T.Helper()
	v, err := o.View(o.T.Context(), clerk, id)
	o.Must(err)
	return v
}

// A piece is what is sent in a file field.
type piece struct{ name, text string }

// upload sends a form with files, as a browser does.
func (o *town) upload(as act.Actor, path string, typed map[string][]string, files ...piece) *httptest.ResponseRecorder {
	o.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range typed {
		for _, value := range values {
			o.Must(w.WriteField(name, value))
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile("fisiere", f.name)
		o.Must(err)
		_, err = io.WriteString(part, f.text)
		o.Must(err)
	}
	o.Must(w.Close())
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return o.Serve(as, r)
}

// workbook makes one of tables, by sheet.
func workbook(t testing.TB, change func(*excelize.File), tables map[string]string) string {
	t.Helper()
	book := excelize.NewFile()
	for name, text := range tables {
		_, err := book.NewSheet(name)
		must(t, err)
		for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
			cells := []any{}
			for cell := range strings.SplitSeq(line, ";") {
				cells = append(cells, cell)
			}
			must(t, book.SetSheetRow(name, fmt.Sprint("A", i+1), &cells))
		}
	}
	if change != nil {
		change(book)
	}
	var file bytes.Buffer
	must(t, book.Write(&file))
	return file.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// many makes a register of firms with two cars each.
func many(n int) (taxpayers, objects string) {
	var a, b strings.Builder
	a.WriteString("rol;tip;cod;nume\n")
	b.WriteString("cod_bun;rol;fel;de_la;class;power;engine;norm\n")
	for i := range n {
		fmt.Fprintf(&a, "%d;PJ;%s;Firma %d Demo SRL\n", i+1, cui(1000+i), i)
		for j := range 2 {
			fmt.Fprintf(&b, "V%d-%d;%d;vehicul;2020-01-01;car;combustion;1598;E6\n", i, j, i+1)
		}
	}
	return a.String(), b.String()
}

// cui returns a code of a firm with its check digit.
func cui(n int) string {
	digits, sum := fmt.Sprintf("%09d", n), 0
	for i, d := range digits {
		sum += int(d-'0') * int("753217532"[i]-'0')
	}
	return fmt.Sprint(n, sum*10%11%10)
}

// published has an import count, and returns how many objects are taxed then.
func (o *town) published(id string) (objects int) {
	o.T.Helper()
	o.Must(o.Roll.Publish(o.T.Context(), head, o.Key(), id))
	all, err := o.Roll.Dossiers(o.T.Context(), o.Base.DB, "", 10_000, 2026)
	o.Must(err)
	for _, d := range all {
		objects += len(d.Inputs)
	}
	return objects
}

var errDead = errors.New("the program has died")

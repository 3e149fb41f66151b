package registry

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

var (
	ana      = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion      = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	agent    = act.Actor{Person: "ion", For: "ana", Mandate: "m1", Services: []string{"certificat-de-urbanism"}, Level: act.Verified}
	parker   = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"abonament-parcare"}, Level: act.Verified}
	clerk    = official("maria", "urbanism", act.Clerk)
	other    = official("vlad", "taxe", act.Clerk)
	counter  = official("dana", "", act.Desk)
	visitor  = act.Actor{For: "visitor-1"}
	nobody   = act.Actor{}
	accurate = official("irina", "", act.Officer)
)

func official(id act.PartyID, unit string, roles ...act.Role) act.Actor {
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
	queue, err := jobs.New(jobs.Config{DB: d})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(queue.Migrate(t.Context()), d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "registry", Files)); err != nil {
		t.Fatal(err)
	}
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	keys, err2 := blob.LoadKeys(filepath.Join(t.TempDir(), "keys"), true)
	texts, err3 := text.Load(web.Files, ui.Files, act.Files, pdf.Files, uploadFiles, Files)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	town.queue = queue
	town.Office = &Office{DB: d, Acts: &act.Register{DB: d, Now: town.now}, Vault: box, Blobs: blobs, Sealer: sealer(t, town.time), Texts: texts,
		Titles: titles{}, Now: town.now, Zone: zone, URL: "https://portal.exemplu.ro"}
	town.Seal = jobs.Handle(queue, "registry_seal", town.SealPaper)
	return town
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *town) set(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = at
}

// sealer makes a seal for a demonstration, and reads it as the portal does.
func sealer(t *testing.T, now time.Time) *pdf.Sealer {
	t.Helper()
	cert, key, err := pdf.DevelopmentCertificate("Municipiul Timișoara", now)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(os.WriteFile(certFile, cert, 0o600), os.WriteFile(keyFile, key, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := pdf.LoadSealer(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// titles is a catalogue.
type titles struct{}

// TypeTitle implements [Titles].
func (titles) TypeTitle(key, lang string) string {
	return map[string]string{"certificat-urbanism": "Certificat de urbanism"}[key]
}

// UnitTitle implements [Titles].
func (titles) UnitTitle(key, lang string) string { return "Direcția " + key }

// ServiceTitle implements [Titles].
func (titles) ServiceTitle(key, lang string) string { return "Serviciul " + key }

// certificate is a paper with everything a document can have.
func certificate(owner act.PartyID, number Number) Paper {
	return Paper{Kind: Decision, Type: "certificat-urbanism", Owner: owner, Unit: "urbanism", Service: "certificat-de-urbanism", Case: "case-1", Number: number,
		Until: deadline.Date{Year: 2027, Month: 11, Day: 24},
		Document: pdf.Document{Lang: "ro", Title: "Certificat de urbanism", Subject: "Pentru un apartament", Number: number.String(), Date: "24 noiembrie 2026",
			Issuer:    pdf.Issuer{Authority: "Municipiul Timișoara", Unit: "Direcția Urbanism", Address: "Bd. C. D. Loga 1", Phone: "0256 408 300", Email: "urbanism@exemplu.ro"},
			Recipient: []string{"Ana Ionescu-Demo", "Strada Alba Iulia 7"},
			Blocks: pdf.Blocks{pdf.Heading{Text: "Regimul juridic"}, pdf.Paragraph{Text: "Imobilul este al Anei Ionescu-Demo."}, pdf.List{Items: []string{"planul", "extrasul"}},
				pdf.Facts{Rows: []pdf.Fact{{Label: "Cadastral", Value: "401234"}}}, pdf.Table{Head: []string{"Ce", "Suma"}, Rows: [][]string{{"Taxă", "15,00 lei"}, {"Fără sumă"}}},
				pdf.Note{Title: "Cum poți contesta", Text: "În 30 de zile."}, pdf.Note{Text: "O notă fără titlu."}},
			Signatures: []pdf.Signature{{Name: "Maria Popa-Demo", Capacity: "Arhitect-șef", Date: "24 noiembrie 2026"}}, Footer: "Subsol"}}
}

// file registers an application in an act of its own.
func (o *town) file(t *testing.T, actor act.Actor, register string) Number {
	t.Helper()
	var number Number
	err := o.Acts.Once(t.Context(), actor, act.FileCase, db.NewID(), Line(register), &number, func(ctx context.Context, tx *act.Tx) (err error) {
		id := db.NewID()
		number, err = o.Register(ctx, tx, Arrival{Register: register, Unit: "urbanism", Sender: actor.For, Service: "certificat-de-urbanism", Case: id, Annexes: 2})
		if err != nil {
			return err
		}
		return tx.Allow(act.On{Subject: "case " + id, Owner: actor.For, Case: id})
	})
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// issue issues a paper in an act of its own.
func (o *town) issue(t *testing.T, p Paper) (code string) {
	t.Helper()
	err := o.Acts.Do(t.Context(), clerk, act.ProposeCase, func(ctx context.Context, tx *act.Tx) (err error) {
		if code, err = o.Issue(ctx, tx, p); err != nil {
			return err
		}
		return tx.Allow(act.On{Subject: "case " + p.Case, Owner: p.Owner, Unit: "urbanism", Case: p.Case})
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestNumbersHaveNoGap lets fifty counters register at once, some of whose acts
// fail after they drew a number.
func TestNumbersHaveNoGap(t *testing.T) { eachTown(t, testNumbers) }

func testNumbers(t *testing.T, o *town) {
	const counters, acts = 50, 40
	errLater := errors.New("something failed later in the act")
	var group sync.WaitGroup
	var mu sync.Mutex
	var drawn []Number
	for c := range counters {
		group.Go(func() {
			for i := range acts {
				fails := (c+i)%10 == 0
				var number Number
				err := o.Acts.Once(t.Context(), ana, act.FileCase, fmt.Sprint(c, " ", i), Line("UR"), &number, func(ctx context.Context, tx *act.Tx) (err error) {
					if number, err = o.Register(ctx, tx, Arrival{Register: "UR", Unit: "urbanism", Sender: "ana", Case: fmt.Sprint(c, i)}); err != nil {
						return err
					}
					if fails {
						return errLater
					}
					return tx.Allow(act.On{Subject: "case", Owner: "ana"})
				})
				if fails != errors.Is(err, errLater) || err != nil && !fails {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					drawn = append(drawn, number)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	seen := map[int]bool{}
	for _, number := range drawn {
		if seen[number.N] {
			t.Errorf("%s was given twice", number)
		}
		seen[number.N] = true
	}
	if want := counters * acts * 9 / 10; len(drawn) != want || !seen[1] || !seen[want] {
		t.Fatalf("%d numbers, want 1 to %d", len(drawn), want)
	}
	all, err := entries(t.Context(), o.DB, Filter{Year: 2026, Page: 1, PerPage: counters * acts})
	if err != nil || len(all) != len(drawn) {
		t.Fatalf("the register has %d entries, %v", len(all), err)
	}
	for i, e := range all {
		if e.Number.N != len(all)-i || i > 0 && !e.At.Before(all[i-1].At) {
			t.Fatalf("%s at %s comes after %s at %s", e.Number, e.At, all[i-1].Number, all[i-1].At)
		}
	}
}

// TestTheClockGoesBack: numbers still rise with time, and each register and each
// year begins at 1. The year is that of the town.
func TestTheClockGoesBack(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		at := func(year, month, day, hour, minute int) time.Time {
			return time.Date(year, time.Month(month), day, hour, minute, 0, 0, o.Zone)
		}
		for _, step := range []struct {
			at       time.Time
			register string
			want     string
			day      string
		}{
			{at(2026, 11, 24, 10, 0), "UR", "UR2026-000001", "2026-11-24"},
			{at(2026, 11, 24, 10, 0), "SC", "SC2026-000001", "2026-11-24"},
			{at(2026, 11, 23, 9, 0), "UR", "UR2026-000002", "2026-11-24"}, // a day back
			{at(2026, 11, 24, 10, 0), "UR", "UR2026-000003", "2026-11-24"},
			{at(2026, 12, 31, 23, 59), "UR", "UR2026-000004", "2026-12-31"}, // 21:59 in UTC
			{at(2027, 1, 1, 0, 1), "UR", "UR2027-000001", "2027-01-01"},     // 22:01 in UTC, of 2026
		} {
			o.set(step.at)
			if got := o.file(t, ana, step.register); got.String() != step.want || got.Day.String() != step.day {
				t.Errorf("at %s: got %s of %s, want %s of %s", step.at, got, got.Day, step.want, step.day)
			}
		}
		all, err := entries(t.Context(), o.DB, Filter{Year: 2026, Register: "UR", Page: 1, PerPage: 10})
		if err != nil || len(all) != 4 {
			t.Fatalf("%d entries, %v", len(all), err)
		}
		for i := range all[1:] {
			if !all[i+1].At.Before(all[i].At) {
				t.Errorf("%s is not before %s", all[i+1].At, all[i].At)
			}
		}
	})
}

func TestAnswersShareTheNumber(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		number := o.file(t, ana, "UR")
		o.issue(t, certificate("ana", number))
		receipt := certificate("ana", number)
		receipt.Kind = Receipt
		o.issue(t, receipt) // is no answer
		o.set(o.now().AddDate(0, 0, -3))
		answer := func(number Number) error {
			return o.Acts.Do(t.Context(), clerk, act.ReplyMessage, func(ctx context.Context, tx *act.Tx) error {
				return errors.Join(o.Answered(ctx, tx, number, "urbanism"), tx.Allow(act.On{Subject: "case 1", Owner: "ana", Unit: "urbanism"}))
			})
		}
		if err := answer(number); err != nil {
			t.Fatal(err)
		}
		if err := answer(Number{Register: "UR", Year: 2026, N: 99}); !errors.Is(err, ErrUnknown) {
			t.Errorf("an answer to nothing: %v", err)
		}
		book, err := o.Book(t.Context(), clerk, Filter{Year: 2026, PerPage: 10})
		if err != nil || len(book.Entries) != 1 {
			t.Fatalf("%+v, %v", book, err)
		}
		e := book.Entries[0]
		if e.Answers != 2 || e.Answered.Before(e.At) || e.Annexes != 2 || e.Case == "" || e.Number != number {
			t.Errorf("the register says %+v", e)
		}
	})
}

// TestWhoSeesTheBook: officials see the lines of their own department.
func TestWhoSeesTheBook(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		for range 3 {
			o.file(t, ana, "UR")
		}
		for _, test := range []struct {
			name  string
			actor act.Actor
			want  int // -1: refused
		}{
			{"the department", clerk, 3}, {"another", other, 0}, {"the counter", counter, 3}, {"the data protection officer", accurate, 3},
			{"a resident", ana, -1}, {"nobody", nobody, -1}, {"the administrator", official("adm", "", act.Admin), -1},
		} {
			book, err := o.Book(t.Context(), test.actor, Filter{Year: 2026, PerPage: 2, Unit: "urbanism"})
			if test.want < 0 != errors.Is(err, act.ErrRefused) || test.want >= 0 && (err != nil || book.Total != test.want || len(book.Entries) != min(2, test.want)) {
				t.Errorf("%s: %d entries of %d, %v", test.name, len(book.Entries), book.Total, err)
			}
		}
	})
}

// TestAPaperIsSealedOnce lets the job, other programs and its owner seal a paper
// at the same time.
func TestAPaperIsSealedOnce(t *testing.T) { eachTown(t, testSealedOnce) }

func testSealedOnce(t *testing.T, o *town) {
	code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
	if raw, err := paperByCode(t.Context(), o.DB, code); err != nil || raw.Hash != "" || strings.ContainsAny(raw.document, `"{ `) {
		t.Fatalf("before it is sealed: %+v, %v", raw, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := o.queue.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	var racers sync.WaitGroup
	files := make(chan []byte, 12)
	for range 6 {
		racers.Go(func() {
			if err := o.SealPaper(t.Context(), code); err != nil {
				t.Error(err)
			}
		})
		racers.Go(func() {
			file, err := o.File(t.Context(), ana, code)
			if err != nil {
				t.Error(err)
			}
			files <- file
		})
	}
	racers.Wait()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) { // the job finds it done
		if h, err := o.queue.Health(t.Context()); err != nil || h.Failed > 0 || time.Now().After(until) {
			t.Fatalf("the queue: %+v, %v", h, err)
		} else if h.Waiting == 0 {
			break
		}
	}
	stop()
	group.Wait()
	close(files)
	paper, err := o.Paper(t.Context(), ana, code)
	if err != nil {
		t.Fatal(err)
	}
	for file := range files {
		if string(blob.Of(file)) != paper.Hash {
			t.Error("somebody got another file than the one that was issued")
		}
	}
	seen, err := o.Acts.Seen(t.Context(), "ana", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	seals := 0
	for _, e := range seen {
		if e.Verb == act.IssueDocument && e.Role == act.System {
			seals++
		}
	}
	if seals != 1 {
		t.Errorf("the paper was sealed %d times", seals)
	}
	if named, err := o.Names(t.Context(), blob.Hash(paper.Hash)); err != nil || !named {
		t.Errorf("nobody needs the file of the paper: %v", err)
	}
	if named, err := o.Names(t.Context(), blob.Of([]byte("other"))); err != nil || named {
		t.Errorf("somebody needs another file: %v", err)
	}
}

// TestOneFlippedByte is required 7: pdfsig accepts the paper, and neither it nor
// the town hall accepts one that was changed anywhere.
func TestOneFlippedByte(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	o := newTown(t, d)
	code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
	file, err := o.File(t.Context(), ana, code)
	if err != nil {
		t.Fatal(err)
	}
	finding := func(file []byte) Finding {
		v, err := o.Examine(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		return v.Finding
	}
	if got := finding(file); got != Authentic {
		t.Errorf("the paper itself is %s", got)
	}
	changed := func(at int) []byte {
		other := append([]byte(nil), file...)
		other[at] ^= 1
		return other
	}
	for at := 10; at < len(file); at += len(file)/300 + 1 {
		if got := finding(changed(at)); got != Changed && got != Unsealed {
			t.Errorf("a flipped bit of byte %d: %s", at, got)
		}
	}
	for name, test := range map[string]struct {
		file []byte
		want Finding
	}{
		"nothing": {nil, Unsealed}, "no PDF": {[]byte("Bună ziua"), Unsealed}, "something behind it": {append(append([]byte(nil), file...), "\n%x"...), Changed},
		"sealed by another": {sealedBy(t, sealer(t, o.now()), o), Foreign}, "sealed by us and not registered": {sealedBy(t, o.Sealer, o), Unrecorded},
	} {
		if got := finding(test.file); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if signed(t, file) != "valid over the whole" {
		t.Errorf("pdfsig: the paper is %s", signed(t, file))
	}
	for _, at := range []int{100, len(file) / 3, len(file) / 2} {
		if got := signed(t, changed(at)); got == "valid over the whole" {
			t.Errorf("pdfsig: a flipped bit of byte %d: %s", at, got)
		}
	}
}

func sealedBy(t *testing.T, s *pdf.Sealer, o *town) []byte {
	t.Helper()
	file, err := pdf.Make(certificate("ana", Number{}).Document, o.now())
	if err != nil {
		t.Fatal(err)
	}
	if file, err = s.Seal(file, "Probă", "Timișoara", o.now()); err != nil {
		t.Fatal(err)
	}
	return file
}

// signed returns what poppler says about the signature of a file.
func signed(t *testing.T, file []byte) string {
	t.Helper()
	program, err := exec.LookPath("pdfsig")
	if err != nil && os.Getenv("BEGA_TEST_ALL") == "" {
		t.Skip("pdfsig was not asked: install Debian's package poppler-utils")
	} else if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), hex.EncodeToString([]byte(blob.Of(file))[:4])+".pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-nocert", name).CombinedOutput()
	if strings.Contains(string(out), "Signature is Valid") && strings.Contains(string(out), "Total document signed") {
		return "valid over the whole"
	}
	return fmt.Sprint("not valid: ", err)
}

// TestWhoOpensAPaper: its owner and who acts for them, and the department. Others
// learn nothing, and the owner reads who opened it.
func TestWhoOpensAPaper(t *testing.T) { eachTown(t, testWhoOpens) }

func testWhoOpens(t *testing.T, o *town) {
	code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
	moved := official("petre", "mediu", act.Clerk)
	o.CaseUnit = func(_ context.Context, id string) (string, error) {
		if id != "case-1" {
			return "", fault.New(fault.Missing, "registry.unknown")
		}
		return "mediu", nil
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		opens bool
		act   bool
	}{
		{"the owner", ana, true, false}, {"an agent for the service", agent, true, false}, {"an agent for another", parker, false, false},
		{"a stranger", ion, false, false}, {"a visitor", visitor, false, false}, {"nobody", nobody, false, false},
		{"the department", clerk, true, true}, {"where the case is now", moved, true, true}, {"another department", other, false, false},
		{"the counter", counter, false, false}, {"the data protection officer", accurate, false, false},
		{"a department's head", official("hora", "urbanism", act.Head), true, true},
		{"its administrator", official("adm", "urbanism", act.Admin), false, false}, {"the program", act.Machine, false, false},
	} {
		before := opened(t, o)
		paper, err := o.Paper(t.Context(), test.actor, strings.ToLower(code))
		if test.opens != (err == nil) || err != nil && err != error(ErrUnknown) || test.opens && paper.Paper.Document.Recipient[0] != "Ana Ionescu-Demo" {
			t.Errorf("%s: %+v, %v", test.name, paper, err)
		}
		if n := opened(t, o) - before; (n == 1) != test.act {
			t.Errorf("%s: %d openings are recorded", test.name, n)
		}
		if _, err := o.File(t.Context(), test.actor, code); test.opens != (err == nil) {
			t.Errorf("%s, the file: %v", test.name, err)
		}
	}
	entries, err := o.Acts.Seen(t.Context(), "ana", "", 1)
	if err != nil || entries[0].Case != "case-1" || entries[0].Purpose != "registry.for-case" || entries[0].Unit != "urbanism" {
		t.Errorf("the owner reads %+v, %v", entries, err)
	}
	for _, none := range []string{newCode(), "7K4Q-M2XD-9A", "", "abc"} {
		if _, err := o.Paper(t.Context(), ana, none); err != error(ErrUnknown) {
			t.Errorf("%q: %v", none, err)
		}
	}
}

func opened(t *testing.T, o *town) (n int) {
	t.Helper()
	seen, err := o.Acts.Seen(t.Context(), "ana", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range seen {
		if e.Verb == act.OpenDocument {
			n++
		}
	}
	return n
}

func TestRevoke(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		code := o.issue(t, certificate("ana", o.file(t, ana, "UR")))
		revoke := func(code string) error {
			return o.Acts.Do(t.Context(), clerk, act.ProposeCase, func(ctx context.Context, tx *act.Tx) error {
				return errors.Join(o.Revoke(ctx, tx, code), tx.Allow(act.On{Subject: "paper", Owner: "ana", Unit: "urbanism"}))
			})
		}
		first := o.now()
		if err := revoke(code); err != nil {
			t.Fatal(err)
		}
		o.set(first.Add(time.Hour))
		if err := revoke(code); err != nil {
			t.Error(err)
		}
		if p, err := o.Check(t.Context(), code); err != nil || !p.Revoked.Equal(first) || p.HoldsOn(o.day(first)) {
			t.Errorf("%+v, %v", p, err)
		}
		if err := revoke(newCode()); !errors.Is(err, ErrUnknown) {
			t.Errorf("revoking nothing: %v", err)
		}
	})
}

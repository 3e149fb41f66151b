package drafts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/upload"
	"bega/procedures"
)

const day = 24 * time.Hour

func TestADraftFollowsWhoSignsIn(t *testing.T) { eachTown(t, testClaim) }

func testClaim(t *testing.T, o *town) {
	ctx := t.Context()
	earlier, d := o.begins(ana, "proba"), o.begins(guest, "proba")
	if d.By != "" || len(d.Values) > 0 {
		t.Errorf("the visitor's draft begins as %+v", d)
	}
	d = o.saves(guest, d.ID, "cine", "tip=eu", "telefon=07")
	paper, err := o.Upload(ctx, guest, "u1", d.ID, "talon", Sent{"talon.pdf", honest(t), 0})
	wants(t, "upload", err, nil)
	for range 2 {
		wants(t, "claim", o.Claim(ctx, ana, guest.For), nil)
	}
	mine := o.draft(ana, d.ID)
	if mine.Owner != "ana" || mine.By != "ana" || mine.Values.Get("telefon") != "07" || mine.Values.Get("adresa.strada") != "Strada Alba Iulia" || mine.Files[paper.ID].Name != "talon.pdf" {
		t.Errorf("the claimed draft is %+v", mine)
	}
	if _, err := o.Folder.ByID(ctx, ana, paper.ID); err != nil {
		t.Errorf("the upload did not follow: %v", err)
	}
	if list, err := o.Drafts(ctx, ana); err != nil || len(list) != 2 || o.draft(ana, earlier.ID).ID != earlier.ID {
		t.Errorf("she has %v, %v", list, err)
	}
	wants(t, "the visitor reads it", second(o.ByID(ctx, guest, d.ID)), act.ErrSignIn)
	// Who acts for a firm when they sign in gets it into their own folder.
	other := act.Actor{For: "visitor-2"}
	d = o.begins(other, "proba")
	wants(t, "claim by an agent", o.Claim(ctx, forFirm, other.For), nil)
	if d = o.draft(ion, d.ID); d.Owner != "ion" {
		t.Errorf("it belongs to %s", d.Owner)
	}
}

func TestAPageThatCameTooLateIsNotLost(t *testing.T) { eachTown(t, testLate) }

func testLate(t *testing.T, o *town) {
	ctx, d := t.Context(), o.begins(ana, "proba")
	o.saves(ana, d.ID, "cine", who...)
	files := map[string][]Sent{"talon": {{"talon.pdf", honest(t), 0}}, "poze": {{"rau.pdf", []byte("<html>"), 6}}, "tip": {{"a.pdf", honest(t), 0}}}
	wants(t, "hold", o.Hold(ctx, guest, d.ID, page("alte", "nota=scrisă cu grijă"), files), nil)
	wants(t, "hold what is not there", o.Hold(ctx, guest, db.NewID(), page("alte", "nota=x"), nil), nil)
	stranger := act.Actor{For: "visitor-2"}
	wants(t, "a stranger's hold", o.Hold(ctx, stranger, d.ID, page("alte", "nota=rea"), nil), nil)
	wants(t, "the stranger signs in", o.Claim(ctx, ion, stranger.For), nil)
	if now := o.draft(ana, d.ID); now.Values.Get("nota") != "" {
		t.Errorf("a stranger wrote %v", now.Values)
	}
	for range 2 {
		wants(t, "she signs in", o.Claim(ctx, ana, guest.For), nil)
	}
	now := o.draft(ana, d.ID)
	if now.Values.Get("nota") != "scrisă cu grijă" || now.Step != "alte" || now.Field != "nota" || len(now.Files) != 1 || now.Values.Get("talon") != "nou" {
		t.Errorf("the draft is %+v", now)
	}
	if _, err := o.Folder.ByID(ctx, ana, now.Values.Get("talon.fisier.id")); err != nil {
		t.Errorf("the upload did not follow: %v", err)
	}
}

func TestDraftsAreForgottenSlowly(t *testing.T) { eachTown(t, testExpire) }

func testExpire(t *testing.T, o *town) {
	ctx := t.Context()
	hers, touched := o.begins(ana, "proba"), o.begins(ana, "proba")
	left := o.begins(guest, "proba")
	paper, err := o.Upload(ctx, guest, "u1", left.ID, "talon", Sent{"talon.pdf", honest(t), 0})
	wants(t, "upload", err, nil)
	sent := o.complete(ion)
	if _, err := o.Office.Send(ctx, ion, sent.ID, sent.Edition); err != nil {
		t.Fatal(err)
	}
	began := o.now()
	at := func(days int) (told []string) {
		o.mu.Lock()
		o.time, o.told = began.Add(time.Duration(days)*day), nil
		o.mu.Unlock()
		for range 2 {
			wants(t, "expire", o.Expire(ctx), nil)
		}
		for _, line := range o.told {
			told = append(told, strings.ReplaceAll(line, hers.ID, "…"))
		}
		return told
	}
	state := func(id string) string {
		s, err := byID(ctx, o.DB, id)
		if err != nil {
			return "gone"
		}
		return map[bool]string{true: "there", false: "binned"}[s.Binned.IsZero()]
	}
	for _, step := range []struct {
		days                      int
		told                      []string
		hers, touched, left, sent string
	}{
		{19, nil, "there", "there", "there", "there"},
		{20, []string{"ana drafts.forgotten 2026-12-24 /ciorne/…/cine"}, "there", "there", "there", "there"},
		{26, nil, "there", "there", "there", "there"},
		{27, []string{"ana drafts.last-days 2026-12-24 /ciorne/…/cine"}, "there", "there", "there", "there"},
		{29, nil, "there", "there", "there", "there"},
		{30, nil, "binned", "there", "gone", "there"},
		{59, nil, "binned", "there", "gone", "there"},
		{60, nil, "gone", "binned", "gone", "gone"},
		{90, nil, "gone", "gone", "gone", "gone"},
	} {
		told := at(step.days)
		if step.days == 19 {
			o.saves(ana, touched.ID, "cine", "telefon=07") // on the 19th day; so it is warned of later
		}
		told = slices.DeleteFunc(told, func(line string) bool { return strings.Contains(line, touched.ID) })
		got := []string{state(hers.ID), state(touched.ID), state(left.ID), state(sent.ID)}
		if want := []string{step.hers, step.touched, step.left, step.sent}; !slices.Equal(got, want) || !slices.Equal(told, step.told) {
			t.Errorf("on day %d: %v and %q, want %v and %q", step.days, got, told, want, step.told)
		}
	}
	if _, err := o.Folder.ByID(ctx, act.Actor{For: guest.For}, paper.ID); err == nil {
		t.Error("what the visitor uploaded is still there")
	}
}

func TestTheBin(t *testing.T) { eachTown(t, testBin) }

func testBin(t *testing.T, o *town) {
	ctx, d := t.Context(), o.begins(ana, "proba")
	for range 2 {
		wants(t, "discard", o.Discard(ctx, ana, d.ID), nil)
		o.wait(day)
	}
	binned := o.draft(ana, d.ID)
	if binned.Binned.IsZero() || binned.Ends(o.Zone).String() != "2026-12-24" {
		t.Errorf("in the bin: %+v until %s", binned, binned.Ends(o.Zone))
	}
	if _, _, ok, _ := o.Draft(ctx, ana, "proba"); ok {
		t.Error("what is in the bin is offered")
	}
	o.wait(28 * day)
	restored, err := o.Restore(ctx, ana, d.ID)
	if err != nil || restored.Link() != d.Link() {
		t.Errorf("restored: %+v, %v", restored, err)
	}
	o.wait(2 * day)
	wants(t, "expire", o.Expire(ctx), nil)
	if now := o.draft(ana, d.ID); !now.Binned.IsZero() {
		t.Errorf("it is %+v", now)
	}
	// Who types on in an old window takes it out as well.
	wants(t, "discard", o.Discard(ctx, ana, d.ID), nil)
	if now := o.saves(ana, d.ID, "cine", "tip=eu"); !now.Binned.IsZero() || now.Values.Get("tip") != "eu" {
		t.Errorf("it is %+v", now)
	}
	// So does who sends it.
	d = o.complete(ana)
	wants(t, "discard", o.Discard(ctx, ana, d.ID), nil)
	caseID, err := o.Office.Send(ctx, ana, d.ID, d.Edition)
	if now := o.draft(ana, d.ID); err != nil || now.Case != caseID || !now.Binned.IsZero() {
		t.Errorf("it is %+v, %v", now, err)
	}
}

func TestUploads(t *testing.T) { eachTown(t, testUploads) }

func testUploads(t *testing.T, o *town) {
	ctx, d := t.Context(), o.begins(ana, "proba")
	send := func(key, name string, sent Sent) (folder.Document, error) {
		return o.Upload(ctx, ana, key, d.ID, name, sent)
	}
	good := Sent{"talon.pdf", honest(t), 0}
	first, err := send("u1", "talon", good)
	wants(t, "upload", err, nil)
	again, err := send("u1", "talon", good)
	if err != nil || again.ID != first.ID {
		t.Errorf("a double click stored %s, %v", again.ID, err)
	}
	other, err := send("u2", "talon", good)
	wants(t, "another", err, nil)
	if now := o.draft(ana, d.ID); now.Values.Get("talon.fisier.id") != other.ID || len(now.Files) != 1 {
		t.Errorf("after another: %v, %v", now.Values, now.Files)
	}
	wants(t, "what was replaced", second(o.Folder.ByID(ctx, ana, first.ID)), folder.ErrUnknown)
	for i, want := range []error{nil, nil, ErrManyFiles} {
		_, err := send(fmt.Sprint("p", i), "poze", Sent{fmt.Sprintf("%d.pdf", i), honest(t), 0})
		wants(t, "a picture", err, want)
	}
	wants(t, "too large", second(send("u3", "talon", Sent{"a.pdf", honest(t), 24_000_000})), upload.ErrTooLarge)
	for _, name := range []string{"tip", "dragoni", "talon.fisier", "poze.id", ""} {
		wants(t, "a file for "+name, second(send("u4", name, good)), act.ErrRefused)
	}
	// What is not among the uploads of the draft cannot be removed through it.
	stays := o.begins(ana, "proba")
	kept, err := o.Upload(ctx, ana, "k", stays.ID, "talon", good)
	wants(t, "upload", err, nil)
	wants(t, "remove another draft's", o.RemoveUpload(ctx, ana, d.ID, kept.ID), nil)
	wants(t, "it is there", second(o.Folder.ByID(ctx, ana, kept.ID)), nil)
	for range 2 {
		wants(t, "remove", o.RemoveUpload(ctx, ana, d.ID, other.ID), nil)
	}
	if now := o.draft(ana, d.ID); len(now.Files) != 2 || now.Values.Get("talon.fisier.id") != "" || now.Values.Get("talon") != "nou" {
		t.Errorf("after removing: %v, %v", now.Values, now.Files)
	}
	wants(t, "it is gone", second(o.Folder.ByID(ctx, ana, other.ID)), folder.ErrUnknown)
}

func TestNobodyTypesWhatIsKnown(t *testing.T) { eachTown(t, testKnown) }

func testKnown(t *testing.T, o *town) {
	ctx := t.Context()
	o.inCity()
	file, err := upload.Check("talon.pdf", honest(t))
	wants(t, "check", err, nil)
	talon, err := o.Folder.Add(ctx, ana, "f1", folder.New{Type: "talon", File: file, Number: "TM 07 ABC"})
	wants(t, "a document", err, nil)
	d := o.begins(ana, "abonament-parcare")
	if d.Step != "locuinta" || d.Values.Get("numar") != "TM 07 ABC" || d.Sources["numar"] != Paper || d.Values.Get("talon") != talon.ID || d.Sources["adresa"] != Profile {
		t.Errorf("the draft begins at %q with %v, %v", d.Step, d.Values, d.Sources)
	}
	d = o.saves(ana, d.ID, "locuinta", "zona=rosie")
	if d.Step != "masina" {
		t.Errorf("after the first page it is at %q", d.Step)
	}
	if d = o.saves(ana, d.ID, "masina", "proprietar=eu", "talon="+talon.ID); d.Step != Verify {
		t.Errorf("after the second page it is at %q", d.Step)
	}
	if _, err := o.Office.Send(ctx, ana, d.ID, d.Edition); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.last.Documents, []string{talon.ID}) {
		t.Errorf("filed was %+v", o.last)
	}
	// Next time, there is nothing left to ask.
	if d = o.begins(ana, "abonament-parcare"); d.Step != Verify || d.Sources["zona"] != Before || d.Sources["talon"] != Paper {
		t.Errorf("next time it begins at %q with %v", d.Step, d.Sources)
	}
	// What was changed is no longer from there, and is asked for on the way back.
	p := page("locuinta", "zona=galbena")
	p.Back = true
	if d, err = o.Save(ctx, ana, d.ID, p); err != nil || d.Step != Verify || d.Sources["zona"] != "" {
		t.Errorf("after a change it is at %q, %v, %v", d.Step, d.Sources, err)
	}
	p = page("masina", "numar=")
	p.Back = true
	if d, err = o.Save(ctx, ana, d.ID, p); err != nil || d.Step != "masina" {
		t.Errorf("without a number it is at %q, %v", d.Step, err)
	}
	// What is known but not right stands there to be corrected.
	o.knows["ion"]["party.address.street"] = "Strada Nufărul"
	if d = o.begins(ion, "abonament-parcare"); d.Values.Get("adresa.strada") != "Strada Nufărul" || d.Sources["adresa"] != "" || d.Step != "locuinta" {
		t.Errorf("half an address: %v, %v", d.Values, d.Sources)
	}
}

// TestTheDatabaseDoesNotTell reads every row, and looks for what was typed.
func TestTheDatabaseDoesNotTell(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		d := o.complete(ana)
		o.saves(ana, d.ID, "cine", "tip=altul", "altul.nume=Tainică", "altul.cnp="+cnpAna, "telefon=0722123456")
		wants(t, "hold", o.Hold(t.Context(), guest, d.ID, page("alte", "nota=Ascunsă"), nil), nil)
		sent := o.complete(ana)
		if _, err := o.Office.Send(t.Context(), ana, sent.ID, sent.Edition); err != nil {
			t.Fatal(err)
		}
		rows, err := db.All(t.Context(), o.DB, db.Value[string], `SELECT form || owner || step FROM drafts UNION ALL SELECT answers FROM drafts_kept UNION ALL SELECT page FROM drafts_held`)
		if err != nil || len(rows) != 4 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, secret := range []string{"Tainică", cnpAna, "0722123456", "Ascunsă", "Alba Iulia", "talon.pdf"} {
			if all := strings.Join(rows, " "); strings.Contains(all, secret) {
				t.Errorf("%q is legible", secret)
			}
		}
	})
}

func TestMoved(t *testing.T) {
	form := Form{procedures.Values{"v.0.a": {"0"}, "v.1.a": {"1"}, "v.1.b.zi": {"1"}, "v.10.a": {"10"}, "v": {"11"}, "vv.1.a": {"x"}, "v.a": {"x"}}, map[string]Source{}, nil}
	moves := map[string]string{"v.0.a": "v.0.a", "v.1.a": "", "v.1.b.zi": "", "v.10.a": "v.9.a", "v": "v", "vv.1.a": "vv.1.a", "v.a": "v.a"}
	for name := range form.Values {
		got, ok := (&procedures.Step{Key: "v"}).Moved(name, 1)
		if want := moves[name]; got != want || ok != (want != "") {
			t.Errorf("%s becomes %q, %v, want %q", name, got, ok, want)
		}
	}
}

package desk_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/cases"
	"bega/desk"
	"bega/desk/desktest"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
)

// numbers returns the numbers of a work list.
func (o *town) numbers(actor act.Actor, f desk.Filter) string {
	o.T.Helper()
	list, err := o.Desk.Worklist(o.T.Context(), actor, f)
	o.Must(err)
	var all []string
	for _, row := range list.Rows {
		all = append(all, row.Number[len(row.Number)-1:])
	}
	return strings.Join(all, "")
}

func TestWorklist(t *testing.T) { eachTown(t, testWorklist) }

func testWorklist(t *testing.T, o *town) {
	o.On("2026-11-02")
	first := o.Filed(ana, o.Urbanism(ana))
	o.On("2026-11-10")
	second := o.Filed(agent, o.Urbanism(ana))
	third := o.Filed(ion, o.Urbanism(ion))
	o.On("2026-11-23") // the first is due today
	must := func(err error) { t.Helper(); o.Must(err) }
	must(o.Desk.Claim(t.Context(), clerk, "c1", first.ID, first.Edition, false))
	must(o.Desk.Propose(t.Context(), clerk, "p1", first.ID, 0, cases.Proposal{Outcome: cases.Approve}))
	must(o.Desk.Ask(t.Context(), clerk, "a1", third.ID, 0, cases.Ask{Text: "Planul nu se vede.", Documents: []string{"plan-cadastral"}}))
	o.Look(clerk, second.ID)
	for _, test := range []struct {
		actor act.Actor
		f     desk.Filter
		want  string
	}{
		{clerk, desk.Filter{}, "123"}, {clerk, desk.Filter{Mine: true}, "13"}, {clerk, desk.Filter{Free: true}, "2"}, {clerk, desk.Filter{Waiting: true}, "3"},
		{clerk, desk.Filter{Late: true}, "1"}, {clerk, desk.Filter{Sign: true}, ""}, {chief, desk.Filter{Sign: true}, "1"}, {clerk, desk.Filter{New: true}, "13"},
		{chief, desk.Filter{New: true}, "123"}, {clerk, desk.Filter{Over: true}, ""}, {clerk, desk.Filter{Service: "petitie"}, ""}, {clerk, desk.Filter{Sort: "filed"}, "123"},
		{clerk, desk.Filter{Words: "2"}, "2"}, {clerk, desk.Filter{Words: "ur2026-000003"}, "3"}, {clerk, desk.Filter{Words: "UR2025-000003"}, ""},
		{clerk, desk.Filter{Words: "IONESCU a"}, "12"}, {clerk, desk.Filter{Words: "ionescu pop"}, ""}, {clerk, desk.Filter{Words: "%"}, "123"}, {clerk, desk.Filter{Words: "zzz"}, ""},
		{clerk, desk.Filter{Page: 2}, ""}, {merchant, desk.Filter{}, ""},
	} {
		if got := o.numbers(test.actor, test.f); got != test.want {
			t.Errorf("%s, %+v: got %q, want %q", test.actor.Person, test.f, got, test.want)
		}
	}
	list, err := o.Desk.Worklist(t.Context(), chief, desk.Filter{})
	must(err)
	if list.Mine != 0 || list.Team != 3 || list.Free != 1 || list.New != 3 || list.Waiting != 1 || list.Late != 1 || list.Sign != 1 || list.Pages != 1 {
		t.Errorf("the counts are %+v", list)
	}
	row := list.Rows[0]
	if row.Left != 0 || !row.Running || !row.Unpaid || row.Name != "Ana Ionescu-Demo" || row.ClerkName != "Ioana Munteanu-Demo" || row.For != "" || list.Rows[1].For != "Ion Pop-Demo" || list.Rows[2].Running {
		t.Errorf("the rows are %+v", list.Rows)
	}
	for _, actor := range []act.Actor{ana, nobody, counter, visitor} {
		_, err := o.Desk.Worklist(t.Context(), actor, desk.Filter{})
		o.Wants(err, act.ErrRefused)
	}
}

// TestOpen: the applicant reads who looked, and colleagues see each other.
func TestOpen(t *testing.T) { eachTown(t, testOpen) }

func testOpen(t *testing.T, o *town) {
	talon := o.Give(ana, "extras-cf")
	c := o.Filed(agent, o.Urbanism(ana))
	o.Must(o.Write(t.Context(), ana, "w1", c.ID, "Bună ziua!", nil))
	d := o.Look(clerk, c.ID)
	if len(d.Seeing) != 0 || d.Level != act.Verified || !slices.Contains(d.Held, "extras-cf") || len(d.Messages) != 1 || !d.Messages[0].Read.Equal(d.At) || d.Names["ion"] == "" || d.Left != 15 {
		t.Errorf("Open = %+v", d)
	}
	if d = o.Look(second, c.ID); len(d.Seeing) != 1 || d.Seeing[0] != "ioana" {
		t.Errorf("Seeing = %q", d.Seeing)
	}
	later := o.Filed(ana, o.Urbanism(ana))
	o.Wait(6 * time.Minute)
	if d = o.Look(second, c.ID); len(d.Seeing) != 0 || len(d.Twins) != 1 || d.Twins[0] != later.Number.String() {
		t.Errorf("six minutes later: Seeing = %q, Twins = %q", d.Seeing, d.Twins)
	}
	seen, err := o.Acts.Seen(t.Context(), "ana", "", 10)
	o.Must(err)
	opened := 0
	for _, entry := range seen {
		if entry.Verb == act.OpenCase && entry.Case == c.ID && entry.Unit == "urbanism" {
			opened++
		}
	}
	if opened != 3 {
		t.Errorf("Ana reads of %d openings, want 3: %+v", opened, seen)
	}
	if _, _, err := o.Folder.Open(t.Context(), clerk, talon, c.ID); err == nil {
		t.Error("a clerk opened a document that the case may not use")
	}
}

// TestDeskIsOfItsDepartment tries everything as somebody who must not know that
// there is a case.
func TestDeskIsOfItsDepartment(t *testing.T) { eachTown(t, testStrangers) }

func testStrangers(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	before := o.Verbs(c.ID)
	for _, actor := range []act.Actor{merchant, ana, ion, counter, nobody, visitor, desktest.Official("root", "urbanism", act.Admin), desktest.Official("dpo", "urbanism", act.Officer)} {
		for _, id := range []string{c.ID, "nimic"} {
			ctx, key := t.Context(), db.NewID()
			_, err1 := o.Desk.Open(ctx, actor, id, "ro")
			_, err2 := o.Desk.Preview(ctx, actor, id, cases.Proposal{Outcome: cases.Approve})
			for i, err := range []error{err1, err2, o.Desk.Claim(ctx, actor, key, id, 1, true), o.Desk.Release(ctx, actor, key+"1", id, 1),
				o.Desk.Route(ctx, actor, key+"2", id, 1, "comert", "motiv"), o.Desk.Note(ctx, actor, key+"3", id, "notă"), o.Desk.Say(ctx, actor, key+"4", id, "mesaj", nil),
				o.Desk.Ask(ctx, actor, key+"5", id, 1, cases.Ask{Text: "text", Fields: []string{"descriere"}}), o.Desk.Extend(ctx, actor, key+"6", id, 1, "motiv"),
				o.Desk.Propose(ctx, actor, key+"7", id, 1, cases.Proposal{Outcome: cases.Approve}), o.Desk.Sign(ctx, actor, key+"8", id, 1), o.Desk.Return(ctx, actor, key+"9", id, 1, "motiv")} {
				if !errors.Is(err, cases.ErrUnknown) {
					t.Errorf("%s, %d on %q: %v", actor.Person, i, id, err)
				}
			}
		}
		if _, err := o.Desk.Next(t.Context(), actor, ""); !errors.Is(err, cases.ErrUnknown) {
			t.Errorf("%s goes on with %v", actor.Person, err)
		}
	}
	if after := o.Verbs(c.ID); !slices.Equal(before, after) || o.Get(c.ID).Edition != c.Edition {
		t.Errorf("strangers did %q", after)
	}
	// Within the department, roles decide.
	for _, err := range []error{o.Desk.Propose(t.Context(), chief, "k1", c.ID, 0, cases.Proposal{Outcome: cases.Approve}), o.Desk.Ask(t.Context(), head, "k2", c.ID, 0, cases.Ask{Text: "x"}),
		o.Desk.Extend(t.Context(), clerk, "k3", c.ID, 0, "motiv"), o.Desk.Sign(t.Context(), clerk, "k4", c.ID, 0), o.Desk.Say(t.Context(), chief, "k5", c.ID, "mesaj", nil), o.Desk.Claim(t.Context(), chief, "k6", c.ID, 0, false)} {
		o.Wants(err, cases.ErrUnknown)
	}
}

// TestTwoClerksRace lets both take the same case at the same moment, again and
// again: one of them has it, and the other is told so.
func TestTwoClerksRace(t *testing.T) { eachTown(t, testRace) }

func testRace(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	var wait sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wait.Go(func() {
			actor := clerk
			if i%2 == 1 {
				actor = second
			}
			results[i] = o.Desk.Claim(t.Context(), actor, db.NewID(), c.ID, c.Edition, false)
		})
	}
	wait.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, cases.ErrStale) {
			t.Errorf("a clerk is told %v", err)
		}
	}
	if c = o.Get(c.ID); won != 1 || c.Edition != 2 || c.State != cases.Claimed {
		t.Errorf("%d won, and the case is %+v", won, c)
	}

	// Of those who take the next one, nobody gets what another has.
	for range 4 {
		o.Filed(ion, o.Urbanism(ion))
	}
	taken := make([]string, 4)
	for i := range taken {
		wait.Go(func() {
			actor := clerk
			if i%2 == 1 {
				actor = second
			}
			var err error
			if taken[i], err = o.Desk.Take(t.Context(), actor, db.NewID()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if slices.Sort(taken); len(slices.Compact(taken)) != 4 {
		t.Errorf("they took %q", taken)
	}
	_, err := o.Desk.Take(t.Context(), clerk, "last")
	o.Wants(err, cases.ErrUnknown)
}

func TestClaimAndRelease(t *testing.T) { eachTown(t, testClaim) }

func testClaim(t *testing.T, o *town) {
	ctx := t.Context()
	c := o.Filed(ana, o.Urbanism(ana))
	o.Must(o.Desk.Claim(ctx, clerk, "k1", c.ID, 1, false))
	o.Must(o.Desk.Claim(ctx, clerk, "k1", c.ID, 1, false)) // the same form again
	o.Wants(o.Desk.Claim(ctx, second, "k2", c.ID, 1, false), cases.ErrStale)
	o.Wants(o.Desk.Claim(ctx, second, "k3", c.ID, 2, false), desk.ErrTaken)
	o.Wants(o.Desk.Release(ctx, second, "k4", c.ID, 2), desk.ErrTaken)
	o.Wants(o.Desk.Propose(ctx, second, "k5", c.ID, 2, cases.Proposal{Outcome: cases.Approve}), desk.ErrTaken)
	o.Wants(o.Desk.Ask(ctx, second, "k6", c.ID, 2, cases.Ask{Text: "text", Fields: []string{"descriere"}}), desk.ErrTaken)
	o.Must(o.Desk.Claim(ctx, second, "k7", c.ID, 2, true))
	if c = o.Get(c.ID); c.Clerk != "vlad" || c.Edition != 3 {
		t.Errorf("after a colleague took it: %+v", c)
	}
	o.Must(o.Desk.Release(ctx, head, "k8", c.ID, 3))
	if c = o.Get(c.ID); c.Clerk != "" || c.State != cases.Filed {
		t.Errorf("after the head gave it back: %+v", c)
	}
	next, err := o.Desk.Next(ctx, clerk, "")
	if o.Must(err); next != c.ID {
		t.Errorf("Next = %s", next)
	}
	_, err = o.Desk.Next(ctx, clerk, c.ID)
	o.Wants(err, cases.ErrUnknown)
}

// TestNobodyDecidesTheirOwn: an official applies like everybody else.
func TestNobodyDecidesTheirOwn(t *testing.T) { eachTown(t, testOwn) }

func testOwn(t *testing.T, o *town) {
	ctx, citizen := t.Context(), act.Actor{Person: "ioana", For: "ioana", Level: act.Verified}
	c := o.Filed(citizen, o.Urbanism(citizen))
	o.Wants(o.Desk.Propose(ctx, clerk, "k1", c.ID, 0, cases.Proposal{Outcome: cases.Approve}), desk.ErrSelf)
	o.Wants(o.Desk.Ask(ctx, clerk, "k2", c.ID, 0, cases.Ask{Text: "text", Fields: []string{"descriere"}}), desk.ErrSelf)
	_, err := o.Desk.Take(ctx, clerk, "k3")
	o.Wants(err, cases.ErrUnknown)
	_, err = o.Desk.Next(ctx, clerk, "")
	o.Wants(err, cases.ErrUnknown)
	if id, err := o.Desk.Take(ctx, second, "k4"); err != nil || id != c.ID {
		t.Errorf("a colleague takes %q, %v", id, err)
	}
}

func TestRoute(t *testing.T) { eachTown(t, testRoute) }

func testRoute(t *testing.T, o *town) {
	ctx := t.Context()
	c := o.Filed(ana, o.Urbanism(ana))
	document := o.Look(clerk, c.ID).Documents[0].ID
	o.Must(o.Desk.Claim(ctx, clerk, "k0", c.ID, 1, false))
	o.Wants(o.Desk.Route(ctx, clerk, "k1", c.ID, 2, "nimic", "motiv"), desk.ErrUnit)
	o.Wants(o.Desk.Route(ctx, clerk, "k2", c.ID, 2, "urbanism", "motiv"), desk.ErrUnit)
	o.Wants(o.Desk.Route(ctx, clerk, "k3", c.ID, 2, "comert", " "), desk.ErrReason)
	o.Must(o.Desk.Route(ctx, clerk, "k4", c.ID, 2, "comert", "E un bar, nu o casă."))
	_, err := o.Desk.Open(ctx, clerk, c.ID, "ro")
	o.Wants(err, cases.ErrUnknown)
	if _, _, err := o.Folder.Open(ctx, clerk, document, c.ID); err == nil {
		t.Error("the old department still opens documents")
	}
	d := o.Look(merchant, c.ID)
	if d.Clerk != "" || d.State != cases.Filed || len(d.Messages) != 1 || !d.Messages[0].Internal || d.Messages[0].Text != "E un bar, nu o casă." {
		t.Errorf("the new department sees %+v", d)
	}
	if _, _, err := o.Folder.Open(ctx, merchant, document, c.ID); err != nil {
		t.Errorf("the new department opens a document: %v", err)
	}
	if v, err := o.ByID(ctx, ana, c.ID); err != nil || len(v.Messages) != 0 {
		t.Errorf("Ana sees %+v, %v", v.Messages, err)
	}
}

// TestWords: messages go both ways with files; notes stay inside.
func TestWords(t *testing.T) { eachTown(t, testWords) }

func testWords(t *testing.T, o *town) {
	ctx := t.Context()
	c := o.Filed(ana, o.Urbanism(ana))
	o.Told()
	o.Wants(o.Desk.Say(ctx, clerk, "k1", c.ID, "  ", nil), cases.ErrText)
	file, err := o.Folder.Store(ctx, "Schiță.png", desktest.Picture(t))
	o.Must(err)
	o.Must(o.Desk.Say(ctx, clerk, "k2", c.ID, "Uite schița.", []folder.Document{file}))
	o.Must(o.Desk.Say(ctx, clerk, "k2", c.ID, "Uite schița.", []folder.Document{file}))
	o.Must(o.Desk.Note(ctx, second, "k3", c.ID, "De verificat cu PUG."))
	if got, want := o.Told(), []string{"ana desk.notice-message"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if edition := o.Get(c.ID).Edition; edition != 1 {
		t.Errorf("words made edition %d", edition)
	}
	v, err := o.ByID(ctx, ana, c.ID)
	o.Must(err)
	if len(v.Messages) != 1 || len(v.Messages[0].Files) != 1 {
		t.Fatalf("Ana sees %+v", v.Messages)
	}
	sent := v.Messages[0].Files[0]
	for _, actor := range []act.Actor{ana, clerk} {
		if doc, data, err := o.Folder.Open(ctx, actor, sent, c.ID); err != nil || string(data) != string(desktest.Picture(t)) || doc.Source != folder.Sent {
			t.Errorf("%s opens %+v, %v", actor.Person, doc, err)
		}
	}
	if _, _, err := o.Folder.Open(ctx, merchant, sent, c.ID); err == nil {
		t.Error("another department opens what was sent")
	}
	if d := o.Look(clerk, c.ID); len(d.Messages) != 2 || !d.Messages[1].Internal {
		t.Errorf("the clerk sees %+v", d.Messages)
	}
	if _, err := o.Folder.Store(ctx, "virus.exe", []byte("MZ...")); err == nil {
		t.Error("a program was stored")
	}
	// What fails leaves nothing behind.
	fail := errors.New("no post today")
	o.Fail(fail)
	if err := o.Desk.Say(ctx, clerk, "k4", c.ID, "Nu ajunge.", []folder.Document{file}); !errors.Is(err, fail) {
		t.Errorf("got %v", err)
	}
	o.Fail(nil)
	if d := o.Look(clerk, c.ID); len(d.Messages) != 2 || len(d.Documents) != 2 {
		t.Errorf("a message that failed left %d messages and %d documents", len(d.Messages), len(d.Documents))
	}
}

package cases

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
)

// look opens a case that has to be there.
func (o *town) look(actor act.Actor, id string) Desk {
	o.t.Helper()
	d, err := o.Open(o.t.Context(), actor, id, "ro")
	o.must(err)
	return d
}

// numbers returns the numbers of a work list.
func (o *town) numbers(actor act.Actor, f Filter) string {
	o.t.Helper()
	list, err := o.Worklist(o.t.Context(), actor, f)
	o.must(err)
	var all []string
	for _, row := range list.Rows {
		all = append(all, row.Number[len(row.Number)-1:])
	}
	return strings.Join(all, "")
}

func TestWorklist(t *testing.T) { eachTown(t, testWorklist) }

func testWorklist(t *testing.T, o *town) {
	o.on("2026-11-02")
	first := o.file(ana, o.urbanism(ana))
	o.on("2026-11-10")
	second := o.file(agent, o.urbanism(ana))
	third := o.file(ion, o.urbanism(ion))
	o.on("2026-11-23") // the first is due today
	must := func(err error) { t.Helper(); o.must(err) }
	must(o.Claim(t.Context(), clerk, "c1", first.ID, first.Edition, false))
	must(o.Propose(t.Context(), clerk, "p1", first.ID, 0, Proposal{Outcome: Approve}))
	must(o.Ask(t.Context(), clerk, "a1", third.ID, 0, Ask{Text: "Planul nu se vede.", Documents: []string{"plan-cadastral"}}))
	o.look(clerk, second.ID)
	for _, test := range []struct {
		actor act.Actor
		f     Filter
		want  string
	}{
		{clerk, Filter{}, "123"}, {clerk, Filter{Mine: true}, "13"}, {clerk, Filter{Free: true}, "2"}, {clerk, Filter{Waiting: true}, "3"},
		{clerk, Filter{Late: true}, "1"}, {clerk, Filter{Sign: true}, ""}, {chief, Filter{Sign: true}, "1"}, {clerk, Filter{New: true}, "13"},
		{chief, Filter{New: true}, "123"}, {clerk, Filter{Over: true}, ""}, {clerk, Filter{Service: "petitie"}, ""}, {clerk, Filter{Sort: "filed"}, "123"},
		{clerk, Filter{Words: "2"}, "2"}, {clerk, Filter{Words: "ur2026-000003"}, "3"}, {clerk, Filter{Words: "UR2025-000003"}, ""},
		{clerk, Filter{Words: "IONESCU a"}, "12"}, {clerk, Filter{Words: "ionescu pop"}, ""}, {clerk, Filter{Words: "%"}, "123"}, {clerk, Filter{Words: "zzz"}, ""},
		{clerk, Filter{Page: 2}, ""}, {merchant, Filter{}, ""},
	} {
		if got := o.numbers(test.actor, test.f); got != test.want {
			t.Errorf("%s, %+v: got %q, want %q", test.actor.Person, test.f, got, test.want)
		}
	}
	list, err := o.Worklist(t.Context(), chief, Filter{})
	must(err)
	if list.Mine != 0 || list.Team != 3 || list.Free != 1 || list.New != 3 || list.Waiting != 1 || list.Late != 1 || list.Sign != 1 || list.Pages != 1 {
		t.Errorf("the counts are %+v", list)
	}
	row := list.Rows[0]
	if row.Left != 0 || !row.Running || !row.Unpaid || row.Name != "Ana Ionescu-Demo" || row.ClerkName != "Ioana Munteanu-Demo" || row.For != "" || list.Rows[1].For != "Ion Pop-Demo" || list.Rows[2].Running {
		t.Errorf("the rows are %+v", list.Rows)
	}
	for _, actor := range []act.Actor{ana, nobody, counter, visitor} {
		_, err := o.Worklist(t.Context(), actor, Filter{})
		o.wants(err, act.ErrRefused)
	}
}

// TestOpen: the applicant reads who looked, and colleagues see each other.
func TestOpen(t *testing.T) { eachTown(t, testOpen) }

func testOpen(t *testing.T, o *town) {
	talon := o.give(ana, "extras-cf")
	c := o.file(agent, o.urbanism(ana))
	o.must(o.Write(t.Context(), ana, "w1", c.ID, "Bună ziua!", nil))
	d := o.look(clerk, c.ID)
	if len(d.Seeing) != 0 || d.Level != act.Verified || !slices.Contains(d.Held, "extras-cf") || len(d.Messages) != 1 || !d.Messages[0].Read.Equal(d.At) || d.Names["ion"] == "" || d.Left != 15 {
		t.Errorf("Open = %+v", d)
	}
	if d = o.look(second, c.ID); len(d.Seeing) != 1 || d.Seeing[0] != "ioana" {
		t.Errorf("Seeing = %q", d.Seeing)
	}
	later := o.file(ana, o.urbanism(ana))
	o.mu.Lock()
	o.time = o.time.Add(6 * time.Minute)
	o.mu.Unlock()
	if d = o.look(second, c.ID); len(d.Seeing) != 0 || len(d.Twins) != 1 || d.Twins[0] != later.Number.String() {
		t.Errorf("six minutes later: Seeing = %q, Twins = %q", d.Seeing, d.Twins)
	}
	seen, err := o.Acts.Seen(t.Context(), "ana", "", 10)
	o.must(err)
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
	c := o.file(ana, o.urbanism(ana))
	before := o.acts(c.ID)
	for _, actor := range []act.Actor{merchant, ana, ion, counter, nobody, visitor, official("root", "urbanism", act.Admin), official("dpo", "urbanism", act.Officer)} {
		for _, id := range []string{c.ID, "nimic"} {
			ctx, key := t.Context(), db.NewID()
			_, err1 := o.Open(ctx, actor, id, "ro")
			_, err2 := o.Preview(ctx, actor, id, Proposal{Outcome: Approve})
			for i, err := range []error{err1, err2, o.Claim(ctx, actor, key, id, 1, true), o.Release(ctx, actor, key+"1", id, 1),
				o.Route(ctx, actor, key+"2", id, 1, "comert", "motiv"), o.Note(ctx, actor, key+"3", id, "notă"), o.Say(ctx, actor, key+"4", id, "mesaj", nil),
				o.Ask(ctx, actor, key+"5", id, 1, Ask{Text: "text", Fields: []string{"descriere"}}), o.Extend(ctx, actor, key+"6", id, 1, "motiv"),
				o.Propose(ctx, actor, key+"7", id, 1, Proposal{Outcome: Approve}), o.Sign(ctx, actor, key+"8", id, 1), o.Return(ctx, actor, key+"9", id, 1, "motiv")} {
				if !errors.Is(err, ErrUnknown) {
					t.Errorf("%s, %d on %q: %v", actor.Person, i, id, err)
				}
			}
		}
		if _, err := o.Next(t.Context(), actor, ""); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s goes on with %v", actor.Person, err)
		}
	}
	if after := o.acts(c.ID); !slices.Equal(before, after) || o.get(c.ID).Edition != c.Edition {
		t.Errorf("strangers did %q", after)
	}
	// Within the department, roles decide.
	for _, err := range []error{o.Propose(t.Context(), chief, "k1", c.ID, 0, Proposal{Outcome: Approve}), o.Propose(t.Context(), head, "k2", c.ID, 0, Proposal{Outcome: Approve}),
		o.Extend(t.Context(), clerk, "k3", c.ID, 0, "motiv"), o.Sign(t.Context(), clerk, "k4", c.ID, 0), o.Say(t.Context(), chief, "k5", c.ID, "mesaj", nil), o.Claim(t.Context(), chief, "k6", c.ID, 0, false)} {
		o.wants(err, ErrUnknown)
	}
}

// TestTwoClerksRace lets both take the same case at the same moment, again and
// again: one of them has it, and the other is told so.
func TestTwoClerksRace(t *testing.T) { eachTown(t, testRace) }

func testRace(t *testing.T, o *town) {
	c := o.file(ana, o.urbanism(ana))
	var wait sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wait.Go(func() {
			actor := clerk
			if i%2 == 1 {
				actor = second
			}
			results[i] = o.Claim(t.Context(), actor, db.NewID(), c.ID, c.Edition, false)
		})
	}
	wait.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, ErrStale) {
			t.Errorf("a clerk is told %v", err)
		}
	}
	if c = o.get(c.ID); won != 1 || c.Edition != 2 || c.State != Claimed {
		t.Errorf("%d won, and the case is %+v", won, c)
	}

	// Of those who take the next one, nobody gets what another has.
	for range 4 {
		o.file(ion, o.urbanism(ion))
	}
	taken := make([]string, 4)
	for i := range taken {
		wait.Go(func() {
			actor := clerk
			if i%2 == 1 {
				actor = second
			}
			var err error
			if taken[i], err = o.Take(t.Context(), actor, db.NewID()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if slices.Sort(taken); len(slices.Compact(taken)) != 4 {
		t.Errorf("they took %q", taken)
	}
	_, err := o.Take(t.Context(), clerk, "last")
	o.wants(err, ErrUnknown)
}

func TestClaimAndRelease(t *testing.T) { eachTown(t, testClaim) }

func testClaim(t *testing.T, o *town) {
	ctx := t.Context()
	c := o.file(ana, o.urbanism(ana))
	o.must(o.Claim(ctx, clerk, "k1", c.ID, 1, false))
	o.must(o.Claim(ctx, clerk, "k1", c.ID, 1, false)) // the same form again
	o.wants(o.Claim(ctx, second, "k2", c.ID, 1, false), ErrStale)
	o.wants(o.Claim(ctx, second, "k3", c.ID, 2, false), ErrTaken)
	o.wants(o.Release(ctx, second, "k4", c.ID, 2), ErrTaken)
	o.wants(o.Propose(ctx, second, "k5", c.ID, 2, Proposal{Outcome: Approve}), ErrTaken)
	o.wants(o.Ask(ctx, second, "k6", c.ID, 2, Ask{Text: "text", Fields: []string{"descriere"}}), ErrTaken)
	o.must(o.Claim(ctx, second, "k7", c.ID, 2, true))
	if c = o.get(c.ID); c.Clerk != "vlad" || c.Edition != 3 {
		t.Errorf("after a colleague took it: %+v", c)
	}
	o.must(o.Release(ctx, head, "k8", c.ID, 3))
	if c = o.get(c.ID); c.Clerk != "" || c.State != Filed {
		t.Errorf("after the head gave it back: %+v", c)
	}
	next, err := o.Next(ctx, clerk, "")
	if o.must(err); next != c.ID {
		t.Errorf("Next = %s", next)
	}
	_, err = o.Next(ctx, clerk, c.ID)
	o.wants(err, ErrUnknown)
}

// TestNobodyDecidesTheirOwn: an official applies like everybody else.
func TestNobodyDecidesTheirOwn(t *testing.T) { eachTown(t, testOwn) }

func testOwn(t *testing.T, o *town) {
	ctx, citizen := t.Context(), act.Actor{Person: "ioana", For: "ioana", Level: act.Verified}
	c := o.file(citizen, o.urbanism(citizen))
	o.wants(o.Propose(ctx, clerk, "k1", c.ID, 0, Proposal{Outcome: Approve}), ErrSelf)
	o.wants(o.Ask(ctx, clerk, "k2", c.ID, 0, Ask{Text: "text", Fields: []string{"descriere"}}), ErrSelf)
	_, err := o.Take(ctx, clerk, "k3")
	o.wants(err, ErrUnknown)
	_, err = o.Next(ctx, clerk, "")
	o.wants(err, ErrUnknown)
	if id, err := o.Take(ctx, second, "k4"); err != nil || id != c.ID {
		t.Errorf("a colleague takes %q, %v", id, err)
	}
}

func TestRoute(t *testing.T) { eachTown(t, testRoute) }

func testRoute(t *testing.T, o *town) {
	ctx := t.Context()
	c := o.file(ana, o.urbanism(ana))
	document := o.look(clerk, c.ID).Documents[0].ID
	o.must(o.Claim(ctx, clerk, "k0", c.ID, 1, false))
	o.wants(o.Route(ctx, clerk, "k1", c.ID, 2, "nimic", "motiv"), ErrUnit)
	o.wants(o.Route(ctx, clerk, "k2", c.ID, 2, "urbanism", "motiv"), ErrUnit)
	o.wants(o.Route(ctx, clerk, "k3", c.ID, 2, "comert", " "), ErrReason)
	o.must(o.Route(ctx, clerk, "k4", c.ID, 2, "comert", "E un bar, nu o casă."))
	_, err := o.Open(ctx, clerk, c.ID, "ro")
	o.wants(err, ErrUnknown)
	if _, _, err := o.Folder.Open(ctx, clerk, document, c.ID); err == nil {
		t.Error("the old department still opens documents")
	}
	d := o.look(merchant, c.ID)
	if d.Clerk != "" || d.State != Filed || len(d.Messages) != 1 || !d.Messages[0].Internal || d.Messages[0].Text != "E un bar, nu o casă." {
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
	c := o.file(ana, o.urbanism(ana))
	o.told()
	o.wants(o.Say(ctx, clerk, "k1", c.ID, "  ", nil), ErrText)
	file, err := o.Folder.Store(ctx, "Schiță.png", plan(t))
	o.must(err)
	o.must(o.Say(ctx, clerk, "k2", c.ID, "Uite schița.", []folder.Document{file}))
	o.must(o.Say(ctx, clerk, "k2", c.ID, "Uite schița.", []folder.Document{file}))
	o.must(o.Note(ctx, second, "k3", c.ID, "De verificat cu PUG."))
	if got, want := o.told(), []string{"ana cases.notice-message"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if edition := o.get(c.ID).Edition; edition != 1 {
		t.Errorf("words made edition %d", edition)
	}
	v, err := o.ByID(ctx, ana, c.ID)
	o.must(err)
	if len(v.Messages) != 1 || len(v.Messages[0].Files) != 1 {
		t.Fatalf("Ana sees %+v", v.Messages)
	}
	sent := v.Messages[0].Files[0]
	for _, actor := range []act.Actor{ana, clerk} {
		if doc, data, err := o.Folder.Open(ctx, actor, sent, c.ID); err != nil || string(data) != string(plan(t)) || doc.Source != folder.Sent {
			t.Errorf("%s opens %+v, %v", actor.Person, doc, err)
		}
	}
	if _, _, err := o.Folder.Open(ctx, merchant, sent, c.ID); err == nil {
		t.Error("another department opens what was sent")
	}
	if d := o.look(clerk, c.ID); len(d.Messages) != 2 || !d.Messages[1].Internal {
		t.Errorf("the clerk sees %+v", d.Messages)
	}
	if _, err := o.Folder.Store(ctx, "virus.exe", []byte("MZ...")); err == nil {
		t.Error("a program was stored")
	}
	// What fails leaves nothing behind.
	o.fail = errors.New("no post today")
	if err := o.Say(ctx, clerk, "k4", c.ID, "Nu ajunge.", []folder.Document{file}); !errors.Is(err, o.fail) {
		t.Errorf("got %v", err)
	}
	o.fail = nil
	if d := o.look(clerk, c.ID); len(d.Messages) != 2 || len(d.Documents) != 2 {
		t.Errorf("a message that failed left %d messages and %d documents", len(d.Messages), len(d.Documents))
	}
}

package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
)

func TestFile(t *testing.T) { eachTown(t, testFile) }

func testFile(t *testing.T, o *town) {
	a := o.urbanism(ana)
	a.Documents = []string{o.give(ana, "alt-document")}
	var told Case
	c, err := o.File(t.Context(), ana, "k1", a, func(_ context.Context, _ *act.Tx, c Case) error { told = c; return nil })
	o.must(err)
	if c.Number.String() != "UR2026-000001" || c.State != Filed || c.Unit != "urbanism" || c.Owner != "ana" || c.FiledBy != "ana" || c.Edition != 1 || told.ID != c.ID {
		t.Errorf("File = %+v", c)
	}
	// Sent at half past six: the day of sending is that of registration, and the
	// term begins on the next (domain: 15 working days from 23.11.2026 end on 16.12.2026).
	if c.Number.Day.String() != "2026-11-23" || c.Due.String() != "2026-12-16" || !c.Running {
		t.Errorf("registered on %s, due on %s, running: %t", c.Number.Day, c.Due, c.Running)
	}
	if c.Fee != 700 || o.orders[c.ID] != "open 7.00" || c.Order == "" {
		t.Errorf("the fee is %s, and its order %q", c.Fee, o.orders[c.ID])
	}
	if got, want := o.told(), []string{"ana cases.filed"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := o.acts(c.ID), []string{"folder.issue", "folder.consent", "folder.consent", "cases.file"}; !slices.Equal(got, want) {
		t.Errorf("the register has %q, want %q", got, want)
	}
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.must(err)
	if len(v.Documents) != 2 || len(v.Events) != 1 || v.Answers["nobody_asked"] != nil || v.Answers["plan_cadastral"] != nil || v.Answers["suprafata"] != int64(200) {
		t.Errorf("ByID = %d documents, %d events, answers %v", len(v.Documents), len(v.Events), v.Answers)
	}
	paper, err := o.Registry.Paper(t.Context(), ana, c.Receipt)
	o.must(err)
	said := string(marshal(t, paper.Paper.Document))
	for _, want := range []string{"UR2026-000001", "Ana Ionescu-Demo", "485*******027", "16 decembrie 2026", "plan.png", "7,00 lei", "O casă cu un etaj.", "15 zile lucrătoare"} {
		if !strings.Contains(said, want) {
			t.Errorf("the receipt does not say %q: %s", want, said)
		}
	}
	if docs, err := o.Folder.Documents(t.Context(), ana); err != nil || !slices.ContainsFunc(docs, func(d documentOf) bool { return d.Paper == c.Receipt && d.Type == receiptType }) {
		t.Errorf("the receipt is not in the folder: %v, %v", docs, err)
	}
	second := o.file(ana, o.urbanism(ana))
	if second.Number.N != 2 || second.ID == c.ID {
		t.Errorf("the next case is %s", second.Number)
	}
}

func TestFileRefuses(t *testing.T) { eachTown(t, testFileRefuses) }

func testFileRefuses(t *testing.T, o *town) {
	with := func(a Application, change func(a *Application)) Application { change(&a); return a }
	of := func(key string, answer any) func(a *Application) {
		return func(a *Application) { a.Answers[key] = answer }
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		a     Application
		want  error
	}{
		{"a visitor", visitor, petition("altul"), act.ErrRefused},
		{"nobody at all", nobody, petition("altul"), act.ErrRefused},
		{"a light account for what needs an identity", mara, o.urbanism(mara), act.ErrLevel},
		{"an agent for another service", parker, o.urbanism(ana), act.ErrRefused},
		{"a person for what firms ask", ana, o.shop(), ErrInvalid},
		{"a service that there is not", ana, with(petition("altul"), func(a *Application) { a.Service = "dragoni" }), procedures.ErrUnknown},
		{"a version that there is not", ana, with(petition("altul"), func(a *Application) { a.Version = 99 }), procedures.ErrUnknown},
		{"an answer is missing", ana, with(o.urbanism(ana), func(a *Application) { delete(a.Answers, "imobil") }), ErrInvalid},
		{"an answer is of another type", ana, with(o.urbanism(ana), of("suprafata", "mare")), ErrInvalid},
		{"an answer is too small", ana, with(o.urbanism(ana), of("suprafata", int64(0))), ErrInvalid},
		{"an answer is not among the options", ana, with(o.urbanism(ana), of("lucrare", "palat")), ErrInvalid},
		{"a document is of somebody else", ana, with(o.urbanism(ana), of("plan_situatie", o.give(ion, "plan-situatie"))), ErrInvalid},
		{"a document is another one", ana, with(o.urbanism(ana), of("plan_situatie", o.give(ana, "talon"))), ErrInvalid},
		{"a document that there is not", ana, with(o.urbanism(ana), of("plan_situatie", "0193")), ErrInvalid},
		{"another document of somebody else", ana, with(o.urbanism(ana), func(a *Application) { a.Documents = []string{o.give(ion, "talon")} }), ErrInvalid},
		{"an objection to nothing", ana, with(petition("altul"), func(a *Application) { a.Objects = "0193" }), ErrUnknown},
		{"an official at the desk of another kind", clerk, with(petition("altul"), func(a *Application) { a.Owner = "mara" }), act.ErrRefused},
		{"a colleague at the counter who tries for a light account", counter, with(o.urbanism(mara), func(a *Application) { a.Owner = "mara" }), act.ErrLevel},
	} {
		_, err := o.File(t.Context(), test.actor, db.NewID(), test.a, none)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", test.name, explain(err), test.want)
		}
	}
	_, err := o.File(t.Context(), ana, "", petition("altul"), none)
	o.wants(err, act.ErrNoKey)
	if all, err := o.Registry.Book(t.Context(), counter, registryAll); err != nil || all.Total != 0 || len(o.told()) > 0 || len(o.orders) > 0 {
		t.Errorf("something is left of what was refused: %+v, %v", all, err)
	}
}

// TestNothingIsLeftOfWhatFailed: no number, no paper, no consent, no order, and
// the next application gets the number.
func TestNothingIsLeftOfWhatFailed(t *testing.T) { eachTown(t, testNothingIsLeftOfWhatFailed) }

func testNothingIsLeftOfWhatFailed(t *testing.T, o *town) {
	a := o.urbanism(ana)
	before := o.acts("")
	o.fail = errors.New("no paper")
	_, err := o.File(t.Context(), ana, "k1", a, none)
	o.wants(err, o.fail)
	o.fail = nil
	full := errors.New("the draft has changed")
	_, err = o.File(t.Context(), ana, "k1", a, func(context.Context, *act.Tx, Case) error { return full })
	o.wants(err, full)
	if all, err := o.Cases(t.Context(), ana); err != nil || len(all) != 0 {
		t.Errorf("Cases = %v, %v", all, err)
	}
	if got := o.acts(""); !slices.Equal(got, before) {
		t.Errorf("the register has %q, before %q", got, before)
	}
	docs, err := o.Folder.Documents(t.Context(), ana)
	o.must(err)
	if len(docs) != 1 {
		t.Errorf("the folder has %d documents, want 1", len(docs))
	}
	c, err := o.File(t.Context(), ana, "k1", a, none)
	o.must(err)
	if c.Number.N != 1 {
		t.Errorf("the first number is %s", c.Number)
	}
}

// TestSentOnce: two clicks, two windows, an agent and the owner at once make one
// case with one number and one fee.
func TestSentOnce(t *testing.T) { eachTown(t, testSentOnce) }

func testSentOnce(t *testing.T, o *town) {
	a := o.urbanism(ana)
	got := make([]Case, 8)
	errs := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		actor, key := ana, "same"
		if i%2 == 1 {
			key = db.NewID()
		}
		if i == 3 {
			actor = agent
		}
		wg.Go(func() { got[i], errs[i] = o.File(t.Context(), actor, key, a, none) })
	}
	wg.Wait()
	for i := range got {
		if errs[i] != nil || got[i].ID != got[0].ID || got[i].Number.N != 1 {
			t.Errorf("%d: %s %s, %v", i, got[i].ID, got[i].Number, errs[i])
		}
	}
	if sent := o.told(); len(sent) != 1 {
		t.Errorf("told %q", sent)
	}
	if _, err := o.File(t.Context(), ion, "same", a, none); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a stranger with the ID of the draft: %v", err)
	}
	// Much later, the service takes nothing more; the repetition still answers.
	o.on("2027-12-01")
	c, err := o.File(t.Context(), ana, "same", a, none)
	if err != nil || c.ID != got[0].ID {
		t.Errorf("later: %s, %v", c.ID, err)
	}
}

// TestNumbersHaveNoGaps: a rush of applications, some of which fail.
func TestNumbersHaveNoGaps(t *testing.T) { eachTown(t, testNumbersHaveNoGaps) }

func testNumbersHaveNoGaps(t *testing.T, o *town) {
	odd := errors.New("the draft has changed")
	var wg sync.WaitGroup
	var mu sync.Mutex
	var numbers []int
	for i := range 20 {
		wg.Go(func() {
			c, err := o.File(t.Context(), mara, db.NewID(), petition("altul"), func(context.Context, *act.Tx, Case) error {
				if i%4 == 0 {
					return odd
				}
				return nil
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				numbers = append(numbers, c.Number.N)
			} else if !errors.Is(err, odd) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != i+1 {
			t.Fatalf("the numbers are %v", numbers)
		}
	}
	if len(numbers) != 15 {
		t.Errorf("%d cases, want 15", len(numbers))
	}
}

func TestFileForAnother(t *testing.T) { eachTown(t, testFileForAnother) }

func testFileForAnother(t *testing.T, o *town) {
	c := o.file(agent, o.urbanism(ana))
	if c.Owner != "ana" || c.FiledBy != "ion" || c.Mandate != "m2" || c.AtDesk {
		t.Errorf("an agent: %+v", c)
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		want  error
	}{{"the owner", ana, nil}, {"the agent", agent, nil}, {"in the agent's own folder", ion, ErrUnknown},
		{"an agent for another service", parker, ErrUnknown}, {"a stranger", mara, ErrUnknown}, {"nobody", nobody, ErrUnknown}, {"an official", clerk, ErrUnknown}} {
		if _, err := o.ByID(t.Context(), test.actor, c.ID); !errors.Is(err, test.want) {
			t.Errorf("%s: ByID = %v, want %v", test.name, err, test.want)
		}
		if all, err := o.Cases(t.Context(), test.actor); err != nil || (len(all) == 1) != (test.want == nil) {
			t.Errorf("%s: Cases = %v, %v", test.name, all, err)
		}
	}
	a := petition("taxe")
	a.Owner = "mara"
	c = o.file(counter, a)
	if c.Owner != "mara" || c.FiledBy != "dana" || !c.AtDesk || c.Unit != "directia-fiscala" {
		t.Errorf("at the counter: %+v", c)
	}
	if again, err := o.File(t.Context(), counter, db.NewID(), a, none); err != nil || again.ID != c.ID {
		t.Errorf("sent at the counter again: %s, %v", again.ID, err)
	}
	if _, err := o.ByID(t.Context(), counter, c.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("the official at the counter follows it: %v", err)
	}
	paper, err := o.Registry.Paper(t.Context(), mara, c.Receipt)
	o.must(err)
	if said := string(marshal(t, paper.Paper.Document)); !strings.Contains(said, "Dana Crișan-Demo") {
		t.Errorf("the receipt does not say who sent it: %s", said)
	}
}

func TestRoutes(t *testing.T) { eachTown(t, testRoutes) }

func testRoutes(t *testing.T, o *town) {
	for about, unit := range map[string]string{"taxe": "directia-fiscala", "drumuri": "mobilitate", "altul": "relatii-cetateni"} {
		if c := o.file(mara, petition(about)); c.Unit != unit || c.Due.String() != "2026-12-23" {
			t.Errorf("a petition about %s is in %s, due on %s", about, c.Unit, c.Due)
		}
	}
}

// TestClosedChannel: a draft keeps its version, but not a channel that was closed
// meanwhile.
func TestClosedChannel(t *testing.T) {
	o := small(t)
	current, err := o.Catalog.Version("petitie", 1)
	o.must(err)
	closed, later := *current, *current
	closed.Closed = []procedures.Closure{{From: day(t, "2026-12-15"), To: day(t, "2027-01-09")}}
	later.Effective = day(t, "2027-01-01")
	for _, test := range []struct {
		of   *procedures.Service
		day  string
		want error
	}{
		{&closed, "2026-12-14", nil}, {&closed, "2026-12-15", ErrClosed}, {&closed, "2027-01-09", ErrClosed}, {&closed, "2027-01-10", nil},
		{&later, "2026-12-31", ErrInvalid}, {&later, "2027-01-01", nil},
	} {
		o.wants(o.open(filing{of: test.of, env: procedures.Env{Today: day(t, test.day)}}), test.want)
	}
}

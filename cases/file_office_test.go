package cases_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"bega/cases"
	"bega/desk/desktest"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
	"bega/registry"
)

func TestFile(t *testing.T) { eachTown(t, testFile) }

func testFile(t *testing.T, o *town) {
	a := o.Urbanism(ana)
	a.Documents = []string{o.Give(ana, "alt-document")}
	var told cases.Case
	c, err := o.File(t.Context(), ana, "k1", a, func(_ context.Context, _ *act.Tx, c cases.Case) error { told = c; return nil })
	o.Must(err)
	if c.Number.String() != "UR2026-000001" || c.State != cases.Filed || c.Unit != "urbanism" || c.Owner != "ana" || c.FiledBy != "ana" || c.Edition != 1 || told.ID != c.ID {
		t.Errorf("File = %+v", c)
	}
	// Sent at half past six: the day of sending is that of registration, and the
	// term begins on the next (domain: 15 working days from 23.11.2026 end on 16.12.2026).
	if c.Number.Day.String() != "2026-11-23" || c.Due.String() != "2026-12-16" || !c.Running {
		t.Errorf("registered on %s, due on %s, running: %t", c.Number.Day, c.Due, c.Running)
	}
	if c.Fee != 700 || o.Orders()[c.ID] != "open 7.00" || c.Order == "" {
		t.Errorf("the fee is %s, and its order %q", c.Fee, o.Orders()[c.ID])
	}
	if got, want := o.Told(), []string{"ana cases.filed"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := o.Verbs(c.ID), []string{"folder.issue", "folder.consent", "folder.consent", "cases.file"}; !slices.Equal(got, want) {
		t.Errorf("the register has %q, want %q", got, want)
	}
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if len(v.Documents) != 2 || len(v.Events) != 1 || v.Answers["nobody_asked"] != nil || v.Answers["plan_cadastral"] != nil || v.Answers["suprafata"] != int64(200) {
		t.Errorf("ByID = %d documents, %d events, answers %v", len(v.Documents), len(v.Events), v.Answers)
	}
	paper, err := o.Registry.Paper(t.Context(), ana, c.Receipt)
	o.Must(err)
	said := desktest.Marshal(t, paper.Paper.Document)
	for _, want := range []string{"UR2026-000001", "Ana Ionescu-Demo", "485*******027", "16 decembrie 2026", "plan.png", "7,00 lei", "O casă cu un etaj.", "15 zile lucrătoare"} {
		if !strings.Contains(said, want) {
			t.Errorf("the receipt does not say %q: %s", want, said)
		}
	}
	if docs, err := o.Folder.Documents(t.Context(), ana); err != nil || !slices.ContainsFunc(docs, func(d folder.Document) bool { return d.Paper == c.Receipt && d.Type == "dovada-inregistrare" }) {
		t.Errorf("the receipt is not in the folder: %v, %v", docs, err)
	}
	second := o.Filed(ana, o.Urbanism(ana))
	if second.Number.N != 2 || second.ID == c.ID {
		t.Errorf("the next case is %s", second.Number)
	}
}

func TestFileRefuses(t *testing.T) { eachTown(t, testFileRefuses) }

func testFileRefuses(t *testing.T, o *town) {
	with := func(a cases.Application, change func(a *cases.Application)) cases.Application { change(&a); return a }
	of := func(key string, answer any) func(a *cases.Application) {
		return func(a *cases.Application) { a.Answers[key] = answer }
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		a     cases.Application
		want  error
	}{
		{"a visitor", visitor, desktest.Petition("altul"), act.ErrRefused},
		{"nobody at all", nobody, desktest.Petition("altul"), act.ErrRefused},
		{"a light account for what needs an identity", mara, o.Urbanism(mara), act.ErrLevel},
		{"an agent for another service", parker, o.Urbanism(ana), act.ErrRefused},
		{"a person for what firms ask", ana, o.Shop(), cases.ErrInvalid},
		{"a service that there is not", ana, with(desktest.Petition("altul"), func(a *cases.Application) { a.Service = "dragoni" }), procedures.ErrUnknown},
		{"a version that there is not", ana, with(desktest.Petition("altul"), func(a *cases.Application) { a.Version = 99 }), procedures.ErrUnknown},
		{"an answer is missing", ana, with(o.Urbanism(ana), func(a *cases.Application) { delete(a.Answers, "imobil") }), cases.ErrInvalid},
		{"an answer is of another type", ana, with(o.Urbanism(ana), of("suprafata", "mare")), cases.ErrInvalid},
		{"an answer is too small", ana, with(o.Urbanism(ana), of("suprafata", int64(0))), cases.ErrInvalid},
		{"an answer is not among the options", ana, with(o.Urbanism(ana), of("lucrare", "palat")), cases.ErrInvalid},
		{"a document is of somebody else", ana, with(o.Urbanism(ana), of("plan_situatie", o.Give(ion, "plan-situatie"))), cases.ErrInvalid},
		{"a document is another one", ana, with(o.Urbanism(ana), of("plan_situatie", o.Give(ana, "talon"))), cases.ErrInvalid},
		{"a document that there is not", ana, with(o.Urbanism(ana), of("plan_situatie", "0193")), cases.ErrInvalid},
		{"another document of somebody else", ana, with(o.Urbanism(ana), func(a *cases.Application) { a.Documents = []string{o.Give(ion, "talon")} }), cases.ErrInvalid},
		{"an objection to nothing", ana, with(desktest.Petition("altul"), func(a *cases.Application) { a.Objects = "0193" }), cases.ErrUnknown},
		{"an official at the desk of another kind", clerk, with(desktest.Petition("altul"), func(a *cases.Application) { a.Owner = "mara" }), act.ErrRefused},
		{"a colleague at the counter who tries for a light account", counter, with(o.Urbanism(mara), func(a *cases.Application) { a.Owner = "mara" }), act.ErrLevel},
	} {
		_, err := o.File(t.Context(), test.actor, db.NewID(), test.a, desktest.None)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", test.name, desktest.Explain(err), test.want)
		}
	}
	_, err := o.File(t.Context(), ana, "", desktest.Petition("altul"), desktest.None)
	o.Wants(err, act.ErrNoKey)
	if all, err := o.Registry.Book(t.Context(), counter, registry.Filter{}); err != nil || all.Total != 0 || len(o.Told()) > 0 || len(o.Orders()) > 0 {
		t.Errorf("something is left of what was refused: %+v, %v", all, err)
	}
}

// TestNothingIsLeftOfWhatFailed: no number, no paper, no consent, no order, and
// the next application gets the number.
func TestNothingIsLeftOfWhatFailed(t *testing.T) { eachTown(t, testNothingIsLeftOfWhatFailed) }

func testNothingIsLeftOfWhatFailed(t *testing.T, o *town) {
	a := o.Urbanism(ana)
	before := o.Verbs("")
	fail := errors.New("no paper")
	o.Fail(fail)
	_, err := o.File(t.Context(), ana, "k1", a, desktest.None)
	o.Wants(err, fail)
	o.Fail(nil)
	full := errors.New("the draft has changed")
	_, err = o.File(t.Context(), ana, "k1", a, func(context.Context, *act.Tx, cases.Case) error { return full })
	o.Wants(err, full)
	if all, err := o.Cases(t.Context(), ana); err != nil || len(all) != 0 {
		t.Errorf("Cases = %v, %v", all, err)
	}
	if got := o.Verbs(""); !slices.Equal(got, before) {
		t.Errorf("the register has %q, before %q", got, before)
	}
	docs, err := o.Folder.Documents(t.Context(), ana)
	o.Must(err)
	if len(docs) != 1 {
		t.Errorf("the folder has %d documents, want 1", len(docs))
	}
	c, err := o.File(t.Context(), ana, "k1", a, desktest.None)
	o.Must(err)
	if c.Number.N != 1 {
		t.Errorf("the first number is %s", c.Number)
	}
}

// TestSentOnce: two clicks, two windows, an agent and the owner at once make one
// case with one number and one fee.
func TestSentOnce(t *testing.T) { eachTown(t, testSentOnce) }

func testSentOnce(t *testing.T, o *town) {
	a := o.Urbanism(ana)
	got := make([]cases.Case, 8)
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
		wg.Go(func() { got[i], errs[i] = o.File(t.Context(), actor, key, a, desktest.None) })
	}
	wg.Wait()
	for i := range got {
		if errs[i] != nil || got[i].ID != got[0].ID || got[i].Number.N != 1 {
			t.Errorf("%d: %s %s, %v", i, got[i].ID, got[i].Number, errs[i])
		}
	}
	if sent := o.Told(); len(sent) != 1 {
		t.Errorf("told %q", sent)
	}
	if _, err := o.File(t.Context(), ion, "same", a, desktest.None); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a stranger with the ID of the draft: %v", err)
	}
	// Much later, the service takes nothing more; the repetition still answers.
	o.On("2027-12-01")
	c, err := o.File(t.Context(), ana, "same", a, desktest.None)
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
			c, err := o.File(t.Context(), mara, db.NewID(), desktest.Petition("altul"), func(context.Context, *act.Tx, cases.Case) error {
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
	c := o.Filed(agent, o.Urbanism(ana))
	if c.Owner != "ana" || c.FiledBy != "ion" || c.Mandate != "m2" || c.AtDesk {
		t.Errorf("an agent: %+v", c)
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		want  error
	}{{"the owner", ana, nil}, {"the agent", agent, nil}, {"in the agent's own folder", ion, cases.ErrUnknown},
		{"an agent for another service", parker, cases.ErrUnknown}, {"a stranger", mara, cases.ErrUnknown}, {"nobody", nobody, cases.ErrUnknown}, {"an official", clerk, cases.ErrUnknown}} {
		if _, err := o.ByID(t.Context(), test.actor, c.ID); !errors.Is(err, test.want) {
			t.Errorf("%s: ByID = %v, want %v", test.name, err, test.want)
		}
		if all, err := o.Cases(t.Context(), test.actor); err != nil || (len(all) == 1) != (test.want == nil) {
			t.Errorf("%s: Cases = %v, %v", test.name, all, err)
		}
	}
	a := desktest.Petition("taxe")
	a.Owner = "mara"
	c = o.Filed(counter, a)
	if c.Owner != "mara" || c.FiledBy != "dana" || !c.AtDesk || c.Unit != "directia-fiscala" {
		t.Errorf("at the counter: %+v", c)
	}
	if again, err := o.File(t.Context(), counter, db.NewID(), a, desktest.None); err != nil || again.ID != c.ID {
		t.Errorf("sent at the counter again: %s, %v", again.ID, err)
	}
	if _, err := o.ByID(t.Context(), counter, c.ID); !errors.Is(err, cases.ErrUnknown) {
		t.Errorf("the official at the counter follows it: %v", err)
	}
	paper, err := o.Registry.Paper(t.Context(), mara, c.Receipt)
	o.Must(err)
	if said := desktest.Marshal(t, paper.Paper.Document); !strings.Contains(said, "Dana Crișan-Demo") {
		t.Errorf("the receipt does not say who sent it: %s", said)
	}
}

func TestRoutes(t *testing.T) { eachTown(t, testRoutes) }

func testRoutes(t *testing.T, o *town) {
	for about, unit := range map[string]string{"taxe": "directia-fiscala", "drumuri": "mobilitate", "altul": "relatii-cetateni"} {
		if c := o.Filed(mara, desktest.Petition(about)); c.Unit != unit || c.Due.String() != "2026-12-23" {
			t.Errorf("a petition about %s is in %s, due on %s", about, c.Unit, c.Due)
		}
	}
}

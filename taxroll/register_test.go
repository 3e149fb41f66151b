package taxroll

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bega/internal/act"
	"bega/taxlaw"
)

func TestRegister(t *testing.T) { eachTown(t, testRegister) }

func testRegister(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.has("2020-05-04", flat(), "ana 1/2", "ion 1/2")
	o.apply(Change{Object: id, From: day("2020-05-04"), Details: &Details{Address: "str. Bega 1", Cadastral: "400954-C1-U12"}, Why: Corrected})

	role, all, err := o.Mine(ctx, ana, "ana", "")
	check(t, err, nil)
	if len(all) != 1 || all[0].Object.Share.String() != "1/2" || all[0].Owners != 2 || all[0].Details.Address != "str. Bega 1" {
		t.Errorf("ana has %+v", all)
	}
	if role.Number != 1 || len(role.Code) != 11 {
		t.Errorf("ana's file is %+v", role)
	}

	for _, test := range []struct {
		name  string
		actor act.Actor
		want  error
	}{{"her agent", agent, nil}, {"an agent for parking", parker, ErrUnknown}, {"a neighbour", ion, ErrUnknown}, {"a visitor", visitor, ErrUnknown},
		{"the tax clerk", clerk, nil}, {"a planner", planner, ErrUnknown}} {
		if _, _, err := o.Mine(ctx, test.actor, "ana", "taxroll.unknown"); err != nil || test.want != nil {
			t.Run(test.name, func(t *testing.T) { check(t, err, test.want) })
		}
	}
	entries, err := o.Acts.Seen(ctx, "ana", "", 10)
	check(t, err, nil)
	if !slices.ContainsFunc(entries, func(e act.Entry) bool { return e.Verb == act.OpenTaxes && e.Person == "maria" }) {
		t.Error("ana does not see that the clerk has opened her file")
	}

	history, err := o.History(ctx, ana, "ana", id, "")
	check(t, err, nil)
	if len(history) != 2 || history[0].Why != Corrected || history[1].Parts[1].Party != "" || history[1].By != "" {
		t.Errorf("the history is %+v", history)
	}
	history, err = o.History(ctx, clerk, "ana", id, "taxroll.unknown")
	if err != nil || history[1].Parts[1].Party != "ion" || history[1].By != "maria" {
		t.Errorf("to the clerk, the history is %+v, %v", history, err)
	}
	if same, err := o.RoleByNumber(ctx, o.d, 1); err != nil || same != role {
		t.Errorf("the first file is %+v, %v", same, err)
	}
	_, err = o.RoleByNumber(ctx, o.d, 99)
	check(t, err, ErrUnknown)
	_, err = o.History(ctx, act.Actor{Person: "zoe", For: "zoe", Level: act.Verified}, "zoe", id, "")
	check(t, err, ErrUnknown)
}

func TestChangesThatAreRefused(t *testing.T) { eachTown(t, testRefused) }

func testRefused(t *testing.T, o *town) {
	id := o.has("2020-05-04", flat(), "ana")
	strange := flat()
	strange.Zone = "Z"
	for name, test := range map[string]struct {
		change Change
		want   error
	}{
		"tomorrow":         {Change{From: day("2026-01-20"), Thing: flat(), Parts: parts("ana")}, ErrFuture},
		"nothing":          {Change{Object: id, From: day("2026-01-02")}, ErrNothing},
		"nobody's":         {Change{From: day("2026-01-02"), Thing: flat()}, ErrNothing},
		"another kind":     {Change{Object: id, From: day("2026-01-02"), Thing: car(1600)}, ErrKind},
		"a show":           {Change{From: day("2026-01-02"), Thing: &taxlaw.Object{Kind: taxlaw.Show}, Parts: parts("ana")}, ErrKind},
		"sold by another":  {Change{Object: id, From: day("2026-01-02"), Parts: parts("ion -")}, ErrNotOwner},
		"relief of others": {Change{Object: id, From: day("2026-01-02"), Relief: &Relief{Party: "ion", Code: "x"}}, ErrNotOwner},
		"no such zone":     {Change{Object: id, From: day("2026-01-02"), Thing: strange}, taxlaw.ErrChoice},
		"no such object":   {Change{Object: "x", From: day("2026-01-02"), Thing: flat()}, ErrUnknown},
	} {
		test.change.Why, test.change.Source = Changed, "test"
		_, err := o.Apply(t.Context(), clerk, o.key(), []Change{test.change})
		t.Run(name, func(t *testing.T) { check(t, err, test.want) })
	}
	_, err := o.Apply(t.Context(), ana, o.key(), []Change{{Object: id, From: day("2026-01-02"), Parts: parts("ana -"), Why: Sold, Source: "test"}})
	check(t, err, ErrUnknown)
	_, err = o.Apply(t.Context(), planner, o.key(), []Change{{Object: id, From: day("2026-01-02"), Parts: parts("ana -"), Why: Sold, Source: "test"}})
	check(t, err, ErrUnknown)
}

func TestWhoOwns(t *testing.T) {
	h := history{
		{object: "o", n: 1, from: day("2020-01-01"), parts: parts("ana 1/2", "ion 1/2")},
		{object: "o", n: 3, from: day("2025-03-01"), parts: parts("ion -", "dan 1/2")}, // entered later
		{object: "o", n: 2, from: day("2025-12-31"), parts: parts("ana -", "eva")},
	}
	for date, want := range map[string]string{"2019-12-31": "", "2020-01-01": "ana 1/2\nion 1/2", "2025-03-01": "ana 1/2\ndan 1/2", "2025-12-31": "dan 1/2\neva 1/2"} {
		if got := writeParts(h.owners(day(date))); got != want {
			t.Errorf("on %s it is %q, want %q", date, got, want)
		}
	}
	if (history{{from: day("2020-01-01"), parts: parts("ana", "ion", "dan")}}).owners(day("2020-01-01"))[0].Share.String() != "1/3" {
		t.Error("what is not known is not the same for all")
	}
	again, err := readParts(writeParts(parts("ana 1/2", "ion -", "dan")))
	if err != nil || !slices.Equal(again, parts("ana 1/2", "ion -", "dan")) {
		t.Errorf("parts come back as %v, %v", again, err)
	}
}

// story invents what happens to an object: it is changed, sold on, spared something.
func story(random *rand.Rand, people []string) (all []Change) {
	owner := people[0]
	all = append(all, Change{From: day("2020-01-01"), Thing: flat(), Parts: parts(people...), Why: Acquired, Source: "test"},
		Change{From: day("2020-06-01"), Parts: parts(strings.Split(strings.Join(people[1:], " -,")+" -", ",")...), Why: Sold, Source: "test"})
	for i := range 1 + random.IntN(6) {
		c := Change{From: day("2021-01-01").AddDays(i*331 + random.IntN(330)), Why: Changed, Source: "test"}
		switch random.IntN(4) {
		case 0:
			next := people[random.IntN(len(people))]
			if next != owner {
				c.Parts = parts(owner+" -", next)
				owner = next
				break
			}
			fallthrough
		case 1:
			c.Thing = flat()
			c.Thing.UsefulArea = taxlaw.Whole(20 + random.IntN(200))
		case 2:
			c.Details = &Details{Address: "str. Bega"}
		default:
			c.Parts = parts(owner)
		}
		all = append(all, c)
	}
	return all
}

// TestTheOrderOfDeclarationsDoesNotMatter: however late the town hears of what, the
// same counts in the end.
func TestTheOrderOfDeclarationsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		changes := story(random, []string{"ana", "ion", "dan"})
		counts := func(order []int) (said string) {
			var all []version
			for n, i := range order {
				c := changes[i]
				v := version{object: "o", n: n + 1, from: c.From, kind: taxlaw.Building, parts: c.Parts}
				if c.Thing != nil {
					v.body = string(must(jsonOf(c.Thing)))
				}
				all = append(all, v)
			}
			for year := 2021; year <= 2027; year++ {
				for _, in := range histories(all)[0].inputs(year) {
					said += fmt.Sprintln(year, in.party, in.ref.Share, in.thing.body)
				}
			}
			return said
		}
		if want, got := counts(random.Perm(len(changes))), counts(random.Perm(len(changes))); got != want {
			rt.Fatalf("in one order it is\n%s, in another\n%s", want, got)
		}
	})
}

// TestCoOwners: what co-owners owe adds up to what one would, but for the rounding of
// each to the leu.
func TestCoOwners(t *testing.T) {
	rules := rulesOf(t, 2026)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(rt, "owners")
		thing := flat()
		thing.UsefulArea = taxlaw.Whole(rapid.IntRange(20, 500).Draw(rt, "area"))
		h := history{{object: "o", n: 1, from: day("2020-01-01"), kind: thing.Kind, body: string(must(jsonOf(thing)))}}
		for i := range n {
			h[0].parts = append(h[0].parts, Part{Party: act.PartyID(fmt.Sprint("p", i))})
		}
		sum, whole := taxlaw.Dec(0), *thing
		for _, in := range h.inputs(2026) {
			object, err := in.object(taxlaw.Natural, nil)
			check(t, err, nil)
			amount, err := rules.Compute(&object)
			check(t, err, nil)
			sum += amount
		}
		whole.Owner = taxlaw.Natural
		want, err := rules.Compute(&whole)
		check(t, err, nil)
		if gap := sum - want; gap > taxlaw.Whole(n)/200 || gap < -taxlaw.Whole(n)/200 {
			rt.Fatalf("%d owners owe %v, one would owe %v", n, sum, want)
		}
	})
}

package taxes

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/ledger"
	"bega/taxlaw"
)

func TestAssess(t *testing.T) { eachTown(t, testAssess) }

func testAssess(t *testing.T, o *town) {
	ctx := t.Context()
	home := o.has("2020-05-04", flat(), "ana")
	o.has("2021-05-04", car(1598), "ana")
	o.has("2022-01-01", plot("500"), "ana 1/2", "ion 1/2")
	o.has("2026-01-05", flat(), "ion") // this year: nothing is owed for it yet (CF art. 461)
	run := o.assess(2026)
	if run.Taxpayers != 2 || run.Assessed != 4 || run.Gaps != 0 || !run.Done || run.Objects != 4 {
		t.Errorf("the run says %+v", run)
	}
	before := o.owes("ana", 2026)
	if !strings.Contains(before, "buildings 2026-03-31 258.00; buildings 2026-09-30 257.00") {
		t.Errorf("ana owes %s", before)
	}
	if got := o.owes("ion", 2026); strings.Contains(got, "buildings") || !strings.Contains(got, "land") {
		t.Errorf("ion owes %s", got)
	}

	again := o.assess(2026)
	if again.Assessed+again.Changed != 0 || o.owes("ana", 2026) != before || again.ID == run.ID {
		t.Errorf("the second run says %+v", again)
	}

	f, err := o.File(ctx, ana, "ana", "")
	check(t, err, nil)
	i := slices.IndexFunc(f.Assessments, func(a Assessment) bool { return a.Type == taxlaw.BuildingTax })
	why, err := o.WhyAmount(ctx, ana, "ana", f.Assessments[i].Claims[0].ID, "")
	check(t, err, nil)
	if len(why.Explanations) != 2 || why.Explanations[0].ID != home || why.Explanations[0].Amount.String() != "515.32" && why.Explanations[1].Steps == nil {
		t.Errorf("it is explained by %+v", why.Explanations)
	}
	_, err = o.WhyAmount(ctx, ion, "ana", f.Assessments[i].Claims[0].ID, "")
	check(t, err, ErrUnknown)
	_, err = o.WhyAmount(ctx, ion, "ion", f.Assessments[i].Claims[0].ID, "")
	check(t, err, ErrUnknown)
	_, err = o.Assess(ctx, ana, 2026, false, nil)
	check(t, err, ErrUnknown)
	_, err = o.Assess(ctx, planner, 2026, false, nil)
	check(t, err, ErrUnknown)
	_, err = o.Assess(ctx, head, 2031, false, nil)
	check(t, err, taxlaw.ErrNoLaw)

	// The rates of a revoked decision explain what was worked out under it.
	o.rules[2026] = cheaper(t)
	why, err = o.Why(ctx, ana, "ana", 2026, taxlaw.BuildingTax, 1, "")
	check(t, err, nil)
	if last := why.Explanations[len(why.Explanations)-1]; why.Assessment.Levy.Total != lei(515) || last.Amount != taxlaw.Whole(515)-taxlaw.Dec(why.Assessment.Levy.Bonus)*10_000 {
		t.Errorf("under the old rates it is %v and %v", why.Assessment.Levy.Total, last.Amount)
	}
	if run := o.assess(2026); run.Changed != 1 || run.Before <= run.After {
		t.Errorf("under the new rates the run says %+v", run)
	}
	if got := o.owes("ana", 2026); !strings.Contains(got, "buildings 2026-03-31 206.00") {
		t.Errorf("under the new rates ana owes %s", got)
	}
	verify(t, o)
}

// cheaper are rules with a rate of 0.08% for dwellings.
func cheaper(t *testing.T) *taxlaw.Rules {
	old := rulesOf(t, 2026)
	of := *old.Town()
	of.Rates = map[string]*taxlaw.Figure{}
	for name, figure := range old.Town().Rates {
		of.Rates[name] = figure
	}
	of.Rates["residential"] = &taxlaw.Figure{Value: dec("0.08"), Cite: taxlaw.Cite{Sure: true}}
	return taxlaw.New(old.Law(), &of)
}

func verify(t *testing.T, o *town) {
	t.Helper()
	v, err := o.Ledger.Verify(t.Context(), nil)
	if err != nil || len(v.Breaches) > 0 {
		t.Fatalf("the ledger is not right: %v, %v", v.Breaches, err)
	}
}

func TestWhatIsDeclaredLate(t *testing.T) { eachTown(t, testLate) }

func testLate(t *testing.T, o *town) {
	home := o.has("2020-05-04", flat(), "ana")
	o.assess(2026)
	o.on("2026-02-10")
	o.pays("ana", lei(258), ledger.Choice{Kinds: []string{"buildings"}, Future: true})
	o.on("2026-06-10")
	// It was larger all the time.
	large := flat()
	large.UsefulArea = dec("75")
	done := o.apply(Change{Object: home, From: day("2024-01-01"), Thing: large})
	if len(done.Changes) != 1 || done.Changes[0].Before != lei(515) || done.Changes[0].After != lei(703) || len(done.Changes[0].Objects) != 1 {
		t.Errorf("the change is %+v", done.Changes)
	}
	o.expects("ana", 2026, "2026-06-10", lei(703-258))
	// It was sold before the new year, and the year is not owed at all.
	o.apply(Change{Object: home, From: day("2025-11-30"), Parts: parts("ana -", "ion")})
	o.expects("ana", 2026, "2026-06-10", 0)
	o.expects("ion", 2026, "2026-06-10", lei(703))
	if b, err := o.Ledger.Balance(t.Context(), o.d, "ana", day("2026-06-10"), forever); err != nil || b.Credit != lei(258) {
		t.Errorf("ana has a credit of %v, %v", b.Credit, err)
	}
	verify(t, o)
}

// expects compares the principal that somebody owes of a year.
func (o *town) expects(party act.PartyID, year int, on string, want any) {
	o.t.Helper()
	sheet, err := o.Ledger.OwedOn(o.t.Context(), o.d, party, day(on), forever)
	check(o.t, err, nil)
	sum := lei(0)
	for _, d := range sheet.Debts {
		if d.Year == year {
			sum += d.Principal
		}
	}
	if fmt.Sprint(sum) != fmt.Sprint(want) && !(sum == 0 && fmt.Sprint(want) == "0") {
		o.t.Errorf("%s owes %v of %d on %s, want %v", party, sum, year, on, want)
	}
}

// TestReliefs: the half of somebody's tax, for their part of the home alone.
func TestReliefs(t *testing.T) { eachTown(t, testReliefs) }

func testReliefs(t *testing.T, o *town) {
	home := o.has("2020-05-04", flat(), "ana 1/2", "ion 1/2")
	o.assess(2026)
	code := ""
	for _, r := range o.rules[2026].Reliefs(taxlaw.Building) {
		if r.Percent == taxlaw.Whole(50) && r.Natural && !r.Monthly && code == "" {
			code = r.Code
		}
	}
	if code == "" {
		for _, r := range o.rules[2026].Reliefs(taxlaw.Building) {
			if r.Percent == taxlaw.Whole(50) {
				code = r.Code
			}
		}
	}
	done := o.apply(Change{Object: home, From: day("2025-12-01"), Why: Relieved,
		Relief: &Relief{Party: "ana", Code: code, Filed: day("2025-12-01"), Until: day("2027-12-31"), Documents: []string{"doc-1"}}})
	if len(done.Changes) != 1 {
		t.Fatalf("the change is %+v", done.Changes)
	}
	o.expects("ana", 2026, "2026-01-19", lei(129))
	o.expects("ion", 2026, "2026-01-19", lei(258))
	raw, err := db.All(t.Context(), o.d, db.Value[string], `SELECT proof || body || parts FROM taxroll_versions WHERE relief <> ''`)
	check(t, err, nil)
	if len(raw) != 1 || strings.Contains(raw[0], code) {
		t.Errorf("a relief can be read in the database: %q", raw)
	}
	verify(t, o)
}

func TestVehicleOfOneYear(t *testing.T) { eachTown(t, testVehicleOfOneYear) }

// CF art. 471 (1¹)
func testVehicleOfOneYear(t *testing.T, o *town) {
	o.assess(2026)
	o.on("2026-09-01")
	id := o.has("2026-03-01", car(1598), "ana")
	o.expects("ana", 2026, "2026-09-01", 0)
	o.apply(Change{Object: id, From: day("2026-08-15"), Parts: parts("ana -", "ion"), Why: Sold})
	sheet, err := o.Ledger.OwedOn(t.Context(), o.d, "ana", day("2026-09-01"), forever)
	check(t, err, nil)
	if len(sheet.Debts) != 1 || sheet.Debts[0].Obligation.Due != day("2026-08-15") || sheet.Debts[0].Principal == 0 {
		t.Errorf("ana owes %+v", sheet.Debts)
	}
	o.expects("ion", 2026, "2026-09-01", 0)
}

func TestGapsDoNotStopARun(t *testing.T) { eachTown(t, testGaps) }

func testGaps(t *testing.T, o *town) {
	id := o.has("2020-05-04", flat(), "ana")
	o.has("2020-05-04", car(1598), "ana")
	o.has("2020-05-04", flat(), "ion")
	broken := o.rules[2025]
	o.rules[2026] = broken // in a year whose rates lack something
	lame := *broken.Town()
	lame.Rates = map[string]*taxlaw.Figure{}
	o.rules[2026] = taxlaw.New(rulesOf(t, 2026).Law(), &lame)
	run := o.assess(2026)
	if run.Gaps != 2 || run.Assessed != 1 {
		t.Errorf("the run says %+v", run)
	}
	gaps, err := o.Gaps(t.Context(), head, run.ID, 10)
	check(t, err, nil)
	if len(gaps) != 2 || !slices.ContainsFunc(gaps, func(g Gap) bool { return g.Object == id && g.Fault != "" }) {
		t.Errorf("the gaps are %+v", gaps)
	}
	o.rules[2026] = rulesOf(t, 2026)
	if run := o.assess(2026); run.Assessed != 2 || run.Gaps != 0 {
		t.Errorf("the second run says %+v", run)
	}
}

// village enters people with objects, and returns them.
func (o *town) village(n int, random *rand.Rand) (people []string) {
	var changes []Change
	for i := range n {
		who := fmt.Sprintf("p%04d", i)
		people = append(people, who)
		for range 1 + random.IntN(3) {
			thing := []*taxlaw.Object{flat(), plot(fmt.Sprint(100 + random.IntN(900))), car(1000 + random.IntN(2000))}[random.IntN(3)]
			of := []string{who}
			if random.IntN(4) == 0 && i > 0 {
				of = []string{who + " 1/2", people[random.IntN(i)] + " 1/2"}
			}
			changes = append(changes, Change{From: day("2020-01-01"), Thing: thing, Parts: parts(of...), Why: Acquired, Source: "test"})
		}
	}
	if _, err := o.Roll.Apply(o.t.Context(), clerk, o.key(), changes); err != nil {
		o.t.Fatal(err)
	}
	return people
}

func TestARunGoesOnWhereItWas(t *testing.T) { eachTown(t, testGoesOn) }

func testGoesOn(t *testing.T, o *town) {
	o.Chunk = 7
	o.village(40, rand.New(rand.NewPCG(1, 2)))
	// It ends in the middle, as when the program is killed.
	stopped, stop := context.WithCancel(t.Context())
	seen := 0
	_, err := o.Assess(stopped, head, 2026, false, func(r Run) {
		if seen = r.Taxpayers; seen >= 14 {
			stop()
		}
	})
	if err == nil || seen != 14 {
		t.Fatalf("it ended with %v after %d", err, seen)
	}
	run := o.assess(2026)
	if run.Taxpayers != 40 || !run.Done {
		t.Errorf("the run says %+v", run)
	}
	if again := o.assess(2026); again.Assessed+again.Changed != 0 {
		t.Errorf("and another one %+v", again)
	}
	verify(t, o)
}

func TestTwoRunsAtOnce(t *testing.T) { eachTown(t, testTwoRuns) }

func testTwoRuns(t *testing.T, o *town) {
	o.Chunk = 5
	o.village(40, rand.New(rand.NewPCG(3, 4)))
	var wg sync.WaitGroup
	runs, errs := make([]Run, 3), make([]error, 3)
	for i := range runs {
		wg.Go(func() { runs[i], errs[i] = o.Assess(t.Context(), head, 2026, false, nil) })
	}
	// Meanwhile somebody declares something.
	id := ""
	wg.Go(func() {
		done, err := o.Roll.Apply(t.Context(), clerk, "late", []Change{{From: day("2024-01-01"), Thing: flat(), Parts: parts("p0000"), Why: Acquired, Source: "test"}})
		check(t, err, nil)
		id = done[0].Object
	})
	wg.Wait()
	for i, err := range errs {
		if err != nil || runs[i].Taxpayers != 40 && i == 0 {
			t.Errorf("run %d says %+v, %v", i, runs[i], err)
		}
	}
	if o.assess(2026).Changed+o.assess(2026).Assessed != 0 {
		t.Error("something was left, or is there twice")
	}
	levies, err := lastLevies(t.Context(), o.d, "p0000", 2026)
	check(t, err, nil)
	if !slices.ContainsFunc(levies, func(a Assessment) bool {
		return slices.ContainsFunc(a.Items, func(i Item) bool { return i.Object == id })
	}) {
		t.Error("what was declared meanwhile was forgotten")
	}
	verify(t, o)
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

// TestReassessmentEqualsFreshAssessment: what becomes known after an assessment leads
// to what would have been assessed had it been known before.
func TestReassessmentEqualsFreshAssessment(t *testing.T) { eachTown(t, testReassessment) }

func testReassessment(t *testing.T, o *town) {
	o.on("2026-11-19")
	var later []func()
	want := map[string]string{}
	for n := range 8 {
		random := rand.New(rand.NewPCG(uint64(n), 7))
		var fresh, known []string
		for i := range 3 {
			fresh, known = append(fresh, fmt.Sprintf("fresh%d%d", n, i)), append(known, fmt.Sprintf("known%d%d", n, i))
			want[known[i]] = fresh[i]
		}
		changes := story(rand.New(rand.NewPCG(uint64(n), 8)), fresh)
		tell := func(c Change, object string) string {
			c.Object = object
			return o.apply(c).Object
		}
		object := tell(changes[0], "")
		for _, c := range changes[1:] {
			tell(c, object)
		}
		changes = story(rand.New(rand.NewPCG(uint64(n), 8)), known)
		object = tell(changes[0], "")
		tell(changes[1], object)
		later = append(later, func() {
			for _, i := range random.Perm(len(changes) - 2) {
				tell(changes[2+i], object)
			}
		})
	}
	o.assess(2026)
	for _, tell := range later {
		tell()
	}
	for known, fresh := range want {
		a, b := levyOf(t, o, known), levyOf(t, o, fresh)
		if a.Levy.Total != b.Levy.Total || a.Levy.Bonus != b.Levy.Bonus || !slices.Equal(a.Levy.Terms, b.Levy.Terms) {
			t.Errorf("%s was assessed to %+v, and %s to %+v", known, a.Levy, fresh, b.Levy)
		}
		o.expects(act.PartyID(known), 2026, "2026-11-19", b.Levy.Total)
	}
	if again := o.assess(2026); again.Changed+again.Assessed != 0 {
		t.Errorf("assessed again, the run says %+v", again)
	}
	verify(t, o)
}

func levyOf(t *testing.T, o *town, party string) Assessment {
	levies, err := lastLevies(t.Context(), o.d, act.PartyID(party), 2026)
	check(t, err, nil)
	if len(levies) == 0 {
		return Assessment{}
	}
	return levies[0]
}

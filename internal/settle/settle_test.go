package settle

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bega/internal/deadline"
	"bega/internal/money"
)

// cases has the following rapid.Check invent that many cases, in thousands, if
// BEGA_LONG is set, and a hundredth of them if not.
func cases(t *testing.T, thousands int) {
	t.Helper()
	n := thousands * 10
	if os.Getenv("BEGA_LONG") != "" {
		n *= 100
	}
	if err := flag.Set("rapid.checks", fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
}

var epoch = deadline.Date{Year: 2024, Month: 12, Day: 28}

func drawDay(t *rapid.T, name string) deadline.Date {
	return epoch.AddDays(rapid.IntRange(0, 900).Draw(t, name))
}

// TestMonths counts as somebody with a calendar does.
func TestMonths(t *testing.T) {
	day := func(text string) deadline.Date {
		d, err := deadline.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, test := range []struct {
		after, day string
		want       int
	}{
		{"2026-03-31", "2026-03-31", 0}, {"2026-03-31", "2026-04-01", 1}, {"2026-03-31", "2026-04-30", 1}, {"2026-03-31", "2026-05-01", 2},
		{"2026-09-30", "2026-10-31", 1}, {"2026-09-30", "2026-11-01", 2}, {"2026-01-30", "2026-02-27", 1}, {"2026-01-30", "2026-02-28", 2},
		{"2028-02-29", "2028-03-31", 1}, {"2028-02-29", "2028-04-01", 2}, {"2025-12-31", "2026-12-31", 12}, {"2026-05-14", "2026-06-14", 1},
		{"2026-05-14", "2026-06-15", 2}, {"2026-05-14", "2020-06-15", 0},
	} {
		if got := Months(day(test.after), day(test.day)); got != test.want {
			t.Errorf("from %s to %s: got %d months, want %d", test.after, test.day, got, test.want)
		}
	}
	cases(t, 200)
	rapid.Check(t, func(t *rapid.T) {
		after, day := drawDay(t, "after"), drawDay(t, "day")
		want := 0 // month by month
		for ; !after.AddDays(1).AddMonths(want).After(day); want++ {
		}
		if got := Months(after, day); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	})
}

// TestRounding is HG 1/2016 pct. 11 lit. n: 3.23 lei of accessories are 3 lei.
func TestRounding(t *testing.T) {
	for exact, want := range map[int64]money.Bani{323 * 200: 300, 350 * 200: 400, 350*200 - 1: 300, 49 * 200: 0, 50 * 200: 100, 0: 0} {
		if got := roundLeu(exact); got != want {
			t.Errorf("%d: got %s, want %s", exact, got, want)
		}
	}
	after := deadline.Date{Year: 2026, Month: 3, Day: 31}
	if got := Interest(500*money.Leu, after, after.AddDays(40)); got != 10*money.Leu {
		t.Errorf("two months of 500 lei are %s", got)
	}
}

// TestSurchargeGrowsAndAddsUp: it never shrinks, and a principal in parts bears what
// each leu of it bears for itself, month by month.
func TestSurchargeGrowsAndAddsUp(t *testing.T) {
	cases(t, 200)
	rapid.Check(t, func(t *rapid.T) {
		rates := []Rate{{drawDay(t, "due"), Late}}
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			last := rates[len(rates)-1]
			rates = append(rates, Rate{last.After.AddDays(rapid.IntRange(0, 200).Draw(t, "later")), 3 - last.Halves})
		}
		var all []Step
		var exact int64 // of each leu, in half bani
		day := rates[0].After
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			lei := rapid.Int64Range(1, 500).Draw(t, "lei")
			day = day.AddDays(rapid.IntRange(0, 300).Draw(t, "day"))
			before := Total(all)
			all = append(all, Steps(rates, money.Bani(lei)*money.Leu, day)...)
			if Total(all) < before {
				t.Fatalf("it shrinks")
			}
			for i, r := range rates {
				for start := r.After.AddDays(1); ; {
					n := 0
					for ; !start.AddMonths(n).After(day) && (i+1 == len(rates) || !start.AddMonths(n).After(rates[i+1].After)); n++ {
					}
					exact += lei * int64(n) * int64(r.Halves)
					break
				}
			}
		}
		if want := money.Bani((exact/2+exact%2+50)/100) * money.Leu; Total(all) != want && exact%2 == 0 {
			t.Fatalf("got %s, want %s", Total(all), want)
		}
	})
}

// A drawn is something to be settled.
type drawn struct {
	debts  []Debt
	offers []Offer
	plans  []PlanDue
	choice Choice
	amount money.Bani
}

func draw(t *rapid.T) (d drawn) {
	kinds := map[string]Class{"land": Tax, "buildings": Tax, "fees": Fee, "fines": Fine}
	names := []string{"land", "buildings", "fees", "fines"}
	for i := range rapid.IntRange(0, 7).Draw(t, "debts") {
		debt := Debt{ID: fmt.Sprint("d", i), Kind: rapid.SampledFrom(names).Draw(t, "kind"), Year: 2025 + rapid.IntRange(0, 1).Draw(t, "year"),
			Age: epoch.AddDays(rapid.IntRange(0, 3).Draw(t, "age")), Order: fmt.Sprint(i), Enforceable: rapid.Bool().Draw(t, "enforceable"),
			Principal: money.Bani(rapid.IntRange(0, 900).Draw(t, "principal")), Surcharge: money.Bani(rapid.IntRange(0, 9).Draw(t, "surcharge")) * 100,
			Future: rapid.IntRange(0, 3).Draw(t, "future") == 0}
		if debt.Class = kinds[debt.Kind]; debt.Class == Fine || debt.Future {
			debt.Surcharge = 0
		}
		if !debt.Future && rapid.IntRange(0, 5).Draw(t, "plan") == 0 {
			debt.Plan = "p"
		}
		d.debts = append(d.debts, debt)
	}
	for _, kind := range []string{"land", "buildings"} {
		for year := 2025; year <= 2026; year++ {
			var sum money.Bani
			for _, debt := range d.debts {
				if debt.Kind == kind && debt.Year == year {
					sum += debt.Principal
				}
			}
			if amount := money.Bani(rapid.IntRange(0, 300).Draw(t, "bonus")); sum > 0 && amount > 0 {
				d.offers = append(d.offers, Offer{Kind: kind, Year: year, Amount: amount, Left: sum})
			}
		}
	}
	if slices.ContainsFunc(d.debts, func(debt Debt) bool { return debt.Plan != "" }) {
		d.plans = []PlanDue{{"p", money.Bani(rapid.IntRange(0, 500).Draw(t, "current")), rapid.IntRange(0, 3).Draw(t, "deferral") == 0}}
	}
	switch rapid.IntRange(0, 3).Draw(t, "chosen") {
	case 0:
		d.choice.Kinds = rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 2, rapid.ID).Draw(t, "kinds")
	case 1:
		d.choice.Obligations = rapid.SliceOfN(rapid.SampledFrom([]string{"d0", "d1", "d2", "d3"}), 1, 3).Draw(t, "obligations")
	}
	d.choice.Future, d.choice.Owner = rapid.Bool().Draw(t, "with future"), rapid.Bool().Draw(t, "owner")
	d.amount = money.Bani(rapid.IntRange(1, 4000).Draw(t, "amount"))
	return d
}

// TestSettle: whatever is owed, no ban is lost or made; nobody pays more of a debt
// than it is; a bonus is for the whole year; and the order of the law holds.
func TestSettle(t *testing.T) {
	cases(t, 300)
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		lines := Settle(d.debts, d.offers, d.plans, d.amount, d.choice)
		shuffled := rapid.Permutation(d.debts).Draw(t, "order")
		if again := Settle(shuffled, d.offers, d.plans, d.amount, d.choice); !slices.Equal(again, lines) {
			t.Fatalf("the order of what is told matters:\n%v\n%v", lines, again)
		}
		paid, saved, late := map[string]money.Bani{}, map[string]money.Bani{}, map[string]money.Bani{}
		years := map[string]money.Bani{} // of bonuses
		var sum money.Bani
		for _, l := range lines {
			if l.Amount <= 0 {
				t.Fatalf("a line over %s", l.Amount)
			}
			switch l.Part {
			case Principal:
				paid[l.Obligation] += l.Amount
			case Surcharge:
				late[l.Obligation] += l.Amount
			case Saved:
				saved[l.Obligation] += l.Amount
			}
			if l.Part == Saved || l.Part == SavedCredit {
				years[fmt.Sprint(l.Kind, l.Year)] += l.Amount
			} else {
				sum += l.Amount
			}
		}
		if sum != d.amount {
			t.Fatalf("%s went in and %s came out: %v", d.amount, sum, lines)
		}
		for _, debt := range d.debts {
			if paid[debt.ID]+saved[debt.ID] > debt.Principal || late[debt.ID] > debt.Surcharge {
				t.Fatalf("too much of %s: %v", debt.ID, lines)
			}
		}
		for _, o := range d.offers {
			got := years[fmt.Sprint(o.Kind, o.Year)]
			if got != 0 && got != o.Amount {
				t.Fatalf("a part of a bonus: %v", lines)
			}
			for _, debt := range d.debts {
				if got > 0 && debt.Kind == o.Kind && debt.Year == o.Year && paid[debt.ID]+saved[debt.ID] != debt.Principal {
					t.Fatalf("a bonus for a part of the year: %v", lines)
				}
			}
		}
		d.ordered(t, paid, saved, late)
		d.equals(t, paid, saved, late)
	})
}

// ordered checks art. 165 from the outside: who comes later gets nothing while
// somebody earlier is short.
func (d drawn) ordered(t *rapid.T, paid, saved, late map[string]money.Bani) {
	full := func(debt Debt) bool { return paid[debt.ID]+saved[debt.ID] == debt.Principal }
	chosen := func(debt Debt) bool {
		return len(d.choice.Kinds)+len(d.choice.Obligations) == 0 || slices.Contains(d.choice.Kinds, debt.Kind) || slices.Contains(d.choice.Obligations, debt.ID)
	}
	for _, a := range d.debts {
		for _, b := range d.debts {
			if a.Plan != "" || b.Plan != "" || a.Class == Fine || b.Class == Fine || !chosen(a) || !chosen(b) || a.Future || full(a) {
				continue
			}
			if late[b.ID] > 0 || paid[b.ID] > 0 && (b.Future || b.Age.After(a.Age)) {
				t.Fatalf("%s comes before %s, which is short", b.ID, a.ID)
			}
		}
	}
	for _, debt := range d.debts {
		if !chosen(debt) && debt.Class != Fine && debt.Plan == "" && paid[debt.ID]+late[debt.ID]+saved[debt.ID] > 0 {
			t.Fatalf("%s was not chosen", debt.ID)
		}
		if debt.Future && debt.Class != Fine && !d.choice.Future && !slices.Contains(d.choice.Obligations, debt.ID) && paid[debt.ID] > 0 {
			t.Fatalf("%s is due later", debt.ID)
		}
	}
}

// equals compares with somebody who hands out ban by ban, for every set of bonuses
// that could be had, and keeps the largest that works.
func (d drawn) equals(t *rapid.T, paid, saved, late map[string]money.Bani) {
	best, bestN := d.naive(0), -1
	for set := range 1 << len(d.offers) {
		n := 0
		for i := range d.offers {
			n += set >> i & 1
		}
		if got := d.naive(set); got.ok && n > bestN {
			best, bestN = got, n
		}
	}
	for _, debt := range d.debts {
		if best.paid[debt.ID] != paid[debt.ID] || best.late[debt.ID] != late[debt.ID] || best.saved[debt.ID] != saved[debt.ID] {
			t.Fatalf("%s: got %s, %s and %s, want %s, %s and %s", debt.ID, paid[debt.ID], late[debt.ID], saved[debt.ID],
				best.paid[debt.ID], best.late[debt.ID], best.saved[debt.ID])
		}
	}
}

type handed struct {
	paid, late, saved map[string]money.Bani
	ok                bool
}

// naive hands out as the articles say, with a set of bonuses given.
func (d drawn) naive(set int) handed {
	h := handed{map[string]money.Bani{}, map[string]money.Bani{}, map[string]money.Bani{}, true}
	left := d.amount
	c := d.choice
	none := len(c.Kinds)+len(c.Obligations) == 0
	chosen := func(b Debt) bool {
		return none || slices.Contains(c.Kinds, b.Kind) || slices.Contains(c.Obligations, b.ID)
	}
	named := func(b Debt) bool { return slices.Contains(c.Obligations, b.ID) }
	sorted := slices.Clone(d.debts)
	slices.SortFunc(sorted, func(a, b Debt) int {
		if a.Age != b.Age {
			return a.Age.Compare(b.Age)
		}
		if a.Kind != b.Kind {
			return slices.Compare([]string{a.Kind}, []string{b.Kind})
		}
		return slices.Compare([]string{a.Order}, []string{b.Order})
	})
	give := func(which func(Debt) bool, limit money.Bani, surcharge bool) (given money.Bani) {
		for _, b := range sorted {
			for which(b) && left > 0 && given < limit {
				if surcharge && h.late[b.ID] < b.Surcharge {
					h.late[b.ID]++
				} else if !surcharge && h.paid[b.ID]+h.saved[b.ID] < b.Principal {
					h.paid[b.ID]++
				} else {
					break
				}
				left--
				given++
			}
		}
		return given
	}
	const all = 1 << 40
	inPlan := func(b Debt) bool { return b.Plan == "p" }
	if len(d.plans) > 0 && !d.plans[0].Deferral {
		given := give(inPlan, d.plans[0].Current, false)
		give(inPlan, d.plans[0].Current-given, true)
	}
	give(func(b Debt) bool { return !inPlan(b) && b.Class == Fine && named(b) }, all, false)
	fees, others := 0, 0
	for _, b := range d.debts {
		if !inPlan(b) && !none && chosen(b) {
			if b.Class == Fee {
				fees++
			} else {
				others++
			}
		}
	}
	if c.Owner && (fees == 0 || others > 0) {
		give(func(b Debt) bool { return !inPlan(b) && b.Class == Fine && b.Enforceable }, all, false)
	}
	due := func(b Debt) bool { return !inPlan(b) && !b.Future && chosen(b) }
	future := func(b Debt) bool { return !inPlan(b) && b.Future && (c.Future && chosen(b) || named(b)) }
	var years []Offer
	for i, o := range d.offers {
		if set>>i&1 == 0 {
			continue
		}
		rest := o.Amount
		years = append(years, o)
		for _, later := range []bool{true, false} { // what is due later is saved first, the youngest first
			for _, b := range slices.Backward(sorted) {
				if b.Kind == o.Kind && b.Year == o.Year && b.Future == later {
					if !due(b) && !future(b) && b.Principal > 0 {
						h.ok = false
					}
					h.saved[b.ID] = min(rest, b.Principal)
					rest -= h.saved[b.ID]
				}
			}
		}
	}
	give(due, all, false)
	give(due, all, true)
	give(future, all, false)
	for _, o := range years {
		for _, b := range sorted {
			if b.Kind == o.Kind && b.Year == o.Year && h.paid[b.ID]+h.saved[b.ID] < b.Principal {
				h.ok = false
			}
		}
	}
	if len(d.plans) > 0 {
		give(inPlan, all, false)
		give(inPlan, all, true)
	}
	return h
}

// TestSchedule: instalments add up, differ by a leu at most, and end in time.
func TestSchedule(t *testing.T) {
	cases(t, 50)
	rapid.Check(t, func(t *rapid.T) {
		today := drawDay(t, "today")
		sum, months := money.Bani(rapid.IntRange(1, 1_000_000).Draw(t, "sum")), rapid.IntRange(0, 62).Draw(t, "months")
		first := today.AddDays(rapid.IntRange(-1, 200).Draw(t, "first"))
		all, err := Schedule(sum, today, first, months)
		if err != nil {
			return
		}
		var got money.Bani
		for i, in := range all {
			got += in.Amount
			if in.Amount <= 0 || all[0].Amount-in.Amount > money.Leu || i > 0 && !in.Due.After(all[i-1].Due) || !in.Due.After(today) {
				t.Fatalf("%v", all)
			}
		}
		if last := all[len(all)-1].Due; got != sum || last.After(today.AddMonths(60)) || months == 0 && last.After(deadline.Date{Year: today.Year, Month: 12, Day: 20}) {
			t.Fatalf("%v is over %s, until %s", all, got, last)
		}
	})
}

package taxlaw

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkExplanation fails unless each step of an explanation follows from its
// inputs and its rounding, inputs that are results of earlier steps are those, and
// the last result is the amount.
func checkExplanation(t reporter, e *Explanation, amount Dec) {
	t.Helper()
	if e.Amount != amount {
		t.Errorf("computed %s, explained %s", amount, e.Amount)
	}
	t.Helper()
	last := Dec(0)
	for i, s := range e.Steps {
		if s.N != i+1 {
			t.Errorf("step %d is number %d", i+1, s.N)
		}
		if s.Article == "" {
			t.Errorf("step %s has no article", s.Key)
		}
		if len(s.Inputs) == 0 {
			continue
		}
		last = s.Result
		for _, in := range s.Inputs {
			if in.Step >= s.N || in.Step > 0 && (e.Steps[in.Step-1].Result != in.Value || e.Steps[in.Step-1].Key != in.Key) {
				t.Errorf("step %s takes %s of step %d", s.Key, in.Value, in.Step)
			}
			if in.Cite != nil && !in.Cite.Sure && !slices.ContainsFunc(e.Doubts, func(d Doubt) bool { return d.Why.In("ro") == in.Cite.Why.In("ro") }) {
				t.Errorf("step %s does not tell the doubt about %s", s.Key, in.Key)
			}
		}
		if want := rounded(s.value(), s.Rounding); s.Result != want {
			t.Errorf("step %s comes to %s, not to %s", s.Key, want, s.Result)
		}
	}
	if last != amount && len(e.Steps) > 0 {
		t.Errorf("the last result is %s, the amount %s", last, amount)
	}
}

// A reporter is a test, of either kind.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// rounded rounds with fractions, not as the program does.
func rounded(n *big.Rat, r Rounding) Dec {
	unit := map[Rounding]int64{Exact: 1, SixPlaces: 1, FourPlace: 100, TwoPlaces: 10_000, ToLeu: 1_000_000, LeuUp: 1_000_000, LeuDown: 1_000_000}[r]
	n = new(big.Rat).Mul(n, big.NewRat(int64(one), unit))
	switch r {
	case LeuUp:
		n.Add(n, new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).SetFrac(big.NewInt(1), n.Denom())))
	case LeuDown:
	case Exact:
		if !n.IsInt() {
			return -1 // something is lost
		}
	default:
		n.Add(n, big.NewRat(1, 2))
	}
	return Dec(new(big.Int).Quo(n.Num(), n.Denom()).Int64() * unit)
}

// anObject draws an object that the law taxes.
func anObject(t *rapid.T, kind Kind) Object {
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	area := func(name string) Dec { return Dec(rapid.IntRange(1, 5_000_000).Draw(t, name)) * 10_000 }
	o := Object{ID: pick("id", "a", "b", "c"), Kind: kind, Owner: pick("owner", Natural, Legal), Zone: pick("zone", "A", "B", "C", "D")}
	if den := rapid.Int32Range(1, 12).Draw(t, "den"); den > 1 {
		o.Share = Share{rapid.Int32Range(1, den).Draw(t, "num"), den}
	}
	switch kind {
	case Building:
		o.Use, o.Type, o.Utilities = pick("use", Residential, NonResidential, Mixed), pick("type", "A", "B", "C", "D"), rapid.Bool().Draw(t, "utilities")
		o.BuiltArea, o.YearBuilt = area("built"), rapid.IntRange(1850, 2024).Draw(t, "year")
		if rapid.Bool().Draw(t, "useful") {
			o.BuiltArea, o.UsefulArea = 0, o.BuiltArea
		}
		o.DwellingRooms, o.Activity, o.BusinessArea = area("rooms"), true, min(o.BuiltArea+o.UsefulArea, area("business"))
		o.Value, o.ValueYear, o.ValueFrom = area("value")*100, rapid.IntRange(2015, 2024).Draw(t, "of"), pick("from", FromReport, FromDeed, FromRecords)
	case Land:
		o.Place, o.Category, o.Area = pick("place", Inside, Outside), pick("category", "buildings", "arable", "water", "forest", "roads"), area("area")
	case Vehicle:
		o.Class, o.Power, o.Engine = pick("class", "car", "motorcycle", "bus", "other", "sidecar"), pick("power", Combustion, Hybrid, Electric), rapid.IntRange(1, 9000).Draw(t, "engine")
		o.Norm, o.CO2 = pick("norm", "E0-E3", "E4", "E5", "E6"), rapid.IntRange(1, 200).Draw(t, "co2")
	case LandFee:
		o.Place, o.Category, o.Area = Inside, "buildings", area("area")
		o.From = day("2025-11-15").AddDays(rapid.IntRange(0, 400).Draw(t, "from"))
		o.To = o.From.AddDays(rapid.IntRange(0, 500).Draw(t, "days"))
	case Sign:
		o.Length, o.Height, o.Months = area("length")/1000, area("height")/1000, rapid.IntRange(1, 12).Draw(t, "months")
	}
	if o.Owner == Natural && kind == Building && rapid.Bool().Draw(t, "relief") {
		o.Relief, o.ReliefFiled = "disability-grave", day("2026-01-10").AddMonths(rapid.IntRange(-3, 10).Draw(t, "filed"))
	}
	return o
}

var drawn = []Kind{Building, Land, Vehicle, LandFee, Sign}

func rulesOf(t testing.TB) []*Rules {
	return []*Rules{New(law(t, "2025"), town(t, "2025", built("A", "15953"))), New(law(t, "2026"), town(t, "2026", additional("land", "12.5")))}
}

// TestTheExplanationIsTheCalculation: it comes to the same, and each of its steps
// can be done again with fractions.
func TestTheExplanationIsTheCalculation(t *testing.T) {
	all := rulesOf(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SampledFrom(all).Draw(rt, "rules")
		o := anObject(rt, rapid.SampledFrom(drawn).Draw(rt, "kind"))
		if r.law.Year == 2025 && o.Relief != "" {
			o.ReliefFiled = day("2024-06-01")
		}
		got, err := r.Compute(&o)
		if err != nil {
			rt.Fatal(err)
		}
		e, err := r.Explain(&o)
		if err != nil {
			rt.Fatal(err)
		}
		checkExplanation(rt, e, got)
	})
}

// TestMoreIsNotLess: a larger home, plot or panel never owes less.
func TestMoreIsNotLess(t *testing.T) {
	all := rulesOf(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SampledFrom(all).Draw(rt, "rules")
		o := anObject(rt, rapid.SampledFrom([]Kind{Building, Land, Sign}).Draw(rt, "kind"))
		o.Relief = ""
		more := o
		grow := Dec(rapid.IntRange(0, 100_000).Draw(rt, "more")) * 10_000
		switch {
		case o.Kind == Sign:
			more.Length += grow / 1000
		case o.Kind == Land:
			more.Area += grow
		case o.BuiltArea > 0:
			more.BuiltArea += grow
		default:
			more.UsefulArea += grow
		}
		if o.Kind == Building {
			o.Use, more.Use = Residential, Residential
		}
		before, err1 := r.Compute(&o)
		after, err2 := r.Compute(&more)
		if err1 != nil || err2 != nil || after < before {
			rt.Fatalf("%s and %s (%v, %v)", before, after, err1, err2)
		}
	})
}

// TestSharesMakeTheWhole: co-owners together owe what one owner would, to half a
// ban each; of land, to half a millionth of a leu.
func TestSharesMakeTheWhole(t *testing.T) {
	r := rulesOf(t)[1]
	rapid.Check(t, func(rt *rapid.T) {
		o := anObject(rt, rapid.SampledFrom([]Kind{Building, Land, Vehicle}).Draw(rt, "kind"))
		o.Share, o.Relief = Share{}, ""
		whole, err := r.Compute(&o)
		if err != nil {
			rt.Fatal(err)
		}
		den, sum := rapid.Int32Range(2, 9).Draw(rt, "den"), Dec(0)
		for left := den; left > 0; {
			o.Share = Share{rapid.Int32Range(1, left).Draw(rt, "num"), den}
			left -= o.Share.Num
			part, err := r.Compute(&o)
			if err != nil {
				rt.Fatal(err)
			}
			sum += part
		}
		lost := Dec(5_000)
		if o.Kind == Land {
			lost = 1
		}
		if diff := max(sum-whole, whole-sum); diff > lost*Dec(den) {
			rt.Fatalf("the whole is %s, the shares %s", whole, sum)
		}
	})
}

// TestTheOrderOfObjectsDoesNotMatter, and terms make the total.
func TestTheOrderOfObjectsDoesNotMatter(t *testing.T) {
	r := rulesOf(t)[1]
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom(drawn).Draw(rt, "kind")
		objects := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Object { return anObject(t, kind) }), 1, 6).Draw(rt, "objects")
		for i := range objects {
			objects[i].ID = strings.Repeat("x", i+1)
		}
		one, err := r.Levy(kind.Type(), objects, noHolidays)
		if err != nil {
			rt.Fatal(err)
		}
		sum := lei(0)
		for _, term := range one.Terms {
			sum += term.Amount
			if term.Amount%lei(1) != 0 {
				rt.Fatalf("a term of %s", term.Amount)
			}
		}
		if sum != one.Total || one.Bonus > one.Full || one.Full > one.Total {
			rt.Fatalf("terms of %s: %+v", sum, one)
		}
		if one.Bonus*10 > one.Full+one.Bonus {
			rt.Fatalf("a bonus of more than 10%%: %+v", one)
		}
		two, err := r.Levy(kind.Type(), rapid.Permutation(objects).Draw(rt, "again"), noHolidays)
		if err != nil || one.Total != two.Total || one.Bonus != two.Bonus || one.Exact != two.Exact || len(one.Terms) != len(two.Terms) {
			rt.Fatalf("%+v, %+v, %v", one, two, err)
		}
	})
}

package taxlaw

import (
	"errors"
	"slices"
	"testing"
	"time"

	"bega/internal/deadline"
	"bega/taxlaw/figures"
)

// TestAges: the reductions of 2026 are for 50 to 100 years, both included, and for
// more (CF art. 457 (6¹)); those of 2025 for 30 to 50, to 100, and for more (CF art.
// 457 (8)).
func TestAges(t *testing.T) {
	for _, tt := range []struct {
		year      string
		age       int
		renovated int
		want      string // percent less
	}{
		{"2026", 0, 0, ""}, {"2026", 49, 0, ""}, {"2026", 50, 0, "15"}, {"2026", 51, 0, "15"}, {"2026", 99, 0, "15"}, {"2026", 100, 0, "15"}, {"2026", 101, 0, "25"}, {"2026", 400, 0, "25"},
		{"2026", 101, 49, ""}, {"2026", 101, 50, "15"}, {"2026", 60, 80, "15"}, // what was renovated before it was built was not
		{"2025", 29, 0, ""}, {"2025", 30, 0, "10"}, {"2025", 50, 0, "10"}, {"2025", 51, 0, "30"}, {"2025", 100, 0, "30"}, {"2025", 101, 0, "50"},
	} {
		r := New(law(t, tt.year), town(t, tt.year))
		o := Object{Kind: Building, Owner: Natural, Use: Residential, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("100"), YearBuilt: r.law.Year - tt.age}
		if tt.renovated > 0 {
			o.YearRenovated = r.law.Year - tt.renovated
		}
		_, x := computed(t, r, o)
		got := ""
		if i := slices.IndexFunc(x.Steps, func(s Step) bool { return s.Key == "taxlaw.aged-value" }); i >= 0 {
			got = x.Steps[i].Inputs[1].Value.String()
		}
		if got != tt.want {
			t.Errorf("%s, %d years, renovated %d years ago: %q less, want %q", tt.year, tt.age, tt.renovated, got, tt.want)
		}
	}
}

// TestEngines: rows include their upper limit, and each begun 200 cm³ counts.
func TestEngines(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norms))
	for _, tt := range []struct {
		class  string
		engine int
		norm   string
		want   string
	}{
		{"car", 1, "E6", "16.5"}, {"car", 200, "E6", "16.5"}, {"car", 201, "E6", "33"},
		{"car", 1600, "E6", "132"}, {"car", 1601, "E6", "225.9"}, {"car", 2000, "E6", "251"}, {"car", 2001, "E6", "855.8"},
		{"car", 2600, "E6", "1011.4"}, {"car", 2601, "E6", "2116.8"}, {"car", 3000, "E6", "2268"},
		{"car", 3001, "E6", "4640"}, // the gap of the law
		{"car", 1600, "E0-E3", "156"}, {"car", 1600, "E4", "150.4"}, {"car", 1600, "E5", "140.8"}, {"car", 3001, "E0-E3", "5104"}, {"car", 3001, "E4", "4756.8"}, {"car", 3001, "E5", "4710.4"},
		{"motorcycle", 1600, "E5", "140.8"}, {"motorcycle", 1601, "E5", "179.1"},
		{"bus", 7000, "E6", "924"}, {"other", 2200, "E4", "412.5"},
		{"sidecar", 650, "E4", "37.6"}, // half of four groups at 18.80
	} {
		o := Object{Kind: Vehicle, Owner: Natural, Class: tt.class, Power: Combustion, Engine: tt.engine, Norm: tt.norm}
		if got, _ := computed(t, r, o); got != dec(tt.want) {
			t.Errorf("%s of %d cm³, %s: %s, want %s", tt.class, tt.engine, tt.norm, got, tt.want)
		}
	}
}

// TestOtherVehicles: what has no norm, or no engine.
func TestOtherVehicles(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norms, func(town *Town) { town.Indexed.Trailers = nil }))
	hybrid := func(co2 int) Object {
		return Object{Kind: Vehicle, Owner: Natural, Class: "car", Power: Hybrid, Engine: 1598, CO2: co2}
	}
	for _, tt := range []struct {
		name string
		o    Object
		want string
	}{
		{"hybrid over 50 g", hybrid(51), "129.6"},
		{"hybrid of 50 g: 30% less", hybrid(50), "90.72"},
		{"hybrid of unknown emissions", hybrid(0), "129.6"},
		{"electric", Object{Kind: Vehicle, Owner: Natural, Class: "car", Power: Electric}, "40"},
		{"tractor", Object{Kind: Vehicle, Owner: Legal, Class: "tractor", Power: Combustion, Engine: 4750}, "432"},
		{"registered, 4,800 cm³", Object{Kind: Vehicle, Owner: Natural, Class: Registered, Engine: 4800}, "96"},
		{"registered, 4,801 cm³", Object{Kind: Vehicle, Owner: Natural, Class: Registered, Engine: 4801}, "150"},
		{"registered, without an engine's size", Object{Kind: Vehicle, Owner: Natural, Class: Registered}, "150"},
		{"trailer of 1 t", Object{Kind: Trailer, Owner: Natural, Mass: dec("1")}, "9"},
		{"trailer over 1 t", Object{Kind: Trailer, Owner: Natural, Mass: dec("1.001")}, "34"},
		{"trailer of 3 t", Object{Kind: Trailer, Owner: Natural, Mass: dec("3")}, "34"},
		{"trailer of 5 t", Object{Kind: Trailer, Owner: Natural, Mass: dec("5")}, "52"},
		{"trailer over 5 t", Object{Kind: Trailer, Owner: Natural, Mass: dec("5.1")}, "64"},
		{"2 axles, 12 t, air", Object{Kind: Truck, Owner: Legal, Axles: "2", Mass: dec("12"), Air: true}, "0"},
		{"2 axles, 12.999 t", Object{Kind: Truck, Owner: Legal, Axles: "2", Mass: dec("12.999")}, "142"},
		{"2 axles, 13 t", Object{Kind: Truck, Owner: Legal, Axles: "2", Mass: dec("13")}, "395"},
		{"4 axles, 32 t", Object{Kind: Truck, Owner: Legal, Axles: "4", Mass: dec("32"), Air: true}, "1661"},
		{"3+2 axles, 40 t", Object{Kind: Combination, Owner: Legal, Axles: "3+2", Mass: dec("40")}, "4262"},
		{"2+1 axles, 16 t", Object{Kind: Combination, Owner: Legal, Axles: "2+1", Mass: dec("16")}, "64"},
		{"jet ski", Object{Kind: Boat, Owner: Natural, Boat: "jet-ski"}, "210"},
		{"tug of 500", Object{Kind: Boat, Owner: Legal, Boat: "tug", Size: dec("500")}, "559"},
		{"tug of 501", Object{Kind: Boat, Owner: Legal, Boat: "tug", Size: dec("501")}, "909"},
		{"ship of 2,001 tdw", Object{Kind: Boat, Owner: Legal, Boat: "ship", Size: dec("2001")}, "546"},
		{"barge over 3,000 t", Object{Kind: Boat, Owner: Legal, Boat: "barge", Size: dec("3000.5")}, "490"},
	} {
		if got, _ := computed(t, r, tt.o); got != dec(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for _, o := range []Object{
		{Kind: Truck, Owner: Legal, Axles: "2", Mass: dec("11.9")}, {Kind: Truck, Owner: Legal, Axles: "3", Mass: dec("14")},
		{Kind: Boat, Owner: Legal, Boat: "tug"}, {Kind: Vehicle, Owner: Natural, Class: "car", Power: Combustion, Engine: 1600},
		{Kind: "castle", Owner: Natural},
	} {
		if got, err := r.Compute(&o); err == nil {
			t.Errorf("%+v owes %s", o, got)
		}
	}
	if _, err := New(law(t, "2016"), town(t, "2025")).Compute(&Object{Kind: Truck, Owner: Legal, Axles: "2", Mass: dec("16")}); !errors.Is(err, ErrNoRule) {
		t.Errorf("the table of 2016 is guessed: %v", err)
	}
}

// TestLand: the tables 465 (2), (4) and (7), zone D water, and firms that farm.
func TestLand(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norm("I"), built("B", "12998")))
	for _, tt := range []struct{ owner, place, category, zone, area, want string }{
		{Natural, Inside, WithBuildings, "B", "500", "649.9"},
		{Natural, Inside, "arable", "A", "10000", "375"},
		{Natural, Inside, "water", "C", "10000", "110"},
		{Natural, Inside, "water", "D", "10000", "0"},
		{Natural, Inside, "beach", "D", "10000", "0"},
		{Natural, Inside, "roads", "A", "10000", "0"},
		{Natural, Inside, "orchard", "A", "0.01", "0.000715"},
		{Natural, Outside, "water", "D", "10000", "33"},
		{Natural, Outside, "buildings", "A", "10000", "207.5"},
	} {
		o := Object{Kind: Land, Owner: tt.owner, Place: tt.place, Category: tt.category, Zone: tt.zone, Area: dec(tt.area)}
		if got, _ := computed(t, r, o); got != dec(tt.want) {
			t.Errorf("%s %s, zone %s: %s, want %s", tt.place, tt.category, tt.zone, got, tt.want)
		}
	}
	farm := Object{Kind: Land, Owner: Legal, Place: Inside, Category: "arable", Zone: "A", Area: dec("10000"), Farm: true}
	if got, _ := computed(t, r, farm); got != dec("335") { // 134 × 2.50 instead of 75 × 5
		t.Errorf("a farming firm owes %s", got)
	}
	village := New(law(t, "2026"), town(t, "2026", norm("IV")))
	if got, _ := computed(t, village, Object{Kind: Land, Owner: Natural, Place: Inside, Category: "arable", Zone: "A", Area: dec("10000")}); got != dec("82.5") {
		t.Errorf("in a village of rank IV: %s", got)
	}
	farm.Owner = Natural
	if got, _ := computed(t, r, farm); got != dec("375") {
		t.Errorf("a person who farms owes %s", got)
	}
	farm.Owner, farm.Category, farm.Zone = Legal, WithBuildings, "B"
	if got, _ := computed(t, r, farm); got != dec("12998") {
		t.Errorf("a farming firm owes %s for land with buildings", got)
	}
}

// TestBusinesses: which value counts, and what those owe who have none.
func TestBusinesses(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norms))
	home := Object{Kind: Building, Owner: Natural, Use: NonResidential, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("100")} // worth 669,250 lei by the table
	valued := func(from string, year int, filed string) Object {
		o := home
		o.Value, o.ValueFrom, o.ValueYear = dec("100000"), from, year
		if filed != "" {
			o.Filed = day(filed)
		}
		return o
	}
	notified := func(on string) Object { o := home; o.Notified = day(on); return o }
	firm := func(year int, on string) Object {
		o := Object{Kind: Building, Owner: Legal, Use: NonResidential, Value: dec("100000"), ValueYear: year}
		if on != "" {
			o.Notified = day(on)
		}
		return o
	}
	bankrupt, farming, dwelling := firm(2020, "2025-10-01"), firm(2024, ""), firm(2024, "")
	bankrupt.Bankrupt, farming.Farming, dwelling.Use = true, true, Residential
	half := dwelling
	half.Use, half.BuiltArea, half.BusinessArea = Mixed, dec("300"), dec("100")
	for _, tt := range []struct {
		name string
		o    Object
		want string
	}{
		{"a report in time", valued(FromReport, 2025, "2026-03-31"), "1300"},
		{"a report late", valued(FromReport, 2025, "2026-04-01"), "8700.25"},
		{"works five years ago", valued(FromConstruction, 2021, ""), "1300"},
		{"works six years ago", valued(FromConstruction, 2020, ""), "8700.25"},
		{"a deed of the tax year", valued(FromDeed, 2026, ""), "8700.25"},
		{"the tax file", valued(FromRecords, 2001, ""), "1300"},
		{"no value, not told", home, "8700.25"},
		{"no value, told on 31 October", notified("2025-10-31"), "13385"},
		{"no value, told on 1 November", notified("2025-11-01"), "8700.25"},
		{"a firm, updated five years ago", firm(2021, "2025-10-01"), "1300"},
		{"a firm, updated six years ago", firm(2020, "2025-10-31"), "5000"},
		{"a firm, six years ago, told late", firm(2020, "2025-11-01"), "1300"},
		{"a firm, six years ago, bankrupt", bankrupt, "1300"},
		{"a firm that farms", farming, "400"},
		{"a firm's home", dwelling, "200"},
		{"a firm's mixed building: 33.33%", half, "566.63"}, // 66,670 × 0.2% + 33,330 × 1.3%
	} {
		if got, _ := computed(t, r, tt.o); got != dec(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestMixed: homes in which a natural person works (CF art. 459).
func TestMixed(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norms))
	o := Object{Kind: Building, Owner: Natural, Use: Mixed, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("100"), BusinessArea: dec("20")}
	for _, tt := range []struct {
		name   string
		change func(*Object)
		want   string
	}{
		{"no business", func(o *Object) { o.Activity = false }, "669.25"},
		{"a fifth", func(*Object) {}, "2275.45"},                                                                 // 535,400 × 0.1% + 133,850 × 1.3%
		{"not declared", func(o *Object) { o.BusinessArea = 0 }, "2007.75"},                                      // 669,250 × 0.3%
		{"all of it", func(o *Object) { o.BusinessArea = o.BuiltArea }, "8700.25"},                               // as a business, by the table
		{"a value does not matter", func(o *Object) { o.Value, o.ValueFrom = dec("1"), FromRecords }, "2275.45"}, // since 2021
	} {
		changed := o
		changed.Activity = true
		tt.change(&changed)
		if got, _ := computed(t, r, changed); got != dec(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	o.Activity, o.BusinessArea = true, dec("100.01")
	if _, err := r.Compute(&o); !errors.Is(err, ErrPart) {
		t.Errorf("a part that is more than the whole: %v", err)
	}
}

// TestRooms: basements and attics count for less, and are rounded apart.
func TestRooms(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norms))
	o := Object{Kind: Building, Owner: Natural, Use: Residential, Type: "B", Zone: "B", UsefulArea: dec("80"), DwellingRooms: dec("20"), OtherRooms: dec("10")}
	got, _ := computed(t, r, o) // 112 m² at 535, 28 m² at 401.25, 14 m² at 267.50; × 2.40 × 0.1%
	if want := dec("143.81") + dec("26.96") + dec("8.99"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	o.OtherRooms = 0
	if got, _ = computed(t, r, o); got != dec("143.81")+dec("26.96") {
		t.Errorf("without other rooms: %s", got)
	}
}

// TestReliefs: how much, for how long, and for whom (CF art. 456, 464, 469).
func TestReliefs(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norms))
	home := Object{Kind: Building, Owner: Natural, Use: Residential, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("100")} // 669.25 lei
	with := func(relief, filed, until string, before bool) Object {
		o := home
		o.Relief, o.ReliefBefore = relief, before
		if filed != "" {
			o.ReliefFiled = day(filed)
		}
		if until != "" {
			o.ReliefUntil = day(until)
		}
		return o
	}
	part := with("disability-grave", "", "", true)
	part.ReliefPart = Share{1, 2}
	for _, tt := range []struct {
		name string
		o    Object
		want string
	}{
		{"severe, as last year", with("disability-grave", "", "", true), "334.62"},
		{"marked, as last year", with("disability-marked", "", "", true), "501.94"},
		{"filed on 31 December", with("disability-grave", "2025-12-31", "", false), "334.62"},
		{"filed in January: 11 months", with("disability-grave", "2026-01-01", "", false), "362.51"},
		{"filed in November: a month", with("disability-grave", "2026-11-30", "", false), "641.36"},
		{"filed in December", with("disability-grave", "2026-12-01", "", false), "669.25"},
		{"filed next year", with("disability-grave", "2027-01-05", "", false), "669.25"},
		{"never filed", with("disability-grave", "", "", false), "669.25"},
		{"valid until 31 December", with("disability-grave", "", "2025-12-31", true), "334.62"},
		{"valid until 30 December", with("disability-grave", "", "2025-12-30", true), "669.25"},
		{"filed in March, valid until August: 5 months", with("disability-grave", "2026-03-10", "2026-08-01", false), "529.82"},
		{"a war veteran", with("veteran", "2024-05-01", "", false), "0"},
		{"a war veteran, filed this year", with("veteran", "2026-02-01", "", false), "669.25"},
		{"half is somebody else's", part, "501.93"},
	} {
		if got, _ := computed(t, r, tt.o); got != dec(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for engine, want := range map[int]string{1999: "148.5", 2000: "297"} { // below 2,000 cm³
		o := car(engine, "E0-E3")
		o.Relief, o.ReliefBefore = "disability-grave", true
		if got, _ := computed(t, r, o); got != dec(want) {
			t.Errorf("a car of %d cm³: %s, want %s", engine, got, want)
		}
	}
	two := car(1500, "E6")
	two.Relief, two.ReliefBefore = "disability-grave", true
	if _, err := r.Levy(VehicleTax, []Object{two, two}, noHolidays); !errors.Is(err, ErrOne) {
		t.Errorf("two vehicles: %v", err)
	}
	two.Owner = Legal
	if _, err := r.Compute(&two); !errors.Is(err, ErrChoice) {
		t.Errorf("a firm with a disability: %v", err)
	}
	glass := home
	glass.Use, glass.Relief, glass.ReliefBefore = NonResidential, "greenhouse", true
	if got, _ := computed(t, r, glass); got != 0 {
		t.Errorf("a greenhouse owes %s in 2026", got)
	}
	if got, _ := computed(t, New(law(t, "2027-draft"), town(t, "2027", norms)), glass); got != dec("4350.12") { // half, from 2027
		t.Errorf("a greenhouse owes %s in 2027", got)
	}
}

// TestUndeclared: 30% for each begun half year after the 30 days (CF art. 461 (4)).
func TestUndeclared(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026"))
	for found, want := range map[string]string{"2025-05-01": "400", "2025-05-31": "400", "2025-06-01": "520", "2025-11-30": "520", "2025-12-01": "640", "2026-05-31": "640", "2026-06-01": "760"} {
		o := Object{Kind: Building, Owner: Legal, Use: Residential, Value: dec("200000"), ValueYear: 2025, Acquired: day("2025-05-01"), Established: day(found)}
		if got, _ := computed(t, r, o); got != dec(want) {
			t.Errorf("found on %s: %s, want %s", found, got, want)
		}
	}
}

// TestLevies: rounding, small sums, instalments and the bonus.
func TestLevies(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026"))
	for _, tt := range []struct {
		exact              string
		total, first, rest int64
		bonus, full        int64
	}{
		{"0.49", 0, 0, 0, 0, 0}, {"0.5", 1, 1, 0, 0, 1}, {"0.499999", 0, 0, 0, 0, 0}, {"1.49", 1, 1, 0, 0, 1},
		{"4.5", 5, 5, 0, 0, 5}, // half a leu of bonus would be a fifth
		{"49.5", 50, 50, 0, 5, 45}, {"50.49", 50, 50, 0, 5, 45}, {"50.5", 51, 26, 25, 5, 46}, {"51", 51, 26, 25, 5, 46},
		{"67", 67, 34, 33, 6, 61}, {"74", 74, 37, 37, 7, 67}, {"65", 65, 33, 32, 6, 59}, {"100", 100, 50, 50, 10, 90},
	} {
		l, err := r.LevyOf(BuildingTax, []Item{{Amount: dec(tt.exact)}}, noHolidays)
		if err != nil {
			t.Fatal(err)
		}
		var first, rest int64
		for i, term := range l.Terms {
			if i == 0 {
				first = int64(term.Amount / lei(1))
			} else {
				rest += int64(term.Amount / lei(1))
			}
		}
		if l.Total != lei(tt.total) || first != tt.first || rest != tt.rest || l.Bonus != lei(tt.bonus) || l.Full != lei(tt.full) || l.Small != (tt.total > 0 && tt.total <= 50) {
			t.Errorf("%s: %+v, want %+v", tt.exact, l, tt)
		}
	}
	// A council that gives 5% may round half up, since that is not over 10% (NM 11 n v).
	r = New(law(t, "2026"), town(t, "2026", func(town *Town) { town.Bonus["building"] = figure("5") }))
	if l, err := r.LevyOf(BuildingTax, []Item{{Amount: dec("70")}}, noHolidays); err != nil || l.Bonus != lei(4) {
		t.Errorf("5%% of 70 lei: %+v, %v", l, err)
	}
	// Two homes of 25.30 lei are not two small sums.
	if l, err := r.LevyOf(BuildingTax, []Item{{Amount: dec("25.3")}, {Amount: dec("25.3")}}, noHolidays); err != nil || l.Total != lei(51) || l.Small {
		t.Errorf("two homes: %+v, %v", l, err)
	}
	if l, err := r.LevyOf(SignFee, []Item{{Amount: dec("70")}}, noHolidays); err != nil || l.Bonus != 0 || !l.BonusBy.IsZero() || len(l.Terms) != 2 {
		t.Errorf("a sign: %+v, %v", l, err)
	}
}

// TestTerms: a day on which nobody works moves to the next on which they do.
func TestTerms(t *testing.T) {
	cal := deadline.New([]deadline.Exception{{Date: day("2026-09-30")}})
	l, err := New(law(t, "2026"), town(t, "2026")).LevyOf(LandTax, []Item{{Amount: dec("70")}}, cal)
	if err != nil || l.Terms[0].Due != day("2026-03-31") || l.Terms[1].Due != day("2026-10-01") || l.BonusBy != day("2026-03-31") {
		t.Errorf("in 2026: %+v, %v", l, err)
	}
	old := law(t, "2025")
	old.Year = 2029 // 31 March is a Saturday in 2029, 30 September a Sunday
	l, err = New(old, town(t, "2025")).LevyOf(LandTax, []Item{{Amount: dec("70")}}, noHolidays)
	if err != nil || l.Terms[0].Due.Weekday() != time.Monday || l.Terms[0].Due.Month != time.April || l.Terms[1].Due != day("2029-10-01") {
		t.Errorf("in 2029: %+v, %v", l, err)
	}
	sold := car(1998, "E6")
	sold.ID, sold.Sold = "sold", day("2026-08-04")
	kept := car(1598, "E6")
	got := levy(t, New(law(t, "2026"), town(t, "2026", norms)), sold, kept)
	if got.Total != lei(251+132) || len(got.Terms) != 3 || got.Terms[1] != (Term{day("2026-08-04"), lei(251), "sold"}) || got.Bonus != lei(13) || got.Full != lei(119) {
		t.Errorf("a car sold in the year in which it was bought: %+v", got)
	}
}

// TestContracts: fees for public property by month, by year, by days and hours.
func TestContracts(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", norm("I"), built("A", "12000"), rate("nonresidential", "1")))
	land := func(from, to string) Object {
		return Object{ID: "l", Kind: LandFee, Owner: Legal, Place: Inside, Category: WithBuildings, Zone: "A", Area: dec("10000"), From: day(from), To: day(to)}
	}
	for _, tt := range []struct {
		name  string
		o     Object
		want  string
		terms int
		first Term
	}{
		{"a month", land("2026-04-01", "2026-04-30"), "1000", 1, Term{day("2026-05-25"), lei(1000), "l"}},
		{"half a year", land("2026-03-16", "2026-09-15"), "6019.18", 7, Term{day("2026-04-27"), lei(526), "l"}}, // 16 and 15 days of 365; 25 April is a Saturday
		{"a year to the day is paid by month", land("2026-01-01", "2026-12-31"), "12000", 12, Term{day("2026-02-25"), lei(1000), "l"}},
		{"more than a year begins next year", land("2026-02-01", "2027-02-28"), "0", 0, Term{}},
		{"more than a year, begun before", land("2025-02-01", "2027-02-28"), "12000", 2, Term{day("2026-03-31"), lei(6000), ""}},
		{"more than a year, ends", land("2024-02-01", "2026-06-30"), "6000", 2, Term{day("2026-03-31"), lei(3000), ""}},
		{"more than a year, ends on 15 December", land("2024-02-01", "2026-12-15"), "11493.15", 2, Term{day("2026-03-31"), lei(5747), ""}}, // eleven months, and 15 days of 365
		{"ten days", land("2026-07-01", "2026-07-10"), "328.767", 1, Term{day("2026-08-25"), lei(329), "l"}},
		{"over before", land("2025-07-01", "2025-10-10"), "0", 0, Term{}},
	} {
		got, _ := computed(t, r, tt.o)
		l := levy(t, r, tt.o)
		if got != dec(tt.want) || len(l.Terms) != tt.terms || tt.terms > 0 && l.Terms[0] != tt.first {
			t.Errorf("%s: %s, %+v", tt.name, got, l.Terms)
		}
	}
	odd := land("2026-01-01", "2026-12-31")
	odd.Area = dec("10000.03") // 12,000.036: a month is 1,000.00, and a year not 12,000.04
	if got, _ := computed(t, r, odd); got != dec("12000") {
		t.Errorf("twelve months: %s", got)
	}
	shop := Object{Kind: BuildingFee, Owner: Natural, Use: NonResidential, Value: dec("120000"), Area: dec("25"), WholeArea: dec("100"), From: day("2026-04-01"), To: day("2026-04-30")}
	if got, _ := computed(t, r, shop); got != dec("25") { // a quarter of 120,000, a twelfth, 1%
		t.Errorf("a quarter of a building: %s", got)
	}
	shop.Use = Residential
	if got, _ := computed(t, r, shop); got != 0 {
		t.Errorf("a home of the State: %s", got)
	}
	shop.To = day("2026-03-31")
	if _, err := r.Compute(&shop); !errors.Is(err, ErrOrder) {
		t.Errorf("a contract that ends before it begins: %v", err)
	}
}

// TestFees of advertising and of permits.
func TestFees(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026", func(town *Town) {
		town.Signs["atBusiness"], town.Signs["elsewhere"], town.Fees["certificate-150"], town.Fees["kiosk"] = figure("32"), figure("23"), figure("6"), figure("8")
	}))
	for _, tt := range []struct {
		name string
		o    Object
		want string
	}{
		{"a panel of exactly 2 m² at the shop", Object{Kind: Sign, Area: dec("2"), AtBusiness: true, Months: 12}, "64"},
		{"a little more, elsewhere, 5 months", Object{Kind: Sign, Area: dec("2.01"), Months: 5}, "28.75"},
		{"advertising", Object{Kind: Advertising, Value: dec("1500"), From: day("2026-05-04")}, "45"},
		{"advertising for 1,501.50", Object{Kind: Advertising, Value: dec("1501.5"), From: day("2026-05-04")}, "45.05"},
		{"theatre", Object{Kind: Show, Show: "cultural", Value: dec("10000"), From: day("2026-05-04")}, "200"},
		{"a certificate of 150 m²", Object{Kind: Certificate, Area: dec("150")}, "6"},
		{"in the country, longer", Object{Kind: Certificate, Area: dec("150"), Rural: true, Extension: true}, "0.9"},
		{"another building", Object{Kind: Permit, Permit: "other", Value: dec("200000")}, "2000"},
		{"a site", Object{Kind: Permit, Permit: "site", Value: dec("10000")}, "300"},
		{"pulling down", Object{Kind: Permit, Permit: "demolition", TaxableValue: dec("300000")}, "300"},
		{"a home worth more than the table", Object{Kind: Permit, Permit: Residential, Value: dec("400000"), TaxableValue: dec("300000")}, "2000"},
		{"a kiosk of 12 m²", Object{Kind: OtherFee, Fee: "kiosk", Quantity: dec("12")}, "96"},
	} {
		if got, _ := computed(t, r, tt.o); got != dec(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	l := levy(t, r, Object{ID: "a", Kind: Advertising, Value: dec("1500"), From: day("2026-12-31")})
	if len(l.Terms) != 1 || l.Terms[0] != (Term{day("2027-01-11"), lei(45), "a"}) { // the 10th is a Sunday
		t.Errorf("advertising: %+v", l)
	}
}

// TestMissingAnswers: what has to be known is asked for by the name of its field.
func TestMissingAnswers(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026"))
	home := Object{Kind: Building, Owner: Natural, Use: Residential, Type: "A", Zone: "A", BuiltArea: dec("100")}
	firm := Object{Kind: Building, Owner: Legal, Use: Mixed, Value: dec("100"), ValueYear: 2025, BuiltArea: dec("100"), BusinessArea: dec("10")}
	plot := Object{Kind: LandFee, Owner: Natural, Place: Inside, Category: "arable", Zone: "A", Area: dec("10"), From: day("2026-01-01"), To: day("2026-02-28")}
	shop := Object{Kind: BuildingFee, Owner: Natural, Use: NonResidential, Value: dec("100"), From: day("2026-01-01"), To: day("2026-02-28")}
	for _, tt := range []struct {
		o      Object
		change func(*Object)
		field  string
		want   error
	}{
		{home, func(o *Object) { o.Owner = "" }, "owner", ErrMissing}, {home, func(o *Object) { o.Use = "" }, "use", ErrMissing}, {home, func(o *Object) { o.BuiltArea = 0 }, "builtArea", ErrMissing},
		{home, func(o *Object) { o.Type = "" }, "type", ErrMissing}, {home, func(o *Object) { o.Zone = "" }, "zone", ErrMissing}, {home, func(o *Object) { o.Locality = "arad" }, "locality", ErrChoice},
		{home, func(o *Object) { o.Relief = "luck" }, "relief", ErrChoice},
		{firm, func(o *Object) { o.Value = 0 }, "value", ErrMissing}, {firm, func(o *Object) { o.BusinessArea = 0 }, "businessArea", ErrMissing}, {firm, func(o *Object) { o.BusinessArea = dec("100.01") }, "businessArea", ErrPart},
		{plot, func(o *Object) { o.Area = 0 }, "area", ErrMissing}, {plot, func(o *Object) { o.Place = "" }, "place", ErrMissing}, {plot, func(o *Object) { o.Category = "" }, "category", ErrMissing}, {plot, func(o *Object) { o.Zone = "" }, "zone", ErrMissing},
		{plot, func(o *Object) { o.Category = "sea" }, "category", ErrNoRule}, {plot, func(o *Object) { o.From = deadline.Date{} }, "from", ErrMissing}, {plot, func(o *Object) { o.To = deadline.Date{} }, "to", ErrMissing}, {plot, func(o *Object) { o.Owner = "" }, "owner", ErrMissing},
		{shop, func(o *Object) { o.Value = 0 }, "value", ErrMissing}, {shop, func(o *Object) { o.WholeArea = dec("10") }, "area", ErrPart}, {shop, func(o *Object) { o.Area, o.WholeArea = dec("11"), dec("10") }, "area", ErrPart},
		{car(0, "E6"), func(*Object) {}, "engine", ErrMissing}, {car(1600, ""), func(*Object) {}, "norm", ErrMissing}, {car(1600, "E9"), func(*Object) {}, "norm", ErrNoRule}, {car(1600, "E6"), func(o *Object) { o.Class = "" }, "class", ErrMissing},
		{car(1600, "E6"), func(o *Object) { o.Class = "broom" }, "class", ErrNoRule},
		{Object{Kind: Sign, Height: dec("1"), Months: 12}, func(*Object) {}, "length", ErrMissing}, {Object{Kind: Sign, Length: dec("1"), Months: 12}, func(*Object) {}, "height", ErrMissing},
		{Object{Kind: Advertising}, func(*Object) {}, "value", ErrMissing}, {Object{Kind: Show, Value: dec("1")}, func(*Object) {}, "show", ErrNoRule}, {Object{Kind: Certificate}, func(*Object) {}, "area", ErrMissing},
		{Object{Kind: Permit}, func(*Object) {}, "permit", ErrMissing}, {Object{Kind: Permit, Permit: Residential, Value: dec("1")}, func(*Object) {}, "taxableValue", ErrMissing}, {Object{Kind: Permit, Permit: "other"}, func(*Object) {}, "value", ErrMissing},
		{Object{Kind: OtherFee}, func(*Object) {}, "fee", ErrMissing}, {Object{Kind: OtherFee, Fee: "love"}, func(*Object) {}, "fee", ErrNoRule},
		{Object{Kind: Truck, Owner: Legal, Axles: "2"}, func(*Object) {}, "mass", ErrMissing}, {Object{Kind: Truck, Owner: Legal, Mass: dec("12")}, func(*Object) {}, "axles", ErrMissing}, {Object{Kind: Trailer, Owner: Legal}, func(*Object) {}, "mass", ErrMissing}, {Object{Kind: Boat, Owner: Legal}, func(*Object) {}, "boat", ErrMissing},
	} {
		tt.change(&tt.o)
		_, err := r.Compute(&tt.o)
		p, ok := errors.AsType[*Problem](err)
		if !ok || p.Field != tt.field || !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v, want %v of %s", tt.o, err, tt.want, tt.field)
		}
		if _, err := r.Explain(&tt.o); err == nil {
			t.Errorf("%+v can be explained", tt.o)
		}
	}
	if _, err := r.Compute(&Object{Kind: Building, Owner: Legal, Use: Residential, Value: maxValue, ValueYear: 2025, Increase: dec("100000000000")}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more than can be counted: %v", err)
	}
}

const maxValue = 100_000_000_000 * one

// TestAdditionalRates reach every kind, and are rounded to two places.
func TestAdditionalRates(t *testing.T) {
	names := []string{"residential", "nonresidential", "legalResidential", "legalNonresidential", "land", "vehicle", "electric", "heavy", "trailer", "boat", "sign"}
	more := func(town *Town) {
		town.Additional, town.Indexed = map[string]*Figure{}, figures.Indexed{}
		for i, name := range names { // 1.1, 2.1 … percent: no two kinds may be confused
			town.Additional[name] = figure(Whole(i+1).String() + ".1")
		}
		town.Registered["none"], town.Signs["elsewhere"] = figure("150"), figure("23")
	}
	r := New(law(t, "2026"), town(t, "2026", more))
	for _, tt := range []struct {
		name string
		o    Object
		want string
	}{
		{"home", Object{Kind: Building, Owner: Natural, Use: Residential, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("77")}, "520.99"},
		{"business without a value, told", Object{Kind: Building, Owner: Natural, Use: NonResidential, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("77"), Notified: day("2025-10-01")}, "10522.89"},
		{"a firm's home", Object{Kind: Building, Owner: Legal, Use: Residential, Value: dec("123456"), ValueYear: 2025}, "254.56"},
		{"a firm's shop", Object{Kind: Building, Owner: Legal, Use: NonResidential, Value: dec("123456"), ValueYear: 2025}, "1670.73"},
		{"a farming firm's barn", Object{Kind: Building, Owner: Legal, Use: NonResidential, Farming: true, Value: dec("123456"), ValueYear: 2025}, "514.07"},
		{"arable land", Object{Kind: Land, Owner: Natural, Place: Inside, Category: "arable", Zone: "A", Area: dec("10000")}, "394"},
		{"electric", Object{Kind: Vehicle, Owner: Natural, Class: "car", Power: Electric}, "42.84"},
		{"registered", Object{Kind: Vehicle, Owner: Natural, Class: Registered}, "159.15"},
		{"truck", Object{Kind: Truck, Owner: Legal, Axles: "2", Mass: dec("13")}, "427"},
		{"sidecar", Object{Kind: Vehicle, Owner: Natural, Class: Sidecar, Power: Combustion, Engine: 650, Norm: "E4"}, "39.89"},
		{"trailer", Object{Kind: Trailer, Owner: Natural, Mass: dec("0.7")}, "9.82"},
		{"jet ski", Object{Kind: Boat, Owner: Natural, Boat: "jet-ski"}, "231.21"},
		{"sign", Object{Kind: Sign, Area: dec("1"), Months: 12}, "25.55"},
		{"neglected home", Object{Kind: Building, Owner: Natural, Use: Residential, Type: "A", Utilities: true, Zone: "A", BuiltArea: dec("77"), Increase: dec("300")}, "2083.96"},
		{"contract of a year", Object{Kind: BuildingFee, Owner: Natural, Use: NonResidential, Value: dec("123456"), From: day("2025-01-01"), To: day("2027-12-31")}, "1638.63"},
		{"all of a building", Object{Kind: BuildingFee, Owner: Natural, Use: NonResidential, Value: dec("123456"), Area: dec("10"), WholeArea: dec("10"), From: day("2025-01-01"), To: day("2027-12-31")}, "1638.63"},
	} {
		if got, _ := computed(t, r, tt.o); got != dec(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

package taxlaw

import "testing"

// objects are what a town has most of.
func plenty() []Object {
	home := Object{Kind: Building, Owner: Natural, Use: Residential, Type: "A", Utilities: true, Zone: "B", UsefulArea: dec("61.35"), YearBuilt: 1971, Share: Share{1, 2}}
	house := Object{Kind: Building, Owner: Natural, Use: Residential, Type: "B", Zone: "C", BuiltArea: dec("143.2"), YearBuilt: 1923, DwellingRooms: dec("31"), Relief: "disability-grave", ReliefFiled: day("2025-03-01")}
	firm := Object{Kind: Building, Owner: Legal, Use: NonResidential, Value: dec("1834500.4"), ValueYear: 2023}
	garden := Object{Kind: Land, Owner: Natural, Place: Inside, Category: "orchard", Zone: "D", Area: dec("812")}
	yard := Object{Kind: Land, Owner: Natural, Place: Inside, Category: WithBuildings, Zone: "B", Area: dec("534.17"), Share: Share{1, 3}}
	hybrid := car(1798, "")
	hybrid.Power, hybrid.CO2 = Hybrid, 44
	return []Object{home, home, home, house, firm, garden, yard, car(1598, "E5"), car(1998, "E6"), hybrid}
}

// BenchmarkCompute is one object of the mix. 600,000 have to take less than 2 s on
// one core: 3,300 ns each.
func BenchmarkCompute(b *testing.B) {
	r, objects := New(law(b, "2026"), town(b, "2026")), plenty()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := r.Compute(&objects[i%len(objects)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	r, objects := New(law(b, "2026"), town(b, "2026")), plenty()
	for i := 0; b.Loop(); i++ {
		if _, err := r.Explain(&objects[i%len(objects)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLevy(b *testing.B) {
	r, objects := New(law(b, "2026"), town(b, "2026")), plenty()[:4]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Levy(BuildingTax, objects, noHolidays); err != nil {
			b.Fatal(err)
		}
	}
}

// TestComputingAllocatesNothing keeps an assessment of the whole town from being
// one of the memory.
func TestComputingAllocatesNothing(t *testing.T) {
	r, objects := New(law(t, "2026"), town(t, "2026")), plenty()
	for i := range objects {
		if n := testing.AllocsPerRun(20, func() { _, _ = r.Compute(&objects[i]) }); n > 0 {
			t.Errorf("%s: %v allocations", objects[i].Kind, n)
		}
	}
}

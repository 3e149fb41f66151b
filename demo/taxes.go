package demo

import (
	"context"
	"fmt"
	"time"

	"bega/internal/db"
	"bega/internal/deadline"
	"bega/taxlaw"
	"bega/taxroll"
)

// A belonging is something of the demonstration that is taxed.
type belonging struct {
	owners  []string // by key
	since   deadline.Date
	thing   taxlaw.Object
	details taxroll.Details
}

func lei(n int) taxlaw.Dec { return taxlaw.Whole(n) }

// belongings are what people of the demonstration have: flats, houses and land of
// Timișoara, the car of a resident, and the restaurant of a firm.
func belongings() []belonging {
	day := func(year, month, day int) deadline.Date {
		return deadline.Date{Year: year, Month: time.Month(month), Day: day}
	}
	flat := func(area int, zone string, built int) taxlaw.Object {
		return taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: zone, Type: "A", Utilities: true, BuiltArea: lei(area), YearBuilt: built}
	}
	plot := func(area int, zone string) taxlaw.Object {
		return taxlaw.Object{Kind: taxlaw.Land, Place: taxlaw.Inside, Zone: zone, Category: taxlaw.WithBuildings, Area: lei(area)}
	}
	car := func(engine int, norm string) taxlaw.Object {
		return taxlaw.Object{Kind: taxlaw.Vehicle, Class: "car", Power: taxlaw.Combustion, Engine: engine, Norm: norm}
	}
	return []belonging{
		{[]string{"stefania"}, day(2014, 6, 2), flat(77, "A", 1972), taxroll.Details{Address: "Strada Alba Iulia 7, ap. 12", Cadastral: "400954-C1-U12"}},
		{[]string{"stefania"}, day(2014, 6, 2), plot(24, "A"), taxroll.Details{Address: "Strada Alba Iulia 7", Cadastral: "400954"}},
		{[]string{"stefania"}, day(2019, 9, 16), car(1598, "E5"), taxroll.Details{Plate: "TM 07 ABC"}},
		{[]string{"stefania", "petru"}, day(2021, 3, 8), plot(420, "C"), taxroll.Details{Address: "Strada Demonstrației 5", Cadastral: "441128"}},
		{[]string{"petru"}, day(2009, 5, 4), flat(120, "B", 1938), taxroll.Details{Address: "Strada Circumvalațiunii 22", Cadastral: "426643-C1"}},
		{[]string{"petru"}, day(2009, 5, 4), plot(310, "B"), taxroll.Details{Address: "Strada Circumvalațiunii 22", Cadastral: "426643"}},
		{[]string{"sorin"}, day(2017, 11, 20), flat(54, "C", 1985), taxroll.Details{Address: "Strada Simion Bărnuțiu 40, ap. 3", Cadastral: "400954-C2-U3"}},
		{[]string{"sorin"}, day(2022, 2, 1), car(1998, "E6"), taxroll.Details{Plate: "TM 33 DEM"}},
		{[]string{"firma"}, day(2023, 1, 16), taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.NonResidential, Value: lei(640000),
			ValueFrom: taxlaw.FromReport, ValueYear: 2024},
			taxroll.Details{Address: "Strada Gheorghe Lazăr 9", Cadastral: "430021-C1"}},
		{[]string{"firma"}, day(2023, 1, 16), plot(260, "A"), taxroll.Details{Address: "Strada Gheorghe Lazăr 9", Cadastral: "430021"}},
		{[]string{"firma"}, day(2024, 4, 22), taxlaw.Object{Kind: taxlaw.Vehicle, Class: "other", Power: taxlaw.Combustion, Engine: 2299, Norm: "E6"}, taxroll.Details{Plate: "TM 90 BEG"}},
	}
}

// taxes enters what people have, and says what they owe for it in the year of the
// founding. There is no such year if the town has no rates for it.
func (s *seed) taxes(ctx context.Context) error {
	s.SetBack(s.age - time.Hour)
	year := deadline.Of(s.Now().In(s.Zone)).Year
	if _, err := s.Taxes.Rules(year); err != nil {
		return nil
	}
	officer := s.actors["lidia"]
	var changes []taxroll.Change
	for _, b := range belongings() {
		c := taxroll.Change{From: b.since, Thing: &b.thing, Details: &b.details, Why: taxroll.Acquired, Source: "fișierul orașului de probă"}
		for _, key := range b.owners {
			share := taxlaw.Share{}
			if len(b.owners) > 1 {
				share = taxlaw.Share{Num: 1, Den: int32(len(b.owners))}
			}
			c.Parts = append(c.Parts, taxroll.Part{Party: s.actors[key].For, Share: share})
		}
		changes = append(changes, c)
	}
	if _, err := s.Roll.Apply(ctx, officer, db.NewID(), changes); err != nil {
		return fmt.Errorf("what is taxed: %w", err)
	}
	if _, err := s.Taxes.Assess(ctx, officer, year, false, nil); err != nil {
		return fmt.Errorf("the taxes of %d: %w", year, err)
	}
	_, err := s.Taxes.DecideAll(ctx, officer, year, nil)
	return err
}

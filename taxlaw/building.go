package taxlaw

import "bega/internal/deadline"

// buildingTax is the tax on a building (CF art. 455-461).
func (c *calc) buildingTax() val {
	o := c.o
	if !c.need("owner", o.Owner != "") || !c.need("use", o.Use != "") {
		return val{}
	}
	var tax val
	switch {
	case o.Owner == Legal:
		tax = c.legalBuilding()
	case o.Use == NonResidential:
		tax = c.business()
	case o.Use == Mixed:
		tax = c.mixed()
	default:
		tax = c.home()
	}
	return c.owned(c.undeclared(tax), TwoPlaces)
}

// builtArea is the area that counts: as measured, or the useful one and what the
// walls take (CF art. 457 (4), (5), NM 34).
func (c *calc) builtArea(built, useful Dec) val {
	if built > 0 {
		return val{v: built, key: "builtArea", unit: SquareM}
	}
	if !c.need("builtArea", useful > 0) {
		return val{}
	}
	return c.useful(val{v: useful, key: "usefulArea", unit: SquareM})
}

func (c *calc) useful(area val) val {
	return c.do("taxlaw.built-area", SquareM, area, Times, c.fig("taxlaw.useful-factor", &c.r.law.Building.Useful, ""), Exact)
}

// part is an area that is measured as the whole building is.
func (c *calc) part(area Dec, key string) val {
	v := val{v: area, key: key, unit: SquareM}
	if c.o.BuiltArea > 0 {
		return v
	}
	return c.useful(v)
}

// tableValue is the value of an area by the table (CF art. 457 (2)-(6²)). Of
// rooms below or under the roof, only a share of the sum counts.
func (c *calc) tableValue(area val, share *Figure, name string) val {
	law, o := &c.r.law.Building, c.o
	row, ok := c.r.building.Types[o.Type]
	if !c.need("type", o.Type != "") || !ok {
		return c.fail("type", ErrNoRule)
	}
	each := val{v: row.Without, key: "taxlaw.value-without", unit: LeiSquare, cite: &c.r.building.Cite}
	if o.Utilities {
		each.v, each.key = row.With, "taxlaw.value-with"
	}
	each = c.at(each, o.Type)
	if share != nil {
		each = c.do("taxlaw.room-value", LeiSquare, each, Percent, c.fig(name, share, Percents), TwoPlaces)
	}
	v := c.do("taxlaw.floor-value", Lei, area, Times, each, TwoPlaces)
	factor := c.zoneFactor()
	if o.Block && law.Block.Value > 0 {
		factor = c.do("taxlaw.block-factor", "", factor, Minus, c.fig("taxlaw.block", &law.Block, ""), Exact)
	}
	return c.aged(c.do("taxlaw.zone-value", Lei, v, Times, factor, TwoPlaces))
}

// zoneFactor is the coefficient of zone and rank (CF art. 457 (6)).
func (c *calc) zoneFactor() val {
	place := c.r.locality(c.o.Locality)
	if place == nil {
		return c.fail("locality", ErrChoice)
	}
	if !c.need("zone", c.o.Zone != "") {
		return val{}
	}
	factor, ok := c.r.law.Building.Coefficients[c.o.Zone][place.Rank]
	if !ok {
		return c.fail("zone", ErrNoRule)
	}
	return c.at(val{v: factor, key: "taxlaw.zone-rank", cite: &place.Cite}, c.o.Zone, place.Rank)
}

// aged takes off what old buildings count less (CF art. 457 (6¹), (6²)). The age
// is the difference of the years: the law does not say it more exactly.
func (c *calc) aged(v val) val {
	law, o := &c.r.law.Building, c.o
	done, key := o.YearBuilt, "yearBuilt"
	if o.YearRenovated > done {
		done, key = o.YearRenovated, "yearRenovated"
	}
	if len(law.Ages) == 0 || done == 0 || done > c.r.law.Year {
		return v
	}
	age := c.r.law.Year - done
	for i := range law.Ages {
		row := &law.Ages[i]
		if age < row.From || row.To > 0 && age > row.To {
			continue
		}
		c.do("taxlaw.age", "", val{v: Whole(c.r.law.Year), key: "taxlaw.tax-year", unit: Year}, Minus, val{v: Whole(done), key: key, unit: Year}, Exact)
		return c.do("taxlaw.aged-value", Lei, v, Less, val{v: row.Percent, key: "taxlaw.age-percent", unit: Percents, cite: &row.Cite}, TwoPlaces)
	}
	return v
}

// rated applies a rate of the council, and its additional rate.
func (c *calc) rated(v val, name string) val {
	rate, ok := c.r.town.Rates[name]
	if !ok {
		return c.fail("use", ErrNoRule)
	}
	tax := c.do("taxlaw.rate-tax", Lei, v, Percent, c.fig("taxlaw.rate", rate, Percents), TwoPlaces)
	return c.additional(tax, name, TwoPlaces)
}

// fixed applies a rate of the law, and the additional rate of the council.
func (c *calc) fixed(v val, key string, rate *Figure, name string) val {
	if rate.Value == 0 {
		return c.fail("use", ErrNoRule)
	}
	return c.additional(c.do("taxlaw.fixed-tax", Lei, v, Percent, c.fig(key, rate, Percents), TwoPlaces), name, TwoPlaces)
}

// additional adds the additional rate (CF art. 489); results are rounded after it
// alone (NM 11 n iv).
func (c *calc) additional(tax val, name string, r Rounding) val {
	more, ok := c.r.town.Additional[name]
	if !ok || more.Value == 0 {
		return tax
	}
	return c.do("taxlaw.additional-tax", Lei, tax, More, c.fig("taxlaw.additional", more, Percents), r)
}

// home is a home of a natural person. Rooms of letters E and F are computed apart
// and added (CF art. 457 (2), NM 35).
func (c *calc) home() val {
	return c.homePart(c.builtArea(c.o.BuiltArea, c.o.UsefulArea))
}

func (c *calc) homePart(area val) val {
	law, o := &c.r.law.Building, c.o
	tax := c.rated(c.tableValue(area, nil, ""), "residential")
	if o.DwellingRooms > 0 {
		rooms := c.rated(c.tableValue(c.part(o.DwellingRooms, "dwellingRooms"), &law.Dwelling, "taxlaw.dwelling-share"), "residential")
		tax = c.do("taxlaw.rooms-added", Lei, tax, Plus, rooms, TwoPlaces)
	}
	if o.OtherRooms > 0 {
		rooms := c.rated(c.tableValue(c.part(o.OtherRooms, "otherRooms"), &law.Other, "taxlaw.other-share"), "residential")
		tax = c.do("taxlaw.rooms-added", Lei, tax, Plus, rooms, TwoPlaces)
	}
	return tax
}

// business is a building of a natural person that is no home (CF art. 458).
func (c *calc) business() val {
	if c.proven() {
		return c.rated(val{v: c.o.Value, key: "value", unit: Lei}, "nonresidential")
	}
	c.note("taxlaw.no-value")
	return c.byTable(c.builtArea(c.o.BuiltArea, c.o.UsefulArea))
}

// byTable is the tax of what has no value that counts: 2% for those who knew that
// they could file a report, or else the usual rate (CF art. 458 (4)).
func (c *calc) byTable(area val) val {
	law := &c.r.law.Building
	v := c.tableValue(area, nil, "")
	if law.Notice && !c.inTime(c.o.Notified) {
		c.note("taxlaw.not-notified")
		return c.rated(v, "nonresidential")
	}
	return c.fixed(v, "taxlaw.no-report", &law.NoReport, "nonresidential")
}

// proven reports whether there is a value that counts (CF art. 458 (1)): from the
// five years before, and a report only if it came by the first term.
func (c *calc) proven() bool {
	o, year := c.o, c.r.law.Year
	if o.Value == 0 {
		return false
	}
	if o.ValueFrom == FromRecords {
		return true
	}
	if o.ValueYear < year-c.r.law.Building.ValueYears || o.ValueYear >= year && o.ValueFrom != FromReport {
		c.note("taxlaw.value-old")
		return false
	}
	if o.ValueFrom == FromReport && o.Filed.After(deadline.Date{Year: year, Month: 3, Day: 31}) {
		c.note("taxlaw.report-late")
		return false
	}
	return true
}

// mixed is a building of a natural person used for both (CF art. 459).
func (c *calc) mixed() val {
	law, o := &c.r.law.Building, c.o
	if !o.Activity {
		c.note("taxlaw.no-activity")
		return c.home()
	}
	if o.BusinessArea == 0 {
		c.note("taxlaw.undivided")
		return c.fixed(c.tableValue(c.builtArea(o.BuiltArea, o.UsefulArea), nil, ""), "taxlaw.undivided-rate", &law.Undivided, "nonresidential")
	}
	whole, key := o.BuiltArea, "builtArea"
	if whole == 0 {
		whole, key = o.UsefulArea, "usefulArea"
	}
	if o.BusinessArea > whole {
		return c.fail("businessArea", ErrPart)
	}
	all, business := val{v: whole, key: key, unit: SquareM}, val{v: o.BusinessArea, key: "businessArea", unit: SquareM}
	home := c.do("taxlaw.home-area", SquareM, all, Minus, business, Exact)
	if home.v == 0 {
		return c.businessPart(business, all)
	}
	if o.BuiltArea == 0 {
		home = c.useful(home)
	}
	return c.do("taxlaw.mixed-tax", Lei, c.homePart(home), Plus, c.businessPart(business, all), TwoPlaces)
}

func (c *calc) businessPart(business, all val) val {
	if c.r.law.Building.MixedBy457 {
		return c.rated(c.tableValue(c.part(business.v, business.key), nil, ""), "nonresidential")
	}
	if c.proven() { // until 2020: of the value, by area (NM 46, 48)
		return c.rated(c.shareOf(business, all), "nonresidential")
	}
	return c.byTable(c.part(business.v, business.key))
}

// shareOf is the value of a part by its area, as percent with two decimals (NM 48).
func (c *calc) shareOf(part, whole val) val {
	if c.err == nil && whole.v == 0 {
		return c.fail("builtArea", ErrMissing)
	}
	percent := c.do("taxlaw.part-percent", Percents, part, OfWhole, whole, TwoPlaces)
	return c.do("taxlaw.part-value", Lei, val{v: c.o.Value, key: "value", unit: Lei}, Percent, percent, TwoPlaces)
}

// legalBuilding is a building of a legal person (CF art. 460).
func (c *calc) legalBuilding() val {
	o := c.o
	if !c.need("value", o.Value > 0) {
		return val{}
	}
	v := val{v: o.Value, key: "value", unit: Lei}
	if o.Use != Mixed {
		return c.legalPart(v, o.Use)
	}
	whole, key := o.BuiltArea, "builtArea"
	if whole == 0 {
		whole, key = o.UsefulArea, "usefulArea"
	}
	if !c.need("businessArea", o.BusinessArea > 0) || o.BusinessArea > whole {
		return c.fail("businessArea", ErrPart)
	}
	// NM 47: each part by its weight in the area.
	second := c.shareOf(val{v: o.BusinessArea, key: "businessArea", unit: SquareM}, val{v: whole, key: key, unit: SquareM})
	first := c.do("taxlaw.rest-value", Lei, v, Minus, second, TwoPlaces)
	return c.do("taxlaw.mixed-tax", Lei, c.legalPart(first, Residential), Plus, c.legalPart(second, NonResidential), TwoPlaces)
}

func (c *calc) legalPart(v val, use string) val {
	law, o := &c.r.law.Building, c.o
	name := "legalNonresidential"
	if use == Residential {
		name = "legalResidential"
	}
	if o.ValueYear < c.r.law.Year-law.UpdateYears { // CF art. 460 (6)-(8)
		switch {
		case o.Bankrupt:
			c.note("taxlaw.bankrupt")
		case law.Notice && !c.inTime(o.Notified):
			c.note("taxlaw.not-notified")
		default:
			return c.fixed(v, "taxlaw.outdated", &law.Outdated, name)
		}
	}
	if o.Farming && use == NonResidential {
		return c.fixed(v, "taxlaw.farming", &law.Farming, name)
	}
	return c.rated(v, name)
}

// undeclared adds 30% for each begun half year that a building was not declared
// (CF art. 461 (4)): of the initial tax, so the percents add up.
func (c *calc) undeclared(tax val) val {
	o, law := c.o, &c.r.law.Building
	if o.Acquired.IsZero() || o.Established.IsZero() || law.Undeclared.Value == 0 {
		return tax
	}
	due, halves := o.Acquired.AddDays(30), 0
	for halves < 200 && due.AddMonths(6*halves).Before(o.Established) {
		halves++
	}
	if halves == 0 {
		return tax
	}
	percent := c.do("taxlaw.undeclared-percent", Percents, c.fig("taxlaw.undeclared", &law.Undeclared, Percents), Times,
		val{v: Whole(halves), key: "taxlaw.half-years"}, Exact)
	return c.do("taxlaw.undeclared-tax", Lei, tax, More, percent, TwoPlaces)
}

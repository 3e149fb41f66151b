package taxlaw

import "bega/taxlaw/figures"

// landTax is the tax on one category of a plot (CF art. 463-466). It keeps its
// places until the total: the norm's own examples do (NM 84).
func (c *calc) landTax() val {
	o := c.o
	if !c.need("owner", o.Owner != "") {
		return val{}
	}
	return c.owned(c.landYear(), SixPlaces)
}

// landYear is the tax of the whole plot for a year.
func (c *calc) landYear() val {
	o := c.o
	if !c.need("area", o.Area > 0) || !c.need("place", o.Place != "") || !c.need("category", o.Category != "") {
		return val{}
	}
	level := c.landLevel()
	area := c.do("taxlaw.hectares", Hectare, val{v: o.Area, key: "area", unit: SquareM}, Over, val{v: Whole(10_000), key: "taxlaw.square-metres"}, Exact)
	return c.do("taxlaw.land-tax", Lei, area, Times, level, SixPlaces)
}

// landLevel is lei/ha, the additional rate included.
func (c *calc) landLevel() val {
	o := c.o
	place := c.r.locality(o.Locality)
	if place == nil {
		return c.fail("locality", ErrChoice)
	}
	if !c.need("zone", o.Zone != "") {
		return val{}
	}
	switch {
	case o.Place == Outside:
		return c.moreLevel(c.outsideLevel(), place)
	case o.Category == WithBuildings:
		level, ok := place.Built[o.Zone]
		if !ok {
			return c.fail("zone", ErrNoRule)
		}
		return c.moreLevel(c.at(c.fig("taxlaw.built-level", level, LeiHa), o.Zone, place.Rank), place)
	case o.Farm && o.Owner == Legal: // CF art. 465 (6)
		c.note("taxlaw.farm-land")
		return c.moreLevel(c.outsideLevel(), place)
	}
	if table := place.Adopted; table != nil {
		if level, ok := table.Amounts[o.Category][o.Zone]; ok {
			return c.at(val{v: level, key: "taxlaw.adopted-level", unit: LeiHa, cite: &table.Cite}, o.Category, o.Zone, place.Rank)
		}
	}
	level, ok := c.r.land.Amounts[o.Category][o.Zone]
	if !ok {
		return c.fail("category", ErrNoRule)
	}
	first := c.at(val{v: level, key: "taxlaw.land-amount", unit: LeiHa, cite: &c.r.land.Cite}, o.Category, o.Zone)
	rank := c.at(val{v: c.r.law.Land.Ranks[place.Rank], key: "taxlaw.rank-factor", cite: &place.Cite}, place.Rank)
	return c.moreLevel(c.do("taxlaw.rank-level", LeiHa, first, Times, rank, TwoPlaces), place)
}

// outsideLevel is that of land outside the limits (CF art. 465 (7)).
func (c *calc) outsideLevel() val {
	level, ok := c.r.town.Outside[c.o.Category]
	if !ok {
		return c.fail("category", ErrNoRule)
	}
	return c.do("taxlaw.outside-level", LeiHa, c.at(c.fig("taxlaw.outside-amount", level, LeiHa), c.o.Category), Times, c.zoneFactor(), TwoPlaces)
}

// moreLevel adds the additional rate to the level, and rounds that to lei (NM 84).
func (c *calc) moreLevel(level val, place *figures.Locality) val {
	more, ok := place.Additional[c.o.Zone]
	if !ok {
		more, ok = c.r.town.Additional["land"]
	}
	if !ok || more.Value == 0 {
		return level
	}
	return c.do("taxlaw.more-level", LeiHa, level, More, c.fig("taxlaw.additional", more, Percents), ToLeu)
}

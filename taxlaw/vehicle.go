package taxlaw

import "bega/taxlaw/figures"

// vehicleTax is the tax on what has a motor (CF art. 470 (2)-(4)).
func (c *calc) vehicleTax() val {
	o := c.o
	if !c.need("owner", o.Owner != "") || !c.need("class", o.Class != "") {
		return val{}
	}
	var tax val
	switch {
	case o.Class == Registered:
		tax = c.registered()
	case o.Power == Electric:
		tax = c.additional(c.take("taxlaw.electric-tax", c.fig("taxlaw.electric", &c.r.law.Vehicle.Electric, Lei)), "electric", TwoPlaces)
	case o.Class == Sidecar: // CF art. 470 (4)
		tax = c.do("taxlaw.sidecar-tax", Lei, c.engine("motorcycle"), Percent, c.fig("taxlaw.sidecar", &c.r.law.Vehicle.Sidecar, Percents), TwoPlaces)
		tax = c.additional(tax, "vehicle", TwoPlaces)
	default:
		tax = c.additional(c.engine(o.Class), "vehicle", TwoPlaces)
	}
	return c.owned(tax, TwoPlaces)
}

// groups counts the begun groups of 200 cm³ (NM 111, 114).
func (c *calc) groups() val {
	if !c.need("engine", c.o.Engine > 0) {
		return val{}
	}
	return c.do("taxlaw.groups", "", val{v: Whole(c.o.Engine), key: "engine", unit: Cubic}, Groups, val{v: Whole(200), key: "taxlaw.group-size", unit: Cubic}, Exact)
}

// engine is the tax by size of the engine and norm (CF art. 470 (2), (2²), (3)).
func (c *calc) engine(class string) val {
	o, law := c.o, &c.r.law.Vehicle
	groups := c.groups()
	row := c.engineRow(class)
	if row == nil || c.err != nil {
		return c.fail("class", ErrNoRule)
	}
	column := o.Norm
	if each, ok := row.Amounts["any"]; ok {
		return c.hybrid(c.grouped(groups, each, class, ""), o.Power == Hybrid)
	}
	if o.Power == Hybrid {
		column = Hybrid
	}
	each, ok := row.Amounts[column]
	if !c.need("norm", column != "") || !ok {
		return c.fail("norm", ErrNoRule)
	}
	tax := c.grouped(groups, each, class, column)
	return c.hybrid(tax, o.Power == Hybrid && o.CO2 > 0 && o.CO2 <= law.HybridCO2)
}

func (c *calc) grouped(groups val, each Dec, class, column string) val {
	amount := val{v: each, key: "taxlaw.group-amount", unit: LeiGroup, cite: &c.r.engines.Cite}
	if column == "" {
		amount = c.at(amount, class)
	} else {
		amount = c.at(amount, class, column)
	}
	return c.do("taxlaw.engine-tax", Lei, groups, Times, amount, TwoPlaces)
}

// hybrid takes off what the council chose for clean hybrids (CF art. 470 (3)).
func (c *calc) hybrid(tax val, clean bool) val {
	if cut := &c.r.town.HybridCut; clean && cut.Value > 0 {
		return c.do("taxlaw.hybrid-tax", Lei, tax, Less, c.fig("taxlaw.hybrid-cut", cut, Percents), TwoPlaces)
	}
	return tax
}

func (c *calc) engineRow(class string) *figures.EngineRow {
	for i := range c.r.engines.Rows {
		row := &c.r.engines.Rows[i]
		if row.Class == class && c.o.Engine > row.Over && (row.UpTo == 0 || c.o.Engine <= row.UpTo) {
			return row
		}
	}
	return nil
}

// registered is a vehicle that the town hall registers (CF art. 470 (2²) II).
func (c *calc) registered() val {
	name := "small"
	switch {
	case c.o.Engine == 0:
		name = "none"
	case c.o.Engine > 4_800:
		name = "large"
	}
	amount, ok := c.r.town.Registered[name]
	if !ok {
		return c.fail("class", ErrNoRule)
	}
	if name == "none" {
		return c.additional(c.take("taxlaw.registered-tax", c.fig("taxlaw.registered", amount, Lei)), "vehicle", TwoPlaces)
	}
	return c.additional(c.do("taxlaw.engine-tax", Lei, c.groups(), Times, c.fig("taxlaw.group-amount", amount, LeiGroup), TwoPlaces), "vehicle", TwoPlaces)
}

// heavyTax is the tax on goods vehicles from 12 t, alone or combined (CF art. 470
// (5), (6)). Without proof the suspension is the dearer one (NM 117).
func (c *calc) heavyTax() val {
	o := c.o
	if !c.need("owner", o.Owner != "") || !c.need("axles", o.Axles != "") || !c.need("mass", o.Mass > 0) {
		return val{}
	}
	var row *figures.HeavyRow
	for i := range c.r.heavy.Rows {
		if next := &c.r.heavy.Rows[i]; next.Axles == o.Axles && o.Mass >= next.From {
			row = next
		}
	}
	if row == nil {
		return c.fail("mass", ErrNoRule)
	}
	amount := val{v: row.Other, key: "taxlaw.heavy-other", unit: Lei, cite: &c.r.heavy.Cite}
	if o.Air {
		amount.v, amount.key = row.Air, "taxlaw.heavy-air"
	}
	if c.rec != nil {
		amount = c.at(amount, o.Axles, "≥ "+row.From.String()+" t")
	}
	return c.owned(c.additional(c.take("taxlaw.heavy-tax", amount), "heavy", TwoPlaces), TwoPlaces)
}

// trailerTax is the tax on a trailer that is in no combination (CF art. 470 (7)).
func (c *calc) trailerTax() val {
	o := c.o
	if !c.need("owner", o.Owner != "") || !c.need("mass", o.Mass > 0) {
		return val{}
	}
	for i := range c.r.trailers.Rows {
		row := &c.r.trailers.Rows[i]
		if row.UpTo > 0 && o.Mass > row.UpTo {
			continue
		}
		amount := val{v: row.Amount, key: "taxlaw.trailer", unit: Lei, cite: &c.r.trailers.Cite}
		return c.owned(c.additional(c.take("taxlaw.trailer-tax", amount), "trailer", TwoPlaces), TwoPlaces)
	}
	return c.fail("mass", ErrNoRule)
}

// boatTax is the tax on what goes by water (CF art. 470 (8)).
func (c *calc) boatTax() val {
	o := c.o
	if !c.need("owner", o.Owner != "") || !c.need("boat", o.Boat != "") {
		return val{}
	}
	for i := range c.r.boats.Rows {
		row := &c.r.boats.Rows[i]
		if row.Boat != o.Boat || row.UpTo > 0 && o.Size > row.UpTo {
			continue
		}
		if (row.UpTo > 0 || row.Every > 0) && !c.need("size", o.Size > 0) {
			return val{}
		}
		return c.owned(c.additional(c.boatAmount(row), "boat", TwoPlaces), TwoPlaces)
	}
	return c.fail("boat", ErrNoRule)
}

func (c *calc) boatAmount(row *figures.BoatRow) val {
	amount := c.at(val{v: row.Amount, key: "taxlaw.boat", unit: Lei, cite: &c.r.boats.Cite}, row.Boat)
	if chosen, ok := c.r.town.Boats[row.Boat]; ok {
		amount = c.at(c.fig("taxlaw.boat", chosen, Lei), row.Boat)
	} else if row.Max > 0 {
		return c.fail("boat", ErrNoRule)
	}
	if row.Every == 0 {
		return c.take("taxlaw.boat-tax", amount)
	}
	count := c.do("taxlaw.boat-groups", "", val{v: c.o.Size, key: "size"}, Groups, val{v: row.Every, key: "taxlaw.boat-every"}, Exact)
	return c.do("taxlaw.boat-tax", Lei, count, Times, amount, TwoPlaces)
}

package taxlaw

import "bega/taxlaw/figures"

// signFee is for an advertising panel (CF art. 478): begun square metres and begun
// months count. Its area is that of the rectangle around it (NM 152).
func (c *calc) signFee() val {
	o := c.o
	area := val{v: o.Area, key: "area", unit: SquareM}
	if o.Area == 0 {
		if !c.need("length", o.Length > 0) || !c.need("height", o.Height > 0) {
			return val{}
		}
		area = c.do("taxlaw.sign-area", SquareM, val{v: o.Length, key: "length", unit: Metre}, Times, val{v: o.Height, key: "height", unit: Metre}, TwoPlaces)
	}
	name := "elsewhere"
	if o.AtBusiness {
		name = "atBusiness"
	}
	amount, ok := c.r.town.Signs[name]
	if !ok {
		return c.fail("atBusiness", ErrNoRule)
	}
	count := c.do("taxlaw.sign-metres", SquareM, area, Groups, val{v: one, key: "taxlaw.one-metre", unit: SquareM}, Exact)
	fee := c.additional(c.do("taxlaw.sign-fee", Lei, count, Times, c.fig("taxlaw.sign-amount", amount, LeiSquare), TwoPlaces), "sign", TwoPlaces)
	if o.Months > 0 && o.Months < 12 {
		fee = c.do("taxlaw.sign-months", Lei, fee, Times, val{v: Whole(o.Months), of: 12, key: "months"}, TwoPlaces)
	}
	return fee
}

// percentFee is a share of what was paid: advertising services (CF art. 477), and
// tickets (CF art. 481).
func (c *calc) percentFee() val {
	o := c.o
	if !c.need("value", o.Value > 0) {
		return val{}
	}
	field, rate := "kind", c.r.town.Signs["advertising"]
	if o.Kind == Show {
		field, rate = "show", c.r.town.Shows[o.Show]
	}
	if rate == nil {
		return c.fail(field, ErrNoRule)
	}
	return c.do("taxlaw.percent-fee", Lei, val{v: o.Value, key: "value", unit: Lei}, Percent, c.fig("taxlaw.rate", rate, Percents), TwoPlaces)
}

// certificateFee is for a planning certificate (CF art. 474 (1)-(3)).
func (c *calc) certificateFee() val {
	o, law := c.o, &c.r.law.Fees
	if !c.need("area", o.Area > 0) {
		return val{}
	}
	i, below := 0, Dec(0)
	for law.Certificate[i].UpTo > 0 && o.Area > law.Certificate[i].UpTo {
		below = law.Certificate[i].UpTo
		if i++; i == len(law.Certificate) {
			return c.fail("area", ErrNoRule)
		}
	}
	row := &law.Certificate[i]
	amount, ok := c.r.town.Fees[figures.CertificateRows[min(i, len(figures.CertificateRows)-1)]]
	if !ok {
		return c.fail("area", ErrNoRule)
	}
	fee := c.take("taxlaw.certificate-base", c.fig("taxlaw.fee-amount", amount, Lei))
	if row.Each > 0 {
		more := c.do("taxlaw.area-over", SquareM, val{v: o.Area, key: "area", unit: SquareM}, Minus, val{v: below, key: "taxlaw.area-limit", unit: SquareM}, Exact)
		each := val{v: row.Each, key: "taxlaw.area-each", unit: LeiSquare}
		if chosen, ok := c.r.town.Fees[figures.CertificateEach]; ok {
			each = c.fig("taxlaw.area-each", chosen, LeiSquare)
		}
		fee = c.do("taxlaw.certificate-fee", Lei, c.do("taxlaw.area-fee", Lei, more, Times, each, TwoPlaces), Plus, fee, TwoPlaces)
	}
	if o.Rural {
		fee = c.do("taxlaw.rural-fee", Lei, fee, Percent, c.fig("taxlaw.rural", &law.Rural, Percents), TwoPlaces)
	}
	return c.extended(fee)
}

// extended is the fee for longer validity (CF art. 474 (3), (8)).
func (c *calc) extended(fee val) val {
	if !c.o.Extension {
		return fee
	}
	return c.do("taxlaw.extension-fee", Lei, fee, Percent, c.fig("taxlaw.extension", &c.r.law.Fees.Extension, Percents), TwoPlaces)
}

// permitFee is for building and for pulling down (CF art. 474 (5)-(13)).
func (c *calc) permitFee() val {
	o := c.o
	rate, ok := c.r.law.Fees.Permits[o.Permit]
	if !c.need("permit", o.Permit != "") || !ok {
		return c.fail("permit", ErrNoRule)
	}
	base := val{v: o.Value, key: "value", unit: Lei}
	if o.Permit == "demolition" { // (9)
		base = val{v: o.TaxableValue, key: "taxableValue", unit: Lei}
	}
	if !c.need(base.key, base.v > 0) {
		return val{}
	}
	if o.Permit == Residential { // (7) b
		if !c.need("taxableValue", o.TaxableValue > 0) {
			return val{}
		}
		base = c.do("taxlaw.permit-base", Lei, base, AtLeast, val{v: o.TaxableValue, key: "taxableValue", unit: Lei}, TwoPlaces)
	}
	percent := val{v: rate.Value, key: "taxlaw.permit-rate", unit: Percents, cite: &rate.Cite}
	return c.extended(c.do("taxlaw.permit-fee", Lei, base, Percent, percent, TwoPlaces))
}

// otherFee is an amount of the council for each unit.
func (c *calc) otherFee() val {
	o := c.o
	amount, ok := c.r.town.Fees[o.Fee]
	if !c.need("fee", o.Fee != "") || !ok {
		return c.fail("fee", ErrNoRule)
	}
	each := c.at(c.fig("taxlaw.fee-amount", amount, Lei), o.Fee)
	if o.Quantity == 0 {
		return c.take("taxlaw.other-fee", each)
	}
	return c.do("taxlaw.other-fee", Lei, each, Times, val{v: o.Quantity, key: "quantity"}, TwoPlaces)
}

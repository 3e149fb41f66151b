package taxlaw

import (
	"time"

	"bega/internal/deadline"
)

// A span is the part of a contract that is in one month of the tax year.
type span struct {
	month time.Month
	days  int
	whole bool
}

// spans returns the months of a contract in a year, in order. Nothing is owed
// for the year in which a contract of more than a year began, if those pay by the
// year (CF art. 461 (12¹), 466 (9¹)).
func (c *calc) spans() (spans [12]span, n int) {
	o, year := c.o, c.r.law.Year
	if c.yearly() && o.From.Year == year {
		return spans, 0
	}
	for m := time.January; m <= time.December; m++ {
		first := deadline.Date{Year: year, Month: m, Day: 1}
		last := first.AddMonths(1).AddDays(-1)
		from, to := first, last
		if o.From.After(from) {
			from = o.From
		}
		if o.To.Before(to) {
			to = o.To
		}
		if !to.Before(from) {
			spans[n] = span{m, from.DaysUntil(to) + 1, from == first && to == last}
			n++
		}
	}
	return spans, n
}

// yearly reports whether the fee is paid as the tax is, in two instalments: for
// contracts of more than a year, since 2021 (CF art. 462 (4¹), 467 (4¹)).
func (c *calc) yearly() bool {
	return c.r.law.Payment.YearlyFees && c.o.Days == 0 && c.o.To.After(c.o.From.AddMonths(12).AddDays(-1))
}

// short reports whether the fee is for days or hours (CF art. 455 (4¹), 463 (4¹)).
func (c *calc) short() bool {
	return c.o.Days > 0 || c.o.To.Before(c.o.From.AddMonths(1).AddDays(-1))
}

// A base is what a fee for a year is computed from, and what is done with its part
// for some time. For buildings a rate is applied to a part of the value; for land
// the fee itself is divided.
type base struct {
	year val
	rate string // name of the rate; "" for land
}

func (c *calc) finish(b base, v val) val {
	switch b.rate {
	case "":
		return v
	case "farming":
		return c.fixed(v, "taxlaw.farming", &c.r.law.Building.Farming, "legalNonresidential")
	}
	return c.rated(v, b.rate)
}

// contracted reports whether there is a contract.
func (c *calc) contracted() bool {
	o := c.o
	if !c.need("owner", o.Owner != "") || !c.need("from", !o.From.IsZero()) || !c.need("to", !o.To.IsZero()) {
		return false
	}
	if o.To.Before(o.From) {
		c.fail("to", ErrOrder)
	}
	return c.err == nil
}

// feeBase is what the fee of a whole year is made of.
func (c *calc) feeBase() (b base, none bool) {
	o := c.o
	if o.Kind == LandFee {
		return base{year: c.landYear()}, c.err != nil
	}
	if o.Use == Residential { // NM 19 A c: no economic use
		c.note("taxlaw.fee-home")
		return base{}, true
	}
	if !c.need("value", o.Value > 0) {
		return base{}, true
	}
	b = base{val{v: o.Value, key: "value", unit: Lei}, "nonresidential"}
	if o.WholeArea > 0 { // NM 19 C
		if o.Area > o.WholeArea || o.Area == 0 {
			c.fail("area", ErrPart)
			return base{}, true
		}
		b.year = c.shareOf(val{v: o.Area, key: "area", unit: SquareM}, val{v: o.WholeArea, key: "wholeArea", unit: SquareM})
	}
	if o.Owner == Legal {
		b.rate = "legalNonresidential"
		if o.Farming {
			b.rate = "farming"
		}
	}
	return b, c.err != nil
}

// publicFee is the fee for using public property, of the tax year (CF art. 455
// (2)-(4¹), 463 (2)-(4¹)).
func (c *calc) publicFee() val {
	if !c.contracted() {
		return val{}
	}
	spans, n := c.spans()
	if n == 0 && !c.short() {
		c.note("taxlaw.fee-later")
		return val{}
	}
	b, none := c.feeBase()
	if none {
		return val{}
	}
	if c.short() {
		return c.shortFee(b)
	}
	if c.yearly() && n == 12 && spans[11].whole {
		return c.round("taxlaw.fee-year", c.finish(b, b.year), TwoPlaces)
	}
	var sum val
	whole := 0
	for _, s := range spans[:n] {
		if s.whole {
			whole++
		} else {
			sum = c.plus(sum, c.monthFee(b, s))
		}
	}
	if whole > 0 {
		months := c.do("taxlaw.fee-months", Lei, c.monthFee(b, span{whole: true}), Times, val{v: Whole(whole), key: "taxlaw.whole-months"}, TwoPlaces)
		sum = c.plus(sum, months)
	}
	return sum
}

func (c *calc) plus(sum, next val) val {
	if sum.key == "" {
		return next
	}
	return c.do("taxlaw.fee-sum", Lei, sum, Plus, next, TwoPlaces)
}

// monthFee is the fee of one month: a twelfth, or so many days of 365, in leap
// years too (NM 19 B, 85 B).
func (c *calc) monthFee(b base, s span) val {
	if s.whole {
		return c.finish(b, c.do("taxlaw.fee-month", Lei, b.year, Over, val{v: Whole(12), key: "taxlaw.months-of-year"}, TwoPlaces))
	}
	days := val{v: Whole(s.days), of: int64(c.r.law.Payment.YearDays), key: "taxlaw.days-of-year"}
	return c.finish(b, c.do("taxlaw.fee-days", Lei, b.year, Times, days, TwoPlaces))
}

// shortFee is for days, or for hours on some days. It has four places, as the
// example of the norm has (NM 85 E), and what is less than a leu is one.
func (c *calc) shortFee(b base) val {
	o := c.o
	days := val{v: Whole(o.Days), key: "days"}
	if o.Days == 0 {
		days = val{v: Whole(o.From.DaysUntil(o.To) + 1), key: "taxlaw.contract-days"}
	}
	fee := c.do("taxlaw.fee-day", Lei, b.year, Over, val{v: Whole(c.r.law.Payment.YearDays), key: "taxlaw.year-days"}, FourPlace)
	fee = c.do("taxlaw.fee-all-days", Lei, fee, Times, days, FourPlace)
	if o.Hours > 0 && o.Hours < 24 {
		part := c.do("taxlaw.day-part", "", val{v: Whole(o.Hours), key: "hours"}, Over, val{v: Whole(24), key: "taxlaw.day-hours"}, FourPlace)
		fee = c.do("taxlaw.fee-hours", Lei, fee, Times, part, FourPlace)
	}
	fee = c.finish(b, fee)
	if least := &c.r.law.Payment.LeastLeu; fee.v > 0 && fee.v < least.Value && c.err == nil {
		return c.do("taxlaw.least-fee", Lei, fee, AtLeast, c.fig("taxlaw.least-leu", least, Lei), ToLeu)
	}
	return fee
}

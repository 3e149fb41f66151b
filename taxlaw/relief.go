package taxlaw

import (
	"time"

	"bega/internal/deadline"
)

// owned is what one taxpayer owes of a tax: increased for neglect, by their
// share, less what they are spared.
func (c *calc) owned(tax val, r Rounding) val {
	if c.o.Increase > 0 { // CF art. 489 (4), (5)
		tax = c.do("taxlaw.increased-tax", Lei, tax, More, val{v: c.o.Increase, key: "increase", unit: Percents}, r)
	}
	return c.relieved(c.shared(tax, r), r)
}

// shared is a co-owner's part (CF art. 455 (6), 463 (6), NM 14, 69).
func (c *calc) shared(tax val, r Rounding) val {
	if c.o.Share.whole() {
		return tax
	}
	return c.do("taxlaw.share-tax", Lei, tax, Times, c.o.Share.val("share"), r)
}

// relieved takes off an exemption or a reduction (CF art. 456, 464, 469).
func (c *calc) relieved(tax val, r Rounding) val {
	o := c.o
	if o.Relief == "" || c.err != nil {
		return tax
	}
	rule := c.r.relief(o.Relief, o.Kind)
	if rule == nil || rule.Natural && o.Owner == Legal {
		return c.fail("relief", ErrChoice)
	}
	if rule.Below > 0 && o.Engine >= rule.Below {
		c.note("taxlaw.relief-engine")
		return tax
	}
	count := months(rule, o, c.r.law.Year)
	if count == 0 {
		c.note("taxlaw.relief-late")
		return tax
	}
	percent := val{v: rule.Percent, key: "taxlaw.relief-percent", unit: Percents, cite: &rule.Cite}
	cut := c.do("taxlaw.relief-cut", Lei, tax, Percent, c.at(percent, rule.Code), r)
	if !o.ReliefPart.whole() {
		cut = c.do("taxlaw.relief-share", Lei, cut, Times, o.ReliefPart.val("reliefPart"), r)
	}
	if count < 12 {
		cut = c.do("taxlaw.relief-months", Lei, cut, Times, val{v: Whole(count), of: 12, key: "taxlaw.months-left"}, r)
	}
	return c.do("taxlaw.relieved-tax", Lei, tax, Minus, cut, r)
}

// months is in how many months of a year a relief counts.
//
// It is all of them if the documents were valid on 31 December and known by then
// (CF art. 456 (2⁸), NM 21). A reduction that is given by months also begins in
// the month after the documents were filed, and lasts as long as they do (OUG
// 9/2026 art. XIII, as changed by OUG 17/2026 art. XX).
func months(relief *Relief, o *Object, year int) int {
	before := deadline.Date{Year: year - 1, Month: time.December, Day: 31}
	valid := o.ReliefUntil.IsZero() || !o.ReliefUntil.Before(before)
	known := o.ReliefBefore || !o.ReliefFiled.IsZero() && !o.ReliefFiled.After(before)
	switch {
	case !valid:
		return 0
	case known:
		return 12
	case !relief.Monthly || o.ReliefFiled.IsZero() || o.ReliefFiled.Year != year:
		return 0
	}
	last := 12
	if o.ReliefUntil.Year == year {
		last = int(o.ReliefUntil.Month)
	} else if !o.ReliefUntil.IsZero() && o.ReliefUntil.Year < year {
		last = 0
	}
	return max(0, last-int(o.ReliefFiled.Month))
}

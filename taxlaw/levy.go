package taxlaw

import (
	"fmt"
	"slices"
	"time"

	"bega/internal/deadline"
	"bega/internal/money"
)

// A Term is an amount and the last day on which it is in time ("termen de plată").
// No day means: before the paper is issued.
type Term struct {
	Due    deadline.Date `json:"due,omitzero"`
	Amount money.Bani    `json:"amount"`           // whole lei
	Object string        `json:"object,omitempty"` // ID, if the term is that of one object
}

// An Item is what one object adds to a tax. An object with terms of its own is
// not cumulated with others.
type Item struct {
	ID     string
	Amount Dec
	Terms  []Term
}

// A Levy is what a taxpayer owes of one tax for a year.
type Levy struct {
	Type    Type          `json:"type"`
	Year    int           `json:"year"`
	Exact   Dec           `json:"exact"` // lei, of what is cumulated, before rounding
	Total   money.Bani    `json:"total"` // whole lei, of everything
	Terms   []Term        `json:"terms"` // in order of their days
	Small   bool          `json:"small"` // all is due by the first term
	Bonus   money.Bani    `json:"bonus"` // whole lei, for paying what is cumulated by BonusBy
	BonusBy deadline.Date `json:"bonusBy,omitzero"`
	Full    money.Bani    `json:"full"` // what is cumulated, less the bonus
}

// Compute returns what is owed for one object: lei, not yet rounded to whole ones,
// since the law rounds the total of a tax. The error is a [Problem] or a fault.
// Nothing is allocated.
func (r *Rules) Compute(o *Object) (Dec, error) {
	c := calc{r: r, o: o}
	v := c.object()
	return v.v, c.err
}

// Explain computes the same, and says how.
func (r *Rules) Explain(o *Object) (*Explanation, error) {
	rec := &Explanation{ID: o.ID, Kind: o.Kind, Type: o.Kind.Type(), Year: r.law.Year, Law: r.law.State, Draft: r.draft(), Steps: []Step{}}
	rec.doubt(&r.town.Decision)
	c := calc{r: r, o: o, rec: rec}
	v := c.object()
	rec.Amount = v.v
	return rec, c.err
}

func (r *Rules) draft() map[string]string {
	if r.law.Draft != nil {
		return r.law.Draft
	}
	return r.town.Draft
}

func (c *calc) object() val {
	switch c.o.Kind {
	case Building:
		return c.buildingTax()
	case Land:
		return c.landTax()
	case Vehicle:
		return c.vehicleTax()
	case Truck, Combination:
		return c.heavyTax()
	case Trailer:
		return c.trailerTax()
	case Boat:
		return c.boatTax()
	case BuildingFee, LandFee:
		return c.publicFee()
	case Sign:
		return c.signFee()
	case Advertising, Show:
		return c.percentFee()
	case Certificate:
		return c.certificateFee()
	case Permit:
		return c.permitFee()
	case OtherFee:
		return c.otherFee()
	}
	return c.fail("kind", ErrChoice)
}

// Item computes one object for a levy. The calendar moves terms to working days
// (NM 19).
func (r *Rules) Item(o *Object, cal *deadline.Calendar) (Item, error) {
	amount, err := r.Compute(o)
	if err != nil {
		return Item{}, err
	}
	item := Item{ID: o.ID, Amount: amount}
	c := calc{r: r, o: o}
	switch kind := o.Kind; {
	case kind.Type() == VehicleTax && !o.Sold.IsZero(): // CF art. 471 (1¹)
		item.Terms = []Term{{o.Sold, bani(amount), o.ID}}
	case kind == Advertising || kind == Show: // CF art. 477 (7), 483 (1)
		item.Terms = []Term{{cal.NextWorking(nextMonth(o.From, 10)), bani(amount), o.ID}}
	case kind.Type() == PermitFee: // CF art. 473
		item.Terms = []Term{{Amount: bani(amount), Object: o.ID}}
	case (kind == BuildingFee || kind == LandFee) && amount > 0 && !c.yearly():
		item.Terms = c.feeTerms(cal, amount)
	}
	return item, c.err
}

// feeTerms are the months of a fee: each is owed by the 25th of the next (CF art.
// 462 (5), (6), 467 (5), (6)).
func (c *calc) feeTerms(cal *deadline.Calendar, amount Dec) (terms []Term) {
	day := c.r.law.Payment.FeeDay
	if c.short() {
		return []Term{{cal.NextWorking(nextMonth(c.o.From, day)), bani(amount), c.o.ID}}
	}
	b, _ := c.feeBase()
	spans, n := c.spans()
	for _, s := range spans[:n] {
		month := deadline.Date{Year: c.r.law.Year, Month: s.month, Day: 1}
		terms = append(terms, Term{cal.NextWorking(nextMonth(month, day)), bani(c.monthFee(b, s).v), c.o.ID})
	}
	return terms
}

func nextMonth(d deadline.Date, day int) deadline.Date {
	next := deadline.Date{Year: d.Year, Month: d.Month, Day: 1}.AddMonths(1)
	next.Day = day
	return next
}

// bani rounds to whole lei (NM 11 n).
func bani(d Dec) money.Bani {
	return money.Bani((d + one/2) / one * 100)
}

// Levy adds up the objects of one taxpayer for one tax. All have to be of that
// type. Their order does not matter.
func (r *Rules) Levy(t Type, objects []Object, cal *deadline.Calendar) (Levy, error) {
	items, err := r.items(t, objects, cal)
	if err != nil {
		return Levy{}, err
	}
	levy, _, err := r.levy(t, items, cal, nil)
	return levy, err
}

// LevyOf adds up items that were computed before.
func (r *Rules) LevyOf(t Type, items []Item, cal *deadline.Calendar) (Levy, error) {
	levy, _, err := r.levy(t, items, cal, nil)
	return levy, err
}

// ExplainLevy computes the same as [Rules.Levy], and says how: for each object,
// and for their sum.
func (r *Rules) ExplainLevy(t Type, objects []Object, cal *deadline.Calendar) (Levy, []*Explanation, error) {
	items, err := r.items(t, objects, cal)
	if err != nil {
		return Levy{}, nil, err
	}
	var all []*Explanation
	for i := range objects {
		e, err := r.Explain(&objects[i])
		if err != nil {
			return Levy{}, nil, err
		}
		all = append(all, e)
	}
	sum := &Explanation{Type: t, Year: r.law.Year, Law: r.law.State, Draft: r.draft(), Steps: []Step{}}
	levy, last, err := r.levy(t, items, cal, sum)
	sum.Amount = last
	return levy, append(all, sum), err
}

func (r *Rules) items(t Type, objects []Object, cal *deadline.Calendar) ([]Item, error) {
	items, single := make([]Item, len(objects)), ""
	for i := range objects {
		o := &objects[i]
		if o.Kind.Type() != t {
			return nil, within(i, problem("kind", ErrChoice))
		}
		if rule := r.relief(o.Relief, o.Kind); rule != nil && rule.One && o.Relief != "" {
			if single != "" { // CF art. 469: one vehicle, as the taxpayer chooses
				return nil, within(i, problem("relief", ErrOne))
			}
			single = o.Relief
		}
		item, err := r.Item(o, cal)
		if err != nil {
			return nil, within(i, err)
		}
		items[i] = item
	}
	return items, nil
}

// levy is the one way from objects to terms.
func (r *Rules) levy(t Type, items []Item, cal *deadline.Calendar, rec *Explanation) (Levy, Dec, error) {
	c := calc{r: r, rec: rec}
	levy := Levy{Type: t, Year: r.law.Year}
	var sum val
	for _, item := range items {
		if item.Terms != nil {
			levy.Terms = append(levy.Terms, item.Terms...)
			for _, term := range item.Terms {
				levy.Total += term.Amount
			}
			continue
		}
		next := c.at(val{v: item.Amount, key: "taxlaw.object-tax", unit: Lei}, item.ID)
		if sum.key == "" {
			sum = next
		} else {
			sum = c.do("taxlaw.levy-sum", Lei, sum, Plus, next, Exact)
		}
	}
	last := sum
	if sum.key != "" {
		levy.Exact = sum.v
		last = c.instalments(&levy, sum, cal)
	}
	slices.SortStableFunc(levy.Terms, func(a, b Term) int { return a.Due.Compare(b.Due) })
	return levy, last.v, c.err
}

// instalments rounds the sum to lei, and divides it (CF art. 462, 467, 472, 478
// (4), NM 11 n). It returns what is paid with the bonus, or without there being one.
func (c *calc) instalments(levy *Levy, sum val, cal *deadline.Calendar) val {
	law := &c.r.law.Payment
	total := c.round("taxlaw.levy-total", sum, ToLeu)
	if total.v == 0 {
		return total
	}
	levy.Total += bani(total.v)
	first, second := c.term(cal, 0), c.term(cal, 1)
	if levy.Small = total.v <= law.Small.Value; levy.Small {
		c.note("taxlaw.small")
		levy.Terms = append(levy.Terms, Term{Due: first, Amount: bani(total.v)})
	} else {
		half := c.do("taxlaw.first-instalment", Lei, total, Over, val{v: Whole(2), key: "taxlaw.two-terms"}, LeuUp)
		rest := c.do("taxlaw.second-instalment", Lei, total, Minus, half, Exact)
		levy.Terms = append(levy.Terms, Term{Due: first, Amount: bani(half.v)}, Term{Due: second, Amount: bani(rest.v)})
	}
	levy.Full = bani(total.v)
	percent, ok := c.r.town.Bonus[string(levy.Type)]
	if !ok || percent.Value == 0 {
		return total
	}
	bonus := c.do("taxlaw.bonus", Lei, total, Percent, c.fig("taxlaw.bonus-percent", percent, Percents), TwoPlaces)
	rounded := ToLeu
	if most, _ := apply(total.v, Percent, law.Bonus.Value, 1, Exact); Dec(bani(bonus.v))*one/100 > most {
		rounded = LeuDown // NM 11 n v: never more than 10%
	}
	bonus = c.round("taxlaw.bonus-lei", bonus, rounded)
	levy.Bonus, levy.BonusBy = bani(bonus.v), first
	full := c.do("taxlaw.full", Lei, total, Minus, bonus, Exact)
	levy.Full = bani(full.v)
	return full
}

// term is one of the two days of a year, or the next working day.
func (c *calc) term(cal *deadline.Calendar, i int) deadline.Date {
	day, err := time.Parse("01-02", c.r.law.Payment.Terms[i])
	if err != nil {
		c.err = fmt.Errorf("law %s: %w", c.r.law.State, err)
	}
	return cal.NextWorking(deadline.Date{Year: c.r.law.Year, Month: day.Month(), Day: day.Day()})
}

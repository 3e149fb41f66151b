// Package settle says what money settles, and what a delay costs, as the Romanian
// code of tax procedure does (CPF, L. 207/2015): which debts a payment goes to and in
// which order (art. 165), and the late surcharge of local taxes (art. 183). All of it
// is arithmetic, and explains itself: there is no clock and no database here.
package settle

import (
	"cmp"
	"embed"
	"slices"

	"bega/internal/deadline"
	"bega/internal/money"
)

// Files holds the texts of the rules.
//
//go:embed texts
var Files embed.FS

// A Class is what kind of claim a debt is, as far as the law tells them apart.
type Class string

// The classes.
const (
	Tax  Class = "tax"  // impozit: may have a bonus
	Fee  Class = "fee"  // taxă (CPF art. 1 pt. 36): fines do not come before it
	Fine Class = "fine" // amendă: bears no surcharge (art. 173 par. 2)
	Cost Class = "cost" // cheltuieli de executare, judiciare: likewise
)

// A Choice is what a payment is for, as far as the law leaves the choice to whoever
// pays. The zero Choice is for everything that is due.
type Choice struct {
	Kinds       []string `json:"kinds,omitempty"`       // all that is due of these kinds
	Obligations []string `json:"obligations,omitempty"` // or these, by ID, due or not
	// Future asks for what is not due yet as well, of what is chosen (CPF art. 165
	// par. 1 b): after all that is due.
	Future bool `json:"future,omitempty"`
	// Owner says that the debtor owns a building, land or a vehicle in the town, so
	// that enforceable fines come first (art. 165 par. 2). The payer does not choose
	// that: the register of objects knows.
	Owner bool `json:"owner,omitempty"`
}

// A Part says what of a debt a line is about.
type Part string

// The parts.
const (
	Principal   Part = "principal"    // settled by the payment
	Surcharge   Part = "surcharge"    // likewise
	Saved       Part = "bonus"        // principal that the bonus settles
	SavedCredit Part = "bonus-credit" // bonus for what was paid before: to the credit
	Credit      Part = "credit"       // of the payment, to the debtor's credit
)

// A Line is a part of what a payment has settled, and why that.
type Line struct {
	Obligation string // "" for the credit
	Kind       string
	Year       int
	Instalment int
	Part       Part
	Amount     money.Bani
	Rule       Rule
	Day        deadline.Date // on which it counts as paid
	Until      deadline.Date // up to which a principal bears surcharge
}

// A Rule is why money went where it went: the key of a text that says so.
type Rule string

// The rules of CPF art. 165, in the order in which they come.
const (
	RulePlan       Rule = "settle.rule-plan"        // par. 4 a: instalments of a plan that are due, and the current one
	RuleChosenFine Rule = "settle.rule-chosen-fine" // par. 8: a fine that the payer has chosen
	RuleFines      Rule = "settle.rule-fines"       // par. 2: enforceable fines of owners
	RulePrincipal  Rule = "settle.rule-principal"   // par. 1 a: principal by age
	RuleSurcharge  Rule = "settle.rule-surcharge"   // par. 1 a: then surcharge by age
	RuleFuture     Rule = "settle.rule-future"      // par. 1 b: what is due later, if that was asked for
	RuleBonus      Rule = "settle.rule-bonus"       // CF art. 462 par. 2: the year was paid in time
	RulePlanNext   Rule = "settle.rule-plan-next"   // par. 4 b: the following instalments; par. 5 b: what was deferred
	RuleRest       Rule = "settle.rule-rest"        // nothing is left to be settled by it
)

// A Debt is something to be paid, as it is on some day.
type Debt struct {
	ID          string
	Class       Class
	Kind        string
	Year        int
	Instalment  int
	Due         deadline.Date
	Age         deadline.Date // by which it is older or younger than others (par. 3)
	Order       string        // among those that are as old
	Enforceable bool          // a fine in an enforceable title
	Principal   money.Bani    // unpaid
	Surcharge   money.Bani    // unpaid, and to be paid
	Postponed   money.Bani    // surcharge that a plan has postponed, and cancels in the end
	Future      bool          // it is not due yet
	Fixed       deadline.Date // of the decision that fixed the surcharge; no day if none did
	Plan        string        // ID of the plan it is in; "" for none
	Value       deadline.Date // the day on which it would be settled
	Until       deadline.Date // up to which that principal would bear surcharge
	Steps       []Step        // how all of its surcharge comes about, what was paid included
}

// Settled reports whether nothing of it is open.
func (d Debt) Settled() bool { return d.Principal <= 0 && d.Surcharge <= 0 && d.Postponed <= 0 }

// An Offer is a bonus that can still be had.
type Offer struct {
	Kind   string
	Year   int
	Amount money.Bani
	Until  deadline.Date
	Left   money.Bani // unpaid principal of the year
}

// ToPay returns what remains to be paid for it.
func (o Offer) ToPay() money.Bani { return max(0, o.Left-o.Amount) }

// A PlanDue is what a plan needs.
type PlanDue struct {
	ID       string
	Current  money.Bani // for the instalments that are due, and the current one
	Deferral bool       // all that is not in it comes first (par. 5)
}

// Settle returns what an amount of money settles, in which order and why (CPF art.
// 165). The amounts of the lines add up to amount, bonuses not included.
//
// What belongs to a plan is settled through its instalments alone. The rest of what
// a payer has chosen is theirs, and goes to their credit: it settles nothing else.
func Settle(debts []Debt, offers []Offer, plans []PlanDue, amount money.Bani, choice Choice) []Line {
	s := &settling{left: amount, offers: slices.Clone(offers)}
	var free []*Debt
	planned := map[string][]*Debt{}
	for _, d := range debts {
		if d.Plan != "" {
			planned[d.Plan] = append(planned[d.Plan], &d)
		} else {
			free = append(free, &d)
		}
	}
	slices.SortStableFunc(free, byAge)
	for _, p := range plans {
		if !p.Deferral {
			s.instalments(planned[p.ID], p.Current, RulePlan)
		}
	}
	s.pass(principals(free, RuleChosenFine, func(d *Debt) bool {
		return d.Class == Fine && slices.Contains(choice.Obligations, d.ID)
	}))
	if choice.Owner && !onlyFees(free, choice) {
		s.pass(principals(free, RuleFines, func(d *Debt) bool { return d.Class == Fine && d.Enforceable }))
	}
	s.pass(ordinary(free, choice))
	for _, p := range plans {
		s.instalments(planned[p.ID], s.left, RulePlanNext)
	}
	if s.left > 0 {
		s.lines = append(s.lines, Line{Part: Credit, Amount: s.left, Rule: RuleRest})
	}
	return s.lines
}

// Bears reports whether what is late of a class bears surcharge.
func (c Class) Bears() bool { return c == Tax || c == Fee }

// byAge compares the age of principals.
func byAge(a, b *Debt) int { return a.Compare(*b) }

// Compare returns -1 if the principal of d is older than that of another, 0 or +1.
func (d Debt) Compare(b Debt) int {
	return cmp.Or(d.Age.Compare(b.Age), d.Due.Compare(b.Due), cmp.Compare(d.Kind, b.Kind),
		cmp.Compare(d.Instalment, b.Instalment), cmp.Compare(d.Order, b.Order))
}

// bySurchargeAge compares the age of surcharges: the day of the decision that fixes
// them (CPF art. 165 par. 3 b). Those without one come last, as their principals do.
func bySurchargeAge(a, b *Debt) int {
	if a.Fixed.IsZero() != b.Fixed.IsZero() {
		if a.Fixed.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Fixed.Compare(b.Fixed), byAge(a, b))
}

// onlyFees reports whether all that was chosen are fees.
func onlyFees(debts []*Debt, choice Choice) bool {
	fees := false
	for _, d := range debts {
		if !choice.none() && choice.has(d) {
			if fees = true; d.Class != Fee {
				return false
			}
		}
	}
	return fees
}

func (c Choice) none() bool { return len(c.Kinds)+len(c.Obligations) == 0 }

// has reports whether a debt was chosen.
func (c Choice) has(d *Debt) bool {
	return c.none() || slices.Contains(c.Kinds, d.Kind) || slices.Contains(c.Obligations, d.ID)
}

// A target is something to be settled, in a list of such in order.
type target struct {
	debt      *Debt
	surcharge bool
	rule      Rule
}

// open returns what is left of it to be settled.
func (t target) open() money.Bani {
	if t.surcharge {
		return t.debt.Surcharge
	}
	return t.debt.Principal
}

func principals(debts []*Debt, rule Rule, which func(*Debt) bool) (all []target) {
	for _, d := range debts {
		if which(d) {
			all = append(all, target{d, false, rule})
		}
	}
	return all
}

func surcharges(debts []*Debt, rule Rule, which func(*Debt) bool) (all []target) {
	debts = slices.Clone(debts)
	slices.SortStableFunc(debts, bySurchargeAge)
	for _, d := range debts {
		if which(d) {
			all = append(all, target{d, true, rule})
		}
	}
	return all
}

// ordinary is the order of art. 165 par. 1 among what was chosen.
func ordinary(debts []*Debt, choice Choice) []target {
	due := func(d *Debt) bool { return !d.Future && choice.has(d) }
	return slices.Concat(
		principals(debts, RulePrincipal, due),
		surcharges(debts, RuleSurcharge, due),
		principals(debts, RuleFuture, func(d *Debt) bool {
			return d.Future && (choice.Future && choice.has(d) || slices.Contains(choice.Obligations, d.ID))
		}))
}

// settling is an amount of money on its way.
type settling struct {
	left   money.Bani
	offers []Offer
	lines  []Line
}

// instalments settles what is in a plan, up to a limit: principals by age, and then
// surcharges.
func (s *settling) instalments(debts []*Debt, limit money.Bani, rule Rule) {
	slices.SortStableFunc(debts, byAge)
	all := func(*Debt) bool { return true }
	rest := s.left
	s.left = min(s.left, limit)
	rest -= s.left
	for _, t := range slices.Concat(principals(debts, rule, all), surcharges(debts, rule, all)) {
		s.take(t, min(s.left, t.open()))
	}
	s.left += rest
}

// pass settles targets in order. A bonus takes its part of the last ones of a year
// if the money does for all the others.
func (s *settling) pass(targets []target) {
	offers := slices.DeleteFunc(slices.Clone(s.offers), func(o Offer) bool { return !covers(targets, o) })
	for {
		saved, over := discount(targets, offers)
		short := s.short(targets, saved)
		i := slices.IndexFunc(offers, func(o Offer) bool { return short[group(o.Kind, o.Year)] })
		if i < 0 {
			s.commit(targets, saved, over)
			return
		}
		offers = slices.DeleteFunc(offers, func(o Offer) bool { return short[group(o.Kind, o.Year)] })
	}
}

// A yearOf is a kind and year, to which a bonus belongs.
type yearOf struct {
	kind string
	year int
}

func group(kind string, year int) yearOf { return yearOf{kind, year} }

// covers reports whether what remains to be paid for an offer is among the targets.
func covers(targets []target, o Offer) bool {
	var sum money.Bani
	for _, t := range targets {
		if !t.surcharge && group(t.debt.Kind, t.debt.Year) == group(o.Kind, o.Year) {
			sum += t.open()
		}
	}
	return sum == o.Left
}

// discount returns what bonuses take of each target, the last first, and what is
// over.
func discount(targets []target, offers []Offer) (saved []money.Bani, over []Offer) {
	saved = make([]money.Bani, len(targets))
	for _, o := range offers {
		rest := o.Amount
		for i, t := range slices.Backward(targets) {
			if !t.surcharge && group(t.debt.Kind, t.debt.Year) == group(o.Kind, o.Year) {
				saved[i] = min(rest, t.open())
				rest -= saved[i]
			}
		}
		o.Amount = rest
		over = append(over, o)
	}
	return saved, over
}

// short returns for which years the money does not do.
func (s *settling) short(targets []target, saved []money.Bani) map[yearOf]bool {
	left, short := s.left, map[yearOf]bool{}
	for i, t := range targets {
		need := t.open() - saved[i]
		if left < need && !t.surcharge {
			short[group(t.debt.Kind, t.debt.Year)] = true
		}
		left -= min(left, need)
	}
	return short
}

// commit takes what there is.
func (s *settling) commit(targets []target, saved []money.Bani, over []Offer) {
	for i, t := range targets {
		s.take(t, min(s.left, t.open()-saved[i]))
		if saved[i] > 0 {
			s.line(t, Saved, saved[i], RuleBonus)
			t.debt.Principal -= saved[i]
		}
	}
	for _, o := range over {
		if o.Amount > 0 {
			s.lines = append(s.lines, Line{Kind: o.Kind, Year: o.Year, Part: SavedCredit, Amount: o.Amount, Rule: RuleBonus})
		}
		s.offers = slices.DeleteFunc(s.offers, func(other Offer) bool { return group(other.Kind, other.Year) == group(o.Kind, o.Year) })
	}
}

// take settles an amount of a target.
func (s *settling) take(t target, amount money.Bani) {
	if amount <= 0 {
		return
	}
	s.left -= amount
	if t.surcharge {
		t.debt.Surcharge -= amount
		s.line(t, Surcharge, amount, t.rule)
		return
	}
	t.debt.Principal -= amount
	s.line(t, Principal, amount, t.rule)
}

func (s *settling) line(t target, part Part, amount money.Bani, rule Rule) {
	d := t.debt
	s.lines = append(s.lines, Line{Obligation: d.ID, Kind: d.Kind, Year: d.Year, Instalment: d.Instalment, Part: part, Amount: amount, Rule: rule, Day: d.Value, Until: d.Until})
}

package ledger

import (
	"slices"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
)

// A claim is an obligation on its way through a replay. Its amount is less what was
// taken off it.
type claim struct {
	Obligation
	class     Class
	seen      bool
	off       []event       // reductions
	rates     []settle.Rate // none: it bears no surcharge
	parts     []part        // of the principal that were settled
	lates     []part        // of the surcharge that were paid or cancelled
	posted    money.Bani
	fixed     deadline.Date
	plan      *plan
	postponed money.Bani // by the plan
	closed    bool       // nothing of it will ever be open again
}

// A part of something was settled on a day. A principal was late until then, or until
// an earlier day.
type part struct {
	day, late deadline.Date
	amount    money.Bani
}

// owed returns the principal that is unpaid at the end of a day.
func (c *claim) owed(day deadline.Date) money.Bani { return c.Amount - until(c.parts, day) }

// until returns what parts add up to that were settled up to a day inclusive.
func until(parts []part, day deadline.Date) (sum money.Bani) {
	for _, p := range parts {
		if !p.day.After(day) {
			sum += p.amount
		}
	}
	return sum
}

// latePaid returns what of the surcharge was paid or cancelled.
func (c *claim) latePaid() money.Bani { return until(c.lates, never) }

// steps explains all of the surcharge of what was settled up to a day, and of what
// is unpaid then up to another.
func (c *claim) steps(day, late deadline.Date) (all []Step) {
	for _, p := range c.parts {
		if !p.day.After(day) {
			all = append(all, settle.Steps(c.rates, p.amount, p.late)...)
		}
	}
	return append(all, settle.Steps(c.rates, c.owed(day), late)...)
}

// late returns all of the surcharge up to a day, what was paid included.
func (c *claim) late(day deadline.Date) money.Bani { return settle.Total(c.steps(day, day)) }

// postponedOn returns the surcharge that a plan postpones on a day.
func (c *claim) postponedOn(day deadline.Date) money.Bani {
	if !c.plan.running(day) {
		return 0
	}
	return c.postponed
}

// debt returns the claim as it is on a day, if it were settled on the day of value and
// had been late until then, or until an earlier day.
func (c *claim) debt(day, value, late deadline.Date) settle.Debt {
	d := settle.Debt{ID: c.ID, Class: c.class, Kind: c.Kind, Year: c.Year, Instalment: c.Instalment, Due: c.Due, Age: c.age(c.class), Order: c.Source,
		Enforceable: c.Enforceable, Principal: c.owed(day), Postponed: c.postponedOn(day), Future: c.Due.After(day), Fixed: c.fixed,
		Value: value, Until: late, Steps: c.steps(day, late)}
	d.Surcharge = max(0, settle.Total(d.Steps)-until(c.lates, day)-d.Postponed)
	if c.plan.running(day) {
		d.Plan = c.plan.ID
	}
	return d
}

// on returns the claim as it is at the end of a day.
func (c *claim) on(day deadline.Date) settle.Debt { return c.debt(day, day, day) }

// A Plan is an instalment plan ("eșalonare") or a deferral ("amânare"), which is a
// plan of one instalment (CPF art. 185).
//
// Its instalments cover the principal and half of the surcharge up to the day on
// which it was granted. The other half is postponed, and cancelled if all is paid
// (par. 4). The surcharge of the plan itself (par. 3) is paid with the last
// instalment, which so has to settle all that is left. What is paid settles
// principals by age, and then surcharges. The plan is lost on the day after an
// instalment that was missed: then all of it is due, with all of the surcharge, and
// bears 1% again.
type Plan struct {
	ID          string
	Granted     deadline.Date
	Deferral    bool
	Obligations []string
	Instalments []Instalment
	Lost        deadline.Date // the day of the instalment that was missed; no day if none was
	Done        deadline.Date // no day until all is paid
	Paid        money.Bani    // since it was granted
	Current     money.Bani    // to be paid for the instalments that are due, and the current one
	Left        money.Bani    // to be paid for all of it, as of today
}

// A plan in a replay.
type plan struct {
	Plan
	claims []*claim
	paid   []part
}

// running reports whether a plan holds on a day. No plan does not.
func (p *plan) running(day deadline.Date) bool {
	return p != nil && !day.Before(p.Granted) && (p.Lost.IsZero() || !day.After(p.Lost)) && (p.Done.IsZero() || day.Before(p.Done))
}

// grant fixes the surcharge of what goes into a plan, and lets the plan run.
func (r *replay) grant(e event, day deadline.Date) {
	p := &plan{Plan: Plan{ID: e.id, Granted: day, Deferral: e.body.Deferral, Obligations: e.body.Obligations, Instalments: e.body.Instalments}}
	for _, id := range p.Obligations {
		c := r.byID[id]
		if c == nil || !c.seen || c.plan != nil {
			continue
		}
		r.fix(c, e.id, day)
		c.plan, c.postponed = p, settle.Half(c.late(day)-c.latePaid())
		if len(c.rates) > 0 {
			c.rates = append(c.rates, settle.Rate{After: day, Halves: settle.InPlan})
		}
		p.claims = append(p.claims, c)
	}
	r.plans = append(r.plans, p)
}

// left returns what is still to be paid on a day for all of a plan.
func (p *plan) left(day deadline.Date) (sum money.Bani) {
	for _, c := range p.claims {
		d := c.on(day)
		sum += d.Principal + d.Surcharge
	}
	return sum
}

// needed returns what the instalments up to the i-th add up to.
func (p *plan) needed(i int) (sum money.Bani) {
	for _, in := range p.Instalments[:i+1] {
		sum += in.Amount
	}
	return sum
}

// current returns what is still to be paid on a day for the instalments that are
// due, and the current one.
func (p *plan) current(day deadline.Date) money.Bani {
	i := slices.IndexFunc(p.Instalments, func(in Instalment) bool { return !in.Due.Before(day) })
	if i < 0 || i == len(p.Instalments)-1 {
		return p.left(day)
	}
	return min(max(0, p.needed(i)-until(p.paid, day)), p.left(day))
}

// tick loses the plans of which an instalment was missed before a day.
func (r *replay) tick(day deadline.Date) {
	for _, p := range r.plans {
		for i, in := range p.Instalments {
			if !p.Done.IsZero() || !p.Lost.IsZero() || !in.Due.Before(day) {
				break
			}
			last := i == len(p.Instalments)-1
			if (last || until(p.paid, in.Due) < p.needed(i)) && p.left(in.Due) > 0 {
				p.lose(in.Due)
			}
		}
	}
}

func (p *plan) lose(day deadline.Date) {
	p.Lost = day
	for _, c := range p.claims {
		if len(c.rates) > 0 {
			c.rates = append(c.rates, settle.Rate{After: day, Halves: settle.Late})
		}
	}
}

// needs returns what the plans need on a day.
func (r *replay) needs(day deadline.Date) (all []settle.PlanDue) {
	for _, p := range r.plans {
		if p.running(day) {
			all = append(all, settle.PlanDue{ID: p.ID, Current: p.current(day), Deferral: p.Deferral})
		}
	}
	return all
}

// finish ends the plans of which all is paid, and cancels what they have postponed.
func (r *replay) finish(cause string, day deadline.Date) {
	for _, p := range r.plans {
		if !p.running(day) || p.left(day) > 0 {
			continue
		}
		p.Done = day
		for _, c := range p.claims {
			amount := max(0, c.late(day)-c.latePaid())
			r.post(c, cause, day, c.latePaid()+amount)
			r.move(move{cause: cause, obligation: c.ID, kind: c.Kind, debit: Waived, credit: Late, value: day, amount: amount})
			c.lates = append(c.lates, part{day, day, amount})
		}
	}
}

// plansOn returns the plans as they are on a day.
func (r *replay) plansOn(day deadline.Date) (all []Plan) {
	for _, p := range r.plans {
		v := p.Plan
		v.Paid = until(p.paid, day)
		if p.running(day) {
			v.Current, v.Left = p.current(day), p.left(day)
		}
		all = append(all, v)
	}
	return all
}

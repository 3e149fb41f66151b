package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
)

// The kinds of events. That a payment was taken back, or that something is reduced or
// final, has no place in the order: it counts as from the beginning.
const (
	paid        = "payment"
	reversed    = "reversal"
	reassessed  = "reassessment" // the reductions and bonuses that come with it
	reduced     = "reduction"
	final       = "final"
	enforceable = "enforceable"
	compensated = "compensation"
	refunded    = "refund"
	interest    = "interest"
	waived      = "waiver"
	fixed       = "decision"
	planned     = "plan"
)

// An event is something that happened to a file. What it means follows from all of
// the file.
type event struct {
	id      string
	kind    string
	party   act.PartyID
	moment  time.Time // from which it counts
	at      time.Time // when it became known
	amount  money.Bani
	ref     string // the obligation or payment it is about
	channel string // of money
	body    body
}

// A body is what else an event says, as JSON.
type body struct {
	Choice      Choice       `json:"choice,omitzero"`
	Payer       act.PartyID  `json:"payer,omitempty"`
	Part        Part         `json:"part,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Basis       string       `json:"basis,omitempty"` // article of law, or decision
	Guarantee   string       `json:"guarantee,omitempty"`
	Deferral    bool         `json:"deferral,omitempty"`
	Obligations []string     `json:"obligations,omitempty"`
	Instalments []Instalment `json:"instalments,omitempty"`
}

// A file is all that is known about what a party owes and has paid.
type file struct {
	obligations []Obligation
	bonuses     []Bonus // one for each kind and year
	events      []event
}

// A replay is what follows from a file.
type replay struct {
	claims  []*claim // as they come into sight
	byID    map[string]*claim
	offers  []Offer
	plans   []*plan
	lots    []*lot
	moves   []move
	lines   map[string][]Line     // of payments and compensations, by ID
	net     map[string]money.Bani // of payments, less what was reversed
	lacking map[string]money.Bani // credit for refunds, by ID: to be recovered

	recoveries map[string][]*claim // that make up for it
}

// A lot is an amount that came to the credit of a party on a day.
type lot struct {
	day    deadline.Date
	amount money.Bani
}

// run replays a file. The outcome does not depend on the order of what is in it.
func run(f file, kinds map[string]Kind, zone *time.Location) *replay {
	r := &replay{byID: map[string]*claim{}, lines: map[string][]Line{}, net: map[string]money.Bani{}, lacking: map[string]money.Bani{}, recoveries: map[string][]*claim{}}
	for _, o := range f.obligations {
		c := &claim{Obligation: o, class: kinds[o.Kind].Class}
		if c.class.Bears() {
			c.rates = []settle.Rate{{After: o.Due, Halves: settle.Late}}
		}
		r.claims, r.byID[o.ID] = append(r.claims, c), c
		if refund, ok := strings.CutPrefix(o.Source, recovering); ok && o.Kind == Recovery {
			refund, _, _ = strings.Cut(refund, " ")
			r.recoveries[refund] = append(r.recoveries[refund], c)
		}
	}
	slices.SortFunc(r.claims, func(a, b *claim) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	for _, b := range f.bonuses {
		r.offers = append(r.offers, Offer{Kind: b.Kind, Year: b.Year, Amount: b.Amount, Until: b.Until})
	}
	events := r.begin(f.events)
	seen := 0
	see := func(until deadline.Date) {
		for ; seen < len(r.claims) && !r.claims[seen].Since.After(until); seen++ {
			if c := r.claims[seen]; c.Kind != Recovery {
				r.charge(c)
			}
		}
	}
	for _, e := range events {
		day := deadline.Of(e.moment.In(zone))
		see(day)
		r.tick(day)
		r.apply(e, day)
	}
	see(never)
	return r
}

// begin draws what counts from the beginning, and returns the other events in order:
// money before decisions of the same instant, since these know of it.
func (r *replay) begin(events []event) (ordered []event) {
	for _, e := range events {
		switch c := r.byID[e.ref]; e.kind {
		case reversed:
			r.net[e.ref] -= e.amount
		case reduced:
			if c != nil {
				c.off = append(c.off, e)
			}
		case final:
			if c != nil {
				c.Provisional = false
			}
		default:
			if e.kind == paid {
				r.net[e.id] += e.amount
			}
			ordered = append(ordered, e)
		}
	}
	slices.SortFunc(ordered, func(a, b event) int {
		rank := func(e event) int {
			if e.kind == paid {
				return 0
			}
			return 1
		}
		return cmp.Or(a.moment.Compare(b.moment), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.id, b.id))
	})
	return ordered
}

// charge enters that an obligation is owed, and what of it never was.
func (r *replay) charge(c *claim) {
	c.seen = true
	from := Revenue
	if c.Kind == Recovery {
		from = Held // it fills what a refund has taken too much
		r.lots = append(r.lots, &lot{c.Since, c.Amount})
	}
	r.move(move{obligation: c.ID, kind: c.Kind, debit: Owed, credit: from, value: c.Since, amount: c.Amount})
	for _, e := range c.off {
		r.move(move{cause: e.id, obligation: c.ID, kind: c.Kind, debit: from, credit: Owed, value: c.Since, amount: e.amount})
		c.Amount -= e.amount
	}
}

func (r *replay) apply(e event, day deadline.Date) {
	c := r.byID[e.ref]
	switch e.kind {
	case paid:
		r.pay(e, day)
	case compensated:
		r.compensate(e, day)
	case refunded:
		r.refund(e, day)
	case interest:
		r.move(move{cause: e.id, debit: Interests, credit: Held, value: day, amount: e.amount})
		r.lots = append(r.lots, &lot{day, e.amount})
	case planned:
		r.grant(e, day)
	case reassessed:
		r.finish(e.id, day)
	case enforceable:
		if c != nil {
			c.Enforceable = true
		}
	case fixed:
		if c != nil && c.seen {
			r.fix(c, e.id, day)
		}
	case waived:
		if c != nil && c.seen {
			r.waive(c, e, day)
		}
	}
}

// pay settles what a payment settles.
func (r *replay) pay(e event, day deadline.Date) {
	amount := r.net[e.id]
	if amount <= 0 {
		return
	}
	lines := settle.Settle(r.debts(day, (*claim).on), r.open(day), r.needs(day), amount, e.body.Choice)
	for i := range lines {
		if lines[i].Day.IsZero() {
			lines[i].Day = day
		}
		if l := lines[i]; l.Part == Credit {
			r.move(move{cause: e.id, debit: Money, credit: Held, value: day, channel: e.channel, amount: l.Amount})
			r.lots = append(r.lots, &lot{day, l.Amount})
		} else {
			r.settle(e, l, Money)
		}
	}
	r.lines[e.id] = lines
	r.finish(e.id, day)
}

// settle takes from an account what settles a line.
func (r *replay) settle(e event, l Line, from Account) {
	m := move{cause: e.id, obligation: l.Obligation, kind: l.Kind, debit: from, credit: Owed, value: l.Day, amount: l.Amount}
	if from == Money {
		m.channel = e.channel
	}
	c := r.byID[l.Obligation]
	switch l.Part {
	case Principal:
		c.parts = append(c.parts, part{l.Day, l.Until, l.Amount})
	case Saved:
		m.debit, m.channel = Bonuses, ""
		c.parts = append(c.parts, part{l.Day, l.Until, l.Amount})
		r.granted(l)
	case SavedCredit:
		m.debit, m.credit, m.channel = Bonuses, Held, ""
		r.lots = append(r.lots, &lot{l.Day, l.Amount})
		r.granted(l)
	case Surcharge:
		r.post(c, e.id, l.Day, c.latePaid()+l.Amount)
		m.credit = Late
		c.lates = append(c.lates, part{l.Day, l.Day, l.Amount})
	}
	if c != nil && c.plan.running(l.Day) && (l.Part == Principal || l.Part == Surcharge) {
		c.plan.paid = append(c.plan.paid, part{l.Day, l.Day, l.Amount})
	}
	r.move(m)
}

// granted closes an offer.
func (r *replay) granted(l Line) {
	r.offers = slices.DeleteFunc(r.offers, func(o Offer) bool { return o.Kind == l.Kind && o.Year == l.Year })
}

// post enters surcharge until the sum of what was entered is at least that: as far as
// it is paid, or when a decision fixes it, and never twice.
func (r *replay) post(c *claim, cause string, day deadline.Date, until money.Bani) {
	if more := until - c.posted; more > 0 {
		r.move(move{cause: cause, obligation: c.ID, kind: c.Kind, debit: Late, credit: LateRevenue, value: day, amount: more})
		c.posted += more
	}
}

// fix enters the surcharge up to a day, as a decision says.
func (r *replay) fix(c *claim, cause string, day deadline.Date) {
	r.post(c, cause, day, c.late(day))
	c.fixed = day
}

// compensate settles out of the credit, lot by lot, what is due: principal as of the
// day on which there were both the credit and the debt (CPF art. 167 par. 4), and
// without surcharge for the time after the payment if that was made before the debt
// was stated (art. 173 par. 3). The rest, what is in a plan, and what is not due yet
// and was asked for, is settled on the day of the act.
func (r *replay) compensate(e event, day deadline.Date) {
	for _, l := range r.lots {
		as := func(c *claim, day deadline.Date) settle.Debt {
			if c.Due.After(day) || c.plan.running(day) {
				return c.on(day)
			}
			return c.debt(day, latest(l.day, c.Due, c.Since), latest(l.day, c.Due))
		}
		if l.amount <= 0 {
			continue
		}
		for _, line := range settle.Settle(r.debts(day, as), r.open(day), r.needs(day), l.amount, e.body.Choice) {
			if line.Part == Credit {
				continue
			}
			if line.Part != Principal {
				line.Day = day
			}
			if line.Part == Principal || line.Part == Surcharge {
				l.amount -= line.Amount
			}
			r.settle(e, line, Held)
			r.lines[e.id] = append(r.lines[e.id], line)
		}
	}
	r.finish(e.id, day)
}

func latest(days ...deadline.Date) deadline.Date {
	return slices.MaxFunc(days, deadline.Date.Compare)
}

// refund takes out of the credit what was given back. What the credit lacks, since
// it turned out later not to have been there, is to be recovered.
func (r *replay) refund(e event, day deadline.Date) {
	for _, c := range r.recoveries[e.id] {
		r.charge(c)
	}
	r.move(move{cause: e.id, debit: Held, credit: Money, value: day, channel: e.channel, amount: e.amount})
	left := e.amount
	for _, l := range r.lots {
		taken := min(left, l.amount)
		l.amount -= taken
		left -= taken
	}
	if left > 0 {
		r.lacking[e.id] = left
	}
}

// waive gives up a part of a debt, by act.
func (r *replay) waive(c *claim, e event, day deadline.Date) {
	m := move{cause: e.id, obligation: c.ID, kind: c.Kind, debit: Waived, credit: Owed, value: day}
	if e.body.Part == Surcharge {
		m.credit, m.amount = Late, max(0, min(e.amount, c.late(day)-c.latePaid()))
		r.post(c, e.id, day, c.latePaid()+m.amount)
		c.lates = append(c.lates, part{day, day, m.amount})
	} else {
		m.amount = min(e.amount, c.owed(day))
		c.parts = append(c.parts, part{day, day, m.amount})
	}
	r.move(m)
	r.finish(e.id, day)
}

// credit returns what is left of the credit.
func (r *replay) credit() (sum money.Bani) {
	for _, l := range r.lots {
		sum += l.amount
	}
	return sum
}

// open returns the bonuses that can still be had on a day.
func (r *replay) open(day deadline.Date) (open []Offer) {
	for _, o := range r.offers {
		if day.After(o.Until) {
			continue
		}
		o.Left = 0
		for _, c := range r.claims {
			if c.seen && c.Kind == o.Kind && c.Year == o.Year {
				o.Left += c.owed(day)
			}
		}
		if o.Left > 0 && o.Amount > 0 {
			open = append(open, o)
		}
	}
	return open
}

// debts returns what is not settled on a day, as something sees it.
func (r *replay) debts(day deadline.Date, as func(c *claim, day deadline.Date) settle.Debt) (all []settle.Debt) {
	for _, c := range r.claims {
		if !c.seen || c.closed {
			continue
		}
		if d := as(c, day); !d.Settled() {
			all = append(all, d)
		} else {
			c.closed = true
		}
	}
	return all
}

func (r *replay) move(m move) {
	if m.amount > 0 {
		r.moves = append(r.moves, m)
	}
}

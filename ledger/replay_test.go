package ledger

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bega/internal/deadline"
	"bega/internal/money"
)

// cases has the following rapid.Check invent that many cases, in thousands, if
// BEGA_LONG is set, and a hundredth of them if not.
func cases(t *testing.T, thousands int) {
	t.Helper()
	n := thousands * 10
	if os.Getenv("BEGA_LONG") != "" {
		n *= 100
	}
	if err := flag.Set("rapid.checks", fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
}

var kindsByKey = (&Office{Kinds: kindsOfTests}).kinds()

var began = deadline.Date{Year: 2025, Month: 1, Day: 5}

// A gen draws files. Each thing happens at its own minute.
type gen struct {
	t *rapid.T
	f file
	n int
}

// moment draws one of the days that the file is about.
func (g *gen) moment() time.Time {
	g.n++
	days := rapid.IntRange(0, 600).Draw(g.t, "day")
	return began.AddDays(days).Midnight(bucharest).Add(8*time.Hour + time.Duration(g.n)*time.Minute)
}

func (g *gen) lei(most int) money.Bani { return lei(rapid.IntRange(1, most).Draw(g.t, "lei")) }

func (g *gen) obligation() {
	kind := rapid.SampledFrom([]string{"land", "buildings", "fees", "fines"}).Draw(g.t, "kind")
	since := g.moment()
	ob := Obligation{ID: fmt.Sprint("o", g.n), Party: "ana", Kind: kind, Year: since.Year(), Source: fmt.Sprint("s", g.n), Amount: g.lei(200), Since: deadline.Of(since),
		Due: deadline.Of(since).AddDays(rapid.IntRange(-60, 300).Draw(g.t, "due")), Enforceable: kind == "fines" && rapid.Bool().Draw(g.t, "enforceable")}
	if rapid.IntRange(0, 3).Draw(g.t, "born") == 0 {
		ob.Born, ob.Difference = deadline.Of(since), rapid.Bool().Draw(g.t, "difference")
	}
	g.f.obligations = append(g.f.obligations, ob)
}

func (g *gen) choice() (c Choice) {
	if rapid.Bool().Draw(g.t, "chosen") {
		c.Kinds = []string{rapid.SampledFrom([]string{"land", "buildings", "fees", "fines"}).Draw(g.t, "kind")}
	}
	c.Future, c.Owner = rapid.Bool().Draw(g.t, "future"), rapid.Bool().Draw(g.t, "owner")
	return c
}

// event draws something that happens. What it reverses or reduces exists.
func (g *gen) event(kinds ...string) {
	kind := rapid.SampledFrom(kinds).Draw(g.t, "event")
	e := event{kind: kind, party: "ana", moment: g.moment(), channel: "card"}
	e.id = fmt.Sprint("e", g.n)
	switch kind {
	case paid:
		e.amount, e.body.Choice = g.lei(300), g.choice()
	case compensated:
		e.body.Choice = g.choice()
	case refunded:
		e.amount = g.lei(10)
	case reversed:
		payments := slices.DeleteFunc(slices.Clone(g.f.events), func(e event) bool { return e.kind != paid })
		if len(payments) == 0 {
			return
		}
		p := rapid.SampledFrom(payments).Draw(g.t, "payment")
		left := p.amount
		for _, other := range g.f.events {
			if other.ref == p.id {
				left -= other.amount
			}
		}
		if left == 0 {
			return
		}
		e.ref, e.amount = p.id, lei(rapid.IntRange(1, int(left/money.Leu)).Draw(g.t, "of it"))
	case reduced:
		ob := rapid.SampledFrom(g.f.obligations).Draw(g.t, "obligation")
		left := ob.Amount
		for _, other := range g.f.events {
			if other.ref == ob.ID && other.kind == reduced {
				left -= other.amount
			}
		}
		if left == 0 {
			return
		}
		e.ref, e.amount = ob.ID, lei(rapid.IntRange(1, int(left/money.Leu)).Draw(g.t, "of it"))
	case waived:
		e.ref, e.amount = rapid.SampledFrom(g.f.obligations).Draw(g.t, "obligation").ID, g.lei(10)
		e.body.Part = rapid.SampledFrom([]Part{Principal, Surcharge}).Draw(g.t, "part")
	case fixed, enforceable:
		e.ref = rapid.SampledFrom(g.f.obligations).Draw(g.t, "obligation").ID
	case planned:
		day := deadline.Of(e.moment.In(bucharest))
		r := run(g.f, kindsByKey, bucharest)
		v := Terms{First: day.AddDays(20), Months: rapid.IntRange(1, 4).Draw(g.t, "months")}
		for _, c := range r.claims {
			if c.Due.Before(day) && !c.Since.After(day) && c.plan == nil && !c.on(day).Settled() {
				e.body.Obligations = append(e.body.Obligations, c.ID)
			}
		}
		for i := range v.Months {
			e.body.Instalments = append(e.body.Instalments, Instalment{Due: v.First.AddMonths(i), Amount: g.lei(100)})
		}
	}
	g.f.events = append(g.f.events, e)
}

func (g *gen) draw(events int, kinds ...string) file {
	for range rapid.IntRange(1, 5).Draw(g.t, "obligations") {
		g.obligation()
	}
	for range rapid.IntRange(1, events).Draw(g.t, "events") {
		g.event(kinds...)
	}
	return g.f
}

func drawFile(t *rapid.T, events int, kinds ...string) file {
	return (&gen{t: t}).draw(events, kinds...)
}

// TestReplayEqualsTheModel replays with somebody who knows each leu by itself.
func TestReplayEqualsTheModel(t *testing.T) {
	cases(t, 150)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t, 7, paid, paid, paid, compensated, refunded, reversed, reduced, waived, enforceable)
		r, m := run(f, kindsByKey, bucharest), model(f)
		if err := r.check(); err != nil {
			t.Fatal(err)
		}
		if r.credit() != lei(m.credit()) {
			t.Fatalf("the credit is %s, want %d lei", r.credit(), m.credit())
		}
		for _, d := range []deadline.Date{began.AddDays(rapid.IntRange(0, 700).Draw(t, "on")), never.AddDays(-1)} {
			if d.Year > 9000 {
				d = began.AddDays(1000)
			}
			sheet := r.sheet("ana", d)
			for _, o := range m.obligations {
				principal, late := o.on(d)
				i := slices.IndexFunc(sheet.Debts, func(d Debt) bool { return d.ID == o.ID })
				var got Total
				if i >= 0 {
					got = Total{sheet.Debts[i].Principal, sheet.Debts[i].Surcharge}
				}
				if got != (Total{lei(principal), lei(late)}) {
					t.Fatalf("%s of %s on %s: got %v, want %d and %d", o.ID, o.Kind, d, got, principal, late)
				}
			}
		}
	})
}

// TestEntriesEqualTheReplay: the balance at any date is what the rows up to it say, and
// no account that may not is ever below nothing.
func TestEntriesEqualTheReplay(t *testing.T) {
	cases(t, 50)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t, 7, paid, paid, compensated, reversed, reduced, waived, fixed, planned)
		r := run(f, kindsByKey, bucharest)
		if err := r.check(); err != nil {
			t.Fatal(err)
		}
		for _, m := range r.moves {
			d := m.value
			balance := sums{}
			for _, m := range r.moves {
				if !m.value.After(d) {
					balance.add(m.debit, m.obligation, m.amount)
					balance.add(m.credit, m.obligation, -m.amount)
				}
			}
			for _, c := range r.claims {
				if got := balance["owed "+c.ID]; !c.Since.After(d) && got != c.owed(d) || got < 0 || balance["late "+c.ID] < 0 {
					t.Fatalf("%s on %s: the rows say %s and %s, the replay %s", c.ID, d, got, balance["late "+c.ID], c.owed(d))
				}
			}
			var credit money.Bani
			for key, amount := range balance {
				if key[:4] == "held" {
					credit -= amount
				}
			}
			if sheet := r.sheet("ana", d); sheet.Credit != credit || credit < 0 {
				t.Fatalf("the credit on %s: the rows say %s, the sheet %s", d, credit, sheet.Credit)
			}
		}
	})
}

// TestOrderOfHearingDoesNotMatter: what was entered in the end is the same, whatever
// came to be known when; and what is entered each time is double entry.
func TestOrderOfHearingDoesNotMatter(t *testing.T) {
	cases(t, 100)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t, 7, paid, paid, paid, compensated, refunded, reversed, reduced, waived, fixed, enforceable, planned)
		want := net(run(f, kindsByKey, bucharest).moves)
		heard := file{obligations: rapid.Permutation(f.obligations).Draw(t, "obligations")}
		entered := map[place]money.Bani{}
		hear := func() {
			r := run(heard, kindsByKey, bucharest)
			moves := between(entered, net(r.moves))
			if err := balanced(moves); err != nil {
				t.Fatal(err)
			}
			for _, m := range moves {
				for p, amount := range net([]move{m}) {
					if entered[p] += amount; entered[p] == 0 {
						delete(entered, p)
					}
				}
			}
		}
		hear()
		for _, e := range rapid.Permutation(f.events).Draw(t, "events") {
			if heard.events = append(heard.events, e); e.kind != reversed {
				hear()
			}
		}
		hear()
		if !maps.Equal(entered, want) {
			t.Fatalf("entered %v\nwant    %v", entered, want)
		}
	})
}

// TestSurchargeNeverShrinks, as long as nothing happens.
func TestSurchargeNeverShrinks(t *testing.T) {
	cases(t, 50)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t, 5, paid, compensated, waived, fixed, planned)
		r := run(f, kindsByKey, bucharest)
		last := map[string]money.Bani{}
		d := began.AddDays(620)
		for range 6 {
			for _, c := range r.claims {
				r.tick(d)
				if late := c.late(d); late < last[c.ID] {
					t.Fatalf("%s on %s: %s after %s", c.ID, d, late, last[c.ID])
				} else {
					last[c.ID] = late
				}
			}
			d = d.AddDays(rapid.IntRange(1, 40).Draw(t, "later"))
		}
	})
}

// TestPreviewIsWhatHappens on the same day.
func TestPreviewIsWhatHappens(t *testing.T) {
	cases(t, 50)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t, 5, paid, compensated, reversed, reduced, waived, fixed, planned)
		g := gen{t: t}
		e := event{id: "preview", kind: paid, party: "ana", amount: g.lei(300), channel: "card", body: body{Choice: g.choice()},
			moment: began.AddDays(610).Midnight(bucharest).Add(time.Duration(rapid.IntRange(0, 1439).Draw(t, "minute")) * time.Minute)}
		said := run(file{f.obligations, f.bonuses, append(slices.Clone(f.events), e)}, kindsByKey, bucharest).lines[e.id]
		e.id, e.moment = "payment", began.AddDays(610).Midnight(bucharest).Add(time.Duration(rapid.IntRange(0, 1439).Draw(t, "minute"))*time.Minute)
		done := run(file{f.obligations, f.bonuses, append(slices.Clone(f.events), e)}, kindsByKey, bucharest).lines[e.id]
		if !slices.Equal(said, done) {
			t.Fatalf("said %v\ndone %v", said, done)
		}
	})
}

// The model knows each leu by itself, and pays them one by one. It knows no bonuses
// and no plans; those are checked by examples and by what must always hold.

type leu struct{ settled, late deadline.Date } // no day: it is owed

type obl struct {
	Obligation
	class Class
	lei   []leu
	paid  []deadline.Date // a leu of surcharge each
	title bool
}

type credits struct {
	day deadline.Date
	lei int
}

type books struct {
	obligations []*obl
	lots        []*credits
}

func (b books) credit() (n int) {
	for _, l := range b.lots {
		n += l.lei
	}
	return n
}

// on returns the lei of principal and of surcharge that are owed at the end of a day.
func (o *obl) on(d deadline.Date) (principal, late int) {
	if o.Since.After(d) {
		return 0, 0
	}
	bani, months := 0, map[deadline.Date]int{}
	for _, l := range o.lei {
		until := d
		if l.settled.IsZero() || l.settled.After(d) {
			principal++
		} else {
			until = l.late
		}
		if _, ok := months[until]; !ok && o.class != Fine {
			first := o.Due.AddDays(1)
			for !first.AddMonths(months[until]).After(until) {
				months[until]++
			}
		}
		bani += months[until] // 1% of a leu each
	}
	late = (bani + 50) / 100
	for _, p := range o.paid {
		if !p.After(d) {
			late--
		}
	}
	return principal, max(0, late)
}

func model(f file) (b books) {
	lessOf := map[string]int{}
	var events []event
	for _, e := range f.events {
		if e.kind == reversed || e.kind == reduced {
			lessOf[e.ref] += int(e.amount / money.Leu)
		} else {
			events = append(events, e)
		}
	}
	slices.SortFunc(events, func(x, y event) int { return x.moment.Compare(y.moment) })
	for _, ob := range f.obligations {
		o := &obl{Obligation: ob, class: kindsByKey[ob.Kind].Class, title: ob.Enforceable}
		o.lei = make([]leu, int(ob.Amount/money.Leu)-lessOf[ob.ID])
		b.obligations = append(b.obligations, o)
	}
	slices.SortFunc(b.obligations, func(x, y *obl) int {
		age := func(o *obl) deadline.Date {
			if !o.Born.IsZero() && (o.Difference || o.class == Fine) {
				return o.Born
			}
			return o.Due
		}
		return cmp.Or(age(x).Compare(age(y)), x.Due.Compare(y.Due), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Source, y.Source))
	})
	for _, e := range events {
		d := deadline.Of(e.moment.In(bucharest))
		switch e.kind {
		case paid:
			if n := int(e.amount/money.Leu) - lessOf[e.id]; n > 0 {
				if n -= b.hand(n, e, d, d); n > 0 {
					b.lots = append(b.lots, &credits{d, n})
				}
			}
		case compensated:
			for _, l := range b.lots {
				l.lei -= b.hand(l.lei, e, d, l.day)
			}
		case refunded:
			n := int(e.amount / money.Leu)
			for _, l := range b.lots {
				for l.lei > 0 && n > 0 {
					l.lei, n = l.lei-1, n-1
				}
			}
		case enforceable, waived:
			b.mark(e, d)
		}
	}
	return b
}

func (b books) mark(e event, d deadline.Date) {
	for _, o := range b.obligations {
		if o.ID != e.ref {
			continue
		}
		if e.kind == enforceable {
			o.title = true
			continue
		}
		for range int(e.amount / money.Leu) {
			principal, late := o.on(d)
			if o.Since.After(d) {
				continue
			} else if e.body.Part == Surcharge && late > 0 {
				o.paid = append(o.paid, d)
			} else if e.body.Part == Principal && principal > 0 {
				o.settle(d, d)
			}
		}
	}
}

func (o *obl) settle(value, late deadline.Date) {
	i := slices.IndexFunc(o.lei, func(l leu) bool { return l.settled.IsZero() })
	o.lei[i] = leu{value, late}
}

// hand hands out lei, as of the day from when there were they, and returns how many.
func (b books) hand(n int, e event, d, from deadline.Date) (given int) {
	c := e.body.Choice
	chosen := func(o *obl) bool { return len(c.Kinds) == 0 || slices.Contains(c.Kinds, o.Kind) }
	fees := len(c.Kinds) > 0 && c.Kinds[0] == "fees" && slices.ContainsFunc(b.obligations, func(o *obl) bool {
		if o.Kind != "fees" || o.Since.After(d) {
			return false
		}
		principal, late := o.as(d, from)
		return principal+late > 0
	})
	for pass := range 4 {
		for _, o := range b.obligations {
			if o.Since.After(d) {
				continue
			}
			future := o.Due.After(d)
			switch {
			case pass == 0 && !(c.Owner && !fees && o.class == Fine && o.title), pass == 1 && (future || !chosen(o)),
				pass == 2 && (future || !chosen(o)), pass == 3 && !(future && chosen(o) && c.Future):
				continue
			}
			for given < n {
				principal, late := o.as(d, from)
				if pass == 2 && late > 0 {
					o.paid = append(o.paid, d)
				} else if pass != 2 && principal > 0 {
					value, until := d, d
					if !future {
						until = latest(from, o.Due)
						value = latest(until, o.Since)
					}
					if from == d {
						value, until = d, d
					}
					o.settle(value, until)
				} else {
					break
				}
				given++
			}
		}
	}
	return given
}

// as returns what is owed on a day, if the rest had been settled as of another.
func (o *obl) as(d, from deadline.Date) (principal, late int) {
	principal, late = o.on(d)
	if from == d || o.Due.After(d) {
		return principal, late
	}
	was := o.lei
	o.lei = slices.Clone(was)
	for range principal {
		o.settle(d, latest(from, o.Due))
	}
	_, late = o.on(d)
	o.lei = was
	return principal, late
}

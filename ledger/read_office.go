package ledger

import (
	"context"
	"errors"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
)

// A Sheet is what a party owes and has on a day ("fișa contribuabilului").
type Sheet struct {
	Party  act.PartyID
	Day    deadline.Date
	Debts  []Debt  // what is not settled, by age
	Offers []Offer // bonuses still to be had
	Plans  []Plan  // all that there were, the oldest first
	Credit money.Bani
}

// A Total adds up debts.
type Total struct{ Principal, Surcharge money.Bani }

// Sum returns both.
func (t Total) Sum() money.Bani { return t.Principal + t.Surcharge }

// Due returns what has to be paid by the day of the sheet, what is overdue included.
// Of what is in a plan, that are the instalments; see Plans.
func (s Sheet) Due() Total { return s.total(func(d Debt) bool { return !d.Future && d.Plan == "" }) }

// Overdue returns what should have been paid before the day of the sheet.
func (s Sheet) Overdue() Total {
	return s.total(func(d Debt) bool { return d.Due.Before(s.Day) && d.Plan == "" })
}

// Future returns what is to be paid later.
func (s Sheet) Future() Total { return s.total(func(d Debt) bool { return d.Future }) }

// All returns all of it.
func (s Sheet) All() Total { return s.total(func(Debt) bool { return true }) }

func (s Sheet) total(which func(Debt) bool) (t Total) {
	for _, d := range s.Debts {
		if which(d) {
			t.Principal += d.Principal
			t.Surcharge += d.Surcharge
		}
	}
	return t
}

// ToPay returns how much settles all that is chosen, bonuses taken off, and the lines of
// it. Of what is in a plan, that is what the current instalment asks for, or all with
// Choice.Future.
func (s Sheet) ToPay(choice Choice) (sum money.Bani, lines []Line) {
	debts := make([]settle.Debt, len(s.Debts))
	for i, d := range s.Debts {
		debts[i] = d.Debt
	}
	var plans []settle.PlanDue
	for _, p := range s.Plans {
		plans = append(plans, settle.PlanDue{ID: p.ID, Current: p.Current, Deferral: p.Deferral})
	}
	for _, l := range settle.Settle(debts, s.Offers, plans, most, choice) {
		if l.Part == Credit || l.Rule == settle.RulePlanNext && !choice.Future {
			continue
		}
		if lines = append(lines, l); l.Part == Principal || l.Part == Surcharge {
			sum += l.Amount
		}
	}
	return sum, lines
}

// sheet returns what there is at the end of a day.
func (r *replay) sheet(party act.PartyID, day deadline.Date) Sheet {
	r.tick(day)
	s := Sheet{Party: party, Day: day, Plans: r.plansOn(day), Offers: r.open(day)}
	for _, c := range r.claims {
		if d := c.on(day); c.seen && !c.Since.After(day) && !d.Settled() {
			s.Debts = append(s.Debts, Debt{d, c.Obligation})
		}
	}
	slices.SortStableFunc(s.Debts, func(a, b Debt) int { return a.Compare(b.Debt) })
	s.Credit = balanceOf(slices.DeleteFunc(slices.Clone(r.moves), func(m move) bool { return m.value.After(day) })).Credit
	return s
}

// Owed returns what the actor's folder owes on a day: past, today or to come.
func (o *Office) Owed(ctx context.Context, actor act.Actor, party act.PartyID, day deadline.Date) (Sheet, error) {
	if err := actor.May(act.ReadLedger, o.on(party)); err != nil {
		return Sheet{}, hidden(err)
	}
	return o.OwedOn(ctx, o.DB, party, day, forever)
}

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if errors.Is(err, act.ErrRefused) {
		return ErrUnknown
	}
	return err
}

// OwedOn returns what a party owes on a day, as of what was known at an instant, for
// the room that has checked that whoever asks may know.
func (o *Office) OwedOn(ctx context.Context, r db.Reader, party act.PartyID, day deadline.Date, known time.Time) (Sheet, error) {
	f, err := readFile(ctx, r, party, known)
	if err != nil {
		return Sheet{}, err
	}
	return run(*f, o.kinds(), o.Zone).sheet(party, day), nil
}

// Open shows an official what a party owes on a day. It is an act, of which the party
// reads; purpose is the key of a text.
func (o *Office) Open(ctx context.Context, actor act.Actor, party act.PartyID, day deadline.Date, purpose string) (sheet Sheet, err error) {
	err = o.Acts.Do(ctx, actor, act.OpenLedger, func(ctx context.Context, tx *act.Tx) error {
		on := o.on(party)
		on.Purpose = purpose
		if err := tx.Allow(on); err != nil {
			return hidden(err)
		}
		sheet, err = o.OwedOn(ctx, tx, party, day, forever)
		return err
	})
	return sheet, err
}

// BySource returns the obligation that was entered from a source, for a room that has
// checked that whoever asks may know. It fails with [ErrUnknown].
func (o *Office) BySource(ctx context.Context, r db.Reader, source string) (Obligation, error) {
	return obligationBySource(ctx, r, source)
}

// Debtors returns the next parties after one, in order, of whom something is due on
// days, both inclusive, whether it was paid or not.
func (o *Office) Debtors(ctx context.Context, r db.Reader, from, to deadline.Date, after act.PartyID, limit int) ([]act.PartyID, error) {
	return debtors(ctx, r, from, to, after, limit)
}

// A Balance is what the accounts of a party say: surcharge as far as it was entered.
type Balance struct {
	Principal, Surcharge money.Bani // owed by the party
	Credit               money.Bani // owed to the party
}

// Balance returns what the journal says of a party at the end of a day, as of what
// was known at an instant, for the room that has checked that whoever asks may know.
func (o *Office) Balance(ctx context.Context, r db.Reader, party act.PartyID, day deadline.Date, known time.Time) (Balance, error) {
	s, err := o.StatementOf(ctx, r, party, day, day, known)
	return s.Closing, err
}

func balanceOf(moves []move) (b Balance) {
	sides := func(account Account) (sum money.Bani) {
		for _, m := range moves {
			if m.debit == account {
				sum += m.amount
			} else if m.credit == account {
				sum -= m.amount
			}
		}
		return sum
	}
	return Balance{sides(Owed), sides(Late), -sides(Held)}
}

// A Movement is a row of a statement.
type Movement struct {
	Day           deadline.Date // on which it counts
	Known         time.Time     // when it was entered
	Obligation    string
	Kind          string
	Cause         string // ID of the payment or decision; "" for what is owed
	Debit, Credit Account
	Amount        money.Bani // how much more is owed, all in all; negative if less
}

// A Statement is what happened in a time, both days inclusive.
type Statement struct {
	From, To         deadline.Date
	Opening, Closing Balance // at the beginning of the first day, and the end of the last
	Movements        []Movement
}

// Statement returns what happened in the file of a party.
func (o *Office) Statement(ctx context.Context, actor act.Actor, party act.PartyID, from, to deadline.Date) (Statement, error) {
	if err := actor.May(act.ReadLedger, o.on(party)); err != nil {
		return Statement{}, hidden(err)
	}
	return o.StatementOf(ctx, o.DB, party, from, to, forever)
}

// StatementOf is [Office.Statement] as of what was known at an instant, for the room
// that has checked that whoever asks may know.
func (o *Office) StatementOf(ctx context.Context, r db.Reader, party act.PartyID, from, to deadline.Date, known time.Time) (Statement, error) {
	rows, err := postings(ctx, r, party, party, known)
	if err != nil {
		return Statement{}, err
	}
	s := Statement{From: from, To: to}
	var before, until []move
	for _, p := range rows {
		switch {
		case p.value.After(to):
			continue
		case p.value.Before(from):
			before = append(before, p.move)
		default:
			b := balanceOf([]move{p.move})
			s.Movements = append(s.Movements, Movement{p.value, p.at, p.obligation, p.kind, p.cause, p.debit, p.credit, b.Principal + b.Surcharge - b.Credit})
		}
		until = append(until, p.move)
	}
	s.Opening, s.Closing = balanceOf(before), balanceOf(until)
	return s, nil
}

// Collected returns what came in on days, both inclusive, by day, channel and kind.
func (o *Office) Collected(ctx context.Context, actor act.Actor, from, to deadline.Date) ([]Sum, error) {
	if err := o.mayCollect(actor); err != nil {
		return nil, err
	}
	return collected(ctx, o.DB, false, from, to)
}

// CollectedByDay returns what came in on days, both inclusive, by day.
func (o *Office) CollectedByDay(ctx context.Context, actor act.Actor, from, to deadline.Date) ([]Sum, error) {
	if err := o.mayCollect(actor); err != nil {
		return nil, err
	}
	return collected(ctx, o.DB, true, from, to)
}

func (o *Office) mayCollect(actor act.Actor) error {
	return hidden(actor.May(act.ReadCollections, act.On{Subject: "collections", Unit: o.Unit}))
}

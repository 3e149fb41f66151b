// Package reminders tells people by when they have to pay local taxes: once before
// that day, and once after it, and nobody who need not pay.
//
// A reminder is about a party and a term, whatever is due then: one message, not one
// for each thing that is taxed. Whether it is still true is looked up in the act that
// sends it, so nobody who has paid meanwhile, or is paying, hears of it. That it was
// sent is a row of the same act, which can be there once.
//
// Each day has its round through all debtors, a page at a time. How far it came is on
// record with what it has sent, so that a program which died goes on from there, and
// any number of programs share a round.
package reminders

import (
	"embed"
	"slices"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
	"bega/ledger"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A kind of reminder: each is sent once about a term.
type kind string

// The kinds.
const (
	before kind = "before" // that there is something to be paid
	after  kind = "after"  // that it was not
)

// When reminders are sent, in days. There is one before and one after, and no more: the
// third mail about the same is the one that makes people stop reading all of them.
const (
	// ahead is how long before a term: a postal order has time to arrive and a question
	// to be answered, and it is not so long that it is forgotten again.
	ahead = 10
	// patience is how long after a term: by then, the statements are in that say who has
	// paid at the treasury or the post on the last day. The surcharge is the same for all
	// of the first month (CPF art. 183), so that nobody loses by hearing so late.
	patience = 7
	// stale is how long after a term it is too late: long enough for the longest closure,
	// and not so long that a town that begins today reminds of old debts. Those are the
	// business of enforcement.
	stale = 45
)

// terms returns which terms somebody is reminded of on a day: those between two days,
// both inclusive. They are several, since payments may be closed, or the program not
// running, on the first of the days on which it could be sent.
func (k kind) terms(today deadline.Date) (from, to deadline.Date) {
	if k == before {
		return today, today.AddDays(ahead)
	}
	return today.AddDays(-stale), today.AddDays(-patience)
}

// A reminder is what somebody is told about a term.
type reminder struct {
	kind      kind
	term      deadline.Date
	sum       money.Bani    // of all that is due then, surcharge included, on the day it is told
	surcharge money.Bani    // in it
	bears     bool          // late surcharge, if it is not paid
	grows     deadline.Date // on which there is more of that; see [settle.Rate]
	year      money.Bani    // what paying the whole year costs, with the bonus
	saved     money.Bani    // the bonus; 0 if there is none
}

// due returns what there is to be told about the terms between two days, the first term
// first. What is in an instalment plan has terms of its own and is left out, and so is
// what the credit of the party is enough for (CPF art. 167).
func (k kind) due(s ledger.Sheet, from, to deadline.Date) (all []reminder) {
	left := s.Credit
	for _, d := range slices.SortedStableFunc(slices.Values(s.Debts), func(a, b ledger.Debt) int { return a.Due.Compare(b.Due) }) {
		if d.Plan != "" {
			continue
		}
		sum := d.Principal + d.Surcharge
		covered := min(left, sum)
		if left -= covered; sum == covered || d.Due.Before(from) || d.Due.After(to) {
			continue
		}
		if len(all) == 0 || all[len(all)-1].term != d.Due {
			all = append(all, reminder{kind: k, term: d.Due})
		}
		r := &all[len(all)-1]
		r.sum, r.surcharge, r.bears = r.sum+sum, r.surcharge+d.Surcharge, r.bears || d.Class.Bears()
	}
	for i := range all {
		all[i].grows = all[i].term.AddDays(1).AddMonths(settle.Months(all[i].term, s.Day))
		all[i].save(s)
	}
	return all
}

// save works out what is saved by whoever pays the whole year by the term (CF art. 462
// par. 2).
func (r *reminder) save(s ledger.Sheet) {
	type yearOf struct {
		kind string
		year int
	}
	offered := map[yearOf]bool{}
	for _, o := range s.Offers {
		if r.kind == before && o.Until == r.term {
			offered[yearOf{o.Kind, o.Year}] = true
			r.year, r.saved = r.year+o.ToPay(), r.saved+min(o.Amount, o.Left)
		}
	}
	for _, d := range s.Debts {
		if d.Due == r.term && d.Plan == "" && !offered[yearOf{d.Kind, d.Year}] {
			r.year += d.Principal + d.Surcharge
		}
	}
}

// text returns what is said: the key of a notice, and its arguments.
func (r reminder) text() (key string, args []any) {
	switch {
	case r.kind == before && r.saved > 0:
		return "reminders.due-year", []any{r.sum, r.term, r.year, r.saved}
	case r.kind == before && r.bears:
		return "reminders.due", []any{r.sum, r.term}
	case r.kind == before:
		return "reminders.due-fixed", []any{r.sum, r.term}
	case r.bears:
		return "reminders.late", []any{r.sum, r.term, r.surcharge, r.grows}
	}
	return "reminders.late-fixed", []any{r.sum, r.term}
}

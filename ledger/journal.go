package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"bega/internal/deadline"
	"bega/internal/money"
)

// An Account of the ledger. Owed and Late are kept for each obligation, Held for
// each party, Money for each channel, and the others for each kind.
type Account string

// The accounts.
const (
	Owed        Account = "owed"         // principal that people owe
	Late        Account = "late"         // surcharge that they owe, as far as it was entered
	Held        Account = "held"         // what the town owes them: their credit
	Money       Account = "money"        // what came in
	Revenue     Account = "revenue"      // of principals
	LateRevenue Account = "late-revenue" // of surcharges
	Bonuses     Account = "bonuses"      // what was given up for payment in time
	Waived      Account = "waived"       // what was given up by decision
	Interests   Account = "interests"    // what the town has to pay for giving back late
)

// accountTexts names the accounts.
var accountTexts = map[Account]string{
	Owed: "ledger.account-owed", Late: "ledger.account-late", Held: "ledger.account-held", Money: "ledger.account-money",
	Revenue: "ledger.account-revenue", LateRevenue: "ledger.account-late-revenue", Bonuses: "ledger.account-bonuses",
	Waived: "ledger.account-waived", Interests: "ledger.account-interests",
}

// Text returns the key of the text that names an account.
func (a Account) Text() string { return accountTexts[a] }

// allowed lists what one account may take from another; the reverse is allowed for
// what reverses it.
var allowed = map[[2]Account]bool{
	{Owed, Revenue}: true, {Owed, Held}: true, {Late, LateRevenue}: true,
	{Money, Owed}: true, {Money, Late}: true, {Money, Held}: true,
	{Held, Owed}: true, {Held, Late}: true,
	{Bonuses, Owed}: true, {Bonuses, Held}: true, {Waived, Owed}: true, {Waived, Late}: true, {Interests, Held}: true,
}

// A move takes an amount from the account that is credited and gives it to the one
// that is debited.
type move struct {
	cause         string // ID of the event that it follows from; "" for what is owed
	obligation    string // "" if it is about none
	kind          string // of the obligation, or the year's of a bonus
	debit, credit Account
	value         deadline.Date // on which it counts
	channel       string        // if Money is one of the accounts
	amount        money.Bani
}

// A place is where a move goes, whichever way.
type place struct {
	cause, obligation, kind string
	debit, credit           Account
	value                   deadline.Date
	channel                 string
}

// net returns what moves add up to, by place. What reverses counts against.
func net(moves []move) map[place]money.Bani {
	all := map[place]money.Bani{}
	for _, m := range moves {
		p := place{m.cause, m.obligation, m.kind, m.debit, m.credit, m.value, m.channel}
		if p.debit > p.credit {
			p.debit, p.credit, m.amount = p.credit, p.debit, -m.amount
		}
		if all[p] += m.amount; all[p] == 0 {
			delete(all, p)
		}
	}
	return all
}

// between returns the moves that lead from what was entered to what follows now.
// Those that reverse something come first.
func between(before, after map[place]money.Bani) (moves []move) {
	places := maps.Clone(before)
	maps.Copy(places, after)
	for p := range places {
		m := move{p.cause, p.obligation, p.kind, p.debit, p.credit, p.value, p.channel, after[p] - before[p]}
		if m.amount < 0 {
			m.debit, m.credit, m.amount = m.credit, m.debit, -m.amount
		}
		if m.amount != 0 {
			moves = append(moves, m)
		}
	}
	slices.SortFunc(moves, func(a, b move) int {
		return cmp.Or(ranked(a)-ranked(b), a.value.Compare(b.value), cmp.Compare(a.cause, b.cause), cmp.Compare(a.obligation, b.obligation),
			cmp.Compare(a.debit, b.debit), cmp.Compare(a.credit, b.credit), cmp.Compare(a.channel, b.channel), cmp.Compare(a.kind, b.kind))
	})
	return moves
}

// ranked is 0 for what reverses.
func ranked(m move) int {
	if allowed[[2]Account{m.debit, m.credit}] {
		return 1
	}
	return 0
}

// A Breach is something that must never be: a defect of the program, or somebody has
// changed the database. What would have led to it is not carried out.
type Breach struct {
	Invariant string
	Of        string // ID of what it is about
}

// Error implements error.
func (b *Breach) Error() string { return fmt.Sprintf("ledger: broken: %s: %s", b.Invariant, b.Of) }

// The invariants, as a breach calls them.
const (
	// Balanced: what one account takes another gives (I2).
	Balanced = "a row takes and gives the same, between accounts that may"
	// Conserved: what came in is what was settled and credited (I2).
	Conserved = "sums in are sums out"
	// Once: a payment is credited once (I3).
	Once = "a payment is credited once, with its amount"
	// Explained: what was entered follows from what happened, and all that follows was
	// entered (I4).
	Explained = "no balance without an entry"
	// Positive: nobody has paid more of an obligation than it is.
	Positive = "no obligation and no credit is negative"
	// Complete: a journal has the rows and the sum that it was closed with.
	Complete = "a journal is as it was closed"
)

// balanced checks the rows of a journal.
func balanced(moves []move) error {
	for _, m := range moves {
		way, back := [2]Account{m.debit, m.credit}, [2]Account{m.credit, m.debit}
		if m.amount <= 0 || m.debit == m.credit || !allowed[way] && !allowed[back] || (m.channel != "") != (m.debit == Money || m.credit == Money) {
			return &Breach{Balanced, m.cause + m.obligation}
		}
	}
	return nil
}

// sums are balances: what accounts have taken, less what they gave.
type sums map[string]money.Bani

func (s sums) add(account Account, of string, amount money.Bani) { s[string(account)+" "+of] += amount }

// check checks what follows from a file.
func (r *replay) check() error {
	if err := balanced(r.moves); err != nil {
		return err
	}
	balance, came, credited := sums{}, sums{}, sums{}
	for _, m := range r.moves {
		for _, side := range []struct {
			account Account
			amount  money.Bani
		}{{m.debit, m.amount}, {m.credit, -m.amount}} {
			switch side.account {
			case Owed, Late:
				balance.add(side.account, m.obligation, side.amount)
			case Held:
				balance.add(Held, "", -side.amount)
			case Money:
				came.add(Money, m.cause, side.amount)
			}
		}
	}
	for _, lacking := range r.lacking {
		balance.add(Held, "", lacking)
	}
	for id, lines := range r.lines {
		for _, l := range lines {
			if l.Part == Principal || l.Part == Surcharge || l.Part == Credit {
				credited.add(Money, id, l.Amount)
			}
		}
	}
	for of, amount := range balance {
		if amount < 0 {
			return &Breach{Positive, of}
		}
	}
	if balance[string(Held)+" "] != r.credit() {
		return &Breach{Conserved, "credit"}
	}
	for id, amount := range r.net {
		if amount < 0 || came[string(Money)+" "+id] != amount {
			return &Breach{Once, id}
		}
		if credited[string(Money)+" "+id] != amount {
			return &Breach{Conserved, id}
		}
	}
	for _, c := range r.claims {
		if balance[string(Owed)+" "+c.ID] != c.owed(never) || c.posted-c.latePaid() != balance[string(Late)+" "+c.ID] {
			return &Breach{Explained, c.ID}
		}
	}
	return nil
}

// never is after every day.
var never = deadline.Date{Year: 9999, Month: 12, Day: 31}

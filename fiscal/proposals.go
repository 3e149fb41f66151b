package fiscal

import (
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
	"bega/ledger"
)

// A Kind of decisions.
type Kind string

// The kinds, as they stand in addresses.
const (
	Plan       Kind = "esalonare"  // pay in instalments, or later (CPF art. 185)
	WriteOff   Kind = "scadere"    // give up a part of a debt
	Refund     Kind = "restituire" // give back what was paid too much (CPF art. 168)
	Compensate Kind = "compensare" // settle debts out of that (CPF art. 167)
	TakeBack   Kind = "anulare"    // take back a payment that was none
)

// Kinds are all that there are, in the order in which they are offered.
var Kinds = []Kind{Plan, WriteOff, Refund, Compensate, TakeBack}

// verbs are what whoever approves has to be permitted in the ledger.
var verbs = map[Kind]act.Verb{Plan: act.GrantPlan, WriteOff: act.WriteOff, Refund: act.ApproveRefund, Compensate: act.CompensateDebts, TakeBack: act.ReversePayment}

// The states of a proposal.
const (
	open    = "open"
	taken   = "taken" // approved, and being carried out
	done    = "done"
	refused = "refused"
)

// Terms are what a decision says. Which of them it has depends on its kind.
type Terms struct {
	Obligations []string      `json:"obligations,omitempty"` // of a plan, compensation or write-off, which has one
	Part        ledger.Part   `json:"part,omitempty"`        // of a write-off
	Amount      money.Bani    `json:"amount,omitempty"`      // of a write-off, refund or reversal: 0 for all that is left of that
	Months      int           `json:"months,omitempty"`      // of a plan; 0 is a deferral
	First       deadline.Date `json:"first,omitzero"`        // of a plan: day of the first instalment, or until which all is deferred
	Guarantee   string        `json:"guarantee,omitempty"`   // of a plan (CPF art. 185 par. 5)
	Payment     string        `json:"payment,omitempty"`     // that is taken back
	After       deadline.Date `json:"after,omitzero"`        // of a refund: day after which the town was late, or no day
	Channel     string        `json:"channel,omitempty"`     // by which a refund goes
	Reason      string        `json:"reason"`
	Basis       string        `json:"basis"` // article of law, or decision of the council
}

// A Proposal is a decision that somebody else has to approve.
type Proposal struct {
	ID    string
	Kind  Kind
	Party act.PartyID
	Terms
	By        act.PartyID
	At        time.Time
	State     string
	Decided   act.PartyID
	DecidedAt time.Time
	Answer    string // why it was refused
}

// waits reports whether a proposal can still be approved or refused.
func (p Proposal) waits() bool { return p.State == open || p.State == taken }

// check returns what is missing in a proposal.
func (p Proposal) check() error {
	switch {
	case verbs[p.Kind] == "":
		return ErrKind
	case p.Kind == Plan && len(p.Obligations) == 0, p.Kind == WriteOff && len(p.Obligations) != 1, p.Kind == TakeBack && p.Payment == "":
		return ErrChoose
	case p.Kind == WriteOff && p.Part != ledger.Principal && p.Part != ledger.Surcharge:
		return ErrChoose
	case p.Amount < 0, (p.Kind == WriteOff || p.Kind == Refund) && p.Amount == 0:
		return ErrAmount
	case p.Kind == Plan && p.First.IsZero():
		return ErrDay
	case p.Kind == Plan && p.Months < 0:
		return ErrMonths
	case empty(p.Reason):
		return ErrText
	case empty(p.Basis):
		return ErrBasis
	}
	return nil
}

// An Effect is what a decision would do.
type Effect struct {
	Instalments []ledger.Instalment // of a plan
	Postponed   money.Bani          // half of the surcharge, which a plan cancels in the end (CPF art. 185 par. 4)
	Lines       []ledger.Line       // that are settled, or not settled any more
	Before      money.Bani          // of what is given up or given back
	After       money.Bani
}

// planned works out the instalments of a plan over debts, as the ledger grants it.
func planned(debts []ledger.Debt, t Terms, today deadline.Date) (e Effect, err error) {
	for _, id := range t.Obligations {
		var found *ledger.Debt
		for i := range debts {
			if debts[i].ID == id {
				found = &debts[i]
			}
		}
		if found == nil || !found.Due.Before(today) || found.Plan != "" {
			return e, ledger.ErrNotLate
		}
		e.Before += found.Principal + found.Surcharge
		e.Postponed += settle.Half(found.Surcharge)
	}
	e.After = e.Before - e.Postponed
	e.Instalments, err = settle.Schedule(e.After, today, t.First, t.Months)
	return e, err
}

// givenUp works out what is left of a debt.
func givenUp(debts []ledger.Debt, t Terms) (e Effect, err error) {
	for _, d := range debts {
		if d.ID != t.Obligations[0] {
			continue
		}
		if e.Before = d.Principal; t.Part == ledger.Surcharge {
			e.Before = d.Surcharge + d.Postponed
		}
		if e.After = e.Before - t.Amount; e.After < 0 {
			return e, ledger.ErrTooMuch.With(e.Before)
		}
		return e, nil
	}
	return e, ErrChoose
}

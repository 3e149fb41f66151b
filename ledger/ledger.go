// Package ledger keeps what people owe the town and what they have paid, to the
// ban.
//
// The file of a party is its obligations, and what happened to them: payments and
// decisions, each with the moment from which it counts. Nothing in a file is ever
// changed, rows are only added. What follows from a file is worked out by
// replaying it in the order of those moments: what each payment settled (CPF art.
// 165), how late it was (art. 183), who got a bonus. So it makes no difference in
// which order the town hall hears of things, and a payment that is reported three
// days late settles what it would have settled in time.
//
// What follows is entered in double entry: a row of the journal takes an amount
// from one account and gives it to another, so that it cannot but balance. When
// something new follows, the difference to what was entered is entered, with rows
// that reverse where need be. Every row has two times: the day on which it counts,
// and the instant at which it became known.
package ledger

import (
	"embed"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/settle"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// The faults that people meet here.
var (
	ErrUnknown = fault.New(fault.Missing, "ledger.unknown")  // no such obligation, payment or file
	ErrEntered = fault.New(fault.Conflict, "ledger.entered") // the same source was entered before
	ErrReused  = fault.New(fault.Conflict, "ledger.reused")  // the ID stands for something else
	ErrAmount  = fault.New(fault.Invalid, "ledger.amount")   // nothing, less, or more than there can be
	ErrMoment  = fault.New(fault.Invalid, "ledger.moment")   // a payment in the future
	ErrTooMuch = fault.New(fault.Invalid, "ledger.too-much") // more than there is; with what there is
	ErrReason  = fault.New(fault.Invalid, "ledger.reason")   // a decision without reason or legal basis
	ErrNotLate = fault.New(fault.Invalid, "ledger.not-late") // a plan for what is not overdue, or in a plan
)

// What a payment is for, and what it settles, is said in the words of package settle.
type (
	Class      = settle.Class
	Choice     = settle.Choice
	Part       = settle.Part
	Rule       = settle.Rule
	Line       = settle.Line
	Step       = settle.Step
	Offer      = settle.Offer
	Instalment = settle.Instalment
)

// The classes of obligations, and the parts of a payment.
const (
	Tax, Fee, Fine, Cost                             = settle.Tax, settle.Fee, settle.Fine, settle.Cost
	Principal, Surcharge, Saved, SavedCredit, Credit = settle.Principal, settle.Surcharge, settle.Saved, settle.SavedCredit, settle.Credit
)

// A Kind is a kind of obligation that the town has: data of its pack. One that was
// used stays there.
type Kind struct {
	Key     string // "buildings": in the database; never changes
	Class   Class
	Label   map[string]string // by language; nil for the usual one
	Natural string            // IBAN that natural persons pay to
	Legal   string            // IBAN that legal persons pay to
	Revenue string            // code of the budget's revenue, such as "07.02.01.01"
}

// Recovery is the kind of what somebody has to give back: a refund of money that
// then turned out not to have been paid (CPF art. 163 par. 11^5). It is there
// without being configured, as a fee.
const Recovery = "recovery"

// most is the largest amount of one thing: no sum of them leaves the range.
const most = 1_000_000_000_000 * money.Leu / 100

// An Obligation is a sum that a party has to pay ("obligație de plată"), as it was
// entered. Nothing of it ever changes.
type Obligation struct {
	ID         string      // made by [Office.Enter] if it is empty
	Party      act.PartyID // the debtor
	Role       string      // number of the taxpayer's file ("rol nominal unic")
	Kind       string      // Kind.Key
	Year       int
	Instalment int // of the year, from 1; 0 if there is one alone
	Due        deadline.Date
	Amount     money.Bani
	// Provisional says that the assessment is not final. Once it is, a decision says
	// so; see [Office.Finalise].
	Provisional bool
	// Born is the day of communication, or of the receipt of a title from another
	// institution; no day if it is that of entering.
	Born deadline.Date
	// Source is what it comes from, such as a line of an assessment. It is entered once.
	Source string
	// Difference says that it was added to an assessment: its age is that of its
	// communication, not of its due date (CPF art. 165 par. 3 b).
	Difference bool
	// Enforceable says that a fine is in an enforceable title (CPF art. 165 par. 2).
	Enforceable bool
	// Since is the day from which payments find it. [Office.Enter] sets it: Born if that
	// is past, and else the day of the act.
	Since deadline.Date
}

// age returns the day by which it is older or younger than others (CPF art. 165 par. 3).
func (o Obligation) age(class Class) deadline.Date {
	if (o.Difference || class == Fine) && !o.Born.IsZero() {
		return o.Born
	}
	return o.Due
}

// A Debt is an obligation that is not settled, as it is on some day.
type Debt struct {
	settle.Debt
	Obligation Obligation
}

// A Bonus is what somebody saves who has paid all obligations of a kind and year
// in time (CF art. 462 par. 2, 464, 472), as the assessment has worked out.
type Bonus struct {
	Party  act.PartyID
	Kind   string
	Year   int
	Amount money.Bani
	Until  deadline.Date // 31 March, or the next working day
}

// A Payment is money that has come in for a debtor, from anybody (CPF art. 163 par. 9).
type Payment struct {
	ID      string      // of the provider and its transaction, such as "netopia 1234": credited once
	Payer   act.PartyID // empty if that is not known
	Debtor  act.PartyID
	Amount  money.Bani
	Moment  time.Time // of payment (CPF art. 163 par. 11): of a card, its authorisation
	Channel string    // "card", "treasury", "post", "desk", "ghiseul": for the treasurer
	Choice  Choice
}

// A Receipt is what became of a payment. Lines of parts [Principal], [Surcharge]
// and [Credit] add up to its amount, less what was reversed.
type Receipt struct {
	Payment
	Reversed money.Bani
	Lines    []Line
	Repeated bool // it had been entered before, and nothing was changed now
}

// A Reduction takes something off an obligation as if it had never been owed, when
// an assessment is done again (CPF art. 174 par. 3).
type Reduction struct {
	Obligation string
	By         money.Bani
}

// Package fiscal is where the officers of local taxes work: they find a taxpayer, see
// what is owed and why, enter declarations, assess, prepare decisions and approve them.
// Money is taken in by package treasury, whose pages are next to these.
//
// What people owe is in package ledger, and what they own in taxroll and taxes;
// nothing of that is kept here a second time. What is here is the way of working.
// Whoever opens a file says what for, and the person reads that. What costs the
// town or a taxpayer money takes two officials: one proposes, another approves,
// and only then does the ledger hear of it.
package fiscal

import (
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/ledger"
	"bega/taxroll"
)

// The faults that people meet here.
var (
	ErrUnknown = fault.New(fault.Missing, "fiscal.unknown")     // no such taxpayer, proposal or payment
	ErrSearch  = fault.New(fault.Invalid, "fiscal.bad-search")  // too little to look for
	ErrPurpose = fault.New(fault.Invalid, "fiscal.no-purpose")  // a file is opened for nothing
	ErrText    = fault.New(fault.Invalid, "fiscal.no-text")     // an empty note or reason
	ErrKind    = fault.New(fault.Invalid, "fiscal.bad-kind")    // a proposal of nothing that there is
	ErrChoose  = fault.New(fault.Invalid, "fiscal.choose-debt") // no debt or payment was chosen
	ErrAmount  = fault.New(fault.Invalid, "fiscal.bad-amount")  // not an amount, or nothing
	ErrDay     = fault.New(fault.Invalid, "fiscal.bad-day")     // no such day
	ErrMonths  = fault.New(fault.Invalid, "fiscal.bad-months")  // not a number of instalments
	ErrBasis   = fault.New(fault.Invalid, "fiscal.no-basis")    // a decision without its article of law
	ErrSecond  = fault.New(fault.Conflict, "fiscal.second")     // the same person proposes and approves
	ErrDecided = fault.New(fault.Conflict, "fiscal.decided")    // somebody has decided already
)

// A Purpose is why a file is opened.
type Purpose struct {
	Value string // in addresses
	Key   string // of the text that the person reads
}

// Purposes are all that there are.
var Purposes = []Purpose{
	{"ghiseu", "fiscal.why-visit"}, {"cerere", "fiscal.why-request"}, {"verificare", "fiscal.why-check"},
	{"plata", "fiscal.why-payment"}, {"aprobare", "fiscal.why-approval"},
}

// purposeKey returns the text key of a purpose, or [ErrPurpose].
func purposeKey(value string) (string, error) {
	for _, p := range Purposes {
		if p.Value == value {
			return p.Key, nil
		}
	}
	return "", ErrPurpose
}

// A Person is what officers have to know of who somebody is.
type Person struct {
	ID    act.PartyID
	Name  string
	Code  string   // CNP or CUI, masked
	Lines []string // of their address
}

// A Found is a taxpayer that was looked for.
type Found struct {
	Person
	Role int // number of their file; 0 if there is none
}

// A Note is what officers tell each other about a taxpayer.
type Note struct {
	By   act.PartyID
	At   time.Time
	Text string
}

// A Payment is one that came in for a taxpayer, from whomever.
type Payment struct {
	ID     string
	Day    deadline.Date
	Amount money.Bani // less what was taken back
	Lines  []ledger.Line
}

// A File is all that officers see of a taxpayer's account.
type File struct {
	Person
	Role      taxroll.Role
	Owner     bool // owns something in the town: enforceable fines come first (CPF art. 165 par. 2)
	Year      int
	Sheet     ledger.Sheet
	Statement ledger.Statement // of the year
	Payments  []Payment        // of the year, the newest first
	Notes     []Note
	Proposals []Proposal
	Names     map[act.PartyID]string // of officials
}

// overdue returns the debts about which there can be a decision: what is late.
func (f File) overdue() (all []ledger.Debt) {
	for _, d := range f.Sheet.Debts {
		if d.Due.Before(f.Sheet.Day) {
			all = append(all, d)
		}
	}
	return all
}

// empty reports whether nothing but space was typed.
func empty(text string) bool { return strings.TrimSpace(text) == "" }

// Package treasury is where the town takes in money for local taxes: at the cash desk,
// by the statements of treasury, post office and ghiseul.ro, and where all of it is
// compared with the banks, and with the year before.
//
// What people owe is in package ledger; nothing of that is kept here a second time.
// Money is taken against what the payer was shown that it settles. A line of a
// statement counts once, whichever file brings it, however often; whose it is, is
// never guessed. A difference has a reason, or is there until it has one.
package treasury

import (
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
)

// The faults of all parts of the room.
var (
	ErrUnknown = fault.New(fault.Missing, "treasury.unknown")    // no such taxpayer, payment or line
	ErrText    = fault.New(fault.Invalid, "treasury.no-text")    // an empty reason
	ErrChoose  = fault.New(fault.Invalid, "treasury.choose")     // nobody was chosen
	ErrAmount  = fault.New(fault.Invalid, "treasury.bad-amount") // not an amount, or nothing
	ErrDay     = fault.New(fault.Invalid, "treasury.bad-day")    // no such day
)

// A Person is what the room has to know of who somebody is.
type Person struct {
	ID   act.PartyID
	Name string
	Code string // CNP or CUI, masked
}

// A Taxpayer is somebody for whom money comes in.
type Taxpayer struct {
	Person
	Role int // number of their file; 0 if there is none
}

// empty reports whether nothing but space was typed.
func empty(text string) bool { return strings.TrimSpace(text) == "" }

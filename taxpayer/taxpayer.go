// Package taxpayer is where people and firms see what they owe the town, why to
// the last leu, and pay it.
//
// Nothing is decided here. What is owed, and what a payment settles, the room
// ledger knows; what it is for, the room taxes; how much the law asks for, the
// rules of taxlaw; and the room payments takes the money. This room puts that on
// pages: calculators for everybody, a folder's own account, payment by whoever
// has a decision in hand, and a list for who acts for many firms.
//
// It keeps one thing: which debts an order is for. So two tabs, or two hundred,
// that pay the same debts find the same order, and when the bank has spoken the
// ledger is told once (CPF art. 163 par. 11).
package taxpayer

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/ledger"
	"bega/payments"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// The faults that people meet here.
var (
	ErrUnknown = fault.New(fault.Missing, "taxpayer.unknown")     // no such debt, object or calculator
	ErrNothing = fault.New(fault.Invalid, "taxpayer.nothing")     // nothing was chosen, or nothing is left to be paid
	ErrChanged = fault.New(fault.Conflict, "taxpayer.changed")    // the sum is another one than that which was shown
	ErrGoing   = fault.New(fault.Conflict, "taxpayer.going")      // another payment of the same debts has begun
	ErrClosed  = fault.New(fault.Unavailable, "taxpayer.closed")  // nobody can pay now
	ErrCode    = fault.New(fault.Invalid, "taxpayer.wrong-code")  // no decision has that payment code
	ErrNoCode  = fault.New(fault.Invalid, "taxpayer.no-code")     // none was typed
	ErrWait    = fault.New(fault.TooMany, "taxpayer.wait-a-bit")  // too many wrong codes; with seconds
	ErrNumber  = fault.New(fault.Invalid, "taxpayer.number")      // an answer that is no number
	ErrDate    = fault.New(fault.Invalid, "taxpayer.date")        // an answer that is no day
	ErrNoRules = fault.New(fault.Missing, "taxpayer.no-such-law") // no rules of that year
)

// A Register knows what people own, what their debts are for, and when nobody can
// pay. [Taxes] makes one of the rooms taxes and taxroll.
type Register interface {
	// Owns reports whether a party owns a building, land or a vehicle: enforceable
	// fines then come first (CPF art. 165 par. 2).
	Owns(ctx context.Context, r db.Reader, party act.PartyID, at time.Time) (bool, error)

	// PartyOfCode returns whose a payment code is, as people type it. It fails with a
	// fault of the kind [fault.Missing].
	PartyOfCode(ctx context.Context, code string) (act.PartyID, error)

	// Account returns what the town knows of the actor's folder; nothing, if it has no
	// file.
	Account(ctx context.Context, actor act.Actor) (Account, error)

	// Versions returns the history of a thing of the actor's folder, the newest first.
	Versions(ctx context.Context, actor act.Actor, thing string) ([]Version, error)

	// Why explains an obligation of the actor's folder: each object, and then their
	// sum. It returns none for what was not computed here, such as a fine.
	Why(ctx context.Context, actor act.Actor, obligation string) ([]*taxlaw.Explanation, error)

	// Closed returns the closure at an instant, if there is one; Closures all, in order.
	Closed(ctx context.Context, at time.Time) (taxes.Closure, bool, error)
	Closures(ctx context.Context) ([]taxes.Closure, error)
}

// An Account is what the town knows of a folder.
type Account struct {
	Role      string               // number of the file ("rol nominal unic"); "" without one
	Legal     bool                 // a legal person
	About     map[string]form.Text // what obligations are for, by ID: "Strada Alba Iulia 7, ap. 12"
	Things    []Thing              // what is taxed
	Decisions []Decision           // the newest first
}

// A Thing is a taxable object.
type Thing struct {
	ID    string
	Label form.Text
	Now   taxlaw.Object // as it is taxed
}

// A Version is what became known of a thing, and from which day it holds.
type Version struct {
	Since  deadline.Date
	Why    taxroll.Why
	Object *taxlaw.Object // nil if nothing was said of what it is
}

// A Decision is a tax decision ("decizie de impunere").
type Decision struct {
	Number string
	Year   int
	Issued time.Time
	Told   deadline.Date // when it was communicated; no day: not yet
	Paper  string        // code by which it is verified
	Code   string        // by which anybody can pay it
}

// Firms knows for whom a person may act: the room identity.
type Firms interface {
	// Firms returns those for whom the person behind the actor may act now.
	Firms(ctx context.Context, actor act.Actor) ([]Firm, error)
}

// A Firm is a party that somebody acts for.
type Firm struct {
	Party    act.PartyID
	Name     string
	Mandate  string
	Services []string // as in [act.Actor]
}

// A Bank takes money: the room payments. What is paid comes back to
// [Office.Paid], as a [payments.Payee].
type Bank interface {
	Order(ctx context.Context, tx *act.Tx, r payments.Request) (id string, err error)
	// Drop ends an order that nobody is paying, because another one takes its place.
	Drop(ctx context.Context, tx *act.Tx, id string) error
	Pay(ctx context.Context, actor act.Actor, key, orderID, lang string) (page string, err error)
	ByID(ctx context.Context, actor act.Actor, id string) (payments.Order, error)
	Result(ctx context.Context, actor act.Actor, id string) (payments.Result, error)
	Pending(ctx context.Context, r db.Reader, id string) (bool, error)
	Ended(ctx context.Context, r db.Reader, owner act.PartyID) (string, error)
}

// An order is what somebody pays by an order of the room payments.
type order struct {
	id     string
	payer  act.PartyID
	debtor act.PartyID
	what   string // the debts and the sum, as [Bill.what] says
	code   bool   // they had a payment code, and may not see more than it shows
	choice ledger.Choice
	at     time.Time
}

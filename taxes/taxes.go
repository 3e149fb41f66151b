// Package taxes works out what people owe for what they have, and says so: in
// decisions, in explanations, in certificates.
//
// An assessment keeps, for each taxpayer and tax, what is owed, and which versions of
// the register it was worked out from, under which state of the law. Neither changes,
// so why an amount is what it is can be worked out again at any time. What is owed is
// entered into the ledger in the same act; when an assessment is done again, by entries
// that reverse and add.
package taxes

import (
	"embed"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/taxlaw"
	"bega/taxroll"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// The faults that people meet here.
var (
	ErrUnknown    = taxroll.ErrUnknown                             // no such file, decision or code, or not for them
	ErrUnassessed = fault.New(fault.Missing, "taxes.unassessed")   // nothing was assessed for that year
	ErrPeriod     = fault.New(fault.Invalid, "taxes.period")       // a closure that ends before it begins
	ErrReason     = fault.New(fault.Invalid, "taxes.no-reason")    // a closure without reason or source
	ErrPurpose    = fault.New(fault.Invalid, "taxes.no-purpose")   // a certificate for nothing
	ErrDebts      = fault.New(fault.Conflict, "taxes.debts")       // for a sale: what is to be paid before
	ErrCapacity   = fault.New(fault.Invalid, "taxes.no-capacity")  // nobody whom the law lets ask
	ErrLook       = fault.New(fault.Conflict, "taxes.look")        // a certificate that an official has to look at first
	ErrDelivered  = fault.New(fault.Conflict, "taxes.delivered")   // the communication was noted already
	ErrDelivery   = fault.New(fault.Invalid, "taxes.bad-delivery") // without proof, or before the decision
)

// kindOf is under which kind of the ledger a tax is owed. Other taxes are not
// assessed by the year.
var kindOf = map[taxlaw.Type]string{taxlaw.BuildingTax: "buildings", taxlaw.LandTax: "land", taxlaw.VehicleTax: "vehicles",
	taxlaw.SignFee: "advertising", taxlaw.BuildingFees: "buildings-fee", taxlaw.LandFees: "land-fee"}

// An Item is an object in an assessment, and what came out.
type Item struct {
	taxroll.Ref
	Amount taxlaw.Dec `json:"a"` // lei, not rounded
}

// A Claim is an obligation in the ledger that an assessment has entered, with what
// it was reduced to.
type Claim struct {
	ID     string        `json:"id"`
	Due    deadline.Date `json:"due"`
	Amount money.Bani    `json:"amount"`
}

// An Assessment is what a taxpayer owes of one tax for a year ("stabilirea
// impozitului"). Each time it is done again it has another edition.
type Assessment struct {
	Party   act.PartyID
	Type    taxlaw.Type
	Year    int
	Edition int    // from 1
	Law     string // the state of the law and of the town's rates; see [Office.Why]
	Levy    taxlaw.Levy
	Items   []Item
	Claims  []Claim
	// Provisional says that it was entered as such; see [Office.Deliver].
	Provisional bool
	At          time.Time
}

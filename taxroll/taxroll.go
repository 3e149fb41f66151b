// Package taxroll is the register of taxpayers, and of what they have that is taxed.
//
// It only grows. A version says what became known of an object, and the day from which
// it holds: what it is, where it is, or which part of it somebody has; and nothing of
// the rest. So it makes no difference in which order the town hall hears of things: how
// an object is on a day is what the last version up to that day says, of each of these
// by itself.
//
// What is loaded from another program's files is the same: versions, which count from
// the moment at which the import is published, and no more once it is reverted.
package taxroll

import (
	"embed"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/taxlaw"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// The faults that people meet here.
var (
	ErrUnknown   = fault.New(fault.Missing, "taxroll.unknown")       // no such file or object, or not for them
	ErrNotOwner  = fault.New(fault.Invalid, "taxroll.not-owner")     // whoever sells it does not have it
	ErrFuture    = fault.New(fault.Invalid, "taxroll.future")        // a change that has not happened yet
	ErrNothing   = fault.New(fault.Invalid, "taxroll.nothing")       // a change of nothing
	ErrKind      = fault.New(fault.Invalid, "taxroll.kind")          // a house does not become a car
	ErrBusy      = fault.New(fault.Conflict, "taxroll.busy")         // somebody else loads a register
	ErrCode      = fault.New(fault.Missing, "taxroll.bad-code")      // a payment code that was mistyped, or is nobody's
	ErrWhich     = fault.New(fault.Invalid, "taxroll.which-object")  // a sale of nothing that we know
	ErrAnswers   = fault.New(fault.Invalid, "taxroll.answers")       // a declaration that says too little
	ErrExtra     = fault.New(fault.Invalid, "taxroll.extra-column")  // a table with a column that we do not know
	ErrRowNumber = fault.New(fault.Invalid, "taxroll.row-number")    // in a row: no role number
	ErrRowName   = fault.New(fault.Invalid, "taxroll.row-name")      // no name
	ErrRowType   = fault.New(fault.Invalid, "taxroll.row-type")      // neither PF nor PJ
	ErrRowTaken  = fault.New(fault.Invalid, "taxroll.row-taken")     // the role is somebody else's, or they have another
	ErrRowCode   = fault.New(fault.Invalid, "taxroll.row-code")      // an object without a number
	ErrRowRole   = fault.New(fault.Invalid, "taxroll.row-role")      // of nobody in the table of taxpayers
	ErrRowKind   = fault.New(fault.Invalid, "taxroll.row-kind")      // of no kind that is taxed by the year
	ErrColumns   = fault.New(fault.Invalid, "taxroll.columns")       // a table without a column; with its name
	ErrTable     = fault.New(fault.Invalid, "taxroll.table")         // no table that we can read
	ErrSecond    = fault.New(fault.Conflict, "taxroll.second")       // the same person loads and publishes
	ErrRejected  = fault.New(fault.Conflict, "taxroll.rejected")     // too many rows were rejected
	ErrState     = fault.New(fault.Conflict, "taxroll.import-state") // an import that is not, or no more, to be published or reverted
)

// A Role is the file of a taxpayer in the town ("rol nominal unic", CPF art. 162).
type Role struct {
	Party  act.PartyID
	Number int    // from 1, without gaps
	Owner  string // [taxlaw.Natural] or [taxlaw.Legal]
	Code   string // by which anybody can pay; see [Office.RoleByCode]
}

// Details say which object it is. They are personal data, and kept sealed.
type Details struct {
	Address   string `json:"address,omitempty"`
	Cadastral string `json:"cadastral,omitempty"` // number of the parcel, building or flat
	Plate     string `json:"plate,omitempty"`
	VIN       string `json:"vin,omitempty"`
}

// A Part is what somebody has of an object.
type Part struct {
	Party act.PartyID
	Share taxlaw.Share // zero: not known
	Gone  bool         // nothing any more
}

// A Relief is an exemption or a reduction that somebody was granted for an object,
// with the documents that prove it. What it is for can tell of somebody's health.
type Relief struct {
	Party     act.PartyID   `json:"party"`
	Code      string        `json:"code"` // of the law or the council; "" ends it
	Part      taxlaw.Share  `json:"part,omitzero"`
	Filed     deadline.Date `json:"filed,omitzero"`
	Until     deadline.Date `json:"until,omitzero"`   // how long the documents are valid
	Before    bool          `json:"before,omitempty"` // had already, in the years before
	Documents []string      `json:"documents,omitempty"`
}

// A Why is what a change comes from.
type Why string

// What changes come from.
const (
	Acquired  Why = "acquired"
	Changed   Why = "changed"
	Sold      Why = "sold" // or lost, scrapped, demolished
	Corrected Why = "corrected"
	Relieved  Why = "relieved"
	Imported  Why = "imported"
)

// A Change is what becomes known of an object. What is nil is not changed by it.
type Change struct {
	Object  string         `json:"object,omitempty"` // ID; "" for one that we did not know, or that Mark stands for
	Mark    string         `json:"mark,omitempty"`   // plate, number of chassis or cadastral number
	Of      act.PartyID    `json:"of,omitempty"`     // whose object has that mark
	From    deadline.Date  `json:"from"`             // day from which it holds
	Thing   *taxlaw.Object `json:"thing,omitempty"`  // without owner, share and relief
	Details *Details       `json:"details,omitempty"`
	Parts   []Part         `json:"parts,omitempty"`
	Relief  *Relief        `json:"relief,omitempty"`
	Why     Why            `json:"why"`
	Source  string         `json:"source"` // what proves it, such as "case IF2026-000012"
}

// A Version is a change as it was entered.
type Version struct {
	Change
	N  int // of the object, from 1
	By act.PartyID
	At time.Time
}

// A Holding is what somebody has on a day.
type Holding struct {
	Object  taxlaw.Object // as it is taxed: with their share and relief
	Details Details
	Owners  int // of the object
}

// yearly are the taxes of what is in the register. Others are for something that happens.
var yearly = map[taxlaw.Type]bool{taxlaw.BuildingTax: true, taxlaw.LandTax: true, taxlaw.VehicleTax: true, taxlaw.SignFee: true,
	taxlaw.BuildingFees: true, taxlaw.LandFees: true}

// A Ref says from which versions what is taxed was put together. It is the same for
// good, so that an assessment can be explained when the register has changed.
type Ref struct {
	Object string        `json:"o"`
	Thing  int           `json:"t"`           // version that says what it is
	Share  taxlaw.Share  `json:"s,omitzero"`  // as it was
	Relief int           `json:"r,omitempty"` // version; 0 for none
	Sold   deadline.Date `json:"d,omitzero"`
}

// An Input is what a taxpayer has of an object, as it is taxed in a year.
type Input struct {
	Ref
	Taxed taxlaw.Object // with the share and the relief
}

// A Dossier is all that a taxpayer has that is taxed in a year, by object.
type Dossier struct {
	Role   Role
	Inputs []Input
}

// A Difference is what a change has led to in an assessment.
type Difference struct {
	Type          taxlaw.Type
	Year          int
	Before, After money.Bani
	Objects       []ObjectDifference
}

// An ObjectDifference is what one object has to do with a [Difference].
type ObjectDifference struct {
	Object        string
	Before, After taxlaw.Dec // lei
}

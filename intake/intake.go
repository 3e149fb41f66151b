// Package intake takes in registers of other programs in the browser: an official sends
// a workbook or two tables once, they are looked at, kept encrypted, and read by the
// queue, which goes on where it was if it is interrupted. What they say is for package
// taxroll, which has it count when a second official publishes it.
package intake

import (
	"embed"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/fault"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// The faults that people meet here.
var (
	ErrUnknown  = fault.New(fault.Missing, "intake.unknown")      // no such register or file
	ErrYear     = fault.New(fault.Invalid, "intake.bad-year")     // no year whose law is known
	ErrNone     = fault.New(fault.Invalid, "intake.no-file")      // nothing was sent
	ErrPair     = fault.New(fault.Invalid, "intake.no-pair")      // neither a workbook nor both tables
	ErrEmpty    = fault.New(fault.Invalid, "intake.empty")        // a file without anything in it
	ErrNoRows   = fault.New(fault.Invalid, "intake.no-rows")      // tables that have heads alone
	ErrKind     = fault.New(fault.Invalid, "intake.bad-kind")     // neither CSV nor XLSX
	ErrOld      = fault.New(fault.Invalid, "intake.old-workbook") // XLS, or a workbook with a password
	ErrMacros   = fault.New(fault.Invalid, "intake.macros")       // a workbook with programs in it
	ErrFormulas = fault.New(fault.Invalid, "intake.formulas")     // a workbook that has to be computed
	ErrSheets   = fault.New(fault.Invalid, "intake.no-sheets")    // a workbook without the two sheets
	ErrBomb     = fault.New(fault.Invalid, "intake.bomb")         // what fills whatever opens it
	ErrLarge    = fault.New(fault.Invalid, "intake.too-large")    // the limit, in MB
	ErrEncoding = fault.New(fault.Invalid, "intake.bad-letters")  // CSV in the letters of an older program
	ErrBroken   = fault.New(fault.Invalid, "intake.broken-row")   // CSV that cannot be read from a line on
	ErrReading  = fault.New(fault.Conflict, "intake.reading")     // another register is read at the moment
	ErrOver     = fault.New(fault.Conflict, "intake.over")        // one that cannot be stopped any more
	ErrReader   = fault.New(fault.Conflict, "intake.no-reader")   // whoever has sent it is no official any more
)

// What files there are.
const (
	Workbook  = "registru"
	Taxpayers = "contribuabili"
	Objects   = "bunuri"
)

// A File is a table or a workbook that was looked at, and is kept.
type File struct {
	ID    string
	What  string // [Workbook], [Taxpayers] or [Objects]
	Name  string // that the official knows it by
	Size  int64  // in bytes
	Rows  int    // with their heads; of a workbook, of all its sheets
	By    act.PartyID
	At    time.Time
	parts []blob.Hash
}

// How far a register is.
const (
	Reading = "reading" // or waits for it
	Read    = "read"    // what it says is in the import
	Failed  = "failed"
	Stopped = "stopped"
)

// A Register is one that was sent in. Its ID is that of the import, once that has begun.
type Register struct {
	ID      string
	Year    int
	State   string
	Fault   string // key of the text that says why it has failed
	Args    []string
	By      act.PartyID
	At      time.Time
	Changed time.Time
	Files   []File
}

// Rows is how many rows there are to be read.
func (r Register) Rows() (n int) {
	for _, f := range r.Files {
		if n += f.Rows - 1; f.What == Workbook {
			n-- // each sheet has a head
		}
	}
	return max(n, 0)
}

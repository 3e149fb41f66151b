// Package registry gives every paper of the town hall its number, and lets
// anybody check a paper that the town hall has issued.
//
// Numbers run from 1 each year in each register, in order of arrival and without
// gaps (Legea 16/1996 art. 7). A number is drawn in the transaction of the act
// that it is for, and lives as long as the case: a paper that comes in and the
// answer to it share it.
//
// What a paper says is kept sealed, and shown as a page to its owner and to the
// officials concerned. Its PDF is made of the same words and sealed once. The
// register keeps its hash: whoever holds a copy learns whether it is the one
// that was issued, and nothing about the person that it was issued to.
package registry

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/pdf"
)

// The faults that people meet here.
var (
	ErrUnknown  = fault.New(fault.Missing, "registry.unknown")    // no such paper, or not for them
	ErrCode     = fault.New(fault.Missing, "registry.bad-code")   // it was mistyped
	ErrUnissued = fault.New(fault.Missing, "registry.unissued")   // nothing was issued with that code
	ErrNumber   = fault.New(fault.Invalid, "registry.bad-number") // not a registration number
	ErrWait     = fault.New(fault.TooMany, "registry.wait")       // too many codes that were not issued; with seconds
)

// A Number is a registration number ("număr de înregistrare").
type Number struct {
	Register string // key of the register: "UR"
	Year     int
	N        int           // from 1
	Day      deadline.Date // of registration
}

// String returns the number as it stands on papers: "UR2026-000123".
func (n Number) String() string { return fmt.Sprintf("%s%d-%06d", n.Register, n.Year, n.N) }

// IsZero reports whether there is no number.
func (n Number) IsZero() bool { return n.N == 0 }

var numberForm = regexp.MustCompile(`^(?:([A-Z]{1,8})(\d{4})-)?(\d{1,9})$`)

// ParseNumber reads a number as people type it: whole, or its last part alone,
// which leaves the register and the year empty.
func ParseNumber(typed string) (Number, error) {
	m := numberForm.FindStringSubmatch(strings.ToUpper(strings.ReplaceAll(typed, " ", "")))
	if m == nil {
		return Number{}, ErrNumber
	}
	year, _ := strconv.Atoi("0" + m[2])
	n, _ := strconv.Atoi(m[3])
	if n == 0 {
		return Number{}, ErrNumber
	}
	return Number{Register: m[1], Year: year, N: n}, nil
}

// An Arrival is a paper that comes in to be registered.
type Arrival struct {
	Register string
	Unit     string      // department that it is for
	Sender   act.PartyID // whose application it is
	Service  string      // key: what it asks for
	Case     string      // ID
	Annexes  int         // documents that came with it
}

// An Entry is a line of a register: a paper that came in, and the answer to it.
type Entry struct {
	Number   Number
	At       time.Time
	Unit     string
	Service  string
	Case     string
	Annexes  int
	Answers  int       // how many papers went out under the number
	Answered time.Time // when the last of them did; zero if none did
}

// A Filter chooses lines of the registers of a year.
type Filter struct {
	Register string // "" for all
	Unit     string // "" for all that the official may see
	Year     int
	N        int // 0 for all
	Page     int // from 1
	PerPage  int
}

// A Kind of official paper.
type Kind string

// The kinds of papers.
const (
	Receipt  Kind = "receipt"  // proof of registration ("dovada de înregistrare")
	Decision Kind = "decision" // answer to an application
	Payment  Kind = "payment"  // proof of payment ("chitanță")
	Request  Kind = "request"  // of what is missing
)

// answers reports whether a paper of this kind is an answer to what came in.
func (k Kind) answers() bool { return k == Decision || k == Request }

// A Paper is an official document to be issued.
type Paper struct {
	Kind     Kind
	Type     string      // key of the document type in the catalogue: "certificat-urbanism"
	Owner    act.PartyID // whose it is
	Unit     string      // department that issues it
	Service  string
	Case     string
	Number   Number
	Document pdf.Document  // what it says; Verify is filled in by the registry
	Until    deadline.Date // last day on which it is valid; no day means without end
}

// An Issued paper can be verified by its code.
type Issued struct {
	Code    string // "7K4Q-M2XD-9R": what one types at /verifica
	Paper   Paper
	At      time.Time
	Hash    string    // SHA-256 of the sealed PDF, in hex; "" while it is being sealed
	Sealed  time.Time // when it was; zero while it is being sealed
	Revoked time.Time // zero while it holds
}

// A Public is what anybody may know about an issued paper.
type Public struct {
	Code    string
	Kind    Kind
	Type    string
	Service string
	Unit    string
	Number  string // "" if it has none
	At      time.Time
	Until   deadline.Date
	Hash    string
	Sealed  time.Time
	Revoked time.Time
}

// public leaves out whose a paper is and what it says.
func (i Issued) public() Public {
	p := Public{Code: i.Code, Kind: i.Paper.Kind, Type: i.Paper.Type, Service: i.Paper.Service, Unit: i.Paper.Unit, At: i.At,
		Until: i.Paper.Until, Hash: i.Hash, Sealed: i.Sealed, Revoked: i.Revoked}
	if !i.Paper.Number.IsZero() {
		p.Number = i.Paper.Number.String()
	}
	return p
}

// HoldsOn reports whether the paper is valid on a day.
func (p Public) HoldsOn(day deadline.Date) bool {
	return p.Revoked.IsZero() && (p.Until.IsZero() || !p.Until.Before(day))
}

// A Finding is what a file turned out to be.
type Finding string

// The findings about a file.
const (
	Authentic  Finding = "authentic"  // byte for byte the one that was issued
	Changed    Finding = "changed"    // sealed by somebody once, and not as it was any more
	Unsealed   Finding = "unsealed"   // there is no seal in it
	Foreign    Finding = "foreign"    // sealed by somebody else
	Unrecorded Finding = "unrecorded" // sealed by us, and yet not in the register
)

// A Verdict is what the town hall says about a file.
type Verdict struct {
	Finding Finding
	Hash    string // of the file
	Signer  string // of a whole seal, as the certificate names it; "" if there is none
	Paper   Public // if it is authentic
}

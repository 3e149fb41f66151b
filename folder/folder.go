// Package folder keeps each party's documents: what they gave, what the town
// hall issued, what it fetched for them.
//
// A document that was given once is offered wherever one of its type is asked
// for. Nobody at the town hall sees it unless its owner let a case use it, and
// every opening is an act that the owner reads about. Whoever acts for the owner
// with a mandate for some services sees what these ask for, and nothing else.
//
// The file of a document is stored before the row that names it. What nobody
// names any more, the sweep removes.
package folder

import (
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/text"
)

// The faults that people meet here.
var (
	ErrUnknown   = fault.New(fault.Missing, "folder.unknown")    // no such document, or not for them
	ErrType      = fault.New(fault.Invalid, "folder.bad-type")   // not in the catalogue
	ErrNoFile    = fault.New(fault.Invalid, "folder.no-file")    // none was chosen
	ErrNumber    = fault.New(fault.Invalid, "folder.bad-number") // too long
	ErrIssuedOn  = fault.New(fault.Invalid, "folder.bad-issued") // no day, or one to come
	ErrUntil     = fault.New(fault.Invalid, "folder.bad-until")  // no day, or before that of issue
	ErrFull      = fault.New(fault.Conflict, "folder.full")
	ErrInUse     = fault.New(fault.Conflict, "folder.in-use")    // a running case uses it
	ErrIssued    = fault.New(fault.Conflict, "folder.is-issued") // by the town hall: not to be removed or certified
	ErrCertified = fault.New(fault.Conflict, "folder.is-certified")
)

// A Source says how a document came into the folder.
type Source string

// The sources.
const (
	Given   Source = "given"   // uploaded by its owner or by who acts for them
	AtDesk  Source = "desk"    // brought to a counter
	Issued  Source = "issued"  // by the town hall
	Fetched Source = "fetched" // by the town hall from another institution
	Sent    Source = "sent"    // by an official, with a message
)

// A Document of a party.
type Document struct {
	ID        string
	Owner     act.PartyID
	Type      string        // key of the document type in the catalogue
	Name      string        // of the file or title, for its owner
	Issuer    string        // who issued it; "" if not known
	Number    string        // such as a plate or a land book number; sealed; "" if none
	IssuedOn  deadline.Date // no day if not known
	Until     deadline.Date // last day of validity; no day if it has none or is not known
	Source    Source
	GivenBy   act.PartyID // natural person who put it there; "" for the town hall
	Added     time.Time
	Media     string // "application/pdf", "image/jpeg", "image/png"
	Size      int64  // bytes
	Pages     int
	Hash      blob.Hash // "" for issued papers
	Paper     string    // code of an issued paper in the registry; "" for uploads
	Case      string    // for which it was given or issued; "" for none
	Service   string    // for which it was given; "" for none
	Removed   time.Time // zero while it is there
	Certified *Certification
}

// A Certification says that an official has seen the original ("conform cu
// originalul"). It travels with the document.
type Certification struct {
	By   act.PartyID
	Unit string
	At   time.Time
	Hash blob.Hash // of what was compared
}

// ValidOn reports whether the document can be used on a day.
func (d Document) ValidOn(day deadline.Date) bool {
	return d.Removed.IsZero() && (d.Until.IsZero() || !d.Until.Before(day))
}

// soon is how many days before its end a document is said to expire.
const soon = 30

// ExpiresSoon reports whether the document is still valid on a day and will not
// be within a month.
func (d Document) ExpiresSoon(day deadline.Date) bool {
	return d.ValidOn(day) && !d.Until.IsZero() && day.DaysUntil(d.Until) <= soon
}

// better reports whether one of two documents of a type should be offered first:
// valid, then certified, then newest.
func better(a, b Document, day deadline.Date) bool {
	if a.ValidOn(day) != b.ValidOn(day) {
		return a.ValidOn(day)
	}
	if (a.Certified != nil) != (b.Certified != nil) {
		return a.Certified != nil
	}
	return a.ID > b.ID // IDs sort by age
}

// replaces reports whether a document makes another of the same type needless: it
// is valid for longer.
func (d Document) replaces(other Document) bool {
	return d.ID != other.ID && d.Type == other.Type && d.Removed.IsZero() && (d.Until.IsZero() || d.Until.After(other.Until))
}

// reminder returns how many days before the end of a document its owner should be
// told on a day: 30, 7, or 0 for not at all. Who added it later than that knows.
func (d Document) reminder(day, added deadline.Date) int {
	for _, before := range []int{7, soon} {
		if from := d.Until.AddDays(-before); !day.Before(from) {
			if added.Before(from) {
				return before
			}
			return 0
		}
	}
	return 0
}

// A Consent lets a case use a document ("consimțământ"), and nothing else.
type Consent struct {
	Case     string
	Document string
	Unit     string // department that the case is in
	By       act.PartyID
	At       time.Time
	Ended    time.Time // zero while the case may use it
}

// fold returns a text as it is compared, without what stands between the parts
// of numbers: "TM 07-ABC" is "tm07abc".
func fold(s string) string { return between.Replace(text.Fold(s)) }

var between = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "", "\u00a0", "")

package ui

import (
	"slices"

	"github.com/a-h/templ"
)

// A Kind is what a status means. It is never said by colour alone: an icon and
// words go with it.
type Kind string

// The kinds of status.
const (
	Working Kind = ""  // on its way
	Waiting Kind = "w" // something is to be done
	Wrong   Kind = "e" // an error, a missed deadline
	Done    Kind = "k" // done, paid, valid
	Plain   Kind = "g" // over, or of no consequence
)

// A Link leads somewhere.
type Link struct {
	Href    string
	Label   string
	Hint    string // one more line, for components that show it
	Icon    string // name of an icon, for components that show it
	Current bool   // it is where we are
	Count   int    // how many are there; 0 shows nothing
}

// An Option is one of the answers to choose from.
type Option struct {
	Value string
	Label string
	Hint  string
	Tag   templ.Component // a [Tag] at its end; may be nil
}

// A Fact is a label and its value, as in a [SummaryList].
type Fact struct {
	Label  string
	Value  string
	Show   templ.Component // instead of Value, if not nil
	Change string          // address where it can be changed; empty if it cannot
	Ask    string          // instead: value that a button of the form around the list sends as "schimba"
}

// A Task is something that a person has to do, or has coming.
type Task struct {
	Icon    string
	Title   string
	Text    string
	Button  Link
	Primary bool // the one button of the page that stands out
	Calm    bool // nothing is to be done: an appointment, an answer
}

// An Item is a row of a [List].
type Item struct {
	Href  string // empty for what cannot be opened
	Title string
	Code  string // number of a case or document, with zeros that cannot be mistaken
	Note  string
}

// A Step is one of the steps of an application.
type Step struct {
	Title   string
	Href    string // empty if one cannot go there yet
	Done    bool
	Current bool
}

// An Event is a point of a [Timeline], past or to come.
type Event struct {
	When   string // as people read it
	Title  string
	Text   string // may have several lines
	Kind   Kind
	Icon   string // empty for the one of Kind
	Future bool
	Links  []Link
}

// A Message is one of a [MessageThread].
type Message struct {
	ID       string // of the element, to link to; may be empty
	From     string // name, and what they are: "Ioana M., Urbanism"
	When     string
	Text     string // may have several lines
	Mine     bool   // written by who looks at the page
	Internal bool   // a note that people outside the town hall do not see
	Unread   bool
	Files    []Link
}

// A Sheet is what a [Table] shows. The first cell of a row is its header.
type Sheet struct {
	Caption string
	Quiet   bool // the caption is for screen readers, since a heading says the same
	Columns []Column
	Rows    [][]Cell
	Empty   string // said instead of the table if there are no rows
}

// A Column of a [Table].
type Column struct {
	Label  string
	Number bool   // flush right
	Sort   string // address that sorts by this column; empty if it cannot
	Order  string // "ascending" or "descending" if the table is sorted by it
}

// A Cell of a [Table].
type Cell struct {
	Text string
	Href string          // empty for plain text
	Note string          // small, under the text
	Code bool            // Text is a number of a case or document
	Show templ.Component // instead of Text, if not nil
}

// Limits are what a file field accepts, and what it has already got.
type Limits struct {
	Accept   string // extensions, as the element knows them: ".pdf,.jpg,.jpeg,.png"
	Kinds    string // the same for people: "PDF, JPG sau PNG"
	MaxBytes int64  // of one file
	Multiple bool
	Have     []Upload
}

// refused reports whether one of the files was not kept.
func (l Limits) refused() bool {
	return slices.ContainsFunc(l.Have, func(u Upload) bool { return u.Error != "" })
}

// An Upload is a file that was sent before the form is.
type Upload struct {
	ID    string
	Name  string
	Size  int64  // in bytes
	Error string // why it was not kept; empty if it was
}

// A FolderDocument is one that a [DocumentPicker] offers.
type FolderDocument struct {
	ID    string
	Title string
	Note  string // "Talon TM 07 ABC.pdf"
	Good  string // "Verificat la 12 martie"; empty if it was not
	Late  string // "A expirat la 3 mai"; empty if it did not
}

// A Permit is shown by a [PermitCard].
type Permit struct {
	Title  string // "Permis de parcare"
	Number string
	Main   string // largest: "TM 07 ABC"
	Facts  []Fact
	State  templ.Component // a [Tag]; may be nil
	URL    string          // what the QR code holds; empty for none
}

// A Finding is something that was looked at, and what came out.
type Finding struct {
	Kind Kind
	Text string
}

// A State is what a case is in, for the person it is about.
type State string

// The states of a case: one vocabulary for every page.
const (
	Draft     State = "draft"
	Sent      State = "sent"
	Checking  State = "checking"
	NeedsYou  State = "waiting"
	InWork    State = "working"
	Ready     State = "ready"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
	Lapsed    State = "closed" // closed without an answer
)

// look returns the kind and the icon of a state.
func (s State) look() (Kind, string) {
	switch s {
	case Sent:
		return Working, "paper-plane-tilt"
	case Checking:
		return Working, "magnifying-glass"
	case NeedsYou:
		return Waiting, "warning-fill"
	case InWork:
		return Working, "hourglass"
	case Ready:
		return Done, "check-circle-fill"
	case Rejected:
		return Plain, "x"
	case Withdrawn:
		return Plain, "arrow-left"
	case Lapsed:
		return Plain, "archive"
	}
	return Plain, "pencil-simple"
}

// icon returns the icon that goes with a kind.
func (k Kind) icon() string {
	switch k {
	case Waiting:
		return "warning-fill"
	case Wrong:
		return "warning-circle-fill"
	case Done:
		return "check-circle-fill"
	case Plain:
		return "circle"
	}
	return "info"
}

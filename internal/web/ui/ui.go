// Package ui is the design system: the components that pages are made of.
//
// Their classes are those of the style sheet. They work without JavaScript, by
// keyboard and with a screen reader, so that pages do.
//
// A page has one h1, in its [Hero], [Confirmation] or text. Whatever shows a
// text of its own takes the Page first.
package ui

import (
	"embed"
	"slices"
	"strings"
	"time"

	"bega/internal/text"
)

// Files holds the texts of the components.
//
//go:embed texts
var Files embed.FS

// A Page is what every page has to know, whatever it shows.
type Page struct {
	*text.Translator
	Town Town
	Who  Who
	Path string         // path and query of this page, as "/dosar?tip=talon"
	Key  string         // fresh idempotency key for the forms of this page; see Once
	Zone *time.Location // of the town: instants are shown by its clocks
	Now  time.Time      // when the page was asked for, in Zone

	Section   string // of the menu that the page is in, as "/servicii" or "/lucru"; empty if none
	HasErrors bool   // the form was not accepted: the title says so first
}

// A Town is whose portal it is, in the language of the page. It comes from the
// city pack.
type Town struct {
	Name      string // "Timișoara"
	Tagline   string // "portalul orașului"
	Official  string // "Site oficial al Primăriei Municipiului Timișoara"
	Authority string // "Primăria Municipiului Timișoara"
	Phone     string // as people read it: "0256 408 300"
	PhoneLink string // as telephones do: "+40256408300"
	Hours     string // when somebody answers: "luni–vineri, între 8 și 16"
	Email     string
	Address   string
}

// A Who is who looks at the page. The zero Who has not signed in.
type Who struct {
	SignedIn bool
	Name     string    // of the person
	For      string    // name of the person or firm they act for; empty on their own behalf
	Serves   bool      // fills in an application for For, who stands at the counter
	Staff    bool      // works at the town hall: has a desk
	Cases    bool      // works on the cases of a department
	Counter  bool      // serves people at the counter
	Taxes    bool      // works with the accounts of taxpayers
	Admin    bool      // may manage accounts of staff
	Officer  bool      // may read the register of acts
	Unread   int       // messages not yet read, in the folder they look at
	Expires  time.Time // when they are signed out unless they do something; zero if not signed in
}

// An Input is one field of a form: what was typed, and what is wrong with it.
type Input struct {
	Name         string // in the form, and of the element
	Type         string // of the element, such as "email"; empty means text
	Label        string // what is asked for
	Hint         string // how to answer, or where to find it
	Value        string // as it was typed, right or wrong
	Error        string // what to do about it; empty if nothing is wrong
	Autocomplete string // purpose of WCAG 1.3.5, such as "email"; empty means off
	Inputmode    string // keyboard, such as "numeric"
	Width        string // "w2", "w4", "w10" or empty for full
	Required     bool
	Max          int // how many characters are allowed; 0 means any number
	Rows         int // of a Textarea; 0 means 5
}

func wrong(fields []Input) []Input {
	return slices.DeleteFunc(slices.Clone(fields), func(in Input) bool { return in.Error == "" })
}

// described returns what aria-describedby of a field holds: the IDs of its hint
// and of its error, and of what else belongs to it.
func (in Input) described(more ...string) string {
	var ids []string
	if in.Hint != "" {
		ids = append(ids, in.Name+"-hint")
	}
	if in.Error != "" {
		ids = append(ids, in.Name+"-error")
	}
	for _, ending := range more {
		ids = append(ids, in.Name+ending)
	}
	return strings.Join(ids, " ")
}

func (in Input) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

func (in Input) autocomplete() string {
	if in.Autocomplete == "" {
		return "off"
	}
	return in.Autocomplete
}

func (in Input) rows() int {
	if in.Rows == 0 {
		return 5
	}
	return in.Rows
}

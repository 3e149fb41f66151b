// Package drafts keeps applications that were not sent yet.
//
// Anybody can begin one, without an account; it follows when they sign in. It is
// saved at every step and while they type, right or wrong, and continues on any
// device where it was left. It has no registration number: that comes in the
// second in which it is sent.
//
// A draft is kept by field: two windows that are open at different pages lose
// nothing of each other. What is sent is what was seen on the last page, or else
// it is shown again.
package drafts

import (
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/procedures"
)

// The faults that people meet here. A draft that is not there, or not theirs, is
// [act.ErrRefused].
var (
	ErrSent       = fault.New(fault.Conflict, "drafts.sent")
	ErrChanged    = fault.New(fault.Conflict, "drafts.changed")
	ErrIncomplete = fault.New(fault.Invalid, "drafts.incomplete")
	ErrPersons    = fault.New(fault.Conflict, "drafts.only-persons")
	ErrFirms      = fault.New(fault.Conflict, "drafts.only-firms")
	ErrManyFiles  = fault.New(fault.Invalid, "form.error-too-many-files")
)

// Verify is the step in which everything is looked at and sent. No service has
// one of that name.
const Verify = "verifica"

// A Draft is an application that was not sent yet ("ciornă").
type Draft struct {
	ID      string
	Owner   act.PartyID // a party, or a visitor who has not signed in
	By      act.PartyID // natural person who began it; "" for a visitor
	Served  act.PartyID // official who began it for the owner at the counter; "" for nobody
	Service string      // key
	Version int         // of the service that it began with
	Form
	Step    string // key of the step where it was left, or [Verify]
	Field   string // name of the element where it was left; "" if not known
	Objects string // ID of the case that it contests
	Began   time.Time
	Saved   time.Time // last activity
	Binned  time.Time // zero unless it is in the bin
	Warned  int       // how often since the last activity
	Case    string    // ID of the case that it became; "" while it is a draft
	Edition int       // grows with every answer

	counter bool // who looks serves the owner at the counter
}

// Link is where the draft goes on: at the field where it was left, or with what
// it has become.
func (d Draft) Link() string {
	if d.Case != "" && d.counter {
		return "/lucru/depuse/" + d.Case
	} else if d.Case != "" {
		return "/cereri/" + d.Case
	}
	link := d.at(d.Step)
	if d.Field != "" {
		link += "#" + d.Field
	}
	return link
}

// at returns the address of a page of the draft.
func (d Draft) at(page string) string { return "/ciorne/" + d.ID + "/" + page }

// on is what acts on the draft are done to.
func (d Draft) on() act.On {
	return act.On{Subject: "draft " + d.ID, Owner: d.Owner, Service: d.Service}
}

// How long a draft lasts without anything being done to it. The time counts from
// the last activity, and not from the beginning.
const (
	warnFirst = 20 * 24 * time.Hour
	warnLast  = 27 * 24 * time.Hour
	forget    = 30 * 24 * time.Hour // then it is in the bin
	empty     = 30 * 24 * time.Hour // in the bin, then it is gone
)

// Ends returns the day on which the draft goes into the bin by itself, or, if it
// is there, on which it is gone.
func (d Draft) Ends(zone *time.Location) deadline.Date {
	if !d.Binned.IsZero() {
		return deadline.Of(d.Binned.Add(empty).In(zone))
	}
	return deadline.Of(d.Saved.Add(forget).In(zone))
}

// A fate is what time does to a draft.
type fate int

const (
	stay fate = iota
	warn
	bin
	remove
)

// fate returns what is to be done with the draft now. Nobody knows where to warn
// a visitor, so theirs is not binned but removed. A program that did not run for
// a while warns first.
func (d Draft) fate(now time.Time) fate {
	idle := now.Sub(d.Saved)
	switch {
	case d.Case != "":
		if idle >= forget+empty { // so long, its address leads to the case
			return remove
		}
	case !d.Binned.IsZero():
		if now.Sub(d.Binned) >= empty {
			return remove
		}
	case d.By == "":
		if idle >= forget {
			return remove
		}
	case idle >= warnFirst && d.Warned == 0, idle >= warnLast && d.Warned == 1:
		return warn
	case idle >= forget:
		return bin
	}
	return stay
}

// Suits returns nil if a service is for such an applicant, and otherwise
// [ErrPersons] or [ErrFirms]. Of a visitor, nobody knows.
func Suits(s *procedures.Service, who procedures.Applicant) error {
	switch {
	case who.Kind == "firm" && !s.Firms:
		return ErrPersons
	case who.Kind == "person" && !s.Persons:
		return ErrFirms
	}
	return nil
}

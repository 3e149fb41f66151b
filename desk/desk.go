// Package desk is where officials lead cases: it shows them their cases, and takes
// their decisions.
//
// What holds for every case is in package cases, by whose kernel cases change
// here, too. What is here is the way of working. One list by legal term; one page
// with all that a decision needs; and when one is taken, the next case is offered.
// Nothing that was typed is lost when a colleague was faster, and whatever shows
// somebody's data is an act that they read about.
package desk

import "bega/internal/deadline"

// clear is the highest LIX of a text that most people read without effort.
const clear = 42

// An urgency is how much the legal term presses.
type urgency int

const (
	calm   urgency = iota // there is time, or no term
	paused                // the town waits for the applicant
	soon                  // three days or less are left
	late                  // it is over
)

// urgencyOf returns how much a term presses that ends on a day, with so many days
// left.
func urgencyOf(due deadline.Date, left int, running bool) urgency {
	switch {
	case due.IsZero():
		return calm
	case !running:
		return paused
	case left < 0:
		return late
	case left <= 3:
		return soon
	}
	return calm
}

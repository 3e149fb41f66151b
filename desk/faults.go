package desk

import "bega/internal/fault"

// The faults that officials meet.
var (
	ErrSelf     = fault.New(fault.Conflict, "desk.self")         // it is their own application
	ErrTaken    = fault.New(fault.Conflict, "desk.not-yours")    // a colleague has taken it
	ErrUnit     = fault.New(fault.Invalid, "desk.no-unit")       // there is no such department, or it has the case
	ErrNothing  = fault.New(fault.Invalid, "desk.nothing-asked") // neither a field nor a document
	ErrUntil    = fault.New(fault.Invalid, "desk.no-day")        // over, or later than the law lets the clock stop
	ErrHeld     = fault.New(fault.Invalid, "desk.held")          // the folder has what is asked for
	ErrReason   = fault.New(fault.Invalid, "desk.no-reason")     // none, or too much of it
	ErrDetail   = fault.New(fault.Invalid, "desk.no-detail")     // nothing for the paper, or too much
	ErrPlain    = fault.New(fault.Invalid, "desk.no-plain")      // nothing for the applicant in plain words, or too much
	ErrExtended = fault.New(fault.Conflict, "desk.extended")     // the term was prolonged before
)

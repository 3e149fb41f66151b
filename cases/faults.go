package cases

import (
	"errors"

	"bega/internal/fault"
	"bega/procedures"
)

// The faults that people meet here.
var (
	ErrUnknown  = fault.New(fault.Missing, "cases.unknown")
	ErrInvalid  = fault.New(fault.Invalid, "cases.invalid")
	ErrClosed   = fault.New(fault.Conflict, "cases.closed")
	ErrOver     = fault.New(fault.Conflict, "cases.over")
	ErrStale    = fault.New(fault.Conflict, "cases.stale")
	ErrAnswered = fault.New(fault.Conflict, "cases.answered")
	ErrOwn      = fault.New(fault.Conflict, "cases.own")
	ErrText     = fault.New(fault.Invalid, "cases.no-text")
	ErrTrack    = fault.New(fault.Missing, "cases.untracked")
	ErrNotNow   = fault.New(fault.Conflict, "cases.not-now")
	ErrThere    = fault.New(fault.Conflict, "cases.elsewhere") // it is approved at its [Door]
)

// A Wrong application or answer is an [ErrInvalid] that says what is wrong.
type Wrong struct {
	Problems []procedures.Problem
	Missing  []string // types of documents that were asked for, or cannot be used as they are
}

// Error implements error.
func (w *Wrong) Error() string { return ErrInvalid.Error() }

// Unwrap returns [ErrInvalid].
func (w *Wrong) Unwrap() error { return ErrInvalid }

func isUnknown(err error) bool { return errors.Is(err, ErrUnknown) }

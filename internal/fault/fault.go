// Package fault says what went wrong in words a resident can act on.
//
// A fault is an expected refusal: its kind decides the HTTP status and its key
// names the text to show. Every other error is a defect or an outage, and its
// message is for the log alone.
package fault

import (
	"errors"
	"time"
)

// A Kind tells what the person who meets a fault can do next.
type Kind int

const (
	Unexpected  Kind = iota // nothing: the town hall has to repair something
	Invalid                 // ask for something else
	Missing                 // look elsewhere: there is no such thing, or not for them
	Conflict                // look again: somebody was faster
	SignIn                  // sign in, and come back to the same place
	TooMany                 // wait a little
	TooLarge                // send less
	Unavailable             // come back later: something is closed or overloaded
)

// A Fault is an error whose text a resident may read.
// Each is declared once, as a variable, and recognised with [errors.Is].
type Fault struct {
	Kind Kind
	Key  string // names a text, such as "appointments.taken"
	Args []any  // what the text has verbs for

	After time.Duration // after which it makes sense to try again; 0 if that is not known
}

// New returns a new fault.
func New(kind Kind, key string) *Fault { return &Fault{Kind: kind, Key: key} }

// With returns the fault with arguments for its text. [errors.Is] still
// recognises it.
func (f *Fault) With(args ...any) *Fault { return &Fault{f.Kind, f.Key, args, f.After} }

// Later returns the fault with the time after which it makes sense to try again.
func (f *Fault) Later(after time.Duration) *Fault { return &Fault{f.Kind, f.Key, f.Args, after} }

// Error returns the key of the text. The text itself depends on the reader.
func (f *Fault) Error() string { return f.Key }

// Is reports whether target is the same fault, whatever the arguments.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Key == f.Key
}

var unexpected = New(Unexpected, "fault.unexpected")

// Of returns the fault that err wraps. An error that wraps none is unexpected.
func Of(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return unexpected
}

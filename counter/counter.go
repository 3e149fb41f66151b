// Package counter files applications for people who stand at the counter.
//
// Whoever has no computer asks for the same things on the same pages: an official fills
// them in, from what the town hall knows and from the papers that were brought, and the
// portal says on each of them for whom. What is done is on record as done by the official
// for that person, who reads it and finds the draft, the case and the papers in their
// folder.
//
// An official serves only those in whose matters they have no part, and only for the
// length of a visit: with what was begun yesterday, its owner goes on alone.
package counter

import (
	"time"

	"bega/internal/act"
	"bega/internal/fault"
)

// The faults that officials meet here. Of what they may not see, they read that it is
// not there: [act.ErrRefused].
var (
	ErrSelf    = fault.New(fault.Conflict, "counter.self")       // themselves, or whom they represent
	ErrService = fault.New(fault.Invalid, "counter.no-service")  // none was chosen, or none that there is
	ErrLevel   = fault.New(fault.Conflict, "counter.unverified") // nobody has seen the papers of who stands there
)

// visit is for how long an official goes on with what they have begun for somebody.
const visit = 12 * time.Hour

// A Person is somebody who stands at the counter, or the firm that they stand for.
type Person struct {
	ID    act.PartyID
	Name  string
	Kind  string // "person" or "firm"
	Level act.Level
}

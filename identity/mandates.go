package identity

import (
	"slices"
	"strings"
	"time"

	"bega/internal/act"
)

// A Capacity is by which right somebody acts for another.
type Capacity string

// The capacities.
const (
	Representative Capacity = "legal-representative" // reprezentant legal: of a firm
	Employee       Capacity = "employee"             // angajat, or a designated representative
	Attorney       Capacity = "attorney"             // împuternicit (Cod civil art. 2009)
	Guardian       Capacity = "guardian"             // tutore or curator; parents of a minor
	Heir           Capacity = "heir"                 // moștenitor
)

// Capacities returns those in which a kind of party may be represented. All of
// them are entered at the desk, where the proof is shown; those that remain with
// atDesk false a principal may give from home.
func Capacities(principal Kind, atDesk bool) []Capacity {
	switch {
	case principal == Firm && atDesk:
		return []Capacity{Representative, Employee, Attorney}
	case principal == Firm:
		return []Capacity{Employee, Attorney}
	case atDesk:
		return []Capacity{Attorney, Guardian, Heir}
	}
	return []Capacity{Attorney}
}

// A State is where a mandate stands on a day.
type State string

// The states.
const (
	Waiting State = "waiting" // for somebody whom the town hall does not know yet
	Future  State = "future"  // begins later
	Active  State = "active"
	Expired State = "expired"
	Ended   State = "ended" // by one side, before its time
)

// A Mandate lets an agent act for a principal.
type Mandate struct {
	ID               string
	Principal, Agent act.PartyID // Agent is "" while the mandate waits
	Label            string      // the agent's name, as the giver wrote it
	Capacity         Capacity
	Services         []string // keys; nil for all
	From, To         string   // first and last civil day in the town, as 2026-03-02; To "" for no end
	Proof            string   // ID of a document of the principal; "" if none
	GivenBy          act.PartyID
	GivenAt          time.Time
	AtDesk           bool // entered by an official, who is GivenBy
	EndedBy          act.PartyID
	EndedAt          time.Time // zero while it was not ended

	waits string // blind index of whom it waits for
}

// State returns where the mandate stands on a civil day.
func (m Mandate) State(day string) State {
	switch {
	case !m.EndedAt.IsZero():
		return Ended
	case m.To != "" && m.To < day:
		return Expired
	case m.Agent == "":
		return Waiting
	case m.From > day:
		return Future
	}
	return Active
}

// noEnd is stored for a mandate that ends only when somebody ends it.
const noEnd = "9999-12-31"

// span checks the days of a mandate. No first day means today. A mandate with no
// last day ends three years after it was given (Cod civil art. 2015); what the
// law itself gives, which the desk enters, has no end.
func span(from, to, today string, c Capacity) (first, last string, err error) {
	if from = strings.TrimSpace(from); from == "" {
		from = today
	}
	begin, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return "", "", ErrDay
	}
	if to = strings.TrimSpace(to); to == "" {
		if slices.Contains([]Capacity{Representative, Guardian, Heir}, c) {
			return from, "", nil
		}
		return from, begin.AddDate(3, 0, -1).Format(time.DateOnly), nil
	}
	if _, err := time.Parse(time.DateOnly, to); err != nil {
		return "", "", ErrDay
	}
	if to < from || to < today {
		return "", "", ErrDays
	}
	return from, to, nil
}

// governs reports whether somebody who acts by this mandate may give and end
// mandates of the principal: only its legal representative. Nobody passes on
// what was only lent to them (Cod civil art. 2023).
func (m Mandate) governs() bool { return m.Capacity == Representative }

// endable reports whether it may be for the actor to end the mandate: for its
// agent in any case, and for its principal. What the desk entered because the
// law gives it, a ward does not end, nor one representative for another.
func (m Mandate) endable(a act.Actor) bool {
	if a.Person == "" || m.Agent == a.Person {
		return a.Person != ""
	}
	return a.For == m.Principal && !(m.AtDesk && (a.Mandate != "" || m.Capacity == Guardian))
}

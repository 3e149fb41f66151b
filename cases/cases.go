// Package cases leads an application from its registration to its end.
//
// A case has one number and one legal clock. Whatever happens, a correction, a
// payment, a refusal, an objection, never gives it a second one. The clock says
// on which day the answer is due and why; what the law attaches to its end is
// carried out: silence approves where the law says so, and otherwise the head of
// the department hears of it. The one who decides is never the one who signs.
//
// The people concerned look at their cases in the room applications. Officials
// lead them in the room desk, by the kernel in change_office.go.
package cases

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/procedures"
	"bega/registry"
)

// A State is where a case stands, for the town hall. People see fewer: see
// [State.Public].
type State string

// The states.
const (
	Filed     State = "filed"     // nobody has taken it yet
	Claimed   State = "claimed"   // a clerk works on it
	Asked     State = "asked"     // the applicant was asked for something; the clock has stopped
	Answered  State = "answered"  // they answered; the clerk goes on
	Proposed  State = "proposed"  // it awaits the second signature
	Approved  State = "approved"  // over
	Refused   State = "refused"   // over
	Tacit     State = "tacit"     // over: silence approved (OUG 27/2003 art. 6)
	Withdrawn State = "withdrawn" // over
	Closed    State = "closed"    // over without an answer on the matter, such as a petition sent on
)

// Over reports whether nothing more happens in the case by itself.
func (s State) Over() bool {
	return s == Approved || s == Refused || s == Tacit || s == Withdrawn || s == Closed
}

// moves is the one table of what may become of a case; see [Case.Move].
var moves = map[State][]State{
	Filed:    {Claimed, Withdrawn, Tacit},
	Claimed:  {Filed, Asked, Proposed, Approved, Refused, Closed, Withdrawn, Tacit},
	Asked:    {Filed, Claimed, Answered, Withdrawn, Tacit}, // Tacit if it was asked for too late to stop the clock
	Answered: {Filed, Claimed, Asked, Proposed, Approved, Refused, Closed, Withdrawn, Tacit},
	Proposed: {Filed, Claimed, Approved, Refused, Closed, Withdrawn, Tacit},
}

// Move brings a case into a state. It fails with [ErrOver] if the case is over,
// and with [ErrNotNow] for what cannot follow on its state.
func (c *Case) Move(to State) error {
	if c.State.Over() {
		return ErrOver
	}
	if !slices.Contains(moves[c.State], to) {
		return ErrNotNow
	}
	c.State = to
	return nil
}

// Pause stops the clock on a day, and Resume lets it go on.
func (c *Case) Pause(day deadline.Date) {
	c.Clock.Pauses = append(c.Clock.Pauses, deadline.Pause{From: day})
}

// Resume lets the clock go on from a day, if it was paused.
func (c *Case) Resume(day deadline.Date) {
	for i := range c.Clock.Pauses {
		if c.Clock.Pauses[i].To.IsZero() {
			c.Clock.Pauses[i].To = day
		}
	}
}

// On is what an act on the case is done to.
func (c *Case) On() act.On {
	return act.On{Subject: "case " + c.ID, Owner: c.Owner, Unit: c.Unit, Service: c.Service, Case: c.ID}
}

// public is the one vocabulary that people see.
var public = map[State]string{Filed: "sent", Claimed: "checking", Asked: "waiting", Answered: "checking", Proposed: "working",
	Approved: "ready", Tacit: "ready", Refused: "rejected", Withdrawn: "withdrawn", Closed: "closed"}

// Public returns the state in the one vocabulary that people see: it is a
// ui.State.
func (s State) Public() string { return public[s] }

// Decided reports whether the town hall has answered: it can be contested.
func (s State) Decided() bool { return s.Over() && s != Withdrawn }

// A Case is an application that was registered.
type Case struct {
	ID      string
	Number  registry.Number
	Service string // key; Version is that of the service which it began with
	Version int    // of the service
	Owner   act.PartyID
	FiledBy act.PartyID // natural person who sent it, for Owner
	Mandate string      // by which right, if not their own
	AtDesk  bool        // sent by an official at the counter for them
	Unit    string      // department in charge
	Clerk   act.PartyID // who has taken it; "" for nobody
	State   State
	Filed   time.Time
	Changed time.Time
	Over    time.Time // zero while it runs
	Clock   deadline.Clock
	Due     deadline.Date // last day on which the answer is in time, as known today
	Running bool          // the clock runs; false while it is paused
	Edition int           // grows with every change: an official's change carries the one it saw
	Fee     money.Bani
	Order   string    // ID of the order of the fee; "" if there is none
	PaidAt  time.Time // zero while the fee is not paid
	Receipt string    // code of the proof of registration
	Objects string    // ID of the case that this one contests; "" if none
	Came    time.Time // when something last came in from the applicant

	warned deadline.Date // the due day that the clerk was reminded of
	lateAt time.Time     // when the heads heard that it is late
}

// An Application is what somebody sends.
type Application struct {
	Draft     string      // ID of the draft: what was sent once is not sent again; "" if there was none
	Owner     act.PartyID // whose application it is, if an official sends it at the counter; "" for the folder that the actor is in
	Service   string
	Version   int
	Answers   procedures.Answers
	Documents []string // IDs in the folder that the case may use
	Objects   string
}

// A Message of a case.
type Message struct {
	ID       string
	From     act.PartyID // natural person who wrote
	For      act.PartyID // for whom they acted; From's own folder if the same
	Staff    bool        // written by an official
	Unit     string      // of that official
	At       time.Time
	Text     string
	Files    []string // IDs of documents of the folder that the case may use
	Internal bool     // a note that people outside the town hall do not see
	Read     time.Time
}

// An Ask is a request for what is missing ("solicitare de completare").
type Ask struct {
	ID         string
	By         act.PartyID
	Unit       string
	At         time.Time
	Until      deadline.Date // the answer is awaited until that day
	Text       string
	Fields     []string  // keys of fields to answer again
	Documents  []string  // types of documents to send
	AnsweredAt time.Time // zero while it waits
	LapsedAt   time.Time // when its time ran out without an answer; zero if it did not
	Reason     string    // why a document is asked for although the folder has one

	half, soon deadline.Date // when the applicant is reminded; no day once they were
}

// Open reports whether an answer is awaited.
func (a Ask) Open() bool { return a.AnsweredAt.IsZero() && a.LapsedAt.IsZero() }

// An Outcome is what is decided.
type Outcome string

// The outcomes.
const (
	Approve Outcome = "approve"
	Refuse  Outcome = "refuse"
	Close   Outcome = "close" // answered without deciding, such as sent to who is competent (OG 27/2002 art. 6^1)
)

// A Proposal is a decision that waits for its signature, or has it.
type Proposal struct {
	ID         string
	Outcome    Outcome
	Reason     string      // key of a reason for refusal in the service
	Detail     string      // the reasons in full, for the document
	Plain      string      // in short, for the applicant
	Text       string      // what the document says, if the clerk changed or wrote it; "" for the service's own
	By         act.PartyID // "" for the program, where silence approved
	At         time.Time
	SignedBy   act.PartyID // "" while it waits; By's own where the service wants one signature
	SignedAt   time.Time   // zero while it waits
	Paper      string      // code in the registry; "" while it waits
	Returned   string      // why the signatory sent it back; "" if not
	ReturnedAt time.Time   // zero unless it was sent back, or the case ended without it
}

// An Event is a point in the life of a case, for people.
type Event struct {
	At     time.Time
	Key    string // text key, such as "cases.event-filed"
	Args   []any
	By     act.PartyID // official or applicant; "" for the program
	Public bool        // the applicant sees it
}

// A Speaker says days as people read them in a language: a ui.Page.
type Speaker interface {
	Lang() string
	Date(d deadline.Date) string
}

// Say returns the arguments of an event, a notice or a fault as people read them.
func Say(p Speaker, args []any) []any {
	said := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case deadline.Date:
			said[i] = p.Date(v)
		case money.Bani:
			said[i] = v.Format(p.Lang())
		case map[string]string:
			said[i] = procedures.Text(v).In(p.Lang())
		case procedures.Text:
			said[i] = v.In(p.Lang())
		default:
			said[i] = v
		}
	}
	return said
}

// Late returns by how many days the case is over its term; 0 if it is not.
func (c *Case) Late(cal *deadline.Calendar, today deadline.Date) int {
	if c.State.Over() || !c.Clock.Lapsed(cal, today) {
		return 0
	}
	return -c.Clock.Left(cal, today)
}

// Owed reports whether the fee has still to be paid: not for what was renounced
// or refused.
func (c *Case) Owed() bool {
	return c.Fee > 0 && c.PaidAt.IsZero() && (!c.State.Over() || c.State == Approved || c.State == Tacit)
}

// CanObject reports whether the applicant is offered to contest it: not an
// objection once more.
func (c *Case) CanObject() bool { return c.State.Decided() && c.Service != objection }

// taken returns on how many days somebody worked on a case until a day: in days
// as its term counts them, without those in which the clock was stopped.
func taken(clock deadline.Clock, cal *deadline.Calendar, until deadline.Date) int {
	const longest = 366 // of a term that does not end before the case did
	mode := deadline.CalendarDays
	if clock.Term.Mode == deadline.WorkingDays {
		mode = deadline.WorkingDays
	}
	probe := deadline.Clock{Start: clock.Start, Term: deadline.Term{N: longest, Unit: deadline.Days, Mode: mode}, Cap: clock.Cap, Pauses: clock.Pauses}
	return longest - probe.Left(cal, until)
}

// remindDays returns the days on which an applicant is reminded of what was asked
// for: half-way, and two days before the last day; no day where there is no time
// for that.
func remindDays(asked, until deadline.Date) (half, soon deadline.Date) {
	half, soon = asked.AddDays(asked.DaysUntil(until)/2), until.AddDays(-2)
	if !soon.After(asked) {
		soon = deadline.Date{}
	}
	if !half.After(asked) || !half.Before(until) || !soon.IsZero() && !half.Before(soon) {
		half = deadline.Date{}
	}
	return half, soon
}

// Short returns how officials are called before people: "Ioana M.".
func Short(name string) string {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return words[0] + " " + string(last) + "."
}

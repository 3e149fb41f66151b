package deadline

import (
	"cmp"
	"slices"
)

// A PauseMode says what a pause does to the term.
type PauseMode string

const (
	// Suspend keeps the days that have passed ("suspendare"): after the pause
	// the term goes on with what is left of it. This is the zero value's mode.
	Suspend PauseMode = "suspend"

	// Restart forgets them: the whole term runs again from the day on which the
	// documentation became complete (L. 169/2026 art. 270 and 271).
	Restart PauseMode = "restart"
)

// A Pause is a time in which the town waits for the applicant: from the day of
// its notice of what is missing to the day on which the answer came. Both days
// are treated as the day of registration is: From still counts as part of the
// term, To does not, and a suspended term ends To-From days later.
//
// A pause of no length (From = To) changes nothing if it suspends. If it
// restarts the term, it does so on that day: something was missing in the
// morning and complete in the afternoon.
type Pause struct {
	From   Date   `json:"from"`
	To     Date   `json:"to,omitzero"` // zero while the town still waits
	Reason string `json:"reason,omitempty"`
}

// An Extension makes the term longer, as when the mayor takes 15 more days for
// a petition that needs inquiries (OG 27/2002 art. 9).
type Extension struct {
	Term   Term   `json:"term"`
	Reason string `json:"reason,omitempty"`
}

// A Clock is the legal clock of one case: when it began, what interrupted it,
// and so on which day the answer is due. The order of the pauses does not
// matter, and where they overlap a day is counted once. A pause that begins
// after the last day of the term has no effect: what is late stays late.
type Clock struct {
	Start      Date        `json:"start"` // the day of registration, which does not count
	Term       Term        `json:"term"`
	Pause      PauseMode   `json:"pause,omitempty"`
	Cap        Term        `json:"cap,omitzero"` // longest that a pause has an effect; zero means without limit
	Pauses     []Pause     `json:"pauses,omitempty"`
	Extensions []Extension `json:"extensions,omitempty"` // of the same kind as the term, they count as one with it
}

// Due returns the last day on which the answer is in time, as far as it is known
// on the day today, which may be in the past: what happens later changes nothing
// then. While the town waits for the applicant the clock is not running, and
// the day is the earliest possible: the one that it is if the answer comes
// today. It is no day without a start or a term.
func (c *Clock) Due(cal *Calendar, today Date) (due Date, running bool) {
	pauses := c.known(cal, today)
	due = c.end(cal, pauses)
	return due, !due.IsZero() && c.paused(cal, today, due).IsZero()
}

// Left returns how many days of the term's own mode come after today, up to the
// due day: 0 on that day. Once it is over the result is negative, and says how
// many days the town is late: at least one, even if that was no working day.
// Days for terms in months and years, and free days, are counted as calendar
// days. While a suspended clock is not running, the number stays.
func (c *Clock) Left(cal *Calendar, today Date) int {
	due, running := c.Due(cal, today)
	if due.IsZero() {
		return 0
	}
	if !running && c.Pause != Restart {
		today = c.paused(cal, today, due)
		due = c.end(cal, c.known(cal, today))
	}
	if today.After(due) {
		return min(-1, -cal.count(c.Term, due, today))
	}
	if today.Before(c.Start) {
		today = c.Start
	}
	return cal.count(c.Term, today, due)
}

// Lapsed reports whether the due day is over. A clock that is not running does
// not lapse.
func (c *Clock) Lapsed(cal *Calendar, today Date) bool {
	due, _ := c.Due(cal, today)
	return !due.IsZero() && today.After(due)
}

// PausedDays returns on how many days, of any kind, the town has waited for the
// applicant, up to today. A pause with an effect counts from its first day to
// its last, the first not included.
func (c *Clock) PausedDays(cal *Calendar, today Date) (days int) {
	due, _ := c.Due(cal, today)
	for _, p := range c.known(cal, today) {
		if to := earlier(p.To, today); !p.From.After(due) && p.From.Before(to) {
			days += p.From.DaysUntil(to)
		}
	}
	return days
}

// CapEnds returns the last day on which the applicant can still answer, if the
// town waits and there is a limit to that. On the next day the clock runs
// again: the town has to decide with what it has.
func (c *Clock) CapEnds(cal *Calendar) (day Date, waiting bool) {
	for _, p := range c.Pauses {
		if p.To.IsZero() && !c.Cap.IsZero() {
			if end := cal.End(p.From, c.Cap); !waiting || end.Before(day) {
				day, waiting = end, true
			}
		}
	}
	return day, waiting
}

// known returns the pauses as they are known today, in order, apart from each
// other and not before the start. One that is open, or was then, ends today,
// and none is longer than the cap.
func (c *Clock) known(cal *Calendar, today Date) (pauses []Pause) {
	for _, p := range c.Pauses {
		if p.From.After(today) {
			continue
		}
		if p.To.IsZero() || p.To.After(today) {
			p.To = today
		}
		if !c.Cap.IsZero() {
			p.To = earlier(p.To, cal.End(p.From, c.Cap).AddDays(1))
		}
		if p.From.Before(c.Start) {
			p.From = c.Start
		}
		if !p.To.Before(p.From) {
			pauses = append(pauses, p)
		}
	}
	slices.SortFunc(pauses, func(a, b Pause) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	apart := pauses[:0]
	for _, p := range pauses {
		if last := len(apart) - 1; last >= 0 && !p.From.After(apart[last].To) {
			apart[last].To = later(apart[last].To, p.To)
		} else {
			apart = append(apart, p)
		}
	}
	return apart
}

// paused returns the first day of the pause that today is in, or no day. One
// that began when the term was over is none.
func (c *Clock) paused(cal *Calendar, today, due Date) (from Date) {
	for _, p := range c.known(cal, today.AddDays(1)) {
		if !today.Before(p.From) && today.Before(p.To) && !p.From.After(due) {
			return p.From
		}
	}
	return Date{}
}

// end returns the last day of the term and its extensions, with those pauses.
func (c *Clock) end(cal *Calendar, pauses []Pause) Date {
	if c.Start.IsZero() || c.Term.IsZero() {
		return Date{}
	}
	if c.Pause == Restart {
		return c.endOfRestarted(cal, pauses)
	}
	day := c.Start
	for _, t := range c.terms() {
		day = cal.run(day, t, pauses)
	}
	return day
}

func (c *Clock) endOfRestarted(cal *Calendar, pauses []Pause) Date {
	again := &Clock{Start: c.Start, Term: c.Term, Extensions: c.Extensions}
	due := again.end(cal, nil)
	for _, p := range pauses {
		if p.From.After(due) {
			break
		}
		again.Start = p.To
		due = again.end(cal, nil)
	}
	return due
}

// terms returns the term and its extensions, those of a kind as one.
func (c *Clock) terms() []Term {
	terms := []Term{c.Term}
	for _, e := range c.Extensions {
		i := slices.IndexFunc(terms, func(t Term) bool { return t.Unit == e.Term.Unit && t.Mode == e.Term.Mode })
		if i >= 0 {
			terms[i].N += e.Term.N
		} else {
			terms = append(terms, e.Term)
		}
	}
	return terms
}

// run returns the last day of one term that is suspended by pauses, which are in
// order and apart. A pause that begins on the last day, which is not over,
// moves it to the day on which the pause ends.
func (c *Calendar) run(start Date, t Term, pauses []Pause) Date {
	day, left := start, t.N
	switch {
	case t.Unit == Months:
		left = start.DaysUntil(start.AddMonths(t.N))
	case t.Unit == Years:
		left = start.DaysUntil(start.AddMonths(12 * t.N))
	case t.Mode == FreeDays:
		left++ // the last day does not count either
	}
	for _, p := range pauses {
		if p.From.Before(day) {
			continue // it was in an earlier term
		}
		if p.From.After(c.nth(t, day, left)) {
			break
		}
		left = max(0, left-c.count(t, day, p.From))
		day = p.To
	}
	return c.nth(t, day, left)
}

// nth returns the day on which n days that count have passed after a day, and
// for n = 0 the first one that can be the last of the term.
func (c *Calendar) nth(t Term, day Date, n int) Date {
	if t.Mode != WorkingDays {
		day = day.AddDays(n)
		if t.Mode == FreeDays { // CPC art. 181 par. 2
			day = c.NextWorking(day)
		}
		return day
	}
	for ; n > 0; n-- {
		day = c.NextWorking(day.AddDays(1))
	}
	return c.NextWorking(day)
}

// count returns how many days that count there are after a day, up to another.
func (c *Calendar) count(t Term, after, until Date) (n int) {
	if t.Mode != WorkingDays {
		return max(0, after.DaysUntil(until))
	}
	for day := after.AddDays(1); !day.After(until); day = day.AddDays(1) {
		if c.Working(day) {
			n++
		}
	}
	return n
}

func earlier(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b Date) Date {
	if b.After(a) {
		return b
	}
	return a
}

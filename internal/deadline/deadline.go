// Package deadline counts days as the law does.
//
// An answer is due on a day, not at an instant, and which day depends on words
// that look alike: ten days, ten free days, ten working days. A term says which
// of them it means, a calendar knows on which days nobody works, and a clock
// says when an answer is due although the term was interrupted. All of it is
// arithmetic: the same question always has the same answer.
package deadline

import (
	"embed"
	"errors"
	"fmt"
)

// Files holds the names of the holidays.
//
//go:embed texts
var Files embed.FS

// A Mode says which days of a term count.
type Mode string

// The modes. The day of registration never counts.
const (
	// CalendarDays counts every day ("zile calendaristice", and what a law means
	// that only says "zile"). The term may end on a Sunday.
	CalendarDays Mode = "calendar"

	// FreeDays counts neither the first nor the last day ("zile libere", CPC
	// art. 181), and ends on the next working day if its last day is none.
	FreeDays Mode = "free"

	// WorkingDays counts the days on which the town hall works ("zile lucrătoare").
	WorkingDays Mode = "working"
)

// A Unit is what a term is a number of.
type Unit string

// The units. A term in months or years ends on the day with the same number.
const (
	Days   Unit = "day"
	Months Unit = "month"
	Years  Unit = "year"
)

// A Term is how long something may take ("termen"), such as 15 working days.
// The zero value means that there is no term.
type Term struct {
	N    int  `json:"n"` // of the unit, from 1
	Unit Unit `json:"unit"`
	Mode Mode `json:"mode"` // in months and years, FreeDays only says what happens on a holiday
}

// longest is the most that a term may be in each unit. It keeps typing errors
// out of published services.
var longest = map[Unit]int{Days: 3660, Months: 600, Years: 100}

// IsZero reports whether there is no term.
func (t Term) IsZero() bool { return t == Term{} }

// Validate returns an error unless there is a term and it can be counted: there
// are working days, but no working months.
func (t Term) Validate() error {
	most, ok := longest[t.Unit]
	switch {
	case !ok:
		return fmt.Errorf("deadline: a term has no unit %q", t.Unit)
	case t.N < 1 || t.N > most:
		return fmt.Errorf("deadline: a term of %d %ss is not between 1 and %d", t.N, t.Unit, most)
	case t.Mode != CalendarDays && t.Mode != FreeDays && t.Mode != WorkingDays:
		return fmt.Errorf("deadline: a term has no mode %q", t.Mode)
	case t.Mode == WorkingDays && t.Unit != Days:
		return errors.New("deadline: only days can be working days")
	}
	return nil
}

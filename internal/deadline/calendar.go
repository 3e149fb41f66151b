package deadline

import "time"

// An Exception is a day that differs from what the law says of all years: the
// Government grants a bridge day to public employees, or has one worked back.
type Exception struct {
	Date    Date   `json:"date"`
	Working bool   `json:"working"` // true for a day that is worked back ("zi de recuperare")
	Reason  string `json:"reason"`
	Source  string `json:"source"` // the Government's decision (HG), with number and year
}

// A Calendar of the town hall knows on which days it works. The zero value has
// no exceptions. It is safe for concurrent use.
type Calendar struct {
	exceptions map[Date]Exception
}

// New returns a calendar with exceptions. Of several for one day, the last holds.
func New(exceptions []Exception) *Calendar {
	c := &Calendar{map[Date]Exception{}}
	for _, e := range exceptions {
		c.exceptions[e.Date] = e
	}
	return c
}

// A holiday ("sărbătoare legală") is the same day every year, or as many days
// after Easter.
type holiday struct {
	key     string
	since   int // the first year in which nobody worked
	month   time.Month
	day     int // of the month; of no month, after Easter Sunday
	movable bool
}

// holidays are those of Codul muncii art. 139 par. 1, with the laws that
// added to them.
var holidays = []holiday{
	{key: "deadline.new-year", month: time.January, day: 1},
	{key: "deadline.new-year", month: time.January, day: 2},
	{key: "deadline.epiphany", month: time.January, day: 6, since: 2024},   // L. 52/2023
	{key: "deadline.saint-john", month: time.January, day: 7, since: 2024}, // L. 52/2023
	{key: "deadline.union", month: time.January, day: 24, since: 2017},     // L. 176/2016
	{key: "deadline.good-friday", day: -2, movable: true, since: 2018},     // L. 64/2018
	{key: "deadline.easter", day: 0, movable: true},
	{key: "deadline.easter", day: 1, movable: true},
	{key: "deadline.labour", month: time.May, day: 1},
	{key: "deadline.children", month: time.June, day: 1, since: 2017},          // L. 220/2016
	{key: "deadline.pentecost", day: 49, movable: true, since: 2009},           // L. 202/2008
	{key: "deadline.pentecost", day: 50, movable: true, since: 2009},           // L. 202/2008
	{key: "deadline.assumption", month: time.August, day: 15, since: 2009},     // L. 202/2008
	{key: "deadline.saint-andrew", month: time.November, day: 30, since: 2012}, // L. 147/2012
	{key: "deadline.national", month: time.December, day: 1},
	{key: "deadline.christmas", month: time.December, day: 25},
	{key: "deadline.christmas", month: time.December, day: 26},
}

// Easter returns Easter Sunday of the Orthodox Church in a year, by the
// calendar on the wall. The date is that of the Julian calendar (algorithm of
// Jean Meeus), which runs behind by 13 days until 2099.
func Easter(year int) Date {
	d := (19*(year%19) + 15) % 30
	e := (2*(year%4) + 4*(year%7) - d + 34) % 7
	behind := year/100 - year/400 - 2
	return Date{year, time.March, 22}.AddDays(d + e + behind)
}

// Holiday returns the key of the text that names the holiday which a day is. A
// bridge day that the Government granted is one; a Sunday is none.
func (c *Calendar) Holiday(d Date) (key string, ok bool) {
	if e, ok := c.exceptions[d]; ok {
		return "deadline.bridge", !e.Working
	}
	return legal(d)
}

// legal returns the holiday that the law makes of a day. Of two on one day, it
// is the one that the law names first.
func legal(d Date) (key string, ok bool) {
	easter := Easter(d.Year)
	for _, h := range holidays {
		on := Date{d.Year, h.month, h.day}
		if h.movable {
			on = easter.AddDays(h.day)
		}
		if on == d && d.Year >= h.since {
			return h.key, true
		}
	}
	return "", false
}

// Working reports whether the town hall works on a day: from Monday to Friday
// except on holidays, and on days that are worked back.
func (c *Calendar) Working(d Date) bool {
	if e, ok := c.exceptions[d]; ok {
		return e.Working
	}
	if day := d.Weekday(); day == time.Saturday || day == time.Sunday {
		return false
	}
	_, ok := legal(d)
	return !ok
}

// NextWorking returns the first working day that is not before d.
func (c *Calendar) NextWorking(d Date) Date {
	for !d.IsZero() && !c.Working(d) {
		d = d.AddDays(1)
	}
	return d
}

// WorkingDays returns how many working days a year has.
func (c *Calendar) WorkingDays(year int) int {
	return c.count(Term{Mode: WorkingDays, Unit: Days}, Date{year - 1, time.December, 31}, Date{year, time.December, 31})
}

// End returns the last day of a term that began with a registration on the day
// start. It is no day if there is no start or no term.
func (c *Calendar) End(start Date, t Term) Date {
	return (&Clock{Start: start, Term: t}).end(c, nil)
}

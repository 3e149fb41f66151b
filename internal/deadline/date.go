package deadline

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"
)

// A Date is a day of the civil calendar, as it stands on a letter: it has no
// hour and no zone. The zero value means "no day".
type Date struct {
	Year  int        // 1 to 9999
	Month time.Month // January is 1
	Day   int        // of the month, from 1
}

// Of returns the day of an instant, in the zone that t carries. The zero time
// gives no day.
func Of(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	year, month, day := t.Date()
	return Date{year, month, day}
}

// Parse reads a day as "2026-11-23". It refuses days that do not exist, such as
// 30 February, and the empty text.
func Parse(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("deadline: %q is not a day", text)
	}
	year, month, day := t.Date() // not Of: 0001-01-01 is a day, and the zero time
	return Date{year, month, day}, nil
}

// String returns the day as "2026-11-23" (ISO 8601), and "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// IsZero reports whether there is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Compare returns -1, 0 or +1, as d is before, on or after other. No day comes
// before every day.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// AddDays returns the day n days later, or earlier if n is negative. No day
// stays no day.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	year, month, day := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC).Date()
	return Date{year, month, day}
}

// AddMonths returns the same day of the month n months later. If that month
// lacks it, it is the month's last day: 31 January and a month is 28 February
// (CPC art. 181 par. 1 pt. 3). No day stays no day.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// DaysUntil returns how many days after d other is; negative if it is before.
func (d Date) DaysUntil(other Date) int {
	return int(other.Midnight(time.UTC).Sub(d.Midnight(time.UTC)) / (24 * time.Hour))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Midnight(time.UTC).Weekday() }

// Midnight returns the first instant of the day in a zone: where clocks are put
// forward at midnight, that is one o'clock. It is the zero time for no day.
func (d Date) Midnight(zone *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	if t.Day() != d.Day { // there is no such hour, and Go took the one before
		t = t.Add(time.Hour)
	}
	return t
}

// MarshalText implements [encoding.TextMarshaler]: "2026-11-23", or "".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. The empty text is no day.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d = Date{}
	if len(text) > 0 {
		*d, err = Parse(string(text))
	}
	return err
}

// Value implements [driver.Valuer]: a day is stored in a TEXT column, no day as
// the empty text.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan implements the Scanner of package database/sql.
func (d *Date) Scan(src any) error {
	switch src := src.(type) {
	case string:
		return d.UnmarshalText([]byte(src))
	case []byte:
		return d.UnmarshalText(src)
	}
	return fmt.Errorf("deadline: a day is stored as text, not as %T", src)
}

package deadline_test

import (
	"testing"

	"bega/internal/deadline"
)

func day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func days(n int, mode deadline.Mode) deadline.Term {
	return deadline.Term{N: n, Unit: deadline.Days, Mode: mode}
}

// TestEnd has the values that the registry computed by hand.
func TestEnd(t *testing.T) {
	const monday = "2026-11-23"
	for _, test := range []struct {
		start string
		term  deadline.Term
		want  string
	}{
		{monday, days(10, deadline.CalendarDays), "2026-12-03"},
		{monday, days(10, deadline.FreeDays), "2026-12-04"},
		{monday, days(30, deadline.CalendarDays), "2026-12-23"},
		{monday, days(30, deadline.FreeDays), "2026-12-24"},
		{monday, days(15, deadline.WorkingDays), "2026-12-16"}, // 30 November and 1 December do not count
		{monday, days(30, deadline.WorkingDays), "2027-01-12"},
		{"2026-12-21", days(10, deadline.WorkingDays), "2027-01-08"},
	} {
		if got := deadline.New(nil).End(day(test.start), test.term); got != day(test.want) {
			t.Errorf("%d %s days from %s end on %s, want %s", test.term.N, test.term.Mode, test.start, got, test.want)
		}
	}
}

func TestWorkingDaysOfAYear(t *testing.T) {
	for year, want := range map[int]int{2025: 248, 2026: 250, 2027: 252} {
		if got := deadline.New(nil).WorkingDays(year); got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
}

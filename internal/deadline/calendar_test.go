package deadline_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bega/internal/deadline"
)

// TestEaster compares the computation with the table of the Church: the Sunday
// after the full moon that belongs to the golden number of the year.
func TestEaster(t *testing.T) {
	moons := strings.Fields("04-05 03-25 04-13 04-02 03-22 04-10 03-30 04-18 04-07 03-27 04-15 04-04 03-24 04-12 04-01 03-21 04-09 03-29 04-17")
	for year := 2000; year <= 2099; year++ {
		moon, err := time.Parse(time.DateOnly, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006-")+moons[year%19])
		if err != nil {
			t.Fatal(err)
		}
		want := deadline.Of(moon).AddDays(13 + 1) // by the calendar on the wall
		for want.Weekday() != time.Sunday {
			want = want.AddDays(1)
		}
		if got := deadline.Easter(year); got != want {
			t.Errorf("in %d Easter is on %s, want %s", year, got, want)
		}
	}
	for _, want := range []string{"1943-04-25", "2008-04-27", "2010-04-04", "2024-05-05", "2025-04-20", "2026-04-12", "2027-05-02"} {
		if got := deadline.Easter(day(want).Year); got != day(want) {
			t.Errorf("Easter is on %s, want %s", got, want)
		}
	}
}

func TestHolidays(t *testing.T) {
	for year, want := range map[int]string{
		2025: "01-01 01-02 01-06 01-07 01-24 04-18 04-20 04-21 05-01 06-01 06-08 06-09 08-15 11-30 12-01 12-25 12-26",
		2026: "01-01 01-02 01-06 01-07 01-24 04-10 04-12 04-13 05-01 05-31 06-01 08-15 11-30 12-01 12-25 12-26",
		2027: "01-01 01-02 01-06 01-07 01-24 04-30 05-01 05-02 05-03 06-01 06-20 06-21 08-15 11-30 12-01 12-25 12-26",
		2023: "01-01 01-02 01-24 04-14 04-16 04-17 05-01 06-01 06-04 06-05 08-15 11-30 12-01 12-25 12-26",
		2017: "01-01 01-02 01-24 04-16 04-17 05-01 06-01 06-04 06-05 08-15 11-30 12-01 12-25 12-26",
	} {
		var got []string
		for d := (deadline.Date{Year: year, Month: 1, Day: 1}); d.Year == year; d = d.AddDays(1) {
			if key, ok := deadline.New(nil).Holiday(d); ok {
				got = append(got, d.String()[5:])
				if deadline.New(nil).Working(d) {
					t.Errorf("the town hall works on %s, %s", d, key)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d:\ngot  %s\nwant %s", year, got, want)
		}
	}
	if key, _ := deadline.New(nil).Holiday(day("2026-11-30")); key != "deadline.saint-andrew" {
		t.Errorf("30 November is %s", key)
	}
	if key, ok := deadline.New(nil).Holiday(day("2026-11-29")); ok {
		t.Errorf("a Sunday is %s", key)
	}
}

// TestExceptions: the Government gives a Friday, and has it worked back on a
// Saturday.
func TestExceptions(t *testing.T) {
	c := deadline.New([]deadline.Exception{
		{Date: day("2027-01-08"), Reason: "punte", Source: "HG demonstrativă"},
		{Date: day("2027-01-16"), Working: true, Reason: "recuperare", Source: "HG demonstrativă"},
	})
	if key, ok := c.Holiday(day("2027-01-08")); key != "deadline.bridge" || !ok || c.Working(day("2027-01-08")) {
		t.Errorf("the bridge day is %q, %t", key, ok)
	}
	if _, ok := c.Holiday(day("2027-01-16")); ok || !c.Working(day("2027-01-16")) {
		t.Error("nobody works on the Saturday")
	}
	for start, want := range map[string]string{"2027-01-05": "2027-01-11", "2027-01-15": "2027-01-16", "2027-01-16": "2027-01-18"} {
		if got := c.End(day(start), days(1, deadline.WorkingDays)); got != day(want) {
			t.Errorf("a working day from %s ends on %s, want %s", start, got, want)
		}
	}
	if got := c.NextWorking(day("2027-01-06")); got != day("2027-01-11") {
		t.Errorf("after Epiphany the town hall works on %s", got)
	}
	if got := c.NextWorking(day("2027-01-16")); got != day("2027-01-16") {
		t.Errorf("a working day is followed by %s", got)
	}
	if got := c.WorkingDays(2027); got != 252 {
		t.Errorf("2027 has %d working days", got)
	}
}

func TestTheZeroCalendarKnowsTheLaw(t *testing.T) {
	var c deadline.Calendar
	if c.Working(day("2026-12-25")) || !c.Working(day("2026-12-24")) {
		t.Error("the zero calendar should have all holidays, and no exception")
	}
}

func TestValidate(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"n": 15, "unit": "day", "mode": "working"}`:   true,
		`{"n": 3, "unit": "month", "mode": "calendar"}`: true,
		`{"n": 1, "unit": "year", "mode": "free"}`:      true,
		`{}`: false,
		`{"n": 0, "unit": "day", "mode": "free"}`:       false,
		`{"n": -1, "unit": "day", "mode": "free"}`:      false,
		`{"n": 1500000, "unit": "day", "mode": "free"}`: false,
		`{"n": 10, "unit": "days", "mode": "free"}`:     false,
		`{"n": 10, "unit": "day"}`:                      false,
		`{"n": 10, "unit": "day", "mode": "libere"}`:    false,
		`{"n": 3, "unit": "month", "mode": "working"}`:  false,
	} {
		var term deadline.Term
		if err := json.Unmarshal([]byte(text), &term); err != nil {
			t.Fatal(err)
		}
		if err := term.Validate(); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestMonthsAndYears(t *testing.T) {
	for _, test := range []struct {
		start string
		term  deadline.Term
		want  string
	}{
		{"2026-11-30", deadline.Term{N: 3, Unit: deadline.Months, Mode: deadline.CalendarDays}, "2027-02-28"}, // a Sunday
		{"2026-11-30", deadline.Term{N: 3, Unit: deadline.Months, Mode: deadline.FreeDays}, "2027-03-01"},
		{"2027-11-25", deadline.Term{N: 1, Unit: deadline.Months, Mode: deadline.FreeDays}, "2027-12-27"}, // Christmas, and a Sunday
		{"2028-02-29", deadline.Term{N: 1, Unit: deadline.Years, Mode: deadline.CalendarDays}, "2029-02-28"},
	} {
		if got := deadline.New(nil).End(day(test.start), test.term); got != day(test.want) {
			t.Errorf("%v from %s ends on %s, want %s", test.term, test.start, got, test.want)
		}
	}
}

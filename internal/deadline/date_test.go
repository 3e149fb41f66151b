package deadline_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"bega/internal/deadline"
)

func TestParse(t *testing.T) {
	for _, text := range []string{"2026-11-23", "2028-02-29", "0001-01-01", "9999-12-31"} {
		if d, err := deadline.Parse(text); err != nil || d.String() != text || d.IsZero() {
			t.Errorf("Parse(%q) = %s, %v", text, d, err)
		}
	}
	for _, text := range []string{
		"", "2026-02-30", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "0000-01-01",
		"2026-11-2", "26-11-23", "23.11.2026", "2026-11-23T00:00:00Z", " 2026-11-23", "2026-11-23 ", "+026-11-23",
	} {
		if d, err := deadline.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %s", text, d)
		}
	}
}

func TestOf(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.March, 31, 21, 30, 0, 0, time.UTC) // half past midnight in town
	if got := deadline.Of(at); got != day("2026-03-31") {
		t.Errorf("in UTC it is %s", got)
	}
	if got := deadline.Of(at.In(zone)); got != day("2026-04-01") {
		t.Errorf("in town it is %s", got)
	}
	if got := deadline.Of(time.Time{}); !got.IsZero() {
		t.Errorf("the zero time is %s", got)
	}
}

func TestMidnight(t *testing.T) {
	for _, test := range []struct{ zone, day, want string }{
		{"Europe/Bucharest", "2026-11-23", "2026-11-22T22:00:00Z"},
		{"Europe/Bucharest", "2027-03-28", "2027-03-27T22:00:00Z"}, // the clocks go forward three hours later
		{"Europe/Bucharest", "2027-03-29", "2027-03-28T21:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"}, // there was no midnight
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := day(test.day).Midnight(zone)
		if got.UTC().Format(time.RFC3339) != test.want || deadline.Of(got) != day(test.day) {
			t.Errorf("%s begins in %s at %s, want %s", test.day, test.zone, got.UTC().Format(time.RFC3339), test.want)
		}
	}
	if got := (deadline.Date{}).Midnight(time.UTC); !got.IsZero() {
		t.Errorf("no day begins at %s", got)
	}
}

func TestAddMonths(t *testing.T) {
	for _, test := range []struct {
		start string
		n     int
		want  string
	}{
		{"2026-11-23", 1, "2026-12-23"},
		{"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2027-01-31", 3, "2027-04-30"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-11-30", 15, "2028-02-29"},
		{"2027-03-31", -1, "2027-02-28"},
		{"2026-01-15", -13, "2024-12-15"},
		{"2026-01-15", 0, "2026-01-15"},
	} {
		if got := day(test.start).AddMonths(test.n); got != day(test.want) {
			t.Errorf("%s and %d months: %s, want %s", test.start, test.n, got, test.want)
		}
	}
}

func TestDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDay.Draw(t, "day"), rapid.IntRange(-5000, 5000).Draw(t, "n")
		later := d.AddDays(n)
		if got := d.DaysUntil(later); got != n || later.AddDays(-n) != d {
			t.Fatalf("from %s to %s there are %d days, want %d", d, later, got, n)
		}
		if d.Before(later) != (n > 0) || d.After(later) != (n < 0) || d.Compare(later) != -later.Compare(d) {
			t.Fatalf("%s and %s are in the wrong order", d, later)
		}
		if back := d.AddMonths(n % 600).AddMonths(-(n % 600)); back.After(d) || back.DaysUntil(d) > 3 {
			t.Fatalf("%s and %d months there and back: %s", d, n%600, back)
		}
	})
}

func TestNoDay(t *testing.T) {
	var none deadline.Date
	if none.String() != "" || none.AddDays(5) != none || none.AddMonths(5) != none || !none.Before(day("0001-01-01")) {
		t.Error("no day should stay no day, and come first")
	}
	if err := none.Scan(""); err != nil || !none.IsZero() {
		t.Errorf("no day was read back as %s, %v", none, err)
	}
	for _, src := range []any{nil, int64(5), time.Now(), "2026-02-30"} {
		if err := new(deadline.Date).Scan(src); err == nil {
			t.Errorf("%v is no day, but was read as one", src)
		}
	}
}

func TestJSON(t *testing.T) {
	c := clock(days(15, deadline.WorkingDays), deadline.Restart, "2026-11-26", "")
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"start":"2026-11-23","term":{"n":15,"unit":"day","mode":"working"},"pause":"restart","pauses":[{"from":"2026-11-26"}]}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	var again deadline.Clock
	if err := json.Unmarshal(data, &again); err != nil || len(again.Pauses) != 1 || again.Pauses[0] != c.Pauses[0] || again.Term != c.Term {
		t.Errorf("read back as %v, %v", again, err)
	}
	if err := json.Unmarshal([]byte(`{"start":"2026-02-30"}`), &again); err == nil {
		t.Error("30 February was read as a day")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("2026-11-23")
	f.Add("2026-02-30")
	f.Add("２０２６-11-23")
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := deadline.Parse(text); err == nil && d.String() != text {
			t.Errorf("Parse(%q) = %q", text, d)
		}
	})
}

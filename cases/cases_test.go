package cases

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/web/ui"
	"bega/procedures"
)

func day(t *testing.T, text string) deadline.Date {
	t.Helper()
	if text == "" {
		return deadline.Date{}
	}
	d, err := deadline.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestMoves is the table of transitions as a jurist would read it: rows are where
// a case is, and what may become of it.
func TestMoves(t *testing.T) {
	all := []State{Filed, Claimed, Asked, Answered, Proposed, Approved, Refused, Tacit, Withdrawn, Closed}
	may := map[State]string{
		Filed:    "claimed withdrawn tacit",
		Claimed:  "filed asked proposed approved refused closed withdrawn tacit",
		Asked:    "filed claimed answered withdrawn tacit",
		Answered: "filed claimed asked proposed approved refused closed withdrawn tacit",
		Proposed: "filed claimed approved refused closed withdrawn tacit",
	}
	for _, from := range all {
		for _, to := range all {
			c := Case{State: from}
			err := c.Move(to)
			want := error(nil)
			switch {
			case from.Over():
				want = ErrOver
			case !slices.Contains(strings.Fields(may[from]), string(to)):
				want = ErrNotNow
			}
			if !errors.Is(err, want) || (c.State == to) != (err == nil || from == to) {
				t.Errorf("%s → %s: got error %v and %s, want %v", from, to, err, c.State, want)
			}
		}
		if !slices.Contains(ui.States(), ui.State(from.Public())) {
			t.Errorf("people have no word for %s", from)
		}
	}
}

// TestClock counts by hand, across the feast of Saint Andrew, the National Day and
// Christmas.
func TestClock(t *testing.T) {
	cal := new(deadline.Calendar)
	working := deadline.Term{N: 15, Unit: deadline.Days, Mode: deadline.WorkingDays}
	for _, test := range []struct {
		name    string
		of      procedures.Service
		pauses  [][2]string
		today   string
		due     string
		running bool
		late    int
		taken   int // days until today
	}{
		{"without a pause", procedures.Service{Term: working}, nil, "2026-12-10", "2026-12-16", true, 0, 11},
		{"on the last day", procedures.Service{Term: working}, nil, "2026-12-16", "2026-12-16", true, 0, 15},
		{"two days late", procedures.Service{Term: working}, nil, "2026-12-18", "2026-12-16", true, 2, 17},
		{"late at the weekend", procedures.Service{Term: deadline.Term{N: 19, Unit: deadline.Days, Mode: deadline.WorkingDays}}, nil, "2026-12-26", "2026-12-22", true, 2, 21},
		{"suspended, and answered", procedures.Service{Term: working}, [][2]string{{"2026-11-25", "2026-12-07"}}, "2026-12-08", "2026-12-24", true, 0, 3},
		{"suspended, and waiting", procedures.Service{Term: working}, [][2]string{{"2026-11-25", ""}}, "2026-12-07", "2026-12-24", false, 0, 2},
		{"asked and answered on one day", procedures.Service{Term: working}, [][2]string{{"2026-11-25", "2026-11-25"}}, "2026-12-10", "2026-12-16", true, 0, 11},
		{"restarted", procedures.Service{Term: working, Pause: deadline.Restart}, [][2]string{{"2026-11-25", "2026-12-07"}}, "2026-12-08", "2026-12-29", true, 0, 3},
		{"from the complete documentation", procedures.Service{Term: working, Start: procedures.AtComplete}, [][2]string{{"2026-11-25", "2026-12-07"}}, "2026-12-08", "2026-12-29", true, 0, 3},
		{"asked when it was late", procedures.Service{Term: working}, [][2]string{{"2026-12-17", ""}}, "2026-12-18", "2026-12-16", true, 2, 16},
		{"calendar days, twice", procedures.Service{Term: deadline.Term{N: 30, Unit: deadline.Days, Mode: deadline.CalendarDays}},
			[][2]string{{"2026-11-30", "2026-12-02"}, {"2026-12-10", "2026-12-15"}}, "2026-12-20", "2026-12-30", true, 0, 20},
	} {
		c := Case{State: Claimed, Clock: clockOf(&test.of, day(t, "2026-11-23"))}
		for _, p := range test.pauses {
			c.Pause(day(t, p[0]))
			if p[1] != "" {
				c.Resume(day(t, p[1]))
			}
		}
		today := day(t, test.today)
		due, running := c.Clock.Due(cal, today)
		if late, days := c.Late(cal, today), taken(c.Clock, cal, today); due.String() != test.due || running != test.running || late != test.late || days != test.taken {
			t.Errorf("%s: due on %s, running: %t, late by %d, %d days taken; want %s, %t, %d, %d", test.name, due, running, late, days, test.due, test.running, test.late, test.taken)
		}
	}
}

func TestRemindDays(t *testing.T) {
	for until, want := range map[string][2]string{
		"2026-12-15": {"2026-12-05", "2026-12-13"},
		"2026-11-29": {"", "2026-11-27"},
		"2026-11-28": {"", "2026-11-26"},
		"2026-11-27": {"2026-11-26", ""},
		"2026-11-26": {"", ""},
	} {
		half, soon := remindDays(day(t, "2026-11-25"), day(t, until))
		if half != day(t, want[0]) || soon != day(t, want[1]) {
			t.Errorf("until %s: reminded on %s and %s, want %v", until, half, soon, want)
		}
	}
}

func TestShort(t *testing.T) {
	for name, want := range map[string]string{"Ioana Munteanu-Demo": "Ioana M.", "Ana Maria Șerban": "Ana Ș.", "Ioana": "Ioana", "": "", "Örs  Ébner": "Örs É."} {
		if got := Short(name); got != want {
			t.Errorf("Short(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestArguments: what an event says survives being stored.
func TestArguments(t *testing.T) {
	args := []any{"UR2026-000001", 3, day(t, "2026-12-16"), procedures.Text{"ro": "plan", "en": "plan"}}
	text, err := keepArguments(args)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readArguments(text)
	if err != nil || len(got) != 4 || got[0] != args[0] || got[1] != args[1] || got[2] != args[2] || !maps.Equal(got[3].(map[string]string), map[string]string{"ro": "plan", "en": "plan"}) {
		t.Errorf("readArguments(%s) = %v, %v", text, got, err)
	}
	if _, err := keepArguments([]any{time.Now()}); err == nil {
		t.Error("an instant was kept")
	}
}

// TestWords: what people read of an event, in their language.
func TestWords(t *testing.T) {
	got := Say(said{}, []any{"UR2026-000001", 3, day(t, "2026-12-16"), money.Bani(700), procedures.Text{"ro": "plan"}, map[string]string{"ro": "act", "en": "paper"}})
	if want := []any{"UR2026-000001", 3, "on 2026-12-16", money.Bani(700).Format("en"), "plan", "paper"}; !slices.Equal(got, want) {
		t.Errorf("Say = %q, want %q", got, want)
	}
}

type said struct{}

// Lang implements Speaker.
func (said) Lang() string { return "en" }

// Date implements Speaker.
func (said) Date(d deadline.Date) string { return "on " + d.String() }

// TestCorrect: what was not asked for stays, whatever is sent.
// TestClosedChannel: a draft keeps its version, but not a channel that was closed
// meanwhile.
func TestClosedChannel(t *testing.T) {
	catalog, err := procedures.Load(os.DirFS("../city/timisoara"))
	if err != nil {
		t.Fatal(err)
	}
	current, err := catalog.Version("petitie", 1)
	if err != nil {
		t.Fatal(err)
	}
	o := &Office{Catalog: catalog}
	closed, later := *current, *current
	closed.Closed = []procedures.Closure{{From: day(t, "2026-12-15"), To: day(t, "2027-01-09")}}
	later.Effective = day(t, "2027-01-01")
	for _, test := range []struct {
		of   *procedures.Service
		day  string
		want error
	}{
		{&closed, "2026-12-14", nil}, {&closed, "2026-12-15", ErrClosed}, {&closed, "2027-01-09", ErrClosed}, {&closed, "2027-01-10", nil},
		{&later, "2026-12-31", ErrInvalid}, {&later, "2027-01-01", nil},
	} {
		if err := o.open(filing{of: test.of, env: procedures.Env{Today: day(t, test.day)}}); !errors.Is(err, test.want) {
			t.Errorf("on %s: got error %v, want %v", test.day, err, test.want)
		}
	}
}

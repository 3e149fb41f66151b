package deadline_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bega/internal/deadline"
)

// A resident applies on Monday, 23 November 2026.
func clock(term deadline.Term, mode deadline.PauseMode, pauses ...string) *deadline.Clock {
	c := &deadline.Clock{Start: day("2026-11-23"), Term: term, Pause: mode}
	for i := 0; i < len(pauses); i += 2 {
		p := deadline.Pause{From: day(pauses[i])}
		if pauses[i+1] != "" {
			p.To = day(pauses[i+1])
		}
		c.Pauses = append(c.Pauses, p)
	}
	return c
}

var (
	ten     = days(10, deadline.CalendarDays)
	free    = days(10, deadline.FreeDays)
	working = days(10, deadline.WorkingDays)
	month   = deadline.Term{N: 1, Unit: deadline.Months, Mode: deadline.CalendarDays}
)

func TestDue(t *testing.T) {
	const suspend, restart = deadline.Suspend, deadline.Restart
	for name, test := range map[string]struct {
		clock   *deadline.Clock
		today   string
		want    string
		running bool
	}{
		"nothing happens":                     {clock(ten, suspend), "2026-11-30", "2026-12-03", true},
		"four days of waiting":                {clock(ten, suspend, "2026-11-26", "2026-11-30"), "2026-12-01", "2026-12-07", true},
		"the same, and the term starts again": {clock(ten, restart, "2026-11-26", "2026-11-30"), "2026-12-01", "2026-12-10", true},
		"the day of registration":             {clock(ten, suspend, "2026-11-23", "2026-11-30"), "2026-12-01", "2026-12-10", true},
		"before it":                           {clock(ten, suspend, "2026-11-02", "2026-11-30"), "2026-12-01", "2026-12-10", true},
		"over before it":                      {clock(ten, restart, "2026-11-02", "2026-11-12"), "2026-12-01", "2026-12-03", true},
		"on the last day":                     {clock(ten, suspend, "2026-12-03", "2026-12-08"), "2026-12-09", "2026-12-08", true},
		"a day too late":                      {clock(ten, suspend, "2026-12-04", "2026-12-08"), "2026-12-05", "2026-12-03", true},
		"a day too late to start again":       {clock(ten, restart, "2026-12-04", ""), "2026-12-05", "2026-12-03", true},
		"no length":                           {clock(ten, suspend, "2026-11-26", "2026-11-26"), "2026-11-26", "2026-12-03", true},
		"no length, and starts again":         {clock(ten, restart, "2026-11-26", "2026-11-26"), "2026-11-26", "2026-12-06", true},
		"the town still waits":                {clock(ten, suspend, "2026-11-26", ""), "2026-11-28", "2026-12-05", false},
		"the town waits to start again":       {clock(ten, restart, "2026-11-26", ""), "2026-11-28", "2026-12-08", false},
		"the first day of waiting":            {clock(ten, suspend, "2026-11-26", ""), "2026-11-26", "2026-12-03", false},
		"the answer came today":               {clock(ten, suspend, "2026-11-26", "2026-11-28"), "2026-11-28", "2026-12-05", true},
		"overlapping":                         {clock(ten, suspend, "2026-11-25", "2026-11-28", "2026-11-26", "2026-11-30"), "2026-12-01", "2026-12-08", true},
		"one inside the other":                {clock(ten, suspend, "2026-11-25", "2026-11-30", "2026-11-26", "2026-11-27"), "2026-12-01", "2026-12-08", true},
		"the second is in the longer term":    {clock(ten, suspend, "2026-11-25", "2026-11-30", "2026-12-06", "2026-12-09"), "2026-12-10", "2026-12-11", true},
		"working days, over two holidays":     {clock(working, suspend, "2026-11-26", "2026-12-02"), "2026-12-03", "2026-12-11", true},
		"working days, from Friday to Sunday": {clock(working, suspend, "2026-11-27", "2026-11-29"), "2026-12-03", "2026-12-09", true},
		"free days":                           {clock(free, suspend, "2026-11-26", "2026-11-28"), "2026-12-03", "2026-12-07", true},
		"a month":                             {clock(month, suspend, "2026-11-26", "2026-11-30"), "2026-12-03", "2026-12-27", true},
		"no term":                             {clock(deadline.Term{}, suspend), "2026-12-03", "", false},
		"no start":                            {&deadline.Clock{Term: ten}, "2026-12-03", "", false},
	} {
		due, running := test.clock.Due(deadline.New(nil), day(test.today))
		if due.String() != test.want || running != test.running {
			t.Errorf("%s: due on %q, running %t; want %q, %t", name, due, running, test.want, test.running)
		}
	}
}

// TestCap: whoever does not answer for longer than the law allows cannot keep
// the clock from running.
func TestCap(t *testing.T) {
	c := clock(ten, deadline.Suspend, "2026-11-26", "")
	if _, ok := c.CapEnds(deadline.New(nil)); ok {
		t.Error("a cap ends that there is not")
	}
	c.Cap = days(5, deadline.CalendarDays)
	if got, ok := c.CapEnds(deadline.New(nil)); !ok || got != day("2026-12-01") {
		t.Errorf("the cap ends on %s, %t", got, ok)
	}
	for today, want := range map[string]struct {
		due     string
		running bool
		left    int
	}{
		"2026-12-01": {"2026-12-08", false, 7}, // if the answer comes on the last day
		"2026-12-02": {"2026-12-09", true, 7},
		"2026-12-09": {"2026-12-09", true, 0},
		"2026-12-12": {"2026-12-09", true, -3},
	} {
		due, running := c.Due(deadline.New(nil), day(today))
		if left := c.Left(deadline.New(nil), day(today)); due != day(want.due) || running != want.running || left != want.left {
			t.Errorf("on %s: due on %s, running %t, %d left; want %v", today, due, running, left, want)
		}
	}
	c.Pauses[0].To = day("2027-03-01") // and a late answer changes nothing any more
	if due, _ := c.Due(deadline.New(nil), day("2027-03-02")); due != day("2026-12-09") {
		t.Errorf("after a late answer due on %s", due)
	}
	if _, ok := c.CapEnds(deadline.New(nil)); ok {
		t.Error("the cap still ends after the answer")
	}
}

func TestLeft(t *testing.T) {
	for _, test := range []struct {
		clock *deadline.Clock
		today string
		want  int
	}{
		{clock(ten, deadline.Suspend), "2026-11-20", 10}, // not begun
		{clock(ten, deadline.Suspend), "2026-11-23", 10},
		{clock(ten, deadline.Suspend), "2026-12-03", 0},
		{clock(ten, deadline.Suspend), "2026-12-05", -2},
		{clock(working, deadline.Suspend), "2026-11-27", 6},
		{clock(working, deadline.Suspend), "2026-11-29", 6},
		{clock(working, deadline.Suspend), "2026-12-09", 0},
		{clock(working, deadline.Suspend), "2026-12-14", -3},
		{clock(days(4, deadline.WorkingDays), deadline.Suspend), "2026-11-28", -1}, // Saturday, one day late though nobody works
		{clock(ten, deadline.Suspend, "2026-11-26", ""), "2026-12-24", 7},
		{clock(working, deadline.Suspend, "2026-11-26", ""), "2026-12-26", 7},
		{clock(working, deadline.Restart, "2026-11-26", ""), "2026-12-26", 10},
		{clock(deadline.Term{}, deadline.Suspend), "2026-12-03", 0},
	} {
		if got := test.clock.Left(deadline.New(nil), day(test.today)); got != test.want {
			t.Errorf("%v on %s: %d left, want %d", test.clock, test.today, got, test.want)
		}
	}
}

func TestLapsed(t *testing.T) {
	for _, test := range []struct {
		clock *deadline.Clock
		today string
		want  bool
	}{
		{clock(ten, deadline.Suspend), "2026-12-03", false},
		{clock(ten, deadline.Suspend), "2026-12-04", true},
		{clock(ten, deadline.Suspend, "2026-12-03", ""), "2027-01-04", false}, // asked on the last day
		{clock(ten, deadline.Suspend, "2026-12-04", ""), "2027-01-04", true},  // a day too late
		{clock(ten, deadline.Restart, "2026-12-04", "2026-12-08"), "2026-12-09", true},
		{clock(deadline.Term{}, deadline.Suspend), "2036-12-03", false},
	} {
		if got := test.clock.Lapsed(deadline.New(nil), day(test.today)); got != test.want {
			t.Errorf("%v on %s: lapsed %t", test.clock, test.today, got)
		}
	}
}

func TestPausedDays(t *testing.T) {
	for _, test := range []struct {
		clock *deadline.Clock
		today string
		want  int
	}{
		{clock(ten, deadline.Suspend), "2026-12-03", 0},
		{clock(ten, deadline.Suspend, "2026-11-26", "2026-11-30"), "2026-11-26", 0},
		{clock(ten, deadline.Suspend, "2026-11-26", "2026-11-30"), "2026-11-28", 2},
		{clock(ten, deadline.Suspend, "2026-11-26", "2026-11-30"), "2026-12-03", 4},
		{clock(ten, deadline.Suspend, "2026-11-26", "2026-11-30", "2026-11-27", "2026-12-01"), "2026-12-03", 5},
		{clock(ten, deadline.Suspend, "2026-11-26", ""), "2026-12-26", 30},
		{clock(ten, deadline.Suspend, "2026-12-04", ""), "2026-12-26", 0}, // the term was over
	} {
		if got := test.clock.PausedDays(deadline.New(nil), day(test.today)); got != test.want {
			t.Errorf("%v on %s: %d days, want %d", test.clock, test.today, got, test.want)
		}
	}
}

func TestExtension(t *testing.T) {
	more := func(terms ...deadline.Term) (extensions []deadline.Extension) {
		for _, term := range terms {
			extensions = append(extensions, deadline.Extension{Term: term})
		}
		return extensions
	}
	for _, test := range []struct {
		term deadline.Term
		more []deadline.Extension
		want string
	}{
		{ten, more(days(5, deadline.CalendarDays)), "2026-12-08"},
		{free, more(days(5, deadline.FreeDays)), "2026-12-09"}, // the first and last day of all are free, not those between
		{ten, more(days(5, deadline.WorkingDays)), "2026-12-10"},
		{month, more(month, month), "2027-02-23"},
	} {
		c := &deadline.Clock{Start: day("2026-11-23"), Term: test.term, Extensions: test.more}
		if due, _ := c.Due(deadline.New(nil), c.Start); due != day(test.want) {
			t.Errorf("%v and %v: due on %s, want %s", test.term, test.more, due, test.want)
		}
	}
}

// What rapid draws: two years around the holidays of 2026, with a bridge day.
var (
	town = deadline.New([]deadline.Exception{
		{Date: day("2026-12-24"), Reason: "punte"},
		{Date: day("2027-01-09"), Working: true, Reason: "recuperare"},
	})
	anyDay = rapid.Custom(func(t *rapid.T) deadline.Date {
		return day("2026-01-01").AddDays(rapid.IntRange(0, 730).Draw(t, "day"))
	})
	anyMode = rapid.SampledFrom([]deadline.Mode{deadline.CalendarDays, deadline.FreeDays, deadline.WorkingDays})
	anyTerm = rapid.Custom(func(t *rapid.T) deadline.Term {
		if n := rapid.IntRange(0, 3).Draw(t, "months"); n > 0 {
			return deadline.Term{N: n, Unit: deadline.Months, Mode: rapid.SampledFrom([]deadline.Mode{deadline.CalendarDays, deadline.FreeDays}).Draw(t, "mode")}
		}
		return days(rapid.IntRange(1, 60).Draw(t, "days"), anyMode.Draw(t, "mode"))
	})
	anyPause = rapid.Custom(func(t *rapid.T) deadline.Pause {
		p := deadline.Pause{From: day("2026-01-01").AddDays(rapid.IntRange(-5, 90).Draw(t, "from"))}
		p.To = p.From.AddDays(rapid.IntRange(0, 40).Draw(t, "length"))
		return p
	})
	anyClock = rapid.Custom(func(t *rapid.T) *deadline.Clock {
		c := &deadline.Clock{
			Start:  day("2026-01-01").AddDays(rapid.IntRange(0, 14).Draw(t, "start")),
			Term:   anyTerm.Draw(t, "term"),
			Pause:  rapid.SampledFrom([]deadline.PauseMode{deadline.Suspend, deadline.Restart}).Draw(t, "pause"),
			Pauses: rapid.SliceOfN(anyPause, 0, 4).Draw(t, "pauses"),
		}
		if rapid.Bool().Draw(t, "capped") {
			c.Cap = days(20, deadline.CalendarDays)
		}
		for _, term := range rapid.SliceOfN(anyTerm, 0, 1).Draw(t, "more") {
			c.Extensions = append(c.Extensions, deadline.Extension{Term: term})
		}
		return c
	})
	late = day("2030-01-01")
)

func TestEndIsWhereItCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, n := anyDay.Draw(t, "start"), rapid.IntRange(1, 60).Draw(t, "n")
		end := town.End(start, days(n, deadline.WorkingDays))
		if !town.Working(end) {
			t.Fatalf("%d working days from %s end on %s, when nobody works", n, start, end)
		}
		counted := 0
		for d := start.AddDays(1); !d.After(end); d = d.AddDays(1) {
			if town.Working(d) {
				counted++
			}
		}
		if counted != n {
			t.Fatalf("%d working days from %s end on %s, after %d of them", n, start, end, counted)
		}
		if free := town.End(start, days(n, deadline.FreeDays)); !town.Working(free) || start.DaysUntil(free) <= n {
			t.Fatalf("%d free days from %s end on %s", n, start, free)
		}
		if plain := town.End(start, days(n, deadline.CalendarDays)); start.DaysUntil(plain) != n {
			t.Fatalf("%d days from %s end on %s", n, start, plain)
		}
	})
}

func TestLongerTermsEndLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, term := anyDay.Draw(t, "start"), anyTerm.Draw(t, "term")
		end := town.End(start, term)
		if !end.After(start) {
			t.Fatalf("%v from %s ends on %s", term, start, end)
		}
		if next := town.End(start.AddDays(1), term); next.Before(end) {
			t.Fatalf("%v from %s ends on %s, and from the next day on %s", term, start, end, next)
		}
		term.N++
		if longer := town.End(start, term); longer.Before(end) {
			t.Fatalf("%v from %s ends on %s, sooner than %s", term, start, longer, end)
		}
	})
}

func TestAPauseBringsNothingNearer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClock.Draw(t, "clock")
		before, _ := c.Due(town, late)
		c.Pauses = append(c.Pauses, anyPause.Draw(t, "one more"))
		if after, _ := c.Due(town, late); after.Before(before) {
			t.Fatalf("due on %s, and with a pause more on %s", before, after)
		}
	})
}

func TestTheOrderOfPausesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClock.Draw(t, "clock")
		today := anyDay.Draw(t, "today")
		due, running := c.Due(town, today)
		given := slices.Clone(c.Pauses)
		shuffled := &deadline.Clock{Start: c.Start, Term: c.Term, Pause: c.Pause, Cap: c.Cap, Extensions: c.Extensions, Pauses: slices.Clone(c.Pauses)}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(given), func(i, j int) { shuffled.Pauses[i], shuffled.Pauses[j] = shuffled.Pauses[j], shuffled.Pauses[i] })
		if got, also := shuffled.Due(town, today); got != due || also != running {
			t.Fatalf("due on %s, and in another order on %s", due, got)
		}
		if !slices.Equal(c.Pauses, given) {
			t.Fatal("asking when it is due changed the order")
		}
	})
}

// TestWaitingCostsNobodyADay follows a clock day by day while the town waits.
func TestWaitingCostsNobodyADay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClock.Draw(t, "clock")
		c.Pauses, c.Cap, c.Pause = nil, deadline.Term{}, deadline.Suspend
		plain, _ := c.Due(town, late)
		from := c.Start.AddDays(rapid.IntRange(0, c.Start.DaysUntil(plain)).Draw(t, "from"))
		before := c.Left(town, from)
		c.Pauses = []deadline.Pause{{From: from}}
		for n := range rapid.IntRange(0, 40).Draw(t, "waiting") {
			today := from.AddDays(n)
			due, running := c.Due(town, today)
			if running || c.Lapsed(town, today) || due.Before(plain) || due.Before(today) {
				t.Fatalf("on %s: due on %s, running %t", today, due, running)
			}
			if left := c.Left(town, today); left != before {
				t.Fatalf("on %s %d days are left, and were %d when the pause began", today, left, before)
			}
			answered := &deadline.Clock{Start: c.Start, Term: c.Term, Extensions: c.Extensions, Pauses: []deadline.Pause{{From: from, To: today}}}
			if got, running := answered.Due(town, today); got != due || !running {
				t.Fatalf("answered on %s: due on %s, running %t, and %s was said", today, got, running, due)
			}
		}
	})
}

// TestWhatComesLater: what was true on a day stays true of that day.
func TestWhatComesLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClock.Draw(t, "clock")
		today := c.Start.AddDays(rapid.IntRange(0, 120).Draw(t, "today"))
		then := &deadline.Clock{Start: c.Start, Term: c.Term, Pause: c.Pause, Cap: c.Cap, Extensions: c.Extensions}
		for _, p := range c.Pauses {
			if p.To.After(today) {
				p.To = deadline.Date{}
			}
			if !p.From.After(today) {
				then.Pauses = append(then.Pauses, p)
			}
		}
		due, running := c.Due(town, today)
		if got, also := then.Due(town, today); got != due || also != running {
			t.Fatalf("on %s: due on %s, running %t, and later that was on %s, %t", today, got, also, due, running)
		}
		if got, want := then.Left(town, today), c.Left(town, today); got != want {
			t.Fatalf("on %s: %d days left, and later those were %d", today, got, want)
		}
		if left := c.Left(town, today); c.Lapsed(town, today) != (left < 0) {
			t.Fatalf("on %s: lapsed %t with %d days left", today, c.Lapsed(town, today), left)
		}
	})
}

func TestDatesGoThroughTextAndDatabase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := deadline.Of(time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds"), 0).UTC())
		value, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		var got, bytes deadline.Date
		if err := got.Scan(value); err != nil || got != want {
			t.Fatalf("%s was read back as %s, %v", want, got, err)
		}
		if err := bytes.Scan([]byte(want.String())); err != nil || bytes != want {
			t.Fatalf("%s was read back as %s, %v", want, bytes, err)
		}
	})
}

package treasury

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
)

// A Collected day says what came in, and on the same day last year.
type Collected struct {
	Day       deadline.Date
	Now, Last money.Bani // less what went out or was taken back
	Sum       money.Bani // since 1 January
	LastSum   money.Bani
}

// Collections are what came in on days of a year.
type Collections struct {
	From, To deadline.Date
	Days     []Collected
	Kinds    []Share
	Channels []Share
}

// A Share is what came in of a kind or through a channel on the days, and on the same
// days last year.
type Share struct {
	Key       string
	Now, Last money.Bani
}

// total returns the sums of the days.
func (c Collections) total() (now, last money.Bani) {
	for _, d := range c.Days {
		now, last = now+d.Now, last+d.Last
	}
	return now, last
}

// lastYear returns the same day of the year before; of 29 February, that of the 28th.
func lastYear(d deadline.Date) deadline.Date { return d.AddMonths(-12) }

// Collections returns what came in on days of one year, both inclusive, compared with
// the year before. It fails with [ErrPeriod] for days of two years.
func (o *Office) Collections(ctx context.Context, actor act.Actor, from, to deadline.Date) (c Collections, err error) {
	if from.Year != to.Year || to.Before(from) {
		return c, ErrPeriod
	}
	c.From, c.To = from, to
	first := deadline.Date{Year: from.Year, Month: time.January, Day: 1}
	byDay := map[deadline.Date]money.Bani{}
	for _, begin := range []deadline.Date{first, lastYear(first)} {
		end := to
		if begin != first {
			end = lastYear(to)
		}
		sums, err := o.Ledger.CollectedByDay(ctx, actor, begin, end)
		if err != nil {
			return c, hidden(err)
		}
		for _, s := range sums {
			byDay[s.Day] += s.In - s.Out
		}
	}
	row := Collected{}
	for day, seen := first, (deadline.Date{}); !day.After(to); day = day.AddDays(1) {
		last := lastYear(day)
		row.Day, row.Now, row.Last = day, byDay[day], byDay[last]
		if last == seen { // 29 February has none of its own
			row.Last = 0
		}
		if !seen.IsZero() && seen.AddDays(1).Before(last) { // 29 February of last year has no day here
			row.LastSum += byDay[seen.AddDays(1)]
		}
		seen = last
		row.Sum, row.LastSum = row.Sum+row.Now, row.LastSum+row.Last
		if !day.Before(from) {
			c.Days = append(c.Days, row)
		}
	}
	return c, o.shares(ctx, actor, &c)
}

// shares adds up by kind and by channel.
func (o *Office) shares(ctx context.Context, actor act.Actor, c *Collections) error {
	now, err := o.Ledger.Collected(ctx, actor, c.From, c.To)
	if err != nil {
		return hidden(err)
	}
	last, err := o.Ledger.Collected(ctx, actor, lastYear(c.From), lastYear(c.To))
	if err != nil {
		return hidden(err)
	}
	for _, s := range now {
		share(&c.Kinds, s.Kind).Now += s.In - s.Out
		share(&c.Channels, s.Channel).Now += s.In - s.Out
	}
	for _, s := range last {
		share(&c.Kinds, s.Kind).Last += s.In - s.Out
		share(&c.Channels, s.Channel).Last += s.In - s.Out
	}
	return nil
}

// share returns the share with a key, which is added if it is not there.
func share(all *[]Share, key string) *Share {
	for i := range *all {
		if (*all)[i].Key == key {
			return &(*all)[i]
		}
	}
	*all = append(*all, Share{Key: key})
	return &(*all)[len(*all)-1]
}

// The size of a chart, in units of its own.
const (
	chartWidth  = 640
	chartHeight = 240
)

// A chart is two lines over the same days: sums since 1 January, of both years.
type chart struct {
	Now, Last string     // points of polylines
	Top       money.Bani // amount at the upper edge
}

// chartOf draws collections. With fewer than two days there is nothing to draw.
func chartOf(c Collections) (ch chart, ok bool) {
	if len(c.Days) < 2 {
		return ch, false
	}
	for _, d := range c.Days {
		ch.Top = max(ch.Top, d.Sum, d.LastSum)
	}
	if ch.Top <= 0 {
		return ch, false
	}
	line := func(of func(Collected) money.Bani) string {
		var points []string
		for i, d := range c.Days {
			x := chartWidth * i / (len(c.Days) - 1)
			y := chartHeight - int(float64(max(of(d), 0))/float64(ch.Top)*chartHeight)
			points = append(points, fmt.Sprintf("%d,%d", x, y))
		}
		return strings.Join(points, " ")
	}
	ch.Now, ch.Last = line(func(d Collected) money.Bani { return d.Sum }), line(func(d Collected) money.Bani { return d.LastSum })
	return ch, true
}

package ui

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/web/assets"
)

// With returns the address of this page with one parameter of its query
// changed. Empty removes it. A page that does not know its address leads to the same.
func (p Page) With(name, value string) string {
	u, err := url.Parse(p.Path)
	if err != nil {
		return "/"
	}
	query := u.Query()
	if query.Del(name); value != "" {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	if p.Path == "" {
		return "?" + u.RawQuery
	}
	return u.RequestURI()
}

// Day returns the civil day of an instant: "30 noiembrie 2026".
func (p Page) Day(t time.Time) string {
	t = t.In(p.zone())
	return p.day(t.Day(), t.Month(), t.Year())
}

// Date returns a civil day: "30 noiembrie 2026", and nothing for no day.
func (p Page) Date(d deadline.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.day(d.Day, d.Month, d.Year)
}

// Money returns an amount: "1.284,00 lei".
func (p Page) Money(amount money.Bani) string { return amount.Format(p.Lang()) }

// DateTime returns an instant: "23 noiembrie 2026, ora 10:14".
func (p Page) DateTime(t time.Time) string {
	return p.T("ui.date-time", p.Day(t), p.Clock(t))
}

// Keyed returns the page for one of several forms on it: each has a key of its own, so
// that the second is not taken for a repetition of the first.
func (p Page) Keyed(id string) Page {
	p.Key += "-" + id
	return p
}

// Says returns a text whose arguments may be amounts, days and instants: they are
// written as the page writes them.
func (p Page) Says(key string, args ...any) string {
	args = slices.Clone(args)
	for i, arg := range args {
		switch v := arg.(type) {
		case money.Bani:
			args[i] = p.Money(v)
		case deadline.Date:
			args[i] = p.Date(v)
		case time.Time:
			args[i] = p.DateTime(v)
		}
	}
	return p.T(key, args...)
}

// Clock returns the time of an instant: "10:14".
func (p Page) Clock(t time.Time) string { return t.In(p.zone()).Format("15:04") }

// Weekday returns the name of the day of the week: "luni".
func (p Page) Weekday(t time.Time) string {
	keys := [...]string{"ui.sunday", "ui.monday", "ui.tuesday", "ui.wednesday", "ui.thursday", "ui.friday", "ui.saturday"}
	return p.T(keys[t.In(p.zone()).Weekday()])
}

// Month returns the name of a month: "noiembrie".
func (p Page) Month(m time.Month) string {
	keys := [...]string{"ui.january", "ui.february", "ui.march", "ui.april", "ui.may", "ui.june", "ui.july",
		"ui.august", "ui.september", "ui.october", "ui.november", "ui.december"}
	return p.T(keys[m-1])
}

// Size returns the size of a file: "2,4 MB".
func (p Page) Size(bytes int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case bytes < kilo:
		return p.T("ui.size-bytes", bytes)
	case bytes < mega:
		return p.T("ui.size-kilo", bytes/kilo)
	case bytes%mega == 0:
		return p.T("ui.size-mega", bytes/mega)
	}
	return p.T("ui.size-mega-part", float64(bytes)/mega)
}

func (p Page) day(day int, month time.Month, year int) string {
	return p.T("ui.date", fmt.Sprint(day), p.Month(month), fmt.Sprint(year))
}

func (p Page) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// left returns for how many seconds somebody stays signed in.
func (p Page) left() string {
	return fmt.Sprint(int(p.Who.Expires.Sub(p.Now).Seconds()))
}

// title returns what the window of the browser is called.
func (p Page) title(title string) string {
	if p.HasErrors {
		title = p.T("ui.title-error", title)
	}
	return p.T("ui.title", title, p.Town.Name)
}

// paragraphs returns the lines of a text that are not empty.
func paragraphs(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Icon draws an icon of the assets. It is always next to a word, and hidden
// from screen readers.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		path, err := assets.Icon(name)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, `<svg class="i" viewBox="0 0 256 256" aria-hidden="true" focusable="false"><path d="`+path+`"/></svg>`)
		return err
	})
}

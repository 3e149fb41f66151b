package taxes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/form"
)

// A Closure is a time in which no payments are taken, and why ("plățile sunt oprite").
type Closure struct {
	Key    string    `json:"key"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"` // the first instant at which they are taken again
	Reason form.Text `json:"reason"`
	Source string    `json:"source"`
}

func (c Closure) check() error {
	if !c.From.Before(c.To) || c.Key == "" {
		return ErrPeriod
	}
	if strings.TrimSpace(c.Reason["ro"]) == "" || strings.TrimSpace(c.Reason["en"]) == "" || strings.TrimSpace(c.Source) == "" {
		return ErrReason
	}
	return nil
}

// ReadSeason reads the file taxes/season.json of a city pack.
func ReadSeason(data []byte) ([]Closure, error) {
	var file struct {
		Closures []Closure `json:"closures"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("taxes/season.json: %w", err)
	}
	for _, c := range file.Closures {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("taxes/season.json: %s: %w", c.Key, err)
		}
	}
	return file.Closures, nil
}

// Closed returns why no payments are taken at an instant. Of several closures, it is
// the one that ends last.
func (o *Office) Closed(ctx context.Context, at time.Time) (c Closure, closed bool, err error) {
	all, err := o.Closures(ctx)
	for _, next := range all {
		if !at.Before(next.From) && at.Before(next.To) && (!closed || next.To.After(c.To)) {
			c, closed = next, true
		}
	}
	return c, closed, err
}

// Closures returns all closures: those of the city pack, as officials have changed
// them since, and theirs.
func (o *Office) Closures(ctx context.Context) ([]Closure, error) {
	all, err := closures(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, c := range all {
		known[c.Key] = true
	}
	for _, c := range o.Season {
		if !known[c.Key] {
			all = append(all, c)
		}
	}
	return all, nil
}

// Close stops payments for a time, or changes a closure that has the same key: to end
// it now, its end is now. It stays on the record as it was.
func (o *Office) Close(ctx context.Context, actor act.Actor, key string, c Closure) error {
	if err := c.check(); err != nil {
		return err
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.CloseSeason, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "season", Unit: o.Unit}); err != nil {
			return hidden(err)
		}
		done = true
		return insertClosure(ctx, tx, c)
	})
}

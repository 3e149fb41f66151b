package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"bega/bench/kill"
	"bega/bench/raw"
	"bega/cases"
	"bega/internal/act"
	"bega/internal/db"
	"bega/portal"
)

type filings struct {
	common
	Rounds  int           `help:"How often each is measured, in turn." default:"5"`
	Round   time.Duration `help:"For how long." default:"3s"`
	Writers []int         `help:"How many file at the same time." default:"1,8,50"`
}

// Run implements the command.
func (c *filings) Run(ctx context.Context) error {
	r := &report{Title: "Durable filings, against durable inserts",
		Head: []string{"engine", "writers", "registers", "filings/s", "p50 ms", "p99 ms", "rows each", "same rows/s", "of them", "one row/s", "of it"}}
	r.remark("Same rows: a serializable transaction that inserts the rows of one filing into tables with the same indexes. One row: a serializable transaction with one row of 230 bytes.")
	return c.each(ctx, r, c.measure)
}

// kinds are the services that are filed, by how many registers they go to.
var kinds = [][]string{{"petitie"}, {"petitie", "certificat-fiscal", "informatii-publice"}}

func (c *filings) measure(ctx context.Context, p *place, r *report) error {
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	for _, writers := range c.Writers {
		table, err := raw.OpenTable(ctx, p.raw(), writers)
		if err != nil {
			return err
		}
		defer table.Close()
		for _, services := range kinds {
			if len(services) > writers {
				continue
			}
			if err := c.compare(ctx, town, table, p, writers, services, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare files and inserts in turn.
func (c *filings) compare(ctx context.Context, town *portal.Town, table raw.Table, p *place, writers int, services []string, r *report) error {
	rooms := town.Rooms()
	applicants, err := applicants(ctx, rooms, writers, services)
	if err != nil {
		return err
	}
	var filed, again, one, ofSame, ofOne []float64
	var took []time.Duration
	rows := 0
	for range c.Rounds {
		rates, err := c.round(ctx, rooms, table, p, applicants)
		if err != nil {
			return err
		}
		filed, again, one = append(filed, rates.filed.rate), append(again, rates.same), append(one, rates.one.rate)
		ofSame, ofOne = append(ofSame, rates.filed.rate/rates.same), append(ofOne, rates.filed.rate/rates.one.rate)
		took, rows = append(took, rates.filed.took...), rates.rows
	}
	r.add(p.engine, writers, len(services), median(filed), quantile(took, .5), quantile(took, .99), rows,
		median(again), percent(median(ofSame)), median(one), percent(median(ofOne)))
	return nil
}

// rates are those of one round.
type rates struct {
	filed, one volley
	same       float64
	rows       int // of a filing
}

// round files, inserts the same rows again, and inserts single rows.
func (c *filings) round(ctx context.Context, rooms portal.Rooms, table raw.Table, p *place, applicants []applicant) (all rates, err error) {
	writers := len(applicants)
	again, err := raw.OpenSame(ctx, p.raw(), writers)
	if err != nil {
		return all, err
	}
	defer again.Close()
	if err := again.Begin(ctx); err != nil {
		return all, err
	}
	all.filed, err = during(ctx, writers, c.Round, func(ctx context.Context, i int) error {
		_, err := applicants[i].file(ctx, rooms, db.NewID())
		return err
	})
	if err != nil {
		return all, err
	}
	if err := again.Take(ctx, len(all.filed.took)); err != nil {
		return all, err
	}
	var n int
	n, all.rows = again.Filings()
	began := time.Now()
	if err := kill.Together(ctx, n, writers, again.Insert); err != nil {
		return all, err
	}
	all.same = float64(n) / time.Since(began).Seconds()
	all.one, err = during(ctx, writers, c.Round, func(ctx context.Context, _ int) error { return table.Insert(ctx) })
	return all, err
}

// An applicant files the same again and again.
type applicant struct {
	actor act.Actor
	cases.Application
}

func (a applicant) file(ctx context.Context, rooms portal.Rooms, key string) (cases.Case, error) {
	return file(ctx, rooms, a.actor, key, a.Application)
}

// enrolled counts the people of this program, so that nobody is enrolled twice.
var enrolled atomic.Int64

// applicants enters people, each of whom has an application ready: the services
// take turns.
func applicants(ctx context.Context, rooms portal.Rooms, n int, services []string) ([]applicant, error) {
	all := make([]applicant, n)
	for i := range all {
		id, err := enrol(ctx, rooms, int(enrolled.Add(1)))
		if err != nil {
			return nil, err
		}
		all[i].actor = act.Actor{Person: id, For: id, Level: act.Verified}
		if all[i].Application, err = apply(ctx, rooms, all[i].actor, services[i%len(services)]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

type numbers struct {
	common
	Writers int `help:"How many file at the same time." default:"50"`
	Filings int `help:"How many applications each files." default:"2000"`
}

// Run implements the command.
func (c *numbers) Run(ctx context.Context) error {
	r := &report{Title: fmt.Sprintf("%d people file %d applications each at the same time", c.Writers, c.Filings),
		Head: []string{"engine", "register", "filings", "numbers", "filings/s", "p50 ms", "p99 ms"}}
	return c.each(ctx, r, c.measure)
}

func (c *numbers) measure(ctx context.Context, p *place, r *report) error {
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	rooms := town.Rooms()
	all, err := applicants(ctx, rooms, c.Writers, kinds[0])
	if err != nil {
		return err
	}
	took, began := make([][]time.Duration, c.Writers), time.Now()
	err = kill.Together(ctx, c.Writers, c.Writers, func(ctx context.Context, i int) error {
		for range c.Filings {
			sent := time.Now()
			if _, err := all[i].file(ctx, rooms, db.NewID()); err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(sent))
		}
		return nil
	})
	if err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	flat := slices.Concat(took...)
	registers, err := gapless(ctx, rooms, all)
	if err != nil {
		return err
	}
	for register, n := range registers {
		if n != c.Writers*c.Filings {
			return fmt.Errorf("%d numbers for %d filings", n, c.Writers*c.Filings)
		}
		r.add(p.engine, register, c.Writers*c.Filings, fmt.Sprintf("1 … %d", n), float64(n)/seconds, quantile(flat, .5), quantile(flat, .99))
	}
	return nil
}

// gapless returns how many cases these people have in each register, or an error
// unless their numbers are 1, 2, 3 and so on, each of them once. It looks at
// what is stored, and not at what was answered.
func gapless(ctx context.Context, rooms portal.Rooms, people []applicant) (map[string]int, error) {
	seen := map[string]map[int]bool{}
	for _, p := range people {
		all, err := rooms.Cases.Cases(ctx, p.actor)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			register := c.Number.Register
			if seen[register] == nil {
				seen[register] = map[int]bool{}
			}
			if seen[register][c.Number.N] {
				return nil, fmt.Errorf("the number %s is there twice", c.Number)
			}
			seen[register][c.Number.N] = true
		}
	}
	count := map[string]int{}
	for register, drawn := range seen {
		for n := 1; n <= len(drawn); n++ {
			if !drawn[n] {
				return nil, fmt.Errorf("the register %s has %d entries, and no number %d", register, len(drawn), n)
			}
		}
		count[register] = len(drawn)
	}
	if len(count) == 0 {
		return nil, errors.New("nobody filed anything")
	}
	return count, nil
}

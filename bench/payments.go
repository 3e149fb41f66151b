package main

import (
	"context"
	"encoding/json"
	"os"

	"bega/bench/payday"
)

// paid is a command that package payday measures.
type paid[T any] struct {
	common
	What T `embed:""`
}

// Run implements the command.
func (c *paid[T]) Run(ctx context.Context) error {
	m := any(&c.What).(payday.Measured)
	return c.each(ctx, &report{Title: m.Title(), Head: m.Head()}, func(ctx context.Context, p *place, r *report) error {
		cfg, err := p.config()
		if err != nil {
			return err
		}
		at := payday.Place{Engine: p.engine, Config: cfg, Dir: p.dir, Database: p.database, Enrol: enrol, Work: work,
			Audit: func(ctx context.Context, head string) (int, error) { return auditVerify(ctx, p, head) }}
		if p.server != nil {
			at.Server = p.server
		}
		return m.Measure(ctx, at, payday.Table{Add: r.add, Remark: r.remark, Say: say})
	})
}

// A payCrasher is the program that paycrash kills.
type payCrasher struct{}

// Run implements the command.
func (*payCrasher) Run(ctx context.Context) error {
	var t payday.Task
	if err := json.NewDecoder(os.Stdin).Decode(&t); err != nil {
		return err
	}
	cfg, err := (&place{engine: t.Engine, dir: t.Dir, database: t.Database}).config()
	if err != nil {
		return err
	}
	return t.Run(ctx, cfg)
}

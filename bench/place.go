package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bega/bench/raw"
	"bega/internal/config"
	"bega/internal/db/cluster"
	"bega/portal"
)

// A place is where a town is while it is measured: a folder, and on PostgreSQL a
// server with its usual settings, which commit to the disk.
type place struct {
	engine   string
	dir      string
	database string           // URL; "" on SQLite
	server   *cluster.Cluster // nil on SQLite, and in a program that another has started
}

func newPlace(in, engine string) (*place, error) {
	dir, err := os.MkdirTemp(in, "bega-bench-")
	if err != nil {
		return nil, err
	}
	p := &place{engine: engine, dir: dir}
	if engine == "postgres" {
		if p.server, err = cluster.Start(); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		p.database = p.server.URL
	}
	return p, nil
}

// raw returns the same place for what does without the portal.
func (p *place) raw() raw.Place { return raw.Place{Dir: p.dir, Database: p.database} }

// close removes the folder. The server ends with this process.
func (p *place) close() error {
	if p.server != nil {
		if err := p.server.Crash(); err != nil {
			return err
		}
	}
	return os.RemoveAll(p.dir)
}

// config returns the configuration of the town in this place.
func (p *place) config() (config.Config, error) {
	cfg, err := config.Load("", nil)
	cfg.Data, cfg.Database, cfg.MakeKeys, cfg.Workers = filepath.Join(p.dir, "data"), p.database, true, 8
	return cfg, err
}

// env returns the same for the program bega.
func (p *place) env() []string {
	return append(os.Environ(), "BEGA_DATA="+filepath.Join(p.dir, "data"), "BEGA_DATABASE="+p.database, "BEGA_LOG_LEVEL=WARN", "BEGA_PROVIDER=sandbox")
}

// open opens the town in this place.
func (p *place) open(ctx context.Context) (*portal.Town, error) {
	cfg, err := p.config()
	if err != nil {
		return nil, err
	}
	return portal.Open(ctx, cfg, portal.Options{})
}

// work has a town do its jobs until none is left, and fails if one was given up.
// On PostgreSQL, those of a program that was killed are free after six minutes.
func work(ctx context.Context, town *portal.Town) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- town.Work(working) }()
	queue, began, last := town.Rooms().Queue, time.Now(), 0
	for {
		select {
		case err := <-done:
			return errors.Join(err, ctx.Err(), errors.New("the town does not work"))
		case <-time.After(time.Second):
		}
		health, err := queue.Health(ctx)
		if err != nil {
			return err
		}
		if health.Failed > 0 {
			failed, err := queue.Failed(ctx, 1)
			return errors.Join(err, fmt.Errorf("jobs were given up: %+v", failed))
		}
		if health.Waiting == 0 {
			stop()
			return <-done
		}
		if last != health.Waiting && int(time.Since(began).Seconds())%10 == 0 {
			say("%d jobs left", health.Waiting)
		}
		last = health.Waiting
	}
}

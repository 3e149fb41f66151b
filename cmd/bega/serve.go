package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"bega/internal/config"
	"bega/portal"
)

// A configured command reads the configuration.
type configured struct {
	Config string `help:"File with the configuration, in JSON. Variables BEGA_… of the environment come after it." type:"existingfile" placeholder:"FILE"`
}

func (c configured) load() (config.Config, error) { return config.Load(c.Config, os.Environ()) }

// open opens the town of a configuration.
func (c configured) open(ctx context.Context) (*portal.Town, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	return portal.Open(ctx, cfg, portal.Options{Log: logger(cfg.LogLevel)})
}

func logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

type serve struct{ configured }

// Run implements the command.
func (c *serve) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	return town.Serve(ctx, ready)
}

// ready says where the portal answers, in the one line that programs wait for.
func ready(url string) { fmt.Println("ready", url) }

type work struct{ configured }

// Run implements the command.
func (c *work) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	return town.Work(ctx)
}

type migrate struct{ configured }

// Run implements the command. Opening a town migrates it.
func (c *migrate) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	return town.Close()
}

type show struct{ configured }

// Run implements the command.
func (c *show) Run() error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return cfg.Print(os.Stdout)
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"bega/demo"
	"bega/internal/config"
	"bega/portal"
)

type demonstration struct {
	Listen string `help:"Address to answer at." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data   string `help:"Folder for the data of the demonstration. It is kept: remove it to begin anew." type:"path" placeholder:"DIR"`
}

// Run implements the command.
func (c *demonstration) Run(ctx context.Context) error {
	if c.Data == "" {
		c.Data = filepath.Join(os.TempDir(), "bega-demo")
	}
	cfg, err := config.Load("", nil)
	if err != nil {
		return err
	}
	cfg.Listen, cfg.Data, cfg.URL = c.Listen, c.Data, "http://"+c.Listen
	town, err := demo.Open(ctx, cfg, portal.Options{Log: logger(slog.LevelWarn)})
	if err != nil {
		return err
	}
	defer town.Close()
	fmt.Println("data  ", c.Data)
	for _, p := range town.People() {
		fmt.Printf("person %-34s %-22s %s\n", p.Email, p.Password, p.What["en"])
	}
	return town.Serve(ctx, ready)
}

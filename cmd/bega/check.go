package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"bega/city"
	"bega/demo"
	"bega/portal"
)

type routes struct {
	configured
	JSON bool `name:"json" help:"As JSON: method, pattern, an address that exists in the demonstration town, and who may open it."`
}

// Run implements the command.
func (c *routes) Run(ctx context.Context) error {
	all, err := demo.Routes(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(all)
	}
	for _, r := range all {
		fmt.Printf("%-6s %-56s %-22s %s\n", r.Method, r.Pattern, r.Verb, r.Example)
	}
	return nil
}

type services struct {
	Check checkServices `cmd:"" help:"Check all files of a city pack, and how plain their texts are."`
}

type checkServices struct {
	Dir string `arg:"" optional:"" help:"Folder of the city pack; without it, the one in the program." type:"existingdir"`
}

// Run implements the command.
func (c *checkServices) Run() error {
	files, err := fs.Sub(city.Timisoara, "timisoara")
	if err != nil {
		return err
	}
	if c.Dir != "" {
		files = os.DirFS(c.Dir)
	}
	if err := portal.CheckPack(files, os.Stdout); err != nil {
		return fmt.Errorf("%w: %w", errWrong, err)
	}
	return nil
}

type auditing struct {
	Verify verify `cmd:"" help:"Check every act against the chain, and the chain against a head that was remembered."`
	Head   head   `cmd:"" help:"Print the head of the chain, to be remembered elsewhere."`
}

type verify struct {
	configured
	Head string `help:"File with a head that was printed earlier: then a cut tail is found, too." type:"existingfile" placeholder:"FILE"`
	JSON bool   `name:"json" help:"As JSON."`
}

// Run implements the command.
func (c *verify) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	began := time.Now()
	result, err := town.VerifyActs(ctx, c.Head, os.Stderr)
	if errors.Is(err, portal.ErrTampered) {
		return fmt.Errorf("%w: %w", errWrong, err)
	} else if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(result)
	}
	fmt.Printf("%d acts are as they were written (%.1f s); head %s\n", result.Index, time.Since(began).Seconds(), result.Hash)
	return nil
}

type head struct{ configured }

// Run implements the command.
func (c *head) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	result, err := town.ActsHead(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

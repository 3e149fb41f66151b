// Command bega runs the portal of a town hall.
//
// It is one program for all sizes of town: bega demo shows a complete invented
// town, bega serve opens a real one, and the rest is for those who run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"bega/portal"
)

// A program is all that bega can be told to do.
type program struct {
	Demo     demonstration `cmd:"" help:"Open a complete demonstration town; nothing has to be configured."`
	Serve    serve         `cmd:"" help:"Open the portal, and work on its jobs."`
	Work     work          `cmd:"" help:"Work on jobs alone, on a machine of their own."`
	Migrate  migrate       `cmd:"" help:"Bring the tables up to date; serve does that as it starts."`
	Config   show          `cmd:"" help:"Print the configuration in force, without secrets."`
	Routes   routes        `cmd:"" help:"List every kind of address that the portal answers."`
	Services services      `cmd:"" help:"Check the services of a city pack."`
	Audit    auditing      `cmd:"" help:"Check the register of acts."`
	Tax      taxing        `cmd:"" help:"Compute and explain local taxes, and check their rates."`
	Staff    staff         `cmd:"" help:"Enter the first official, who then enters the others."`
	Backup   backup        `cmd:"" help:"Copy the database and the files, while the portal runs."`
	Restore  restore       `cmd:"" help:"Make a portal of a backup, in an empty place."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	portal.Tune()
	var p program
	command := kong.Parse(&p, kong.Name("bega"), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Description("The portal of a town hall. Exit codes: 0 done, 1 failed, 2 checked and found wrong, 80 not understood."))
	err := command.Run()
	if errors.Is(err, errWrong) {
		fmt.Fprintln(os.Stderr, "bega:", err)
		os.Exit(2)
	}
	command.FatalIfErrorf(err)
}

// errWrong is wrapped by what a check returns that found something wrong.
var errWrong = errors.New("something is wrong")

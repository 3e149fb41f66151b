// Command bench measures a town on this machine, and prints ratios: what its
// pages and filings cost, against the least that the same could cost here. It
// also breaks a town on purpose, and looks at what is left.
//
// docs/performance.md has its results. Every command makes a town of its own in
// a folder that it removes, and for PostgreSQL a server of its own that writes to
// the disk before it says so.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/alecthomas/kong"

	"bega/bench/payday"
	"bega/portal"
)

type program struct {
	Folder   folderPages        `cmd:"" help:"The folder page of who is signed in, in a town of 230,000 parties: requests a second, against the same queries and bytes without a portal."`
	Filings  filings            `cmd:"" help:"Durable filings a second, against durable inserts of the same rows, and of one row."`
	Numbers  numbers            `cmd:"" help:"50 writers file 2,000 applications each: registration numbers from 1 without a gap."`
	Crash    crash              `cmd:"" help:"Kill a program that files, 50 times: nothing acknowledged is lost, nothing is there twice."`
	Start    starting           `cmd:"" help:"Time from the start of bega serve to ready, and memory."`
	Tax      taxBench           `cmd:"" help:"Import and assess a city of 232,000 taxpayers: seconds and memory, against the rules alone and against inserts of the same rows."`
	Deadline deadlineDay        `cmd:"" help:"The last day before a term: 600 requests a second, sign-ins and payments in a town of 230,000 taxpayers, and then ten times as many."`
	Payments paid[payday.Seeds] `cmd:"" help:"Towns whose people pay taxes at a hostile bank, on a clock that does not wait: the ledger equals the bank's statement."`
	Same     paid[payday.Same]  `cmd:"" help:"200 submissions at once of the same debts, for 1,000 people: one charge each."`
	Paycrash paid[payday.Crash] `cmd:"" help:"Kill a program that takes payments, 50 times: no charge is lost, none is credited twice."`
	Weights  weights            `cmd:"" help:"What browsers have to fetch for the main pages."`

	CrashFiler crashFiler `cmd:"" hidden:"" help:"The program that crash kills."`
	PayCrasher payCrasher `cmd:"" hidden:"" help:"The program that paycrash kills."`
}

// common is what every command can be told.
type common struct {
	Engine  string `help:"sqlite, postgres or both." enum:"sqlite,postgres,both" default:"both"`
	JSON    bool   `name:"json" help:"As JSON."`
	Profile string `help:"File for a CPU profile of the whole run." placeholder:"FILE"`
	Dir     string `help:"Folder to make the towns in; it says which disk is measured." default:"/tmp" type:"existingdir"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	portal.Tune() // as bega does
	var p program
	command := kong.Parse(&p, kong.Name("bench"), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Description("Measures a town on this machine. Exit codes: 0 done, 1 failed or found wrong, 80 not understood."))
	command.FatalIfErrorf(command.Run())
}

// each runs a measurement in a new place on each engine, and prints what it
// reports.
func (c common) each(ctx context.Context, r *report, measure func(ctx context.Context, p *place, r *report) error) error {
	if c.Profile != "" {
		file, err := os.Create(c.Profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	r.begin()
	for _, engine := range []string{"sqlite", "postgres"} {
		if c.Engine != engine && c.Engine != "both" {
			continue
		}
		p, err := newPlace(c.Dir, engine)
		if err != nil {
			return err
		}
		r.note(p)
		if err = measure(ctx, p, r); err != nil {
			err = fmt.Errorf("%s: %w", engine, err)
		}
		if closeErr := p.close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return r.print(os.Stdout, c.JSON)
}

// say tells whoever waits what is going on.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

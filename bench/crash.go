package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"bega/bench/kill"
	"bega/internal/act"
	"bega/internal/audit"
	"bega/portal"
)

type crash struct {
	common
	kill.Plan
	Writers int `help:"How many file at the same time." default:"8"`
}

// Run implements the command.
func (c *crash) Run(ctx context.Context) error {
	r := &report{Title: fmt.Sprintf("A program that files with %d writers, and seals receipts meanwhile, killed again and again", c.Writers),
		Head: []string{"engine", "kills", "server stops", "acknowledged", "stored", "receipts sealed", "acts verified"}}
	return c.each(ctx, r, c.measure)
}

// A ledger is what was acknowledged, as whoever asked remembers it.
type ledger struct {
	people []applicant
	acked  []map[string]string // of each person, by key: ID and number of the case
	head   string              // file with the head of the chain of acts
}

// next returns the number of the first filing of a person that was not
// acknowledged. It may be stored nevertheless, and is sent again with its key.
func (l *ledger) next(person int) int { return len(l.acked[person]) }

// key is that of a filing; the draft is called the same.
func key(person, n int) string { return fmt.Sprintf("crash-%d-%d", person, n) }

func (c *crash) measure(ctx context.Context, p *place, r *report) error {
	l, err := c.prepare(ctx, p)
	if err != nil {
		return err
	}
	v := kill.Victim{Plan: c.Plan, Command: "crash-filer", Note: l.note}
	if p.server != nil {
		v.Server = p.server
	}
	kills, stops, err := v.Rounds(ctx, func() any { return l.task(p) }, func(ctx context.Context) error { return verify(ctx, p, l) })
	if err != nil {
		return err
	}
	return c.settle(ctx, p, l, kills, stops, r)
}

// prepare makes the town and those who file.
func (c *crash) prepare(ctx context.Context, p *place) (*ledger, error) {
	town, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	defer town.Close()
	l := &ledger{head: filepath.Join(p.dir, "head.json"), acked: make([]map[string]string, c.Writers)}
	for i := range l.acked {
		l.acked[i] = map[string]string{}
	}
	l.people, err = applicants(ctx, town.Rooms(), c.Writers, kinds[1])
	return l, err
}

// A task is what the program that is killed reads from its standard input.
type task struct {
	Engine, Dir, Database string
	People                []act.Actor
	Services              []string
	Next                  []int // number of the first filing of each
}

// task is what they go on with.
func (l *ledger) task(p *place) task {
	t := task{Engine: p.engine, Dir: p.dir, Database: p.database}
	for i, person := range l.people {
		t.People, t.Services, t.Next = append(t.People, person.actor), append(t.Services, person.Service), append(t.Next, l.next(i))
	}
	return t
}

// note takes an acknowledgement: person, key, case and number.
func (l *ledger) note(words []string) error {
	person, err := strconv.Atoi(words[0])
	if err == nil {
		l.acked[person][words[1]] = words[2] + " " + words[3]
	}
	return err
}

// verify checks the chain of acts.
func verify(ctx context.Context, p *place, l *ledger) error {
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	return kill.Chain(ctx, town, l.head)
}

// settle sends once more what was under way, has all jobs done, and compares what
// is stored with what was acknowledged.
func (c *crash) settle(ctx context.Context, p *place, l *ledger, kills, stops int, r *report) error {
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	rooms, acknowledged := town.Rooms(), 0
	for i, person := range l.people {
		acknowledged += len(l.acked[i])
		last := key(i, l.next(i))
		one, err := person.file(ctx, rooms, last)
		if err != nil {
			return err
		}
		l.acked[i][last] = one.ID + " " + one.Number.String()
	}
	if err := l.repeat(ctx, rooms); err != nil {
		return err
	}
	if _, err := gapless(ctx, rooms, l.people); err != nil {
		return err
	}
	if err := work(ctx, town); err != nil {
		return err
	}
	stored, err := l.receipts(ctx, rooms)
	if err != nil {
		return err
	}
	acts, err := auditVerify(ctx, p, l.head)
	if err != nil {
		return err
	}
	r.add(p.engine, kills, stops, acknowledged, stored, stored, acts)
	return nil
}

// repeat sends everything again that was ever acknowledged, with its key, and
// fails if the answer is another, or if there is more or less than that.
func (l *ledger) repeat(ctx context.Context, rooms portal.Rooms) error {
	for i, person := range l.people {
		for key, answer := range l.acked[i] {
			again, err := person.file(ctx, rooms, key)
			if err != nil {
				return err
			}
			if got := again.ID + " " + again.Number.String(); got != answer {
				return fmt.Errorf("%s was answered with %s, and now with %s", key, answer, got)
			}
		}
		all, err := rooms.Cases.Cases(ctx, person.actor)
		if err != nil {
			return err
		}
		if len(all) != len(l.acked[i]) {
			return fmt.Errorf("somebody filed %d applications, and has %d cases", len(l.acked[i]), len(all))
		}
	}
	return nil
}

// receipts returns how many cases there are, and fails if a receipt was not
// sealed, or cannot be read.
func (l *ledger) receipts(ctx context.Context, rooms portal.Rooms) (n int, err error) {
	for _, person := range l.people {
		all, err := rooms.Cases.Cases(ctx, person.actor)
		if err != nil {
			return 0, err
		}
		for _, c := range all {
			paper, err := rooms.Registry.Paper(ctx, person.actor, c.Receipt)
			if err != nil {
				return 0, err
			}
			if paper.Sealed.IsZero() {
				return 0, fmt.Errorf("the receipt of %s was not sealed", c.Number)
			}
			if _, err := rooms.Registry.File(ctx, person.actor, c.Receipt); err != nil {
				return 0, fmt.Errorf("the receipt of %s: %w", c.Number, err)
			}
			n++
		}
	}
	return n, nil
}

// auditVerify runs bega audit verify, and returns how many acts it found to be
// as they were written.
func auditVerify(ctx context.Context, p *place, head string) (int, error) {
	bega, err := build(ctx, p)
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, bega, "audit", "verify", "--json", "--head", head)
	cmd.Env, cmd.Stderr = p.env(), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	var verified audit.Head
	err = json.Unmarshal(out, &verified)
	return verified.Index, err
}

// build builds the program bega, and returns where it is.
func build(ctx context.Context, p *place) (string, error) {
	bega := filepath.Join(p.dir, "bega")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", bega, "bega/cmd/bega")
	cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	return bega, cmd.Run()
}

// A crashFiler is the program that crash kills: it files until then, and writes
// a line for each filing that was acknowledged.
type crashFiler struct{}

// Run implements the command.
func (*crashFiler) Run(ctx context.Context) error {
	var t task
	if err := json.NewDecoder(os.Stdin).Decode(&t); err != nil {
		return err
	}
	p := &place{engine: t.Engine, dir: t.Dir, database: t.Database}
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	go func() { _ = town.Work(ctx) }() // until the end of the program
	rooms := town.Rooms()
	return kill.Together(ctx, len(t.People), len(t.People), func(ctx context.Context, i int) error {
		person := applicant{actor: t.People[i]}
		if person.Application, err = apply(ctx, rooms, person.actor, t.Services[i]); err != nil {
			return err
		}
		for n := t.Next[i]; ctx.Err() == nil; n++ {
			c, err := person.file(ctx, rooms, key(i, n))
			if err != nil {
				return err
			}
			// One call writes the whole line: a program that is killed has written it or not.
			if _, err := fmt.Printf("%d %s %s %s\n", i, key(i, n), c.ID, c.Number); err != nil {
				return err
			}
		}
		return nil
	})
}

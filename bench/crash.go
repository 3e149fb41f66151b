package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bega/internal/act"
	"bega/internal/audit"
	"bega/portal"
)

type crash struct {
	common
	Kills   int           `help:"How often the program that files is killed with SIGKILL." default:"50"`
	Stops   int           `help:"How often PostgreSQL is stopped in addition, as if its machine had." default:"5"`
	Writers int           `help:"How many file at the same time." default:"8"`
	Longest time.Duration `help:"The longest time from the first filing to a kill." default:"1500ms"`
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
	rounds, stops := c.Kills, 0
	if p.server != nil {
		rounds += c.Stops
	}
	for i := range rounds {
		stop := p.server != nil && c.Stops > 0 && (i+1)%(rounds/c.Stops) == 0
		if stop {
			stops++
		}
		if err := c.once(ctx, p, l, stop); err != nil {
			return fmt.Errorf("round %d: %w", i+1, err)
		}
		if err := verify(ctx, p, l); err != nil {
			return fmt.Errorf("round %d: %w", i+1, err)
		}
	}
	return c.settle(ctx, p, l, rounds-stops, stops, r)
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

// once starts a program that files, kills it at some moment, and notes what it
// acknowledged until then. It may stop PostgreSQL first, and start it again.
func (c *crash) once(ctx context.Context, p *place, l *ledger, stop bool) error {
	t := task{Engine: p.engine, Dir: p.dir, Database: p.database}
	for i, person := range l.people {
		t.People, t.Services, t.Next = append(t.People, person.actor), append(t.Services, person.Service), append(t.Next, l.next(i))
	}
	input, err := json.Marshal(t)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, self, "crash-filer")
	var complaints strings.Builder
	child.Stdin, child.Stderr = bytes.NewReader(input), &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	lines, ended := bufio.NewReader(out), make(chan error, 1)
	if err := l.note(lines, 1); err != nil { // with it, everybody is at work
		return fmt.Errorf("%w: %w: %s", err, child.Wait(), &complaints)
	}
	time.AfterFunc(rand.N(c.Longest), func() {
		var err error
		if stop {
			err = p.server.Crash()
		}
		_ = child.Process.Kill() // it may have given up when its server went away
		ended <- err
	})
	if err := l.note(lines, -1); !errors.Is(err, io.EOF) {
		return err
	}
	if err := <-ended; err != nil {
		return err
	}
	_ = child.Wait() // says that it was killed
	if stop {
		return p.server.Restart()
	}
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		return fmt.Errorf("the program ended by itself: %s: %s", child.ProcessState, &complaints)
	}
	return nil
}

// note reads acknowledgements, at most n of them unless that is negative: person,
// key, case and number in a line. A line that was cut short is none.
func (l *ledger) note(lines *bufio.Reader, n int) error {
	for ; n != 0; n-- {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		words := strings.Fields(line)
		person, err := strconv.Atoi(words[0])
		if err != nil {
			return err
		}
		l.acked[person][words[1]] = words[2] + " " + words[3]
	}
	return nil
}

// verify checks the chain of acts against the head that was remembered, and
// remembers the new one.
func verify(ctx context.Context, p *place, l *ledger) error {
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	remembered := l.head
	if _, err := os.Stat(l.head); err != nil {
		remembered = "" // the first time
	}
	head, err := town.VerifyActs(ctx, remembered, io.Discard)
	if err != nil {
		return err
	}
	return remember(l.head, head)
}

func remember(file string, head audit.Head) error {
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
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
	return together(ctx, len(t.People), len(t.People), func(ctx context.Context, i int) error {
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

// Package kill is for campaigns in which a program is killed while it works, again and
// again: nothing that it told anybody may be lost, and nothing be there twice.
package kill

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
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"bega/portal"
)

// Plan says how often and when.
type Plan struct {
	Kills   int           `help:"How often the program is killed with SIGKILL." default:"50"`
	Stops   int           `help:"How often PostgreSQL is stopped in addition, as if its machine had." default:"5"`
	Longest time.Duration `help:"The longest time from the first answer to a kill." default:"1500ms"`
}

// A Server can be stopped as if its machine had.
type Server interface {
	Crash() error
	Restart() error
}

// A Victim is this program with another command. It reads a task as JSON from its
// standard input, and writes a line of words for each answer that somebody got: with one
// call, so that it has written the line or not.
type Victim struct {
	Plan
	Command string
	Server  Server                     // nil if there is none
	Note    func(words []string) error // takes what was answered
}

// Rounds kills until all is done, and returns how often it was the program alone, and how
// often the server too. Before each round it asks for the task, and after each it checks.
func (v Victim) Rounds(ctx context.Context, task func() any, check func(ctx context.Context) error) (kills, stops int, err error) {
	rounds := v.Kills
	if v.Server != nil {
		rounds += v.Stops
	}
	for i := range rounds {
		stop := v.Server != nil && v.Stops > 0 && (i+1)%(rounds/v.Stops) == 0
		if stop {
			stops++
		}
		err := v.once(ctx, task(), stop)
		if err == nil {
			err = check(ctx)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("round %d: %w", i+1, err)
		}
	}
	return rounds - stops, stops, nil
}

// once starts the program, kills it at some moment, and notes what it has answered until
// then. It may stop the server first, and start it again.
func (v Victim) once(ctx context.Context, task any, stop bool) error {
	input, err := json.Marshal(task)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, self, v.Command)
	var complaints strings.Builder
	child.Stdin, child.Stderr = bytes.NewReader(input), &complaints
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		return err
	}
	lines, ended := bufio.NewReader(out), make(chan error, 1)
	if err := v.read(lines, 1); err != nil { // with it, everybody is at work
		return fmt.Errorf("%w: %w: %s", err, child.Wait(), &complaints)
	}
	time.AfterFunc(rand.N(v.Longest), func() {
		var err error
		if stop {
			err = v.Server.Crash()
		}
		_ = child.Process.Kill() // it may have given up when its server went away
		ended <- err
	})
	if err := v.read(lines, -1); !errors.Is(err, io.EOF) {
		return err
	}
	if err := <-ended; err != nil {
		return err
	}
	_ = child.Wait() // says that it was killed
	if stop {
		return v.Server.Restart()
	}
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		return fmt.Errorf("the program ended by itself: %s: %s", child.ProcessState, &complaints)
	}
	return nil
}

// read notes answers, at most n of them unless that is negative. A line that was cut
// short is none.
func (v Victim) read(lines *bufio.Reader, n int) error {
	for ; n != 0; n-- {
		line, err := lines.ReadString('\n')
		if err == nil {
			err = v.Note(strings.Fields(line))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Chain checks the acts of a town against the head that a file remembers, if there is one
// yet, and has it remember the new one.
func Chain(ctx context.Context, town *portal.Town, file string) error {
	remembered := file
	if _, err := os.Stat(file); err != nil {
		remembered = "" // the first time
	}
	head, err := town.VerifyActs(ctx, remembered, io.Discard)
	if err != nil {
		return err
	}
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// Together calls do with 0 to n-1, some at a time, until one fails.
func Together(ctx context.Context, n, width int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(width, n) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

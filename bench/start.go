package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bega/demo"
	"bega/portal"
)

type starting struct {
	common
	Runs     int           `help:"How often; the table has the medians." default:"5"`
	Idle     time.Duration `help:"How long nobody asks for anything." default:"30s"`
	Requests int           `help:"How many pages are asked for then." default:"1000"`
}

// Run implements the command.
func (c *starting) Run(ctx context.Context) error {
	r := &report{Title: fmt.Sprintf("bega serve on the demonstration town, median of %d", c.Runs),
		Head: []string{"engine", "ready ms", "/readyz ms", fmt.Sprintf("MB after %s idle", c.Idle), fmt.Sprintf("MB after %d pages", c.Requests)}}
	return c.each(ctx, r, c.measure)
}

func (c *starting) measure(ctx context.Context, p *place, r *report) error {
	if err := seed(ctx, p); err != nil {
		return err
	}
	bega, err := build(ctx, p)
	if err != nil {
		return err
	}
	all := make([][]float64, 4)
	for range c.Runs {
		one, err := c.once(ctx, p, bega)
		if err != nil {
			return err
		}
		for i, value := range one {
			all[i] = append(all[i], value)
		}
	}
	r.add(p.engine, median(all[0]), median(all[1]), median(all[2]), median(all[3]))
	return nil
}

// seed makes the demonstration town.
func seed(ctx context.Context, p *place) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	town, err := demo.Open(ctx, cfg, portal.Options{})
	if err != nil {
		return err
	}
	defer town.Close()
	return work(ctx, town.Town)
}

// once starts the program, and returns in how many milliseconds it says that it
// is ready and then is, and its memory in MB while nobody asks and afterwards.
func (c *starting) once(ctx context.Context, p *place, bega string) (values [4]float64, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, bega, "serve")
	cmd.Env, cmd.Stderr = append(p.env(), "BEGA_LISTEN=127.0.0.1:0"), os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return values, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return values, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	values[0] = time.Since(began).Seconds() * 1000
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		return values, errors.Join(err, cmd.Wait(), errors.New("it is not ready"))
	}
	if err := ready(url); err != nil {
		return values, err
	}
	values[1] = time.Since(began).Seconds() * 1000
	time.Sleep(c.Idle)
	if values[2], err = resident(cmd.Process.Pid); err != nil {
		return values, err
	}
	if err := browse(url, c.Requests); err != nil {
		return values, err
	}
	if values[3], err = resident(cmd.Process.Pid); err != nil {
		return values, err
	}
	stop()
	if err := cmd.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return values, err
	}
	return values, nil
}

// ready asks until a portal answers that it reaches what it needs.
func ready(url string) error {
	for range 1000 {
		response, err := http.Get(url + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("it does not become ready")
}

// resident returns the memory of a process in MB that is in the machine (VmRSS).
func resident(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "VmRSS:" {
			kibibytes, err := strconv.ParseFloat(words[1], 64)
			return kibibytes * 1024 / 1e6, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// browse asks for pages that anybody may see, one after the other.
func browse(url string, n int) error {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	paths := []string{"/", "/servicii", "/servicii/certificat-de-urbanism", "/servicii?q=parcare", "/ajutor"}
	for i := range n {
		if _, _, err := ask(conn, in, get(paths[i%len(paths)], "")); err != nil {
			return fmt.Errorf("%s: %w", paths[i%len(paths)], err)
		}
	}
	return nil
}

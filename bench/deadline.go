package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"bega/bench/crowd"
	"bega/bench/kill"
	"bega/bench/raw"
	"bega/internal/act"
	"bega/portal"
	"bega/procedures"
)

// deadlineDay is the last day before a term, and then ten times as many people.
type deadlineDay struct {
	common
	Taxpayers int           `help:"How many taxpayers the town has." default:"230000"`
	Objects   int           `help:"How many objects they have." default:"600000"`
	Readers   int           `help:"How many people are signed in, and look around." default:"5000"`
	Payers    int           `help:"How many are signed in, and owe something." default:"12000"`
	Entrants  int           `help:"How many can sign in with a password." default:"1000"`
	Requests  float64       `help:"Requests a second, of which one in ten writes." default:"600"`
	SignIns   float64       `help:"People a second who sign in with a password." default:"20"`
	Payments  float64       `help:"People a second who pay." default:"5"`
	Length    time.Duration `help:"For how long." default:"15m"`
	Factor    float64       `help:"How many times as many come then; 0 for nobody." default:"10"`
	Rush      time.Duration `help:"For how long they do." default:"2m"`
	After     time.Duration `help:"For how long it is looked whether all is as before." default:"1m"`
	Bega      string        `help:"Program to start instead of building it." placeholder:"FILE"`
	Seconds   bool          `help:"Also print what happened second by second."`
}

// Run implements the command.
func (d *deadlineDay) Run(ctx context.Context) error {
	r := &report{Title: fmt.Sprintf("The last day: %g requests a second, %g sign-ins, %g payments, among %d taxpayers", d.Requests, d.SignIns, d.Payments, d.Taxpayers),
		Head: []string{"engine", "when", "what", "right", "come again", "wrong", "none", "p50 ms", "p95 ms", "p99 ms", "p95 of unloaded"}}
	return d.each(ctx, r, d.measure)
}

func (d *deadlineDay) measure(ctx context.Context, p *place, r *report) error {
	c, err := d.settle(ctx, p)
	if err != nil {
		return err
	}
	addr, pid, stop, err := d.open(ctx, p)
	if err != nil {
		return err
	}
	defer stop()
	c.Addr = addr
	usual := &crowd.Crowd{Addr: addr, Readers: c.Readers, Payers: c.Payers, Entrants: c.Entrants}
	usual.Requests, usual.SignIns, usual.Payments = d.Requests/20, d.SignIns/20, d.Payments/20
	usual.Run(ctx, 5*time.Second, 1, c.Readers) // connections, caches
	say("alone")
	alone := usual.Run(ctx, 20*time.Second, 1, c.Readers)
	c.Skip(usual)
	show := func(when string, t *crowd.Tally) { d.show(p.engine, when, t, alone, r) }
	run := func(when string, length time.Duration, factor float64, readers []*crowd.Person) *crowd.Tally {
		say("%s", when)
		before, err1 := reckon(pid)
		t := c.Run(ctx, length, factor, readers)
		after, err2 := reckon(pid)
		if err = errors.Join(err, err1, err2); err == nil {
			r.remark("%s, %s: %s.", p.engine, when, after.since(before))
		}
		return t
	}
	show("unloaded", alone)
	day := run("the day", d.Length, 1, c.Readers)
	show("the day", day)
	if d.Factor > 0 {
		all := make([]*crowd.Person, 0, int(d.Factor)*len(c.Readers))
		for all = append(all, c.Readers...); len(all) < cap(all); {
			all = append(all, c.Readers[len(all)%len(c.Readers)].Twin())
		}
		rush := run("the rush", d.Rush, d.Factor, all)
		after := run("after it", d.After, 1, c.Readers)
		show(fmt.Sprintf("× %g", d.Factor), rush)
		show("after", after)
		r.remark("%s: right answers a second: %.0f before, %.0f during (%.0f %%), %.0f after; as before after %d s.", p.engine,
			day.Goodput(), rush.Goodput(), 100*rush.Goodput()/day.Goodput(), after.Goodput(), after.Normal(300*time.Millisecond))
	}
	memory, err1 := resident(pid)
	r.remark("%s: the program has %.0f MB.", p.engine, memory)
	return errors.Join(err, err1)
}

// show adds what a crowd saw to the report.
func (d *deadlineDay) show(engine, when string, t, alone *crowd.Tally, r *report) {
	classes, all := t.ByClass()
	unloaded, whole := alone.ByClass()
	before := map[string]time.Duration{whole.Class: whole.P95}
	for _, s := range unloaded {
		before[s.Class] = s.P95
	}
	for _, s := range append(classes, all) {
		ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
		ratio := ""
		if before[s.Class] > 0 {
			ratio = fmt.Sprintf("%.1f ×", float64(s.P95)/float64(before[s.Class]))
		}
		r.add(engine, when, s.Class, s.Of(crowd.OK), s.Of(crowd.Shed), s.Of(crowd.Failed), s.Of(crowd.Broken), ms(s.P50), ms(s.P95), ms(s.P99), ratio)
	}
	for note, n := range t.Notes() {
		r.remark("%s, %s: %d × %s", engine, when, n, note)
	}
	if d.Seconds {
		for i, s := range t.Seconds() {
			say("%s %3d s: %d right, %d come again, %d wrong, %d none, p95 %s", when, i, s.Count[crowd.OK], s.Count[crowd.Shed], s.Count[crowd.Failed], s.Count[crowd.Broken], s.P95.Round(time.Millisecond))
		}
	}
}

// settle makes the town and the people who will come.
func (d *deadlineDay) settle(ctx context.Context, p *place) (*crowd.Crowd, error) {
	town, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	defer town.Close()
	began, rooms := time.Now(), town.Rooms()
	// Who comes is among the first taxpayers, firms left out, and then the city is
	// imported around them.
	var who []int
	for i := 0; len(who) < d.Readers+d.Payers+d.Entrants; i++ {
		if !(taxCity{}).firm(i) {
			who = append(who, i)
		}
	}
	people := make([]*crowd.Person, len(who))
	err = kill.Together(ctx, len(who), 16, func(ctx context.Context, n int) error {
		id, err := enrol(ctx, rooms, who[n])
		if err == nil {
			people[n], err = d.person(ctx, rooms, id, n, who[n])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	say("%d people are here after %s", len(people), time.Since(began).Round(time.Second))
	if err := d.city(ctx, rooms); err != nil {
		return nil, err
	}
	if err := work(ctx, town); err != nil {
		return nil, err
	}
	say("the town is here after %s", time.Since(began).Round(time.Second))
	return &crowd.Crowd{Readers: people[:d.Readers], Payers: people[d.Readers : d.Readers+d.Payers], Entrants: people[d.Readers+d.Payers:],
		Requests: d.Requests, SignIns: d.SignIns, Payments: d.Payments}, raw.Settle(ctx, rooms.DB)
}

// password is that of everybody who has one.
const password = "castan-bega-tramvai-linia-6"

// person makes the n-th of those who come, who is the i-th taxpayer: a reader with a
// draft, a payer, or who signs in.
func (d *deadlineDay) person(ctx context.Context, rooms portal.Rooms, id act.PartyID, n, i int) (*crowd.Person, error) {
	p := &crowd.Person{Address: fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255), Email: fmt.Sprintf("p%d@demo.exemplu.ro", i), Password: password}
	if n >= d.Readers+d.Payers {
		return p, rooms.Access.SeedPassword(ctx, id, password)
	}
	token, err := signIn(ctx, rooms, id)
	if err != nil {
		return nil, err
	}
	p.Session = sessionCookie + "=" + token
	if n < d.Readers {
		actor := act.Actor{Person: id, For: id, Level: act.Verified}
		var link string
		link, err = rooms.Drafts.BeginFor(ctx, actor, "petitie", procedures.Values{"domeniu": {"parcare"}}, "")
		p.Draft = strings.Join(strings.Split(link, "/")[:3], "/") + "/problema"
	}
	return p, err
}

// city imports and assesses everybody else.
func (d *deadlineDay) city(ctx context.Context, rooms portal.Rooms) error {
	t := taxBench{Taxpayers: d.Taxpayers, Objects: d.Objects, Year: 2026}
	if err := t.load(ctx, rooms.Roll, taxCity{d.Taxpayers, d.Objects}); err != nil {
		return err
	}
	if err := raw.Settle(ctx, rooms.DB); err != nil {
		return err
	}
	return t.assess(ctx, rooms.Taxes, true)
}

// open starts the program on the town, and returns its address.
func (d *deadlineDay) open(ctx context.Context, p *place) (addr string, pid int, stop func(), err error) {
	bega := d.Bega
	if bega == "" {
		if bega, err = build(ctx, p); err != nil {
			return "", 0, nil, err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, bega, "serve")
	cmd.Env, cmd.Stderr = append(p.env(), "BEGA_LISTEN=127.0.0.1:0", "BEGA_PROXIES=127.0.0.0/8"), os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	stop = func() { cancel(); _ = cmd.Wait() } // it was told to end
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return "", 0, nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err == nil && !ok {
		err = errors.New("it is not ready")
	}
	if err == nil {
		err = ready(url)
	}
	if err != nil {
		stop()
		return "", 0, nil, err
	}
	say("%s serves on %d processors", url, runtime.NumCPU())
	return strings.TrimPrefix(url, "http://"), cmd.Process.Pid, stop, nil
}

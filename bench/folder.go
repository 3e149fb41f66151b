package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"bega/access"
	"bega/bench/kill"
	"bega/internal/act"
	"bega/internal/db"
	"bega/portal"
)

type folderPages struct {
	common
	Parties int           `help:"People in the town." default:"230000"`
	Folders int           `help:"How many of them are signed in, and have a full folder." default:"300"`
	Rounds  int           `help:"How often each of the three is measured." default:"10"`
	Round   time.Duration `help:"For how long." default:"2s"`
}

// Run implements the command.
func (c *folderPages) Run(ctx context.Context) error {
	r := &report{Title: fmt.Sprintf("Folder page (/dosar) of %d people who are signed in, among %d", c.Folders, c.Parties),
		Head: []string{"engine", "connections", "who answers", "answers/s", "p50 ms", "p99 ms", "of (a)"}}
	return c.each(ctx, r, c.measure)
}

func (c *folderPages) measure(ctx context.Context, p *place, r *report) error {
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	people, err := c.fill(ctx, town)
	if err != nil {
		return err
	}
	requests, copies, err := c.signIn(ctx, town, people)
	if err != nil {
		return err
	}
	queries, size := 0, 0
	for _, one := range copies {
		queries, size = len(one.reads), len(one.body)
	}
	r.remark("%s: a page is %d queries and %d bytes, compressed.", p.engine, queries, size)
	for _, connections := range []int{2, 8} {
		if err := c.compare(ctx, town, copies, connections, requests, p.engine, r); err != nil {
			return err
		}
	}
	return nil
}

// fill enters the people, and gives some of them a folder.
func (c *folderPages) fill(ctx context.Context, town *portal.Town) ([]act.Actor, error) {
	began := time.Now()
	people, err := enrolAll(ctx, town.Rooms(), c.Parties)
	if err != nil {
		return nil, err
	}
	say("%d people are here after %s", c.Parties, time.Since(began).Round(time.Second))
	d, err := papers()
	if err != nil {
		return nil, err
	}
	// Those with a folder are not neighbours in any index.
	chosen := make([]act.Actor, c.Folders)
	for i := range chosen {
		chosen[i] = people[i*len(people)/c.Folders]
	}
	err = kill.Together(ctx, len(chosen), 4, func(ctx context.Context, i int) error { return furnish(ctx, town.Rooms(), chosen[i], d) })
	if err != nil {
		return nil, err
	}
	if err := work(ctx, town); err != nil {
		return nil, err
	}
	say("%d folders are full after %s", c.Folders, time.Since(began).Round(time.Second))
	return chosen, nil
}

// A page that was answered once can be answered again without a portal.
type page struct {
	header http.Header
	body   []byte
	reads  []db.Read
}

// signIn signs people in, and returns their requests for their folders, and what
// was answered to each, by its cookie.
func (c *folderPages) signIn(ctx context.Context, town *portal.Town, people []act.Actor) (requests [][]byte, pages map[string]page, err error) {
	addr, stop, err := serve(town.Handler())
	if err != nil {
		return nil, nil, err
	}
	defer stop()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	in, rooms := bufio.NewReader(conn), town.Rooms()
	pages = map[string]page{}
	for _, person := range people {
		token, err := signIn(ctx, rooms, person.Person)
		if err != nil {
			return nil, nil, err
		}
		var response *http.Response
		var one page
		request := get("/dosar", token)
		one.reads = rooms.DB.Record(func() { response, one.body, err = ask(conn, in, request) })
		if err != nil {
			return nil, nil, err
		}
		if len(one.reads) < 5 || len(one.body) < 2000 {
			return nil, nil, errors.New("that is no folder page")
		}
		one.header = response.Header
		one.header.Del("Date") // which every server adds by itself
		requests, pages[sessionCookie+"="+token] = append(requests, request), one
	}
	return requests, pages, nil
}

// signIn signs somebody in, and returns the cookie of the session.
func signIn(ctx context.Context, rooms portal.Rooms, person act.PartyID) (token string, err error) {
	secret, err := rooms.Access.Remember(ctx, []act.PartyID{person})
	if err != nil {
		return "", err
	}
	token, _, err = rooms.Access.Begin(ctx, person, secret, access.Browser{Agent: "bench", Lang: "ro"})
	return token, err
}

// compare measures the portal, (a) a handler that runs the same queries and
// writes the same bytes, and (b) one that only writes them: in turn, so that
// whatever else the machine does meets all three.
func (c *folderPages) compare(ctx context.Context, town *portal.Town, pages map[string]page, connections int, requests [][]byte, engine string, r *report) error {
	write := func(w http.ResponseWriter, one page) {
		for name, values := range one.header {
			w.Header()[name] = values
		}
		_, _ = w.Write(one.body)
	}
	handlers := []struct {
		name string
		http.Handler
	}{
		{"portal", town.Handler()},
		{"(a) queries, bytes", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			one := pages[r.Header.Get("Cookie")]
			if err := town.Rooms().DB.Replay(r.Context(), one.reads); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			write(w, one)
		})},
		{"(b) bytes", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { write(w, pages[r.Header.Get("Cookie")]) })},
	}
	addrs := make([]string, len(handlers))
	for i, h := range handlers {
		addr, stop, err := serve(h)
		if err != nil {
			return err
		}
		defer stop()
		if _, err := fire(ctx, addr, connections, requests, c.Round/2); err != nil { // to warm it up
			return fmt.Errorf("%s: %w", h.name, err)
		}
		addrs[i] = addr
	}
	rates, took, ratios := make([][]float64, len(handlers)), make([][]time.Duration, len(handlers)), make([][]float64, len(handlers))
	for range c.Rounds {
		this := make([]float64, len(handlers))
		for _, i := range rand.Perm(len(handlers)) {
			v, err := fire(ctx, addrs[i], connections, requests, c.Round)
			if err != nil {
				return fmt.Errorf("%s: %w", handlers[i].name, err)
			}
			this[i], rates[i], took[i] = v.rate, append(rates[i], v.rate), append(took[i], v.took...)
		}
		for i := range handlers {
			ratios[i] = append(ratios[i], this[i]/this[1])
		}
	}
	for i, h := range handlers {
		r.add(engine, connections, h.name, median(rates[i]), quantile(took[i], .5), quantile(took[i], .99), percent(median(ratios[i])))
	}
	return nil
}

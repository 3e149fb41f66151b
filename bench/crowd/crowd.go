// Package crowd is the people of the last day before a term: a load generator of
// an open model, in which people come at their rate however slowly they are
// served. The time of an answer counts from the instant at which it was due to
// be asked for, so that a server that stalls cannot slow its own measurement
// down.
//
// Whoever comes is a browser with cookies of its own: it keeps what the queue of
// the portal gives it, and shows it again.
package crowd

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Person is somebody at a browser.
type Person struct {
	Session         string // the cookie of a session, as name=value; "" for who has not signed in
	Email, Password string // of who is about to sign in
	Address         string // from which network address they come, as a proxy tells
	Draft           string // path at which their draft is saved

	mu      sync.Mutex
	cookies map[string]string
	in      bool // they see a page of the portal, and not the queue
}

// Twin is the same person at another browser, which nobody has seen yet.
func (p *Person) Twin() *Person {
	return &Person{Session: p.Session, Email: p.Email, Password: p.Password, Address: p.Address, Draft: p.Draft}
}

// cookie returns what a request shows.
func (p *Person) cookie() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := []string{}
	if p.Session != "" {
		all = append(all, p.Session)
	}
	for name, value := range p.cookies {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}

// keep keeps what an answer sets. A session that begins is not gone on with.
func (p *Person) keep(header http.Header) {
	for _, line := range header["Set-Cookie"] {
		name, rest, _ := strings.Cut(line, "=")
		value, _, _ := strings.Cut(rest, ";")
		if strings.HasSuffix(p.Session, name) || name == "bega" || name == "__Host-bega" {
			continue
		}
		p.mu.Lock()
		if p.cookies == nil {
			p.cookies = map[string]string{}
		}
		if p.cookies[name] = value; value == "" {
			delete(p.cookies, name)
		}
		p.mu.Unlock()
	}
}

// inside reports whether they have a form before them, and not the queue.
func (p *Person) inside() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.in
}

func (p *Person) see(in bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = in
}

// A Crowd comes to a portal.
type Crowd struct {
	Addr     string    // of the portal
	Readers  []*Person // who are signed in, look around and save drafts
	Payers   []*Person // who are signed in and owe something: each pays once
	Entrants []*Person // who sign in

	// What comes in a second: single requests, one in ten of which writes; people who
	// sign in; people who pay.
	Requests, SignIns, Payments float64

	wires   wires
	paying  sync.Mutex
	nextPay int
	going   sync.WaitGroup
	all     *Tally
}

// Run has the crowd come for some time, as many as usual times factor: from others
// browsers as well, if there are more. It returns what they saw, after the last of
// them has an answer.
func (c *Crowd) Run(ctx context.Context, length time.Duration, factor float64, readers []*Person) *Tally {
	c.all = newTally(length)
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var streams sync.WaitGroup
	for _, s := range []struct {
		rate float64
		one  func(due time.Time)
	}{
		{c.Requests, func(due time.Time) { c.look(due, readers[rand.IntN(len(readers))]) }},
		{c.SignIns, func(due time.Time) { c.signIn(due, c.Entrants[rand.IntN(len(c.Entrants))].Twin()) }},
		{c.Payments, func(due time.Time) { c.pay(ctx, due) }},
	} {
		if s.rate > 0 {
			streams.Go(func() { c.stream(ctx, s.rate*factor, s.one) })
		}
	}
	streams.Wait()
	c.going.Wait()
	c.all.took = time.Since(c.all.began)
	return c.all
}

// Skip goes on after those who have paid in another crowd of the same people.
func (c *Crowd) Skip(other *Crowd) { c.nextPay = other.nextPay }

// stream begins one visit after the other, at a constant rate.
func (c *Crowd) stream(ctx context.Context, rate float64, one func(due time.Time)) {
	began := time.Now()
	for i := 0; ; i++ {
		due := began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		} else if ctx.Err() != nil {
			return
		}
		c.going.Go(func() { one(due) })
	}
}

// looks is what people look at, by weight; nine in ten requests. What they save is
// the tenth.
var looks = []struct {
	class, path string
	weight      int
}{
	{"folder", "/dosar", 20}, {"taxes", "/dosar/taxe", 26}, {"statement", "/dosar/taxe/istoric", 4}, {"messages", "/mesaje", 5},
	{"home", "/", 8}, {"tax hub", "/taxe", 5}, {"service", "/servicii/certificat-fiscal", 6}, {"service", "/servicii/petitie", 4},
	{"search", "/servicii?q=parcare", 4}, {"search", "/servicii?q=certificat+de+urbanism", 4}, {"search", "/servicii?q=impozit", 4},
	{"draft", "", 10},
}

// look is one request of somebody who is there.
func (c *Crowd) look(due time.Time, p *Person) {
	n := rand.IntN(100)
	for _, l := range looks {
		if n -= l.weight; n >= 0 {
			continue
		}
		if l.path != "" || !p.inside() {
			_, ok := c.ask(due, l.class, p, "GET", cmp.Or(l.path, p.Draft), nil)
			p.see(ok)
			return
		}
		c.ask(due, l.class, p, "POST", p.Draft, url.Values{"intrebat": {"text"}, "domeniu": {"parcare"},
			"text": {fmt.Sprintf("Mașinile parchează pe trotuar, în fiecare seară, de %d zile.", rand.IntN(1000))}})
		return
	}
}

// signIn is somebody who comes to the page, types and sends. They look for no more.
func (c *Crowd) signIn(due time.Time, p *Person) {
	if _, ok := c.ask(due, "sign-in page", p, "GET", "/cont/intra", nil); !ok {
		return
	}
	c.ask(time.Now(), "sign-in", p, "POST", "/cont/intra", url.Values{"email": {p.Email}, "parola": {p.Password}})
}

var (
	sum   = regexp.MustCompile(`name="suma" value="([0-9.,]+)"`)
	key   = regexp.MustCompile(`name="cheie" value="([^"]+)"`)
	place = regexp.MustCompile(`/banca-de-proba/[^/?#]+`)
)

// pay is somebody who pays all that they owe: they look, go to the bank, pay there,
// and come back for the result until it says that the money is there. If there is a
// queue, they wait in it until ctx ends.
func (c *Crowd) pay(ctx context.Context, due time.Time) {
	c.paying.Lock()
	if c.nextPay == len(c.Payers) {
		c.paying.Unlock()
		c.all.add(Seen{Class: "payment", Outcome: Broken, Due: due, Note: "nobody is left who owes something"})
		return
	}
	p := c.Payers[c.nextPay]
	c.nextPay++
	c.paying.Unlock()
	came := due
	header, body, ok := c.exchange(due, "pay: look", p, "GET", "/dosar/taxe", nil, true)
	for seconds, _ := strconv.Atoi(header.Get("Retry-After")); !ok && seconds > 0; seconds, _ = strconv.Atoi(header.Get("Retry-After")) {
		select {
		case <-time.After(time.Duration(seconds) * time.Second):
		case <-ctx.Done():
			c.all.add(Seen{Class: "queue", Outcome: Shed, Due: came})
			return
		}
		header, body, ok = c.exchange(time.Now(), "pay: look", p, "GET", "/dosar/taxe", nil, true)
	}
	found, form := sum.FindSubmatch(body), key.FindSubmatch(body)
	if !ok || found == nil || form == nil {
		return
	}
	c.all.add(Seen{Class: "queue", Outcome: OK, Due: came, Took: time.Since(came)})
	header, ok = c.send(time.Now(), "pay: begin", p, "POST", "/dosar/taxe/plateste", url.Values{"tot": {"da"}, "suma": {string(found[1])}, "cheie": {string(form[1])}})
	bank := place.FindString(header.Get("Location"))
	if !ok || bank == "" {
		c.all.add(Seen{Class: "payment", Outcome: Broken, Due: due, Note: "to " + header.Get("Location")})
		return
	}
	c.ask(time.Now(), "pay: bank", p, "GET", bank, nil)
	header, ok = c.send(time.Now(), "pay: card", p, "POST", bank, url.Values{"ce": {"plateste"}})
	if !ok {
		return
	}
	paid, back := time.Now(), header.Get("Location")
	for wait := 300 * time.Millisecond; time.Since(paid) < time.Minute; wait = min(2*wait, 5*time.Second) {
		header, body, ok := c.exchange(time.Now(), "pay: result", p, "GET", back, nil, true)
		if to := header.Get("Location"); ok && to != "" {
			back = to
			continue
		}
		if ok && bytes.Contains(body, []byte("/acte/")) { // its receipt
			c.all.add(Seen{Class: "credited", Outcome: OK, Due: paid, Took: time.Since(paid)})
			return
		}
		time.Sleep(wait)
	}
	c.all.add(Seen{Class: "credited", Outcome: Broken, Due: paid, Note: "not after a minute"})
}

// ask sends a request, and returns the page that answers it, if it was what was
// asked for.
func (c *Crowd) ask(due time.Time, class string, p *Person, method, path string, form url.Values) (body []byte, ok bool) {
	_, body, ok = c.exchange(due, class, p, method, path, form, strings.HasPrefix(class, "pay: "))
	return body, ok
}

// send sends a request, and returns the header of the answer.
func (c *Crowd) send(due time.Time, class string, p *Person, method, path string, form url.Values) (header http.Header, ok bool) {
	header, _, ok = c.exchange(due, class, p, method, path, form, false)
	return header, ok
}

func (c *Crowd) exchange(due time.Time, class string, p *Person, method, path string, form url.Values, plain bool) (http.Header, []byte, bool) {
	status, header, body, err := c.wires.exchange(c.Addr, request(p, method, path, form, plain))
	one := Seen{Class: class, Outcome: outcome(status, header, err), Due: due, Took: time.Since(due), Status: status}
	if one.Outcome == Failed || one.Outcome == Broken {
		one.Note = fmt.Sprint(method, " ", path, " ", status, " ", err)
	}
	if p.keep(header); one.Outcome == OK && strings.HasPrefix(header.Get("Location"), "/cont/intra?") {
		one.Outcome, one.Note = Failed, method+" "+path+": signed out"
	}
	c.all.add(one)
	return header, body, one.Outcome == OK
}

// request writes a request as it stands on the wire.
func request(p *Person, method, path string, form url.Values, plain bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: ro\r\nUser-Agent: crowd\r\n", method, path)
	if !plain {
		b.WriteString("Accept-Encoding: gzip\r\n")
	}
	if p.Address != "" {
		b.WriteString("X-Forwarded-For: " + p.Address + "\r\n")
	}
	if cookie := p.cookie(); cookie != "" {
		b.WriteString("Cookie: " + cookie + "\r\n")
	}
	if form != nil {
		body := form.Encode()
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		return b.Bytes()
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// Package gate lets in as many requests as the town hall can serve at a time, and
// has the others wait their turn (T40).
//
// Each route has a [Class]. What is inside is limited to what the machine does
// well, which is found out while it works. Who finds no room waits for a moment,
// the higher classes served first; who waits too long is sent away with
// 503 and Retry-After, the lowest class first.
//
// From then on, whoever is new gets a ticket instead of a place: an instant,
// sealed in a cookie. Tickets are called in their order, and as fast as there is
// room. Who was called has a pass for some minutes, and nobody has to queue who is
// about to send a form or to pay. Neither cookie says anything about a person.
package gate

import (
	"net/http"
	"sync"
	"time"
)

// A Class says what is served first: those that come later here.
type Class int

// The classes.
const (
	Rest     Class = iota // pages to look at
	Balance               // what people have and owe
	Entry                 // pages on the way to signing in
	Password              // what computes the hash of a password, which takes a processor for a while
	Form                  // what people have typed
	Paying                // payments, and what banks say of them
	Free                  // not limited: assets, and the look of the monitoring
)

var names = [...]string{"rest", "balance", "entry", "password", "form", "paying", "free"}

// String returns the name that the metrics have.
func (c Class) String() string { return names[c] }

// patience is for how long requests of a class wait for room, if somebody has been
// waiting all the time lately. In a burst, everybody waits for longer: it passes
// (B. Maurer, Fail at Scale, ACM Queue 13(8), 2015).
var patience = [...]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second}

const (
	inBurst = 5 * time.Second  // for how long everybody waits at least, in a burst
	burst   = 20 * time.Second // after which it is none
)

// The outcomes that [Config.Observe] is told of.
const (
	In     = "in"     // served
	Queued = "queued" // has a ticket that was not called yet
	Shed   = "shed"   // sent away: there was no room
)

// A Refusal is what somebody is told who is not let in.
type Refusal struct {
	Ticket bool          // they have a place in the queue
	Ahead  int           // how many are before them
	Wait   time.Duration // for how long, as fast as it goes now
	Retry  time.Duration // after which they are to come again
	Typed  bool          // they sent a form, which can be sent again
}

// Config is what a gate is made of.
type Config struct {
	// Rule returns the class of a request, and the name of its route.
	Rule func(r *http.Request) (class Class, route string)

	// Known reports whether somebody seems to have signed in. While there is no queue,
	// they get a pass, so that they are not thrown out when one begins.
	Known func(r *http.Request) bool

	// Refuse answers somebody who is not let in, with 503 and Retry-After.
	Refuse func(w http.ResponseWriter, r *http.Request, f Refusal)

	// Observe is told what became of each request that is limited; nil if nobody counts.
	Observe func(class Class, outcome string)

	Now        func() time.Time
	Processors int
	Key        []byte // seals the cookies; the same in all programs of a town
	Secure     bool   // visitors come over TLS
}

// A Gate is before all that the town hall serves.
type Gate struct {
	Config
	next  http.Handler
	slots *slots

	mu      sync.Mutex
	tickets tickets
	closed  Class     // up to which who is new needs a ticket; open if none does
	raised  time.Time // when there was no room for that class the last time
}

// open is less than every class.
const open Class = -1

// settling is after how long there seems to be room for a class again.
const settling = 2 * time.Second

// New returns a gate before a handler.
func New(c Config, next http.Handler) *Gate {
	return &Gate{Config: c, next: next, slots: newSlots(c.Processors), closed: open, tickets: tickets{rate: firstRate}}
}

// Pressed reports whether many wait, so that what is known already is better than what
// would have to be found out.
func (g *Gate) Pressed() bool {
	if _, _, waiting := g.slots.state(); waiting > 0 {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed != open
}

// A State is what the gate looks like.
type State struct {
	Limit, Inside, Waiting int           // of those who are served, and who wait for a moment
	Queue                  int           // tickets that were not called
	Wait                   time.Duration // of who takes a ticket now
}

// State returns what the gate looks like now.
func (g *Gate) State() State {
	limit, inside, waiting := g.slots.state()
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.tickets.waiting()
	return State{limit, inside, waiting, n, g.tickets.wait(n)}
}

// ServeHTTP implements [http.Handler].
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	class, route := g.Rule(r)
	if class == Free {
		g.next.ServeHTTP(w, r)
		return
	}
	v := g.visit(r, class)
	if f, ok := g.call(&v); !ok {
		g.turnAway(w, r, v, f, Queued)
		return
	}
	if !g.slots.enter(r.Context(), class) {
		if r.Context().Err() == nil {
			g.turnAway(w, r, v, g.full(&v), Shed)
		}
		return
	}
	defer g.slots.begin(class, route).end()
	g.observe(class, In)
	if v.renew {
		g.setCookie(w, passCookie, g.seal(passCookie, v.now.Add(passLife)), passLife)
	}
	if v.ticket != 0 {
		g.setCookie(w, ticketCookie, "", -1)
	}
	g.next.ServeHTTP(w, r)
}

// A visit is a request at the gate.
type visit struct {
	class  Class
	now    time.Time
	pass   bool  // they were let in before
	renew  bool  // they get a pass with the answer
	ticket int64 // 0 for none
	fresh  bool  // the ticket was taken now
	queues bool  // it is a page that somebody can wait for
}

// visit reads what a request shows.
func (g *Gate) visit(r *http.Request, class Class) visit {
	v := visit{class: class, now: g.Now()}
	page := r.Method == http.MethodGet || r.Method == http.MethodHead
	v.queues = page && class <= Entry && Browser(r)
	until := g.unseal(r, passCookie)
	v.pass = v.now.UnixMicro() < until
	if !v.pass {
		v.ticket = g.unseal(r, ticketCookie)
	}
	late := time.UnixMicro(until).Sub(v.now) < passLife/2
	v.renew = late && (v.pass || g.Known(r))
	return v
}

// call finds out whether it is somebody's turn. Programs cannot queue: where people
// do, they are sent away.
func (g *Gate) call(v *visit) (Refusal, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tickets.advance(v.now, g.slots.strained)
	switch {
	case g.closed == open || v.now.Sub(g.raised) < settling:
	case g.closed > Rest:
		g.close(g.closed-1, v.now)
	case g.tickets.over(v.now):
		g.close(open, v.now)
	}
	if v.class > g.closed || v.class > Entry {
		v.renew = v.renew && (g.closed == open || v.pass)
		return Refusal{}, true
	}
	if v.pass {
		return Refusal{}, true
	}
	v.renew = false
	if !v.queues {
		return Refusal{Retry: shortest}, false
	}
	ahead := g.place(v)
	if ahead < 0 {
		v.renew = true
		return Refusal{}, true
	}
	return g.tickets.refusal(ahead), false
}

// close closes the gate up to a class, for who is new.
func (g *Gate) close(class Class, now time.Time) {
	g.closed, g.raised = class, now
	g.slots.rush.Store(class > Rest)
}

// place returns how many tickets are before a visitor's, who takes one without one;
// negative if it was called.
func (g *Gate) place(v *visit) int {
	if v.ticket == 0 || v.now.Sub(time.UnixMicro(v.ticket)) > ticketLife {
		v.ticket, v.fresh = g.tickets.take(v.now), true
	}
	return g.tickets.ahead(v.ticket)
}

// full is what somebody is told for whom there was no room. From now on who is new
// queues: for a password on the way to it, before anything is typed.
func (g *Gate) full(v *visit) Refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	class := v.class
	if class == Password {
		class = Entry
	}
	if class >= g.closed && class <= Entry {
		g.close(class, g.Now()) // they came a while ago
	}
	if !v.queues || v.pass {
		return Refusal{Retry: shortest, Typed: v.class >= Password}
	}
	return g.tickets.refusal(max(0, g.place(v)))
}

func (g *Gate) turnAway(w http.ResponseWriter, r *http.Request, v visit, f Refusal, outcome string) {
	g.observe(v.class, outcome)
	if v.fresh {
		g.setCookie(w, ticketCookie, g.seal(ticketCookie, time.UnixMicro(v.ticket)), ticketLife)
	}
	g.Refuse(w, r, f)
}

func (g *Gate) observe(class Class, outcome string) {
	if g.Observe != nil {
		g.Observe(class, outcome)
	}
}

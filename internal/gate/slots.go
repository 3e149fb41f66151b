package gate

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// slots are how many requests are inside at a time, and who waits for room.
//
// The limit follows what it does to those inside: for each route it is known how
// long it takes while the town hall is calm. If all of them take much longer, too
// many are inside, and if they do not while others wait, too few.
type slots struct {
	processors int
	mostWait   int         // who may wait at a time
	rush       atomic.Bool // there was no room even for who is not of the lowest class

	mu      sync.Mutex
	limit   float64
	inside  int
	hashing int // of those inside, of the class Password
	slow    int // who is here, but counts no more: see linger
	lines   [Free][]*waiter
	waiting int
	alone   time.Time // when nobody waited the last time
	strain  bool      // somebody had to wait for long, or was sent away

	calm    map[string]float64 // seconds that a route takes in calm
	stretch float64            // sum of how many times as long the last ones took
	n       int                // of them
	full    bool               // others waited meanwhile
}

// A waiter waits for room.
type waiter struct {
	since time.Time
	in    chan bool // true for room, false for none
}

const (
	// linger is after how long somebody inside takes no place any more: they wait for a
	// slow network, or for a lock, and not for the machine.
	linger   = 3 * time.Second
	tooLong  = 8                     // times as long as in calm
	longWait = 50 * time.Millisecond // for room
	sample   = 50                    // requests after which the limit is looked at
)

func newSlots(processors int) *slots {
	return &slots{processors: processors, mostWait: 1024 * processors, limit: float64(8 * processors), calm: map[string]float64{}}
}

func (s *slots) state() (limit, inside, waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int(s.limit), s.inside, s.waiting
}

// strained reports whether there was too little room since it was last asked.
func (s *slots) strained() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	strain := s.strain
	s.strain = false
	for _, line := range s.lines {
		strain = strain || len(line) > 0 && time.Since(line[0].since) > longWait
	}
	return strain
}

// room reports whether there is room for a class. Passwords may not keep others from
// the processors: in a rush, and while others wait, few of them are inside.
func (s *slots) room(class Class) bool {
	if s.inside >= int(s.limit) {
		return false
	}
	if class != Password {
		return true
	}
	most := 4 * s.processors
	if s.rush.Load() || s.waiting > len(s.lines[Password]) {
		most = max(1, s.processors/2) // each computes for half of the time that it is inside
	}
	return s.hashing < most
}

// mostType is how many wait with a password at most: for some seconds, so that who is
// on the way to typing one learns in time that it is no use.
func (s *slots) mostType() int { return 32 * s.processors }

func (s *slots) admit(class Class) {
	s.inside++
	if class == Password {
		s.hashing++
	}
}

// release makes room for those who wait, the higher classes first.
func (s *slots) release(class Class) {
	s.inside--
	if class == Password {
		s.hashing--
	}
	for class := Paying; class >= Rest; class-- {
		for len(s.lines[class]) > 0 && s.room(class) {
			first := s.lines[class][0]
			s.lines[class] = s.lines[class][1:]
			s.waiting--
			s.admit(class)
			s.strain = s.strain || time.Since(first.since) > longWait
			first.in <- true
		}
	}
}

// enter waits for room, and reports whether there was any. Who comes when too many
// wait takes the place of whoever came last of the lowest class.
func (s *slots) enter(ctx context.Context, class Class) bool {
	s.mu.Lock()
	if len(s.lines[class]) == 0 && s.room(class) {
		s.admit(class)
		s.mu.Unlock()
		return true
	}
	s.full = true
	if class == Password && len(s.lines[Password]) >= s.mostType() || s.waiting >= s.mostWait && !s.evict(class) {
		s.strain = true
		s.mu.Unlock()
		return false
	}
	me := &waiter{time.Now(), make(chan bool, 1)}
	if s.waiting == 0 {
		s.alone = me.since
	}
	s.lines[class] = append(s.lines[class], me)
	s.waiting++
	wait := patience[class]
	if me.since.Sub(s.alone) < burst {
		wait = max(wait, inBurst)
	}
	s.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case in := <-me.in:
		return in
	case <-timer.C:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.lines[class], me); i >= 0 {
		s.lines[class] = slices.Delete(s.lines[class], i, i+1)
		s.waiting--
		s.strain = true
		return false
	}
	return <-me.in // it was told meanwhile
}

// evict sends away who came last of the lowest class, if that is lower.
func (s *slots) evict(than Class) bool {
	for class := Rest; class < than; class++ {
		if n := len(s.lines[class]); n > 0 {
			s.lines[class][n-1].in <- false
			s.lines[class] = s.lines[class][:n-1]
			s.waiting--
			s.strain = true
			return true
		}
	}
	return false
}

// stay is somebody inside.
type stay struct {
	*slots
	class Class
	route string
	began time.Time
	slow  bool
	timer *time.Timer
}

// begin begins a stay of somebody who has entered.
func (s *slots) begin(class Class, route string) *stay {
	in := &stay{slots: s, class: class, route: route, began: time.Now()}
	in.timer = time.AfterFunc(linger, in.give)
	return in
}

// give gives the place back before the end, unless there are many such already.
func (in *stay) give() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.began.IsZero() || in.slots.slow >= in.highest() {
		return
	}
	in.slow = true
	in.slots.slow++
	in.release(in.class)
}

// end makes room for the next, and learns from how long it took.
func (in *stay) end() {
	in.timer.Stop()
	in.mu.Lock()
	defer in.mu.Unlock()
	in.learn(in.route, time.Since(in.began).Seconds())
	if in.began = (time.Time{}); in.slow {
		in.slots.slow--
		return
	}
	in.release(in.class)
}

func (s *slots) lowest() int  { return 2 * s.processors }
func (s *slots) highest() int { return 64 * s.processors }

// learn keeps the lower tenth of the times that a route takes in calm, and moves the
// limit.
func (s *slots) learn(route string, took float64) {
	calm, ok := s.calm[route]
	switch {
	case s.inside <= s.processors && s.waiting == 0 && !ok:
		s.calm[route] = took
		return
	case s.inside <= s.processors && s.waiting == 0 && took < calm:
		s.calm[route] = calm * .955
	case s.inside <= s.processors && s.waiting == 0:
		s.calm[route] = calm * 1.005
	}
	if !ok || calm <= 0 {
		return
	}
	s.stretch += min(took/calm, 4*tooLong)
	if s.n++; s.n < sample {
		return
	}
	switch mean := s.stretch / float64(s.n); {
	case mean > tooLong:
		s.limit = max(s.limit*.9, float64(s.lowest()))
	case s.full:
		s.limit = min(s.limit+1, float64(s.highest()))
	}
	s.stretch, s.n, s.full = 0, 0, false
}

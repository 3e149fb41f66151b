package gate

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// byPath are the classes of the town of these tests: /paying is of the class Paying.
func byPath(r *http.Request) (Class, string) {
	for class, name := range names {
		if strings.Trim(r.URL.Path, "/") == name {
			return Class(class), r.URL.Path
		}
	}
	return Rest, r.URL.Path
}

// A hall is what is behind a gate: whoever is inside stays until they are let go.
type hall struct {
	*Gate
	now   time.Time
	in    atomic.Int32
	most  atomic.Int32
	let   chan bool // nil: nobody stays
	order chan string
}

func newHall(stay bool) *hall {
	h := &hall{now: time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC), order: make(chan string, 1000)}
	if stay {
		h.let = make(chan bool)
	}
	h.Gate = h.with()
	return h
}

// with is another program of the same town.
func (h *hall) with() *Gate {
	return New(Config{Rule: byPath, Known: func(r *http.Request) bool { return strings.Contains(r.Header.Get("Cookie"), "bega=") },
		Refuse: func(w http.ResponseWriter, r *http.Request, f Refusal) {
			w.Header().Set("Retry-After", f.Retry.String())
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		Now: func() time.Time { return h.now }, Processors: 1, Key: []byte("a key")}, h)
}

func (h *hall) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	n := h.in.Add(1)
	defer h.in.Add(-1)
	for most := h.most.Load(); n > most && !h.most.CompareAndSwap(most, n); most = h.most.Load() {
	}
	h.order <- r.URL.Path + r.Header.Get("Who")
	if h.let != nil {
		<-h.let
	}
}

// A guest is a browser.
type guest struct {
	jar    map[string]string
	status int
	done   chan int // tells the status of who comes while others do
}

func (v *guest) ask(h http.Handler, method, path string) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
	r.Header.Set("Accept", "text/html")
	for name, value := range v.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if v.jar == nil {
			v.jar = map[string]string{}
		}
		if v.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.jar, c.Name)
		}
	}
	v.status = w.Code
	return w
}

// eventually waits for something that happens in another goroutine.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 5000 {
		if holds() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("never: " + what)
}

// TestTheLowestClassIsSentAwayFirst fills a gate, and then lets one after the other
// come.
func TestTheLowestClassIsSentAwayFirst(t *testing.T) {
	h := newHall(true)
	h.slots.mostWait = 4
	var all sync.WaitGroup
	defer all.Wait()
	defer close(h.let)
	come := func(path string) *guest {
		v := &guest{done: make(chan int, 1)}
		all.Go(func() { v.done <- v.ask(h.Gate, "POST", path).Code }) // a page would take a ticket
		return v
	}
	goes := func(why string, v *guest) {
		t.Helper()
		select {
		case status := <-v.done:
			if status != 503 {
				t.Errorf("%s: got %d", why, status)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: stays", why)
		}
	}
	for range 8 { // the limit of one processor
		come("/rest")
	}
	eventually(t, "full", func() bool { return h.in.Load() == 8 })
	waits := func(n int) {
		t.Helper()
		eventually(t, "they wait", func() bool { return h.State().Waiting == n })
	}
	var v [4]*guest
	for i, path := range []string{"/rest", "/balance", "/form", "/rest"} {
		v[i] = come(path)
		waits(i + 1)
	}
	come("/paying")
	goes("who looks and came last goes", v[3])
	come("/paying")
	goes("who looks goes", v[0])
	come("/paying")
	goes("who asks for a balance goes", v[1])
	goes("there is no place for who is worth less", come("/balance"))
	for len(h.order) > 0 {
		<-h.order
	}
	for i, want := range []string{"/paying", "/paying", "/paying", "/form"} {
		h.let <- true
		if got := <-h.order; got != want {
			t.Errorf("the %d. to get in is %s, want %s", i, got, want)
		}
	}
}

// TestWhoIsNewQueues holds for browsers: they get a ticket, are called, and then
// have a pass; with any program of the town.
func TestWhoIsNewQueues(t *testing.T) {
	h := newHall(false)
	other := h.with()
	h.closed, other.closed = Balance, Balance
	h.raised = h.now
	known := &guest{jar: map[string]string{passCookie: h.seal(passCookie, h.now.Add(time.Minute))}}
	if known.ask(h.Gate, "GET", "/balance"); known.status != 200 {
		t.Errorf("who has a pass got %d", known.status)
	}
	first, second := &guest{}, &guest{}
	w := first.ask(h.Gate, "GET", "/rest")
	if first.status != 503 || first.jar[ticketCookie] == "" || w.Header().Get("Retry-After") == "" {
		t.Fatalf("who is new got %d, %v, Retry-After %q", first.status, first.jar, w.Header().Get("Retry-After"))
	}
	second.ask(h.Gate, "GET", "/balance")
	ticket := first.jar[ticketCookie]
	if first.ask(h.Gate, "GET", "/rest"); first.jar[ticketCookie] != ticket {
		t.Error("who comes again gets another ticket")
	}
	for path, want := range map[string]int{"/form": 200, "/paying": 200, "/password": 200, "/free": 200, "/entry": 200} {
		if v := (&guest{}); v.ask(h.Gate, map[bool]string{true: "GET", false: "POST"}[path == "/entry" || path == "/free"], path).Code != want {
			t.Errorf("%s got %d", path, v.status)
		}
	}
	if v := (&guest{}); v.ask(h.Gate, "POST", "/rest").Code != 503 || v.jar != nil {
		t.Errorf("a program got %d and %v", v.status, v.jar)
	}
	for _, forged := range []string{"", "x", ticket, strings.Repeat("A", 32), h.seal("other", h.now.Add(time.Hour))} {
		if v := (&guest{jar: map[string]string{passCookie: forged}}); v.ask(h.Gate, "GET", "/rest").Code != 503 {
			t.Errorf("the pass %q is taken for one", forged)
		}
	}
	h.now = h.now.Add(300 * time.Millisecond)
	if first.ask(h.Gate, "GET", "/rest"); first.status != 200 || first.jar[passCookie] == "" || first.jar[ticketCookie] != "" {
		t.Errorf("who was called got %d and %v", first.status, first.jar)
	}
	if first.ask(other, "GET", "/balance"); first.status != 200 {
		t.Errorf("the pass is none in another program: %d", first.status)
	}
	h.now = h.now.Add(passLife + time.Minute)
	h.closed, h.raised = Rest, h.now
	h.tickets.take(h.now)
	if first.ask(h.Gate, "GET", "/rest"); first.status != 503 {
		t.Errorf("the pass of yesterday got %d", first.status)
	}
}

// TestWhoSignedInHasAPassBeforeTheRush holds for them alone, and while nobody queues.
func TestWhoSignedInHasAPassBeforeTheRush(t *testing.T) {
	h := newHall(false)
	v := &guest{jar: map[string]string{"bega": "token"}}
	if v.ask(h.Gate, "GET", "/rest"); v.jar[passCookie] == "" {
		t.Error("who signed in has no pass")
	}
	if v := (&guest{}); v.ask(h.Gate, "GET", "/rest").Code != 200 || len(v.jar) != 0 {
		t.Errorf("somebody else got %d and %v", v.status, v.jar)
	}
	h.closed, h.raised = Rest, h.now
	for _, path := range []string{"/rest", "/balance"} {
		if v := (&guest{jar: map[string]string{"bega": "token"}}); v.ask(h.Gate, "GET", path) != nil && v.jar[passCookie] != "" {
			t.Errorf("whoever says so gets a pass at %s", path)
		}
	}
}

// TestWhoCannotSignInLearnsItBeforeTheyType holds once one password has found no room.
func TestWhoCannotSignInLearnsItBeforeTheyType(t *testing.T) {
	h := newHall(false)
	h.slots.mostWait, h.slots.limit = 0, 0
	if v := (&guest{}); v.ask(h.Gate, "POST", "/password").Code != 503 || h.closed != Entry {
		t.Errorf("they got %d, and the gate is closed up to %d", v.status, h.closed)
	}
	h.slots.mostWait, h.slots.limit = 8, 8
	h.full(&visit{class: Password, now: h.now})
	h.now = h.now.Add(10 * time.Second)
	h.full(&visit{class: Password, now: h.now.Add(-10 * time.Second)}) // who has waited for that long
	if v := (&guest{}); v.ask(h.Gate, "GET", "/entry").Code != 503 || v.jar[ticketCookie] == "" {
		t.Errorf("on the way to the form they got %d and %v", v.status, v.jar)
	}
	if v := (&guest{}); v.ask(h.Gate, "POST", "/password").Code != 200 {
		t.Errorf("who has the form before them got %d", v.status)
	}
}

// TestFewPasswordsInARush holds even in a moment in which nobody waits.
func TestFewPasswordsInARush(t *testing.T) {
	for _, rush := range []bool{false, true} {
		s := newSlots(2)
		s.rush.Store(rush)
		n := 0
		for s.limit = 100; s.room(Password); n++ {
			s.admit(Password)
		}
		if want := map[bool]int{false: 8, true: 1}[rush]; n != want {
			t.Errorf("rush %t: %d passwords at a time", rush, n)
		}
	}
}

// TestNobodyWaitsLongWithAPassword holds for who comes when it is hopeless.
func TestNobodyWaitsLongWithAPassword(t *testing.T) {
	s := newSlots(1)
	s.limit = 0
	s.lines[Password] = make([]*waiter, s.mostType())
	began := time.Now()
	if s.enter(t.Context(), Password) || time.Since(began) > time.Second {
		t.Errorf("they waited for %s behind %d", time.Since(began), s.mostType())
	}
}

// TestABurstIsWaitedFor holds for the lowest class: for as long as nobody has waited all
// the time.
func TestABurstIsWaitedFor(t *testing.T) {
	s := newSlots(1)
	s.limit = 1
	s.admit(Rest)
	let := func() {
		time.Sleep(patience[Rest] + 200*time.Millisecond)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.release(Rest)
	}
	go let()
	if !s.enter(t.Context(), Rest) {
		t.Error("there was room after a moment, and it was not waited for")
	}
	s.waiting, s.alone = 1, time.Now().Add(-burst) // somebody waits all the time
	go let()
	if s.enter(t.Context(), Rest) {
		t.Error("it was waited for longer than usual, although it is no burst")
	}
}

// TestTheGateOpensAgain holds class by class, once there is room.
func TestTheGateOpensAgain(t *testing.T) {
	h := newHall(false)
	h.closed, h.raised = Entry, h.now
	v := &guest{}
	v.ask(h.Gate, "GET", "/rest")
	for h.closed != open {
		h.now = h.now.Add(time.Second)
		(&guest{}).ask(h.Gate, "GET", "/form")
		if h.now.Sub(h.raised) > time.Minute {
			t.Fatalf("it is closed up to %v, with %d who queue", h.closed, h.tickets.waiting())
		}
	}
	if v := (&guest{}); v.ask(h.Gate, "GET", "/rest").Code != 200 {
		t.Errorf("who comes then got %d", v.status)
	}
}

// TestTicketsAreCalledInTheirOrder holds whatever happens, and however the clock
// goes: who came first is let in first, and nobody loses their place.
func TestTicketsAreCalledInTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all tickets
		var taken []int64
		now, called := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC), 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				for range rapid.IntRange(1, 50).Draw(t, "how many come") {
					taken = append(taken, all.take(now))
				}
			case 1:
				now = now.Add(time.Duration(rapid.IntRange(-50, 3000).Draw(t, "ms")) * time.Millisecond)
			case 2:
				strain := rapid.Bool().Draw(t, "strained")
				all.advance(now, func() bool { return strain })
			}
			in := 0
			for i, ticket := range taken {
				ahead := all.ahead(ticket)
				if ahead < 0 && in != i {
					t.Fatalf("the %d. of %d is called, and only %d before them", i, len(taken), in)
				}
				if ahead < 0 {
					in++
				} else if ahead != i-in {
					t.Fatalf("the %d. has %d before them, and %d were called", i, ahead, in)
				}
			}
			if in < called {
				t.Fatalf("%d were called, and now %d are", called, in)
			}
			called = in
		}
	})
}

// TestEverybodyIsCalledInTheEnd holds even while there is never room.
func TestEverybodyIsCalledInTheEnd(t *testing.T) {
	var all tickets
	now := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
	for range 100 {
		all.take(now)
	}
	said := all.wait(99)
	for i := range 2000 {
		now = now.Add(beat)
		all.advance(now, func() bool { return true })
		if all.waiting() == 0 {
			t.Logf("after %d beats", i)
			return
		}
	}
	t.Errorf("%d still wait after 200 s; the last was told %s", all.waiting(), said)
}

// TestTheWaitIsHonest holds once it is known how fast it goes: to a third.
func TestTheWaitIsHonest(t *testing.T) {
	var all tickets
	now := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
	step := func() {
		now = now.Add(beat)
		all.advance(now, func() bool { return all.rate > 50 }) // there is room for 50 a second
	}
	for range 5000 {
		all.take(now)
	}
	for range 300 {
		step()
	}
	last := all.take(now)
	said, began := all.wait(all.ahead(last)), now
	for all.ahead(last) >= 0 {
		step()
	}
	if took := now.Sub(began); took < said*2/3 || took > said*4/3 {
		t.Errorf("it took %s, and was said to take %s", took, said)
	}
}

func TestNoMoreAreInsideThanMayBe(t *testing.T) {
	h := newHall(false)
	h.let = make(chan bool)
	go func() {
		for range 400 {
			h.let <- true
			time.Sleep(100 * time.Microsecond)
		}
	}()
	var all sync.WaitGroup
	for i := range 400 {
		all.Go(func() { (&guest{}).ask(h.Gate, "POST", []string{"/form", "/paying"}[i%2]) })
	}
	all.Wait()
	if most := h.most.Load(); most > 64 {
		t.Errorf("%d were inside", most)
	}
	if s := h.State(); s.Inside != 0 || s.Waiting != 0 || h.slots.hashing != 0 {
		t.Errorf("afterwards it is %+v", s)
	}
}

// TestTheLimitFollowsWhatItDoes looks at the arithmetic alone.
func TestTheLimitFollowsWhatItDoes(t *testing.T) {
	s := newSlots(2)
	for range 100 {
		s.learn("/", .002)
	}
	s.inside = 16
	before := s.limit
	for range sample {
		s.full = true
		s.learn("/", .004)
	}
	if s.limit != before+1 {
		t.Errorf("twice the time, and others wait: from %v to %v", before, s.limit)
	}
	for range 100 * sample {
		s.learn("/", .1)
	}
	if s.limit != float64(s.lowest()) {
		t.Errorf("50 times the time: %v", s.limit)
	}
}

// TestWhoLingersTakesNoPlace holds for uploads over slow networks.
func TestWhoLingersTakesNoPlace(t *testing.T) {
	s := newSlots(1)
	if !s.enter(context.Background(), Form) {
		t.Fatal("nobody is inside")
	}
	in := s.begin(Form, "/")
	in.give()
	if _, inside, _ := s.state(); inside != 0 {
		t.Errorf("%d places are taken", inside)
	}
	in.end()
	in.give() // the timer was late
	if _, inside, _ := s.state(); inside != 0 || s.slow != 0 {
		t.Errorf("%d places are taken, %d linger", inside, s.slow)
	}
}

package payday

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bega/bench/kill"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
	"bega/payments"
	"bega/portal"
	"bega/taxpayer"
)

// A happening is what somebody does at a time.
type happening struct {
	at time.Time
	do func(ctx context.Context) error
}

// An agenda has what will happen, the first on top.
type agenda []happening

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(happening)) }
func (a *agenda) Pop() any {
	last := len(*a) - 1
	h := (*a)[last]
	*a = (*a)[:last]
	return h
}

// A simulation has people pay what they owe, through a bank that does what banks do
// on bad days and a network that loses, repeats and delays. What people do is the
// same for a seed; which of those who act in the same moment is first is not.
type simulation struct {
	seed  uint64
	clock *simClock
	rooms portal.Rooms
	bank  *payments.Sandbox
	begun time.Time

	mu      sync.Mutex
	agenda  agenda
	charged map[string]charge   // by attempt
	byOrder map[string][]string // attempts that were charged, by order
	polls   map[string]bool     // that were added: attempt and time
	gone    map[string]bool     // attempts that were given back within minutes

	visits, refused, left, double, timeouts, reports, forged, forgedRefused, strangers, wrong, nothing, back, ghosts, again atomic.Int64
}

// A charge is money that the bank took.
type charge struct {
	order  string
	actor  act.Actor
	silent bool // no report comes, and nobody comes back to ask
}

// tick is how much of the time is one moment: what falls into it happens at once.
const tick = 5 * time.Second

// simWidth is how many act at once.
const simWidth = 32

// at adds something to the agenda.
func (s *simulation) at(when time.Time, do func(ctx context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	heap.Push(&s.agenda, happening{when, do})
}

func (s *simulation) in(wait time.Duration, do func(ctx context.Context) error) {
	s.at(s.clock.now().Add(wait), do)
}

// run lets everything happen, moment by moment.
func (s *simulation) run(ctx context.Context, progress func()) error {
	for {
		now := s.next()
		if len(now) == 0 {
			return ctx.Err()
		}
		err := kill.Together(ctx, len(now), simWidth, func(ctx context.Context, i int) error {
			err := now[i].do(ctx)
			if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil { // this machine had no time
				s.again.Add(1)
				s.in(time.Minute, now[i].do)
				return nil
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("seed %d at %s: %w", s.seed, s.clock.now(), err)
		}
		progress()
	}
}

// next sets the clock to the next moment in which something happens, and returns that.
func (s *simulation) next() (now []happening) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.agenda) == 0 {
		return nil
	}
	at := s.agenda[0].at
	if rest := at.Sub(s.begun) % tick; rest > 0 {
		at = at.Add(tick - rest)
	}
	if at.After(s.clock.now()) {
		s.clock.set(at)
	}
	for len(s.agenda) > 0 && !s.agenda[0].at.After(at) {
		now = append(now, heap.Pop(&s.agenda).(happening))
	}
	return now
}

// poll is told that an attempt is to be asked about.
func (s *simulation) poll(_ context.Context, _ *db.Tx, attempt string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := attempt + at.String()
	if s.polls[key] {
		return nil // a transaction was tried again
	}
	s.polls[key] = true
	heap.Push(&s.agenda, happening{at, func(ctx context.Context) error {
		err := s.rooms.Payments.PollAttempt(ctx, attempt)
		if errors.Is(err, db.ErrNone) {
			s.ghosts.Add(1)
			return nil // what added it was rolled back
		}
		return err
	}})
	return nil
}

// tell is told that the bank reports something. The network takes a minute, and of
// one report in ten up to three days.
func (s *simulation) tell(_ context.Context, _ *db.Tx, m payments.Message, at time.Time) error {
	wait := rand.N(time.Minute)
	if rand.IntN(10) == 0 {
		wait = rand.N(72 * time.Hour)
	}
	s.at(at.Add(wait), func(ctx context.Context) error {
		s.reports.Add(1)
		switch m.Trick {
		case payments.Forge:
			s.forged.Add(1)
		case payments.Stranger:
			s.strangers.Add(1)
		case payments.Wrong:
			s.wrong.Add(1)
		}
		return s.bank.Deliver(ctx, m)
	})
	return nil
}

// hand takes a report of the bank, as the address that it is sent to does.
func (s *simulation) hand(ctx context.Context, body []byte, header map[string][]string) error {
	err := s.rooms.Payments.Hear(ctx, body, header)
	if errors.Is(err, payments.ErrForged) {
		s.forgedRefused.Add(1)
	}
	return err
}

// shaky is the bank on a line that fails: what it was asked to begin it may have
// begun, or not.
type shaky struct {
	*payments.Sandbox
	s *simulation
}

var errLine = errors.New("the line to the bank failed")

// Begin implements [payments.Provider].
func (b shaky) Begin(ctx context.Context, g payments.Beginning) (payments.Begun, error) {
	what := rand.IntN(100)
	if what == 0 {
		b.s.timeouts.Add(1)
		return payments.Begun{}, errLine
	}
	begun, err := b.Sandbox.Begin(ctx, g)
	if what == 1 && err == nil {
		b.s.timeouts.Add(1)
		return payments.Begun{}, errLine
	}
	return begun, err
}

// A visit is somebody's wish to pay something.
type visit struct {
	plan  int
	tries int // how often they were at the bank for it
	actor act.Actor
	ids   []string // of the obligations; nil for all that the code is for
	code  string
	sum   money.Bani // as they think
}

// random returns what decides on this visit.
func (s *simulation) random(v visit) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, uint64(v.plan)<<8|uint64(v.tries)))
}

// cart is what somebody wants to pay. Who is there for the first time, before the term,
// knows the sum from the decision; the others look.
func (s *simulation) cart(ctx context.Context, v visit) (taxpayer.Cart, error) {
	if v.sum > 0 && s.clock.now().Before(firstTerm.AddDays(1).Midnight(s.rooms.Zone)) {
		return taxpayer.Cart{Chosen: v.ids, Sum: v.sum}, nil
	}
	if v.code != "" {
		guest, err := s.rooms.Taxpayer.ByCode(ctx, v.code, "192.0.2.7:1")
		if err == nil && guest.Now.Empty() {
			err = taxpayer.ErrNothing
		}
		return taxpayer.Cart{All: true, Code: v.code, Address: "192.0.2.7:1", Sum: guest.Now.Sum()}, err
	}
	bill, _, err := s.rooms.Taxpayer.Choose(ctx, v.actor, v.ids)
	return taxpayer.Cart{Chosen: v.ids, Sum: bill.Sum()}, err
}

// pays has somebody go to the bank.
func (s *simulation) pays(v visit) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		again := func(wait time.Duration) { s.in(wait, s.pays(v)) }
		cart, err := s.cart(ctx, v)
		if errors.Is(err, taxpayer.ErrNothing) {
			s.nothing.Add(1) // somebody else has paid it
			return nil
		} else if err != nil {
			return err
		}
		page, order, err := s.clicks(ctx, v, cart)
		switch {
		case errors.Is(err, taxpayer.ErrNothing):
			s.nothing.Add(1)
			return nil
		case errors.Is(err, taxpayer.ErrChanged), errors.Is(err, payments.ErrBank):
			v.sum = 0
			again(time.Minute)
			return nil
		case errors.Is(err, taxpayer.ErrGoing), errors.Is(err, payments.ErrUncertain):
			again(20 * time.Minute)
			return nil
		case errors.Is(err, payments.ErrPaid), errors.Is(err, payments.ErrCancelled): // a form that is no longer of use
			v.tries++
			again(time.Minute)
			return nil
		case err != nil:
			return err
		}
		attempt, atBank := strings.CutPrefix(page, "/banca-de-proba/")
		if !atBank { // they had been there, and see what became of it
			v.tries++
			again(20 * time.Minute)
			_, err := s.rooms.Taxpayer.Result(ctx, v.actor, order)
			return err
		}
		r := s.random(v)
		wait := 5*time.Second + time.Duration(r.Int64N(int64(4*time.Minute)))
		if r.IntN(20) == 0 {
			wait = time.Duration(r.Int64N(int64(29 * time.Minute)))
		}
		s.in(wait, s.decides(v, attempt, order, r))
		return nil
	}
}

// clicks begins to pay; of ten people, one clicks twice or has two tabs.
func (s *simulation) clicks(ctx context.Context, v visit, cart taxpayer.Cart) (page, order string, err error) {
	key := fmt.Sprintf("sim-%d-%d", v.plan, v.tries)
	click := func(key string) (page, order string, err error) {
		return s.rooms.Taxpayer.Pay(ctx, v.actor, key, cart, "ro")
	}
	habit := rand.IntN(20)
	if habit > 1 {
		return click(key)
	}
	other := key
	if habit == 1 {
		other += "-tab"
	}
	var page2, order2 string
	var err2 error
	var both sync.WaitGroup
	both.Go(func() { page2, order2, err2 = click(other) })
	page, order, err = click(key)
	both.Wait()
	s.double.Add(1)
	if err == nil && err2 == nil && (order != order2 || page != page2) {
		return "", "", fmt.Errorf("two clicks led to orders %s and %s, pages %s and %s", order, order2, page, page2)
	}
	if err != nil && err2 == nil {
		return page2, order2, nil
	}
	return page, order, err
}

// mostTries is after how many visits somebody pays at last.
const mostTries = 6

// decides has somebody end a payment on the page of the bank.
func (s *simulation) decides(v visit, attempt, order string, r *rand.Rand) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		next := v
		next.tries++
		out, err := s.bank.Ask(ctx, payments.Question{Attempt: attempt})
		if err != nil || out.Status != "pending" { // another tab was faster, or the page has ended
			s.in(time.Minute, s.returns(next, order, r, true))
			return nil
		}
		s.visits.Add(1)
		what := r.IntN(100)
		tricks := payments.Hostile(s.seed)(fmt.Sprint(v.plan, " ", v.tries))
		if r.IntN(20) == 0 {
			tricks = append(tricks, payments.Silent)
		}
		switch {
		case what < 4 && v.tries < mostTries: // leaves, and comes back
			s.left.Add(1)
			s.in(35*time.Minute, s.returns(next, order, r, true))
			return nil
		case what < 12 && v.tries < mostTries:
			s.refused.Add(1)
			if r.IntN(5) == 0 {
				tricks = append(tricks, payments.Forge)
			}
			s.in(time.Minute, s.returns(next, order, r, true))
			return s.bank.Decide(ctx, attempt, "refused", tricks...)
		}
		return s.charges(ctx, next, attempt, order, r, tricks)
	}
}

// charges has the bank take the money. Then six in ten come back, but of those whose
// connection was lost with the report only one.
func (s *simulation) charges(ctx context.Context, v visit, attempt, order string, r *rand.Rand, tricks []payments.Trick) error {
	lost := false
	for _, t := range tricks {
		lost = lost || t == payments.Lose || t == payments.Silent
	}
	comesBack := r.IntN(10) < 6 && (!lost || r.IntN(6) == 0)
	if err := s.bank.Decide(ctx, attempt, "paid", tricks...); err != nil {
		if out, asked := s.bank.Ask(ctx, payments.Question{Attempt: attempt}); asked != nil || out.Status != "paid" {
			return errors.Join(err, asked)
		}
	}
	s.mu.Lock()
	s.charged[attempt] = charge{order, v.actor, lost && !comesBack}
	s.byOrder[order] = append(s.byOrder[order], attempt)
	s.mu.Unlock()
	if comesBack {
		s.in(time.Second+time.Duration(r.Int64N(int64(90*time.Second))), s.returns(v, order, r, false))
	}
	switch r.IntN(400) {
	case 0:
		s.in(time.Hour+time.Duration(r.Int64N(int64(29*time.Hour))), s.givesBack(attempt))
	case 1: // before the town has heard of it
		s.mu.Lock()
		s.gone[attempt] = true
		s.mu.Unlock()
		s.in(time.Duration(r.Int64N(int64(5*time.Minute))), s.givesBack(attempt))
	}
	return nil
}

// returns has somebody come back to the page with the result. Who reads that it was
// refused pays again, unless they know better.
func (s *simulation) returns(v visit, order string, r *rand.Rand, again bool) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		result, err := s.rooms.Taxpayer.Result(ctx, v.actor, order)
		if err != nil {
			return err
		}
		switch {
		case result.State == payments.Paid || result.State == payments.Refunded:
		case again || result.Refused && r.IntN(2) == 0:
			s.in(5*time.Second+rand.N(2*time.Minute), s.pays(v))
		}
		return nil
	}
}

func (s *simulation) givesBack(attempt string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		s.back.Add(1)
		return s.bank.GiveBack(ctx, attempt)
	}
}

// night reconciles at the end of a day, and gives back what was paid twice; until the
// last day.
func (s *simulation) night(last time.Time) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		if now := s.clock.now(); now.Before(last) {
			s.at(now.Add(24*time.Hour), s.night(last))
		}
		if _, err := s.rooms.Payments.Reconcile(ctx); err != nil {
			return err
		}
		return s.returnsTooMuch(ctx)
	}
}

// returnsTooMuch gives back what orders have too much: the last payment that was not
// given back yet.
func (s *simulation) returnsTooMuch(ctx context.Context) error {
	s.mu.Lock()
	twice := map[string][]string{}
	for order, attempts := range s.byOrder {
		if len(attempts) > 1 {
			twice[order] = slices.Clone(attempts)
		}
	}
	actors := map[string]act.Actor{}
	for order, attempts := range twice {
		actors[order] = s.charged[attempts[0]].actor
	}
	s.mu.Unlock()
	for id, attempts := range twice {
		order, err := s.rooms.Payments.ByID(ctx, actors[id], id)
		if err != nil {
			return err
		}
		for _, attempt := range slices.Backward(attempts) {
			out, err := s.bank.Ask(ctx, payments.Question{Attempt: attempt})
			if order.Overpaid == 0 || err != nil || out.Status != "paid" {
				continue
			}
			if err := s.givesBack(attempt)(ctx); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

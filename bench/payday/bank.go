package payday

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/rpc"
	"net/url"
	"sync"
	"time"

	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/payments"
)

// A Counter is a bank in a program of its own, that remembers what the town forgets
// when it dies: it charges, and reports that again and again until it is heard.
// Programs call it by net/rpc.
type Counter struct {
	bank *payments.Sandbox

	mu      sync.Mutex
	ahead   time.Duration // of the clock
	letters []letter
	sending int
}

// A letter is a report on its way.
type letter struct {
	payments.Message
	at time.Time
}

// openCounter opens a bank with a database of its own.
func openCounter(ctx context.Context, file string, zone *time.Location) (*Counter, error) {
	d, err := db.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, "payments", payments.Files); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	c := &Counter{}
	c.bank = &payments.Sandbox{DB: d, Now: c.now, Zone: zone, Key: bankKey}
	c.bank.Tell = jobs.By(c.tell)
	return c, nil
}

// bankKey is what the bank signs by.
var bankKey = []byte("the bank of payday")

func (c *Counter) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// tell posts a letter. The network takes a fifth of a second, or some.
func (c *Counter) tell(_ context.Context, _ *db.Tx, m payments.Message, at time.Time) error {
	wait := rand.N(200 * time.Millisecond)
	if rand.IntN(20) == 0 {
		wait = rand.N(5 * time.Second)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.letters = append(c.letters, letter{m, at.Add(wait)})
	return nil
}

// run brings letters until ctx ends. One that nobody takes is brought again.
func (c *Counter) run(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
		for _, l := range c.due() {
			go func() {
				sending, cancel := context.WithTimeout(ctx, 5*time.Second)
				defer cancel()
				err := c.bank.Deliver(sending, l.Message)
				c.mu.Lock()
				defer c.mu.Unlock()
				if c.sending--; err != nil {
					c.letters = append(c.letters, letter{l.Message, time.Now().Add(c.ahead + 300*time.Millisecond)})
				}
			}()
		}
	}
}

func (c *Counter) due() (due []letter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var later []letter
	for _, l := range c.letters {
		if l.at.After(time.Now().Add(c.ahead)) {
			later = append(later, l)
		} else {
			due = append(due, l)
		}
	}
	c.letters, c.sending = later, c.sending+len(due)
	return due
}

// waiting returns how many letters have not been taken.
func (c *Counter) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.letters) + c.sending
}

// skip sets the clock forward.
func (c *Counter) skip(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// serve answers calls at a socket until it is closed.
func (c *Counter) serve(socket string) (net.Listener, error) {
	server := rpc.NewServer()
	if err := server.Register(c); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil { // it was closed
				return
			}
			go server.ServeConn(conn)
		}
	}()
	return listener, nil
}

// An Opening is a [payments.Beginning] on its way.
type Opening struct {
	Attempt      string
	Amount       money.Bani
	Back, Notify string
}

// Begin opens a payment. Of a hundred calls, the answer to three is lost.
func (c *Counter) Begin(o Opening, begun *payments.Begun) (err error) {
	back, err1 := url.Parse(o.Back)
	notify, err2 := url.Parse(o.Notify)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	*begun, err = c.bank.Begin(context.Background(), payments.Beginning{Attempt: o.Attempt, Amount: o.Amount, Return: *back, Notify: *notify})
	if err == nil && rand.IntN(100) < 3 {
		err = errLine
	}
	return err
}

// Ask says what became of a payment.
func (c *Counter) Ask(q payments.Question, out *payments.Outcome) (err error) {
	*out, err = c.bank.Ask(context.Background(), q)
	return err
}

// Statement says what happened on a day.
func (c *Counter) Statement(day deadline.Date, all *[]payments.Transaction) (err error) {
	*all, err = c.bank.Statement(context.Background(), day)
	return err
}

// Decide has who pays end a payment, and says how. One charge in fifty is given back
// soon after.
func (c *Counter) Decide(attempt string, status *string) error {
	*status = "paid"
	if rand.IntN(100) < 8 {
		*status = "refused"
	}
	tricks := payments.Hostile(rand.Uint64())(attempt)
	if rand.IntN(20) == 0 {
		tricks = append(tricks, payments.Lose)
	}
	if rand.IntN(50) == 0 {
		time.AfterFunc(rand.N(2*time.Second), func() { _ = c.bank.GiveBack(context.Background(), attempt) }) // does nothing to what was refused
	}
	return c.bank.Decide(context.Background(), attempt, *status, tricks...)
}

// A line is the bank as a program has it that calls its counter.
type line struct {
	calls *rpc.Client
	*payments.Sandbox
}

// Begin implements [payments.Provider].
func (l line) Begin(_ context.Context, b payments.Beginning) (begun payments.Begun, err error) {
	err = l.call("Begin", Opening{b.Attempt, b.Amount, b.Return.String(), b.Notify.String()}, &begun)
	return begun, err
}

// Ask implements [payments.Provider].
func (l line) Ask(_ context.Context, q payments.Question) (out payments.Outcome, err error) {
	err = l.call("Ask", q, &out)
	return out, err
}

// Statement implements [payments.Provider].
func (l line) Statement(_ context.Context, day deadline.Date) (all []payments.Transaction, err error) {
	err = l.call("Statement", day, &all)
	return all, err
}

func (l line) call(what string, args, reply any) error {
	err := l.calls.Call("Counter."+what, args, reply)
	if err != nil && err.Error() == payments.ErrNotThere.Error() {
		return payments.ErrNotThere
	}
	return err
}

package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// patience is how long a write is tried again. A number of tries would not do:
// on a busy row a few unlucky writers lose twenty times in a row.
const patience = 10 * time.Second

// together is how many writes of one line share a transaction at most. More
// would make the first of them wait for the last without saving much.
const together = 64

// Write runs fn in a serializable transaction, which commits if fn returns nil.
// It runs fn again if another transaction got in the way, so fn must have no
// effect but through tx. The context that fn gets is of no use to the DB.
//
// Writes that are known to meet on a row, such as a counter, name the same
// line. They queue for each other within this program, and those that wait
// share the next transaction, each behind a savepoint: one sync of the disk
// then does for all. SQLite has one writer, so there all writes are one line.
//
// If there is no connection for too long, fn does not come to an end, or others get in the
// way all the time, the error wraps [context.DeadlineExceeded].
func (d *DB) Write(ctx context.Context, line string, fn func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(inside{}) != nil {
		return ErrInside
	}
	w := &write{ctx: ctx, fn: fn, patience: d.patience, turn: make(chan bool, 1)}
	if !d.postgres {
		return d.lines.get("").join(d, w)
	}
	if line == "" {
		d.carry([]*write{w})
		return w.outcome()
	}
	return d.lines.get(line).join(d, w)
}

// A write is one call of [DB.Write].
type write struct {
	ctx      context.Context
	fn       func(ctx context.Context, tx *Tx) error
	patience time.Duration
	err      error
	panicked any
	turn     chan bool // false: it is done; true: its caller leads the line now
}

func (w *write) outcome() error {
	if w.panicked != nil {
		panic(w.panicked)
	}
	return w.err
}

// lines are the queues of a database, by name.
type lines struct {
	mu  sync.Mutex
	all map[string]*queue
}

func (l *lines) get(name string) *queue {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]*queue{}
	}
	if l.all[name] == nil {
		l.all[name] = &queue{}
	}
	return l.all[name]
}

// A queue is led by one of those who wait in it: it carries out the writes of
// all, and then hands the lead to the first who came meanwhile.
type queue struct {
	mu      sync.Mutex
	waiting []*write
	led     bool
}

func (q *queue) join(d *DB, w *write) error {
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	lead := !q.led
	q.led = true
	q.mu.Unlock()
	if !lead && !<-w.turn {
		return w.outcome()
	}
	q.mu.Lock()
	batch := q.waiting[:min(len(q.waiting), together)]
	q.waiting = slices.Clone(q.waiting[len(batch):])
	q.mu.Unlock()

	d.carry(batch)

	q.mu.Lock()
	defer q.mu.Unlock()
	for _, other := range batch {
		if other != w {
			other.turn <- false
		}
	}
	if len(q.waiting) > 0 {
		q.waiting[0].turn <- true
	} else {
		q.led = false
	}
	return w.outcome()
}

// carry carries out writes in one transaction, again and again while others
// get in the way. Afterwards each of them has its outcome.
func (d *DB) carry(batch []*write) {
	until := time.Now().Add(d.patience)
	for try := 1; ; try++ {
		err := d.carryOnce(batch)
		if err == nil {
			return
		}
		tired := slices.Contains(raced, code(err)) && time.Now().After(until)
		if tired {
			err = fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
		}
		if tired || !slices.Contains(raced, code(err)) {
			for _, w := range batch {
				w.err = err
			}
			return
		}
		time.Sleep(rand.N(time.Millisecond << min(try, 7)))
	}
}

// late makes an error wrap [context.DeadlineExceeded] if the time of ctx has run out:
// what a driver then says is "interrupted", or that the transaction is over.
func late(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != context.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
}

// carryOnce returns an error if the transaction as a whole failed.
func (d *DB) carryOnce(batch []*write) (err error) {
	// The transaction outlives each single caller: who gives up waiting must
	// not take the others' writes with them.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(batch[0].ctx), d.patience)
	defer cancel()
	defer func() { err = late(ctx, err) }()
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	sqltx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer sqltx.Rollback() // does nothing after Commit
	tx, done := &Tx{tx: sqltx}, 0
	if d.postgres {
		tx.later.conn = conn
	}
	for _, w := range batch {
		if w.err = w.ctx.Err(); w.err != nil {
			continue
		}
		if len(batch) == 1 {
			if w.run(tx); w.err != nil || w.panicked != nil {
				return onlyRaced(w.err)
			}
			done++
			continue
		}
		if err := w.runBehindSavepoint(ctx, tx); err != nil {
			return err
		}
		if w.err == nil && w.panicked == nil {
			done++
		}
	}
	if done == 0 {
		return nil
	}
	return sqltx.Commit()
}

// runBehindSavepoint runs a write so that its failure undoes it alone.
func (w *write) runBehindSavepoint(ctx context.Context, tx *Tx) error {
	if _, err := tx.tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	w.run(tx)
	if err := onlyRaced(w.err); err != nil {
		return err
	}
	if w.err != nil || w.panicked != nil {
		if _, err := tx.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one"); err != nil {
			return err
		}
	}
	_, err := tx.tx.ExecContext(ctx, "RELEASE SAVEPOINT one")
	return err
}

// run calls fn. What its caller would have to hear it tells the caller alone.
func (w *write) run(tx *Tx) {
	w.err, w.panicked = nil, nil
	defer func() { w.panicked = recover() }()
	ctx, cancel := context.WithTimeout(context.WithValue(context.WithoutCancel(w.ctx), inside{}, true), w.patience)
	defer cancel()
	tx.later.forget()
	if w.err = w.fn(ctx, tx); w.err == nil {
		w.err = tx.flush(ctx)
	}
	w.err = late(ctx, w.err)
}

// onlyRaced returns err if it asks for another try of the whole transaction.
func onlyRaced(err error) error {
	if slices.Contains(raced, code(err)) {
		return fmt.Errorf("raced: %w", err)
	}
	return nil
}

// ErrInside is returned by a [DB] that is used inside a transaction, where only
// the [Tx] may be: it would not see the changes, or wait for itself forever.
var ErrInside = errors.New("db: the database is used inside a transaction")

// Package jobs does later what need not, or must not, be done during an act:
// mails, scans, reminders, calls to other programs.
//
// A job is added in the transaction of the act that it follows from, so there is
// no letter about what was rolled back, and no decision without its letter. It
// is done at least once: a program that dies during a job leaves it to the next
// one. So what a job does has to bear being done twice.
//
// River keeps the jobs, in tables river_… of the same database. Only this
// package knows that.
package jobs

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"bega/internal/db"
)

const (
	// limit is how long a job may take before its context ends. One that needs
	// longer does a part, and adds a job for the rest.
	limit = 5 * time.Minute
	// rescue is after how long a job is taken from a program that has not
	// finished it, and must have died.
	rescue = limit + time.Minute
	// notice is how long those who run jobs get to finish when the program stops.
	notice = 30 * time.Second
	// poll is how often a program looks for jobs that others have added.
	poll = 250 * time.Millisecond
	// memory is how long jobs are remembered that are done, and that have failed.
	memory, failedMemory = time.Hour, 30 * 24 * time.Hour
)

// A Config says what a [Queue] works with.
type Config struct {
	DB      *db.DB
	Log     *slog.Logger     // nil for none
	Workers int              // how many jobs this program does at a time; 0 means 4
	Now     func() time.Time // nil for the clock of the database, which all programs share
	Busy    func() bool      // tells that people wait: then jobs that begin are done one by one; nil for never
}

// A Queue keeps jobs in the database and works on them.
type Queue struct {
	db      *db.DB
	log     *slog.Logger
	now     func() time.Time
	driver  riverdriver.Driver[*sql.Tx]
	client  *river.Client[*sql.Tx]
	workers *river.Workers
	busy    func() bool
	alone   chan struct{} // held by the job that is done while people wait
}

// New returns a queue in a database. It can be added to at once, also by a
// program that never calls [Queue.Run] and leaves the work to others.
func New(c Config) (*Queue, error) {
	q := &Queue{db: c.DB, log: c.Log, now: time.Now, workers: river.NewWorkers(), busy: c.Busy, alone: make(chan struct{}, 1)}
	if q.log == nil {
		q.log = slog.New(slog.DiscardHandler)
	}
	if c.Workers == 0 {
		c.Workers = 4
	}
	q.driver = riversqlite.New(c.DB.Raw())
	if c.DB.Postgres() {
		q.driver = riverdatabasesql.New(c.DB.Raw())
	}
	config := &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Workers}},
		Workers:                     q.workers,
		PollOnly:                    true, // listening would keep a connection, or poll twenty times a second
		FetchPollInterval:           poll,
		FetchCooldown:               20 * time.Millisecond,
		JobTimeout:                  limit,
		RescueStuckJobsAfter:        rescue,
		SoftStopTimeout:             notice,
		CompletedJobRetentionPeriod: memory,
		DiscardedJobRetentionPeriod: failedMemory,
		ErrorHandler:                faults{q.log},
		Logger:                      slog.New(serious{q.log.Handler()}),
	}
	if c.Now != nil {
		q.now = c.Now
		config.Test.Time = clock(c.Now)
	}
	var err error
	q.client, err = river.NewClient(q.driver, config)
	return q, err
}

// Migrate makes or changes the tables of the queue. On PostgreSQL, any number of
// programs may migrate at the same time; on SQLite, only one.
func (q *Queue) Migrate(ctx context.Context) error {
	if q.db.Postgres() {
		unlock, err := q.lock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: slog.New(serious{q.log.Handler()})})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// args are the arguments of any job. River wants a type for each kind, and takes
// this one for all; it does not take JSON that is no object.
type args struct {
	kind string
	Args json.RawMessage `json:"args"`
}

// Kind is what River calls a job.
func (a args) Kind() string { return a.kind }

// A Kind is a kind of job, with arguments of type T. They are kept as JSON, and
// hold IDs alone: who runs the queue can read them.
type Kind[T any] struct {
	queue *Queue
	name  string
	by    func(ctx context.Context, tx *db.Tx, a T, at time.Time) error // nil for a queue
}

// Handle says how jobs of a kind are done. The name, such as "notices_deliver",
// stays the same for good: jobs of an earlier release bear it. Handle is called
// before [Queue.Run], and panics if the kind already has a handler.
//
// A job that returns an error is done again: after a second, 16 seconds, 81
// seconds and so on, 25 times over about three weeks unless [Retry] says
// otherwise. Its context ends after five minutes.
func Handle[T any](q *Queue, name string, work func(ctx context.Context, args T) error) Kind[T] {
	river.AddWorkerArgs(q.workers, args{kind: name}, river.WorkFunc(func(ctx context.Context, job *river.Job[args]) error {
		var a T
		if err := json.Unmarshal(job.Args.Args, &a); err != nil {
			return river.JobCancel(err) // it will not be better the next time
		}
		done, err := q.turn(ctx)
		if err != nil {
			return err
		}
		defer done()
		return work(ctx, a)
	}))
	return Kind[T]{queue: q, name: name}
}

// turn waits until a job may begin. It is over when done is called.
func (q *Queue) turn(ctx context.Context) (done func(), err error) {
	if q.busy == nil || !q.busy() {
		return func() {}, nil
	}
	select {
	case q.alone <- struct{}{}:
		return func() { <-q.alone }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// By returns a kind whose jobs go to add and to no queue, with the time at which they
// are to be done, zero for now. It is for simulations, which have a clock and an
// order of their own. Add may be told of what is then rolled back.
func By[T any](add func(ctx context.Context, tx *db.Tx, a T, at time.Time) error) Kind[T] {
	return Kind[T]{by: add}
}

// An Option says more about a job.
type Option func(*options)

type options struct {
	river.InsertOpts
	unique bool
}

// At has a job done at a time, or some seconds after, and not before.
func At(t time.Time) Option { return func(o *options) { o.ScheduledAt = t } }

// Retry has a job done at most n times, until it returns no error.
func Retry(n int) Option { return func(o *options) { o.MaxAttempts = n } }

// Unique has a job added only if none of the same kind and arguments, that was
// also added as unique, is waiting, be it for a later time. One that has begun
// does not count: it may have missed what this one is about.
func Unique() Option { return func(o *options) { o.unique = true } }

// Add adds a job to a transaction. It begins after that has been committed.
func (k Kind[T]) Add(ctx context.Context, tx *db.Tx, a T, opts ...Option) error {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	if k.by != nil {
		return k.by(ctx, tx, a, o.ScheduledAt)
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if o.unique {
		sum := sha256.Sum256(text)
		key := hex.EncodeToString(sum[:])
		if waits, err := touch(ctx, tx, k.name, key); err != nil || waits {
			return err
		}
		o.Metadata = fmt.Appendf(nil, `{"bega_unique":%q}`, key)
	}
	_, err = k.queue.client.InsertManyFastTx(ctx, tx.Raw(), []river.InsertManyParams{{Args: args{k.name, text}, InsertOpts: &o.InsertOpts}})
	return err
}

// Every has work done again and again, on one program at a time: for the first
// time soon after the start of a program, and then at intervals of a second at
// least, which may become longer but not shorter. It is called before
// [Queue.Run]. A run that fails three times is among the failed jobs until the next
// run.
func (q *Queue) Every(name string, interval time.Duration, work func(ctx context.Context) error) {
	river.AddWorkerArgs(q.workers, args{kind: name}, river.WorkFunc(func(ctx context.Context, job *river.Job[args]) error {
		if err := q.forget(ctx, name); err != nil {
			return err
		}
		return work(ctx)
	}))
	q.client.PeriodicJobs().Add(river.NewPeriodicJob(
		river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) {
			return args{name, json.RawMessage(`{}`)}, &river.InsertOpts{
				MaxAttempts: 3, // a program may die in the middle of a run
				UniqueOpts: river.UniqueOpts{ByState: []rivertype.JobState{rivertype.JobStateAvailable,
					rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled}},
			}
		},
		&river.PeriodicJobOpts{RunOnStart: true},
	))
}

// Run works on the queue until ctx ends. Then it begins nothing more, waits for
// what it has begun, half a minute at most, and returns.
func (q *Queue) Run(ctx context.Context) error {
	if !q.db.Postgres() {
		// Nobody else works on this file. What looks as if it did is from a
		// program that died.
		if err := q.takeOver(ctx); err != nil {
			return err
		}
	}
	if err := q.client.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("jobs: %w", err)
	}
	<-q.client.Stopped()
	return nil
}

// Health says how the queue is doing.
type Health struct {
	Waiting int           // jobs that are due and not done, those in work included
	Failed  int           // jobs that were given up
	Oldest  time.Duration // how long the first of those that have not begun is due
}

// Health returns how the queue is doing, on all programs.
func (q *Queue) Health(ctx context.Context) (Health, error) {
	h, err := q.count(ctx)
	if err != nil {
		return h, err
	}
	first, err := q.client.JobList(ctx, river.NewJobListParams().
		States(rivertype.JobStateAvailable).OrderBy(river.JobListOrderByScheduledAt, river.SortOrderAsc).First(1))
	if err != nil {
		return h, err
	}
	for _, job := range first.Jobs {
		h.Oldest = max(0, q.now().Sub(job.ScheduledAt))
	}
	return h, nil
}

// A FailedJob is one that was given up: it will not be done again by itself.
type FailedJob struct {
	ID    int64
	Kind  string
	At    time.Time // when it was given up
	Tries int
	Error string // what went wrong the last time
}

// Failed returns the jobs that were given up in the last 30 days, the latest
// first.
func (q *Queue) Failed(ctx context.Context, limit int) ([]FailedJob, error) {
	list, err := q.client.JobList(ctx, river.NewJobListParams().
		States(rivertype.JobStateDiscarded).OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc).First(limit))
	if err != nil {
		return nil, err
	}
	var failed []FailedJob
	for _, job := range list.Jobs {
		f := FailedJob{ID: job.ID, Kind: job.Kind, At: *job.FinalizedAt, Tries: job.Attempt}
		if n := len(job.Errors); n > 0 {
			f.Error = job.Errors[n-1].Error
		}
		failed = append(failed, f)
	}
	return failed, nil
}

// RetryFailed has a job that was given up tried once more. It returns
// [db.ErrNone] if there is no such job.
func (q *Queue) RetryFailed(ctx context.Context, id int64) error {
	job, err := q.client.JobGet(ctx, id)
	if errors.Is(err, river.ErrNotFound) || err == nil && job.State != rivertype.JobStateDiscarded {
		return db.ErrNone
	}
	if err == nil {
		_, err = q.client.JobRetry(ctx, id)
	}
	return err
}

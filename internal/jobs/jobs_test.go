package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/jobs"
)

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

// open returns a queue in an empty database.
func open(t *testing.T, d *db.DB) *jobs.Queue {
	t.Helper()
	q, err := jobs.New(jobs.Config{DB: d, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return q
}

// run works on a queue until stop is called, or the test ends.
func run(t *testing.T, q *jobs.Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if err := q.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); group.Wait() })
	t.Cleanup(stop)
	return stop
}

// add adds jobs in one transaction, which ends with err.
func add[T any](t *testing.T, d *db.DB, k jobs.Kind[T], err error, args T, opts ...jobs.Option) {
	t.Helper()
	got := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(k.Add(ctx, tx, args, opts...), err)
	})
	if !errors.Is(got, err) {
		t.Fatal(got)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("this never happened: ", what)
		}
	}
}

// idle waits until nothing is waiting.
func idle(t *testing.T, q *jobs.Queue) {
	t.Helper()
	eventually(t, "all jobs are done", func() bool {
		h, err := q.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h.Waiting == 0
	})
}

// A list is written by several jobs.
type list struct {
	mu  sync.Mutex
	all []string
}

func (l *list) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, s)
}

func (l *list) sorted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(slices.Values(l.all))
}

func TestProgramsMayMigrateTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var group sync.WaitGroup
		for range 4 {
			if group.Go(func() { open(t, d) }); !d.Postgres() {
				group.Wait()
			}
		}
		group.Wait()
	})
}

func TestAJobFollowsFromWhatWasCommitted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d)
		var got list
		letter := jobs.Handle(q, "notices_letter", func(_ context.Context, to string) error { got.add(to); return nil })
		add(t, d, letter, errors.New("change of mind"), "nobody")
		add(t, d, letter, nil, "ana")
		run(t, q)
		add(t, d, letter, nil, "ion")
		add(t, d, letter, errors.New("change of mind"), "nobody")
		idle(t, q)
		if want := []string{"ana", "ion"}; !slices.Equal(got.sorted(), want) {
			t.Errorf("letters went to %q, want %q", got.sorted(), want)
		}
	})
}

func TestWhatFailsIsTriedAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d)
		type mail struct{ ID string }
		var tries atomic.Int32
		var works atomic.Bool
		work := func(_ context.Context, m mail) error {
			if tries.Add(1); works.Load() {
				return nil
			} else if m.ID == "panic" {
				panic("no such person")
			}
			return errors.New("the mail server is down")
		}
		k := jobs.Handle(q, "notices_deliver", work)
		run(t, q)
		add(t, d, k, nil, mail{"0193"}, jobs.Retry(2))
		eventually(t, "the job is given up", func() bool {
			h, err := q.Health(t.Context())
			return err == nil && h.Failed == 1
		})
		if n := tries.Load(); n != 2 {
			t.Errorf("it was tried %d times, want 2", n)
		}
		failed, err := q.Failed(t.Context(), 10)
		if err != nil || len(failed) != 1 || failed[0].Kind != "notices_deliver" || failed[0].Tries != 2 ||
			failed[0].Error != "the mail server is down" || time.Since(failed[0].At) > time.Minute {
			t.Fatalf("Failed = %+v, %v", failed, err)
		}
		works.Store(true)
		if err := q.RetryFailed(t.Context(), failed[0].ID); err != nil {
			t.Fatal(err)
		}
		idle(t, q)
		for _, id := range []int64{failed[0].ID, failed[0].ID + 100} { // done; never there
			if err := q.RetryFailed(t.Context(), id); err != db.ErrNone {
				t.Errorf("RetryFailed = %v, want %v", err, db.ErrNone)
			}
		}
		if h, err := q.Health(t.Context()); err != nil || h != (jobs.Health{}) {
			t.Errorf("Health = %+v, %v, want nothing to do and nothing wrong", h, err)
		}
		works.Store(false)
		add(t, d, k, nil, mail{"panic"}, jobs.Retry(1))
		eventually(t, "a panic is a failure", func() bool {
			failed, err := q.Failed(t.Context(), 10)
			return err == nil && len(failed) == 1
		})
	})
}

// TestUniqueIsAboutWhatIsWaiting: many ask for the same at the same time, and
// again while it is being done.
func TestUniqueIsAboutWhatIsWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d)
		var got list
		begun, finish := make(chan bool, 9), make(chan bool)
		k := jobs.Handle(q, "notices_digest", func(_ context.Context, who string) error {
			begun <- true
			<-finish
			got.add(who)
			return nil
		})
		ask := func() {
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() { add(t, d, k, nil, "ana", jobs.Unique()) })
			}
			group.Wait()
		}
		ask()
		add(t, d, k, nil, "ion", jobs.Unique())
		waiting := func(want int) {
			t.Helper()
			if h, err := q.Health(t.Context()); err != nil || h.Waiting != want {
				t.Errorf("Health = %+v, %v, want %d waiting", h, err, want)
			}
		}
		waiting(2)
		run(t, q)
		<-begun
		<-begun
		ask()
		waiting(3)
		close(finish)
		idle(t, q)
		if want := []string{"ana", "ana", "ion"}; !slices.Equal(got.sorted(), want) {
			t.Errorf("done were %q, want %q", got.sorted(), want)
		}
		add(t, d, k, nil, "ana")
		add(t, d, k, nil, "ana")
		idle(t, q)
		if n := len(got.sorted()); n != 5 {
			t.Errorf("of two jobs that need not be unique, %d were done", n-3)
		}
	})
}

func TestAtIsNotBefore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var ahead atomic.Int64 // how much the clock of the town is
		now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		q, err := jobs.New(jobs.Config{DB: d, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got list
		k := jobs.Handle(q, "cases_remind", func(_ context.Context, id string) error { got.add(id); return nil })
		run(t, q)
		add(t, d, k, nil, "tomorrow", jobs.At(now().Add(24*time.Hour)))
		add(t, d, k, nil, "soon", jobs.At(now().Add(time.Second)))
		eventually(t, "the first reminder", func() bool { return slices.Equal(got.sorted(), []string{"soon"}) })
		idle(t, q)
		ahead.Store(int64(25 * time.Hour))
		eventually(t, "the second reminder", func() bool { return slices.Equal(got.sorted(), []string{"soon", "tomorrow"}) })
	})
}

// TestEveryIsOnOneProgramAtATime runs two programs on one database.
func TestEveryIsOnOneProgramAtATime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var runs, at, most atomic.Int32
		var fails atomic.Bool
		fails.Store(true)
		tick := func(context.Context) error {
			runs.Add(1)
			most.Store(max(most.Load(), at.Add(1)))
			defer at.Add(-1)
			time.Sleep(1500 * time.Millisecond) // longer than the interval
			if fails.Load() {
				return errors.New("not yet")
			}
			return nil
		}
		q := open(t, d)
		q.Every("portal_tick", time.Second, tick)
		run(t, q)
		if d.Postgres() { // a file has one program
			other := open(t, d)
			other.Every("portal_tick", time.Second, tick)
			run(t, other)
		}
		eventually(t, "three runs", func() bool { return runs.Load() >= 3 })
		if h, err := q.Health(t.Context()); err != nil || h.Failed > 1 {
			t.Errorf("Health = %+v, %v: one failure is enough to know", h, err)
		}
		fails.Store(false)
		eventually(t, "a run that succeeds", func() bool {
			h, err := q.Health(t.Context())
			return err == nil && h.Failed == 0
		})
		if n := most.Load(); n != 1 {
			t.Errorf("%d ran at the same time", n)
		}
	})
}

func TestRunFinishesWhatItHasBegun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d)
		var got list
		begun := make(chan bool)
		k := jobs.Handle(q, "folder_export", func(ctx context.Context, id string) error {
			begun <- true
			time.Sleep(300 * time.Millisecond)
			got.add(id)
			return ctx.Err()
		})
		stop := run(t, q)
		add(t, d, k, nil, "first")
		<-begun
		stop()
		if want := []string{"first"}; !slices.Equal(got.sorted(), want) {
			t.Errorf("Run returned when %q were done, want %q", got.sorted(), want)
		}
		add(t, d, k, nil, "second")
		if h, err := q.Health(t.Context()); err != nil || h.Waiting != 1 {
			t.Errorf("Health = %+v, %v, want the second job alone waiting", h, err)
		}
		if h, err := q.Health(t.Context()); err != nil || h.Oldest <= 0 || h.Oldest > time.Minute {
			t.Errorf("Health = %+v, %v, want how long the job waits", h, err)
		}
	})
}

// TestAProgramThatDiedLosesNothing leaves a job as such a program would.
func TestAProgramThatDiedLosesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d)
		var got list
		k := jobs.Handle(q, "notices_post", func(_ context.Context, id string) error { got.add(id); return nil })
		add(t, d, k, nil, "0193")
		err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = '2026-01-01 00:00:00'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		run(t, q)
		eventually(t, "the job is done", func() bool { return len(got.sorted()) == 1 })
	})
}

// TestAProgramThatWasKilledLosesNothing starts a program in another process, and
// kills it while it works.
func TestAProgramThatWasKilledLosesNothing(t *testing.T) {
	file := os.Getenv("BEGA_TEST_JOBS_FILE")
	child := file != ""
	if !child {
		file = filepath.Join(t.TempDir(), "town")
	}
	d, err := db.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	q := open(t, d)
	done := make(chan string, 9)
	k := jobs.Handle(q, "notices_deliver", func(_ context.Context, id string) error {
		if child {
			os.Stdout.WriteString("working\n")
			select {} // until it is killed
		}
		done <- id
		return nil
	})
	if child {
		run(t, q)
		time.Sleep(patience)
		return
	}
	add(t, d, k, nil, "0193", jobs.Retry(1))
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "BEGA_TEST_JOBS_FILE="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "working\n" {
		t.Errorf("the other program says %q, %v", line, err)
	}
	if err := errors.Join(cmd.Process.Kill(), cmd.Wait()); cmd.ProcessState.Exited() {
		t.Fatal(err)
	}
	run(t, q)
	if id := <-done; id != "0193" {
		t.Errorf("job %s was done", id)
	}
	idle(t, q)
}

// TestJobsAndPagesShareTheDatabase: a queue with much to do does not keep the
// acts of people waiting, and neither blocks the other.
func TestJobsAndPagesShareTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d)
		const many = 200
		var done atomic.Int32
		var next jobs.Kind[int]
		next = jobs.Handle(q, "portal_chain", func(ctx context.Context, n int) error {
			done.Add(1)
			if n == 0 {
				return nil
			}
			return d.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return next.Add(ctx, tx, n-1) })
		})
		run(t, q)
		for range many {
			add(t, d, next, nil, 1)
		}
		var slowest time.Duration
		for range many {
			began := time.Now()
			add(t, d, next, nil, 0, jobs.Unique())
			slowest = max(slowest, time.Since(began))
		}
		idle(t, q)
		if n := done.Load(); n < 2*many+1 {
			t.Errorf("%d jobs were done, want %d at least", n, 2*many+1)
		}
		t.Log("the slowest act took", slowest)
		if slowest > 3*time.Second {
			t.Errorf("an act took %v beside the queue", slowest)
		}
	})
}

func TestWhoNeverRunsMayAdd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		page, worker := open(t, d), open(t, d)
		var got list
		work := func(_ context.Context, id string) error { got.add(id); return nil }
		k := jobs.Handle(page, "notices_deliver", work)
		jobs.Handle(worker, "notices_deliver", work)
		add(t, d, k, nil, "0193")
		run(t, worker)
		eventually(t, "the other does it", func() bool { return len(got.sorted()) == 1 })
	})
}

// TestBy: what looks after its jobs itself is told of them, with their time, in the
// transaction.
func TestBy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)
		var got []string
		k := jobs.By(func(_ context.Context, tx *db.Tx, a string, at time.Time) error {
			if tx == nil {
				t.Error("no transaction")
			}
			got = append(got, a+" "+at.Format(time.TimeOnly))
			return nil
		})
		add(t, d, k, nil, "one", jobs.At(at))
		add(t, d, k, nil, "two")
		if !slices.Equal(got, []string{"one 10:00:00", "two 00:00:00"}) {
			t.Errorf("told of %q", got)
		}
	})
}

// TestJobsLeaveTheMachineToThoseWhoWait holds for those that begin then.
func TestJobsLeaveTheMachineToThoseWhoWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var busy atomic.Bool
		busy.Store(true)
		q, err := jobs.New(jobs.Config{DB: d, Workers: 4, Busy: busy.Load})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var at, most, done atomic.Int32
		seal := jobs.Handle(q, "seal", func(context.Context, int) error {
			n := at.Add(1)
			defer at.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(20 * time.Millisecond)
			if done.Add(1) == 8 {
				busy.Store(false)
			}
			return nil
		})
		for i := range 8 {
			add(t, d, seal, nil, i)
		}
		run(t, q)
		idle(t, q)
		if n := most.Load(); n != 1 {
			t.Errorf("%d at a time while people wait", n)
		}
		most.Store(0)
		for i := range 16 {
			add(t, d, seal, nil, i)
		}
		idle(t, q)
		if n := most.Load(); n < 2 {
			t.Errorf("%d at a time when nobody does", n)
		}
	})
}

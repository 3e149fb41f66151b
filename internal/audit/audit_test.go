package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/audit"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

var ana = act.Actor{Person: "ana", For: "ana", Level: act.Verified}

// open returns the register of an empty town and the chain over it.
func open(t testing.TB, d *db.DB) (*act.Register, *audit.Register) {
	t.Helper()
	if err := errors.Join(d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "audit", audit.Files)); err != nil {
		t.Fatal(err)
	}
	return &act.Register{DB: d, Now: time.Now}, &audit.Register{DB: d, Now: time.Now}
}

// do has Ana do n things.
func do(t testing.TB, acts *act.Register, n int) {
	t.Helper()
	for i := range n {
		on := act.On{Subject: fmt.Sprint("case ", i), Owner: "ana", Unit: "urbanism", Case: fmt.Sprint(i), Purpose: "cases.why"}
		err := acts.Do(t.Context(), ana, act.WithdrawCase, func(_ context.Context, tx *act.Tx) error { return tx.Allow(on) })
		if err != nil {
			t.Error(err)
		}
	}
}

// link links what is not linked, and wants it to be n acts.
func link(t testing.TB, r *audit.Register, n int) {
	t.Helper()
	if got, err := r.Link(t.Context()); err != nil || got != n {
		t.Fatalf("Link = %d, %v, want %d", got, err, n)
	}
}

func head(t *testing.T, r *audit.Register) audit.Head {
	t.Helper()
	h, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// found returns what Verify finds, such as "changed 3".
func found(t *testing.T, r *audit.Register, remembered *audit.Head) (all []string) {
	t.Helper()
	err := r.Verify(t.Context(), remembered, nil)
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatal(err)
	}
	for _, err := range joined.Unwrap() {
		fault, ok := errors.AsType[*audit.Fault](err)
		if !ok || !strings.HasPrefix(fault.Error(), "audit: ") {
			t.Fatal(err)
		}
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%s %d", fault.Kind, fault.Index), " 0"))
	}
	return all
}

func TestLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		acts, r := open(t, d)
		link(t, r, 0)
		if h := head(t, r); h != (audit.Head{}) {
			t.Errorf("the head of nothing is %+v", h)
		}
		do(t, acts, 3)
		link(t, r, 3)
		link(t, r, 0)
		first := head(t, r)
		if first.Index != 3 || first.Hash == (audit.Hash{}) || time.Since(first.At) > time.Minute {
			t.Errorf("the head is %+v", first)
		}
		do(t, acts, 600) // several transactions
		link(t, r, 600)
		var done, total int
		err := r.Verify(t.Context(), &first, func(n, of int) { done, total = n, of })
		if err != nil || done != 603 || total != 603 {
			t.Errorf("Verify = %v, after %d of %d", err, done, total)
		}
		text, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		var again audit.Head
		if err := json.Unmarshal(text, &again); err != nil || again.Hash != first.Hash || again.Index != 3 {
			t.Errorf("%s was read as %+v, %v", text, again, err)
		}
		if err := json.Unmarshal([]byte(`{"Hash":"00"}`), &again); err == nil {
			t.Error("half a hash was read")
		}
	})
}

// exec changes the database as whoever has its password can.
func exec(t *testing.T, d *db.DB, statements ...func(ctx context.Context, tx *db.Tx) (int64, error)) {
	t.Helper()
	for _, statement := range statements {
		err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			n, err := statement(ctx, tx)
			if err == nil && n == 0 {
				return errors.New("nothing was changed")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhateverIsChangedShows does what somebody with the password of the database
// could do to a chain of ten acts, of which six were remembered.
func TestWhateverIsChangedShows(t *testing.T) {
	type change = func(ctx context.Context, tx *db.Tx) (int64, error)
	for _, test := range []struct {
		name      string
		changes   []change
		relink    bool     // the program links on afterwards
		want      []string // with the head that was remembered
		unnoticed bool     // without it
	}{
		{name: "nothing", changes: nil},
		{name: "another person", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET person = 'ion' WHERE subject = 'case 3'`)
		}}, want: []string{"changed 4"}},
		{name: "another time", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET at = at + 1 WHERE subject = 'case 0'`)
		}}, want: []string{"changed 1"}},
		{name: "another purpose", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET purpose = '' WHERE subject = 'case 9'`)
		}}, want: []string{"changed 10"}},
		{name: "a letter moved from one column to the next", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET owner = 'an', case_id = 'a' || case_id WHERE subject = 'case 4'`)
		}}, want: []string{"changed 5"}},
		{name: "all acts of somebody", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET owner = 'ion'`)
		}}, want: []string{"changed 1", "changed 2", "changed 3", "changed 4", "changed 5", "changed 6", "changed 7", "changed 8", "changed 9", "changed 10"}},
		{name: "an act less", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM acts WHERE subject = 'case 5'`)
		}}, relink: true, want: []string{"removed 6"}},
		{name: "an act and its link less", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM audit_chain WHERE idx = 2`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM acts WHERE subject = 'case 1'`)
		}}, relink: true, want: []string{"unlinked 2"}},
		{name: "an act and its link less, and the next numbers closed up", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM audit_chain WHERE idx = 2`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM acts WHERE subject = 'case 1'`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET idx = idx + 100 WHERE idx > 2`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET idx = idx - 101 WHERE idx > 100`)
		}}, relink: true, want: []string{"changed 2", "rewritten 6"}},
		{name: "a first link less", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM audit_chain WHERE idx = 1`)
		}}, want: []string{"unlinked 1"}},
		{name: "an act of long ago more", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `INSERT INTO acts (id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose)
				SELECT '019aaaaa-0000-7000-8000-000000000000', at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose
				FROM acts WHERE subject = 'case 7'`)
		}}, relink: true, want: []string{"inserted"}},
		{name: "two acts exchanged in the chain", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET idx = 100 WHERE idx = 3`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET idx = 3 WHERE idx = 8`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET idx = 8 WHERE idx = 100`)
		}}, want: []string{"changed 3", "changed 4", "changed 8", "changed 9"}},
		{name: "two acts exchanged in the register", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET subject = CASE subject WHEN 'case 2' THEN 'case 6' ELSE 'case 2' END
				WHERE subject IN ('case 2', 'case 6')`)
		}}, want: []string{"changed 3", "changed 7"}},
		{name: "another hash", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET hash = $1 WHERE idx = 6`, make([]byte, 32))
		}}, want: []string{"changed 6", "rewritten 6", "changed 7"}},
		{name: "half a hash", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE audit_chain SET hash = $1 WHERE idx = 10`, []byte{1})
		}}, want: []string{"changed 10"}},
		{name: "the end cut off", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM audit_chain WHERE idx > 4`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM acts WHERE subject > 'case 3'`)
		}}, want: []string{"cut 5"}, unnoticed: true},
		{name: "everything removed", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM audit_chain`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM acts`)
		}}, want: []string{"cut 1"}, unnoticed: true},
		{name: "the chain made anew over another register", changes: []change{func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM audit_chain`)
		}, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE acts SET person = 'ion' WHERE subject = 'case 5'`)
		}}, relink: true, want: []string{"rewritten 6"}, unnoticed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				acts, r := open(t, d)
				do(t, acts, 6)
				link(t, r, 6)
				remembered := head(t, r)
				doMore(t, acts)
				link(t, r, 4)
				exec(t, d, test.changes...)
				if test.relink {
					if _, err := r.Link(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if got := found(t, r, &remembered); !slices.Equal(got, test.want) {
					t.Errorf("with a head that was remembered, Verify finds %q, want %q", got, test.want)
				}
				want := slices.DeleteFunc(slices.Clone(test.want), func(s string) bool {
					return strings.HasPrefix(s, "rewritten") || strings.HasPrefix(s, "cut")
				})
				if got := found(t, r, nil); len(got) != len(want) || (len(got) == 0) != (test.unnoticed || test.want == nil) {
					t.Errorf("without, Verify finds %q, want %q", got, want)
				}
			})
		})
	}
}

// doMore has Ana do the cases 6 to 9.
func doMore(t *testing.T, acts *act.Register) {
	t.Helper()
	for i := 6; i < 10; i++ {
		on := act.On{Subject: fmt.Sprint("case ", i), Owner: "ana", Purpose: "cases.why"}
		if err := acts.Do(t.Context(), ana, act.WithdrawCase, func(_ context.Context, tx *act.Tx) error { return tx.Allow(on) }); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothingIsLostBetweenPrograms: two programs link while others write.
func TestNothingIsLostBetweenPrograms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		acts, r := open(t, d)
		again, err := db.Open(t.Context(), dbtest.Name(d))
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		other := &audit.Register{DB: again, Now: time.Now}

		const writers, each = 8, 40
		ctx, stop := context.WithCancel(t.Context())
		var links, writes sync.WaitGroup
		for _, r := range []*audit.Register{r, r, other, other} {
			links.Go(func() {
				for ctx.Err() == nil {
					if _, err := r.Link(ctx); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			})
		}
		for range writers {
			writes.Go(func() { do(t, acts, each) })
		}
		writes.Wait()
		stop()
		links.Wait()
		if _, err := r.Link(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.Verify(t.Context(), nil, nil); err != nil {
			t.Error(err)
		}
		if h := head(t, r); h.Index != writers*each {
			t.Errorf("%d acts are linked, want %d", h.Index, writers*each)
		}
	})
}

// TestWhoCommitsLateIsLinkedLate: on PostgreSQL an act may become visible after
// acts with greater IDs were linked.
func TestWhoCommitsLateIsLinkedLate(t *testing.T) {
	d := dbtest.PostgreSQL(t) // SQLite has one writer at a time
	acts, r := open(t, d)
	entered, commit := make(chan bool), make(chan bool)
	var group sync.WaitGroup
	group.Go(func() {
		once := sync.OnceFunc(func() { entered <- true; <-commit })
		err := acts.Do(t.Context(), ana, act.WithdrawCase, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Also(ctx, act.WithdrawCase, act.On{Subject: "late", Owner: "ana"}); err != nil {
				return err
			}
			once()
			return tx.Allow(act.On{Subject: "late too", Owner: "ana"})
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-entered
	do(t, acts, 2)
	link(t, r, 2)
	close(commit)
	group.Wait()
	link(t, r, 2)
	if err := r.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestLagTellsThatNobodyLinks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		acts, r := open(t, d)
		lag := func() time.Duration {
			t.Helper()
			lag, err := r.Lag(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return lag
		}
		if got := lag(); got != 0 {
			t.Errorf("in an empty town the chain lags %v behind", got)
		}
		do(t, acts, 1)
		link(t, r, 1)
		do(t, acts, 1)
		r.Now = func() time.Time { return time.Now().Add(5 * time.Minute) }
		if got := lag(); got < 5*time.Minute || got > 6*time.Minute {
			t.Errorf("five minutes later the chain lags %v behind", got)
		}
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { r.Run(ctx, func(err error) { t.Error(err) }) })
		for until := time.Now().Add(10 * time.Second); lag() != 0; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("Run links nothing")
			}
		}
		stop()
		group.Wait()
	})
}

// BenchmarkVerify reads 100,000 acts.
func BenchmarkVerify(b *testing.B) {
	d, err := db.Open(b.Context(), b.TempDir()+"/town")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	_, r := open(b, d)
	err = d.Write(b.Context(), "", func(ctx context.Context, tx *db.Tx) error {
		for range 100_000 {
			_, err := tx.Exec(ctx, `INSERT INTO acts (id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose)
				VALUES ($1, 5, 'ana', 'ana', '', '', '', 'cases.read', 'case 0193', 'ana', '0193', '')`, db.NewID())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	link(b, r, 100_000)
	for b.Loop() {
		if err := r.Verify(b.Context(), nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

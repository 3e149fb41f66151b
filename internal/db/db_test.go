package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

var files = fstest.MapFS{
	"migrations/0002_b.sql": {Data: []byte(`INSERT INTO days (day) VALUES (1772436600000000)`)},
	"migrations/0001_a.sql": {Data: []byte(`CREATE TABLE days (day :int NOT NULL UNIQUE):strict;
		CREATE TABLE other (id TEXT, yes :bool, body :json, file :blob):strict`)},
}

func migrate(t *testing.T, d *db.DB) {
	t.Helper()
	for range 2 { // the second time there is nothing left to do
		if err := d.Migrate(t.Context(), "days", files); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		morning := time.Date(2026, 3, 2, 9, 30, 0, 999, time.FixedZone("", 2*60*60))
		insert := func(day any, then error) error {
			return d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO days (day) VALUES ($1)`, day); err != nil {
					return err
				}
				return then
			})
		}
		if err := insert(db.Time(morning), nil); !db.IsDuplicate(err) {
			t.Errorf("inserting the same instant: got %v, want a duplicate", err)
		}
		if err := insert("Monday", nil); err == nil || db.IsDuplicate(err) {
			t.Errorf("inserting text into :int: got %v, want a refusal", err)
		}
		change := errors.New("change of mind")
		if err := insert(db.Time(time.Now()), change); err != change {
			t.Errorf("Write = %v, want %v", err, change)
		}
		day, err := db.One(t.Context(), d, db.Value[db.Time], `SELECT day FROM days`)
		if want := morning.Truncate(time.Microsecond); err != nil || !time.Time(day).Equal(want) {
			t.Errorf("the day is %v, %v, want %v", time.Time(day), err, want)
		}
	})
}

// TestTextThatIsNone: what a visitor sends that is no text neither upsets an
// engine nor is told from another by one of them.
func TestTextThatIsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		for sent, want := range map[string]string{"a\x00b": "a\uFFFDb", "a\xff\xfeb": "a\uFFFDb", "ș 🙂": "ș 🙂"} {
			err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
				if err := tx.Later(ctx, `DELETE FROM other WHERE id = $1`, sent); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, `INSERT INTO other (id) VALUES ($1)`, sent)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := db.One(t.Context(), d, db.Value[string], `SELECT id FROM other WHERE id = $1`, sent); err != nil || got != want {
				t.Errorf("%q is kept as %q, %v, want %q", sent, got, err, want)
			}
		}
	})
}

func TestDatabaseIsClosedInsideItsTransactions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			_, err := db.One(ctx, d, db.Value[int], `SELECT count(*) FROM days`)
			return err
		})
		if !errors.Is(err, db.ErrInside) {
			t.Errorf("reading past the transaction: got %v, want %v", err, db.ErrInside)
		}
		err = d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			return d.Write(ctx, "", func(context.Context, *db.Tx) error { return nil })
		})
		if !errors.Is(err, db.ErrInside) {
			t.Errorf("a transaction in a transaction: got %v, want %v", err, db.ErrInside)
		}
		if _, err := db.All(t.Context(), d, db.Value[int], `DELETE FROM days RETURNING day`); err == nil {
			t.Error("the reader deleted a row")
		}
	})
}

// TestTheAddressOfAClusterOpens takes what docs/operating.md advises for a primary
// with standbys, and for pgbouncer.
func TestTheAddressOfAClusterOpens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if !d.Postgres() {
			return
		}
		again, err := db.Open(t.Context(), dbtest.Name(d)+"&target_session_attrs=read-write&connect_timeout=2&default_query_exec_mode=cache_describe")
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		migrate(t, again)
		if _, err := db.All(t.Context(), again, db.Value[int], `DELETE FROM days RETURNING day`); err == nil {
			t.Error("the reader deleted a row")
		}
	})
}

// TestAnyNameOfAFile: what means something in an address is part of a name.
func TestAnyNameOfAFile(t *testing.T) {
	for _, name := range []string{"town#1", "town?x=1", "100%25 ș"} {
		name = filepath.Join(t.TempDir(), name)
		d, err := db.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		migrate(t, d)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}

func TestIDsAreInOrder(t *testing.T) {
	var ids []string
	for range 1000 {
		ids = append(ids, db.NewID())
	}
	if !slices.IsSorted(ids) {
		t.Error("new IDs do not sort after older ones")
	}
}

// TestReplay measures against itself: what a page asked is asked again.
func TestReplay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		ask := func() {
			if _, err := db.All(t.Context(), d, db.Value[int64], `SELECT day FROM days WHERE day > $1`, 5); err != nil {
				t.Error(err)
			}
		}
		asked := d.Record(func() { ask(); ask() })
		ask()
		if len(asked) != 2 {
			t.Errorf("%d queries were recorded, want 2", len(asked))
		}
		if err := d.Replay(t.Context(), asked); err != nil {
			t.Error(err)
		}
	})
}

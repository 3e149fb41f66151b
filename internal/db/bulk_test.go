package db_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestBulk inserts many rows among other statements, all or none.
func TestBulk(t *testing.T) {
	type name string
	const insert = `INSERT INTO other (id, yes, body, file) VALUES ($1, $2, $3, $4)`
	rows := func(from, n int) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			row := make([]any, 4)
			for i := range n {
				row[0], row[1], row[2], row[3] = name(db.NewID()), i%2 == 0, `{"a": 1}`, []byte{byte(from), 0}
				if i == 0 {
					row[0] = "nul \x00 "
				}
				if !yield(row) {
					return
				}
			}
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		change := errors.New("change of mind")
		write := func(n int, then error) error {
			return d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
				if err := tx.Later(ctx, `INSERT INTO other (id) VALUES ($1)`, "first"); err != nil {
					return err
				}
				if done, err := tx.Bulk(ctx, insert, rows(1, n)); err != nil || done != int64(n) {
					t.Errorf("Bulk = %d, %v, want %d", done, err, n)
				}
				seen, err := db.One(ctx, tx, db.Value[int], `SELECT count(*) FROM other`)
				if err != nil || seen != n+1 {
					t.Errorf("the transaction sees %d rows, %v, want %d", seen, err, n+1)
				}
				return then
			})
		}
		if err := write(1234, change); err != change {
			t.Errorf("Write = %v, want %v", err, change)
		}
		if err := write(1234, nil); err != nil {
			t.Fatal(err)
		}
		n, err := db.One(t.Context(), d, db.Value[int], `SELECT count(*) FROM other WHERE yes AND CAST(body AS TEXT) = '{"a": 1}'`)
		if err != nil || n != 617 {
			t.Errorf("%d rows, %v, want 617", n, err)
		}
		if n, err := db.One(t.Context(), d, db.Value[int], `SELECT count(*) FROM other WHERE id = $1`, "nul \uFFFD "); err != nil || n != 1 {
			t.Errorf("%d rows with the mark, %v", n, err)
		}
	})
}

// TestBulkFailsLikeAnyStatement: what a constraint refuses is refused.
func TestBulkFailsLikeAnyStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		insert := func(rows ...[]any) error {
			return d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Bulk(ctx, `INSERT INTO days (day) VALUES ($1)`, func(yield func([]any) bool) {
					for _, row := range rows {
						if !yield(row) {
							return
						}
					}
				})
				return err
			})
		}
		noon := db.Time(time.Now())
		if err := insert([]any{noon}, []any{noon}); !db.IsDuplicate(err) {
			t.Errorf("the same twice: got %v, want a duplicate", err)
		}
		if err := insert([]any{noon, 1}); err == nil {
			t.Error("a row too wide was inserted")
		}
		if err := insert([]any{"Monday"}); err == nil {
			t.Error("text was inserted into :int")
		}
		if err := insert(); err != nil {
			t.Error(err)
		}
		err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Bulk(ctx, `INSERT INTO days (day) VALUES ($1) ON CONFLICT DO NOTHING`, func(func([]any) bool) {})
			return err
		})
		if err == nil {
			t.Error("a statement that is no plain insert was taken")
		}
		if n, err := db.One(t.Context(), d, db.Value[int], `SELECT count(*) FROM days`); err != nil || n != 1 {
			t.Errorf("%d rows, %v, want the one of the migration", n, err)
		}
	})
}

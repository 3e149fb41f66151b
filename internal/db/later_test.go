package db_test

import (
	"context"
	"slices"
	"testing"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestLaterIsInOrder: what may wait is seen by all that follows it.
func TestLaterIsInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			for day := range 3 {
				if err := tx.Later(ctx, `INSERT INTO days (day) VALUES ($1)`, day); err != nil {
					return err
				}
			}
			seen, err := db.All(ctx, tx, db.Value[int], `SELECT day FROM days WHERE day < $1 ORDER BY day`, 10)
			if err != nil || !slices.Equal(seen, []int{0, 1, 2}) {
				t.Errorf("a query sees %v, %v", seen, err)
			}
			if err := tx.Later(ctx, `INSERT INTO days (day) VALUES ($1)`, 3); err != nil {
				return err
			}
			n, err := tx.Exec(ctx, `DELETE FROM days WHERE day < $1`, 10)
			if n != 4 {
				t.Errorf("%d rows were removed, want 4", n)
			}
			if err == nil {
				err = tx.Later(ctx, `INSERT INTO days (day) VALUES ($1)`, 7)
			}
			return err
		})
		days, readErr := db.All(t.Context(), d, db.Value[int], `SELECT day FROM days WHERE day < $1`, 10)
		if err != nil || readErr != nil || !slices.Equal(days, []int{7}) {
			t.Errorf("Write = %v, and then there is %v, %v; want 7", err, days, readErr)
		}
	})
}

// TestLaterFailsItsOwnWriteAlone: of writes that share a transaction, the one
// whose waiting statement fails hears of it, and is undone alone.
func TestLaterFailsItsOwnWriteAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		const twice = 5
		errs := make(chan error, 20)
		for i := range cap(errs) {
			go func() {
				errs <- d.Write(t.Context(), "line", func(ctx context.Context, tx *db.Tx) error {
					if err := tx.Later(ctx, `INSERT INTO other (id) VALUES ($1)`, db.NewID()); err != nil {
						return err
					}
					return tx.Later(ctx, `INSERT INTO days (day) VALUES ($1)`, i%twice)
				})
			}()
		}
		duplicates := 0
		for range cap(errs) {
			if err := <-errs; db.IsDuplicate(err) {
				duplicates++
			} else if err != nil {
				t.Error(err)
			}
		}
		n, err := db.One(t.Context(), d, db.Value[int], `SELECT count(*) FROM other`)
		if err != nil || n != twice || duplicates != cap(errs)-twice {
			t.Errorf("%d rows, %v, and %d duplicates; want %d and %d", n, err, duplicates, twice, cap(errs)-twice)
		}
	})
}

// TestQueryWithinItself: a statement whose rows are being read may be run again.
func TestQueryWithinItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		if d.Postgres() {
			return // its protocol has one result at a time
		}
		const below = `SELECT day FROM days WHERE day < $1 ORDER BY day`
		err := d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			for day := range 3 {
				if err := tx.Later(ctx, `INSERT INTO days (day) VALUES ($1)`, day); err != nil {
					return err
				}
			}
			for range 2 {
				counts, err := db.All(ctx, tx, func(row db.Row) (int, error) {
					day, err := db.Value[int](row)
					if err != nil {
						return 0, err
					}
					before, err := db.All(ctx, tx, db.Value[int], below, day)
					return len(before), err
				}, below, 10)
				if err != nil || !slices.Equal(counts, []int{0, 1, 2}) {
					t.Errorf("got %v, %v", counts, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

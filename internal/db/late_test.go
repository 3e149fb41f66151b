package db_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestTimeRunsOut: whatever there was no time for, the error says so, on both engines;
// and afterwards everything goes on.
func TestTimeRunsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		insert := func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO days (day) VALUES ($1)`, db.Time(time.Now()))
			return err
		}
		for name, fn := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"before a statement": func(ctx context.Context, tx *db.Tx) error {
				<-ctx.Done()
				return insert(ctx, tx)
			},
			"before the commit": func(ctx context.Context, tx *db.Tx) error {
				err := insert(ctx, tx)
				<-ctx.Done()
				time.Sleep(20 * time.Millisecond) // that of the transaction is over as well
				return err
			},
			"in a statement": func(ctx context.Context, tx *db.Tx) error {
				_, err := db.One(ctx, tx, db.Value[int], `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n`)
				return err
			},
			"among others": func(ctx context.Context, tx *db.Tx) error {
				<-ctx.Done()
				return errors.New("a rule that saw no rows")
			},
		} {
			for _, line := range []string{"", "line"} {
				d.SetPatience(100 * time.Millisecond)
				if err := d.Write(t.Context(), line, fn); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s, in line %q: %v", name, line, err)
				}
				d.SetPatience(10 * time.Second)
				if err := d.Write(t.Context(), line, insert); err != nil {
					t.Errorf("after %s: %v", name, err)
				}
			}
		}
		refused := errors.New("no")
		if err := d.Write(t.Context(), "", func(context.Context, *db.Tx) error { return refused }); err != refused {
			t.Errorf("who had time enough gets %v", err)
		}
	})
}

// TestNoConnection: whoever gets none in time is told that.
func TestNoConnection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		var held []*sql.Conn
		for range d.Raw().Stats().MaxOpenConnections {
			conn, err := d.Raw().Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
		}
		nothing := func(context.Context, *db.Tx) error { return nil }
		d.SetPatience(50 * time.Millisecond)
		if err := d.Write(t.Context(), "", nothing); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("all connections are held, and the error is %v", err)
		}
		for _, conn := range held {
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}
		d.SetPatience(10 * time.Second)
		if err := d.Write(t.Context(), "", nothing); err != nil {
			t.Errorf("the connections are back, and the error is %v", err)
		}
	})
}

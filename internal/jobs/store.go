package jobs

import (
	"context"
	"errors"

	"bega/internal/db"
)

// lock waits until no other program migrates.
func (q *Queue) lock(ctx context.Context) (unlock func(), err error) {
	conn, err := q.db.Raw().Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext(current_schema() || '.river_migration'))`); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() {
		ctx := context.WithoutCancel(ctx)
		_, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock(hashtext(current_schema() || '.river_migration'))`) // or it ends with the connection
		_ = conn.Close()
	}, nil
}

// touch reports whether a job of that kind, added as unique with that key, is
// waiting. If so, nobody can begin it before the end of the transaction.
func touch(ctx context.Context, tx *db.Tx, kind, key string) (bool, error) {
	n, err := tx.Exec(ctx,
		`UPDATE river_job SET priority = priority
		WHERE kind = $1 AND state IN ('available', 'retryable', 'scheduled') AND metadata ->> 'bega_unique' = $2`,
		kind, key)
	return n > 0, err
}

// forget removes the failed jobs of a kind.
func (q *Queue) forget(ctx context.Context, kind string) error {
	return q.db.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM river_job WHERE kind = $1 AND state = 'discarded'`, kind)
		return err
	})
}

// takeOver frees the jobs that a dead program had begun, and its place as the
// one that looks after the clock.
func (q *Queue) takeOver(ctx context.Context) error {
	return q.db.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM river_leader`)
		return err
	})
}

// count counts what is waiting, and what has failed.
func (q *Queue) count(ctx context.Context) (Health, error) {
	return db.One(ctx, q.db, func(row db.Row) (h Health, err error) {
		err = row.Scan(&h.Waiting, &h.Failed)
		return h, err
	}, `SELECT count(*) FILTER (WHERE state <> 'discarded'), count(*) FILTER (WHERE state = 'discarded') FROM river_job
		WHERE state IN ('available', 'retryable', 'running', 'discarded')`)
}

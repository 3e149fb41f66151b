package db

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// later are statements of a transaction that have not been sent yet. PostgreSQL
// gets them together: else most of the time of a transaction with a dozen of
// inserts would be spent on the way to the server and back, while others wait.
type later struct {
	conn  *sql.Conn // nil on SQLite, where there is no way
	batch pgx.Batch
	err   error // of a statement that has been run
}

// Later runs a statement at the next use of the transaction at the latest, or at
// its end, and so after all before it. That is where its error appears. It is
// for statements of which nobody needs to know how many rows they change.
func (tx *Tx) Later(ctx context.Context, statement constant, args ...any) {
	switch l := &tx.later; {
	case l.err != nil: // nothing more is of use
	case l.conn != nil:
		l.batch.Queue(string(statement), args...)
	default:
		_, l.err = tx.tx.ExecContext(ctx, string(statement), args...)
	}
}

// flush sends what waits.
func (tx *Tx) flush(ctx context.Context) error {
	l := &tx.later
	if l.err == nil && l.batch.Len() > 0 {
		l.err = l.conn.Raw(func(conn any) error { return conn.(*stdlib.Conn).Conn().SendBatch(ctx, &l.batch).Close() })
		l.batch = pgx.Batch{}
	}
	return l.err
}

// forget forgets what waits, and what failed, before the next write.
func (l *later) forget() { l.batch, l.err = pgx.Batch{}, nil }

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
	conn  *sql.Conn // nil on SQLite, where there is no such way
	batch pgx.Batch
}

// Later runs a statement of which nobody needs to know how many rows it changes.
// It may do so as late as before the next statement of the transaction, or at
// its end: an error may appear there, and not here.
func (tx *Tx) Later(ctx context.Context, statement constant, args ...any) error {
	if tx.later.conn == nil {
		_, err := tx.tx.ExecContext(ctx, string(statement), legible(args)...)
		return err
	}
	tx.later.batch.Queue(string(statement), legible(args)...)
	return nil
}

// flush sends what waits.
func (tx *Tx) flush(ctx context.Context) error {
	l := &tx.later
	if l.batch.Len() == 0 {
		return nil
	}
	defer l.forget()
	return l.conn.Raw(func(conn any) error { return conn.(*stdlib.Conn).Conn().SendBatch(ctx, &l.batch).Close() })
}

// forget forgets what waits.
func (l *later) forget() { l.batch = pgx.Batch{} }

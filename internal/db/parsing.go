package db

import (
	"context"
	"database/sql/driver"

	"modernc.org/sqlite"
)

// writerOf opens the one connection of SQLite's writer. It keeps the statements
// that it has parsed: that takes several times as long as to carry one out.
// PostgreSQL's driver does so by itself. Readers do not, since each of their
// connections would keep them all in memory.
type writerOf struct{ name string }

// Connect implements [driver.Connector].
func (w writerOf) Connect(context.Context) (driver.Conn, error) {
	conn, err := w.Driver().Open(w.name)
	if err != nil {
		return nil, err
	}
	return &parsing{conn.(sqliteConn), map[string]driver.Stmt{}}, nil
}

// Driver implements [driver.Connector].
func (w writerOf) Driver() driver.Driver { return new(sqlite.Driver) }

// sqliteConn is what package database/sql wants of a connection to SQLite.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// A parsing connection keeps the statements that are not in use. Their texts are
// constants, here and in River, so that there is an end to them.
type parsing struct {
	sqliteConn
	idle map[string]driver.Stmt
}

// take returns a statement that nobody else uses until it is given back.
func (c *parsing) take(ctx context.Context, text string) (driver.Stmt, error) {
	if statement, ok := c.idle[text]; ok {
		delete(c.idle, text)
		return statement, nil
	}
	return c.PrepareContext(ctx, text)
}

func (c *parsing) giveBack(text string, statement driver.Stmt) error {
	if _, ok := c.idle[text]; ok {
		return statement.Close()
	}
	c.idle[text] = statement
	return nil
}

// ExecContext implements [driver.ExecerContext].
func (c *parsing) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 { // it may be several statements, such as a migration
		return c.sqliteConn.ExecContext(ctx, text, args)
	}
	statement, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	result, err := statement.(driver.StmtExecContext).ExecContext(ctx, args)
	if err := c.giveBack(text, statement); err != nil {
		return nil, err
	}
	return result, err
}

// QueryContext implements [driver.QueryerContext].
func (c *parsing) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.sqliteConn.QueryContext(ctx, text, args)
	}
	statement, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := statement.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		_ = statement.Close() // err says more
		return nil, err
	}
	return &parsedRows{rows, func() error { return c.giveBack(text, statement) }}, nil
}

// parsedRows are the rows of a statement that is in use until they are closed.
type parsedRows struct {
	driver.Rows
	done func() error
}

// Close implements [driver.Rows].
func (r *parsedRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		return err
	}
	return r.done()
}

// Package db keeps the town's records, in SQLite for a small town and in
// PostgreSQL for a large one, and behaves the same on both.
//
// SQL is written once, in what the two engines share, with placeholders $1, $2
// in the order of their first use. It is always a constant: the compiler
// refuses SQL that is put together while the program runs.
//
// One town is one SQLite file, or one PostgreSQL schema (search_path in the
// URL). No table says which town a row belongs to.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"
)

// How SQLite is opened. The timeout comes first: the others may have to wait.
const (
	sqliteReader = "?_pragma=busy_timeout(10000)&_pragma=case_sensitive_like(1)&_pragma=query_only(1)"
	sqliteWriter = "?_pragma=busy_timeout(10000)&_pragma=case_sensitive_like(1)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=temp_store(2)&_txlock=immediate"
)

// inAddress writes the name of a file so that nothing of it means something else in
// an address.
var inAddress = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// A DB is an open database. It reads at any time, and writes in [DB.Write].
type DB struct {
	name           string
	postgres       bool
	writer, reader *sql.DB
	patience       time.Duration
	lines          lines
	reads          reads
}

// kept is how many connections of a pool stay open while nobody needs them: to
// open one takes longer than most queries. most is how many PostgreSQL gets of a
// pool: who needs another waits, since a server that is asked for hundreds at once
// refuses them, and each is a process.
const kept, most = 16, 32

// Open opens the database at a postgres:// URL, or else in the SQLite file of
// that name.
func Open(ctx context.Context, name string) (*DB, error) {
	d := &DB{name: name, postgres: strings.HasPrefix(name, "postgres://"), patience: patience}
	file := "file:" + inAddress.Replace(name)
	driver, writer, reader := "sqlite", file+sqliteWriter, file+sqliteReader
	if d.postgres {
		u, err := url.Parse(name)
		if err != nil {
			return nil, err
		}
		query := u.Query()
		query.Set("default_transaction_read_only", "on")
		if query.Get("target_session_attrs") == "read-write" {
			query.Set("target_session_attrs", "primary") // the same server, which however refuses this one's writes
		}
		u.RawQuery = query.Encode()
		driver, writer, reader = "pgx", name, u.String()
	}
	var err error
	if d.reader, err = sql.Open(driver, reader); err != nil {
		return nil, err
	}
	if !d.postgres {
		d.writer = sql.OpenDB(writerOf{writer})
		d.writer.SetMaxOpenConns(1) // SQLite has one writer: queue for it here, in order
	} else if d.writer, err = sql.Open(driver, writer); err != nil {
		return nil, err
	} else {
		d.writer.SetMaxOpenConns(most)
		d.reader.SetMaxOpenConns(most)
	}
	d.reader.SetMaxIdleConns(kept)
	d.writer.SetMaxIdleConns(kept)
	return d, errors.Join(d.writer.PingContext(ctx), d.reader.PingContext(ctx))
}

// Close closes the database.
func (d *DB) Close() error { return errors.Join(d.reader.Close(), d.writer.Close()) }

// constant is the type of SQL. Other packages cannot name it, so that only what
// they write as a constant converts to it.
type constant string

// A Reader is what [One] and [All] read from: a [DB], or the [Tx] of a write in
// progress, which sees its own changes.
type Reader interface {
	rows(ctx context.Context, query constant, args ...any) (*sql.Rows, error)
}

// A Tx is a transaction seen from inside: it cannot commit or roll back.
type Tx struct {
	tx    *sql.Tx
	later later
}

// Raw returns the transaction itself. It is for package jobs alone, whose queue
// has to be in the same transaction.
func (tx *Tx) Raw() *sql.Tx { return tx.tx }

// Raw returns the pool that writes, for package jobs alone.
func (d *DB) Raw() *sql.DB { return d.writer }

// Postgres reports which engine it is; false means SQLite.
func (d *DB) Postgres() bool { return d.postgres }

// Exec runs a statement, and returns how many rows it inserted, changed or
// removed.
func (tx *Tx) Exec(ctx context.Context, statement constant, args ...any) (int64, error) {
	if err := tx.flush(ctx); err != nil {
		return 0, err
	}
	result, err := tx.tx.ExecContext(ctx, string(statement), legible(args)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (tx *Tx) rows(ctx context.Context, query constant, args ...any) (*sql.Rows, error) {
	if err := tx.flush(ctx); err != nil {
		return nil, err
	}
	return tx.tx.QueryContext(ctx, string(query), legible(args)...)
}

func (d *DB) rows(ctx context.Context, query constant, args ...any) (*sql.Rows, error) {
	if ctx.Value(inside{}) != nil {
		return nil, ErrInside
	}
	d.reads.note(query, args)
	return d.reader.QueryContext(ctx, string(query), legible(args)...)
}

// inside marks the context of a transaction.
type inside struct{}

// Check returns an error if the engine does not understand an SQL text, or
// lacks a table or a column of it. It runs nothing.
func (d *DB) Check(ctx context.Context, text string) error {
	statement, err := d.reader.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	return statement.Close()
}

// A Row is the current row of a result.
type Row interface{ Scan(dest ...any) error }

// All returns what scan makes of each row of a query.
func All[T any](ctx context.Context, r Reader, scan func(Row) (T, error), query constant, args ...any) ([]T, error) {
	rows, err := r.rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// ErrNone is returned by [One] if no row answers the query.
var ErrNone = errors.New("db: no such row")

// One returns what scan makes of the only row of a query.
func One[T any](ctx context.Context, r Reader, scan func(Row) (T, error), query constant, args ...any) (one T, err error) {
	all, err := All(ctx, r, scan, query, args...)
	switch {
	case err != nil:
		return one, err
	case len(all) == 0:
		return one, ErrNone
	case len(all) > 1:
		return one, fmt.Errorf("db: %d rows where one was expected", len(all))
	}
	return all[0], nil
}

// Value scans a row of one column.
func Value[T any](row Row) (value T, err error) {
	err = row.Scan(&value)
	return value, err
}

// Error codes of interest: five characters from PostgreSQL, a number from SQLite.
var (
	duplicate = []string{"23505", "1555", "2067"}             // a PRIMARY KEY or UNIQUE constraint
	raced     = []string{"40001", "40P01", "5", "261", "517"} // not serializable, a deadlock, busy
)

// IsDuplicate reports whether err says that a unique key is already there.
func IsDuplicate(err error) bool { return slices.Contains(duplicate, code(err)) }

func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return strconv.Itoa(e.Code())
	}
	return ""
}

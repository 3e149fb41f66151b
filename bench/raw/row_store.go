// Package raw does with a database what the portal does with it, without the portal:
// the least that the same rows cost on this disk and with this engine.
package raw

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"

	"bega/internal/db"
)

// A Place is where a town is kept: a folder, and the address of a PostgreSQL database,
// "" for SQLite in the folder.
type Place struct{ Dir, Database string }

// durable opens a file of SQLite as the portal does.
func durable(name string) string {
	return "file:" + name + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
}

// A Table takes rows of 230 bytes.
type Table struct{ pool *sql.DB }

// OpenTable makes a table with an index besides its key, for some writers at a time.
func OpenTable(ctx context.Context, p Place, writers int) (Table, error) {
	driver, name := "sqlite", durable(filepath.Join(p.Dir, "single.db"))
	if p.Database != "" {
		driver, name = "pgx", p.Database
	}
	pool, err := sql.Open(driver, name)
	if err != nil {
		return Table{}, err
	}
	if pool.SetMaxIdleConns(writers); p.Database == "" {
		pool.SetMaxOpenConns(1) // SQLite has one writer
	}
	_, err = pool.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS bench_rows (id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, body TEXT NOT NULL)`)
	if err == nil {
		_, err = pool.ExecContext(ctx, `CREATE INDEX IF NOT EXISTS bench_rows_owner ON bench_rows (owner)`)
	}
	return Table{pool}, err
}

// Close closes the database.
func (t Table) Close() error { return t.pool.Close() }

// filler makes 230 bytes of a row, with its two IDs.
var filler = strings.Repeat("rând ", 26)

const insertRow = `INSERT INTO bench_rows (id, owner, body) VALUES ($1, $2, $3)`

// Insert inserts a row in a serializable transaction, as all writes of the portal
// are. The row is on the disk when it returns.
func (t Table) Insert(ctx context.Context) error {
	tx, err := t.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, insertRow, db.NewID(), db.NewID(), filler); err != nil {
		return err
	}
	return tx.Commit()
}

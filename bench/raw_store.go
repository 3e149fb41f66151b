package main

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"

	"bega/internal/db"
)

// A raw table takes rows of 230 bytes without any of the portal's packages: what
// this disk and this engine can do at all.
type raw struct{ pool *sql.DB }

// openRaw makes a table with an index besides its key, in the database of a
// place.
func openRaw(ctx context.Context, p *place, writers int) (raw, error) {
	driver, name := "sqlite", "file:"+filepath.Join(p.dir, "raw.db")+
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	if p.server != nil {
		driver, name = "pgx", p.database
	}
	pool, err := sql.Open(driver, name)
	if err != nil {
		return raw{}, err
	}
	if pool.SetMaxIdleConns(writers); p.server == nil {
		pool.SetMaxOpenConns(1) // SQLite has one writer
	}
	_, err = pool.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS bench_rows (id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, body TEXT NOT NULL)`)
	if err == nil {
		_, err = pool.ExecContext(ctx, `CREATE INDEX IF NOT EXISTS bench_rows_owner ON bench_rows (owner)`)
	}
	return raw{pool}, err
}

// filler makes 230 bytes of a row, with its two IDs.
var filler = strings.Repeat("rând ", 26)

// insertRow is run by itself, or in a transaction.
const insertRow = `INSERT INTO bench_rows (id, owner, body) VALUES ($1, $2, $3)`

// insert inserts a row in a serializable transaction, as all writes of the portal
// are. The row is on the disk when it returns.
func (r raw) insert(ctx context.Context) error {
	tx, err := r.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, insertRow, db.NewID(), db.NewID(), filler); err != nil {
		return err
	}
	return tx.Commit()
}

// insertAlone inserts a row with one statement, the transaction of which the
// engine makes by itself.
func (r raw) insertAlone(ctx context.Context) error {
	_, err := r.pool.ExecContext(ctx, insertRow, db.NewID(), db.NewID(), filler)
	return err
}

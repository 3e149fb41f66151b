package raw

import (
	"context"
	"database/sql"
	"path/filepath"
	"time"

	"bega/internal/db"
)

// A Copied table is one of which the rows are inserted again into a table like it, to
// see how long that takes by itself.
type Copied struct {
	make   []string // the table and its indexes
	read   string
	width  int
	insert func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error)
}

// Settle has the engine count what is in the tables, as it does by itself after a
// while.
func Settle(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `ANALYZE`)
		return err
	})
}

func each(rows [][]any) func(yield func([]any) bool) {
	return func(yield func([]any) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}
}

// ImportTables are those that an import of a city fills.
var ImportTables = []Copied{
	{[]string{`CREATE TABLE bench_roles (party TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL UNIQUE, owner TEXT NOT NULL, code TEXT NOT NULL UNIQUE, at BIGINT NOT NULL)`},
		`SELECT party, number, owner, code, at FROM taxroll_roles`, 5,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_roles (party, number, owner, code, at) VALUES ($1, $2, $3, $4, $5)`, each(rows))
		}},
	{[]string{`CREATE TABLE bench_versions (object TEXT NOT NULL, n BIGINT NOT NULL, from_day TEXT NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL, body TEXT NOT NULL,
			details TEXT NOT NULL, mark TEXT NOT NULL, parts TEXT NOT NULL, relief TEXT NOT NULL, proof TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL,
			load TEXT NOT NULL, by_person TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (object, n))`,
		`CREATE INDEX bench_versions_mark ON bench_versions (mark) WHERE mark <> ''`},
		`SELECT object, n, from_day, kind, why, body, details, mark, parts, relief, proof, source, digest, load, by_person, at FROM taxroll_versions`, 16,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_versions (object, n, from_day, kind, why, body, details, mark, parts, relief, proof, source, digest, load, by_person, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, each(rows))
		}},
	{[]string{`CREATE TABLE bench_owners (party TEXT NOT NULL, object TEXT NOT NULL)`, `CREATE INDEX bench_owners_party ON bench_owners (party, object)`},
		`SELECT party, object FROM taxroll_owners`, 2,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_owners (party, object) VALUES ($1, $2)`, each(rows))
		}},
}

// AssessTables are those that an assessment fills.
var AssessTables = []Copied{
	{[]string{`CREATE TABLE bench_levies (party TEXT NOT NULL, year BIGINT NOT NULL, type TEXT NOT NULL, edition BIGINT NOT NULL, law TEXT NOT NULL, run TEXT NOT NULL,
			total BIGINT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (party, year, type, edition))`},
		`SELECT party, year, type, edition, law, run, total, body, at FROM taxes_levies`, 9,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_levies (party, year, type, edition, law, run, total, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, each(rows))
		}},
	{[]string{`CREATE TABLE bench_obligations (id TEXT NOT NULL PRIMARY KEY, party TEXT NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, year BIGINT NOT NULL, instalment BIGINT NOT NULL,
			due TEXT NOT NULL, amount BIGINT NOT NULL, provisional BOOLEAN NOT NULL, born TEXT NOT NULL, source TEXT NOT NULL UNIQUE, difference BOOLEAN NOT NULL,
			enforceable BOOLEAN NOT NULL, since TEXT NOT NULL, at BIGINT NOT NULL)`,
		`CREATE INDEX bench_obligations_party ON bench_obligations (party)`},
		`SELECT id, party, role, kind, year, instalment, due, amount, provisional, born, source, difference, enforceable, since, at FROM ledger_obligations`, 15,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_obligations (id, party, role, kind, year, instalment, due, amount, provisional, born, source, difference, enforceable, since, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, each(rows))
		}},
	{[]string{`CREATE TABLE bench_bonuses (party TEXT NOT NULL, kind TEXT NOT NULL, year BIGINT NOT NULL, edition BIGINT NOT NULL, amount BIGINT NOT NULL, until TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (party, kind, year, edition))`},
		`SELECT party, kind, year, edition, amount, until, at FROM ledger_bonuses`, 7,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_bonuses (party, kind, year, edition, amount, until, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`, each(rows))
		}},
	{[]string{`CREATE TABLE bench_entries (journal TEXT NOT NULL, n BIGINT NOT NULL, party TEXT NOT NULL, obligation TEXT NOT NULL, kind TEXT NOT NULL, cause TEXT NOT NULL, debit TEXT NOT NULL,
			credit TEXT NOT NULL, amount BIGINT NOT NULL, value TEXT NOT NULL, channel TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (journal, n))`,
		`CREATE INDEX bench_entries_party ON bench_entries (party, value)`},
		`SELECT journal, n, party, obligation, kind, cause, debit, credit, amount, value, channel, at FROM ledger_entries`, 12,
		func(ctx context.Context, tx *db.Tx, rows [][]any) (int64, error) {
			return tx.Bulk(ctx, `INSERT INTO bench_entries (journal, n, party, obligation, kind, cause, debit, credit, amount, value, channel, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, each(rows))
		}},
}

// rowsAtOnce is how many rows are inserted in one transaction, as an assessment does
// about.
const rowsAtOnce = 10_000

// Insert inserts the rows of tables again, into tables with the same indexes, and
// returns how long the engine took for that and how many there were. Reading them does
// not count.
func Insert(ctx context.Context, p Place, d *db.DB, tables []Copied) (took time.Duration, n int, err error) {
	to := d
	driver, name := "pgx", p.Database
	if p.Database == "" { // SQLite has one writer, and who reads meanwhile would disturb it
		driver, name = "sqlite", "file:"+filepath.Join(p.Dir, "town")+"?mode=ro"
		if to, err = db.Open(ctx, filepath.Join(p.Dir, "bare")); err != nil {
			return 0, 0, err
		}
		defer to.Close()
	}
	pool, err := sql.Open(driver, name)
	if err != nil {
		return 0, 0, err
	}
	defer pool.Close()
	for _, table := range tables {
		if err := makeTable(ctx, pool, to, p, table); err != nil {
			return 0, 0, err
		}
		more, rows, err := copyTable(ctx, pool, to, table)
		if err != nil {
			return 0, 0, err
		}
		took, n = took+more, n+rows
	}
	return took, n, nil
}

func makeTable(ctx context.Context, pool *sql.DB, to *db.DB, p Place, table Copied) error {
	if p.Database == "" {
		bare, err := sql.Open("sqlite", "file:"+filepath.Join(p.Dir, "bare"))
		if err != nil {
			return err
		}
		defer bare.Close()
		pool = bare
	}
	for _, text := range table.make {
		if _, err := pool.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func copyTable(ctx context.Context, pool *sql.DB, to *db.DB, table Copied) (took time.Duration, n int, err error) {
	all, err := pool.QueryContext(ctx, table.read)
	if err != nil {
		return 0, 0, err
	}
	defer all.Close()
	var waiting [][]any
	write := func() error {
		began := time.Now()
		err := to.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
			_, err := table.insert(ctx, tx, waiting)
			return err
		})
		took, waiting = took+time.Since(began), nil
		return err
	}
	for all.Next() {
		row := make([]any, table.width)
		to := make([]any, table.width)
		for i := range row {
			to[i] = &row[i]
		}
		if err := all.Scan(to...); err != nil {
			return 0, 0, err
		}
		n++
		if waiting = append(waiting, row); len(waiting) == rowsAtOnce {
			if err := write(); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := all.Err(); err != nil {
		return 0, 0, err
	}
	return took, n, write()
}

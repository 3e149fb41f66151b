package raw

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	"bega/internal/db"
)

// The Same rows as those of filings are inserted again, into tables with the same
// indexes: what is left is what the portal adds.
type Same struct {
	from, to *sql.DB
	schema   string // of the tables in to, with a dot
	postgres bool
	before   map[string]int // rows by table
	tables   []grown
	filings  int
}

// Filings returns how many there are to be inserted, and of how many rows each.
func (s *Same) Filings() (n, rows int) {
	for _, t := range s.tables {
		rows += t.each
	}
	return s.filings, rows
}

// A grown table has more rows than before.
type grown struct {
	name    string
	rows    [][]any
	each    int // rows of one filing
	prepare *sql.Stmt
}

// OpenSame opens the database of a town, and one for the same rows, for some writers
// at a time.
func OpenSame(ctx context.Context, p Place, writers int) (*Same, error) {
	s := &Same{postgres: p.Database != ""}
	if s.postgres {
		pool, err := sql.Open("pgx", p.Database)
		if err != nil {
			return nil, err
		}
		pool.SetMaxIdleConns(writers)
		s.from, s.to, s.schema = pool, pool, "bench_same."
		_, err = pool.ExecContext(ctx, `DROP SCHEMA IF EXISTS bench_same CASCADE; CREATE SCHEMA bench_same`)
		return s, err
	}
	var err error
	if s.from, err = sql.Open("sqlite", "file:"+filepath.Join(p.Dir, "data", "town.db")+"?mode=ro"); err != nil {
		return nil, err
	}
	s.to, err = sql.Open("sqlite", durable(filepath.Join(p.Dir, "same-"+db.NewID())))
	if err == nil {
		s.to.SetMaxOpenConns(1) // SQLite has one writer
	}
	return s, err
}

// Close closes both.
func (s *Same) Close() error {
	if s.postgres {
		return s.to.Close()
	}
	if err := s.from.Close(); err != nil {
		return err
	}
	return s.to.Close()
}

// The names of a town's tables, and what makes one again elsewhere, in the words of
// each engine.
const (
	sqliteTables   = `select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'`
	postgresTables = `select tablename from pg_tables where schemaname = 'public'`
	sqliteMakes    = `select sql from sqlite_master where tbl_name = $1 and type in ('table', 'index') and sql <> '' order by type desc`
)

// count counts the rows of all tables.
func (s *Same) count(ctx context.Context) (map[string]int, error) {
	query := sqliteTables
	if s.postgres {
		query = postgresTables
	}
	names, err := texts(ctx, s.from, query)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, name := range names {
		var n int
		if err := s.from.QueryRowContext(ctx, `select count(*) from `+name).Scan(&n); err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}

// Begin remembers what is there before the filings.
func (s *Same) Begin(ctx context.Context) (err error) {
	s.before, err = s.count(ctx)
	return err
}

// Take reads what some filings have inserted since Begin, and makes the tables for it.
func (s *Same) Take(ctx context.Context, filings int) error {
	after, err := s.count(ctx)
	if err != nil {
		return err
	}
	s.filings = filings
	for name, n := range after {
		each := (n - s.before[name] + filings/2) / filings
		if each == 0 {
			continue
		}
		t := grown{name: name, each: each}
		if t.rows, err = s.last(ctx, name, n-s.before[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.make(ctx, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		places := make([]string, len(t.rows[0]))
		for i := range places {
			places[i] = fmt.Sprint("$", i+1)
		}
		t.prepare, err = s.to.PrepareContext(ctx, `insert into `+s.schema+name+` values (`+strings.Join(places, ", ")+`)`)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.filings = min(s.filings, len(t.rows)/each)
		s.tables = append(s.tables, t)
	}
	return nil
}

// make makes a table like one of the town.
func (s *Same) make(ctx context.Context, name string) error {
	makes := []string{`CREATE TABLE bench_same.` + name + ` (LIKE ` + name + ` INCLUDING ALL)`}
	if !s.postgres {
		var err error
		if makes, err = texts(ctx, s.from, sqliteMakes, name); err != nil {
			return err
		}
	}
	for _, statement := range makes {
		if _, err := s.to.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// last returns the newest rows of a table, the oldest first.
func (s *Same) last(ctx context.Context, name string, n int) (all [][]any, err error) {
	order := "rowid"
	if s.postgres {
		order = "ctid"
	}
	rows, err := s.from.QueryContext(ctx, fmt.Sprintf(`select t.* from %s t order by t.%s desc limit %d`, name, order, n))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// Insert inserts the rows of a filing in a serializable transaction.
func (s *Same) Insert(ctx context.Context, i int) error {
	tx, err := s.to.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	for _, t := range s.tables {
		for _, row := range t.rows[i*t.each : (i+1)*t.each] {
			if _, err := tx.StmtContext(ctx, t.prepare).ExecContext(ctx, row...); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	return tx.Commit()
}

// texts returns the one column of a query.
func texts(ctx context.Context, pool *sql.DB, query string, args ...any) (all []string, err error) {
	rows, err := pool.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

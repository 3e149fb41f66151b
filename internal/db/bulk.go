package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// plainInsert finds the table and the columns of the statements that [Tx.Bulk]
// takes.
var plainInsert = regexp.MustCompile(`^INSERT INTO (\w+) \(([\w, \n\t]+)\)\s+VALUES (\([$\d, \n\t]+\))$`)

// rowsTogether is how many rows a statement has on SQLite. More would gain nothing.
const rowsTogether = 50

// Bulk inserts many rows: as COPY on PostgreSQL, and many to a statement on
// SQLite. The statement is that of one row, "INSERT INTO t (a, b) VALUES ($1, $2)",
// with nothing after that. A row that is yielded may be the same slice each time.
func (tx *Tx) Bulk(ctx context.Context, insert constant, rows iter.Seq[[]any]) (n int64, err error) {
	match := plainInsert.FindStringSubmatch(string(insert))
	if match == nil {
		return 0, fmt.Errorf("db: not a plain insert: %s", insert)
	}
	columns := strings.Split(match[2], ",")
	for i := range columns {
		columns[i] = strings.TrimSpace(columns[i])
	}
	if err := tx.flush(ctx); err != nil {
		return 0, err
	}
	if tx.later.conn != nil {
		next, stop := iter.Pull(rows)
		defer stop()
		source := &pulled{next: next, width: len(columns)}
		err = tx.later.conn.Raw(func(conn any) error {
			n, err = conn.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{match[1]}, columns, source)
			return err
		})
		return n, err
	}
	return tx.insertTogether(ctx, string(insert), len(columns), rows)
}

// insertTogether inserts rows on SQLite. There are two texts of the statement, so
// that both stay parsed. Numbers of placeholders would be searched for one by one.
func (tx *Tx) insertTogether(ctx context.Context, insert string, width int, rows iter.Seq[[]any]) (n int64, err error) {
	values := "(" + strings.Repeat(", ?", width)[2:] + ")"
	one := insert[:strings.LastIndex(insert, "VALUES")] + "VALUES " + values
	many := one + strings.Repeat(", "+values, rowsTogether-1)
	var waiting []any
	for row := range rows {
		plain, err := plainly(row, width)
		if err != nil {
			return n, err
		}
		n++
		if waiting = append(waiting, plain...); len(waiting) < rowsTogether*width {
			continue
		}
		if _, err := tx.tx.ExecContext(ctx, many, waiting...); err != nil {
			return 0, err
		}
		waiting = waiting[:0]
	}
	for ; len(waiting) > 0; waiting = waiting[width:] {
		if _, err := tx.tx.ExecContext(ctx, one, waiting[:width]...); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// plainly returns values as a driver takes them.
func plainly(row []any, width int) ([]any, error) {
	if len(row) != width {
		return nil, fmt.Errorf("db: %d values for %d columns", len(row), width)
	}
	plain := make([]any, len(row))
	for i, value := range row {
		v, err := driver.DefaultParameterConverter.ConvertValue(value)
		if err != nil {
			return nil, err
		}
		plain[i] = v
	}
	return legible(plain), nil
}

// pulled are rows for COPY.
type pulled struct {
	next  func() ([]any, bool)
	width int
	row   []any
	err   error
}

// Next implements [pgx.CopyFromSource].
func (p *pulled) Next() bool {
	row, ok := p.next()
	if !ok {
		return false
	}
	p.row, p.err = plainly(row, p.width)
	return p.err == nil
}

// Values implements [pgx.CopyFromSource].
func (p *pulled) Values() ([]any, error) { return p.row, nil }

// Err implements [pgx.CopyFromSource].
func (p *pulled) Err() error { return p.err }

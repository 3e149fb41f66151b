package registry

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
)

// A draw is a number that was drawn, and when.
type draw struct {
	n  int
	at time.Time
}

func scanDraw(row db.Row) (draw, error) {
	var d draw
	err := row.Scan(&d.n, (*db.Time)(&d.at))
	return d, err
}

// next draws the next number of a register and year. Its time is after that of
// the number before, even if the clock went back.
func next(ctx context.Context, tx *act.Tx, register string, year int, at time.Time) (draw, error) {
	return db.One(ctx, tx, scanDraw,
		`INSERT INTO registry_counters (register, year, last, at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (register, year) DO UPDATE SET last = registry_counters.last + 1,
			at = CASE WHEN excluded.at > registry_counters.at THEN excluded.at ELSE registry_counters.at + 1 END
		RETURNING last, at`, register, year, db.Time(at))
}

func insertEntry(ctx context.Context, tx *act.Tx, number Number, at time.Time, a Arrival) error {
	return tx.Later(ctx,
		`INSERT INTO registry_entries (id, register, year, n, direction, day, at, unit, sender, service, case_id, annexes)
		VALUES ($1, $2, $3, $4, 'in', $5, $6, $7, $8, $9, $10, $11)`,
		db.NewID(), number.Register, number.Year, number.N, number.Day, db.Time(at), a.Unit, string(a.Sender), a.Service, a.Case, a.Annexes)
}

// arrivedAt returns when what has a number came in, or ErrUnknown.
func arrivedAt(ctx context.Context, tx *act.Tx, number Number) (time.Time, error) {
	at, err := db.One(ctx, tx, func(row db.Row) (at time.Time, err error) {
		err = row.Scan((*db.Time)(&at))
		return at, err
	}, `SELECT at FROM registry_entries WHERE direction = 'in' AND register = $1 AND year = $2 AND n = $3`,
		number.Register, number.Year, number.N)
	return at, unknown(err)
}

// insertAnswer notes what went out under the number of what came in.
func insertAnswer(ctx context.Context, tx *act.Tx, number Number, unit string, day deadline.Date, at time.Time) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO registry_entries (id, register, year, n, direction, day, at, unit, sender, service, case_id, annexes)
		SELECT $1, register, year, n, 'out', $2, $3, $4, sender, service, case_id, 0 FROM registry_entries
		WHERE direction = 'in' AND register = $5 AND year = $6 AND n = $7`,
		db.NewID(), day, db.Time(at), unit, number.Register, number.Year, number.N)
	return err
}

func scanEntry(row db.Row) (Entry, error) {
	var e Entry
	err := row.Scan(&e.Number.Register, &e.Number.Year, &e.Number.N, &e.Number.Day, (*db.Time)(&e.At), &e.Unit, &e.Service, &e.Case,
		&e.Annexes, &e.Answers, (*db.Time)(&e.Answered))
	return e, err
}

// entries returns a page of what came in, the newest first.
func entries(ctx context.Context, r db.Reader, f Filter) ([]Entry, error) {
	return db.All(ctx, r, scanEntry,
		`SELECT register, year, n, day, at, unit, service, case_id, annexes,
			(SELECT count(*) FROM registry_entries o
				WHERE o.direction = 'out' AND o.register = e.register AND o.year = e.year AND o.n = e.n),
			(SELECT coalesce(max(o.at), 0) FROM registry_entries o
				WHERE o.direction = 'out' AND o.register = e.register AND o.year = e.year AND o.n = e.n)
		FROM registry_entries e
		WHERE direction = 'in' AND year = $1 AND ($2 = '' OR unit = $2) AND ($3 = '' OR register = $3) AND ($4 = 0 OR n = $4)
		ORDER BY at DESC, register LIMIT $5 OFFSET $6`,
		f.Year, f.Unit, f.Register, f.N, f.PerPage, (f.Page-1)*f.PerPage)
}

// countEntries returns how many lines [entries] has on all pages.
func countEntries(ctx context.Context, r db.Reader, f Filter) (int, error) {
	return db.One(ctx, r, db.Value[int],
		`SELECT count(*) FROM registry_entries
		WHERE direction = 'in' AND year = $1 AND ($2 = '' OR unit = $2) AND ($3 = '' OR register = $3) AND ($4 = 0 OR n = $4)`,
		f.Year, f.Unit, f.Register, f.N)
}

// registers returns the keys of the registers that a year has.
func registers(ctx context.Context, r db.Reader, year int) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT register FROM registry_counters WHERE year = $1 ORDER BY register`, year)
}

// years returns the years in which something was registered, the latest first.
func years(ctx context.Context, r db.Reader) ([]int, error) {
	return db.All(ctx, r, db.Value[int], `SELECT DISTINCT year FROM registry_counters ORDER BY year DESC`)
}

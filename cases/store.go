package cases

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
)

// scanCase scans the columns that every query of cases names in this order.
func scanCase(row db.Row) (Case, error) {
	var c Case
	var clock string
	err := row.Scan(&c.ID, &c.Number.Register, &c.Number.Year, &c.Number.N, &c.Number.Day, &c.Service, &c.Version, &c.Owner, &c.FiledBy,
		&c.Mandate, &c.AtDesk, &c.Unit, &c.Clerk, &c.State, (*db.Time)(&c.Filed), (*db.Time)(&c.Changed), (*db.Time)(&c.Over), &clock,
		&c.Due, &c.Running, &c.Edition, (*int64)(&c.Fee), &c.Order, (*db.Time)(&c.PaidAt), &c.Receipt, &c.Objects,
		(*db.Time)(&c.Came), &c.warned, (*db.Time)(&c.lateAt))
	if err != nil {
		return Case{}, err
	}
	return c, json.Unmarshal([]byte(clock), &c.Clock)
}

func clockText(c deadline.Clock) string {
	text, _ := json.Marshal(c) // never fails: days, numbers and words
	return string(text)
}

// caseByID returns a case, or ErrUnknown.
func caseByID(ctx context.Context, r db.Reader, id string) (Case, error) {
	return known(db.One(ctx, r, scanCase,
		`SELECT id, register, year, n, day, service, version, owner, filed_by, mandate, at_desk, unit, clerk, state, filed_at, changed_at, over_at,
			clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at
		FROM cases WHERE id = $1`, id))
}

// caseByDraft returns what a draft has become, or ErrUnknown.
func caseByDraft(ctx context.Context, r db.Reader, draft string) (Case, error) {
	return known(db.One(ctx, r, scanCase,
		`SELECT id, register, year, n, day, service, version, owner, filed_by, mandate, at_desk, unit, clerk, state, filed_at, changed_at, over_at,
			clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at
		FROM cases WHERE draft = $1`, draft))
}

// caseByNumber returns the case with a registration number, or ErrUnknown.
func caseByNumber(ctx context.Context, r db.Reader, number string) (Case, error) {
	return known(db.One(ctx, r, scanCase,
		`SELECT id, register, year, n, day, service, version, owner, filed_by, mandate, at_desk, unit, clerk, state, filed_at, changed_at, over_at,
			clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at
		FROM cases WHERE number = $1`, number))
}

// casesOf returns the cases of a party, the newest first.
func casesOf(ctx context.Context, r db.Reader, owner act.PartyID) ([]Case, error) {
	return db.All(ctx, r, scanCase,
		`SELECT id, register, year, n, day, service, version, owner, filed_by, mandate, at_desk, unit, clerk, state, filed_at, changed_at, over_at,
			clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at
		FROM cases WHERE owner = $1 ORDER BY id DESC`, string(owner))
}

// objectionsTo returns the cases that contest one, the oldest first.
func objectionsTo(ctx context.Context, r db.Reader, id string) ([]Case, error) {
	return db.All(ctx, r, scanCase,
		`SELECT id, register, year, n, day, service, version, owner, filed_by, mandate, at_desk, unit, clerk, state, filed_at, changed_at, over_at,
			clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at
		FROM cases WHERE objects = $1 AND $1 <> '' ORDER BY id`, id)
}

// known translates a missing row.
func known[T any](value T, err error) (T, error) {
	if errors.Is(err, db.ErrNone) {
		err = ErrUnknown
	}
	return value, err
}

func insertCase(ctx context.Context, tx *act.Tx, c Case, draft, called string) error {
	return tx.Later(ctx,
		`INSERT INTO cases (id, draft, register, year, n, day, number, service, version, owner, filed_by, mandate, at_desk, called, unit, clerk,
			state, filed_at, changed_at, over_at, clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
			$30, $31, $32)`,
		c.ID, draft, c.Number.Register, c.Number.Year, c.Number.N, c.Number.Day, c.Number.String(), c.Service, c.Version, string(c.Owner),
		string(c.FiledBy), c.Mandate, c.AtDesk, called, c.Unit, string(c.Clerk), string(c.State), db.Time(c.Filed), db.Time(c.Changed),
		db.Time(c.Over), clockText(c.Clock), c.Due, c.Running, c.Edition, int64(c.Fee), c.Order, db.Time(c.PaidAt), c.Receipt, c.Objects,
		db.Time(c.Came), c.warned, db.Time(c.lateAt))
}

// updateCase stores a case as its next edition, or returns ErrStale if that
// which it was changed from is no longer the latest.
func updateCase(ctx context.Context, tx *act.Tx, c Case) error {
	n, err := tx.Exec(ctx,
		`UPDATE cases SET unit = $1, clerk = $2, state = $3, changed_at = $4, over_at = $5, clock = $6, due = $7, running = $8, came_at = $9, edition = $10
		WHERE id = $11 AND edition = $10 - 1`,
		c.Unit, string(c.Clerk), string(c.State), db.Time(c.Changed), db.Time(c.Over), clockText(c.Clock), c.Due, c.Running, db.Time(c.Came), c.Edition, c.ID)
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// What follows is no change of a case that an official could miss: its edition
// stays. Each returns errDone if it was done before.

// errDone says that there is nothing left to do.
var errDone = errors.New("cases: that was done")

func once(n int64, err error) error {
	if err == nil && n == 0 {
		return errDone
	}
	return err
}

// markPaid notes that the fee has arrived.
func markPaid(ctx context.Context, tx *act.Tx, id string, at time.Time) error {
	return once(tx.Exec(ctx, `UPDATE cases SET paid_at = $1, came_at = $2 WHERE id = $3 AND paid_at = 0`, db.Time(at), db.Time(tx.At), id))
}

// markCame notes that something came in from the applicant.
func markCame(ctx context.Context, tx *act.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE cases SET came_at = $1 WHERE id = $2`, db.Time(tx.At), id)
	return err
}

// markWarned notes that the clerk was reminded of the day on which a case is due.
func markWarned(ctx context.Context, tx *act.Tx, id string, due deadline.Date) error {
	return once(tx.Exec(ctx, `UPDATE cases SET warned = $1 WHERE id = $2 AND warned <> $1 AND due = $1 AND running AND over_at = 0`, due, id))
}

// markLate notes that the heads heard that a case is late.
func markLate(ctx context.Context, tx *act.Tx, id string, due deadline.Date) error {
	return once(tx.Exec(ctx, `UPDATE cases SET late_at = $1, warned = due WHERE id = $2 AND late_at = 0 AND due = $3 AND running AND over_at = 0`,
		db.Time(tx.At), id, due))
}

// A settled case is one that was answered, as far as how long that took is
// concerned.
type settled struct {
	clock deadline.Clock
	over  time.Time
}

// settledOf returns the latest cases of a service that were answered.
func settledOf(ctx context.Context, r db.Reader, service string, limit int) ([]settled, error) {
	return db.All(ctx, r, func(row db.Row) (settled, error) {
		var s settled
		var clock string
		if err := row.Scan(&clock, (*db.Time)(&s.over)); err != nil {
			return s, err
		}
		return s, json.Unmarshal([]byte(clock), &s.clock)
	}, `SELECT clock, over_at FROM cases WHERE service = $1 AND over_at <> 0 AND state <> 'withdrawn' ORDER BY over_at DESC LIMIT $2`, service, limit)
}

// timed returns the cases whose clock runs and that are due by a day, if the
// clerk has not been reminded of that yet, or if they were due before today and
// nothing has followed.
func timed(ctx context.Context, r db.Reader, by, today deadline.Date) ([]Case, error) {
	return db.All(ctx, r, scanCase,
		`SELECT id, register, year, n, day, service, version, owner, filed_by, mandate, at_desk, unit, clerk, state, filed_at, changed_at, over_at,
			clock, due, running, edition, fee, fee_order, paid_at, receipt, objects, came_at, warned, late_at
		FROM cases WHERE over_at = 0 AND running AND due <> '' AND due <= $1 AND (warned <> due OR late_at = 0 AND due < $2) ORDER BY due, id`, by, today)
}

// waiting returns the IDs of cases in which an answer of the applicant is
// awaited.
func waiting(ctx context.Context, r db.Reader) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT case_id FROM cases_asks WHERE answered_at = 0 AND lapsed_at = 0 ORDER BY id`)
}

// words puts keys or IDs into one column.
func words[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, " ")
}

package payments

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

func insertAttempt(ctx context.Context, tx *act.Tx, a attempt) (bool, error) {
	n, err := tx.Exec(ctx,
		`INSERT INTO payments_attempts (id, order_id, provider, amount, state, page, bank_ref, begun_at, polls)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		a.id, a.order, a.provider, int64(a.amount), a.state, a.page, a.ref, db.Time(a.begun), a.polls)
	return n > 0, err
}

func scanAttempt(row db.Row) (attempt, error) {
	var a attempt
	err := row.Scan(&a.id, &a.order, &a.provider, &a.amount, &a.state, &a.page, &a.ref, (*db.Time)(&a.begun), &a.polls)
	return a, err
}

// attemptByID returns an attempt, or [db.ErrNone].
func attemptByID(ctx context.Context, r db.Reader, id string) (attempt, error) {
	return db.One(ctx, r, scanAttempt,
		`SELECT id, order_id, provider, amount, state, page, bank_ref, begun_at, polls FROM payments_attempts WHERE id = $1`, id)
}

// openAttempt returns the attempt of an order about which the bank may still say
// something, or [db.ErrNone].
func openAttempt(ctx context.Context, r db.Reader, order string) (attempt, error) {
	return db.One(ctx, r, scanAttempt,
		`SELECT id, order_id, provider, amount, state, page, bank_ref, begun_at, polls FROM payments_attempts
		WHERE order_id = $1 AND state IN ('begun', 'redirected', 'unknown')`, order)
}

// lastAttempt returns the attempt that began last, or [db.ErrNone].
func lastAttempt(ctx context.Context, r db.Reader, order string) (attempt, error) {
	return db.One(ctx, r, scanAttempt,
		`SELECT id, order_id, provider, amount, state, page, bank_ref, begun_at, polls FROM payments_attempts
		WHERE order_id = $1 ORDER BY id DESC LIMIT 1`, order)
}

// moveAttempt stores a later state of an attempt.
func moveAttempt(ctx context.Context, tx *db.Tx, a attempt) error {
	_, err := tx.Exec(ctx, `UPDATE payments_attempts SET state = $1 WHERE id = $2`, a.state, a.id)
	return err
}

// sendAttempt stores where the bank's page of an attempt is, if there is one still,
// and what the bank calls it, unless more is known of it.
func sendAttempt(ctx context.Context, tx *db.Tx, id string, b Begun) error {
	_, err := tx.Exec(ctx,
		`UPDATE payments_attempts SET state = 'redirected', page = $1, bank_ref = $2 WHERE id = $3 AND state = 'begun'`, b.Page, b.Ref, id)
	return err
}

// doubtAttempt stores that the bank does not say what became of an attempt.
func doubtAttempt(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE payments_attempts SET state = 'unknown' WHERE id = $1 AND state IN ('begun', 'redirected')`, id)
	return err
}

// countPoll counts that the bank was asked, and reports whether nobody else had.
func countPoll(ctx context.Context, tx *db.Tx, a attempt) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE payments_attempts SET polls = polls + 1 WHERE id = $1 AND polls = $2`, a.id, a.polls)
	return n > 0, err
}

// insertEvent stores what a bank has said, and reports whether that is new.
func insertEvent(ctx context.Context, tx *act.Tx, provider string, o Outcome) (bool, error) {
	n, err := tx.Exec(ctx,
		`INSERT INTO payments_events (provider, digest, heard_at, attempt, status, amount, currency, bank_ref, approval, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (provider, digest) DO NOTHING`,
		provider, o.digest(), db.Time(tx.At), o.Attempt, o.Status, int64(o.Amount), o.Currency, o.Transaction, o.Approval, db.Time(o.At))
	return n > 0, err
}

// eventsOf returns all that a bank has said about an attempt, in the order in
// which it happened there.
func eventsOf(ctx context.Context, r db.Reader, provider, attempt string) ([]Outcome, error) {
	return db.All(ctx, r, func(row db.Row) (Outcome, error) {
		var o Outcome
		err := row.Scan(&o.Attempt, &o.Status, &o.Amount, &o.Currency, &o.Transaction, &o.Approval, (*db.Time)(&o.At))
		return o, err
	}, `SELECT attempt, status, amount, currency, bank_ref, approval, at FROM payments_events
		WHERE attempt = $1 AND provider = $2 ORDER BY at, digest`, attempt, provider)
}

// An entry of the ledger stands for one transaction of a bank.
type entry struct {
	id, kind, provider, ref string
	attempt                 attempt
	amount                  int64
	bankAt, at              time.Time
}

// insertEntry adds an entry with its postings to the ledger, and reports whether
// that transaction was not there yet. It is the only one to write there.
func insertEntry(ctx context.Context, tx *act.Tx, e entry, postings []posting) (bool, error) {
	n, err := tx.Exec(ctx,
		`INSERT INTO payments_entries (id, kind, provider, bank_ref, attempt, order_id, amount, bank_at, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (provider, kind, bank_ref) DO NOTHING`,
		e.id, e.kind, e.provider, e.ref, e.attempt.id, e.attempt.order, e.amount, db.Time(e.bankAt), db.Time(e.at))
	if err != nil || n == 0 {
		return false, err
	}
	for _, p := range postings {
		if _, err := tx.Exec(ctx, `INSERT INTO payments_ledger (entry, account, order_id, debit, credit) VALUES ($1, $2, $3, $4, $5)`,
			e.id, p.account, e.attempt.order, int64(p.debit), int64(p.credit)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// attemptOf returns to which attempt a transaction was entered; "" if to none.
func attemptOf(ctx context.Context, r db.Reader, provider, kind, ref string) (string, error) {
	id, err := db.One(ctx, r, db.Value[string],
		`SELECT attempt FROM payments_entries WHERE provider = $1 AND kind = $2 AND bank_ref = $3`, provider, kind, ref)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

// entriesBetween returns the transactions that the ledger has from [from, to).
func entriesBetween(ctx context.Context, r db.Reader, provider string, from, to time.Time) ([]Transaction, error) {
	return db.All(ctx, r, func(row db.Row) (Transaction, error) {
		var t Transaction
		err := row.Scan(&t.ID, &t.Attempt, &t.Amount, (*db.Time)(&t.At))
		return t, err
	}, `SELECT bank_ref, attempt, CASE WHEN kind = 'refund' THEN -amount ELSE amount END, bank_at FROM payments_entries
		WHERE provider = $1 AND bank_at >= $2 AND bank_at < $3 ORDER BY bank_at, bank_ref`, provider, db.Time(from), db.Time(to))
}

// othersBetween returns the bank's references of what the ledger has from [from, to) for
// another account than one.
func othersBetween(ctx context.Context, r db.Reader, provider, account string, from, to time.Time) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT e.bank_ref FROM payments_entries e JOIN payments_orders o ON o.id = e.order_id
		WHERE e.provider = $1 AND e.bank_at >= $2 AND e.bank_at < $3 AND o.account <> $4`, provider, db.Time(from), db.Time(to), account)
}

func insertDifference(ctx context.Context, tx *act.Tx, provider string, d Difference) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO payments_differences (id, at, kind, provider, bank_ref, attempt, bank, ours, currency)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
		d.id(provider), db.Time(tx.At), d.Kind, provider, d.Transaction, d.Attempt, int64(d.Bank), int64(d.Ours), d.Currency)
	return err
}

// differencesSince returns what was found since a time, the oldest first.
func differencesSince(ctx context.Context, r db.Reader, provider string, from time.Time) ([]Difference, error) {
	return db.All(ctx, r, func(row db.Row) (Difference, error) {
		var d Difference
		err := row.Scan(&d.Kind, &d.Transaction, &d.Attempt, &d.Bank, &d.Ours, &d.Currency, (*db.Time)(&d.At))
		return d, err
	}, `SELECT kind, bank_ref, attempt, bank, ours, currency, at FROM payments_differences
		WHERE at >= $1 AND provider = $2 ORDER BY at, id`, db.Time(from), provider)
}

package payments

import (
	"context"
	"errors"
	"time"

	"bega/internal/db"
)

func insertPayment(ctx context.Context, tx *db.Tx, p payment) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO payments_sandbox (id, amount, description, back, notify, state, made_at, decided_at, bank_ref, approval, refunded_at, refund_ref, silent_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`,
		p.id, int64(p.amount), p.description, p.back, p.notify, p.state, db.Time(p.made), db.Time(p.decided), p.ref, p.approval,
		db.Time(p.refunded), p.refundRef, db.Time(p.silent))
	return err
}

func updatePayment(ctx context.Context, tx *db.Tx, p payment) error {
	_, err := tx.Exec(ctx,
		`UPDATE payments_sandbox SET state = $1, decided_at = $2, bank_ref = $3, approval = $4, refunded_at = $5, refund_ref = $6, silent_until = $7
		WHERE id = $8`,
		p.state, db.Time(p.decided), p.ref, p.approval, db.Time(p.refunded), p.refundRef, db.Time(p.silent), p.id)
	return err
}

// paymentByID returns a payment at the sandbox, or ErrNotThere.
func paymentByID(ctx context.Context, r db.Reader, id string) (payment, error) {
	p, err := db.One(ctx, r, func(row db.Row) (payment, error) {
		var p payment
		err := row.Scan(&p.id, &p.amount, &p.description, &p.back, &p.notify, &p.state, (*db.Time)(&p.made), (*db.Time)(&p.decided),
			&p.ref, &p.approval, (*db.Time)(&p.refunded), &p.refundRef, (*db.Time)(&p.silent))
		return p, err
	}, `SELECT id, amount, description, back, notify, state, made_at, decided_at, bank_ref, approval, refunded_at, refund_ref, silent_until
		FROM payments_sandbox WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return payment{}, ErrNotThere
	}
	return p, err
}

// paymentsBetween returns what came in and went out at the sandbox in [from, to).
func paymentsBetween(ctx context.Context, r db.Reader, from, to time.Time) ([]Transaction, error) {
	return db.All(ctx, r, func(row db.Row) (Transaction, error) {
		var t Transaction
		err := row.Scan(&t.ID, &t.Attempt, &t.Amount, (*db.Time)(&t.At))
		return t, err
	}, `SELECT bank_ref, id, amount, decided_at FROM payments_sandbox
		WHERE decided_at >= $1 AND decided_at < $2 AND state IN ('paid', 'refunded')
		UNION ALL
		SELECT refund_ref, id, -amount, refunded_at FROM payments_sandbox
		WHERE refunded_at >= $1 AND refunded_at < $2 AND state = 'refunded'`, db.Time(from), db.Time(to))
}

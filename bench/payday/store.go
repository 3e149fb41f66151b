package payday

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
)

// A booked is a transaction of the bank, as the room payments has entered it.
type booked struct {
	kind, ref, attempt, order string
	amount                    money.Bani
	forOrder, tooMuch         money.Bani // of it; negative for a refund
	bankAt, at                time.Time
}

// bookings returns all that was entered.
func bookings(ctx context.Context, d *db.DB) ([]booked, error) {
	return db.All(ctx, d, func(row db.Row) (b booked, err error) {
		err = row.Scan(&b.kind, &b.ref, &b.attempt, &b.order, &b.amount, (*db.Time)(&b.bankAt), (*db.Time)(&b.at), &b.forOrder, &b.tooMuch)
		return b, err
	}, `SELECT e.kind, e.bank_ref, e.attempt, e.order_id, e.amount, e.bank_at, e.at,
			CAST(coalesce(sum(CASE WHEN l.account = 'order:' || e.order_id THEN l.credit - l.debit END), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN l.account = 'overpaid:' || e.order_id THEN l.credit - l.debit END), 0) AS BIGINT)
		FROM payments_entries e JOIN payments_ledger l ON l.entry = e.id
		GROUP BY e.id, e.kind, e.bank_ref, e.attempt, e.order_id, e.amount, e.bank_at, e.at`)
}

// A credited is a payment by card in the ledger of taxes.
type credited struct {
	cause  string // its ID
	net    money.Bani
	moment time.Time
}

// cardChannel returns what came in by card for taxes, less what was taken back.
func cardChannel(ctx context.Context, d *db.DB) ([]credited, error) {
	return db.All(ctx, d, func(row db.Row) (c credited, err error) {
		err = row.Scan(&c.cause, &c.net, (*db.Time)(&c.moment))
		return c, err
	}, `SELECT l.cause, CAST(sum(CASE WHEN l.debit = 'money' THEN l.amount ELSE -l.amount END) AS BIGINT), e.moment
		FROM ledger_entries l JOIN ledger_events e ON e.id = l.cause WHERE l.channel = 'card' GROUP BY l.cause, e.moment`)
}

// Sums are what there is of somebody.
type sums struct{ orders, attempts, charges, credits int }

// sumsOf counts the orders and attempts of a party, what the bank charged for them,
// and what was credited.
func sumsOf(ctx context.Context, d *db.DB, party act.PartyID) (sums, error) {
	return db.One(ctx, d, func(row db.Row) (s sums, err error) {
		err = row.Scan(&s.orders, &s.attempts, &s.charges, &s.credits)
		return s, err
	}, `SELECT (SELECT count(*) FROM payments_orders WHERE owner = $1),
		(SELECT count(*) FROM payments_attempts a JOIN payments_orders o ON o.id = a.order_id WHERE o.owner = $1),
		(SELECT count(*) FROM payments_entries e JOIN payments_orders o ON o.id = e.order_id WHERE o.owner = $1),
		(SELECT count(*) FROM ledger_events WHERE party = $1 AND channel = 'card')`, string(party))
}

// queued returns how many jobs there are of a kind.
func queued(ctx context.Context, d *db.DB, kind string) (int, error) {
	return db.One(ctx, d, db.Value[int], `SELECT count(*) FROM river_job WHERE kind = $1`, kind)
}

// emptied removes all tables of a PostgreSQL database.
func emptied(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DROP SCHEMA public CASCADE`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `CREATE SCHEMA public`)
		return err
	})
}

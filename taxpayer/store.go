package taxpayer

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

func insertOrder(ctx context.Context, tx *act.Tx, o order) error {
	choice, err := json.Marshal(o.choice)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO taxpayer_orders (id, payer, debtor, what, code, choice, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		o.id, string(o.payer), string(o.debtor), o.what, o.code, string(choice), db.Time(o.at))
	return err
}

func scanOrder(row db.Row) (order, error) {
	var o order
	var choice []byte
	if err := row.Scan(&o.id, &o.payer, &o.debtor, &o.what, &o.code, &choice, (*db.Time)(&o.at)); err != nil {
		return o, err
	}
	return o, json.Unmarshal(choice, &o.choice)
}

// orderByID returns what an order is for, or ErrUnknown.
func orderByID(ctx context.Context, r db.Reader, id string) (order, error) {
	return found(db.One(ctx, r, scanOrder, `SELECT id, payer, debtor, what, code, choice, at FROM taxpayer_orders WHERE id = $1`, id))
}

// lastOrder returns the last one by which somebody pays the debts of somebody, or
// ErrUnknown.
func lastOrder(ctx context.Context, r db.Reader, payer, debtor act.PartyID) (order, error) {
	return found(db.One(ctx, r, scanOrder,
		`SELECT id, payer, debtor, what, code, choice, at FROM taxpayer_orders
		WHERE payer = $1 AND debtor = $2 ORDER BY id DESC LIMIT 1`, string(payer), string(debtor)))
}

// ordersFor returns the IDs of all orders by which anybody pays the debts of somebody.
func ordersFor(ctx context.Context, r db.Reader, debtor act.PartyID) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT id FROM taxpayer_orders WHERE debtor = $1`, string(debtor))
}

func found(o order, err error) (order, error) {
	if errors.Is(err, db.ErrNone) {
		return order{}, ErrUnknown
	}
	return o, err
}

// A tries is how often a network gave wrong codes, and when last.
type tries struct {
	fails int
	last  time.Time
}

// triesOf returns those of a network; none is the zero value.
func triesOf(ctx context.Context, r db.Reader, network string) (tries, error) {
	t, err := db.One(ctx, r, func(row db.Row) (t tries, err error) {
		return t, row.Scan(&t.fails, (*db.Time)(&t.last))
	}, `SELECT fails, last_at FROM taxpayer_tries WHERE network = $1`, network)
	if errors.Is(err, db.ErrNone) {
		return tries{}, nil
	}
	return t, err
}

func keepTries(ctx context.Context, tx *db.Tx, network string, t tries) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO taxpayer_tries (network, fails, last_at) VALUES ($1, $2, $3)
		ON CONFLICT (network) DO UPDATE SET fails = excluded.fails, last_at = excluded.last_at`,
		network, t.fails, db.Time(t.last))
	return err
}

// forgetTries removes what no longer counts.
func forgetTries(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM taxpayer_tries WHERE last_at < $1`, db.Time(before))
	return err
}

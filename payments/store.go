package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
)

func insertOrder(ctx context.Context, tx *act.Tx, o Order) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO payments_orders (id, owner, unit, service, case_id, number, link, account, total, state, created_at, paid_at, method, receipt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		o.ID, string(o.Owner), o.Unit, o.Service, o.Case, o.Number, o.Link, o.Account, int64(o.Total), string(o.State),
		db.Time(o.Created), db.Time(o.PaidAt), o.Method, o.Receipt)
	if err != nil {
		return err
	}
	for i, line := range o.Lines {
		label, err := json.Marshal(line.Label)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO payments_lines (order_id, n, label, amount) VALUES ($1, $2, $3, $4)`,
			o.ID, i+1, string(label), int64(line.Amount)); err != nil {
			return err
		}
	}
	return nil
}

// updateOrder stores what may change.
func updateOrder(ctx context.Context, tx *act.Tx, o Order) error {
	_, err := tx.Exec(ctx, `UPDATE payments_orders SET state = $1, paid_at = $2, method = $3, receipt = $4 WHERE id = $5`,
		string(o.State), db.Time(o.PaidAt), o.Method, o.Receipt, o.ID)
	return err
}

func scanOrder(row db.Row) (Order, error) {
	var o Order
	err := row.Scan(&o.ID, &o.Owner, &o.Unit, &o.Service, &o.Case, &o.Number, &o.Link, &o.Account, &o.Total, &o.State,
		(*db.Time)(&o.Created), (*db.Time)(&o.PaidAt), &o.Method, &o.Receipt)
	return o, err
}

// orderByID returns an order, or ErrUnknown.
func orderByID(ctx context.Context, r db.Reader, id string) (Order, error) {
	o, err := db.One(ctx, r, scanOrder,
		`SELECT id, owner, unit, service, case_id, number, link, account, total, state, created_at, paid_at, method, receipt
		FROM payments_orders WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return Order{}, ErrUnknown
	} else if err != nil {
		return Order{}, err
	}
	return o, complete(ctx, r, &o)
}

// ordersOf returns the orders of a party, the newest first.
func ordersOf(ctx context.Context, r db.Reader, owner act.PartyID) ([]Order, error) {
	all, err := db.All(ctx, r, scanOrder,
		`SELECT id, owner, unit, service, case_id, number, link, account, total, state, created_at, paid_at, method, receipt
		FROM payments_orders WHERE owner = $1 ORDER BY id DESC`, string(owner))
	return completed(ctx, r, all, err)
}

// statesOf returns how many orders of a party there are in each state.
func statesOf(ctx context.Context, r db.Reader, owner act.PartyID) ([]string, error) {
	return db.All(ctx, r, func(row db.Row) (string, error) {
		var state string
		var n int
		err := row.Scan(&state, &n)
		return fmt.Sprint(n, " ", state), err
	}, `SELECT state, count(*) FROM payments_orders WHERE owner = $1 GROUP BY state ORDER BY state`, string(owner))
}

// ordersOfCase returns the orders of a case, the newest first.
func ordersOfCase(ctx context.Context, r db.Reader, caseID string) ([]Order, error) {
	all, err := db.All(ctx, r, scanOrder,
		`SELECT id, owner, unit, service, case_id, number, link, account, total, state, created_at, paid_at, method, receipt
		FROM payments_orders WHERE case_id = $1 AND case_id <> '' ORDER BY id DESC`, caseID)
	return completed(ctx, r, all, err)
}

// completed completes orders that were read without an error.
func completed(ctx context.Context, r db.Reader, all []Order, err error) ([]Order, error) {
	for i := range all {
		if err == nil {
			err = complete(ctx, r, &all[i])
		}
	}
	return all, err
}

// complete reads what is in other tables.
func complete(ctx context.Context, r db.Reader, o *Order) (err error) {
	o.Lines, err = db.All(ctx, r, func(row db.Row) (Line, error) {
		var line Line
		var label []byte
		if err := row.Scan(&label, &line.Amount); err != nil {
			return line, err
		}
		return line, json.Unmarshal(label, &line.Label)
	}, `SELECT label, amount FROM payments_lines WHERE order_id = $1 ORDER BY n`, o.ID)
	if err != nil {
		return err
	}
	if o.Overpaid, err = balance(ctx, r, "overpaid:"+o.ID); err != nil {
		return err
	}
	a, err := openAttempt(ctx, r, o.ID)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	o.Uncertain = a.state == "unknown"
	return err
}

// balance returns how much more was put into an account than was taken out.
func balance(ctx context.Context, r db.Reader, account string) (money.Bani, error) {
	return db.One(ctx, r, db.Value[money.Bani],
		`SELECT CAST(coalesce(sum(credit), 0) - coalesce(sum(debit), 0) AS BIGINT) FROM payments_ledger WHERE account = $1`, account)
}

package treasury

import (
	"context"
	"encoding/json"
	"fmt"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/ledger"
)

func (o *Office) insertGap(ctx context.Context, tx *act.Tx, g Gap, reason string) error {
	id := db.NewID()
	_, err := tx.Exec(ctx, `INSERT INTO treasury_gaps (id, day, channel, source, treasury, reason, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, g.Day, g.Channel, int64(g.first()), int64(g.second()), o.Vault.Seal("treasury_gaps:"+id, reason), string(tx.Actor.Person), db.Time(tx.At))
	return err
}

// An explanation is a gap that was explained, with the amounts that it then had.
type explanation struct {
	Gap
	seen string
}

// explained returns the explanations of days, the latest last.
func (o *Office) explained(ctx context.Context, r db.Reader, from, to deadline.Date) ([]explanation, error) {
	return db.All(ctx, r, func(row db.Row) (e explanation, err error) {
		var id, sealed string
		var source, treasury int64
		if err := row.Scan(&id, &e.Day, &e.Channel, &source, &treasury, &sealed, &e.By, (*db.Time)(&e.At)); err != nil {
			return e, err
		}
		e.seen = fmt.Sprint(source, " ", treasury)
		e.Reason, err = o.Vault.Open("treasury_gaps:"+id, sealed)
		return e, err
	}, `SELECT id, day, channel, source, treasury, reason, by_person, at FROM treasury_gaps WHERE day BETWEEN $1 AND $2 ORDER BY id`, from, to)
}

func insertCheck(ctx context.Context, tx *act.Tx, id string, found ledger.Verified) error {
	body, err := json.Marshal(found)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO treasury_checks (id, at, body) VALUES ($1, $2, $3)`, id, db.Time(tx.At), string(body))
	return err
}

func lastCheck(ctx context.Context, r db.Reader) (Check, error) {
	return db.One(ctx, r, func(row db.Row) (c Check, err error) {
		var body string
		if err := row.Scan((*db.Time)(&c.At), &body); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(body), &c.Verified)
	}, `SELECT at, body FROM treasury_checks ORDER BY id DESC LIMIT 1`)
}

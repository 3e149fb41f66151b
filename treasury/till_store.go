package treasury

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
)

func insertTaking(ctx context.Context, tx *act.Tx, t Taking) error {
	_, err := tx.Exec(ctx, `INSERT INTO treasury_takings (id, teller, day, party, amount, means, slip, receipt, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		t.ID, string(t.Teller), t.Day, string(t.Party), int64(t.Amount), t.Means, t.Slip, t.Receipt, db.Time(t.At))
	if db.IsDuplicate(err) {
		return ErrSlipUsed
	}
	return err
}

func scanTaking(row db.Row) (t Taking, err error) {
	err = row.Scan(&t.ID, &t.Teller, &t.Day, &t.Party, &t.Amount, &t.Means, &t.Slip, &t.Receipt, (*db.Time)(&t.At))
	return t, err
}

func takingByID(ctx context.Context, r db.Reader, id string) (Taking, error) {
	t, err := db.One(ctx, r, scanTaking, `SELECT id, teller, day, party, amount, means, slip, receipt, at FROM treasury_takings WHERE id = $1`, id)
	return t, missing(err)
}

// takings returns what a teller has taken on a day, the latest first.
func takings(ctx context.Context, r db.Reader, teller act.PartyID, day deadline.Date) ([]Taking, error) {
	return db.All(ctx, r, scanTaking, `SELECT id, teller, day, party, amount, means, slip, receipt, at
		FROM treasury_takings WHERE teller = $1 AND day = $2 ORDER BY id DESC`, string(teller), day)
}

func closedOn(ctx context.Context, r db.Reader, teller act.PartyID, day deadline.Date) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int], `SELECT count(*) FROM treasury_closings WHERE teller = $1 AND day = $2`, string(teller), day)
	return n > 0, err
}

// unclosed returns the first day before another on which a teller has taken money, and
// which was not closed; no day if there is none.
func unclosed(ctx context.Context, r db.Reader, teller act.PartyID, before deadline.Date) (deadline.Date, error) {
	day, err := db.One(ctx, r, db.Value[deadline.Date], `SELECT t.day FROM treasury_takings t
		LEFT JOIN treasury_closings c ON c.teller = t.teller AND c.day = t.day
		WHERE t.teller = $1 AND t.day < $2 AND c.day IS NULL ORDER BY t.day LIMIT 1`, string(teller), before)
	if errors.Is(err, db.ErrNone) {
		return deadline.Date{}, nil
	}
	return day, err
}

func (o *Office) insertClosing(ctx context.Context, tx *act.Tx, c Closing) error {
	_, err := tx.Exec(ctx, `INSERT INTO treasury_closings (teller, day, cash, counted, terminal, slips, takings, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(c.Teller), c.Day, int64(c.Cash), int64(c.Counted), int64(c.Terminal), int64(c.Slips), c.Takings,
		o.Vault.Seal(closingPlace(c), c.Reason), db.Time(c.At))
	return err
}

func closingPlace(c Closing) string {
	return "treasury_closings:" + string(c.Teller) + " " + c.Day.String()
}

func (o *Office) scanClosing(row db.Row) (c Closing, err error) {
	var sealed string
	if err := row.Scan(&c.Teller, &c.Day, &c.Cash, &c.Counted, &c.Terminal, &c.Slips, &c.Takings, &sealed, (*db.Time)(&c.At)); err != nil || sealed == "" {
		return c, err
	}
	c.Reason, err = o.Vault.Open(closingPlace(c), sealed)
	return c, err
}

func (o *Office) closing(ctx context.Context, r db.Reader, teller act.PartyID, day deadline.Date) (Closing, error) {
	c, err := db.One(ctx, r, o.scanClosing, `SELECT teller, day, cash, counted, terminal, slips, takings, reason, at
		FROM treasury_closings WHERE teller = $1 AND day = $2`, string(teller), day)
	return c, missing(err)
}

// closings returns those of days, both inclusive, the latest first.
func (o *Office) closings(ctx context.Context, r db.Reader, from, to deadline.Date) ([]Closing, error) {
	return db.All(ctx, r, o.scanClosing, `SELECT teller, day, cash, counted, terminal, slips, takings, reason, at
		FROM treasury_closings WHERE day BETWEEN $1 AND $2 ORDER BY day DESC, at DESC`, from, to)
}

package treasury

import (
	"context"
	"encoding/json"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
)

// ensureImport stores a statement unless it is there, and returns its ID.
func ensureImport(ctx context.Context, tx *act.Tx, i Import, digest string) (id string, err error) {
	id, err = db.One(ctx, tx, db.Value[string], `SELECT id FROM treasury_imports WHERE digest = $1`, digest)
	if !errors.Is(err, db.ErrNone) {
		return id, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO treasury_imports (id, channel, digest, rows_n, amount, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		i.ID, i.Channel, digest, i.Rows, int64(i.Amount), string(i.By), db.Time(i.At))
	return i.ID, err
}

func scanImport(row db.Row) (i Import, err error) {
	var brought int
	err = row.Scan(&i.ID, &i.Channel, &i.Rows, &i.Amount, &i.By, (*db.Time)(&i.At), &brought, &i.Entered, &i.Waiting)
	i.Known = i.Rows - brought
	return i, err
}

func importByID(ctx context.Context, r db.Reader, id string) (Import, error) {
	i, err := db.One(ctx, r, scanImport, `SELECT i.id, i.channel, i.rows_n, i.amount, i.by_person, i.at, count(l.id),
			count(*) FILTER (WHERE l.state = 'entered'), count(*) FILTER (WHERE l.state = 'waiting')
		FROM treasury_imports i LEFT JOIN treasury_lines l ON l.import = i.id WHERE i.id = $1
		GROUP BY i.id, i.channel, i.rows_n, i.amount, i.by_person, i.at`, id)
	return i, missing(err)
}

// importsLately returns the last statements, the latest first.
func importsLately(ctx context.Context, r db.Reader) ([]Import, error) {
	return db.All(ctx, r, scanImport, `SELECT i.id, i.channel, i.rows_n, i.amount, i.by_person, i.at, count(l.id),
			count(*) FILTER (WHERE l.state = 'entered'), count(*) FILTER (WHERE l.state = 'waiting')
		FROM treasury_imports i LEFT JOIN treasury_lines l ON l.import = i.id
		GROUP BY i.id, i.channel, i.rows_n, i.amount, i.by_person, i.at ORDER BY i.id DESC LIMIT 30`)
}

// knownLine reports whether a line was entered before. It fails with [ErrOther] if that
// line said something else.
func (o *Office) knownLine(ctx context.Context, r db.Reader, channel string, l Line) (bool, error) {
	was, err := db.One(ctx, r, o.scanLine, `SELECT id, channel, ref, day, moment, amount, body, state, how, party, of_channel, of_day, by_person, at
		FROM treasury_lines WHERE channel = $1 AND ref = $2`, channel, l.Ref)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	if err == nil && (was.Amount != l.Amount || !was.Moment.Equal(l.Moment)) {
		err = ErrOther.With(l.N)
	}
	return err == nil, err
}

func (o *Office) insertLine(ctx context.Context, tx *act.Tx, load string, e Entered) error {
	body, err := json.Marshal(e.Line)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO treasury_lines (id, channel, ref, import, day, moment, amount, body, state, how, party, of_channel, of_day, by_person, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', $12)`,
		e.ID, e.Channel, e.Ref, load, e.Day, db.Time(e.Moment), int64(e.Amount), o.Vault.Seal("treasury_lines:"+e.ID, string(body)), e.State, e.How, string(e.Party), db.Time(e.At))
	return err
}

// moveLine brings a line that waits into another state.
func moveLine(ctx context.Context, tx *act.Tx, e Entered) error {
	n, err := tx.Exec(ctx, `UPDATE treasury_lines SET state = $1, how = $2, party = $3, of_channel = $4, of_day = $5, by_person = $6, at = $7
		WHERE id = $8 AND state = 'waiting'`, e.State, e.How, string(e.Party), e.Of, e.OfDay, string(e.By), db.Time(e.At), e.ID)
	if err == nil && n == 0 {
		err = ErrAssigned
	}
	return err
}

func (o *Office) scanLine(row db.Row) (e Entered, err error) {
	var body string
	if err := row.Scan(&e.ID, &e.Channel, &e.Ref, &e.Day, (*db.Time)(&e.Moment), &e.Amount, &body, &e.State, &e.How, &e.Party, &e.Of, &e.OfDay, &e.By, (*db.Time)(&e.At)); err != nil {
		return e, err
	}
	plain, err := o.Vault.Open("treasury_lines:"+e.ID, body)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(plain), &e.Line)
}

func (o *Office) line(ctx context.Context, r db.Reader, id string) (Entered, error) {
	e, err := db.One(ctx, r, o.scanLine, `SELECT id, channel, ref, day, moment, amount, body, state, how, party, of_channel, of_day, by_person, at
		FROM treasury_lines WHERE id = $1`, id)
	return e, missing(err)
}

func (o *Office) waitingLines(ctx context.Context, r db.Reader) ([]Entered, error) {
	return db.All(ctx, r, o.scanLine, `SELECT id, channel, ref, day, moment, amount, body, state, how, party, of_channel, of_day, by_person, at
		FROM treasury_lines WHERE state = 'waiting' ORDER BY day, id LIMIT 200`)
}

// A sum is what came in on a day through a channel.
type sum struct {
	day     deadline.Date
	channel string
	amount  money.Bani
}

func scanSum(row db.Row) (s sum, err error) {
	err = row.Scan(&s.day, &s.channel, &s.amount)
	return s, err
}

// stated returns what statements and receipts say came in, of those that go to the
// account of a taxpayer or wait for that.
func stated(ctx context.Context, r db.Reader, from, to deadline.Date) ([]sum, error) {
	return db.All(ctx, r, scanSum, `SELECT day, channel, CAST(sum(amount) AS BIGINT) FROM treasury_lines
		WHERE day BETWEEN $1 AND $2 AND state IN ('entered', 'waiting') GROUP BY day, channel
		UNION ALL SELECT day, 'desk', CAST(sum(amount) AS BIGINT) FROM treasury_takings WHERE day BETWEEN $1 AND $2 GROUP BY day`, from, to)
}

// arrived returns what has come to the treasury of other channels.
func arrived(ctx context.Context, r db.Reader, from, to deadline.Date) ([]sum, error) {
	return db.All(ctx, r, scanSum, `SELECT of_day, of_channel, CAST(sum(amount) AS BIGINT) FROM treasury_lines
		WHERE state = 'settlement' AND of_day BETWEEN $1 AND $2 GROUP BY of_day, of_channel`, from, to)
}

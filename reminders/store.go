package reminders

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
)

// insertSent notes that a party was told, and reports whether it was not yet.
func insertSent(ctx context.Context, tx *act.Tx, party act.PartyID, r reminder) (bool, error) {
	n, err := tx.Exec(ctx,
		`INSERT INTO reminders_sent (party, term, kind, amount, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (party, term, kind) DO NOTHING`,
		string(party), r.term, string(r.kind), int64(r.sum), db.Time(tx.At))
	return n > 0, err
}

// sentTo returns the terms that a party was reminded of.
func sentTo(ctx context.Context, r db.Reader, party act.PartyID, k kind) ([]deadline.Date, error) {
	return db.All(ctx, r, db.Value[deadline.Date], `SELECT term FROM reminders_sent WHERE party = $1 AND kind = $2`, string(party), string(k))
}

// A round is how far the reminders of a day came.
type round struct {
	day     deadline.Date
	kind    kind
	reached act.PartyID
	done    bool
}

// roundOf returns the round of a day, which may not have begun.
func roundOf(ctx context.Context, r db.Reader, day deadline.Date, k kind) (round, error) {
	found, err := db.One(ctx, r, func(row db.Row) (r round, err error) {
		return r, row.Scan(&r.day, &r.kind, &r.reached, &r.done)
	}, `SELECT day, kind, reached, done FROM reminders_rounds WHERE day = $1 AND kind = $2`, day, string(k))
	if errors.Is(err, db.ErrNone) {
		return round{day: day, kind: k}, nil
	}
	return found, err
}

// moveRound notes how far a round came, and reports whether it was where it was thought
// to be: nobody else had gone on.
func moveRound(ctx context.Context, tx *db.Tx, r round, from act.PartyID) (bool, error) {
	n, err := tx.Exec(ctx,
		`INSERT INTO reminders_rounds (day, kind, reached, done) VALUES ($1, $2, $3, $4)
		ON CONFLICT (day, kind) DO UPDATE SET reached = excluded.reached, done = excluded.done
		WHERE reminders_rounds.reached = $5 AND NOT reminders_rounds.done`,
		r.day, string(r.kind), string(r.reached), r.done, string(from))
	return n > 0, err
}

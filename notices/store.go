package notices

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// A row is a notice as it is stored: it has no words yet.
type row struct {
	id                             string
	to                             act.PartyID
	key, args, link, caseID, about string // args are sealed
	at, read                       time.Time
}

func scanRow(r db.Row) (row, error) {
	var n row
	err := r.Scan(&n.id, &n.to, &n.key, &n.args, &n.link, &n.caseID, &n.about, (*db.Time)(&n.at), (*db.Time)(&n.read))
	return n, err
}

// insert stores a notice, and reports whether it was not there yet.
func insert(ctx context.Context, tx *act.Tx, n row) (bool, error) {
	added, err := tx.Exec(ctx,
		`INSERT INTO notices (id, party, text_key, args, link, case_id, once, at, read_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (party, once) DO NOTHING`,
		n.id, string(n.to), n.key, n.args, n.link, n.caseID, n.about, db.Time(n.at), db.Time(n.read))
	return added > 0, err
}

// byID returns a notice, or ErrUnknown.
func byID(ctx context.Context, r db.Reader, id string) (row, error) {
	n, err := db.One(ctx, r, scanRow,
		`SELECT id, party, text_key, args, link, case_id, once, at, read_at FROM notices WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return row{}, ErrUnknown
	}
	return n, err
}

// latest returns the newest notices of a party from before an ID, or the newest.
func latest(ctx context.Context, r db.Reader, party act.PartyID, before string, limit int) ([]row, error) {
	return db.All(ctx, r, scanRow,
		`SELECT id, party, text_key, args, link, case_id, once, at, read_at FROM notices
		WHERE party = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, string(party), before, limit)
}

func latestUnread(ctx context.Context, r db.Reader, party act.PartyID, limit int) ([]row, error) {
	return db.All(ctx, r, scanRow,
		`SELECT id, party, text_key, args, link, case_id, once, at, read_at FROM notices
		WHERE party = $1 AND read_at = 0 ORDER BY id DESC LIMIT $2`, string(party), limit)
}

func latestRead(ctx context.Context, r db.Reader, party act.PartyID, before string, limit int) ([]row, error) {
	return db.All(ctx, r, scanRow,
		`SELECT id, party, text_key, args, link, case_id, once, at, read_at FROM notices
		WHERE party = $1 AND read_at <> 0 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, string(party), before, limit)
}

func countUnread(ctx context.Context, r db.Reader, party act.PartyID) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM notices WHERE party = $1 AND read_at = 0`, string(party))
}

func ofCase(ctx context.Context, r db.Reader, caseID string) ([]row, error) {
	return db.All(ctx, r, scanRow,
		`SELECT id, party, text_key, args, link, case_id, once, at, read_at FROM notices
		WHERE case_id = $1 AND case_id <> '' ORDER BY id DESC`, caseID)
}

// ofTopic returns the newest notices of a party whose keys begin so.
func ofTopic(ctx context.Context, r db.Reader, party act.PartyID, begins string, limit int) ([]row, error) {
	return db.All(ctx, r, scanRow,
		`SELECT id, party, text_key, args, link, case_id, once, at, read_at FROM notices
		WHERE party = $1 AND substr(text_key, 1, $2) = $3 ORDER BY id DESC LIMIT $4`, string(party), len(begins), begins, limit)
}

// markRead marks the notices of a party up to an ID as read, or that one alone.
func markRead(ctx context.Context, tx *act.Tx, party act.PartyID, upTo, one string) (int64, error) {
	return tx.Exec(ctx,
		`UPDATE notices SET read_at = $1 WHERE party = $2 AND read_at = 0 AND (id <= $3 AND $4 = '' OR id = $4)`,
		db.Time(tx.At), string(party), upTo, one)
}

func insertDelivery(ctx context.Context, tx *act.Tx, item string) error {
	return tx.Later(ctx,
		`INSERT INTO notices_deliveries (item, channel, state, queued_at, at, tries, unsure, reason, address)
		VALUES ($1, 'email', 'queued', $2, $2, 0, 0, '', '') ON CONFLICT (item, channel) DO NOTHING`, item, db.Time(tx.At))
}

func deliveryOf(ctx context.Context, r db.Reader, item string) (delivery, error) {
	return db.One(ctx, r, func(r db.Row) (delivery, error) {
		var d delivery
		err := r.Scan(&d.item, &d.state, (*db.Time)(&d.queued), (*db.Time)(&d.at), &d.tries, &d.unsure, &d.reason, &d.address)
		return d, err
	}, `SELECT item, state, queued_at, at, tries, unsure, reason, address FROM notices_deliveries
		WHERE item = $1 AND channel = 'email'`, item)
}

// updateDelivery changes a delivery from what it was, and reports whether nobody
// else had.
func updateDelivery(ctx context.Context, tx *db.Tx, was, d delivery) (bool, error) {
	n, err := tx.Exec(ctx,
		`UPDATE notices_deliveries SET state = $1, at = $2, tries = $3, unsure = $4, reason = $5, address = $6
		WHERE item = $7 AND channel = 'email' AND state = $8 AND at = $9`,
		string(d.state), db.Time(d.at), d.tries, d.unsure, d.reason, d.address, d.item, string(was.state), db.Time(was.at))
	return n > 0, err
}

// failedLast reports whether what was last sent to an address did not get there,
// for the reason given.
func failedLast(ctx context.Context, r db.Reader, address, reason string) (bool, error) {
	last, err := db.One(ctx, r, db.Value[string],
		`SELECT reason FROM notices_deliveries WHERE address = $1 AND state IN ('sent', 'failed') ORDER BY at DESC LIMIT 1`, address)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return last == reason, err
}

// A wish is one row of [Wishes]. The empty topic is all of them.
type wish struct {
	topic  string
	wanted bool
}

func wishesOf(ctx context.Context, r db.Reader, party act.PartyID) (Wishes, error) {
	all, err := db.All(ctx, r, func(r db.Row) (wish, error) {
		var w wish
		err := r.Scan(&w.topic, &w.wanted)
		return w, err
	}, `SELECT topic, wanted FROM notices_wishes WHERE party = $1 AND channel = 'email'`, string(party))
	wishes := Wishes{Email: true, Topic: map[string]bool{}}
	for _, topic := range Topics() {
		wishes.Topic[topic] = true
	}
	for _, w := range all {
		if w.topic == "" {
			wishes.Email = w.wanted
		} else {
			wishes.Topic[w.topic] = w.wanted
		}
	}
	return wishes, err
}

func keepWish(ctx context.Context, tx *act.Tx, party act.PartyID, w wish) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO notices_wishes (party, channel, topic, wanted) VALUES ($1, 'email', $2, $3)
		ON CONFLICT (party, channel, topic) DO UPDATE SET wanted = excluded.wanted`, string(party), w.topic, w.wanted)
	return err
}

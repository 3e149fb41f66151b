package notices

import (
	"context"
	"errors"
	"time"

	"bega/internal/db"
)

// A sealedMail is a [Kept] mail as it is stored.
type sealedMail struct {
	id, mail string
	at       time.Time
}

func scanMail(r db.Row) (sealedMail, error) {
	var m sealedMail
	err := r.Scan(&m.id, &m.mail, (*db.Time)(&m.at))
	return m, err
}

func insertMail(ctx context.Context, tx *db.Tx, id, mail string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO notices_mailbox (id, mail, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		id, mail, db.Time(at))
	return err
}

func latestMails(ctx context.Context, r db.Reader, limit int) ([]sealedMail, error) {
	return db.All(ctx, r, scanMail, `SELECT id, mail, at FROM notices_mailbox ORDER BY at DESC, id LIMIT $1`, limit)
}

func mailByID(ctx context.Context, r db.Reader, id string) (sealedMail, error) {
	m, err := db.One(ctx, r, scanMail, `SELECT id, mail, at FROM notices_mailbox WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return sealedMail{}, ErrUnknown
	}
	return m, err
}

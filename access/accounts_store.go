package access

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// hashByParty returns the password hash of a person; "" if they have none.
func hashByParty(ctx context.Context, r db.Reader, id act.PartyID) (string, error) {
	hash, err := db.One(ctx, r, db.Value[string], `SELECT hash FROM access_passwords WHERE party = $1`, string(id))
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return hash, err
}

func keepPassword(ctx context.Context, tx *act.Tx, id act.PartyID, hash string, at time.Time) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO access_passwords (party, hash, since) VALUES ($1, $2, $3)
		ON CONFLICT (party) DO UPDATE SET hash = excluded.hash, since = excluded.since`, string(id), hash, db.Time(at))
	return err
}

// What codes are for.
const (
	toEnter = "enter" // to sign in
	toMove  = "move"  // to prove a new e-mail address
	hasLeft = "moved" // no code: tells the old address about it
)

// A code is a proof on its way: asked for, then proven, then used.
type code struct {
	id, kind, email, lang string // email is sealed
	person                act.PartyID
	persons               string
	made, proven, used    time.Time
	tries                 int
}

func scanCode(row db.Row) (code, error) {
	var c code
	err := row.Scan(&c.id, &c.kind, &c.email, &c.lang, &c.person, &c.persons, (*db.Time)(&c.made), &c.tries,
		(*db.Time)(&c.proven), (*db.Time)(&c.used))
	return c, err
}

// codeByID returns a code, or ErrCodeOver.
func codeByID(ctx context.Context, r db.Reader, id string) (code, error) {
	c, err := db.One(ctx, r, scanCode,
		`SELECT id, kind, email, lang, person, persons, made_at, tries, proven_at, used_at
		FROM access_codes WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return code{}, ErrCodeOver
	}
	return c, err
}

func insertCode(ctx context.Context, tx *db.Tx, c code) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO access_codes (id, kind, email, lang, person, persons, made_at, tries, proven_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.id, c.kind, c.email, c.lang, string(c.person), c.persons, db.Time(c.made), c.tries, db.Time(c.proven), db.Time(c.used))
	return err
}

func updateCode(ctx context.Context, tx *db.Tx, c code) error {
	_, err := tx.Exec(ctx, `UPDATE access_codes SET tries = $1, proven_at = $2, used_at = $3 WHERE id = $4`,
		c.tries, db.Time(c.proven), db.Time(c.used), c.id)
	return err
}

func removeCodes(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_codes WHERE made_at < $1`, db.Time(before))
	return err
}

// tried returns how often something failed since it was last forgotten, and
// when it last did.
func tried(ctx context.Context, tx *db.Tx, what string) (fails int, last time.Time, err error) {
	type try struct {
		fails int
		last  time.Time
	}
	t, err := db.One(ctx, tx, func(row db.Row) (try, error) {
		var t try
		err := row.Scan(&t.fails, (*db.Time)(&t.last))
		return t, err
	}, `SELECT fails, last_at FROM access_tries WHERE what = $1`, what)
	if errors.Is(err, db.ErrNone) {
		return 0, time.Time{}, nil
	}
	return t.fails, t.last, err
}

func keepTry(ctx context.Context, tx *db.Tx, what string, fails int, at time.Time) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO access_tries (what, fails, last_at) VALUES ($1, $2, $3)
		ON CONFLICT (what) DO UPDATE SET fails = excluded.fails, last_at = excluded.last_at`,
		what, fails, db.Time(at))
	return err
}

func forgiveTry(ctx context.Context, tx *db.Tx, what string) error {
	_, err := tx.Exec(ctx, `UPDATE access_tries SET fails = fails - 1 WHERE what = $1 AND fails > 0`, what)
	return err
}

func removeTries(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_tries WHERE last_at < $1`, db.Time(before))
	return err
}

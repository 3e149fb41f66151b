package access

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// A Session is a browser that is signed in.
type Session struct {
	ID            string
	Person        act.PartyID
	Mandate, Lost string // see the table
	Created, Seen time.Time
	Browser       string // such as "Firefox, Windows"
}

func scanSession(row db.Row) (Session, error) {
	var s Session
	err := row.Scan(&s.ID, &s.Person, &s.Mandate, &s.Lost, (*db.Time)(&s.Created), (*db.Time)(&s.Seen), &s.Browser)
	return s, err
}

// sessionByToken returns the session with that hash of its cookie, even if it
// has expired, or ErrSession.
func sessionByToken(ctx context.Context, r db.Reader, hash string) (Session, error) {
	s, err := db.One(ctx, r, scanSession,
		`SELECT id, person, mandate, lost, created_at, seen_at, browser FROM access_sessions WHERE token = $1`, hash)
	if errors.Is(err, db.ErrNone) {
		return Session{}, ErrSession
	}
	return s, err
}

// sessionsOf returns the sessions of a person that were seen after idle and
// began after oldest, the latest used first.
func sessionsOf(ctx context.Context, r db.Reader, person act.PartyID, idle, oldest time.Time) ([]Session, error) {
	return db.All(ctx, r, scanSession,
		`SELECT id, person, mandate, lost, created_at, seen_at, browser FROM access_sessions
		WHERE person = $1 AND seen_at > $2 AND created_at > $3 ORDER BY seen_at DESC, id`,
		string(person), db.Time(idle), db.Time(oldest))
}

func insertSession(ctx context.Context, tx *act.Tx, s Session, hash string) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO access_sessions (id, token, person, mandate, lost, created_at, seen_at, browser)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, hash, string(s.Person), s.Mandate, s.Lost, db.Time(s.Created), db.Time(s.Seen), s.Browser)
	return err
}

func touchSession(ctx context.Context, tx *db.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE access_sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, db.Time(at), id)
	return err
}

// loseMandate leads a session back to the person's own folder.
func loseMandate(ctx context.Context, tx *db.Tx, id, mandate string) error {
	_, err := tx.Exec(ctx, `UPDATE access_sessions SET mandate = '', lost = $1 WHERE id = $2 AND mandate = $1`, mandate, id)
	return err
}

func switchSession(ctx context.Context, tx *act.Tx, id, mandate string) error {
	n, err := tx.Exec(ctx, `UPDATE access_sessions SET mandate = $1, lost = '' WHERE id = $2`, mandate, id)
	if err == nil && n == 0 {
		return ErrSession
	}
	return err
}

// removeSession ends a session of a person, or returns ErrSession.
func removeSession(ctx context.Context, tx *act.Tx, person act.PartyID, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM access_sessions WHERE id = $1 AND person = $2`, id, string(person))
	if err == nil && n == 0 {
		return ErrSession
	}
	return err
}

// removeSessions ends all sessions of a person but one.
func removeSessions(ctx context.Context, tx *act.Tx, person act.PartyID, but string) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_sessions WHERE person = $1 AND id <> $2`, string(person), but)
	return err
}

// removeByToken ends the session of a cookie, if there is one.
func removeByToken(ctx context.Context, tx *act.Tx, hash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_sessions WHERE token = $1`, hash)
	return err
}

func removeOldSessions(ctx context.Context, tx *db.Tx, created time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_sessions WHERE created_at < $1`, db.Time(created))
	return err
}

// A caller is all that is known of whoever sends a request.
type caller struct {
	Session
	name, email, lang string // email is sealed
	level             act.Level
	roles, unit       string
	mandate, services string // "" unless the mandate of the session still holds
	principal         act.PartyID
	principalName     string
}

// callerByToken finds in one query who has a session, by which right they act
// and whether that right still holds on a civil day. It returns db.ErrNone if
// there is no session seen after idle and begun after oldest.
func callerByToken(ctx context.Context, r db.Reader, day, hash string, idle, oldest time.Time) (caller, error) {
	return db.One(ctx, r, func(row db.Row) (caller, error) {
		var c caller
		err := row.Scan(&c.ID, &c.Person, &c.Mandate, &c.Lost, (*db.Time)(&c.Created), (*db.Time)(&c.Seen), &c.name, &c.email, &c.lang,
			&c.level, &c.roles, &c.unit, &c.mandate, &c.services, &c.principal, &c.principalName)
		return c, err
	}, `SELECT s.id, s.person, s.mandate, s.lost, s.created_at, s.seen_at, p.name, p.email, p.lang, p.level,
			COALESCE(o.roles, ''), COALESCE(o.unit, ''), COALESCE(m.id, ''), COALESCE(m.services, ''),
			COALESCE(q.id, ''), COALESCE(q.name, '')
		FROM access_sessions s
		JOIN identity_parties p ON p.id = s.person
		LEFT JOIN staff_officials o ON o.party = s.person
		LEFT JOIN identity_mandates m ON m.id = s.mandate AND m.agent = s.person AND m.ended_at = 0 AND m.from_day <= $1 AND m.to_day >= $1
		LEFT JOIN identity_parties q ON q.id = m.principal
		WHERE s.token = $2 AND s.seen_at > $3 AND s.created_at > $4`,
		day, hash, db.Time(idle), db.Time(oldest))
}

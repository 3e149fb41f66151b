package access

import (
	"context"
	"errors"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// A Token is a key with which a program acts for a person.
type Token struct {
	ID      string
	Person  act.PartyID
	Name    string // by which its owner knows it
	Verbs   []act.Verb
	Made    time.Time
	Expires time.Time

	level act.Level // of the person
}

func scanToken(row db.Row) (Token, error) {
	var t Token
	var verbs string
	err := row.Scan(&t.ID, &t.Person, &t.Name, &verbs, (*db.Time)(&t.Made), (*db.Time)(&t.Expires), &t.level)
	for verb := range strings.FieldsSeq(verbs) {
		t.Verbs = append(t.Verbs, act.Verb(verb))
	}
	return t, err
}

// tokenByHash returns the token with that hash unless it has expired, or
// ErrToken.
func tokenByHash(ctx context.Context, r db.Reader, hash string, now time.Time) (Token, error) {
	t, err := db.One(ctx, r, scanToken,
		`SELECT t.id, t.person, t.name, t.verbs, t.made_at, t.expires_at, p.level
		FROM access_tokens t JOIN identity_parties p ON p.id = t.person WHERE t.hash = $1 AND t.expires_at > $2`, hash, db.Time(now))
	if errors.Is(err, db.ErrNone) {
		return Token{}, ErrToken
	}
	return t, err
}

func tokensOf(ctx context.Context, r db.Reader, person act.PartyID) ([]Token, error) {
	return db.All(ctx, r, scanToken,
		`SELECT t.id, t.person, t.name, t.verbs, t.made_at, t.expires_at, p.level
		FROM access_tokens t JOIN identity_parties p ON p.id = t.person WHERE t.person = $1 ORDER BY t.id DESC`, string(person))
}

func insertToken(ctx context.Context, tx *act.Tx, t Token, hash string) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO access_tokens (id, hash, person, name, verbs, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.ID, hash, string(t.Person), t.Name, words(t.Verbs), db.Time(t.Made), db.Time(t.Expires))
	return err
}

// removeToken ends a token of a person, or returns ErrToken.
func removeToken(ctx context.Context, tx *act.Tx, person act.PartyID, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM access_tokens WHERE id = $1 AND person = $2`, id, string(person))
	if err == nil && n == 0 {
		return ErrToken
	}
	return err
}

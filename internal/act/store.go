package act

import (
	"context"
	"time"

	"bega/internal/db"
)

// enter adds an entry to the register.
func enter(ctx context.Context, tx *db.Tx, at time.Time, actor Actor, verb Verb, on On) error {
	role, unit := actor.officialAs(policy[verb], on), ""
	if role != "" {
		unit = actor.Unit
	}
	return tx.Later(ctx,
		`INSERT INTO acts (id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		db.NewID(), db.Time(at), string(actor.Person), string(actor.For), actor.Mandate, string(role), unit,
		string(verb), on.Subject, string(on.Owner), on.Case, on.Purpose)
}

// An Entry is one act in the register.
type Entry struct {
	ID      string
	At      time.Time
	Person  PartyID // who acted; empty for a visitor and for the program itself
	For     PartyID // in whose folder; Person's own unless Mandate is set, or they serve For at the counter
	Mandate string
	Role    Role   // as which official; empty for residents
	Unit    string // of the official
	Verb    Verb
	Subject string
	Owner   PartyID // whom it concerns
	Case    string
	Purpose string
}

// About returns the acts that concern a party, newest first, at most limit of
// them, from before the entry with the ID before (empty for the newest).
func (r *Register) About(ctx context.Context, owner PartyID, before string, limit int) ([]Entry, error) {
	return db.All(ctx, r.DB, scanEntry,
		`SELECT id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose FROM acts
		WHERE owner = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, string(owner), before, limit)
}

// Seen returns the acts by which officials or the program met the data of a
// party, newest first, as About does.
func (r *Register) Seen(ctx context.Context, owner PartyID, before string, limit int) ([]Entry, error) {
	return db.All(ctx, r.DB, scanEntry,
		`SELECT id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose FROM acts
		WHERE owner = $1 AND role <> '' AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, string(owner), before, limit)
}

// ByID returns one entry, or [db.ErrNone].
func (r *Register) ByID(ctx context.Context, id string) (Entry, error) {
	return db.One(ctx, r.DB, scanEntry,
		`SELECT id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose FROM acts
		WHERE id = $1`, id)
}

// Latest returns the newest acts of everybody, or of people alone and not of the
// program, for the data protection officer, as About does.
func (r *Register) Latest(ctx context.Context, people bool, before string, limit int) ([]Entry, error) {
	return db.All(ctx, r.DB, scanEntry,
		`SELECT id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose FROM acts
		WHERE (person <> '' OR NOT $1) AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, people, before, limit)
}

func scanEntry(row db.Row) (Entry, error) {
	var e Entry
	err := row.Scan(&e.ID, (*db.Time)(&e.At), &e.Person, &e.For, &e.Mandate, &e.Role, &e.Unit,
		&e.Verb, &e.Subject, &e.Owner, &e.Case, &e.Purpose)
	return e, err
}

// An answer is what was answered to an idempotency key.
type answer struct {
	Verb   Verb
	Answer string // JSON
}

func answered(ctx context.Context, r db.Reader, who, key string) (answer, error) {
	return db.One(ctx, r, func(row db.Row) (answer, error) {
		var a answer
		err := row.Scan(&a.Verb, &a.Answer)
		return a, err
	}, `SELECT verb, answer FROM acts_answers WHERE who = $1 AND idem = $2`, who, key)
}

func remember(ctx context.Context, tx *db.Tx, who, key string, verb Verb, text string, at time.Time) error {
	return tx.Later(ctx,
		`INSERT INTO acts_answers (who, idem, verb, answer, at) VALUES ($1, $2, $3, $4, $5)`,
		who, key, string(verb), text, db.Time(at))
}

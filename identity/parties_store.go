package identity

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
)

// A sealed party is how it is stored.
type sealed struct {
	Party
	code, codeIndex, email, emailIndex, phone, iban, address string
	checkedBy                                                act.PartyID
}

func scanParty(row db.Row) (sealed, error) {
	var s sealed
	err := row.Scan(&s.ID, &s.Kind, &s.Name, &s.Given, &s.Family, &s.code, &s.codeIndex, &s.Level, &s.email, &s.emailIndex,
		&s.Proven, &s.phone, &s.iban, &s.address, &s.Lang, (*db.Time)(&s.Since), &s.checkedBy, (*db.Time)(&s.CheckedAt),
		&s.Document)
	return s, err
}

// partyByID returns a party, or ErrUnknown.
func partyByID(ctx context.Context, r db.Reader, id act.PartyID) (sealed, error) {
	s, err := db.One(ctx, r, scanParty,
		`SELECT id, kind, name, given, family, code, code_index, level, email, email_index, email_proven,
			phone, iban, address, lang, since, checked_by, checked_at, checked_on FROM identity_parties WHERE id = $1`, string(id))
	if errors.Is(err, db.ErrNone) {
		return sealed{}, ErrUnknown
	}
	return s, err
}

// partyByCode returns the ID of the party with that index of a CNP or CUI, or
// ErrUnknown.
func partyByCode(ctx context.Context, r db.Reader, index string) (act.PartyID, error) {
	id, err := db.One(ctx, r, db.Value[string], `SELECT id FROM identity_parties WHERE code_index = $1 AND code_index <> ''`, index)
	if errors.Is(err, db.ErrNone) {
		return "", ErrUnknown
	}
	return act.PartyID(id), err
}

// codesTogether is for how many codes one query asks.
const codesTogether = 40

// partiesByCodes returns the parties that there are with some indexes of CNPs or CUIs, by
// index: [codesTogether] at most. Each is looked up in the index by itself: PostgreSQL would
// plan for a list while there is hardly anybody, and then read everybody for each.
func partiesByCodes(ctx context.Context, r db.Reader, some []string) (map[string]act.PartyID, error) {
	args, ids := make([]any, codesTogether), map[string]act.PartyID{}
	for i := range args {
		if args[i] = ""; i < len(some) {
			args[i] = some[i]
		}
	}
	_, err := db.All(ctx, r, func(row db.Row) (nothing struct{}, err error) {
		var index string
		var id act.PartyID
		if err = row.Scan(&index, &id); id != "" {
			ids[index] = id
		}
		return nothing, err
	}, `SELECT v.column1, COALESCE((SELECT p.id FROM identity_parties p WHERE p.code_index = v.column1 AND p.code_index <> ''), '')
		FROM (VALUES ($1), ($2), ($3), ($4), ($5), ($6), ($7), ($8), ($9), ($10),
			($11), ($12), ($13), ($14), ($15), ($16), ($17), ($18), ($19), ($20),
			($21), ($22), ($23), ($24), ($25), ($26), ($27), ($28), ($29), ($30),
			($31), ($32), ($33), ($34), ($35), ($36), ($37), ($38), ($39), ($40)) AS v`, args...)
	return ids, err
}

// partiesByEmail returns the parties with that index of an e-mail address, the
// oldest first.
func partiesByEmail(ctx context.Context, r db.Reader, index string) ([]act.PartyID, error) {
	return db.All(ctx, r, db.Value[act.PartyID],
		`SELECT id FROM identity_parties WHERE email_index = $1 AND email_index <> '' ORDER BY id`, index)
}

// An owner of an e-mail address.
type owner struct {
	id     act.PartyID
	proven bool // a code sent there came back
}

// personsByEmail returns the natural persons with that index of an e-mail
// address, the oldest first.
func personsByEmail(ctx context.Context, r db.Reader, index string) ([]owner, error) {
	return db.All(ctx, r, func(row db.Row) (owner, error) {
		var o owner
		err := row.Scan(&o.id, &o.proven)
		return o, err
	}, `SELECT id, email_proven FROM identity_parties WHERE email_index = $1 AND email_index <> '' AND kind = 'person' ORDER BY id`, index)
}

// A named party is what names are made of.
type named struct {
	id          act.PartyID
	name, email string // email is sealed
}

func scanNamed(row db.Row) (named, error) {
	var n named
	err := row.Scan(&n.id, &n.name, &n.email)
	return n, err
}

func nameOf(ctx context.Context, r db.Reader, id act.PartyID) (named, error) {
	n, err := db.One(ctx, r, scanNamed, `SELECT id, name, email FROM identity_parties WHERE id = $1`, string(id))
	if errors.Is(err, db.ErrNone) {
		return named{}, ErrUnknown
	}
	return n, err
}

// namesOf returns the names of up to ten parties; further IDs are "".
func namesOf(ctx context.Context, r db.Reader, ids [10]string) ([]named, error) {
	return db.All(ctx, r, scanNamed,
		`SELECT id, name, email FROM identity_parties WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7], ids[8], ids[9])
}

// insertParty stores a party, who is found by name after [insertNames]. It returns
// ErrEnrolled if its code is there.
func insertParty(ctx context.Context, tx *act.Tx, s sealed) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO identity_parties (id, kind, name, given, family, code, code_index, level, email, email_index, email_proven,
			phone, iban, address, lang, since, checked_by, checked_at, checked_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		s.row()...)
	if db.IsDuplicate(err) {
		return ErrEnrolled
	}
	return err
}

// insertParties stores many parties, none of whose codes are there, and how they are found.
func insertParties(ctx context.Context, tx *act.Tx, all []sealed) error {
	_, err := tx.Bulk(ctx,
		`INSERT INTO identity_parties (id, kind, name, given, family, code, code_index, level, email, email_index, email_proven,
			phone, iban, address, lang, since, checked_by, checked_at, checked_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`, func(yield func([]any) bool) {
			for _, s := range all {
				if !yield(s.row()) {
					return
				}
			}
		})
	if db.IsDuplicate(err) {
		return ErrEnrolled
	} else if err != nil {
		return err
	}
	return insertNames(ctx, tx, all...)
}

// row returns a party in the order of the columns in which it is inserted.
func (s sealed) row() []any {
	return []any{string(s.ID), string(s.Kind), s.Name, s.Given, s.Family, s.code, s.codeIndex, int(s.Level), s.email, s.emailIndex,
		s.Proven, s.phone, s.iban, s.address, s.Lang, db.Time(s.Since), string(s.checkedBy), db.Time(s.CheckedAt), string(s.Document)}
}

// updateParty stores what may change of a party that was called old. It returns
// ErrEnrolled if its code is another's.
func updateParty(ctx context.Context, tx *act.Tx, old string, s sealed) error {
	_, err := tx.Exec(ctx,
		`UPDATE identity_parties SET name = $1, given = $2, family = $3, code = $4, code_index = $5, level = $6, email = $7,
			email_index = $8, email_proven = $9, phone = $10, iban = $11, address = $12, lang = $13, checked_by = $14, checked_at = $15,
			checked_on = $16 WHERE id = $17`,
		s.Name, s.Given, s.Family, s.code, s.codeIndex, int(s.Level), s.email, s.emailIndex, s.Proven, s.phone, s.iban,
		s.address, s.Lang, string(s.checkedBy), db.Time(s.CheckedAt), string(s.Document), string(s.ID))
	if db.IsDuplicate(err) {
		return ErrEnrolled
	} else if err != nil {
		return err
	}
	return rename(ctx, tx, s.ID, old, s.Name)
}

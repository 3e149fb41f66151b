package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// An Official is a person with roles at the town hall.
type Official struct {
	Party act.PartyID
	Name  string
	Roles []act.Role
	Unit  string // key; "" for none
	Since time.Time
}

func scanOfficial(row db.Row) (Official, error) {
	var o Official
	var roles string
	err := row.Scan(&o.Party, &o.Name, &roles, &o.Unit, (*db.Time)(&o.Since))
	for role := range strings.FieldsSeq(roles) {
		o.Roles = append(o.Roles, act.Role(role))
	}
	return o, err
}

// officials returns at most limit officials whose names have words like two
// patterns.
func officials(ctx context.Context, r db.Reader, first, second string, limit int) ([]Official, error) {
	return db.All(ctx, r, scanOfficial,
		`SELECT s.party, p.name, s.roles, s.unit, s.since FROM identity_staff s JOIN identity_parties p ON p.id = s.party
		WHERE p.folded LIKE $1 AND p.folded LIKE $2 ORDER BY p.folded, s.party LIMIT $3`, first, second, limit)
}

// candidatesForStaff returns at most limit persons who were verified, have no
// role and have names with words like two patterns.
func candidatesForStaff(ctx context.Context, r db.Reader, first, second string, verified act.Level, limit int) ([]Official, error) {
	return db.All(ctx, r, scanOfficial,
		`SELECT p.id, p.name, '', '', p.since FROM identity_parties p LEFT JOIN identity_staff s ON s.party = p.id
		WHERE p.folded LIKE $1 AND p.folded LIKE $2 AND p.level >= $3 AND p.kind = 'person' AND s.party IS NULL
		ORDER BY p.folded, p.id LIMIT $4`,
		first, second, int(verified), limit)
}

// officialByID returns an official, or ErrUnknown.
func officialByID(ctx context.Context, r db.Reader, id act.PartyID) (Official, error) {
	o, err := db.One(ctx, r, scanOfficial,
		`SELECT s.party, p.name, s.roles, s.unit, s.since FROM identity_staff s JOIN identity_parties p ON p.id = s.party
		WHERE s.party = $1`, string(id))
	if errors.Is(err, db.ErrNone) {
		return Official{}, ErrUnknown
	}
	return o, err
}

func officialsOf(ctx context.Context, r db.Reader, unit string) ([]Official, error) {
	return db.All(ctx, r, scanOfficial,
		`SELECT s.party, p.name, s.roles, s.unit, s.since FROM identity_staff s JOIN identity_parties p ON p.id = s.party
		WHERE s.unit = $1 AND s.unit <> '' ORDER BY p.folded, s.party`, unit)
}

func keepOfficial(ctx context.Context, tx *act.Tx, o Official) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO identity_staff (party, roles, unit, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (party) DO UPDATE SET roles = excluded.roles, unit = excluded.unit`,
		string(o.Party), words(rolesAsWords(o.Roles)), o.Unit, db.Time(o.Since))
	return err
}

func rolesAsWords(roles []act.Role) (all []string) {
	for _, role := range roles {
		all = append(all, string(role))
	}
	return all
}

func removeOfficial(ctx context.Context, tx *act.Tx, id act.PartyID) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_staff WHERE party = $1`, string(id))
	return err
}

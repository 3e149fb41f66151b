package staff

import (
	"context"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
)

func scanOfficial(row db.Row) (Official, error) {
	var o Official
	var roles string
	err := row.Scan(&o.Party, &roles, &o.Unit, (*db.Time)(&o.Since))
	for role := range strings.FieldsSeq(roles) {
		o.Roles = append(o.Roles, act.Role(role))
	}
	return o, err
}

// officials returns everybody, without names.
func officials(ctx context.Context, r db.Reader) ([]Official, error) {
	return db.All(ctx, r, scanOfficial, `SELECT party, roles, unit, since FROM staff_officials ORDER BY party`)
}

// officialByID returns an official without a name, or db.ErrNone.
func officialByID(ctx context.Context, r db.Reader, id act.PartyID) (Official, error) {
	return db.One(ctx, r, scanOfficial, `SELECT party, roles, unit, since FROM staff_officials WHERE party = $1`, string(id))
}

// officialsOf returns the officials of a department, without names.
func officialsOf(ctx context.Context, r db.Reader, unit string) ([]Official, error) {
	return db.All(ctx, r, scanOfficial,
		`SELECT party, roles, unit, since FROM staff_officials WHERE unit = $1 AND unit <> '' ORDER BY party`, unit)
}

// keep stores the roles of an official, who stays one since the day they became
// one.
func keep(ctx context.Context, tx *act.Tx, o Official) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO staff_officials (party, roles, unit, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (party) DO UPDATE SET roles = excluded.roles, unit = excluded.unit`,
		string(o.Party), strings.Join(asWords(o.Roles), " "), o.Unit, db.Time(o.Since))
	return err
}

func asWords(roles []act.Role) (all []string) {
	for _, role := range roles {
		all = append(all, string(role))
	}
	return all
}

func remove(ctx context.Context, tx *act.Tx, id act.PartyID) error {
	_, err := tx.Exec(ctx, `DELETE FROM staff_officials WHERE party = $1`, string(id))
	return err
}

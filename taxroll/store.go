package taxroll

import (
	"context"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
)

// next raises a counter, and returns where it is now.
func next(ctx context.Context, tx *act.Tx, name string, by int) (int, error) {
	return db.One(ctx, tx, db.Value[int], `UPDATE taxroll_counters SET last = last + $1 WHERE name = $2 RETURNING last`, by, name)
}

// counter returns where a counter is.
func counter(ctx context.Context, r db.Reader, name string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT last FROM taxroll_counters WHERE name = $1`, name)
}

// raise has a counter be at least where an import has come.
func raise(ctx context.Context, tx *act.Tx, name string, least int) error {
	_, err := tx.Exec(ctx, `UPDATE taxroll_counters SET last = $1 WHERE name = $2 AND last < $1`, least, name)
	return err
}

func scanRole(row db.Row) (r Role, err error) {
	err = row.Scan(&r.Party, &r.Number, &r.Owner, &r.Code)
	return r, err
}

func roleOf(ctx context.Context, r db.Reader, party act.PartyID) (Role, error) {
	role, err := db.One(ctx, r, scanRole, `SELECT party, number, owner, code FROM taxroll_roles WHERE party = $1`, string(party))
	return role, unknown(err)
}

func roleByCode(ctx context.Context, r db.Reader, code string) (Role, error) {
	role, err := db.One(ctx, r, scanRole, `SELECT party, number, owner, code FROM taxroll_roles WHERE code = $1`, code)
	return role, unknown(err)
}

func roleByNumber(ctx context.Context, r db.Reader, number int) (Role, error) {
	role, err := db.One(ctx, r, scanRole, `SELECT party, number, owner, code FROM taxroll_roles WHERE number = $1`, number)
	return role, unknown(err)
}

// rolesAfter returns the next files by party.
func rolesAfter(ctx context.Context, r db.Reader, after act.PartyID, limit int) ([]Role, error) {
	return db.All(ctx, r, scanRole, `SELECT party, number, owner, code FROM taxroll_roles WHERE party > $1 ORDER BY party LIMIT $2`, string(after), limit)
}

// allRoles returns every file.
func allRoles(ctx context.Context, r db.Reader) ([]Role, error) {
	return db.All(ctx, r, scanRole, `SELECT party, number, owner, code FROM taxroll_roles`)
}

func insertRoles(ctx context.Context, tx *act.Tx, all []Role) error {
	row := make([]any, 5)
	_, err := tx.Bulk(ctx, `INSERT INTO taxroll_roles (party, number, owner, code, at) VALUES ($1, $2, $3, $4, $5)`, func(yield func([]any) bool) {
		for _, r := range all {
			row[0], row[1], row[2], row[3], row[4] = r.Party, r.Number, r.Owner, r.Code, db.Time(tx.At)
			if !yield(row) {
				return
			}
		}
	})
	return err
}

// insertVersions adds many.
func insertVersions(ctx context.Context, tx *act.Tx, all []version) error {
	row := make([]any, 16)
	_, err := tx.Bulk(ctx,
		`INSERT INTO taxroll_versions (object, n, from_day, kind, why, body, details, mark, parts, relief, proof, source, digest, load, by_person, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, func(yield func([]any) bool) {
			for i := range all {
				v := &all[i]
				row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7] = v.object, v.n, v.from, v.kind, v.why, v.body, v.details, v.mark
				row[8], row[9], row[10], row[11], row[12], row[13] = writeParts(v.parts), v.relief, v.proof, v.source, v.digest, v.load
				row[14], row[15] = v.by, db.Time(v.at)
				if !yield(row) {
					return
				}
			}
		})
	return err
}

// insertOwners says who has, or had, which objects.
func insertOwners(ctx context.Context, tx *act.Tx, all [][2]string) error {
	row := make([]any, 2)
	_, err := tx.Bulk(ctx, `INSERT INTO taxroll_owners (party, object) VALUES ($1, $2)`, func(yield func([]any) bool) {
		for _, o := range all {
			row[0], row[1] = o[0], o[1]
			if !yield(row) {
				return
			}
		}
	})
	return err
}

func scanVersion(row db.Row) (v version, err error) {
	var parts string
	if err := row.Scan(&v.object, &v.n, &v.from, &v.kind, &v.why, &v.body, &v.details, &v.mark, &parts, &v.relief, &v.proof, &v.source,
		&v.load, &v.by, (*db.Time)(&v.at)); err != nil {
		return v, err
	}
	v.parts, err = readParts(parts)
	return v, err
}

// versionsOf returns what counts of an object, by the day from which it holds.
func versionsOf(ctx context.Context, r db.Reader, object string) (history, error) {
	return db.All(ctx, r, scanVersion,
		`SELECT object, n, from_day, kind, why, body, details, mark, parts, relief, proof, source, load, by_person, at FROM taxroll_versions
		WHERE object = $1 AND (load = '' OR load IN (SELECT id FROM taxroll_imports WHERE state = 'published')) ORDER BY from_day, n`, object)
}

// allVersionsOf returns also what does not count any more.
func allVersionsOf(ctx context.Context, r db.Reader, object string) (history, error) {
	return db.All(ctx, r, scanVersion,
		`SELECT object, n, from_day, kind, why, body, details, mark, parts, relief, proof, source, load, by_person, at FROM taxroll_versions
		WHERE object = $1 ORDER BY from_day, n`, object)
}

// versionsBetween returns what counts up to a day of everything that parties from one
// to another inclusive have or had.
func versionsBetween(ctx context.Context, r db.Reader, from, to act.PartyID, until deadline.Date) ([]version, error) {
	return db.All(ctx, r, scanVersion,
		`SELECT object, n, from_day, kind, why, body, details, mark, parts, relief, proof, source, load, by_person, at FROM taxroll_versions
		WHERE object IN (SELECT object FROM taxroll_owners WHERE party >= $1 AND party <= $2) AND from_day <= $3
			AND (load = '' OR load IN (SELECT id FROM taxroll_imports WHERE state = 'published'))`, string(from), string(to), until)
}

// objectByMark returns the objects that a plate or a number stands for.
func objectsByMark(ctx context.Context, r db.Reader, mark string) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT DISTINCT object FROM taxroll_versions
		WHERE mark = $1 AND (load = '' OR load IN (SELECT id FROM taxroll_imports WHERE state = 'published'))`, mark)
}

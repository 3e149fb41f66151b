package taxroll

import (
	"context"
	"encoding/json"
	"fmt"

	"bega/internal/act"
	"bega/internal/db"
)

func scanImport(row db.Row) (i Import, err error) {
	var summary string
	if err := row.Scan(&i.ID, &i.State, &i.Year, &i.Done, &summary, &i.By, &i.Published, (*db.Time)(&i.At), (*db.Time)(&i.Changed)); err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(summary), &i.Summary)
}

func importLoading(ctx context.Context, r db.Reader) (Import, error) {
	i, err := db.One(ctx, r, scanImport,
		`SELECT id, state, year, done, summary, by_person, published, at, changed FROM taxroll_imports WHERE state = 'loading'`)
	return i, unknown(err)
}

func importByID(ctx context.Context, r db.Reader, id string) (Import, error) {
	i, err := db.One(ctx, r, scanImport,
		`SELECT id, state, year, done, summary, by_person, published, at, changed FROM taxroll_imports WHERE id = $1`, id)
	return i, unknown(err)
}

// allImports returns all, the latest first.
func allImports(ctx context.Context, r db.Reader) ([]Import, error) {
	return db.All(ctx, r, scanImport,
		`SELECT id, state, year, done, summary, by_person, published, at, changed FROM taxroll_imports ORDER BY at DESC, id DESC`)
}

func insertImport(ctx context.Context, tx *act.Tx, i Import) error {
	summary, err := json.Marshal(i.Summary)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx,
		`INSERT INTO taxroll_imports (id, state, year, done, summary, by_person, published, at, changed) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)`,
		i.ID, i.State, i.Year, i.Done, string(summary), string(i.By), db.Time(i.At), db.Time(i.Changed))
	return err
}

func setImport(ctx context.Context, tx *act.Tx, i Import) error {
	summary, err := json.Marshal(i.Summary)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE taxroll_imports SET state = $1, done = $2, summary = $3, published = $4, changed = $5 WHERE id = $6`,
		i.State, i.Done, string(summary), string(i.Published), db.Time(i.Changed), i.ID)
	return err
}

// eachDigest visits the rows of all imports, with whether they count for another
// import: those of published ones, and its own.
func eachDigest(ctx context.Context, r db.Reader, load string, visit func(object string, n int, party act.PartyID, digest string, counts bool)) error {
	_, err := db.All(ctx, r, func(row db.Row) (nothing struct{}, err error) {
		var object, text, digest, state, id string
		var n int
		if err := row.Scan(&object, &n, &text, &digest, &id, &state); err != nil {
			return nothing, err
		}
		parts, err := readParts(text)
		if err == nil && len(parts) > 0 {
			visit(object, n, parts[0].Party, digest, state == "published" || id == load)
		}
		return nothing, err
	}, `SELECT v.object, v.n, v.parts, v.digest, v.load, i.state FROM taxroll_versions v JOIN taxroll_imports i ON i.id = v.load
		WHERE v.digest <> '' ORDER BY v.object, v.n`)
	return err
}

// insertRejects adds rejected rows, sealed: they are people's.
func insertRejects(ctx context.Context, tx *act.Tx, o *Office, load string, all []Reject) error {
	var err error
	row := make([]any, 4)
	_, bulkErr := tx.Bulk(ctx, `INSERT INTO taxroll_rejects (load, tab, line, body) VALUES ($1, $2, $3, $4)`, func(yield func([]any) bool) {
		for _, r := range all {
			var body []byte
			if body, err = json.Marshal(r); err != nil {
				return
			}
			row[0], row[1], row[2], row[3] = load, r.Table, r.Line, o.Vault.Seal(rejectPlace(load, r.Table, r.Line), string(body))
			if !yield(row) {
				return
			}
		}
	})
	if err == nil {
		err = bulkErr
	}
	return err
}

func rejectPlace(load, table string, line int) string {
	return fmt.Sprintf("taxroll_rejects.body:%s.%s.%d", load, table, line)
}

// rejectsAfter returns rejected rows of an import, in order.
func rejectsAfter(ctx context.Context, o *Office, load string, after, limit int) ([]Reject, error) {
	return db.All(ctx, o.DB, func(row db.Row) (r Reject, err error) {
		var body string
		if err := row.Scan(&r.Table, &r.Line, &body); err != nil {
			return r, err
		}
		text, err := o.Vault.Open(rejectPlace(load, r.Table, r.Line), body)
		if err != nil {
			return r, err
		}
		return r, json.Unmarshal([]byte(text), &r)
	}, `SELECT tab, line, body FROM taxroll_rejects WHERE load = $1 ORDER BY tab DESC, line LIMIT $2 OFFSET $3`, load, limit, after)
}

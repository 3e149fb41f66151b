package intake

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
)

func namePlace(id string) string { return "intake_files.name:" + id }

// insertFile adds a file, and of what it consists.
func insertFile(ctx context.Context, tx *act.Tx, o *Office, f File) error {
	_, err := tx.Exec(ctx, `INSERT INTO intake_files (id, what, name, size, lines, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.What, o.Vault.Seal(namePlace(f.ID), f.Name), f.Size, f.Rows, string(f.By), db.Time(f.At))
	if err != nil {
		return err
	}
	_, err = tx.Bulk(ctx, `INSERT INTO intake_parts (file, n, hash) VALUES ($1, $2, $3)`, func(yield func([]any) bool) {
		for i, hash := range f.parts {
			if !yield([]any{f.ID, i, string(hash)}) {
				return
			}
		}
	})
	return err
}

// fileByID returns a file, or [ErrUnknown]; without its parts once they were removed.
func fileByID(ctx context.Context, r db.Reader, o *Office, id string) (File, error) {
	f, err := db.One(ctx, r, func(row db.Row) (f File, err error) {
		var sealed string
		if err := row.Scan(&f.ID, &f.What, &sealed, &f.Size, &f.Rows, &f.By, (*db.Time)(&f.At)); err != nil {
			return f, err
		}
		f.Name, err = o.Vault.Open(namePlace(f.ID), sealed)
		return f, err
	}, `SELECT id, what, name, size, lines, by_person, at FROM intake_files WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return f, ErrUnknown
	} else if err != nil {
		return f, err
	}
	f.parts, err = db.All(ctx, r, db.Value[blob.Hash], `SELECT hash FROM intake_parts WHERE file = $1 ORDER BY n`, id)
	return f, err
}

// names reports whether a file of the town is part of one.
func names(ctx context.Context, r db.Reader, hash blob.Hash) (bool, error) {
	return db.One(ctx, r, db.Value[bool], `SELECT count(*) > 0 FROM intake_parts WHERE hash = $1`, string(hash))
}

// A line is a register as it is stored.
type line struct {
	Register
	first, second string
}

func scanRegister(row db.Row) (l line, err error) {
	var args string
	if err := row.Scan(&l.ID, &l.Year, &l.State, &l.Fault, &args, &l.first, &l.second, &l.By, (*db.Time)(&l.At), (*db.Time)(&l.Changed)); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(args), &l.Args)
}

// registerByID returns a register, or [ErrUnknown].
func registerByID(ctx context.Context, r db.Reader, id string) (line, error) {
	l, err := db.One(ctx, r, scanRegister,
		`SELECT id, year, state, fault, args, first, second, by_person, at, changed FROM intake_registers WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = ErrUnknown
	}
	return l, err
}

// registers returns those that are read, or the latest of all.
func registers(ctx context.Context, r db.Reader, state string, limit int) ([]line, error) {
	return db.All(ctx, r, scanRegister, `SELECT id, year, state, fault, args, first, second, by_person, at, changed FROM intake_registers
		WHERE (CAST($1 AS TEXT) = '' OR state = $1) ORDER BY at DESC, id DESC LIMIT $2`, state, limit)
}

func insertRegister(ctx context.Context, tx *act.Tx, l line) error {
	_, err := tx.Exec(ctx, `INSERT INTO intake_registers (id, year, state, fault, args, first, second, by_person, at, changed)
		VALUES ($1, $2, $3, '', '[]', $4, $5, $6, $7, $8)`,
		l.ID, l.Year, l.State, l.first, l.second, string(l.By), db.Time(l.At), db.Time(l.Changed))
	return err
}

// setState stores how far a register is.
func setState(ctx context.Context, tx *act.Tx, id, state, key string, args []string) error {
	if args == nil {
		args = []string{}
	}
	text, err := json.Marshal(args)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE intake_registers SET state = $1, fault = $2, args = $3, changed = $4 WHERE id = $5`,
		state, key, string(text), db.Time(tx.At), id)
	return err
}

// removeUnused forgets the files from before a time of which no register was made.
func removeUnused(ctx context.Context, tx *act.Tx, before time.Time) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM intake_parts WHERE file IN (SELECT f.id FROM intake_files f WHERE f.at < $1
		AND NOT EXISTS (SELECT 1 FROM intake_registers r WHERE r.first = f.id OR r.second = f.id))`, db.Time(before))
	_, err2 := tx.Exec(ctx, `DELETE FROM intake_files WHERE at < $1
		AND NOT EXISTS (SELECT 1 FROM intake_registers r WHERE r.first = intake_files.id OR r.second = intake_files.id)`, db.Time(before))
	return errors.Join(err1, err2)
}

// removeContents forgets the contents of the files from before a time that are not read.
func removeContents(ctx context.Context, tx *act.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM intake_parts WHERE file IN (SELECT f.id FROM intake_files f WHERE f.at < $1
		AND NOT EXISTS (SELECT 1 FROM intake_registers r WHERE (r.first = f.id OR r.second = f.id) AND r.state = 'reading'))`, db.Time(before))
	return err
}

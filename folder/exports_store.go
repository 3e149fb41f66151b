package folder

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

func scanExport(row db.Row) (Export, error) {
	var e Export
	err := row.Scan(&e.ID, &e.Owner, &e.Requester, &e.Lang, (*db.Time)(&e.Asked), (*db.Time)(&e.Ready), (*db.Time)(&e.Removed))
	return e, err
}

func scanPart(row db.Row) (Part, error) {
	var p Part
	err := row.Scan(&p.N, &p.Hash, &p.Size)
	return p, err
}

// exportByID returns an export with its parts, or ErrUnknown.
func exportByID(ctx context.Context, r db.Reader, id string) (Export, error) {
	e, err := db.One(ctx, r, scanExport,
		`SELECT id, owner, requester, lang, asked_at, ready_at, removed_at FROM folder_exports WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return Export{}, ErrUnknown
	} else if err != nil {
		return Export{}, err
	}
	e.Parts, err = parts(ctx, r, id)
	return e, err
}

func parts(ctx context.Context, r db.Reader, id string) ([]Part, error) {
	return db.All(ctx, r, scanPart, `SELECT n, hash, size FROM folder_export_parts WHERE export = $1 ORDER BY n`, id)
}

// exports returns the exports of a folder that a person has asked for, the latest
// first, without their parts.
func exports(ctx context.Context, r db.Reader, requester, owner act.PartyID) ([]Export, error) {
	return db.All(ctx, r, scanExport,
		`SELECT id, owner, requester, lang, asked_at, ready_at, removed_at FROM folder_exports
		WHERE requester = $1 AND owner = $2 ORDER BY id DESC LIMIT 20`, string(requester), string(owner))
}

// oldExports returns the exports that were ready before an instant and are still
// there.
func oldExports(ctx context.Context, r db.Reader, before time.Time) ([]Export, error) {
	return db.All(ctx, r, scanExport,
		`SELECT id, owner, requester, lang, asked_at, ready_at, removed_at FROM folder_exports
		WHERE removed_at = 0 AND ready_at > 0 AND ready_at < $1`, db.Time(before))
}

func insertExport(ctx context.Context, tx *act.Tx, e Export) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO folder_exports (id, owner, requester, lang, asked_at, ready_at, removed_at) VALUES ($1, $2, $3, $4, $5, 0, 0)`,
		e.ID, string(e.Owner), string(e.Requester), e.Lang, db.Time(e.Asked))
	return err
}

func insertPart(ctx context.Context, tx *act.Tx, export string, p Part) error {
	_, err := tx.Exec(ctx, `INSERT INTO folder_export_parts (export, n, hash, size) VALUES ($1, $2, $3, $4)`, export, p.N, string(p.Hash), p.Size)
	return err
}

// setReady notes that an export is packed, unless another program was faster.
func setReady(ctx context.Context, tx *act.Tx, id string, at time.Time) (won bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE folder_exports SET ready_at = $1 WHERE id = $2 AND ready_at = 0 AND removed_at = 0`, db.Time(at), id)
	return n == 1, err
}

func setRemoved(ctx context.Context, tx *act.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE folder_exports SET removed_at = $1 WHERE id = $2 AND removed_at = 0`, db.Time(at), id)
	return err
}

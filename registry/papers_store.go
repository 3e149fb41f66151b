package registry

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// A stored paper is as the database has it: what it says is sealed.
type stored struct {
	Issued
	document string
}

func scanPaper(row db.Row) (stored, error) {
	var s stored
	p := &s.Paper
	err := row.Scan(&s.Code, &p.Kind, &p.Type, &p.Owner, &p.Unit, &p.Service, &p.Case, &p.Number.Register, &p.Number.Year, &p.Number.N,
		&p.Number.Day, &s.document, &p.Until, (*db.Time)(&s.At), &s.Hash, (*db.Time)(&s.Sealed), (*db.Time)(&s.Revoked))
	return s, err
}

// unknown returns ErrUnknown for what was not found.
func unknown(err error) error {
	if errors.Is(err, db.ErrNone) {
		return ErrUnknown
	}
	return err
}

// paperByCode returns a paper, or ErrUnknown.
func paperByCode(ctx context.Context, r db.Reader, code string) (stored, error) {
	s, err := db.One(ctx, r, scanPaper,
		`SELECT code, kind, type, owner, unit, service, case_id, register, year, n, day, document, until_day, at, hash, sealed_at, revoked_at
		FROM registry_papers WHERE code = $1`, code)
	return s, unknown(err)
}

// paperByHash returns the paper whose sealed PDF has a hash, or ErrUnknown.
func paperByHash(ctx context.Context, r db.Reader, hash string) (stored, error) {
	s, err := db.One(ctx, r, scanPaper,
		`SELECT code, kind, type, owner, unit, service, case_id, register, year, n, day, document, until_day, at, hash, sealed_at, revoked_at
		FROM registry_papers WHERE hash = $1 AND hash <> ''`, hash)
	return s, unknown(err)
}

func insertPaper(ctx context.Context, tx *act.Tx, s stored) error {
	p := s.Paper
	return tx.Later(ctx,
		`INSERT INTO registry_papers (code, kind, type, owner, unit, service, case_id, register, year, n, day, document, until_day, at, hash,
			sealed_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 0, 0)`,
		s.Code, string(p.Kind), p.Type, string(p.Owner), p.Unit, p.Service, p.Case, p.Number.Register, p.Number.Year, p.Number.N,
		p.Number.Day, s.document, p.Until, db.Time(s.At))
}

// setHash notes the hash of the sealed PDF, unless another program was faster.
func setHash(ctx context.Context, tx *act.Tx, code, hash string, at time.Time) (won bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE registry_papers SET hash = $1, sealed_at = $2 WHERE code = $3 AND hash = ''`, hash, db.Time(at), code)
	return n == 1, err
}

// revoke says from when a paper does not hold any more. A second time changes
// nothing.
func revoke(ctx context.Context, tx *act.Tx, code string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE registry_papers SET revoked_at = $1 WHERE code = $2 AND revoked_at = 0`, db.Time(at), code)
	return err
}

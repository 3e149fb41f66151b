package folder

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

func scanConsent(row db.Row) (Consent, error) {
	var c Consent
	err := row.Scan(&c.Case, &c.Document, &c.Unit, &c.By, (*db.Time)(&c.At), (*db.Time)(&c.Ended))
	return c, err
}

// consent returns by what a case may use a document, or ErrUnknown.
func consent(ctx context.Context, r db.Reader, caseID, document string) (Consent, error) {
	c, err := db.One(ctx, r, scanConsent,
		`SELECT case_id, document, unit, given_by, at, ended_at FROM folder_consents
		WHERE case_id = $1 AND document = $2 AND ended_at = 0`, caseID, document)
	if errors.Is(err, db.ErrNone) {
		return Consent{}, ErrUnknown
	}
	return c, err
}

// consents returns the cases that use or have used a document, the latest first.
func consents(ctx context.Context, r db.Reader, document string) ([]Consent, error) {
	return db.All(ctx, r, scanConsent,
		`SELECT case_id, document, unit, given_by, at, ended_at FROM folder_consents WHERE document = $1 ORDER BY at DESC`, document)
}

// insertConsent lets a case use a document. A second time changes nothing.
func insertConsent(ctx context.Context, tx *act.Tx, c Consent) error {
	return tx.Later(ctx,
		`INSERT INTO folder_consents (case_id, document, unit, given_by, at, ended_at) VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (case_id, document) DO NOTHING`, c.Case, c.Document, c.Unit, string(c.By), db.Time(c.At))
}

func reroute(ctx context.Context, tx *act.Tx, caseID, unit string) error {
	_, err := tx.Exec(ctx, `UPDATE folder_consents SET unit = $1 WHERE case_id = $2 AND ended_at = 0`, unit, caseID)
	return err
}

func endConsents(ctx context.Context, tx *act.Tx, caseID string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE folder_consents SET ended_at = $1 WHERE case_id = $2 AND ended_at = 0`, db.Time(at), caseID)
	return err
}

// inUse reports whether a running case may use a document.
func inUse(ctx context.Context, r db.Reader, document string) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int], `SELECT count(*) FROM folder_consents WHERE document = $1 AND ended_at = 0`, document)
	return n > 0, err
}

package folder

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/deadline"
)

// scanDocument reads a document as it is stored: its name and number are sealed.
func scanDocument(row db.Row) (Document, error) {
	var d Document
	var c Certification
	err := row.Scan(&d.ID, &d.Owner, &d.Type, &d.Name, &d.Issuer, &d.Number, &d.IssuedOn, &d.Until, &d.Source, &d.GivenBy, (*db.Time)(&d.Added),
		&d.Media, &d.Size, &d.Pages, &d.Hash, &d.Paper, &d.Case, &d.Service, (*db.Time)(&d.Removed),
		&c.By, &c.Unit, (*db.Time)(&c.At), &c.Hash)
	if c.By != "" {
		d.Certified = &c
	}
	return d, err
}

// byID returns a document, even one that was removed, or ErrUnknown.
func byID(ctx context.Context, r db.Reader, id string) (Document, error) {
	d, err := db.One(ctx, r, scanDocument,
		`SELECT id, owner, type, name, issuer, number, issued_on, until_day, source, given_by, added, media, size, pages, hash, paper, case_id,
			service, removed_at, certified_by, certified_unit, certified_at, certified_hash
		FROM folder_documents WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return Document{}, ErrUnknown
	}
	return d, err
}

// ofOwner returns the documents that are in a folder, the newest first.
func ofOwner(ctx context.Context, r db.Reader, owner act.PartyID) ([]Document, error) {
	return db.All(ctx, r, scanDocument,
		`SELECT id, owner, type, name, issuer, number, issued_on, until_day, source, given_by, added, media, size, pages, hash, paper, case_id,
			service, removed_at, certified_by, certified_unit, certified_at, certified_hash
		FROM folder_documents WHERE owner = $1 AND removed_at = 0 ORDER BY id DESC`, string(owner))
}

// ofCase returns the documents that a case may use, in order of consent.
func ofCase(ctx context.Context, r db.Reader, caseID string) ([]Document, error) {
	return db.All(ctx, r, scanDocument,
		`SELECT d.id, d.owner, d.type, d.name, d.issuer, d.number, d.issued_on, d.until_day, d.source, d.given_by, d.added, d.media, d.size,
			d.pages, d.hash, d.paper, d.case_id, d.service, d.removed_at, d.certified_by, d.certified_unit, d.certified_at, d.certified_hash
		FROM folder_consents c JOIN folder_documents d ON d.id = c.document
		WHERE c.case_id = $1 AND c.ended_at = 0 ORDER BY c.at, d.id`, caseID)
}

// expiring returns the documents whose last day is in a span and whose owners
// may still have to be told: 30 days before, and from the day soonest on again.
func expiring(ctx context.Context, r db.Reader, from, to, soonest deadline.Date) ([]Document, error) {
	return db.All(ctx, r, scanDocument,
		`SELECT id, owner, type, name, issuer, number, issued_on, until_day, source, given_by, added, media, size, pages, hash, paper, case_id,
			service, removed_at, certified_by, certified_unit, certified_at, certified_hash
		FROM folder_documents
		WHERE until_day <> '' AND removed_at = 0 AND until_day >= $1 AND until_day <= $2
			AND (reminded = 0 OR reminded > 7 AND until_day <= $3) AND (given_by <> '' OR source <> 'given')
		ORDER BY id`, from, to, soonest)
}

func insertDocument(ctx context.Context, tx *act.Tx, d Document) error {
	return tx.Later(ctx,
		`INSERT INTO folder_documents (id, owner, type, name, issuer, number, issued_on, until_day, source, given_by, added, media, size, pages,
			hash, paper, case_id, service, removed_at, certified_by, certified_unit, certified_at, certified_hash, reminded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, '', '', 0, '', 0)`,
		d.ID, string(d.Owner), d.Type, d.Name, d.Issuer, d.Number, d.IssuedOn, d.Until, string(d.Source), string(d.GivenBy), db.Time(d.Added),
		d.Media, d.Size, d.Pages, string(d.Hash), d.Paper, d.Case, d.Service)
}

// count returns how many documents are in a folder.
func count(ctx context.Context, r db.Reader, owner act.PartyID) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM folder_documents WHERE owner = $1 AND removed_at = 0`, string(owner))
}

// remove takes a document out of the folder, or returns ErrUnknown.
func remove(ctx context.Context, tx *act.Tx, id string, at time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE folder_documents SET removed_at = $1 WHERE id = $2 AND removed_at = 0`, db.Time(at), id)
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

// certify notes that an official has seen the original, or returns ErrCertified.
func certify(ctx context.Context, tx *act.Tx, id string, c Certification) error {
	n, err := tx.Exec(ctx,
		`UPDATE folder_documents SET certified_by = $1, certified_unit = $2, certified_at = $3, certified_hash = $4
		WHERE id = $5 AND certified_by = ''`, string(c.By), c.Unit, db.Time(c.At), string(c.Hash), id)
	if err == nil && n == 0 {
		return ErrCertified
	}
	return err
}

// claim moves what a visitor has uploaded into the folder of a person.
func claim(ctx context.Context, tx *act.Tx, visitor, person act.PartyID) error {
	_, err := tx.Exec(ctx, `UPDATE folder_documents SET owner = $1, given_by = $1 WHERE owner = $2 AND given_by = '' AND source = 'given'`,
		string(person), string(visitor))
	return err
}

// remind notes that the owner of a document was told, unless they were already.
func remind(ctx context.Context, tx *act.Tx, id string, days int) (first bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE folder_documents SET reminded = $1 WHERE id = $2 AND removed_at = 0 AND (reminded = 0 OR reminded > $1)`, days, id)
	return n == 1, err
}

// forgetVisitors removes what visitors have uploaded before an instant and never
// claimed. No case uses that.
func forgetVisitors(ctx context.Context, tx *act.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM folder_documents WHERE given_by = '' AND source = 'given' AND added < $1`, db.Time(before))
	return err
}

// names reports whether a row needs a file: a document in a folder, one that a
// case has used even if it was removed since, or a part of an export.
func names(ctx context.Context, r db.Reader, hash blob.Hash) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int],
		`SELECT (SELECT count(*) FROM folder_documents d WHERE d.hash = $1 AND d.hash <> ''
				AND (d.removed_at = 0 OR EXISTS (SELECT 1 FROM folder_consents c WHERE c.document = d.id)))
			+ (SELECT count(*) FROM folder_export_parts p JOIN folder_exports e ON e.id = p.export WHERE p.hash = $1 AND e.removed_at = 0)`,
		string(hash))
	return n > 0, err
}

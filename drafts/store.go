package drafts

import (
	"context"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

// A sealed draft is one as it is stored.
type sealed struct {
	Draft
	form string
}

func scan(row db.Row) (sealed, error) {
	var s sealed
	err := row.Scan(&s.ID, &s.Owner, &s.By, &s.Served, &s.Service, &s.Version, &s.form, &s.Step, &s.Field, &s.Objects, (*db.Time)(&s.Began),
		(*db.Time)(&s.Saved), (*db.Time)(&s.Binned), &s.Warned, &s.Case, &s.Edition)
	return s, err
}

// byID returns a draft, or act.ErrRefused: who asks for one that is not there
// reads the same as who asks for another's.
func byID(ctx context.Context, r db.Reader, id string) (sealed, error) {
	s, err := db.One(ctx, r, scan,
		`SELECT id, owner, begun_by, served_by, service, version, form, step, field, objects, began_at, saved_at, binned_at, warned, case_id, edition
		FROM drafts WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return s, act.ErrRefused
	}
	return s, err
}

// ofOwner returns the drafts of a party that were not sent, the latest used
// first.
func ofOwner(ctx context.Context, r db.Reader, owner act.PartyID) ([]sealed, error) {
	return db.All(ctx, r, scan,
		`SELECT id, owner, begun_by, served_by, service, version, form, step, field, objects, began_at, saved_at, binned_at, warned, case_id, edition
		FROM drafts WHERE owner = $1 AND case_id = '' ORDER BY saved_at DESC, id DESC`, string(owner))
}

// ofService returns those of ofOwner that ask for a service, and are not in the
// bin.
func ofService(ctx context.Context, r db.Reader, owner act.PartyID, service string) ([]sealed, error) {
	return db.All(ctx, r, scan,
		`SELECT id, owner, begun_by, served_by, service, version, form, step, field, objects, began_at, saved_at, binned_at, warned, case_id, edition
		FROM drafts WHERE owner = $1 AND service = $2 AND case_id = '' AND binned_at = 0 ORDER BY saved_at DESC, id DESC`, string(owner), service)
}

func insert(ctx context.Context, tx *act.Tx, s sealed) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO drafts (id, owner, begun_by, served_by, service, version, form, step, field, objects, began_at, saved_at, binned_at, warned, case_id, edition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		s.ID, string(s.Owner), string(s.By), string(s.Served), s.Service, s.Version, s.form, s.Step, s.Field, s.Objects, db.Time(s.Began), db.Time(s.Saved),
		db.Time(s.Binned), s.Warned, s.Case, s.Edition)
	return err
}

func update(ctx context.Context, tx *act.Tx, s sealed) error {
	_, err := tx.Exec(ctx,
		`UPDATE drafts SET owner = $1, begun_by = $2, form = $3, step = $4, field = $5, saved_at = $6, binned_at = $7, warned = $8, edition = $9
		WHERE id = $10`,
		string(s.Owner), string(s.By), s.form, s.Step, s.Field, db.Time(s.Saved), db.Time(s.Binned), s.Warned, s.Edition, s.ID)
	return err
}

// markSent notes what a draft became, in the edition that was sent. It returns
// ErrChanged if there is a later one, or the draft was sent before.
func markSent(ctx context.Context, tx *act.Tx, id, caseID string, edition int) error {
	n, err := tx.Exec(ctx,
		`UPDATE drafts SET case_id = $1, form = '', saved_at = $2, binned_at = 0 WHERE id = $3 AND case_id = '' AND edition = $4`,
		caseID, db.Time(tx.At), id, edition)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func erase(ctx context.Context, tx *act.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM drafts WHERE id = $1`, id)
	return err
}

// forgotten returns the IDs of drafts to which something may have to be done,
// the longest unused first: they were last used before one of the times.
func forgotten(ctx context.Context, r db.Reader, first, last, forget, binned, sent time.Time) ([]string, error) {
	return db.All(ctx, r, db.Value[string],
		`SELECT id FROM drafts WHERE case_id = '' AND binned_at = 0 AND begun_by <> '' AND warned = 0 AND saved_at <= $1
			OR case_id = '' AND binned_at = 0 AND begun_by <> '' AND warned = 1 AND saved_at <= $2
			OR case_id = '' AND binned_at = 0 AND saved_at <= $3
			OR case_id = '' AND binned_at <> 0 AND binned_at <= $4
			OR case_id <> '' AND saved_at <= $5
		ORDER BY saved_at, id LIMIT 1000`,
		db.Time(first), db.Time(last), db.Time(forget), db.Time(binned), db.Time(sent))
}

// before returns the sealed answers of an earlier application, or "".
func before(ctx context.Context, r db.Reader, owner act.PartyID, service string) (string, error) {
	answers, err := db.One(ctx, r, db.Value[string],
		`SELECT answers FROM drafts_kept WHERE owner = $1 AND service = $2`, string(owner), service)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return answers, err
}

func keepAnswers(ctx context.Context, tx *act.Tx, owner act.PartyID, service, answers string) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO drafts_kept (owner, service, answers) VALUES ($1, $2, $3)
		ON CONFLICT (owner, service) DO UPDATE SET answers = excluded.answers`, string(owner), service, answers)
	return err
}

// A held page came after its sender was signed out.
type held struct{ id, draft, page string }

func heldOf(ctx context.Context, r db.Reader, visitor act.PartyID) ([]held, error) {
	return db.All(ctx, r, func(row db.Row) (h held, err error) {
		err = row.Scan(&h.id, &h.draft, &h.page)
		return h, err
	}, `SELECT id, draft, page FROM drafts_held WHERE visitor = $1 ORDER BY id`, string(visitor))
}

func hold(ctx context.Context, tx *act.Tx, visitor act.PartyID, h held) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO drafts_held (id, visitor, draft, page, held_at) VALUES ($1, $2, $3, $4, $5)`,
		h.id, string(visitor), h.draft, h.page, db.Time(tx.At))
	return err
}

func dropHeld(ctx context.Context, tx *db.Tx, visitor act.PartyID) error {
	_, err := tx.Exec(ctx, `DELETE FROM drafts_held WHERE visitor = $1`, string(visitor))
	return err
}

// dropOldHeld removes pages that nobody came back for.
func dropOldHeld(ctx context.Context, tx *db.Tx, until time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM drafts_held WHERE held_at <= $1`, db.Time(until))
	return err
}

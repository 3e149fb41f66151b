package audit

import (
	"context"
	"errors"
	"time"

	"bega/internal/db"
)

// A link is a row of the chain.
type link struct {
	idx  int
	act  string
	hash Hash
}

func (l *link) scan(row db.Row) error {
	var sum []byte
	err := row.Scan(&l.idx, &l.act, &sum)
	copy(l.hash[:], sum)
	return err
}

// head returns the last link, or the zero link of an empty chain.
func (r *Register) head(ctx context.Context, from db.Reader) (link, error) {
	last, err := db.One(ctx, from, func(row db.Row) (l link, err error) {
		err = l.scan(row)
		return l, err
	}, `SELECT idx, act, hash FROM audit_chain ORDER BY idx DESC LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return link{}, nil
	}
	return last, err
}

func add(ctx context.Context, tx *db.Tx, l link) error {
	return tx.Later(ctx, `INSERT INTO audit_chain (idx, act, hash) VALUES ($1, $2, $3)`, l.idx, l.act, l.hash[:])
}

// unlinked returns acts that are not linked, from an ID on, oldest first.
func (r *Register) unlinked(ctx context.Context, from string, limit int) ([]entry, error) {
	return db.All(ctx, r.DB, func(row db.Row) (e entry, err error) {
		err = row.Scan(e.fields()...)
		return e, err
	}, `SELECT id, at, person, acted_for, mandate, role, unit, verb, subject, owner, case_id, purpose FROM acts
		WHERE id >= $1 AND NOT EXISTS (SELECT 1 FROM audit_chain WHERE act = acts.id AND act >= $1) ORDER BY id LIMIT $2`, from, limit)
}

// fields returns where the columns of an act go, in their order.
func (e *entry) fields() []any {
	fields := []any{&e.id, &e.at}
	for i := range e.rest {
		fields = append(fields, &e.rest[i])
	}
	return fields
}

// stray returns the IDs of acts before an ID that are not linked.
func (r *Register) stray(ctx context.Context, before string, limit int) ([]string, error) {
	return db.All(ctx, r.DB, db.Value[string],
		`SELECT id FROM acts WHERE id < $1 AND NOT EXISTS (SELECT 1 FROM audit_chain WHERE act = acts.id) ORDER BY id LIMIT $2`,
		before, limit)
}

// at returns when an act was done.
func (r *Register) at(ctx context.Context, id string) (time.Time, error) {
	at, err := db.One(ctx, r.DB, db.Value[db.Time], `SELECT at FROM acts WHERE id = $1`, id)
	return time.Time(at), err
}

// A pair is a link and the act that it is about, if that is still there.
type pair struct {
	link
	act entry
}

// pairs returns links behind an index, with their acts.
func (r *Register) pairs(ctx context.Context, behind, limit int) ([]pair, error) {
	return db.All(ctx, r.DB, func(row db.Row) (p pair, err error) {
		var sum []byte
		err = row.Scan(append([]any{&p.idx, &p.link.act, &sum}, p.act.fields()...)...)
		if len(sum) == len(p.hash) { // or else the zero hash, which fits nothing
			copy(p.hash[:], sum)
		}
		return p, err
	}, `SELECT idx, act, hash, coalesce(id, ''), coalesce(at, 0), coalesce(person, ''), coalesce(acted_for, ''), coalesce(mandate, ''),
		coalesce(role, ''), coalesce(unit, ''), coalesce(verb, ''), coalesce(subject, ''), coalesce(owner, ''), coalesce(case_id, ''),
		coalesce(purpose, '')
		FROM audit_chain LEFT JOIN acts ON id = act WHERE idx > $1 ORDER BY idx LIMIT $2`, behind, limit)
}

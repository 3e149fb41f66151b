package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
)

func scanMandate(row db.Row) (Mandate, error) {
	var m Mandate
	var services string
	err := row.Scan(&m.ID, &m.Principal, &m.Agent, &m.waits, &m.Label, &m.Capacity, &services, &m.From, &m.To, &m.Proof,
		&m.GivenBy, (*db.Time)(&m.GivenAt), &m.AtDesk, &m.EndedBy, (*db.Time)(&m.EndedAt))
	if services != "" {
		m.Services = strings.Fields(services)
	}
	if m.To == noEnd {
		m.To = ""
	}
	return m, err
}

// mandateByID returns a mandate, or ErrMandate.
func mandateByID(ctx context.Context, r db.Reader, id string) (Mandate, error) {
	m, err := db.One(ctx, r, scanMandate,
		`SELECT id, principal, agent, waits, label, capacity, services, from_day, to_day, proof, given_by, given_at, given_desk,
			ended_by, ended_at FROM identity_mandates WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return Mandate{}, ErrMandate
	}
	return m, err
}

// mandatesOf returns the mandates that a party has given, the newest first.
func mandatesOf(ctx context.Context, r db.Reader, principal act.PartyID) ([]Mandate, error) {
	return db.All(ctx, r, scanMandate,
		`SELECT id, principal, agent, waits, label, capacity, services, from_day, to_day, proof, given_by, given_at, given_desk,
			ended_by, ended_at FROM identity_mandates WHERE principal = $1 ORDER BY id DESC`, string(principal))
}

// mandatesFor returns the mandates that a person has received, the newest
// first, with those that wait for their e-mail address.
func mandatesFor(ctx context.Context, r db.Reader, agent act.PartyID, emailIndex string) ([]Mandate, error) {
	return db.All(ctx, r, scanMandate,
		`SELECT id, principal, agent, waits, label, capacity, services, from_day, to_day, proof, given_by, given_at, given_desk,
			ended_by, ended_at FROM identity_mandates
		WHERE agent = $1 OR agent = '' AND waits = $2 AND principal <> $1 ORDER BY id DESC`, string(agent), emailIndex)
}

func insertMandate(ctx context.Context, tx *act.Tx, m Mandate) error {
	to := m.To
	if to == "" {
		to = noEnd
	}
	_, err := tx.Exec(ctx,
		`INSERT INTO identity_mandates (id, principal, agent, waits, label, capacity, services, from_day, to_day, proof, given_by, given_at,
			given_desk, ended_by, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		m.ID, string(m.Principal), string(m.Agent), m.waits, m.Label, string(m.Capacity), words(m.Services), m.From, to, m.Proof,
		string(m.GivenBy), db.Time(m.GivenAt), m.AtDesk, string(m.EndedBy), db.Time(m.EndedAt))
	return err
}

// bindMandates gives a person the mandates that waited for them.
func bindMandates(ctx context.Context, tx *act.Tx, agent act.PartyID, index string) error {
	_, err := tx.Exec(ctx,
		`UPDATE identity_mandates SET agent = $1 WHERE agent = '' AND waits = $2 AND principal <> $1`, string(agent), index)
	return err
}

// bindMandate gives a person one mandate that waited for them.
func bindMandate(ctx context.Context, tx *act.Tx, agent act.PartyID, id string) error {
	n, err := tx.Exec(ctx, `UPDATE identity_mandates SET agent = $1 WHERE id = $2 AND agent = ''`, string(agent), id)
	if err == nil && n == 0 {
		return ErrMandate
	}
	return err
}

// endMandate ends a mandate, or returns ErrEnded if it was ended already.
func endMandate(ctx context.Context, tx *act.Tx, id string, by act.PartyID, at time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE identity_mandates SET ended_by = $1, ended_at = $2 WHERE id = $3 AND ended_at = 0`,
		string(by), db.Time(at), id)
	if err == nil && n == 0 {
		return ErrEnded
	}
	return err
}

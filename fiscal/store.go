package fiscal

import (
	"context"
	"encoding/json"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
)

// missing makes what is not there a fault.
func missing(err error) error {
	if errors.Is(err, db.ErrNone) {
		return ErrUnknown
	}
	return err
}

func (o *Office) insertNote(ctx context.Context, tx *act.Tx, party act.PartyID, text string) error {
	id := db.NewID()
	_, err := tx.Exec(ctx, `INSERT INTO fiscal_notes (id, party, by_person, at, body) VALUES ($1, $2, $3, $4, $5)`,
		id, string(party), string(tx.Actor.Person), db.Time(tx.At), o.Vault.Seal("fiscal_notes:"+id, text))
	return err
}

// notes returns the notes of a file, the newest first.
func (o *Office) notes(ctx context.Context, r db.Reader, party act.PartyID) ([]Note, error) {
	return db.All(ctx, r, func(row db.Row) (n Note, err error) {
		var id, sealed string
		if err := row.Scan(&id, &n.By, (*db.Time)(&n.At), &sealed); err != nil {
			return n, err
		}
		n.Text, err = o.Vault.Open("fiscal_notes:"+id, sealed)
		return n, err
	}, `SELECT id, by_person, at, body FROM fiscal_notes WHERE party = $1 ORDER BY id DESC`, string(party))
}

func (o *Office) insertProposal(ctx context.Context, tx *act.Tx, p Proposal) error {
	body, err := json.Marshal(p.Terms)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO fiscal_proposals (id, kind, party, body, by_person, at, state, decided, decided_at, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, '')`,
		p.ID, string(p.Kind), string(p.Party), o.Vault.Seal("fiscal_proposals:"+p.ID, string(body)), string(p.By), db.Time(p.At), p.State)
	return err
}

// moveProposal brings a proposal into another state.
func (o *Office) moveProposal(ctx context.Context, tx *act.Tx, p Proposal, state string, by act.PartyID, answer string) error {
	n, err := tx.Exec(ctx, `UPDATE fiscal_proposals SET state = $1, decided = $2, decided_at = $3, answer = $4 WHERE id = $5 AND state = $6`,
		state, string(by), db.Time(tx.At), o.Vault.Seal("fiscal_proposals.answer:"+p.ID, answer), p.ID, p.State)
	if err == nil && n == 0 {
		err = ErrDecided
	}
	return err
}

func (o *Office) scanProposal(row db.Row) (p Proposal, err error) {
	var body, answer string
	if err := row.Scan(&p.ID, &p.Kind, &p.Party, &body, &p.By, (*db.Time)(&p.At), &p.State, &p.Decided, (*db.Time)(&p.DecidedAt), &answer); err != nil {
		return p, err
	}
	plain, err1 := o.Vault.Open("fiscal_proposals:"+p.ID, body)
	var err2 error
	if answer != "" {
		p.Answer, err2 = o.Vault.Open("fiscal_proposals.answer:"+p.ID, answer)
	}
	if err := errors.Join(err1, err2); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(plain), &p.Terms)
}

func (o *Office) proposal(ctx context.Context, r db.Reader, id string) (Proposal, error) {
	p, err := db.One(ctx, r, o.scanProposal, `SELECT id, kind, party, body, by_person, at, state, decided, decided_at, answer
		FROM fiscal_proposals WHERE id = $1`, id)
	return p, missing(err)
}

// proposals returns those about a taxpayer, the newest first.
func (o *Office) proposals(ctx context.Context, r db.Reader, party act.PartyID) ([]Proposal, error) {
	return db.All(ctx, r, o.scanProposal, `SELECT id, kind, party, body, by_person, at, state, decided, decided_at, answer
		FROM fiscal_proposals WHERE party = $1 ORDER BY id DESC`, string(party))
}

// waiting returns the proposals that can still be decided about, the oldest first.
func (o *Office) waiting(ctx context.Context, r db.Reader) ([]Proposal, error) {
	return db.All(ctx, r, o.scanProposal, `SELECT id, kind, party, body, by_person, at, state, decided, decided_at, answer
		FROM fiscal_proposals WHERE state IN ('open', 'taken') ORDER BY at, id LIMIT 200`)
}

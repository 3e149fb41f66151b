package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/procedures"
)

// What belongs to a case is sealed, each text for its own row.

func place(column, id string) string { return "cases_" + column + ":" + id }

// unseal opens texts in place.
func (o *Office) unseal(id string, columns map[string]*string) error {
	for column, text := range columns {
		var err error
		if *text, err = o.Vault.Open(place(column, id), *text); err != nil {
			return err
		}
	}
	return nil
}

// addAnswers adds the answers that hold from now on.
func (o *Office) addAnswers(ctx context.Context, tx *act.Tx, caseID string, a procedures.Answers) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := db.NewID()
	return tx.Later(ctx,
		`INSERT INTO cases_answers (id, case_id, author, at, body) VALUES ($1, $2, $3, $4, $5)`,
		id, caseID, string(tx.Actor.Person), db.Time(tx.At), o.Vault.Seal(place("answers.body", id), string(text)))
}

// answers returns the answers of a case that hold.
func (o *Office) answers(ctx context.Context, r db.Reader, caseID string) (procedures.Answers, error) {
	text, err := known(db.One(ctx, r, func(row db.Row) (text string, err error) {
		var id string
		if err = row.Scan(&id, &text); err != nil {
			return "", err
		}
		return text, o.unseal(id, map[string]*string{"answers.body": &text})
	}, `SELECT id, body FROM cases_answers WHERE case_id = $1 ORDER BY id DESC LIMIT 1`, caseID))
	if err != nil {
		return nil, err
	}
	return procedures.DecodeAnswers([]byte(text))
}

// AddMessage adds what the actor writes, and returns its ID.
func (o *Office) AddMessage(ctx context.Context, tx *act.Tx, caseID string, m Message) (id string, err error) {
	id = db.NewID()
	_, err = tx.Exec(ctx,
		`INSERT INTO cases_messages (id, case_id, author, acted_for, staff, unit, at, body, files, internal, read_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)`,
		id, caseID, string(tx.Actor.Person), string(m.For), m.Staff, m.Unit, db.Time(tx.At), o.Vault.Seal(place("messages.body", id), m.Text),
		words(m.Files), m.Internal)
	return id, err
}

// messages returns the messages of a case, the oldest first, with internal ones.
func (o *Office) messages(ctx context.Context, r db.Reader, caseID string) ([]Message, error) {
	return db.All(ctx, r, func(row db.Row) (Message, error) {
		var m Message
		var files string
		err := row.Scan(&m.ID, &m.From, &m.For, &m.Staff, &m.Unit, (*db.Time)(&m.At), &m.Text, &files, &m.Internal, (*db.Time)(&m.Read))
		if err != nil {
			return m, err
		}
		m.Files = strings.Fields(files)
		return m, o.unseal(m.ID, map[string]*string{"messages.body": &m.Text})
	}, `SELECT id, author, acted_for, staff, unit, at, body, files, internal, read_at FROM cases_messages WHERE case_id = $1 ORDER BY id`, caseID)
}

// markRead notes that the other side has read the messages of officials, or
// those of the applicant.
func markRead(ctx context.Context, tx *act.Tx, caseID string, ofStaff bool) error {
	_, err := tx.Exec(ctx,
		`UPDATE cases_messages SET read_at = $1 WHERE case_id = $2 AND staff = $3 AND read_at = 0 AND NOT internal`, db.Time(tx.At), caseID, ofStaff)
	return err
}

// AddAsk adds a request for what is missing, of which the applicant is reminded.
// It returns its ID, or [ErrNotNow] if there is one already.
func (o *Office) AddAsk(ctx context.Context, tx *act.Tx, caseID string, a Ask) (id string, err error) {
	id = db.NewID()
	half, soon := remindDays(o.Day(tx.At), a.Until)
	_, err = tx.Exec(ctx,
		`INSERT INTO cases_asks (id, case_id, author, unit, at, until, body, fields, documents, reason, answered_at, lapsed_at, half, soon)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $12)`,
		id, caseID, string(tx.Actor.Person), tx.Actor.Unit, db.Time(tx.At), a.Until, o.Vault.Seal(place("asks.body", id), a.Text),
		words(a.Fields), words(a.Documents), o.Vault.Seal(place("asks.reason", id), a.Reason), half, soon)
	if db.IsDuplicate(err) {
		err = ErrNotNow
	}
	return id, err
}

// asks returns the requests of a case, the oldest first.
func (o *Office) asks(ctx context.Context, r db.Reader, caseID string) ([]Ask, error) {
	return db.All(ctx, r, func(row db.Row) (Ask, error) {
		var a Ask
		var fields, documents string
		err := row.Scan(&a.ID, &a.By, &a.Unit, (*db.Time)(&a.At), &a.Until, &a.Text, &fields, &documents, &a.Reason,
			(*db.Time)(&a.AnsweredAt), (*db.Time)(&a.LapsedAt), &a.half, &a.soon)
		if err != nil {
			return a, err
		}
		a.Fields, a.Documents = strings.Fields(fields), strings.Fields(documents)
		return a, o.unseal(a.ID, map[string]*string{"asks.body": &a.Text, "asks.reason": &a.Reason})
	}, `SELECT id, author, unit, at, until, body, fields, documents, reason, answered_at, lapsed_at, half, soon
		FROM cases_asks WHERE case_id = $1 ORDER BY id`, caseID)
}

// answerAsk notes that a request was answered. It returns ErrAnswered if it was
// before, or has lapsed.
func answerAsk(ctx context.Context, tx *act.Tx, id string) error {
	n, err := tx.Exec(ctx,
		`UPDATE cases_asks SET answered_at = $1, half = '', soon = '' WHERE id = $2 AND answered_at = 0 AND lapsed_at = 0`, db.Time(tx.At), id)
	if err == nil && n == 0 {
		return ErrAnswered
	}
	return err
}

// remindedOf notes that the applicant was reminded, for the second time if soon.
// It returns errDone if they were, or have answered.
func remindedOf(ctx context.Context, tx *act.Tx, id string, soon bool) error {
	return once(tx.Exec(ctx,
		`UPDATE cases_asks SET half = '', soon = CASE WHEN $1 THEN '' ELSE soon END
		WHERE id = $2 AND answered_at = 0 AND lapsed_at = 0 AND (soon <> '' AND $1 OR half <> '' AND NOT $1)`, soon, id))
}

// lapseAsk ends the open request of a case without an answer, if there is one.
func lapseAsk(ctx context.Context, tx *act.Tx, caseID string) error {
	_, err := tx.Exec(ctx,
		`UPDATE cases_asks SET lapsed_at = $1, half = '', soon = '' WHERE case_id = $2 AND answered_at = 0 AND lapsed_at = 0`, db.Time(tx.At), caseID)
	return err
}

// AddProposal adds a decision to be signed, or that was by who made it. It returns
// its ID, or [ErrNotNow] if there is one already.
func (o *Office) AddProposal(ctx context.Context, tx *act.Tx, caseID string, p Proposal) (id string, err error) {
	id = db.NewID()
	_, err = tx.Exec(ctx,
		`INSERT INTO cases_proposals (id, case_id, outcome, reason, detail, plain, body, author, at, alone, signed_by, signed_at, paper, returned, returned_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', 0)`,
		id, caseID, string(p.Outcome), p.Reason, o.Vault.Seal(place("proposals.detail", id), p.Detail),
		o.Vault.Seal(place("proposals.plain", id), p.Plain), o.Vault.Seal(place("proposals.body", id), p.Text),
		string(p.By), db.Time(p.At), p.SignedBy == p.By, string(p.SignedBy), db.Time(p.SignedAt), p.Paper)
	if db.IsDuplicate(err) {
		err = ErrNotNow
	}
	return id, err
}

// Proposal returns the latest decision of a case, or [ErrUnknown]. One that was
// sent back says why.
func (o *Office) Proposal(ctx context.Context, r db.Reader, caseID string) (Proposal, error) {
	return known(db.One(ctx, r, func(row db.Row) (Proposal, error) {
		var p Proposal
		err := row.Scan(&p.ID, &p.Outcome, &p.Reason, &p.Detail, &p.Plain, &p.Text, &p.By, (*db.Time)(&p.At), &p.SignedBy,
			(*db.Time)(&p.SignedAt), &p.Paper, &p.Returned, (*db.Time)(&p.ReturnedAt))
		if err != nil {
			return p, err
		}
		return p, o.unseal(p.ID, map[string]*string{"proposals.detail": &p.Detail, "proposals.plain": &p.Plain,
			"proposals.body": &p.Text, "proposals.returned": &p.Returned})
	}, `SELECT id, outcome, reason, detail, plain, body, author, at, signed_by, signed_at, paper, returned, returned_at
		FROM cases_proposals WHERE case_id = $1 ORDER BY id DESC LIMIT 1`, caseID))
}

// SignProposal stores the signature of an open proposal. It returns [ErrOwn] for
// the one who proposed, and [ErrStale] if it is no longer open.
func SignProposal(ctx context.Context, tx *act.Tx, p Proposal) error {
	if p.SignedBy == p.By {
		return ErrOwn
	}
	n, err := tx.Exec(ctx,
		`UPDATE cases_proposals SET signed_by = $1, signed_at = $2, paper = $3 WHERE id = $4 AND signed_at = 0 AND returned_at = 0`,
		string(p.SignedBy), db.Time(p.SignedAt), p.Paper, p.ID)
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// ReturnProposal ends an open proposal of a case without a signature, and says
// why. It does nothing if there is none.
func (o *Office) ReturnProposal(ctx context.Context, tx *act.Tx, caseID, why string) error {
	p, err := o.Proposal(ctx, tx, caseID)
	if isUnknown(err) {
		return nil
	} else if err != nil {
		return err
	}
	_, err = tx.Exec(ctx,
		`UPDATE cases_proposals SET returned = $1, returned_at = $2 WHERE id = $3 AND signed_at = 0 AND returned_at = 0`,
		o.Vault.Seal(place("proposals.returned", p.ID), why), db.Time(tx.At), p.ID)
	return err
}

// An argument is one of a text, as it is kept: exactly one field is set.
type argument struct {
	Text  *string           `json:"s,omitempty"`
	Count *int              `json:"n,omitempty"`
	Day   *deadline.Date    `json:"d,omitempty"`
	Sum   *money.Bani       `json:"m,omitempty"`
	Texts map[string]string `json:"t,omitempty"` // by language
}

func keepArguments(args []any) (string, error) {
	all := make([]argument, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			all[i].Text = &v
		case int:
			all[i].Count = &v
		case deadline.Date:
			all[i].Day = &v
		case money.Bani:
			all[i].Sum = &v
		case map[string]string:
			all[i].Texts = v
		case procedures.Text:
			all[i].Texts = v
		default:
			return "", fmt.Errorf("cases: an event cannot say %T", arg)
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}

func readArguments(text string) (args []any, err error) {
	var all []argument
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, err
	}
	for _, a := range all {
		switch {
		case a.Text != nil:
			args = append(args, *a.Text)
		case a.Count != nil:
			args = append(args, *a.Count)
		case a.Day != nil:
			args = append(args, *a.Day)
		case a.Sum != nil:
			args = append(args, *a.Sum)
		default:
			args = append(args, a.Texts)
		}
	}
	return args, nil
}

// AddEvent notes a point in the life of a case. Args are strings, ints, days, sums,
// and texts by language.
func (o *Office) AddEvent(ctx context.Context, tx *act.Tx, caseID, key string, public bool, args ...any) error {
	text, err := keepArguments(args)
	if err != nil {
		return err
	}
	id := db.NewID()
	return tx.Later(ctx,
		`INSERT INTO cases_events (id, case_id, at, key, args, author, public) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, caseID, db.Time(tx.At), key, o.Vault.Seal(place("events.args", id), text), string(tx.Actor.Person), public)
}

// events returns the events of a case, the oldest first.
func (o *Office) events(ctx context.Context, r db.Reader, caseID string) ([]Event, error) {
	return db.All(ctx, r, func(row db.Row) (Event, error) {
		var e Event
		var id, text string
		err := row.Scan(&id, (*db.Time)(&e.At), &e.Key, &text, &e.By, &e.Public)
		if err != nil {
			return e, err
		}
		if err := o.unseal(id, map[string]*string{"events.args": &text}); err != nil {
			return e, err
		}
		e.Args, err = readArguments(text)
		return e, err
	}, `SELECT id, at, key, args, author, public FROM cases_events WHERE case_id = $1 ORDER BY id`, caseID)
}

// An Opening says that an official has opened a case.
type Opening struct {
	Person act.PartyID
	Unit   string
	At     time.Time // the last time
}

// openings returns which officials have opened a case, the latest first.
func openings(ctx context.Context, r db.Reader, caseID string) ([]Opening, error) {
	return db.All(ctx, r, func(row db.Row) (Opening, error) {
		var o Opening
		err := row.Scan(&o.Person, &o.Unit, (*db.Time)(&o.At))
		return o, err
	}, `SELECT person, unit, at FROM cases_openings WHERE case_id = $1 ORDER BY at DESC, person`, caseID)
}

// noteOpening notes that the official who acts has opened a case. That is no
// change of the case.
func noteOpening(ctx context.Context, tx *act.Tx, caseID string) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO cases_openings (case_id, person, unit, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id, person) DO UPDATE SET unit = excluded.unit, at = excluded.at`,
		caseID, string(tx.Actor.Person), tx.Actor.Unit, db.Time(tx.At))
	return err
}

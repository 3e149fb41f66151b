package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
)

// insertObligations adds many. It fails with [ErrEntered] if a source was entered
// before; the transaction is then of no use any more.
func insertObligations(ctx context.Context, tx *act.Tx, all []Obligation) error {
	row := make([]any, 15)
	_, err := tx.Bulk(ctx,
		`INSERT INTO ledger_obligations (id, party, role, kind, year, instalment, due, amount, provisional, born, source, difference, enforceable, since, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, func(yield func([]any) bool) {
			for _, o := range all {
				row[0], row[1], row[2], row[3], row[4], row[5], row[6] = o.ID, o.Party, o.Role, o.Kind, o.Year, o.Instalment, o.Due
				row[7], row[8], row[9], row[10], row[11], row[12] = int64(o.Amount), o.Provisional, o.Born, o.Source, o.Difference, o.Enforceable
				row[13], row[14] = o.Since, db.Time(tx.At)
				if !yield(row) {
					return
				}
			}
		})
	return told(err)
}

// told translates that something is there already, or not there.
func told(err error) error {
	switch {
	case db.IsDuplicate(err):
		return ErrEntered
	case errors.Is(err, db.ErrNone):
		return ErrUnknown
	}
	return err
}

// insertBonuses adds bonuses in an edition.
func insertBonuses(ctx context.Context, tx *act.Tx, all []Bonus, edition int) error {
	row := make([]any, 7)
	_, err := tx.Bulk(ctx, `INSERT INTO ledger_bonuses (party, kind, year, edition, amount, until, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		func(yield func([]any) bool) {
			for _, b := range all {
				row[0], row[1], row[2], row[3], row[4], row[5], row[6] = b.Party, b.Kind, b.Year, edition, int64(b.Amount), b.Until, db.Time(tx.At)
				if !yield(row) {
					return
				}
			}
		})
	return told(err)
}

// lastEdition returns the last edition of a bonus; 0 if there is none.
func lastEdition(ctx context.Context, r db.Reader, b Bonus) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT coalesce(max(edition), 0) FROM ledger_bonuses WHERE party = $1 AND kind = $2 AND year = $3`,
		string(b.Party), b.Kind, b.Year)
}

// insertEvent adds an event, and reports whether there was none with that ID yet.
func insertEvent(ctx context.Context, tx *act.Tx, e event) (bool, error) {
	text, err := json.Marshal(e.body)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx,
		`INSERT INTO ledger_events (id, kind, party, moment, at, amount, ref, channel, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO NOTHING`,
		e.id, e.kind, string(e.party), db.Time(e.moment), db.Time(e.at), int64(e.amount), e.ref, e.channel, string(text))
	return n > 0, err
}

func scanEvent(row db.Row) (event, error) {
	var e event
	var text []byte
	if err := row.Scan(&e.id, &e.kind, &e.party, (*db.Time)(&e.moment), (*db.Time)(&e.at), &e.amount, &e.ref, &e.channel, &text); err != nil {
		return e, err
	}
	return e, json.Unmarshal(text, &e.body)
}

// eventByID returns an event, or [ErrUnknown].
func eventByID(ctx context.Context, r db.Reader, id string) (event, error) {
	e, err := db.One(ctx, r, scanEvent, `SELECT id, kind, party, moment, at, amount, ref, channel, body FROM ledger_events WHERE id = $1`, id)
	return e, told(err)
}

// lastEvents returns the parties from one to another inclusive for whom something
// counts from an instant onwards, with the moment of the last such thing.
func lastEvents(ctx context.Context, r db.Reader, low, high act.PartyID, from time.Time) (map[act.PartyID]time.Time, error) {
	last := map[act.PartyID]time.Time{}
	_, err := db.All(ctx, r, func(row db.Row) (party act.PartyID, err error) {
		var moment db.Time
		err = row.Scan(&party, &moment)
		last[party] = time.Time(moment)
		return party, err
	}, `SELECT party, max(moment) FROM ledger_events WHERE party >= $1 AND party <= $2 AND moment >= $3 GROUP BY party`,
		string(low), string(high), db.Time(from))
	return last, err
}

func scanObligation(row db.Row) (Obligation, error) {
	var o Obligation
	err := row.Scan(&o.ID, &o.Party, &o.Role, &o.Kind, &o.Year, &o.Instalment, &o.Due, &o.Amount, &o.Provisional, &o.Born, &o.Source,
		&o.Difference, &o.Enforceable, &o.Since)
	return o, err
}

// obligationBySource returns an obligation as it was entered, or [ErrUnknown].
func obligationBySource(ctx context.Context, r db.Reader, source string) (Obligation, error) {
	o, err := db.One(ctx, r, scanObligation,
		`SELECT id, party, role, kind, year, instalment, due, amount, provisional, born, source, difference, enforceable, since
		FROM ledger_obligations WHERE source = $1`, source)
	return o, told(err)
}

// readFiles returns the files of the parties from one to another inclusive, as they
// were known at an instant. Events come first: what they are about is there then.
func readFiles(ctx context.Context, r db.Reader, from, to act.PartyID, known time.Time) (map[act.PartyID]file, error) {
	files := map[act.PartyID]file{}
	events, err := db.All(ctx, r, scanEvent,
		`SELECT id, kind, party, moment, at, amount, ref, channel, body FROM ledger_events
		WHERE party >= $1 AND party <= $2 AND at <= $3 ORDER BY party, moment`, string(from), string(to), db.Time(known))
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		f := files[e.party]
		f.events = append(f.events, e)
		files[e.party] = f
	}
	obligations, err := db.All(ctx, r, scanObligation,
		`SELECT id, party, role, kind, year, instalment, due, amount, provisional, born, source, difference, enforceable, since
		FROM ledger_obligations WHERE party >= $1 AND party <= $2 AND at <= $3 ORDER BY party`, string(from), string(to), db.Time(known))
	if err != nil {
		return nil, err
	}
	for _, o := range obligations {
		f := files[o.Party]
		f.obligations = append(f.obligations, o)
		files[o.Party] = f
	}
	bonuses, err := db.All(ctx, r, func(row db.Row) (b Bonus, err error) {
		err = row.Scan(&b.Party, &b.Kind, &b.Year, &b.Amount, &b.Until)
		return b, err
	}, `SELECT party, kind, year, amount, until FROM ledger_bonuses
		WHERE party >= $1 AND party <= $2 AND at <= $3 ORDER BY party, kind, year, edition`, string(from), string(to), db.Time(known))
	for _, b := range bonuses {
		f := files[b.Party]
		f.bonuses = replaced(f.bonuses, b)
		files[b.Party] = f
	}
	return files, err
}

// replaced returns bonuses with another edition of one of them.
func replaced(all []Bonus, b Bonus) []Bonus {
	all = slices.DeleteFunc(slices.Clone(all), func(old Bonus) bool { return old.Kind == b.Kind && old.Year == b.Year })
	return append(all, b)
}

// parties returns the next parties that have a file, in order.
func parties(ctx context.Context, r db.Reader, after act.PartyID, limit int) ([]act.PartyID, error) {
	return db.All(ctx, r, db.Value[act.PartyID],
		`SELECT party FROM (SELECT DISTINCT party FROM ledger_obligations WHERE party > $1 ORDER BY party LIMIT $2) AS a
		UNION SELECT party FROM (SELECT DISTINCT party FROM ledger_events WHERE party > $1 ORDER BY party LIMIT $2) AS b
		UNION SELECT party FROM (SELECT DISTINCT party FROM ledger_entries WHERE party > $1 ORDER BY party LIMIT $2) AS c
		ORDER BY party LIMIT $2`, string(after), limit)
}

// debtors returns the next parties, in order, of whom something is due on days, both
// inclusive. There is no index by day: it is asked once a day, and every assessment
// would pay for it.
func debtors(ctx context.Context, r db.Reader, from, to deadline.Date, after act.PartyID, limit int) ([]act.PartyID, error) {
	return db.All(ctx, r, db.Value[act.PartyID],
		`SELECT DISTINCT party FROM ledger_obligations WHERE party > $1 AND due >= $2 AND due <= $3 ORDER BY party LIMIT $4`,
		string(after), from, to, limit)
}

// A posting is a move that was entered.
type posting struct {
	move
	party act.PartyID
	at    time.Time
}

// postings returns what was entered for parties from one to another inclusive, as of
// what was known at an instant.
func postings(ctx context.Context, r db.Reader, from, to act.PartyID, known time.Time) ([]posting, error) {
	return db.All(ctx, r, func(row db.Row) (p posting, err error) {
		err = row.Scan(&p.party, &p.obligation, &p.kind, &p.cause, &p.debit, &p.credit, &p.amount, &p.value, &p.channel, (*db.Time)(&p.at))
		return p, err
	}, `SELECT party, obligation, kind, cause, debit, credit, amount, value, channel, at FROM ledger_entries
		WHERE party >= $1 AND party <= $2 AND at <= $3 ORDER BY party, value, at, journal, n`, string(from), string(to), db.Time(known))
}

// insertJournal adds a journal with its rows, and with what they add up to.
func insertJournal(ctx context.Context, tx *act.Tx, rows []posting, sum money.Bani) error {
	id := db.NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO ledger_journals (id, at, verb, rows_n, amount) VALUES ($1, $2, $3, $4, $5)`,
		id, db.Time(tx.At), string(tx.Verb), len(rows), int64(sum)); err != nil {
		return err
	}
	_, err := tx.Bulk(ctx,
		`INSERT INTO ledger_entries (journal, n, party, obligation, kind, cause, debit, credit, amount, value, channel, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, func(yield func([]any) bool) {
			row := make([]any, 12)
			for i, p := range rows {
				row[0], row[1], row[2], row[3], row[4], row[5] = id, i+1, p.party, p.obligation, p.kind, p.cause
				row[6], row[7], row[8], row[9], row[10], row[11] = p.debit, p.credit, int64(p.amount), p.value, p.channel, db.Time(tx.At)
				if !yield(row) {
					return
				}
			}
		})
	return err
}

// A Sum is what came in on a day through a channel for a kind, and what went out or
// was taken back.
type Sum struct {
	Day     deadline.Date
	Channel string // "" for all of them
	Kind    string // "" for what went to or came from the credit of parties, or for all
	In, Out money.Bani
	Count   int // of payments and refunds
}

// collected returns what came in on days, both inclusive, by day, and unless they are
// taken together by channel and kind. What was moved from one kind to another since is
// counted where it is now.
func collected(ctx context.Context, r db.Reader, together bool, from, to deadline.Date) ([]Sum, error) {
	return db.All(ctx, r, func(row db.Row) (s Sum, err error) {
		err = row.Scan(&s.Day, &s.Channel, &s.Kind, &s.In, &s.Out, &s.Count)
		return s, err
	}, `SELECT value, channel, kind, CAST(coalesce(sum(CASE WHEN net > 0 THEN net END), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN net < 0 THEN -net END), 0) AS BIGINT), count(*)
		FROM (SELECT value, CASE WHEN $1 THEN '' ELSE channel END AS channel, CASE WHEN $1 THEN '' ELSE kind END AS kind, cause,
				sum(CASE WHEN debit = 'money' THEN amount ELSE -amount END) AS net
			FROM ledger_entries WHERE channel <> '' AND value >= $2 AND value <= $3 GROUP BY 1, 2, 3, 4) AS causes
		WHERE net <> 0 GROUP BY value, channel, kind ORDER BY value, channel, kind`, together, from, to)
}

// incomplete returns the journals that are not as they were closed, and those that
// rows name and that are not there.
func incomplete(ctx context.Context, r db.Reader) ([]string, error) {
	return db.All(ctx, r, db.Value[string],
		`SELECT j.id FROM ledger_journals j LEFT JOIN (
			SELECT journal, count(*) AS rows_n, sum(amount) AS amount FROM ledger_entries GROUP BY journal) AS e ON e.journal = j.id
		WHERE e.journal IS NULL OR e.rows_n <> j.rows_n OR e.amount <> j.amount
		UNION SELECT DISTINCT journal FROM ledger_entries WHERE journal NOT IN (SELECT id FROM ledger_journals)`)
}

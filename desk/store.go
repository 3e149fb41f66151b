package desk

import (
	"context"
	"encoding/json"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
)

// The tables are those of the room cases, which alone writes them: what follows
// only finds cases for a department.

// A listed case is a row of a work list.
type listed struct {
	Row
	Owner, FiledBy act.PartyID
	Clock          deadline.Clock
	of             int // how many rows there are on all pages
}

func scanListed(row db.Row) (listed, error) {
	var l listed
	var clock string
	err := row.Scan(&l.ID, &l.Number, &l.Service, &l.Owner, &l.FiledBy, &l.State, &l.Clerk, &clock, (*db.Time)(&l.Filed), &l.Unpaid, &l.New, &l.of)
	if err != nil {
		return listed{}, err
	}
	return l, json.Unmarshal([]byte(clock), &l.Clock)
}

// listUnit returns a page of the cases of the official's department.
func listUnit(ctx context.Context, r db.Reader, actor act.Actor, f Filter, s search, soon deadline.Date) ([]listed, error) {
	return db.All(ctx, r, scanListed, `SELECT id, number, service, owner, filed_by, state, clerk, clock, filed_at, (fee > 0 AND paid_at = 0 AND over_at = 0),
			(over_at = 0 AND came_at > coalesce(o.at, 0)), count(*) OVER ()
		FROM cases LEFT JOIN cases_openings o ON o.case_id = cases.id AND o.person = $1
		WHERE cases.unit = $2 AND ($3 OR (over_at <> 0) = $4) AND (NOT $5 OR clerk = $1) AND (NOT $6 OR clerk = '')
			AND (NOT $7 OR (over_at = 0 AND came_at > coalesce(o.at, 0))) AND (NOT $8 OR state = 'asked')
			AND (NOT $9 OR (running AND due <> '' AND due <= $10))
			AND (NOT $11 OR (state = 'proposed' AND NOT EXISTS (SELECT 1 FROM cases_proposals p WHERE p.case_id = cases.id AND p.returned_at = 0 AND p.author = $1)))
			AND ($12 = '' OR service = $12) AND ($13 = 0 OR (n = $13 AND ($14 = '' OR register = $14) AND ($15 = 0 OR year = $15)))
			AND called LIKE $16 AND called LIKE $17
		ORDER BY over_at <> 0, CASE WHEN $18 = 'service' THEN service ELSE '' END, CASE WHEN $18 = 'filed' THEN filed_at ELSE 0 END, -over_at, due = '', due, id
		LIMIT $19 OFFSET $20`,
		string(actor.Person), actor.Unit, f.Words != "", f.Over, f.Mine, f.Free, f.New, f.Waiting, f.Late, soon, f.Sign, f.Service,
		s.number.N, s.number.Register, s.number.Year, s.first, s.second, f.Sort, pageRows, pageRows*(max(f.Page, 1)-1))
}

// countUnit returns how many cases of the official's department run, of each
// kind.
func countUnit(ctx context.Context, r db.Reader, actor act.Actor, soon deadline.Date) (Worklist, error) {
	return db.One(ctx, r, func(row db.Row) (w Worklist, err error) {
		err = row.Scan(&w.Mine, &w.Team, &w.Free, &w.New, &w.Waiting, &w.Late, &w.Sign)
		return w, err
	}, `SELECT count(*) FILTER (WHERE clerk = $1), count(*), count(*) FILTER (WHERE clerk = ''), count(*) FILTER (WHERE came_at > coalesce(o.at, 0)),
			count(*) FILTER (WHERE state = 'asked'), count(*) FILTER (WHERE running AND due <> '' AND due <= $2),
			count(*) FILTER (WHERE state = 'proposed' AND p.author <> $1)
		FROM cases LEFT JOIN cases_openings o ON o.case_id = cases.id AND o.person = $1
			LEFT JOIN cases_proposals p ON p.case_id = cases.id AND p.returned_at = 0
		WHERE cases.unit = $3 AND over_at = 0`, string(actor.Person), soon, actor.Unit)
}

// nextToSign returns the case that is due first and waits for the official's
// signature, other than one; db.ErrNone if there is none.
func nextToSign(ctx context.Context, r db.Reader, actor act.Actor, after string) (string, error) {
	return db.One(ctx, r, db.Value[string],
		`SELECT cases.id FROM cases JOIN cases_proposals p ON p.case_id = cases.id AND p.returned_at = 0
		WHERE unit = $1 AND over_at = 0 AND state = 'proposed' AND p.author <> $2 AND owner <> $2 AND filed_by <> $2 AND cases.id <> $3
		ORDER BY due = '', due, cases.id LIMIT 1`, actor.Unit, string(actor.Person), after)
}

// nextToDecide returns the case that is due first and is the official's or free,
// other than one; db.ErrNone if there is none.
func nextToDecide(ctx context.Context, r db.Reader, actor act.Actor, after string) (string, error) {
	return db.One(ctx, r, db.Value[string],
		`SELECT id FROM cases WHERE unit = $1 AND over_at = 0 AND state IN ('filed', 'claimed', 'answered') AND (clerk = '' OR clerk = $2)
			AND owner <> $2 AND filed_by <> $2 AND id <> $3
		ORDER BY due = '', due, id LIMIT 1`, actor.Unit, string(actor.Person), after)
}

// nextFree returns the case that is due first and that nobody has taken;
// db.ErrNone if there is none.
func nextFree(ctx context.Context, r db.Reader, actor act.Actor) (string, error) {
	return db.One(ctx, r, db.Value[string],
		`SELECT id FROM cases WHERE unit = $1 AND over_at = 0 AND clerk = '' AND state IN ('filed', 'answered') AND owner <> $2 AND filed_by <> $2
		ORDER BY due = '', due, id LIMIT 1`, actor.Unit, string(actor.Person))
}

// twins returns the numbers of other running cases of the same owner about the
// same, the oldest first.
func twins(ctx context.Context, r db.Reader, c cases.Case) ([]string, error) {
	return db.All(ctx, r, db.Value[string],
		`SELECT number FROM cases WHERE owner = $1 AND service = $2 AND over_at = 0 AND id <> $3 ORDER BY id LIMIT 5`,
		string(c.Owner), c.Service, c.ID)
}

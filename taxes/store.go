package taxes

import (
	"context"
	"encoding/json"
	"slices"

	"bega/internal/act"
	"bega/internal/db"
	"bega/taxlaw"
)

// A kept law is as it is stored.
type kept struct{ law, town string }

func lawByID(ctx context.Context, r db.Reader, id string) (kept, error) {
	k, err := db.One(ctx, r, func(row db.Row) (k kept, err error) {
		err = row.Scan(&k.law, &k.town)
		return k, err
	}, `SELECT law, town FROM taxes_laws WHERE id = $1`, id)
	return k, unknown(err)
}

func insertLaw(ctx context.Context, tx *act.Tx, id string, year int, state, law, town string) error {
	_, err := tx.Exec(ctx, `INSERT INTO taxes_laws (id, year, state, law, town) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		id, year, state, law, town)
	return err
}

func scanRun(row db.Row) (r Run, err error) {
	var state, summary string
	if err := row.Scan(&r.ID, &r.Year, &r.Law, &r.Provisional, &state, &r.Reached, &summary, &r.By, (*db.Time)(&r.At), (*db.Time)(&r.Ended)); err != nil {
		return r, err
	}
	r.Done = state == "done"
	return r, json.Unmarshal([]byte(summary), &r.RunSummary)
}

func openRun(ctx context.Context, r db.Reader, year int) (Run, error) {
	run, err := db.One(ctx, r, scanRun,
		`SELECT id, year, law, provisional, state, after_party, summary, by_person, at, ended FROM taxes_runs WHERE year = $1 AND state = 'open'`, year)
	return run, unknown(err)
}

func runByID(ctx context.Context, r db.Reader, id string) (Run, error) {
	run, err := db.One(ctx, r, scanRun,
		`SELECT id, year, law, provisional, state, after_party, summary, by_person, at, ended FROM taxes_runs WHERE id = $1`, id)
	return run, unknown(err)
}

// allRuns returns the runs, the latest first.
func allRuns(ctx context.Context, r db.Reader) ([]Run, error) {
	return db.All(ctx, r, scanRun,
		`SELECT id, year, law, provisional, state, after_party, summary, by_person, at, ended FROM taxes_runs ORDER BY at DESC, id DESC`)
}

func insertRun(ctx context.Context, tx *act.Tx, r Run) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO taxes_runs (id, year, law, provisional, state, after_party, summary, by_person, at, ended)
		VALUES ($1, $2, $3, $4, 'open', '', '{}', $5, $6, 0)`, r.ID, r.Year, r.Law, r.Provisional, string(r.By), db.Time(r.At))
	return err
}

// moveRun notes how far a run came, unless it is not where it was any more.
func moveRun(ctx context.Context, tx *act.Tx, r Run, from act.PartyID) (bool, error) {
	summary, err := json.Marshal(r.RunSummary)
	if err != nil {
		return false, err
	}
	state := "open"
	if r.Done {
		state = "done"
	}
	n, err := tx.Exec(ctx, `UPDATE taxes_runs SET after_party = $1, summary = $2, state = $3, ended = $4 WHERE id = $5 AND after_party = $6 AND state = 'open'`,
		string(r.Reached), string(summary), state, db.Time(r.Ended), r.ID, string(from))
	return n > 0, err
}

func insertGaps(ctx context.Context, tx *act.Tx, run string, all []Gap) error {
	seen := map[[2]string]bool{}
	for _, g := range all {
		if key := [2]string{string(g.Party), g.Object}; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if err := tx.Later(ctx, `INSERT INTO taxes_gaps (run, party, object, field, fault) VALUES ($1, $2, $3, $4, $5)`,
			run, string(g.Party), g.Object, g.Field, g.Fault); err != nil {
			return err
		}
	}
	return nil
}

// gapsOf returns what a run could not assess.
func gapsOf(ctx context.Context, r db.Reader, run string, limit int) ([]Gap, error) {
	return db.All(ctx, r, func(row db.Row) (g Gap, err error) {
		err = row.Scan(&g.Party, &g.Object, &g.Field, &g.Fault)
		return g, err
	}, `SELECT party, object, field, fault FROM taxes_gaps WHERE run = $1 ORDER BY party, object LIMIT $2`, run, limit)
}

// assessedYears returns the years of which a party was assessed already, from one on.
func assessedYears(ctx context.Context, r db.Reader, party act.PartyID, from int) ([]int, error) {
	years, err := db.All(ctx, r, db.Value[int], `SELECT DISTINCT year FROM taxes_runs WHERE year >= $1 AND (state = 'done' OR after_party >= $2)
		UNION SELECT year FROM taxes_levies WHERE year >= $1 AND party = $2`, from, string(party))
	slices.Sort(years)
	return years, err
}

// levyBody is what is in one column of a levy.
type levyBody struct {
	Levy   taxlaw.Levy `json:"levy"`
	Items  []Item      `json:"items"`
	Claims []Claim     `json:"claims"`
	Draft  bool        `json:"provisional,omitempty"`
}

// insertLevies adds many.
func insertLevies(ctx context.Context, tx *act.Tx, all []outcome, run string) (err error) {
	row := make([]any, 9)
	var text []byte
	_, bulkErr := tx.Bulk(ctx, `INSERT INTO taxes_levies (party, year, type, edition, law, run, total, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		func(yield func([]any) bool) {
			for i := range all {
				a := &all[i].now
				if text, err = json.Marshal(levyBody{a.Levy, a.Items, a.Claims, a.Provisional}); err != nil {
					return
				}
				row[0], row[1], row[2], row[3], row[4], row[5] = a.Party, a.Year, a.Type, a.Edition, a.Law, run
				row[6], row[7], row[8] = int64(a.Levy.Total), string(text), db.Time(tx.At)
				if !yield(row) {
					return
				}
			}
		})
	if err == nil {
		err = bulkErr
	}
	return err
}

func scanLevy(row db.Row) (a Assessment, err error) {
	var text []byte
	if err := row.Scan(&a.Party, &a.Year, &a.Type, &a.Edition, &a.Law, &text, (*db.Time)(&a.At)); err != nil {
		return a, err
	}
	var body levyBody
	err = json.Unmarshal(text, &body)
	a.Levy, a.Items, a.Claims, a.Provisional = body.Levy, body.Items, body.Claims, body.Draft
	return a, err
}

// leviesBetween returns the last assessments of a year of parties from one to another
// inclusive.
func leviesBetween(ctx context.Context, r db.Reader, from, to act.PartyID, year int) ([]Assessment, error) {
	all, err := db.All(ctx, r, scanLevy,
		`SELECT party, year, type, edition, law, body, at FROM taxes_levies
		WHERE party >= $1 AND party <= $2 AND year = $3 ORDER BY party, type, edition DESC`, string(from), string(to), year)
	return lastEditions(all), err
}

// lastLevies returns the last assessments of a party, the latest year first; of one
// year, or of all for 0.
func lastLevies(ctx context.Context, r db.Reader, party act.PartyID, year int) ([]Assessment, error) {
	all, err := db.All(ctx, r, scanLevy,
		`SELECT party, year, type, edition, law, body, at FROM taxes_levies
		WHERE party = $1 AND ($2 = 0 OR year = $2) ORDER BY year DESC, type, edition DESC`, string(party), year)
	return lastEditions(all), err
}

// lastEditions keeps the first of each assessment.
func lastEditions(all []Assessment) []Assessment {
	return slices.CompactFunc(all, func(a, b Assessment) bool { return a.Party == b.Party && a.Year == b.Year && a.Type == b.Type })
}

// leviesOf returns all assessments of a tax of a party, the last first.
func leviesOf(ctx context.Context, r db.Reader, party act.PartyID, year int, t taxlaw.Type) ([]Assessment, error) {
	return db.All(ctx, r, scanLevy,
		`SELECT party, year, type, edition, law, body, at FROM taxes_levies WHERE party = $1 AND year = $2 AND type = $3 ORDER BY edition DESC`,
		string(party), year, string(t))
}

// assessedTotals returns what was assessed last of a year, or of the one before: lei by
// taxlaw.Type.
func assessedTotals(ctx context.Context, r db.Reader, year int) (map[string]taxlaw.Dec, error) {
	totals := map[string]taxlaw.Dec{}
	for _, y := range []int{year, year - 1} {
		all, err := db.All(ctx, r, func(row db.Row) (t struct {
			name string
			sum  int64
		}, err error) {
			err = row.Scan(&t.name, &t.sum)
			return t, err
		}, `SELECT type, CAST(sum(total) AS BIGINT) FROM taxes_levies l WHERE year = $1
			AND edition = (SELECT max(edition) FROM taxes_levies WHERE party = l.party AND year = l.year AND type = l.type) GROUP BY type`, y)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			totals[t.name] = taxlaw.Dec(t.sum) * taxlaw.Whole(1) / 100
		}
		if len(all) > 0 {
			break
		}
	}
	return totals, nil
}

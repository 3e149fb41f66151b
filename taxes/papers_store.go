package taxes

import (
	"context"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/form"
)

func scanDecision(row db.Row) (d Decision, err error) {
	err = row.Scan(&d.ID, &d.Party, &d.Year, &d.Edition, &d.Paper, &d.Number, &d.Levies, &d.Delivered, &d.Proof, (*db.Time)(&d.At))
	return d, err
}

// decisionsOf returns the decisions of a party, the latest first.
func decisionsOf(ctx context.Context, r db.Reader, party act.PartyID) ([]Decision, error) {
	return db.All(ctx, r, scanDecision,
		`SELECT id, party, year, edition, paper, number, levies, delivered, proof, at FROM taxes_decisions
		WHERE party = $1 ORDER BY year DESC, edition DESC`, string(party))
}

func decisionByID(ctx context.Context, r db.Reader, id string) (Decision, error) {
	d, err := db.One(ctx, r, scanDecision,
		`SELECT id, party, year, edition, paper, number, levies, delivered, proof, at FROM taxes_decisions WHERE id = $1`, id)
	return d, unknown(err)
}

func insertDecision(ctx context.Context, tx *act.Tx, d Decision) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO taxes_decisions (id, party, year, edition, paper, number, levies, delivered, proof, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8)`, d.ID, string(d.Party), d.Year, d.Edition, d.Paper, d.Number, d.Levies, db.Time(d.At))
	return err
}

func setDelivered(ctx context.Context, tx *act.Tx, d Decision) error {
	_, err := tx.Exec(ctx, `UPDATE taxes_decisions SET delivered = $1, proof = $2 WHERE id = $3 AND delivered = ''`, d.Delivered, d.Proof, d.ID)
	return err
}

// undecided returns the next parties who have been assessed for a year since their
// last decision.
func undecided(ctx context.Context, r db.Reader, year int, after act.PartyID, limit int) ([]act.PartyID, error) {
	return db.All(ctx, r, db.Value[act.PartyID],
		`SELECT DISTINCT party FROM taxes_levies l WHERE year = $1 AND party > $2
			AND NOT EXISTS (SELECT 1 FROM taxes_decisions d WHERE d.party = l.party AND d.year = l.year AND d.at >= l.at)
		ORDER BY party LIMIT $3`, year, string(after), limit)
}

func scanCertificate(row db.Row) (c Certificate, err error) {
	err = row.Scan(&c.ID, &c.Party, &c.Purpose, &c.Object, &c.Capacity, &c.Paper, &c.Number, &c.Until, &c.By, (*db.Time)(&c.At))
	return c, err
}

// certificatesOf returns the certificates of a party, the latest first.
func certificatesOf(ctx context.Context, r db.Reader, party act.PartyID) ([]Certificate, error) {
	return db.All(ctx, r, scanCertificate,
		`SELECT id, party, purpose, object, capacity, paper, number, until, by_person, at FROM taxes_certificates
		WHERE party = $1 ORDER BY at DESC, id DESC`, string(party))
}

func insertCertificate(ctx context.Context, tx *act.Tx, c Certificate) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO taxes_certificates (id, party, purpose, object, capacity, paper, number, until, by_person, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.ID, string(c.Party), string(c.Purpose), c.Object, c.Capacity, c.Paper, c.Number, c.Until, string(c.By), db.Time(c.At))
	return err
}

// closures returns the last edition of each closure that an official has made or changed.
func closures(ctx context.Context, r db.Reader) ([]Closure, error) {
	return db.All(ctx, r, func(row db.Row) (c Closure, err error) {
		c.Reason = form.Text{}
		var ro, en string
		err = row.Scan(&c.Key, (*db.Time)(&c.From), (*db.Time)(&c.To), &ro, &en, &c.Source)
		c.Reason["ro"], c.Reason["en"] = ro, en
		return c, err
	}, `SELECT key, begins, ends, reason_ro, reason_en, source FROM taxes_closures c
		WHERE edition = (SELECT max(edition) FROM taxes_closures WHERE key = c.key) ORDER BY begins, key`)
}

func insertClosure(ctx context.Context, tx *act.Tx, c Closure) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO taxes_closures (key, edition, begins, ends, reason_ro, reason_en, source, by_person, at)
		SELECT $1, coalesce(max(edition), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM taxes_closures WHERE key = $1`,
		c.Key, db.Time(c.From), db.Time(c.To), c.Reason["ro"], c.Reason["en"], c.Source, string(tx.Actor.Person), db.Time(tx.At))
	return err
}

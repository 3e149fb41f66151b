package taxes

import (
	"context"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/ledger"
	"bega/taxroll"
)

// forever is after every instant at which something became known.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Decide issues the decision of a party for a year, or returns the one that is there
// if nothing has changed since. It fails with [ErrUnassessed].
func (o *Office) Decide(ctx context.Context, actor act.Actor, key string, party act.PartyID, year int) (d Decision, err error) {
	err = o.Acts.Once(ctx, actor, act.DecideTaxes, key, ledger.Queue(party), &d, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("taxes "+string(party), party)); err != nil {
			return hidden(err)
		}
		d, err = o.decide(ctx, tx, party, year)
		return err
	})
	return d, err
}

func (o *Office) decide(ctx context.Context, tx *act.Tx, party act.PartyID, year int) (d Decision, err error) {
	levies, err := lastLevies(ctx, tx, party, year)
	if err != nil {
		return d, err
	}
	if len(levies) == 0 {
		return d, ErrUnassessed
	}
	before, err := decisionsOf(ctx, tx, party)
	if err != nil {
		return d, err
	}
	d = Decision{ID: db.NewID(), Party: party, Year: year, Edition: 1, Levies: covers(levies), At: tx.At}
	for _, old := range before {
		if old.Year != year {
			continue
		}
		if old.Levies == d.Levies {
			return old, nil
		}
		d.Edition = max(d.Edition, old.Edition+1)
	}
	role, err := o.Roll.RoleOf(ctx, tx, party)
	if err != nil {
		return d, err
	}
	var reasons []Reason
	draft := false
	for _, a := range levies {
		r, err := o.explain(ctx, tx, a)
		if err != nil {
			return d, err
		}
		for _, e := range r.Explanations {
			draft = draft || e.Draft != nil
		}
		reasons = append(reasons, r)
	}
	d.Paper, d.Number, err = o.Papers.Issue(ctx, tx, Paper{Type: decisionType, Owner: party, Service: o.Service,
		Document: o.writer(role).decision(year, reasons, draft), Notice: "taxes.decided"})
	if err != nil {
		return d, err
	}
	return d, insertDecision(ctx, tx, d)
}

// DecideAll issues the decisions of a year that are missing, or that something has
// changed in, each in an act of its own. It may be called again after it was
// interrupted. Progress is told how many there are.
func (o *Office) DecideAll(ctx context.Context, actor act.Actor, year int, progress func(n int)) (n int, err error) {
	after := act.PartyID("")
	for {
		next, err := undecided(ctx, o.DB, year, after, 100)
		if err != nil || len(next) == 0 {
			return n, err
		}
		for _, party := range next {
			err := o.Acts.Do(ctx, actor, act.DecideTaxes, func(ctx context.Context, tx *act.Tx) error {
				if err := tx.Allow(o.on("taxes "+string(party), party)); err != nil {
					return hidden(err)
				}
				_, err := o.decide(ctx, tx, party, year)
				return err
			})
			if err != nil {
				return n, err
			}
			n++
		}
		after = next[len(next)-1]
		if progress != nil {
			progress(n)
		}
	}
}

// Deliver notes on which day a decision was communicated, and what proves it (CPF art.
// 47). From then on it can be contested for 45 days, and what was provisional is final.
func (o *Office) Deliver(ctx context.Context, actor act.Actor, key, id string, day deadline.Date, proof string) (d Decision, err error) {
	err = o.Acts.Once(ctx, actor, act.NoteDelivery, key, "", &d, func(ctx context.Context, tx *act.Tx) error {
		if d, err = decisionByID(ctx, tx, id); err != nil {
			return err
		}
		if err := tx.Allow(o.on("decision "+id, d.Party)); err != nil {
			return hidden(err)
		}
		if !d.Delivered.IsZero() {
			return ErrDelivered
		}
		if strings.TrimSpace(proof) == "" || day.Before(o.day(d.At)) || day.After(o.day(tx.At)) {
			return ErrDelivery
		}
		d.Delivered, d.Proof = day, proof
		if err := setDelivered(ctx, tx, d); err != nil {
			return err
		}
		return o.finalise(ctx, tx, d)
	})
	return d, err
}

// finalise says in the ledger that what a decision is of is final, unless the law that
// it was worked out under is a draft.
func (o *Office) finalise(ctx context.Context, tx *act.Tx, d Decision) error {
	levies, err := lastLevies(ctx, tx, d.Party, d.Year)
	if err != nil || covers(levies) != d.Levies {
		return err
	}
	var ids []string
	for _, a := range levies {
		rules, err := keptLaw(ctx, tx, a.Law)
		if err != nil {
			return err
		}
		for _, c := range a.Claims {
			if a.Provisional && !rules.draft() {
				ids = append(ids, c.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return o.Ledger.Finalise(ctx, tx, d.Party, ids...)
}

// A CodeDebt is what anybody may know who has a payment code: how much is to be paid,
// and nothing of whom.
type CodeDebt struct {
	Code  string        // in its normal form
	Year  int           // 0 for all years
	Due   money.Bani    // by today
	All   money.Bani    // what is to be paid later included
	Bonus money.Bani    // that is saved by paying all of it now
	Until deadline.Date // how long there is the bonus; no day if there is none
}

// ByPaymentCode returns what is to be paid of a year, or of all for 0, on the code of
// a decision. It fails with [taxroll.ErrCode], also for codes that are nobody's.
func (o *Office) ByPaymentCode(ctx context.Context, code string, year int) (CodeDebt, error) {
	role, err := o.Roll.RoleByCode(ctx, o.DB, code)
	if err != nil {
		return CodeDebt{}, err
	}
	sheet, err := o.Ledger.OwedOn(ctx, o.DB, role.Party, o.today(), forever)
	if err != nil {
		return CodeDebt{}, err
	}
	d := CodeDebt{Code: role.Code, Year: year}
	for _, debt := range sheet.Debts {
		if year != 0 && debt.Obligation.Year != year {
			continue
		}
		sum := debt.Principal + debt.Surcharge
		if d.All += sum; !debt.Future {
			d.Due += sum
		}
	}
	for _, offer := range sheet.Offers {
		if year == 0 || offer.Year == year {
			d.Bonus, d.Until = d.Bonus+offer.Amount, offer.Until
		}
	}
	return d, nil
}

// A File is what the town knows of a taxpayer ("dosar fiscal").
type File struct {
	Role         taxroll.Role
	Holdings     []taxroll.Holding // today
	Assessments  []Assessment      // the last editions, the latest year first
	Decisions    []Decision
	Certificates []Certificate
}

// File returns the file of a party to its owner, or to an official, for whom it is an
// act with a purpose: the key of a text.
func (o *Office) File(ctx context.Context, actor act.Actor, party act.PartyID, purpose string) (f File, err error) {
	if f.Role, f.Holdings, err = o.Roll.Mine(ctx, actor, party, purpose); err != nil {
		return f, err
	}
	if f.Assessments, err = lastLevies(ctx, o.DB, party, 0); err != nil {
		return f, err
	}
	if f.Decisions, err = decisionsOf(ctx, o.DB, party); err != nil {
		return f, err
	}
	f.Certificates, err = certificatesOf(ctx, o.DB, party)
	return f, err
}

// Runs returns the assessments of everybody, the latest first, and Gaps what one of
// them could not assess. Neither names anybody but by ID.
func (o *Office) Runs(ctx context.Context, actor act.Actor) ([]Run, error) {
	if err := actor.May(act.ReadRuns, act.On{Subject: "assessments", Unit: o.Unit}); err != nil {
		return nil, hidden(err)
	}
	return allRuns(ctx, o.DB)
}

// Gaps is described at [Office.Runs].
func (o *Office) Gaps(ctx context.Context, actor act.Actor, run string, limit int) ([]Gap, error) {
	if err := actor.May(act.ReadRuns, act.On{Subject: "assessments", Unit: o.Unit}); err != nil {
		return nil, hidden(err)
	}
	return gapsOf(ctx, o.DB, run, limit)
}

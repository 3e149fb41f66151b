package taxes

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// chunk is how many taxpayers are assessed in one transaction, unless the office says
// so. A larger one would gain nothing, and hold up others on SQLite.
const chunk = 2000

// A Run is an assessment of everybody for a year.
type Run struct {
	ID          string
	Year        int
	Law         string
	Provisional bool
	Done        bool
	Reached     act.PartyID // how far it came
	RunSummary
	By        act.PartyID
	At, Ended time.Time
}

// A RunSummary is what a run has come to so far.
type RunSummary struct {
	Taxpayers int `json:"taxpayers"`
	Objects   int `json:"objects"`
	Assessed  int `json:"assessed"` // taxes that were not assessed before
	Changed   int `json:"changed"`  // that were, and are something else now
	Gaps      int `json:"gaps"`     // objects that could not be assessed
	// What was assessed before, and what is now, of the taxes that the run has changed.
	Before money.Bani `json:"before"`
	After  money.Bani `json:"after"`
	Bonus  money.Bani `json:"bonus"` // that can be had
}

// errMoved says that another program has done a chunk meanwhile, or that the register
// has changed.
var errMoved = errors.New("taxes: somebody else was here")

// Assess works out what everybody owes for a year, and enters it into the ledger. It
// may be called again after it was interrupted, or while another program does the
// same: it goes on where it was, and enters nothing twice. Done again for a year that
// was assessed, it changes what has become something else.
//
// A run under rules that are a draft is provisional, and so is one that the official
// wants to be. Progress, if there is any, is told after every chunk.
func (o *Office) Assess(ctx context.Context, actor act.Actor, year int, provisional bool, progress func(Run)) (Run, error) {
	rules, err := o.lawOf(year)
	if err != nil {
		return Run{}, err
	}
	run, err := o.begin(ctx, actor, rules, year, provisional)
	if err != nil {
		return run, err
	}
	if run.Law != rules.id { // the rates have changed since it began
		if rules, err = keptLaw(ctx, o.DB, run.Law); err != nil {
			return run, err
		}
	}
	b, err := o.work(ctx, rules, year, run.Reached)
	for err == nil && !run.Done {
		var ahead batch
		var aheadErr error
		var reading sync.WaitGroup // the next chunk, while this one is written
		reading.Go(func() { ahead, aheadErr = o.work(ctx, rules, year, b.last) })
		err = o.write(ctx, actor, &run, b)
		if reading.Wait(); err == nil && !run.Done {
			b, err = ahead, aheadErr
		} else if errors.Is(err, errMoved) {
			if run, err = runByID(ctx, o.DB, run.ID); err == nil {
				b, err = o.work(ctx, rules, year, run.Reached)
			}
		}
		if err == nil && progress != nil {
			progress(run)
		}
	}
	return run, err
}

// begin returns the run of a year that is under way, or a new one.
func (o *Office) begin(ctx context.Context, actor act.Actor, rules law, year int, provisional bool) (run Run, err error) {
	err = o.Acts.Do(ctx, actor, act.AssessTaxes, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "taxes", Unit: o.Unit}); err != nil {
			return hidden(err)
		}
		if run, err = openRun(ctx, tx, year); err == nil || !errors.Is(err, ErrUnknown) {
			return err
		}
		run = Run{ID: db.NewID(), Year: year, Law: rules.id, Provisional: provisional || rules.draft(), By: tx.Actor.Person, At: tx.At}
		if err := rules.keep(ctx, tx); err != nil {
			return err
		}
		return insertRun(ctx, tx, run)
	})
	if db.IsDuplicate(err) { // another program was faster
		return openRun(ctx, o.DB, year)
	}
	return run, err
}

// A batch is a chunk that was worked out.
type batch struct {
	edition  int // of the register
	last     act.PartyID
	changed  []outcome
	roles    map[act.PartyID]taxroll.Role
	gaps     []Gap
	parties  int
	objects  int
	finished bool
}

// write enters a chunk that was worked out, and moves the run on, if the register is
// still the same and nobody else has done it; otherwise it fails with errMoved.
func (o *Office) write(ctx context.Context, actor act.Actor, run *Run, b batch) error {
	next := *run
	err := o.Acts.Do(ctx, actor, act.AssessTaxes, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "assessment " + run.ID, Unit: o.Unit}); err != nil {
			return hidden(err)
		}
		if edition, err := o.Roll.Edition(ctx, tx); err != nil {
			return err
		} else if edition != b.edition {
			return errMoved
		}
		next = *run
		next.count(b)
		if next.Done {
			next.Ended = tx.At
		}
		if moved, err := moveRun(ctx, tx, next, run.Reached); err != nil {
			return err
		} else if !moved {
			return errMoved
		}
		if err := insertGaps(ctx, tx, run.ID, b.gaps); err != nil {
			return err
		}
		return o.enter(ctx, tx, b.changed, b.roles, entry{run: run.ID, provisional: run.Provisional, reason: "assessment " + run.ID})
	})
	if err == nil {
		*run = next
	}
	return err
}

// work reads and works out the chunk after one of the taxpayers.
func (o *Office) work(ctx context.Context, rules law, year int, after act.PartyID) (b batch, err error) {
	if b.edition, err = o.Roll.Edition(ctx, o.DB); err != nil {
		return b, err
	}
	dossiers, err := o.Roll.Dossiers(ctx, o.DB, after, cmp.Or(o.Chunk, chunk), year)
	if err != nil || len(dossiers) == 0 {
		b.finished, b.last = true, after
		return b, err
	}
	b.last, b.parties, b.roles = dossiers[len(dossiers)-1].Role.Party, len(dossiers), map[act.PartyID]taxroll.Role{}
	levies, err := leviesBetween(ctx, o.DB, dossiers[0].Role.Party, b.last, year)
	if err != nil {
		return b, err
	}
	for _, d := range dossiers {
		n := 0
		for n < len(levies) && levies[n].Party == d.Role.Party { // they are in the same order
			n++
		}
		changed, gaps, err := o.outcomes(rules, year, d, levies[:n])
		if err != nil {
			return b, err
		}
		levies = levies[n:]
		b.roles[d.Role.Party] = d.Role
		b.objects += len(d.Inputs)
		b.changed, b.gaps = append(b.changed, changed...), append(b.gaps, gaps...)
	}
	return b, nil
}

// count adds a chunk to a run.
func (r *Run) count(b batch) {
	r.Reached, r.Done = b.last, b.finished
	r.Taxpayers, r.Objects, r.Gaps = r.Taxpayers+b.parties, r.Objects+b.objects, r.Gaps+len(b.gaps)
	for _, out := range b.changed {
		if out.before.Edition == 0 {
			r.Assessed++
		} else {
			r.Changed++
		}
		r.Before, r.After, r.Bonus = r.Before+out.before.Levy.Total, r.After+out.now.Levy.Total, r.Bonus+out.now.Levy.Bonus
	}
}

// An entry says how assessments are entered.
type entry struct {
	run         string
	provisional bool
	reason      string
}

// enter enters assessments into the ledger, and keeps them.
func (o *Office) enter(ctx context.Context, tx *act.Tx, changed []outcome, roles map[act.PartyID]taxroll.Role, e entry) error {
	var obligations []ledger.Obligation
	var bonuses []ledger.Bonus
	for i := range changed {
		out := &changed[i]
		out.now.Claims, out.now.At, out.now.Provisional = nil, tx.At, e.provisional || out.before.Provisional // it may be done again after a conflict
		if out.before.Edition > 0 {
			continue
		}
		obligations = append(obligations, out.claims(roles[out.now.Party], e.provisional)...)
		if b := out.now.bonus(); b.Amount > 0 {
			bonuses = append(bonuses, b)
		}
	}
	if len(obligations) > 0 {
		if _, err := o.Ledger.Enter(ctx, tx, obligations, bonuses); err != nil {
			return err
		}
	}
	for i := range changed {
		out := &changed[i]
		if out.before.Edition == 0 {
			continue
		}
		r := out.again(roles[out.now.Party], e.provisional, e.reason)
		if len(r.Reductions)+len(r.More)+len(r.Bonuses) == 0 {
			continue
		}
		if err := o.Ledger.Reassess(ctx, tx, r); err != nil {
			return err
		}
	}
	return insertLevies(ctx, tx, changed, e.run)
}

// AssessParty assesses one taxpayer for a year, again if need be, and returns what has
// changed.
func (o *Office) AssessParty(ctx context.Context, actor act.Actor, key string, party act.PartyID, year int) (all []taxroll.Difference, err error) {
	err = o.Acts.Once(ctx, actor, act.AssessTaxes, key, ledger.Queue(party), &all, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("taxes "+string(party), party)); err != nil {
			return hidden(err)
		}
		if err := o.Roll.Touch(ctx, tx); err != nil {
			return err
		}
		all, err = o.assess(ctx, tx, party, year, "taxes "+string(party))
		return err
	})
	return all, err
}

// Preview returns what [Office.AssessParty] would change, and changes nothing.
func (o *Office) Preview(ctx context.Context, actor act.Actor, party act.PartyID, year int, purpose string) (all []taxroll.Difference, err error) {
	if err := o.Roll.See(ctx, actor, party, purpose); err != nil {
		return nil, err
	}
	changed, _, _, err := o.outcomesOf(ctx, o.DB, party, year)
	for _, out := range changed {
		all = append(all, out.difference())
	}
	return all, err
}

// assess is [Office.AssessParty] as a part of an act. What cannot be taxed stays as it
// was assessed before.
func (o *Office) assess(ctx context.Context, tx *act.Tx, party act.PartyID, year int, reason string) (all []taxroll.Difference, err error) {
	changed, role, rules, err := o.outcomesOf(ctx, tx, party, year)
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	if err := rules.keep(ctx, tx); err != nil {
		return nil, err
	}
	for _, out := range changed {
		all = append(all, out.difference())
	}
	return all, o.enter(ctx, tx, changed, map[act.PartyID]taxroll.Role{party: role}, entry{provisional: rules.draft(), reason: reason})
}

func (o *Office) outcomesOf(ctx context.Context, r db.Reader, party act.PartyID, year int) ([]outcome, taxroll.Role, law, error) {
	rules, err := o.lawOf(year)
	if err != nil {
		return nil, taxroll.Role{}, rules, err
	}
	dossier, err := o.Roll.Dossier(ctx, r, party, year)
	if err != nil {
		return nil, dossier.Role, rules, err
	}
	levies, err := leviesBetween(ctx, r, party, party, year)
	if err != nil {
		return nil, dossier.Role, rules, err
	}
	changed, _, err := o.outcomes(rules, year, dossier, levies)
	return changed, dossier.Role, rules, err
}

// Follow assesses parties again, in the act that has changed something in the register
// from a year on: all years that were assessed since. It is for [taxroll.Office].
func (o *Office) Follow(ctx context.Context, tx *act.Tx, parties []act.PartyID, from int, source string) (all []taxroll.Difference, err error) {
	for _, party := range parties {
		years, err := assessedYears(ctx, tx, party, from)
		if err != nil {
			return nil, err
		}
		for _, year := range years {
			changes, err := o.assess(ctx, tx, party, year, source)
			if err != nil {
				return nil, err
			}
			all = append(all, changes...)
		}
	}
	return all, nil
}

// Totals returns what was assessed last of a year, or of the one before, in lei by
// taxlaw.Type. It is for [taxroll.Office].
func (o *Office) Totals(ctx context.Context, r db.Reader, year int) (map[string]taxlaw.Dec, error) {
	return assessedTotals(ctx, r, year)
}

// A Reason is why an amount is what it is.
type Reason struct {
	Assessment   Assessment
	Explanations []*taxlaw.Explanation // of each object, and of their sum; without words, see Fill
	Holdings     []taxroll.Holding     // the objects, in the same order
}

// WhyAmount explains an obligation of a party's that an assessment has entered, to
// whoever owes it and to officials: from what was stored, under the law as it was then
// (CPF art. 46).
func (o *Office) WhyAmount(ctx context.Context, actor act.Actor, party act.PartyID, obligation, purpose string) (Reason, error) {
	if err := o.Roll.See(ctx, actor, party, purpose); err != nil {
		return Reason{}, err
	}
	levies, err := lastLevies(ctx, o.DB, party, 0)
	if err != nil {
		return Reason{}, err
	}
	for _, a := range levies {
		if slices.ContainsFunc(a.Claims, func(c Claim) bool { return c.ID == obligation }) {
			return o.explain(ctx, o.DB, a)
		}
	}
	return Reason{}, ErrUnknown
}

// Why explains what a party owes of a tax for a year, likewise; in an edition, or in
// the last one for 0.
func (o *Office) Why(ctx context.Context, actor act.Actor, party act.PartyID, year int, t taxlaw.Type, edition int, purpose string) (Reason, error) {
	if err := o.Roll.See(ctx, actor, party, purpose); err != nil {
		return Reason{}, err
	}
	levies, err := leviesOf(ctx, o.DB, party, year, t)
	if err != nil {
		return Reason{}, err
	}
	for _, a := range levies {
		if edition == 0 || a.Edition == edition {
			return o.explain(ctx, o.DB, a)
		}
	}
	return Reason{}, ErrUnassessed
}

// explain works an assessment out again, with all steps.
func (o *Office) explain(ctx context.Context, r db.Reader, a Assessment) (reason Reason, err error) {
	reason.Assessment = a
	role, err := o.Roll.RoleOf(ctx, r, a.Party)
	if err != nil {
		return reason, err
	}
	rules, err := keptLaw(ctx, r, a.Law)
	if err != nil {
		return reason, err
	}
	refs := make([]taxroll.Ref, len(a.Items))
	for i := range a.Items {
		refs[i] = a.Items[i].Ref
	}
	if reason.Holdings, err = o.Roll.Restore(ctx, r, role, refs); err != nil {
		return reason, err
	}
	objects := make([]taxlaw.Object, len(refs))
	for i := range reason.Holdings {
		objects[i] = reason.Holdings[i].Object
	}
	_, reason.Explanations, err = rules.ExplainLevy(a.Type, objects, o.Calendar)
	return reason, err
}

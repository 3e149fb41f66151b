package taxes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// A Gap is an object that could not be taxed, and why. The whole tax of its owner then
// waits until that is mended.
type Gap struct {
	Party  act.PartyID
	Object string
	Field  string // of taxlaw.Object; "" if it is none in particular
	Fault  string // key of a text
}

// An outcome is what an assessment of one tax of one taxpayer comes to.
type outcome struct {
	now, before Assessment // before has edition 0 if it is the first
}

// outcomes works out what a taxpayer owes for a year, as far as it differs from what
// was assessed last.
func (o *Office) outcomes(rules law, year int, d taxroll.Dossier, last []Assessment) (changed []outcome, gaps []Gap, err error) {
	objects := map[taxlaw.Type][]taxlaw.Object{}
	items := map[taxlaw.Type][]Item{}
	for _, in := range d.Inputs {
		t := in.Taxed.Kind.Type()
		objects[t], items[t] = append(objects[t], in.Taxed), append(items[t], Item{Ref: in.Ref})
	}
	for _, t := range taxlaw.Types {
		i := slices.IndexFunc(last, func(a Assessment) bool { return a.Type == t })
		if kindOf[t] == "" || len(objects[t]) == 0 && i < 0 {
			continue
		}
		now := Assessment{Party: d.Role.Party, Type: t, Year: year, Edition: 1, Law: rules.id, Items: items[t]}
		var before Assessment
		if i >= 0 {
			before = last[i]
			now.Edition = before.Edition + 1
		}
		missing, err := levy(rules, &now, objects[t], o.Calendar)
		if err != nil {
			return nil, nil, err
		}
		if len(missing) > 0 {
			gaps = append(gaps, missing...)
		} else if !now.same(before) {
			changed = append(changed, outcome{now, before})
		}
	}
	return changed, gaps, nil
}

// levy fills in what comes out for the objects of one tax.
func levy(rules law, a *Assessment, objects []taxlaw.Object, cal *deadline.Calendar) (gaps []Gap, err error) {
	terms := make([]taxlaw.Item, len(objects))
	reliefs := 0
	for i := range objects {
		if terms[i], err = rules.Item(&objects[i], cal); err != nil {
			gap, ok := gapOf(*a, objects[i].ID, err)
			if !ok {
				return nil, err
			}
			gaps = append(gaps, gap)
		}
		a.Items[i].Amount = terms[i].Amount
		if objects[i].Relief != "" {
			reliefs++
		}
	}
	if len(gaps) > 0 {
		return gaps, nil
	}
	if reliefs > 1 { // some are for one object alone
		a.Levy, err = rules.Levy(a.Type, objects, cal)
	} else {
		a.Levy, err = rules.LevyOf(a.Type, terms, cal)
	}
	if err != nil {
		if gap, ok := gapOf(*a, objects[0].ID, err); ok {
			return []Gap{gap}, nil
		}
	}
	return nil, err
}

// gapOf returns what is wrong with an object, if it is that.
func gapOf(a Assessment, object string, err error) (Gap, bool) {
	gap := Gap{Party: a.Party, Object: object}
	if p, ok := errors.AsType[*taxlaw.Problem](err); ok {
		gap.Field = p.Field
	}
	f := fault.Of(err)
	gap.Fault = f.Key
	return gap, f.Kind == fault.Invalid
}

// same reports whether an assessment says the same as another.
func (a Assessment) same(b Assessment) bool {
	if b.Edition == 0 {
		return a.Levy.Total == 0 && len(a.Items) == 0
	}
	return a.Levy.Total == b.Levy.Total && a.Levy.Bonus == b.Levy.Bonus && a.Levy.BonusBy == b.Levy.BonusBy && a.Levy.Exact == b.Levy.Exact &&
		slices.Equal(a.Levy.Terms, b.Levy.Terms) && slices.Equal(a.Items, b.Items)
}

// difference compares an assessment with the one before.
func (out outcome) difference() taxroll.Difference {
	d := taxroll.Difference{Type: out.now.Type, Year: out.now.Year, Before: out.before.Levy.Total, After: out.now.Levy.Total}
	of := func(id string) *taxroll.ObjectDifference {
		i := slices.IndexFunc(d.Objects, func(o taxroll.ObjectDifference) bool { return o.Object == id })
		if i < 0 {
			d.Objects = append(d.Objects, taxroll.ObjectDifference{Object: id})
			i = len(d.Objects) - 1
		}
		return &d.Objects[i]
	}
	for _, item := range out.before.Items {
		of(item.Object).Before += item.Amount
	}
	for _, item := range out.now.Items {
		of(item.Object).After += item.Amount
	}
	d.Objects = slices.DeleteFunc(d.Objects, func(o taxroll.ObjectDifference) bool { return o.Before == o.After })
	return d
}

// source names a claim in the ledger: "tax 2026 building 0193… 1.2". The party has no
// space in it.
func (a Assessment) source(instalment int) string {
	return fmt.Sprintf("tax %d %s %s %d.%d", a.Year, a.Type, a.Party, a.Edition, instalment)
}

// claims returns what the first edition of an assessment enters into the ledger.
func (out *outcome) claims(role taxroll.Role, provisional bool) (all []ledger.Obligation) {
	a := &out.now
	for i, term := range a.Levy.Terms {
		if term.Amount == 0 {
			continue
		}
		instalment := 0
		if len(a.Levy.Terms) > 1 {
			instalment = i + 1
		}
		claim := Claim{ID: db.NewID(), Due: term.Due, Amount: term.Amount}
		a.Claims = append(a.Claims, claim)
		all = append(all, ledger.Obligation{ID: claim.ID, Party: a.Party, Role: strconv.Itoa(role.Number), Kind: kindOf[a.Type], Year: a.Year,
			Instalment: instalment, Due: term.Due, Amount: term.Amount, Provisional: provisional, Source: a.source(i + 1)})
	}
	return all
}

// bonus returns what is saved by paying the whole year in time; no amount if nothing.
func (a Assessment) bonus() ledger.Bonus {
	return ledger.Bonus{Party: a.Party, Kind: kindOf[a.Type], Year: a.Year, Amount: a.Levy.Bonus, Until: a.Levy.BonusBy}
}

// again returns what the ledger has to enter when an assessment is done again: for
// each term what is more, or taken off, the youngest first (CPF art. 174).
func (out *outcome) again(role taxroll.Role, provisional bool, reason string) ledger.Reassessment {
	a, before := &out.now, out.before
	r := ledger.Reassessment{Source: a.source(0), Party: a.Party, Reason: reason}
	a.Claims = slices.Clone(before.Claims)
	owed := map[deadline.Date]money.Bani{}
	for _, term := range a.Levy.Terms {
		owed[term.Due] += term.Amount
	}
	var days []deadline.Date
	for due := range owed {
		days = append(days, due)
	}
	for _, claim := range before.Claims {
		if owed[claim.Due] -= claim.Amount; !slices.Contains(days, claim.Due) {
			days = append(days, claim.Due)
		}
	}
	slices.SortFunc(days, deadline.Date.Compare)
	for n, due := range days {
		more := owed[due]
		for i := len(a.Claims) - 1; i >= 0 && more < 0; i-- {
			claim := &a.Claims[i]
			if by := min(claim.Amount, -more); claim.Due == due && by > 0 {
				r.Reductions = append(r.Reductions, ledger.Reduction{Obligation: claim.ID, By: by})
				claim.Amount -= by
				more += by
			}
		}
		if more > 0 {
			claim := Claim{ID: db.NewID(), Due: due, Amount: more}
			a.Claims = append(a.Claims, claim)
			r.More = append(r.More, ledger.Obligation{ID: claim.ID, Party: a.Party, Role: strconv.Itoa(role.Number), Kind: kindOf[a.Type], Year: a.Year,
				Instalment: n + 1, Due: due, Amount: more, Provisional: provisional, Source: a.source(n + 1)})
		}
	}
	if b := a.bonus(); b.Amount != before.Levy.Bonus || b.Until != before.Levy.BonusBy {
		if b.Until.IsZero() {
			b.Until = before.Levy.BonusBy
		}
		r.Bonuses = append(r.Bonuses, b)
	}
	return r
}

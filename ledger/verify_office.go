package ledger

import (
	"context"
	"errors"
	"maps"

	"bega/internal/act"
	"bega/internal/money"
)

// A Verified is how much was checked, and what came out.
type Verified struct {
	Parties, Obligations, Events, Entries int
	Balance                               Balance    // of all parties
	Money                                 money.Bani // that came in, less what went out
	Breaches                              []Breach   // none if all is well
}

// verified is how many parties are checked at a time.
const verified = 500

// Verify checks the whole ledger: that each journal is as it was closed, that what was
// entered for each party is what follows from its file, and that nothing is negative.
// What happens meanwhile is seen as a whole or not at all, party by party.
//
// Progress, if there is any, is told after every few hundred parties.
func (o *Office) Verify(ctx context.Context, progress func(Verified)) (v Verified, err error) {
	broken, err := incomplete(ctx, o.DB)
	if err != nil {
		return v, err
	}
	for _, id := range broken {
		v.Breaches = append(v.Breaches, Breach{Complete, id})
	}
	for after := act.PartyID(""); ; {
		next, err := parties(ctx, o.DB, after, verified)
		if err != nil {
			return v, err
		}
		if len(next) == 0 {
			break
		}
		if err := o.verify(ctx, next, &v); err != nil {
			return v, err
		}
		after = next[len(next)-1]
		if progress != nil {
			progress(v)
		}
	}
	for _, b := range v.Breaches {
		_ = o.breach(&b)
	}
	return v, nil
}

// verify checks some parties. One that does not agree is read again by itself, since
// something may have happened between the queries.
func (o *Office) verify(ctx context.Context, next []act.PartyID, v *Verified) error {
	files, entries, err := o.readAll(ctx, next[0], next[len(next)-1])
	if err != nil {
		return err
	}
	for _, party := range next {
		if o.verifyParty(party, files[party], entries[party], v) == nil {
			continue
		}
		files, entries, err := o.readAll(ctx, party, party)
		if err != nil {
			return err
		}
		if b, ok := errors.AsType[*Breach](o.verifyParty(party, files[party], entries[party], v)); ok {
			v.Breaches = append(v.Breaches, *b)
		}
	}
	return nil
}

func (o *Office) readAll(ctx context.Context, from, to act.PartyID) (map[act.PartyID]file, map[act.PartyID][]move, error) {
	rows, err := postings(ctx, o.DB, from, to, forever)
	if err != nil {
		return nil, nil, err
	}
	entries := map[act.PartyID][]move{}
	for _, p := range rows {
		entries[p.party] = append(entries[p.party], p.move)
	}
	files, err := readFiles(ctx, o.DB, from, to, forever)
	return files, entries, err
}

// verifyParty checks one party, and counts it if all is well.
func (o *Office) verifyParty(party act.PartyID, f file, entries []move, v *Verified) error {
	if err := balanced(entries); err != nil {
		return err
	}
	r := run(f, o.kinds(), o.Zone)
	if err := r.check(); err != nil {
		return err
	}
	if !maps.Equal(net(entries), net(r.moves)) {
		return &Breach{Explained, string(party)}
	}
	b := balanceOf(entries)
	if b.Principal < 0 || b.Surcharge < 0 || b.Credit < 0 {
		return &Breach{Positive, string(party)}
	}
	v.Parties++
	v.Obligations += len(f.obligations)
	v.Events += len(f.events)
	v.Entries += len(entries)
	v.Balance = Balance{v.Balance.Principal + b.Principal, v.Balance.Surcharge + b.Surcharge, v.Balance.Credit + b.Credit}
	for _, m := range entries {
		if m.debit == Money {
			v.Money += m.amount
		} else if m.credit == Money {
			v.Money -= m.amount
		}
	}
	return nil
}

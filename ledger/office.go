package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
)

// An Office keeps the ledger. Its fields are set before it is used.
//
// Methods that take an [act.Tx] are parts of an act of another room, which has
// allowed it. Acts that touch the same party at once had better queue in its line:
// see [Queue].
type Office struct {
	DB      db.Reader
	Acts    *act.Register
	Now     func() time.Time
	Zone    *time.Location
	Kinds   []Kind
	Unit    string // department of the officials who decide here
	Service string // key of the service that a mandate has to cover; "" for everything

	// Decided brings to a party, in its act, what an official has decided: the answer of
	// the method (CPF art. 47); nil if nobody does.
	Decided func(ctx context.Context, tx *act.Tx, party act.PartyID, answer any) error

	// Breached is told which invariant has stopped an act; nil if nobody counts.
	Breached func(invariant string)
}

// Queue returns the name of the line in which acts about a party queue for each
// other, as [act.Register.Once] takes it.
func Queue(party act.PartyID) string { return "ledger " + string(party) }

// today is the civil day in the town.
func (o *Office) today() deadline.Date { return o.day(o.Now()) }

func (o *Office) day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

func (o *Office) kinds() map[string]Kind {
	kinds := map[string]Kind{Recovery: {Key: Recovery, Class: Fee}}
	for _, k := range o.Kinds {
		kinds[k.Key] = k
	}
	return kinds
}

// on returns what an act on the file of a party is done to.
func (o *Office) on(party act.PartyID) act.On {
	return act.On{Subject: "ledger " + string(party), Owner: party, Unit: o.Unit, Service: o.Service}
}

// Enter adds obligations in an act, with the bonuses of their years, and returns them
// as they were entered. There may be very many of them, of many parties.
//
// It fails with [ErrEntered] if a source or a bonus was entered before, after which
// the act cannot go on; and with [ErrAmount] for one of nothing. When an assessment
// is done again, use [Office.Reassess].
func (o *Office) Enter(ctx context.Context, tx *act.Tx, obligations []Obligation, bonuses []Bonus) ([]Obligation, error) {
	all := slices.Clone(obligations)
	if err := o.complete(tx, all); err != nil {
		return nil, err
	}
	late, err := o.disturbed(ctx, tx, all, bonuses)
	if err != nil {
		return nil, err
	}
	if err := insertObligations(ctx, tx, all); err != nil {
		return nil, err
	}
	if err := insertBonuses(ctx, tx, bonuses, 1); err != nil {
		return nil, err
	}
	var charges []posting
	for _, ob := range all {
		if late[ob.Party] == nil {
			charges = append(charges, posting{party: ob.Party, move: move{obligation: ob.ID, kind: ob.Kind, debit: Owed, credit: Revenue,
				value: ob.Since, amount: ob.Amount}})
		}
	}
	if err := o.post(ctx, tx, charges); err != nil {
		return nil, err
	}
	for _, party := range slices.Sorted(maps.Keys(late)) {
		after := *late[party]
		for _, ob := range all {
			if ob.Party == party {
				after.obligations = append(after.obligations, ob)
			}
		}
		for _, b := range bonuses {
			if b.Party == party {
				after.bonuses = replaced(after.bonuses, b)
			}
		}
		if _, err := o.follow(ctx, tx, party, *late[party], after); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// complete checks obligations, and fills in what is left to the ledger.
func (o *Office) complete(tx *act.Tx, all []Obligation) error {
	kinds := o.kinds()
	for i := range all {
		ob := &all[i]
		if _, ok := kinds[ob.Kind]; !ok || ob.Party == "" || ob.Source == "" || ob.Due.IsZero() || ob.Kind == Recovery {
			return fmt.Errorf("ledger: an obligation of kind %q without party, source or due date, or of no kind", ob.Kind)
		}
		if ob.Amount <= 0 || ob.Amount > most {
			return ErrAmount
		}
		if ob.ID == "" {
			ob.ID = db.NewID()
		}
		ob.Since = o.day(tx.At)
		if !ob.Born.IsZero() && ob.Born.Before(ob.Since) {
			ob.Since = ob.Born
		}
	}
	return nil
}

// disturbed returns the files of the parties for whom something has happened already
// since their new obligations count. In a season there is hardly any.
func (o *Office) disturbed(ctx context.Context, tx *act.Tx, all []Obligation, bonuses []Bonus) (map[act.PartyID]*file, error) {
	for _, b := range bonuses {
		if b.Amount < 0 || b.Amount > most || b.Until.IsZero() {
			return nil, ErrAmount
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	since := map[act.PartyID]deadline.Date{}
	first, low, high := all[0].Since, all[0].Party, all[0].Party
	for _, ob := range all {
		if day, ok := since[ob.Party]; !ok || ob.Since.Before(day) {
			since[ob.Party] = ob.Since
		}
		if ob.Since.Before(first) {
			first = ob.Since
		}
		low, high = min(low, ob.Party), max(high, ob.Party)
	}
	busy, err := lastEvents(ctx, tx, low, high, first.Midnight(o.Zone))
	if err != nil {
		return nil, err
	}
	files := map[act.PartyID]*file{}
	for party, last := range busy {
		if day, ok := since[party]; ok && !last.Before(day.Midnight(o.Zone)) {
			if files[party], err = readFile(ctx, tx, party, forever); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// forever is after every instant at which something became known.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func readFile(ctx context.Context, r db.Reader, party act.PartyID, known time.Time) (*file, error) {
	files, err := readFiles(ctx, r, party, party, known)
	f := files[party]
	return &f, err
}

// post adds a journal of these rows, if there are any.
func (o *Office) post(ctx context.Context, tx *act.Tx, rows []posting) error {
	var sum money.Bani
	for _, p := range rows {
		if err := balanced([]move{p.move}); err != nil {
			return o.breach(err)
		}
		sum += p.amount
	}
	if len(rows) == 0 {
		return nil
	}
	return insertJournal(ctx, tx, rows, sum)
}

// breach counts a breach.
func (o *Office) breach(err error) error {
	if b, ok := errors.AsType[*Breach](err); ok && o.Breached != nil {
		o.Breached(b.Invariant)
	}
	return err
}

// follow enters what follows from the change of a file, after it has checked that
// what was entered is what followed before.
func (o *Office) follow(ctx context.Context, tx *act.Tx, party act.PartyID, before, after file) (*replay, error) {
	kinds := o.kinds()
	old, r := run(before, kinds, o.Zone), run(after, kinds, o.Zone)
	rows, err := postings(ctx, tx, party, party, forever)
	if err != nil {
		return nil, err
	}
	was := net(movesOf(rows))
	if !maps.Equal(was, net(old.moves)) {
		return nil, o.breach(&Breach{Explained, string(party)})
	}
	for len(r.lacking) > 0 { // what is recovered may lack later: each time, a later refund is the first
		recovered, err := o.lack(ctx, tx, party, r.lacking, after)
		if err != nil {
			return nil, err
		}
		after.obligations = append(slices.Clone(after.obligations), recovered...)
		r = run(after, kinds, o.Zone)
	}
	if err := r.check(); err != nil {
		return nil, o.breach(err)
	}
	var posted []posting
	for _, m := range between(was, net(r.moves)) {
		posted = append(posted, posting{move: m, party: party})
	}
	if !maps.Equal(net(append(movesOf(rows), movesOf(posted)...)), net(r.moves)) {
		return nil, o.breach(&Breach{Explained, string(party)})
	}
	return r, o.post(ctx, tx, posted)
}

func movesOf(rows []posting) []move {
	moves := make([]move, len(rows))
	for i, p := range rows {
		moves[i] = p.move
	}
	return moves
}

// recovering is how the source of a recovery begins. The ID of the refund follows.
const recovering = "recovery "

// lack enters what somebody has to give back of refunds, when it turns out that
// there was no credit for them.
func (o *Office) lack(ctx context.Context, tx *act.Tx, party act.PartyID, lacking map[string]money.Bani, f file) (all []Obligation, err error) {
	for _, id := range slices.Sorted(maps.Keys(lacking)) {
		i := slices.IndexFunc(f.events, func(e event) bool { return e.id == id })
		all = append(all, Obligation{ID: db.NewID(), Party: party, Kind: Recovery, Year: o.day(tx.At).Year, Due: o.day(tx.At), Amount: lacking[id],
			Source: recovering + id + " " + db.NewID(), Since: o.day(f.events[i].moment)})
	}
	return all, insertObligations(ctx, tx, all)
}

// happen adds an event to the file of its party, and what follows.
func (o *Office) happen(ctx context.Context, tx *act.Tx, events ...event) (*replay, error) {
	party := events[0].party
	before, err := readFile(ctx, tx, party, forever)
	if err != nil {
		return nil, err
	}
	after := *before
	after.events = slices.Clone(before.events)
	for _, e := range events {
		for _, other := range after.events {
			if e.kind != paid && !other.moment.Before(e.moment) { // whoever decides knows of it
				e.moment = other.moment.Add(time.Microsecond)
			}
		}
		fresh, err := insertEvent(ctx, tx, e)
		if err == nil && !fresh {
			err = ErrReused
		}
		if err != nil {
			return nil, err
		}
		after.events = append(after.events, e)
	}
	return o.follow(ctx, tx, party, *before, after)
}

// decision returns an event of an act that counts from now.
func decision(tx *act.Tx, kind string, party act.PartyID, amount money.Bani, ref string) event {
	at := tx.At.Truncate(time.Microsecond)
	return event{id: db.NewID(), kind: kind, party: party, moment: at, at: at, amount: amount, ref: ref}
}

package reminders

import (
	"context"
	"errors"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/ledger"
)

// An Office sends reminders. Its fields are set before it is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Now      func() time.Time
	Zone     *time.Location
	Ledger   *ledger.Office
	Season   Season
	Payments Payments
	Notices  Notices
}

// Season knows when payments are taken: the room taxes.
type Season interface {
	Open(ctx context.Context, at time.Time) (bool, error)
}

// Payments knows who is paying: the room taxpayer.
type Payments interface {
	// Going reports whether somebody is paying debts of a party at this moment, or has
	// and the bank has not said how it ended.
	Going(ctx context.Context, r db.Reader, debtor act.PartyID) (bool, error)
}

// Notices brings messages to people as they have chosen.
type Notices interface {
	Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error
}

const (
	// aPage is how many debtors are looked at, and at most reminded, in one act: few
	// enough that nobody who pays meanwhile has to wait.
	aPage = 50
	// aRun is how long one run of the job lasts. The next one goes on.
	aRun = 4 * time.Minute
	// From morning until evening: nobody is woken by the town hall.
	morning, evening = 9, 20
)

// Remind goes on with the rounds of today, for the queue: it is called every few
// minutes. While no payments are taken, it waits: nobody is asked to do what cannot be
// done.
func (o *Office) Remind(ctx context.Context) error {
	begun := o.Now()
	if hour := begun.In(o.Zone).Hour(); hour < morning || hour >= evening {
		return nil
	}
	for _, k := range []kind{before, after} {
		for more := true; more && o.Now().Sub(begun) < aRun; {
			open, err := o.Season.Open(ctx, o.Now())
			if err != nil || !open {
				return err
			}
			if more, err = o.page(ctx, k); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	// errMoved says that another program has gone on with the round.
	errMoved = errors.New("reminders: the round is elsewhere")
	// errNobody undoes an act in which nobody had to be reminded any more.
	errNobody = errors.New("reminders: nobody owes anything")
)

// page reminds the next debtors of today's round, and reports whether there are more.
func (o *Office) page(ctx context.Context, k kind) (more bool, err error) {
	today := deadline.Of(o.Now().In(o.Zone))
	r, err := roundOf(ctx, o.DB, today, k)
	if err != nil || r.done {
		return false, err
	}
	from, to := k.terms(today)
	next, err := o.Ledger.Debtors(ctx, o.DB, from, to, r.reached, aPage)
	if err != nil {
		return false, err
	}
	was := r.reached
	if r.done = len(next) < aPage; len(next) > 0 {
		r.reached = next[len(next)-1]
	}
	if next, err = o.wanting(ctx, next, r); err != nil {
		return false, err
	}
	err = errNobody
	if len(next) > 0 {
		err = o.remind(ctx, next, r, was)
	}
	if errors.Is(err, errNobody) {
		err = o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return move(ctx, tx, r, was) })
	}
	if errors.Is(err, errMoved) {
		return true, nil
	}
	return !r.done, err
}

// wanting returns the debtors who have to be reminded of something, as it looks before
// the act: most have paid.
func (o *Office) wanting(ctx context.Context, all []act.PartyID, r round) (some []act.PartyID, err error) {
	for _, party := range all {
		due, err := o.due(ctx, o.DB, party, r)
		if err != nil {
			return nil, err
		}
		if len(due) > 0 {
			some = append(some, party)
		}
	}
	return some, nil
}

// move notes how far a round came, or fails with errMoved.
func move(ctx context.Context, tx *db.Tx, r round, from act.PartyID) error {
	ok, err := moveRound(ctx, tx, r, from)
	if err == nil && !ok {
		err = errMoved
	}
	return err
}

// remind tells debtors what they have to pay, as it is at this moment, each as an entry
// of its own in the register, and moves the round on.
func (o *Office) remind(ctx context.Context, all []act.PartyID, r round, from act.PartyID) error {
	return o.Acts.Do(ctx, act.Machine, act.RemindDebt, func(ctx context.Context, tx *act.Tx) error {
		if err := move(ctx, tx.Tx, r, from); err != nil {
			return err
		}
		told := 0
		for _, party := range all {
			due, err := o.due(ctx, tx, party, r)
			if err != nil {
				return err
			}
			for _, m := range due {
				on := act.On{Subject: "ledger " + string(party), Owner: party}
				if told++; told == 1 {
					err = tx.Allow(on)
				} else {
					err = tx.Also(ctx, act.RemindDebt, on)
				}
				if err = errors.Join(err, o.tell(ctx, tx, party, m)); err != nil {
					return err
				}
			}
		}
		if told == 0 {
			return errNobody
		}
		return nil
	})
}

// tell sends a reminder.
func (o *Office) tell(ctx context.Context, tx *act.Tx, party act.PartyID, m reminder) error {
	if first, err := insertSent(ctx, tx, party, m); err != nil || !first {
		return errors.Join(err, errMoved)
	}
	key, args := m.text()
	return o.Notices.Send(ctx, tx, party, key, args, "/dosar/taxe", "", string(m.kind)+" "+m.term.String())
}

// due returns what a party has to be told in a round: nothing while a payment is under
// way, and nothing twice.
func (o *Office) due(ctx context.Context, r db.Reader, party act.PartyID, of round) ([]reminder, error) {
	sheet, err := o.Ledger.OwedOn(ctx, r, party, of.day, o.Now().Add(time.Hour))
	if err != nil {
		return nil, err
	}
	from, to := of.kind.terms(of.day)
	all := of.kind.due(sheet, from, to)
	if len(all) == 0 {
		return nil, nil
	}
	told, err := sentTo(ctx, r, party, of.kind)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(m reminder) bool { return slices.Contains(told, m.term) })
	if len(all) == 0 {
		return nil, nil
	}
	if going, err := o.Payments.Going(ctx, r, party); err != nil || going {
		return nil, err
	}
	return all, nil
}

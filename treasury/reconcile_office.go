package treasury

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/ledger"
	"bega/payments"
)

// ErrPeriod is returned for days that cannot be compared at once.
var ErrPeriod = fault.New(fault.Invalid, "treasury.bad-period")

// mostDays is for how many days reconciliation is done at once.
const mostDays = 92

// arrival is how many days money may take to the treasury, before that is a
// difference.
const arrival = 3

// A Gap is what the ledger, a channel and the treasury say of one day. It is none if
// they agree.
type Gap struct {
	Day      deadline.Date
	Channel  string
	Ledger   money.Bani // what came in, less what went out or was taken back
	Source   money.Bani // by the bank of cards, the receipts or the statement of the channel
	Stated   bool       // the channel has said something, or should have
	Treasury money.Bani // what has arrived there
	Late     bool       // all of it should have
	Reason   string     // why it differs
	By       act.PartyID
	At       time.Time
}

// first is source less ledger.
func (g Gap) first() money.Bani {
	if !g.Stated {
		return 0
	}
	return g.Source - g.Ledger
}

// second is treasury less source, where money of the channel arrives at the treasury.
func (g Gap) second() money.Bani {
	if !slices.Contains(settled, g.Channel) || !g.Late && g.Treasury == 0 {
		return 0
	}
	if !g.Stated {
		return g.Treasury - g.Ledger
	}
	return g.Treasury - g.Source
}

// Agrees reports whether there is nothing to be explained.
func (g Gap) Agrees() bool { return g.first() == 0 && g.second() == 0 }

// Seen stands for what a gap says, in the form that explains it.
func (g Gap) Seen() string { return fmt.Sprint(int64(g.first()), " ", int64(g.second())) }

// Gaps compares days, both inclusive, the latest first, and returns all of which
// anything is known, with the names of those who have explained some.
func (o *Office) Gaps(ctx context.Context, actor act.Actor, from, to deadline.Date) ([]Gap, map[act.PartyID]string, error) {
	if actor.May(act.ReadPaymentDesk, o.at("reconciliation")) != nil {
		return nil, nil, ErrUnknown
	}
	if days := from.DaysUntil(to); days < 0 || days >= mostDays {
		return nil, nil, ErrPeriod
	}
	all, err := o.compare(ctx, actor, from, to)
	if err != nil {
		return nil, nil, err
	}
	explained, err := o.explained(ctx, o.DB, from, to)
	if err != nil {
		return nil, nil, err
	}
	var officials []act.PartyID
	for i := range all {
		for _, e := range explained {
			if e.Day == all[i].Day && e.Channel == all[i].Channel && e.seen == all[i].Seen() {
				all[i].Reason, all[i].By, all[i].At = e.Reason, e.By, e.At
			}
		}
		officials = append(officials, all[i].By)
	}
	names, err := o.People.Names(ctx, officials)
	return all, names, err
}

// compare puts together what the three say.
func (o *Office) compare(ctx context.Context, actor act.Actor, from, to deadline.Date) (all []Gap, err error) {
	at := func(day deadline.Date, channel string) *Gap {
		i := slices.IndexFunc(all, func(g Gap) bool { return g.Day == day && g.Channel == channel })
		if i < 0 {
			i = len(all)
			all = append(all, Gap{Day: day, Channel: channel, Stated: channel != cardChannel, Late: day.AddDays(arrival).Before(o.today())})
		}
		return &all[i]
	}
	ours, err1 := o.Ledger.Collected(ctx, actor, from, to)
	theirs, err2 := stated(ctx, o.DB, from, to)
	came, err3 := arrived(ctx, o.DB, from, to)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, hidden(err)
	}
	for _, s := range ours {
		at(s.Day, s.Channel).Ledger += s.In - s.Out
	}
	for _, s := range theirs {
		at(s.day, s.channel).Source += s.amount
	}
	for _, s := range came {
		at(s.day, s.channel).Treasury += s.amount
	}
	for day := from; !day.After(to); day = day.AddDays(1) {
		lines, err := o.Card(ctx, day)
		if errors.Is(err, payments.ErrNoStatement) {
			break
		} else if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(g Gap) bool { return g.Day == day && g.Channel == cardChannel }); len(lines) == 0 && i < 0 {
			continue
		}
		g := at(day, cardChannel)
		g.Stated = true
		for _, l := range lines {
			g.Source += l.Amount
		}
	}
	slices.SortFunc(all, func(a, b Gap) int { return cmp.Or(b.Day.Compare(a.Day), cmp.Compare(a.Channel, b.Channel)) })
	return all, nil
}

// Explain says why a gap is there. It holds while the amounts are what was seen.
func (o *Office) Explain(ctx context.Context, actor act.Actor, key string, g Gap, seen, reason string) error {
	if empty(reason) {
		return ErrText
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.ExplainGap, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.at("reconciliation "+g.Day.String()+" "+g.Channel)) != nil {
			return ErrUnknown
		}
		if g.Seen() != seen || g.Agrees() {
			return ErrChanged
		}
		done = true
		return o.insertGap(ctx, tx, g, reason)
	})
}

// A Check is what came out when the whole ledger was checked.
type Check struct {
	At time.Time // zero if it never was
	ledger.Verified
}

// CheckLedger checks the whole ledger, for the queue, and keeps what came out.
func (o *Office) CheckLedger(ctx context.Context) error {
	found, err := o.Ledger.Verify(ctx, nil)
	if err != nil {
		return err
	}
	return o.Acts.Do(ctx, act.Machine, act.Reconcile, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "ledger"}); err != nil {
			return err
		}
		return insertCheck(ctx, tx, db.NewID(), found)
	})
}

// LastCheck returns the last check of the ledger.
func (o *Office) LastCheck(ctx context.Context, actor act.Actor) (Check, error) {
	if actor.May(act.ReadPaymentDesk, o.at("reconciliation")) != nil {
		return Check{}, ErrUnknown
	}
	c, err := lastCheck(ctx, o.DB)
	if errors.Is(err, db.ErrNone) {
		return Check{}, nil
	}
	return c, err
}

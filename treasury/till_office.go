package treasury

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/ledger"
)

// The faults of the cash desk.
var (
	ErrChanged  = fault.New(fault.Conflict, "treasury.till-changed")   // it would settle something else than was shown
	ErrMeans    = fault.New(fault.Invalid, "treasury.bad-means")       // neither cash nor terminal
	ErrSlip     = fault.New(fault.Invalid, "treasury.bad-slip")        // a terminal without its slip, or cash with one
	ErrSlipUsed = fault.New(fault.Conflict, "treasury.slip-used")      // that slip was entered today
	ErrTill     = fault.New(fault.Conflict, "treasury.till-closed")    // the day was closed
	ErrUnclosed = fault.New(fault.Conflict, "treasury.till-unclosed")  // an earlier day was not; with that day
	ErrPaused   = fault.New(fault.Unavailable, "treasury.till-paused") // no payments are taken for a time; with its end
	ErrCounted  = fault.New(fault.Invalid, "treasury.count-differs")   // a difference without a reason
)

// The means by which somebody pays at the cash desk.
const (
	Cash     = "cash"
	Terminal = "terminal"
)

// deskChannel is what the ledger calls the cash desk.
const deskChannel = "desk"

// A Taking is money that was taken at the cash desk.
type Taking struct {
	ID      string
	Teller  act.PartyID
	Day     deadline.Date
	Party   act.PartyID // the debtor; whoever pays need not say who they are (CPF art. 163 par. 9)
	Amount  money.Bani
	Means   string
	Slip    string // number of the terminal's slip
	Receipt string // code by which it is verified
	At      time.Time
	Choice  ledger.Choice
	Seen    string // what the payer was shown: [Counter.Seen]
}

// payment is what the ledger calls a taking.
func (t Taking) payment() string { return deskChannel + " " + t.ID }

// A Counter is what is shown before money is taken.
type Counter struct {
	Taxpayer
	Sheet ledger.Sheet
	Due   money.Bani    // now, with what is late, bonuses taken off
	Lines []ledger.Line // that the amount settles; none before there is an amount
	Seen  string        // stands for the lines
}

// At shows at the cash desk what a taxpayer owes, and what an amount would settle. It
// is an act.
func (o *Office) At(ctx context.Context, actor act.Actor, party act.PartyID, amount money.Bani, choice ledger.Choice) (c Counter, err error) {
	err = o.Acts.Do(ctx, actor, act.OpenLedger, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.on(party, "treasury.why-payment")) != nil || actor.May(act.TakeMoney, o.at("till")) != nil {
			return ErrUnknown
		}
		c, err = o.counter(ctx, tx, party, amount, choice)
		return err
	})
	return c, err
}

func (o *Office) counter(ctx context.Context, r db.Reader, party act.PartyID, amount money.Bani, choice ledger.Choice) (c Counter, err error) {
	if c.Taxpayer, err = o.taxpayer(ctx, r, party); err != nil {
		return c, err
	}
	if choice.Owner, err = o.Roll.Owns(ctx, r, party, o.Now()); err != nil {
		return c, err
	}
	if c.Sheet, err = o.Ledger.OwedOn(ctx, r, party, o.today(), forever); err != nil {
		return c, err
	}
	c.Due, _ = c.Sheet.ToPay(choice)
	if amount == 0 {
		return c, nil
	}
	c.Lines, err = o.Ledger.PreviewFor(ctx, r, party, amount, choice)
	c.Seen = seen(c.Lines)
	return c, err
}

// forever is later than anything that will become known.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// seen stands for what money settles, as a payer was shown it.
func seen(lines []ledger.Line) string {
	data, err := json.Marshal(lines)
	if err != nil {
		panic(err) // numbers and texts always can be
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Take takes money for a taxpayer, enters it, and issues the receipt. It fails with
// [ErrChanged] unless it settles what the payer was shown.
func (o *Office) Take(ctx context.Context, actor act.Actor, key string, t Taking) (id string, err error) {
	t.Slip = strings.TrimSpace(t.Slip)
	switch {
	case t.Means != Cash && t.Means != Terminal:
		return "", ErrMeans
	case (t.Means == Terminal) != (t.Slip != "") || len(t.Slip) > 30:
		return "", ErrSlip
	case t.Amount <= 0:
		return "", ErrAmount
	}
	pause, paused, err := o.Closed(ctx, o.Now())
	if err != nil {
		return "", err
	}
	err = o.Acts.Once(ctx, actor, act.TakeMoney, key, ledger.Queue(t.Party), &id, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.on(t.Party, "")) != nil {
			return ErrUnknown
		}
		t.ID, t.Teller, t.Day, t.At, id = db.NewID(), actor.Person, deadline.Of(tx.At.In(o.Zone)), tx.At, ""
		if err := errors.Join(when(paused, ErrPaused.With(pause.To)), openTill(ctx, tx, t)); err != nil {
			return err
		}
		shown, err := o.counter(ctx, tx, t.Party, t.Amount, t.Choice)
		if err != nil {
			return err
		}
		if shown.Seen != t.Seen {
			return ErrChanged
		}
		if t.Choice.Owner, err = o.Roll.Owns(ctx, tx, t.Party, o.Now()); err != nil {
			return err
		}
		receipt, err := o.Ledger.Pay(ctx, tx, ledger.Payment{ID: t.payment(), Debtor: t.Party, Amount: t.Amount, Moment: tx.At, Channel: deskChannel, Choice: t.Choice})
		if err != nil {
			return err
		}
		if t.Receipt, err = o.Receipts.Receipt(ctx, tx, t, receipt.Lines); err != nil {
			return err
		}
		id = t.ID
		return insertTaking(ctx, tx, t)
	})
	return id, err
}

// openTill returns an error if a teller may not take money now.
func openTill(ctx context.Context, tx *act.Tx, t Taking) error {
	if closed, err := closedOn(ctx, tx, t.Teller, t.Day); err != nil || closed {
		return errors.Join(err, when(closed, ErrTill))
	}
	day, err := unclosed(ctx, tx, t.Teller, t.Day)
	if err != nil || !day.IsZero() {
		return errors.Join(err, when(!day.IsZero(), ErrUnclosed.With(day)))
	}
	return nil
}

// when returns a fault if something is so.
func when(so bool, f *fault.Fault) error {
	if so {
		return f
	}
	return nil
}

// A Slip is what a receipt is printed from.
type Slip struct {
	Taking
	Taxpayer
	Lines      []ledger.Line
	Reversed   money.Bani
	TellerName string
}

// Slip shows the receipt of a taking to whoever works at the cash desk. It is an act.
func (o *Office) Slip(ctx context.Context, actor act.Actor, id string) (s Slip, err error) {
	err = o.Acts.Do(ctx, actor, act.OpenLedger, func(ctx context.Context, tx *act.Tx) error {
		if s.Taking, err = takingByID(ctx, tx, id); err != nil {
			return err
		}
		if tx.Allow(o.on(s.Party, "treasury.why-payment")) != nil {
			return ErrUnknown
		}
		receipt, err := o.Ledger.ReceiptOf(ctx, tx, s.payment())
		if err != nil {
			return err
		}
		s.Lines, s.Reversed = receipt.Lines, receipt.Reversed
		s.Taxpayer, err = o.taxpayer(ctx, tx, s.Party)
		return err
	})
	if err != nil {
		return s, err
	}
	names, err := o.People.Names(ctx, []act.PartyID{s.Teller})
	s.TellerName = names[s.Teller]
	return s, err
}

// A Closing is the end of a teller's day: what should be there, and what is.
type Closing struct {
	Teller          act.PartyID
	Day             deadline.Date
	Cash, Counted   money.Bani // by the takings, and in the till
	Terminal, Slips money.Bani // by the takings, and by the terminal
	Takings         int
	Reason          string // for a difference
	At              time.Time
}

// Difference returns how much more there is than there should be.
func (c Closing) Difference() money.Bani { return c.Counted + c.Slips - c.Cash - c.Terminal }

// exact reports whether all is there, of either means.
func (c Closing) exact() bool { return c.Counted == c.Cash && c.Slips == c.Terminal }

// A Till is a teller's day.
type Till struct {
	Day      deadline.Date
	Takings  []Taking
	Closing  Closing       // what it is, or would be
	Closed   bool          // it is
	Unclosed deadline.Date // an earlier day that is to be closed first; no day if there is none
}

// Till returns a teller's own day; the first that is not closed, or today, for no day.
func (o *Office) Till(ctx context.Context, actor act.Actor, day deadline.Date) (t Till, err error) {
	if actor.May(act.TakeMoney, o.at("till")) != nil {
		return t, ErrUnknown
	}
	t.Day = day
	if t.Unclosed, err = unclosed(ctx, o.DB, actor.Person, o.today()); err != nil {
		return t, err
	}
	if t.Day.IsZero() {
		if t.Day = t.Unclosed; t.Day.IsZero() {
			t.Day = o.today()
		}
	}
	if t.Takings, err = takings(ctx, o.DB, actor.Person, t.Day); err != nil {
		return t, err
	}
	t.Closing, err = o.closing(ctx, o.DB, actor.Person, t.Day)
	if t.Closed = err == nil; errors.Is(err, ErrUnknown) {
		t.Closing, err = summed(actor.Person, t.Day, t.Takings), nil
	}
	return t, err
}

// summed works out what should be in a till.
func summed(teller act.PartyID, day deadline.Date, all []Taking) Closing {
	c := Closing{Teller: teller, Day: day, Takings: len(all)}
	for _, t := range all {
		if t.Means == Cash {
			c.Cash += t.Amount
		} else {
			c.Terminal += t.Amount
		}
	}
	return c
}

// CloseTill ends a teller's day with what was counted. It fails with [ErrCounted] if
// that differs, and nobody says why.
func (o *Office) CloseTill(ctx context.Context, actor act.Actor, key string, day deadline.Date, counted, slips money.Bani, reason string) error {
	if counted < 0 || slips < 0 {
		return ErrAmount
	}
	if day.IsZero() || day.After(o.today()) {
		return ErrDay
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.CloseTill, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.at("till "+day.String())) != nil {
			return ErrUnknown
		}
		if closed, err := closedOn(ctx, tx, actor.Person, day); err != nil || closed {
			return errors.Join(err, when(closed, ErrTill))
		}
		all, err := takings(ctx, tx, actor.Person, day)
		if err != nil {
			return err
		}
		c := summed(actor.Person, day, all)
		c.Counted, c.Slips, c.Reason, c.At = counted, slips, strings.TrimSpace(reason), tx.At
		if !c.exact() && c.Reason == "" {
			return ErrCounted.With(c.Difference())
		}
		done = true
		return o.insertClosing(ctx, tx, c)
	})
}

// Closings returns the ends of days at all cash desks, the latest first. It fails with
// [ErrPeriod] as [Office.Gaps] does.
func (o *Office) Closings(ctx context.Context, actor act.Actor, from, to deadline.Date) ([]Closing, map[act.PartyID]string, error) {
	if actor.May(act.ReadPaymentDesk, o.at("tills")) != nil {
		return nil, nil, ErrUnknown
	}
	if days := from.DaysUntil(to); days < 0 || days >= mostDays {
		return nil, nil, ErrPeriod
	}
	all, err := o.closings(ctx, o.DB, from, to)
	if err != nil {
		return nil, nil, err
	}
	var tellers []act.PartyID
	for _, c := range all {
		tellers = append(tellers, c.Teller)
	}
	names, err := o.People.Names(ctx, tellers)
	return all, names, err
}

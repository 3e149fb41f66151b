package payments

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/jobs"
	"bega/internal/money"
)

// An Office takes in money. Its fields are set before it is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Now      func() time.Time
	Zone     *time.Location
	Provider Provider // nil: nobody can pay yet
	Payees   []Payee
	Receipts Receipts
	Notices  Notices
	URL      string            // public address of the portal, without a slash at the end
	Poll     jobs.Kind[string] // jobs.Handle(q, "payments_poll", o.PollAttempt)
	Log      *slog.Logger      // is told when a bank does not do its part; nil for none

	// ResultPath returns where the room that an order is of shows what became of
	// paying it; "" leaves that to this room, and so does no function.
	ResultPath func(Order) string

	// ReceiptPath returns where a receipt is opened. Without it, pages show its
	// code alone.
	ReceiptPath func(code string) string
}

// A Payee is told, in the act that settles it, that an order was paid.
type Payee interface {
	Paid(ctx context.Context, tx *act.Tx, order Order) error

	// Returned tells that an amount of what was paid for the order went back. The ID
	// of the refund is unique.
	Returned(ctx context.Context, tx *act.Tx, order Order, amount money.Bani, refund string) error
}

// Receipts issues the proof of payment, and puts it into the folder. It returns
// its code.
type Receipts interface {
	Receipt(ctx context.Context, tx *act.Tx, order Order, transaction string) (code string, err error)
}

// Notices brings messages to people, as identity.Notices does.
type Notices interface {
	Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error
}

// Order enters an order in the act that makes it due. It fails if a line is over
// nothing or less.
func (o *Office) Order(ctx context.Context, tx *act.Tx, r Request) (id string, err error) {
	total, err := r.total()
	if err != nil {
		return "", err
	}
	order := Order{ID: db.NewID(), Request: r, Total: total, State: Open, Created: tx.At}
	return order.ID, insertOrder(ctx, tx, order)
}

// Cancel ends the open order of a case, when it was withdrawn. What somebody is
// paying at that moment is given back.
func (o *Office) Cancel(ctx context.Context, tx *act.Tx, caseID string) error {
	orders, err := ordersOfCase(ctx, tx, caseID)
	if err != nil {
		return err
	}
	for _, order := range orders {
		if !order.Due() {
			continue
		}
		order.State = Cancelled
		if err := updateOrder(ctx, tx, order); err != nil {
			return err
		}
	}
	return nil
}

// Drop ends an order of no case in the act in which another takes its place. It fails
// with [ErrUncertain] while somebody is paying it. If the bank says later that it was paid
// after all, it is.
func (o *Office) Drop(ctx context.Context, tx *act.Tx, id string) error {
	order, err := orderByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if order.State == Pending {
		return ErrUncertain
	}
	if !order.Due() {
		return nil
	}
	order.State = Cancelled
	return updateOrder(ctx, tx, order)
}

// OfCase returns the orders of a case, for the room that has checked that whoever
// asks may see the case.
func (o *Office) OfCase(ctx context.Context, r db.Reader, caseID string) ([]Order, error) {
	return ordersOfCase(ctx, r, caseID)
}

// Orders returns the orders of the actor's folder that they may see, the newest
// first. One of no case that is not paid is left out: whoever made it shows what it
// is for, such as a tax.
func (o *Office) Orders(ctx context.Context, actor act.Actor) ([]Order, error) {
	if actor.For == "" {
		return nil, act.ErrRefused
	}
	if !actor.SignedIn() {
		return nil, act.ErrSignIn
	}
	all, err := ordersOf(ctx, o.DB, actor.For)
	if err != nil {
		return nil, err
	}
	var visible []Order
	for _, order := range all {
		if of := order.Case != "" || !order.Due(); of && actor.May(act.ReadPayments, on(order)) == nil {
			visible = append(visible, order)
		}
	}
	return visible, nil
}

// ByID returns an order of the actor's folder, or [ErrUnknown].
func (o *Office) ByID(ctx context.Context, actor act.Actor, id string) (Order, error) {
	order, err := orderByID(ctx, o.DB, id)
	if err == nil && actor.May(act.ReadPayments, on(order)) != nil {
		return Order{}, ErrUnknown
	}
	return order, err
}

// Pending reports whether somebody is paying an order, or has and the bank has not said
// how it ended, for the room whose order it is.
func (o *Office) Pending(ctx context.Context, r db.Reader, id string) (bool, error) {
	order, err := orderByID(ctx, r, id)
	return order.State == Pending, err
}

// Ended stands for how the orders of somebody have ended until now: it is another after
// each that is paid or given back.
func (o *Office) Ended(ctx context.Context, r db.Reader, owner act.PartyID) (string, error) {
	states, err := statesOf(ctx, r, owner)
	return strings.Join(states, ", "), err
}

// warn tells the operator what went wrong at the bank.
func (o *Office) warn(ctx context.Context, what, attempt string, err error) {
	if o.Log != nil {
		o.Log.WarnContext(ctx, what, "id", attempt, "err", err)
	}
}

// on returns what an act about an order is done to.
func on(order Order) act.On {
	return act.On{Subject: "order " + order.ID, Owner: order.Owner, Unit: order.Unit, Service: order.Service, Case: order.Case}
}

package payments

import (
	"context"
	"errors"
	"net/url"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/jobs"
)

// patience is how long a bank gets to answer.
const patience = 10 * time.Second

// Pay begins to pay an order, and returns where to go on: the page of the bank,
// in a language. Whoever is there already comes back to the same page, even from
// another window. It fails with [ErrUnknown], [ErrPaid] and [ErrCancelled]; with
// [ErrUncertain] while it is not known whether they have just paid; and with
// [ErrBank] if the bank does not answer, when trying again is safe.
func (o *Office) Pay(ctx context.Context, actor act.Actor, key, orderID, lang string) (page string, err error) {
	if o.Provider == nil {
		return "", ErrBank
	}
	var id string
	err = o.Acts.Once(ctx, actor, act.Pay, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		order, err := orderByID(ctx, tx, orderID)
		if err != nil {
			return err
		}
		if actor.May(act.Pay, on(order)) != nil {
			return ErrUnknown
		}
		if err := tx.Allow(on(order)); err != nil {
			return err
		}
		id, err = o.attempt(ctx, tx, order)
		return err
	})
	if err != nil {
		return "", err
	}
	return o.begin(ctx, id, lang)
}

// attempt returns the attempt by which an order is paid: the one that is open,
// or a new one.
func (o *Office) attempt(ctx context.Context, tx *act.Tx, order Order) (id string, err error) {
	switch {
	case order.Uncertain:
		return "", ErrUncertain
	case order.State == Paid, order.State == Refunded:
		return "", ErrPaid
	case order.State == Cancelled:
		return "", ErrCancelled
	}
	a, err := openAttempt(ctx, tx, order.ID)
	if !errors.Is(err, db.ErrNone) {
		return a.id, err
	}
	a = attempt{id: db.NewID(), order: order.ID, provider: o.Provider.Name(), amount: order.Total, state: "begun", begun: tx.At}
	if _, err := insertAttempt(ctx, tx, a); err != nil {
		return "", err
	}
	order.State = Pending
	if err := updateOrder(ctx, tx, order); err != nil {
		return "", err
	}
	return a.id, o.Poll.Add(ctx, tx.Tx, a.id, jobs.At(tx.At.Add(pollAfter(0, 0))))
}

// begin opens the payment at the bank, unless that was done, and returns its
// page.
func (o *Office) begin(ctx context.Context, id, lang string) (page string, err error) {
	a, err := attemptByID(ctx, o.DB, id)
	if err != nil {
		return "", err
	}
	if !a.open() {
		return resultPath(a.order), nil // a form that was sent again, long after
	}
	if a.page != "" {
		return a.page, nil
	}
	order, err := orderByID(ctx, o.DB, a.order)
	if err != nil {
		return "", err
	}
	beginning, err := o.beginning(a, order, lang)
	if err != nil {
		return "", err
	}
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begun, err := o.Provider.Begin(asking, beginning)
	page = begun.Page
	if errors.Is(err, ErrBegun) {
		page, begun.Page = resultPath(a.order), ""
	} else if err != nil {
		o.warn(ctx, "the bank does not begin a payment", id, err)
		return "", errors.Join(ErrBank, err)
	}
	return page, o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return sendAttempt(ctx, tx, id, begun) })
}

// beginning returns what the bank has to know about an attempt.
func (o *Office) beginning(a attempt, order Order, lang string) (Beginning, error) {
	back, err1 := url.Parse(o.URL + resultPath(a.order))
	notify, err2 := url.Parse(o.URL + notifyPath)
	form, err3 := url.Parse(o.URL + formPath(a.order))
	if err := errors.Join(err1, err2, err3); err != nil {
		return Beginning{}, err
	}
	return Beginning{Attempt: a.id, Amount: a.amount, Description: order.Number, Lang: lang, Return: *back, Notify: *notify, Page: *form}, nil
}

// BankForm returns the form that brings the actor to the bank, where they have
// begun to pay an order. It fails with [ErrUnknown]; and with [ErrUncertain] while
// it is not known whether they have just paid.
func (o *Office) BankForm(ctx context.Context, actor act.Actor, orderID, lang string) (Order, Form, error) {
	order, err := orderByID(ctx, o.DB, orderID)
	if err == nil && (actor.May(act.Pay, on(order)) != nil || !order.Due()) {
		err = ErrUnknown
	} else if err == nil && order.Uncertain {
		err = ErrUncertain
	}
	if err != nil {
		return Order{}, Form{}, err
	}
	a, err := openAttempt(ctx, o.DB, orderID)
	poster, ok := o.Provider.(Poster)
	if errors.Is(err, db.ErrNone) || !ok || !o.has(a) {
		return Order{}, Form{}, ErrUnknown
	} else if err != nil {
		return Order{}, Form{}, err
	}
	beginning, err := o.beginning(a, order, lang)
	return order, poster.Form(beginning), err
}

// has reports whether the bank that there is today has an attempt.
func (o *Office) has(a attempt) bool {
	return o.Provider != nil && (a.provider == "" || a.provider == o.Provider.Name())
}

// FormTargets are the origins besides our own that forms of the pages lead to.
func (o *Office) FormTargets() []string {
	if o.Provider == nil {
		return nil
	}
	return o.Provider.Origins()
}

// Where the bank sends people and reports to.
const notifyPath = "/plati/banca/anunt"

func resultPath(order string) string { return "/plati/" + order + "/rezultat" }

func formPath(order string) string { return "/plati/" + order + "/banca" }

// A Result is what became of the last attempt to pay an order.
type Result struct {
	Order
	Refused bool   // the bank refused it, or the time was over
	Page    string // the bank's, where they can still pay; "" for none
}

// Result returns what became of paying an order, for whoever comes back from the
// bank. If that is not known yet, it asks the bank. It fails with [ErrUnknown].
func (o *Office) Result(ctx context.Context, actor act.Actor, orderID string) (Result, error) {
	order, err := o.ByID(ctx, actor, orderID)
	if err != nil {
		return Result{}, err
	}
	if a, err := openAttempt(ctx, o.DB, orderID); err == nil {
		if err := o.ask(ctx, a); err != nil {
			return Result{}, err
		}
		if order, err = orderByID(ctx, o.DB, orderID); err != nil {
			return Result{}, err
		}
	} else if !errors.Is(err, db.ErrNone) {
		return Result{}, err
	}
	a, err := lastAttempt(ctx, o.DB, orderID)
	if errors.Is(err, db.ErrNone) {
		return Result{Order: order}, nil
	}
	r := Result{Order: order, Refused: a.state == "refused" || a.state == "expired"}
	if a.state == "redirected" && order.Due() {
		r.Page = a.page
	}
	return r, err
}

// errElsewhere is what another bank would say.
var errElsewhere = errors.New("payments: it was begun at another bank")

// ask asks the bank what became of an attempt, and settles it. If the bank does
// not say, that is stored.
func (o *Office) ask(ctx context.Context, a attempt) error {
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := Outcome{}, errElsewhere
	if o.has(a) {
		out, err = o.Provider.Ask(asking, Question{Attempt: a.id, Ref: a.ref, Begun: a.begun})
	}
	switch {
	case err == nil:
		return o.Settle(ctx, out)
	case errors.Is(err, ErrNotThere) && o.Now().Sub(a.begun) > pageLife:
		// It never got there, and now never will: who would pay was sent nowhere.
		return o.Settle(ctx, Outcome{Attempt: a.id, Status: "expired", Amount: a.amount, Currency: currency, At: o.Now()})
	case errors.Is(err, ErrNotThere):
		return nil
	}
	o.warn(ctx, "the bank does not say what became of a payment", a.id, err)
	return o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return doubtAttempt(ctx, tx, a.id) })
}

// PollAttempt asks the bank about an attempt whose outcome is not known, or may not
// be the last word, and has itself called again until it is.
func (o *Office) PollAttempt(ctx context.Context, id string) error {
	a, err := attemptByID(ctx, o.DB, id)
	if err != nil || !a.watched(o.Now()) {
		return err
	}
	if err := o.ask(ctx, a); err != nil {
		return err
	}
	return o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		now, err := attemptByID(ctx, tx, id)
		if err != nil || !now.watched(o.Now()) {
			return err
		}
		if mine, err := countPoll(ctx, tx, a); err != nil || !mine {
			return err
		}
		return o.Poll.Add(ctx, tx, id, jobs.At(o.Now().Add(pollAfter(a.polls+1, o.Now().Sub(a.begun)))))
	})
}

package taxpayer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/form"
	"bega/internal/money"
	"bega/internal/text"
	"bega/ledger"
	"bega/ledger/words"
	"bega/payments"
)

// A Cart is what somebody wants to pay.
type Cart struct {
	All    bool       // all that is to be paid now
	Chosen []string   // or these obligations, by ID
	Sum    money.Bani // as they saw it
	Code   string     // payment code of somebody's decision; "" for the actor's own folder
	// Address is from which network address the code came, with or without port.
	Address string
}

func (c Cart) chosen(sheet ledger.Sheet) func(Row) bool {
	if c.All {
		return all(sheet)
	}
	return these(c.Chosen)
}

// Pay begins to pay, and returns where to go on: the page of the bank, and the ID
// of the order. Whoever pays the same debts again, from another window or by a
// double click, comes back to the same order. It fails with
//
//   - [ErrNothing], [ErrChanged], [ErrClosed], and for a payment code as
//     [Office.ByCode] does, before anything has happened;
//   - [ErrGoing] while another payment of theirs of the same debtor is under way:
//     the ID is that of its order;
//   - what the room payments fails with, with the ID.
//
// Nobody is kept from paying by what somebody else has begun: what then is paid
// twice is the debtor's credit (CPF art. 168).
func (o *Office) Pay(ctx context.Context, actor act.Actor, key string, cart Cart, lang string) (page, id string, err error) {
	if key == "" {
		return "", "", act.ErrNoKey
	}
	debtor, about, err := o.debtor(ctx, actor, cart)
	if err != nil {
		return "", "", err
	}
	if closure, err := o.closed(ctx); err != nil {
		return "", "", err
	} else if closure != nil {
		return "", "", ErrClosed.With(closure.Reason.In(lang))
	}
	if id, err = o.order(ctx, actor, key, cart, debtor, about); err != nil {
		return "", id, err
	}
	page, err = o.Bank.Pay(ctx, actor, key+"-banca", id, lang)
	return page, id, err
}

// debtor returns whose debts a cart is about; and what they are for, to whoever may
// know.
func (o *Office) debtor(ctx context.Context, actor act.Actor, cart Cart) (act.PartyID, map[string]form.Text, error) {
	if cart.Code != "" {
		debtor, err := o.byCode(ctx, cart.Code, cart.Address)
		return debtor, nil, err
	}
	account, _, err := o.known(ctx, actor)
	return actor.For, account.About, err
}

// Choose returns the bill for what the actor would pay of their own folder, and
// where the law would send the money (CPF art. 165).
func (o *Office) Choose(ctx context.Context, actor act.Actor, ids []string) (bill Bill, d Detour, err error) {
	account, owner, err := o.known(ctx, actor)
	if err != nil {
		return bill, d, err
	}
	sheet, err := o.owed(ctx, o.DB, actor.For)
	if err != nil {
		return bill, d, err
	}
	bill = billOf(sheet, account.About, owner, these(ids))
	if len(bill.Rows) == 0 || bill.Empty() {
		return bill, d, ErrNothing
	}
	lines, err := o.Ledger.Preview(ctx, actor, actor.For, bill.Sum(), bill.Choice())
	return bill, bill.detour(lines), err
}

// errMoved says that another order came between.
var errMoved = errors.New("taxpayer: another order came between")

// order returns the order by which a cart is paid: the one that there is, or a new
// one.
func (o *Office) order(ctx context.Context, actor act.Actor, key string, cart Cart, debtor act.PartyID, about map[string]form.Text) (id string, err error) {
	for {
		seen, err := lastOrder(ctx, o.DB, actor.For, debtor)
		if err != nil && !errors.Is(err, ErrUnknown) {
			return "", err
		}
		live, err := o.live(ctx, actor, seen)
		if err != nil {
			return "", err
		}
		err = o.Acts.Once(ctx, actor, act.Pay, key+"-comanda", ledger.Queue(debtor), &id, func(ctx context.Context, tx *act.Tx) error {
			id = ""
			if err := tx.Allow(act.On{Subject: "taxes", Owner: actor.For, Unit: o.Ledger.Unit, Service: o.Ledger.Service}); err != nil {
				return err
			}
			if now, err := lastOrder(ctx, tx, actor.For, debtor); err != nil && !errors.Is(err, ErrUnknown) {
				return err
			} else if now.id != seen.id {
				return errMoved
			}
			bill, err := o.bill(ctx, tx, cart, debtor, about)
			if err != nil {
				return err
			}
			id, err = o.enter(ctx, tx, bill, seen, live, debtor, cart.Code != "")
			return err
		})
		if !errors.Is(err, errMoved) {
			return id, err
		}
	}
}

// live returns the order of payments that was seen last, or one that is over.
func (o *Office) live(ctx context.Context, actor act.Actor, seen order) (payments.Order, error) {
	if seen.id == "" {
		return payments.Order{State: payments.Cancelled}, nil
	}
	return o.Bank.ByID(ctx, actor, seen.id)
}

// bill returns what a cart comes to now. It fails with [ErrNothing], and with
// [ErrChanged] if that is not what was seen.
func (o *Office) bill(ctx context.Context, r db.Reader, cart Cart, debtor act.PartyID, about map[string]form.Text) (bill Bill, err error) {
	owner, err := o.Register.Owns(ctx, r, debtor, o.Now())
	if err != nil {
		return bill, err
	}
	sheet, err := o.owed(ctx, r, debtor)
	if err != nil {
		return bill, err
	}
	bill = billOf(sheet, about, owner, cart.chosen(sheet))
	switch {
	case bill.Empty():
		return bill, ErrNothing
	case bill.Sum() != cart.Sum:
		return bill, ErrChanged.With(bill.Sum())
	}
	return bill, nil
}

// enter returns the order for a bill, in the act that makes it.
func (o *Office) enter(ctx context.Context, tx *act.Tx, bill Bill, seen order, live payments.Order, debtor act.PartyID, code bool) (string, error) {
	if live.Due() && seen.what == bill.what() && seen.code == code {
		return seen.id, nil
	}
	if live.State == payments.Pending {
		return seen.id, ErrGoing
	}
	if live.Due() {
		if err := o.Bank.Drop(ctx, tx, seen.id); err != nil {
			return "", err
		}
	}
	request := payments.Request{Owner: tx.Actor.For, Unit: o.Ledger.Unit, Service: o.Ledger.Service, Number: o.number(tx), Link: "/dosar/taxe",
		Lines: o.lines(bill, code), Account: o.IBAN}
	if code {
		request.Link = "/taxe/plata"
	}
	id, err := o.Bank.Order(ctx, tx, request)
	if err != nil {
		return "", err
	}
	return id, insertOrder(ctx, tx, order{id: id, payer: tx.Actor.For, debtor: debtor, what: bill.what(), code: code, choice: bill.Choice(), at: tx.At})
}

// number returns what papers call an order: it says nothing about anybody.
func (o *Office) number(tx *act.Tx) string {
	id := strings.ToUpper(strings.ReplaceAll(db.NewID(), "-", ""))
	return fmt.Sprintf("TL%d-%s", tx.At.In(o.Zone).Year(), id[len(id)-8:])
}

// few is how many debts an order names one by one; more of them go by kind.
const few = 20

// lines are what an order and its receipt say: for whoever has a payment code, by
// kind and year alone.
func (o *Office) lines(bill Bill, code bool) (lines []payments.Line) {
	add := func(label map[string]string, amount money.Bani) {
		for i := range lines {
			if lines[i].Label["ro"] == label["ro"] {
				lines[i].Amount += amount
				return
			}
		}
		if amount > 0 {
			lines = append(lines, payments.Line{Label: label, Amount: amount})
		}
	}
	for i, amount := range bill.parts() {
		add(o.label(bill.Rows[i], !code && len(bill.Rows) <= few), amount)
	}
	add(o.inAll(func(t *text.Translator) string { return t.T("taxpayer.plan-instalment") }), bill.Instalment)
	return lines
}

// inAll says something in all languages.
func (o *Office) inAll(say func(t *text.Translator) string) map[string]string {
	all := map[string]string{}
	for _, lang := range text.Languages {
		t := o.Texts.For(lang.String())
		all[t.Lang()] = say(t)
	}
	return all
}

// label names a debt; in detail, with what it is for.
func (o *Office) label(row Row, detail bool) map[string]string {
	return o.inAll(func(t *text.Translator) string {
		name := words.Debt(o.Ledger.Kinds, t, row.Kind, row.Year, 0)
		if about := row.About.In(t.Lang()); detail && about != "" {
			name = t.T("taxpayer.kind-about", name, about)
		}
		return name
	})
}

// kind names a kind of obligation.
func (o *Office) kind(t *text.Translator, key string) string {
	return words.Kind(o.Ledger.Kinds, t, key)
}

// Paid implements [payments.Payee]: it tells the ledger, in the act that settles
// the order, and as of the moment of the authorisation (CPF art. 163 par. 11). The
// order is paid once, and the ledger credits its ID once.
func (o *Office) Paid(ctx context.Context, tx *act.Tx, paid payments.Order) error {
	of, err := orderByID(ctx, tx, paid.ID)
	if errors.Is(err, ErrUnknown) {
		return nil // of another room
	} else if err != nil {
		return err
	}
	p := ledger.Payment{ID: orderPrefix + paid.ID, Debtor: of.debtor, Amount: paid.Total, Moment: paid.PaidAt, Channel: paid.Method, Choice: of.choice}
	if !of.payer.Visitor() {
		p.Payer = of.payer
	}
	_, err = o.Ledger.Pay(ctx, tx, p)
	return err
}

// Returned implements [payments.Payee]: what the bank gave back is owed again.
func (o *Office) Returned(ctx context.Context, tx *act.Tx, order payments.Order, amount money.Bani, refund string) error {
	if _, err := orderByID(ctx, tx, order.ID); errors.Is(err, ErrUnknown) {
		return nil // of another room
	} else if err != nil {
		return err
	}
	_, err := o.Ledger.Reverse(ctx, tx, ledger.Reversal{ID: refund, Payment: orderPrefix + order.ID, Amount: amount, Reason: "taxpayer.returned"})
	return err
}

// Debtor returns whose debts an order is for, also one by a payment code, for the rooms
// that settle it. It fails with [ErrUnknown] for an order of another room.
func (o *Office) Debtor(ctx context.Context, r db.Reader, id string) (act.PartyID, error) {
	of, err := orderByID(ctx, r, id)
	return of.debtor, err
}

// Going reports whether somebody is paying debts of a party, or has and the bank has
// not said how it ended, for a room that asks nobody to pay twice.
func (o *Office) Going(ctx context.Context, r db.Reader, debtor act.PartyID) (going bool, err error) {
	ids, err := ordersFor(ctx, r, debtor)
	for _, id := range ids {
		if err == nil && !going {
			going, err = o.Bank.Pending(ctx, r, id)
		}
	}
	return going, err
}

// Proof returns what a receipt says of an order, in the act that settles it: whose
// debts, and what was settled. Of the debtor of a payment code it says nothing.
func (o *Office) Proof(ctx context.Context, r db.Reader, id string) (debtor act.PartyID, lines []ledger.Line, err error) {
	of, err := orderByID(ctx, r, id)
	if err != nil || of.code {
		return "", nil, err
	}
	receipt, err := o.Ledger.ReceiptOf(ctx, r, orderPrefix+id)
	return of.debtor, receipt.Lines, err
}

// A Result is what became of paying.
type Result struct {
	payments.Result
	Own   bool          // the debts of the payer's own folder
	Lines []ledger.Line // what was settled; nil for whoever had a payment code
	About map[string]form.Text
}

// Result returns what became of an order of the actor's. It fails with [ErrUnknown].
func (o *Office) Result(ctx context.Context, actor act.Actor, id string) (result Result, err error) {
	of, err := orderByID(ctx, o.DB, id)
	if err != nil {
		return result, err
	}
	if result.Result, err = o.Bank.Result(ctx, actor, id); err != nil {
		return result, hidden(err)
	}
	result.Own = !of.code && of.debtor == actor.For
	if !result.Own || result.State != payments.Paid || actor.May(act.ReadLedger, o.on(of.debtor)) != nil {
		return result, nil
	}
	receipt, err := o.Ledger.ReceiptOf(ctx, o.DB, orderPrefix+id)
	if err != nil {
		return result, err
	}
	result.Lines = receipt.Lines
	account, err := o.Register.Account(ctx, actor)
	result.About = account.About
	return result, hidden(err)
}

package taxpayer

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/internal/money"
	"bega/internal/recall"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/ledger"
	"bega/payments"
	"bega/taxes"
	"bega/taxlaw"
)

// An Office shows people what they owe, and lets them pay it. Its fields are set
// before it is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Now      func() time.Time
	Zone     *time.Location
	Calendar *deadline.Calendar
	Rules    map[int]*taxlaw.Rules // by year, of the calculators
	Ledger   *ledger.Office
	Register Register
	Firms    Firms
	Bank     Bank
	Vault    *vault.Vault
	Texts    *text.Catalog

	IBAN        string // of the account that card payments go to
	Beneficiary string // of transfers: "Municipiul Timișoara"
	CIF         string // fiscal code of the town, on transfers

	// Where one can object, ask to pay in instalments, and ask for the credit: paths of
	// services. Empty leaves the link out.
	Objection, Instalments, Refunds string

	// Kept are the last accounts of folders, for when there is no time; nil if none are.
	Kept *recall.Cache[[3]string, Overview]

	// ReceiptPath returns where a receipt or a decision is opened, by the code of the
	// registry; nil shows the code alone.
	ReceiptPath func(code string) string
}

func (o *Office) today() deadline.Date { return deadline.Of(o.Now().In(o.Zone)) }

// on returns what an act on the account of a party is done to.
func (o *Office) on(party act.PartyID) act.On {
	return act.On{Subject: "ledger " + string(party), Owner: party, Unit: o.Ledger.Unit, Service: o.Ledger.Service}
}

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// An Overview is the account of a folder on the page that begins with "to pay now".
type Overview struct {
	ledger.Sheet
	At     time.Time
	Rows   []Row // all debts, by term
	ToPay  Bill  // now
	Paid   money.Bani
	Last   *Payment // the last payment; nil if there was none in this year and the last
	Closed *taxes.Closure
	Going  *payments.Order // a payment that is under way, or of which the bank has not said how it ended
	Partly bool            // some of it is not final
}

// Overview returns what the actor's folder owes today; with [Office.Kept], and while
// there is no time, as it was at [Overview.At]. Their own payments are always in it.
func (o *Office) Overview(ctx context.Context, actor act.Actor) (v Overview, err error) {
	if err := actor.May(act.ReadLedger, o.on(actor.For)); err != nil {
		return v, hidden(err)
	}
	going, edition, err := o.going(ctx, actor)
	if err != nil {
		return v, err
	}
	v, err = o.Kept.Last([3]string{string(actor.For), string(actor.Person), actor.Mandate}, o.today().String()+edition,
		func() (Overview, error) { return o.overview(ctx, actor) })
	v.Going = going
	return v, err
}

func (o *Office) overview(ctx context.Context, actor act.Actor) (v Overview, err error) {
	v.At = o.Now()
	account, owner, err := o.known(ctx, actor)
	if err != nil {
		return v, err
	}
	if v.Sheet, err = o.Ledger.Owed(ctx, actor, actor.For, o.today()); err != nil {
		return v, hidden(err)
	}
	v.Rows = rowsOf(v.Sheet, account.About)
	v.ToPay = billOf(v.Sheet, account.About, owner, all(v.Sheet))
	v.Partly = slices.ContainsFunc(v.Rows, func(r Row) bool { return r.Obligation.Provisional })
	paid, err := o.paymentsSince(ctx, actor, v.Day.Year-1)
	if err != nil {
		return v, err
	}
	for i, p := range slices.Backward(paid) {
		if v.Last = &paid[i]; p.Day.Year == v.Day.Year {
			v.Paid += p.Amount
		}
	}
	v.Closed, err = o.closed(ctx)
	return v, err
}

// going returns the actor's own payment that is under way, if there is one; and an
// edition, which is another after each payment, and after each that was given back.
func (o *Office) going(ctx context.Context, actor act.Actor) (*payments.Order, string, error) {
	last, err := lastOrder(ctx, o.DB, actor.For, actor.For)
	if errors.Is(err, ErrUnknown) {
		return nil, "", nil
	} else if err != nil {
		return nil, "", err
	}
	order, err := o.Bank.ByID(ctx, actor, last.id)
	if err != nil {
		return nil, "", hidden(err)
	}
	edition, err := o.Bank.Ended(ctx, o.DB, actor.For)
	if order.State != payments.Pending {
		return nil, edition, err
	}
	return &order, edition, err
}

// known returns what the register says of the actor's folder, and whether fines
// come first.
func (o *Office) known(ctx context.Context, actor act.Actor) (account Account, owner bool, err error) {
	if err := actor.May(act.ReadLedger, o.on(actor.For)); err != nil {
		return account, false, hidden(err)
	}
	if account, err = o.Register.Account(ctx, actor); err != nil {
		return account, false, hidden(err)
	}
	owner, err = o.Register.Owns(ctx, o.DB, actor.For, o.Now())
	return account, owner, err
}

// closed returns the closure that there is now, or none.
func (o *Office) closed(ctx context.Context) (*taxes.Closure, error) {
	closure, ok, err := o.Register.Closed(ctx, o.Now())
	if err != nil || !ok {
		return nil, err
	}
	return &closure, nil
}

// A Reason is why an obligation is what it is.
type Reason struct {
	Row
	Explanations []*taxlaw.Explanation
}

// Why explains an obligation of the actor's folder that is not settled.
func (o *Office) Why(ctx context.Context, actor act.Actor, id string) (why Reason, err error) {
	account, _, err := o.known(ctx, actor)
	if err != nil {
		return why, err
	}
	sheet, err := o.Ledger.Owed(ctx, actor, actor.For, o.today())
	if err != nil {
		return why, hidden(err)
	}
	i := slices.IndexFunc(sheet.Debts, func(d ledger.Debt) bool { return d.ID == id })
	if i < 0 {
		return why, ErrUnknown
	}
	why.Row = Row{sheet.Debts[i], account.About[id]}
	why.Explanations, err = o.Register.Why(ctx, actor, id)
	return why, hidden(err)
}

// Account returns what the town knows of the actor's folder.
func (o *Office) Account(ctx context.Context, actor act.Actor) (Account, error) {
	if err := actor.May(act.ReadTaxes, o.on(actor.For)); err != nil {
		return Account{}, hidden(err)
	}
	account, err := o.Register.Account(ctx, actor)
	return account, hidden(err)
}

// Thing returns a thing of the actor's folder, and its history.
func (o *Office) Thing(ctx context.Context, actor act.Actor, id string) (Thing, []Version, error) {
	account, err := o.Account(ctx, actor)
	if err != nil {
		return Thing{}, nil, err
	}
	i := slices.IndexFunc(account.Things, func(t Thing) bool { return t.ID == id })
	if i < 0 {
		return Thing{}, nil, ErrUnknown
	}
	versions, err := o.Register.Versions(ctx, actor, id)
	return account.Things[i], versions, hidden(err)
}

// A Payment is one that came in for a folder, by whomever.
type Payment struct {
	ID     string
	Day    deadline.Date
	Amount money.Bani // less what was taken back
	Lines  []ledger.Line
	Order  string // ID in the room payments; "" if it came another way
}

// orderPrefix begins the ID of a payment in the ledger that came by an order.
const orderPrefix = "order "

// paymentsSince returns the payments for the actor's folder that count since the
// beginning of a year, the newest first.
func (o *Office) paymentsSince(ctx context.Context, actor act.Actor, year int) ([]Payment, error) {
	s, err := o.Ledger.Statement(ctx, actor, actor.For, deadline.Date{Year: year, Month: time.January, Day: 1}, o.today())
	if err != nil {
		return nil, hidden(err)
	}
	return paymentsOf(s), nil
}

// paymentsOf finds the payments in a statement, the newest first.
func paymentsOf(s ledger.Statement) []Payment {
	byID := map[string]Payment{}
	for _, m := range s.Movements {
		if m.Debit != ledger.Money && m.Credit != ledger.Money || m.Cause == "" {
			continue
		}
		p := byID[m.Cause]
		p.ID, p.Day, p.Amount = m.Cause, m.Day, p.Amount-m.Amount
		p.Order, _ = strings.CutPrefix(m.Cause, orderPrefix)
		if p.Order == m.Cause {
			p.Order = ""
		}
		byID[m.Cause] = p
	}
	payments := slices.Collect(maps.Values(byID))
	payments = slices.DeleteFunc(payments, func(p Payment) bool { return p.Amount <= 0 })
	slices.SortFunc(payments, func(a, b Payment) int { return cmp.Or(b.Day.Compare(a.Day), strings.Compare(b.ID, a.ID)) })
	return payments
}

// A History is a year of a folder.
type History struct {
	ledger.Statement
	Year     int
	Payments []Payment
	About    map[string]form.Text
}

// History returns a year of the actor's folder, with the receipts of its payments.
func (o *Office) History(ctx context.Context, actor act.Actor, year int) (h History, err error) {
	account, _, err := o.known(ctx, actor)
	if err != nil {
		return h, err
	}
	h.Year, h.About = year, account.About
	from, to := deadline.Date{Year: year, Month: time.January, Day: 1}, deadline.Date{Year: year, Month: time.December, Day: 31}
	if h.Statement, err = o.Ledger.Statement(ctx, actor, actor.For, from, to); err != nil {
		return h, hidden(err)
	}
	h.Payments = paymentsOf(h.Statement)
	for i := range h.Payments {
		receipt, err := o.Ledger.ReceiptOf(ctx, o.DB, h.Payments[i].ID)
		if err != nil {
			return h, err
		}
		h.Payments[i].Lines = receipt.Lines
	}
	return h, nil
}

// yearOf reads a year that somebody asks for; without one, it is the one that
// there is.
func (o *Office) yearOf(typed string) (int, error) {
	if typed == "" {
		return o.today().Year, nil
	}
	year, err := strconv.Atoi(typed)
	if err != nil || year < 2000 || year > o.today().Year+1 {
		return 0, ErrUnknown
	}
	return year, nil
}

// A Client is a firm that somebody acts for, and what it owes.
type Client struct {
	Firm
	Now     Bill
	Overdue money.Bani
	Next    deadline.Date // the first term of what is unpaid; no day if nothing is
}

// Clients returns the firms for which the actor may see taxes, by term.
func (o *Office) Clients(ctx context.Context, actor act.Actor) (clients []Client, err error) {
	firms, err := o.Firms.Firms(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, firm := range firms {
		agent := actor
		agent.For, agent.Mandate, agent.Services = firm.Party, firm.Mandate, firm.Services
		if agent.May(act.ReadLedger, o.on(firm.Party)) != nil {
			continue
		}
		sheet, err := o.owed(ctx, o.DB, firm.Party)
		if err != nil {
			return nil, err
		}
		c := Client{Firm: firm, Now: billOf(sheet, nil, false, all(sheet)), Overdue: sheet.Overdue().Sum()}
		for _, d := range sheet.Debts {
			if c.Next.IsZero() || d.Due.Before(c.Next) {
				c.Next = d.Due
			}
		}
		clients = append(clients, c)
	}
	slices.SortStableFunc(clients, func(a, b Client) int {
		if a.Next.IsZero() != b.Next.IsZero() {
			return b.Next.Compare(a.Next) // no day comes before every day, and nothing to pay comes last
		}
		return cmp.Or(a.Next.Compare(b.Next), strings.Compare(a.Name, b.Name))
	})
	return clients, nil
}

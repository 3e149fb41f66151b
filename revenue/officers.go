package revenue

import (
	"context"
	"errors"
	"time"

	"bega/fiscal"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/ledger"
	"bega/payments"
	"bega/treasury"
)

// buildOfficers makes the offices in which the officers of local taxes work.
func (h *House) buildOfficers() {
	h.Fiscal = &fiscal.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Vault: h.Vault, Ledger: h.Ledger, Roll: h.Roll, Taxes: h.Taxes,
		People: taxpayers{named{h}}, Declarations: declarations{h}, Reminders: reminded{h}, PaperPath: func(code string) string { return "/acte/" + code }}
	h.Treasury = &treasury.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Vault: h.Vault, Ledger: h.Ledger, Roll: h.Roll,
		People: tillPeople{named{h}}, Receipts: tillReceipts{h}, Closed: h.Taxes.Closed, Card: func(ctx context.Context, day deadline.Date) ([]payments.Transaction, error) {
			return h.Payments.Stated(ctx, h.Law.accounts.Card, day)
		},
		VerifyURL: func(code string) string { return h.URL + "/verifica/" + code }}
	h.Queue.Every("treasury_check", 24*time.Hour, h.Treasury.CheckLedger)
	h.Fiscal.Tasks = jobs.Handle(h.Queue, "fiscal_task", h.Fiscal.Carry)
}

// named tells what people are called.
type named struct{ h *House }

// Names implements [fiscal.People] and [treasury.People].
func (p named) Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	return p.h.Identity.Names(ctx, ids)
}

// taxpayers are what the room fiscal knows of people.
type taxpayers struct{ named }

// Search implements [fiscal.People].
func (p taxpayers) Search(ctx context.Context, r db.Reader, words string, limit int) (all []fiscal.Person, err error) {
	found, err := p.h.Identity.Search(ctx, r, words, limit)
	for _, g := range found {
		all = append(all, fiscal.Person{ID: g.ID, Name: g.Name, Code: g.Code})
	}
	return all, err
}

// Person implements [fiscal.People].
func (p taxpayers) Person(ctx context.Context, r db.Reader, id act.PartyID) (fiscal.Person, error) {
	g, err := p.h.Identity.Person(ctx, r, id)
	return fiscal.Person{ID: g.ID, Name: g.Name, Code: g.Code, Lines: g.Lines}, err
}

// tillPeople are what the room treasury knows of people.
type tillPeople struct{ named }

// Find implements [treasury.People]: it is an act of the room that keeps the files.
func (p tillPeople) Find(ctx context.Context, actor act.Actor, words string) (all []treasury.Taxpayer, err error) {
	found, err := p.h.Fiscal.Find(ctx, actor, words, "plata")
	for _, f := range found {
		all = append(all, treasury.Taxpayer{Person: treasury.Person{ID: f.ID, Name: f.Name, Code: f.Code}, Role: f.Role})
	}
	return all, err
}

// ByCode implements [treasury.People].
func (p tillPeople) ByCode(ctx context.Context, r db.Reader, code string) (act.PartyID, error) {
	found, err := p.h.Identity.Search(ctx, r, code, 2)
	if err == nil && len(found) != 1 {
		err = identity.ErrUnknown
	}
	if err != nil {
		return "", err
	}
	return found[0].ID, nil
}

// Person implements [treasury.People].
func (p tillPeople) Person(ctx context.Context, r db.Reader, id act.PartyID) (treasury.Person, error) {
	g, err := p.h.Identity.Person(ctx, r, id)
	return treasury.Person{ID: g.ID, Name: g.Name, Code: g.Code}, err
}

// tillReceipts issues the proof of a payment at the cash desk.
type tillReceipts struct{ h *House }

// Receipt implements [treasury.Receipts]. Whoever pays need not say who they are (CPF
// art. 163 par. 9): the receipt names the taxpayer.
func (r tillReceipts) Receipt(ctx context.Context, tx *act.Tx, taking treasury.Taking, lines []ledger.Line) (string, error) {
	with := receipts{r.h}
	p := with.page()
	address, name, err1 := with.called(ctx, tx, taking.Party)
	teller, err2 := r.h.Identity.Person(ctx, tx, taking.Teller)
	of := proof{owner: taking.Party, unit: Unit, at: taking.At, recipient: address, subject: p.T("revenue.receipt-desk"),
		name: p.T("revenue.receipt-desk-name", p.Day(taking.At)), total: taking.Amount}
	of.table, of.saved = with.settled(p, lines)
	if err := errors.Join(err1, err2, with.names(ctx, tx, p, &of, taking.Party, name)); err != nil {
		return "", err
	}
	means := p.T("revenue.receipt-cash")
	if taking.Means == treasury.Terminal {
		means = p.T("revenue.receipt-terminal", taking.Slip)
	}
	of.facts = append(of.facts, pdf.Fact{Label: p.T("revenue.receipt-taken"), Value: p.DateTime(taking.At)},
		pdf.Fact{Label: p.T("revenue.receipt-means"), Value: means}, pdf.Fact{Label: p.T("revenue.receipt-teller"), Value: teller.Name})
	return with.issue(ctx, tx, p, of)
}

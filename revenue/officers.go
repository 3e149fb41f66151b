package revenue

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"bega/fiscal"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/payments"
	"bega/registry"
	"bega/treasury"
)

// buildOfficers makes the offices in which the officers of local taxes work.
func (h *House) buildOfficers() {
	h.Fiscal = &fiscal.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Vault: h.Vault, Ledger: h.Ledger, Roll: h.Roll, Taxes: h.Taxes,
		People: taxpayers{h}, Declarations: declarations{h}, PaperPath: func(code string) string { return "/acte/" + code }}
	h.Treasury = &treasury.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Vault: h.Vault, Ledger: h.Ledger, Roll: h.Roll,
		People: tillPeople{h}, Receipts: tillReceipts{h}, Closed: h.Taxes.Closed, Card: func(ctx context.Context, day deadline.Date) ([]payments.Transaction, error) {
			return h.Payments.Stated(ctx, h.Law.accounts.Card, day)
		},
		VerifyURL: func(code string) string { return h.URL + "/verifica/" + code }}
	h.Queue.Every("treasury_check", 24*time.Hour, h.Treasury.CheckLedger)
	h.Fiscal.Tasks = jobs.Handle(h.Queue, "fiscal_task", h.Fiscal.Carry)
}

// taxpayers are what the room fiscal knows of people.
type taxpayers struct{ h *House }

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

// Names implements [fiscal.People].
func (p taxpayers) Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	return p.h.Identity.Names(ctx, ids)
}

// tillPeople are what the room treasury knows of people.
type tillPeople struct{ h *House }

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

// Names implements [treasury.People].
func (p tillPeople) Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	return p.h.Identity.Names(ctx, ids)
}

// tillReceipts issues the proof of a payment at the cash desk.
type tillReceipts struct{ h *House }

// Receipt implements [treasury.Receipts]. Whoever pays need not say who they are (CPF
// art. 163 par. 9): the receipt names the taxpayer.
func (r tillReceipts) Receipt(ctx context.Context, tx *act.Tx, taking treasury.Taking, lines []ledger.Line) (string, error) {
	h := r.h
	p := ui.Page{Translator: h.Texts.For("ro"), Zone: h.Zone}
	address, code, _, err1 := h.Identity.Recipient(ctx, tx, taking.Party)
	role, err2 := h.Roll.OpenRole(ctx, tx, taking.Party)
	teller, err3 := h.Identity.Person(ctx, tx, taking.Teller)
	if err := errors.Join(err1, err2, err3); err != nil {
		return "", err
	}
	means := p.T("revenue.receipt-cash")
	if taking.Means == treasury.Terminal {
		means = p.T("revenue.receipt-terminal", taking.Slip)
	}
	table, saved := receipts{h}.settled(p, lines)
	total := []pdf.Fact{{Label: p.T("revenue.receipt-total"), Value: p.Money(taking.Amount)}}
	if saved > 0 {
		total = append(total, pdf.Fact{Label: p.T("revenue.receipt-bonus"), Value: p.Money(saved)})
	}
	document := pdf.Document{
		Lang: "ro", Title: p.T("revenue.receipt-title"), Subject: p.T("revenue.receipt-desk"), Issuer: h.Issuer(Unit, "ro"), Date: p.Day(taking.At), Recipient: address,
		Blocks: pdf.Blocks{
			pdf.Facts{Rows: []pdf.Fact{
				{Label: p.T("revenue.receipt-authority"), Value: h.Pack.Brand.Municipality + ", CIF " + h.Pack.Town.CIF},
				{Label: p.T("revenue.receipt-payer"), Value: strings.TrimSuffix(address[0]+", "+code, ", ")},
				{Label: p.T("revenue.receipt-role"), Value: strconv.Itoa(role.Number)},
				{Label: p.T("revenue.receipt-taken"), Value: p.DateTime(taking.At)},
				{Label: p.T("revenue.receipt-means"), Value: means},
				{Label: p.T("revenue.receipt-teller"), Value: teller.Name},
			}},
			table, pdf.Facts{Rows: total},
			pdf.Paragraph{Text: p.T("revenue.receipt-law")}, // CPF art. 163
		},
	}
	issued, err := h.Registry.Issue(ctx, tx, registry.Paper{Kind: registry.Payment, Type: ReceiptType, Owner: taking.Party, Unit: Unit, Document: document})
	if err != nil {
		return "", err
	}
	_, err = h.Folder.Issue(ctx, tx, folder.Document{Owner: taking.Party, Type: ReceiptType, Name: p.T("revenue.receipt-desk-name", p.Day(taking.At)),
		Issuer: document.Issuer.Authority, IssuedOn: deadline.Of(taking.At.In(h.Zone)), Source: folder.Issued, Paper: issued})
	return issued, err
}

package revenue

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/pdf"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/ledger/words"
	"bega/payments"
	"bega/registry"
	"bega/taxpayer"
	"bega/taxroll"
)

// receipts issues the proof of payment.
type receipts struct{ h *House }

// ReceiptType is the type of a proof of payment in the catalogue.
const ReceiptType = "chitanta"

// A proof is what a receipt says.
type proof struct {
	owner                 act.PartyID // who gets it
	unit, service, caseID string
	number                string // of what was paid; "" for none
	at                    time.Time
	recipient             []string
	subject, name         string
	facts                 []pdf.Fact // who has paid, for whom, when and how
	table                 pdf.Table
	total, saved          money.Bani
}

// Receipt implements [payments.Receipts].
func (r receipts) Receipt(ctx context.Context, tx *act.Tx, order payments.Order, transaction string) (string, error) {
	p := r.page()
	of := proof{owner: order.Owner, unit: order.Unit, service: order.Service, caseID: order.Case, number: order.Number, at: order.PaidAt, total: order.Total}
	payer := p.T("revenue.receipt-anybody")
	if !order.Owner.Visitor() {
		var err error
		if of.recipient, payer, err = r.called(ctx, tx, order.Owner); err != nil {
			return "", err
		}
	}
	if err := r.taxes(ctx, tx, p, &of, order, payer); errors.Is(err, taxpayer.ErrUnknown) {
		of.subject, of.name = p.T("revenue.receipt-subject", order.Number), p.T("revenue.receipt-name", order.Number)
		of.facts, of.table = []pdf.Fact{{Label: p.T("revenue.receipt-payer"), Value: payer}}, ordered(p, order) // what was to be paid is what was paid
	} else if err != nil {
		return "", err
	}
	of.facts = append(of.facts, pdf.Fact{Label: p.T("revenue.receipt-at"), Value: p.DateTime(order.PaidAt)},
		pdf.Fact{Label: p.T("revenue.receipt-transaction"), Value: transaction}, pdf.Fact{Label: p.T("revenue.receipt-account"), Value: order.Account})
	return r.issue(ctx, tx, p, of)
}

// page is what receipts are written with. Official papers are in Romanian.
func (r receipts) page() ui.Page {
	return ui.Page{Translator: r.h.Texts.For("ro"), Zone: r.h.Zone}
}

// called returns the address of somebody, and what a receipt calls them.
func (r receipts) called(ctx context.Context, tx *act.Tx, party act.PartyID) (address []string, name string, err error) {
	address, code, _, err := r.h.Identity.Recipient(ctx, tx, party)
	if err != nil {
		return nil, "", err
	}
	return address, strings.TrimSuffix(address[0]+", "+code, ", "), nil
}

// issue seals a receipt, and puts it into the folder of whoever has one.
func (r receipts) issue(ctx context.Context, tx *act.Tx, p ui.Page, of proof) (code string, err error) {
	h := r.h
	total := []pdf.Fact{{Label: p.T("revenue.receipt-total"), Value: p.Money(of.total)}}
	if of.saved > 0 {
		total = append(total, pdf.Fact{Label: p.T("revenue.receipt-bonus"), Value: p.Money(of.saved)})
	}
	document := pdf.Document{
		Lang: "ro", Title: p.T("revenue.receipt-title"), Subject: of.subject,
		Issuer: h.Issuer(of.unit, "ro"), Number: of.number, Date: p.Day(of.at), Recipient: of.recipient,
		Blocks: pdf.Blocks{
			pdf.Facts{Rows: append([]pdf.Fact{{Label: p.T("revenue.receipt-authority"), Value: h.Pack.Brand.Municipality + ", CIF " + h.Pack.Town.CIF}}, of.facts...)},
			of.table, pdf.Facts{Rows: total},
			pdf.Paragraph{Text: p.T("revenue.receipt-law")}, // CPF art. 163
		},
	}
	code, err = h.Registry.Issue(ctx, tx, registry.Paper{Kind: registry.Payment, Type: ReceiptType, Owner: of.owner, Unit: of.unit, Service: of.service,
		Case: of.caseID, Document: document})
	if err != nil || of.owner.Visitor() { // who has no folder
		return code, err
	}
	_, err = h.Folder.Issue(ctx, tx, folder.Document{Owner: of.owner, Type: ReceiptType, Name: of.name, Issuer: document.Issuer.Authority,
		Number: of.number, IssuedOn: deadline.Of(of.at.In(h.Zone)), Source: folder.Issued, Paper: code, Case: of.caseID})
	return code, err
}

// ordered lists what was to be paid.
func ordered(p ui.Page, order payments.Order) pdf.Table {
	table := pdf.Table{Head: []string{p.T("revenue.receipt-what"), p.T("revenue.receipt-amount")}}
	for _, line := range order.Lines {
		table.Rows = append(table.Rows, []string{line.Label["ro"], p.Money(line.Amount)})
	}
	return table
}

// taxes fills in the proof of paid taxes, which the ledger has settled before: it says to
// which debts the law has sent the money (CPF art. 165). Whoever had no more than a payment
// code gets a proof of the sum, and reads nothing there of whose debts they are, nor
// which others there were. It fails with [taxpayer.ErrUnknown] for other orders.
func (r receipts) taxes(ctx context.Context, tx *act.Tx, p ui.Page, of *proof, order payments.Order, payer string) error {
	debtor, lines, err := r.h.Taxpayer.Proof(ctx, tx, order.ID)
	if err != nil {
		return err
	}
	of.subject, of.name = p.T("revenue.receipt-taxes", order.Number), p.T("revenue.receipt-taxes-name", order.Number)
	of.facts = []pdf.Fact{{Label: p.T("revenue.receipt-by"), Value: payer}}
	if debtor == "" {
		of.facts = append(of.facts, pdf.Fact{Label: p.T("revenue.receipt-payer"), Value: p.T("revenue.receipt-code")})
		of.table = ordered(p, order)
		return nil
	}
	_, name, err := r.called(ctx, tx, debtor)
	if err != nil {
		return err
	}
	of.table, of.saved = r.settled(p, lines)
	return r.names(ctx, tx, p, of, debtor, name)
}

// names says whose debts were paid.
func (r receipts) names(ctx context.Context, tx *act.Tx, p ui.Page, of *proof, debtor act.PartyID, name string) error {
	of.facts = append(of.facts, pdf.Fact{Label: p.T("revenue.receipt-payer"), Value: name})
	role, err := r.h.Roll.RoleOf(ctx, tx, debtor)
	if err == nil {
		of.facts = append(of.facts, pdf.Fact{Label: p.T("revenue.receipt-role"), Value: strconv.Itoa(role.Number)})
	} else if errors.Is(err, taxroll.ErrUnknown) { // who owes no more than a fine has no file; the money is here
		err = nil
	}
	return err
}

// settled lists what a payment has settled, which adds up to it, and returns the bonus
// that came with it.
func (r receipts) settled(p ui.Page, lines []ledger.Line) (table pdf.Table, saved money.Bani) {
	parts := map[ledger.Part]string{ledger.Principal: p.T("revenue.receipt-principal"), ledger.Surcharge: p.T("revenue.receipt-surcharge")}
	revenue := map[string]string{}
	for _, kind := range r.h.Ledger.Kinds {
		revenue[kind.Key] = kind.Revenue
	}
	table.Head = []string{p.T("revenue.receipt-what"), p.T("revenue.receipt-part"), p.T("revenue.receipt-revenue"), p.T("revenue.receipt-amount")}
	for _, l := range lines {
		name := words.Debt(r.h.Ledger.Kinds, p.Translator, l.Kind, l.Year, l.Instalment)
		switch l.Part {
		case ledger.Saved, ledger.SavedCredit:
			saved += l.Amount
		case ledger.Credit:
			table.Rows = append(table.Rows, []string{p.T("revenue.receipt-credit"), "", "", p.Money(l.Amount)})
		default:
			table.Rows = append(table.Rows, []string{name, parts[l.Part], revenue[l.Kind], p.Money(l.Amount)})
		}
	}
	return table, saved
}

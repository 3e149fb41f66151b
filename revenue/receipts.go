package revenue

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/pdf"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/payments"
	"bega/registry"
	"bega/taxpayer"
	"bega/taxroll"
)

// receipts issues the proof of payment.
type receipts struct{ h *House }

// ReceiptType is the type of a proof of payment in the catalogue.
const ReceiptType = "chitanta"

// A proof is what of a receipt depends on what was paid: a fee, or taxes.
type proof struct {
	subject, name string
	people        []pdf.Fact // who has paid, and for whom
	table         pdf.Table
	below         []pdf.Fact // the total
}

// Receipt implements [payments.Receipts]. Official papers are in Romanian.
func (r receipts) Receipt(ctx context.Context, tx *act.Tx, order payments.Order, transaction string) (string, error) {
	h := r.h
	p := ui.Page{Translator: h.Texts.For("ro"), Zone: h.Zone}
	lines, payer := []string(nil), p.T("revenue.receipt-anybody")
	if !order.Owner.Visitor() {
		var code string
		var err error
		if lines, code, _, err = h.Identity.Recipient(ctx, tx, order.Owner); err != nil {
			return "", err
		}
		payer = strings.TrimSuffix(lines[0]+", "+code, ", ")
	}
	of, err := r.taxes(ctx, tx, p, order, payer)
	if errors.Is(err, taxpayer.ErrUnknown) {
		of, err = r.fee(p, order, payer), nil
	}
	if err != nil {
		return "", err
	}
	facts := append([]pdf.Fact{{Label: p.T("revenue.receipt-authority"), Value: h.Pack.Brand.Municipality + ", CIF " + h.Pack.Town.CIF}}, of.people...)
	document := pdf.Document{
		Lang: "ro", Title: p.T("revenue.receipt-title"), Subject: of.subject,
		Issuer: h.Issuer(order.Unit, "ro"), Number: order.Number, Date: p.Day(order.PaidAt), Recipient: lines,
		Blocks: pdf.Blocks{
			pdf.Facts{Rows: append(facts,
				pdf.Fact{Label: p.T("revenue.receipt-at"), Value: p.DateTime(order.PaidAt)},
				pdf.Fact{Label: p.T("revenue.receipt-transaction"), Value: transaction},
				pdf.Fact{Label: p.T("revenue.receipt-account"), Value: order.Account})},
			of.table,
			pdf.Facts{Rows: append([]pdf.Fact{{Label: p.T("revenue.receipt-total"), Value: p.Money(order.Total)}}, of.below...)},
			pdf.Paragraph{Text: p.T("revenue.receipt-law")}, // CPF art. 163
		},
	}
	paper := registry.Paper{Kind: registry.Payment, Type: ReceiptType, Owner: order.Owner, Unit: order.Unit, Service: order.Service,
		Case: order.Case, Document: document}
	issued, err := h.Registry.Issue(ctx, tx, paper)
	if err != nil || order.Owner.Visitor() { // who has no folder
		return issued, err
	}
	_, err = h.Folder.Issue(ctx, tx, folder.Document{Owner: order.Owner, Type: ReceiptType, Name: of.name,
		Issuer: document.Issuer.Authority, Number: order.Number, IssuedOn: deadline.Of(order.PaidAt.In(h.Zone)), Source: folder.Issued,
		Paper: issued, Case: order.Case})
	return issued, err
}

// fee is the proof of a fee: what was to be paid is what was paid.
func (r receipts) fee(p ui.Page, order payments.Order, payer string) proof {
	return proof{subject: p.T("revenue.receipt-subject", order.Number), name: p.T("revenue.receipt-name", order.Number),
		people: []pdf.Fact{{Label: p.T("revenue.receipt-payer"), Value: payer}}, table: ordered(p, order)}
}

// ordered lists what was to be paid.
func ordered(p ui.Page, order payments.Order) pdf.Table {
	table := pdf.Table{Head: []string{p.T("revenue.receipt-what"), p.T("revenue.receipt-amount")}}
	for _, line := range order.Lines {
		table.Rows = append(table.Rows, []string{line.Label["ro"], p.Money(line.Amount)})
	}
	return table
}

// taxes is the proof of paid taxes, which the ledger has settled before: it says to which
// debts the law has sent the money (CPF art. 165). Whoever had no more than a payment
// code gets a proof of the sum, and reads nothing there of whose debts they are, nor
// which others there were. It fails with [taxpayer.ErrUnknown] for other orders.
func (r receipts) taxes(ctx context.Context, tx *act.Tx, p ui.Page, order payments.Order, payer string) (of proof, err error) {
	debtor, lines, err := r.h.Taxpayer.Proof(ctx, tx, order.ID)
	if err != nil {
		return of, err
	}
	of = proof{subject: p.T("revenue.receipt-taxes", order.Number), name: p.T("revenue.receipt-taxes-name", order.Number),
		people: []pdf.Fact{{Label: p.T("revenue.receipt-by"), Value: payer}}}
	if debtor == "" {
		of.people = append(of.people, pdf.Fact{Label: p.T("revenue.receipt-payer"), Value: p.T("revenue.receipt-code")})
		of.table = ordered(p, order)
		return of, nil
	}
	name, code, _, err := r.h.Identity.Recipient(ctx, tx, debtor)
	if err != nil {
		return of, err
	}
	of.people = append(of.people, pdf.Fact{Label: p.T("revenue.receipt-payer"), Value: strings.TrimSuffix(name[0]+", "+code, ", ")})
	role, err := r.h.Roll.RoleOf(ctx, tx, debtor)
	if err == nil {
		of.people = append(of.people, pdf.Fact{Label: p.T("revenue.receipt-role"), Value: strconv.Itoa(role.Number)})
	} else if !errors.Is(err, taxroll.ErrUnknown) { // who owes no more than a fine has no file; the money is here
		return of, err
	}
	var saved money.Bani
	of.table, saved = r.settled(p, lines)
	if saved > 0 {
		of.below = []pdf.Fact{{Label: p.T("revenue.receipt-bonus"), Value: p.Money(saved)}}
	}
	return of, nil
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
		name := p.T("taxpayer.kind-year", r.h.Taxpayer.Kind(p.Translator, l.Kind), strconv.Itoa(l.Year))
		if l.Instalment > 0 {
			name = p.T("taxpayer.line-instalment", name, strconv.Itoa(l.Instalment))
		}
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

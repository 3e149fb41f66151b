package portal

import (
	"context"
	"strings"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/internal/web/ui"
	"bega/payments"
	"bega/registry"
)

// receipts issues the proof of payment.
type receipts struct{ t *Town }

// The type of a proof of payment in the catalogue.
const receiptType = "chitanta"

// Receipt implements [payments.Receipts]. Official papers are in Romanian.
func (r receipts) Receipt(ctx context.Context, tx *act.Tx, order payments.Order, transaction string) (string, error) {
	t := r.t
	p := ui.Page{Translator: t.texts.For("ro"), Zone: t.zone}
	lines, payer := []string(nil), p.T("portal.receipt-anybody")
	if !order.Owner.Visitor() {
		var code string
		var err error
		if lines, code, _, err = t.identity.Recipient(ctx, tx, order.Owner); err != nil {
			return "", err
		}
		payer = strings.TrimSuffix(lines[0]+", "+code, ", ")
	}
	table := pdf.Table{Head: []string{p.T("portal.receipt-what"), p.T("portal.receipt-amount")}}
	for _, line := range order.Lines {
		table.Rows = append(table.Rows, []string{line.Label["ro"], p.Money(line.Amount)})
	}
	document := pdf.Document{
		Lang: "ro", Title: p.T("portal.receipt-title"), Subject: p.T("portal.receipt-subject", order.Number),
		Issuer: t.issuer(order.Unit, "ro"), Number: order.Number, Date: p.Day(order.PaidAt), Recipient: lines,
		Blocks: pdf.Blocks{
			pdf.Facts{Rows: []pdf.Fact{
				{Label: p.T("portal.receipt-authority"), Value: t.pack.Brand.Municipality + ", CIF " + t.pack.Town.CIF},
				{Label: p.T("portal.receipt-payer"), Value: payer},
				{Label: p.T("portal.receipt-at"), Value: p.DateTime(order.PaidAt)},
				{Label: p.T("portal.receipt-transaction"), Value: transaction},
				{Label: p.T("portal.receipt-account"), Value: order.Account},
			}},
			table,
			pdf.Facts{Rows: []pdf.Fact{{Label: p.T("portal.receipt-total"), Value: p.Money(order.Total)}}},
			pdf.Paragraph{Text: p.T("portal.receipt-law")}, // CPF art. 163
		},
	}
	paper := registry.Paper{Kind: registry.Payment, Type: receiptType, Owner: order.Owner, Unit: order.Unit, Service: order.Service,
		Case: order.Case, Document: document}
	issued, err := t.registry.Issue(ctx, tx, paper)
	if err != nil || order.Owner.Visitor() { // who has no folder
		return issued, err
	}
	_, err = t.folder.Issue(ctx, tx, folder.Document{Owner: order.Owner, Type: receiptType, Name: p.T("portal.receipt-name", order.Number),
		Issuer: document.Issuer.Authority, Number: order.Number, IssuedOn: deadline.Of(order.PaidAt.In(t.zone)), Source: folder.Issued,
		Paper: issued, Case: order.Case})
	return issued, err
}

package revenue

import (
	"context"
	"errors"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/ledger"
	"bega/ledger/words"
	"bega/payments"
	"bega/taxpayer"
)

// payee tells the ledger what the bank says of a payment of taxes; and people, when what
// they had paid is owed again.
type payee struct{ h *House }

// Paid implements [payments.Payee].
func (p payee) Paid(ctx context.Context, tx *act.Tx, order payments.Order) error {
	return p.h.Taxpayer.Paid(ctx, tx, order)
}

// Returned implements [payments.Payee]. It is called once for a refund, however often the
// bank reports it.
func (p payee) Returned(ctx context.Context, tx *act.Tx, order payments.Order, amount money.Bani, refund string) error {
	debtor, err := p.h.Taxpayer.Debtor(ctx, tx, order.ID)
	if errors.Is(err, taxpayer.ErrUnknown) {
		return nil // of another room
	} else if err != nil {
		return err
	}
	before, err := p.owed(ctx, tx, debtor)
	if err != nil {
		return err
	}
	if err := p.h.Taxpayer.Returned(ctx, tx, order, amount, refund); err != nil {
		return err
	}
	after, err := p.owed(ctx, tx, debtor)
	if err != nil {
		return err
	}
	sum, debts := again(before, after)
	if sum == 0 { // it had settled nothing
		return nil
	}
	err = p.h.Notices.Send(ctx, tx, debtor, "ledger.told-owed-again", []any{sum, amount, p.list(debts)}, "/dosar/taxe", "", refund)
	if err != nil || order.Owner == debtor || order.Owner.Visitor() {
		return err
	}
	// Who paid with somebody's payment code learns nothing more of what they owe.
	return p.h.Notices.Send(ctx, tx, order.Owner, "ledger.told-paid-in-vain", []any{amount, order.Number}, "/taxe/plata", "", refund)
}

// owed returns what a party owes today, as it is known in the act.
func (p payee) owed(ctx context.Context, tx *act.Tx, party act.PartyID) (ledger.Sheet, error) {
	forever := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	return p.h.Ledger.OwedOn(ctx, tx, party, deadline.Of(tx.At.In(p.h.Zone)), forever)
}

// again returns by how much each debt has grown, surcharge included, and the sum.
func again(before, after ledger.Sheet) (sum money.Bani, grown []ledger.Debt) {
	was := map[string]money.Bani{}
	for _, d := range before.Debts {
		was[d.ID] = d.Principal + d.Surcharge
	}
	for _, d := range after.Debts {
		if more := d.Principal + d.Surcharge - was[d.ID]; more > 0 {
			d.Principal, d.Surcharge = more, 0
			sum, grown = sum+more, append(grown, d)
		}
	}
	return sum, grown
}

// list says what is owed in every language, a line for each debt.
func (p payee) list(debts []ledger.Debt) map[string]string {
	said := map[string]string{}
	for _, lang := range []string{"ro", "en"} {
		t, lines := p.h.Texts.For(lang), []string(nil)
		for _, d := range debts {
			lines = append(lines, t.T("revenue.owed-line", words.Debt(p.h.Ledger.Kinds, t, d.Kind, d.Year, d.Instalment), d.Principal.Format(lang)))
		}
		said[lang] = strings.Join(lines, "\n")
	}
	return said
}

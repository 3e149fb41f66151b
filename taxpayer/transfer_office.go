package taxpayer

import (
	"context"
	"fmt"
	"strings"

	"bega/internal/act"
	"bega/internal/money"
	"bega/internal/text"
	"bega/taxes"
)

// A Transfer is how to pay what is owed of a kind by bank transfer: each kind has an
// account of its own, and what comes in there settles that kind.
type Transfer struct {
	Kind    string
	IBAN    string
	Amount  money.Bani
	Details string // what to write in the order
	QR      string // for the application of a bank; "" if there is no account
}

// Transfers returns what the actor's folder has to pay now, by kind. The details
// carry the number of the file, and no personal number. While payments are closed
// there are none.
func (o *Office) Transfers(ctx context.Context, actor act.Actor, t *text.Translator) (list []Transfer, closed *taxes.Closure, err error) {
	account, owner, err := o.known(ctx, actor)
	if err != nil {
		return nil, nil, err
	}
	if closed, err = o.closed(ctx); err != nil || closed != nil {
		return nil, closed, err
	}
	sheet, err := o.owed(ctx, o.DB, actor.For)
	if err != nil {
		return nil, nil, err
	}
	return o.transfers(billOf(sheet, account.About, owner, all(sheet)), account, t), nil, nil
}

func (o *Office) transfers(bill Bill, who Account, t *text.Translator) (list []Transfer) {
	at := map[string]int{}
	for i, amount := range bill.parts() {
		kind := bill.Rows[i].Kind
		n, ok := at[kind]
		if !ok {
			n, at[kind] = len(list), len(list)
			list = append(list, Transfer{Kind: kind, IBAN: o.iban(kind, who.Legal), Details: t.T("taxpayer.transfer-details", o.kind(t, kind), who.Role)})
		}
		list[n].Amount += amount
	}
	for i := range list {
		list[i].QR = list[i].code(o.Beneficiary)
	}
	return list
}

// iban returns the account of a kind.
func (o *Office) iban(kind string, legal bool) string {
	for _, k := range o.Ledger.Kinds {
		if k.Key == kind && legal {
			return k.Legal
		} else if k.Key == kind {
			return k.Natural
		}
	}
	return ""
}

// The most that the fields of a code may hold.
const (
	longestName    = 70
	longestDetails = 140
)

// code writes a transfer as banks' applications read it: the lines of a "quick
// response code" for credit transfers (EPC069-12, version 002, UTF-8, without BIC).
// That guideline is for euros; the amount here is in lei, as its layout allows to
// say, and an application that does not take lei refuses it.
func (t Transfer) code(beneficiary string) string {
	if t.IBAN == "" {
		return ""
	}
	return strings.Join([]string{"BCD", "002", "1", "SCT", "", cut(beneficiary, longestName), t.IBAN, fmt.Sprintf("RON%s", t.Amount), "", "", cut(t.Details, longestDetails)}, "\n")
}

// cut leaves as many characters of a text as may be.
func cut(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return string(runes[:min(len(runes), most)])
}

package taxpayer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/money"
	"bega/ledger"
)

// soon is how many days before its term something is "to be paid now": all that
// the next term of the year is for.
const soon = 90

// A Row is a debt on a page.
type Row struct {
	ledger.Debt
	About form.Text // what it is for; nil if that is not known
}

// Sum returns what has to be paid for it on the day of the sheet.
func (r Row) Sum() money.Bani { return r.Principal + r.Surcharge }

// now reports whether it belongs to what is to be paid now. What is in a plan is
// paid with its instalments.
func (r Row) now(day deadline.Date) bool {
	return r.Plan == "" && r.Due.Before(day.AddDays(soon+1))
}

// A Bill is what somebody is about to pay.
type Bill struct {
	Rows       []Row
	Principal  money.Bani
	Surcharge  money.Bani
	Instalment money.Bani     // of plans, which come first (CPF art. 165 par. 4 a)
	Offers     []ledger.Offer // bonuses that are taken off
	Owner      bool
}

// Bonus returns what is taken off.
func (b Bill) Bonus() (sum money.Bani) {
	for _, offer := range b.Offers {
		sum += min(offer.Amount, offer.Left)
	}
	return sum
}

// Sum returns what the payer pays.
func (b Bill) Sum() money.Bani { return b.Principal + b.Surcharge + b.Instalment - b.Bonus() }

// Empty reports whether there is nothing to be paid.
func (b Bill) Empty() bool { return b.Sum() <= 0 }

// Obligations returns the IDs of what is paid, in order.
func (b Bill) Obligations() (ids []string) {
	for _, row := range b.Rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// Choice returns what the payment is for, as the ledger takes it.
func (b Bill) Choice() ledger.Choice {
	return ledger.Choice{Obligations: b.Obligations(), Owner: b.Owner}
}

// what stands for the debts and the sum: the same bill has the same.
func (b Bill) what() string {
	ids := slices.Sorted(slices.Values(b.Obligations()))
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d", ids, b.Sum()))
	return hex.EncodeToString(sum[:])
}

// billOf returns the bill for what is chosen of a sheet. A bonus counts if all
// that is open of its kind and year is in it.
func billOf(sheet ledger.Sheet, about map[string]form.Text, owner bool, chosen func(Row) bool) Bill {
	b := Bill{Owner: owner}
	type yearOf struct {
		kind string
		year int
	}
	paid := map[yearOf]money.Bani{}
	for _, row := range rowsOf(sheet, about) {
		if row.Plan != "" || !chosen(row) {
			continue
		}
		b.Rows = append(b.Rows, row)
		b.Principal += row.Principal
		b.Surcharge += row.Surcharge
		paid[yearOf{row.Kind, row.Year}] += row.Principal
	}
	for _, offer := range sheet.Offers {
		if paid[yearOf{offer.Kind, offer.Year}] == offer.Left && offer.Left > 0 {
			b.Offers = append(b.Offers, offer)
		}
	}
	for _, plan := range sheet.Plans {
		last := plan.Instalments[len(plan.Instalments)-1].Due
		if !plan.Deferral || last.Before(sheet.Day.AddDays(soon+1)) { // what is deferred comes last (par. 5)
			b.Instalment += plan.Current
		}
	}
	return b
}

// parts returns what is paid for each row. A bonus is taken off the last
// instalments of its year, as the ledger does.
func (b Bill) parts() []money.Bani {
	parts := make([]money.Bani, len(b.Rows))
	for i, row := range b.Rows {
		parts[i] = row.Sum()
	}
	for _, offer := range b.Offers {
		left := min(offer.Amount, offer.Left)
		for i := len(b.Rows) - 1; i >= 0; i-- {
			if row := b.Rows[i]; row.Kind == offer.Kind && row.Year == offer.Year {
				off := min(left, row.Principal)
				parts[i] -= off
				left -= off
			}
		}
	}
	return parts
}

// rowsOf returns the debts of a sheet, by term and by what they are for.
func rowsOf(sheet ledger.Sheet, about map[string]form.Text) []Row {
	rows := make([]Row, 0, len(sheet.Debts))
	for _, d := range sheet.Debts {
		rows = append(rows, Row{d, about[d.ID]})
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.About["ro"], b.About["ro"]))
	})
	return rows
}

// all returns who chooses everything that is to be paid now; and of a year with a
// bonus that can still be had, the whole year, since that costs less.
func all(sheet ledger.Sheet) func(Row) bool {
	return func(row Row) bool {
		return row.now(sheet.Day) || slices.ContainsFunc(sheet.Offers, func(o ledger.Offer) bool {
			return o.Kind == row.Kind && o.Year == row.Year && o.Amount > 0
		})
	}
}

// these returns who chooses some by ID.
func these(ids []string) func(Row) bool {
	return func(row Row) bool { return slices.Contains(ids, row.ID) }
}

// A Detour is where the law sends money that was meant for something else.
type Detour struct {
	Lines []ledger.Line
	Short money.Bani // what then remains unpaid of what was chosen
}

// detour compares what a payment settles with what was chosen.
func (b Bill) detour(lines []ledger.Line) (d Detour) {
	open := map[string]money.Bani{}
	for _, row := range b.Rows {
		open[row.ID] = row.Sum()
	}
	for _, line := range lines {
		if line.Obligation == "" {
			continue
		}
		if _, chosen := open[line.Obligation]; chosen {
			open[line.Obligation] -= line.Amount
		} else if line.Part == ledger.Principal || line.Part == ledger.Surcharge {
			d.Lines = append(d.Lines, line)
		}
	}
	for _, left := range open {
		d.Short += max(0, left)
	}
	return d
}

package taxes

import (
	"slices"
	"strconv"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/money"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/ledger"
	"bega/ledger/words"
	"bega/taxlaw"
	"bega/taxroll"

	"time"
)

// A Decision is a tax decision ("decizie de impunere", models ITL 008 and 009): what
// somebody owes for a year, of all taxes.
type Decision struct {
	ID        string
	Party     act.PartyID
	Year      int
	Edition   int           // from 1
	Paper     string        // code by which it is verified
	Number    string        // of registration
	Levies    string        // which assessments it is of
	Delivered deadline.Date // day of communication (CPF art. 47); no day until it is known
	Proof     string        // of that: "posta RR123…", "portal"
	At        time.Time
}

// Contest returns the last day on which the decision can be contested (CPF art. 270):
// 45 days from its communication. It is no day until that is known.
func (d Decision) Contest() deadline.Date {
	if d.Delivered.IsZero() {
		return d.Delivered
	}
	return d.Delivered.AddDays(45)
}

// Types of documents in the catalogue.
const (
	decisionType    = "decizie-impunere"
	certificateType = "certificat-fiscal"
)

// A writer writes official papers, which are in Romanian (Constituția art. 13).
type writer struct {
	*text.Translator
	kinds []ledger.Kind
	role  taxroll.Role
}

func (o *Office) writer(role taxroll.Role) writer {
	return writer{o.Texts.For("ro"), o.Ledger.Kinds, role}
}

func (w writer) date(d deadline.Date) string { return form.SayDate(w.Translator, d) }

func (w writer) money(b money.Bani) string { return b.Format("ro") }

// tax names a kind of the ledger.
func (w writer) tax(kind string) string { return words.Kind(w.kinds, w.Translator, kind) }

// account returns where a kind is paid to; "" if the town has not said so.
func (w writer) account(kind string) string {
	for _, k := range w.kinds {
		if k.Key == kind && w.role.Owner == taxlaw.Legal {
			return k.Legal
		} else if k.Key == kind {
			return k.Natural
		}
	}
	return ""
}

// things name what is taxed by the year.
var things = map[taxlaw.Kind]string{taxlaw.Building: "taxes.thing-building", taxlaw.Land: "taxes.thing-land", taxlaw.Vehicle: "taxes.thing-vehicle",
	taxlaw.Truck: "taxes.thing-truck", taxlaw.Combination: "taxes.thing-combination", taxlaw.Trailer: "taxes.thing-trailer",
	taxlaw.Boat: "taxes.thing-boat", taxlaw.Sign: "taxes.thing-sign", taxlaw.BuildingFee: "taxes.thing-building-fee", taxlaw.LandFee: "taxes.thing-land-fee"}

// holding says which object it is.
func (w writer) holding(h taxroll.Holding) string {
	what := w.T(things[h.Object.Kind])
	for _, more := range []string{h.Details.Address, h.Details.Cadastral, h.Details.Plate} {
		if more != "" {
			what += ", " + more
		}
	}
	if share := h.Object.Share.String(); share != "" {
		what = w.T("taxes.part-of", what, share)
	}
	return what
}

// decision returns what a decision says.
func (w writer) decision(year int, reasons []Reason, draft bool) pdf.Document {
	number := strconv.Itoa(year)
	doc := pdf.Document{Lang: "ro", Title: w.T("taxes.decision-title"), Subject: w.T("taxes.decision-subject", number), Draft: draft}
	add := func(blocks ...pdf.Block) { doc.Blocks = append(doc.Blocks, blocks...) }
	fact := func(label, value string) pdf.Fact { return pdf.Fact{Label: w.T(label), Value: value} }
	add(pdf.Facts{Rows: []pdf.Fact{fact("taxes.role-number", strconv.Itoa(w.role.Number)), fact("taxes.payment-code", w.role.Code)}},
		pdf.Paragraph{Text: w.T("taxes.decision-basis", reasons[0].basis(), number)})
	objects := pdf.Table{Head: []string{w.T("taxes.object"), w.T("taxes.tax"), w.T("taxes.amount")}}
	terms := pdf.Table{Head: []string{w.T("taxes.tax"), w.T("taxes.due"), w.T("taxes.amount")}}
	accounts := pdf.Facts{}
	var total, bonus money.Bani
	var by deadline.Date
	for _, r := range reasons {
		a := r.Assessment
		kind := kindOf[a.Type]
		for i, h := range r.Holdings {
			objects.Rows = append(objects.Rows, []string{w.holding(h), w.tax(kind), a.Items[i].Amount.In("ro") + " lei"})
		}
		for _, term := range a.Levy.Terms {
			terms.Rows = append(terms.Rows, []string{w.tax(kind), w.date(term.Due), w.money(term.Amount)})
		}
		if account := w.account(kind); account != "" && a.Levy.Total > 0 {
			accounts.Rows = append(accounts.Rows, pdf.Fact{Label: w.tax(kind), Value: account})
		}
		total, bonus = total+a.Levy.Total, bonus+a.Levy.Bonus
		if a.Levy.Bonus > 0 {
			by = a.Levy.BonusBy
		}
	}
	add(pdf.Heading{Text: w.T("taxes.what-for")}, objects, pdf.Paragraph{Text: w.T("taxes.rounding")},
		pdf.Heading{Text: w.T("taxes.what-when")}, terms, pdf.Facts{Rows: []pdf.Fact{fact("taxes.total", w.money(total))}})
	if bonus > 0 { // CF art. 462 (2), 467 (2), 472 (2)
		add(pdf.Note{Title: w.T("taxes.bonus"), Text: w.T("taxes.bonus-text", w.date(by), w.money(bonus), w.money(total-bonus))})
	}
	add(pdf.Heading{Text: w.T("taxes.how-to-pay")}, pdf.Paragraph{Text: w.T("taxes.pay-text", w.role.Code)})
	if len(accounts.Rows) > 0 {
		add(accounts)
	}
	add(pdf.Paragraph{Text: w.T("taxes.late-text")}, // CPF art. 183
		pdf.Note{Title: w.T("taxes.contest"), Text: w.T("taxes.contest-text")}, // CPF art. 268-270
		pdf.Paragraph{Text: w.T("taxes.title-text")})                           // CPF art. 226
	return doc
}

// basis names the decision of the council whose rates were used, as far as it is known.
func (r Reason) basis() string {
	for _, e := range r.Explanations {
		for _, step := range e.Steps {
			for _, in := range step.Inputs {
				if in.Cite != nil && strings.HasPrefix(in.Cite.Source, "HCL") {
					source, _, _ := strings.Cut(in.Cite.Source, ";")
					return source
				}
			}
		}
	}
	return "HCL"
}

// covers says which assessments a decision is of.
func covers(levies []Assessment) string {
	var all []string
	for _, a := range levies {
		all = append(all, string(a.Type)+" "+strconv.Itoa(a.Edition))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

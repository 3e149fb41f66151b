package revenue

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/web/ui"
	"bega/ledger/words"
	"bega/procedures"
	"bega/registry"
	"bega/taxes"
	"bega/taxroll"
)

// certificates answers applications for a certificate of tax status (CPF art. 159): at
// once, if all that it says is known.
type certificates struct{ h *House }

// purposes are those of the form.
var purposes = map[string]taxes.Purpose{"vanzare-imobil": taxes.ForSale, "vanzare-auto": taxes.ForSale, "cumparare": taxes.ForPurchase,
	"licitatie": taxes.ForTender, "mostenire": taxes.ForSuccession, "altul": taxes.ForOther}

// sold are the fields of the form that say what is to be sold: at most one is answered.
var sold = []string{"imobil", "vehicul"}

// requestOf reads an application for a certificate of a party's.
func requestOf(party act.PartyID, a procedures.Answers) taxes.Request {
	text := func(key string) string { said, _ := a[key].(string); return said }
	return taxes.Request{Party: party, Purpose: purposes[text("scop")], Words: text("alt_scop"), Object: cmp.Or(text(sold[0]), text(sold[1]))}
}

// Foresee implements [cases.Answerer].
func (c certificates) Foresee(ctx context.Context, actor act.Actor, a cases.Application) error {
	party := cmp.Or(a.Owner, actor.For)
	s, err := c.h.Taxes.Foresee(ctx, actor, requestOf(party, a.Answers))
	if err == nil && s.ToPay > 0 {
		err = taxes.ErrDebts.With(s.ToPay)
	}
	return official(c.refusal(actor, party, a.Answers, s, err))
}

// Answer implements [cases.Answerer]. The certificate has the number of the case.
func (c certificates) Answer(ctx context.Context, tx *act.Tx, of cases.Case, a procedures.Answers) (paper string, err error) {
	certificate, s, err := c.h.Taxes.CertifyIn(ctx, tx, certificatePapers{c.h, of}, requestOf(of.Owner, a))
	if err = c.refusal(tx.Actor, of.Owner, a, s, err); tx.Actor.For == of.Owner {
		err = official(err)
	}
	return certificate.Paper, err
}

// Door implements [cases.Answerer].
func (c certificates) Door(of cases.Case) cases.Door {
	return cases.Door{Path: taxFile(of.Owner, ""), Key: "revenue.tax-file"}
}

// taxFile is where officers open the file of a taxpayer, because of an application.
func taxFile(party act.PartyID, more string) string {
	return "/lucru/taxe/contribuabil/" + url.PathEscape(string(party)) + more + "?motiv=cerere"
}

// Things implements [drafts.Things] and [applications.Things].
func (h *House) Things(ctx context.Context, actor act.Actor, kind, lang string) (all []procedures.Thing, err error) {
	things, err := h.Taxes.Things(ctx, actor, kind, lang)
	for _, t := range things {
		all = append(all, procedures.Thing(t))
	}
	return all, err
}

// official leaves to an official what whoever applies cannot put right.
func official(err error) error {
	if err == nil || fault.Of(err).Kind == fault.Unexpected || errors.Is(err, cases.ErrInvalid) || errors.Is(err, taxes.ErrDebts) {
		return err
	}
	return cases.ErrOfficial
}

// refusal says of a fault of the taxes what it is in an application.
func (c certificates) refusal(actor act.Actor, party act.PartyID, a procedures.Answers, s taxes.Standing, err error) error {
	switch {
	case errors.Is(err, taxes.ErrDebts):
		r := &cases.Refusal{Fault: fault.Of(err), Lines: c.owed(s), Path: "/dosar/taxe", Door: "revenue.pay-taxes"}
		if actor.May(act.ReadLedger, act.On{Owner: party, Unit: Unit, Service: c.h.Ledger.Service}) != nil {
			r.Path = "/taxe/plata" // whose mandate is for certificates alone
		}
		return r
	case errors.Is(err, taxroll.ErrWhich):
		for _, key := range sold {
			if a[key] != nil {
				return &cases.Wrong{Problems: []procedures.Problem{{Field: key, Step: "bunul", Key: "revenue.not-yours"}}}
			}
		}
	}
	return err
}

// owed lists what has to be paid before a sale: one line for each kind and year.
func (c certificates) owed(s taxes.Standing) (lines []procedures.FeeLine) {
	add := func(sum money.Bani, name func(t *text.Translator) string) {
		label := procedures.Text{}
		for _, lang := range []string{"ro", "en"} {
			label[lang] = name(c.h.Texts.For(lang))
		}
		if i := slices.IndexFunc(lines, func(l procedures.FeeLine) bool { return l.Label["ro"] == label["ro"] }); i >= 0 {
			lines[i].Amount += sum
		} else if sum > 0 {
			lines = append(lines, procedures.FeeLine{Label: label, Amount: sum})
		}
	}
	for _, d := range slices.Concat(s.Late, s.Due, s.Titles) {
		add(d.Principal, func(t *text.Translator) string { return words.Debt(c.h.Ledger.Kinds, t, d.Kind, d.Year, 0) })
		add(d.Surcharge, func(t *text.Translator) string { return t.T("revenue.surcharges") })
	}
	add(s.ObjectOwed, func(t *text.Translator) string { return t.T("revenue.tax-of-object", strconv.Itoa(s.Day.Year)) })
	return lines
}

// certificatePapers issues a certificate as the decision of a case.
type certificatePapers struct {
	h  *House
	of cases.Case
}

// Issue implements [taxes.Papers]. The case tells its owner.
func (p certificatePapers) Issue(ctx context.Context, tx *act.Tx, paper taxes.Paper) (code, number string, err error) {
	doc := paper.Document
	if doc.Recipient, _, _, err = p.h.Identity.Recipient(ctx, tx, paper.Owner); err != nil {
		return "", "", err
	}
	number = p.of.Number.String()
	doc.Issuer, doc.Number, doc.Date = p.h.Issuer(Unit, "ro"), number, ui.Page{Translator: p.h.Texts.For("ro"), Zone: p.h.Zone}.Date(deadline.Of(tx.At.In(p.h.Zone)))
	code, err = p.h.Cases.IssueDocument(ctx, tx, p.of, registry.Decision, paper.Type, doc, paper.Until)
	return code, number, err
}

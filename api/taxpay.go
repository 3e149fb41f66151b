package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bega/internal/act"
	"bega/internal/form"
	"bega/internal/money"
	"bega/ledger"
	"bega/ledger/words"
	"bega/taxlaw"
	"bega/taxpayer"
)

// A TaxPayment is money that came in for a folder, from whomever.
type TaxPayment struct {
	ID      string    `json:"id"`
	Day     string    `json:"day"`
	Amount  int64     `json:"amountBani" doc:"Less what was taken back."`
	Order   string    `json:"order" doc:"ID of the order by which it was paid by card; empty if it came another way."`
	Receipt string    `json:"receipt" doc:"Code of the proof of payment by card; empty for what others paid. It is among the documents, as the proofs of the cash desk are."`
	Lines   []TaxLine `json:"lines" doc:"What it settled."`
}

// A TaxLine is a part of what a payment settled.
type TaxLine struct {
	Debt   string `json:"debt" doc:"ID of the obligation; empty for the credit."`
	Name   string `json:"name"`
	About  string `json:"about"`
	Part   string `json:"part" enum:"principal,surcharge,saved,saved-credit,credit"`
	Amount int64  `json:"amountBani"`
	Rule   string `json:"rule" doc:"By which the law sends it there."`
}

func (a *API) lines(c caller, lines []ledger.Line, about map[string]form.Text) []TaxLine {
	all := []TaxLine{}
	for _, l := range lines {
		rule := ""
		if l.Rule != "" {
			rule = c.T(string(l.Rule))
		}
		all = append(all, TaxLine{l.Obligation, words.Debt(a.Taxpayer.Ledger.Kinds, c.Translator, l.Kind, l.Year, l.Instalment), about[l.Obligation].In(c.Lang()),
			string(l.Part), int64(l.Amount), rule})
	}
	return all
}

// A TaxOrder is what became of paying.
type TaxOrder struct {
	Order
	Refused   bool      `json:"refused" doc:"The bank refused it, or the time was over. It can be paid again."`
	Uncertain bool      `json:"uncertain" doc:"The bank does not answer: do not pay again, ask later."`
	Overpaid  int64     `json:"overpaidBani" doc:"What was paid too much, and is to be given back."`
	Bank      string    `json:"bank" doc:"Address where it can still be paid; empty for none."`
	Lines     []TaxLine `json:"lines" doc:"What it settled, once it is paid; empty to whom may not read the account."`
}

func (a *API) payments() {
	type of struct {
		Year int `query:"year" minimum:"2000" maximum:"2200" doc:"Without it, this year."`
	}
	op(a, http.MethodGet, "/taxes/payments", "list-tax-payments", "What came in for the folder in a year, the newest first", act.ReadLedger, func(ctx context.Context, c caller, in *of) (*list[TaxPayment], error) {
		if in.Year == 0 {
			in.Year = a.today().Year
		}
		h, err := a.Taxpayer.History(ctx, c.Actor, in.Year)
		if err != nil {
			return nil, err
		}
		receipts := map[string]string{}
		if c.MayTry(act.ReadPayments) == nil {
			orders, err := a.Payments.Orders(ctx, c.Actor)
			if err != nil {
				return nil, err
			}
			for _, o := range orders {
				receipts[o.ID] = o.Receipt
			}
		}
		var all []TaxPayment
		for _, p := range h.Payments {
			all = append(all, TaxPayment{p.ID, p.Day.String(), int64(p.Amount), p.Order, receipts[p.Order], a.lines(c, p.Lines, h.About)})
		}
		return listOf(all), nil
	}, also(act.ReadTaxes))
	type pay struct {
		Keyed
		Body struct {
			All   bool     `json:"all,omitempty" doc:"All that is to be paid now."`
			Debts []string `json:"debts,omitempty" maxItems:"5000" doc:"Or these obligations, by ID."`
			Sum   int64    `json:"sumBani" minimum:"1" doc:"What it comes to, as the payer has seen it: toPay.sumBani of the account, or the sum of the debts. If it is another one meanwhile, nothing happens."`
		}
	}
	type begun struct {
		Order string `json:"order" doc:"ID: see get-tax-order."`
		Page  string `json:"page" doc:"Address of the bank's page, where whoever pays opens it in a browser."`
	}
	op(a, http.MethodPost, "/taxes/orders", "pay-taxes", "Begin to pay; the money moves at the bank alone", act.Pay, func(ctx context.Context, c caller, in *pay) (*one[begun], error) {
		cart := taxpayer.Cart{All: in.Body.All, Chosen: in.Body.Debts, Sum: money.Bani(in.Body.Sum)}
		page, id, err := a.Taxpayer.Pay(ctx, c.Actor, in.Key, cart, c.Lang())
		if err != nil {
			return nil, c.unpayable(err, id)
		}
		return &one[begun]{begun{id, page}}, nil
	}, also(act.ReadLedger))
	type which struct {
		ID string `path:"order"`
	}
	op(a, http.MethodGet, "/taxes/orders/{order}", "get-tax-order", "What became of paying", act.ReadPayments, func(ctx context.Context, c caller, in *which) (*one[TaxOrder], error) {
		r, err := a.Taxpayer.Result(ctx, c.Actor, in.ID)
		if err != nil {
			return nil, err
		}
		return &one[TaxOrder]{TaxOrder{Order: orderOf(r.Order, "/taxe/plata/"), Refused: r.Refused, Uncertain: r.Uncertain, Overpaid: int64(r.Overpaid), Bank: r.Page,
			Lines: a.lines(c, r.Lines, r.About)}}, nil
	})
}

// unpayable says which part of a payment is wrong, and which order there is already.
func (c caller) unpayable(err error, order string) error {
	w := &wrongAnswers{error: err}
	switch {
	case order != "":
		w.details = []*huma.ErrorDetail{{Location: "order", Message: c.T("api.order"), Value: order}}
	case errors.Is(err, taxpayer.ErrChanged):
		w.details = []*huma.ErrorDetail{{Location: "body.sumBani", Message: c.T("api.sum")}}
	case errors.Is(err, taxpayer.ErrNothing):
		w.details = []*huma.ErrorDetail{{Location: "body.debts", Message: c.T("api.debts")}}
	}
	return w
}

// TaxedThings are what a folder has that is taxed.
type TaxedThings struct {
	Role  string       `json:"role" doc:"Number of the tax file (rol nominal unic); empty without one."`
	Items []TaxedThing `json:"items"`
}

// A TaxedThing is a thing that is taxed.
type TaxedThing struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Object Taxed  `json:"object"`
}

// A Taxed is what is known of a thing, as calculate-taxes takes it.
type Taxed struct{ taxlaw.Object }

// Schema implements [huma.SchemaProvider]. What another program has brought need not be
// complete.
func (Taxed) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: "As it is taxed: the fields of get-tax-law.", AdditionalProperties: true,
		Properties: map[string]*huma.Schema{"kind": {Type: huma.TypeString}}, Required: []string{"kind"}}
}

// A TaxedHistory is a thing, and what became known of it.
type TaxedHistory struct {
	TaxedThing
	Versions []TaxedVersion `json:"versions" doc:"The newest first."`
}

// A TaxedVersion is what became known of a thing.
type TaxedVersion struct {
	Since  string `json:"since" doc:"Day from which it holds."`
	Why    string `json:"why"`
	Object *Taxed `json:"object,omitempty" doc:"Not there if nothing was said of what it is."`
}

// A TaxDecision is a tax decision ("decizie de impunere").
type TaxDecision struct {
	Number string    `json:"number"`
	Year   int       `json:"year"`
	Issued time.Time `json:"issued"`
	Told   string    `json:"told" doc:"Day of its communication; empty until then."`
	Paper  string    `json:"paper" doc:"Code by which it is verified. It is among the documents, with that code."`
	Code   string    `json:"code" doc:"By which anybody can pay it, at /taxe/plata."`
}

func thingOf(t taxpayer.Thing, lang string) TaxedThing {
	return TaxedThing{t.ID, t.Label.In(lang), Taxed{t.Now}}
}

func (a *API) things() {
	op(a, http.MethodGet, "/taxes/things", "list-taxed-things", "What the folder has that is taxed", act.ReadTaxes, func(ctx context.Context, c caller, _ *nothing) (*one[TaxedThings], error) {
		account, err := a.Taxpayer.Account(ctx, c.Actor)
		if err != nil {
			return nil, err
		}
		out := TaxedThings{account.Role, []TaxedThing{}}
		for _, t := range account.Things {
			out.Items = append(out.Items, thingOf(t, c.Lang()))
		}
		return &one[TaxedThings]{out}, nil
	})
	type which struct {
		ID string `path:"thing"`
	}
	op(a, http.MethodGet, "/taxes/things/{thing}", "get-taxed-thing", "One thing with its history", act.ReadTaxes, func(ctx context.Context, c caller, in *which) (*one[TaxedHistory], error) {
		thing, versions, err := a.Taxpayer.Thing(ctx, c.Actor, in.ID)
		if err != nil {
			return nil, err
		}
		out := TaxedHistory{thingOf(thing, c.Lang()), []TaxedVersion{}}
		for _, v := range versions {
			version := TaxedVersion{Since: v.Since.String(), Why: string(v.Why)}
			if v.Object != nil {
				version.Object = &Taxed{*v.Object}
			}
			out.Versions = append(out.Versions, version)
		}
		return &one[TaxedHistory]{out}, nil
	})
	op(a, http.MethodGet, "/taxes/decisions", "list-tax-decisions", "Tax decisions of the folder, the newest first", act.ReadTaxes, func(ctx context.Context, c caller, _ *nothing) (*list[TaxDecision], error) {
		account, err := a.Taxpayer.Account(ctx, c.Actor)
		var all []TaxDecision
		for _, d := range account.Decisions {
			all = append(all, TaxDecision{d.Number, d.Year, d.Issued, d.Told.String(), d.Paper, d.Code})
		}
		return listOf(all), err
	})
}

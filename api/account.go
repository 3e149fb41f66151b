package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/ledger"
	"bega/ledger/words"
	"bega/taxpayer"
)

// A TaxDebt is an obligation that is not settled.
type TaxDebt struct {
	ID          string `json:"id"`
	Kind        string `json:"kind" example:"buildings"`
	Name        string `json:"name" doc:"What it is called."`
	About       string `json:"about" doc:"What it is for, such as an address; empty if that is not known."`
	Year        int    `json:"year"`
	Instalment  int    `json:"instalment" doc:"Of the year, from 1; 0 if there is one alone."`
	Due         string `json:"due"`
	Amount      int64  `json:"amountBani" doc:"As it was assessed."`
	Principal   int64  `json:"principalBani" doc:"Unpaid."`
	Surcharge   int64  `json:"surchargeBani" doc:"Late surcharge up to the day of the account, unpaid."`
	Sum         int64  `json:"sumBani" doc:"Both."`
	Provisional bool   `json:"provisional" doc:"The assessment is not final."`
	Plan        string `json:"plan" doc:"ID of the plan by which it is paid; empty for none."`
}

// A TaxOffer is a bonus that can still be had.
type TaxOffer struct {
	Kind  string `json:"kind"`
	Year  int    `json:"year"`
	Bonus int64  `json:"bonusBani"`
	Until string `json:"until" doc:"Last day."`
	Left  int64  `json:"leftBani" doc:"What is unpaid of the year, with the bonus."`
}

// A TaxPlan is a plan of instalments, or a deferral.
type TaxPlan struct {
	ID          string          `json:"id"`
	Deferral    bool            `json:"deferral"`
	Instalments []TaxInstalment `json:"instalments"`
	Current     int64           `json:"currentBani" doc:"To be paid now."`
	Left        int64           `json:"leftBani" doc:"To be paid for all of it, as of the day of the account."`
	Lost        string          `json:"lost" doc:"Day of the instalment that was missed; empty if none was."`
	Done        string          `json:"done" doc:"Day on which all was paid; empty until then."`
}

// A TaxInstalment is an instalment of a plan.
type TaxInstalment struct {
	Due    string `json:"due"`
	Amount int64  `json:"amountBani"`
}

// A TaxBill is what somebody would pay.
type TaxBill struct {
	Debts      []string `json:"debts" doc:"IDs of obligations."`
	Principal  int64    `json:"principalBani"`
	Surcharge  int64    `json:"surchargeBani"`
	Instalment int64    `json:"instalmentBani" doc:"Of plans."`
	Bonus      int64    `json:"bonusBani" doc:"Taken off."`
	Sum        int64    `json:"sumBani" doc:"What pay-taxes has to be told, for all of it."`
}

// A TaxClosure is a time in which no payments are taken.
type TaxClosure struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to" doc:"When they are taken again."`
	Reason string    `json:"reason"`
}

// A TaxBalance is what a folder owes on a day.
type TaxBalance struct {
	Day     string     `json:"day" doc:"Up to which surcharges are counted."`
	Debts   []TaxDebt  `json:"debts" doc:"By age."`
	Offers  []TaxOffer `json:"offers"`
	Plans   []TaxPlan  `json:"plans"`
	Owed    int64      `json:"owedBani" doc:"All of it, what is not due yet included."`
	Overdue int64      `json:"overdueBani"`
	Credit  int64      `json:"creditBani" doc:"What was paid too much, and can be had back."`
}

// A TaxAccount is what a folder owes now.
type TaxAccount struct {
	At time.Time `json:"at" doc:"As of when: while the portal is very busy, it may be some minutes old. The folder's own payments are always in it."`
	TaxBalance
	ToPay  TaxBill     `json:"toPay" doc:"What is to be paid now."`
	Paid   int64       `json:"paidBani" doc:"In this year."`
	Closed *TaxClosure `json:"closed,omitempty" doc:"Why nothing can be paid now; not there if it can."`
	Order  string      `json:"order" doc:"ID of the order of a payment that is under way; empty for none."`
}

func (a *API) balance(c caller, sheet ledger.Sheet, about map[string]form.Text) TaxBalance {
	out := TaxBalance{Day: sheet.Day.String(), Debts: []TaxDebt{}, Offers: []TaxOffer{}, Plans: []TaxPlan{},
		Owed: int64(sheet.All().Sum()), Overdue: int64(sheet.Overdue().Sum()), Credit: int64(sheet.Credit)}
	for _, d := range sheet.Debts {
		out.Debts = append(out.Debts, a.debt(c, d, about[d.ID]))
	}
	for _, o := range sheet.Offers {
		out.Offers = append(out.Offers, TaxOffer{o.Kind, o.Year, int64(o.Amount), o.Until.String(), int64(o.Left)})
	}
	for _, p := range sheet.Plans {
		plan := TaxPlan{ID: p.ID, Deferral: p.Deferral, Instalments: []TaxInstalment{}, Current: int64(p.Current), Left: int64(p.Left), Lost: p.Lost.String(), Done: p.Done.String()}
		for _, i := range p.Instalments {
			plan.Instalments = append(plan.Instalments, TaxInstalment{i.Due.String(), int64(i.Amount)})
		}
		out.Plans = append(out.Plans, plan)
	}
	return out
}

func (a *API) debt(c caller, d ledger.Debt, about form.Text) TaxDebt {
	return TaxDebt{ID: d.ID, Kind: d.Kind, Name: words.Debt(a.Taxpayer.Ledger.Kinds, c.Translator, d.Kind, d.Year, d.Instalment), About: about.In(c.Lang()), Year: d.Year,
		Instalment: d.Instalment, Due: d.Due.String(), Amount: int64(d.Obligation.Amount), Principal: int64(d.Principal), Surcharge: int64(d.Surcharge),
		Sum: int64(d.Principal + d.Surcharge), Provisional: d.Obligation.Provisional, Plan: d.Plan}
}

func billOf(b taxpayer.Bill) TaxBill {
	out := TaxBill{Debts: []string{}, Principal: int64(b.Principal), Surcharge: int64(b.Surcharge), Instalment: int64(b.Instalment), Bonus: int64(b.Bonus()), Sum: int64(b.Sum())}
	out.Debts = append(out.Debts, b.Obligations()...)
	return out
}

// aboutOf returns what the debts of an account are for.
func aboutOf(rows []taxpayer.Row) map[string]form.Text {
	about := map[string]form.Text{}
	for _, row := range rows {
		about[row.ID] = row.About
	}
	return about
}

// earliest is the first year of which there may be anything.
const earliest = 2000

// readDay reads a day that somebody asks about; without one, it is another.
func (a *API) readDay(name, typed string, without deadline.Date) (deadline.Date, error) {
	if typed == "" {
		return without, nil
	}
	day, err := deadline.Parse(typed)
	if err != nil || day.Year < earliest || day.Year > a.today().Year+1 {
		w := &wrongAnswers{error: errForm}
		w.details = append(w.details, &huma.ErrorDetail{Location: "query." + name, Value: typed, Message: fmt.Sprintf("%d-01-01 … %d-12-31", earliest, a.today().Year+1)})
		return day, w
	}
	return day, nil
}

func (a *API) today() deadline.Date { return deadline.Of(a.Taxpayer.Now().In(a.Taxpayer.Zone)) }

// A TaxStatement is what happened in a time.
type TaxStatement struct {
	From      string        `json:"from"`
	To        string        `json:"to"`
	Opening   TaxTotals     `json:"opening" doc:"At the beginning of the first day."`
	Closing   TaxTotals     `json:"closing" doc:"At the end of the last day."`
	Movements []TaxMovement `json:"movements"`
}

// TaxTotals are what the books say: surcharges as far as they were entered.
type TaxTotals struct {
	Principal int64 `json:"principalBani"`
	Surcharge int64 `json:"surchargeBani"`
	Credit    int64 `json:"creditBani"`
}

// A TaxMovement is a row of a statement.
type TaxMovement struct {
	Day    string    `json:"day" doc:"On which it counts."`
	Known  time.Time `json:"known" doc:"When it was entered."`
	Debt   string    `json:"debt" doc:"ID of the obligation; empty for none."`
	Kind   string    `json:"kind"`
	About  string    `json:"about"`
	Cause  string    `json:"cause" doc:"ID of the payment or decision; empty for what is owed."`
	Debit  string    `json:"debit" enum:"owed,late,held,money,revenue,late-revenue,bonuses,waived,interests" doc:"The account that takes."`
	Credit string    `json:"credit" enum:"owed,late,held,money,revenue,late-revenue,bonuses,waived,interests" doc:"The account that gives."`
	Amount int64     `json:"amountBani" doc:"How much more is owed, all in all; negative if less."`
}

func statementOf(s ledger.Statement, about map[string]form.Text, lang string) *one[TaxStatement] {
	totals := func(b ledger.Balance) TaxTotals {
		return TaxTotals{int64(b.Principal), int64(b.Surcharge), int64(b.Credit)}
	}
	out := TaxStatement{From: s.From.String(), To: s.To.String(), Opening: totals(s.Opening), Closing: totals(s.Closing), Movements: []TaxMovement{}}
	for _, m := range s.Movements {
		out.Movements = append(out.Movements, TaxMovement{Day: m.Day.String(), Known: m.Known, Debt: m.Obligation, Kind: m.Kind, About: about[m.Obligation].In(lang),
			Cause: m.Cause, Debit: string(m.Debit), Credit: string(m.Credit), Amount: int64(m.Amount)})
	}
	return &one[TaxStatement]{out}
}

// A TaxReason is why an obligation is what it is.
type TaxReason struct {
	TaxDebt
	Explanations []Explanation `json:"explanations" doc:"Of each object, and last of their sum; none for what is no assessed tax, such as a fine."`
	Late         []TaxLate     `json:"late" doc:"How the surcharge comes about, what was paid of it included."`
}

// A TaxLate is a part of a late surcharge.
type TaxLate struct {
	Principal int64   `json:"principalBani" doc:"That was late."`
	From      string  `json:"from"`
	To        string  `json:"to"`
	Months    int     `json:"months" doc:"Begun ones count."`
	Percent   float64 `json:"percent" doc:"A month."`
}

func (a *API) account() {
	op(a, http.MethodGet, "/taxes/account", "get-tax-account", "What the folder owes now", act.ReadLedger, func(ctx context.Context, c caller, _ *nothing) (*one[TaxAccount], error) {
		v, err := a.Taxpayer.Overview(ctx, c.Actor)
		if err != nil {
			return nil, err
		}
		out := TaxAccount{At: v.At, TaxBalance: a.balance(c, v.Sheet, aboutOf(v.Rows)), ToPay: billOf(v.ToPay), Paid: int64(v.Paid)}
		if v.Closed != nil {
			out.Closed = &TaxClosure{v.Closed.From, v.Closed.To, v.Closed.Reason.In(c.Lang())}
		}
		if v.Going != nil {
			out.Order = v.Going.ID
		}
		return &one[TaxAccount]{out}, nil
	}, also(act.ReadTaxes))
	type on struct {
		Day string `query:"day" maxLength:"10" doc:"Such as 2026-01-31: past, today or to come. Without it, today."`
	}
	op(a, http.MethodGet, "/taxes/balance", "get-tax-balance", "What the folder owed on a day, as is known now", act.ReadLedger, func(ctx context.Context, c caller, in *on) (*one[TaxBalance], error) {
		day, err := a.readDay("day", in.Day, a.today())
		if err != nil {
			return nil, err
		}
		known, err1 := a.Taxpayer.Account(ctx, c.Actor)
		sheet, err2 := a.Taxpayer.Ledger.Owed(ctx, c.Actor, c.For, day)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &one[TaxBalance]{a.balance(c, sheet, known.About)}, nil
	}, also(act.ReadTaxes))
	a.movements()
}

func (a *API) movements() {
	type between struct {
		From string `query:"from" maxLength:"10" doc:"First day; without it, the first of this year."`
		To   string `query:"to" maxLength:"10" doc:"Last day; without it, today."`
	}
	op(a, http.MethodGet, "/taxes/statement", "get-tax-statement", "What happened in the folder's account between two days", act.ReadLedger, func(ctx context.Context, c caller, in *between) (*one[TaxStatement], error) {
		from, err1 := a.readDay("from", in.From, deadline.Date{Year: a.today().Year, Month: time.January, Day: 1})
		to, err2 := a.readDay("to", in.To, a.today())
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		if to.Before(from) {
			return nil, &wrongAnswers{errForm, []*huma.ErrorDetail{{Location: "query.to", Value: in.To, Message: "≥ " + from.String()}}}
		}
		known, err1 := a.Taxpayer.Account(ctx, c.Actor)
		s, err2 := a.Taxpayer.Ledger.Statement(ctx, c.Actor, c.For, from, to)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return statementOf(s, known.About, c.Lang()), nil
	}, also(act.ReadTaxes))
	type which struct {
		ID string `path:"debt" doc:"ID of an obligation that is not settled."`
	}
	op(a, http.MethodGet, "/taxes/debts/{debt}", "explain-tax-debt", "Why an obligation is what it is", act.ReadLedger, func(ctx context.Context, c caller, in *which) (*one[TaxReason], error) {
		why, err := a.Taxpayer.Why(ctx, c.Actor, in.ID)
		if err != nil {
			return nil, err
		}
		out := TaxReason{TaxDebt: a.debt(c, why.Debt, why.About), Explanations: []Explanation{}, Late: []TaxLate{}}
		for _, e := range why.Explanations {
			e.Fill(a.inAllLanguages()...)
			out.Explanations = append(out.Explanations, Explanation{e})
		}
		for _, s := range why.Steps {
			out.Late = append(out.Late, TaxLate{int64(s.Principal), s.From.String(), s.To.String(), s.Months, float64(s.Halves) / 2})
		}
		return &one[TaxReason]{out}, nil
	}, also(act.ReadTaxes))
}

// A Mandate is by which somebody may act for another.
type Mandate struct {
	ID       string   `json:"id" doc:"For the header Mandate."`
	Party    string   `json:"party" doc:"ID of whom one acts for."`
	Name     string   `json:"name"`
	Services []string `json:"services" doc:"Keys of the services that it covers; null for everything, taxes included."`
}

// A TaxClient is somebody for whom one may act on taxes, and what they owe.
type TaxClient struct {
	Mandate string `json:"mandate" doc:"For the header Mandate."`
	Party   string `json:"party"`
	Name    string `json:"name"`
	ToPay   int64  `json:"toPayBani" doc:"What is to be paid now."`
	Overdue int64  `json:"overdueBani"`
	Next    string `json:"next" doc:"First term of what is unpaid; empty if nothing is."`
}

func (a *API) clients() {
	op(a, http.MethodGet, "/mandates", "list-mandates", "For whom one may act today", act.SwitchFolder, func(ctx context.Context, c caller, _ *nothing) (*list[Mandate], error) {
		found, err := a.Taxpayer.Firms.Firms(ctx, c.Actor)
		var all []Mandate
		for _, f := range found {
			all = append(all, Mandate{f.Mandate, string(f.Party), f.Name, f.Services})
		}
		return listOf(all), err
	})
	op(a, http.MethodGet, "/taxes/clients", "list-tax-clients", "For whom one may act on taxes, and what they owe; by term", act.ReadLedger, func(ctx context.Context, c caller, _ *nothing) (*list[TaxClient], error) {
		found, err := a.Taxpayer.Clients(ctx, c.Actor)
		var all []TaxClient
		for _, f := range found {
			all = append(all, TaxClient{f.Mandate, string(f.Party), f.Name, int64(f.Now.Sum()), int64(f.Overdue), f.Next.String()})
		}
		return listOf(all), err
	}, also(act.SwitchFolder))
}

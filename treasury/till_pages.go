package treasury

import (
	"net/http"
	"net/url"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
)

func (p pages) mountTill() {
	p.Handle("GET /lucru/taxe/casa", act.TakeMoney, p.till)
	p.Handle("POST /lucru/taxe/casa", act.TakeMoney, p.findPayer)
	p.Handle("GET /lucru/taxe/casa/plata/{parte}", act.TakeMoney, p.counter)
	p.Handle("POST /lucru/taxe/casa/plata/{parte}", act.TakeMoney, p.take)
	p.Handle("GET /lucru/taxe/casa/chitanta/{incasare}", act.TakeMoney, p.slip)
	p.Handle("GET /lucru/taxe/casa/inchidere", act.CloseTill, p.newClosing)
	p.Handle("POST /lucru/taxe/casa/inchidere", act.CloseTill, p.close)
	p.Handle("GET /lucru/taxe/casa/inchideri", act.ReadPaymentDesk, p.closings)
}

// tillPath is where money is taken for a taxpayer.
func tillPath(party act.PartyID) string {
	return "/lucru/taxe/casa/plata/" + url.PathEscape(string(party))
}

// tillPage is a teller's day, and where the next payer is looked for.
type tillPage struct {
	ui.Page
	o        *Office
	actor    act.Actor
	Till     Till
	Words    ui.Input
	Searched bool
	Found    []Taxpayer
	Pause    string // why no money is taken; empty if it is
}

func (p pages) tillPage(r *http.Request) (page tillPage, err error) {
	page = tillPage{Page: p.page(r), o: p.o, actor: p.Actor(r)}
	page.Words = wordsInput(page.Page, r)
	if page.Till, err = p.o.Till(r.Context(), page.actor, p.o.today()); err != nil {
		return page, err
	}
	closure, paused, err := p.o.Closed(r.Context(), p.o.Now())
	if paused {
		page.Pause = page.T("treasury.paused-until", page.DateTime(closure.To), closure.Reason.In(page.Lang()))
	}
	return page, err
}

func (p pages) till(w http.ResponseWriter, r *http.Request) error {
	page, err := p.tillPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// findPayer looks for the taxpayer for whom somebody pays.
func (p pages) findPayer(w http.ResponseWriter, r *http.Request) error {
	page, err := p.tillPage(r)
	if err != nil {
		return err
	}
	page.Found, err = p.o.People.Find(r.Context(), page.actor, page.Words.Value)
	if status := web.Blame(&page.Page, &page.Words.Error, err, nil); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	if len(page.Found) == 1 {
		return web.See(w, r, tillPath(page.Found[0].ID))
	}
	page.Searched = true
	return p.Render(w, r, http.StatusOK, page.view())
}

// counterPage takes money for a taxpayer.
type counterPage struct {
	ui.Page
	o       *Office
	Party   act.PartyID
	Counter Counter
	Problem string
	Amount  ui.Input
	Means   ui.Input
	Slip    ui.Input
	What    ui.Input
	Chosen  []string // obligations
}

// read reads the form of a taking.
func (page *counterPage) read(r *http.Request) (t Taking, ok bool) {
	t = Taking{Party: page.Party, Means: page.Means.Value, Slip: page.Slip.Value, Seen: r.PostFormValue("vazut")}
	page.Chosen = r.PostForm["datorie"]
	t.Choice = ledger.Choice{Obligations: page.Chosen, Future: len(page.Chosen) > 0}
	t.Amount, ok = readAmount(page.Page, &page.Amount)
	if ok && t.Amount == 0 && r.Method == http.MethodPost {
		page.Amount.Error, ok = page.T("treasury.bad-amount"), false
	}
	page.HasErrors = !ok
	return t, ok
}

func (p pages) counterPage(r *http.Request) counterPage {
	page := counterPage{Page: p.page(r), o: p.o, Party: act.PartyID(r.PathValue("parte"))}
	page.Amount = ui.Input{Name: "suma", Label: page.T("treasury.amount-lei"), Value: r.PostFormValue("suma"), Required: true}
	page.Means = ui.Input{Name: "mod", Label: page.T("treasury.means"), Value: r.PostFormValue("mod"), Required: true}
	page.Slip = ui.Input{Name: "bon", Label: page.T("treasury.slip"), Hint: page.T("treasury.slip-hint"), Value: r.PostFormValue("bon"), Width: "w10", Max: 30}
	page.What = ui.Input{Name: "datorie", Label: page.T("treasury.pay-for"), Hint: page.T("treasury.pay-for-hint")}
	return page
}

func (p pages) counter(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.counterPage(r)
	if page.Counter, err = p.o.At(r.Context(), p.Actor(r), page.Party, 0, ledger.Choice{}); err != nil {
		return err
	}
	if page.Means.Value = Cash; page.Counter.Due > 0 {
		page.Amount.Value = typedAmount(page.Counter.Due)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// typedAmount writes an amount as it is typed: "1284,50".
func typedAmount(amount money.Bani) string {
	text := []byte(amount.String())
	text[len(text)-3] = ','
	return string(text)
}

// take shows what an amount settles, and takes it once that was shown.
func (p pages) take(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.counterPage(r)
	t, ok := page.read(r)
	if !ok {
		if page.Counter, err = p.o.At(r.Context(), p.Actor(r), page.Party, 0, ledger.Choice{}); err != nil {
			return err
		}
		return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
	}
	status := http.StatusOK
	if r.PostFormValue("vezi") == "" && t.Seen != "" {
		id, err := p.o.Take(r.Context(), p.Actor(r), web.Key(r), t)
		if err == nil {
			return web.See(w, r, "/lucru/taxe/casa/chitanta/"+id)
		}
		status = web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrMeans: &page.Means, ErrSlip: &page.Slip, ErrSlipUsed: &page.Slip,
			ErrAmount: &page.Amount, ledger.ErrAmount: &page.Amount})
		if status == 0 {
			return err
		}
	}
	page.Counter, err = p.o.At(r.Context(), p.Actor(r), page.Party, t.Amount, t.Choice)
	if refusal := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ledger.ErrAmount: &page.Amount}); refusal != 0 {
		return p.Render(w, r, refusal, page.view())
	} else if err != nil {
		return err
	}
	return p.Render(w, r, status, page.view())
}

// debtOptions returns what a payer can choose.
func (p counterPage) debtOptions() (options []ui.Option) {
	for _, d := range p.Counter.Sheet.Debts {
		options = append(options, ui.Option{Value: d.ID, Label: p.o.debtName(p.Page, d.Kind, d.Year, d.Instalment),
			Hint: p.T("treasury.debt-hint", p.Money(d.Principal), p.Money(d.Surcharge), p.Date(d.Due))})
	}
	return options
}

// slipPage is a receipt, to be printed.
type slipPage struct {
	ui.Page
	o *Office
	Slip
}

func (p pages) slip(w http.ResponseWriter, r *http.Request) error {
	slip, err := p.o.Slip(r.Context(), p.Actor(r), r.PathValue("incasare"))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, slipPage{p.page(r), p.o, slip}.view())
}

// closePage ends a teller's day.
type closePage struct {
	ui.Page
	Till                   Till
	Problem                string
	Counted, Slips, Reason ui.Input
}

func (p pages) closePage(r *http.Request) (page closePage, err error) {
	page = closePage{Page: p.page(r)}
	page.Counted = ui.Input{Name: "numarat", Label: page.T("treasury.counted"), Value: r.PostFormValue("numarat"), Required: true}
	page.Slips = ui.Input{Name: "terminal", Label: page.T("treasury.slips"), Value: r.PostFormValue("terminal"), Required: true}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("treasury.difference-why"), Hint: page.T("treasury.difference-hint"), Value: r.PostFormValue("motiv"), Rows: 3, Max: 1000}
	page.Till, err = p.o.Till(r.Context(), p.Actor(r), dayOf(r.FormValue("zi"), deadline.Date{}))
	return page, err
}

func (p pages) newClosing(w http.ResponseWriter, r *http.Request) error {
	page, err := p.closePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) close(w http.ResponseWriter, r *http.Request) error {
	page, err := p.closePage(r)
	if err != nil {
		return err
	}
	day := dayOf(r.PostFormValue("zi"), deadline.Date{})
	counted, ok1 := readAmount(page.Page, &page.Counted)
	slips, ok2 := readAmount(page.Page, &page.Slips)
	for _, in := range []*ui.Input{&page.Counted, &page.Slips} {
		if in.Value == "" {
			in.Error, ok1 = page.T("treasury.bad-amount"), false
		}
	}
	if !ok1 || !ok2 {
		page.HasErrors = true
		return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
	}
	err = p.o.CloseTill(r.Context(), p.Actor(r), web.Key(r), day, counted, slips, page.Reason.Value)
	if err == nil {
		return web.See(w, r, "/lucru/taxe/casa/inchidere?zi="+day.String())
	}
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrCounted: &page.Reason}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// closingsPage lists the ends of days at all cash desks.
type closingsPage struct {
	ui.Page
	period
	Problem string
	All     []Closing
	Names   map[act.PartyID]string
}

func (p pages) closings(w http.ResponseWriter, r *http.Request) (err error) {
	page := closingsPage{Page: p.page(r)}
	page.period = p.periodOf(r, &page.Page, func(to deadline.Date) deadline.Date { return to.AddDays(-30) })
	if page.All, page.Names, err = p.o.Closings(r.Context(), p.Actor(r), page.from, page.to); err != nil {
		if status := web.Blame(&page.Page, &page.Problem, err, nil); status != 0 {
			return p.Render(w, r, status, page.view())
		}
		return err
	}
	return p.Render(w, r, page.status(), page.view())
}

package fiscal

import (
	"errors"
	"net/http"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
)

// homePage looks taxpayers up, and leads to the rest.
type homePage struct {
	ui.Page
	o             *Office
	actor         act.Actor
	Words, Reason ui.Input
	Searched      bool
	Found         []Found
}

func (p pages) homePage(r *http.Request) homePage {
	page := homePage{Page: p.page(r), o: p.o, actor: p.Actor(r)}
	page.Words = ui.Input{Name: "cauta", Label: page.T("fiscal.find-what"), Hint: page.T("fiscal.find-hint"), Value: r.PostFormValue("cauta"), Required: true}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("fiscal.why"), Hint: page.T("fiscal.why-hint"), Value: r.PostFormValue("motiv"), Required: true}
	return page
}

func (p pages) home(w http.ResponseWriter, r *http.Request) error {
	page := p.homePage(r)
	if !p.o.may(page.actor, act.FindTaxpayer) {
		return ErrUnknown
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// find answers a form sent by POST with a page: whom somebody looked for never stands
// in an address.
func (p pages) find(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.homePage(r)
	page.Found, err = p.o.Find(r.Context(), page.actor, page.Words.Value, page.Reason.Value)
	if status := web.Blame(&page.Page, &page.Words.Error, err, map[*fault.Fault]*ui.Input{ErrPurpose: &page.Reason}); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	if len(page.Found) == 1 {
		return web.See(w, r, filePath(page.Found[0].ID, "", page.Reason.Value))
	}
	page.Searched = true
	return p.Render(w, r, http.StatusOK, page.view())
}

// The parts of a file, as they stand in addresses.
const (
	tabAccount  = ""
	tabPayments = "plati"
	tabNotes    = "note"
	tabReminded = "mementouri"
)

// filePage is a taxpayer's file.
type filePage struct {
	ui.Page
	o       *Office
	actor   act.Actor
	Purpose string
	Tab     string
	File    File
	Told    []Reminded // of that tab alone
	Problem string
	Note    ui.Input
	Reason  ui.Input
	Party   act.PartyID
}

// openFile opens a file for a page, for the purpose that the address has.
func (p pages) openFile(r *http.Request) (page filePage, err error) {
	page = filePage{Page: p.page(r), o: p.o, actor: p.Actor(r), Purpose: r.FormValue("motiv"), Tab: r.FormValue("fila"), Party: act.PartyID(r.PathValue("parte"))}
	page.Note = ui.Input{Name: "nota", Label: page.T("fiscal.note-text"), Hint: page.T("fiscal.note-hint"), Rows: 3, Max: 2000, Required: true}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("fiscal.why"), Hint: page.T("fiscal.why-hint"), Required: true}
	year, err := p.o.yearOf(r.FormValue("an"))
	if err != nil {
		return page, err
	}
	page.File, err = p.o.Open(r.Context(), page.actor, page.Party, page.Purpose, year)
	return page, err
}

// file shows a file. Without a purpose, it asks for one first.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openFile(r)
	if errors.Is(err, ErrPurpose) && p.o.may(page.actor, act.OpenLedger) {
		return p.Render(w, r, http.StatusOK, page.viewPurpose())
	} else if err != nil {
		return err
	}
	if page.Tab == tabReminded && p.o.Reminders != nil {
		if page.Told, err = p.o.Reminders.Reminded(r.Context(), page.Party, page.Lang()); err != nil {
			return err
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) note(w http.ResponseWriter, r *http.Request) error {
	err := p.o.WriteNote(r.Context(), p.Actor(r), web.Key(r), act.PartyID(r.PathValue("parte")), r.PostFormValue("nota"))
	if err == nil {
		return web.See(w, r, filePath(act.PartyID(r.PathValue("parte")), "", r.FormValue("motiv"))+"&fila="+tabNotes)
	}
	page, openErr := p.openFile(r)
	if openErr != nil {
		return openErr
	}
	page.Tab, page.Note.Value = tabNotes, r.PostFormValue("nota")
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrText: &page.Note}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// proposePage prepares a decision.
type proposePage struct {
	filePage
	Kind                                          Kind
	Terms                                         Terms
	Effect                                        Effect
	Shown                                         bool // the effect is
	Debts, Part, Amount, Months, First, Guarantee ui.Input
	Payment, After, Channel, Why, Basis           ui.Input
	TypedFirst, TypedAfter                        ui.Typed
}

func (p pages) proposePage(r *http.Request) (page proposePage, err error) {
	if page.filePage, err = p.openFile(r); err != nil {
		return page, err
	}
	if page.Kind = Kind(r.PathValue("fel")); verbs[page.Kind] == "" {
		return page, ErrUnknown
	}
	in := func(name, label string) ui.Input {
		return ui.Input{Name: name, Label: page.T(label), Value: r.PostFormValue(name), Required: true}
	}
	page.Debts, page.Part, page.Amount = in("datorie", "fiscal.choose-debts"), in("parte", "fiscal.choose-part"), in("suma", "fiscal.amount-lei")
	page.Months, page.First = in("luni", "fiscal.months"), in("prima", "fiscal.first")
	page.Guarantee, page.Payment, page.After = in("garantie", "fiscal.guarantee"), in("plata", "fiscal.choose-payment"), in("dupa", "fiscal.late-after")
	page.Channel, page.Why, page.Basis = in("canal", "fiscal.refund-by"), in("motivare", "fiscal.reason"), in("temei", "fiscal.basis")
	page.Months.Hint, page.Months.Inputmode, page.Months.Width = page.T("fiscal.months-hint"), "numeric", "w4"
	page.Guarantee.Required, page.After.Required = false, false
	page.After.Hint, page.Basis.Hint, page.Why.Rows, page.Why.Max, page.Basis.Max = page.T("fiscal.late-hint"), page.T("fiscal.basis-hint"), 3, 2000, 300
	if page.Kind == TakeBack {
		page.Amount.Hint, page.Amount.Required = page.T("fiscal.take-back-hint"), false
	}
	if r.Method == http.MethodGet {
		page.Basis.Value, page.Payment.Value, page.Channel.Value = defaultBasis[page.Kind], r.FormValue("plata"), "treasury"
		page.Terms.Obligations = r.Form["datorie"]
	}
	return page, nil
}

// defaultBasis is what decisions usually stand on.
var defaultBasis = map[Kind]string{Plan: "CPF art. 185", WriteOff: "", Refund: "CPF art. 168", Compensate: "CPF art. 167", TakeBack: "CPF art. 163"}

// read reads what was typed. It fails with what is wrong with the first field.
func (page *proposePage) read(r *http.Request) (err error) {
	t := Terms{Obligations: r.PostForm["datorie"], Part: ledger.Part(page.Part.Value), Guarantee: page.Guarantee.Value, Payment: page.Payment.Value,
		Channel: page.Channel.Value, Reason: page.Why.Value, Basis: page.Basis.Value}
	page.TypedFirst, page.TypedAfter = ui.ReadTyped(r.PostForm, "prima"), ui.ReadTyped(r.PostForm, "dupa")
	if page.Amount.Value != "" {
		if t.Amount, err = money.Parse(page.Amount.Value); err != nil || t.Amount < 0 {
			err = ErrAmount
		}
	}
	if page.Kind == Plan {
		n, ok := number(page.Months.Value)
		if t.Months = n; !ok && page.Months.Value != "0" && err == nil {
			err = ErrMonths
		}
		t.First = dated(page.TypedFirst, ErrDay, &err)
	}
	if !page.TypedAfter.Empty() {
		t.After = dated(page.TypedAfter, errLate, &err)
	}
	page.Terms = t
	return err
}

// errLate is [ErrDay] about the day after which a refund is late.
var errLate = fault.New(fault.Invalid, "fiscal.bad-late-day")

// dated reads a day. Unless something else is wrong already, a wrong one is that.
func dated(typed ui.Typed, otherwise *fault.Fault, err *error) deadline.Date {
	day, wrong := typed.Date()
	if wrong != nil && *err == nil {
		*err = otherwise
	}
	return day
}

func (p pages) newProposal(w http.ResponseWriter, r *http.Request) error {
	page, err := p.proposePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// propose shows what a decision would do, or enters it for somebody else to approve.
func (p pages) propose(w http.ResponseWriter, r *http.Request) error {
	page, err := p.proposePage(r)
	if err != nil {
		return err
	}
	err = page.read(r)
	proposal := Proposal{Kind: page.Kind, Party: page.Party, Terms: page.Terms}
	if err == nil {
		page.Effect, err = p.o.effect(r.Context(), p.o.DB, proposal)
		page.Shown = err == nil
	}
	if err == nil && r.PostFormValue("vezi") == "" {
		id, proposeErr := p.o.Propose(r.Context(), page.actor, web.Key(r), proposal)
		if err = proposeErr; err == nil {
			return web.See(w, r, "/lucru/taxe/propuneri/"+id)
		}
	}
	if err == nil {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	choose := &page.Debts
	if page.Kind == TakeBack {
		choose = &page.Payment
	} else if page.Kind == WriteOff && len(page.Terms.Obligations) == 1 {
		choose = &page.Part
	}
	fields := map[*fault.Fault]*ui.Input{ErrChoose: choose, ledger.ErrNotLate: choose, ErrAmount: &page.Amount, ErrMonths: &page.Months, ErrDay: &page.First,
		errLate: &page.After, ErrText: &page.Why, ErrBasis: &page.Basis}
	if page.Kind != Compensate {
		fields[ledger.ErrTooMuch] = &page.Amount
	}
	if status := web.Blame(&page.Page, &page.Problem, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// debtOptions returns the debts that a decision can be about.
func (p proposePage) debtOptions() (options []ui.Option) {
	debts := p.File.Sheet.Debts
	if p.Kind == Plan {
		debts = p.File.overdue()
	}
	for _, d := range debts {
		options = append(options, ui.Option{Value: d.ID, Label: p.o.debtName(p.Page, d.Kind, d.Year, d.Instalment),
			Hint: p.T("fiscal.debt-hint", p.Money(d.Principal), p.Money(d.Surcharge), p.Date(d.Due))})
	}
	return options
}

// paymentOptions returns the payments that can be taken back.
func (p proposePage) paymentOptions() (options []ui.Option) {
	for _, pay := range p.File.Payments {
		options = append(options, ui.Option{Value: pay.ID, Label: p.T("fiscal.payment-of", p.Money(pay.Amount), p.Date(pay.Day))})
	}
	return options
}

// surchargePage fixes the surcharge of what is overdue.
type surchargePage struct {
	filePage
	Debts  ui.Input
	Chosen []string
}

func (p pages) surchargePage(r *http.Request) (page surchargePage, err error) {
	page.filePage, err = p.openFile(r)
	page.Debts = ui.Input{Name: "datorie", Label: page.T("fiscal.choose-debts"), Hint: page.T("fiscal.fix-hint"), Required: true}
	page.Chosen = r.Form["datorie"]
	return page, err
}

func (p pages) newSurcharge(w http.ResponseWriter, r *http.Request) error {
	page, err := p.surchargePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) fixSurcharge(w http.ResponseWriter, r *http.Request) error {
	page, err := p.surchargePage(r)
	if err != nil {
		return err
	}
	err = p.o.FixSurcharge(r.Context(), page.actor, web.Key(r), page.Party, r.PostForm["datorie"])
	if err == nil {
		return web.See(w, r, filePath(page.Party, "", page.Purpose))
	}
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrChoose: &page.Debts}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// proposalsPage lists the decisions that wait.
type proposalsPage struct {
	ui.Page
	All   []Proposal
	Names map[act.PartyID]string
}

func (p pages) proposals(w http.ResponseWriter, r *http.Request) (err error) {
	page := proposalsPage{Page: p.page(r)}
	if page.All, err = p.o.Proposals(r.Context(), p.Actor(r)); err != nil {
		return err
	}
	var officials []act.PartyID
	for _, one := range page.All {
		officials = append(officials, one.By)
	}
	if page.Names, err = p.o.People.Names(r.Context(), officials); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// proposalPage shows a proposal to whoever decides about it.
type proposalPage struct {
	filePage
	Proposal Proposal
	Effect   Effect
	No       ui.Input
}

func (p pages) proposalPage(r *http.Request) (page proposalPage, err error) {
	page.filePage = filePage{Page: p.page(r), o: p.o, actor: p.Actor(r), Purpose: "aprobare"}
	page.No = ui.Input{Name: "raspuns", Label: page.T("fiscal.refuse-why"), Value: r.PostFormValue("raspuns"), Rows: 3, Max: 1000, Required: true}
	page.Proposal, page.Effect, page.File, err = p.o.Look(r.Context(), page.actor, r.PathValue("propunere"))
	page.Party = page.Proposal.Party
	if web.Blame(&page.Page, &page.Problem, err, nil) != 0 && page.Proposal.ID != "" {
		err, page.HasErrors = nil, false // it would fail now; the page says why
	}
	return page, err
}

// decides reports whether the reader can decide about the proposal.
func (p proposalPage) decides() bool {
	return p.Proposal.waits() && p.Proposal.By != p.actor.Person && (p.Proposal.State == open || p.Proposal.Decided == p.actor.Person) &&
		p.o.may(p.actor, act.ApproveDebt)
}

// carries reports whether the reader may approve it.
func (p proposalPage) carries() bool { return p.o.may(p.actor, verbs[p.Proposal.Kind]) }

func (p pages) proposal(w http.ResponseWriter, r *http.Request) error {
	page, err := p.proposalPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) approve(w http.ResponseWriter, r *http.Request) error {
	_, err := p.o.Approve(r.Context(), p.Actor(r), r.PathValue("propunere"))
	return p.decided(w, r, err)
}

func (p pages) refuse(w http.ResponseWriter, r *http.Request) error {
	_, err := p.o.Refuse(r.Context(), p.Actor(r), r.PathValue("propunere"), r.PostFormValue("raspuns"))
	return p.decided(w, r, err)
}

// decided leads on after a decision, or shows why there was none.
func (p pages) decided(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return web.See(w, r, "/lucru/taxe/propuneri/"+r.PathValue("propunere"))
	}
	if fault.Of(err).Kind == fault.Missing {
		return err // whoever may not decide opens nothing
	}
	page, openErr := p.proposalPage(r)
	if openErr != nil {
		return openErr
	}
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrText: &page.No}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

package treasury

import (
	"net/http"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

func (p pages) mountInflow() {
	p.Handle("GET /lucru/taxe/intrari", act.ReadPaymentDesk, p.inflow)
	p.Handle("POST /lucru/taxe/intrari", act.ImportPayments, p.load)
	p.Handle("GET /lucru/taxe/intrari/{linie}", act.AssignPayment, p.waitingLine)
	p.Handle("POST /lucru/taxe/intrari/{linie}", act.AssignPayment, p.decideLine)
	p.Handle("GET /lucru/taxe/reconciliere", act.ReadPaymentDesk, p.reconcile)
	p.Handle("POST /lucru/taxe/reconciliere", act.ExplainGap, p.explain)
}

// channelNames are the texts that name channels.
var channelNames = map[string]string{treasuryChannel: "treasury.channel-treasury", postChannel: "treasury.channel-post", ghiseulChannel: "treasury.channel-ghiseul",
	deskChannel: "treasury.channel-desk", cardChannel: "treasury.channel-card"}

// channelName returns what a channel is called.
func channelName(p ui.Page, channel string) string {
	if key := channelNames[channel]; key != "" {
		return p.T(key)
	}
	return channel
}

// channelOptions returns some channels to choose from.
func channelOptions(p ui.Page, channels ...string) (options []ui.Option) {
	for _, channel := range channels {
		options = append(options, ui.Option{Value: channel, Label: channelName(p, channel)})
	}
	return options
}

// inflowPage enters statements, and lists what waits.
type inflowPage struct {
	ui.Page
	o       *Office
	actor   act.Actor
	In      Inflow
	Last    Import // that was just entered
	Problem string
	Channel ui.Input
	File    ui.Input
}

func (p pages) inflowPage(r *http.Request) (page inflowPage, err error) {
	page = inflowPage{Page: p.page(r), o: p.o, actor: p.Actor(r)}
	page.Channel = ui.Input{Name: "canal", Label: page.T("treasury.channel"), Required: true}
	page.File = ui.Input{Name: "fisier", Label: page.T("treasury.file"), Hint: page.T("treasury.file-hint"), Required: true}
	page.In, err = p.o.Inflow(r.Context(), page.actor)
	for _, i := range page.In.Imports {
		if i.ID == r.FormValue("gata") {
			page.Last = i
		}
	}
	return page, err
}

func (p pages) inflow(w http.ResponseWriter, r *http.Request) error {
	page, err := p.inflowPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// load enters a statement. What came of it is on the page that this leads to.
func (p pages) load(w http.ResponseWriter, r *http.Request) error {
	typed, err := web.Parse(r)
	if err != nil {
		return err
	}
	i, err := Import{}, error(errNoFile)
	if files := typed.Files["fisier"]; len(files) == 1 && files[0].Size <= mostBytes {
		i, err = p.o.Import(r.Context(), p.Actor(r), typed.Get("canal"), files[0].Bytes)
	}
	if err == nil {
		return web.See(w, r, "/lucru/taxe/intrari?gata="+i.ID)
	}
	page, openErr := p.inflowPage(r)
	if openErr != nil {
		return openErr
	}
	page.Channel.Value = typed.Get("canal")
	fields := map[*fault.Fault]*ui.Input{ErrChannel: &page.Channel}
	for _, about := range []*fault.Fault{errNoFile, ErrFile, ErrHead, ErrRow, ErrTwice, ErrNoTotal, ErrTotal, ErrSeen, ErrOther} {
		fields[about] = &page.File
	}
	if status := web.Blame(&page.Page, &page.Problem, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

var errNoFile = fault.New(fault.Invalid, "treasury.no-file")

// linePage decides about a line that waits.
type linePage struct {
	ui.Page
	Line     Entered
	Problem  string
	Words    ui.Input
	Whose    ui.Input
	Searched bool
	Found    []Taxpayer
	Of, Day  ui.Input
	TypedDay ui.Typed
}

func (p pages) linePage(r *http.Request) (page linePage, err error) {
	page = linePage{Page: p.page(r)}
	page.Words = wordsInput(page.Page, r)
	page.Whose = ui.Input{Name: "parte", Label: page.T("treasury.whose"), Value: r.PostFormValue("parte"), Required: true}
	page.Of = ui.Input{Name: "canal", Label: page.T("treasury.of-channel"), Value: r.PostFormValue("canal"), Required: true}
	page.Day, page.TypedDay = ui.Input{Name: "zi", Label: page.T("treasury.of-day"), Required: true}, ui.ReadTyped(r.PostForm, "zi")
	page.Line, err = p.o.Waiting(r.Context(), p.Actor(r), r.PathValue("linie"))
	return page, err
}

func (p pages) waitingLine(w http.ResponseWriter, r *http.Request) error {
	page, err := p.linePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// decideLine looks for whose a line is, or decides about it, as the button says. What was
// found is found again if the decision is refused.
func (p pages) decideLine(w http.ResponseWriter, r *http.Request) error {
	page, err := p.linePage(r)
	if err != nil {
		return err
	}
	status, search := http.StatusOK, r.PostFormValue("ce") == "cauta"
	if !search {
		if err = p.decide(r, page); err == nil {
			return web.See(w, r, "/lucru/taxe/intrari")
		}
		status = web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrNoChannel: &page.Of, ErrDay: &page.Day, ErrChoose: &page.Whose})
		if status == 0 {
			return err
		}
	}
	if search || page.Words.Value != "" {
		page.Found, err = p.o.People.Find(r.Context(), p.Actor(r), page.Words.Value)
		page.Searched = err == nil
		if refused := web.Blame(&page.Page, &page.Words.Error, err, nil); refused != 0 {
			status = refused
		} else if err != nil {
			return err
		}
	}
	return p.Render(w, r, status, page.view())
}

// decide does what the button says.
func (p pages) decide(r *http.Request, page linePage) error {
	actor, id := p.Actor(r), page.Line.ID
	switch r.PostFormValue("ce") {
	case "decontare":
		day, err := page.TypedDay.Date()
		if err != nil {
			return ErrDay
		}
		return p.o.Settlement(r.Context(), actor, web.Key(r), id, page.Of.Value, day)
	case "retur":
		return p.o.SendBack(r.Context(), actor, web.Key(r), id)
	}
	if page.Whose.Value == "" {
		return ErrChoose
	}
	return p.o.Assign(r.Context(), actor, web.Key(r), id, act.PartyID(page.Whose.Value))
}

// reconcilePage compares the ledger with what banks and statements say.
type reconcilePage struct {
	ui.Page
	o     *Office
	actor act.Actor
	period
	Gaps    []Gap
	Names   map[act.PartyID]string
	Check   Check
	Problem string
	Why     ui.Input
	About   string // the gap that the form is about: day and channel
}

func (p pages) reconcilePage(r *http.Request) (page reconcilePage, err error) {
	page = reconcilePage{Page: p.page(r), o: p.o, actor: p.Actor(r), About: r.FormValue("zi") + " " + r.FormValue("canal")}
	page.Why = ui.Input{Name: "motiv", Label: page.T("treasury.gap-why"), Value: r.PostFormValue("motiv"), Rows: 2, Max: 1000, Required: true}
	page.period = p.periodOf(r, &page.Page, func(to deadline.Date) deadline.Date { return to.AddDays(-13) })
	if page.Gaps, page.Names, err = p.o.Gaps(r.Context(), page.actor, page.from, page.to); err != nil {
		return page, err
	}
	page.Check, err = p.o.LastCheck(r.Context(), page.actor)
	return page, err
}

func (p pages) reconcile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.reconcilePage(r)
	if status := web.Blame(&page.Page, &page.Problem, err, nil); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return p.Render(w, r, page.status(), page.view())
}

// explain says why the ledger and a statement differ on a day.
func (p pages) explain(w http.ResponseWriter, r *http.Request) error {
	page, err := p.reconcilePage(r)
	if err != nil {
		return err
	}
	err = ErrUnknown
	for _, g := range page.Gaps {
		if g.Day.String()+" "+g.Channel == page.About {
			err = p.o.Explain(r.Context(), page.actor, web.Key(r), g, r.PostFormValue("vazut"), page.Why.Value)
		}
	}
	if err == nil {
		return web.See(w, r, "/lucru/taxe/reconciliere?"+page.query())
	}
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrText: &page.Why}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

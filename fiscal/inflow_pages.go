package fiscal

import (
	"net/http"

	"bega/internal/act"
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
var channelNames = map[string]string{treasuryChannel: "fiscal.channel-treasury", postChannel: "fiscal.channel-post", ghiseulChannel: "fiscal.channel-ghiseul",
	deskChannel: "fiscal.channel-desk", cardChannel: "fiscal.channel-card"}

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
	page.Channel = ui.Input{Name: "canal", Label: page.T("fiscal.channel"), Required: true}
	page.File = ui.Input{Name: "fisier", Label: page.T("fiscal.file"), Hint: page.T("fiscal.file-hint"), Required: true}
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
	if status := blame(&page.Page, &page.Problem, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

var errNoFile = fault.New(fault.Invalid, "fiscal.no-file")

// linePage decides about a line that waits.
type linePage struct {
	ui.Page
	o        *Office
	Line     Entered
	Problem  string
	Words    ui.Input
	Whose    ui.Input
	Searched bool
	Found    []Found
	Of, Day  ui.Input
	TypedDay ui.Typed
}

func (p pages) linePage(r *http.Request) (page linePage, err error) {
	page = linePage{Page: p.page(r), o: p.o}
	page.Words = ui.Input{Name: "cauta", Label: page.T("fiscal.find-what"), Hint: page.T("fiscal.find-hint"), Value: r.PostFormValue("cauta"), Required: true}
	page.Whose = ui.Input{Name: "parte", Label: page.T("fiscal.whose"), Value: r.PostFormValue("parte"), Required: true}
	page.Of = ui.Input{Name: "canal", Label: page.T("fiscal.of-channel"), Value: r.PostFormValue("canal"), Required: true}
	page.Day, page.TypedDay = ui.Input{Name: "zi", Label: page.T("fiscal.of-day"), Required: true}, ui.ReadTyped(r.PostForm, "zi")
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

// decideLine looks for whose a line is, or decides about it, as the button says.
func (p pages) decideLine(w http.ResponseWriter, r *http.Request) error {
	page, err := p.linePage(r)
	if err != nil {
		return err
	}
	actor, id := p.Actor(r), page.Line.ID
	if page.Words.Value != "" || r.PostFormValue("ce") == "cauta" {
		page.Found, err = p.o.Find(r.Context(), actor, page.Words.Value, "plata")
		page.Searched = err == nil
	}
	switch ce := r.PostFormValue("ce"); {
	case err != nil || ce == "cauta":
	case ce == "decontare":
		day := dated(page.TypedDay, ErrDay, &err)
		if err == nil {
			err = p.o.Settlement(r.Context(), actor, web.Key(r), id, page.Of.Value, day)
		}
	case ce == "retur":
		err = p.o.SendBack(r.Context(), actor, web.Key(r), id)
	case page.Whose.Value == "":
		err = ErrChoose
	default:
		err = p.o.Assign(r.Context(), actor, web.Key(r), id, act.PartyID(page.Whose.Value))
	}
	if err == nil && r.PostFormValue("ce") != "cauta" {
		return web.See(w, r, "/lucru/taxe/intrari")
	} else if err == nil {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	fields := map[*fault.Fault]*ui.Input{ErrSearch: &page.Words, ErrNoChannel: &page.Of, ErrDay: &page.Day, ErrChoose: &page.Whose}
	if status := blame(&page.Page, &page.Problem, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// reconcilePage compares the ledger with what banks and statements say.
type reconcilePage struct {
	ui.Page
	o       *Office
	actor   act.Actor
	From    string
	To      string
	Gaps    []Gap
	Names   map[act.PartyID]string
	Check   Check
	Problem string
	Why     ui.Input
	About   string // the gap that the form is about: day and channel
}

func (p pages) reconcilePage(r *http.Request) (page reconcilePage, err error) {
	page = reconcilePage{Page: p.page(r), o: p.o, actor: p.Actor(r), About: r.FormValue("zi") + " " + r.FormValue("canal")}
	page.Why = ui.Input{Name: "motiv", Label: page.T("fiscal.gap-why"), Value: r.PostFormValue("motiv"), Rows: 2, Max: 1000, Required: true}
	to := dayOf(r.FormValue("pana"), p.o.today())
	from := dayOf(r.FormValue("din"), to.AddDays(-13))
	page.From, page.To = from.String(), to.String()
	if page.Gaps, page.Names, err = p.o.Gaps(r.Context(), page.actor, from, to); err != nil {
		return page, err
	}
	page.Check, err = p.o.LastCheck(r.Context(), page.actor)
	return page, err
}

func (p pages) reconcile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.reconcilePage(r)
	if status := blame(&page.Page, &page.Problem, err, nil); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
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
		return web.See(w, r, "/lucru/taxe/reconciliere?din="+page.From+"&pana="+page.To)
	}
	if status := blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrText: &page.Why}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

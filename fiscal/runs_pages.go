package fiscal

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/internal/jobs"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/taxes"
	"bega/taxroll"
)

func (p pages) mountRuns() {
	p.Handle("GET /lucru/taxe/calcul", act.ReadRuns, p.runs)
	p.Handle("POST /lucru/taxe/calcul", act.AssessTaxes, p.start)
	p.Handle("GET /lucru/taxe/calcul/{calcul}", act.ReadRuns, p.run)
	p.Handle("GET /lucru/taxe/registre/{registru}/respinse.csv", act.ImportRegister, p.rejects)
	p.Handle("POST /lucru/taxe/registre/{registru}/publica", act.PublishImport, p.publish)
	p.Handle("POST /lucru/taxe/registre/{registru}/anuleaza", act.RevertImport, p.revert)
	p.Handle("GET /lucru/taxe/sezon", act.ReadRuns, p.season)
	p.Handle("POST /lucru/taxe/sezon", act.CloseSeason, p.closeSeason)
}

// registersPath is where registers are sent in, and each is looked at, in package intake.
const registersPath = "/lucru/taxe/registre"

// What is done for everybody at once.
const (
	assessAll = "calcul"
	decideAll = "decizii"
)

// A Task is something that is done for everybody at once, by the queue.
type Task struct {
	What        string
	Year        int
	Provisional bool
}

// Start has the queue assess everybody for a year, or issue their decisions. It may be
// started again while it runs, or after it was interrupted: nothing happens twice.
func (o *Office) Start(ctx context.Context, actor act.Actor, key string, t Task) error {
	if t.What != assessAll && t.What != decideAll {
		return ErrKind
	}
	if _, err := o.Taxes.Rules(t.Year); err != nil {
		return err
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.AssessTaxes, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.at(fmt.Sprint("assessment ", t.Year))) != nil {
			return ErrUnknown
		}
		done = true
		return o.Tasks.Add(ctx, tx.Tx, t, jobs.Unique())
	})
}

// Carry carries a task out, for the queue. What was begun goes on where it was.
func (o *Office) Carry(ctx context.Context, t Task) (err error) {
	if t.What == decideAll {
		_, err = o.Taxes.DecideAll(ctx, act.Machine, t.Year, nil)
	} else {
		_, err = o.Taxes.Assess(ctx, act.Machine, t.Year, t.Provisional, nil)
	}
	return err
}

// runsPage shows assessments of everybody, and registers that were loaded.
type runsPage struct {
	ui.Page
	o       *Office
	actor   act.Actor
	Runs    []taxes.Run
	Imports []taxroll.Import
	Problem string
	Year    ui.Input
	What    ui.Input
	Draft   ui.Input
	Started bool
}

func (p pages) runsPage(r *http.Request) (page runsPage, err error) {
	page = runsPage{Page: p.page(r), o: p.o, actor: p.Actor(r), Started: r.FormValue("pornit") != ""}
	page.Year = ui.Input{Name: "an", Label: page.T("fiscal.year"), Inputmode: "numeric", Width: "w4", Value: r.PostFormValue("an"), Required: true}
	page.What = ui.Input{Name: "ce", Label: page.T("fiscal.task"), Value: r.PostFormValue("ce"), Required: true}
	page.Draft = ui.Input{Name: "provizoriu", Label: page.T("fiscal.as-provisional"), Value: r.PostFormValue("provizoriu")}
	if page.Year.Value == "" {
		page.Year.Value = strconv.Itoa(p.o.today().Year)
	}
	if page.Runs, err = p.o.Taxes.Runs(r.Context(), page.actor); err != nil {
		return page, hidden(err)
	}
	page.Imports, err = p.o.Roll.Imports(r.Context(), page.actor)
	return page, hidden(err)
}

func (p pages) runs(w http.ResponseWriter, r *http.Request) error {
	page, err := p.runsPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) start(w http.ResponseWriter, r *http.Request) error {
	page, err := p.runsPage(r)
	if err != nil {
		return err
	}
	year, _ := number(page.Year.Value)
	err = p.o.Start(r.Context(), page.actor, web.Key(r), Task{page.What.Value, year, page.Draft.Value != ""})
	if err == nil {
		return web.See(w, r, "/lucru/taxe/calcul?pornit=1")
	}
	if fault.Of(err).Kind == fault.Missing && p.o.may(page.actor, act.AssessTaxes) {
		err = errNoRules // there is no such law
	}
	return p.refusedRun(w, r, page, err)
}

var errNoRules = fault.New(fault.Invalid, "fiscal.no-rules")

func (p pages) refusedRun(w http.ResponseWriter, r *http.Request, page runsPage, err error) error {
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{errNoRules: &page.Year, ErrKind: &page.What}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return hidden(err)
}

// runPage shows what an assessment could not assess.
type runPage struct {
	ui.Page
	Run  taxes.Run
	Gaps []taxes.Gap
}

// mostGaps is how many objects that could not be assessed a page lists.
const mostGaps = 200

func (p pages) run(w http.ResponseWriter, r *http.Request) error {
	runs, err := p.runsPage(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(runs.Runs, func(run taxes.Run) bool { return run.ID == r.PathValue("calcul") })
	if i < 0 {
		return ErrUnknown
	}
	page := runPage{Page: runs.Page, Run: runs.Runs[i]}
	if page.Gaps, err = p.o.Taxes.Gaps(r.Context(), runs.actor, page.Run.ID, mostGaps); err != nil {
		return hidden(err)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// rejects answers with the rows that a register could not be loaded from.
func (p pages) rejects(w http.ResponseWriter, r *http.Request) error {
	var file bytes.Buffer
	if err := p.o.Roll.Rejects(r.Context(), p.Actor(r), r.PathValue("registru"), &file); err != nil {
		return hidden(err)
	}
	return web.Download(w, "respinse.csv", "text/csv; charset=utf-8", file.Bytes(), false)
}

func (p pages) publish(w http.ResponseWriter, r *http.Request) error {
	return p.changed(w, r, p.o.Roll.Publish(r.Context(), p.Actor(r), web.Key(r), r.PathValue("registru")))
}

func (p pages) revert(w http.ResponseWriter, r *http.Request) error {
	return p.changed(w, r, p.o.Roll.Revert(r.Context(), p.Actor(r), web.Key(r), r.PathValue("registru")))
}

func (p pages) changed(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return web.See(w, r, "/lucru/taxe/calcul")
	}
	page, openErr := p.runsPage(r)
	if openErr != nil {
		return openErr
	}
	return p.refusedRun(w, r, page, err)
}

// seasonPage stops payments for a time, and lets them go on.
type seasonPage struct {
	ui.Page
	o                                 *Office
	actor                             act.Actor
	All                               []taxes.Closure
	Problem                           string
	Closure                           ui.Input // key; empty for a new one
	From, To, Reason, English, Source ui.Input
	TypedFrom, TypedTo                ui.Typed
}

func (p pages) seasonPage(r *http.Request) (page seasonPage, err error) {
	page = seasonPage{Page: p.page(r), o: p.o, actor: p.Actor(r)}
	in := func(name, label string) ui.Input {
		return ui.Input{Name: name, Label: page.T(label), Value: r.PostFormValue(name), Required: true}
	}
	page.Closure = ui.Input{Name: "oprire", Value: r.FormValue("oprire")}
	page.From, page.To = in("din", "fiscal.stopped-from"), in("pana", "fiscal.stopped-to")
	page.Reason, page.English, page.Source = in("motiv", "fiscal.stopped-why"), in("motiv_en", "fiscal.stopped-why-en"), in("sursa", "fiscal.stopped-source")
	page.English.Required, page.To.Hint = false, page.T("fiscal.stopped-to-hint")
	page.TypedFrom, page.TypedTo = ui.ReadTyped(r.PostForm, "din"), ui.ReadTyped(r.PostForm, "pana")
	if !p.o.may(page.actor, act.ReadRuns) {
		return page, ErrUnknown
	}
	if page.All, err = p.o.Taxes.Closures(r.Context()); err != nil {
		return page, err
	}
	slices.SortFunc(page.All, func(a, b taxes.Closure) int { return b.From.Compare(a.From) })
	if was, ok := page.known(); ok && r.Method == http.MethodGet {
		page.TypedFrom, page.TypedTo = ui.TypedOf(deadline.Of(was.From.In(p.o.Zone))), ui.TypedOf(deadline.Of(was.To.In(p.o.Zone)))
		page.Reason.Value, page.English.Value, page.Source.Value = was.Reason["ro"], was.Reason["en"], was.Source
	}
	return page, nil
}

// known returns the closure that is to be changed.
func (page seasonPage) known() (taxes.Closure, bool) {
	i := slices.IndexFunc(page.All, func(c taxes.Closure) bool { return c.Key == page.Closure.Value })
	if i < 0 {
		return taxes.Closure{}, false
	}
	return page.All[i], true
}

func (p pages) season(w http.ResponseWriter, r *http.Request) error {
	page, err := p.seasonPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// closeSeason stops payments, changes how long they are stopped, or lets them go on now.
func (p pages) closeSeason(w http.ResponseWriter, r *http.Request) error {
	page, err := p.seasonPage(r)
	if err != nil {
		return err
	}
	c, known := page.known()
	if page.Closure.Value != "" && !known {
		return ErrUnknown
	}
	if r.PostFormValue("incheie") != "" {
		c.To = p.o.Now().Add(time.Microsecond).UTC().Truncate(time.Microsecond)
		if c.Source = strings.TrimSpace(page.Source.Value); c.Source == "" {
			err = taxes.ErrReason // why it ends
		}
	} else {
		from, to := dated(page.TypedFrom, ErrDay, &err), dated(page.TypedTo, errLate, &err)
		c = taxes.Closure{Key: page.Closure.Value, From: from.Midnight(p.o.Zone), To: to.AddDays(1).Midnight(p.o.Zone),
			Reason: form.Text{"ro": strings.TrimSpace(page.Reason.Value), "en": cmp.Or(strings.TrimSpace(page.English.Value), strings.TrimSpace(page.Reason.Value))}, Source: strings.TrimSpace(page.Source.Value)}
		if c.Key == "" {
			c.Key = "oprire-" + db.NewID()
		}
	}
	if err == nil {
		err = p.o.Taxes.Close(r.Context(), page.actor, web.Key(r), c)
	}
	if err == nil {
		return web.See(w, r, "/lucru/taxe/sezon")
	}
	why := &page.Reason
	if page.Reason.Value != "" || r.PostFormValue("incheie") != "" {
		why = &page.Source
	}
	if status := web.Blame(&page.Page, &page.Problem, err, map[*fault.Fault]*ui.Input{ErrDay: &page.From, errLate: &page.To, taxes.ErrPeriod: &page.To, taxes.ErrReason: why}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return hidden(err)
}

package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/jobs"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// mountState mounts the pages that say how the portal is doing.
func (t *Town) mountState() {
	t.site.Handle("GET /stare", act.ReadPublic, t.state)
	t.site.Handle("GET /lucru/acte", act.ReadActs, t.actsPage)
	t.site.Handle("GET /admin/coada", act.WatchTown, t.queuePage)
	t.site.Handle("POST /admin/coada/{lucrare}/repeta", act.WatchTown, t.retry)
}

// statePage says to everybody what works.
type statePage struct {
	ui.Page
	Parts    []part
	Services []typical
}

// A part of the portal, and whether it works.
type part struct {
	Name string
	OK   bool
	Note string
}

// late is how long a mail or a seal may wait before people are told.
const late = 5 * time.Minute

func (t *Town) state(w http.ResponseWriter, r *http.Request) error {
	_, p := t.actorOf(r, "")
	page := statePage{Page: p}
	add := func(key string, ok bool, note string) {
		page.Parts = append(page.Parts, part{p.T(key), ok, note})
	}
	health, err := t.queue.Health(r.Context())
	add("portal.state-requests", err == nil, "")
	add("portal.state-files", t.blobs.Check(r.Context()) == nil, "")
	note := ""
	if health.Oldest > late {
		note = p.T("portal.state-late", int(health.Oldest.Minutes()))
	}
	add("portal.state-mail", err == nil && health.Oldest <= late, note)
	lag, err := t.audit.Lag(r.Context())
	add("portal.state-acts", err == nil && lag < late, "")
	add("portal.state-payments", t.payments.Provider != nil, "")
	for _, service := range t.catalog.Services(t.today()) {
		half, nine, n, err := t.cases.Durations(r.Context(), service.Key)
		if err != nil {
			return err
		}
		if n >= enough {
			page.Services = append(page.Services, typical{service.Title.In(p.Lang()), "/servicii/" + service.Key, half, nine})
		}
	}
	return t.site.Render(w, r, http.StatusOK, page.view())
}

func (p statePage) allWell() bool {
	for _, part := range p.Parts {
		if !part.OK {
			return false
		}
	}
	return true
}

func (p statePage) sheet() ui.Sheet {
	s := ui.Sheet{Caption: p.T("portal.state-durations"), Columns: []ui.Column{{Label: p.T("portal.state-service")},
		{Label: p.T("portal.state-half"), Number: true}, {Label: p.T("portal.state-nine"), Number: true}}}
	for _, service := range p.Services {
		s.Rows = append(s.Rows, []ui.Cell{{Text: service.Title, Href: service.Href},
			{Text: p.T("portal.state-days", service.Half)}, {Text: p.T("portal.state-days", service.Nine)}})
	}
	return s
}

// queuePage lists what could not be done, for the operator.
type queuePage struct {
	ui.Page
	Health jobs.Health
	Failed []jobs.FailedJob
}

// mostFailed is how many failed jobs the page lists.
const mostFailed = 50

func (t *Town) queuePage(w http.ResponseWriter, r *http.Request) (err error) {
	actor, p := t.actorOf(r, "/admin")
	if err := actor.May(act.WatchTown, act.On{Subject: "queue"}); err != nil {
		return err
	}
	page := queuePage{Page: p}
	if page.Health, err = t.queue.Health(r.Context()); err != nil {
		return err
	}
	if page.Failed, err = t.queue.Failed(r.Context(), mostFailed); err != nil {
		return err
	}
	return t.site.Render(w, r, http.StatusOK, page.view())
}

// retry has a job done again that was given up.
func (t *Town) retry(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("lucrare"), 10, 64)
	if err != nil {
		return act.ErrRefused
	}
	err = t.acts.Do(r.Context(), t.site.Actor(r), act.WatchTown, func(_ context.Context, tx *act.Tx) error {
		return tx.Allow(act.On{Subject: "job " + r.PathValue("lucrare")})
	})
	if err != nil {
		return err
	}
	if err := t.queue.RetryFailed(r.Context(), id); errors.Is(err, db.ErrNone) {
		return act.ErrRefused
	} else if err != nil {
		return err
	}
	return web.See(w, r, "/admin/coada")
}

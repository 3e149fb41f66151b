package applications

import (
	"embed"
	"errors"
	"net/http"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Files holds the texts of the room.
//
//go:embed texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /cereri", act.ReadCase, p.list)
	site.Handle("GET /cereri/{cerere}", act.ReadCase, p.show)
	site.Handle("GET /cereri/{cerere}/confirmare", act.ReadCase, p.confirmation)
	site.Handle("GET /cereri/{cerere}/calendar.ics", act.ReadCase, p.calendar)
	site.Handle("GET /cereri/{cerere}/completare/{solicitare}", act.AnswerAsked, p.ask)
	site.Handle("POST /cereri/{cerere}/completare/{solicitare}", act.AnswerAsked, p.reply)
	site.Handle("POST /cereri/{cerere}/fisier", act.WriteMessage, p.upload)
	site.Handle("POST /cereri/{cerere}/mesaje", act.WriteMessage, p.write)
	site.Handle("GET /cereri/{cerere}/renunta", act.WithdrawCase, p.leaving)
	site.Handle("POST /cereri/{cerere}/renunta", act.WithdrawCase, p.withdraw)
	site.Handle("POST /cereri/{cerere}/contesta", act.ReadCase, p.contest)
	site.Handle("GET /urmareste", act.ReadPublic, p.track)
}

// page returns what all pages of this room have to know.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/dosar"
	return page
}

// listPage lists the cases of a folder.
type listPage struct {
	ui.Page
	Running, Over []listRow
}

// A listRow is a case of the list.
type listRow struct {
	ui.Item
	State ui.State
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	page := listPage{Page: p.page(r)}
	all, err := p.o.Cases.Cases(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	for _, c := range all {
		of, err := p.o.Cases.Service(c)
		if err != nil {
			return err
		}
		row := listRow{ui.Item{Href: cases.Path(c.ID, ""), Title: of.Title.In(page.Lang()), Code: c.Number.String(), Note: p.next(page.Page, c)}, ui.State(c.State.Public())}
		if c.State.Over() {
			page.Over = append(page.Over, row)
		} else {
			page.Running = append(page.Running, row)
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// next says what comes next in a case, and when.
func (p pages) next(page ui.Page, c cases.Case) string {
	today := deadline.Of(page.Now)
	due, running := c.Clock.Due(p.o.Calendar, today)
	switch {
	case c.State.Over():
		return page.T("applications.ended", page.Day(c.Over))
	case c.Late(p.o.Calendar, today) > 0:
		return page.T("applications.late-by", c.Late(p.o.Calendar, today))
	case due.IsZero():
		return page.T("applications.sent-on", page.Day(c.Filed))
	case !running:
		return page.T("applications.stopped")
	}
	return page.T("applications.until", page.Date(due))
}

// trackPage tells whoever has a receipt where the case is.
type trackPage struct {
	ui.Page
	Number, Code ui.Input
	Found        *cases.Public
	Sentence     string
	Unit         string
}

// track needs no account, and tells nothing about anybody. What is typed is in
// the address, so that it can be kept; the code of a receipt opens nothing else.
func (p pages) track(w http.ResponseWriter, r *http.Request) error {
	page := trackPage{Page: p.Page(r)}
	page.Section = "/servicii"
	page.Number = ui.Input{Name: "numar", Label: page.T("applications.track-number"), Hint: page.T("applications.track-number-hint"), Value: r.FormValue("numar"), Width: "w10"}
	page.Code = ui.Input{Name: "cod", Label: page.T("applications.track-code"), Hint: page.T("applications.track-code-hint"), Value: r.FormValue("cod"), Width: "w10"}
	if page.Number.Value == "" && page.Code.Value == "" {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	found, err := p.o.Cases.Track(r.Context(), page.Number.Value, page.Code.Value)
	if errors.Is(err, cases.ErrTrack) {
		page.Number.Error, page.HasErrors = page.T(cases.ErrTrack.Key), true
		return p.Render(w, r, web.Status(fault.Of(err)), page.view())
	} else if err != nil {
		return err
	}
	page.Found, page.Unit = &found, p.o.Cases.UnitTitle(found.Unit, page.Lang())
	return p.Render(w, r, http.StatusOK, page.view())
}

package applications

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// casePage shows somebody their case: where it is, who has it, what comes next
// and until when.
type casePage struct {
	ui.Page
	cases.View
	Title   string
	Answer  string // where it is, and who has it
	Next    string // what comes next, and until when; or what was decided
	Good    string // until when that is good; "" if for ever, or if nothing was granted
	Late    string // that we are; "" if we are not
	Tasks   []ui.Task
	Line    []ui.Event
	Thread  []ui.Message
	Message ui.Input
	Files   ui.Input
	Limits  ui.Limits
	Sent    bool // a message was just sent
	Facts   []ui.Fact
	Recap   []ui.Fact
	Papers  []ui.Link
	Pauses  []string // when the clock stood still
	Paused  int      // on how many days
	Openers []ui.Item
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	page, err := p.casePage(r)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(page.Messages, func(m cases.Message) bool { return m.Staff && m.Read.IsZero() }) {
		if err := p.o.Cases.MarkRead(r.Context(), p.Actor(r), page.ID); err != nil {
			return err
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) casePage(r *http.Request) (page casePage, err error) {
	page.Page = p.page(r)
	if page.View, err = p.o.Cases.ByID(r.Context(), p.Actor(r), r.PathValue("cerere")); err != nil {
		return page, err
	}
	page.Sent = r.Method == http.MethodGet && r.FormValue("trimis") != ""
	page.Title = page.Of.Title.In(page.Lang())
	today := deadline.Of(page.Now)
	p.where(&page, today)
	p.timeline(&page, today)
	p.thread(&page, p.Actor(r).Person)
	p.about(&page, today)
	page.Message = ui.Input{Name: "mesaj", Label: page.T("applications.write-us"), Hint: page.T("applications.write-hint"), Max: cases.LongestText, Rows: 4}
	page.Files = ui.Input{Name: "fisiere", Label: page.T("applications.write-files")}
	page.Limits = limits(page.Page)
	return page, nil
}

// limits are what is accepted of files.
func limits(p ui.Page) ui.Limits {
	return ui.Limits{Accept: ".pdf,.jpg,.jpeg,.png", Kinds: p.T("applications.file-kinds"), MaxBytes: upload.MaxBytes, Multiple: true}
}

// official returns how an official is called before people, with the department:
// "Ioana M., Urbanism"; the department alone if there is nobody.
func (page casePage) official(o *Office, id act.PartyID, unit string) string {
	u, err := o.Catalog.Unit(unit)
	if err != nil || page.Names[id] == "" {
		return o.Cases.UnitTitle(unit, page.Lang())
	}
	return page.T("applications.official", cases.Short(page.Names[id]), u.Short.In(page.Lang()))
}

// at says where a case is.
var at = map[cases.State]string{cases.Filed: "applications.at-filed", cases.Claimed: "applications.at-claimed", cases.Asked: "applications.at-asked", cases.Answered: "applications.at-answered",
	cases.Proposed: "applications.at-proposed", cases.Approved: "applications.at-approved", cases.Refused: "applications.at-refused", cases.Tacit: "applications.at-tacit",
	cases.Withdrawn: "applications.at-withdrawn", cases.Closed: "applications.at-closed"}

// where answers what people ask first: where is it, who has it, what comes next,
// until when. That we are late stands out.
func (p pages) where(page *casePage, today deadline.Date) {
	c := page.Case
	args := []any{page.official(p.o, c.Clerk, c.Unit)}
	if c.State.Over() {
		args = []any{page.Day(c.Over)}
	}
	ask, waits := page.Waiting()
	if waits {
		args = []any{page.Date(ask.Until)}
		page.Tasks = append(page.Tasks, ui.Task{Icon: "warning-fill", Title: page.T("applications.task"), Text: ask.Text, Primary: true,
			Button: ui.Link{Href: cases.Path(c.ID, "/completare/"+ask.ID), Label: page.T("applications.task-button")}})
	}
	page.Answer = page.T(at[c.State], args...)
	due, running := c.Clock.Due(p.o.Calendar, today)
	late := c.Late(p.o.Calendar, today)
	switch {
	case page.Proposal != nil && page.Proposal.Plain != "":
		page.Next = page.Proposal.Plain
	case c.State.Over() || due.IsZero():
	case late > 0:
		page.Late, page.Next = page.T("applications.late-by", late), page.T("applications.late-next", page.Date(due))
	case !running:
		page.Next = page.T("applications.stopped")
	default:
		page.Next = page.T("applications.until", page.Date(due))
	}
	if c.Owed() {
		page.Tasks = append(page.Tasks, ui.Task{Icon: "coins", Title: page.T("applications.pay", page.Money(c.Fee)), Text: page.T("applications.pay-text"),
			Button: ui.Link{Href: "/plati/" + c.Order, Label: page.T("applications.pay-button")}, Primary: !waits})
	}
}

// eventKinds are those of events that are not simply on the way.
var eventKinds = map[string]ui.Kind{"desk.event-asked": ui.Waiting, "cases.event-late": ui.Wrong, "desk.event-approved": ui.Done, "cases.event-approved": ui.Done,
	"cases.event-tacit": ui.Done, "desk.event-refused": ui.Wrong, "cases.event-unanswered": ui.Waiting, "cases.event-paid": ui.Done}

// timeline is what happened, and what will.
func (p pages) timeline(page *casePage, today deadline.Date) {
	for _, e := range page.Events {
		page.Line = append(page.Line, ui.Event{When: page.DateTime(e.At), Title: page.T(e.Key, cases.Say(page.Page, e.Args)...), Kind: eventKinds[e.Key]})
	}
	if page.State.Over() {
		return
	}
	when := page.T("applications.step-no-term")
	if ask, waits := page.Waiting(); waits {
		page.Line = append(page.Line, ui.Event{When: page.T("applications.by", page.Date(ask.Until)), Title: page.T("applications.your-answer"), Future: true})
		when = page.T("applications.after-yours")
	} else if due, _ := page.Case.Clock.Due(p.o.Calendar, today); !due.Before(today) {
		when = page.T("applications.by", page.Date(due))
	}
	page.Line = append(page.Line, ui.Event{When: when, Title: page.T("applications.our-answer"), Future: true})
}

// documentPath is where the owner of a folder finds a document.
func documentPath(id string) string { return "/dosar/documente/" + id }

// thread is what was written.
func (p pages) thread(page *casePage, reader act.PartyID) {
	names := map[string]string{}
	for _, d := range page.Documents {
		names[d.ID] = d.Name
	}
	for _, m := range page.Messages {
		shown := ui.Message{ID: "m-" + m.ID, When: page.DateTime(m.At), Text: m.Text, Mine: m.From == reader, Unread: m.Staff && m.Read.IsZero()}
		switch {
		case m.Staff:
			shown.From = page.official(p.o, m.From, m.Unit)
		case m.From == reader:
			shown.From = page.T("applications.you")
		default:
			shown.From = page.Names[m.From]
		}
		for _, id := range m.Files {
			if names[id] != "" {
				shown.Files = append(shown.Files, ui.Link{Href: documentPath(id), Label: names[id]})
			}
		}
		page.Thread = append(page.Thread, shown)
	}
}

// about is what belongs to the case: papers, documents, money, the legal term,
// and who has opened it.
func (p pages) about(page *casePage, today deadline.Date) {
	c := page.Case
	page.Papers = append(page.Papers, ui.Link{Href: "/acte/" + c.Receipt, Label: page.T("applications.receipt"), Icon: "file-pdf"})
	if page.Proposal != nil && page.Proposal.Paper != "" {
		if !page.Until.IsZero() {
			page.Good = page.T("applications.good-until", page.Date(page.Until))
		}
		page.Papers = slices.Insert(page.Papers, 0, ui.Link{Href: "/acte/" + page.Proposal.Paper, Label: page.T("applications.decision"), Icon: "file-pdf"})
	}
	for _, d := range page.Documents {
		page.Papers = append(page.Papers, ui.Link{Href: documentPath(d.ID), Label: d.Name})
	}
	for _, row := range page.Of.Recap(page.Answers, page.Lang()) {
		if len(row.Documents) == 0 {
			page.Recap = append(page.Recap, ui.Fact{Label: row.Label, Value: row.Value})
		}
	}
	fact := func(key, value string) {
		page.Facts = append(page.Facts, ui.Fact{Label: page.T(key), Value: value})
	}
	fact("applications.filed-at", page.DateTime(c.Filed))
	if c.FiledBy != c.Owner {
		fact("applications.filed-by", page.Names[c.FiledBy])
	}
	fact("applications.unit", p.o.Cases.UnitTitle(c.Unit, page.Lang()))
	if !c.Clock.Term.IsZero() {
		fact("applications.term", procedures.SayTerm(page.Page, c.Clock.Term))
	}
	switch {
	case !c.PaidAt.IsZero():
		fact("applications.fee", page.T("applications.fee-paid", page.Money(c.Fee), page.Day(c.PaidAt)))
	case c.Owed():
		fact("applications.fee", page.T("applications.fee-due", page.Money(c.Fee)))
	}
	page.Paused = c.Clock.PausedDays(p.o.Calendar, today)
	for _, pause := range c.Clock.Pauses {
		if pause.To.IsZero() {
			page.Pauses = append(page.Pauses, page.T("applications.pause-open", page.Date(pause.From)))
		} else {
			page.Pauses = append(page.Pauses, page.T("applications.pause", page.Date(pause.From), page.Date(pause.To)))
		}
	}
	for _, opening := range page.Openings {
		page.Openers = append(page.Openers, ui.Item{Title: page.official(p.o, opening.Person, opening.Unit), Note: page.DateTime(opening.At)})
	}
}

// A confirmationPage follows on sending. What was answered at once is shown as it is.
type confirmationPage struct {
	ui.Page
	cases.View
	Title string
	Steps []ui.Event
}

func (p pages) confirmation(w http.ResponseWriter, r *http.Request) error {
	page := confirmationPage{Page: p.page(r)}
	var err error
	if page.View, err = p.o.Cases.ByID(r.Context(), p.Actor(r), r.PathValue("cerere")); err != nil {
		return err
	}
	if page.State.Over() {
		return web.See(w, r, cases.Path(page.ID, ""))
	}
	page.Title = page.Of.Title.In(page.Lang())
	due := page.T("applications.step-no-term")
	if !page.Due.IsZero() {
		due = page.T("applications.by", page.Date(page.Due))
	}
	page.Steps = []ui.Event{
		{Title: page.T("applications.step-sent", p.o.Cases.UnitTitle(page.Unit, page.Lang())), When: page.DateTime(page.Filed), Kind: ui.Done},
		{Title: page.T("applications.step-check"), When: page.T("applications.step-check-when"), Future: true},
		{Title: page.T("applications.step-answer"), When: due, Future: true},
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// calendar gives the next date of a case to a calendar (RFC 5545).
func (p pages) calendar(w http.ResponseWriter, r *http.Request) error {
	c, err := p.o.Cases.ByID(r.Context(), p.Actor(r), r.PathValue("cerere"))
	if err != nil {
		return err
	}
	page := p.page(r)
	day, _ := c.Clock.Due(p.o.Calendar, deadline.Of(page.Now))
	what := page.T("applications.calendar-answer", c.Number.String())
	if ask, waits := c.Waiting(); waits {
		day, what = ask.Until, page.T("applications.calendar-ask", c.Number.String())
	}
	if day.IsZero() || c.State.Over() {
		return cases.ErrUnknown
	}
	compact := func(d deadline.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
	var ics bytes.Buffer
	for _, line := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bega//RO", "BEGIN:VEVENT", "UID:" + c.ID + "@bega",
		"DTSTAMP:" + page.Now.UTC().Format("20060102T150405Z"), "DTSTART;VALUE=DATE:" + compact(day), "DTEND;VALUE=DATE:" + compact(day.AddDays(1)),
		"SUMMARY:" + strings.ReplaceAll(what, ",", `\,`), "END:VEVENT", "END:VCALENDAR"} {
		fmt.Fprintf(&ics, "%s\r\n", line)
	}
	return web.Download(w, c.Number.String()+".ics", "text/calendar; charset=utf-8", ics.Bytes(), false)
}

// write sends a message, with the files that are in the form or were sent before.
func (p pages) write(w http.ResponseWriter, r *http.Request) error {
	page, err := p.casePage(r)
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	received, again, err := p.receive(r, page.View, form, map[string]string{page.Files.Name: anyPaper})
	if err != nil {
		return err
	}
	page.Message.Value, page.Limits.Have = form.Get("mesaj"), received[page.Files.Name]
	if !again {
		err = p.o.Cases.Write(r.Context(), p.Actor(r), form.Key(), page.ID, page.Message.Value, kept(page.Limits.Have))
		if err == nil {
			return web.See(w, r, cases.Path(page.ID, "?trimis=1#mesaje"))
		}
		if !errors.Is(err, cases.ErrText) && !errors.Is(err, cases.ErrOver) {
			return err
		}
		page.Message.Error = page.T(fault.Of(err).Key)
	}
	page.HasErrors = true
	return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
}

// leavePage asks whether somebody really wants to renounce.
type leavePage struct {
	ui.Page
	cases.View
	Reason ui.Input
}

func (p pages) leavePage(r *http.Request) (page leavePage, err error) {
	page.Page = p.page(r)
	if page.View, err = p.o.Cases.ByID(r.Context(), p.Actor(r), r.PathValue("cerere")); err == nil && page.State.Over() {
		err = cases.ErrOver
	}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("applications.leave-reason"), Hint: page.T("applications.leave-reason-hint"), Max: cases.LongestText, Rows: 3}
	return page, err
}

func (p pages) leaving(w http.ResponseWriter, r *http.Request) error {
	page, err := p.leavePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("cerere")
	err := p.o.Cases.Withdraw(r.Context(), p.Actor(r), web.Key(r), id, r.PostFormValue("motiv"))
	if errors.Is(err, cases.ErrText) {
		page, failed := p.leavePage(r)
		if failed != nil {
			return failed
		}
		page.Reason.Value, page.Reason.Error, page.HasErrors = r.PostFormValue("motiv"), page.T(cases.ErrText.Key), true
		return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, cases.Path(id, ""))
}

// contest begins an objection, in which the number of the case is filled in.
func (p pages) contest(w http.ResponseWriter, r *http.Request) error {
	link, err := p.o.Cases.Object(r.Context(), p.Actor(r), r.PathValue("cerere"))
	if err != nil {
		return err
	}
	return web.See(w, r, link)
}

package desk

import (
	"embed"
	"errors"
	"net/http"
	"strconv"

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
	site.Handle("GET /lucru", act.ReadDesk, p.mine)
	site.Handle("POST /lucru/urmatorul", act.ClaimCase, p.take)
	site.Handle("GET /lucru/echipa", act.OpenCase, p.team)
	site.Handle("GET /lucru/cauta", act.OpenCase, p.search)
	site.Handle("POST /lucru/cauta", act.OpenCase, p.find)
	site.Handle("GET /lucru/caz/{caz}", act.OpenCase, p.open)
	site.Handle("GET /lucru/caz/{caz}/document/{document}", act.OpenDocument, p.document)
	site.Handle("POST /lucru/caz/{caz}/document/{document}/certifica", act.CertifyCopy, p.certify)
	site.Handle("POST /lucru/caz/{caz}/preia", act.ClaimCase, p.claim)
	site.Handle("POST /lucru/caz/{caz}/lasa", act.ClaimCase, p.release)
	site.Handle("POST /lucru/caz/{caz}/mesaj", act.ReplyMessage, p.say)
	site.Handle("POST /lucru/caz/{caz}/nota", act.NoteCase, p.note)
	site.Handle("GET /lucru/caz/{caz}/trimite", act.RouteCase, p.newRoute)
	site.Handle("POST /lucru/caz/{caz}/trimite", act.RouteCase, p.route)
	site.Handle("GET /lucru/caz/{caz}/prelungire", act.ExtendTerm, p.newExtension)
	site.Handle("POST /lucru/caz/{caz}/prelungire", act.ExtendTerm, p.extend)
	site.Handle("GET /lucru/caz/{caz}/completare", act.AskMissing, p.newAsk)
	site.Handle("POST /lucru/caz/{caz}/completare", act.AskMissing, p.ask)
	site.Handle("GET /lucru/caz/{caz}/decizie", act.ProposeCase, p.newDecision)
	site.Handle("POST /lucru/caz/{caz}/decizie", act.ProposeCase, p.propose)
	site.Handle("GET /lucru/caz/{caz}/semnare", act.SignCase, p.newSignature)
	site.Handle("POST /lucru/caz/{caz}/semnare", act.SignCase, p.sign)
	site.Handle("POST /lucru/caz/{caz}/intoarce", act.ReturnCase, p.sendBack)
}

// A form is a page with a form about a case.
type form struct {
	ui.Page
	o     *Office
	actor act.Actor
	Desk  Desk

	Problem string        // what went wrong with the whole of it; empty if nothing
	Changed []cases.Event // what happened while it was filled in, if a colleague was faster
}

// form opens a case for a page. The official is on the record as having seen it.
func (p pages) form(r *http.Request) (f form, err error) {
	f = form{Page: p.Page(r), o: p.o, actor: p.Actor(r)}
	f.Section = "/lucru/echipa"
	if f.Desk, err = p.o.Open(r.Context(), f.actor, r.PathValue("caz"), f.Lang()); err != nil {
		return f, err
	}
	if f.Desk.Clerk == f.actor.Person {
		f.Section = "/lucru"
	}
	return f, nil
}

// edition returns the edition of the case that a form was made from. A form that
// does not say so is stale.
func edition(text string) int {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return n
	}
	return -1
}

// refused shows on the page what an act was refused for, and returns the status;
// 0 if nobody who looks at the page could do something about it. A fault that is
// about one of the fields is shown beside it.
func (f *form) refused(r *http.Request, err error, fields map[*fault.Fault]*ui.Input) int {
	about := fault.Of(err)
	if about.Kind != fault.Invalid && about.Kind != fault.Conflict {
		return 0
	}
	f.HasErrors = true
	for one, field := range fields {
		if errors.Is(err, one) {
			field.Error = f.say(about)
			return web.Status(about)
		}
	}
	f.Problem = f.say(about)
	if errors.Is(err, cases.ErrStale) {
		f.Changed = f.since(r.PostFormValue("vazut"))
	}
	return web.Status(about)
}

func (f *form) say(about *fault.Fault) string { return f.T(about.Key, cases.Say(f, about.Args)...) }

// since returns what happened in the case after a form was shown, that says how
// many events its reader knew.
func (f *form) since(seen string) []cases.Event {
	n, err := strconv.Atoi(seen)
	if err != nil || n < 0 || n > len(f.Desk.Events) {
		return nil
	}
	return f.Desk.Events[n:]
}

// seen is how a form says how much of the case its reader knows.
func (f form) seen() string { return strconv.Itoa(len(f.Desk.Events)) }

// may reports whether the official could do something to the case.
func (f form) may(verb act.Verb) bool {
	return f.actor.May(verb, act.On{Subject: "case", Unit: f.Desk.Unit, Service: f.Desk.Service}) == nil
}

// name returns what somebody in the case is called; "" for the program itself.
func (f form) name(id act.PartyID) string { return f.Desk.Names[id] }

// path returns the address of a page of the case.
func (f form) path(more string) string { return "/lucru/caz/" + f.Desk.ID + more }

// left says how much of a legal term is left.
func left(p ui.Page, due deadline.Date, days int, running bool) string {
	switch urgencyOf(due, days, running) {
	case late:
		return p.T("desk.late-days", -days)
	case paused:
		return p.T("desk.paused-days", days)
	}
	switch {
	case due.IsZero():
		return p.T("desk.no-term")
	case days == 0:
		return p.T("desk.due-today")
	case days == 1 && due == deadline.Of(p.Now).AddDays(1):
		return p.T("desk.due-tomorrow")
	}
	return p.T("desk.due-days", days)
}

package folder

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"bega/internal/act"
	"bega/internal/web"
	"bega/internal/web/ui"
)

const perPage = 50

// historyPage tells what was done in a folder: all of it, or who at the town
// hall met the data in it.
type historyPage struct {
	ui.Page
	Who       Who
	Days      []day
	More      string // ID of the last entry, if there are older ones
	Cases     map[string]caseLink
	Documents map[string]Document // by subject
	Names     map[act.PartyID]string
	Units     Units
	Actor     act.Actor
}

// A day is the entries of a day, the newest first.
type day struct {
	Title   string
	Entries []act.Entry
}

// reader is a method of the office that reads a history.
type reader func(ctx context.Context, actor act.Actor, who Who, before string, limit int) ([]act.Entry, bool, error)

func (p pages) historyPage(r *http.Request, read reader, usual Who) (page historyPage, err error) {
	ctx, actor := r.Context(), p.Actor(r)
	page = historyPage{Page: p.Page(r), Who: cmp.Or(Who(r.FormValue("cine")), usual), Units: p.o.Units, Actor: actor, Documents: map[string]Document{}}
	page.Section = "/dosar"
	entries, more, err := read(ctx, actor, page.Who, r.FormValue("inainte"), perPage)
	if err != nil {
		return page, err
	}
	if more {
		page.More = entries[len(entries)-1].ID
	}
	var cases []string
	var people []act.PartyID
	for _, e := range entries {
		if title := page.Day(e.At); len(page.Days) == 0 || page.Days[len(page.Days)-1].Title != title {
			page.Days = append(page.Days, day{Title: title})
		}
		last := &page.Days[len(page.Days)-1]
		last.Entries, cases = append(last.Entries, e), append(cases, e.Case)
		if e.Role == "" && e.Person != "" && !slices.Contains(people, e.Person) {
			people = append(people, e.Person)
		}
	}
	if page.Cases, err = p.caseLinks(ctx, actor.For, page.Lang(), cases); err != nil {
		return page, err
	}
	docs, err := p.o.Documents(ctx, actor)
	if err != nil {
		return page, err
	}
	for _, d := range docs {
		page.Documents[subject(d.ID)] = d
	}
	page.Names, err = p.o.Names.Names(ctx, people)
	return page, err
}

func (p pages) seen(w http.ResponseWriter, r *http.Request) error {
	page, err := p.historyPage(r, p.o.Seen, Officials) // people first: what the program did is apart
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.seen())
}

func (p pages) history(w http.ResponseWriter, r *http.Request) error {
	page, err := p.historyPage(r, p.o.History, Everybody)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.history())
}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	link, err := p.o.Ask(r.Context(), p.Actor(r), r.PathValue("intrare"))
	if err != nil {
		return err
	}
	return web.See(w, r, web.Local(link))
}

// by says who did something: the reader, who acts for them, an official, or the
// program.
func (p historyPage) by(e act.Entry) string {
	switch {
	case e.Role != "":
		return official(p.Page, p.Units, e)
	case e.Person == p.Actor.Person:
		return p.T("folder.by-you")
	case p.Names[e.Person] == "":
		return p.T("folder.by-visitor")
	case e.Mandate != "":
		return p.T("folder.by-agent", p.Names[e.Person])
	}
	return p.Names[e.Person]
}

// looks returns how an entry looks: a person who saw data apart from what the
// program did by itself.
func looks(e act.Entry) (ui.Kind, string) {
	switch {
	case e.Role == act.System:
		return ui.Plain, "gear"
	case e.Role == "":
		return ui.Working, "user"
	case act.RuleOf(e.Verb).Opening:
		return ui.Waiting, "eye"
	}
	return ui.Done, "bank"
}

// tabs lead to the parts of a history.
func (p historyPage) tabs(parts map[Who]string, order ...Who) (tabs []ui.Link) {
	u := p.With("inainte", "")
	for _, who := range order {
		page := p.Page
		page.Path = u
		tabs = append(tabs, ui.Link{Href: page.With("cine", string(who)), Label: p.T(parts[who]), Current: p.Who == who})
	}
	return tabs
}

package portal

import (
	"context"
	"net/http"
	"strings"

	"bega/internal/act"
	"bega/internal/web/ui"
)

// actsPage shows the data protection officer what was done, by whom and why.
type actsPage struct {
	ui.Page
	Entries []actLine
	Head    string // hash of the head of the chain
	Linked  int
	Next    string // ID to go on from; "" at the end
	All     bool   // what the program did by itself, too
}

// An actLine is an act as people read it.
type actLine struct {
	At, Who, Role, What, Purpose, Subject string
}

// actsShown is how many acts a page shows.
const actsShown = 50

func (t *Town) actsPage(w http.ResponseWriter, r *http.Request) error {
	actor, p := t.actorOf(r, "/lucru/acte")
	page := actsPage{Page: p, All: r.FormValue("tot") == "da"}
	// Whoever looks through the register leaves a trace in it, too.
	err := t.acts.Do(r.Context(), actor, act.ReadActs, func(_ context.Context, tx *act.Tx) error { return tx.Allow(act.On{Subject: "register"}) })
	if err != nil {
		return err
	}
	entries, err := t.acts.Latest(r.Context(), !page.All, r.FormValue("dinainte"), actsShown)
	if err != nil {
		return err
	}
	var ids []act.PartyID
	for _, e := range entries {
		ids = append(ids, e.Person, e.For)
	}
	names, err := t.identity.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, e := range entries {
		page.Entries = append(page.Entries, t.actLine(p, e, names))
	}
	if len(entries) == actsShown {
		page.Next = entries[len(entries)-1].ID
	}
	head, err := t.audit.Head(r.Context())
	if err != nil {
		return err
	}
	page.Head, page.Linked = head.Hash.String(), head.Index
	return t.site.Render(w, r, http.StatusOK, page.view())
}

func (t *Town) actLine(p ui.Page, e act.Entry, names map[act.PartyID]string) actLine {
	line := actLine{At: p.DateTime(e.At), Who: names[e.Person], What: p.T(string(e.Verb)), Subject: short(e.Subject)}
	switch {
	case e.Role == act.System:
		line.Who = p.T("act.role-system")
	case e.Person == "":
		line.Who = p.T("portal.acts-visitor")
	case e.Mandate != "":
		line.Who = p.T("identity.for", names[e.Person], names[e.For])
	}
	if e.Role != "" && e.Role != act.System {
		line.Role = p.T("act.role-" + string(e.Role))
		if e.Unit != "" {
			line.Role += ", " + (titles{t}).UnitTitle(e.Unit, p.Lang())
		}
	}
	if e.Purpose != "" {
		line.Purpose = p.T(e.Purpose)
	}
	return line
}

// short leaves of an ID what is enough to tell it from others on the page.
func short(subject string) string {
	kind, id, ok := strings.Cut(subject, " ")
	if !ok || len(id) < 20 {
		return subject
	}
	return kind + " …" + id[len(id)-8:]
}

// tabs lead from what people did to all that was done.
func (p actsPage) tabs() []ui.Link {
	return []ui.Link{{Href: "/lucru/acte", Label: p.T("portal.acts-people"), Current: !p.All}, {Href: "/lucru/acte?tot=da", Label: p.T("portal.acts-all"), Current: p.All}}
}

func (p actsPage) sheet() ui.Sheet {
	s := ui.Sheet{Caption: p.T("portal.acts-title"), Quiet: true, Empty: p.T("portal.acts-none"), Columns: []ui.Column{{Label: p.T("portal.acts-at")},
		{Label: p.T("portal.acts-who")}, {Label: p.T("portal.acts-what")}, {Label: p.T("portal.acts-to")}}}
	for _, e := range p.Entries {
		s.Rows = append(s.Rows, []ui.Cell{{Text: e.At}, {Text: e.Who, Note: e.Role}, {Text: e.What, Note: e.Purpose}, {Text: e.Subject, Code: true}})
	}
	return s
}

package treasury

import (
	"embed"
	"fmt"
	"net/http"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/ledger/words"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	p.mountTill()
	p.mountInflow()
	p.mountCollect()
}

// page returns the frame of a page of the room.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/lucru/taxe"
	return page
}

// home is the link back to the first page of local taxes.
func home(p ui.Page) ui.Link { return ui.Link{Href: "/lucru/taxe", Label: p.T("treasury.title")} }

// wordsInput is the field in which a taxpayer is looked for.
func wordsInput(p ui.Page, r *http.Request) ui.Input {
	return ui.Input{Name: "cauta", Label: p.T("treasury.find-what"), Hint: p.T("treasury.find-hint"), Value: r.PostFormValue("cauta"), Required: true}
}

// readAmount reads an amount; nothing typed is 0. What is wrong is said at the field.
func readAmount(p ui.Page, in *ui.Input) (amount money.Bani, ok bool) {
	if in.Value == "" {
		return 0, true
	}
	amount, err := money.Parse(in.Value)
	if err != nil || amount < 0 {
		in.Error = p.T("treasury.bad-amount")
		return 0, false
	}
	return amount, true
}

// debtName returns what an obligation is called: "Impozit pe clădiri 2026, rata 2".
func (o *Office) debtName(p ui.Page, kind string, year, instalment int) string {
	return words.Debt(o.Ledger.Kinds, p.Translator, kind, year, instalment)
}

// linesSheet lists what money settles, and why that.
func (o *Office) linesSheet(p ui.Page, caption string, lines []ledger.Line) ui.Sheet {
	s := ui.Sheet{Caption: caption, Quiet: true, Empty: p.T("treasury.no-lines"),
		Columns: []ui.Column{{Label: p.T("treasury.what")}, {Label: p.T("treasury.part")}, {Label: p.T("treasury.rule")}, {Label: p.T("treasury.amount"), Number: true}}}
	for _, l := range lines {
		s.Rows = append(s.Rows, []ui.Cell{{Text: o.debtName(p, l.Kind, l.Year, l.Instalment)}, {Text: words.Part(p.Translator, l.Part)},
			{Text: p.T(string(l.Rule))}, {Text: p.Money(l.Amount)}})
	}
	return s
}

// A period is from which day to which something is shown.
type period struct {
	from, to deadline.Date
	From, To ui.Input
}

// periodOf reads what was typed into the fields from and to. Without them, it is until
// today, from a day that depends on the last one. What is wrong is said at the field, and
// the usual days are shown.
func (p pages) periodOf(r *http.Request, page *ui.Page, first func(to deadline.Date) deadline.Date) (d period) {
	read := func(name, label string, otherwise deadline.Date) (ui.Input, deadline.Date) {
		in := ui.Input{Name: name, Label: page.T(label), Value: strings.TrimSpace(r.FormValue(name)), Width: "w10", Inputmode: "numeric"}
		day, ok := moment(in.Value, p.o.Zone)
		switch {
		case in.Value == "":
			day = otherwise.Midnight(p.o.Zone)
		case !ok:
			in.Error, page.HasErrors = page.T("treasury.bad-day"), true
			return in, otherwise
		}
		in.Value = day.Format("02.01.2006")
		return in, deadline.Of(day)
	}
	d.To, d.to = read("pana", "treasury.to", p.o.today())
	d.From, d.from = read("din", "treasury.from", first(d.to))
	return d
}

// query is the period in an address.
func (d period) query() string { return "din=" + d.from.String() + "&pana=" + d.to.String() }

// status is that of a page with the period on it.
func (d period) status() int {
	if d.From.Error != "" || d.To.Error != "" {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// dayOf reads a day of an address; without one, or with a wrong one, it is another.
func dayOf(typed string, otherwise deadline.Date) deadline.Date {
	if day, err := deadline.Parse(typed); err == nil {
		return day
	}
	return otherwise
}

// roleText writes the number of a file; nothing for none.
func roleText(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

// may reports whether an official may do something to the department's things.
func (o *Office) may(actor act.Actor, verb act.Verb) bool { return actor.May(verb, o.at("")) == nil }

package treasury

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
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

// blame puts an error at the field that it is about, or says it about the whole page,
// and returns the status; 0 if nobody who looks at the page could do something about it.
func blame(p *ui.Page, problem *string, err error, fields map[*fault.Fault]*ui.Input) int {
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Unavailable {
		return 0
	}
	p.HasErrors = true
	for about, field := range fields {
		if errors.Is(err, about) {
			problem = &field.Error
		}
	}
	*problem = p.Says(f.Key, f.Args...)
	return web.Status(f)
}

// keyed returns the page for one of several forms on it: each has a key of its own, so
// that the second is not taken for a repetition of the first.
func keyed(p ui.Page, id string) ui.Page {
	p.Key += "-" + id
	return p
}

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

// kindName returns what a kind of obligations is called.
func (o *Office) kindName(p ui.Page, key string) string {
	for _, k := range o.Ledger.Kinds {
		if k.Key == key && k.Label[p.Lang()] != "" {
			return k.Label[p.Lang()]
		}
	}
	if text, ok := ledger.KindText(key); ok {
		return p.T(text)
	}
	return key
}

// debtName returns what an obligation is called: "Impozit pe clădiri 2026, rata 2".
func (o *Office) debtName(p ui.Page, kind string, year, instalment int) string {
	switch {
	case kind == "":
		return p.T("treasury.credit")
	case instalment > 0:
		return p.T("treasury.debt-instalment", o.kindName(p, kind), strconv.Itoa(year), strconv.Itoa(instalment))
	}
	return p.T("treasury.debt", o.kindName(p, kind), strconv.Itoa(year))
}

// partNames are the texts that name parts of a payment.
var partNames = map[ledger.Part]string{ledger.Principal: "treasury.part-principal", ledger.Surcharge: "treasury.part-surcharge",
	ledger.Saved: "treasury.part-bonus", ledger.SavedCredit: "treasury.part-bonus", ledger.Credit: "treasury.part-credit"}

// linesSheet lists what money settles, and why that.
func (o *Office) linesSheet(p ui.Page, caption string, lines []ledger.Line) ui.Sheet {
	s := ui.Sheet{Caption: caption, Quiet: true, Empty: p.T("treasury.no-lines"),
		Columns: []ui.Column{{Label: p.T("treasury.what")}, {Label: p.T("treasury.part")}, {Label: p.T("treasury.rule")}, {Label: p.T("treasury.amount"), Number: true}}}
	for _, l := range lines {
		s.Rows = append(s.Rows, []ui.Cell{{Text: o.debtName(p, l.Kind, l.Year, l.Instalment)}, {Text: p.T(partNames[l.Part])},
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
		day := otherwise
		if in.Value != "" {
			var err error
			if day, err = readDay(in.Value); err != nil {
				in.Error, page.HasErrors = page.T("treasury.bad-day"), true
				return in, otherwise
			}
		}
		in.Value = fmt.Sprintf("%02d.%02d.%d", day.Day, day.Month, day.Year)
		return in, day
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

// readDay reads 2026-11-24 or 24.11.2026.
func readDay(typed string) (deadline.Date, error) {
	if day, err := deadline.Parse(typed); err == nil {
		return day, nil
	}
	at, err := time.Parse("2.1.2006", typed)
	return deadline.Of(at), err
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

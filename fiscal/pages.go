package fiscal

import (
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"bega/internal/act"
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
	site.Handle("GET /lucru/taxe", act.FindTaxpayer, p.home)
	site.Handle("POST /lucru/taxe", act.FindTaxpayer, p.find)
	site.Handle("GET /lucru/taxe/contribuabil/{parte}", act.OpenLedger, p.file)
	site.Handle("POST /lucru/taxe/contribuabil/{parte}/nota", act.NoteTaxpayer, p.note)
	site.Handle("GET /lucru/taxe/contribuabil/{parte}/decizie/{fel}", act.ProposeDebt, p.newProposal)
	site.Handle("POST /lucru/taxe/contribuabil/{parte}/decizie/{fel}", act.ProposeDebt, p.propose)
	site.Handle("GET /lucru/taxe/contribuabil/{parte}/accesorii", act.FixSurcharge, p.newSurcharge)
	site.Handle("POST /lucru/taxe/contribuabil/{parte}/accesorii", act.FixSurcharge, p.fixSurcharge)
	site.Handle("GET /lucru/taxe/propuneri", act.ReadPaymentDesk, p.proposals)
	site.Handle("GET /lucru/taxe/propuneri/{propunere}", act.ReadPaymentDesk, p.proposal)
	site.Handle("POST /lucru/taxe/propuneri/{propunere}/aproba", act.ApproveDebt, p.approve)
	site.Handle("POST /lucru/taxe/propuneri/{propunere}/respinge", act.ApproveDebt, p.refuse)
	p.mountRoll()
	p.mountRuns()
}

// page returns the frame of a page of the room.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/lucru/taxe"
	return page
}

// home is the link back to the first page of the room.
func home(p ui.Page) ui.Link { return ui.Link{Href: "/lucru/taxe", Label: p.T("fiscal.title")} }

// purposeOptions returns why an official may open a file.
func purposeOptions(p ui.Page) (options []ui.Option) {
	for _, purpose := range Purposes {
		options = append(options, ui.Option{Value: purpose.Value, Label: p.T(purpose.Key)})
	}
	return options
}

// tillPath is where money is taken for a taxpayer, in the pages of package treasury.
func tillPath(party act.PartyID) string {
	return "/lucru/taxe/casa/plata/" + url.PathEscape(string(party))
}

// filePath is where a taxpayer's file is opened, for a purpose.
func filePath(party act.PartyID, more, purpose string) string {
	return "/lucru/taxe/contribuabil/" + url.PathEscape(string(party)) + more + "?motiv=" + url.QueryEscape(purpose)
}

// debtName returns what an obligation is called: "Impozit pe clădiri 2026, rata 2".
func (o *Office) debtName(p ui.Page, kind string, year, instalment int) string {
	return words.Debt(o.Ledger.Kinds, p.Translator, kind, year, instalment)
}

// linesSheet lists what money settles, and why that.
func (o *Office) linesSheet(p ui.Page, caption string, lines []ledger.Line) ui.Sheet {
	s := ui.Sheet{Caption: caption, Quiet: true, Empty: p.T("fiscal.no-lines"),
		Columns: []ui.Column{{Label: p.T("fiscal.what")}, {Label: p.T("fiscal.part")}, {Label: p.T("fiscal.rule")}, {Label: p.T("fiscal.amount"), Number: true}}}
	for _, l := range lines {
		s.Rows = append(s.Rows, []ui.Cell{{Text: o.debtName(p, l.Kind, l.Year, l.Instalment)}, {Text: words.Part(p.Translator, l.Part)},
			{Text: p.T(string(l.Rule))}, {Text: p.Money(l.Amount)}})
	}
	return s
}

// yearOf reads a year of an address; without one, it is the one that there is.
func (o *Office) yearOf(typed string) (int, error) {
	if typed == "" {
		return o.today().Year, nil
	}
	year, err := strconv.Atoi(typed)
	if err != nil || year < 2000 || year > o.today().Year+1 {
		return 0, ErrUnknown
	}
	return year, nil
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

// balance is what the accounts of a taxpayer come to: what is owed, less what is held.
func balance(b ledger.Balance) money.Bani { return b.Principal + b.Surcharge - b.Credit }

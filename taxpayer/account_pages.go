package taxpayer

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
)

// rowsOnPage is how many debts one page lists.
const rowsOnPage = 50

// overviewPage is what a folder owes, and where it is paid.
type overviewPage struct {
	ui.Page
	o *Office
	Overview
	Filter filter
	Shown  []Row  // of this page of the list
	Found  []Row  // that the filter leaves
	Why    string // why something could not be done
	listed
}

func (p pages) overview(w http.ResponseWriter, r *http.Request) error {
	page, err := p.overviewPage(r)
	if err != nil {
		return err
	}
	if r.FormValue("format") == "csv" {
		return page.csv(w)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) overviewPage(r *http.Request) (page overviewPage, err error) {
	page = overviewPage{Page: p.page(r), o: p.o}
	if page.Overview, err = p.o.Overview(r.Context(), p.Actor(r)); err != nil {
		return page, err
	}
	page.Filter = readFilter(r.URL.Query())
	for _, row := range page.Rows {
		if page.Filter.passes(row, page.state(row), page.name(row)) {
			page.Found = append(page.Found, row)
		}
	}
	page.Shown, page.listed = pageOf(page.Found, r.URL.Query())
	return page, nil
}

// number returns which page of a list is asked for.
func number(query url.Values) int {
	n, err := strconv.Atoi(query.Get("pagina"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// A filter narrows a long list of debts down.
type filter struct{ Kind, State, Words string }

func readFilter(query url.Values) filter {
	return filter{query.Get("fel"), query.Get("stare"), query.Get("q")}
}

func (f filter) any() bool { return f != filter{} }

// passes reports whether a debt is left, by its state and what it is called.
func (f filter) passes(row Row, state, name string) bool {
	return (f.Kind == "" || f.Kind == row.Kind) && (f.State == "" || f.State == state) && strings.Contains(text.Fold(name), text.Fold(f.Words))
}

// The states of a debt.
const (
	late    = "intarziata"
	current = "acum"
	later   = "mai-tarziu"
	planned = "rate"
)

// state returns in which state a debt is.
func (p overviewPage) state(row Row) string {
	switch {
	case row.Plan != "":
		return planned
	case row.Due.Before(p.Sheet.Day):
		return late
	case row.now(p.Sheet.Day):
		return current
	}
	return later
}

// name is what a debt is called: its kind, and what it is for.
func (p overviewPage) name(row Row) string {
	return strings.TrimSpace(p.o.kind(p.Translator, row.Kind) + " " + row.About.In(p.Lang()))
}

// csv answers with all that the filter leaves.
func (p overviewPage) csv(w http.ResponseWriter) error {
	rows := [][]string{{p.T("taxpayer.what"), p.T("taxpayer.about"), p.T("taxpayer.year"), p.T("taxpayer.instalment-short"), p.T("taxpayer.term"),
		p.T("taxpayer.state"), p.T("taxpayer.principal"), p.T("taxpayer.surcharge"), p.T("taxpayer.sum")}}
	for _, row := range p.Found {
		rows = append(rows, []string{p.o.kind(p.Translator, row.Kind), row.About.In(p.Lang()), strconv.Itoa(row.Year), strconv.Itoa(row.Instalment),
			row.Due.String(), p.T(looks[p.state(row)].key), row.Principal.String(), row.Surcharge.String(), row.Sum().String()})
	}
	return download(w, fmt.Sprintf("taxe-%s.csv", p.Sheet.Day), rows)
}

// download answers with a table that opens in every spreadsheet, and in which no
// text is taken for a formula.
func download(w http.ResponseWriter, name string, rows [][]string) error {
	data := bytes.NewBufferString("\ufeff")
	table := csv.NewWriter(data)
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
		if err := table.Write(row); err != nil {
			return err
		}
	}
	table.Flush()
	return web.Download(w, name, "text/csv; charset=utf-8", data.Bytes(), false)
}

// totals returns what is owed by kind, in the order of the list.
func (p overviewPage) totals() (all []total) {
	for _, row := range p.Rows {
		i := slices.IndexFunc(all, func(t total) bool { return t.kind == row.Kind })
		if i < 0 {
			i, all = len(all), append(all, total{kind: row.Kind})
		}
		all[i].debts++
		all[i].sum += row.Sum()
		if p.state(row) == late {
			all[i].late += row.Sum()
		}
	}
	return all
}

type total struct {
	kind      string
	debts     int
	sum, late money.Bani
}

// whyPage explains one debt.
type whyPage struct {
	ui.Page
	o *Office
	Reason
}

func (p pages) why(w http.ResponseWriter, r *http.Request) error {
	why, err := p.o.Why(r.Context(), p.Actor(r), r.PathValue("datorie"))
	if err != nil {
		return err
	}
	for _, e := range why.Explanations {
		e.Fill(p.page(r).Translator)
	}
	return p.Render(w, r, http.StatusOK, whyPage{p.page(r), p.o, why}.view())
}

// historyPage is a year of a folder.
type historyPage struct {
	ui.Page
	o *Office
	History
}

func (p pages) history(w http.ResponseWriter, r *http.Request) error {
	year, err := p.o.yearOf(r.FormValue("an"))
	if err != nil {
		return err
	}
	h, err := p.o.History(r.Context(), p.Actor(r), year)
	if err != nil {
		return err
	}
	page := historyPage{p.page(r), p.o, h}
	if r.FormValue("format") == "csv" {
		return page.csv(w)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// csv answers with the statement.
func (p historyPage) csv(w http.ResponseWriter) error {
	rows := [][]string{{p.T("taxpayer.day"), p.T("taxpayer.what"), p.T("taxpayer.about"), p.T("taxpayer.movement"), p.T("taxpayer.sum")}}
	for _, m := range p.Movements {
		rows = append(rows, []string{m.Day.String(), p.o.kind(p.Translator, m.Kind), p.About[m.Obligation].In(p.Lang()), p.moved(m), m.Amount.String()})
	}
	return download(w, fmt.Sprintf("istoric-taxe-%d.csv", p.Year), rows)
}

// thingsPage lists what a folder has that is taxed.
type thingsPage struct {
	ui.Page
	o      *Office
	Things []Thing
	All    int
	Words  string
	listed
}

func (p pages) things(w http.ResponseWriter, r *http.Request) error {
	account, err := p.o.Account(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	all := account.Things
	page := thingsPage{Page: p.page(r), o: p.o, All: len(all), Words: r.FormValue("q")}
	all = slices.DeleteFunc(all, func(t Thing) bool {
		return !strings.Contains(text.Fold(kindName(page.Page, t.Now.Kind)+" "+t.Label.In(page.Lang())), text.Fold(page.Words))
	})
	page.Things, page.listed = pageOf(all, r.URL.Query())
	return p.Render(w, r, http.StatusOK, page.view())
}

// thingPage is one thing and its history.
type thingPage struct {
	ui.Page
	Thing
	Versions []Version
}

func (p pages) thing(w http.ResponseWriter, r *http.Request) error {
	thing, versions, err := p.o.Thing(r.Context(), p.Actor(r), r.PathValue("bun"))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, thingPage{p.page(r), thing, versions}.view())
}

// decisionsPage lists tax decisions.
type decisionsPage struct {
	ui.Page
	o         *Office
	Decisions []Decision
}

// path returns where a decision is opened, if that is known.
func (p decisionsPage) path(d Decision) string {
	if p.o.ReceiptPath == nil || d.Paper == "" {
		return ""
	}
	return p.o.ReceiptPath(d.Paper)
}

func (p pages) decisions(w http.ResponseWriter, r *http.Request) error {
	account, err := p.o.Account(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, decisionsPage{p.page(r), p.o, account.Decisions}.view())
}

// clientsPage lists the firms that somebody acts for, and what they owe.
type clientsPage struct {
	ui.Page
	Clients []Client // all
	Shown   []Client // of this page of the list
	Words   string
	Day     string
	Late    money.Bani
	Due     money.Bani
	listed
}

// A listed is which page of a list is shown.
type listed struct{ N, Pages int }

// pageOf returns the rows of the page of a list that is asked for.
func pageOf[T any](all []T, query url.Values) (rows []T, l listed) {
	l.Pages = (len(all) + rowsOnPage - 1) / rowsOnPage
	l.N = min(number(query), max(1, l.Pages))
	from := (l.N - 1) * rowsOnPage
	return all[from:min(len(all), from+rowsOnPage)], l
}

func (p pages) clients(w http.ResponseWriter, r *http.Request) error {
	all, err := p.o.Clients(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	page := clientsPage{Page: p.page(r), Clients: all, Day: p.o.today().String(), Words: r.FormValue("q")}
	found := slices.DeleteFunc(slices.Clone(all), func(c Client) bool { return !strings.Contains(text.Fold(c.Name), text.Fold(page.Words)) })
	page.Shown, page.listed = pageOf(found, r.URL.Query())
	for _, c := range all {
		page.Late += c.Overdue
		page.Due += c.Now.Sum()
	}
	if r.FormValue("format") == "csv" {
		return page.csv(w)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p clientsPage) csv(w http.ResponseWriter) error {
	rows := [][]string{{p.T("taxpayer.firm"), p.T("taxpayer.term"), p.T("taxpayer.overdue"), p.T("taxpayer.due-now")}}
	for _, c := range p.Clients {
		rows = append(rows, []string{c.Name, c.Next.String(), c.Overdue.String(), c.Now.Sum().String()})
	}
	return download(w, "contabil-"+p.Day+".csv", rows)
}

// owed is what a balance comes to: what is owed, less what is held.
func owed(b ledger.Balance) money.Bani { return b.Principal + b.Surcharge - b.Credit }

// says returns what a fault says in the language of a page.
func says(p ui.Page, err error) string {
	f := fault.Of(err)
	args := slices.Clone(f.Args)
	for i, arg := range args {
		if amount, ok := arg.(money.Bani); ok {
			args[i] = p.Money(amount)
		}
	}
	return p.T(f.Key, args...)
}

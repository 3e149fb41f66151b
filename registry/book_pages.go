package registry

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"bega/internal/act"
	"bega/internal/web"
	"bega/internal/web/ui"
)

const (
	perPage  = 50
	perPrint = 2000
)

// bookPage shows the registers to officials.
type bookPage struct {
	ui.Page
	Book
	Filter                 Filter
	Register, Year, Number ui.Input
	Registers, Years       []ui.Option
	Print                  bool
	All                    bool // departments, not only the official's own
	Reader                 act.Actor
	Titles                 Titles
}

// bookPage reads the filter from the address, where it can be kept.
func (p pages) bookPage(r *http.Request, perPage int) (page bookPage, err error) {
	page = bookPage{Page: p.Page(r), All: seesAll(p.Actor(r)), Reader: p.Actor(r), Titles: p.o.Titles}
	page.Section = "/lucru"
	page.Register = ui.Input{Name: "registru", Label: page.T("registry.register"), Value: r.FormValue("registru")}
	page.Year = ui.Input{Name: "an", Label: page.T("registry.year"), Value: r.FormValue("an")}
	page.Number = ui.Input{Name: "numar", Label: page.T("registry.number"), Hint: page.T("registry.number-hint"), Value: r.FormValue("numar")}
	page.Filter = Filter{Register: page.Register.Value, PerPage: perPage}
	if page.Filter.Year, _ = strconv.Atoi(page.Year.Value); page.Filter.Year == 0 {
		page.Filter.Year = page.Now.Year()
	}
	page.Filter.Page, _ = strconv.Atoi(r.FormValue("pagina"))
	if page.Number.Value != "" {
		number, err := ParseNumber(page.Number.Value)
		if err != nil {
			page.Number.Error, page.HasErrors = page.T(ErrNumber.Key), true
			return page, nil
		}
		if page.Filter.N = number.N; number.Register != "" {
			page.Filter.Register, page.Filter.Year = number.Register, number.Year
			page.Register.Value = number.Register
		}
	}
	page.Year.Value = strconv.Itoa(page.Filter.Year)
	page.Book, err = p.o.Book(r.Context(), p.Actor(r), page.Filter)
	page.Registers = append(page.Registers, ui.Option{Label: page.T("registry.register-all")})
	for _, key := range page.Book.Registers {
		page.Registers = append(page.Registers, ui.Option{Value: key, Label: key})
	}
	for _, year := range page.Book.Years {
		page.Years = append(page.Years, ui.Option{Value: strconv.Itoa(year), Label: strconv.Itoa(year)})
	}
	return page, err
}

func (p pages) book(w http.ResponseWriter, r *http.Request) error {
	rows, print := perPage, r.FormValue("tipar") != ""
	if print {
		rows = perPrint
	}
	page, err := p.bookPage(r, rows)
	if err != nil {
		return err
	}
	page.Print = print
	status := http.StatusOK
	if page.HasErrors {
		status = http.StatusUnprocessableEntity
	}
	return p.Render(w, r, status, page.view())
}

// bookAsCSV returns the same lines as a file for spreadsheets, all of them.
func (p pages) bookAsCSV(w http.ResponseWriter, r *http.Request) error {
	page, err := p.bookPage(r, perPrint)
	if err != nil {
		return err
	}
	out := bytes.NewBufferString("\ufeff") // so that spreadsheets read it as UTF-8
	sheet := csv.NewWriter(out)
	head := make([]string, len(bookColumns))
	for i, key := range bookColumns {
		head[i] = page.T(key)
	}
	_ = sheet.Write(head) // a buffer takes everything
	for f := page.Filter; len(page.Entries) > 0; f.Page++ {
		for _, e := range page.Entries {
			_ = sheet.Write(page.line(e))
		}
		f.Page = max(f.Page, 1)
		if page.Entries, err = p.more(r, f); err != nil {
			return err
		}
	}
	sheet.Flush()
	return web.Download(w, page.T("registry.file-name")+".csv", "text/csv; charset=utf-8", out.Bytes(), false)
}

// more returns the entries of the page after that of a filter.
func (p pages) more(r *http.Request, f Filter) ([]Entry, error) {
	f.Page++
	book, err := p.o.Book(r.Context(), p.Actor(r), f)
	return book.Entries, err
}

// bookColumns are the heads of the columns, in the page and in the file.
var bookColumns = []string{"registry.number", "registry.registered", "registry.unit", "registry.service", "registry.annexes", "registry.answered"}

// line returns an entry as people read it.
func (p bookPage) line(e Entry) []string {
	answered := ""
	if e.Answers > 0 {
		answered = p.Day(e.Answered)
	}
	return []string{e.Number.String(), p.DateTime(e.At), p.Titles.UnitTitle(e.Unit, p.Lang()), p.Titles.ServiceTitle(e.Service, p.Lang()),
		strconv.Itoa(e.Annexes), answered}
}

// sheet returns the table of the page. A sender has no name here: the number
// leads those who may open it to the case, and the opening is recorded.
func (p bookPage) sheet() ui.Sheet {
	sheet := ui.Sheet{Caption: p.T("registry.entries", p.Total), Empty: p.T("registry.no-entries")}
	for _, key := range bookColumns {
		sheet.Columns = append(sheet.Columns, ui.Column{Label: p.T(key)})
	}
	for _, e := range p.Entries {
		var row []ui.Cell
		for _, text := range p.line(e) {
			row = append(row, ui.Cell{Text: text})
		}
		row[0].Code = true
		if e.Case != "" && p.Reader.May(act.OpenCase, act.On{Subject: "case " + e.Case, Unit: e.Unit}) == nil {
			row[0].Href = "/lucru/caz/" + url.PathEscape(e.Case)
		}
		if e.Answers > 1 {
			row[5].Note = p.T("registry.answers", e.Answers)
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	return sheet
}

// as returns the address of the same lines in another form.
func (p bookPage) as(path string, print bool) string {
	query := url.Values{}
	for _, in := range []ui.Input{p.Register, p.Year, p.Number} {
		if in.Value != "" {
			query.Set(in.Name, in.Value)
		}
	}
	if print {
		query.Set("tipar", "1")
	}
	return fmt.Sprintf("%s?%s", path, query.Encode())
}

func (p bookPage) pages() int { return (p.Total + perPage - 1) / perPage }

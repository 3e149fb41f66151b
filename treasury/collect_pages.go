package treasury

import (
	"bytes"
	"encoding/csv"
	"net/http"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/web"
	"bega/internal/web/ui"
)

func (p pages) mountCollect() {
	p.Handle("GET /lucru/taxe/incasari", act.ReadCollections, p.collections)
}

// collectPage is what came in, for the treasurer.
type collectPage struct {
	ui.Page
	o *Office
	period
	Collections
	Problem string
}

func (p pages) collections(w http.ResponseWriter, r *http.Request) (err error) {
	page := collectPage{Page: p.page(r), o: p.o}
	page.period = p.periodOf(r, &page.Page, func(to deadline.Date) deadline.Date { return deadline.Date{Year: to.Year, Month: to.Month, Day: 1} })
	page.Collections, err = p.o.Collections(r.Context(), p.Actor(r), page.from, page.to)
	if status := web.Blame(&page.Page, &page.Problem, err, nil); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	if r.FormValue("format") == "csv" {
		return page.csv(w)
	}
	return p.Render(w, r, page.status(), page.view())
}

// csv answers with the table of days.
func (p collectPage) csv(w http.ResponseWriter) error {
	data := bytes.NewBufferString("\ufeff")
	table := csv.NewWriter(data)
	rows := [][]string{{p.T("treasury.day"), p.T("treasury.this-year"), p.T("treasury.last-year"), p.T("treasury.this-sum"), p.T("treasury.last-sum")}}
	for _, d := range p.Days {
		rows = append(rows, []string{d.Day.String(), d.Now.String(), d.Last.String(), d.Sum.String(), d.LastSum.String()})
	}
	if err := table.WriteAll(rows); err != nil {
		return err
	}
	return web.Download(w, "incasari-"+p.from.String()+"-"+p.to.String()+".csv", "text/csv; charset=utf-8", data.Bytes(), false)
}

// same leads to the same days as a file.
func (p collectPage) same() string {
	return "/lucru/taxe/incasari?format=csv&" + p.query()
}

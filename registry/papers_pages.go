package registry

import (
	"net/http"

	"bega/internal/pdf"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// paperPage is a paper as a page: it says what the PDF says, and is the one of
// the two that everybody can read.
type paperPage struct {
	ui.Page
	Issued
	Public *paperRow
}

func (p pages) paper(w http.ResponseWriter, r *http.Request) error {
	page := paperPage{Page: p.Page(r)}
	page.Section = "/dosar"
	var err error
	if page.Issued, err = p.o.Paper(r.Context(), p.Actor(r), r.PathValue("cod")); err != nil {
		return err
	}
	page.Public = p.paperRow(page.Page, page.Issued.public())
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("cod")
	data, err := p.o.File(r.Context(), p.Actor(r), code)
	if err != nil {
		return err
	}
	return web.Download(w, code+".pdf", "application/pdf", data, r.FormValue("arata") != "")
}

// sheet returns a table of a paper.
func (p paperPage) sheet(t pdf.Table) ui.Sheet {
	sheet := ui.Sheet{Caption: p.T("ui.doc-table"), Quiet: true}
	for _, head := range t.Head {
		sheet.Columns = append(sheet.Columns, ui.Column{Label: head})
	}
	for _, row := range t.Rows {
		cells := make([]ui.Cell, len(t.Head)) // a short row has empty cells at its end
		for i, text := range row {
			cells[i].Text = text
		}
		sheet.Rows = append(sheet.Rows, cells)
	}
	return sheet
}

// facts returns the labelled values of a paper.
func (p paperPage) facts(f pdf.Facts) (facts []ui.Fact) {
	for _, row := range f.Rows {
		facts = append(facts, ui.Fact{Label: row.Label, Value: row.Value})
	}
	return facts
}

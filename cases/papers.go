package cases

import (
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/procedures"
)

// receipt returns the proof of registration ("dovada de înregistrare"): who asked
// for what, when and with which documents, and until when the answer is due.
// Official papers are in Romanian (Constitution art. 13).
func (o *Office) receipt(c Case, f filing) pdf.Document {
	t := o.Texts.For("ro")
	title := f.of.Title.In("ro")
	facts := []pdf.Fact{
		{Label: t.T("cases.paper-number"), Value: c.Number.String()},
		{Label: t.T("cases.paper-sent"), Value: t.T("cases.paper-at", procedures.SayDate(t, c.Number.Day), c.Filed.In(o.Zone).Format("15:04"))},
		{Label: t.T("cases.paper-what"), Value: title},
		{Label: t.T("cases.paper-who"), Value: f.to[0]},
	}
	if f.code != "" {
		facts = append(facts, pdf.Fact{Label: t.T("cases.paper-code"), Value: f.code})
	}
	if f.sender != "" {
		facts = append(facts, pdf.Fact{Label: t.T("cases.paper-sender"), Value: f.sender})
	}
	if f.contested.ID != "" {
		facts = append(facts, pdf.Fact{Label: t.T("cases.paper-contests"), Value: f.contested.Number.String()})
	}
	facts = append(facts, pdf.Fact{Label: t.T("cases.paper-unit"), Value: o.UnitTitle(c.Unit, "ro")}, pdf.Fact{Label: t.T("cases.paper-term"), Value: o.termText(t, c, f.of)})
	blocks := pdf.Blocks{pdf.Facts{Rows: facts}}
	if rows := recapFacts(f.of, f.Answers, "ro"); len(rows) > 0 {
		blocks = append(blocks, pdf.Heading{Text: t.T("cases.paper-answers")}, pdf.Facts{Rows: rows})
	}
	if len(f.documents) > 0 {
		table := pdf.Table{Head: []string{t.T("cases.paper-document"), t.T("cases.paper-hash")}}
		for _, d := range f.documents {
			mark := string(d.Hash)
			if d.Paper != "" {
				mark = d.Paper
			}
			table.Rows = append(table.Rows, []string{d.Name, mark})
		}
		blocks = append(blocks, pdf.Heading{Text: t.T("cases.paper-documents")}, table)
	}
	if c.Fee > 0 {
		blocks = append(blocks, pdf.Heading{Text: t.T("cases.paper-fee")}, feeTable(t, f))
	}
	blocks = append(blocks, pdf.Note{Title: t.T("cases.paper-next"), Text: t.T("cases.paper-next-text")})
	return pdf.Document{Lang: "ro", Title: t.T("cases.paper-receipt"), Subject: title, Issuer: o.Issuer(c.Unit, "ro"), Number: c.Number.String(),
		Date: procedures.SayDate(t, c.Number.Day), Recipient: f.to, Blocks: blocks}
}

// termText says until when the answer is due, and how long the law gives for it.
func (o *Office) termText(t *text.Translator, c Case, s *procedures.Service) string {
	if c.Due.IsZero() {
		return t.T("cases.paper-no-term")
	}
	unit := "procedures.days"
	switch {
	case s.Term.Unit == deadline.Months:
		unit = "procedures.months"
	case s.Term.Unit == deadline.Years:
		unit = "procedures.years"
	case s.Term.Mode == deadline.WorkingDays:
		unit = "procedures.working-days"
	}
	return t.T("cases.paper-due", procedures.SayDate(t, c.Due), t.T(unit, s.Term.N))
}

// recapFacts returns answers as facts of a paper, without the documents.
func recapFacts(s *procedures.Service, a procedures.Answers, lang string) (rows []pdf.Fact) {
	for _, row := range s.Recap(a, lang) {
		if len(row.Documents) == 0 {
			rows = append(rows, pdf.Fact{Label: row.Label, Value: row.Value})
		}
	}
	return rows
}

func feeTable(t *text.Translator, f filing) pdf.Table {
	table := pdf.Table{Head: []string{t.T("cases.paper-line"), t.T("cases.paper-sum")}}
	for _, line := range f.lines {
		table.Rows = append(table.Rows, []string{line.Label.In("ro"), line.Amount.Format("ro")})
	}
	if len(f.lines) > 1 {
		table.Rows = append(table.Rows, []string{t.T("cases.paper-total"), f.fee.Format("ro")})
	}
	return table
}

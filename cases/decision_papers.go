package cases

import (
	"fmt"
	"strings"

	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/procedures"
)

// Types of documents, in the catalogue, of papers that no service describes.
const (
	refusalType = "decizie-respingere"
	answerType  = "raspuns-cerere"
)

// A Paper is what a decision or a request says, in Romanian: the language of the
// administration (Constituția art. 13).
type Paper struct {
	Type       string // of document
	Title      string
	Subject    string
	Number     string
	Day        string
	Recipient  []string
	Paragraphs []string
	Text       string // of an approval: the paragraphs that the clerk may change
	Plain      string // in short, for the applicant; "" if it says nothing
	Appeal     string // how to contest it; "" where nothing is decided
	Signers    []Signer
	Until      deadline.Date // last day on which it is good; no day if it has none
}

// A Signer is named at the end of a paper.
type Signer struct{ Capacity, Name string }

// Decision returns the paper of a decision on a day; to is the applicant, name
// and address, and signers are the names of those who sign, as far as they have.
func (o *Office) Decision(v View, p Proposal, to, signers []string, day deadline.Date) Paper {
	t, s := o.Texts.For("ro"), v.Of
	title, filed := s.Title.In("ro"), procedures.SayDate(t, v.Number.Day)
	paper := Paper{Subject: title, Number: v.Number.String(), Day: procedures.SayDate(t, day), Recipient: to, Plain: p.Plain, Appeal: s.Appeal.In("ro")}
	for i, capacity := range s.Decision.SignerCapacity {
		signer := Signer{Capacity: capacity.In("ro")}
		if i < len(signers) {
			signer.Name = signers[i]
		}
		paper.Signers = append(paper.Signers, signer)
	}
	switch p.Outcome {
	case Approve:
		paper.Type, paper.Title, paper.Until = s.Decision.Document, s.Decision.Title.In("ro"), o.validity(s, day)
		text := Lines(p.Text)
		if len(text) == 0 {
			text = o.decisionText(v, to, day, paper.Until)
		}
		paper.Text = strings.Join(text, "\n\n")
		paper.Paragraphs = append(text, t.T("cases.paper-basis", basis(s.Basis)))
	case Refuse:
		paper.Type, paper.Title = refusalType, t.T("cases.paper-refusal")
		reason, _ := s.Reason(p.Reason)
		paper.Paragraphs = append(append(paper.Paragraphs, t.T("cases.paper-refused", title, paper.Number, filed), t.T("cases.paper-reason", reason.Title.In("ro"))), Lines(p.Detail)...)
		paper.Paragraphs = append(paper.Paragraphs, t.T("cases.paper-basis", basis(reason.Basis)))
	case Close:
		paper.Type, paper.Title = answerType, t.T("cases.paper-answer")
		paper.Paragraphs = append([]string{t.T("cases.paper-answered", title, paper.Number, filed)}, Lines(p.Detail)...)
	}
	return paper
}

// decisionText returns what the service says when it approves, filled in.
func (o *Office) decisionText(v View, to []string, day, until deadline.Date) []string {
	t := o.Texts.For("ro")
	extra := map[string]string{"number": v.Number.String(), "document": v.Number.String(), "filed": procedures.SayDate(t, v.Number.Day),
		"today": procedures.SayDate(t, day), "until": procedures.SayDate(t, until), "fee": v.Fee.Format("ro"), "applicant": to[0], "address": strings.Join(to[1:], ", ")}
	if unit, err := o.Catalog.Unit(v.Unit); err == nil {
		extra["unit"] = unit.Title.In("ro")
	}
	return v.Of.DecisionText(v.Answers, "ro", extra)
}

// validity returns the last day on which a decision is good that is signed on a
// day; no day if it is good for ever.
func (o *Office) validity(s *procedures.Service, day deadline.Date) deadline.Date {
	if s.Decision.Until == "" {
		return o.Calendar.End(day, s.Decision.Valid)
	}
	until := deadline.Date{Year: day.Year}
	_, _ = fmt.Sscanf(s.Decision.Until, "%d-%d", &until.Day, &until.Month) // the catalogue has checked it
	if until.Before(day) {
		until.Year++
	}
	return until
}

// document returns the paper as the registry issues it.
func (o *Office) document(p Paper, unit string) pdf.Document {
	t := o.Texts.For("ro")
	doc := pdf.Document{Lang: "ro", Title: p.Title, Subject: p.Subject, Issuer: o.Issuer(unit, "ro"), Number: p.Number, Date: p.Day, Recipient: p.Recipient}
	for _, text := range p.Paragraphs {
		doc.Blocks = append(doc.Blocks, pdf.Paragraph{Text: text})
	}
	if p.Plain != "" {
		doc.Blocks = append(doc.Blocks, pdf.Note{Title: t.T("cases.paper-plain"), Text: p.Plain})
	}
	if p.Appeal != "" {
		doc.Blocks = append(doc.Blocks, pdf.Note{Title: t.T("cases.paper-appeal"), Text: p.Appeal})
	}
	for _, s := range p.Signers {
		doc.Signatures = append(doc.Signatures, pdf.Signature{Name: s.Name, Capacity: s.Capacity, Date: p.Day})
	}
	return doc
}

// Lines returns the lines of a text that are not empty.
func Lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// basis returns laws as they are quoted.
func basis(laws []procedures.Basis) string {
	said := make([]string, len(laws))
	for i, law := range laws {
		said[i] = law.String()
	}
	return strings.Join(said, "; ")
}

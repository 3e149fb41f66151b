package notices

import (
	"context"
	"strings"

	"bega/internal/text"
)

// A mailPage is what a mail shows, as HTML and as plain text.
type mailPage struct {
	*text.Translator
	Town        string
	Subject     string
	Paragraphs  []string
	Link        string   // address where they go on; "" for nowhere
	Why         []string // it came, and how to change that
	Change      string   // address of the wishes; "" where there is no choice
	Unsubscribe string   // address; "" where nobody can
}

// mailOf returns the mail of a notice, but for whom it is.
func (o *Office) mailOf(ctx context.Context, r row, lang string) (Mail, error) {
	t := o.Texts.For(lang)
	n, err := o.say(r, t)
	if err != nil {
		return Mail{}, err
	}
	page := o.page(t, n.Subject, n.Body)
	page.Change = o.URL + "/profil/mesaje"
	if n.Link != "" {
		page.Link = o.URL + n.Link
	}
	page.Why = []string{t.T("notices.why", o.Town)}
	if o.required(n.Key) {
		page.Why = []string{t.T("notices.why-required", o.Town)}
	} else {
		page.Unsubscribe = o.URL + "/mesaje/dezabonare/" + o.token(n.To, topicOf(n.Key))
	}
	return o.mail(ctx, "notice "+n.ID, page)
}

// mailOfLetter returns the mail of a letter.
func (o *Office) mailOfLetter(ctx context.Context, id string, l Letter) (Mail, error) {
	t := o.Texts.For(l.Lang)
	page := o.page(t, t.T(l.Key+"-subject", l.Args...), t.T(l.Key+"-body", l.Args...))
	page.Why = []string{t.T("notices.why-letter", o.Town)}
	m, err := o.mail(ctx, "letter "+id, page)
	m.To = l.To
	return m, err
}

func (o *Office) page(t *text.Translator, subject, body string) mailPage {
	page := mailPage{Translator: t, Town: o.Town, Subject: oneLine(subject)}
	for line := range strings.Lines(body) {
		if line = strings.TrimSpace(line); line != "" {
			page.Paragraphs = append(page.Paragraphs, line)
		}
	}
	return page
}

// mail renders both parts. Its ID tells nothing of the item, whose ID may open
// something.
func (o *Office) mail(ctx context.Context, item string, page mailPage) (Mail, error) {
	var html strings.Builder
	err := page.view().Render(ctx, &html)
	return Mail{ID: o.Vault.Index("mail", item)[:32], Lang: page.Lang(), Subject: page.Subject,
		Text: page.plain(), HTML: html.String(), Unsubscribe: page.Unsubscribe}, err
}

// plain says the same as the page in HTML.
func (p mailPage) plain() string {
	lines := []string{p.T("notices.hello")}
	lines = append(lines, p.Paragraphs...)
	if p.Link != "" {
		lines = append(lines, p.T("notices.go-on")+":\n"+p.Link)
	}
	lines = append(lines, "-- \n"+p.Town)
	lines = append(lines, p.Why...)
	if p.Change != "" {
		lines = append(lines, p.T("notices.change")+":\n"+p.Change)
	}
	if p.Unsubscribe != "" {
		lines = append(lines, p.T("notices.unsubscribe")+":\n"+p.Unsubscribe)
	}
	return strings.Join(lines, "\n\n") + "\n"
}

// oneLine makes one line of what may hold several: a header has only one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

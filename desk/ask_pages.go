package desk

import (
	"net/http"
	"slices"
	"strings"

	"bega/cases"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// askPage asks an applicant for what is missing.
type askPage struct {
	form
	Template  string // key of the template it began with; empty for none
	Fields    ui.Input
	Documents ui.Input
	Text      ui.Input
	Until     ui.Input
	Reason    ui.Input
	Ask       cases.Ask // as it is filled in
	Typed     ui.Typed  // the last day
	Shown     bool      // the mail is shown that it would send
}

func (p pages) askPage(r *http.Request) (page askPage, err error) {
	if page.form, err = p.form(r); err != nil {
		return page, err
	}
	page.Fields = ui.Input{Name: "camp", Label: page.T("desk.ask-fields")}
	page.Documents = ui.Input{Name: "document", Label: page.T("desk.ask-documents")}
	page.Text = ui.Input{Name: "text", Label: page.T("desk.ask-text"), Hint: page.T("desk.ask-text-hint"), Rows: 6, Max: 4000, Required: true}
	page.Until = ui.Input{Name: "termen", Label: page.T("desk.ask-until"), Required: true}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("desk.ask-reason"), Hint: page.T("desk.ask-reason-hint"), Rows: 2}
	return page, nil
}

// newAsk begins a request, with a template of the service if one was chosen. It
// is in the applicant's language as far as that is known: Romanian.
func (p pages) newAsk(w http.ResponseWriter, r *http.Request) error {
	page, err := p.askPage(r)
	if err != nil {
		return err
	}
	page.Ask.Until = p.o.AskUntil(page.Desk.Case)
	for _, t := range page.Desk.Of.Corrections {
		if t.Key == r.FormValue("sablon") {
			page.Template = t.Key
			page.Ask.Fields, page.Ask.Documents, page.Ask.Text = t.Fields, t.Documents, t.Text.In("ro")
			page.Shown = true
		}
	}
	page.Text.Value, page.Typed = page.Ask.Text, ui.TypedOf(page.Ask.Until)
	return p.Render(w, r, http.StatusOK, page.view())
}

// read fills the page with what was typed.
func (page *askPage) read(r *http.Request) {
	page.Template, page.Shown = r.PostFormValue("sablon"), true
	page.Typed = ui.ReadTyped(r.PostForm, page.Until.Name)
	until, _ := page.Typed.Date()
	page.Text.Value, page.Reason.Value = r.PostFormValue("text"), r.PostFormValue("motiv")
	page.Ask = cases.Ask{Until: until, Text: page.Text.Value, Fields: r.PostForm["camp"], Documents: r.PostForm["document"], Reason: page.Reason.Value}
}

// ask sends a request, or shows what the mail would say.
func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return web.ErrForm
	}
	var typed askPage
	typed.Until.Name = "termen"
	typed.read(r)
	var err error
	if r.PostFormValue("vezi") == "" {
		if err = typed.dated(); err == nil {
			err = p.o.Ask(r.Context(), p.Actor(r), web.Key(r), r.PathValue("caz"), edition(r.PostFormValue("editia")), typed.Ask)
		}
		if err == nil {
			return web.See(w, r, "/lucru/caz/"+r.PathValue("caz")+"?trimis=1")
		}
	}
	page, openErr := p.askPage(r)
	if openErr != nil {
		return openErr
	}
	page.read(r)
	if err == nil {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	if status := page.refused(r, err, map[*fault.Fault]*ui.Input{cases.ErrText: &page.Text, ErrNothing: &page.Fields,
		ErrUntil: &page.Until, ErrHeld: &page.Reason}); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// dated returns an error if what was typed is no day: none would mean the usual.
func (page *askPage) dated() error {
	if page.Ask.Until == (deadline.Date{}) {
		return ErrUntil
	}
	return nil
}

// fieldOptions returns the questions that can be asked again: those that were
// answered.
func (p askPage) fieldOptions() (options []ui.Option) {
	seen := map[string]bool{}
	for _, row := range p.Desk.Of.Recap(p.Desk.Answers, p.Lang()) {
		if f, _, ok := p.Desk.Of.Field(row.Field); ok && !seen[row.Field] && askable(f.Kind) {
			seen[row.Field] = true
			options = append(options, ui.Option{Value: row.Field, Label: row.Label, Hint: row.Value})
		}
	}
	for _, key := range p.Ask.Fields { // of a template, and not answered
		if f, _, ok := p.Desk.Of.Field(key); ok && !seen[key] {
			options = append(options, ui.Option{Value: key, Label: f.Label.In(p.Lang())})
		}
	}
	return options
}

// askable reports whether an answer of a kind is asked for as a field. Documents
// are asked for by their type.
func askable(kind procedures.Kind) bool {
	return kind != procedures.Document && kind != procedures.FileList && kind != procedures.Consent
}

// documentOptions returns the types of documents that the service may ask for,
// and says which of them the town hall has.
func (p askPage) documentOptions() (options []ui.Option) {
	for _, key := range p.types() {
		option := ui.Option{Value: key, Label: p.o.typeTitle(key, p.Lang())}
		if slices.Contains(p.Desk.Held, key) {
			option.Hint = p.T("desk.ask-held")
		}
		options = append(options, option)
	}
	return options
}

func (p askPage) types() []string {
	keys := serviceTypes(p.Desk.Of)
	for _, key := range p.Ask.Documents {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// mail returns what the applicant gets by e-mail.
func (p askPage) mail() (subject, body string) {
	args := []any{p.Desk.Number.String(), p.Date(p.Ask.Until), p.o.Cases.Missing(p.Desk.Of, p.Ask).In("ro"), strings.TrimSpace(p.Ask.Text)}
	return p.T("desk.notice-asked-subject", args...), p.T("desk.notice-asked-body", args...)
}

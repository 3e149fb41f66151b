package identity

import (
	"net/http"
	"net/url"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// deskPage looks people up at the counter.
type deskPage struct {
	ui.Page
	What, Reason ui.Input
	Searched     bool
	Found        []Glimpse
}

func (p pages) deskPage(r *http.Request) deskPage {
	page := deskPage{Page: p.Page(r)}
	page.Section = "/lucru/ghiseu"
	page.What = ui.Input{Name: "cauta", Label: page.T("identity.find-whom"), Hint: page.T("identity.find-hint"), Value: r.PostFormValue("cauta"), Required: true}
	page.Reason = ui.Input{Name: "motiv", Label: page.T("identity.reason"), Hint: page.T("identity.reason-hint"), Value: r.PostFormValue("motiv")}
	return page
}

// reasonOptions returns why an official may look somebody up.
func reasonOptions(p ui.Page) (options []ui.Option) {
	for _, key := range reasons {
		options = append(options, ui.Option{Value: key, Label: p.T(key)})
	}
	return options
}

func (p pages) desk(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, p.deskPage(r).view())
}

// find answers a form sent by POST with a page: what was looked for never stands
// in an address.
func (p pages) find(w http.ResponseWriter, r *http.Request) (err error) {
	page := p.deskPage(r)
	page.Found, err = p.o.Find(r.Context(), p.Actor(r), Search{page.What.Value, page.Reason.Value})
	if status := web.Blame(&page.Page, nil, err, map[*fault.Fault]*ui.Input{ErrSearch: &page.What, ErrReason: &page.Reason}); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	if len(page.Found) == 1 {
		return web.See(w, r, counterPath(page.Found[0].ID, page.Reason.Value))
	}
	page.Searched = true
	return p.Render(w, r, http.StatusOK, page.view())
}

// counterPath is where a party is seen at the desk, for a reason.
func counterPath(id act.PartyID, reason string) string {
	return "/lucru/ghiseu/" + url.PathEscape(string(id)) + "?motiv=" + url.QueryEscape(reason)
}

// A checkForm asks what an official has seen.
type checkForm struct {
	Document, Seen, Code, Given, Family ui.Input
	Documents                           []ui.Option
}

var documentKeys = map[Document]string{IdentityCard: "identity.document-card", Passport: "identity.document-passport",
	Residence: "identity.document-permit", Registration: "identity.document-register"}

func newCheckForm(p ui.Page, kind Kind) checkForm {
	f := checkForm{
		Document: ui.Input{Name: "act", Label: p.T("identity.document")},
		Seen:     ui.Input{Name: "vazut", Label: p.T("identity.seen")},
		Code:     ui.Input{Name: "cod", Label: p.T("identity.cnp"), Inputmode: "numeric", Width: "w10", Required: true},
		Given:    ui.Input{Name: "prenume", Label: p.T("identity.given"), Required: true},
		Family:   ui.Input{Name: "familie", Label: p.T("identity.family"), Required: true},
	}
	if kind == Firm {
		f.Code.Label, f.Family.Label, f.Seen.Label = p.T("identity.cui"), p.T("identity.firm-name"), p.T("identity.seen-firm")
	}
	for _, d := range Documents(kind) {
		f.Documents = append(f.Documents, ui.Option{Value: string(d), Label: p.T(documentKeys[d])})
	}
	if len(f.Documents) == 1 {
		f.Document.Value = f.Documents[0].Value
	}
	return f
}

// read fills the form with what was typed, and returns it.
func (f *checkForm) read(r *http.Request) Check {
	f.Document.Value, f.Seen.Value, f.Code.Value = r.PostFormValue("act"), r.PostFormValue("vazut"), r.PostFormValue("cod")
	f.Given.Value, f.Family.Value = r.PostFormValue("prenume"), r.PostFormValue("familie")
	return Check{Document(f.Document.Value), f.Seen.Value == "da", f.Code.Value, f.Given.Value, f.Family.Value}
}

func (f *checkForm) faults() map[*fault.Fault]*ui.Input {
	unseen := &f.Seen
	if f.Document.Value == "" {
		unseen = &f.Document
	}
	return map[*fault.Fault]*ui.Input{ErrNotSeen: unseen, ErrName: &f.Family, ErrCNP: &f.Code, ErrCUI: &f.Code, ErrOtherCode: &f.Code, ErrEnrolled: &f.Code}
}

func (f checkForm) inputs() []ui.Input {
	return []ui.Input{f.Code, f.Given, f.Family, f.Document, f.Seen}
}

// enrolPage enters somebody whom the town hall does not know yet.
type enrolPage struct {
	ui.Page
	Kind         Kind
	Check        checkForm
	Email, Phone ui.Input
}

func (p pages) enrolPage(r *http.Request) enrolPage {
	page := enrolPage{Page: p.Page(r), Kind: Person}
	page.Section = "/lucru/ghiseu"
	if r.FormValue("fel") == string(Firm) {
		page.Kind = Firm
	}
	page.Check = newCheckForm(page.Page, page.Kind)
	page.Email = ui.Input{Name: "email", Type: "email", Label: page.T("identity.email"), Hint: page.T("identity.email-hint"), Value: r.PostFormValue("email")}
	page.Phone = ui.Input{Name: "telefon", Type: "tel", Label: page.T("identity.phone"), Value: r.PostFormValue("telefon"), Width: "w10"}
	return page
}

func (p pages) newParty(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, p.enrolPage(r).view())
}

func (p pages) enrol(w http.ResponseWriter, r *http.Request) error {
	page := p.enrolPage(r)
	check := page.Check.read(r)
	id, err := p.o.Enrol(r.Context(), p.Actor(r), web.Key(r), page.Kind, check, Contact{Email: page.Email.Value, Phone: page.Phone.Value})
	fields := page.Check.faults()
	fields[ErrEmail], fields[ErrPhone] = &page.Email, &page.Phone
	if status := web.Blame(&page.Page, nil, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, counterPath(id, visiting))
}

// visiting is why somebody is looked at who was just served.
const visiting = "identity.why-visit"

// partyPage shows a party to an official, and what can be done for it.
type partyPage struct {
	ui.Page
	Party           Party
	Reason          string
	Check           checkForm
	Email           ui.Input
	Given, Received []mandateRow
}

// lookPage looks at a party. After something was done for it, that was part of
// the visit.
func (p pages) lookPage(r *http.Request) (page partyPage, err error) {
	page = partyPage{Page: p.Page(r), Reason: r.FormValue("motiv")}
	page.Section = "/lucru/ghiseu"
	party, given, received, err := p.o.Look(r.Context(), p.Actor(r), act.PartyID(r.PathValue("parte")), page.Reason)
	if err != nil {
		return page, err
	}
	page.Party, page.Check = party, newCheckForm(page.Page, party.Kind)
	page.Check.Given.Value, page.Check.Family.Value = party.Given, party.Family
	if party.Kind == Firm {
		page.Check.Family.Value = party.Name
	}
	page.Email = ui.Input{Name: "email", Type: "email", Label: page.T("identity.email"), Hint: page.T("identity.set-email-hint"), Value: party.Email}
	if page.Given, err = p.rows(r, given, true, true); err != nil {
		return page, err
	}
	page.Received, err = p.rows(r, received, false, true)
	return page, err
}

func (p pages) look(w http.ResponseWriter, r *http.Request) error {
	page, err := p.lookPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) verify(w http.ResponseWriter, r *http.Request) error {
	id := act.PartyID(r.PathValue("parte"))
	var form checkForm
	err := p.o.Verify(r.Context(), p.Actor(r), web.Key(r), id, form.read(r))
	return p.done(w, r, err, func(page *partyPage) map[*fault.Fault]*ui.Input {
		page.Check.read(r)
		return page.Check.faults()
	})
}

func (p pages) setEmail(w http.ResponseWriter, r *http.Request) error {
	typed := r.PostFormValue("email")
	err := p.o.SetEmail(r.Context(), p.Actor(r), web.Key(r), act.PartyID(r.PathValue("parte")), typed)
	return p.done(w, r, err, func(page *partyPage) map[*fault.Fault]*ui.Input {
		page.Email.Value = typed
		return map[*fault.Fault]*ui.Input{ErrEmail: &page.Email}
	})
}

// done leads back to a party after something was done for it, or shows what was
// wrong with the form, which fill then fills as it was typed.
func (p pages) done(w http.ResponseWriter, r *http.Request, err error, fill func(*partyPage) map[*fault.Fault]*ui.Input) error {
	reason := r.PostFormValue("motiv")
	if err == nil {
		return web.See(w, r, counterPath(act.PartyID(r.PathValue("parte")), reason))
	}
	if fault.Of(err).Kind != fault.Invalid && fault.Of(err).Kind != fault.Conflict {
		return err
	}
	page, lookErr := p.lookPage(r)
	if lookErr != nil {
		return lookErr
	}
	if status := web.Blame(&page.Page, nil, err, fill(&page)); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// deskPrincipal returns for whom a mandate is entered: the page names them alone.
func (p pages) deskPrincipal(r *http.Request) (Party, error) {
	party, _, _, err := p.o.Look(r.Context(), p.Actor(r), act.PartyID(r.PathValue("parte")), visiting)
	return party, err
}

func (p pages) newAtDesk(w http.ResponseWriter, r *http.Request) error {
	party, err := p.deskPrincipal(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, p.grantPage(r, party, true).view())
}

func (p pages) enterMandate(w http.ResponseWriter, r *http.Request) error {
	party, err := p.deskPrincipal(r)
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	page := p.grantPage(r, party, true)
	_, err = p.o.EnterMandate(r.Context(), p.Actor(r), form.Key(), party.ID, page.read(form))
	if status := page.blame(err); status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, counterPath(party.ID, visiting))
}

func (p pages) endAtDesk(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.EndAtDesk(r.Context(), p.Actor(r), web.Key(r), r.PathValue("mandat")); err != nil {
		return err
	}
	return web.See(w, r, counterPath(act.PartyID(r.PathValue("parte")), visiting))
}

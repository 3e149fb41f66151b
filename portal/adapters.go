package portal

import (
	"context"

	"bega/access"
	"bega/cases"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/staff"
)

// What follows lets rooms speak with each other that may not know each other.
// Each type is an interface of one room, kept with another.

// services are what mandates can be limited to.
type services struct{ t *Town }

// Titles implements [identity.Titles].
func (s services) Titles(lang string) (all []identity.Titled) {
	for _, service := range s.t.catalog.Services(s.t.today()) {
		all = append(all, identity.Titled{Key: service.Key, Title: service.Title.In(lang)})
	}
	return all
}

// units are the departments that officials belong to.
type units struct{ t *Town }

// Titles implements [staff.Units].
func (u units) Titles(lang string) (all []staff.Unit) {
	for _, unit := range u.t.catalog.Units() {
		all = append(all, staff.Unit{Key: unit.Key, Title: unit.Title.In(lang)})
	}
	return all
}

// titles says what things of the catalogue are called.
type titles struct{ t *Town }

// TypeTitle implements [folder.Types] and [registry.Titles].
func (s titles) TypeTitle(key, lang string) string {
	typ, err := s.t.catalog.DocumentType(key)
	if err != nil {
		return ""
	}
	return typ.Title.In(lang)
}

// TypeTerm implements [folder.Types].
func (s titles) TypeTerm(key string) deadline.Term {
	typ, err := s.t.catalog.DocumentType(key)
	if err != nil {
		return deadline.Term{}
	}
	return typ.Valid
}

// TypeKeys implements [folder.Types].
func (s titles) TypeKeys() (keys []string) {
	for _, typ := range s.t.catalog.DocumentTypes() {
		keys = append(keys, typ.Key)
	}
	return keys
}

// UnitTitle implements [folder.Units] and [registry.Titles].
func (s titles) UnitTitle(key, lang string) string {
	unit, err := s.t.catalog.Unit(key)
	if err != nil {
		return key
	}
	return unit.Title.In(lang)
}

// ServiceTitle implements [registry.Titles].
func (s titles) ServiceTitle(key, lang string) string {
	service, err := s.t.catalog.Service(key, s.t.today())
	if err != nil {
		return key
	}
	return service.Title.In(lang)
}

// questions says what cases are called, and begins one about an entry of the
// register of acts.
type questions struct{ t *Town }

// CaseTitle implements [folder.Cases] and [notices.Cases].
func (q questions) CaseTitle(ctx context.Context, owner act.PartyID, id, lang string) (number, title string, err error) {
	return q.t.cases.Title(ctx, owner, id, lang)
}

// AskAbout implements [folder.Cases].
func (q questions) AskAbout(ctx context.Context, actor act.Actor, entry string) (string, error) {
	return q.t.drafts.BeginFor(ctx, actor, "intrebare-date", procedures.Values{"intrare": {entry}}, "")
}

// continued begins an application that continues another.
type continued struct{ t *Town }

// Begin implements [cases.Drafts].
func (c continued) Begin(ctx context.Context, actor act.Actor, service string, values procedures.Values, objects string) (string, error) {
	return c.t.drafts.BeginFor(ctx, actor, service, values, objects)
}

// letters knows what the room access writes.
type letters struct{ t *Town }

// Letter implements [notices.Letters].
func (l letters) Letter(ctx context.Context, id string) (notices.Letter, error) {
	letter, err := l.t.access.Letter(ctx, id)
	return notices.Letter(letter), err
}

var _ = access.Letter(notices.Letter{}) // they say the same

// people are what cases know of people, and of colleagues.
type people struct {
	*identity.Office
	t *Town
}

// Recipient implements [cases.People].
func (p people) Recipient(ctx context.Context, id act.PartyID) (lines []string, code string, level act.Level, err error) {
	return p.Office.Recipient(ctx, p.t.db, id)
}

// Staff implements [cases.People].
func (p people) Staff(ctx context.Context, unit string, role act.Role) ([]act.PartyID, error) {
	return p.t.staff.Holders(ctx, unit, role)
}

// fees lets the fee of a case be paid.
type fees struct{ t *Town }

// Order implements [cases.Fees].
func (f fees) Order(ctx context.Context, tx *act.Tx, d cases.Due) (string, error) {
	r := payments.Request{Owner: d.Case.Owner, Unit: d.Case.Unit, Service: d.Case.Service, Case: d.Case.ID,
		Number: d.Case.Number.String(), Account: d.Account, Link: "/cereri/" + d.Case.ID}
	for _, line := range d.Lines {
		r.Lines = append(r.Lines, payments.Line{Label: line.Label, Amount: line.Amount})
	}
	return f.t.payments.Order(ctx, tx, r)
}

// Cancel implements [cases.Fees].
func (f fees) Cancel(ctx context.Context, tx *act.Tx, caseID string) error {
	return f.t.payments.Cancel(ctx, tx, caseID)
}

// payee tells a case that its fee has arrived.
type payee struct{ t *Town }

// Paid implements [payments.Payee].
func (p payee) Paid(ctx context.Context, tx *act.Tx, order payments.Order) error {
	if order.Case == "" {
		return nil
	}
	return p.t.cases.Paid(ctx, tx, order.Case, order.PaidAt)
}

// Returned implements [payments.Payee]: a case whose fee was given back is looked at by
// its clerk, who reads so on the order.
func (p payee) Returned(context.Context, *act.Tx, payments.Order, money.Bani, string) error {
	return nil
}

// today is the civil day in the town.
func (t *Town) today() deadline.Date { return deadline.Of(t.now().In(t.zone)) }

// ServiceTypes implements [folder.Services]: the types of documents that a
// service asks for, or reads answers from.
func (s titles) ServiceTypes(service string) []string {
	of, err := s.t.catalog.Service(service, s.t.today())
	if err != nil {
		return nil
	}
	return of.Papers()
}

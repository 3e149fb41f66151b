package portal

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"bega/city"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/settle"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/payments"
	"bega/registry"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxpayer"
	"bega/taxroll"
)

// taxUnit is the department of local taxes, and taxRegister where its papers are
// numbered.
const taxUnit, taxRegister = "directia-fiscala", "IF"

// lawOfTaxes is what a city pack says of local taxes.
type lawOfTaxes struct {
	rules    map[int]*taxlaw.Rules // by year
	accounts city.Accounts
	season   []taxes.Closure
}

// readTaxes reads the folder taxes of a pack.
func readTaxes(files fs.FS) (l lawOfTaxes, err error) {
	if l.accounts, err = city.ReadAccounts(files); err != nil {
		return l, err
	}
	season, err := fs.ReadFile(files, "taxes/season.json")
	if err == nil {
		l.season, err = taxes.ReadSeason(season)
	}
	if err != nil {
		return l, fmt.Errorf("city pack: %w", err)
	}
	names, err := fs.Glob(files, "taxes/2*.json")
	if err != nil {
		return l, err
	}
	l.rules = map[int]*taxlaw.Rules{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return l, err
		}
		town, err := taxlaw.ReadTown(data)
		if err != nil {
			return l, fmt.Errorf("city pack: %s: %w", name, err)
		}
		law, err := taxlaw.LawOf(town.Law)
		if err != nil {
			return l, fmt.Errorf("city pack: %s: %w", name, err)
		}
		l.rules[town.Year] = taxlaw.New(law, town)
	}
	return l, nil
}

// kinds are the kinds of obligations that the town has an account for.
func (l lawOfTaxes) kinds() (all []ledger.Kind) {
	for _, a := range l.accounts.Kinds {
		all = append(all, ledger.Kind{Key: a.Key, Class: settle.Class(a.Class), Natural: a.Natural, Legal: a.Legal, Revenue: a.Revenue})
	}
	return all
}

// of returns the rules of a year.
func (l lawOfTaxes) of(year int) (*taxlaw.Rules, error) {
	rules, ok := l.rules[year]
	if !ok {
		return nil, taxlaw.ErrNoLaw
	}
	return rules, nil
}

// buildTaxes makes the offices of local taxes, and connects them.
func (t *Town) buildTaxes() {
	t.ledger = &ledger.Office{DB: t.db, Acts: t.acts, Now: t.now, Zone: t.zone, Kinds: t.law.kinds(), Unit: taxUnit}
	t.roll = &taxroll.Office{DB: t.db, Acts: t.acts, Now: t.now, Zone: t.zone, Vault: t.vault, Texts: t.texts, People: payers{t}, Rules: t.law.of, Unit: taxUnit}
	t.taxes = &taxes.Office{DB: t.db, Acts: t.acts, Now: t.now, Zone: t.zone, Texts: t.texts, Calendar: t.calendar, Roll: t.roll, Ledger: t.ledger,
		People: payers{t}, Papers: taxPapers{t}, Rules: t.law.of, Season: t.law.season, Unit: taxUnit, Certified: "certificat-fiscal"}
	t.roll.Follow, t.roll.Totals = t.taxes.Follow, t.taxes.Totals
	t.taxpayer = &taxpayer.Office{DB: t.db, Acts: t.acts, Now: t.now, Zone: t.zone, Calendar: t.calendar, Rules: t.law.rules, Ledger: t.ledger,
		Register: taxpayer.Taxes{Taxes: t.taxes, Texts: t.texts}, Firms: payers{t}, Bank: t.payments, Vault: t.vault, Texts: t.texts,
		IBAN: t.law.accounts.Card, Beneficiary: t.pack.Brand.Municipality, CIF: t.pack.Town.CIF, Objection: "/servicii/petitie",
		ReceiptPath: t.payments.ReceiptPath}
	t.payments.Payees = append(t.payments.Payees, t.taxpayer)
	t.payments.ResultPath = func(order payments.Order) string {
		if order.Case != "" {
			return ""
		}
		return "/taxe/plata/" + order.ID
	}
}

// payers are what the rooms of taxes know of people.
type payers struct{ t *Town }

// Owner implements [taxroll.People].
func (p payers) Owner(ctx context.Context, r db.Reader, party act.PartyID) (string, error) {
	kind, err := p.t.identity.KindOf(ctx, r, party)
	if kind == identity.Firm {
		return taxlaw.Legal, err
	}
	return taxlaw.Natural, err
}

// Find implements [taxroll.People].
func (p payers) Find(ctx context.Context, tx *act.Tx, all []taxroll.Taxpayer) ([]act.PartyID, error) {
	entries := make([]identity.Party, len(all))
	for i, payer := range all {
		entries[i] = identity.Party{Kind: identity.Person, Code: payer.Code, Name: payer.Name}
		if payer.Owner == taxlaw.Legal {
			entries[i].Kind = identity.Firm
		}
	}
	return p.t.identity.Enter(ctx, tx, entries)
}

// Capacity implements [taxes.People].
func (p payers) Capacity(_ context.Context, actor act.Actor, party act.PartyID) (string, error) {
	switch {
	case actor.For != party:
		return "", nil
	case actor.Mandate != "":
		return "mandate", nil
	}
	return "owner", nil
}

// Firms implements [taxpayer.Firms].
func (p payers) Firms(ctx context.Context, actor act.Actor) (all []taxpayer.Firm, err error) {
	mandates, err := p.t.identity.Received(ctx, identity.InPerson(actor))
	if err != nil {
		return nil, err
	}
	today := p.t.identity.Today()
	mandates = slices.DeleteFunc(mandates, func(m identity.Mandate) bool { return m.State(today) != identity.Active })
	ids := make([]act.PartyID, len(mandates))
	for i, m := range mandates {
		ids[i] = m.Principal
	}
	names, err := p.t.identity.Names(ctx, ids)
	for _, m := range mandates {
		all = append(all, taxpayer.Firm{Party: m.Principal, Name: names[m.Principal], Mandate: m.ID, Services: m.Services})
	}
	return all, err
}

// taxPapers numbers and seals decisions and certificates, puts them into the folder,
// and tells their owner.
type taxPapers struct{ t *Town }

// Issue implements [taxes.Papers].
func (p taxPapers) Issue(ctx context.Context, tx *act.Tx, paper taxes.Paper) (code, number string, err error) {
	t := p.t
	lines, _, _, err := t.identity.Recipient(ctx, tx, paper.Owner)
	if err != nil {
		return "", "", err
	}
	registered, err := t.registry.Register(ctx, tx, registry.Arrival{Register: taxRegister, Unit: taxUnit, Sender: paper.Owner, Service: paper.Service})
	if err != nil {
		return "", "", err
	}
	number = registered.String()
	doc, day := paper.Document, deadline.Of(tx.At.In(t.zone))
	doc.Issuer, doc.Recipient, doc.Number, doc.Date = t.issuer(taxUnit, "ro"), lines, number, ui.Page{Translator: t.texts.For("ro"), Zone: t.zone}.Date(day)
	code, err = t.registry.Issue(ctx, tx, registry.Paper{Kind: registry.Decision, Type: paper.Type, Owner: paper.Owner, Unit: taxUnit,
		Service: paper.Service, Number: registered, Document: doc, Until: paper.Until})
	if err != nil {
		return "", "", err
	}
	_, err = t.folder.Issue(ctx, tx, folder.Document{Owner: paper.Owner, Type: paper.Type, Name: doc.Title + " " + number, Issuer: doc.Issuer.Authority,
		Number: number, IssuedOn: day, Until: paper.Until, Source: folder.Issued, Media: "application/pdf", Paper: code})
	if err != nil {
		return "", "", err
	}
	return code, number, t.notices.Send(ctx, tx, paper.Owner, paper.Notice, nil, "/acte/"+code, "", code)
}

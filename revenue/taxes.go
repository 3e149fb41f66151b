package revenue

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"bega/city"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/recall"
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

// Unit is the department of local taxes.
const Unit = "directia-fiscala"

// taxRegister is where its papers are numbered.
const taxRegister = "IF"

// Law is what a city pack says of local taxes.
type Law struct {
	rules    map[int]*taxlaw.Rules // by year
	accounts city.Accounts
	season   []taxes.Closure
}

// ReadLaw reads the folder taxes of a city pack. It fails with what is wrong in which file.
func ReadLaw(files fs.FS) (l Law, err error) {
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
func (l Law) kinds() (all []ledger.Kind) {
	for _, a := range l.accounts.Kinds {
		all = append(all, ledger.Kind{Key: a.Key, Class: settle.Class(a.Class), Natural: a.Natural, Legal: a.Legal, Revenue: a.Revenue})
	}
	return all
}

// of returns the rules of a year.
func (l Law) of(year int) (*taxlaw.Rules, error) {
	rules, ok := l.rules[year]
	if !ok {
		return nil, taxlaw.ErrNoLaw
	}
	return rules, nil
}

// buildTaxes makes the offices of local taxes, and connects them.
func (h *House) buildTaxes() {
	h.Ledger = &ledger.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Kinds: h.Law.kinds(), Unit: Unit}
	h.Roll = &taxroll.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Vault: h.Vault, Texts: h.Texts, People: payers{h}, Rules: h.Law.of, Unit: Unit}
	h.Taxes = &taxes.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Texts: h.Texts, Calendar: h.Calendar, Roll: h.Roll, Ledger: h.Ledger,
		People: payers{h}, Papers: taxPapers{h}, Rules: h.Law.of, Season: h.Law.season, Unit: Unit, Certified: "certificat-fiscal"}
	h.Roll.Follow, h.Roll.Totals = h.Taxes.Follow, h.Taxes.Totals
	h.Taxpayer = &taxpayer.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Calendar: h.Calendar, Rules: h.Law.rules, Ledger: h.Ledger,
		Register: taxpayer.Taxes{Taxes: h.Taxes, Texts: h.Texts}, Firms: payers{h}, Bank: h.Payments, Vault: h.Vault, Texts: h.Texts,
		IBAN: h.Law.accounts.Card, Beneficiary: h.Pack.Brand.Municipality, CIF: h.Pack.Town.CIF, Objection: "/servicii/petitie", Instalments: "/servicii/esalonare-plata", Refunds: "/servicii/restituire-compensare",
		ReceiptPath: h.Payments.ReceiptPath}
	// In all about 25 MB. The gate is opened later.
	h.Taxpayer.Kept = &recall.Cache[[3]string, taxpayer.Overview]{Pressed: func() bool { return h.Pressed() }, Now: h.Now, Life: 15 * time.Minute,
		Size: func(v taxpayer.Overview) int { return 3 + len(v.Rows) }, Most: 50_000}
	h.Payments.Payees = append(h.Payments.Payees, payee{h})
	h.Payments.ResultPath = func(order payments.Order) string {
		if order.Case != "" {
			return ""
		}
		return "/taxe/plata/" + order.ID
	}
}

// payers are what the rooms of taxes know of people.
type payers struct{ h *House }

// Owner implements [taxroll.People].
func (p payers) Owner(ctx context.Context, r db.Reader, party act.PartyID) (string, error) {
	kind, err := p.h.Identity.KindOf(ctx, r, party)
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
	return p.h.Identity.Enter(ctx, tx, entries)
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

// Code implements [taxes.People].
func (p payers) Code(ctx context.Context, tx *act.Tx, on act.On) (string, error) {
	return p.h.Identity.Code(ctx, tx, on)
}

// Firms implements [taxpayer.Firms].
func (p payers) Firms(ctx context.Context, actor act.Actor) (all []taxpayer.Firm, err error) {
	mandates, err := p.h.Identity.Received(ctx, identity.InPerson(actor))
	if err != nil {
		return nil, err
	}
	today := p.h.Identity.Today()
	mandates = slices.DeleteFunc(mandates, func(m identity.Mandate) bool { return m.State(today) != identity.Active })
	ids := make([]act.PartyID, len(mandates))
	for i, m := range mandates {
		ids[i] = m.Principal
	}
	names, err := p.h.Identity.Names(ctx, ids)
	for _, m := range mandates {
		all = append(all, taxpayer.Firm{Party: m.Principal, Name: names[m.Principal], Mandate: m.ID, Services: m.Services})
	}
	return all, err
}

// taxPapers numbers and seals decisions and certificates, puts them into the folder,
// and tells their owner.
type taxPapers struct{ h *House }

// Issue implements [taxes.Papers].
func (p taxPapers) Issue(ctx context.Context, tx *act.Tx, paper taxes.Paper) (code, number string, err error) {
	h := p.h
	lines, _, _, err := h.Identity.Recipient(ctx, tx, paper.Owner)
	if err != nil {
		return "", "", err
	}
	registered, err := h.Registry.Register(ctx, tx, registry.Arrival{Register: taxRegister, Unit: Unit, Sender: paper.Owner, Service: paper.Service})
	if err != nil {
		return "", "", err
	}
	number = registered.String()
	doc, day := paper.Document, deadline.Of(tx.At.In(h.Zone))
	doc.Issuer, doc.Recipient, doc.Number, doc.Date = h.Issuer(Unit, "ro"), lines, number, ui.Page{Translator: h.Texts.For("ro"), Zone: h.Zone}.Date(day)
	code, err = h.Registry.Issue(ctx, tx, registry.Paper{Kind: registry.Decision, Type: paper.Type, Owner: paper.Owner, Unit: Unit,
		Service: paper.Service, Number: registered, Document: doc, Until: paper.Until})
	if err != nil {
		return "", "", err
	}
	_, err = h.Folder.Issue(ctx, tx, folder.Document{Owner: paper.Owner, Type: paper.Type, Name: doc.Title + " " + number, Issuer: doc.Issuer.Authority,
		Number: number, IssuedOn: day, Until: paper.Until, Source: folder.Issued, Media: "application/pdf", Paper: code})
	if err != nil {
		return "", "", err
	}
	return code, number, h.Notices.Send(ctx, tx, paper.Owner, paper.Notice, nil, "/acte/"+code, "", code)
}

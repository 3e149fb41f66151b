// Package demo is the demonstration town: its people, its papers, and what
// happened in it. Nothing is put into the database but by the use cases of the
// rooms, and in the order of time; so the tests of the whole portal live here, too.
package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bega/access"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/portal"
	"bega/procedures"
)

// Everybody in the town is invented, has a name that says so, and a personal number
// of somebody born in the 19th century.

// demoPassword opens all accounts of the demonstration.
const demoPassword = "lampa de pe Bega"

// A demoPerson is one of the demonstration.
type demoPerson struct {
	key, given, family, cnp string
	street, number, flat    string
	email                   string // before @demo.exemplu.ro; "" for who does not sign in
	unit                    string // of an official
	roles                   []act.Role
	ro, en                  string // what one sees when signed in as them; "" for who is not offered
}

var demoPeople = []demoPerson{
	{"stefania", "Ștefania", "Ionescu-Demo", "4850615350027", "Strada Alba Iulia", "7", "12", "stefania", "", nil,
		"Locuitoare cu dosar: cereri în lucru, documente, o taxă de plătit", "A resident with a folder: running applications, documents, a fee to pay"},
	{"andrei", "Andrei", "Pop-Demo", "3850615350017", "Strada Eugeniu de Savoya", "3", "4", "andrei", "", nil,
		"Locuitor cu dosarul gol: începe de la zero", "A resident with an empty folder: begins at nothing"},
	{"karoly", "Károly", "Lázár-Demo", "3891229470038", "Bulevardul Mihai Eminescu", "15", "2", "karoly", "", nil,
		"Administrator la Bega Demo SRL: lucrează pentru firmă", "Manager of Bega Demo SRL: acts for the firm"},
	{"mihai", "Mihai", "Dragomir-Demo", "3910101807779", "Strada Mărășești", "9", "1", "mihai", "", nil,
		"Contabil: împuternicit de firmă numai pentru certificate fiscale", "Accountant: acts for the firm for tax certificates alone"},
	{"petru", "Petru", "Jurca-Demo", "3850615350051", "Strada Circumvalațiunii", "22", "8", "petru", "", nil, "", ""},
	{"sorin", "Sorin", "Vuia-Demo", "3991231409991", "Strada Simion Bărnuțiu", "40", "3", "sorin", "", nil, "", ""},

	{key: "ioana", given: "Ioana", family: "Marin-Demo", email: "ioana", unit: "urbanism", roles: []act.Role{act.Clerk},
		ro: "Inspectoare la Urbanism: lista de lucru și cazuri", en: "Clerk for planning: work list and cases"},
	{key: "carmen", given: "Carmen", family: "Stoica-Demo", email: "carmen", unit: "urbanism", roles: []act.Role{act.Signatory},
		ro: "Arhitectă-șefă: semnează a doua", en: "Chief architect: the second signature"},
	{key: "radu", given: "Radu", family: "Moldovan-Demo", email: "radu", unit: "urbanism", roles: []act.Role{act.Head}},
	{key: "victor", given: "Victor", family: "Oprea-Demo", email: "victor", unit: "parcari", roles: []act.Role{act.Clerk},
		ro: "Inspector la Parcări", en: "Clerk for parking"},
	{key: "lidia", given: "Lidia", family: "Sabău-Demo", email: "lidia", unit: "directia-fiscala", roles: []act.Role{act.Clerk},
		ro: "Inspectoare la Taxe: dosare fiscale, extrase, certificate", en: "Tax officer: taxpayers, statements, certificates"},
	{key: "horia", given: "Horia", family: "Crișan-Demo", email: "horia", unit: "comert", roles: []act.Role{act.Clerk}},
	{key: "anca", given: "Anca", family: "Munteanu-Demo", email: "anca", unit: "comert", roles: []act.Role{act.Signatory}},
	{key: "traian", given: "Traian", family: "Balaș-Demo", email: "traian", unit: "mobilitate", roles: []act.Role{act.Clerk}},
	{key: "irina", given: "Irina", family: "Cosma-Demo", email: "irina", unit: "registru-agricol", roles: []act.Role{act.Clerk}},
	{key: "dana", given: "Dana", family: "Rusu-Demo", email: "dana", unit: "relatii-cetateni", roles: []act.Role{act.Clerk, act.Desk},
		ro: "Ghișeu: înscrie și verifică oameni", en: "Counter: enrols and verifies people"},
	{key: "paul", given: "Paul", family: "Ardelean-Demo", email: "paul", unit: "informatii-publice", roles: []act.Role{act.Clerk}},
	{key: "sanda", given: "Sanda", family: "Lupu-Demo", email: "sanda", unit: "juridic", roles: []act.Role{act.Clerk}},
	{key: "emil", given: "Emil", family: "Toma-Demo", email: "emil", unit: "juridic", roles: []act.Role{act.Signatory}},
	{key: "vera", given: "Vera", family: "Nistor-Demo", email: "vera", unit: "protectia-datelor", roles: []act.Role{act.Clerk, act.Officer},
		ro: "Responsabilă cu protecția datelor: registrul de acte", en: "Data protection officer: the register of acts"},
	{key: "doru", given: "Doru", family: "Bistrian-Demo", email: "doru", unit: "directia-fiscala", roles: []act.Role{act.Head, act.Signatory},
		ro: "Șef la Taxe: aprobă, compară cu banca, încasări", en: "Head of local taxes: approvals, reconciliation, collections"},
	{key: "mirela", given: "Mirela", family: "Covaci-Demo", email: "mirela", unit: "directia-fiscala", roles: []act.Role{act.Desk},
		ro: "Casieră: ia banii și dă chitanța", en: "Teller: takes money and gives receipts"},
	{key: "matei", given: "Matei", family: "Filip-Demo", email: "matei", roles: []act.Role{act.Admin},
		ro: "Administrator: funcționari, roluri, starea portalului", en: "Administrator: officials, roles, state of the portal"},
}

// demoFirm is a firm of the demonstration; its number is of no firm that there is.
const demoFirm, demoCUI = "Bega Demo SRL", "9999999994"

// offered are the persons that the sign-in page offers.
func offered() (all []access.DemoPerson) {
	for _, p := range demoPeople {
		if p.ro != "" {
			all = append(all, access.DemoPerson{Name: p.given + " " + p.family, What: map[string]string{"ro": p.ro, "en": p.en},
				Email: p.address(), Password: demoPassword})
		}
	}
	return all
}

func (p demoPerson) address() string { return p.email + "@demo.exemplu.ro" }

// A Town is a demonstration town: a portal, and the rooms that it is made of.
type Town struct {
	*portal.Town
	portal.Rooms
}

// Open opens a demonstration town, and makes it unless it is there.
func Open(ctx context.Context, cfg config.Config, o portal.Options) (*Town, error) {
	t, err := empty(ctx, cfg, o)
	if err != nil {
		return nil, err
	}
	if err := t.seed(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the demonstration town: %w", err), t.Close())
	}
	return t, nil
}

// empty opens a demonstration town in which nobody lives yet.
func empty(ctx context.Context, cfg config.Config, o portal.Options) (*Town, error) {
	o.Demo = true
	t, err := portal.Open(ctx, cfg, o)
	if err != nil {
		return nil, err
	}
	return &Town{t, t.Rooms()}, nil
}

// People returns with whom one can sign in.
func (t *Town) People() []access.DemoPerson { return t.Access.Demo }

// today is the civil day in the town.
func (t *Town) today() deadline.Date { return deadline.Of(t.Now().In(t.Zone)) }

func (t *Town) seed(ctx context.Context) error {
	t.Access.Demo = offered()
	there, err := t.Identity.ByEmail(ctx, t.DB, demoPeople[len(demoPeople)-1].address())
	if err != nil || len(there) > 0 {
		return err
	}
	s := newSeed(t)
	defer s.SetBack(0)
	for _, step := range []func(context.Context) error{s.people, s.mandates, s.taxes, s.money, s.documents, s.history} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A seed makes the demonstration town.
type seed struct {
	*Town
	present time.Time
	age     time.Duration        // since it was founded
	actors  map[string]act.Actor // everybody, by key
}

func newSeed(t *Town) *seed {
	now := t.Now().In(t.Zone)
	return &seed{t, now, sinceFounded(now), map[string]act.Actor{}}
}

// sinceFounded returns how long the demonstration town is there: since the middle of
// January, and for four months at least.
func sinceFounded(now time.Time) time.Duration {
	january := time.Date(now.Year(), time.January, 12, 9, 0, 0, 0, now.Location())
	return max(now.Sub(january), 120*day)
}

// demoNumber returns the personal number of somebody born on 15 June 1885.
func demoNumber(serial int) string {
	for check := range 10 {
		if cnp, err := procedures.CheckCNP(fmt.Sprintf("385061535%03d%d", serial, check)); err == nil {
			return cnp
		}
	}
	panic("a personal number has a check digit")
}

// people enters everybody, and gives officials their roles.
func (s *seed) people(ctx context.Context) error {
	s.SetBack(s.age)
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	for i, p := range demoPeople {
		cnp := p.cnp
		if cnp == "" {
			cnp = demoNumber(100 + i)
		}
		c := identity.Contact{Email: p.address(), Phone: fmt.Sprintf("0256 000 %03d", i), Lang: "ro"}
		if p.street != "" {
			c.Address = identity.Address{Street: p.street, Number: p.number, Flat: p.flat, Postal: "300077", Locality: "Timișoara"}
		}
		id, err := s.Town.Enrol(ctx, founder, identity.Person, p.given, p.family, cnp, c)
		if err != nil {
			return fmt.Errorf("%s: %w", p.key, err)
		}
		actor := act.Actor{Person: id, For: id, Level: act.Verified, Roles: p.roles, Unit: p.unit}
		if len(p.roles) > 0 {
			if err := s.Staff.SetRoles(ctx, founder, db.NewID(), id, p.roles, p.unit); err != nil {
				return fmt.Errorf("%s: %w", p.key, err)
			}
		}
		if err := s.Access.SeedPassword(ctx, id, demoPassword); err != nil {
			return err
		}
		s.actors[p.key] = actor
	}
	id, err := s.Town.Enrol(ctx, founder, identity.Firm, "", demoFirm, demoCUI, identity.Contact{Email: "firma@demo.exemplu.ro", Phone: "0256 000 999",
		IBAN: "RO49AAAA1B31007593840000", Lang: "ro", Address: identity.Address{Street: "Strada Gheorghe Lazăr", Number: "9", Postal: "300081", Locality: "Timișoara"}})
	s.actors["firma"] = act.Actor{For: id}
	return err
}

// mandates lets people act for the firm, and the spouse for Ștefania.
func (s *seed) mandates(ctx context.Context) error {
	firm := s.actors["firma"].For
	manager, err := s.Identity.EnterMandate(ctx, s.actors["dana"], db.NewID(), firm, identity.Grant{To: demoPeople[2].cnp, Name: "Károly Lázár-Demo",
		Capacity: identity.Representative})
	if err != nil {
		return err
	}
	s.actors["firma"] = act.Actor{Person: s.actors["karoly"].Person, For: firm, Mandate: manager, Level: act.Verified}
	only := []string{"certificat-fiscal"}
	accountant, err := s.Identity.Give(ctx, s.actors["firma"], db.NewID(), identity.Grant{To: demoPeople[3].cnp, Name: "Mihai Dragomir-Demo",
		Capacity: identity.Employee, Services: only})
	if err != nil {
		return err
	}
	s.actors["contabil"] = act.Actor{Person: s.actors["mihai"].Person, For: firm, Mandate: accountant, Services: only, Level: act.Verified}
	ended, err := s.Identity.Give(ctx, s.actors["stefania"], db.NewID(), identity.Grant{To: demoPeople[4].cnp, Name: "Petru Jurca-Demo", Capacity: identity.Attorney})
	if err != nil {
		return err
	}
	s.SetBack(s.age - day)
	return s.Identity.End(ctx, s.actors["stefania"], db.NewID(), ended)
}

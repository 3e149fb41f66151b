package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bega/access"
	"bega/cases"
	"bega/drafts"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/pdf"
	"bega/portal"
	"bega/procedures"
	"bega/taxpayer"
	"bega/taxroll"
)

// The town of the matrix: one resident, Ana, of whom there is one thing of every
// kind, and everybody who could want to see it. Nothing is put into the database
// but by the use cases of the rooms.

// midnight is just after the end of a day in the town: whose mandate was good until
// that day still sits in the folder that it opened.
var midnight = time.Date(2026, 10, 13, 0, 0, 20, 0, time.FixedZone("EEST", 3*3600))

// A matrix is the town, the things of it by name, and those who come.
type matrix struct {
	*seed
	cfg    config.Config
	t      *testing.T
	things map[string]string
	comers []*comer
	scan   []byte // a file to send
}

// A comer is somebody at a browser or with a key.
type comer struct {
	name    string
	session string // cookie of a session
	visitor string // cookie of who has not signed in and begun something
	key     string // for the API
	lost    bool   // the mandate in the session has ended
}

// What the matrix says about Ana that nobody may read who has no right to it.
const (
	secretWork  = "Construiesc un adăpost pentru bicicleta Anei, de 12 m²."
	secretPhone = "0256777123"
	secretPaper = "TZ 777123"
)

// The service that Ana's things are about, and what a mandate that does not cover
// it is for.
const theService, anotherService = "certificat-de-urbanism", "certificat-fiscal"

func openMatrix(t *testing.T, d *db.DB) *matrix {
	t.Helper()
	cfg, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Data = t.TempDir(); d.Postgres() {
		cfg.Database = dbtest.Name(d)
	}
	town, err := empty(t.Context(), cfg, portal.Options{Now: func() time.Time { return midnight }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { town.Close() })
	m := &matrix{seed: newSeed(town), cfg: cfg, t: t, things: map[string]string{"none": db.NewID()}}
	m.scan, err = pdf.Make(pdf.Document{Lang: "ro", Title: "Plan", Issuer: pdf.Issuer{Authority: "Probă"}, Blocks: pdf.Blocks{pdf.Paragraph{Text: "Plan."}}}, midnight)
	must(t, err)
	for _, step := range []func(context.Context){m.people, m.mandates, m.taxes, m.officers, m.papers, m.cases, m.rest, m.signIn} {
		step(t.Context())
	}
	m.SetBack(0)
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// people enters everybody. Those with a role are officials, of the department in
// charge of Ana's things or, with a 2, of another.
func (m *matrix) people(ctx context.Context) {
	m.SetBack(60 * day)
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	for i, p := range []struct {
		key  string
		role act.Role
		unit string
	}{
		{"owner", "", ""}, {"all", "", ""}, {"one", "", ""}, {"other", "", ""}, {"expired", "", ""}, {"revoked", "", ""}, {"future", "", ""},
		{"stranger", "", ""}, {"spouse", "", ""},
		{"clerk", act.Clerk, "urbanism"}, {"head", act.Head, "urbanism"}, {"signatory", act.Signatory, "urbanism"},
		{"clerk2", act.Clerk, "parcari"}, {"head2", act.Head, "parcari"}, {"signatory2", act.Signatory, "parcari"},
		{"desk", act.Desk, ""}, {"officer", act.Officer, ""}, {"admin", act.Admin, ""}, {"router", act.Clerk, "mobilitate"},
		{"taxclerk", act.Clerk, "directia-fiscala"}, {"taxhead", act.Head, "directia-fiscala"}, {"taxsign", act.Signatory, "directia-fiscala"},
		{"teller", act.Desk, "directia-fiscala"},
	} {
		c := identity.Contact{Email: p.key + "@exemplu.ro"}
		switch p.key {
		case "owner":
			c.Phone, c.Address = secretPhone, identity.Address{Street: "Strada Alba Iulia", Number: "7", Locality: "Timișoara"}
		case "stranger", "spouse":
			c.Email = "cuplu@exemplu.ro"
		}
		id, err := m.Enrol(ctx, founder, identity.Person, "Ana", p.key+"-Demo", demoNumber(200+i), c)
		must(m.t, err)
		m.actors[p.key] = act.Actor{Person: id, For: id, Level: act.Verified, Unit: p.unit}
		m.things["cnp "+p.key] = demoNumber(200 + i)
		if p.role != "" {
			must(m.t, m.Staff.SetRoles(ctx, founder, db.NewID(), id, []act.Role{p.role}, p.unit))
			m.actors[p.key] = act.Actor{Person: id, For: id, Level: act.Verified, Roles: []act.Role{p.role}, Unit: p.unit}
		}
	}
	m.things["parte"] = string(m.actors["owner"].Person)
}

// mandates lets people act for Ana: at all, for a service, no longer, not yet.
func (m *matrix) mandates(ctx context.Context) {
	m.SetBack(30 * day)
	on := func(days int) string { return midnight.AddDate(0, 0, days).Format(time.DateOnly) }
	for _, g := range []struct {
		to        string
		services  []string
		from, to2 string
	}{
		{"all", nil, "", ""}, {"one", []string{theService}, "", ""}, {"other", []string{anotherService}, "", ""},
		{"expired", nil, "", on(-1)}, {"revoked", nil, "", ""}, {"future", nil, on(1), ""},
	} {
		id, err := m.Identity.Give(ctx, m.actors["owner"], db.NewID(), identity.Grant{To: m.things["cnp "+g.to], Name: g.to, Capacity: identity.Attorney,
			Services: g.services, From: g.from, Until: g.to2})
		must(m.t, err)
		m.things["mandate "+g.to] = id
	}
	m.things["mandat"] = m.things["mandate all"]
	for _, key := range []string{"stranger", "spouse"} { // who shares an address takes a mandate up that was given to it
		m.byCode(ctx, "cuplu@exemplu.ro", m.actors[key].Person)
	}
	var err error
	m.things["waiting"], err = m.Identity.Give(ctx, m.actors["owner"], db.NewID(), identity.Grant{To: "cuplu@exemplu.ro", Name: "Vecinii", Capacity: identity.Attorney})
	must(m.t, err)
}

// byCode signs somebody in with a code that was sent to an address; "" opens an
// account for it. It returns the cookie.
func (m *matrix) byCode(ctx context.Context, email string, person act.PartyID) (string, act.Actor) {
	secret, err := m.Access.Ask(ctx, act.Actor{}, access.Try{Email: email, Address: "192.0.2.1:1"}, "ro")
	must(m.t, err)
	sum := sha256.Sum256([]byte(secret))
	letter, err := m.Access.Letter(ctx, hex.EncodeToString(sum[:]))
	must(m.t, err)
	_, err = m.Access.Enter(ctx, secret, fmt.Sprint(letter.Args[0]))
	must(m.t, err)
	cookie, actor, err := m.Access.Begin(ctx, person, secret, access.Browser{Agent: "Firefox, Linux"})
	must(m.t, err)
	return cookie, actor
}

// papers fills Ana's folder.
func (m *matrix) papers(ctx context.Context) {
	m.SetBack(20 * day)
	for _, p := range []paper{{"plan-situatie", "", 40 * day, 0}, {"carte-identitate", secretPaper, 40 * day, 0}} {
		must(m.t, m.give(ctx, "owner", p))
	}
	docs, err := m.Folder.Documents(ctx, m.actors["owner"])
	must(m.t, err)
	for _, d := range docs {
		m.things[d.Type] = d.ID
	}
	m.things["document"] = m.things["plan-situatie"]
}

// cases files Ana's applications, and brings each into another state.
func (m *matrix) cases(ctx context.Context) {
	m.SetBack(10 * day)
	clerk, approve := m.actors["clerk"], cases.Proposal{Outcome: cases.Approve}
	for _, name := range []string{"asked", "free", "claimed", "proposed", "decided"} {
		c, err := m.file(ctx, filing{who: "owner", service: theService, values: planning("nou", secretWork, "441128", "420")})
		must(m.t, err)
		switch name {
		case "asked":
			m.things["number"], m.things["cod"], m.things["comanda"] = c.Number.String(), c.Receipt, c.Order
			must(m.t, m.seed.ask(ctx, clerk, c, "plan-cadastral-lipsa"))
		case "claimed":
			m.things["payable"] = c.Order
			must(m.t, m.Town.Desk.Claim(ctx, clerk, db.NewID(), c.ID, 0, false))
		case "proposed", "decided":
			must(m.t, m.Town.Desk.Propose(ctx, clerk, db.NewID(), c.ID, 0, approve))
		}
		if name == "decided" {
			must(m.t, m.Town.Desk.Sign(ctx, m.actors["signatory"], db.NewID(), c.ID, 0))
		}
		m.remember(ctx, name, c.ID)
	}
	c, err := m.file(ctx, filing{who: "owner", service: "petitie", values: petition("drumuri", secretWork, "Ana")})
	must(m.t, err)
	must(m.t, m.Town.Desk.Route(ctx, m.actors["router"], db.NewID(), c.ID, 0, "urbanism", "E despre un teren."))
	m.remember(ctx, "petition", c.ID)
	m.things["cerere"], m.things["caz"], m.things["case"] = m.things["asked"], m.things["asked"], m.things["asked"]
	must(m.t, m.give(ctx, "owner", paper{"plan-cadastral", "", 12 * day, 0}))
	offered, err := m.Folder.Offer(ctx, m.actors["owner"], "plan-cadastral")
	must(m.t, err)
	m.things["plan-cadastral"] = offered[0].ID
}

// remember notes a case, and in which edition it is.
func (m *matrix) remember(ctx context.Context, name, id string) {
	v, err := m.Town.Cases.ByID(ctx, m.actors["owner"], id)
	must(m.t, err)
	m.things[name], m.things[name+" edition"] = id, fmt.Sprint(v.Edition)
	if ask, ok := v.Waiting(); ok {
		m.things["solicitare"] = ask.ID
	}
}

// taxes gives Ana a flat, what she owes for it, and a payment that the bank refused.
func (m *matrix) taxes(ctx context.Context) {
	owner, officer := m.actors["owner"], m.actors["taxclerk"]
	flat := belongings()[0]
	done, err := m.Roll.Apply(ctx, officer, db.NewID(), []taxroll.Change{{From: flat.since, Thing: &flat.thing, Details: &flat.details,
		Parts: []taxroll.Part{{Party: owner.For}}, Why: taxroll.Acquired, Source: "test"}})
	must(m.t, err)
	_, err = m.Taxes.Assess(ctx, officer, midnight.Year(), false, nil)
	must(m.t, err)
	role, err := m.Roll.RoleOf(ctx, m.DB, owner.For)
	must(m.t, err)
	owed, err := m.Taxpayer.Overview(ctx, owner)
	must(m.t, err)
	m.things["fel"], m.things["bun"], m.things["datorie"] = "building", done[0].Object, owed.Rows[0].ID
	m.things["payment code"] = role.Code
	page, order, err := m.Taxpayer.Pay(ctx, owner, db.NewID(), taxpayer.Cart{All: true, Sum: owed.ToPay.Sum()}, "ro")
	must(m.t, err)
	m.things["tax order"] = order
	must(m.t, m.Sandbox.Decide(ctx, page[strings.LastIndex(page, "/")+1:], "refused"))
	_, err = m.Payments.Result(ctx, owner, order)
	must(m.t, err)
}

// rest makes the other things: drafts, an order at the bank, a mail, an export.
func (m *matrix) rest(ctx context.Context) {
	owner := m.actors["owner"]
	m.SetBack(0) // it has become more meanwhile
	owed, err := m.Taxpayer.Overview(ctx, owner)
	must(m.t, err)
	m.things["tax sum"], m.things["tax bani"] = owed.ToPay.Sum().String(), fmt.Sprint(int64(owed.ToPay.Sum()))
	m.SetBack(5 * time.Minute)
	m.things["draft"] = m.draft(ctx, owner)
	m.things["binned"] = m.draft(ctx, owner)
	must(m.t, m.Drafts.Discard(ctx, owner, m.things["binned"]))
	ready, err := m.Drafts.ByID(ctx, owner, m.things["draft"])
	must(m.t, err)
	m.things["draft edition"] = fmt.Sprint(ready.Edition)
	link, err := m.Counter.Begin(ctx, m.actors["desk"], db.NewID(), owner.For, theService)
	must(m.t, err)
	m.things["served draft"] = strings.Split(link, "/")[2]
	asked, err := m.Catalog.Version("petitie", 1)
	must(m.t, err)
	answers, _ := asked.Parse(petition("drumuri", "O groapă.", "Ana"), procedures.Env{Applicant: procedures.Applicant{Kind: "person", Resident: true}})
	served, err := m.Town.Cases.File(ctx, m.actors["desk"], db.NewID(), cases.Application{Owner: owner.For, Service: "petitie", Version: 1, Answers: answers},
		func(context.Context, *act.Tx, cases.Case) error { return nil })
	must(m.t, err)
	m.remember(ctx, "served", served.ID)
	page, err := m.Payments.Pay(ctx, owner, db.NewID(), m.things["payable"], "ro")
	must(m.t, err)
	m.things["plata"] = page[strings.LastIndex(page, "/")+1:]

	inbox, err := m.Notices.Inbox(ctx, owner, "ro", "", 1)
	must(m.t, err)
	m.things["mesaj"] = inbox[0].ID
	must(m.t, m.Notices.DeliverNotice(ctx, inbox[0].ID))
	mails, err := m.Mailbox.Latest(ctx, 1)
	must(m.t, err)
	m.things["scrisoare"] = mails[0].ID
	m.things["legatura"] = mails[0].Unsubscribe[strings.LastIndex(mails[0].Unsubscribe, "/")+1:]

	m.things["export"], err = m.Folder.AskExport(ctx, owner, db.NewID(), "ro")
	must(m.t, err)
	must(m.t, m.Folder.BuildExport(ctx, m.things["export"]))
	seen, err := m.Acts.Seen(ctx, owner.For, "", 1)
	must(m.t, err)
	m.things["intrare"], m.things["lucrare"] = seen[0].ID, "1"
	for name, value := range map[string]string{"serviciu": theService, "service": theService, "pas": "lucrarea", "step": "lucrarea", "parte-export": "1",
		"code": m.things["cod"], "year": "2026", "ask": m.things["solicitare"], "ciorna": m.things["draft"]} {
		m.things[name] = value
	}
}

// draft begins an application and answers everything in it.
func (m *matrix) draft(ctx context.Context, actor act.Actor) string {
	d, err := m.Drafts.Begin(ctx, actor, db.NewID(), theService, true, nil)
	must(m.t, err)
	values := planning("nou", secretWork, "441128", "420")
	values["plan_situatie"] = []string{m.things["plan-situatie"]}
	service, err := m.Catalog.Version(d.Service, d.Version)
	must(m.t, err)
	for _, step := range service.Steps {
		page := drafts.Page{Step: step.Key, Values: values}
		for _, field := range step.Fields {
			page.Asked = append(page.Asked, field.Key)
		}
		_, err := m.Drafts.Save(ctx, actor, d.ID, page)
		must(m.t, err)
	}
	return d.ID
}

// signIn signs everybody in, into the folder that they hope to see.
func (m *matrix) signIn(ctx context.Context) {
	m.SetBack(40 * time.Second) // yesterday
	for _, key := range []string{"owner", "all", "one", "other", "expired", "revoked", "future", "stranger", "clerk", "head", "signatory",
		"clerk2", "head2", "signatory2", "desk", "officer", "admin", "taxclerk", "taxhead", "taxsign", "teller"} {
		c := &comer{name: key, session: m.session(ctx, key), lost: key == "expired" || key == "revoked"}
		mandate, ok := m.things["mandate "+key]
		if err := m.enter(ctx, key, c.session, mandate); ok && errors.Is(err, identity.ErrMandate) != (key == "future") {
			m.t.Fatalf("%s into Ana's folder: %v", key, err)
		}
		m.comers = append(m.comers, c)
	}
	light, actor := m.byCode(ctx, "usor@exemplu.ro", "")
	m.actors["light"] = actor
	visitor := strings.Repeat("v", 43)
	m.comers = append(m.comers, &comer{name: "light", session: light}, &comer{name: "visitor", visitor: visitor}, &comer{name: "nobody"})
	r := &http.Request{Header: http.Header{}}
	r.AddCookie(&http.Cookie{Name: "bega_vizitator", Value: visitor})
	d, err := m.Drafts.Begin(ctx, act.Actor{For: m.Site.VisitorOf(r)}, db.NewID(), theService, true, nil)
	must(m.t, err)
	m.things["visitor's draft"] = d.ID
	other, err := m.Access.Session(ctx, m.session(ctx, "owner"))
	must(m.t, err)
	m.things["sesiune"] = other.ID
	m.keys(ctx)
	m.SetBack(10 * time.Second)
	must(m.t, m.Identity.End(ctx, m.actors["owner"], db.NewID(), m.things["mandate revoked"]))
}

// keys makes keys for programs: with all scopes, of Ana and of a stranger; with
// all but one; and one that was ended.
func (m *matrix) keys(ctx context.Context) {
	make := func(name, who string, but act.Verb) string {
		var scopes []act.Verb
		for _, verb := range access.Scopes() {
			if verb != but {
				scopes = append(scopes, verb)
			}
		}
		key, err := m.Access.MakeToken(ctx, m.actors[who], db.NewID(), name, scopes, 30)
		must(m.t, err)
		return key
	}
	m.comers = append(m.comers, &comer{name: "key", key: make("key", "owner", "")}, &comer{name: "stranger's-key", key: make("key", "stranger", "")},
		&comer{name: "dead-key", key: make("dead", "owner", "")})
	for _, verb := range access.Scopes() {
		m.things["key without "+string(verb)] = make("without "+string(verb), "owner", verb)
	}
	tokens, err := m.Access.Tokens(ctx, m.actors["owner"])
	must(m.t, err)
	for _, token := range tokens {
		switch token.Name {
		case "dead":
			must(m.t, m.Access.EndToken(ctx, m.actors["owner"], db.NewID(), token.ID))
		case "key":
			m.things["cheie"] = token.ID
		}
	}
}

// session signs somebody in and returns the cookie.
func (m *matrix) session(ctx context.Context, key string) string {
	secret, err := m.Access.Remember(ctx, []act.PartyID{m.actors[key].Person})
	must(m.t, err)
	cookie, _, err := m.Access.Begin(ctx, m.actors[key].Person, secret, access.Browser{Agent: "Firefox, Linux"})
	must(m.t, err)
	return cookie
}

// enter leads a session into the folder that a mandate opens.
func (m *matrix) enter(ctx context.Context, key, cookie, mandate string) error {
	if mandate == "" {
		return nil
	}
	session, err := m.Access.Session(ctx, cookie)
	must(m.t, err)
	return m.Access.Switch(ctx, m.actors[key], db.NewID(), session, mandate)
}

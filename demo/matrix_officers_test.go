package demo

import (
	"context"
	"fmt"
	"strings"

	"bega/cases"
	"bega/fiscal"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/ledger"
	"bega/procedures"
	"bega/taxroll"
	"bega/treasury"
)

// Who works on local taxes: officers of the department, and nobody else.
const (
	taxOfficials = "taxclerk taxhead taxsign teller"
	taxReaders   = "taxclerk taxhead taxsign"
	taxWriters   = "taxclerk taxhead"
	tills        = "taxclerk teller"
)

// What officers of local taxes do.
var officerRows = []row{
	{route: "GET /lucru/taxe", who: taxOfficials},
	{route: "POST /lucru/taxe", who: taxOfficials, send: "cauta=owner-Demo&motiv=plata"},
	{route: "GET /lucru/taxe/contribuabil/{parte}", who: taxOfficials, query: "motiv=plata"},
	{route: "POST /lucru/taxe/contribuabil/{parte}/nota", who: taxReaders, send: "motiv=plata&nota=A venit la ghiseu."},
	{route: "GET /lucru/taxe/contribuabil/{parte}/decizie/{fel}", who: taxWriters, at: "fel=plan", query: "motiv=plata"},
	{route: "POST /lucru/taxe/contribuabil/{parte}/decizie/{fel}", who: taxWriters, at: "fel=plan",
		send: "motiv=plata&datorie=<datorie>&luni=6&prima.zi=15&prima.luna=11&prima.an=2026&motivare=Cerere.&temei=CPF art. 185"},
	{route: "GET /lucru/taxe/contribuabil/{parte}/accesorii", who: taxWriters, query: "motiv=plata"},
	{route: "POST /lucru/taxe/contribuabil/{parte}/accesorii", who: taxWriters, send: "motiv=plata&datorie=<datorie>"},
	{route: "GET /lucru/taxe/contribuabil/{parte}/bunuri", who: taxOfficials, query: "motiv=plata"},
	{route: "GET /lucru/taxe/contribuabil/{parte}/bunuri/{bun}", who: taxOfficials, query: "motiv=plata"},
	{route: "POST /lucru/taxe/contribuabil/{parte}/bunuri/{bun}/scutire", who: taxWriters,
		send: "motiv=plata&scutire=<relief>&din.zi=1&din.luna=9&din.an=2026&documente=Certificat&sursa=Cerere"},
	{route: "POST /lucru/taxe/contribuabil/{parte}/declaratie/{caz}", who: "taxclerk taxhead", at: "caz=declared", send: "motiv=cerere"},
	{route: "GET /lucru/taxe/contribuabil/{parte}/suma/{datorie}", who: taxOfficials, query: "motiv=plata"},
	{route: "GET /lucru/taxe/contribuabil/{parte}/recalcul", who: taxWriters, query: "motiv=plata"},
	{route: "POST /lucru/taxe/contribuabil/{parte}/recalcul", who: taxWriters, send: "motiv=plata&an=2026"},
	{route: "GET /lucru/taxe/propuneri", who: taxReaders},
	{route: "GET /lucru/taxe/propuneri/{propunere}", who: taxReaders},
	{route: "POST /lucru/taxe/propuneri/{propunere}/aproba", who: "taxsign"}, // a plan is the signatory's
	{route: "POST /lucru/taxe/propuneri/{propunere}/respinge", who: "taxhead taxsign", send: "raspuns=Lipsesc actele."},
	{route: "GET /lucru/taxe/calcul", who: taxReaders},
	{route: "POST /lucru/taxe/calcul", who: taxWriters, send: "ce=calcul&an=2026"},
	{route: "GET /lucru/taxe/calcul/{calcul}", who: taxReaders},
	{route: "GET /lucru/taxe/registre", who: taxWriters},
	{route: "POST /lucru/taxe/registre", told: taxWriters, send: "an=2026", file: "fisiere"}, // a plan of a house is no register
	{route: "POST /lucru/taxe/registre", who: taxWriters, send: "an=2026&fisiere.id=<register file>&fisiere.sterge=<register file>", idle: true},
	{route: "POST /lucru/taxe/registre/fisier", told: taxWriters, send: "camp=fisiere", file: "fisier"},
	{route: "GET /lucru/taxe/registre/{registru}", who: taxReaders},
	{route: "GET /lucru/taxe/registre/{registru}", who: taxReaders, at: "registru=reading"},
	{route: "POST /lucru/taxe/registre/{registru}/opreste", who: taxWriters},
	{route: "POST /lucru/taxe/registre/{registru}/opreste", who: taxWriters, at: "registru=reading"},
	{route: "POST /lucru/taxe/registre/{registru}/opreste", told: taxWriters, at: "registru=published"},
	{route: "GET /lucru/taxe/registre/{registru}/respinse.csv", who: taxWriters},
	{route: "POST /lucru/taxe/registre/{registru}/publica", who: "taxhead taxsign"},
	{route: "POST /lucru/taxe/registre/{registru}/anuleaza", who: "taxhead taxsign", at: "registru=published"},
	{route: "GET /lucru/taxe/sezon", who: taxReaders},
	{route: "POST /lucru/taxe/sezon", who: "taxhead taxsign",
		send: "din.zi=20&din.luna=10&din.an=2026&pana.zi=21&pana.luna=10&pana.an=2026&motiv=Recalculare.&sursa=HCL 1"},

	{route: "GET /lucru/taxe/casa", who: tills},
	{route: "POST /lucru/taxe/casa", who: tills, send: "cauta=owner-Demo"},
	{route: "GET /lucru/taxe/casa/plata/{parte}", who: tills},
	{route: "POST /lucru/taxe/casa/plata/{parte}", who: tills, send: "suma=10&mod=cash&vazut=<seen>"},
	{route: "GET /lucru/taxe/casa/chitanta/{incasare}", who: tills},
	{route: "GET /lucru/taxe/casa/inchidere", who: tills},
	{route: "POST /lucru/taxe/casa/inchidere", who: tills, send: "zi=2026-10-13&numarat=0&terminal=0"},
	{route: "GET /lucru/taxe/casa/inchideri", who: taxReaders},
	{route: "GET /lucru/taxe/intrari", who: taxReaders},
	{route: "POST /lucru/taxe/intrari", told: taxWriters, send: "canal=treasury", file: "fisier"}, // a plan of a house is no statement
	{route: "GET /lucru/taxe/intrari/{linie}", who: taxWriters},
	{route: "POST /lucru/taxe/intrari/{linie}", who: taxWriters, send: "ce=atribuie&parte=<parte>"},
	{route: "GET /lucru/taxe/reconciliere", who: taxReaders},
	{route: "POST /lucru/taxe/reconciliere", who: taxWriters, send: "zi=2026-10-03&canal=desk&motiv=Banii sunt pe drum.&vazut=<gap>"},
	{route: "GET /lucru/taxe/incasari", who: taxOfficials},
}

// officers leaves behind what they have done about Ana: money that was taken, a line of a
// statement of which nobody knows whose it is, a decision that waits, an assessment, and
// two registers of another program, of which one counts.
func (m *matrix) officers(ctx context.Context) {
	ana, clerk, teller := m.actors["owner"].For, m.actors["taxclerk"], m.actors["teller"]
	m.things["plan"], m.things["relief"] = string(fiscal.Plan), "disability-grave"
	m.SetBack(10 * day)
	shown, err := m.Treasury.At(ctx, teller, ana, 10*money.Leu, ledger.Choice{})
	must(m.t, err)
	m.things["incasare"], err = m.Treasury.Take(ctx, teller, db.NewID(), treasury.Taking{Party: ana, Amount: 10 * money.Leu, Means: treasury.Cash, Seen: shown.Seen})
	must(m.t, err)
	must(m.t, m.Treasury.CloseTill(ctx, teller, db.NewID(), m.today(), 10*money.Leu, 0, ""))

	m.SetBack(5 * day)
	_, err = m.Treasury.Import(ctx, clerk, "treasury", []byte("data;referinta;suma;iban;cod_fiscal;platitor;detalii\n2026-10-05;T1;40,00;;;Cineva;impozit\nTOTAL;1;40,00;;;;\n"))
	must(m.t, err)
	in, err := m.Treasury.Inflow(ctx, clerk)
	must(m.t, err)
	m.things["linie"] = in.Waiting[0].ID
	m.things["propunere"], err = m.Fiscal.Propose(ctx, clerk, db.NewID(), fiscal.Proposal{Kind: fiscal.Plan, Party: ana, Terms: fiscal.Terms{Obligations: []string{m.things["datorie"]},
		First: m.today().AddDays(30), Months: 6, Reason: "Cerere.", Basis: "CPF art. 185"}})
	must(m.t, err)
	must(m.t, m.give(ctx, "owner", paper{"talon", "TM 99 ANA", 30 * day, 0}))
	offered, err := m.Folder.Offer(ctx, m.actors["owner"], "talon")
	must(m.t, err)
	declared, err := m.Cases.File(ctx, m.actors["owner"], db.NewID(), cases.Application{Service: taxroll.DeclareVehicle, Version: 1, Answers: procedures.Answers{
		"ce": "dobandire", "data": "2026-09-20", "numar": "TM 99 ANA", "fel": "car", "serie": "UU1LSDAM512345678", "motor": "combustion",
		"cilindree": int64(1598), "norma": "E6", "proprietari": "singur", "act": offered[0].ID}}, func(context.Context, *act.Tx, cases.Case) error { return nil })
	must(m.t, err)
	m.things["declared"] = declared.ID
	runs, err := m.Taxes.Runs(ctx, clerk)
	must(m.t, err)
	m.things["calcul"] = runs[0].ID
	for i, name := range []string{"published", "registru"} {
		loaded, err := m.Roll.Load(ctx, clerk, m.register(i), midnight.Year(), nil)
		must(m.t, err)
		if m.things[name] = loaded.ID; name == "published" {
			must(m.t, m.Roll.Publish(ctx, m.actors["taxhead"], db.NewID(), loaded.ID))
		}
	}
	var files []string
	for _, text := range []string{"rol;tip;cod;nume\n900009;PF;" + demoNumber(409) + ";Nou Venit-Demo\n", "cod_bun;rol;fel;de_la\n"} {
		f, err := m.Intake.Keep(ctx, clerk, "tabel.csv", strings.NewReader(text))
		must(m.t, err)
		m.things["register file"] = f.ID
		files = append(files, f.ID)
	}
	m.things["reading"], err = m.Intake.Begin(ctx, clerk, db.NewID(), midnight.Year(), files)
	must(m.t, err)
	m.SetBack(0)
	shown, err = m.Treasury.At(ctx, teller, ana, 10*money.Leu, ledger.Choice{})
	must(m.t, err)
	m.things["seen"] = shown.Seen
	gaps, _, err := m.Treasury.Gaps(ctx, clerk, deadline.Date{Year: 2026, Month: 10, Day: 3}, m.today())
	must(m.t, err)
	for _, g := range gaps {
		if g.Channel == "desk" {
			m.things["gap"] = g.Seen()
		}
	}
}

// register is one of another program, with one taxpayer in it.
func (m *matrix) register(i int) taxroll.Source {
	table := func(text string) taxroll.Table {
		t, err := taxroll.CSV(strings.NewReader(text))
		must(m.t, err)
		return t
	}
	return taxroll.Source{
		Taxpayers: table(fmt.Sprintf("rol;tip;cod;nume\n%d;PF;%s;Nou Venit-Demo\n", 900001+i, demoNumber(400+i))),
		Objects: table(fmt.Sprintf("cod_bun;rol;fel;de_la;cota;place;zone;category;area;adresa\nT%d;%d;teren;2020-05-04;;inside;A;buildings;100;Strada Probei 1\n",
			i, 900001+i))}
}

package demo_test

import (
	"strings"
	"testing"

	"bega/internal/browser"
	"bega/internal/db/dbtest"
)

// TestJourneys goes through the portal as residents, as somebody who acts for a
// firm and as officials do, with scripts and without them. Every page on the way
// suits everybody, and no journey asks more of people than its budget allows.
func TestJourneys(t *testing.T) {
	town := openDemo(t, "")
	t.Run("in town", func(t *testing.T) {
		for w, who := range map[way]resident{
			withScripts:    {"stefania", "Ștefania Ionescu-Demo"},
			withoutScripts: {"petru", "Petru Jurca-Demo"},
		} {
			t.Run(w.name, func(t *testing.T) {
				t.Parallel()
				t.Run("an account", func(t *testing.T) { opensAnAccount(town.visit(t, w), "nou-"+who.key) })
				t.Run("begun without an account", func(t *testing.T) { beginsWithoutAnAccount(town.visit(t, w), who) })
				t.Run("decided by two", func(t *testing.T) { isDecidedByTwo(town.as(t, w, who.key), who) })
			})
		}
		t.Run("one after the other", func(t *testing.T) {
			t.Parallel()
			for i, w := range []way{withScripts, withoutScripts} {
				t.Run("parking "+w.name, func(t *testing.T) { parks(town.as(t, w, "sorin"), i > 0) })
				t.Run("a firm "+w.name, func(t *testing.T) { actsForAFirm(town.as(t, w, "karoly"), i > 0) })
			}
		})
	})
	town.books.say(t)
}

// TestJourneyOnPostgreSQL: a resident asks for a parking pass, pays, and holds it
// as soon as a clerk has signed it.
func TestJourneyOnPostgreSQL(t *testing.T) {
	d := dbtest.PostgreSQL(t)
	me := openDemo(t, dbtest.Name(d)).as(t, withScripts, "sorin")
	parks(me, false)
	number := me.found(aNumber)
	me.pays("70,00 lei")
	me.another("").verifies(me.found(aCode), "Dovada plății")
	clerk := me.another("victor")
	clerk.Click("Echipa")
	clerk.Click(number)
	clerk.good("Taxa de 70,00 lei a fost plătită.")
	clerk.Click("Aprobă")
	clerk.Click("Semnează și trimite")
	clerk.good("Cazul " + number + " e gata")
	me.holds("sorin", number, "Abonament de parcare")
}

// A resident of the demonstration.
type resident struct{ key, name string }

// opensAnAccount: an e-mail address is enough.
func opensAnAccount(me *visit, key string) {
	me.open("/cont/intra")
	me.good("Nu ai cont?")
	me.Type("Adresa de e-mail", key+"@demo.exemplu.ro")
	me.Click("Trimite-mi un cod pe e-mail")
	me.good("Ți-am trimis un cod de 6 cifre")
	me.Type("Codul", me.another("").code(key))
	me.Click("Continuă")
	me.took("cont-email", browser.Count{})
	me.good("Nu ai nimic de făcut acum")
}

// beginsWithoutAnAccount: somebody finds a service with their own words, begins,
// signs in where it becomes personal, leaves, goes on on another device where
// they were, sends a photograph, pays, and holds a number and a receipt that
// anybody can verify.
func beginsWithoutAnAccount(me *visit, who resident) {
	const service = "Abonament de parcare pentru rezidenți"
	me.pictured = true
	me.open("/")
	me.picture("acasa")
	me.good("Ce vrei să rezolvi azi?")
	me.Type("Scrie cu cuvintele tale", "parcare rezident")
	me.Click("Caută")
	me.took("serviciu", browser.Count{})
	me.good(service)
	me.Click("Vezi ce îți trebuie și începe")
	me.good("Între 70 și 110 lei pe an", "Certificat de înmatriculare (talon)", "Legea ne dă cel mult 30 de zile", "Doar uneori")
	me.Click("Începe cererea")
	me.good("Unde locuiești?", "și completăm noi ce știm deja")
	me.Click("Intră în cont")
	me.signIn(who.key)
	me.good("Unde locuiești?", "din datele tale")
	me.Click("Continuă")
	me.good("Alege")
	me.picture("pas")
	me.Choose("Galbenă")
	me.Click("Continuă")
	me.good("Pentru ce mașină?", "din actul din dosar")
	me.Choose("A unei firme")
	me.Choose("Folosește-l pe cel din dosarul tău")
	me.Click("Continuă")
	me.good("Hârtia prin care firma îți dă mașina")
	me.Click("Salvează și revin mai târziu")
	me.good("Am salvat ciorna. Nu e trimisă încă.")

	me = me.another(who.key)
	me.good("Ciornă netrimisă: " + service)
	me.open("/ciorne")
	me.Click(service)
	if !strings.Contains(me.URL(), "/masina#dovada") {
		me.t.Errorf("one goes on at %s", me.URL())
	}
	me.photographs(`[name="dovada.fisier"]`, "Contract de leasing.png")
	me.Click("Continuă")
	me.good("Verifică și trimite cererea", "Contract de leasing.png", "90,00 lei")
	me.Click("Trimite cererea")
	me.good("Am primit cererea ta", "90,00 lei")
	me.pays("90,00 lei")
	me.another("").verifies(me.found(aCode), "Dovada plății")
}

// isDecidedByTwo: a resident asks for a planning certificate with what is in
// their folder. A clerk asks for a paper that is missing, which they send from
// the mail about it. The clerk approves, and a second person signs. The resident
// sees who opened their data.
func isDecidedByTwo(me *visit, who resident) {
	me.pictured = true
	me.open("/servicii?q=certificat+de+urbanism")
	me.Reset()
	me.Click("Vezi ce îți trebuie și începe")
	me.good("E în dosarul tău", "Între 6 și 14 lei", "De obicei, jumătate din cereri sunt gata în", "Legea ne dă cel mult 15 zile lucrătoare")
	me.Click("Începe cererea")
	me.good("Ce vrei să faci?")
	me.Choose("Extind o clădire")
	me.Type("Spune în câteva rânduri", "Extind casa cu o cameră de 18 m², spre curte.")
	me.Click("Continuă")
	me.good("din datele tale")
	if !me.Has("din actul din dosar") { // Ștefania has the extract with the number
		me.Type("Numărul cadastral", "426643")
	}
	me.Choose("Proprietar")
	me.Type("Suprafața", "310")
	me.Choose("Nu")
	me.Click("Continuă")
	me.good("Ce plan ai?")
	me.Choose("Folosește-l pe cel din dosarul tău")
	me.Choose("Digital, în dosarul meu")
	me.Click("Continuă")
	me.good("Verifică și trimite cererea", "9,00 lei", "ești de acord ca Direcția Urbanism să vadă aceste documente")
	me.Click("Trimite cererea")
	me.took("cerere", browser.Count{})
	me.good("Am primit cererea ta")
	number := me.found(aNumber)
	me.pays("9,00 lei")
	me.another("").verifies(me.found(aCode), "Dovada plății")

	me.another("ioana").asks(number, "Plan cadastral lipsă", "", who.name, "Taxa de 9,00 lei a fost plătită.")
	me.answers(who.key, number, "Plan cadastral sau de încadrare")
	me.another("ioana").approves(number)
	me.another("carmen").signs(number)
	me.holds(who.key, number, "Certificat de urbanism")
	me.open("/dosar/acces")
	me.good("A deschis un document: Plan de situație.pdf", "funcționar, Direcția Urbanism", "Pentru rezolvarea cererii", "Cererea "+number, "A semnat decizia")
	me.open("/dosar")
	me.picture("dosar")
	me.good()
}

// parks: whoever has a car in their folder asks for a parking pass with a few
// clicks, and types nothing. Whoever asked before only looks at it and sends it.
func parks(me *visit, again bool) {
	journey := "parcare-din-nou"
	me.open("/servicii/abonament-parcare")
	me.Reset()
	me.Click("Începe cererea")
	if !again {
		journey = "parcare"
		me.Choose("Albastră")
		me.Click("Continuă")
		me.Choose("A mea")
		me.Click("Continuă")
	}
	me.good("Verifică și trimite cererea", "TM 33 DEM", "70,00 lei")
	me.Click("Trimite cererea")
	me.took(journey, browser.Count{})
	me.good("Am primit cererea ta")
}

// actsForAFirm: the manager of a firm does all of it for the firm. What the firm
// said the last time is not asked again.
func actsForAFirm(me *visit, again bool) {
	const firm = "Bega Demo SRL"
	me.open("/dosare")
	me.good("Dosarul tău", firm)
	me.Click("Lucrează pentru " + firm)
	me.good("Lucrezi pentru " + firm)
	me.open("/")
	me.Type("Scrie cu cuvintele tale", "deschid un restaurant")
	me.Click("Caută")
	me.Reset()
	me.Click("Vezi ce îți trebuie și începe")
	me.good("Acord de funcționare", "E în dosarul tău", "4.000 de lei")
	me.Click("Începe cererea")
	me.good("Ce local deschizi?", "9999999994", "Strada Gheorghe Lazăr 9")
	if !again {
		me.Choose("Restaurant, bistro, fast-food")
		me.Type("Orarul", "luni–duminică, 10–23")
	}
	me.Choose("Da")
	me.Choose("Sunt de acord ca primăria să ia ea actele")
	me.Click("Continuă")
	me.good("Ce încăperi are localul?")
	me.Choose("Sală pentru clienți")
	me.Type("Suprafața", "120")
	me.Click("Continuă")
	if !again {
		me.good("Ce acte ai pentru local?", "Folosește-l pe cel din dosarul tău")
		me.photographs(`[name="vecini.fisier"]`, "Acordul vecinilor.png")
		me.Click("Continuă")
	}
	me.good("Verifică și trimite cererea", "Károly Lázár-Demo, pentru "+firm, "4.000,00 lei", "Acordul vecinilor.png")
	me.Click("Trimite cererea")
	me.took("cerere", browser.Count{Uploads: me.Count().Uploads}) // what the folder did not have
	me.good("Am primit cererea ta")
	number := me.found(aNumber)
	me.pays("4.000,00 lei")
	me.another("").verifies(me.found(aCode), "Dovada plății")

	me.another("horia").asks(number, "Planul localului este incomplet", "Planul din dosar nu are toate camerele.", firm+", prin Károly Lázár-Demo")
	me.answers("firma", number, "Planul localului")
	me.another("horia").approves(number)
	me.another("anca").signs(number)
	me.holds("firma", number, "Acord de funcționare")
	me.open("/dosar/acces")
	me.good("funcționar, Serviciul Autorizări Comerț", "Cererea "+number, "A semnat decizia")
}

package demo_test

import (
	"os"
	"path/filepath"
	"strings"

	"bega/internal/browser"
)

// What people do on several journeys.

// code returns the code that was mailed to somebody.
func (v *visit) code(to string) string {
	v.t.Helper()
	v.mailbox(to, "este codul tău")
	return strings.Fields(v.found(`\d{6} este codul tău`))[0]
}

// photographs chooses a photograph for a field.
func (v *visit) photographs(field, name string) {
	v.t.Helper()
	v.Upload(field, photograph(v.t, name))
	if !v.way.options.NoScript {
		v.Await(name) // it is sent by itself
	}
}

// pays pays the fee at the bank for trying, and holds a receipt.
func (v *visit) pays(sum string) {
	v.t.Helper()
	v.Click("Plătește taxa: " + sum)
	v.reads("Banca de probă", sum)
	v.Click("Plătește")
	v.good("Am primit plata", "Chitanța", sum)
}

// verifies checks a paper by its code, as anybody can.
func (v *visit) verifies(code string, texts ...string) {
	v.t.Helper()
	v.open("/verifica")
	v.good()
	v.Type("Codul documentului", code)
	v.Click("Verifică codul")
	v.good(texts...)
	if !strings.HasSuffix(v.URL(), "/verifica/"+code) {
		v.t.Errorf("the code led to %s", v.URL())
	}
}

// asks takes a case and asks for a paper, by a template of the service. It takes a
// reason to ask for what the town has.
func (v *visit) asks(number, template, reason string, texts ...string) {
	v.t.Helper()
	v.picture("lucru")
	v.good("Lista mea")
	v.Click("Echipa")
	v.good(number)
	v.Click(number)
	v.good(texts...)
	v.Click("Preia cazul")
	v.good("lucrezi tu")
	v.Click("Cere completare")
	v.Click(template)
	v.good("Vezi e-mailul")
	if reason != "" {
		v.Type("De ce ceri un document pe care orașul îl are", reason)
	}
	v.Click("Trimite solicitarea")
	v.good("Am trimis. Solicitantul primește și un e-mail.", "Așteptăm răspunsul solicitantului")
}

// answers sends the paper that was asked for, from the mail about it.
func (v *visit) answers(to, number, paper string) {
	v.t.Helper()
	v.open("/cereri")
	v.good(number)
	v.Click(`[href^="/cereri/0"]`) // the newest
	v.picture("caz")
	v.good(number, "Termenul legal stă pe loc.", "după ce ne trimiți ce lipsește", "Termenul stă pe loc până când primim ce am cerut.")
	link := v.another("").mail(to, "Cererea "+number+": ne trebuie până la", paper, "Răspunde până la")
	v.Reset()
	v.Go(link)
	v.good(paper)
	v.Choose(`[value="nou"]`)
	v.photographs("Fișierul nou", "Planul meu.png")
	v.Click("Trimite")
	v.took("completare", browser.Count{})
	v.good("a primit ce ai trimis", "Termenul curge din nou.")
	v.Click("Înapoi la cerere")
	v.good("Termenul legal s-a oprit câteva ore.", "Ai trimis ce ți-am cerut")
}

// approves approves a case that waits in the clerk's list.
func (v *visit) approves(number string) {
	v.t.Helper()
	v.good("completat")
	if v.pictured { // the program that shows a PDF is not in every browser
		v.Click(number)
		v.Click("Plan cadastral sau de încadrare")
		v.picture("caz-lucru")
		v.open("/lucru")
	}
	v.Reset()
	v.Click(number)
	v.good("Toate cele")
	v.Click("Aprobă")
	v.good("Serviciul cere două semnături.")
	v.Click("Trimite la semnat")
	v.took("lucru", browser.Count{Pages: 1}) // what came last is the next case
	v.good("Cazul " + number + " e gata")
}

// signs signs a decision.
func (v *visit) signs(number string) {
	v.t.Helper()
	v.good("la semnat")
	v.Click(number)
	v.Click("Vezi și semnează")
	v.good("Primar")
	v.Click("Semnează")
	v.good("Cazul " + number + " e gata")
}

// holds reads the mail about a decision and the decision, which anybody can
// verify, by its code and by the file itself.
func (v *visit) holds(to, number, title string) {
	v.t.Helper()
	v.Go(v.another("").mail(to, "Cererea "+number+" e aprobată", title))
	v.good(number)
	v.Click("Răspunsul nostru")
	v.good(title)
	file := filepath.Join(v.t.TempDir(), "decizie.pdf")
	if err := os.WriteFile(file, v.Download("Descarcă PDF-ul sigilat"), 0o600); err != nil {
		v.t.Fatal(err)
	}
	friend := v.another("")
	friend.verifies(v.found(aCode), title, number)
	friend.Click("Verifică alt document")
	friend.Upload("Fișierul PDF primit", file)
	friend.Click("Verifică fișierul")
	friend.good("Fișierul este exact cel emis de primărie", title)
}

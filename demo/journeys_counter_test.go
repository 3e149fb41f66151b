package demo_test

import (
	"bytes"
	"testing"

	"bega/internal/db/dbtest"
)

// TestCounterJourney: who has no computer comes to the counter, and goes home with a
// printed proof. What was done there they can read in their account, if they ever open it.
func TestCounterJourney(t *testing.T) {
	town := openDemo(t, "")
	for w, who := range map[way][2]string{withScripts: {"petru", "Petru Jurca-Demo"}, withoutScripts: {"sorin", "Sorin Vuia-Demo"}} {
		t.Run(w.name, func(t *testing.T) { isServed(town.as(t, w, "dana"), who[0], who[1]) })
	}
}

// TestCounterJourneyOnPostgreSQL is the second of them there.
func TestCounterJourneyOnPostgreSQL(t *testing.T) {
	d := dbtest.PostgreSQL(t)
	isServed(openDemo(t, dbtest.Name(d)).as(t, withoutScripts, "dana"), "sorin", "Sorin Vuia-Demo")
}

// isServed has an application filed at the counter.
func isServed(clerk *visit, who, whose string) {
	clerk.t.Helper()
	clerk.open("/lucru/ghiseu")
	clerk.Type("Pe cine cauți?", whose)
	clerk.Choose("Persoana este la ghișeu")
	clerk.Click("Caută")
	clerk.good(whose)
	clerk.Click("Depune o cerere pentru persoana aceasta")
	clerk.good("Cerere pentru " + whose)
	clerk.Click("Începe cererea")
	clerk.good("Alege ce cere.")
	clerk.Choose("Abonament de parcare pentru rezidenți")
	clerk.Click("Începe cererea")
	forWhom := "La ghișeu: cererea e pentru " + whose
	clerk.good("Unde locuiești?", forWhom, "din datele tale", "Dana Rusu-Demo")
	if clerk.Has("Dosarul meu") {
		clerk.t.Error("the counter is led to a folder")
	}
	clerk.Choose("Albastră")
	clerk.Click("Continuă")
	clerk.good("Pentru ce mașină?", forWhom)
	if clerk.Has("Folosește-l pe cel din dosarul tău") {
		clerk.t.Error("the counter is offered what is in his folder")
	}
	clerk.Type("Numărul de înmatriculare", "TM 77 DEM")
	clerk.Choose("A mea")
	clerk.photographs("Fișierul nou", "Talonul adus.png")
	clerk.Click("Continuă")
	clerk.good("Verifică și trimite cererea", forWhom, "Talonul adus.png")
	clerk.Click("Trimite cererea")
	clerk.good("Cererea e înregistrată", whose)
	number := clerk.found(aNumber)
	if proof := clerk.Download("Tipărește dovada"); !bytes.HasPrefix(proof, []byte("%PDF")) {
		clerk.t.Errorf("the proof is %.20q", proof)
	}
	clerk.Click("Următorul")
	clerk.good("Pe cine cauți?")

	me := clerk.another(who)
	me.open("/cereri")
	me.good(number)
	me.Click(`[href^="/cereri/0"]`) // the newest
	me.good(number, "Cererea a fost depusă la ghișeu, cu numărul "+number+". A primit-o: Serviciul Relații cu Cetățenii")
	me.open("/dosar/documente")
	me.good("Adus la ghișeu")
	me.open("/dosar/istoric")
	me.reads("A trimis o cerere la ghișeu, în numele persoanei", "funcționar la ghișeu, Serviciul Relații cu Cetățenii", "Talonul adus.png")
}

package desktest

import (
	"context"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/upload"
	"bega/procedures"
)

// Give puts a document into the folder of somebody, and returns its ID.
func (o *Town) Give(actor act.Actor, typ string) string {
	o.T.Helper()
	return o.GiveFile(actor, typ, "plan.png", Picture(o.T))
}

// GiveFile is like Give, for a file of one's own.
func (o *Town) GiveFile(actor act.Actor, typ, name string, data []byte) string {
	o.T.Helper()
	file, err := upload.Check(name, data)
	o.Must(err)
	d, err := o.Folder.Add(o.T.Context(), actor, db.NewID(), folder.New{Type: typ, File: file, Service: "certificat-de-urbanism"})
	o.Must(err)
	return d.ID
}

// Urbanism returns an application with a fee, a document and two signatures.
func (o *Town) Urbanism(actor act.Actor) cases.Application {
	o.T.Helper()
	return Planning(o.Give(actor, "plan-situatie"))
}

// Planning returns the same application, with the document that is its plan.
func Planning(plan string) cases.Application {
	return cases.Application{Draft: db.NewID(), Service: "certificat-de-urbanism", Version: 1, Answers: procedures.Answers{
		"lucrare": "nou", "descriere": "O casă cu un etaj.", "imobil": "400954", "calitate": "proprietar", "suprafata": int64(200), "scutire": false,
		"adresa":         map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"},
		"plan_situatie":  plan,
		"comunicare":     "digital",
		"nobody_asked":   "this",
		"plan_cadastral": "of another answer",
	}}
}

// Petition returns one that somebody with a light account can send, and that one
// signature answers.
func Petition(about string) cases.Application {
	return cases.Application{Draft: db.NewID(), Service: "petitie", Version: 1, Answers: procedures.Answers{
		"domeniu": about, "text": "Strada mea nu are lumină.", "nume": "Mara Lázár-Demo",
		"adresa": map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"}}}
}

// Shop returns an application of a firm that silence approves.
func (o *Town) Shop() cases.Application {
	o.T.Helper()
	return cases.Application{Draft: db.NewID(), Service: "acord-functionare", Version: 1, Answers: procedures.Answers{
		"cui": "14756536", "activitate": "bar", "acord_acte": true, "orar": "Luni–vineri 8–20", "schimbare": false,
		"adresa":   map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"},
		"spatii":   []procedures.Answers{{"folosinta": "sala", "suprafata": int64(40)}, {"folosinta": "depozit", "suprafata": int64(10)}},
		"contract": o.Give(Manager, "contract-spatiu"), "plan": o.Give(Manager, "plan-unitate"), "salubritate": o.Give(Manager, "contract-salubritate")}}
}

// None is what happens besides filing where nothing does.
func None(context.Context, *act.Tx, cases.Case) error { return nil }

// Filed sends an application that has to be accepted.
func (o *Town) Filed(actor act.Actor, a cases.Application) cases.Case {
	o.T.Helper()
	c, err := o.File(o.T.Context(), actor, db.NewID(), a, None)
	o.Must(err)
	return c
}

// Asked files an application for Ana and has the clerk ask for the land survey
// and a better description.
func (o *Town) Asked() (c cases.Case, ask string) {
	o.T.Helper()
	c = o.Filed(Ana, o.Urbanism(Ana))
	o.On("2026-11-25")
	o.Must(o.Desk.Claim(o.T.Context(), Clerk, db.NewID(), c.ID, 0, false))
	o.Must(o.Desk.Ask(o.T.Context(), Clerk, db.NewID(), c.ID, 0, cases.Ask{Text: "Ne mai trebuie planul cadastral.", Documents: []string{"plan-cadastral"},
		Fields: []string{"descriere"}, Until: Date(o.T, "2026-12-15")}))
	v, err := o.ByID(o.T.Context(), Ana, c.ID)
	o.Must(err)
	waits, ok := v.Waiting()
	if !ok {
		o.T.Fatal("nothing was asked")
	}
	o.Told()
	return v.Case, waits.ID
}

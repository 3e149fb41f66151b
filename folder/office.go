package folder

import (
	"context"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/vault"
)

// An Office keeps the folders. Its fields are set before it is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Vault    *vault.Vault
	Blobs    *blob.Store
	Scanner  upload.Scanner
	Texts    *text.Catalog // for the index of an export
	Now      func() time.Time
	Zone     *time.Location
	Types    Types
	Services Services
	Papers   Papers
	Names    Names
	Cases    Cases
	Notices  Notices
	Units    Units
	Build    jobs.Kind[string] // packs an export: jobs.Handle(q, "folder_export", o.BuildExport)

	// Exporters add what other rooms know about a party to an export.
	Exporters []Exporter

	// Named are asked by the sweep which files other rooms need.
	Named []func(ctx context.Context, hash blob.Hash) (bool, error)
}

// Types knows the types of documents: the catalogue.
type Types interface {
	TypeTitle(key, lang string) string // "" if there is no such type
	TypeTerm(key string) deadline.Term // for how long such a paper is good after its issue; zero for ever
	TypeKeys() []string
}

// Services knows what services need: the catalogue.
type Services interface {
	ServiceTypes(service string) []string // types of documents that it asks for, or reads answers from
}

// Units knows the departments.
type Units interface{ UnitTitle(key, lang string) string }

// Papers gives the PDF of what the town hall issued.
type Papers interface {
	Bytes(ctx context.Context, code string) ([]byte, error)
}

// Names knows what people are called.
type Names interface {
	Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error)
}

// Cases tells what a case of a folder is called: its number and service.
type Cases interface {
	CaseTitle(ctx context.Context, owner act.PartyID, id, lang string) (number, title string, err error)
	// AskAbout begins a case for the data protection officer about an entry of
	// the register of acts, and returns where to go on.
	AskAbout(ctx context.Context, actor act.Actor, entry string) (link string, err error)
}

// Notices brings messages to people, as identity.Notices does. A
// map[string]string among args is a text by language.
type Notices interface {
	Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error
}

// An Exporter tells all that a room knows about a party, as JSON can hold it.
type Exporter interface {
	Export(ctx context.Context, owner act.PartyID) (name string, data any, err error)
}

// today is the civil day in the town.
func (o *Office) today() deadline.Date { return o.day(o.Now()) }

func (o *Office) day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

func subject(id string) string { return "document " + id }

// visit is for how long an official at the counter uses what somebody brought there.
const visit = 12 * time.Hour

// on returns what an act on a document is done to, as the folder's side sees it.
// For whoever has a mandate for some services, it is about one of these if it
// was given for it, or is of a type that it asks for; otherwise it is about the
// whole folder, which the mandate does not cover.
func (o *Office) on(actor act.Actor, d Document) act.On {
	on := act.On{Subject: subject(d.ID), Owner: d.Owner}
	if actor.Counter && (d.Source != AtDesk || d.GivenBy != actor.Person || o.Now().Sub(d.Added) > visit) {
		return on // the counter uses what was just brought there
	}
	if slices.Contains(actor.Services, d.Service) {
		on.Service = d.Service
		return on
	}
	for _, service := range actor.Services {
		if o.Services != nil && slices.Contains(o.Services.ServiceTypes(service), d.Type) {
			on.Service = service
		}
	}
	return on
}

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if err != nil && fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// all says that an act on a folder is about the whole of it.
func all(owner act.PartyID) act.On { return act.On{Subject: "folder " + string(owner), Owner: owner} }

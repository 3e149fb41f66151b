package desk

import (
	"context"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/text"
	"bega/procedures"
)

// An Office is how officials lead cases. Its fields are set before it is used.
type Office struct {
	DB         db.Reader
	Acts       *act.Register
	Now        func() time.Time
	Calendar   *deadline.Calendar
	Catalog    *procedures.Catalogue
	Texts      *text.Catalog
	Cases      *cases.Office
	Folder     *folder.Office
	People     cases.People
	Deliveries Deliveries // what became of notices; nil where nobody asks
}

// Deliveries tells what became of the notices about a case, in the language of
// who asks: the room notices. It may be asked about any case.
type Deliveries interface {
	OfCase(ctx context.Context, caseID, lang string) ([]Told, error)
}

// A Told is a notice about the case and what became of it.
type Told struct {
	Subject string
	At      time.Time
	States  []string // text keys, by channel
}

func (o *Office) today() deadline.Date { return o.Cases.Day(o.Now()) }

// serviceTitle returns what a service is called.
func (o *Office) serviceTitle(key, lang string) string {
	s, err := o.Catalog.Service(key, o.today())
	if err != nil {
		return key
	}
	return s.Title.In(lang)
}

// typeTitle returns what a type of document is called.
func (o *Office) typeTitle(key, lang string) string {
	typ, err := o.Catalog.DocumentType(key)
	if err != nil {
		return key
	}
	return typ.Title.In(lang)
}

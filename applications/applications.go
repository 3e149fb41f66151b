// Package applications shows people what became of their applications.
//
// It has no rules about cases: those are in package cases. What is here answers
// what people ask first: where is it, who has it, what comes next and until when,
// and what is there for them to do.
package applications

import (
	"context"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/procedures"
)

// An Office is what the pages of the room work with. Its fields are set before it
// is used.
type Office struct {
	Cases    *cases.Office
	Folder   *folder.Office
	Catalog  *procedures.Catalogue
	Calendar *deadline.Calendar
	Things   Things
}

// Things knows what the town has on record of whoever the actor acts for: the register
// of taxes.
type Things interface {
	Things(ctx context.Context, actor act.Actor, kind, lang string) ([]procedures.Thing, error)
}

package portal

import (
	"bega/access"
	"bega/cases"
	"bega/folder"
	"bega/identity"
	"bega/internal/db"
	"bega/internal/jobs"
	"bega/procedures"
	"bega/registry"
)

// Rooms are what a town is made of, for the program bench, which measures them
// one by one.
type Rooms struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Catalog  *procedures.Catalogue
	Access   *access.Office
	Cases    *cases.Office
	Folder   *folder.Office
	Identity *identity.Office
	Registry *registry.Office
}

// Rooms returns what the town is made of.
func (t *Town) Rooms() Rooms {
	return Rooms{DB: t.db, Queue: t.queue, Catalog: t.catalog, Access: t.access, Cases: t.cases, Folder: t.folder, Identity: t.identity, Registry: t.registry}
}

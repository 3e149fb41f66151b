package registry

import (
	"embed"

	"bega/internal/act"
	"bega/internal/web"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /verifica", act.ReadPublic, p.verify)
	site.Handle("POST /verifica", act.ReadPublic, p.examine)
	site.Handle("GET /verifica/{cod}", act.ReadPublic, p.verified)
	site.Handle("GET /acte/{cod}", act.OpenDocument, p.paper)
	site.Handle("GET /acte/{cod}/pdf", act.OpenDocument, p.file)
	site.Handle("GET /lucru/registru", act.ReadDesk, p.book)
	site.Handle("GET /lucru/registru.csv", act.ReadDesk, p.bookAsCSV)
}

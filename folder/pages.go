package folder

import (
	"context"
	"embed"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
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
	site.Handle("GET /dosar/documente", act.ReadFolder, p.documents)
	site.Handle("GET /dosar/documente/adauga", act.ReadFolder, p.newDocument)
	site.Handle("POST /dosar/documente/adauga", act.AddDocument, p.addDocument)
	site.Handle("GET /dosar/documente/{document}", act.OpenDocument, p.document)
	site.Handle("GET /dosar/documente/{document}/fisier", act.OpenDocument, p.file)
	site.Handle("POST /dosar/documente/{document}/scoate", act.RemoveDocument, p.remove)
	site.Handle("GET /dosar/acces", act.ReadHistory, p.seen)
	site.Handle("POST /dosar/acces/{intrare}/intreaba", act.ReadHistory, p.ask)
	site.Handle("GET /dosar/istoric", act.ReadHistory, p.history)
	site.Handle("GET /dosar/export", act.ExportFolder, p.exports)
	site.Handle("POST /dosar/export", act.ExportFolder, p.askExport)
	site.Handle("GET /dosar/export/{export}/{parte}", act.ExportFolder, p.part)
}

// home is the link back to the first page of the folder.
func home(p ui.Page) ui.Link { return ui.Link{Href: "/dosar", Label: p.T("ui.menu-folder")} }

// A caseLink says what a case is called and where it is.
type caseLink struct{ Number, Title, Href string }

// caseLinks finds what the cases of a folder are called, each once. One that
// cannot be found is left out: the page says the rest.
func (p pages) caseLinks(ctx context.Context, owner act.PartyID, lang string, ids []string) (map[string]caseLink, error) {
	links := map[string]caseLink{}
	for _, id := range ids {
		if _, known := links[id]; known || id == "" {
			continue
		}
		number, title, err := p.o.Cases.CaseTitle(ctx, owner, id, lang)
		if err != nil && fault.Of(err).Kind != fault.Missing {
			return nil, err
		} else if err == nil {
			links[id] = caseLink{number, title, "/cereri/" + id}
		}
	}
	return links, nil
}

package folder

import (
	"net/http"
	"strconv"

	"bega/internal/web"
	"bega/internal/web/ui"
)

// exportsPage offers a copy of the folder.
type exportsPage struct {
	ui.Page
	Exports []Export
	Waiting bool // one is being packed
}

func (p pages) exports(w http.ResponseWriter, r *http.Request) (err error) {
	page := exportsPage{Page: p.Page(r)}
	page.Section = "/dosar"
	if page.Exports, err = p.o.Exports(r.Context(), p.Actor(r)); err != nil {
		return err
	}
	page.Waiting = len(page.Exports) > 0 && page.Exports[0].Ready.IsZero()
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) askExport(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.o.AskExport(r.Context(), p.Actor(r), web.Key(r), p.Page(r).Lang()); err != nil {
		return err
	}
	return web.See(w, r, "/dosar/export")
}

func (p pages) part(w http.ResponseWriter, r *http.Request) error {
	n, _ := strconv.Atoi(r.PathValue("parte"))
	name, data, err := p.o.Fetch(r.Context(), p.Actor(r), r.PathValue("export"), n)
	if err != nil {
		return err
	}
	return web.Download(w, name, "application/zip", data, false)
}

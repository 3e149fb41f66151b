package notices

import (
	"net/http"

	"bega/internal/act"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// MountMailbox puts the pages of a demonstration's mailbox on a site. Whoever
// opens it reads everybody's mail.
func MountMailbox(site *web.Site, box *Mailbox) {
	p := boxPages{site, box}
	site.Handle("GET /demo/posta", act.ReadPublic, p.list)
	site.Handle("GET /demo/posta/{scrisoare}", act.ReadPublic, p.one)
	site.Handle("GET /demo/posta/{scrisoare}/html", act.ReadPublic, p.html)
}

type boxPages struct {
	*web.Site
	box *Mailbox
}

// boxPage lists the mails.
type boxPage struct {
	ui.Page
	Mails []Kept
}

func (p boxPages) list(w http.ResponseWriter, r *http.Request) (err error) {
	page := boxPage{Page: p.Page(r)}
	if page.Mails, err = p.box.Latest(r.Context(), 100); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// keptPage shows one mail.
type keptPage struct {
	ui.Page
	Kept
}

func (p boxPages) one(w http.ResponseWriter, r *http.Request) (err error) {
	page := keptPage{Page: p.Page(r)}
	if page.Kept, err = p.box.ByID(r.Context(), r.PathValue("scrisoare")); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// html answers with the part that is shown in a frame.
func (p boxPages) html(w http.ResponseWriter, r *http.Request) error {
	kept, err := p.box.ByID(r.Context(), r.PathValue("scrisoare"))
	if err != nil {
		return err
	}
	return web.Download(w, "mail.html", "text/html; charset=utf-8", []byte(kept.HTML), true)
}

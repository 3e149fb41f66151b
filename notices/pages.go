package notices

import (
	"embed"
	"net/http"
	"slices"

	"bega/internal/act"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// aPage is how many notices are on a page, of those read and of those not.
const aPage = 25

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /mesaje", act.ReadNotices, p.inbox)
	site.Handle("POST /mesaje/toate-citite", act.ReadNotices, p.readAll)
	site.Handle("GET /mesaje/{mesaj}", act.ReadNotices, p.notice)
	site.Handle("GET /profil/mesaje", act.KeepWishes, p.wishes)
	site.Handle("POST /profil/mesaje", act.KeepWishes, p.keepWishes)
	site.Handle("GET /mesaje/dezabonare/{legatura}", act.ReadPublic, p.unsubscribe)
	site.Handle("POST /mesaje/dezabonare/{legatura}", act.ReadPublic, p.unsubscribed)
}

// A titled notice has the number of its case.
type titled struct {
	Notice
	Number string // "" without a case
}

// inboxPage lists notices.
type inboxPage struct {
	ui.Page
	Bounces      bool
	Older        bool // it is not the first page
	Unread, Read []titled
	Next         string // ID before which there are more; "" for none
}

func (p pages) inbox(w http.ResponseWriter, r *http.Request) (err error) {
	page := inboxPage{Page: p.Page(r)}
	page.Section = "/mesaje"
	before := r.FormValue("inainte")
	page.Older = before != ""
	unread, read, err := p.o.sorted(r.Context(), p.Actor(r), page.Lang(), before, aPage+1)
	if err != nil {
		return err
	}
	if len(read) > aPage {
		read = read[:aPage]
		page.Next = read[aPage-1].ID
	}
	if page.Older {
		unread = nil
	}
	if page.Unread, err = p.titled(r, page.Page, unread); err != nil {
		return err
	}
	if page.Read, err = p.titled(r, page.Page, read); err != nil {
		return err
	}
	if page.Bounces, err = p.o.Bounces(r.Context(), p.Actor(r)); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) titled(r *http.Request, page ui.Page, all []Notice) ([]titled, error) {
	list := make([]titled, len(all))
	for i, n := range all {
		list[i] = titled{Notice: n}
		if n.Case == "" || p.o.Cases == nil {
			continue
		}
		var err error
		if list[i].Number, _, err = p.o.Cases.CaseTitle(r.Context(), "", n.Case, page.Lang()); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readAll marks as read what the page showed, and what is older.
func (p pages) readAll(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.ReadAll(r.Context(), p.Actor(r), web.Key(r), r.FormValue("pana")); err != nil {
		return err
	}
	return web.See(w, r, "/mesaje")
}

// noticePage shows one notice.
type noticePage struct {
	ui.Page
	titled
}

func (p pages) notice(w http.ResponseWriter, r *http.Request) error {
	page := noticePage{Page: p.Page(r)}
	page.Section = "/mesaje"
	n, err := p.o.Open(r.Context(), p.Actor(r), r.PathValue("mesaj"), page.Lang())
	if err != nil {
		return err
	}
	list, err := p.titled(r, page.Page, []Notice{n})
	if err != nil {
		return err
	}
	page.titled = list[0]
	return p.Render(w, r, http.StatusOK, page.view())
}

// wishesPage lets somebody choose what they want by e-mail.
type wishesPage struct {
	ui.Page
	Saved, Bounces bool
	Address        string // where mails go; "" if that is not known
	Email, Topics  ui.Input
	Chosen         []string
}

func (p pages) wishes(w http.ResponseWriter, r *http.Request) error {
	page := wishesPage{Page: p.Page(r), Saved: r.FormValue("salvat") != ""}
	wishes, err := p.o.Wishes(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	if page.Address, _, err = p.o.People.Reach(r.Context(), p.Actor(r).Person); err != nil {
		return err
	}
	if page.Bounces, err = p.o.Bounces(r.Context(), p.Actor(r)); err != nil {
		return err
	}
	page.Email = ui.Input{Name: "email", Label: page.T("notices.want-email"), Hint: page.T("notices.want-email-hint")}
	if wishes.Email {
		page.Email.Value = "da"
	}
	page.Topics = ui.Input{Name: "despre", Label: page.T("notices.about"), Hint: page.T("notices.about-hint")}
	for _, topic := range Topics() {
		if wishes.Topic[topic] {
			page.Chosen = append(page.Chosen, topic)
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) keepWishes(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return web.ErrForm
	}
	wishes := Wishes{Email: r.PostFormValue("email") == "da", Topic: map[string]bool{}}
	for _, topic := range Topics() {
		wishes.Topic[topic] = slices.Contains(r.PostForm["despre"], topic)
	}
	if err := p.o.KeepWishes(r.Context(), p.Actor(r), web.Key(r), wishes); err != nil {
		return err
	}
	return web.See(w, r, "/profil/mesaje?salvat=1")
}

// unsubscribePage asks whether somebody means it: programs that look into mails
// follow links, too.
type unsubscribePage struct {
	ui.Page
	Topic string
	Done  bool
}

func (p pages) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	page := unsubscribePage{Page: p.Page(r)}
	var err error
	if _, page.Topic, err = p.o.read(r.PathValue("legatura")); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// unsubscribed answers mail programs, too, which follow no redirect (RFC 8058).
func (p pages) unsubscribed(w http.ResponseWriter, r *http.Request) error {
	page := unsubscribePage{Page: p.Page(r), Done: true}
	var err error
	if page.Topic, err = p.o.Unsubscribe(r.Context(), r.PathValue("legatura")); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

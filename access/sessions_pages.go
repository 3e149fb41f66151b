package access

import (
	"embed"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
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
// The site knows its visitors by [Office.Identify].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /cont", act.SignIn, p.account)
	site.Handle("GET /cont/intra", act.SignIn, p.signIn)
	site.Handle("POST /cont/intra", act.SignIn, p.trySignIn)
	site.Handle("GET /cont/cod", act.SignIn, p.code)
	site.Handle("POST /cont/cod", act.SignIn, p.tryCode)
	site.Handle("GET /cont/cine", act.SignIn, p.who)
	site.Handle("POST /cont/cine", act.SignIn, p.chooseWho)
	site.Handle("POST /cont/iesire", act.SignIn, p.signOut)
	site.Handle("GET /cont/parola", act.KeepProfile, p.password)
	site.Handle("POST /cont/parola", act.KeepProfile, p.setPassword)
	site.Handle("GET /cont/adresa", act.KeepProfile, p.email)
	site.Handle("POST /cont/adresa", act.KeepProfile, p.moveEmail)
	site.Handle("POST /cont/prelungeste", act.SignOut, p.prolong)
	site.Handle("GET /profil/dispozitive", act.SignOut, p.devices)
	site.Handle("POST /profil/dispozitive/iesire", act.SignOut, p.signOutEverywhere)
	site.Handle("POST /profil/dispozitive/{sesiune}/iesire", act.SignOut, p.signOutOne)
	site.Handle("GET /profil/chei", act.KeepTokens, p.tokens)
	site.Handle("POST /profil/chei", act.KeepTokens, p.makeToken)
	site.Handle("POST /profil/chei/{cheie}/incheie", act.KeepTokens, p.endToken)
	site.Handle("GET /dosare", act.SwitchFolder, p.folders)
	site.Handle("POST /dosare", act.SwitchFolder, p.switchFolder)
}

// Identify tells who sends a request: by the cookie of a session, in one query,
// or by an access token. It returns the zero Visitor for somebody who has not
// signed in, and [act.ErrSignIn] for a token that is none.
//
// Whoever acted by a mandate that has ended is in their own folder again. What
// they were about to change meant the other folder: it fails with
// [ErrMandateOver], once.
func (o *Office) Identify(r *http.Request) (web.Visitor, error) {
	if value, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		actor, err := o.bearer(r.Context(), value)
		if errors.Is(err, ErrToken) {
			err = act.ErrSignIn
		}
		return web.Visitor{Actor: actor}, err
	}
	token := o.cookie(r, sessionCookie)
	if token == "" {
		return web.Visitor{}, nil
	}
	c, ended, err := o.identify(r.Context(), token)
	if errors.Is(err, db.ErrNone) {
		return web.Visitor{}, nil
	} else if err != nil {
		return web.Visitor{}, err
	}
	if ended && !slices.Contains([]string{http.MethodGet, http.MethodHead}, r.Method) && !slices.Contains([]string{"/dosare", "/cont/iesire", "/cont/prelungeste"}, r.URL.Path) {
		return web.Visitor{}, ErrMandateOver
	}
	name, err := o.People.Called(c.Person, c.name, c.email)
	if err != nil {
		return web.Visitor{}, err
	}
	v := web.Visitor{Actor: c.actor(), Lang: c.lang, Who: ui.Who{SignedIn: true, Name: name, Expires: c.Expires()}}
	v.Who.Staff, v.Who.Cases = v.Actor.MayTry(act.ReadDesk) == nil, v.Actor.MayTry(act.OpenCase) == nil
	v.Who.Counter, v.Who.Officer, v.Who.Admin = v.Actor.Has(act.Desk), v.Actor.Has(act.Officer), v.Actor.Has(act.Admin)
	if v.Actor.Mandate != "" {
		v.Who.For = c.principalName
	}
	return v, nil
}

// The cookies, whose names begin with __Host- under TLS: then no other host and
// no other path can set them.
const (
	sessionCookie = "bega"        // the session
	codeCookie    = "bega_cod"    // the secret of a code on its way
	deviceCookie  = "bega_aparat" // see DeviceFor
)

// CookieName returns the name of the cookie that holds a session.
func CookieName(secure bool) string { return (&Office{Secure: secure}).cookieName(sessionCookie) }

func (o *Office) cookieName(name string) string {
	if o.Secure {
		return "__Host-" + name
	}
	return name
}

// cookie returns the value of a cookie, or "".
func (o *Office) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(o.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie for as long as the browser runs, or for a time; with
// value "" it is removed.
func (o *Office) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	age := int(life.Seconds())
	if value == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: o.cookieName(name), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: o.Secure, SameSite: http.SameSiteLaxMode})
}

// session returns the session of a request.
func (p pages) session(r *http.Request) (Session, error) {
	return p.o.Session(r.Context(), p.o.cookie(r, sessionCookie))
}

// account leads to the profile, by way of signing in.
func (p pages) account(w http.ResponseWriter, r *http.Request) error { return web.See(w, r, "/profil") }

// signOut ends the session of a request. Whoever has none is out already.
func (p pages) signOut(w http.ResponseWriter, r *http.Request) error {
	session, err := p.session(r)
	if err == nil && p.Actor(r).Person == session.Person {
		err = p.o.SignOut(r.Context(), p.Actor(r), session.ID)
	}
	if err != nil && !errors.Is(err, ErrSession) {
		return err
	}
	p.o.setCookie(w, sessionCookie, "", 0)
	w.Header().Set("Clear-Site-Data", `"cache"`) // the next person at this screen goes back to nothing
	return web.See(w, r, "/")
}

// prolong keeps the session alive for another half hour, which asking does.
func (p pages) prolong(w http.ResponseWriter, r *http.Request) error {
	return web.JSON(w, http.StatusOK, map[string]string{"expires": p.Visitor(r).Who.Expires.UTC().Format(time.RFC3339)})
}

type devicesPage struct {
	ui.Page
	Sessions []Session
	This     string // ID of the session of this browser
}

func (p pages) devices(w http.ResponseWriter, r *http.Request) (err error) {
	page := devicesPage{Page: p.Page(r)}
	if page.Sessions, err = p.o.Sessions(r.Context(), p.Actor(r)); err != nil {
		return err
	}
	if session, err := p.session(r); err == nil {
		page.This = session.ID
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) signOutOne(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.SignOut(r.Context(), p.Actor(r), r.PathValue("sesiune")); err != nil {
		return err
	}
	return web.See(w, r, "/profil/dispozitive")
}

func (p pages) signOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.SignOut(r.Context(), p.Actor(r), ""); err != nil {
		return err
	}
	p.o.setCookie(w, sessionCookie, "", 0)
	return web.See(w, r, "/cont/intra")
}

// foldersPage lets somebody choose for whom they act.
type foldersPage struct {
	ui.Page
	Back    string
	Mine    string // the person's own name
	Current string // mandate in use; "" in their own folder
	Lost    bool   // the mandate in use has ended
	Folders []folder
}

// A folder is one that the actor may open.
type folder struct {
	Mandate  identity.Mandate
	Name     string
	Services string // "" for all
}

func (p pages) folders(w http.ResponseWriter, r *http.Request) error {
	actor := p.Actor(r)
	page := foldersPage{Page: p.Page(r), Back: web.Local(r.FormValue("inapoi")), Mine: p.Visitor(r).Who.Name, Current: actor.Mandate}
	if session, err := p.session(r); err == nil {
		page.Lost = session.Lost != ""
	}
	all, err := p.o.People.Received(r.Context(), actor)
	if err != nil {
		return err
	}
	var ids []act.PartyID
	for _, m := range all {
		ids = append(ids, m.Principal)
	}
	names, err := p.o.People.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.State(p.o.People.Today()) == identity.Active {
			page.Folders = append(page.Folders, folder{m, names[m.Principal], p.o.People.ServiceTitles(page.Lang(), m.Services)})
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// civil shows a civil day of the town, such as 2026-03-02.
func civil(p ui.Page, day string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, p.Now.Location())
	if err != nil {
		return day
	}
	return p.Day(at)
}

func (p pages) switchFolder(w http.ResponseWriter, r *http.Request) error {
	session, err := p.session(r)
	if err != nil {
		return err
	}
	if err := p.o.Switch(r.Context(), p.Actor(r), web.Key(r), session, r.FormValue("mandat")); err != nil {
		return err
	}
	back := web.Local(r.FormValue("inapoi"))
	if back == "/" {
		back = home
	}
	return web.See(w, r, back)
}

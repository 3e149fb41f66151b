package access

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// home and work are where people go who signed in without wanting anything else,
// and those who work at the town hall.
const home, work = "/dosar", "/lucru"

// A returning page knows where people wanted to go. A fragment leads them back
// to the field they were at.
type returning struct {
	ui.Page
	Back string
}

func (p pages) returning(r *http.Request) returning {
	back := web.Local(r.FormValue("inapoi"))
	if back == "/" {
		back = home
	}
	return returning{p.Page(r), back}
}

// to returns the address of a page of this room that comes back to Back.
func (p returning) to(path string) string { return path + "?inapoi=" + url.QueryEscape(p.Back) }

// refused puts an error at a field, and returns the status of the page.
func (p *returning) refused(err error, field *ui.Input) int {
	f := fault.Of(err)
	field.Error = p.T(f.Key, f.Args...)
	p.HasErrors = true
	return web.Status(f)
}

// signInPage asks for an e-mail address, and for a password or none.
type signInPage struct {
	returning
	Email, Password ui.Input
	TimedOut        bool // they were signed out for doing nothing
	Demo            []DemoPerson
}

func (p pages) signInPage(r *http.Request) signInPage {
	page := signInPage{returning: p.returning(r), Demo: p.o.Demo}
	page.Email = ui.Input{Name: "email", Type: "email", Label: page.T("access.email"), Autocomplete: "username", Value: r.PostFormValue("email"), Required: true}
	page.Password = ui.Input{Name: "parola", Type: "password", Label: page.T("access.password"), Hint: page.T("access.password-hint"), Autocomplete: "current-password"}
	return page
}

func (p pages) signIn(w http.ResponseWriter, r *http.Request) error {
	page := p.signInPage(r)
	if p.Actor(r).SignedIn() {
		return web.See(w, r, page.Back)
	}
	_, err := p.session(r)
	page.TimedOut = err == nil // it is there, and expired
	return p.Render(w, r, http.StatusOK, page.view())
}

// attempt returns what a request says about who sends it.
func (p pages) attempt(r *http.Request) Try {
	return Try{Email: r.PostFormValue("email"), Password: r.PostFormValue("parola"), Address: r.RemoteAddr, Device: p.o.cookie(r, deviceCookie)}
}

func (p pages) trySignIn(w http.ResponseWriter, r *http.Request) error {
	page := p.signInPage(r)
	if r.PostFormValue("mod") == "cod" {
		proof, err := p.o.Ask(r.Context(), p.Actor(r), p.attempt(r), page.Lang())
		if errors.Is(err, identity.ErrEmail) || errors.Is(err, ErrWait) {
			return p.Render(w, r, page.refused(err, &page.Email), page.view())
		} else if err != nil {
			return err
		}
		p.o.setCookie(w, codeCookie, proof, codeLife)
		return web.See(w, r, page.to("/cont/cod"))
	}
	who, err := p.o.Prove(r.Context(), p.attempt(r))
	switch {
	case errors.Is(err, identity.ErrEmail):
		return p.Render(w, r, page.refused(err, &page.Email), page.view())
	case errors.Is(err, ErrSignIn), errors.Is(err, ErrWait):
		return p.Render(w, r, page.refused(err, &page.Password), page.view())
	case err != nil:
		return err
	}
	proof, err := p.o.Remember(r.Context(), who)
	if err != nil {
		return err
	}
	if len(who) > 1 {
		p.o.setCookie(w, codeCookie, proof, codeLife)
		return web.See(w, r, page.to("/cont/cine"))
	}
	p.o.setCookie(w, deviceCookie, p.o.DeviceFor(page.Email.Value), 365*24*time.Hour)
	return p.enter(w, r, who[0], proof, page.Back)
}

// enter signs somebody in who was proved, tells who wants to know, and leads
// them where they wanted to go.
func (p pages) enter(w http.ResponseWriter, r *http.Request, person act.PartyID, proof, back string) error {
	browser := Browser{Agent: r.UserAgent(), Token: p.o.cookie(r, sessionCookie), Lang: p.Page(r).Lang()}
	token, actor, err := p.o.Begin(r.Context(), person, proof, browser)
	if err != nil {
		return err
	}
	p.o.setCookie(w, codeCookie, "", 0)
	p.o.setCookie(w, sessionCookie, token, 0)
	if visitor := p.VisitorOf(r); visitor != "" {
		for _, tell := range p.o.OnSignIn {
			if err := tell(r.Context(), actor, visitor); err != nil {
				return err
			}
		}
	}
	if back == home && actor.MayTry(act.ReadDesk) == nil {
		back = work
	}
	return web.See(w, r, back)
}

// codePage asks for the code that was sent.
type codePage struct {
	returning
	Code ui.Input
	Over bool // the code has served, or expired: ask for another
}

func (p pages) codePage(r *http.Request) codePage {
	page := codePage{returning: p.returning(r)}
	page.Code = ui.Input{Name: "cod", Label: page.T("access.code"), Hint: page.T("access.code-hint"), Autocomplete: "one-time-code", Inputmode: "numeric", Width: "w10", Required: true}
	return page
}

func (p pages) code(w http.ResponseWriter, r *http.Request) error {
	page := p.codePage(r)
	if p.o.cookie(r, codeCookie) == "" {
		return web.See(w, r, page.to("/cont/intra"))
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) tryCode(w http.ResponseWriter, r *http.Request) error {
	page, proof := p.codePage(r), p.o.cookie(r, codeCookie)
	page.Code.Value = r.PostFormValue("cod")
	who, err := p.o.Enter(r.Context(), proof, page.Code.Value)
	if errors.Is(err, ErrCode) || errors.Is(err, ErrCodeOver) {
		page.Over = errors.Is(err, ErrCodeOver)
		return p.Render(w, r, page.refused(err, &page.Code), page.view())
	} else if err != nil {
		return err
	}
	moves, err := p.o.Moves(r.Context(), proof)
	if err != nil {
		return err
	}
	switch {
	case moves:
		if err := p.o.Move(r.Context(), p.Actor(r), web.Key(r), proof); err != nil {
			return err
		}
		p.o.setCookie(w, codeCookie, "", 0)
		return web.See(w, r, "/profil?salvat=1")
	case len(who) > 1:
		return web.See(w, r, page.to("/cont/cine"))
	case len(who) == 1:
		return p.enter(w, r, who[0], proof, page.Back)
	}
	return p.enter(w, r, "", proof, page.Back)
}

// whoPage asks which of the persons who share an e-mail address came.
type whoPage struct {
	returning
	People []ui.Option
	New    bool // they may also open an account of their own
}

func (p pages) who(w http.ResponseWriter, r *http.Request) error {
	page, proof := whoPage{returning: p.returning(r)}, p.o.cookie(r, codeCookie)
	who, err := p.o.Proven(r.Context(), proof)
	if errors.Is(err, ErrCodeOver) {
		return web.See(w, r, page.to("/cont/intra"))
	} else if err != nil {
		return err
	}
	names, err := p.o.People.Names(r.Context(), who)
	if err != nil {
		return err
	}
	for _, id := range who {
		page.People = append(page.People, ui.Option{Value: string(id), Label: names[id]})
	}
	if page.New, err = p.o.ByMail(r.Context(), proof); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) chooseWho(w http.ResponseWriter, r *http.Request) error {
	page := p.returning(r)
	return p.enter(w, r, act.PartyID(r.PostFormValue("cine")), p.o.cookie(r, codeCookie), page.Back)
}

// passwordPage sets a password, or another one.
type passwordPage struct {
	returning
	Current, New ui.Input
	Ask          bool // for the current password
	Saved        bool
}

func (p pages) passwordPage(r *http.Request) (page passwordPage, session Session, err error) {
	page.returning = p.returning(r)
	page.Current = ui.Input{Name: "actuala", Type: "password", Label: page.T("access.current-password"), Autocomplete: "current-password", Required: true}
	page.New = ui.Input{Name: "noua", Type: "password", Label: page.T("access.new-password"), Hint: page.T("access.new-password-hint", minPassword), Autocomplete: "new-password", Required: true}
	if session, err = p.session(r); err != nil {
		return page, session, act.ErrRefused
	}
	has, err := p.o.HasPassword(r.Context(), p.Actor(r))
	page.Ask = has && !p.o.isFresh(session)
	page.Saved = r.Method == http.MethodGet && r.FormValue("salvat") != ""
	return page, session, err
}

func (p pages) password(w http.ResponseWriter, r *http.Request) error {
	page, _, err := p.passwordPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) setPassword(w http.ResponseWriter, r *http.Request) error {
	page, session, err := p.passwordPage(r)
	if err != nil {
		return err
	}
	err = p.o.SetPassword(r.Context(), p.Actor(r), web.Key(r), session, r.PostFormValue("actuala"), r.PostFormValue("noua"))
	switch {
	case errors.Is(err, ErrCurrent), errors.Is(err, ErrWait):
		return p.Render(w, r, page.refused(err, &page.Current), page.view())
	case errors.Is(err, ErrShort), errors.Is(err, ErrLong), errors.Is(err, ErrCommon):
		return p.Render(w, r, page.refused(err, &page.New), page.view())
	case err != nil:
		return err
	}
	return web.See(w, r, "/cont/parola?salvat=1")
}

// emailPage asks for another e-mail address.
type emailPage struct {
	returning
	Email ui.Input
}

func (p pages) emailPage(r *http.Request) emailPage {
	page := emailPage{returning: p.returning(r)}
	page.Email = ui.Input{Name: "email", Type: "email", Label: page.T("access.new-email"), Hint: page.T("access.new-email-hint"), Autocomplete: "email", Value: r.PostFormValue("email"), Required: true}
	return page
}

func (p pages) email(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, p.emailPage(r).view())
}

func (p pages) moveEmail(w http.ResponseWriter, r *http.Request) error {
	page := p.emailPage(r)
	session, err := p.session(r)
	if err != nil {
		return act.ErrRefused
	}
	proof, err := p.o.AskMove(r.Context(), p.Actor(r), session, p.attempt(r), page.Lang())
	if errors.Is(err, identity.ErrEmail) || errors.Is(err, ErrWait) {
		return p.Render(w, r, page.refused(err, &page.Email), page.view())
	} else if err != nil {
		return err
	}
	p.o.setCookie(w, codeCookie, proof, codeLife)
	return web.See(w, r, "/cont/cod")
}

// tokensPage lists the keys for programs, and makes one.
type tokensPage struct {
	ui.Page
	Tokens []Token
	Value  string // of the key that was just made; shown this once
	Name   ui.Input
	Scopes ui.Input // its error alone
	Chosen []string
	Days   string
}

func (p pages) tokensPage(r *http.Request) (page tokensPage, err error) {
	page = tokensPage{Page: p.Page(r), Chosen: r.PostForm["drept"], Days: r.PostFormValue("zile")}
	page.Name = ui.Input{Name: "nume", Label: page.T("access.token-label"), Hint: page.T("access.token-hint"), Value: r.PostFormValue("nume"), Max: 100, Required: true}
	page.Scopes = ui.Input{Name: "drept", Label: page.T("access.scopes")}
	if page.Days == "" {
		page.Days = strconv.Itoa(Lives()[0])
	}
	page.Tokens, err = p.o.Tokens(r.Context(), p.Actor(r))
	return page, err
}

func (p pages) tokens(w http.ResponseWriter, r *http.Request) error {
	page, err := p.tokensPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// makeToken answers with the key itself instead of a redirect: nothing keeps it
// for a second page.
func (p pages) makeToken(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return web.ErrForm
	}
	var verbs []act.Verb
	for _, verb := range r.PostForm["drept"] {
		verbs = append(verbs, act.Verb(verb))
	}
	days := slices.IndexFunc(Lives(), func(n int) bool { return strconv.Itoa(n) == r.PostFormValue("zile") })
	value, err := "", error(ErrScopes)
	if days >= 0 {
		value, err = p.o.MakeToken(r.Context(), p.Actor(r), web.Key(r), r.PostFormValue("nume"), verbs, Lives()[days])
	}
	page, pageErr := p.tokensPage(r)
	if pageErr != nil {
		return pageErr
	}
	in := &page.Scopes
	if errors.Is(err, ErrTokenName) {
		in = &page.Name
	}
	if errors.Is(err, ErrTokenName) || errors.Is(err, ErrScopes) {
		form := returning{Page: page.Page}
		status := form.refused(err, in)
		page.Page = form.Page
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	page.Value, page.Name.Value, page.Chosen = value, "", nil
	w.Header().Set("Cache-Control", "no-store")
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) endToken(w http.ResponseWriter, r *http.Request) error {
	if err := p.o.EndToken(r.Context(), p.Actor(r), web.Key(r), r.PathValue("cheie")); err != nil {
		return err
	}
	return web.See(w, r, "/profil/chei")
}

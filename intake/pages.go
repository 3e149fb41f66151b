package intake

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET "+here, act.ImportRegister, p.ask)
	site.Handle("POST "+here, act.ImportRegister, p.send)
	site.Handle("POST "+here+"/fisier", act.ImportRegister, p.sendFile)
	site.Handle("GET "+here+"/{registru}", act.ReadRuns, p.register)
	site.Handle("POST "+here+"/{registru}/opreste", act.ImportRegister, p.stop)
}

// Where these pages are, and those on which registers are published and reverted.
const (
	here   = "/lucru/taxe/registre"
	desk   = "/lucru/taxe"
	runs   = "/lucru/taxe/calcul"
	field  = "fisiere"
	reload = "5" // seconds after which a page that waits is asked for again
)

// page returns the frame of a page of the room.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = desk
	return page
}

// askPage asks for a register, and lists those that were sent in.
type askPage struct {
	ui.Page
	All     []View
	Problem string
	Year    ui.Input
	Files   ui.Input
	Limits  ui.Limits
}

func (p pages) askPage(r *http.Request) (page askPage, err error) {
	page = askPage{Page: p.page(r)}
	page.Year = ui.Input{Name: "an", Label: page.T("intake.year"), Hint: page.T("intake.year-hint"), Inputmode: "numeric", Width: "w4", Required: true,
		Value: strconv.Itoa(page.Now.Year())}
	page.Files = ui.Input{Name: field, Label: page.T("intake.files"), Hint: page.T("intake.files-hint"), Required: true}
	page.Limits = ui.Limits{Accept: ".xlsx,.csv", Kinds: page.T("intake.kinds"), MaxBytes: mostTable, Multiple: true}
	page.All, err = p.o.Registers(r.Context(), p.Actor(r))
	return page, err
}

// ask asks for a register, again with the files of one that could not be read.
func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	page, err := p.askPage(r)
	if err != nil {
		return err
	}
	if from := r.FormValue("din"); from != "" {
		v, err := p.o.View(r.Context(), p.Actor(r), from)
		if err != nil {
			return err
		}
		ids := []string{}
		for _, f := range v.Files {
			ids = append(ids, f.ID)
		}
		kept, err := p.o.Kept(r.Context(), p.Actor(r), ids)
		if err != nil {
			return err
		}
		page.Year.Value = strconv.Itoa(v.Year)
		page.have(kept)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// have lists files that are there already.
func (page *askPage) have(kept []File) {
	for _, f := range kept {
		page.Limits.Have = append(page.Limits.Have, ui.Upload{ID: f.ID, Name: f.Name + " (" + whatText(page.Page, f.What) + ")", Size: f.Size})
	}
}

// sent is a form as it came: files that were kept are looked up, and others kept or
// refused while they are read.
type sent struct {
	url.Values
	fresh   []File
	refused []ui.Upload
	problem error // of the first that was refused
}

// most is how much of a form may be typed.
const most = 64 << 10

// receive reads a form. It goes on after a file that is refused, unless there is no more
// to be read.
func (p pages) receive(r *http.Request) (s sent, err error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		form, err := web.Parse(r)
		return sent{Values: form.Values}, err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return s, web.ErrForm
	}
	s.Values = url.Values{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return s, nil
		} else if cut(err) && s.problem != nil {
			return s, nil // it was told already
		} else if err != nil {
			return s, web.ErrForm
		}
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, most))
			if err != nil {
				return s, web.ErrForm
			}
			s.Add(part.FormName(), string(value))
		} else if err := p.receiveFile(r, part, &s); err != nil {
			return s, err
		}
	}
}

// cut reports whether more was sent than can be read.
func cut(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

func (p pages) receiveFile(r *http.Request, part *multipart.Part, s *sent) error {
	f, err := p.o.Keep(r.Context(), p.Actor(r), part.FileName(), part)
	if cut(err) {
		err = ErrLarge.With(mostTable / mega)
	}
	switch fault.Of(err).Kind {
	case fault.Invalid:
		page := p.page(r)
		said := fault.Of(err)
		s.refused = append(s.refused, ui.Upload{Name: f.Name, Error: page.Says(said.Key, said.Args...)})
		if s.problem == nil {
			s.problem = err
		}
		return nil
	case fault.Unexpected:
		if err != nil {
			return err
		}
	default:
		return err
	}
	s.fresh = append(s.fresh, f)
	return nil
}

// send has a register read, or says what is wrong with it: what was typed is there
// again, and so are the files that are good.
func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	form, err := p.receive(r)
	if err != nil {
		return err
	}
	page, err := p.askPage(r)
	if err != nil {
		return err
	}
	removed := form.Get(field + ".sterge")
	ids := slices.DeleteFunc(form.Values[field+".id"], func(id string) bool { return id == removed })
	kept, err := p.o.Kept(r.Context(), p.Actor(r), ids)
	if err != nil {
		return err
	}
	kept = latest(append(kept, form.fresh...))
	page.Year.Value = strings.TrimSpace(form.Get("an"))
	if removed == "" && form.problem == nil {
		ids = ids[:0]
		for _, f := range kept {
			ids = append(ids, f.ID)
		}
		year, _ := strconv.Atoi(page.Year.Value) // 0 has no law
		var id string
		if id, err = p.o.Begin(r.Context(), p.Actor(r), form.Get("cheie"), year, ids); err == nil {
			return web.See(w, r, here+"/"+id)
		}
	}
	page.have(kept)
	page.Limits.Have = append(page.Limits.Have, form.refused...)
	if removed != "" {
		return p.Render(w, r, http.StatusOK, page.view())
	}
	fields := map[*fault.Fault]*ui.Input{ErrYear: &page.Year, ErrNone: &page.Files, ErrPair: &page.Files, ErrNoRows: &page.Files}
	if form.problem != nil {
		err = form.problem
		fields[fault.Of(err)] = &page.Files
	}
	if status := web.Blame(&page.Page, &page.Problem, err, fields); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

// sendFile takes a file as soon as it is chosen, from a page with JavaScript.
func (p pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	form, err := p.receive(r)
	switch {
	case err != nil:
		return err
	case form.problem != nil:
		return form.problem
	case len(form.fresh) != 1:
		return web.ErrForm
	}
	f := form.fresh[0]
	return web.JSON(w, http.StatusCreated, map[string]any{"id": f.ID, "name": f.Name + " (" + whatText(p.page(r), f.What) + ")", "size": f.Size, "media": ""})
}

// registerPage is one register: how far it is, and what it would change.
type registerPage struct {
	ui.Page
	View
	Problem    string
	MayImport  bool
	MayPublish bool
	MayRevert  bool
	Mine       bool
}

func (p pages) registerPage(r *http.Request) (page registerPage, err error) {
	actor := p.Actor(r)
	may := func(verb act.Verb) bool { return actor.May(verb, p.o.on("imports")) == nil }
	page = registerPage{Page: p.page(r), MayImport: may(act.ImportRegister), MayPublish: may(act.PublishImport), MayRevert: may(act.RevertImport)}
	page.View, err = p.o.View(r.Context(), actor, r.PathValue("registru"))
	page.Mine = page.By == actor.Person
	return page, err
}

func (p pages) register(w http.ResponseWriter, r *http.Request) error {
	page, err := p.registerPage(r)
	if err != nil {
		return err
	}
	if page.State == Reading {
		w.Header().Set("Refresh", reload) // of the same address: no script is needed
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) stop(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("registru")
	err := p.o.Stop(r.Context(), p.Actor(r), web.Key(r), id)
	if err == nil {
		return web.See(w, r, here+"/"+id)
	}
	page, openErr := p.registerPage(r)
	if openErr != nil {
		return openErr
	}
	if status := web.Blame(&page.Page, &page.Problem, err, nil); status != 0 {
		return p.Render(w, r, status, page.view())
	}
	return err
}

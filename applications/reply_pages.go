package applications

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// anyPaper is the type of a document of which no type was asked for.
const anyPaper = "alt-document"

// askPage asks an applicant for what is missing, and nothing else: it is all on
// one page, to be checked and sent.
type askPage struct {
	casePage
	Ask       cases.Ask
	By        string // who asks
	What      string
	Questions []asking
	Values    procedures.Values
	Told      map[string]string
	Offers    procedures.Offers
}

// An asking is a question of the page.
type asking struct {
	procedures.Field
	Name string // in the form
}

// documentName is the name of the question for a document of a type.
func documentName(typ string) string { return "act-" + typ }

func (p pages) askPage(r *http.Request) (page askPage, err error) {
	shown, err := p.casePage(r)
	if err != nil {
		return page, err
	}
	page = askPage{casePage: shown, Told: map[string]string{}}
	i := slices.IndexFunc(page.Asks, func(a cases.Ask) bool { return a.ID == r.PathValue("solicitare") })
	if i < 0 {
		return page, cases.ErrUnknown
	}
	page.Ask = page.Asks[i]
	page.By = page.official(p.o, page.Ask.By, page.Ask.Unit)
	page.What = p.o.Cases.Missing(page.Of, page.Ask).In(page.Lang())
	page.Values = page.Of.ValuesOf(page.Answers)
	for _, typ := range page.Ask.Documents {
		t, err := p.o.Catalog.DocumentType(typ)
		if err != nil {
			return page, err
		}
		page.Questions = append(page.Questions, asking{procedures.Field{Key: documentName(typ), Kind: procedures.Document, Document: typ,
			Label: t.Title, Hint: t.Hint, Required: true}, documentName(typ)})
	}
	for _, key := range page.Ask.Fields {
		f, step, ok := page.Of.Field(key)
		if !ok {
			continue
		}
		for item := range page.Of.Items(step, page.Values) {
			page.Questions = append(page.Questions, asking{*f, step.FieldName(item, f)})
		}
	}
	return page, p.offers(r.Context(), p.Actor(r), &page)
}

// offers finds what the folder has for the documents that are asked for.
func (p pages) offers(ctx context.Context, actor act.Actor, page *askPage) error {
	page.Offers = procedures.Offers{Documents: map[string][]ui.FolderDocument{}, Uploads: map[string][]ui.Upload{}, Things: map[string][]procedures.Thing{},
		Limits: limits(page.Page)}
	today := deadline.Of(page.Now)
	for _, q := range page.Questions {
		for _, kind := range procedures.RegisteredIn([]procedures.Field{q.Field}) {
			things, err := p.o.Things.Things(ctx, actor, kind, page.Lang())
			if err != nil {
				return err
			}
			page.Offers.Things[kind] = things
		}
		if q.Document == "" || page.Offers.Documents[q.Document] != nil {
			continue
		}
		papers, err := p.o.Folder.Offer(ctx, actor, q.Document)
		if err != nil {
			return err
		}
		for _, paper := range papers {
			page.Offers.Documents[q.Document] = append(page.Offers.Documents[q.Document], paper.Offered(page.Page, today))
		}
	}
	return nil
}

// inputs returns the elements of the page, for the ErrorSummary.
func (p askPage) inputs() (inputs []ui.Input) {
	for _, q := range p.Questions {
		inputs = append(inputs, procedures.FieldInputs(p.Page, &q.Field, q.Name, p.Values, p.Told, p.Offers)...)
	}
	return inputs
}

// ask asks, or says that the answer has arrived. The link of the notice leads
// here, also after signing in.
func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	page, err := p.askPage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// reply sends the answer, or shows the page again as it was filled in.
func (p pages) reply(w http.ResponseWriter, r *http.Request) error {
	page, err := p.askPage(r)
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	types := map[string]string{}
	for _, q := range page.Questions {
		switch q.Kind {
		case procedures.Document:
			types[q.Name+".fisier"] = q.Document
		case procedures.FileList:
			types[q.Name] = anyPaper
		}
	}
	uploads, again, err := p.receive(r, page.View, form, types)
	if err != nil {
		return err
	}
	page.Offers.Uploads = uploads
	documents := page.typed(form, uploads)
	if !again {
		err = p.o.Cases.Reply(r.Context(), p.Actor(r), form.Key(), page.ID, page.Ask.ID, page.Values, documents)
		wrong, ok := errors.AsType[*cases.Wrong](err)
		switch {
		case err == nil, errors.Is(err, cases.ErrAnswered): // the page then says so
			return web.See(w, r, r.URL.Path)
		case !ok:
			return err
		}
		page.Told = procedures.Told(page.Page, wrong.Problems)
		for _, typ := range wrong.Missing {
			page.Told[documentName(typ)] = page.T("applications.missing-document")
		}
	}
	page.HasErrors = true
	return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
}

// typed takes over what was filled in, and returns the documents of the types
// that were asked for. A file that has just arrived is the one that is meant.
func (p *askPage) typed(form web.Form, uploads map[string][]ui.Upload) (documents []string) {
	p.Values = procedures.Values(form.Values)
	for _, q := range p.Questions {
		sent := kept(uploads[q.Name])
		switch q.Kind {
		case procedures.FileList:
			p.Values[q.Name+".id"] = sent
		case procedures.Document:
			chosen := p.Values.Get(q.Name)
			if len(form.Files[q.Name+".fisier"]) > 0 {
				chosen = "nou"
				p.Values[q.Name] = []string{chosen}
			}
			if p.Values[q.Name+".fisier.id"] = sent; chosen == "nou" && len(sent) > 0 {
				chosen = sent[len(sent)-1]
				p.Values[q.Name+".fisier.id"] = []string{chosen}
			}
			if strings.HasPrefix(q.Name, documentName("")) && chosen != "nou" {
				documents = append(documents, chosen)
			}
		}
	}
	return documents
}

// kept returns the IDs of uploads that were not refused.
func kept(uploads []ui.Upload) (ids []string) {
	for _, u := range uploads {
		if u.Error == "" {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// receive puts the files of a form into the folder, each as a document of the type
// that its element is for. It returns what there is by name of the field, also
// what was sent before, and whether the page has to be shown again: because a file
// was refused, or taken out.
func (p pages) receive(r *http.Request, v cases.View, form web.Form, types map[string]string) (all map[string][]ui.Upload, again bool, err error) {
	all = map[string][]ui.Upload{}
	for element, typ := range types {
		name, out := strings.TrimSuffix(element, ".fisier"), form.Get(element+".sterge")
		again = again || out != ""
		for _, id := range form.Values[element+".id"] {
			if slices.ContainsFunc(all[name], func(u ui.Upload) bool { return u.ID == id }) {
				continue
			}
			d, err := p.o.Folder.ByID(r.Context(), p.Actor(r), id)
			if fault.Of(err).Kind == fault.Missing || id == out {
				continue
			} else if err != nil {
				return nil, false, err
			}
			all[name] = append(all[name], ui.Upload{ID: id, Name: d.Name, Size: d.Size})
		}
		for i, sent := range form.Files[element] {
			d, err := p.add(r, form.Key()+"-"+element+"-"+fmt.Sprint(i), v.Case, typ, sent)
			if f := fault.Of(err); err != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge || f.Kind == fault.Unavailable) {
				all[name], again = append(all[name], ui.Upload{Name: sent.Name, Size: sent.Size, Error: p.Page(r).T(f.Key, f.Args...)}), true
				continue
			} else if err != nil {
				return nil, false, err
			}
			all[name] = append(all[name], ui.Upload{ID: d.ID, Name: d.Name, Size: d.Size})
		}
	}
	return all, again, nil
}

// add puts a file into the folder, for a case.
func (p pages) add(r *http.Request, key string, c cases.Case, typ string, sent web.File) (folder.Document, error) {
	if err := upload.TooLarge(sent.Size); err != nil {
		return folder.Document{}, err
	}
	file, err := upload.Check(sent.Name, sent.Bytes)
	if err != nil {
		return folder.Document{}, err
	}
	return p.o.Folder.Add(r.Context(), p.Actor(r), key, folder.New{Type: typ, File: file, Case: c.ID, Service: c.Service})
}

// upload puts one file into the folder as soon as it is chosen. What it is, its
// field says: "act-plan-cadastral.fisier".
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	v, err := p.o.Cases.ByID(r.Context(), p.Actor(r), r.PathValue("cerere"))
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	if len(form.Files["fisier"]) != 1 {
		return web.ErrForm
	}
	typ := anyPaper
	name := strings.TrimSuffix(form.Get("camp"), ".fisier")
	if asked, ok := strings.CutPrefix(name, documentName("")); ok {
		typ = asked
	} else if f, _, ok := v.Of.Field(name[strings.LastIndex(name, ".")+1:]); ok && f.Document != "" {
		typ = f.Document
	}
	key := form.Key()
	if key == "" {
		key = db.NewID()
	}
	d, err := p.add(r, key, v.Case, typ, form.Files["fisier"][0])
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusCreated, map[string]any{"id": d.ID, "name": d.Name, "size": d.Size, "media": d.Media})
}

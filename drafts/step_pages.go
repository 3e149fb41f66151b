package drafts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// stepPage asks the questions of one step.
type stepPage struct {
	formPage
	Step   procedures.Step
	Items  []item // one, unless the step is repeated
	Known  []ui.Fact
	Told   map[string]string // what is wrong, by element
	Offers procedures.Offers
	Back   bool   // they came from the last page, and go back there
	SignIn string // where to sign in and come back here, if that saves some answers; or ""
}

// An item is what a step asks of one thing.
type item struct {
	Title  string // "Vehicul 2"; empty unless the step is repeated
	Fields []question
}

// A question is a field with its name in the form.
type question struct {
	procedures.Field
	Name string
}

// A told page is shown again with what is wrong.
type told struct {
	problems []procedures.Problem
	refused  map[string][]ui.Upload // by name of the field
	open     string                 // name of a field that is asked although it is known
}

func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	d, s, err := p.draft(r)
	if err != nil {
		return err
	}
	step, ok := s.Step(r.PathValue("pas"))
	if !ok {
		return act.ErrRefused
	}
	env, err := p.o.Env(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	asked := slices.ContainsFunc(s.Path(d.Values, env), func(other procedures.Step) bool { return other.Key == step.Key })
	if d.Case != "" || !d.Binned.IsZero() || !asked {
		return web.See(w, r, p.goOn(d))
	}
	t, back := told{open: r.FormValue("schimba")}, r.FormValue("verifica") != ""
	if back {
		if t.problems, err = p.wrong(r, d, step); err != nil {
			return err
		}
	}
	page, err := p.stepPage(r, d, s, env, step, t)
	if err != nil {
		return err
	}
	page.Back = back
	return p.Render(w, r, http.StatusOK, page.view())
}

// wrong returns all that is wrong with a step, also what only the whole shows.
func (p pages) wrong(r *http.Request, d Draft, step *procedures.Step) ([]procedures.Problem, error) {
	_, problems, err := p.o.Read(r.Context(), p.Actor(r), d)
	if _, refused := errors.AsType[*cases.Refusal](err); refused {
		err = nil // which is no problem of an answer
	}
	return slices.DeleteFunc(problems, func(problem procedures.Problem) bool { return problem.Step != step.Key }), err
}

func (p pages) stepPage(r *http.Request, d Draft, s *procedures.Service, env procedures.Env, step *procedures.Step, t told) (stepPage, error) {
	page := stepPage{formPage: p.formPage(r, d, s, env, step.Key), Step: *step, Told: procedures.Told(p.Page(r), t.problems)}
	said := p.said(page.Page, d, s, env)
	page.Offers.Things = map[string][]procedures.Thing{}
	err := p.o.things(r.Context(), p.Actor(r), step.Fields, page.Lang(), page.Offers.Things)
	if err != nil {
		return page, err
	}
	for n := range s.Items(step, d.Values) {
		it := item{}
		if step.Repeat != nil {
			it.Title = fmt.Sprint(step.Repeat.Item.In(page.Lang()), " ", n+1)
		}
		for _, f := range s.Shown(step, n, d.Values, env) {
			name := step.FieldName(n, &f)
			if fact, ok := page.known(f, name, said[name]); ok && name != t.open {
				page.Known = append(page.Known, fact)
				continue
			}
			it.Fields = append(it.Fields, question{f, name})
		}
		page.Items = append(page.Items, it)
	}
	if !p.Actor(r).SignedIn() && slices.ContainsFunc(page.fields(), spared) {
		page.SignIn = web.SignInPath(d.at(step.Key))
	}
	err = p.offers(r.Context(), p.Actor(r), &page, t.refused)
	page.HasErrors = slices.ContainsFunc(page.inputs(), func(in ui.Input) bool { return in.Error != "" })
	return page, err
}

// spared reports whether the portal may know the answer of whoever signs in.
func spared(f procedures.Field) bool { return f.Prefill != "" || f.Kind == procedures.Document }

// known returns an answer that was filled in and is right, with where it is from.
func (p stepPage) known(f procedures.Field, name, value string) (ui.Fact, bool) {
	source := p.Draft.Sources[name]
	if source == "" || value == "" || p.isWrong(name) {
		return ui.Fact{}, false
	}
	fact := ui.Fact{Label: f.Label.In(p.Lang()), Value: p.Offers.Called(&f, value)}
	if source != Given {
		fact.Show, fact.Ask = knownView(p.Page, fact.Value, p.T(sourceKeys[source])), name
	}
	return fact, true
}

// isWrong reports whether an element of a field has a problem.
func (p stepPage) isWrong(name string) bool {
	for element := range p.Told {
		if procedures.PartOf(element, name) {
			return true
		}
	}
	return false
}

// sourceKeys are the texts that say where an answer is from.
var sourceKeys = map[Source]string{Profile: "drafts.from-profile", Register: "drafts.from-register", Paper: "drafts.from-paper", Before: "drafts.from-before"}

// said returns the answers as people read them, by name of the field; documents
// are not among them.
func (p pages) said(page ui.Page, d Draft, s *procedures.Service, env procedures.Env) map[string]string {
	said := map[string]string{}
	answers, _ := s.Parse(d.Values, env)
	for _, row := range s.Recap(answers, page.Lang()) {
		step, _ := s.Step(row.Step)
		f, _, _ := s.Field(row.Field)
		said[step.FieldName(row.Item, f)] = row.Value
	}
	return said
}

// offers finds what the folder has for the questions of a page, and what was
// sent already.
func (p pages) offers(ctx context.Context, actor act.Actor, page *stepPage, refused map[string][]ui.Upload) error {
	page.Offers = procedures.Offers{Documents: map[string][]ui.FolderDocument{}, Uploads: map[string][]ui.Upload{}, Things: page.Offers.Things,
		Limits: ui.Limits{Accept: ".pdf,.jpg,.jpeg,.png", Kinds: page.T("drafts.file-kinds"), MaxBytes: upload.MaxBytes}}
	for _, it := range page.Items {
		for _, q := range it.Fields {
			for _, id := range page.Draft.Values[q.ListName(q.Name)] {
				if file, ok := page.Draft.Files[id]; ok {
					page.Offers.Uploads[q.Name] = append(page.Offers.Uploads[q.Name], ui.Upload{ID: id, Name: file.Name, Size: file.Size})
				}
			}
			page.Offers.Uploads[q.Name] = append(page.Offers.Uploads[q.Name], refused[q.Name]...)
			if q.Document == "" || !actor.SignedIn() || page.Offers.Documents[q.Document] != nil {
				continue
			}
			papers, err := p.o.Folder.Offer(ctx, actor, q.Document)
			if err != nil {
				return err
			}
			for _, paper := range papers {
				if _, sent := page.Draft.Files[paper.ID]; sent {
					continue
				}
				page.Offers.Documents[q.Document] = append(page.Offers.Documents[q.Document], paper.Offered(page.Page, p.o.Today()))
			}
		}
	}
	return nil
}

// inputs returns the elements of the page, for the ErrorSummary.
func (p stepPage) inputs() (inputs []ui.Input) {
	for _, it := range p.Items {
		for _, q := range it.Fields {
			inputs = append(inputs, procedures.FieldInputs(p.Page, &q.Field, q.Name, p.Draft.Values, p.Told, p.Offers)...)
		}
	}
	return inputs
}

// A posting is a page that was posted.
type posting struct {
	form web.Form
	Page
}

func read(r *http.Request) (posting, error) {
	form, err := web.Parse(r)
	in := posting{form, Page{Step: r.PathValue("pas"), Asked: form.Values["intrebat"], Values: procedures.Values(form.Values), Back: form.Get("verifica") != ""}}
	if in.Step == "" {
		in.Step = form.Get("pas")
	}
	return in, err
}

// files returns the files of a posted page by name of the field.
func (in posting) files() map[string][]Sent {
	files := map[string][]Sent{}
	for element, all := range in.form.Files {
		name := strings.TrimSuffix(element, ".fisier")
		for _, file := range all {
			files[name] = append(files[name], Sent{file.Name, file.Bytes, file.Size})
		}
	}
	return files
}

// save keeps a page and goes on, or does what one of its other buttons says.
func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	d, s, err := p.draft(r)
	if errors.Is(err, act.ErrSignIn) {
		return p.late(w, r)
	} else if err != nil {
		return err
	}
	if d.Case != "" {
		return web.See(w, r, d.Link())
	}
	in, err := read(r)
	if err != nil {
		return err
	}
	step, ok := s.Step(in.Step)
	if !ok {
		return act.ErrRefused
	}
	refused, err := p.receive(r, d, in)
	if err != nil {
		return p.elsewhere(w, r, err)
	}
	if len(refused) == 0 {
		if done, err := p.press(w, r, d, in); done || err != nil {
			return err
		}
	}
	in.On = len(refused) == 0
	if d, err = p.o.Save(r.Context(), p.Actor(r), d.ID, in.Page); err != nil {
		return p.elsewhere(w, r, err)
	}
	if d.Step != in.Step {
		return web.See(w, r, d.at(d.Step))
	}
	return p.again(w, r, d, s, step, in.Page, refused)
}

// again shows a page again that one cannot go on from. What it asks only now,
// because of an answer, is not wrong yet.
func (p pages) again(w http.ResponseWriter, r *http.Request, d Draft, s *procedures.Service, step *procedures.Step, asked Page, refused map[string][]ui.Upload) error {
	env, err := p.o.Env(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	t := told{refused: refused}
	for _, problem := range s.CheckStep(step.Key, d.Values, env) {
		if name := d.nameOf(problem.Field, asked); name != "" && refused[name] == nil {
			t.problems = append(t.problems, problem)
		}
	}
	if len(t.problems)+len(refused) == 0 {
		return web.See(w, r, asked.again(d, url.Values{}))
	}
	page, err := p.stepPage(r, d, s, env, step, t)
	if err != nil {
		return err
	}
	page.Back = asked.Back
	return p.Render(w, r, http.StatusUnprocessableEntity, page.view())
}

// nameOf returns the name of the field that an element is of, if the page asked
// for it or knew it, and otherwise "".
func (d Draft) nameOf(element string, p Page) string {
	for _, name := range slices.Concat(p.Asked, slices.Collect(maps.Keys(d.Sources))) {
		if procedures.PartOf(element, name) {
			return name
		}
	}
	return ""
}

// press does what one of the buttons within a page says, and reports whether
// there was one.
func (p pages) press(w http.ResponseWriter, r *http.Request, d Draft, in posting) (done bool, err error) {
	ctx, actor := r.Context(), p.Actor(r)
	query := url.Values{}
	switch {
	case in.form.Has("adauga"), in.form.Has("scoate"):
		in.Add = in.form.Has("adauga")
		in.Drop, _ = strconv.Atoi(in.form.Get("scoate"))
		d, err = p.o.Save(ctx, actor, d.ID, in.Page)
	case in.form.Has("schimba"):
		d, err = p.o.Save(ctx, actor, d.ID, in.Page)
		d.Field = in.form.Get("schimba")
		query.Set("schimba", d.Field)
	default:
		for name := range in.form.Values {
			field, ok := strings.CutSuffix(name, ".sterge")
			if !ok {
				continue
			}
			done = true
			if d, err = p.o.Save(ctx, actor, d.ID, in.Page); err == nil {
				err = p.o.RemoveUpload(ctx, actor, d.ID, in.form.Get(name))
			}
			d.Field = field
		}
		if !done {
			return false, nil
		}
	}
	if err != nil {
		return true, p.elsewhere(w, r, err)
	}
	return true, web.See(w, r, in.again(d, query)+"#"+url.PathEscape(d.Field))
}

// again is where a page is shown once more.
func (p Page) again(d Draft, query url.Values) string {
	if p.Back {
		query.Set("verifica", "1")
	}
	if len(query) == 0 {
		return d.at(p.Step)
	}
	return d.at(p.Step) + "?" + query.Encode()
}

// receive keeps the files that came with a page, and returns those that were
// refused. What was typed is kept first.
func (p pages) receive(r *http.Request, d Draft, in posting) (refused map[string][]ui.Upload, err error) {
	files := in.files()
	if len(files) == 0 {
		return nil, nil
	}
	if _, err := p.o.Save(r.Context(), p.Actor(r), d.ID, in.Page); err != nil {
		return nil, err
	}
	page := p.Page(r)
	refused = map[string][]ui.Upload{}
	for name, all := range files {
		for i, sent := range all {
			key := in.form.Key() + "-" + name + "-" + strconv.Itoa(i)
			_, err := p.o.Upload(r.Context(), p.Actor(r), key, d.ID, name, sent)
			f := fault.Of(err)
			switch {
			case err == nil:
			case errors.Is(err, ErrSent), f.Kind == fault.Unexpected, f.Kind == fault.Missing, f.Kind == fault.SignIn:
				return nil, err
			default:
				refused[name] = append(refused[name], ui.Upload{Name: sent.Name, Size: sent.Size, Error: page.T(f.Key, f.Args...)})
			}
		}
	}
	return refused, nil
}

// saveForLater keeps a page without looking at what it says: by itself while
// somebody types, or because they want to leave.
func (p pages) saveForLater(w http.ResponseWriter, r *http.Request) error {
	d, s, err := p.draft(r)
	typing := strings.Contains(r.Header.Get("Accept"), "application/json")
	if errors.Is(err, act.ErrSignIn) && !typing {
		return p.late(w, r)
	} else if err != nil {
		return err
	}
	in, err := read(r)
	if err != nil {
		return err
	}
	if typing {
		if d, err = p.o.Save(r.Context(), p.Actor(r), d.ID, in.Page); err != nil {
			return err
		}
		return web.JSON(w, http.StatusOK, map[string]string{"saved": p.Page(r).Clock(d.Saved)})
	}
	refused, err := p.receive(r, d, in)
	if err == nil {
		d, err = p.o.Save(r.Context(), p.Actor(r), d.ID, in.Page)
	}
	if err != nil {
		return p.elsewhere(w, r, err)
	}
	step, ok := s.Step(in.Step)
	if len(refused) > 0 && ok {
		return p.again(w, r, d, s, step, Page{Back: in.Back}, refused)
	}
	return web.See(w, r, p.home()+"?salvat=1")
}

// late takes a page from somebody who was signed out meanwhile. They sign in,
// and find it again where they were.
func (p pages) late(w http.ResponseWriter, r *http.Request) error {
	in, err := read(r)
	if err != nil {
		return err
	}
	id := r.PathValue("ciorna")
	if err := p.o.Hold(r.Context(), p.Welcome(w, r), id, in.Page, in.files()); err != nil {
		return err
	}
	return web.See(w, r, web.SignInPath("/ciorne/"+url.PathEscape(id)))
}

// upload takes one file as soon as it was chosen.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := p.draft(r); err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	if len(form.Files["fisier"]) != 1 {
		return web.ErrForm
	}
	sent := form.Files["fisier"][0]
	name := strings.TrimSuffix(form.Get("camp"), ".fisier")
	key := form.Key()
	if key == "" {
		key = p.Page(r).Key
	}
	paper, err := p.o.Upload(r.Context(), p.Actor(r), key, r.PathValue("ciorna"), name, Sent{sent.Name, sent.Bytes, sent.Size})
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusCreated, map[string]any{"id": paper.ID, "name": paper.Name, "size": paper.Size, "media": paper.Media})
}

package drafts

import (
	"slices"
	"strconv"
	"strings"

	"bega/folder"
	"bega/procedures"
)

// A Form is what a draft says so far, right or wrong.
type Form struct {
	Values  procedures.Values
	Sources map[string]Source // by name of the field: where an answer is from that was filled in, and that nobody changed
	Files   map[string]File   // what was uploaded, by ID in the folder
}

// A Source is where an answer is from that nobody typed.
type Source string

// The sources.
const (
	Profile  Source = "profile"  // what the town hall knows of the applicant
	Register Source = "register" // the only thing of its kind that they have on record
	Paper    Source = "paper"    // a document of the folder
	Before   Source = "before"   // an earlier application for the same
	Given    Source = "given"    // what the application is about; it stays as it is
)

// A File is an upload of the draft.
type File struct {
	Name string
	Size int64 // bytes
}

// A Page is what one page of the form sent.
type Page struct {
	Step   string
	Asked  []string // names of the fields that it asked for: those without a value were left empty
	Values procedures.Values
	Add    bool // one more item
	Drop   int  // that item, from 1; 0 for none
	On     bool // to go on, if nothing is wrong with the step
	Back   bool // to go on to the last page: that is where they came from
}

// keep puts the values of a page into the form, and returns the element that
// changed last, or "".
func (form *Form) keep(step *procedures.Step, p Page) (last string) {
	for _, name := range p.Asked {
		f, ok := step.Named(name)
		if !ok {
			continue
		}
		for _, element := range f.Elements(name) {
			typed := p.Values.Kept(element)
			if slices.Equal(typed, form.Values[element]) {
				continue
			}
			form.set(element, typed...)
			delete(form.Sources, name)
			if last = element; f.Kind == procedures.Date {
				last = strings.TrimSuffix(element, ".zi") // whose field has the name itself as ID
			}
		}
	}
	return last
}

func (form *Form) set(name string, values ...string) {
	if len(values) == 0 {
		delete(form.Values, name)
		return
	}
	form.Values[name] = values
}

// add adds an item to a repeated step, if it may have one more, and returns the
// name of its first field.
func (form *Form) add(s *procedures.Service, step *procedures.Step) string {
	n := min(s.Items(step, form.Values)+1, step.Repeat.Max)
	form.set(step.Key, strconv.Itoa(n))
	return step.FieldName(n-1, &step.Fields[0])
}

// drop takes an item out of a repeated step; those behind it move up. Of the
// least number of items, it is emptied.
func (form *Form) drop(s *procedures.Service, step *procedures.Step, item int) {
	n := s.Items(step, form.Values)
	if item < 0 || item >= n {
		return
	}
	values, sources := procedures.Values{}, map[string]Source{}
	for name, value := range form.Values {
		if to, ok := step.Moved(name, item); ok {
			values[to] = value
		}
	}
	for name, source := range form.Sources {
		if to, ok := step.Moved(name, item); ok {
			sources[to] = source
		}
	}
	form.Values, form.Sources = values, sources
	form.set(step.Key, strconv.Itoa(max(n-1, step.Repeat.Min, 1)))
}

// attach adds an upload to a field, and returns the one that it replaces, if the
// field has one only.
func (form *Form) attach(f *procedures.Field, name, id string, file File) (replaced string) {
	list := f.ListName(name)
	if slices.Contains(form.Values[list], id) {
		return ""
	}
	if f.Kind == procedures.Document {
		replaced = form.Values.Get(list)
		delete(form.Files, replaced)
		form.set(name, "nou")
		form.set(list, id)
	} else {
		form.set(list, append(slices.Clone(form.Values[list]), id)...)
	}
	form.Files[id] = file
	delete(form.Sources, name)
	return replaced
}

// detach takes an upload out of the form, and reports whether it was there.
func (form *Form) detach(id string) bool {
	if _, ok := form.Files[id]; !ok {
		return false
	}
	delete(form.Files, id)
	for name, ids := range form.Values {
		if strings.HasSuffix(name, ".id") && slices.Contains(ids, id) {
			form.set(name, slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })...)
		}
	}
	return true
}

// room returns nil if a field may have one more file, and otherwise
// [ErrManyFiles].
func (form *Form) room(f *procedures.Field, name string) error {
	if f.Kind == procedures.FileList && len(form.Values[f.ListName(name)]) >= f.Most() {
		return ErrManyFiles.With(f.Most())
	}
	return nil
}

// facts are what is known of an applicant before they type anything.
type facts struct {
	party  map[string]string             // as identity.Prefill has it
	papers map[string]folder.Document    // the best of each type that is good today
	things map[string][]procedures.Thing // on record, by what fields call them
	before procedures.Values             // of an earlier application for the same
}

// places are where the parts of an address and of a person are among the facts.
var places = map[string]string{
	".localitate": "locality", ".strada": "street", ".numar": "number", ".bloc": "block", ".scara": "stair", ".etaj": "floor",
	".apartament": "flat", ".cod": "postal",
	".nume": "family", ".prenume": "given", ".cnp": "cnp", ".email": "email", ".telefon": "phone",
}

// answer returns what is known of a field, by element, and where from.
func (k facts) answer(f *procedures.Field) (procedures.Values, Source) {
	if paper, ok := k.papers[f.Document]; ok && f.Kind == procedures.Document {
		return procedures.Values{f.Key: {paper.ID}}, Paper
	}
	found := procedures.Values{}
	put := func(element, value string) {
		if value != "" {
			found[element] = []string{value}
		}
	}
	source := Profile
	if things := k.things[f.Registered]; len(things) > 0 {
		if source = Register; len(things) == 1 {
			put(f.Key, things[0].Mark)
		}
		return found, source
	}
	if rest, ok := strings.CutPrefix(f.Prefill, "document:"); ok {
		typ, part, _ := strings.Cut(rest, ".")
		source = Paper
		k.paper(typ, part, f, put)
	} else if f.Kind == procedures.Address || f.Kind == procedures.Person {
		prefix := map[procedures.Kind]string{procedures.Address: "party.address.", procedures.Person: "party."}[f.Kind]
		for _, element := range f.Elements("") {
			if f.Prefill != "" && (f.Parts == nil || slices.Contains(f.Parts, element[1:])) {
				put(f.Key+element, k.party[prefix+places[element]])
			}
		}
	} else if f.Prefill != "" {
		put(f.Key, k.party[f.Prefill])
	}
	if len(found) == 0 && f.Reusable() {
		source = Before
		for _, element := range f.Elements(f.Key) {
			if values := k.before[element]; len(values) > 0 {
				found[element] = values
			}
		}
	}
	return found, source
}

// paper finds a part of what is known of a document.
func (k facts) paper(typ, part string, f *procedures.Field, put func(element, value string)) {
	paper, ok := k.papers[typ]
	if !ok {
		return
	}
	day := map[string]string{"issued": paper.IssuedOn.String(), "until": paper.Until.String()}[part]
	switch {
	case part == "number":
		put(f.Key, paper.Number)
	case day != "" && f.Kind == procedures.Date:
		put(f.Key+".zi", day[8:])
		put(f.Key+".luna", day[5:7])
		put(f.Key+".an", day[:4])
	default:
		put(f.Key, day)
	}
}

// fill fills in what is known and was not answered. What is not right as it is
// stands there to be corrected, but does not count as known.
func (form *Form) fill(s *procedures.Service, env procedures.Env, k facts) {
	for i := range s.Steps {
		for j := range s.Steps[i].Fields {
			f := &s.Steps[i].Fields[j]
			if s.Steps[i].Repeat != nil || form.answered(f) {
				continue
			}
			found, source := k.answer(f)
			for element, values := range found {
				form.set(element, values...)
			}
			if len(found) > 0 {
				form.Sources[f.Key] = source
			}
		}
	}
	for _, problem := range s.Check(form.Values, env) {
		for name := range form.Sources {
			if procedures.PartOf(problem.Field, name) {
				delete(form.Sources, name)
			}
		}
	}
}

func (form *Form) answered(f *procedures.Field) bool {
	return slices.ContainsFunc(f.Elements(f.Key), func(element string) bool { return len(form.Values[element]) > 0 })
}

// next returns the step that comes after one, or [Verify]: those of which
// everything is known are only looked at on the last page. After "" comes the
// first.
func (form *Form) next(s *procedures.Service, env procedures.Env, after string) string {
	path := s.Path(form.Values, env)
	at := slices.IndexFunc(path, func(step procedures.Step) bool { return step.Key == after })
	for _, step := range path[at+1:] {
		if !form.settled(s, env, &step) {
			return step.Key
		}
	}
	return Verify
}

// wrong returns the first step with something to correct, or [Verify].
func (form *Form) wrong(s *procedures.Service, env procedures.Env) string {
	if problems := s.Check(form.Values, env); len(problems) > 0 {
		return problems[0].Step
	}
	return Verify
}

// settled reports whether all that a step asks is known.
func (form *Form) settled(s *procedures.Service, env procedures.Env, step *procedures.Step) bool {
	shown := s.Shown(step, 0, form.Values, env)
	return step.Repeat == nil && len(shown) > 0 && len(s.CheckStep(step.Key, form.Values, env)) == 0 &&
		!slices.ContainsFunc(shown, func(f procedures.Field) bool { return form.Sources[f.Key] == "" })
}

// clean reports whether one may go on from a page: nothing is wrong with its
// step, and all of it was asked.
func (form *Form) clean(s *procedures.Service, env procedures.Env, step *procedures.Step, p Page) bool {
	if len(s.CheckStep(step.Key, form.Values, env)) > 0 {
		return false
	}
	for item := range s.Items(step, form.Values) {
		for _, f := range s.Shown(step, item, form.Values, env) {
			name := step.FieldName(item, &f)
			if form.Sources[name] == "" && !slices.Contains(p.Asked, name) {
				return false
			}
		}
	}
	return true
}

// turn keeps a page, does what its button says, and turns to the page that comes
// next.
func (d *Draft) turn(s *procedures.Service, env procedures.Env, step *procedures.Step, p Page) {
	d.Step = step.Key
	if last := d.keep(step, p); last != "" {
		d.Field = last
	}
	switch {
	case p.Add && step.Repeat != nil:
		d.Field = d.add(s, step)
	case p.Drop > 0 && step.Repeat != nil:
		d.Field = ""
		d.drop(s, step, p.Drop-1)
	case p.On && d.clean(s, env, step, p):
		if d.Step, d.Field = d.next(s, env, step.Key), ""; p.Back {
			d.Step = d.wrong(s, env)
		}
	}
}

// reusable returns the answers that are offered again next time.
func (form *Form) reusable(s *procedures.Service) procedures.Values {
	again := procedures.Values{}
	for _, step := range s.Steps {
		for _, f := range step.Fields {
			if step.Repeat != nil || !f.Reusable() {
				continue
			}
			for _, element := range f.Elements(f.Key) {
				if values := form.Values[element]; len(values) > 0 {
					again[element] = values
				}
			}
		}
	}
	return again
}

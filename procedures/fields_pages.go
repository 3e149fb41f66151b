package procedures

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"bega/internal/deadline"
	"bega/internal/web/ui"
)

// Offers is what a form offers besides its questions.
type Offers struct {
	Documents map[string][]ui.FolderDocument // of the folder, by type, the best first
	Uploads   map[string][]ui.Upload         // by name of the field: what was sent for it, also what was just refused
	Things    map[string][]Thing             // that the town has on record of the applicant, by what fields call them
	Limits    ui.Limits                      // of every file
}

// A Thing is something of the applicant's that the town has on record.
type Thing struct {
	Mark  string // that an answer has: its number, or what and where it is
	Label string // in the reader's language
}

// Called returns how the reader knows the thing that is the answer to a field, or the
// answer itself.
func (o Offers) Called(f *Field, answer string) string {
	for _, thing := range o.Things[f.Registered] {
		if thing.Mark == answer {
			return thing.Label
		}
	}
	return answer
}

// RegisteredIn returns which things on record the fields of a step offer, each once.
func RegisteredIn(fields []Field) (kinds []string) {
	for _, f := range fields {
		if f.Registered != "" && !slices.Contains(kinds, f.Registered) {
			kinds = append(kinds, f.Registered)
		}
	}
	return kinds
}

// Told returns what is wrong with a form by name of the element, for
// [FieldView] and [FieldInputs].
func Told(p ui.Page, problems []Problem) map[string]string {
	told := map[string]string{}
	for _, problem := range problems {
		told[problem.Field] = cmp.Or(told[problem.Field], problem.In(p.Translator))
	}
	return told
}

// FieldInputs returns the elements of a field that may be wrong, in order, for
// the ErrorSummary. A file that was refused is one of them.
func FieldInputs(p ui.Page, f *Field, name string, v Values, problems map[string]string, o Offers) []ui.Input {
	switch f.Kind {
	case Address:
		return address(f, p, name, v, problems).Inputs(p)
	case Person:
		return person(f, p, name, v, problems).Inputs(p)
	}
	inputs := []ui.Input{input(f, p, name, v, problems)}
	for _, upload := range o.Uploads[name] {
		if upload.Error != "" {
			inputs = append(inputs, ui.Input{Name: fileName(f, name), Error: p.T("procedures.file-refused", upload.Name, upload.Error)})
		}
	}
	return inputs
}

// fileName returns the name of the element that files of a field are chosen
// with.
func fileName(f *Field, name string) string {
	if f.Kind == Document {
		return name + ".fisier"
	}
	return name
}

// label says what is asked for, and that it may be left out.
func label(f *Field, p ui.Page) string {
	label := f.Label.In(p.Lang())
	if f.Required || f.Kind == Consent {
		return label
	}
	return p.T("procedures.optional", label)
}

// purposes are those of what the browser knows of who sits before it (WCAG
// 1.3.5). What is asked of others it may not fill in.
var purposes = map[string]string{"party.name": "name", "party.email": "email", "party.phone": "tel"}

// keyboards are how codes and numbers are typed.
var keyboards = map[Kind]struct{ element, mode, width string }{
	Number: {"", "numeric", "w4"}, CNP: {"", "numeric", "w10"}, Plate: {"", "", "w10"}, VIN: {"", "", "w10"}, CUI: {"", "", "w10"},
	Cadastral: {"", "", "w10"}, Phone: {"tel", "", "w10"}, Email: {"email", "", ""},
}

func input(f *Field, p ui.Page, name string, v Values, problems map[string]string) ui.Input {
	keys := keyboards[f.Kind]
	in := ui.Input{Name: name, Type: keys.element, Label: label(f, p), Hint: f.Hint.In(p.Lang()), Value: v.Get(name), Error: problems[name],
		Autocomplete: purposes[f.Prefill], Inputmode: keys.mode, Width: keys.width, Required: f.Required}
	if f.Kind == Textarea {
		in.Max = f.Most()
	}
	return in
}

// whichKeys are the texts that ask which of the things on record is meant.
var whichKeys = map[string]string{"property": "procedures.registered-property", "vehicle": "procedures.registered-vehicle"}

// picker returns the question which of the things on record is meant, the things, and
// the question for another. What was typed, or is known from elsewhere, is another.
func picker(f *Field, p ui.Page, in ui.Input, v Values, things []Thing) (which ui.Input, options []ui.Option, other ui.Input) {
	other = ui.Input{Name: in.Name + ".nou", Label: f.Label.In(p.Lang()), Hint: in.Hint, Width: in.Width, Value: v.Get(in.Name + ".nou")}
	for _, thing := range things {
		options = append(options, ui.Option{Value: thing.Mark, Label: thing.Label})
	}
	which = in
	which.Label, which.Hint = p.T(whichKeys[f.Registered]), p.T("procedures.registered-hint")
	if in.Value != "" && in.Value != "nou" && !slices.ContainsFunc(things, func(t Thing) bool { return t.Mark == in.Value }) {
		which.Value, other.Value = "nou", in.Value
	}
	return which, options, other
}

func address(f *Field, p ui.Page, name string, v Values, problems map[string]string) ui.Address {
	a := ui.ReadAddress(url.Values(v), name)
	a.Label, a.Hint, a.Errors = label(f, p), f.Hint.In(p.Lang()), ofParts(name, problems)
	return a
}

func person(f *Field, p ui.Page, name string, v Values, problems map[string]string) ui.Person {
	who := ui.ReadPerson(url.Values(v), name)
	who.Label, who.Hint, who.Errors = label(f, p), f.Hint.In(p.Lang()), ofParts(name, problems)
	who.Self = f.Prefill == "party.person"
	for _, part := range f.Parts {
		who.Ask = append(who.Ask, "."+part)
	}
	return who
}

// ofParts returns the problems of a field with several names, by ending.
func ofParts(name string, problems map[string]string) map[string]string {
	parts := map[string]string{}
	for element, problem := range problems {
		if ending, ok := strings.CutPrefix(element, name); ok {
			parts[ending] = problem
		}
	}
	return parts
}

// limits returns what a field accepts, and what it has got.
func limits(f *Field, name string, o Offers) ui.Limits {
	limits := o.Limits
	limits.Multiple, limits.Have = f.Kind == FileList, o.Uploads[name]
	return limits
}

// options returns what there is to choose from.
func options(f *Field, p ui.Page) (options []ui.Option) {
	if f.Kind == YesNo {
		return []ui.Option{{Value: "da", Label: p.T("form.yes")}, {Value: "nu", Label: p.T("form.no")}}
	}
	for _, o := range f.Options {
		options = append(options, ui.Option{Value: o.Value, Label: o.Label.In(p.Lang()), Hint: o.Hint.In(p.Lang())})
	}
	return options
}

// SayTerm returns how long something may take: "15 zile lucrătoare".
func SayTerm(p ui.Page, t deadline.Term) string { return sayTerm(p, t) }

// SayCost returns what a service costs, as short as possible.
func SayCost(p ui.Page, f Fee) string { return cost(p, f) }

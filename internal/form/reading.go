package form

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"bega/internal/deadline"
)

// Values is a form exactly as it was posted, so that a draft can be shown again
// as it was typed. A field has its key as name; in a repeated step, those of the
// first item are "step.0.key". Some kinds have several names:
//
//   - a date has endings ".zi", ".luna", ".an";
//   - an address ".localitate", ".strada", ".numar", ".bloc", ".scara", ".etaj", ".apartament", ".cod";
//   - a person ".nume", ".prenume", ".cnp", ".email", ".telefon";
//   - a document is the ID of one in the folder, or "nou" for the one whose ID is at ".fisier.id";
//   - files are the IDs at ".id", and those at the name itself;
//   - a thing of a register is its number, or "nou" for the one that was typed at ".nou";
//   - yes is "da", and so is consent; no is "nu".
//
// How many items a repeated step has is at its key; without that, it is as many
// as there are answers.
type Values map[string][]string

// Get returns the first value of a name, without spaces around it, or "".
func (v Values) Get(name string) string {
	if all := v[name]; len(all) > 0 {
		return strings.TrimSpace(all[0])
	}
	return ""
}

// Answers are what a form says once it is right: by key of the field
//
//   - a string: in its normal form for codes, as "2026-12-01" for days, the ID for documents;
//   - an int64: whole numbers, and money in bani;
//   - a bool: yes or no, consent;
//   - a []string: checkboxes, and the IDs of files;
//   - a map[string]string: an address or a person, by ending without the dot ("strada");
//   - a []Answers by key of a repeated step.
//
// Questions that were not asked have no answer. Answers survive JSON unchanged.
type Answers map[string]any

// An Env is what conditions know besides the answers.
type Env struct {
	Today     deadline.Date
	Applicant Applicant
}

// An Applicant is whose application it is.
type Applicant struct {
	Kind     string // "person" or "firm"; empty while it is not known
	Resident bool   // of the town, as far as it knows
}

// A Problem is something to correct before an application can be sent. It says
// what to do in the words of [Problem.In].
type Problem struct {
	Field string // name of the element that the error leads to
	Step  string // key of its step
	Text  Text   // in the words of the service; if nil, Key is
	Key   string // of a text
	Args  []any

	fields []string // keys of those that are a part of it
	prefix string   // of the names of the item that it is in
}

// A reading is a form that is being read, from the first question to the last:
// what is asked depends on what was answered before.
type reading struct {
	form     *Form
	values   Values
	env      Env
	answers  Answers
	problems []Problem
	path     []Step
	shown    map[string][][]Field // by step and item
}

func (form *Form) read(v Values, env Env) *reading {
	r := &reading{form, v, env, Answers{}, nil, nil, map[string][][]Field{}}
	wrong := map[string]bool{} // by field
	for i := range form.Steps {
		step := &form.Steps[i]
		if yes, _ := form.holds(Anywhere, step.When, vars(r.answers, env)); !yes {
			continue
		}
		before := len(r.problems)
		if step.Repeat == nil {
			r.step(step, Anywhere, "", r.answers)
		} else {
			r.items(step)
		}
		if slices.ContainsFunc(r.shown[step.Key], func(fields []Field) bool { return len(fields) > 0 }) {
			r.path = append(r.path, *step)
		}
		for _, p := range r.problems[before:] {
			wrong[p.fields[0]] = true
		}
	}
	for _, rule := range form.Rules {
		if !slices.ContainsFunc(rule.Fields, func(key string) bool { return wrong[key] }) {
			r.rule(rule)
		}
	}
	return r
}

// step reads the fields of a step, or of one item of it, into answers. Their
// names begin with prefix.
func (r *reading) step(step *Step, scope Scope, prefix string, into Answers) {
	known, all := vars(r.answers, r.env), map[string]any(r.answers)
	if scope != Anywhere {
		all = maps.Clone(all)
		known["answers"] = all
	}
	var shown []Field
	for i := range step.Fields {
		f := &step.Fields[i]
		if yes, _ := r.form.holds(scope, f.When, known); !yes {
			continue
		}
		shown = append(shown, *f)
		answer, problems := f.read(prefix+f.Key, r.values, r.env.Today)
		for _, p := range problems {
			p.Step, p.fields, p.prefix = step.Key, []string{f.Key}, prefix
			r.problems = append(r.problems, p)
		}
		if answer != nil && len(problems) == 0 {
			into[f.Key], known[f.Key], all[f.Key] = answer, answer, answer
		}
	}
	r.shown[step.Key] = append(r.shown[step.Key], shown)
}

func (r *reading) items(step *Step) {
	items := make([]Answers, r.form.Items(step, r.values))
	for i := range items {
		items[i] = Answers{}
		r.step(step, Scope(step.Key), itemPrefix(step, i), items[i])
	}
	r.answers[step.Key] = items
}

// itemPrefix is what the names of the fields of an item begin with.
func itemPrefix(step *Step, item int) string { return step.Key + "." + strconv.Itoa(item) + "." }

// rule checks what has to hold between answers. One with fields of a repeated
// step has to hold for each item.
func (r *reading) rule(rule Rule) {
	scope := r.form.scopeOf(rule)
	if scope == Anywhere {
		r.broken(rule, Anywhere, "", vars(r.answers, r.env))
		return
	}
	step, _ := r.form.Step(string(scope))
	items, _ := r.answers[step.Key].([]Answers)
	for i, item := range items {
		all := maps.Clone(r.answers)
		maps.Copy(all, item)
		r.broken(rule, scope, itemPrefix(step, i), vars(all, r.env))
	}
}

// broken adds a problem if it is known that a rule does not hold.
func (r *reading) broken(rule Rule, scope Scope, prefix string, known map[string]any) {
	if yes, sure := r.form.holds(scope, rule.That, known); yes || !sure {
		return
	}
	f, step, ok := r.form.Field(rule.Fields[0])
	if !ok || !slices.ContainsFunc(r.path, func(other Step) bool { return other.Key == step.Key }) {
		return
	}
	r.problems = append(r.problems, Problem{r.form.element(f, step, prefix), step.Key, rule.Error, "", nil, rule.Fields, prefix})
}

// element returns the name of the element that an error of a field leads to.
func (form *Form) element(f *Field, step *Step, prefix string) string {
	name := f.Key
	if step.Repeat != nil {
		name = prefix + f.Key
	}
	switch f.Kind {
	case Address:
		return name + ".localitate"
	case Person:
		return name + "." + f.Asks()[0]
	}
	return name
}

// scopeOf returns where a rule is checked: in the repeated step that one of its
// fields is in, or Anywhere.
func (form *Form) scopeOf(rule Rule) Scope {
	for _, key := range rule.Fields {
		if _, step, ok := form.Field(key); ok && step.Repeat != nil {
			return Scope(step.Key)
		}
	}
	return Anywhere
}

// Parse returns the answers to all questions that are asked, and what is wrong
// with them. What is wrong is not among the answers.
func (form *Form) Parse(v Values, env Env) (Answers, []Problem) {
	r := form.read(v, env)
	return r.answers, r.problems
}

// Path returns the steps whose conditions hold, in order.
func (form *Form) Path(v Values, env Env) []Step { return form.read(v, env).path }

// Shown returns the fields of a step whose conditions hold, in order. For a
// repeated step, item is which one is asked for, from 0; otherwise it is 0.
func (form *Form) Shown(step *Step, item int, v Values, env Env) []Field {
	if items := form.read(v, env).shown[step.Key]; item >= 0 && item < len(items) {
		return items[item]
	}
	return nil
}

// Items returns how many items of a repeated step there are; 1 for other steps.
func (form *Form) Items(step *Step, v Values) int {
	if step.Repeat == nil {
		return 1
	}
	n, err := strconv.Atoi(v.Get(step.Key))
	if err != nil {
		n = 0
		for name := range v {
			rest, _ := strings.CutPrefix(name, step.Key+".")
			number, _, _ := strings.Cut(rest, ".")
			if i, err := strconv.Atoi(number); err == nil && rest != name {
				n = max(n, min(i, step.Repeat.Max)+1)
			}
		}
	}
	return min(max(n, step.Repeat.Min, 1), step.Repeat.Max)
}

// CheckStep returns what is wrong with the answers on one page, in order. A rule
// that a later page breaks is told on that page, too.
func (form *Form) CheckStep(step string, v Values, env Env) (here []Problem) {
	for _, p := range form.read(v, env).problems {
		if p.Step != step {
			at := slices.IndexFunc(p.fields, func(key string) bool {
				_, of, ok := form.Field(key)
				return ok && of.Key == step
			})
			if at < 0 {
				continue
			}
			f, of, _ := form.Field(p.fields[at])
			p.Step, p.Field = step, form.element(f, of, p.prefix)
		}
		here = append(here, p)
	}
	return here
}

// Check returns what is wrong with a whole application, in order.
func (form *Form) Check(v Values, env Env) []Problem { return form.read(v, env).problems }

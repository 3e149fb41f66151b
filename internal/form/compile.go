package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"bega/internal/deadline"
	"bega/internal/text"
)

// A Mistake is something wrong in the data of a form, for those who wrote it.
type Mistake struct {
	Place string // as a JSON pointer (RFC 6901)
	Key   string // of a text
	Args  []any
}

// A Condition is one that is not a part of the form, and depends on it.
type Condition struct {
	Place  string // as a JSON pointer, for mistakes
	Scope  Scope
	CEL    CEL
	Number bool // comes to a whole number, not to yes or no
}

// Compile understands all conditions of the form, and more of them. It returns
// what is wrong with the form: what is named and is not there, what can never
// happen, and what cannot be understood. A form has to be compiled before it is
// read; its answers are shown with the texts.
func (form *Form) Compile(texts *text.Catalog, more ...Condition) []Mistake {
	c := &compiler{Form: form, asked: map[string]bool{}}
	form.made = &program{map[scoped]cel.Program{}, texts}
	var err error
	if c.envs, err = form.languages(); err != nil {
		c.mistake("/steps", "form.file-cel", err.Error())
		return c.mistakes
	}
	c.keys()
	for i, step := range form.Steps {
		c.condition(Condition{Place: Pointer("steps", i, "when"), CEL: step.When})
		scope := Anywhere
		if step.Repeat != nil {
			scope = Scope(step.Key)
		}
		for j := range step.Fields {
			c.field(Pointer("steps", i, "fields", j), &step.Fields[j])
			c.condition(Condition{Place: Pointer("steps", i, "fields", j, "when"), Scope: scope, CEL: step.Fields[j].When})
			c.asked[step.Fields[j].Key] = true
		}
		c.asked[step.Key] = c.asked[step.Key] || step.Repeat != nil
	}
	for i, rule := range form.Rules {
		for j, key := range rule.Fields {
			if _, _, ok := form.Field(key); !ok {
				c.mistake(Pointer("rules", i, "fields", j), "form.file-no-such", key)
			}
		}
		c.condition(Condition{Place: Pointer("rules", i, "that"), Scope: form.scopeOf(rule), CEL: rule.That})
	}
	for _, condition := range more {
		c.condition(condition)
	}
	return c.mistakes
}

// Pointer returns a JSON pointer to a place, of names and numbers.
func Pointer(place ...any) string {
	var b strings.Builder
	for _, token := range place {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(token)))
	}
	return b.String()
}

// Twice returns the numbers of those in a list whose key another before them has.
func Twice[T any](all []T, keyOf func(T) string) (again []int) {
	seen := map[string]bool{}
	for i, one := range all {
		if seen[keyOf(one)] {
			again = append(again, i)
		}
		seen[keyOf(one)] = true
	}
	return again
}

// A compiler understands a form, and notes what is wrong with it.
type compiler struct {
	*Form
	envs     map[Scope]*cel.Env
	asked    map[string]bool // the questions so far
	mistakes []Mistake
}

func (c *compiler) mistake(place, key string, args ...any) {
	c.mistakes = append(c.mistakes, Mistake{place, key, args})
}

// reserved are the names that conditions use for something else.
const reserved = "today applicant answers as break const continue else false for function if import in let loop namespace null package return true var void while"

// keys checks that every step and question has a name of its own.
func (c *compiler) keys() {
	taken := map[string]bool{}
	for _, name := range strings.Fields(reserved) {
		taken[name] = true
	}
	take := func(place, key string) {
		if taken[key] {
			c.mistake(place, "form.file-twice", key)
		}
		taken[key] = true
	}
	for i, step := range c.Steps {
		if step.Repeat != nil {
			take(Pointer("steps", i, "key"), step.Key)
		}
		for j, f := range step.Fields {
			take(Pointer("steps", i, "fields", j, "key"), f.Key)
		}
		if r := step.Repeat; r != nil && r.Min > r.Max {
			c.mistake(Pointer("steps", i, "repeat"), "form.file-order")
		}
	}
	for _, i := range Twice(c.Steps, func(s Step) string { return s.Key }) {
		c.mistake(Pointer("steps", i, "key"), "form.file-twice", c.Steps[i].Key)
	}
}

// field checks that a question has what its kind needs.
func (c *compiler) field(place string, f *Field) {
	chosen := f.Kind == Choice || f.Kind == Select || f.Kind == Checkboxes
	if chosen != (len(f.Options) > 0) {
		c.mistake(place, "form.file-options")
	}
	for _, i := range Twice(f.Options, func(o Option) string { return o.Value }) {
		c.mistake(place+Pointer("options", i, "value"), "form.file-twice", f.Options[i].Value)
	}
	if (f.Kind == Document) != (f.Document != "") {
		c.mistake(place, "form.file-document")
	}
	if f.Kind != Person && len(f.Parts) > 0 {
		c.mistake(place+"/parts", "form.file-kind", string(f.Kind))
	}
	// L. 190/2018 art. 4: a personal number is asked for with a legal basis alone.
	if f.Why == nil && (f.Kind == CNP || f.Kind == Person && slices.Contains(f.Asks(), "cnp")) {
		c.mistake(place, "form.file-why")
	}
	kinds, ok := prefills[strings.TrimPrefix(f.Prefill, "party.")]
	if ok && !slices.Contains(kinds, f.Kind) || f.Prefill != "" && slices.Contains([]Kind{Consent, Document, FileList}, f.Kind) {
		c.mistake(place+"/prefill", "form.file-kind", string(f.Kind))
	}
	if kind, ok := registered[f.Registered]; f.Registered != "" && (!ok || kind != f.Kind) {
		c.mistake(place+"/registered", "form.file-kind", string(f.Kind))
	}
	c.bounds(place, f)
}

// registered are the things that the town has on its registers, and the kinds of their
// numbers.
var registered = map[string]Kind{"property": Cadastral, "vehicle": Plate}

// prefills are what is known of a party, and the kinds of questions that it can
// answer.
var prefills = map[string][]Kind{
	"name": {Line}, "cnp": {CNP}, "cui": {CUI}, "email": {Email, Line}, "phone": {Phone, Line}, "iban": {IBAN}, "address": {Address}, "person": {Person},
}

// bounds checks the least and the most of a question.
func (c *compiler) bounds(place string, f *Field) {
	var numbers []int64
	for _, bounded := range []struct{ name, text string }{{"min", f.Min}, {"max", f.Max}} {
		if bounded.text == "" {
			continue
		}
		number, ok := int64(0), false
		switch f.Kind {
		case Number, Money:
			n, err := f.parse(bounded.text)
			number, ok = n, err == nil
		case Date:
			_, ok = bound(bounded.text, deadline.Date{Year: 2026, Month: 1, Day: 1})
		}
		if !ok {
			c.mistake(place+"/"+bounded.name, "form.file-bound", bounded.text, string(f.Kind))
		}
		numbers = append(numbers, number)
	}
	if len(numbers) == 2 && numbers[0] > numbers[1] {
		c.mistake(place+"/max", "form.file-order")
	}
}

// condition compiles a condition. It may depend only on what was asked before.
func (c *compiler) condition(on Condition) {
	if on.CEL == "" {
		return
	}
	want := cel.BoolType
	if on.Number {
		want = cel.IntType
	}
	made, depends, err := compile(c.envs[on.Scope], on.CEL, want)
	if err != nil {
		c.mistake(on.Place, "form.file-cel", err.Error())
		return
	}
	c.made.conditions[scoped{on.Scope, on.CEL}] = made
	c.depends(on.Place, depends)
	if !on.Number && c.never(made, depends) {
		c.mistake(on.Place, "form.file-never")
	}
}

// depends checks that a condition is about questions that were asked before, and
// compares them with answers that they can have.
func (c *compiler) depends(place string, on *reference) {
	for _, name := range on.names {
		f, _, isField := c.Field(name)
		if _, isStep := c.Step(name); (isField || isStep) && !c.asked[name] {
			c.mistake(place, "form.file-too-early", name)
		}
		if !isField {
			continue
		}
		for _, value := range on.equals[name] {
			if len(f.Options) > 0 && !f.offers(value) {
				c.mistake(place, "form.file-no-option", name, value)
			}
		}
	}
}

// combinations is how many sets of answers are tried at most.
const combinations = 2000

// never reports whether a condition holds for no answers at all. It is sure only
// of conditions on questions with few answers.
func (c *compiler) never(made cel.Program, on *reference) bool {
	tries := []map[string]any{{}}
	for _, name := range on.names {
		var values []any
		f, _, isField := c.Field(name)
		switch {
		case name == "applicant.kind":
			values = []any{"person", "firm"}
		case name == "applicant.resident", isField && (f.Kind == YesNo || f.Kind == Consent):
			values = []any{true, false}
		case isField && (f.Kind == Choice || f.Kind == Select):
			for _, o := range f.Options {
				values = append(values, o.Value)
			}
		}
		if len(values)*len(tries) > combinations || len(values) == 0 || on.asks {
			return false
		}
		var more []map[string]any
		for _, try := range tries {
			for _, value := range values {
				next := maps.Clone(try)
				next[name] = value
				more = append(more, next)
			}
		}
		tries = more
	}
	for _, try := range tries {
		result, _, err := made.Eval(try)
		if err == nil && result.Value() == true {
			return false
		}
	}
	return true
}

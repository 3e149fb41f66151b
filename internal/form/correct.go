package form

import (
	"maps"
	"slices"
	"strings"
)

// Correct answers some questions again, and leaves the others as they are. Of a
// step with several items, all of them are answered again. It returns what is
// wrong with what was asked for, and nothing else.
func (form *Form) Correct(old Answers, fields []string, typed Values, env Env) (Answers, []Problem) {
	v, again, problems := form.ValuesOf(old), maps.Clone(old), []Problem(nil)
	for _, name := range form.fieldNames(v, fields) {
		maps.DeleteFunc(v, func(element string, _ []string) bool { return PartOf(element, name) })
		for element, values := range typed {
			if PartOf(element, name) {
				v[element] = values
			}
		}
	}
	parsed, all := form.Parse(v, env)
	for _, p := range all {
		if slices.ContainsFunc(form.fieldNames(v, fields), func(name string) bool { return PartOf(p.Field, name) }) {
			problems = append(problems, p)
		}
	}
	for _, key := range fields {
		if _, step, ok := form.Field(key); ok && step.Repeat != nil {
			key = step.Key
		}
		if delete(again, key); parsed[key] != nil {
			again[key] = parsed[key]
		}
	}
	return again, problems
}

// fieldNames returns the names that fields have in a form: those of a repeated
// step one for each item.
func (form *Form) fieldNames(v Values, fields []string) (names []string) {
	for _, key := range fields {
		f, step, ok := form.Field(key)
		if !ok {
			continue
		}
		for item := range form.Items(step, v) {
			names = append(names, step.FieldName(item, f))
		}
	}
	return names
}

// PartOf reports whether an element of a form is the field with a name, or one
// of several that it has.
func PartOf(element, name string) bool {
	return element == name || strings.HasPrefix(element, name+".")
}

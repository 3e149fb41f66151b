package cases

import (
	"maps"
	"slices"
	"strings"

	"bega/procedures"
)

// usedDocuments returns the IDs of the documents that answers name, each once.
func usedDocuments(s *procedures.Service, a procedures.Answers) (ids []string) {
	for _, row := range s.Recap(a, "ro") {
		ids = append(ids, row.Documents...)
	}
	return distinct(ids)
}

// distinct returns each ID once, in the order in which they are first named.
func distinct[T ~string](ids []T) (once []T) {
	seen := map[T]bool{"": true}
	for _, id := range ids {
		if !seen[id] {
			once = append(once, id)
		}
		seen[id] = true
	}
	return once
}

// correct answers some questions again, and leaves the others as they are. Of a
// step with several items, all of them are answered again. It returns what is
// wrong with what was asked for, and nothing else.
func correct(s *procedures.Service, old procedures.Answers, fields []string, typed procedures.Values, env procedures.Env) (procedures.Answers, []procedures.Problem) {
	v, again, problems := s.ValuesOf(old), maps.Clone(old), []procedures.Problem(nil)
	for _, name := range fieldNames(s, v, fields) {
		maps.DeleteFunc(v, func(element string, _ []string) bool { return partOf(element, name) })
		for element, values := range typed {
			if partOf(element, name) {
				v[element] = values
			}
		}
	}
	parsed, all := s.Parse(v, env)
	for _, p := range all {
		if slices.ContainsFunc(fieldNames(s, v, fields), func(name string) bool { return partOf(p.Field, name) }) {
			problems = append(problems, p)
		}
	}
	for _, key := range fields {
		if _, step, ok := s.Field(key); ok && step.Repeat != nil {
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
func fieldNames(s *procedures.Service, v procedures.Values, fields []string) (names []string) {
	for _, key := range fields {
		f, step, ok := s.Field(key)
		if !ok {
			continue
		}
		for item := range s.Items(step, v) {
			names = append(names, step.FieldName(item, f))
		}
	}
	return names
}

// partOf reports whether an element of a form is the field with a name, or one
// of several that it has.
func partOf(element, name string) bool {
	return element == name || strings.HasPrefix(element, name+".")
}

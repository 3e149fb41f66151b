package form

import (
	"strconv"
	"strings"
)

// Named returns the field of the step that a name in a form is of, if it is one.
func (s *Step) Named(name string) (*Field, bool) {
	key := name
	if s.Repeat != nil {
		rest, ok := strings.CutPrefix(name, s.Key+".")
		number, after, _ := strings.Cut(rest, ".")
		i, err := strconv.Atoi(number)
		if !ok || err != nil || i < 0 || i >= s.Repeat.Max || strconv.Itoa(i) != number {
			return nil, false
		}
		key = after
	}
	for i := range s.Fields {
		if s.Fields[i].Key == key {
			return &s.Fields[i], true
		}
	}
	return nil, false
}

// Moved returns what a name becomes when an item, counted from 0, is taken out of the
// step, and whether it stays at all.
func (s *Step) Moved(name string, item int) (string, bool) {
	rest, ok := strings.CutPrefix(name, s.Key+".")
	number, field, _ := strings.Cut(rest, ".")
	i, err := strconv.Atoi(number)
	switch {
	case !ok || err != nil || i < item:
		return name, true
	case i == item:
		return "", false
	}
	return s.Key + "." + strconv.Itoa(i-1) + "." + field, true
}

// ListName returns where the IDs of the files of a field are that has a name.
func (f *Field) ListName(name string) string {
	if f.Kind == Document {
		return name + ".fisier.id"
	}
	return name + ".id"
}

const (
	keptValues = 100
	keptBytes  = 64 << 10 // of one value: more than any question takes
)

// Kept returns what was typed under a name as a draft keeps it: none if nothing was.
func (v Values) Kept(name string) (all []string) {
	typed := v[name]
	for _, value := range typed[:min(len(typed), keptValues)] {
		value = strings.ToValidUTF8(value[:min(len(value), keptBytes)], "")
		if value != "" {
			all = append(all, value)
		}
	}
	return all
}

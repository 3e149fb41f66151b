package taxlaw

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/internal/text"
)

// A Problem is what is wrong with an input, and where.
type Problem struct {
	Field string // JSON pointer in a [File], name of the field of an [Object]
	Err   error  // a fault
}

// Error implements error.
func (p *Problem) Error() string { return p.Field + ": " + p.Err.Error() }

// In says what is wrong in words.
func (p *Problem) In(t *text.Translator) string {
	if f := fault.Of(p.Err); f != nil && f.Kind != fault.Unexpected {
		return t.T(f.Key, f.Args...)
	}
	return p.Err.Error()
}

// Unwrap returns the fault.
func (p *Problem) Unwrap() error { return p.Err }

func problem(field string, err error) error { return &Problem{field, err} }

// within says in which of several objects a problem is.
func within(i int, err error) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		return problem(form.Pointer("objects", i)+form.Pointer(strings.TrimPrefix(p.Field, "/")), p.Err)
	}
	return problem(form.Pointer("objects", i), err)
}

// Problems are all that is wrong with a file, in order.
type Problems []*Problem

// Error implements error.
func (all Problems) Error() string {
	lines := make([]string, len(all))
	for i, p := range all {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each problem.
func (all Problems) Unwrap() []error {
	errs := make([]error, len(all))
	for i, p := range all {
		errs[i] = p
	}
	return errs
}

// A File is what "bega tax explain" reads: what one taxpayer has. It is described
// by docs/tax-input.schema.json.
type File struct {
	Year    int      `json:"year"`
	Law     string   `json:"law,omitempty"` // state of the law; without it, the one that the town's file of that year is for
	Objects []Object `json:"objects"`
}

// Most that a file may hold.
const (
	maxInput   = 16 << 20 // bytes
	maxObjects = 10_000
)

// Decode reads a file, strictly: unknown and repeated names, fields that are not
// asked for, and values that are none are errors. They are [Problems].
func Decode(data []byte) (*File, error) {
	if len(data) > maxInput {
		return nil, Problems{{"", ErrTooLarge}}
	}
	if at, err := repeated(data); err != nil {
		return nil, Problems{{at, err}}
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		return nil, Problems{{"", ErrJSON.With("{…}")}}
	}
	file := &File{}
	var all Problems
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if key != "year" && key != "law" && key != "objects" {
			all = append(all, &Problem{form.Pointer(key), ErrUnknown})
		}
	}
	if err := json.Unmarshal(raw["year"], &file.Year); err != nil || file.Year < 2016 || file.Year > 9999 {
		all = append(all, &Problem{"/year", ErrNumber.With("2016", "9999")})
	}
	if raw["law"] != nil && json.Unmarshal(raw["law"], &file.Law) != nil {
		all = append(all, &Problem{"/law", ErrText})
	}
	var objects []json.RawMessage
	if json.Unmarshal(raw["objects"], &objects) != nil || len(objects) == 0 || len(objects) > maxObjects {
		all = append(all, &Problem{"/objects", ErrNumber.With("1", strconv.Itoa(maxObjects))})
		return nil, all
	}
	for i, text := range objects {
		object, problems := DecodeObject(text)
		for _, p := range problems {
			all = append(all, &Problem{form.Pointer("objects", i) + p.Field, p.Err})
		}
		file.Objects = append(file.Objects, object)
	}
	if len(all) > 0 {
		return nil, all
	}
	return file, nil
}

// DecodeObject reads one object. The fields of its problems are pointers: "/zone".
func DecodeObject(data []byte) (o Object, all Problems) {
	add := func(key string, err error) { all = append(all, &Problem{form.Pointer(key), err}) }
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		return o, Problems{{"", ErrJSON.With("{…}")}}
	}
	var kind Kind
	if json.Unmarshal(raw["kind"], &kind) != nil || Fields(kind) == nil {
		return o, Problems{{"/kind", ErrChoice}}
	}
	fields := Fields(kind)
	answer := func(key string) string { return strings.Trim(string(raw[key]), `"`) }
	for key, value := range raw {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Key == key })
		switch {
		case key == "kind":
		case key == "id":
			if id := ""; json.Unmarshal(value, &id) != nil || len(id) > 100 {
				add(key, ErrText)
			}
		case i < 0 || !fields[i].asked(answer):
			add(key, ErrUnknown)
		default:
			if err := fields[i].check(value); err != nil {
				add(key, err)
			}
		}
	}
	for i := range fields {
		if f := &fields[i]; f.Required && raw[f.Key] == nil && f.asked(answer) {
			add(f.Key, ErrMissing)
		}
	}
	if len(all) > 0 {
		slices.SortFunc(all, func(a, b *Problem) int { return strings.Compare(a.Field, b.Field) })
		return o, all
	}
	if err := json.Unmarshal(data, &o); err != nil {
		return o, Problems{{"", ErrJSON.With(err.Error())}}
	}
	return o, nil
}

// check looks at one answer.
func (f *Field) check(value json.RawMessage) error {
	text, quoted := string(value), false
	if value[0] == '"' {
		quoted = true
		if err := json.Unmarshal(value, &text); err != nil {
			return ErrText
		}
	}
	switch f.Answer {
	case Choice:
		if !quoted || !slices.ContainsFunc(f.Options, func(o form.Option) bool { return o.Value == text }) {
			return ErrChoice
		}
	case Key:
		if !quoted || text == "" || len(text) > 60 {
			return ErrText
		}
	case YesNo:
		if text != "true" && text != "false" || quoted {
			return ErrYesNo
		}
	case Date:
		if d, err := deadline.Parse(text); !quoted || err != nil || d.Year < 1800 || d.Year > 2200 {
			return ErrDate
		}
	case Part:
		if share, err := ParseShare(text); !quoted || err != nil || share == (Share{}) {
			return ErrShare
		}
	case Number, Decimal:
		return f.number(text, quoted)
	}
	return nil
}

func (f *Field) number(text string, quoted bool) error {
	d, err := ParseDec(text)
	wrong := ErrNumber.With(f.Min.String(), f.Max.String())
	multiple := one
	for range f.Places {
		multiple /= 10
	}
	if err != nil || d < f.Min || d > f.Max || d%multiple != 0 || f.Answer == Number && (quoted || strings.Contains(text, ".")) {
		return wrong
	}
	return nil
}

// repeated finds a name that is twice in one object of JSON.
func repeated(data []byte) (at string, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	type level struct {
		names map[string]bool // nil in a list
		key   bool            // what comes next is a name
	}
	var levels []level
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return "", nil
		} else if err != nil {
			return "", ErrJSON.With(err.Error())
		}
		top := len(levels) - 1
		if name, ok := token.(string); ok && top >= 0 && levels[top].key {
			if levels[top].names[name] {
				return "/" + name, ErrTwice
			}
			levels[top].names[name], levels[top].key = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{map[string]bool{}, true})
			continue
		case json.Delim('['):
			levels = append(levels, level{})
			continue
		case json.Delim('}'), json.Delim(']'):
			levels, top = levels[:top], top-1
		}
		if top >= 0 && levels[top].names != nil {
			levels[top].key = true
		}
	}
}

// A Share is a part of the whole ("cotă-parte"): 1/3. Zero is all of it.
type Share struct{ Num, Den int32 }

// ParseShare reads "1/3", or "" for the whole.
func ParseShare(text string) (Share, error) {
	if text == "" {
		return Share{}, nil
	}
	num, den, _ := strings.Cut(text, "/")
	n, err1 := strconv.ParseUint(num, 10, 31)
	d, err2 := strconv.ParseUint(den, 10, 31)
	if err1 != nil || err2 != nil || n == 0 || n > d || d > 1_000_000 {
		return Share{}, fmt.Errorf("%w: %q", ErrShare, text)
	}
	return Share{int32(n), int32(d)}, nil
}

func (s Share) whole() bool { return s.Num == s.Den }

func (s Share) val(key string) val { return val{v: Whole(int(s.Num)), of: int64(s.Den), key: key} }

// String returns the share as "1/3", and "" for all.
func (s Share) String() string {
	if s == (Share{}) {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Num, s.Den)
}

// MarshalText implements encoding.TextMarshaler.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Share) UnmarshalText(text []byte) (err error) {
	*s, err = ParseShare(string(text))
	return err
}

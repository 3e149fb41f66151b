package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/text"
)

// A SummaryRow is one answer as people read it.
type SummaryRow struct {
	Step      string // key
	StepTitle string // short title of the step; of an item: "Vehicul 2"
	Item      int    // of a repeated step, from 0
	Field     string // key
	Label     string
	Value     string // masked if it is sensitive
	Sensitive bool
	Documents []string // IDs, for documents and files; Value is empty then
}

// DecodeAnswers restores answers from their JSON: numbers, lists and items are
// again what [Answers] promises.
func DecodeAnswers(data []byte) (Answers, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		return nil, err
	}
	return restore(raw)
}

func restore(raw map[string]any) (Answers, error) {
	a := Answers{}
	for key, value := range raw {
		switch value := value.(type) {
		case string, bool:
			a[key] = value
		case json.Number:
			n, err := value.Int64()
			if err != nil {
				return nil, fmt.Errorf("procedures: the answer to %s is no whole number", key)
			}
			a[key] = n
		case map[string]any:
			parts := map[string]string{}
			for part, v := range value {
				var ok bool
				if parts[part], ok = v.(string); !ok {
					return nil, fmt.Errorf("procedures: %s of %s is no text", part, key)
				}
			}
			a[key] = parts
		case []any:
			list, err := restoreList(key, value)
			if err != nil {
				return nil, err
			}
			a[key] = list
		default:
			return nil, fmt.Errorf("procedures: %s has no answer", key)
		}
	}
	return a, nil
}

// restoreList returns a list of texts or of items. A list of none is one of
// items, since checkboxes and files without a choice have no answer.
func restoreList(key string, value []any) (any, error) {
	texts, items := []string{}, []Answers{}
	for _, v := range value {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case map[string]any:
			item, err := restore(v)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
	}
	switch len(value) {
	case len(items):
		return items, nil
	case len(texts):
		return texts, nil
	}
	return nil, fmt.Errorf("procedures: %s is a list of neither texts nor items", key)
}

// In returns what to do about a problem.
func (p Problem) In(t *text.Translator) string {
	if p.Text != nil {
		return p.Text.In(t.Lang())
	}
	args := make([]any, len(p.Args))
	for i, arg := range p.Args {
		switch arg := arg.(type) {
		case deadline.Date:
			args[i] = SayDate(t, arg)
		case money.Bani:
			args[i] = arg.Format(t.Lang())
		case int64:
			args[i] = strconv.FormatInt(arg, 10)
		default:
			args[i] = arg
		}
	}
	return t.T(p.Key, args...)
}

// SayDate returns a day as people read it: "1 decembrie 2026".
func SayDate(t *text.Translator, d deadline.Date) string {
	months := [...]string{"form.january", "form.february", "form.march", "form.april", "form.may",
		"form.june", "form.july", "form.august", "form.september", "form.october",
		"form.november", "form.december"}
	if d.IsZero() {
		return ""
	}
	return t.T("form.date", strconv.Itoa(d.Day), t.T(months[d.Month-1]), strconv.Itoa(d.Year))
}

// say returns an answer as people read it.
func (f *Field) say(answer any, t *text.Translator) string {
	switch answer := answer.(type) {
	case bool:
		if answer {
			return t.T("form.yes")
		}
		return t.T("form.no")
	case int64:
		if f.Kind == Money {
			return money.Bani(answer).Format(t.Lang())
		}
		return strconv.FormatInt(answer, 10)
	case []string:
		var said []string
		for _, value := range answer {
			said = append(said, f.option(value, t.Lang()))
		}
		return strings.Join(said, ", ")
	case map[string]string:
		if f.Kind == Address {
			return sayAddress(answer, t)
		}
		return sayPerson(answer, t)
	case string:
		if day, err := deadline.Parse(answer); err == nil && f.Kind == Date {
			return SayDate(t, day)
		}
		return f.option(answer, t.Lang())
	}
	return ""
}

// option returns the label of a value to choose, or the value itself.
func (f *Field) option(value, lang string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Label.In(lang)
		}
	}
	return value
}

func sayAddress(a map[string]string, t *text.Translator) string {
	said := []string{strings.TrimSpace(a["strada"] + " " + a["numar"])}
	for _, part := range []struct{ ending, key string }{
		{"bloc", "form.address-building"}, {"scara", "form.address-stair"},
		{"etaj", "form.address-floor"}, {"apartament", "form.address-flat"},
	} {
		if a[part.ending] != "" {
			said = append(said, t.T(part.key, a[part.ending]))
		}
	}
	return strings.Join(append(said, strings.TrimSpace(a["cod"]+" "+a["localitate"])), ", ")
}

func sayPerson(p map[string]string, t *text.Translator) string {
	said := []string{strings.TrimSpace(p["nume"] + " " + p["prenume"])}
	if p["cnp"] != "" {
		said = append(said, t.T("form.person-cnp", p["cnp"]))
	}
	for _, part := range []string{"email", "telefon"} {
		if p[part] != "" {
			said = append(said, p[part])
		}
	}
	return strings.Join(said, ", ")
}

// masked returns an answer without the middle of personal numbers.
func masked(answer any) any {
	switch answer := answer.(type) {
	case string:
		if len(answer) == 13 {
			return answer[:3] + "*******" + answer[10:]
		}
	case map[string]string:
		parts := map[string]string{}
		for part, value := range answer {
			if parts[part] = value; part == "cnp" {
				parts[part] = masked(value).(string)
			}
		}
		return parts
	}
	return answer
}

// Recap returns the answers in the order of the questions, for people who read a
// language.
func (form *Form) Recap(a Answers, lang string) (rows []SummaryRow) {
	t := form.made.texts.For(lang)
	for i := range form.Steps {
		step := &form.Steps[i]
		items, repeated := a[step.Key].([]Answers)
		if !repeated {
			rows = append(rows, step.rows(a, step.ShortTitle(lang), 0, t)...)
		}
		for n, item := range items {
			rows = append(rows, step.rows(item, step.Repeat.Item.In(lang)+" "+strconv.Itoa(n+1), n, t)...)
		}
	}
	return rows
}

// FieldName returns the name of a field of the step in a form: its key, and in a
// step that repeats, the step and the number of the item, from 0, before it.
func (s *Step) FieldName(item int, f *Field) string {
	if s.Repeat == nil {
		return f.Key
	}
	return s.Key + "." + strconv.Itoa(item) + "." + f.Key
}

// ShortTitle returns the short title of a step, or its question.
func (s *Step) ShortTitle(lang string) string {
	if short := s.Short.In(lang); short != "" {
		return short
	}
	return s.Title.In(lang)
}

func (s *Step) rows(a Answers, title string, item int, t *text.Translator) (rows []SummaryRow) {
	for i := range s.Fields {
		f := &s.Fields[i]
		answer, ok := a[f.Key]
		if !ok {
			continue
		}
		row := SummaryRow{Step: s.Key, StepTitle: title, Item: item, Field: f.Key, Label: f.Label.In(t.Lang()), Sensitive: f.Kind.Sensitive()}
		switch f.Kind {
		case Document:
			row.Documents = []string{fmt.Sprint(answer)}
		case FileList:
			row.Documents, _ = answer.([]string)
		case CNP, Person:
			row.Value = f.say(masked(answer), t)
		default:
			row.Value = f.say(answer, t)
		}
		rows = append(rows, row)
	}
	return rows
}

// Say returns an answer in full as people read a language, or "": that of a
// field, or of a part of an address or a person such as "adresa.strada"; of a
// repeated step, the answers of all items.
func (form *Form) Say(a Answers, name, lang string) string {
	t := form.made.texts.For(lang)
	key, part, _ := strings.Cut(name, ".")
	f, step, ok := form.Field(key)
	if !ok {
		return ""
	}
	items := []Answers{a}
	if step.Repeat != nil {
		items, _ = a[step.Key].([]Answers)
	}
	var said []string
	for _, item := range items {
		value := f.say(item[key], t)
		if parts, ok := item[key].(map[string]string); ok && part != "" {
			value = parts[part]
		}
		if value != "" {
			said = append(said, value)
		}
	}
	return strings.Join(said, ", ")
}

// ValuesOf returns a form that has these answers, as somebody would have typed
// them: to ask some of them again, or to begin with those of last time.
func (form *Form) ValuesOf(a Answers) Values {
	v := Values{}
	for i := range form.Steps {
		step := &form.Steps[i]
		items, repeated := a[step.Key].([]Answers)
		if repeated {
			v[step.Key] = []string{strconv.Itoa(len(items))}
		} else {
			items = []Answers{a}
		}
		for n, item := range items {
			for j := range step.Fields {
				f := &step.Fields[j]
				if prefix := itemPrefix(step, n); repeated {
					v.put(prefix+f.Key, f.Kind, item[f.Key])
				} else {
					v.put(f.Key, f.Kind, item[f.Key])
				}
			}
		}
	}
	return v
}

// put types an answer under a name.
func (v Values) put(name string, kind Kind, answer any) {
	switch answer := answer.(type) {
	case bool:
		v[name] = []string{map[bool]string{true: "da", false: "nu"}[answer]}
	case int64:
		if v[name] = []string{strconv.FormatInt(answer, 10)}; kind == Money {
			v[name] = []string{money.Bani(answer).String()}
		}
	case []string:
		v[name] = answer
	case map[string]string:
		for part, value := range answer {
			v[name+"."+part] = []string{value}
		}
	case string:
		if day, err := deadline.Parse(answer); err == nil && kind == Date {
			v[name+".zi"], v[name+".luna"], v[name+".an"] = []string{strconv.Itoa(day.Day)}, []string{strconv.Itoa(int(day.Month))}, []string{fmt.Sprintf("%04d", day.Year)}
		} else {
			v[name] = []string{answer}
		}
	}
}

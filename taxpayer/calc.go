package taxpayer

import (
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/text"
	"bega/taxlaw"
)

// The parameters of a calculator that are no answers.
const (
	yearParam   = "an"
	shownParam  = "cerute" // which questions were on the page, so that new ones are no mistakes
	againstName = "fata"   // answers that these are compared with
)

// An Asked is a question of a calculator, and what was answered.
type Asked struct {
	taxlaw.Field
	Typed string // as it was typed; "da" for yes
	Fresh bool   // it was not on the page before
	Err   error  // a fault
}

// A Calculation is what somebody asked a calculator, and what came out.
type Calculation struct {
	Year  int
	Kind  taxlaw.Kind
	Asked []Asked
	Err   error // what is wrong, and with no answer in particular
	Done  bool  // there is a result

	Object       taxlaw.Object
	Levy         taxlaw.Levy
	Explanations []*taxlaw.Explanation // of the object, and of what is paid for it
}

// Total returns what is owed for the year, in whole lei.
func (c *Calculation) Total() money.Bani { return c.Levy.Total }

// begun reports whether anything was answered.
func (c *Calculation) begun() bool {
	return slices.ContainsFunc(c.Asked, func(a Asked) bool { return a.Typed != "" || a.Err != nil })
}

// wrong reports whether some answer is.
func (c *Calculation) wrong() bool {
	return c.Err != nil || slices.ContainsFunc(c.Asked, func(a Asked) bool { return a.Err != nil })
}

// calculate reads the answers to the questions about a kind, as people type them
// in a language, and computes what is owed if nothing is missing. Texts are in all
// languages of the translators.
func calculate(rules *taxlaw.Rules, kind taxlaw.Kind, typed url.Values, lang string, cal *deadline.Calendar, words []*text.Translator) *Calculation {
	c := &Calculation{Year: rules.Law().Year, Kind: kind}
	shown := map[string]bool{}
	for _, key := range strings.Split(typed.Get(shownParam), ",") {
		shown[key] = true
	}
	link := !typed.Has(shownParam) // somebody has passed an address on: what it leaves out was left out
	values := map[string]json.RawMessage{"kind": quoted(string(kind))}
	for _, field := range rules.Fields(kind) {
		if !asked(field, values) {
			continue
		}
		a := Asked{Field: field, Typed: typedIn(typed, field), Fresh: !link && !shown[field.Key]}
		value, ok := read(field, a.Typed, lang)
		switch {
		case !ok:
			a.Err = mistake(field)
		case value != nil:
			values[field.Key] = value
		case field.Required && shown[field.Key]:
			a.Err = taxlaw.ErrMissing
		}
		c.Asked = append(c.Asked, a)
	}
	if len(values) > 1 && !c.wrong() && !slices.ContainsFunc(c.Asked, func(a Asked) bool { return a.Fresh }) {
		c.compute(rules, values, cal, words)
	}
	return c
}

// compute works out the result of answers, or says what is wrong with them.
func (c *Calculation) compute(rules *taxlaw.Rules, values map[string]json.RawMessage, cal *deadline.Calendar, words []*text.Translator) {
	data, err := json.Marshal(values)
	if err != nil {
		c.Err = err
		return
	}
	object, problems := taxlaw.DecodeObject(data)
	for _, p := range problems {
		c.blame(p)
	}
	if len(problems) > 0 {
		return
	}
	c.Object = object
	c.Levy, c.Explanations, err = rules.ExplainLevy(c.Kind.Type(), []taxlaw.Object{object}, cal)
	if err != nil {
		c.blame(err)
		return
	}
	for _, e := range c.Explanations {
		e.Fill(words...)
	}
	c.Done = true
}

// blame says beside an answer, or at the top, what is wrong.
func (c *Calculation) blame(err error) {
	problem, ok := errors.AsType[*taxlaw.Problem](err)
	if ok {
		key := problem.Field[strings.LastIndex(problem.Field, "/")+1:]
		for i := range c.Asked {
			if c.Asked[i].Key == key {
				c.Asked[i].Err = problem.Err
				return
			}
		}
		err = problem.Err
	}
	c.Err = err
}

// mistake is what is said of an answer that is none of its kind.
func mistake(field taxlaw.Field) error {
	switch field.Answer {
	case taxlaw.Date:
		return ErrDate
	case taxlaw.Part:
		return taxlaw.ErrShare
	}
	return ErrNumber
}

// asked reports whether a question is asked, given the answers before it.
func asked(field taxlaw.Field, values map[string]json.RawMessage) bool {
	for key, wanted := range field.When {
		if !slices.Contains(wanted, strings.Trim(string(values[key]), `"`)) {
			return false
		}
	}
	return true
}

// typedIn returns what was typed into a field. A date comes in three parts.
func typedIn(typed url.Values, field taxlaw.Field) string {
	if field.Answer != taxlaw.Date {
		return strings.TrimSpace(typed.Get(field.Key))
	}
	parts := []string{typed.Get(field.Key + ".an"), typed.Get(field.Key + ".luna"), typed.Get(field.Key + ".zi")}
	return strings.Trim(strings.Join(parts, "-"), "- ")
}

// read returns an answer as JSON, nil if there is none, and whether it can be read.
func read(field taxlaw.Field, typed, lang string) (json.RawMessage, bool) {
	if typed == "" {
		return nil, true
	}
	switch field.Answer {
	case taxlaw.YesNo:
		if typed != "da" {
			return nil, false
		}
		return json.RawMessage("true"), true
	case taxlaw.Number, taxlaw.Decimal:
		number, err := taxlaw.ParseDec(plain(typed, lang))
		return json.RawMessage(number.String()), err == nil
	case taxlaw.Date:
		day, err := readDay(typed)
		return quoted(day.String()), err == nil
	case taxlaw.Part:
		typed = strings.ReplaceAll(typed, " ", "")
	}
	return quoted(typed), true
}

// readDay reads a day from its parts, "2026-3-31", or from all of it in one: then
// as people or machines write it.
func readDay(typed string) (deadline.Date, error) {
	parts := strings.FieldsFunc(typed, func(r rune) bool { return r == '-' || r == '.' || r == '/' || r == ' ' })
	if len(parts) == 3 && len(parts[2]) == 4 {
		slices.Reverse(parts)
	}
	for i := range parts {
		if n := 2 + 2*max(0, 1-i) - len(parts[i]); n > 0 {
			parts[i] = strings.Repeat("0", n) + parts[i]
		}
	}
	return deadline.Parse(strings.Join(parts, "-"))
}

func quoted(text string) json.RawMessage {
	data, _ := json.Marshal(text) // a text always can
	return data
}

// plain returns a number as machines write it. A mark before three digits is
// between thousands where the language has that one, and else before decimals.
func plain(typed, lang string) string {
	typed = strings.NewReplacer(" ", "", "\u00a0", "").Replace(typed)
	group, point := ".", ","
	if lang == "en" {
		group, point = point, group
	}
	comma, dot := strings.LastIndex(typed, point), strings.LastIndex(typed, group)
	_, after, _ := strings.Cut(typed, group)
	switch {
	case comma >= 0:
		typed = strings.ReplaceAll(typed, group, "")
	case strings.Count(typed, group) > 1, dot > 0 && dot <= 3 && len(after) == 3 && typed[0] != '0':
		typed = strings.ReplaceAll(typed, group, "")
	}
	return strings.ReplaceAll(strings.ReplaceAll(typed, group, "."), point, ".")
}

// Answers returns the parameters of an address that leads to this calculation.
func (c *Calculation) Answers() url.Values {
	values := url.Values{yearParam: {strconv.Itoa(c.Year)}}
	for _, a := range c.Asked {
		if a.Typed == "" {
			continue
		}
		key := a.Key
		if a.Answer == taxlaw.Date {
			key += ".zi"
		}
		values.Set(key, a.Typed)
	}
	return values
}

// A Change is an answer that two calculations differ in.
type Change struct {
	taxlaw.Field
	Before, After string // as typed; "" for none
}

// changes returns what is asked or answered in another way than before.
func (c *Calculation) changes(before *Calculation) (all []Change) {
	answers := func(c *Calculation) map[string]Asked {
		byKey := map[string]Asked{}
		for _, a := range c.Asked {
			byKey[a.Key] = a
		}
		return byKey
	}
	now, then := answers(c), answers(before)
	keys := map[string]bool{}
	for key := range maps.Keys(now) {
		keys[key] = true
	}
	for key := range maps.Keys(then) {
		keys[key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, b := now[key], then[key]
		if a.Typed == b.Typed {
			continue
		}
		field := a.Field
		if field.Key == "" {
			field = b.Field
		}
		all = append(all, Change{field, b.Typed, a.Typed})
	}
	return all
}

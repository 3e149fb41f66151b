package taxlaw

import (
	"math/big"
	"strings"

	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/text"
	"bega/taxlaw/figures"
)

// An Explanation is how an amount came about. Whoever knows the law can check it
// with nothing else in hand. Its JSON is described by
// docs/tax-explanation.schema.json.
type Explanation struct {
	ID     string    `json:"id,omitempty"`
	Kind   Kind      `json:"kind,omitempty"`
	Type   Type      `json:"type"`
	Year   int       `json:"year"`
	Law    string    `json:"law"`             // state
	Draft  form.Text `json:"draft,omitempty"` // why this is no final result
	Steps  []Step    `json:"steps"`
	Doubts []Doubt   `json:"doubts,omitempty"`
	Amount Dec       `json:"amount"` // lei: the last result
}

// A Step is one calculation, or one decision if it has no inputs. Its key is
// stable.
type Step struct {
	N        int       `json:"n"` // from 1
	Key      string    `json:"key"`
	Name     form.Text `json:"name,omitempty"` // filled by [Explanation.Fill]
	Says     form.Text `json:"says,omitempty"`
	Inputs   []Input   `json:"inputs,omitempty"`
	Exact    string    `json:"exact,omitempty"` // before rounding: all its decimals, or twelve and "…"
	Rounding Rounding  `json:"rounding,omitempty"`
	Rounds   form.Text `json:"rounds,omitempty"` // filled, if something was lost
	Result   Dec       `json:"result"`
	Unit     Unit      `json:"unit,omitempty"`
	Article  string    `json:"article,omitempty"` // of the rule
}

// An Input is what a step begins with, or does something with.
type Input struct {
	Key   string    `json:"key"` // a field of [Object], or a text
	Label form.Text `json:"label,omitempty"`
	At    string    `json:"at,omitempty"`   // where in a table: "B · I"
	Step  int       `json:"step,omitempty"` // whose result it is
	How   How       `json:"how,omitempty"`
	Value Dec       `json:"value"`
	Of    int64     `json:"of,omitempty"` // the value is so many of these: 1 of 2
	Unit  Unit      `json:"unit,omitempty"`
	Cite  *Cite     `json:"cite,omitempty"` // of a figure
}

// A Doubt is why a result is not certain.
type Doubt struct {
	Article string    `json:"article,omitempty"`
	Source  string    `json:"source,omitempty"`
	Why     form.Text `json:"why"`
}

// A Unit is what a number is a number of. A plain number has none.
type Unit string

// The units, as people write them.
const (
	Lei       Unit = "lei"
	SquareM   Unit = "m²"
	Hectare   Unit = "ha"
	LeiSquare Unit = "lei/m²"
	LeiHa     Unit = "lei/ha"
	LeiGroup  Unit = "lei/200 cm³"
	Percents  Unit = "%"
	Cubic     Unit = "cm³"
	Tonne     Unit = "t"
	Metre     Unit = "m"
	Year      Unit = "year" // a number of the calendar, written without a unit
)

// A val is a number on its way, with what an explanation says of it.
type val struct {
	v    Dec
	of   int64
	key  string
	at   string
	unit Unit
	cite *Cite
	step int
}

// A calc computes one thing. With a nil recorder it explains nothing; it goes the
// same way.
type calc struct {
	r   *Rules
	o   *Object
	rec *Explanation
	err error // the first; all later results are nothing
}

// fig is a figure of the law or of the council.
func (c *calc) fig(key string, f *Figure, unit Unit) val {
	return val{v: f.Value, key: key, unit: unit, cite: &f.Cite}
}

// at says where in a table a figure stands, if anybody wants to know.
func (c *calc) at(v val, places ...string) val {
	if c.rec != nil {
		v.at = strings.Join(places, " · ")
	}
	return v
}

// do is one step: a, and what is done with b.
func (c *calc) do(key string, unit Unit, a val, how How, b val, r Rounding) val {
	if c.err != nil {
		return val{}
	}
	result, ok := apply(a.v, how, b.v, b.of, r)
	if !ok {
		c.err = ErrTooLarge
		return val{}
	}
	out := val{v: result, key: key, unit: unit}
	if c.rec != nil {
		out.step = c.rec.add(c.r, key, result, unit, r, a, how, b)
	}
	return out
}

// take is a step that takes an amount from a table as it is.
func (c *calc) take(key string, a val) val {
	if c.err != nil {
		return val{}
	}
	out := val{v: a.v, key: key, unit: a.unit}
	if c.rec != nil {
		out.step = c.rec.add(c.r, key, a.v, a.unit, Exact, a)
	}
	return out
}

// round is a step that rounds.
func (c *calc) round(key string, a val, r Rounding) val {
	v, ok := apply(a.v, First, 0, 1, r)
	if !ok && c.err == nil {
		c.err = ErrTooLarge
	}
	if c.err != nil {
		return val{}
	}
	out := val{v: v, key: key, unit: a.unit}
	if c.rec != nil {
		out.step = c.rec.add(c.r, key, v, a.unit, r, a)
	}
	return out
}

// note records a decision.
func (c *calc) note(key string) {
	if c.rec != nil && c.err == nil {
		c.rec.add(c.r, key, 0, "", Exact)
	}
}

// fail ends the calculation because of a field.
func (c *calc) fail(field string, err error) val {
	if c.err == nil {
		c.err = problem(field, err)
	}
	return val{}
}

// need fails unless a field is answered.
func (c *calc) need(field string, answered bool) bool {
	if !answered {
		c.fail(field, ErrMissing)
	}
	return answered && c.err == nil
}

// add records a step of up to two inputs, and returns its number.
func (e *Explanation) add(r *Rules, key string, result Dec, unit Unit, rounding Rounding, parts ...any) int {
	step := Step{N: len(e.Steps) + 1, Key: key, Result: result, Unit: unit, Rounding: rounding}
	how := First
	for _, part := range parts {
		switch part := part.(type) {
		case How:
			how = part
		case val:
			step.Inputs = append(step.Inputs, Input{Key: part.key, At: part.at, Step: part.step, How: how, Value: part.v, Of: part.of, Unit: part.unit, Cite: part.cite})
			e.doubt(part.cite)
		}
	}
	_, name, _ := strings.Cut(key, ".")
	if cite, ok := r.law.Articles[name]; ok {
		step.Article = cite.Article
		e.doubt(&cite)
	}
	if len(step.Inputs) > 0 {
		step.Exact = exact(step.value())
	}
	e.Steps = append(e.Steps, step)
	return step.N
}

// doubt keeps what is not certain, once.
func (e *Explanation) doubt(cite *Cite) {
	if cite == nil || cite.Sure {
		return
	}
	for _, d := range e.Doubts {
		if d.Article == cite.Article && d.Why.In("ro") == cite.Why.In("ro") {
			return
		}
	}
	e.Doubts = append(e.Doubts, Doubt{cite.Article, cite.Source, cite.Why})
}

// value returns what the inputs of a step come to, before it is rounded. It does
// not use the arithmetic of [apply].
func (s *Step) value() *big.Rat {
	result := new(big.Rat)
	for _, in := range s.Inputs {
		n := big.NewRat(int64(in.Value), int64(one))
		if in.Of > 1 {
			n.Quo(n, big.NewRat(in.Of, 1))
		}
		percent := new(big.Rat).Mul(n, big.NewRat(1, 100))
		switch in.How {
		case First:
			result.Set(n)
		case Times:
			result.Mul(result, n)
		case Over:
			result.Quo(result, n)
		case OfWhole:
			result.Quo(result, percent)
		case Percent:
			result.Mul(result, percent)
		case More:
			result.Mul(result, percent.Add(percent, big.NewRat(1, 1)))
		case Less:
			result.Mul(result, percent.Sub(big.NewRat(1, 1), percent))
		case Plus:
			result.Add(result, n)
		case Minus:
			result.Sub(result, n)
		case AtLeast:
			if result.Cmp(n) < 0 {
				result.Set(n)
			}
		case Groups:
			result.Quo(result, n)
			whole := new(big.Int).Quo(result.Num(), result.Denom())
			if !result.IsInt() {
				whole.Add(whole, big.NewInt(1))
			}
			result.SetInt(whole)
		}
	}
	return result
}

// exact writes a number with all its decimals, or with twelve.
func exact(n *big.Rat) string {
	text := n.FloatString(12)
	short := strings.TrimRight(strings.TrimRight(text, "0"), ".")
	if back, ok := new(big.Rat).SetString(text); !ok || back.Cmp(n) != 0 {
		return text + "…"
	}
	return short
}

// Fill writes the words of an explanation in the languages of the translators.
func (e *Explanation) Fill(translators ...*text.Translator) {
	labels := labels()
	for i := range e.Steps {
		s := &e.Steps[i]
		s.Name, s.Says, s.Rounds = form.Text{}, form.Text{}, nil
		for _, t := range translators {
			s.Name[t.Lang()], s.Says[t.Lang()] = t.T(s.Key+"-subject"), t.T(s.Key+"-body")
			if key := roundings[s.Rounding]; key != "" && s.lost() {
				if s.Rounds == nil {
					s.Rounds = form.Text{}
				}
				s.Rounds[t.Lang()] = t.T(key)
			}
		}
		for j := range s.Inputs {
			in := &s.Inputs[j]
			in.Label = form.Text{}
			for _, t := range translators {
				switch {
				case labels[in.Key] != nil:
					in.Label[t.Lang()] = labels[in.Key].In(t.Lang())
				case in.Step > 0:
					in.Label[t.Lang()] = t.T(in.Key + "-subject")
				default:
					in.Label[t.Lang()] = t.T(in.Key)
				}
			}
		}
	}
}

// Formula writes the calculation of a step whose words are filled in:
// "55 m² (suprafața utilă) × 1,4 (coeficientul) = 77 m²".
func (s *Step) Formula(lang string) string {
	var line strings.Builder
	for _, in := range s.Inputs {
		line.WriteString(marks[in.How])
		line.WriteString(amount(in.Value, lang, in.Unit))
		if in.Of > 1 {
			line.WriteString("/" + Dec(in.Of*int64(one)).In(lang))
		}
		label := in.Label.In(lang)
		if in.At != "" {
			label += ": " + in.At
		}
		line.WriteString(" (" + label + ")")
	}
	switch result := amount(s.Result, lang, s.Unit); {
	case s.lost() && len(s.Inputs) == 1:
		line.WriteString(" ≈ " + result + ", " + s.Rounds.In(lang))
	case s.lost():
		line.WriteString(" = " + figures.Written(s.Exact, lang) + " ≈ " + result + ", " + s.Rounds.In(lang))
	case len(s.Inputs) > 1:
		line.WriteString(" = " + result)
	}
	return line.String()
}

// lost reports whether rounding changed the result.
func (s *Step) lost() bool { return len(s.Inputs) > 0 && s.Exact != s.Result.String() }

// roundings say what was done to a result.
var roundings = map[Rounding]string{SixPlaces: "taxlaw.rounding-six", FourPlace: "taxlaw.rounding-four", TwoPlaces: "taxlaw.rounding-two",
	ToLeu: "taxlaw.rounding-leu", LeuUp: "taxlaw.rounding-up", LeuDown: "taxlaw.rounding-down"}

// marks are between two numbers of a formula. "12 ÷⌈ 5" is how many fives there
// are in twelve, a begun one included.
var marks = map[How]string{First: "", Times: " × ", Over: " ÷ ", Percent: " × ", More: " + ", Less: " − ", Plus: " + ", Minus: " − ",
	Groups: " ÷⌈ ", OfWhole: " × 100 ÷ ", AtLeast: " ↔ "}

func amount(d Dec, lang string, unit Unit) string {
	switch unit {
	case "":
		return d.In(lang)
	case Year:
		return d.String()
	}
	return d.In(lang) + " " + string(unit)
}

// inTime reports whether a notice came by 31 October of the year before (CF art.
// 458 (4), 460 (8)).
func (c *calc) inTime(notified deadline.Date) bool {
	last := deadline.Date{Year: c.r.law.Year - 1, Month: 10, Day: 31}
	return !notified.IsZero() && !notified.After(last)
}

package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bega/docs"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/internal/text"
	"bega/taxlaw"
	"bega/taxpayer"
)

// The faults of calculating.
var (
	errForm  = fault.New(fault.Invalid, "api.form")
	errOften = fault.New(fault.TooMany, "api.often") // with seconds
)

// What may be calculated at once.
const (
	largestInput = 128 << 10 // bytes
	mostObjects  = 100
)

// A TaxYear is a year for which local taxes can be calculated.
type TaxYear struct {
	Year  int    `json:"year"`
	Law   string `json:"law" doc:"State of the law." example:"2026"`
	Draft string `json:"draft" doc:"Why it is not final; empty if it is."`
}

// A TaxLaw is what is taxed in a year, and what has to be known of it.
type TaxLaw struct {
	TaxYear
	Kinds []TaxKind `json:"kinds"`
}

// A TaxKind is a kind of what is taxed.
type TaxKind struct {
	Kind    string     `json:"kind" example:"building"`
	Tax     string     `json:"tax" doc:"That it belongs to."`
	Label   string     `json:"label"`
	Hint    string     `json:"hint"`
	Article string     `json:"article" doc:"Of the law."`
	Fields  []TaxField `json:"fields"`
}

// A TaxField is something to know about what is taxed.
type TaxField struct {
	Key      string              `json:"key" doc:"Name in the input of calculate-taxes."`
	Answer   string              `json:"answer" enum:"choice,decimal,integer,yesno,date,share,key"`
	Label    string              `json:"label"`
	Hint     string              `json:"hint"`
	Unit     string              `json:"unit"`
	Options  []TaxOption         `json:"options"`
	Min      float64             `json:"min"`
	Max      float64             `json:"max" doc:"0 if it is no number."`
	Places   int                 `json:"places" doc:"Decimals, at most."`
	Required bool                `json:"required"`
	When     map[string][]string `json:"when,omitempty" doc:"It may be answered only if each of these fields has one of those values; yes is true."`
}

// A TaxOption is an answer to choose.
type TaxOption struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

func yearOf(rules *taxlaw.Rules, lang string) TaxYear {
	return TaxYear{rules.Law().Year, rules.Law().State, cmp.Or(form.Text(rules.Law().Draft).In(lang), form.Text(rules.Town().Draft).In(lang))}
}

func lawOf(rules *taxlaw.Rules, lang string) TaxLaw {
	law := TaxLaw{TaxYear: yearOf(rules, lang), Kinds: []TaxKind{}}
	for _, f := range taxlaw.Forms() {
		kind := TaxKind{string(f.Kind), string(f.Kind.Type()), f.Label.In(lang), f.Hint.In(lang), f.Article, []TaxField{}}
		for _, field := range rules.Fields(f.Kind) {
			out := TaxField{Key: field.Key, Answer: string(field.Answer), Label: field.Label.In(lang), Hint: field.Hint.In(lang), Unit: string(field.Unit),
				Options: []TaxOption{}, Min: number(field.Min), Max: number(field.Max), Places: field.Places, Required: field.Required, When: field.When}
			for _, o := range field.Options {
				out.Options = append(out.Options, TaxOption{o.Value, o.Label.In(lang)})
			}
			kind.Fields = append(kind.Fields, out)
		}
		law.Kinds = append(law.Kinds, kind)
	}
	return law
}

// number returns a bound, which few decimals do for.
func number(d taxlaw.Dec) float64 {
	f, _ := strconv.ParseFloat(d.String(), 64) // a decimal always is one
	return f
}

// A TaxResult is what is owed of one tax, and why: as bega tax explain --json writes it.
type TaxResult struct {
	taxlaw.Levy
	Explained []*taxlaw.Explanation `json:"explained"`
}

// Schema implements [huma.SchemaProvider].
func (TaxResult) Schema(huma.Registry) *huma.Schema { return published("TaxCalculation") }

// An Explanation is why an amount is what it is.
type Explanation struct{ *taxlaw.Explanation }

// Schema implements [huma.SchemaProvider].
func (Explanation) Schema(huma.Registry) *huma.Schema { return published("TaxExplanation") }

// published refers to one of the published forms.
func published(name string) *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/" + name} }

// publish adds the published forms to those of the API.
func (a *API) publish() {
	var input, output map[string]any
	moved := func(data []byte) []byte {
		return []byte(strings.ReplaceAll(string(data), "#/$defs/", "#/components/schemas/tax-"))
	}
	if err := errors.Join(json.Unmarshal(moved(docs.TaxInput), &input), json.Unmarshal(moved(docs.TaxExplanation), &output)); err != nil {
		panic(err) // they are in the program, and tests read them
	}
	all := a.huma.OpenAPI().Components.Schemas.Map()
	add := func(name string, schema any) {
		whole := schema.(map[string]any)
		delete(whole, "$schema")
		delete(whole, "$defs")
		all[name] = &huma.Schema{Extensions: whole}
	}
	for _, file := range []map[string]any{input, output} {
		for name, schema := range file["$defs"].(map[string]any) {
			add("tax-"+name, schema)
		}
	}
	input["properties"].(map[string]any)["objects"].(map[string]any)["maxItems"] = mostObjects
	add("TaxInput", input)
	add("TaxCalculation", output["items"])
	all["TaxExplanation"] = published("tax-explanation")
}

func (a *API) calculate() {
	a.publish()
	op(a, http.MethodGet, "/taxes/law", "list-tax-years", "Years for which local taxes can be calculated", act.ReadPublic, func(_ context.Context, c caller, _ *nothing) (*list[TaxYear], error) {
		var all []TaxYear
		for _, year := range slices.Sorted(maps.Keys(a.Taxpayer.Rules)) {
			all = append(all, yearOf(a.Taxpayer.Rules[year], c.Lang()))
		}
		return listOf(all), nil
	})
	type which struct {
		Year int `path:"year" example:"2026"`
	}
	op(a, http.MethodGet, "/taxes/law/{year}", "get-tax-law", "What is taxed in a year, and what has to be known of it", act.ReadPublic, func(_ context.Context, c caller, in *which) (*one[TaxLaw], error) {
		rules := a.Taxpayer.Rules[in.Year]
		if rules == nil {
			return nil, taxpayer.ErrNoRules
		}
		return &one[TaxLaw]{lawOf(rules, c.Lang())}, nil
	})
	type input struct {
		RawBody []byte `contentType:"application/json"`
	}
	op(a, http.MethodPost, "/taxes/calculate", "calculate-taxes", "What is owed for a year, and why. Amounts are in bani; exact amounts of explanations, in lei.", act.ReadPublic,
		func(_ context.Context, c caller, in *input) (*list[TaxResult], error) {
			if wait := a.Calculations.Take(c.address); wait > 0 {
				return nil, errOften.With(int((wait + time.Second - 1) / time.Second)).Later(wait)
			}
			results, err := a.taxes(in.RawBody)
			if err != nil {
				return nil, c.badInput(err)
			}
			return listOf(results), nil
		}, atMost(largestInput), unread)
	a.huma.OpenAPI().Paths[Root+"/taxes/calculate"].Post.RequestBody.Content["application/json"].Schema = published("TaxInput")
}

// taxes calculates what is owed for all that an input has.
func (a *API) taxes(data []byte) (results []TaxResult, err error) {
	file, err := taxlaw.Decode(data)
	if err != nil {
		return nil, err
	}
	if len(file.Objects) > mostObjects {
		return nil, &taxlaw.Problem{Field: "/objects", Err: taxlaw.ErrNumber.With("1", strconv.Itoa(mostObjects))}
	}
	rules := a.Taxpayer.Rules[file.Year]
	if rules == nil {
		return nil, &taxlaw.Problem{Field: "/year", Err: taxpayer.ErrNoRules}
	}
	if file.Law != "" && file.Law != rules.Law().State {
		law, err := taxlaw.LawOf(file.Law)
		if err != nil || law.Year != file.Year {
			return nil, &taxlaw.Problem{Field: "/law", Err: taxlaw.ErrNoLaw}
		}
		rules = taxlaw.New(law, rules.Town())
	}
	for _, typ := range taxlaw.Types {
		var objects []taxlaw.Object
		var places []int
		for i, o := range file.Objects {
			if o.Kind.Type() == typ {
				objects, places = append(objects, o), append(places, i)
			}
		}
		if len(objects) == 0 {
			continue
		}
		levy, explained, err := rules.ExplainLevy(typ, objects, a.Taxpayer.Calendar)
		if err != nil {
			return nil, placed(err, places)
		}
		for _, e := range explained {
			e.Fill(a.inAllLanguages()...)
		}
		results = append(results, TaxResult{levy, explained})
	}
	return results, nil
}

// placed says of a problem with one of some objects where that is in the input.
func placed(err error, places []int) error {
	p, ok := errors.AsType[*taxlaw.Problem](err)
	if !ok {
		return err
	}
	rest, inside := strings.CutPrefix(p.Field, "/objects/")
	index, field, more := strings.Cut(rest, "/")
	i, err := strconv.Atoi(index)
	if !inside || err != nil || i >= len(places) {
		return p
	}
	at := form.Pointer("objects", places[i])
	if more {
		at += "/" + field
	}
	return &taxlaw.Problem{Field: at, Err: p.Err}
}

func (a *API) inAllLanguages() (all []*text.Translator) {
	for _, lang := range text.Languages {
		all = append(all, a.Texts.For(lang.String()))
	}
	return all
}

// badInput says field by field what is wrong with the input of a calculation.
func (c caller) badInput(err error) error {
	problems, ok := errors.AsType[taxlaw.Problems](err)
	if p, single := errors.AsType[*taxlaw.Problem](err); !ok && single {
		problems = taxlaw.Problems{p}
	} else if !ok {
		return err
	}
	w := &wrongAnswers{error: errForm}
	for _, p := range problems[:min(len(problems), mostObjects)] {
		w.details = append(w.details, &huma.ErrorDetail{Location: location(p.Field), Message: p.In(c.Translator)})
	}
	return w
}

// location returns a JSON pointer (RFC 6901) as the other errors of the API have it:
// "body.objects[0].zone".
func location(pointer string) string {
	at := "body"
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		if _, err := strconv.Atoi(part); err == nil {
			at += fmt.Sprintf("[%s]", part)
		} else if part != "" {
			at += "." + part
		}
	}
	return at
}

package figures

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"bega/internal/form"
	"bega/internal/text"
)

//go:embed law.schema.json
var lawSchema []byte

//go:embed town.schema.json
var townSchema []byte

// A Flaw is something wrong in a file of the law or of a town.
type Flaw struct {
	File  string
	Place string // JSON pointer
	Key   string // of a text
	Args  []any
}

// In says a flaw in words.
func (f Flaw) In(t *text.Translator) string {
	return fmt.Sprintf("%s %s: %s", f.File, f.Place, t.T(f.Key, f.Args...))
}

// A checker gathers flaws of one file.
type checker struct {
	file  string
	flaws []Flaw
}

func (c *checker) flaw(place, key string, args ...any) {
	c.flaws = append(c.flaws, Flaw{c.file, place, key, args})
}

// CheckLaws looks at all states of the law: at their schema, and for gaps.
func CheckLaws() ([]Flaw, error) {
	var all []Flaw
	for _, state := range States() {
		c := &checker{file: "law/" + state + ".json"}
		whole, err := document(state)
		if err != nil {
			return nil, err
		}
		data, err := json.Marshal(whole)
		if err != nil {
			return nil, err
		}
		if err := c.schema(lawSchema, data); err != nil {
			return nil, err
		}
		if len(c.flaws) == 0 {
			law, err := LawOf(state)
			if err != nil {
				return nil, err
			}
			c.law(law)
		}
		all = append(all, c.flaws...)
	}
	return all, nil
}

// CheckTown looks at the files YEAR.json of a folder, and at no others: at their
// schema, at what is outside the limits of the law, at gaps, and at rates below
// those of the year before.
func CheckTown(files fs.FS) ([]Flaw, error) {
	names, err := fs.Glob(files, "[0-9][0-9][0-9][0-9].json")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, ErrNoLaw
	}
	var all []Flaw
	var before *Town
	for _, name := range names { // in order of their years
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		c := &checker{file: name}
		if err := c.schema(townSchema, data); err != nil {
			return nil, err
		}
		if len(c.flaws) == 0 {
			town, err := ReadTown(data)
			if err != nil {
				return nil, err
			}
			law, err := LawOf(town.Law)
			if err != nil || law.Year != town.Year || path.Base(name) != fmt.Sprint(town.Year, ".json") {
				c.flaw("/law", "taxlaw.flaw-law", town.Law)
			} else {
				c.town(town, law)
				c.notBelow(town, before)
				before = town
			}
		}
		all = append(all, c.flaws...)
	}
	return all, nil
}

// schema checks a file against a schema.
func (c *checker) schema(schema, data []byte) error {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("bega:///schema", parsed); err != nil {
		return err
	}
	compiled, err := compiler.Compile("bega:///schema")
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		c.flaw("", "taxlaw.flaw-schema", err.Error())
		return nil
	}
	failed, ok := errors.AsType[*jsonschema.ValidationError](compiled.Validate(value))
	if ok {
		c.broken(failed)
	}
	return nil
}

// broken names the innermost causes.
func (c *checker) broken(failed *jsonschema.ValidationError) {
	for _, cause := range failed.Causes {
		c.broken(cause)
	}
	if len(failed.Causes) == 0 {
		lines := strings.Split(failed.Error(), "\n")
		place := ""
		for _, token := range failed.InstanceLocation {
			place += form.Pointer(token)
		}
		_, what, _ := strings.Cut(lines[len(lines)-1], ": ")
		c.flaw(place, "taxlaw.flaw-schema", what)
	}
}

var (
	zones      = []string{"A", "B", "C", "D"}
	ranks      = []string{"0", "I", "II", "III", "IV", "V"}
	categories = []string{"arable", "pasture", "hay", "vineyard", "orchard", "forest", "water", "roads", "unproductive"}
	classes    = []string{"motorcycle", "car", "bus", "other", "tractor"}
)

// missing tells which names a table lacks.
func missing[T any](c *checker, place string, table map[string]T, names []string) {
	for _, name := range names {
		if _, ok := table[name]; !ok {
			c.flaw(place, "taxlaw.flaw-gap", name)
		}
	}
}

// law looks for gaps in the tables of the law.
func (c *checker) law(law *Law) {
	missing(c, "/building/values/types", law.Building.Values.Types, zones)
	missing(c, "/building/coefficients", law.Building.Coefficients, zones)
	missing(c, "/land/built", law.Land.Built, zones)
	for _, zone := range zones {
		missing(c, "/building/coefficients/"+zone, law.Building.Coefficients[zone], ranks)
		missing(c, "/land/built/"+zone, law.Land.Built[zone], ranks)
	}
	missing(c, "/land/ranks", law.Land.Ranks, ranks)
	missing(c, "/land/outside", law.Land.Outside, append([]string{"buildings"}, categories...))
	c.landTable("/land/other", &law.Land.Other)
	c.ages(law.Building.Ages)
	c.engines("/vehicle/engines/rows", &law.Vehicle.Engines)
	c.heavy("/vehicle/heavy/rows", &law.Vehicle.Heavy)
	c.steps("/vehicle/trailers/rows", &law.Vehicle.Trailers)
}

func (c *checker) landTable(place string, table *LandTable) {
	missing(c, place+"/amounts", table.Amounts, categories)
	for _, category := range slices.Sorted(maps.Keys(table.Amounts)) {
		missing(c, place+"/amounts/"+category, table.Amounts[category], zones)
	}
}

// ages have to follow one another, to the end.
func (c *checker) ages(ages []Age) {
	for i, age := range ages {
		switch last := i == len(ages)-1; {
		case last != (age.To == 0):
			c.flaw(form.Pointer("building", "ages", i), "taxlaw.flaw-gap", "to")
		case !last && ages[i+1].From != age.To+1:
			c.flaw(form.Pointer("building", "ages", i+1), "taxlaw.flaw-gap", fmt.Sprint(age.To+1))
		}
	}
}

// engines of each class have to follow one another, from the smallest to the end,
// with all norms or with one amount for all.
func (c *checker) engines(place string, table *EngineTable) {
	for _, class := range classes {
		next, ended := 0, false
		for i, row := range table.Rows {
			if row.Class != class {
				continue
			}
			here := place + form.Pointer(i)
			if row.Over != next || ended {
				c.flaw(here, "taxlaw.flaw-gap", fmt.Sprint(next))
			}
			next, ended = row.UpTo, row.UpTo == 0
			if _, ok := row.Amounts["any"]; !ok {
				missing(c, here+"/amounts", row.Amounts, []string{"E0-E3", "E4", "E5", "E6", "hybrid"})
			}
		}
		if !ended {
			c.flaw(place, "taxlaw.flaw-gap", class)
		}
	}
}

// heavy masses have to grow within a number of axles.
func (c *checker) heavy(place string, table *HeavyTable) {
	for i := 1; i < len(table.Rows); i++ {
		if a, b := table.Rows[i-1], table.Rows[i]; a.Axles == b.Axles && a.From >= b.From {
			c.flaw(place+form.Pointer(i), "taxlaw.flaw-gap", b.From.String())
		}
	}
}

func (c *checker) steps(place string, table *StepTable) {
	for i, row := range table.Rows {
		last := i == len(table.Rows)-1
		if last != (row.UpTo == 0) || i > 0 && !last && row.UpTo <= table.Rows[i-1].UpTo {
			c.flaw(place+form.Pointer(i), "taxlaw.flaw-gap", row.UpTo.String())
		}
	}
}

// within tells what is outside the limits of the law. Sums in lei may be indexed
// (CF art. 491): their limits are, too.
func (c *checker) within(place string, figure *Figure, limits Range, article string, indexed Dec) {
	least, most := limits.Min, limits.Max
	if indexed > 0 {
		most = index(most, indexed, Up)
	}
	if figure == nil {
		c.flaw(place, "taxlaw.flaw-gap", place)
	} else if figure.Value < least || figure.Value > most {
		c.flaw(place, "taxlaw.flaw-range", figure.Value.String(), least.String(), most.String(), article)
	}
}

// town looks at what the council chose.
func (c *checker) town(town *Town, law *Law) {
	indexed := town.Indexed.Percent
	for _, name := range AdditionalNames[:4] {
		limits := law.Building.Rates[name]
		c.within("/rates/"+name, town.Rates[name], limits.Range, limits.Article, 0)
	}
	additional := func(place string, figures map[string]*Figure) {
		for _, name := range slices.Sorted(maps.Keys(figures)) {
			c.within(place+"/"+name, figures[name], Range{0, law.Additional.Max.Value}, law.Additional.Max.Article, 0)
		}
	}
	additional("/additional", town.Additional)
	for i := range town.Localities {
		place, at := &town.Localities[i], form.Pointer("localities", i)
		missing(c, at+"/built", place.Built, zones)
		for _, zone := range slices.Sorted(maps.Keys(place.Built)) {
			c.within(at+"/built/"+zone, place.Built[zone], law.Land.Built[zone][place.Rank], "CF art. 465 (2)", indexed)
		}
		additional(at+"/additional", place.Additional)
		if place.Adopted != nil {
			c.landTable(at+"/adopted", place.Adopted)
		}
	}
	outside := indexed
	if law.Year >= 2026 { // CF art. 491 (1)
		outside = 0
	}
	for _, category := range slices.Sorted(maps.Keys(law.Land.Outside)) {
		c.within("/outside/"+category, town.Outside[category], law.Land.Outside[category], "CF art. 465 (7)", outside)
	}
	for _, t := range slices.Sorted(maps.Keys(town.Bonus)) {
		c.within("/bonus/"+t, town.Bonus[t], Range{0, law.Payment.Bonus.Value}, law.Payment.Bonus.Article, 0)
	}
	c.within("/hybridCut", &town.HybridCut, law.Vehicle.HybridCut.Range, law.Vehicle.HybridCut.Article, 0)
	c.fees(town, law, indexed)
	c.indexed(town, law)
}

// index raises an amount by so many percent, to whole lei.
func index(amount, percent Dec, mode Mode) Dec {
	more, _ := Quotient(uint64(amount), uint64(100*One+percent), uint64(100*One), uint64(One), mode)
	return more
}

// fees looks at sums that the council chose.
func (c *checker) fees(town *Town, law *Law, indexed Dec) {
	registered := law.Vehicle.Registered
	for name, limits := range map[string]Range{"small": registered.Small, "large": registered.Large, "none": registered.None} {
		c.within("/registered/"+name, town.Registered[name], limits, registered.Article, indexed)
	}
	c.within("/signs/atBusiness", town.Signs["atBusiness"], law.Sign.AtBusiness.Range, law.Sign.AtBusiness.Article, indexed)
	c.within("/signs/elsewhere", town.Signs["elsewhere"], law.Sign.Elsewhere.Range, law.Sign.Elsewhere.Article, indexed)
	c.within("/signs/advertising", town.Signs["advertising"], law.Sign.Advertising.Range, law.Sign.Advertising.Article, 0)
	for _, name := range slices.Sorted(maps.Keys(law.Sign.Shows)) {
		c.within("/shows/"+name, town.Shows[name], law.Sign.Shows[name].Range, law.Sign.Shows[name].Article, 0)
	}
	for i, name := range CertificateRows {
		c.within("/fees/"+name, town.Fees[name], law.Fees.Certificate[i].Range, "CF art. 474 (1)", indexed)
	}
	for _, name := range slices.Sorted(maps.Keys(town.Fees)) {
		if limits, ok := law.Fees.Others[name]; ok {
			c.within("/fees/"+name, town.Fees[name], limits.Range, limits.Article, indexed)
		} else if !slices.Contains(CertificateRows, name) && name != CertificateEach {
			c.flaw("/fees/"+name, "taxlaw.flaw-unknown")
		}
	}
}

// indexed looks at the tables that take the place of the law's: at gaps, and at
// what is more than the index makes of the law's sums.
func (c *checker) indexed(town *Town, law *Law) {
	same := func(place string, got, base Dec) {
		want := index(base, town.Indexed.Percent, HalfUp)
		if slack := 2 * One; got > want+slack || got+slack < want { // it was rounded each year
			c.flaw(place, "taxlaw.flaw-index", got.String(), want.String())
		}
	}
	if table := town.Indexed.Building; table != nil {
		missing(c, "/indexed/building/types", table.Types, zones)
		for _, name := range slices.Sorted(maps.Keys(table.Types)) {
			same("/indexed/building/types/"+name+"/with", table.Types[name].With, law.Building.Values.Types[name].With)
			same("/indexed/building/types/"+name+"/without", table.Types[name].Without, law.Building.Values.Types[name].Without)
		}
	}
	if table := town.Indexed.Land; table != nil {
		c.landTable("/indexed/land", table)
		for _, category := range categories {
			for _, zone := range zones {
				same("/indexed/land/amounts/"+category+"/"+zone, table.Amounts[category][zone], law.Land.Other.Amounts[category][zone])
			}
		}
	}
	if table := town.Indexed.Engines; table != nil {
		c.engines("/indexed/engines/rows", table)
	}
	if table := town.Indexed.Heavy; table != nil {
		c.heavy("/indexed/heavy/rows", table)
	}
	if table := town.Indexed.Trailers; table != nil {
		c.steps("/indexed/trailers/rows", table)
	}
}

// notBelow: the rates of 2026 may not be below those of 2025 (CF art. 457 (1¹),
// 458 (2), 460 (10)).
func (c *checker) notBelow(town, before *Town) {
	if town.Year != 2026 || before == nil || before.Year != 2025 {
		return
	}
	for _, name := range AdditionalNames[:4] {
		if now, then := town.Rates[name], before.Rates[name]; now.Value < then.Value {
			c.flaw("/rates/"+name, "taxlaw.flaw-lower", now.Value.String(), then.Value.String())
		}
	}
}

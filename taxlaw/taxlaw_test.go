package taxlaw

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/text"
	"bega/taxlaw/figures"
)

// law returns a state of the law.
func law(t testing.TB, state string) *Law {
	t.Helper()
	l, err := LawOf(state)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// town returns the file of Timișoara for a year, changed.
func town(t testing.TB, year string, changes ...func(*Town)) *Town {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../city/timisoara/taxes", year+".json"))
	if err != nil {
		t.Fatal(err)
	}
	town, err := ReadTown(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(town)
	}
	return town
}

// norm returns a town without decisions of its own: with the law's own tables, and
// no additional rates.
func norm(rank string) func(*Town) {
	return func(town *Town) {
		town.Indexed, town.Additional, town.Draft = figures.Indexed{}, map[string]*Figure{}, nil
		town.Localities = []figures.Locality{{Key: "norm", Rank: rank, Cite: Cite{Sure: true}, Built: map[string]*Figure{}}}
	}
}

func additional(name, percent string) func(*Town) {
	return func(town *Town) { town.Additional[name] = figure(percent) }
}

func rate(name, percent string) func(*Town) {
	return func(town *Town) { town.Rates[name] = figure(percent) }
}

// built sets the council's level of land with buildings.
func built(zone, level string) func(*Town) {
	return func(town *Town) { town.Localities[0].Built[zone] = figure(level) }
}

func figure(value string) *Figure { return &Figure{Value: dec(value), Cite: Cite{Sure: true}} }

func dec(text string) Dec {
	d, err := ParseDec(text)
	if err != nil {
		panic(text)
	}
	return d
}

func day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(text)
	}
	return d
}

func lei(n int64) money.Bani { return money.Bani(n) * money.Leu }

// computed returns what is owed, and fails unless the explanation comes to the
// same and every step of it can be checked.
func computed(t testing.TB, r *Rules, o Object) (Dec, *Explanation) {
	t.Helper()
	got, err := r.Compute(&o)
	if err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	e, err := r.Explain(&o)
	if err != nil {
		t.Fatal(err)
	}
	checkExplanation(t, e, got)
	return got, e
}

// step returns the last step with a key, without "taxlaw.".
func step(t testing.TB, e *Explanation, key string) Step {
	t.Helper()
	for i := len(e.Steps) - 1; i >= 0; i-- {
		if e.Steps[i].Key == "taxlaw."+key {
			return e.Steps[i]
		}
	}
	t.Fatalf("there is no step %s in %s", key, said(e))
	return Step{}
}

func said(e *Explanation) string {
	data, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(data)
}

var noHolidays = deadline.New(nil)

func levy(t testing.TB, r *Rules, objects ...Object) Levy {
	t.Helper()
	l, err := r.Levy(objects[0].Kind.Type(), objects, noHolidays)
	if err != nil {
		t.Fatal(err)
	}
	again, explained, err := r.ExplainLevy(objects[0].Kind.Type(), objects, noHolidays)
	if err != nil || len(explained) != len(objects)+1 {
		t.Fatal(len(explained), err)
	}
	if one, two := asJSON(t, l), asJSON(t, again); one != two {
		t.Fatalf("computed %s, explained %s", one, two)
	}
	if sum := explained[len(objects)]; len(sum.Steps) > 0 {
		if checkExplanation(t, sum, sum.Amount); sum.Amount != Dec(l.Full)*one/100 {
			t.Fatalf("explained %s, and %s is owed", sum.Amount, l.Full)
		}
	}
	return l
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func texts(t testing.TB) *text.Catalog {
	t.Helper()
	catalog, err := text.Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

package taxroll

import (
	"cmp"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/money"
	"bega/taxlaw"
)

// The services of the catalogue by which objects are declared (models ITL 001 to 007).
const (
	DeclareBuilding = "declarare-cladire"
	DeclareLand     = "declarare-teren"
	DeclareVehicle  = "declarare-vehicul"
)

// A Declaration is what somebody has declared, and what the clerk has added to it.
type Declaration struct {
	Service string
	Party   act.PartyID // who has declared it
	Answers form.Answers
	Zone    string // A to D, which only the town hall knows
	Source  string // such as "case IF2026-000012"
}

// asked reads the answers of a declaration, and remembers the first that is missing.
type asked struct {
	form.Answers
	missing string
}

func (a *asked) text(key string) string {
	value, _ := a.Answers[key].(string)
	if value == "" && a.missing == "" {
		a.missing = key
	}
	return value
}

func (a *asked) optional(key string) string {
	value, _ := a.Answers[key].(string)
	return value
}

func (a *asked) number(key string) int {
	value, ok := a.Answers[key].(int64)
	if !ok && a.missing == "" {
		a.missing = key
	}
	return int(value)
}

func (a *asked) yes(key string) bool {
	value, _ := a.Answers[key].(bool)
	return value
}

// decimal reads "55,5".
func (a *asked) decimal(key string) taxlaw.Dec {
	d, err := taxlaw.ParseDec(strings.Replace(strings.TrimSpace(a.text(key)), ",", ".", 1))
	if err != nil && a.missing == "" {
		a.missing = key
	}
	return d
}

// lei reads an amount.
func (a *asked) lei(key string) taxlaw.Dec {
	return taxlaw.Dec(money.Bani(a.number(key))) * taxlaw.Whole(1) / 100
}

func (a *asked) day(key string) deadline.Date {
	d, err := deadline.Parse(a.text(key))
	if err != nil && a.missing == "" {
		a.missing = key
	}
	return d
}

// FromDeclaration returns the changes of the register that a declaration asks for. It
// fails with [ErrAnswers] and the key of what is missing.
func FromDeclaration(d Declaration) ([]Change, error) {
	a := &asked{Answers: d.Answers}
	c := Change{From: a.day("data"), Of: d.Party, Source: d.Source}
	if d.Service == DeclareVehicle {
		c.Details = &Details{Plate: a.optional("numar"), VIN: a.optional("serie")}
		c.Mark = cmp.Or(c.Details.VIN, c.Details.Plate)
	} else {
		c.Details = &Details{Cadastral: a.text("cadastral"), Address: addressOf(d.Answers)}
		c.Mark = c.Details.Cadastral
	}
	if c.Mark == "" && a.missing == "" {
		a.missing = "numar"
	}
	switch a.text("ce") {
	case "dobandire":
		c.Why, c.Parts = Acquired, []Part{{Party: d.Party, Share: a.share()}}
	case "schimbare":
		c.Why = Changed
	case "instrainare":
		c.Why, c.Parts, c.Details = Sold, []Part{{Party: d.Party, Gone: true}}, nil
	}
	if c.Why != Sold {
		c.Thing = a.thing(d)
	}
	if a.missing != "" || c.Why == "" {
		return nil, ErrAnswers.With(cmp.Or(a.missing, "ce"))
	}
	return []Change{c}, nil
}

// share reads which part somebody has; none if it is not known.
func (a *asked) share() taxlaw.Share {
	text := strings.ReplaceAll(a.optional("cota"), " ", "")
	share, err := taxlaw.ParseShare(text)
	if err != nil && a.missing == "" {
		a.missing = "cota"
	}
	if text == "" && a.optional("proprietari") == "singur" {
		return taxlaw.Share{Num: 1, Den: 1}
	}
	return share
}

// thing reads what an object is.
func (a *asked) thing(d Declaration) *taxlaw.Object {
	switch d.Service {
	case DeclareBuilding:
		return a.building(d.Zone)
	case DeclareLand:
		return &taxlaw.Object{Kind: taxlaw.Land, Zone: d.Zone, Place: a.text("loc"), Category: a.text("categorie"), Area: a.decimal("suprafata"),
			Farm: a.yes("agricol")}
	case DeclareVehicle:
		return a.vehicle()
	}
	a.missing = "service"
	return nil
}

func (a *asked) building(zone string) *taxlaw.Object {
	o := &taxlaw.Object{Kind: taxlaw.Building, Use: a.text("folosinta")}
	if _, ok := a.Answers["valoare"]; ok {
		o.Value, o.ValueFrom, o.ValueYear = a.lei("valoare"), a.text("valoare_din"), a.number("valoare_an")
	}
	if _, ok := a.Answers["material"]; !ok { // of a firm: it is taxed by its value
		return o
	}
	o.Zone, o.Type, o.Utilities, o.YearBuilt = zone, a.text("material"), a.yes("instalatii"), a.number("an")
	if a.text("masura") == "utila" {
		o.UsefulArea = a.decimal("suprafata")
	} else {
		o.BuiltArea = a.decimal("suprafata")
	}
	if o.Use == taxlaw.Mixed {
		o.BusinessArea, o.Activity = a.decimal("afaceri"), true
	}
	return o
}

func (a *asked) vehicle() *taxlaw.Object {
	o := &taxlaw.Object{}
	switch class := a.text("fel"); class {
	case "camion":
		o.Kind, o.Axles, o.Mass, o.Air = taxlaw.Truck, a.text("axe"), a.decimal("masa"), a.yes("pneumatica")
	case "combinatie":
		o.Kind, o.Axles, o.Mass, o.Air = taxlaw.Combination, strings.Replace(a.text("axe_combinatie"), "-", "+", 1), a.decimal("masa"), a.yes("pneumatica")
	case "remorca":
		o.Kind, o.Mass = taxlaw.Trailer, a.decimal("masa")
	case "barca":
		o.Kind, o.Boat = taxlaw.Boat, a.text("ambarcatiune")
		if _, ok := a.Answers["marime"]; ok {
			o.Size = a.decimal("marime")
		}
	default:
		o.Kind, o.Class = taxlaw.Vehicle, class
		if class != taxlaw.Registered {
			o.Power = a.text("motor")
		}
		if _, ok := a.Answers["cilindree"]; ok || o.Power == taxlaw.Combustion || o.Power == taxlaw.Hybrid {
			o.Engine = a.number("cilindree")
		}
		switch {
		case o.Power == taxlaw.Hybrid:
			o.CO2 = a.number("co2")
		case o.Power == taxlaw.Combustion && class != "tractor":
			o.Norm = a.text("norma")
		}
	}
	return o
}

// addressOf writes an address in one line.
func addressOf(answers form.Answers) string {
	a, _ := answers["adresa"].(map[string]string)
	var all []string
	for _, part := range []struct{ key, before string }{{"strada", ""}, {"numar", "nr. "}, {"bloc", "bl. "}, {"scara", "sc. "}, {"etaj", "et. "},
		{"apartament", "ap. "}, {"localitate", ""}} {
		if a[part.key] != "" {
			all = append(all, part.before+a[part.key])
		}
	}
	return strings.Join(all, ", ")
}

// mark returns by what an object is found again; "" for one without a number. Plots
// have one object for each use of the land.
func mark(d Details, thing *taxlaw.Object) string {
	found := clean(cmp.Or(d.VIN, d.Plate, d.Cadastral))
	if thing != nil && thing.Kind == taxlaw.Land && found != "" {
		found += " " + thing.Category
	}
	return found
}

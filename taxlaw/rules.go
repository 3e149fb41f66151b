package taxlaw

import (
	"slices"

	"bega/taxlaw/figures"
)

// Rules are the law of a year as it holds in a town. They are safe for concurrent
// use.
type Rules struct {
	law      *Law
	town     *Town
	building *figures.BuildingValues
	land     *figures.LandTable
	engines  *figures.EngineTable
	heavy    *figures.HeavyTable
	trailers *figures.StepTable
	boats    *figures.BoatTable
}

// New joins a law and a town. The caller may change neither afterwards.
func New(law *Law, town *Town) *Rules {
	return &Rules{law, town,
		either(town.Indexed.Building, &law.Building.Values),
		either(town.Indexed.Land, &law.Land.Other),
		either(town.Indexed.Engines, &law.Vehicle.Engines),
		either(town.Indexed.Heavy, &law.Vehicle.Heavy),
		either(town.Indexed.Trailers, &law.Vehicle.Trailers),
		either(town.Indexed.Boats, &law.Vehicle.Boats)}
}

func either[T any](first, second *T) *T {
	if first != nil {
		return first
	}
	return second
}

// Law returns the law of the rules.
func (r *Rules) Law() *Law { return r.law }

// Town returns the town of the rules.
func (r *Rules) Town() *Town { return r.town }

// Reliefs returns the exemptions and reductions that there are for a kind: those
// of the law, then those of the council.
func (r *Rules) Reliefs(kind Kind) (all []Relief) {
	for _, reliefs := range [][]Relief{r.law.Reliefs, r.town.Reliefs} {
		for _, relief := range reliefs {
			if isFor(&relief, kind) {
				all = append(all, relief)
			}
		}
	}
	return all
}

func isFor(relief *Relief, kind Kind) bool { return slices.Contains(relief.Kinds, string(kind)) }

// relief returns one by its code, or nil.
func (r *Rules) relief(code string, kind Kind) *Relief {
	for _, reliefs := range [2][]Relief{r.law.Reliefs, r.town.Reliefs} {
		for i := range reliefs {
			if reliefs[i].Code == code && isFor(&reliefs[i], kind) {
				return &reliefs[i]
			}
		}
	}
	return nil
}

// locality returns the part of the town that an object is in, or nil.
func (r *Rules) locality(key string) *figures.Locality {
	for i := range r.town.Localities {
		if key == "" || r.town.Localities[i].Key == key {
			return &r.town.Localities[i]
		}
	}
	return nil
}

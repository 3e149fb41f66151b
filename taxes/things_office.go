package taxes

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/taxlaw"
	"bega/taxroll"
)

// A Thing is something that can be sold, as an application calls it and as its owner
// knows it.
type Thing struct {
	Mark  string // number, or what and where it is; one of a kind among what somebody has
	Label string
}

// sold are the objects of each kind that can be sold.
var sold = map[string][]taxlaw.Kind{"property": {taxlaw.Building, taxlaw.Land},
	"vehicle": {taxlaw.Vehicle, taxlaw.Truck, taxlaw.Combination, taxlaw.Trailer, taxlaw.Boat}}

// Things returns what the actor's folder has today of a kind, "property" or "vehicle", in
// a language: to whoever may have a certificate, which says the same. To others it is
// nothing.
func (o *Office) Things(ctx context.Context, actor act.Actor, kind, lang string) (all []Thing, err error) {
	on := o.on("certificate", actor.For)
	on.Service = o.Certified
	if !actor.SignedIn() || actor.May(act.Certify, on) != nil {
		return nil, nil
	}
	role, err := o.Roll.RoleOf(ctx, o.DB, actor.For)
	if errors.Is(err, taxroll.ErrUnknown) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	holdings, err := o.Roll.Holdings(ctx, o.DB, role, o.today())
	if fault.Of(err).Kind != fault.Unexpected { // what cannot be taxed as it is described, an official looks at
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	said := writer{o.Texts.For(lang), o.Ledger.Kinds, role}
	for i, mark := range o.marks(holdings) {
		if slices.Contains(sold[kind], holdings[i].Object.Kind) {
			all = append(all, Thing{Mark: mark, Label: said.holding(holdings[i])})
		}
	}
	return all, nil
}

// marks returns what applications call each of the things that somebody has: the number
// on its papers, if nothing else has that one, or else what and where it is; and if there
// are two of those, each with its number on the register.
func (o *Office) marks(holdings []taxroll.Holding) []string {
	w := writer{Translator: o.Texts.For("ro")}
	marks, seen := make([]string, len(holdings)), map[string]int{}
	call := func(name func(h taxroll.Holding) string) {
		for i, h := range holdings {
			if marks[i] == "" || seen[marks[i]] > 1 {
				marks[i] = name(h)
			}
		}
		clear(seen)
		for _, mark := range marks {
			seen[mark]++
		}
	}
	call(numbered)
	seen[""] = 0
	call(w.described)
	call(func(h taxroll.Holding) string { return w.described(h) + ", " + h.Object.ID })
	return marks
}

// numbered returns the number that the papers of an object have, or "".
func numbered(h taxroll.Holding) string {
	if plate, err := form.CheckPlate(h.Details.Plate); err == nil {
		return plate
	}
	number, _ := form.CheckCadastral(h.Details.Cadastral) // what is none is not typed by anybody
	return number
}

// described returns what and where an object is, without the share of it.
func (w writer) described(h taxroll.Holding) string {
	h.Object.Share = taxlaw.Share{}
	name := form.Clean(w.holding(h))
	if h.Details.Address+h.Details.Cadastral+h.Details.Plate == "" {
		name += ", " + cmp.Or(h.Details.VIN, h.Object.ID)
	}
	return name
}

// find returns the place among holdings of what an application calls so; -1 for none.
func (o *Office) find(holdings []taxroll.Holding, called string) int {
	if i := slices.Index(o.marks(holdings), called); i >= 0 {
		return i
	}
	return slices.IndexFunc(holdings, func(h taxroll.Holding) bool { return h.Object.ID == called || h.Details.Has(called) })
}

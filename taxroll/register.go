package taxroll

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/taxlaw"
)

// A version is one as it is stored.
type version struct {
	object  string
	n       int
	from    deadline.Date
	kind    taxlaw.Kind
	why     Why
	body    string // JSON of a taxlaw.Object; "" if it says nothing of what it is
	details string // sealed, likewise
	mark    string // by which the object is found
	parts   []Part
	relief  act.PartyID // whose relief it sets
	proof   string      // sealed: that relief
	source  string
	digest  string // of an import: of all that a row says
	load    string // ID of the import; "" for none
	by      act.PartyID
	at      time.Time
}

// A history is all that is known of one object, by the day from which it holds.
type history []version

// histories sorts versions into one history for each object.
func histories(all []version) (byObject []history) {
	slices.SortFunc(all, func(a, b version) int {
		return cmp.Or(strings.Compare(a.object, b.object), a.from.Compare(b.from), cmp.Compare(a.n, b.n))
	})
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].object == all[from].object {
			to++
		}
		byObject = append(byObject, history(all[from:to]))
		from = to
	}
	return byObject
}

// last returns the last version up to a day inclusive that says something.
func (h history) last(day deadline.Date, says func(v *version) bool) *version {
	for i := len(h) - 1; i >= 0; i-- {
		if !h[i].from.After(day) && says(&h[i]) {
			return &h[i]
		}
	}
	return nil
}

func (h history) thing(day deadline.Date) *version {
	return h.last(day, func(v *version) bool { return v.body != "" })
}

// owners returns who has a part of it at the end of a day, in order. What is not
// known of all is the same for all (CF art. 455 (6), 463 (6)).
func (h history) owners(day deadline.Date) (all []Part) {
	known := true
	for i := range h {
		if h[i].from.After(day) {
			break
		}
		for _, p := range h[i].parts {
			all = slices.DeleteFunc(all, func(old Part) bool { return old.Party == p.Party })
			if !p.Gone {
				all = append(all, p)
			}
		}
	}
	for _, p := range all {
		known = known && p.Share != (taxlaw.Share{})
	}
	slices.SortFunc(all, func(a, b Part) int { return strings.Compare(string(a.Party), string(b.Party)) })
	for i := range all {
		if !known && len(all) == 1 {
			all[i].Share = taxlaw.Share{}
		} else if !known {
			all[i].Share = taxlaw.Share{Num: 1, Den: int32(len(all))}
		}
	}
	return all
}

// doubtful reports whether the parts are more than the whole on a day: somebody has
// declared what they bought, and nobody yet that they sold it.
func (h history) doubtful(day deadline.Date) bool {
	sum := 0.0
	for _, p := range h.owners(day) {
		if p.Share.Den == 0 {
			return false
		}
		sum += float64(p.Share.Num) / float64(p.Share.Den)
	}
	return sum > 1+1e-9
}

// An input is what one taxpayer has of one object, in a tax year.
type input struct {
	party act.PartyID
	ref   Ref
	thing *version
	proof *version // relief; nil for none
}

// lastYear is the day that counts for a year (CF art. 461 (1), 466 (1), 471 (1)).
func lastYear(year int) deadline.Date {
	return deadline.Date{Year: year - 1, Month: time.December, Day: 31}
}

// inputs returns what is taxed in a year. Fees for the use of public property, and
// those of advertising, are for that year itself, as its contracts are.
func (h history) inputs(year int) (all []input) {
	day := lastYear(year)
	switch h[0].kind {
	case taxlaw.BuildingFee, taxlaw.LandFee, taxlaw.Sign:
		day = lastYear(year + 1)
	}
	if thing := h.thing(day); thing != nil {
		for _, p := range h.owners(day) {
			all = append(all, h.input(p, thing, year, deadline.Date{}))
		}
	}
	if h[0].kind.Type() == taxlaw.VehicleTax {
		all = append(all, h.passing(year)...)
	}
	return all
}

func (h history) input(p Part, thing *version, year int, sold deadline.Date) input {
	in := input{party: p.Party, thing: thing, ref: Ref{Object: thing.object, Thing: thing.n, Share: p.Share, Sold: sold}}
	// A relief that begins in the year counts from the next month on, if the law
	// says so: the rules know (CF art. 456 (2⁸)).
	in.proof = h.last(lastYear(year+1), func(v *version) bool { return v.relief == p.Party })
	if in.proof != nil {
		in.ref.Relief = in.proof.n
	}
	return in
}

// passing returns vehicles that somebody bought and sold in the same year (CF art.
// 471 (1¹)).
func (h history) passing(year int) (all []input) {
	before, had := lastYear(year), map[act.PartyID]bool{}
	for _, p := range h.owners(before) {
		had[p.Party] = true
	}
	bought := map[act.PartyID]Part{}
	for i := range h {
		if h[i].from.Year != year {
			continue
		}
		for _, p := range h[i].parts {
			switch b, ok := bought[p.Party]; {
			case !p.Gone && !had[p.Party]:
				bought[p.Party] = p
			case p.Gone && ok:
				if thing := h.thing(h[i].from); thing != nil {
					all = append(all, h.input(b, thing, year, h[i].from))
				}
				delete(bought, p.Party)
			}
		}
	}
	return all
}

// object returns the input as it is taxed.
func (in input) object(owner string, relief *Relief) (o taxlaw.Object, err error) {
	if err := json.Unmarshal([]byte(in.thing.body), &o); err != nil {
		return o, fmt.Errorf("taxes: object %s: %w", in.ref.Object, err)
	}
	o.ID, o.Share, o.Sold = in.ref.Object, in.ref.Share, in.ref.Sold
	if asksOwner[o.Kind] {
		o.Owner = owner
	}
	if relief != nil && relief.Code != "" {
		o.Relief, o.ReliefPart, o.ReliefFiled, o.ReliefUntil, o.ReliefBefore = relief.Code, relief.Part, relief.Filed, relief.Until, relief.Before
	}
	return o, nil
}

// asksOwner are the kinds for which it matters who owns it.
var asksOwner = func() map[taxlaw.Kind]bool {
	asks := map[taxlaw.Kind]bool{}
	for _, form := range taxlaw.Forms() {
		asks[form.Kind] = slices.ContainsFunc(form.Fields, func(f taxlaw.Field) bool { return f.Key == "owner" })
	}
	return asks
}()

// plain returns an object without what the register adds.
func plain(o taxlaw.Object) taxlaw.Object {
	o.ID, o.Owner, o.Share, o.Sold = "", "", taxlaw.Share{}, deadline.Date{}
	o.Relief, o.ReliefPart, o.ReliefFiled, o.ReliefUntil, o.ReliefBefore = "", taxlaw.Share{}, deadline.Date{}, deadline.Date{}, false
	return o
}

// Parts are stored as lines such as "0193… 1/2", "0193… -" and "0193… ".

func writeParts(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(p.Party))
		b.WriteByte(' ')
		if p.Gone {
			b.WriteByte('-')
		} else {
			b.WriteString(p.Share.String())
		}
	}
	return b.String()
}

func readParts(text string) (parts []Part, err error) {
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		party, share, _ := strings.Cut(line, " ")
		p := Part{Party: act.PartyID(party), Gone: share == "-"}
		if !p.Gone {
			if p.Share, err = taxlaw.ParseShare(share); err != nil {
				return nil, err
			}
		}
		parts, text = append(parts, p), rest
	}
	return parts, nil
}

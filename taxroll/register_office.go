package taxroll

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/paycode"
	"bega/taxlaw"
)

// Line is where changes of the register queue for each other.
const Line = "taxes register"

// OpenRole returns the file of a taxpayer, and opens one in an act if there is none.
func (o *Office) OpenRole(ctx context.Context, tx *act.Tx, party act.PartyID) (Role, error) {
	role, err := roleOf(ctx, tx, party)
	if !errors.Is(err, ErrUnknown) {
		return role, err
	}
	owner, err := o.People.Owner(ctx, tx, party)
	if err != nil {
		return Role{}, err
	}
	number, err := next(ctx, tx, "role", 1)
	if err != nil {
		return Role{}, err
	}
	role = Role{Party: party, Number: number, Owner: owner, Code: paycode.New()}
	return role, insertRoles(ctx, tx, []Role{role})
}

// An Applied is what a change has led to.
type Applied struct {
	Object   string
	Doubtful bool // the parts of its owners are now more than the whole
	Parties  []act.PartyID
	Changes  []Difference // of assessments, of all of its owners
}

// Apply enters changes of the register, as a clerk has checked them, and assesses
// again what they change of years that were assessed. The day from which a change
// holds may be long past. It fails with a [taxlaw.Problem] if an object cannot be
// taxed as it is described, and with the faults of a change.
func (o *Office) Apply(ctx context.Context, actor act.Actor, key string, changes []Change) (done []Applied, err error) {
	err = o.Acts.Once(ctx, actor, act.ChangeRegister, key, Line, &done, func(ctx context.Context, tx *act.Tx) error {
		done, err = o.ApplyIn(ctx, tx, changes)
		return err
	})
	return done, err
}

// ApplyIn is [Office.Apply] as a part of an act of the verb [act.ChangeRegister], such
// as one that settles the case in which the changes were declared.
func (o *Office) ApplyIn(ctx context.Context, tx *act.Tx, changes []Change) (done []Applied, err error) {
	if err := tx.Actor.May(tx.Verb, o.on("register", "")); err != nil { // before anything is told
		return nil, hidden(err)
	}
	if len(changes) == 0 {
		return nil, ErrNothing
	}
	if err := o.Touch(ctx, tx); err != nil {
		return nil, err
	}
	if changes, err = o.resolve(ctx, tx, changes); err != nil {
		return nil, err
	}
	for _, c := range changes {
		a, err := o.apply(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		done = append(done, a)
	}
	if err := o.allow(ctx, tx, done); err != nil {
		return nil, err
	}
	if o.Follow == nil {
		return done, nil
	}
	for i := range done {
		if done[i].Changes, err = o.Follow(ctx, tx, done[i].Parties, changes[i].From.Year, changes[i].Source); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// resolve finds the objects that marks stand for. Who acquires something may acquire
// what we know already; who sells a plot sells it whatever it is used for.
func (o *Office) resolve(ctx context.Context, tx *act.Tx, changes []Change) (all []Change, err error) {
	for _, c := range changes {
		var found []string
		switch {
		case c.Object != "" || c.Mark == "":
		case c.Why == Acquired:
			if c.Details == nil {
				return nil, ErrNothing
			}
			if found, err = objectsByMark(ctx, tx, o.Vault.Index("tax-object", mark(*c.Details, c.Thing))); err != nil {
				return nil, err
			}
		default:
			if found, err = o.marked(ctx, tx, c); err != nil {
				return nil, err
			}
			if len(found) == 0 {
				return nil, ErrWhich
			}
		}
		if len(found) > 1 && c.Why != Sold {
			return nil, ErrWhich
		}
		for _, object := range found {
			c.Object = object
			all = append(all, c)
		}
		if len(found) == 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

// marked returns the objects of a party that have a mark, and are what a change says.
func (o *Office) marked(ctx context.Context, tx *act.Tx, c Change) (found []string, err error) {
	role, err := roleOf(ctx, tx, c.Of)
	if errors.Is(err, ErrUnknown) {
		return nil, ErrWhich
	} else if err != nil {
		return nil, err
	}
	holdings, err := o.Holdings(ctx, tx, role, c.From)
	for _, h := range holdings {
		has := h.Details.Has(c.Mark)
		same := c.Thing == nil || c.Thing.Kind == h.Object.Kind && c.Thing.Category == h.Object.Category
		if has && same {
			found = append(found, h.Object.ID)
		}
	}
	return found, err
}

// apply enters one change.
func (o *Office) apply(ctx context.Context, tx *act.Tx, c Change) (a Applied, err error) {
	if c.Thing == nil && c.Details == nil && c.Relief == nil && len(c.Parts) == 0 || c.Source == "" || c.Why == "" {
		return a, ErrNothing
	}
	if c.From.IsZero() || c.From.After(o.day(tx.At)) {
		return a, ErrFuture
	}
	var h history
	if c.Object != "" {
		if h, err = versionsOf(ctx, tx, c.Object); err != nil {
			return a, err
		}
		if len(h) == 0 {
			return a, ErrUnknown
		}
	} else if c.Thing == nil || len(c.Parts) == 0 {
		return a, ErrNothing
	}
	v, err := o.version(tx, c, h)
	if err != nil {
		return a, err
	}
	after := append(slices.Clone(h), v)
	after = histories(after)[0]
	if err := o.checkOwners(ctx, tx, c, h, after); err != nil {
		return a, err
	}
	if err := insertVersions(ctx, tx, []version{v}); err != nil {
		return a, err
	}
	a = Applied{Object: v.object, Doubtful: after.doubtful(c.From)}
	for _, p := range parties(after) {
		a.Parties = append(a.Parties, p)
		if !slices.Contains(parties(h), p) {
			if err := insertOwners(ctx, tx, [][2]string{{string(p), v.object}}); err != nil {
				return a, err
			}
		}
	}
	return a, nil
}

// allow allows an act that concerns several people.
func (o *Office) allow(ctx context.Context, tx *act.Tx, done []Applied) error {
	first := true
	for _, a := range done {
		for _, party := range a.Parties {
			on := o.on("object "+a.Object, party)
			if !first {
				if err := tx.Also(ctx, tx.Verb, on); err != nil {
					return hidden(err)
				}
			} else if err := tx.Allow(on); err != nil {
				return hidden(err)
			}
			first = false
		}
	}
	return nil
}

// place is where what a version says is sealed for.
func place(column, object string, n int) string {
	return fmt.Sprintf("taxroll_versions.%s:%s.%d", column, object, n)
}

// parties returns all who ever had a part.
func parties(h history) []act.PartyID {
	all := map[act.PartyID]bool{}
	for i := range h {
		for _, p := range h[i].parts {
			all[p.Party] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// version makes of a change what is stored.
func (o *Office) version(tx *act.Tx, c Change, h history) (v version, err error) {
	v = version{object: c.Object, n: 1, from: c.From, why: c.Why, parts: c.Parts, source: c.Source, by: tx.Actor.Person, at: tx.At}
	if v.object == "" {
		v.object = db.NewID()
	}
	for i := range h {
		v.n = max(v.n, h[i].n+1)
	}
	if len(h) > 0 {
		v.kind = h[0].kind
	}
	if c.Thing != nil {
		if v.kind != "" && v.kind != c.Thing.Kind || !yearly[c.Thing.Kind.Type()] {
			return v, ErrKind
		}
		v.kind = c.Thing.Kind
		body, err := json.Marshal(plain(*c.Thing))
		if err != nil {
			return v, err
		}
		v.body = string(body)
	}
	if c.Details != nil {
		v.details = o.seal(v.object, v.n, *c.Details)
		if found := mark(*c.Details, c.Thing); found != "" {
			v.mark = o.Vault.Index("tax-object", found)
		}
	}
	if c.Relief != nil {
		proof, err := json.Marshal(c.Relief)
		if err != nil {
			return v, err
		}
		v.relief, v.proof = c.Relief.Party, o.Vault.Seal(place("proof", v.object, v.n), string(proof))
	}
	return v, nil
}

// checkOwners has every owner's input be one that can be taxed, under the law of
// today, and opens the files of those who have none.
func (o *Office) checkOwners(ctx context.Context, tx *act.Tx, c Change, before, after history) error {
	had := parties(before)
	for _, p := range c.Parts {
		if p.Gone && !slices.Contains(had, p.Party) {
			return ErrNotOwner
		}
	}
	if c.Relief != nil && !slices.Contains(parties(after), c.Relief.Party) {
		return ErrNotOwner
	}
	today := o.day(tx.At)
	rules, err := o.Rules(today.Year)
	if err != nil {
		return err
	}
	for _, p := range parties(after) {
		role, err := o.OpenRole(ctx, tx, p)
		if err != nil {
			return err
		}
		thing := after.thing(c.From)
		if c.Thing == nil && c.Relief == nil || thing == nil {
			continue
		}
		in := after.input(Part{Party: p}, thing, today.Year, deadline.Date{})
		object, err := o.taxed(in, role.Owner)
		if err != nil {
			return err
		}
		if err := valid(rules, object); err != nil {
			return err
		}
	}
	return nil
}

// taxed returns what is taxed, with the relief opened.
func (o *Office) taxed(in input, owner string) (taxlaw.Object, error) {
	if in.proof == nil {
		return in.object(owner, nil)
	}
	relief, err := o.proof(in.proof)
	if err != nil {
		return taxlaw.Object{}, err
	}
	return in.object(owner, &relief)
}

func (o *Office) proof(v *version) (relief Relief, err error) {
	text, err := o.Vault.Open(place("proof", v.object, v.n), v.proof)
	if err != nil {
		return relief, err
	}
	return relief, json.Unmarshal([]byte(text), &relief)
}

// valid reports what is wrong with an object.
func valid(rules *taxlaw.Rules, object taxlaw.Object) error {
	data, err := json.Marshal(object)
	if err != nil {
		return err
	}
	if _, problems := taxlaw.DecodeObject(data); len(problems) > 0 {
		return problems
	}
	_, err = rules.Compute(&object)
	return err
}

// History returns all that was entered of an object of a party's, as it was entered, the
// latest first. To the party, it says of others only that they have parts.
func (o *Office) History(ctx context.Context, actor act.Actor, party act.PartyID, object, purpose string) (all []Version, err error) {
	if err := o.See(ctx, actor, party, purpose); err != nil {
		return nil, err
	}
	h, err := versionsOf(ctx, o.DB, object)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(parties(h), party) {
		return nil, ErrUnknown
	}
	for i := range h {
		v, err := o.open(&h[i])
		if err != nil {
			return nil, err
		}
		if actor.For == party {
			v.hideOthers(party)
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b Version) int { return cmp.Compare(b.N, a.N) })
	return all, nil
}

// hideOthers leaves out who else has to do with an object.
func (v *Version) hideOthers(party act.PartyID) {
	for i := range v.Parts {
		if v.Parts[i].Party != party {
			v.Parts[i].Party = ""
		}
	}
	if v.Relief != nil && v.Relief.Party != party {
		v.Relief = nil
	}
	if v.By != party {
		v.By = ""
	}
}

// open returns a version as it was entered.
func (o *Office) open(s *version) (v Version, err error) {
	v = Version{Change: Change{Object: s.object, From: s.from, Why: s.why, Source: s.source, Parts: slices.Clone(s.parts)}, N: s.n, By: s.by, At: s.at}
	if s.body != "" {
		v.Thing = &taxlaw.Object{}
		if err := json.Unmarshal([]byte(s.body), v.Thing); err != nil {
			return v, err
		}
	}
	if s.details != "" {
		details, err := o.details(s)
		if err != nil {
			return v, err
		}
		v.Details = &details
	}
	if s.proof != "" {
		relief, err := o.proof(s)
		if err != nil {
			return v, err
		}
		v.Relief = &relief
	}
	return v, nil
}

// seal returns the details of an object as they are stored.
func (o *Office) seal(object string, n int, d Details) string {
	data, err := json.Marshal(d)
	if err != nil {
		panic(err) // they are texts
	}
	return o.Vault.Seal(place("details", object, n), string(data))
}

func (o *Office) details(v *version) (d Details, err error) {
	if v == nil {
		return d, nil
	}
	text, err := o.Vault.Open(place("details", v.object, v.n), v.details)
	if err != nil || text == "" {
		return d, err
	}
	return d, json.Unmarshal([]byte(text), &d)
}

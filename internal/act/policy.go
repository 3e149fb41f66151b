package act

import (
	"slices"

	"bega/internal/fault"
)

// A Verb is something people do at the town hall. The policy permits it and
// the register records it under this one name.
type Verb string

// An On is what an act is done to, and whom it concerns.
type On struct {
	Subject string  // kind and ID, such as "case 0193…"; never personal data
	Owner   PartyID // whose it is; empty if nobody's
	Unit    string  // department in charge; empty if none
	Service string  // key of the service a mandate has to cover; empty if the mandate has to cover everything
	Case    string  // ID of the case it is done for; empty if none
	Purpose string  // text key that says why, where the verb alone does not
}

// A Rule says who may do a verb. What it does not mention is refused.
type Rule struct {
	Public  bool   // whoever asks, signed in or not
	Visitor bool   // the owner even before signing in
	Owner   bool   // the owner, and whoever acts for the owner with a mandate that covers the service
	Self    bool   // the owner in person: no mandate suffices
	Level   Level  // least level of an owner
	Unit    []Role // officials of the department in charge
	Any     []Role // officials of any department
	Counter bool   // the counter, for an application of whoever stands there
	Opening bool   // shows somebody personal data of another, and is told to its owner as such
}

// ErrRefused is how a thing looks to those who may not touch it: as if it did
// not exist.
var ErrRefused = fault.New(fault.Missing, "act.refused")

// ErrSignIn is returned to a visitor for what needs a known person.
var ErrSignIn = fault.New(fault.SignIn, "act.sign-in")

// ErrLevel is returned to an owner whom the town hall does not know well enough.
var ErrLevel = fault.New(fault.Conflict, "act.level")

// RuleOf returns the rule for a verb; the zero Rule refuses everybody.
func RuleOf(verb Verb) Rule { return policy[verb] }

// Verbs returns every verb of the policy, in order.
func Verbs() []Verb {
	var all []Verb
	for verb := range policy {
		all = append(all, verb)
	}
	slices.Sort(all)
	return all
}

// May returns nil if the actor may do verb to on. Otherwise it returns
// [ErrRefused], or [ErrLevel] to an owner who has to show an identity document
// first.
func (a Actor) May(verb Verb, on On) error {
	rule, ok := policy[verb]
	if !ok || a.Token && !slices.Contains(a.Verbs, verb) {
		return ErrRefused
	}
	if rule.Public || a.official(rule, on) {
		return nil
	}
	if !a.owns(rule, on) {
		return ErrRefused
	}
	if a.Level < rule.Level {
		return ErrLevel
	}
	return nil
}

func (a Actor) owns(rule Rule, on On) bool {
	if on.Owner == "" || a.For != on.Owner || a.Counter {
		return false
	}
	switch {
	case rule.Self:
		return a.Person == on.Owner
	case rule.Owner:
		return a.covers(on.Service) && (a.SignedIn() || rule.Visitor)
	}
	return false
}

func (a Actor) official(rule Rule, on On) bool { return a.officialAs(rule, on) != "" }

// serves reports whether the actor fills in an application at the counter for the owner,
// who is not themselves (Codul administrativ art. 445).
func (a Actor) serves(rule Rule, on On) bool {
	return a.Counter && rule.Counter && a.Has(Desk) && on.Owner != "" && on.Owner == a.For && on.Owner != a.Person && slices.Contains(a.Services, on.Service)
}

// MayTry reports whether there is anything at all that the actor could do verb
// to. A page of a verb nobody may try looks missing before anything is read.
func (a Actor) MayTry(verb Verb) error {
	rule, ok := policy[verb]
	switch {
	case !ok:
		return ErrRefused
	case rule.Public:
		return nil
	case a.Token && !slices.Contains(a.Verbs, verb):
		return ErrRefused
	case rule.Visitor && a.For != "", a.SignedIn() && (rule.Owner || rule.Self):
		return nil
	case slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(rule.Any, r) || slices.Contains(rule.Unit, r) }):
		return nil
	case !a.SignedIn():
		return ErrSignIn
	}
	return ErrRefused
}

// officialAs returns the role that permits the act, or "".
func (a Actor) officialAs(rule Rule, on On) Role {
	if a.serves(rule, on) {
		return Desk
	}
	for _, r := range a.Roles {
		if slices.Contains(rule.Any, r) || on.Unit != "" && a.Unit == on.Unit && slices.Contains(rule.Unit, r) {
			return r
		}
	}
	return ""
}

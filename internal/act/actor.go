package act

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// A PartyID names a natural or legal person for as long as the town exists.
// A party is not an account, and not an e-mail address.
type PartyID string

// visitor begins the ID of somebody who has begun something without signing in.
const visitor = "visitor-"

// VisitorID returns the ID of somebody who has not signed in, made of what their
// browser alone knows: of its hash, so that what is stored does not open anything.
func VisitorID(secret string) PartyID {
	sum := sha256.Sum256([]byte(secret))
	return PartyID(visitor + hex.EncodeToString(sum[:16]))
}

// Visitor reports whether it is the ID of somebody who has not signed in.
func (id PartyID) Visitor() bool { return strings.HasPrefix(string(id), visitor) }

// A Level is how sure the town hall is of who somebody is.
type Level int

const (
	Nobody   Level = iota // has not signed in
	Light                 // holds an e-mail address
	Verified              // showed an identity document at the desk
)

// A Role is what an official is employed to do.
type Role string

const (
	Clerk     Role = "clerk"     // works on the cases of a unit (inspector)
	Head      Role = "head"      // leads a unit, and hears of its late cases (șef serviciu)
	Signatory Role = "signatory" // signs decisions as the second person
	Desk      Role = "desk"      // receives people at the counter: enrols, verifies, files for them (ghișeu)
	Officer   Role = "officer"   // data protection officer (responsabil cu protecția datelor)
	Admin     Role = "admin"     // manages the accounts of officials; sees no cases
	System    Role = "system"    // the program itself, when a term lapses or a bank calls
)

// An Actor is whoever a request comes from, and on whose behalf.
// The zero Actor is a visitor who has not signed in and begun nothing.
type Actor struct {
	Person   PartyID  // who acts; empty for a visitor who has not signed in
	For      PartyID  // whose folder it is: Person, or who they act for, or the ID of a visitor's own drafts
	Mandate  string   // the right by which Person acts for For; empty if For is Person or a visitor
	Services []string // keys of the services that the mandate covers; nil means all
	Level    Level    // of Person; at the counter, of For
	Roles    []Role   // as an official
	Unit     string   // department of an official
	Counter  bool     // Person serves For at the counter: fills in an application for one of Services, and does nothing else for them
	Token    bool     // came with an access token, not with a signed-in browser
	Verbs    []Verb   // all that the token may do; nil means whatever the policy permits
}

// Machine is the actor of what the program does by itself.
var Machine = Actor{Roles: []Role{System}}

// Apart returns who acts as themselves, and whom they serve at the counter; "" for nobody.
func (a Actor) Apart() (who Actor, served PartyID) {
	if !a.Counter {
		return a, ""
	}
	served = a.For
	a.For, a.Services, a.Counter = a.Person, nil, false
	return a, served
}

// SignedIn reports whether it is known who acts.
func (a Actor) SignedIn() bool { return a.Person != "" }

// Has reports whether the actor has a role.
func (a Actor) Has(role Role) bool { return slices.Contains(a.Roles, role) }

// Staff reports whether the actor works at the town hall.
func (a Actor) Staff() bool { return len(a.Roles) > 0 }

// covers reports whether the actor may do something about a service for the
// folder they look at.
func (a Actor) covers(service string) bool {
	return a.Mandate == "" || a.Services == nil || slices.Contains(a.Services, service)
}

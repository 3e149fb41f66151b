// Package identity knows who somebody is: persons and firms, how sure the town
// hall is of them, and who may act for whom. How they sign in is the business of
// package access, and who is an official that of package staff.
//
// A party is a natural or legal person, and is neither an account nor an e-mail
// address. It may be here long before it signs in, enrolled at the desk and
// awaited by mandates. Spouses may share an e-mail address, and stay two.
//
// Whoever holds a mandate acts for its principal until either side ends it. The
// end holds from the very next request: nothing carries a right that is not
// looked up again. CNP, CUI and all contact data are sealed, and found by keyed
// indexes alone. Nobody learns from an answer whom the town hall knows.
package identity

import (
	"net/mail"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/fault"
)

// The faults that people meet here.
var (
	ErrUnknown   = fault.New(fault.Missing, "identity.unknown")
	ErrEmail     = fault.New(fault.Invalid, "identity.bad-email")
	ErrName      = fault.New(fault.Invalid, "identity.bad-name")
	ErrCNP       = fault.New(fault.Invalid, "identity.bad-cnp")
	ErrCUI       = fault.New(fault.Invalid, "identity.bad-cui")
	ErrIBAN      = fault.New(fault.Invalid, "identity.bad-iban")
	ErrPhone     = fault.New(fault.Invalid, "identity.bad-phone")
	ErrTooLong   = fault.New(fault.Invalid, "identity.too-long")
	ErrEnrolled  = fault.New(fault.Conflict, "identity.enrolled")
	ErrOtherCode = fault.New(fault.Conflict, "identity.other-code")
	ErrNotSeen   = fault.New(fault.Invalid, "identity.not-seen")
	ErrReason    = fault.New(fault.Invalid, "identity.no-reason")
	ErrSearch    = fault.New(fault.Invalid, "identity.bad-search")
	ErrMandate   = fault.New(fault.Missing, "identity.no-mandate")
	ErrAgent     = fault.New(fault.Invalid, "identity.bad-agent")
	ErrCapacity  = fault.New(fault.Invalid, "identity.bad-capacity")
	ErrServices  = fault.New(fault.Invalid, "identity.bad-services")
	ErrDay       = fault.New(fault.Invalid, "identity.bad-day")
	ErrDays      = fault.New(fault.Invalid, "identity.bad-days")
	ErrEnded     = fault.New(fault.Conflict, "identity.ended")
)

// A Kind of party.
type Kind string

const (
	Person Kind = "person" // persoană fizică
	Firm   Kind = "firm"   // persoană juridică, PFA or public body: whoever has a CUI
)

// An Address is where somebody lives or has their seat. Any of it may be empty.
type Address struct {
	Street   string `json:"street,omitempty"`
	Number   string `json:"number,omitempty"`
	Block    string `json:"block,omitempty"`
	Stair    string `json:"stair,omitempty"`
	Floor    string `json:"floor,omitempty"`
	Flat     string `json:"flat,omitempty"`
	Postal   string `json:"postal,omitempty"` // six digits
	Locality string `json:"locality,omitempty"`
}

// fields returns the parts of an address by their names in forms.
func (a *Address) fields() map[string]*string {
	return map[string]*string{"street": &a.Street, "number": &a.Number, "block": &a.Block, "stair": &a.Stair,
		"floor": &a.Floor, "flat": &a.Flat, "postal": &a.Postal, "locality": &a.Locality}
}

// Lines returns the address as it stands on a letter.
func (a Address) Lines() (lines []string) {
	var first string
	for _, part := range [][2]string{{"", a.Street}, {", nr. ", a.Number}, {", bl. ", a.Block}, {", sc. ", a.Stair}, {", et. ", a.Floor}, {", ap. ", a.Flat}} {
		if part[1] != "" {
			first += part[0] + part[1]
		}
	}
	for _, line := range []string{strings.TrimPrefix(first, ", "), strings.TrimSpace(a.Postal + " " + a.Locality)} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// A Contact is how to reach a party.
type Contact struct {
	Email   string
	Proven  bool // a code sent to the address came back
	Phone   string
	IBAN    string
	Address Address
	Lang    string // "" if none was chosen
}

// A Party is a natural or legal person.
type Party struct {
	ID            act.PartyID
	Kind          Kind
	Name          string // as it is shown: of a light account without a name, the masked e-mail address
	Given, Family string // of a natural person
	Code          string // CNP or CUI in normal form; "" if not known
	Level         act.Level
	Since         time.Time
	CheckedAt     time.Time // when an official saw the identity document; zero if none did
	Document      Document  // what was shown
	Contact
}

// A Document by which somebody proves at the desk who they are. Its number is
// not kept.
type Document string

// The documents that the desk accepts.
const (
	IdentityCard Document = "card"     // carte de identitate, simple or electronic
	Passport     Document = "passport" // passport
	Residence    Document = "permit"   // permis de ședere
	Registration Document = "register" // certificat de înregistrare, of a firm
)

// Documents are those for a kind of party, the most used first.
func Documents(kind Kind) []Document {
	if kind == Firm {
		return []Document{Registration}
	}
	return []Document{IdentityCard, Passport, Residence}
}

// Reasons are the text keys of why an official may look somebody up.
var reasons = []string{"identity.why-visit", "identity.why-phone", "identity.why-letter", "identity.why-fix"}

// NormalEmail returns an e-mail address as it is compared, or [ErrEmail]. Case
// is ignored in all of it: no provider that people use tells it apart.
func NormalEmail(typed string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(typed))
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || !strings.Contains(email[strings.LastIndex(email, "@"):], ".") {
		return "", ErrEmail
	}
	return email, nil
}

// InPerson returns the actor in their own folder, for what nobody can do for
// another: their sessions, their profile, giving up a mandate.
func InPerson(a act.Actor) act.Actor {
	a.For, a.Mandate, a.Services = a.Person, "", nil
	return a
}

func subject(id act.PartyID) string { return "party " + string(id) }

// words joins keys for a column: between spaces.
func words(keys []string) string { return strings.Join(slices.Sorted(slices.Values(keys)), " ") }

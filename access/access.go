// Package access lets people in: by password, by a code sent by e-mail, and
// programs by keys that their owners made. It knows which browsers are signed
// in, and in whose folder they are.
//
// Nobody learns here whether an account exists: the same answer comes after the
// same work. Failed tries make the next one wait, from where they come and for
// whom they are meant, but never lock the owner out. An e-mail address that a
// couple shares lets both in: the password decides who came, and after a code
// they are asked.
//
// No session carries a right: on every request [Office.Identify] looks up again
// who somebody is, what they are, and for whom they may act.
//
// Passkeys and ROeID will be further ways to prove who one is, and lead as
// passwords and codes do to [Office.Begin]. The provider for other systems of
// the town will read sessions as [Office.Identify] does.
package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/vault"
)

// The faults that people meet here.
var (
	ErrSignIn      = fault.New(fault.Invalid, "access.wrong")
	ErrWait        = fault.New(fault.TooMany, "access.wait")
	ErrCode        = fault.New(fault.Invalid, "access.wrong-code")
	ErrCodeOver    = fault.New(fault.Invalid, "access.code-over")
	ErrShort       = fault.New(fault.Invalid, "access.short")
	ErrLong        = fault.New(fault.Invalid, "access.long")
	ErrCommon      = fault.New(fault.Invalid, "access.common")
	ErrCurrent     = fault.New(fault.Invalid, "access.wrong-current")
	ErrStale       = fault.New(fault.Conflict, "access.stale")
	ErrMandateOver = fault.New(fault.Conflict, "access.mandate-over")
	ErrSession     = fault.New(fault.Missing, "access.no-session")
	ErrToken       = fault.New(fault.Missing, "access.no-token")
	ErrTokenName   = fault.New(fault.Invalid, "access.token-name")
	ErrScopes      = fault.New(fault.Invalid, "access.bad-scopes")
	ErrBusy        = fault.New(fault.Unavailable, "access.busy")
)

// An Office lets people in. Its fields are set before it is used.
type Office struct {
	DB     db.Reader
	Acts   *act.Register
	Vault  *vault.Vault
	Now    func() time.Time
	People *identity.Office
	Mail   Mail

	// Secure says that visitors come over TLS, as in web.Config.
	Secure bool

	// Demo lists persons who are offered for sign-in, in a demonstration alone.
	Demo []DemoPerson

	// OnSignIn is told, in order, of everybody who has just signed in, and under
	// which party they kept drafts on that device before. It may be told twice.
	OnSignIn []func(ctx context.Context, actor act.Actor, visitor act.PartyID) error

	hashing hashing
}

// Mail sends the letters of this room. A letter queued in a transaction leaves
// when that commits; whoever sends it asks [Office.Letter] what it says, so that
// no queue holds an address or a code.
type Mail interface {
	Queue(ctx context.Context, tx *act.Tx, letter string) error
}

// A Letter is a mail of this room: the texts Key+"-subject" and Key+"-body" with
// Args, in the language Lang.
type Letter struct {
	To, Lang, Key string
	Args          []any
}

// A DemoPerson is a visibly fictional person, offered for sign-in with one tap.
type DemoPerson struct {
	Name            string
	What            map[string]string // what they show, by language
	Email, Password string
}

func subject(id act.PartyID) string { return "party " + string(id) }

// words joins keys for a column: between spaces.
func words[T ~string](keys []T) string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = string(key)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Package staff knows who works at the town hall: which persons are officials,
// of which department, and with which roles.
//
// An official is a person like all others, known to package identity, whose
// papers the desk has seen. Roles are given by an administrator, and looked up
// again at every request: what is taken away is gone from the next page on.
// There is always an administrator left who can give them.
package staff

import (
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/fault"
)

// The faults that people meet here.
var (
	ErrUnknown = fault.New(fault.Missing, "staff.unknown")
	ErrRoles   = fault.New(fault.Invalid, "staff.bad-roles")
	ErrOwnRole = fault.New(fault.Conflict, "staff.own-role")
	ErrLast    = fault.New(fault.Conflict, "staff.last-admin")
)

// An Official is a person with roles at the town hall.
type Official struct {
	Party act.PartyID
	Name  string
	Roles []act.Role // none for somebody who could become one
	Unit  string     // key of a department; "" for none
	Since time.Time
}

// Roles are those that an administrator gives; the program's own is not among
// them.
func Roles() []act.Role {
	return []act.Role{act.Clerk, act.Head, act.Signatory, act.Desk, act.Officer, act.Admin}
}

// inUnit are the roles that mean nothing without a department.
var inUnit = []act.Role{act.Clerk, act.Head, act.Signatory}

// check returns ErrRoles unless somebody can have the roles in a unit, which is
// one of units or "".
func check(roles []act.Role, unit string, units []Unit) error {
	for _, role := range roles {
		if !slices.Contains(Roles(), role) || unit == "" && slices.Contains(inUnit, role) {
			return ErrRoles
		}
	}
	if unit != "" && !slices.ContainsFunc(units, func(u Unit) bool { return u.Key == unit }) {
		return ErrRoles
	}
	return nil
}

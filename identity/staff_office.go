package identity

import (
	"context"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/text"
)

// Roles are those that an administrator gives; the program's own is not among
// them.
func Roles() []act.Role {
	return []act.Role{act.Clerk, act.Head, act.Signatory, act.Desk, act.Officer, act.Admin}
}

// inUnit are the roles that mean nothing without a department.
var inUnit = []act.Role{act.Clerk, act.Head, act.Signatory}

// mostOfficials is how many officials a page shows; more are found by name.
const mostOfficials = 100

// namePatterns returns the patterns of the first two names in a search.
func namePatterns(search string) (first, second string) {
	patterns := []string{"%", "%"}
	for i, word := range strings.Fields(text.FoldWords(search)) {
		if i < len(patterns) {
			patterns[i] = "% " + word + "%"
		}
	}
	return patterns[0], patterns[1]
}

// Officials returns the officials whose names begin as in a search, at most a
// hundred.
func (o *Office) Officials(ctx context.Context, actor act.Actor, search string) ([]Official, error) {
	if err := actor.May(act.ManageStaff, act.On{Subject: "staff"}); err != nil {
		return nil, err
	}
	first, second := namePatterns(search)
	return officials(ctx, o.DB, first, second, mostOfficials)
}

// Candidates returns verified persons who could become officials, and whose names begin as in a search; none for no search.
func (o *Office) Candidates(ctx context.Context, actor act.Actor, search string) ([]Official, error) {
	if err := actor.May(act.ManageStaff, act.On{Subject: "staff"}); err != nil {
		return nil, err
	}
	first, second := namePatterns(search)
	if first == "%" {
		return []Official{}, nil
	}
	return candidatesForStaff(ctx, o.DB, first, second, act.Verified, mostFound)
}

// Official returns the roles of a person; none, if they have none yet. It fails
// with [ErrUnknown].
func (o *Office) Official(ctx context.Context, actor act.Actor, id act.PartyID) (Official, error) {
	if err := actor.May(act.ManageStaff, act.On{Subject: subject(id)}); err != nil {
		return Official{}, err
	}
	official, err := officialByID(ctx, o.DB, id)
	if !isUnknown(err) {
		return official, err
	}
	s, err := partyByID(ctx, o.DB, id)
	if err == nil && (s.Kind != Person || s.Level < act.Verified) {
		err = ErrUnknown
	}
	return Official{Party: id, Name: s.Name}, err
}

// SetRoles gives a verified person these roles in a department, and no others;
// with none, they are no longer an official. It is in force at their next
// request. It fails with [ErrRoles], and with [ErrOwnRole] for an administrator
// who would lose that role by their own hand, so that one is always left.
func (o *Office) SetRoles(ctx context.Context, actor act.Actor, key string, id act.PartyID, roles []act.Role, unit string) error {
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	needsUnit := false
	for _, role := range roles {
		if !slices.Contains(Roles(), role) {
			return ErrRoles
		}
		needsUnit = needsUnit || slices.Contains(inUnit, role)
	}
	if needsUnit && unit == "" || unit != "" && !slices.ContainsFunc(o.Units.Titles("ro"), func(t Titled) bool { return t.Key == unit }) {
		return ErrRoles
	}
	if id == actor.Person && !slices.Contains(roles, act.Admin) {
		return ErrOwnRole
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.ManageStaff, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id}); err != nil {
			return err
		}
		s, err := partyByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(roles) == 0 {
			return removeOfficial(ctx, tx, id)
		}
		if s.Kind != Person || s.Level < act.Verified {
			return ErrUnknown
		}
		return keepOfficial(ctx, tx, Official{Party: id, Roles: roles, Unit: unit, Since: tx.At})
	})
}

// Staff returns the officials of a department with a role.
func (o *Office) Staff(ctx context.Context, unit string, role act.Role) (who []act.PartyID, err error) {
	all, err := officialsOf(ctx, o.DB, unit)
	for _, official := range all {
		if slices.Contains(official.Roles, role) {
			who = append(who, official.Party)
		}
	}
	return who, err
}

package staff

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

// An Office knows who works at the town hall. Its fields are set before it is
// used.
type Office struct {
	DB     db.Reader
	Acts   *act.Register
	People People
	Units  Units
}

// People knows who persons are: [identity.Office].
type People interface {
	// Names returns what parties are called. It is not asked during an act.
	Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error)

	// Candidates returns at most limit natural persons whose papers the desk has
	// seen, and whose names begin like the words; none for no words.
	Candidates(ctx context.Context, r db.Reader, words string, limit int) ([]act.PartyID, error)

	// Verified reports whether somebody is a natural person whose papers the desk
	// has seen.
	Verified(ctx context.Context, r db.Reader, id act.PartyID) (bool, error)
}

// Units knows the departments that officials belong to.
type Units interface {
	Titles(lang string) []Unit
}

// A Unit is a department, and what it is called in the reader's language.
type Unit struct{ Key, Title string }

const (
	mostOfficials  = 100 // that a page shows; more are found by name
	mostCandidates = 20
)

func subject(id act.PartyID) string { return "party " + string(id) }

// Officials returns the officials whose names begin as in a search, at most a
// hundred.
func (o *Office) Officials(ctx context.Context, actor act.Actor, search string) ([]Official, error) {
	if err := actor.May(act.ManageStaff, act.On{Subject: "staff"}); err != nil {
		return nil, err
	}
	all, err := officials(ctx, o.DB)
	if err == nil {
		err = o.name(ctx, all)
	}
	if err != nil {
		return nil, err
	}
	words := strings.Fields(text.FoldWords(search))
	all = slices.DeleteFunc(all, func(official Official) bool { return !begins(official.Name, words) })
	slices.SortStableFunc(all, func(a, b Official) int { return cmp.Compare(text.FoldWords(a.Name), text.FoldWords(b.Name)) })
	return all[:min(len(all), mostOfficials)], nil
}

// begins reports whether each of some folded words begins a word of a name.
func begins(name string, words []string) bool {
	folded := text.FoldWords(name)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(folded, " "+word) })
}

// name puts their names to officials.
func (o *Office) name(ctx context.Context, all []Official) error {
	ids := make([]act.PartyID, len(all))
	for i, official := range all {
		ids[i] = official.Party
	}
	names, err := o.People.Names(ctx, ids)
	for i := range all {
		all[i].Name = names[all[i].Party]
	}
	return err
}

// Candidates returns people who could become officials, and whose names begin as
// in a search; none for no search.
func (o *Office) Candidates(ctx context.Context, actor act.Actor, search string) ([]Official, error) {
	if err := actor.May(act.ManageStaff, act.On{Subject: "staff"}); err != nil {
		return nil, err
	}
	have, err := officials(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	is := map[act.PartyID]bool{}
	for _, official := range have {
		is[official.Party] = true
	}
	found, err := o.People.Candidates(ctx, o.DB, search, mostCandidates+len(have)) // were all of them officials already
	if err != nil {
		return nil, err
	}
	candidates := []Official{}
	for _, id := range found {
		if !is[id] && len(candidates) < mostCandidates {
			candidates = append(candidates, Official{Party: id})
		}
	}
	return candidates, o.name(ctx, candidates)
}

// Official returns the roles of a person; none, if they have none yet. It fails
// with [ErrUnknown].
func (o *Office) Official(ctx context.Context, actor act.Actor, id act.PartyID) (Official, error) {
	if err := actor.May(act.ManageStaff, act.On{Subject: subject(id)}); err != nil {
		return Official{}, err
	}
	official, err := officialByID(ctx, o.DB, id)
	if errors.Is(err, db.ErrNone) {
		official, err = Official{Party: id}, o.known(ctx, o.DB, id)
	}
	if err != nil {
		return Official{}, err
	}
	one := []Official{official}
	err = o.name(ctx, one)
	return one[0], err
}

// known fails with ErrUnknown if somebody cannot be an official.
func (o *Office) known(ctx context.Context, r db.Reader, id act.PartyID) error {
	ok, err := o.People.Verified(ctx, r, id)
	if err == nil && !ok {
		err = ErrUnknown
	}
	return err
}

// SetRoles gives a verified person these roles in a department, and no others;
// with none, they are no longer an official. It is in force at their next
// request. It fails with [ErrRoles], with [ErrOwnRole] for an administrator who
// would lose that role by their own hand, and with [ErrLast] if no administrator
// would be left.
func (o *Office) SetRoles(ctx context.Context, actor act.Actor, key string, id act.PartyID, roles []act.Role, unit string) error {
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	if err := check(roles, unit, o.Units.Titles("ro")); err != nil {
		return err
	}
	isAdmin := slices.Contains(roles, act.Admin)
	if id == actor.Person && !isAdmin {
		return ErrOwnRole
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.ManageStaff, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id}); err != nil {
			return err
		}
		if !isAdmin {
			if err := spare(ctx, tx, id); err != nil {
				return err
			}
		}
		if len(roles) == 0 {
			return remove(ctx, tx, id)
		}
		if err := o.known(ctx, tx, id); err != nil {
			return err
		}
		return keep(ctx, tx, Official{Party: id, Roles: roles, Unit: unit, Since: tx.At})
	})
}

// spare returns ErrLast if somebody is the only administrator. Two who take the
// role from each other at once are told apart by the transaction.
func spare(ctx context.Context, tx *act.Tx, id act.PartyID) error {
	all, err := officials(ctx, tx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(official Official) bool { return !slices.Contains(official.Roles, act.Admin) })
	if len(all) == 1 && all[0].Party == id {
		return ErrLast
	}
	return nil
}

// Holders returns the officials of a department who have a role.
func (o *Office) Holders(ctx context.Context, unit string, role act.Role) (who []act.PartyID, err error) {
	all, err := officialsOf(ctx, o.DB, unit)
	for _, official := range all {
		if slices.Contains(official.Roles, role) {
			who = append(who, official.Party)
		}
	}
	return who, err
}

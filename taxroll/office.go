package taxroll

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/paycode"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/taxlaw"
)

// An Office keeps the register. Its fields are set before it is used.
type Office struct {
	DB     db.Reader
	Acts   *act.Register
	Now    func() time.Time
	Zone   *time.Location
	Vault  *vault.Vault
	Texts  *text.Catalog // for the file of rejected rows
	People People

	// Rules returns the law of a year as it holds in the town now, or
	// [taxlaw.ErrNoLaw].
	Rules func(year int) (*taxlaw.Rules, error)

	// Follow assesses parties again, in the act that has changed something from a year
	// on; nil if nobody assesses. Totals returns what was assessed last of a year or the
	// one before, in lei by taxlaw.Type; nil if nobody knows.
	Follow func(ctx context.Context, tx *act.Tx, parties []act.PartyID, from int, source string) ([]Difference, error)
	Totals func(ctx context.Context, r db.Reader, year int) (map[string]taxlaw.Dec, error)

	Unit    string // department of local taxes
	Service string // key of the service that a mandate for tax files covers; "" for everything
	Chunk   int    // how many rows are loaded in one transaction; 0 for the usual
}

// People is what has to be known of parties.
type People interface {
	// Owner says what a party is: [taxlaw.Natural] or [taxlaw.Legal].
	Owner(ctx context.Context, r db.Reader, party act.PartyID) (string, error)

	// Find returns the parties with these codes, in order, and enters those that are not
	// there yet.
	Find(ctx context.Context, tx *act.Tx, all []Taxpayer) ([]act.PartyID, error)
}

// A Taxpayer is a party in a file of another program.
type Taxpayer struct {
	Owner string // [taxlaw.Natural] or [taxlaw.Legal]
	Code  string // CNP or CUI, in normal form
	Name  string
}

func (o *Office) day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

// on is what an act about somebody's file is done to.
func (o *Office) on(subject string, party act.PartyID) act.On {
	return act.On{Subject: subject, Owner: party, Unit: o.Unit, Service: o.Service}
}

// See returns nil if the actor may read about somebody's taxes. That an official does is
// an act, with a purpose: the key of a text. It fails with [ErrUnknown].
func (o *Office) See(ctx context.Context, actor act.Actor, party act.PartyID, purpose string) error {
	on := o.on("taxes "+string(party), party)
	if err := actor.May(act.ReadTaxes, on); err == nil || !actor.Staff() {
		return hidden(err)
	}
	on.Purpose = purpose
	return hidden(o.Acts.Do(ctx, actor, act.OpenTaxes, func(_ context.Context, tx *act.Tx) error { return tx.Allow(on) }))
}

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if err != nil && fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// unknown translates a row that is not there.
func unknown(err error) error {
	if errors.Is(err, db.ErrNone) {
		return ErrUnknown
	}
	return err
}

// What follows is for the rooms that have checked that whoever asks may know.

// RoleOf returns the file of a party, or [ErrUnknown].
func (o *Office) RoleOf(ctx context.Context, r db.Reader, party act.PartyID) (Role, error) {
	return roleOf(ctx, r, party)
}

// RoleByNumber returns the file with a number, or [ErrUnknown].
func (o *Office) RoleByNumber(ctx context.Context, r db.Reader, number int) (Role, error) {
	return roleByNumber(ctx, r, number)
}

// RoleByCode returns whose a payment code is, however it was typed, or [ErrCode].
func (o *Office) RoleByCode(ctx context.Context, r db.Reader, code string) (Role, error) {
	normal, ok := paycode.Parse(code)
	if !ok {
		return Role{}, ErrCode
	}
	role, err := roleByCode(ctx, r, normal)
	if errors.Is(err, ErrUnknown) {
		return Role{}, ErrCode
	}
	return role, err
}

// Edition returns a number that is another one whenever something was touched.
func (o *Office) Edition(ctx context.Context, r db.Reader) (int, error) {
	return counter(ctx, r, "register")
}

// Touch says in an act that what counts, or was assessed of it, has changed.
func (o *Office) Touch(ctx context.Context, tx *act.Tx) error {
	_, err := next(ctx, tx, "register", 1)
	return err
}

// Dossiers returns what the next taxpayers have that is taxed in a year, by ID: those
// after one, at most limit of them.
func (o *Office) Dossiers(ctx context.Context, r db.Reader, after act.PartyID, limit, year int) ([]Dossier, error) {
	roles, err := rolesAfter(ctx, r, after, limit)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	return o.dossiers(ctx, r, roles, year)
}

// Dossier returns what a taxpayer has that is taxed in a year, or [ErrUnknown].
func (o *Office) Dossier(ctx context.Context, r db.Reader, party act.PartyID, year int) (Dossier, error) {
	role, err := roleOf(ctx, r, party)
	if err != nil {
		return Dossier{}, err
	}
	all, err := o.dossiers(ctx, r, []Role{role}, year)
	if err != nil {
		return Dossier{}, err
	}
	return all[0], nil
}

// dossiers reads what taxpayers have, who are next to each other by ID.
func (o *Office) dossiers(ctx context.Context, r db.Reader, roles []Role, year int) ([]Dossier, error) {
	versions, err := versionsBetween(ctx, r, roles[0].Party, roles[len(roles)-1].Party, lastYear(year+1))
	if err != nil {
		return nil, err
	}
	at := map[act.PartyID]int{}
	all := make([]Dossier, len(roles))
	for i, role := range roles {
		at[role.Party], all[i].Role = i, role
	}
	for _, h := range histories(versions) { // by object, and so are the inputs of each
		for _, in := range h.inputs(year) {
			i, ok := at[in.party]
			if !ok {
				continue
			}
			taxed, err := o.taxed(in, all[i].Role.Owner)
			if err != nil {
				return nil, err
			}
			all[i].Inputs = append(all[i].Inputs, Input{in.ref, taxed})
		}
	}
	return all, nil
}

// Restore returns what refs were put together from, as it was taxed then.
func (o *Office) Restore(ctx context.Context, r db.Reader, role Role, refs []Ref) (all []Holding, err error) {
	for _, ref := range refs {
		h, err := allVersionsOf(ctx, r, ref.Object) // also what an import said that was reverted since
		if err != nil {
			return nil, err
		}
		in := input{party: role.Party, ref: ref, thing: h.at(ref.Thing), proof: h.at(ref.Relief)}
		if in.thing == nil {
			return nil, ErrUnknown
		}
		holding, err := o.holding(h, in, role.Owner, in.thing.from, deadline.Date{Year: 9999})
		if err != nil {
			return nil, err
		}
		all = append(all, holding)
	}
	return all, nil
}

// at returns the version with a number; nil for 0.
func (h history) at(n int) *version {
	return h.last(deadline.Date{Year: 9999}, func(v *version) bool { return v.n == n })
}

// Holdings returns what somebody has at the end of a day.
func (o *Office) Holdings(ctx context.Context, r db.Reader, role Role, day deadline.Date) (all []Holding, err error) {
	versions, err := versionsBetween(ctx, r, role.Party, role.Party, day)
	if err != nil {
		return nil, err
	}
	for _, h := range histories(versions) {
		owners := h.owners(day)
		i := slices.IndexFunc(owners, func(p Part) bool { return p.Party == role.Party })
		thing := h.thing(day)
		if i < 0 || thing == nil {
			continue
		}
		holding, err := o.holding(h, h.input(owners[i], thing, day.Year, deadline.Date{}), role.Owner, day, day)
		if err != nil {
			return nil, err
		}
		all = append(all, holding)
	}
	return all, nil
}

// holding returns an input as people know it: with who has it on a day, and where it is
// by what was known of that until another.
func (o *Office) holding(h history, in input, owner string, day, until deadline.Date) (Holding, error) {
	taxed, err := o.taxed(in, owner)
	if err != nil {
		return Holding{}, err
	}
	details, err := o.details(h.last(until, func(v *version) bool { return v.details != "" }))
	return Holding{Object: taxed, Details: details, Owners: len(h.owners(day))}, err
}

// Owns reports whether a party owns a building, land or a vehicle in the town at an
// instant, which decides what a payment settles first (CPF art. 165 par. 2).
func (o *Office) Owns(ctx context.Context, r db.Reader, party act.PartyID, at time.Time) (bool, error) {
	versions, err := versionsBetween(ctx, r, party, party, o.day(at))
	if err != nil {
		return false, err
	}
	for _, h := range histories(versions) {
		owned := slices.ContainsFunc(h.owners(o.day(at)), func(p Part) bool { return p.Party == party })
		if owned && slices.Contains([]taxlaw.Type{taxlaw.BuildingTax, taxlaw.LandTax, taxlaw.VehicleTax}, h[0].kind.Type()) {
			return true, nil
		}
	}
	return false, nil
}

// Mine returns what the actor's folder has today, and Role its file, under the rules of
// [Office.See].
func (o *Office) Mine(ctx context.Context, actor act.Actor, party act.PartyID, purpose string) (role Role, all []Holding, err error) {
	if err := o.See(ctx, actor, party, purpose); err != nil {
		return role, nil, err
	}
	if role, err = roleOf(ctx, o.DB, party); err != nil {
		return role, nil, err
	}
	all, err = o.Holdings(ctx, o.DB, role, o.day(o.Now()))
	return role, all, err
}

// Has reports whether a plate, a number of a chassis or a cadastral number is that of an
// object, however it is written.
func (d Details) Has(number string) bool {
	number = clean(number)
	return number != "" && slices.Contains([]string{clean(d.Plate), clean(d.VIN), clean(d.Cadastral)}, number)
}

// clean writes a number as it is compared: without spaces, in capitals.
func clean(number string) string { return strings.ToUpper(strings.Join(strings.Fields(number), "")) }

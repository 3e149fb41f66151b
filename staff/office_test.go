package staff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/vault"
)

var (
	desk  = act.Actor{Person: "desk-1", For: "desk-1", Level: act.Verified, Roles: []act.Role{act.Desk}}
	admin = act.Actor{Person: "admin-1", For: "admin-1", Level: act.Verified, Roles: []act.Role{act.Admin}}
)

// A town is an office whose people are those of the room identity.
type town struct {
	*Office
	t      *testing.T
	d      *db.DB
	people *identity.Office
	codes  int
}

func eachTown(t *testing.T, test func(t *testing.T, town *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	box, err := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	if err := errors.Join(err, d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "identity", identity.Files), d.Migrate(t.Context(), "staff", Files)); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }
	asTyped := func(code string) (string, error) { return code, nil }
	o := &town{t: t, d: d}
	acts := &act.Register{DB: d, Now: now}
	o.people = &identity.Office{DB: d, Acts: acts, Vault: box, Now: now, Zone: time.UTC, CheckCNP: asTyped, CheckCUI: asTyped, CheckIBAN: asTyped}
	o.Office = &Office{DB: d, Acts: acts, People: o.people, Units: units{"urbanism", "taxe"}}
	return o
}

type units []string

func (all units) Titles(string) (list []Unit) {
	for _, key := range all {
		list = append(list, Unit{key, "Serviciul " + key})
	}
	return list
}

func (o *town) enrol(kind identity.Kind, given, family string) act.PartyID {
	o.t.Helper()
	o.codes++
	check := identity.Check{Document: identity.Documents(kind)[0], Seen: true, Code: fmt.Sprintf("38506153%05d", o.codes), Given: given, Family: family}
	id, err := o.people.Enrol(o.t.Context(), desk, db.NewID(), kind, check, identity.Contact{})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// light enters somebody whom nobody has seen yet.
func (o *town) light(name string) act.PartyID {
	o.t.Helper()
	id := act.PartyID(db.NewID())
	err := o.Acts.Do(o.t.Context(), act.Actor{Person: id, For: id}, act.OpenAccount, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id}); err != nil {
			return err
		}
		return o.people.OpenLight(ctx, tx, id, "ion@exemplu.ro", "ro")
	})
	if err == nil {
		err = o.people.KeepProfile(o.t.Context(), act.Actor{Person: id, For: id, Level: act.Light}, db.NewID(), name, identity.Contact{})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *town) gives(actor act.Actor, id act.PartyID, unit string, roles ...act.Role) error {
	return o.SetRoles(o.t.Context(), actor, db.NewID(), id, roles, unit)
}

func (o *town) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// called returns what officials are called, in their order.
func called(all []Official) (names []string) {
	for _, official := range all {
		names = append(names, official.Name)
	}
	return names
}

func TestSetRoles(t *testing.T) { eachTown(t, testSetRoles) }

func testSetRoles(t *testing.T, o *town) {
	ana, firm, ion := o.enrol(identity.Person, "Ana", "Ionescu-Demo"), o.enrol(identity.Firm, "", "Bega Demo SRL"), o.light("Ion Demo")
	for _, test := range []struct {
		name  string
		actor act.Actor
		id    act.PartyID
		roles []act.Role
		unit  string
		want  error
	}{
		{"a clerk", admin, ana, []act.Role{act.Clerk, act.Desk, act.Clerk}, "urbanism", nil},
		{"a clerk of no department", admin, ana, []act.Role{act.Clerk}, "", ErrRoles},
		{"of a department that is not", admin, ana, []act.Role{act.Desk}, "dragoni", ErrRoles},
		{"the program's own role", admin, ana, []act.Role{act.System}, "", ErrRoles},
		{"somebody whom nobody has seen", admin, ion, []act.Role{act.Desk}, "", ErrUnknown},
		{"a firm", admin, firm, []act.Role{act.Desk}, "", ErrUnknown},
		{"nobody", admin, "nobody", []act.Role{act.Desk}, "", ErrUnknown},
		{"by the desk", desk, ana, []act.Role{act.Admin}, "", act.ErrRefused},
		{"by a resident", act.Actor{Person: ana, For: ana, Level: act.Verified}, ana, []act.Role{act.Admin}, "", act.ErrRefused},
		{"the administrator's own role", admin, "admin-1", nil, "", ErrOwnRole},
	} {
		if err := o.gives(test.actor, test.id, test.unit, test.roles...); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	got, err := o.Official(t.Context(), admin, ana)
	if err != nil || got.Name != "Ana Ionescu-Demo" || !slices.Equal(got.Roles, []act.Role{act.Clerk, act.Desk}) || got.Unit != "urbanism" || got.Since.IsZero() {
		t.Errorf("she is %+v, %v", got, err)
	}
	if who, err := o.Holders(t.Context(), "urbanism", act.Clerk); err != nil || !slices.Equal(who, []act.PartyID{ana}) {
		t.Errorf("the clerks are %v, %v", who, err)
	}
	for unit, role := range map[string]act.Role{"urbanism": act.Head, "taxe": act.Clerk, "": act.Desk} {
		if who, err := o.Holders(t.Context(), unit, role); err != nil || len(who) != 0 {
			t.Errorf("a %s of %q: %v, %v", role, unit, who, err)
		}
	}
	for id, want := range map[act.PartyID]error{firm: ErrUnknown, ion: ErrUnknown, "nobody": ErrUnknown} {
		if _, err := o.Official(t.Context(), admin, id); !errors.Is(err, want) {
			t.Errorf("the roles of %s: %v, want %v", id, err, want)
		}
	}
	if _, err := o.Official(t.Context(), desk, ana); !errors.Is(err, act.ErrRefused) {
		t.Errorf("the desk reads her roles: %v", err)
	}
}

// TestSetRolesOnce: a form sent twice does nothing to what came between.
func TestSetRolesOnce(t *testing.T) { eachTown(t, testSetRolesOnce) }

func testSetRolesOnce(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, "Ana", "Ionescu-Demo")
	o.must(o.SetRoles(t.Context(), admin, "k1", ana, []act.Role{act.Desk}, ""))
	o.must(o.SetRoles(t.Context(), admin, "k2", ana, nil, ""))
	o.must(o.SetRoles(t.Context(), admin, "k1", ana, []act.Role{act.Desk}, ""))
	if got, err := o.Official(t.Context(), admin, ana); err != nil || got.Roles != nil {
		t.Errorf("she has her roles back: %+v, %v", got, err)
	}
}

// TestOneAdministratorIsLeft lets two of them take the role from each other.
func TestOneAdministratorIsLeft(t *testing.T) { eachTown(t, testOneAdministrator) }

func testOneAdministrator(t *testing.T, o *town) {
	ana, ion := o.enrol(identity.Person, "Ana", "Ionescu-Demo"), o.enrol(identity.Person, "Ion", "Pop-Demo")
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin}}
	o.must(o.gives(founder, ana, "", act.Admin))
	if err := o.gives(founder, ana, "", act.Desk); !errors.Is(err, ErrLast) {
		t.Errorf("the only administrator lost the role: %v", err)
	}
	for range 5 {
		o.must(o.gives(founder, ana, "", act.Admin))
		o.must(o.gives(founder, ion, "", act.Admin))
		var both sync.WaitGroup
		outcomes := make(chan error, 2)
		for by, from := range map[act.PartyID]act.PartyID{ana: ion, ion: ana} {
			both.Go(func() { outcomes <- o.gives(act.Actor{Person: by, For: by, Roles: []act.Role{act.Admin}}, from, "") })
		}
		both.Wait()
		if err1, err2 := <-outcomes, <-outcomes; (err1 == nil) == (err2 == nil) || err1 != nil && !errors.Is(err1, ErrLast) || err2 != nil && !errors.Is(err2, ErrLast) {
			t.Errorf("they took it from each other: %v, %v", err1, err2)
		}
	}
}

func TestOfficials(t *testing.T) { eachTown(t, testOfficials) }

func testOfficials(t *testing.T, o *town) {
	for _, name := range [][2]string{{"Ștefan", "Pop-Demo"}, {"Sorin", "Popa-Demo"}, {"Țeavă", "Demo"}, {"Ana", "Pop-Demo"}} {
		o.must(o.gives(admin, o.enrol(identity.Person, name[0], name[1]), "", act.Desk))
	}
	for search, want := range map[string][]string{
		"":         {"Ana Pop-Demo", "Sorin Popa-Demo", "Ștefan Pop-Demo", "Țeavă Demo"},
		"pop":      {"Ana Pop-Demo", "Sorin Popa-Demo", "Ștefan Pop-Demo"},
		"POPĂ sor": {"Sorin Popa-Demo"},
		"op":       nil,
		"%":        {"Ana Pop-Demo", "Sorin Popa-Demo", "Ștefan Pop-Demo", "Țeavă Demo"}, // no word at all
	} {
		got, err := o.Officials(t.Context(), admin, search)
		if err != nil || !slices.Equal(called(got), want) {
			t.Errorf("%q finds %q, %v, want %q", search, called(got), err, want)
		}
	}
	if _, err := o.Officials(t.Context(), desk, ""); !errors.Is(err, act.ErrRefused) {
		t.Errorf("the desk reads the list of officials: %v", err)
	}
}

// TestNamesakes: however many officials have a name, people without a role who
// have it too are offered, and a page has its limits.
func TestNamesakes(t *testing.T) { eachTown(t, testNamesakes) }

func testNamesakes(t *testing.T, o *town) {
	var some act.PartyID
	for i := range mostOfficials + 5 {
		some = o.enrol(identity.Person, "Ana", fmt.Sprintf("Pop%03d-Demo", i))
		o.must(o.gives(admin, some, "", act.Desk))
	}
	for i := range mostCandidates + 5 {
		o.enrol(identity.Person, "Ana", fmt.Sprintf("Popa%03d-Demo", i))
	}
	o.enrol(identity.Firm, "", "Pop Demo SRL")
	o.light("Pop Demo")
	all, err := o.Officials(t.Context(), admin, "pop")
	if err != nil || len(all) != mostOfficials || all[0].Name != "Ana Pop000-Demo" {
		t.Errorf("%d officials, %v", len(all), err)
	}
	found, err := o.Candidates(t.Context(), admin, "pop")
	if err != nil || len(found) != mostCandidates || found[0].Name != "Ana Popa000-Demo" || found[0].Roles != nil {
		t.Errorf("%d candidates, %v", len(found), err)
	}
	if found, err := o.Candidates(t.Context(), admin, " "); err != nil || len(found) != 0 {
		t.Errorf("nobody was looked for, and %d are offered, %v", len(found), err)
	}
	if _, err := o.Candidates(t.Context(), desk, "pop"); !errors.Is(err, act.ErrRefused) {
		t.Errorf("the desk looks for candidates: %v", err)
	}
	o.must(o.gives(admin, some, ""))
	if found, err := o.Candidates(t.Context(), admin, "pop104"); err != nil || len(found) != 1 || found[0].Party != some {
		t.Errorf("she left the town hall, and is not offered again: %+v, %v", found, err)
	}
}

// TestOfficialsOfOldStay: the room identity had their table once.
func TestOfficialsOfOldStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := errors.Join(d.Migrate(t.Context(), "identity", identity.Files), d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			_, err1 := tx.Exec(ctx, `INSERT INTO identity_parties (id, kind, name, given, family, code, code_index, level, email, email_index, email_proven,
				phone, iban, address, lang, since, checked_by, checked_at, checked_on)
				VALUES ('ana', 'person', 'Ana Demo', 'Ana', 'Demo', '', '', 2, '', '', $1, '', '', '', '', 0, '', 0, '')`, false)
			_, err2 := tx.Exec(ctx, `INSERT INTO identity_staff (party, roles, unit, since) VALUES ('ana', 'clerk head', 'taxe', $1)`, db.Time(time.Unix(5, 0)))
			return errors.Join(err1, err2)
		}))
		if err != nil {
			t.Fatal(err)
		}
		o := newTown(t, d)
		got, err := o.Official(t.Context(), admin, "ana")
		if err != nil || got.Name != "Ana Demo" || !slices.Equal(got.Roles, []act.Role{act.Clerk, act.Head}) || got.Unit != "taxe" || !got.Since.Equal(time.Unix(5, 0)) {
			t.Errorf("she is %+v, %v", got, err)
		}
		if d.Check(t.Context(), `SELECT party FROM identity_staff`) == nil {
			t.Error("the old table is still there")
		}
	})
}

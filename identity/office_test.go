package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/vault"
)

// The synthetic personal numbers of nobody: they say 19th century.
const (
	cnpAna  = "4850615350027"
	cnpIon  = "3850615350017"
	cnpMara = "3910101807779"
	cuiFirm = "14756536"
)

var desk = act.Actor{Person: "desk-1", For: "desk-1", Level: act.Verified, Roles: []act.Role{act.Desk}}

// A town is an office with a clock that tests set.
type town struct {
	*Office
	t    *testing.T
	d    *db.DB
	time time.Time
	left []act.PartyID // whose sessions were ended
	mu   sync.Mutex
	sent []string // key, recipient and first argument of each notice
}

func eachTown(t *testing.T, test func(t *testing.T, town *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	if err := errors.Join(d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "identity", Files)); err != nil {
		t.Fatal(err)
	}
	box, err := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	town := &town{t: t, d: d, time: time.Date(2026, 11, 24, 10, 0, 0, 0, zone)}
	now := func() time.Time { return town.time }
	town.Office = &Office{DB: d, Acts: &act.Register{DB: d, Now: now}, Vault: box, Now: now, Zone: zone,
		CheckCNP: checkSum("279146358279", 13, false), CheckCUI: checkSum("753217532", 0, true), CheckIBAN: func(s string) (string, error) { return strings.ToUpper(s), nil },
		Notices: town, Services: titles{"parcare", "certificat-fiscal"},
		Leave: func(_ context.Context, _ *act.Tx, person act.PartyID) error {
			town.left = append(town.left, person)
			return nil
		}}
	return town
}

// Send implements Notices.
func (o *town) Send(_ context.Context, _ *act.Tx, to act.PartyID, key string, args []any, _, _, _ string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, key+" "+string(to)+" "+args[0].(string))
	return nil
}

type titles []string

func (all titles) Titles(string) (list []Titled) {
	for _, key := range all {
		list = append(list, Titled{key, "Serviciul " + key})
	}
	return list
}

// checkSum checks the last digit of a code. The portal has the full rules.
func checkSum(weights string, length int, right bool) func(string) (string, error) {
	return func(code string) (string, error) {
		code = strings.TrimPrefix(strings.ReplaceAll(code, " ", ""), "RO")
		if len(code) < 2 || length != 0 && len(code) != length || len(code)-1 > len(weights) || strings.Trim(code, "0123456789") != "" {
			return "", errors.New("no such code")
		}
		w, sum := weights, 0
		if right {
			w = weights[len(weights)-(len(code)-1):]
		}
		for i := range len(code) - 1 {
			sum += int(code[i]-'0') * int(w[i]-'0')
		}
		want := sum % 11
		if right {
			want = sum * 10 % 11
		}
		if want == 10 {
			if want = 1; right {
				want = 0
			}
		}
		if int(code[len(code)-1]-'0') != want {
			return "", errors.New("no such code")
		}
		return code, nil
	}
}

func (o *town) enrol(kind Kind, code, given, family, email string) act.PartyID {
	o.t.Helper()
	id, err := o.Enrol(o.t.Context(), desk, db.NewID(), kind, Check{Documents(kind)[0], true, code, given, family}, Contact{Email: email})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// light opens an account as package access does.
func (o *town) light(email string) act.PartyID {
	o.t.Helper()
	id := act.PartyID(db.NewID())
	err := o.Acts.Do(o.t.Context(), act.Actor{Person: id, For: id}, act.OpenAccount, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(id), Owner: id}); err != nil {
			return err
		}
		return o.OpenLight(ctx, tx, id, email, "ro")
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func verified(id act.PartyID) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified}
}

func (o *town) acting(m Mandate) act.Actor {
	return act.Actor{Person: m.Agent, For: m.Principal, Mandate: m.ID, Services: m.Services, Level: act.Verified}
}

func (o *town) mandate(id string) Mandate {
	o.t.Helper()
	m, err := mandateByID(o.t.Context(), o.d, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return m
}

func TestEnrol(t *testing.T) { eachTown(t, testEnrol) }

func testEnrol(t *testing.T, o *town) {
	ana := o.enrol(Person, cnpAna, "Ștefania", "Ionescu-Demo", "Casa@Exemplu.ro")
	p, err := o.party(t.Context(), o.d, ana)
	if err != nil || p.Name != "Ștefania Ionescu-Demo" || p.Code != cnpAna || p.Email != "casa@exemplu.ro" || p.Level != act.Verified || p.Proven || p.Document != IdentityCard {
		t.Errorf("enrolled %+v, %v", p, err)
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		kind  Kind
		check Check
		want  error
	}{
		{"the same CNP again", desk, Person, Check{Passport, true, cnpAna, "Altă", "Persoană-Demo"}, ErrEnrolled},
		{"a wrong check digit", desk, Person, Check{Passport, true, "3850615350018", "A", "B"}, ErrCNP},
		{"a CNP as a firm's code", desk, Firm, Check{Registration, true, cnpIon, "", "Bega Demo SRL"}, ErrCUI},
		{"unseen", desk, Person, Check{IdentityCard, false, cnpIon, "Ion", "Pop-Demo"}, ErrNotSeen},
		{"a firm's paper for a person", desk, Person, Check{Registration, true, cnpIon, "Ion", "Pop-Demo"}, ErrNotSeen},
		{"without a first name", desk, Person, Check{IdentityCard, true, cnpIon, "", "Pop-Demo"}, ErrName},
		{"by a resident", verified(ana), Person, Check{IdentityCard, true, cnpIon, "Ion", "Pop-Demo"}, act.ErrRefused},
		{"by a clerk who is not at the desk", act.Actor{Person: "c", For: "c", Roles: []act.Role{act.Clerk}, Unit: "taxe"}, Person, Check{IdentityCard, true, cnpIon, "Ion", "Pop-Demo"}, act.ErrRefused},
	} {
		if _, err := o.Enrol(t.Context(), test.actor, db.NewID(), test.kind, test.check, Contact{}); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	firm := o.enrol(Firm, "RO 14756536", "", "Bega Demo SRL", "casa@exemplu.ro")
	if who, err := o.ByEmail(t.Context(), o.d, "casa@exemplu.ro"); err != nil || !slices.Equal(who, []act.PartyID{ana}) {
		t.Errorf("with the address sign in %v, %v; want the person and not the firm", who, err)
	}
	names, err := o.Names(t.Context(), []act.PartyID{ana, firm, "nobody", "", ana})
	if err != nil || len(names) != 2 || names[firm] != "Bega Demo SRL" {
		t.Errorf("Names = %v, %v", names, err)
	}
	if _, err := o.Name(t.Context(), "nobody"); !errors.Is(err, ErrUnknown) {
		t.Errorf("the name of nobody: %v", err)
	}
}

func TestOneCNPIsOnePerson(t *testing.T) { eachTown(t, testOneCNP) }

func testOneCNP(t *testing.T, o *town) {
	var group sync.WaitGroup
	outcomes := make(chan error, 16)
	for range cap(outcomes) {
		group.Go(func() {
			_, err := o.Enrol(t.Context(), desk, db.NewID(), Person, Check{IdentityCard, true, cnpIon, "Ion", "Pop-Demo"}, Contact{})
			outcomes <- err
		})
	}
	group.Wait()
	close(outcomes)
	enrolled := 0
	for err := range outcomes {
		if err == nil {
			enrolled++
		} else if !errors.Is(err, ErrEnrolled) {
			t.Errorf("a second counter got %v, want %v", err, ErrEnrolled)
		}
	}
	n, err := db.One(t.Context(), o.d, db.Value[int], `SELECT count(*) FROM identity_parties`)
	if err != nil || enrolled != 1 || n != 1 {
		t.Errorf("%d of 16 counters enrolled him, and he is here %d times, %v", enrolled, n, err)
	}
}

func TestVerify(t *testing.T) { eachTown(t, testVerify) }

func testVerify(t *testing.T, o *town) {
	id := o.light("ana@exemplu.ro")
	if name, err := o.Name(t.Context(), id); err != nil || name != "a***@exemplu.ro" {
		t.Errorf("before she said her name she is %q, %v", name, err)
	}
	me := act.Actor{Person: id, For: id, Level: act.Light}
	if known, err := o.Prefill(t.Context(), me); err != nil || known["party.name"] != "" || known["party.email"] != "ana@exemplu.ro" {
		t.Errorf("Prefill = %v, %v", known, err)
	}
	contact := Contact{Phone: "0256 408-300", IBAN: "ro49aaaa1b31007593840000", Lang: "en", Address: Address{Street: "Alba  Iulia", Number: "7", Postal: "300077"}}
	if err := o.KeepProfile(t.Context(), me, "k1", "Ana  Ionescu", contact); err != nil {
		t.Fatal(err)
	}
	check := Check{IdentityCard, true, cnpAna, "Ana Ștefania", "Ionescu-Demo"}
	if err := o.Verify(t.Context(), me, "k", id, check); !errors.Is(err, act.ErrRefused) {
		t.Errorf("she verified herself: %v", err)
	}
	if err := o.Verify(t.Context(), desk, "k2", id, check); err != nil {
		t.Fatal(err)
	}
	if err := o.KeepProfile(t.Context(), verified(id), "k3", "Altcineva", contact); err != nil {
		t.Fatal(err)
	}
	known, err := o.Prefill(t.Context(), verified(id))
	for key, want := range map[string]string{"party.name": "Ana Ștefania Ionescu-Demo", "party.kind": "person", "party.cnp": cnpAna, "party.phone": "0256408300",
		"party.address.street": "Alba Iulia", "party.address.number": "7", "party.iban": "RO49AAAA1B31007593840000", "party.cui": ""} {
		if known[key] != want {
			t.Errorf("%s is %q, want %q (%v)", key, known[key], want, err)
		}
	}
	if email, lang, err := o.Reach(t.Context(), id); email != "ana@exemplu.ro" || lang != "en" || err != nil {
		t.Errorf("Reach = %s, %s, %v", email, lang, err)
	}
	other := o.light("alta@exemplu.ro")
	if err := o.Verify(t.Context(), desk, "k4", other, check); !errors.Is(err, ErrEnrolled) {
		t.Errorf("the same CNP for another account: %v", err)
	}
	check.Code = cnpIon
	if err := o.Verify(t.Context(), desk, "k5", id, check); !errors.Is(err, ErrOtherCode) {
		t.Errorf("another CNP for the same person: %v", err)
	}
	if err := o.SetEmail(t.Context(), desk, "k6", id, "noua@exemplu.ro"); err != nil || !slices.Equal(o.left, []act.PartyID{id}) {
		t.Errorf("after the address was lost: %v, signed out %v", err, o.left)
	}
	if who, _ := o.ByEmail(t.Context(), o.d, "ana@exemplu.ro"); who != nil {
		t.Errorf("the lost address still lets in %v", who)
	}
}

func TestFind(t *testing.T) { eachTown(t, testFind) }

func testFind(t *testing.T, o *town) {
	ana := o.enrol(Person, cnpAna, "Ștefania", "Ionescu-Demo", "casa@exemplu.ro")
	o.enrol(Person, cnpIon, "Ion", "Pop-Demo", "casa@exemplu.ro")
	o.enrol(Firm, cuiFirm, "", "Bega Demo 2000 SRL", "")
	for what, want := range map[string]int{cnpAna: 1, "2000": 0, "bega 2000": 1, "pop ion": 1, "ion pop demo": 1, "ion pop": 1, "ion ion": 0, cnpMara: 0, cuiFirm: 1, "casa@exemplu.ro": 2, "stef ion": 1, "IONESCU": 1, "Demo": 3, "escu": 0, "De_o": 0, "%%%": -1, "an": -1} {
		found, err := o.Find(t.Context(), desk, Search{what, "identity.why-visit"})
		if want < 0 {
			if !errors.Is(err, ErrSearch) {
				t.Errorf("%q: found %d, %v, want %v", what, len(found), err, ErrSearch)
			}
			continue
		}
		if err != nil || len(found) != want {
			t.Errorf("%q: found %d, %v, want %d", what, len(found), err, want)
		}
		for _, p := range found {
			if p.Code == cnpAna || p.Lines != nil {
				t.Errorf("the list shows %+v", p)
			}
		}
	}
	if _, err := o.Find(t.Context(), desk, Search{cnpAna, "curiosity"}); !errors.Is(err, ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := o.Find(t.Context(), verified(ana), Search{cnpIon, "identity.why-visit"}); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a resident searched: %v", err)
	}
	if _, _, _, err := o.Look(t.Context(), desk, ana, "identity.why-phone"); err != nil {
		t.Fatal(err)
	}
	seen, err := o.Acts.Seen(t.Context(), ana, "", 10)
	if err != nil || len(seen) == 0 || seen[0].Verb != act.FindParty || seen[0].Purpose != "identity.why-phone" || seen[0].Person != "desk-1" {
		t.Errorf("she reads %+v, %v", seen, err)
	}
}

func TestAddressesStandOnLetters(t *testing.T) {
	full := Address{Street: "Strada Alba Iulia", Number: "7", Block: "B2", Stair: "A", Floor: "3", Flat: "12", Postal: "300077", Locality: "Timișoara"}
	for _, test := range []struct {
		address Address
		want    []string
	}{
		{full, []string{"Strada Alba Iulia, nr. 7, bl. B2, sc. A, et. 3, ap. 12", "300077 Timișoara"}},
		{Address{Locality: "Timișoara"}, []string{"Timișoara"}},
		{Address{}, nil},
	} {
		if got := test.address.Lines(); !slices.Equal(got, test.want) {
			t.Errorf("Lines of %+v = %q, want %q", test.address, got, test.want)
		}
	}
}

// cui returns a code of a firm with its check digit.
func cui(n int) string {
	digits, sum := fmt.Sprintf("%09d", n), 0
	for i, d := range digits {
		sum += int(d-'0') * int("753217532"[i]-'0')
	}
	return fmt.Sprint(n, sum*10%11%10)
}

func TestAnotherRegisterEntersPeople(t *testing.T) { eachTown(t, testEnter) }

func testEnter(t *testing.T, o *town) {
	known := o.enrol(Person, cnpAna, "Ana", "Popa", "")
	all := []Party{{Kind: Person, Code: cnpIon, Name: "Ion Demo"}, {Kind: Person, Code: cnpAna, Name: "Altcineva"}, {Kind: Firm, Code: "RO " + cuiFirm, Name: "Firma Demo"}}
	var first, second []act.PartyID
	enter := func(into *[]act.PartyID, all []Party) error {
		return o.Acts.Do(t.Context(), desk, act.EnrolParty, func(ctx context.Context, tx *act.Tx) (err error) {
			if err := tx.Allow(act.On{Subject: "entries"}); err != nil {
				return err
			}
			*into, err = o.Enter(ctx, tx, all)
			return err
		})
	}
	if err := errors.Join(enter(&first, all), enter(&second, all)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(first, second) || len(first) != 3 || first[1] != known {
		t.Errorf("entered as %v, then %v; Ana is %s", first, second, known)
	}
	if name, err := o.Name(t.Context(), known); err != nil || name != "Ana Popa" {
		t.Errorf("whom the town hall knows is called %q now, %v", name, err)
	}
	if kind, err := o.KindOf(t.Context(), o.DB, first[2]); err != nil || kind != Firm {
		t.Errorf("the firm is a %q, %v", kind, err)
	}
	if err := enter(&first, []Party{{Kind: Person, Code: "3850615350018"}}); err == nil {
		t.Error("a number that cannot be was entered")
	}
	var many []Party // more than one query asks for, and each of them twice
	for i := range 2 * 70 {
		many = append(many, Party{Kind: Firm, Code: cui(2000 + i/2), Name: fmt.Sprintf("Firma %d Demo", i/2)})
	}
	if err := errors.Join(enter(&first, many), enter(&second, append(many, all...))); err != nil {
		t.Fatal(err)
	}
	if ids := slices.Compact(slices.Clone(first)); len(ids) != 70 || !slices.Equal(first, second[:140]) || second[141] != known {
		t.Errorf("140 entries of 70 firms are %d, and then %v", len(ids), second[138:])
	}
	if found, err := o.Search(t.Context(), o.DB, "firma 69", 5); err != nil || len(found) != 1 {
		t.Errorf("the last is found as %v, %v", found, err)
	}
}

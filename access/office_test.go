package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/vault"
	"bega/staff"
)

// The synthetic personal numbers of nobody: they say 19th century.
const (
	cnpAna  = "4850615350027"
	cnpIon  = "3850615350017"
	cuiFirm = "14756536"
	secret  = "tramvaiul 4 spre Ghiroda"
)

var desk = act.Actor{Person: "desk-1", For: "desk-1", Level: act.Verified, Roles: []act.Role{act.Desk}}

// A town is an office with a clock that tests set, and a letter box.
type town struct {
	*Office
	staff   *staff.Office
	t       testing.TB
	d       *db.DB
	mu      sync.Mutex
	time    time.Time
	letters []string
}

func eachTown(t *testing.T, test func(t *testing.T, town *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	if err := errors.Join(d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "identity", identity.Files), d.Migrate(t.Context(), "staff", staff.Files), d.Migrate(t.Context(), "access", Files)); err != nil {
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
	acts := &act.Register{DB: d, Now: town.now}
	digits := func(code string) (string, error) {
		if code == "" || strings.Trim(code, "0123456789") != "" {
			return "", errors.New("no such code")
		}
		return code, nil
	}
	people := &identity.Office{DB: d, Acts: acts, Vault: box, Now: town.now, Zone: zone, CheckCNP: digits, CheckCUI: digits, CheckIBAN: digits, Notices: town, Services: titles{"parcare"}}
	town.staff = &staff.Office{DB: d, Acts: acts, People: people, Units: units{"taxe"}}
	town.Office = &Office{DB: d, Acts: acts, Vault: box, Now: town.now, People: people, Mail: town}
	people.Leave = town.Office.Leave
	return town
}

type titles []string

func (all titles) Titles(string) (list []identity.Titled) {
	for _, key := range all {
		list = append(list, identity.Titled{Key: key, Title: "Serviciul " + key})
	}
	return list
}

type units []string

func (all units) Titles(string) (list []staff.Unit) {
	for _, key := range all {
		list = append(list, staff.Unit{Key: key, Title: "Serviciul " + key})
	}
	return list
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *town) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// Queue implements Mail.
func (o *town) Queue(_ context.Context, _ *act.Tx, letter string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.letters = append(o.letters, letter)
	return nil
}

// Send implements identity.Notices.
func (o *town) Send(context.Context, *act.Tx, act.PartyID, string, []any, string, string, string) error {
	return nil
}

// post returns the latest letter.
func (o *town) post() Letter {
	o.t.Helper()
	l, err := o.Letter(o.t.Context(), o.letters[len(o.letters)-1])
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

func (o *town) enrol(kind identity.Kind, code, given, family, email string) act.PartyID {
	o.t.Helper()
	id, err := o.People.Enrol(o.t.Context(), desk, db.NewID(), kind, identity.Check{Document: identity.Documents(kind)[0], Seen: true, Code: code, Given: given, Family: family}, identity.Contact{Email: email})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// comes signs somebody in who was proved elsewhere.
func (o *town) comes(id act.PartyID) (token string, actor act.Actor) {
	o.t.Helper()
	return o.comesBack(id, "")
}

// comesBack signs them in on a browser that had a session before.
func (o *town) comesBack(id act.PartyID, old string) (token string, actor act.Actor) {
	o.t.Helper()
	proof, err := o.Remember(o.t.Context(), []act.PartyID{id})
	if err == nil {
		token, actor, err = o.Begin(o.t.Context(), id, proof, Browser{Agent: "Firefox Linux", Token: old})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return token, actor
}

// chooses gives somebody a password.
func (o *town) chooses(id act.PartyID, password string) {
	o.t.Helper()
	token, actor := o.comes(id)
	session, err := o.Session(o.t.Context(), token)
	if err == nil {
		err = o.SetPassword(o.t.Context(), actor, db.NewID(), session, "", password)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// byCode has a code sent to an address, and takes it.
func (o *town) byCode(email string) (proof string, who []act.PartyID, err error) {
	proof, err = o.Ask(o.t.Context(), act.Actor{}, Try{Email: email, Address: "192.0.2.1"}, "ro")
	if err == nil {
		who, err = o.Enter(o.t.Context(), proof, o.post().Args[0].(string))
	}
	return proof, who, err
}

// now returns who a session is of at this moment.
func (o *town) who(token string) act.Actor {
	o.t.Helper()
	c, _, err := o.identify(o.t.Context(), token)
	if err != nil && !errors.Is(err, db.ErrNone) {
		o.t.Fatal(err)
	}
	if err != nil {
		return act.Actor{}
	}
	return c.actor()
}

func TestCouples(t *testing.T) { eachTown(t, testCouples) }

func testCouples(t *testing.T, o *town) {
	ana, ion := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "casa@exemplu.ro"), o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "casa@exemplu.ro")
	o.chooses(ana, secret)
	o.chooses(ion, secret+" înapoi")
	prove := func(password string) ([]act.PartyID, error) {
		return o.Prove(t.Context(), Try{Email: "CASA@exemplu.ro", Password: password, Address: "192.0.2.1"})
	}
	for password, want := range map[string]act.PartyID{secret: ana, secret + " înapoi": ion} {
		if who, err := prove(password); err != nil || !slices.Equal(who, []act.PartyID{want}) {
			t.Errorf("with %q came %v, %v, want %s", password, who, err, want)
		}
	}
	if _, err := prove("alta parola"); !errors.Is(err, ErrSignIn) {
		t.Errorf("with another password: %v", err)
	}
	proof, who, err := o.byCode("casa@exemplu.ro")
	if err != nil || !slices.Equal(who, []act.PartyID{ana, ion}) {
		t.Fatalf("after a code may come %v, %v", who, err)
	}
	if _, _, err := o.Begin(t.Context(), "somebody-else", proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("somebody else came with it: %v", err)
	}
	if _, actor, err := o.Begin(t.Context(), ion, proof, Browser{}); err != nil || actor.Person != ion || actor.Level != act.Verified {
		t.Errorf("he came as %+v, %v", actor, err)
	}
	if _, _, err := o.Begin(t.Context(), ana, proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("one code let both in: %v", err)
	}
	// Both have the same password: they are asked, and only they.
	o.chooses(ion, secret)
	who, err = prove(secret)
	if err != nil || len(who) != 2 {
		t.Fatalf("with the same password: %v, %v", who, err)
	}
	proof, err = o.Remember(t.Context(), who[:1])
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Begin(t.Context(), who[1], proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("a person whom the password did not prove: %v", err)
	}
	if _, _, err := o.Begin(t.Context(), "", proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("a password opened a new account: %v", err)
	}
}

func TestCodes(t *testing.T) { eachTown(t, testCodes) }

func testCodes(t *testing.T, o *town) {
	proof, who, err := o.byCode("nou@exemplu.ro")
	if err != nil || who != nil {
		t.Fatalf("for a new address: %v, %v", who, err)
	}
	if l := o.post(); l.To != "nou@exemplu.ro" || l.Lang != "ro" || l.Key != "access.mail-code" || len(l.Args[0].(string)) != 6 {
		t.Errorf("the letter is %+v", l)
	}
	for _, none := range []string{"", "no such secret"} {
		for _, person := range []act.PartyID{"", "desk-1"} {
			if _, _, err := o.Begin(t.Context(), person, none, Browser{}); !errors.Is(err, ErrCodeOver) {
				t.Errorf("with the secret %q came in %q: %v", none, person, err)
			}
		}
	}
	_, actor, err := o.Begin(t.Context(), "", proof, Browser{Lang: "en"})
	if err != nil || actor.Level != act.Light || !actor.SignedIn() {
		t.Fatalf("the new account is %+v, %v", actor, err)
	}
	if _, _, err := o.Begin(t.Context(), "", proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("a code opened two accounts: %v", err)
	}
	if _, err := o.Enter(t.Context(), proof, o.post().Args[0].(string)); !errors.Is(err, ErrCodeOver) {
		t.Errorf("a code came back after it was used: %v", err)
	}
	if _, err := o.Enter(t.Context(), "no such secret", "123456"); !errors.Is(err, ErrCodeOver) {
		t.Errorf("a browser that asked for no code: %v", err)
	}

	// Pasted with spaces; ten minutes, and not a second more.
	ask := func() (string, string) {
		proof, err := o.Ask(t.Context(), act.Actor{}, Try{Email: "nou@exemplu.ro", Address: "192.0.2.1"}, "ro")
		if err != nil {
			t.Fatal(err)
		}
		return proof, o.post().Args[0].(string)
	}
	proof, digits := ask()
	o.wait(codeLife - time.Second)
	if who, err := o.Enter(t.Context(), proof, " "+digits[:3]+" "+digits[3:]+"\n"); err != nil || !slices.Equal(who, []act.PartyID{actor.Person}) {
		t.Errorf("pasted with spaces: %v, %v", who, err)
	}
	o.wait(time.Second)
	if _, _, err := o.Begin(t.Context(), actor.Person, proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("used after ten minutes: %v", err)
	}

	// Five tries, also at the same time.
	proof, digits = ask()
	wrong := "000000"
	if digits == wrong {
		wrong = "000001"
	}
	var group sync.WaitGroup
	wrongs := make(chan error, 30)
	for range cap(wrongs) {
		group.Go(func() {
			_, err := o.Enter(t.Context(), proof, wrong)
			wrongs <- err
		})
	}
	group.Wait()
	close(wrongs)
	said := map[error]int{}
	for err := range wrongs {
		if errors.Is(err, ErrCode) {
			said[ErrCode]++
		} else if !errors.Is(err, ErrCodeOver) {
			t.Error(err)
		}
	}
	if said[ErrCode] != codeTries-1 {
		t.Errorf("%d tries were told to try again, want %d", said[ErrCode], codeTries-1)
	}
	if _, err := o.Enter(t.Context(), proof, digits); !errors.Is(err, ErrCodeOver) {
		t.Errorf("the right code after five wrong ones: %v", err)
	}
}

func TestThrottling(t *testing.T) { eachTown(t, testThrottling) }

func testThrottling(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	o.chooses(ana, secret)
	prove := func(email, password, address, device string) error {
		_, err := o.Prove(t.Context(), Try{Email: email, Password: password, Address: address, Device: device})
		return err
	}
	for _, email := range []string{"ana@exemplu.ro", "nimeni@exemplu.ro"} {
		for i := range 5 {
			if err := prove(email, "gresita", "192.0.2.1", ""); !errors.Is(err, ErrSignIn) {
				t.Fatalf("%s, try %d: %v", email, i+1, err)
			}
		}
		if err := prove(email, secret, "192.0.2.1", ""); !errors.Is(err, ErrWait) {
			t.Errorf("%s, the sixth time: %v", email, err)
		}
	}
	if err := prove("ana@exemplu.ro", secret, "198.51.100.7", ""); err != nil {
		t.Errorf("from elsewhere she cannot come in: %v", err)
	}
	o.wait(firstWait)
	if err := prove("ana@exemplu.ro", secret, "192.0.2.1", ""); err != nil {
		t.Errorf("a minute later: %v", err)
	}

	// Many addresses guess one account: it is slow for all of them, but not for
	// the browser that she used before, nor for a code.
	device := o.DeviceFor("Ana@exemplu.ro")
	guessed := 0
	for i := range 200 {
		if err := prove("ana@exemplu.ro", "gresita", "203.0."+string(rune('0'+i%10))+string(rune('0'+i/10%10))+".9", ""); errors.Is(err, ErrSignIn) {
			guessed++
		}
		o.wait(18 * time.Second)
	}
	if guessed > 20 {
		t.Errorf("in an hour, %d passwords were tried", guessed)
	}
	if err := prove("ana@exemplu.ro", secret, "192.0.2.99", ""); !errors.Is(err, ErrWait) {
		t.Errorf("an unknown browser during the attack: %v", err)
	}
	if err := prove("ana@exemplu.ro", secret, "192.0.2.99", device); err != nil {
		t.Errorf("her own browser during the attack: %v", err)
	}
	if err := prove("ana@exemplu.ro", secret, "192.0.2.99", o.DeviceFor("altul@exemplu.ro")); !errors.Is(err, ErrWait) {
		t.Errorf("the browser of somebody else: %v", err)
	}
	if _, who, err := o.byCode("ana@exemplu.ro"); err != nil || len(who) != 1 {
		t.Errorf("a code during the attack: %v, %v", who, err)
	}
	o.wait(forgetful)
	if err := prove("ana@exemplu.ro", "gresita", "192.0.2.1", ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("the next day: %v", err)
	}
	// A hundred guesses at once count a hundred times.
	var group sync.WaitGroup
	var mu sync.Mutex
	free := 0
	for range 40 {
		group.Go(func() {
			if err := o.reserve(t.Context(), o.limits("race", "ana@exemplu.ro", Try{Address: "192.0.2.3"})); err == nil {
				mu.Lock()
				free++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if free != 5 {
		t.Errorf("of 40 guesses at once, %d were let through, want 5", free)
	}
}

func TestSessions(t *testing.T) { eachTown(t, testSessions) }

func testSessions(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	ion := o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "")
	token, actor := o.comes(ana)
	if got := o.who(token); got.Person != ana || got.For != ana || got.Level != act.Verified {
		t.Errorf("she is %+v", got)
	}
	if got := o.who("no such token"); got.SignedIn() {
		t.Errorf("a stranger is %+v", got)
	}
	o.wait(29 * time.Minute)
	if got := o.who(token); !got.SignedIn() {
		t.Error("signed out before the half hour")
	}
	o.wait(29 * time.Minute)
	if got := o.who(token); !got.SignedIn() {
		t.Error("a request did not prolong the session")
	}
	o.wait(idle)
	if got := o.who(token); got.SignedIn() {
		t.Error("signed in after half an hour without a request")
	}
	token, _ = o.comes(ana)
	for range 12*3 - 1 {
		o.wait(20 * time.Minute)
		if !o.who(token).SignedIn() {
			t.Fatal("signed out although she was busy")
		}
	}
	o.wait(20 * time.Minute)
	if o.who(token).SignedIn() {
		t.Error("signed in after twelve hours")
	}
	phone, _ := o.comes(ana)
	laptop, _ := o.comes(ana)
	other, ionActor := o.comes(ion)
	all, err := o.Sessions(t.Context(), actor)
	if err != nil || len(all) != 2 || all[0].Browser != "Firefox, Linux" {
		t.Fatalf("she is signed in at %+v, %v", all, err)
	}
	if err := o.SignOut(t.Context(), ionActor, all[0].ID); !errors.Is(err, ErrSession) {
		t.Errorf("Ion signed her out: %v", err)
	}
	session, err := o.Session(t.Context(), phone)
	if err != nil || o.SignOut(t.Context(), actor, session.ID) != nil || o.who(phone).SignedIn() || !o.who(laptop).SignedIn() {
		t.Errorf("signing out the phone: %v", err)
	}
	phone, _ = o.comes(ana)
	if err := o.SignOut(t.Context(), actor, ""); err != nil || o.who(phone).SignedIn() || o.who(laptop).SignedIn() || !o.who(other).SignedIn() {
		t.Errorf("signing out everywhere: %v", err)
	}
	// Signing in again on a browser replaces its session.
	first, _ := o.comes(ana)
	second, _ := o.comesBack(ana, first)
	if o.who(first).SignedIn() || !o.who(second).SignedIn() || first == second {
		t.Error("the old cookie still opens the account")
	}
	if err := o.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !o.who(second).SignedIn() {
		t.Error("tidying signed her out")
	}
}

func TestActingForOthers(t *testing.T) { eachTown(t, testActingForOthers) }

func testActingForOthers(t *testing.T, o *town) {
	ana, ion := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro"), o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "ion@exemplu.ro")
	o.enrol(identity.Firm, cuiFirm, "", "Bega Demo SRL", "")
	admin := act.Actor{Person: "admin-1", For: "admin-1", Roles: []act.Role{act.Admin}}
	if err := o.staff.SetRoles(t.Context(), admin, "k0", ion, []act.Role{act.Clerk}, "taxe"); err != nil {
		t.Fatal(err)
	}
	token, me := o.comes(ion)
	if !me.Has(act.Clerk) || me.Unit != "taxe" {
		t.Errorf("the clerk is %+v", me)
	}
	session, err := o.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	_, her := o.comes(ana)
	give := func(from, until string) string {
		id, err := o.People.Give(t.Context(), her, db.NewID(), identity.Grant{To: cnpIon, Name: "Ion", Capacity: identity.Attorney, Services: []string{"parcare"}, From: from, Until: until})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	now, later := give("", "2026-11-25"), give("2026-11-25", "2026-11-30")
	if err := o.Switch(t.Context(), me, "k1", session, later); !errors.Is(err, identity.ErrMandate) {
		t.Errorf("a mandate that begins tomorrow: %v", err)
	}
	if err := o.Switch(t.Context(), her, "k2", session, now); !errors.Is(err, identity.ErrMandate) {
		t.Errorf("she switched by what she gave: %v", err)
	}
	if err := o.Switch(t.Context(), me, "k3", session, now); err != nil {
		t.Fatal(err)
	}
	if got := o.who(token); got.For != ana || got.Person != ion || got.Mandate != now || !slices.Equal(got.Services, []string{"parcare"}) || got.Staff() {
		t.Errorf("acting for her he is %+v", got)
	}

	// A time-out leads back to the same folder.
	o.wait(idle)
	again, actor := o.comesBack(ion, token)
	if actor.For != ana {
		t.Errorf("after the time-out he is %+v", actor)
	}
	if _, actor = o.comesBack(ana, again); actor.For != ana || actor.Mandate != "" {
		t.Errorf("somebody else on the same browser is %+v", actor)
	}
	token, _ = o.comes(ion)
	if session, err = o.Session(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := o.Switch(t.Context(), me, "k4", session, now); err != nil {
		t.Fatal(err)
	}

	// She ends it: it is over at his very next request, and he is told once.
	if err := o.People.End(t.Context(), her, "k5", now); err != nil {
		t.Fatal(err)
	}
	c, ended, err := o.identify(t.Context(), token)
	if got := c.actor(); err != nil || !ended || got.For != ion || got.Mandate != "" || !got.Has(act.Clerk) {
		t.Errorf("after the end he is %+v, %v, %v", got, ended, err)
	}
	if c, ended, err = o.identify(t.Context(), token); err != nil || ended || c.Lost != now {
		t.Errorf("at the request after that: %+v, %v, %v", c.Session, ended, err)
	}
	if err := o.Switch(t.Context(), me, "k6", session, now); !errors.Is(err, identity.ErrMandate) {
		t.Errorf("he switched back: %v", err)
	}

	// The other one begins at midnight, and ends at one.
	o.wait(24 * time.Hour)
	token, me = o.comes(ion)
	if session, err = o.Session(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := o.Switch(t.Context(), me, "k7", session, later); err != nil {
		t.Errorf("it does not begin on its day: %v", err)
	}
	o.mu.Lock()
	o.time = time.Date(2026, 11, 30, 23, 50, 0, 0, o.time.Location())
	o.mu.Unlock()
	if token, _ = o.comesBack(ion, token); o.who(token).For != ana {
		t.Errorf("on its last day: %+v", o.who(token))
	}
	o.wait(10 * time.Minute)
	if got := o.who(token); got.For != ion {
		t.Errorf("at midnight he still acts for her: %+v", got)
	}
}

// TestRevokedWhileInUse ends a mandate while fifty requests a moment use it:
// none that comes after acts for the principal.
func TestRevokedWhileInUse(t *testing.T) { eachTown(t, testRevokedWhileInUse) }

func testRevokedWhileInUse(t *testing.T, o *town) {
	ana, ion := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", ""), o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "")
	_, her := o.comes(ana)
	id, err := o.People.Give(t.Context(), her, "k", identity.Grant{To: cnpIon, Name: "Ion", Capacity: identity.Attorney})
	if err != nil {
		t.Fatal(err)
	}
	var tokens []string
	for range 20 {
		token, me := o.comes(ion)
		session, err := o.Session(t.Context(), token)
		if err == nil {
			err = o.Switch(t.Context(), me, db.NewID(), session, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	var group sync.WaitGroup
	var over sync.WaitGroup
	over.Add(1)
	for _, token := range tokens {
		group.Go(func() {
			for range 5 {
				_, _, _ = o.identify(t.Context(), token)
			}
			over.Wait()
			if c, _, err := o.identify(t.Context(), token); err != nil || c.actor().For != ion {
				t.Errorf("after the end he is %+v, %v", c.actor(), err)
			}
		})
	}
	if err := o.People.End(t.Context(), her, "k2", id); err != nil {
		t.Error(err)
	}
	over.Done()
	group.Wait()
}

func TestTokens(t *testing.T) { eachTown(t, testTokens) }

func testTokens(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	_, me := o.comes(ana)
	for _, test := range []struct {
		name  string
		verbs []act.Verb
		days  int
		want  error
	}{
		{"", []act.Verb{act.ReadCase}, 30, ErrTokenName}, {"contabil", nil, 30, ErrScopes}, {"contabil", []act.Verb{act.ReadCase}, 4000, ErrScopes},
		{"contabil", []act.Verb{act.GiveMandate}, 30, ErrScopes}, {"contabil", []act.Verb{act.KeepTokens}, 30, ErrScopes}, {"contabil", []act.Verb{act.OpenCase}, 30, ErrScopes},
	} {
		if _, err := o.MakeToken(t.Context(), me, db.NewID(), test.name, test.verbs, test.days); !errors.Is(err, test.want) {
			t.Errorf("%+v: got %v", test, err)
		}
	}
	value, err := o.MakeToken(t.Context(), me, "k1", "contabil", []act.Verb{act.ReadCase}, 30)
	if err != nil || !strings.HasPrefix(value, "bega_") {
		t.Fatalf("MakeToken = %q, %v", value, err)
	}
	if again, err := o.MakeToken(t.Context(), me, "k1", "contabil", []act.Verb{act.ReadCase}, 30); err != nil || again != "" {
		t.Errorf("the same form showed a key twice: %q, %v", again, err)
	}
	bearer, err := o.bearer(t.Context(), value)
	if err != nil || bearer.Person != ana || !bearer.Token || bearer.Staff() {
		t.Fatalf("it stands for %+v, %v", bearer, err)
	}
	own := act.On{Subject: "case 1", Owner: ana}
	if err := bearer.May(act.ReadCase, own); err != nil {
		t.Errorf("it may not do what it is for: %v", err)
	}
	for _, verb := range act.Verbs() {
		if verb != act.ReadCase && bearer.May(verb, own) == nil {
			t.Errorf("it may %s", verb)
		}
	}
	if _, err := o.MakeToken(t.Context(), bearer, "k2", "alta", []act.Verb{act.ReadCase}, 30); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a key made a key: %v", err)
	}
	if _, err := o.Tokens(t.Context(), bearer); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a key read the keys: %v", err)
	}
	if err := o.SignOut(t.Context(), bearer, ""); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a key signed its owner out: %v", err)
	}
	all, err := o.Tokens(t.Context(), me)
	if err != nil || len(all) != 1 || all[0].Name != "contabil" {
		t.Fatalf("her keys are %+v, %v", all, err)
	}
	o.wait(30 * 24 * time.Hour)
	if _, err := o.bearer(t.Context(), value); !errors.Is(err, ErrToken) {
		t.Errorf("after thirty days: %v", err)
	}
	if value, err = o.MakeToken(t.Context(), me, "k3", "telefon", []act.Verb{act.ReadCase}, 90); err != nil {
		t.Fatal(err)
	}
	if all, err = o.Tokens(t.Context(), me); err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if err := o.EndToken(t.Context(), me, "k4", all[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := o.bearer(t.Context(), value); !errors.Is(err, ErrToken) {
		t.Errorf("after its end: %v", err)
	}
}

func TestPasswordChanges(t *testing.T) { eachTown(t, testPasswordChanges) }

func testPasswordChanges(t *testing.T, o *town) {
	ana := o.enrol(identity.Person, cnpAna, "Ana", "Pop-Demo", "ana@exemplu.ro")
	o.chooses(ana, secret)
	other, _ := o.comes(ana)
	token, me := o.comes(ana)
	session, err := o.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	o.wait(fresh)
	if err := o.SetPassword(t.Context(), me, "k1", session, "gresita gresita", "parola cea noua"); !errors.Is(err, ErrCurrent) {
		t.Errorf("without the current password: %v", err)
	}
	if err := o.SetPassword(t.Context(), me, "k2", session, secret, "parola cea noua"); err != nil {
		t.Fatal(err)
	}
	if !o.who(token).SignedIn() || o.who(other).SignedIn() {
		t.Error("other browsers are still signed in, or this one is not")
	}
	if _, err := o.Prove(t.Context(), Try{Email: "ana@exemplu.ro", Password: secret}); !errors.Is(err, ErrSignIn) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := o.Prove(t.Context(), Try{Email: "ana@exemplu.ro", Password: "parola cea noua"}); err != nil {
		t.Errorf("the new password: %v", err)
	}
	// Who has no password, and left the browser open, gets none by it.
	token, newcomer := o.comes(o.enrol(identity.Person, "3910101807779", "Mara", "Ilie-Demo", "mara@exemplu.ro"))
	if session, err = o.Session(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	o.wait(fresh)
	if err := o.SetPassword(t.Context(), newcomer, "k6", session, "", secret); !errors.Is(err, ErrStale) {
		t.Errorf("a password from a browser that was left open: %v", err)
	}
	if err := o.SeedPassword(t.Context(), newcomer.Person, secret); err != nil {
		t.Error(err)
	}
	if who, err := o.Prove(t.Context(), Try{Email: "mara@exemplu.ro", Password: secret}); err != nil || !slices.Equal(who, []act.PartyID{newcomer.Person}) {
		t.Errorf("a demonstration person came in as %v, %v", who, err)
	}
	// Another mailbox has to be proved, and the old one hears of it.
	if _, err := o.AskMove(t.Context(), me, session, Try{Email: "noua@exemplu.ro"}, "en"); !errors.Is(err, ErrStale) {
		t.Errorf("from a browser that was left open: %v", err)
	}
	token, me = o.comes(ana)
	if session, err = o.Session(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	proof, err := o.AskMove(t.Context(), me, session, Try{Email: "noua@exemplu.ro"}, "en")
	if err != nil {
		t.Fatal(err)
	}
	if l := o.post(); l.To != "noua@exemplu.ro" || l.Key != "access.mail-move" || l.Lang != "en" {
		t.Errorf("the letter is %+v", l)
	}
	if err := o.Move(t.Context(), me, "k3", proof); !errors.Is(err, ErrCodeOver) {
		t.Errorf("moved without a code: %v", err)
	}
	if _, err := o.Enter(t.Context(), proof, o.post().Args[0].(string)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Begin(t.Context(), ana, proof, Browser{}); !errors.Is(err, ErrCodeOver) {
		t.Errorf("a code for moving signed somebody in: %v", err)
	}
	_, ion := o.comes(o.enrol(identity.Person, cnpIon, "Ion", "Pop-Demo", "ion@exemplu.ro"))
	if err := o.Move(t.Context(), ion, "k4", proof); !errors.Is(err, ErrCodeOver) {
		t.Errorf("somebody else took the address: %v", err)
	}
	if err := o.Move(t.Context(), me, "k5", proof); err != nil {
		t.Fatal(err)
	}
	if l := o.post(); l.To != "ana@exemplu.ro" || l.Key != "access.mail-moved" {
		t.Errorf("the old mailbox got %+v", l)
	}
	if email, _, err := o.People.Reach(t.Context(), ana); err != nil || email != "noua@exemplu.ro" {
		t.Errorf("she is reached at %s, %v", email, err)
	}
}

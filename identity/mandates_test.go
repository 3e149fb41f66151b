package identity

import (
	"errors"
	"slices"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

func TestMandates(t *testing.T) { eachTown(t, testMandates) }

func testMandates(t *testing.T, o *town) {
	ana, ion := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", ""), o.enrol(Person, cnpIon, "Ion", "Pop-Demo", "ion@exemplu.ro")
	give := func(actor act.Actor, g Grant) (Mandate, error) {
		id, err := o.Give(t.Context(), actor, db.NewID(), g)
		if err != nil {
			return Mandate{}, err
		}
		return o.mandate(id), nil
	}
	good := Grant{To: cnpIon, Name: "Ion", Capacity: Attorney, Services: []string{"parcare", "parcare"}, Until: "2026-12-31"}
	with := func(change func(*Grant)) Grant { g := good; change(&g); return g }
	for _, test := range []struct {
		name  string
		actor act.Actor
		grant Grant
		want  error
	}{
		{"a light account", act.Actor{Person: ana, For: ana, Level: act.Light}, good, act.ErrLevel},
		{"a visitor", act.Actor{For: "visitor-1"}, good, act.ErrRefused},
		{"to herself", verified(ana), with(func(g *Grant) { g.To = cnpAna }), ErrAgent},
		{"to nobody", verified(ana), with(func(g *Grant) { g.To = "123" }), ErrAgent},
		{"to no mailbox", verified(ana), with(func(g *Grant) { g.To = "ion@" }), ErrEmail},
		{"without a name", verified(ana), with(func(g *Grant) { g.Name = " " }), ErrName},
		{"as a guardian, unseen", verified(ana), with(func(g *Grant) { g.Capacity = Guardian }), ErrCapacity},
		{"as a legal representative, unseen", verified(ana), with(func(g *Grant) { g.Capacity = Representative }), ErrCapacity},
		{"for a service that is not", verified(ana), with(func(g *Grant) { g.Services = []string{"dragoni"} }), ErrServices},
		{"until yesterday", verified(ana), with(func(g *Grant) { g.From, g.Until = "2026-11-01", "2026-11-23" }), ErrDays},
	} {
		if _, err := give(test.actor, test.grant); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	m, err := give(verified(ana), good)
	if err != nil || m.Agent != ion || len(m.Services) != 1 || m.State(o.Today()) != Active {
		t.Fatalf("Give = %+v, %v", m, err)
	}
	if want := "identity.mandate-given " + string(ion) + " Ana Ionescu-Demo"; !slices.Equal(o.sent, []string{want}) {
		t.Errorf("the notices are %q, want %q", o.sent, want)
	}
	if _, err := give(o.acting(m), good); !errors.Is(err, act.ErrRefused) {
		t.Errorf("an attorney passed his right on: %v", err)
	}
	if all, err := o.Received(t.Context(), o.acting(m)); err != nil || len(all) != 1 {
		t.Errorf("he does not see it: %v, %v", all, err)
	}
	if _, err := o.Given(t.Context(), o.acting(m)); !errors.Is(err, act.ErrRefused) {
		t.Errorf("for parking alone he reads all she gave: %v", err)
	}
	if err := o.End(t.Context(), verified("mara"), "k1", m.ID); !errors.Is(err, ErrMandate) {
		t.Errorf("a stranger ended it: %v", err)
	}
	if err := o.End(t.Context(), o.acting(m), "k2", m.ID); err != nil {
		t.Errorf("he cannot give it back: %v", err)
	}
	if err := o.End(t.Context(), verified(ana), "k3", m.ID); !errors.Is(err, ErrEnded) {
		t.Errorf("ended twice: %v", err)
	}
	m2, err := give(verified(ana), good)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.End(t.Context(), verified(ana), "k4", m2.ID); err != nil || o.mandate(m2.ID).EndedBy != ana {
		t.Errorf("she cannot take it back: %v", err)
	}
	if want := []string{"identity.mandate-ended " + string(ana) + " Ion Pop-Demo", "identity.mandate-given " + string(ion) + " Ana Ionescu-Demo",
		"identity.mandate-ended " + string(ion) + " Ana Ionescu-Demo"}; !slices.Equal(o.sent[1:], want) {
		t.Errorf("the notices are %q, want %q", o.sent[1:], want)
	}
	if _, err := o.Holds(t.Context(), o.d, m2.ID, ion); !errors.Is(err, ErrMandate) {
		t.Errorf("it holds after its end: %v", err)
	}
}

func TestMandatesWaitForPeople(t *testing.T) { eachTown(t, testMandatesWait) }

func testMandatesWait(t *testing.T, o *town) {
	ana := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "")
	byCNP, err := o.Give(t.Context(), verified(ana), "k1", Grant{To: cnpMara, Name: "Mara", Capacity: Attorney})
	if err != nil {
		t.Fatal(err)
	}
	byEmail, err := o.Give(t.Context(), verified(ana), "k2", Grant{To: "MARA@exemplu.ro", Name: "Mara", Capacity: Attorney})
	if err != nil {
		t.Fatal(err)
	}
	if got := o.mandate(byCNP).State(o.Today()); got != Waiting {
		t.Errorf("given to somebody unknown it is %s", got)
	}
	// She opens a light account: the mailbox is hers, the CNP is not yet.
	mara := o.light("mara@exemplu.ro")
	if got := o.mandate(byEmail); got.Agent != mara {
		t.Errorf("the mandate for her mailbox is %+v", got)
	}
	if got := o.mandate(byCNP); got.Agent != "" {
		t.Errorf("an unproven CNP took the mandate %+v", got)
	}
	if err := o.Verify(t.Context(), desk, "k3", mara, Check{IdentityCard, true, cnpMara, "Mara", "Ilie-Demo"}); err != nil {
		t.Fatal(err)
	}
	if got := o.mandate(byCNP); got.Agent != mara || got.State(o.Today()) != Active {
		t.Errorf("after the desk the mandate is %+v", got)
	}
	// A couple shares a mailbox: what is given to it waits until one takes it.
	dan, eva := o.light("casa@exemplu.ro"), o.light("casa@exemplu.ro")
	shared, err := o.Give(t.Context(), verified(ana), "k4", Grant{To: "casa@exemplu.ro", Name: "Eva", Capacity: Attorney})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := o.Received(t.Context(), act.Actor{Person: dan, For: dan, Level: act.Light}); err != nil || len(all) != 1 || o.mandate(shared).Agent != "" {
		t.Errorf("the couple sees %+v, %v", all, err)
	}
	me := act.Actor{Person: eva, For: eva, Level: act.Light}
	if err := o.Take(t.Context(), verified(mara), "k5", shared); !errors.Is(err, ErrMandate) {
		t.Errorf("somebody else took it: %v", err)
	}
	if err := o.Take(t.Context(), me, "k6", shared); err != nil || o.mandate(shared).Agent != eva {
		t.Errorf("Eva could not take it: %v", err)
	}
	if err := o.Take(t.Context(), act.Actor{Person: dan, For: dan, Level: act.Light}, "k7", shared); !errors.Is(err, ErrMandate) {
		t.Errorf("her husband took it too: %v", err)
	}
	// What waits can be taken back, and then reaches nobody.
	lost, err := o.Give(t.Context(), verified(ana), "k8", Grant{To: "nimeni@exemplu.ro", Name: "Nimeni", Capacity: Attorney})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.End(t.Context(), verified(ana), "k9", lost); err != nil {
		t.Fatal(err)
	}
	late := o.light("nimeni@exemplu.ro")
	if _, err := o.Holds(t.Context(), o.d, lost, late); !errors.Is(err, ErrMandate) {
		t.Errorf("a mandate that was taken back holds: %v", err)
	}
}

func TestFirms(t *testing.T) { eachTown(t, testFirms) }

func testFirms(t *testing.T, o *town) {
	ana, ion := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", ""), o.enrol(Person, cnpIon, "Ion", "Pop-Demo", "")
	firm := o.enrol(Firm, cuiFirm, "", "Bega Demo SRL", "")
	if _, err := o.EnterMandate(t.Context(), verified(ana), "k0", firm, Grant{To: cnpAna, Name: "Ana", Capacity: Representative}); !errors.Is(err, act.ErrRefused) {
		t.Errorf("she made herself the representative: %v", err)
	}
	rep, err := o.EnterMandate(t.Context(), desk, "k1", firm, Grant{To: cnpAna, Name: "Ana", Capacity: Representative})
	if err != nil {
		t.Fatal(err)
	}
	ruler := o.acting(o.mandate(rep))
	id, err := o.Give(t.Context(), ruler, "k2", Grant{To: cnpIon, Name: "Ion", Capacity: Employee})
	if err != nil {
		t.Fatal(err)
	}
	worker := o.mandate(id)
	if worker.Agent != ion || worker.Principal != firm || worker.GivenBy != ana {
		t.Errorf("the firm gave %+v", worker)
	}
	if _, err := o.Give(t.Context(), o.acting(worker), "k3", Grant{To: cnpMara, Name: "Mara", Capacity: Employee}); !errors.Is(err, act.ErrRefused) {
		t.Errorf("an employee gave a mandate of the firm: %v", err)
	}
	if err := o.End(t.Context(), o.acting(worker), "k4", rep); !errors.Is(err, ErrMandate) {
		t.Errorf("an employee ended the representative: %v", err)
	}
	entries, err := o.Acts.About(t.Context(), firm, "", 10)
	if err != nil || entries[0].Person != ana || entries[0].For != firm {
		t.Errorf("the firm reads %+v, %v; want Ana for the firm", entries, err)
	}
	if err := o.EndAtDesk(t.Context(), desk, "k5", rep); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Give(t.Context(), ruler, "k6", Grant{To: cnpMara, Name: "Mara", Capacity: Employee}); !errors.Is(err, act.ErrRefused) {
		t.Errorf("after her end as representative she gave a mandate: %v", err)
	}
	if err := o.End(t.Context(), ruler, "k7", id); !errors.Is(err, ErrMandate) {
		t.Errorf("and ended one: %v", err)
	}
	if _, err := o.Holds(t.Context(), o.d, id, ion); err != nil {
		t.Errorf("what the firm gave ended with who signed for it: %v", err)
	}
}

func TestMandatesHaveDays(t *testing.T) { eachTown(t, testMandatesHaveDays) }

func testMandatesHaveDays(t *testing.T, o *town) {
	ana, ion := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", ""), o.enrol(Person, cnpIon, "Ion", "Pop-Demo", "")
	id, err := o.Give(t.Context(), verified(ana), "k1", Grant{To: cnpIon, Name: "Ion", Capacity: Attorney, From: "2026-12-01", Until: "2026-12-31"})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-11-30T23:59:59+02:00": false, "2026-12-01T00:00:00+02:00": true, "2026-11-30T22:30:00Z": true,
		"2026-12-31T23:59:59+02:00": true, "2027-01-01T00:00:00+02:00": false,
	} {
		if o.time, err = time.Parse(time.RFC3339, at); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Holds(t.Context(), o.d, id, ion); (err == nil) != want {
			t.Errorf("at %s: %v", at, err)
		}
	}
}

func TestWards(t *testing.T) { eachTown(t, testWards) }

func testWards(t *testing.T, o *town) {
	child, ana := o.enrol(Person, "3891229470038", "Dan", "Ionescu-Demo", ""), o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "")
	id, err := o.EnterMandate(t.Context(), desk, "k1", child, Grant{To: cnpAna, Name: "Ana", Capacity: Guardian})
	if err != nil {
		t.Fatal(err)
	}
	if m := o.mandate(id); m.Agent != ana || m.To != "" || m.State("2099-01-01") != Active {
		t.Errorf("the guardian has %+v", m)
	}
	if err := o.End(t.Context(), verified(child), "k2", id); !errors.Is(err, ErrMandate) {
		t.Errorf("the child ended the guardianship: %v", err)
	}
	if _, err := o.Give(t.Context(), o.acting(o.mandate(id)), "k3", Grant{To: cnpIon, Name: "Ion", Capacity: Attorney}); !errors.Is(err, act.ErrRefused) {
		t.Errorf("a guardian passed it on: %v", err)
	}
	texts, err := text.Load(act.Files, Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		person, principal act.PartyID
		want              string
	}{
		{ana, child, "Ana Ionescu-Demo pentru Dan Ionescu-Demo"}, {ana, ana, "Ana Ionescu-Demo"}, {ana, "", "Ana Ionescu-Demo"}, {"", "", ""},
		{"", "visitor-1", ""},
	} {
		if got, err := o.Acting(t.Context(), texts.For("ro"), test.person, test.principal); err != nil || got != test.want {
			t.Errorf("%s for %s is said as %q, %v, want %q", test.person, test.principal, got, err, test.want)
		}
	}
}

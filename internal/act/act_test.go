package act_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

var (
	ana    = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	light  = act.Actor{Person: "ana", For: "ana", Level: act.Light}
	ion    = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	agent  = act.Actor{Person: "ion", For: "ana", Mandate: "m1", Level: act.Verified}
	parker = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"parcare"}, Level: act.Verified}
	guest  = act.Actor{For: "visitor-1"}
	head   = act.Actor{Person: "radu", For: "radu", Level: act.Verified, Roles: []act.Role{act.Head}, Unit: "urbanism"}
	server = act.Actor{Person: "dana", For: "ana", Level: act.Verified, Roles: []act.Role{act.Desk}, Services: []string{"parcare"}, Counter: true}
	clerk  = act.Actor{Person: "maria", For: "maria", Level: act.Verified, Roles: []act.Role{act.Clerk}, Unit: "urbanism"}
)

func TestPolicy(t *testing.T) {
	of := func(owner act.PartyID, unit, service string) act.On {
		return act.On{Subject: "case 1", Owner: owner, Unit: unit, Service: service}
	}
	for _, test := range []struct {
		name  string
		actor act.Actor
		verb  act.Verb
		on    act.On
		want  error
	}{
		{"the owner reads her case", ana, act.ReadCase, of("ana", "urbanism", "parcare"), nil},
		{"a stranger does not", ion, act.ReadCase, of("ana", "urbanism", "parcare"), act.ErrRefused},
		{"her agent does", agent, act.ReadCase, of("ana", "urbanism", "parcare"), nil},
		{"an agent for that service does", parker, act.ReadCase, of("ana", "urbanism", "parcare"), nil},
		{"an agent for another service does not", parker, act.ReadCase, of("ana", "urbanism", "urbanism"), act.ErrRefused},
		{"an agent for one service does not see the whole folder", parker, act.ReadFolder, of("ana", "", ""), act.ErrRefused},
		{"no agent changes her profile", agent, act.KeepProfile, of("ana", "", ""), act.ErrRefused},
		{"she does", ana, act.KeepProfile, of("ana", "", ""), nil},
		{"the clerk in charge opens the case", clerk, act.OpenCase, of("ana", "urbanism", ""), nil},
		{"a clerk of another department does not", clerk, act.OpenCase, of("ana", "taxe", ""), act.ErrRefused},
		{"nor of a case that nobody is in charge of", clerk, act.OpenCase, of("ana", "", ""), act.ErrRefused},
		{"a clerk does not sign", clerk, act.SignCase, of("ana", "urbanism", ""), act.ErrRefused},
		{"a head decides as a clerk does", head, act.ProposeCase, of("ana", "urbanism", ""), nil},
		{"and signs no more than a clerk", head, act.SignCase, of("ana", "urbanism", ""), act.ErrRefused},
		{"nor decides in another department", head, act.ProposeCase, of("ana", "taxe", ""), act.ErrRefused},
		{"her number is printed on what she asks for", ana, act.PrintCode, of("ana", "taxe", ""), nil},
		{"and on what an agent asks for about that service", parker, act.PrintCode, of("ana", "taxe", "parcare"), nil},
		{"a stranger has it printed on nothing", ion, act.PrintCode, of("ana", "taxe", ""), act.ErrRefused},
		{"nor does another department", clerk, act.PrintCode, of("ana", "taxe", ""), act.ErrRefused},
		{"the counter fills in her application", server, act.KeepDraft, of("ana", "", "parcare"), nil},
		{"and no other of hers", server, act.KeepDraft, of("ana", "", "urbanism"), act.ErrRefused},
		{"nor anybody else's", server, act.KeepDraft, of("ion", "", "parcare"), act.ErrRefused},
		{"it does not see her folder", server, act.ReadFolder, of("ana", "", "parcare"), act.ErrRefused},
		{"nor her case", server, act.ReadCase, of("ana", "urbanism", "parcare"), act.ErrRefused},
		{"nor does it consent for her", server, act.GiveConsent, of("ana", "", "parcare"), act.ErrRefused},
		{"nobody serves themselves", act.Actor{Person: "ana", For: "ana", Roles: []act.Role{act.Desk}, Services: []string{"parcare"}, Counter: true}, act.KeepDraft, of("ana", "", "parcare"), act.ErrRefused},
		{"only the counter serves", act.Actor{Person: "maria", For: "ana", Roles: []act.Role{act.Clerk}, Services: []string{"parcare"}, Counter: true}, act.KeepDraft, of("ana", "", "parcare"), act.ErrRefused},
		{"a visitor keeps a draft", guest, act.KeepDraft, of("visitor-1", "", ""), nil},
		{"but not another's", guest, act.KeepDraft, of("visitor-2", "", ""), act.ErrRefused},
		{"and does not file it", guest, act.FileCase, of("visitor-1", "", ""), act.ErrRefused},
		{"nobody owns what is nobody's", act.Actor{}, act.ReadCase, of("", "", ""), act.ErrRefused},
		{"a mandate is given by somebody known", light, act.GiveMandate, of("ana", "", ""), act.ErrLevel},
		{"and by her", ana, act.GiveMandate, of("ana", "", ""), nil},
		{"a verb the policy lacks", ana, "town.sell", of("ana", "", ""), act.ErrRefused},
		{"a token does only what it is for", act.Actor{Person: "ana", For: "ana", Token: true, Verbs: []act.Verb{act.ReadCase}}, act.WithdrawCase, of("ana", "", ""), act.ErrRefused},
		{"the program does not read cases", act.Machine, act.ReadCase, of("ana", "urbanism", ""), act.ErrRefused},
	} {
		if err := test.actor.May(test.verb, test.on); !errors.Is(err, test.want) {
			t.Errorf("%s: May = %v, want %v", test.name, err, test.want)
		}
	}
}

func TestMayTryNeverHidesWhatMayPermits(t *testing.T) {
	for _, actor := range []act.Actor{{}, guest, ana, light, agent, parker, clerk, head, server, act.Machine} {
		for _, verb := range act.Verbs() {
			for _, owner := range []act.PartyID{"", "ana", "visitor-1"} {
				on := act.On{Subject: "x", Owner: owner, Unit: "urbanism"}
				if actor.May(verb, on) == nil && actor.MayTry(verb) != nil {
					t.Errorf("%+v may %s on %+v but not try", actor, verb, on)
				}
			}
		}
	}
}

func TestATokenTriesOnlyWhatItIsFor(t *testing.T) {
	token := act.Actor{Person: "ana", For: "ana", Token: true, Verbs: []act.Verb{act.ReadCase}}
	for verb, want := range map[act.Verb]error{act.ReadCase: nil, act.ReadPublic: nil, act.WithdrawCase: act.ErrRefused, act.KeepProfile: act.ErrRefused} {
		if err := token.MayTry(verb); !errors.Is(err, want) {
			t.Errorf("%s: MayTry = %v, want %v", verb, err, want)
		}
	}
}

func TestDo(t *testing.T) { dbtest.Each(t, testDo) }

func testDo(t *testing.T, d *db.DB) {
	register := open(t, d)
	on := act.On{Subject: "case 1", Owner: "ana", Unit: "urbanism"}
	allow := func(_ context.Context, tx *act.Tx) error { return tx.Allow(on) }
	forget := func(context.Context, *act.Tx) error { return nil }
	ignore := func(_ context.Context, tx *act.Tx) error { _ = tx.Allow(on); return nil }
	for _, test := range []struct {
		name  string
		actor act.Actor
		verb  act.Verb
		fn    func(context.Context, *act.Tx) error
		want  int // entries in the register
	}{
		{"the owner", ana, act.WithdrawCase, allow, 1},
		{"an official", clerk, act.OpenCase, allow, 1},
		{"an official without the role", clerk, act.WithdrawCase, allow, 0},
		{"a stranger", ion, act.WithdrawCase, allow, 0},
		{"a stranger, and nobody looks", ion, act.WithdrawCase, ignore, 0},
		{"the owner, but nobody asks", ana, act.WithdrawCase, forget, 0},
		{"a verb the policy lacks", ana, "town.sell", allow, 0},
	} {
		before := entries(t, d)
		err := register.Do(t.Context(), test.actor, test.verb, test.fn)
		if got := entries(t, d) - before; got != test.want || (err == nil) != (test.want == 1) {
			t.Errorf("%s: %d entries and error %v, want %d", test.name, got, err, test.want)
		}
	}
	seen, err := register.Seen(t.Context(), "ana", "", 10)
	if err != nil || len(seen) != 1 || seen[0].Role != act.Clerk || seen[0].Unit != "urbanism" || seen[0].Person != "maria" {
		t.Errorf("Ana reads that %+v, %v opened her case, want the clerk of urbanism alone", seen, err)
	}
	if all, err := register.About(t.Context(), "ana", "", 10); err != nil || len(all) != 2 || !all[1].At.Before(all[0].At.Add(time.Second)) {
		t.Errorf("About = %+v, %v, want both acts", all, err)
	}
}

// TestOnce sends the same form again and again, also at the same time.
func TestOnce(t *testing.T) { dbtest.Each(t, testOnce) }

func testOnce(t *testing.T, d *db.DB) {
	register := open(t, d)
	on := act.On{Subject: "case 1", Owner: "ana"}
	var group sync.WaitGroup
	answers := make(chan string, 40)
	for range 40 {
		group.Go(func() {
			var answer string
			err := register.Once(t.Context(), ana, act.WithdrawCase, "key", "", &answer, func(_ context.Context, tx *act.Tx) error {
				answer = db.NewID()
				return tx.Allow(on)
			})
			if err != nil {
				t.Error(err)
			}
			answers <- answer
		})
	}
	group.Wait()
	close(answers)
	first := <-answers
	for answer := range answers {
		if answer != first {
			t.Errorf("one form got the answers %s and %s", first, answer)
		}
	}
	if n := entries(t, d); n != 1 {
		t.Errorf("one form, sent 40 times, had %d effects", n)
	}
	do := func(actor act.Actor, verb act.Verb, key string) error {
		var answer string
		return register.Once(t.Context(), actor, verb, key, "", &answer, func(_ context.Context, tx *act.Tx) error { return tx.Allow(on) })
	}
	if err := do(ana, act.WriteMessage, "key"); !errors.Is(err, act.ErrKey) {
		t.Errorf("the key of another verb: got %v, want %v", err, act.ErrKey)
	}
	for _, key := range []string{"", "a\x00b", "a\xffb", strings.Repeat("k", 201)} {
		if err := do(ana, act.WithdrawCase, key); !errors.Is(err, act.ErrNoKey) {
			t.Errorf("key %q: got %v, want %v", key, err, act.ErrNoKey)
		}
	}
	if err := do(agent, act.WithdrawCase, "key"); err != nil {
		t.Errorf("the same key from somebody else: %v", err)
	}
}

func open(t *testing.T, d *db.DB) *act.Register {
	t.Helper()
	if err := d.Migrate(t.Context(), "act", act.Files); err != nil {
		t.Fatal(err)
	}
	return &act.Register{DB: d, Now: time.Now}
}

func entries(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.One(t.Context(), d, db.Value[int], `SELECT count(*) FROM acts`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

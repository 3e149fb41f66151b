package portal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bega/identity"
	"bega/intake"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/procedures"
	"bega/revenue"
)

// TestWhoIsInARegisterSeesTheirTaxes: the people and firms of a register that was sent in
// become parties, or are those who were here; and whoever is verified with that CNP or CUI
// later sees what they owe.
func TestWhoIsInARegisterSeesTheirTaxes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testWhoIsInARegister(t, openHall(t, d)) })
}

func testWhoIsInARegister(t *testing.T, h *hall) {
	ctx, founder := t.Context(), act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	h.must(h.staff.SetRoles(ctx, founder, "k", h.lidia.Person, []act.Role{act.Clerk}, revenue.Unit))
	stranger, light := cnp(t, "385061535901"), cnp(t, "485061535902")
	taxpayers := fmt.Sprintf("rol;tip;cod;nume\n900001;PF;4850615350027;Alt Nume-Demo\n900002;PF;%s;Petre Nou-Demo\n900003;PJ;RO 14756536;Firma Nouă Demo SRL\n900004;PF;%s;Lia Nouă-Demo\n", stranger, light)
	objects := "cod_bun;rol;fel;de_la;cota;place;zone;category;area;adresa\n"
	for i := range 4 {
		objects += fmt.Sprintf("T%d;%d;teren;2020-05-04;;inside;A;buildings;500;Strada Probei %d\n", i, 900001+i, i)
	}
	loaded := h.takesIn(taxpayers, objects)
	if sum := loaded.Import.Summary; loaded.State != intake.Read || sum.Taxpayers.New != 4 || sum.Rejected != 0 {
		t.Fatalf("it was read as %+v", loaded)
	}
	head := act.Actor{Person: "head", For: "head", Level: act.Verified, Roles: []act.Role{act.Head}, Unit: revenue.Unit}
	h.must(h.revenue.Roll.Publish(ctx, head, "publish", loaded.ID))
	_, err := h.revenue.Taxes.Assess(ctx, h.lidia, 2026, false, nil)
	h.must(err)
	if name, err := h.identity.Name(ctx, h.ana.For); err != nil || name != "Ana Test-Demo" || h.has() == "" {
		t.Errorf("who was known is called %q, %v, and has %q", name, err, h.has())
	}

	desk := act.Actor{Person: "desk", For: "desk", Level: act.Verified, Roles: []act.Role{act.Desk}, Unit: revenue.Unit}
	comes := func(kind identity.Kind, code, given, family string) act.PartyID {
		t.Helper()
		found, err := h.identity.Search(ctx, h.db, code, 5)
		if err != nil || len(found) != 1 {
			t.Fatalf("%s %s is %v, %v", given, family, found, err)
		}
		id := found[0].ID
		h.must(h.identity.Verify(ctx, desk, db.NewID(), id, identity.Check{Document: identity.Documents(kind)[0], Seen: true, Code: code, Given: given, Family: family}))
		return id
	}
	for _, who := range []act.PartyID{h.ana.For, comes(identity.Person, stranger, "Petre", "Nou-Demo"), comes(identity.Firm, "14756536", "", "Firma Nouă Demo SRL")} {
		owed, err := h.revenue.Taxpayer.Overview(ctx, act.Actor{Person: who, For: who, Level: act.Verified})
		if err != nil || len(owed.Rows) == 0 {
			t.Errorf("%s sees %+v, %v", who, owed.Rows, err)
		}
	}
	h.hadAnAccount(desk, light, comes)

	again := h.takesIn(taxpayers, objects) // a year later, say
	if sum := again.Import.Summary; sum.Taxpayers.Same != 4 || sum.Objects["land"].Same != 4 {
		t.Errorf("the second time it is %+v", sum)
	}
}

// hadAnAccount is somebody of the register who has signed in with an e-mail address before.
// The account without a CNP does not become that of the register; but once the counter has
// given the address to who is there, it leads to both.
func (h *hall) hadAnAccount(desk act.Actor, code string, comes func(identity.Kind, string, string, string) act.PartyID) {
	h.t.Helper()
	const email = "lia@exemplu.ro"
	ctx, account := h.t.Context(), act.PartyID(db.NewID())
	h.must(h.acts.Do(ctx, desk, act.EnrolParty, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "party"}); err != nil {
			return err
		}
		return h.identity.OpenLight(ctx, tx, account, email, "ro")
	}))
	seen := identity.Check{Document: identity.Documents(identity.Person)[0], Seen: true, Code: code, Given: "Lia", Family: "Nouă-Demo"}
	if err := h.identity.Verify(ctx, desk, db.NewID(), account, seen); !errors.Is(err, identity.ErrEnrolled) {
		h.t.Errorf("two parties have a CNP: %v", err)
	}
	id := comes(identity.Person, code, "Lia", "Nouă-Demo")
	h.must(h.identity.SetEmail(ctx, desk, db.NewID(), id, email))
	if who, err := h.identity.ByEmail(ctx, h.db, email); err != nil || len(who) != 2 {
		h.t.Errorf("the address is that of %v, %v", who, err)
	}
	if owed, err := h.revenue.Taxpayer.Overview(ctx, act.Actor{Person: id, For: id, Level: act.Verified}); err != nil || len(owed.Rows) == 0 {
		h.t.Errorf("she sees %+v, %v", owed.Rows, err)
	}
}

// takesIn sends a register in as Lidia, and has the queue read it.
func (h *hall) takesIn(tables ...string) (v intake.View) {
	h.t.Helper()
	ctx, o := h.t.Context(), h.revenue.Intake
	var ids []string
	for _, text := range tables {
		f, err := o.Keep(ctx, h.lidia, "tabel.csv", strings.NewReader(text))
		h.must(err)
		ids = append(ids, f.ID)
	}
	id, err := o.Begin(ctx, h.lidia, db.NewID(), 2026, ids)
	h.must(err)
	working, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- h.queue.Run(working) }()
	for v.State != intake.Read && v.State != intake.Failed && working.Err() == nil {
		v, err = o.View(ctx, h.lidia, id)
		h.must(err)
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	h.must(<-done)
	return v
}

// cnp completes a personal number with its check digit.
func cnp(t *testing.T, twelve string) string {
	t.Helper()
	for i := range 10 {
		if code, err := procedures.CheckCNP(fmt.Sprint(twelve, i)); err == nil {
			return code
		}
	}
	t.Fatalf("%s is no beginning of a CNP", twelve)
	return ""
}

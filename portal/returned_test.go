package portal

import (
	"context"
	"errors"
	"strings"
	"testing"

	"bega/fiscal"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/ledger"
	"bega/notices"
	"bega/payments"
	"bega/taxlaw"
	"bega/taxpayer"
	"bega/taxroll"
)

// owes enters what Ana has to pay.
func (h *hall) owes(kind string, due deadline.Date, amount money.Bani) {
	h.t.Helper()
	h.must(h.acts.Do(h.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		_, err := h.revenue.Ledger.Enter(ctx, tx, []ledger.Obligation{{Party: h.ana.For, Kind: kind, Year: 2026, Due: due, Amount: amount, Source: "test " + kind}}, nil)
		return err
	}))
}

// pays has somebody pay with a card, and returns the attempt.
func (h *hall) pays(actor act.Actor, cart taxpayer.Cart) (attempt string) {
	h.t.Helper()
	page, _, err := h.revenue.Taxpayer.Pay(h.t.Context(), actor, db.NewID(), cart, "ro")
	h.must(err)
	attempt = page[strings.LastIndex(page, "/")+1:]
	h.hears(attempt, "paid", "P"+attempt, cart.Sum)
	return attempt
}

// hears takes what the bank says.
func (h *hall) hears(attempt, status, transaction string, amount money.Bani) {
	h.t.Helper()
	h.must(h.payments.Settle(h.t.Context(), payments.Outcome{Attempt: attempt, Status: status, Amount: amount, Currency: "RON", Transaction: transaction, At: h.now()}))
}

// told returns the notices of somebody with a key, the newest first.
func (h *hall) told(actor act.Actor, key string) (all []notices.Notice) {
	h.t.Helper()
	inbox, err := h.notices.Inbox(h.t.Context(), actor, "ro", "", 100)
	h.must(err)
	for _, n := range inbox {
		if n.Key == key {
			n, err := h.notices.Open(h.t.Context(), actor, n.ID, "ro")
			h.must(err)
			all = append(all, n)
		}
	}
	return all
}

// TestWhatTheBankTakesBackIsOwedAgain: the taxpayer is told what is owed again and where
// to pay, once, and whoever paid for them no more than that it was in vain.
func TestWhatTheBankTakesBackIsOwedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testTakenBack(t, openHall(t, d)) })
}

func testTakenBack(t *testing.T, h *hall) {
	const again, inVain = "ledger.told-owed-again", "ledger.told-paid-in-vain"
	today := h.today()
	h.owes("fees", today.AddDays(-5), 100*money.Leu)
	h.owes("advertising", today.AddDays(20), 50*money.Leu)
	attempt := h.pays(h.ana, taxpayer.Cart{All: true, Sum: 151 * money.Leu})
	if len(h.told(h.ana, again)) != 0 {
		t.Fatal("she is told of it before it happened")
	}
	for range 3 { // the bank repeats itself
		h.hears(attempt, "refunded", "R1", 40*money.Leu)
	}
	got := h.told(h.ana, again)
	if len(got) != 1 || got[0].Link != "/dosar/taxe" || !strings.Contains(got[0].Body, "luat înapoi 40,00 lei") || !strings.Contains(got[0].Subject, "40,00 lei") ||
		!strings.Contains(got[0].Body, "reclamă și publicitate 2026: 40,00 lei") || strings.Count(got[0].Body, "–") != 1 || len(got[0].Deliveries) != 2 || got[0].Deliveries[1].State != notices.Queued {
		t.Fatalf("of a part, she is told %+v", got)
	}
	h.hears(attempt, "reversed", "P"+attempt, 111*money.Leu)
	h.hears(attempt, "reversed", "P"+attempt, 111*money.Leu+1) // more than there is
	if got = h.told(h.ana, again); len(got) != 2 || !strings.Contains(got[0].Body, "111,00 lei") {
		t.Errorf("of the rest, she is told %+v", got)
	}
	sheet, err := h.revenue.Ledger.OwedOn(t.Context(), h.db, h.ana.For, today, h.now().AddDate(1, 0, 0))
	h.must(err)
	if sheet.All().Sum() != 151*money.Leu || len(h.told(h.ana, "payments.refunded")) != 2 {
		t.Errorf("she owes %+v", sheet.All())
	}

	// Her neighbour pays with her payment code.
	flat := taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, BuiltArea: taxlaw.Whole(77), YearBuilt: 1972}
	_, err = h.revenue.Roll.Apply(t.Context(), h.lidia, "k", []taxroll.Change{{Why: taxroll.Acquired, From: today.AddDays(-10), Thing: &flat, Parts: []taxroll.Part{{Party: h.ana.For}}, Source: "test"}})
	h.must(err)
	role, err := h.revenue.Roll.RoleOf(t.Context(), h.db, h.ana.For)
	h.must(err)
	neighbour := act.Actor{Person: h.lidia.Person, For: h.lidia.For, Level: act.Verified}
	cart := taxpayer.Cart{All: true, Code: role.Code, Sum: 151 * money.Leu, Address: "192.0.2.1"}
	attempt = h.pays(neighbour, cart)
	h.hears(attempt, "refunded", "R3", cart.Sum)
	h.hears(attempt, "refunded", "R3", cart.Sum)
	vain := h.told(neighbour, inVain)
	if len(vain) != 1 || vain[0].Link != "/taxe/plata" || !strings.Contains(vain[0].Body, "TL2026-") || strings.Contains(vain[0].Body, "reclam") || len(h.told(neighbour, again)) != 0 {
		t.Errorf("the neighbour is told %+v", vain)
	}
	if got = h.told(h.ana, again); len(got) != 3 || strings.Contains(got[0].Body, "Lidia") {
		t.Errorf("she is told %+v", got)
	}
	// A visitor does so, of whom nobody knows where to write.
	attempt = h.pays(act.Actor{For: act.VisitorID("x")}, cart)
	h.hears(attempt, "refunded", "R4", cart.Sum)
	if got = h.told(h.ana, again); len(got) != 4 {
		t.Errorf("she is told %d times", len(got))
	}

	// What had settled nothing is not owed again.
	attempt = h.pays(h.ana, taxpayer.Cart{All: true, Sum: cart.Sum})
	h.must(h.acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		_, err := h.revenue.Ledger.Pay(ctx, tx, ledger.Payment{ID: "post 1", Debtor: h.ana.For, Amount: 151 * money.Leu, Moment: h.now(), Channel: "post", Choice: ledger.Choice{Future: true}})
		return errors.Join(err, tx.Allow(act.On{Subject: "test"}))
	}))
	h.hears(attempt, "refunded", "R5", cart.Sum)
	if got = h.told(h.ana, again); len(got) != 4 {
		t.Errorf("of what was paid twice, she is told %+v", got[0])
	}
}

// TestOfficersSeeReminders: a reminder that was sent is in the taxpayer's file, with what
// became of it.
func TestOfficersSeeReminders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testReminders(t, openHall(t, d)) })
}

func testReminders(t *testing.T, h *hall) {
	ctx, in := t.Context(), h.revenue.Fiscal.Reminders
	if all, err := in.Reminded(ctx, h.ana.For, "ro"); err != nil || len(all) != 0 {
		t.Fatalf("there are %+v, %v", all, err)
	}
	h.owes("fees", h.today().AddDays(5), 100*money.Leu)
	h.must(h.revenue.Reminders.Remind(ctx))
	h.must(h.revenue.Reminders.Remind(ctx))
	all, err := in.Reminded(ctx, h.ana.For, "ro")
	h.must(err)
	if len(all) != 1 || !strings.Contains(all[0].What, "100,00 lei până la 28 noiembrie 2026") || !all[0].At.Equal(h.now()) || len(all[0].Ways) != 2 ||
		all[0].Ways[0] != (fiscal.Way{Text: "notices.state-portal", Arrived: true, Ended: true}) || all[0].Ways[1] != (fiscal.Way{Text: "notices.state-queued"}) {
		t.Errorf("officers see %+v", all)
	}
	sent := h.told(h.ana, "reminders.due")
	if len(sent) != 1 {
		t.Fatalf("she was told %+v", sent)
	}
	h.must(h.notices.DeliverNotice(ctx, sent[0].ID))
	all, err = in.Reminded(ctx, h.ana.For, "en")
	h.must(err)
	if len(all) != 1 || all[0].Ways[1] != (fiscal.Way{Text: "notices.state-sent", Arrived: true, Ended: true}) || !strings.Contains(all[0].What, "28 November") {
		t.Errorf("after the mail, officers see %+v", all)
	}
	if all, err := in.Reminded(ctx, h.lidia.For, "ro"); err != nil || len(all) != 0 {
		t.Errorf("of another, they see %+v, %v", all, err)
	}
}

package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/ledger"
	"bega/payments"
	"bega/portal"
	"bega/taxpayer"
	"bega/taxroll"
)

// A debtors is a town in which Ana has a flat, Ion pays for her, and tests set the
// clock.
type debtors struct {
	*Town
	t        *testing.T
	at       time.Time
	ana, ion act.Actor
	head     act.Actor
	code     string // by which anybody can pay for Ana
}

func openDebtors(t *testing.T, d *db.DB) *debtors {
	t.Helper()
	o := &debtors{t: t, at: time.Date(2026, time.February, 10, 8, 0, 0, 0, time.UTC)}
	cfg, err := config.Load("", nil)
	must(t, err)
	if cfg.Data = t.TempDir(); d.Postgres() {
		cfg.Database = dbtest.Name(d)
	}
	o.Town, err = empty(t.Context(), cfg, portal.Options{Now: func() time.Time { return o.at }})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	enrol := func(given string, n int) act.Actor {
		id, err := o.Enrol(t.Context(), founder, identity.Person, given, "Test-Demo", demoNumber(300+n), identity.Contact{Email: strings.ToLower(given) + "@exemplu.ro", Lang: "ro"})
		must(t, err)
		return act.Actor{Person: id, For: id, Level: act.Verified}
	}
	o.ana, o.ion = enrol("Ana", 1), enrol("Ion", 2)
	o.head = enrol("Radu", 3)
	o.head.Roles, o.head.Unit = []act.Role{act.Clerk, act.Head, act.Signatory}, "directia-fiscala"
	flat := belongings()[0]
	_, err = o.Roll.Apply(t.Context(), o.head, db.NewID(), []taxroll.Change{{From: flat.since, Thing: &flat.thing, Details: &flat.details,
		Parts: []taxroll.Part{{Party: o.ana.For}}, Why: taxroll.Acquired, Source: "test"}})
	must(t, err)
	_, err = o.Taxes.Assess(t.Context(), o.head, 2026, false, nil)
	must(t, err)
	role, err := o.Roll.RoleOf(t.Context(), o.DB, o.ana.For)
	must(t, err)
	o.code = role.Code
	return o
}

// on sets the clock to ten o'clock of a day.
func (o *debtors) on(month time.Month, day int) {
	o.at = deadline.Date{Year: 2026, Month: month, Day: day}.Midnight(o.Zone).Add(10 * time.Hour)
}

// begins begins to pay all that is to be paid now, and returns the attempt and the order.
func (o *debtors) begins(who act.Actor, code string) (attempt, order string) {
	o.t.Helper()
	owed := o.account()
	page, order, err := o.Taxpayer.Pay(o.t.Context(), who, db.NewID(), taxpayer.Cart{All: true, Sum: owed.ToPay.Sum(), Code: code, Address: "192.0.2.1"}, "ro")
	must(o.t, err)
	return page[strings.LastIndex(page, "/")+1:], order
}

// bank has the bank decide about an attempt, and report it.
func (o *debtors) bank(attempt, status string) {
	o.t.Helper()
	if status == "refunded" {
		must(o.t, o.Sandbox.GiveBack(o.t.Context(), attempt))
	} else {
		must(o.t, o.Sandbox.Decide(o.t.Context(), attempt, status))
	}
	must(o.t, o.Sandbox.Deliver(o.t.Context(), payments.Message{Payment: attempt, Status: status}))
}

// account is what Ana sees of hers.
func (o *debtors) account() taxpayer.Overview {
	o.t.Helper()
	v, err := o.Taxpayer.Overview(o.t.Context(), o.ana)
	must(o.t, err)
	return v
}

// receipt returns what the receipt of somebody's order says.
func (o *debtors) receipt(who act.Actor, order string) string {
	o.t.Helper()
	paid, err := o.Payments.ByID(o.t.Context(), who, order)
	must(o.t, err)
	paper, err := o.Registry.Paper(o.t.Context(), who, paid.Receipt)
	must(o.t, err)
	text, err := json.Marshal(paper.Paper.Document)
	must(o.t, err)
	return string(text)
}

// says checks what a text says, and what not.
func (o *debtors) says(text string, yes, no []string) {
	o.t.Helper()
	for _, want := range yes {
		if !strings.Contains(text, want) {
			o.t.Errorf("%q is not in %s", want, text)
		}
	}
	for _, bad := range no {
		if strings.Contains(text, bad) {
			o.t.Errorf("%q is in %s", bad, text)
		}
	}
}

// hears checks what the last message says that somebody got.
func (o *debtors) hears(who act.Actor, key string, words ...string) {
	o.t.Helper()
	inbox, err := o.Notices.Inbox(o.t.Context(), who, "ro", "", 1)
	must(o.t, err)
	if len(inbox) == 0 || inbox[0].Key != key {
		o.t.Fatalf("the last message is not %s: %+v", key, inbox)
	}
	o.says(inbox[0].Subject+" "+inbox[0].Body, words, nil)
}

// TestDebtsFromReminderToRefund goes the whole way: a reminder, a payment by Ana and
// another by Ion for the same, receipts, the credit, a refund that an official approves;
// and back, when the bank takes both payments back.
func TestDebtsFromReminderToRefund(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openDebtors(t, d)
		o.on(time.March, 21)
		must(t, o.Reminders.Remind(t.Context()))
		sum, saved := o.account().ToPay.Sum(), o.account().ToPay.Bonus()
		o.hears(o.ana, "reminders.due-year", "până la 31 martie 2026", sum.Format("ro"), saved.Format("ro"))

		byIon, orderOfIon := o.begins(o.ion, o.code)
		byAna, orderOfAna := o.begins(o.ana, "")
		o.bank(byAna, "paid")
		o.hears(o.ana, "payments.paid", sum.Format("ro"))
		o.says(o.receipt(o.ana, orderOfAna), []string{"Plătit pentru", "Ana Test-Demo", `"label":"Rolul","value":"1"`, "Impozit pe clădiri", "rata 2", "debit", "07.02.01.01",
			`"label":"Bonificație, care nu se mai plătește","value":"` + saved.Format("ro"), `"label":"Total","value":"` + sum.Format("ro")}, []string{demoNumber(301)})
		o.bank(byIon, "paid")
		o.says(o.receipt(o.ion, orderOfIon), []string{"Plătit de", "Ion Test-Demo", "titularul unui cod de plată", "Impozit pe clădiri"}, []string{"Ana", "Rolul", "Alba Iulia", "majorări"})
		if got := o.account().Credit; got != sum {
			t.Fatalf("the credit is %s, want %s", got, sum)
		}

		o.on(time.March, 25)
		_, err := o.Ledger.ApproveRefund(t.Context(), o.head, "k", ledger.Refund{Party: o.ana.For, Amount: sum, Channel: "treasury",
			Grounds: ledger.Grounds{Reason: "plătit de două ori", Basis: "CPF art. 168"}})
		must(t, err)
		o.hears(o.ana, "ledger.told-refund", "Îți dăm înapoi "+sum.Format("ro"))
		if v := o.account(); v.Credit != 0 || v.All().Sum() != 0 {
			t.Errorf("after the refund: credit %s, owed %s", v.Credit, v.All().Sum())
		}
		if o.refunded() != sum {
			t.Errorf("the history says that %s were given back, want %s", o.refunded(), sum)
		}

		o.bank(byIon, "refunded") // the town has given back what it did not get
		o.hears(o.ion, "payments.refunded", sum.Format("ro"))
		if v := o.account(); v.All().Sum() != sum || v.Rows[0].Kind != ledger.Recovery {
			t.Errorf("to be recovered: %s, want %s", v.All().Sum(), sum)
		}
		o.bank(byAna, "refunded") // and nothing was paid
		if v := o.account(); v.All().Sum() != 2*sum+saved {
			t.Errorf("owed in the end: %s, want %s", v.All().Sum(), 2*sum+saved)
		}
		o.on(time.April, 7)
		must(t, o.Reminders.Remind(t.Context()))
		o.hears(o.ana, "reminders.late", "Termenul de")
	})
}

// refunded is how much Ana's history says was given back.
func (o *debtors) refunded() (sum money.Bani) {
	h, err := o.Taxpayer.History(o.t.Context(), o.ana, 2026)
	must(o.t, err)
	for _, m := range h.Movements {
		if m.Debit == ledger.Held && m.Credit == ledger.Money {
			sum += m.Amount
		}
	}
	return sum
}

// TestDecisionsAreBroughtToWhomTheyConcern: whatever an official decides about debts,
// whom it concerns reads of it.
func TestDecisionsAreBroughtToWhomTheyConcern(t *testing.T) {
	d := dbtest.SQLite(t)
	o := openDebtors(t, d)
	o.on(time.April, 20)
	grounds := ledger.Grounds{Reason: "test", Basis: "CPF"}
	late := o.account().Rows[0]
	must(t, o.Ledger.ApproveWriteOff(t.Context(), o.head, "k1", ledger.WriteOff{Party: o.ana.For, Obligation: late.ID, Part: ledger.Principal, Amount: money.Leu, Grounds: grounds}))
	o.hears(o.ana, "ledger.told-decided")
	_, err := o.Ledger.GrantPlan(t.Context(), o.head, "k2", ledger.Terms{Party: o.ana.For, Obligations: []string{late.ID}, First: deadline.Date{Year: 2026, Month: time.May, Day: 20},
		Months: 2, Grounds: grounds})
	must(t, err)
	o.hears(o.ana, "ledger.told-plan", "20 mai 2026")
	byAna, order := o.begins(o.ana, "")
	o.bank(byAna, "paid")
	_, err = o.Ledger.TakeBack(t.Context(), o.head, "k3", ledger.Reversal{ID: "back", Payment: "order " + order, Amount: money.Leu, Reason: "test"})
	must(t, err)
	o.hears(o.ana, "ledger.told-taken", fmt.Sprint("O plată de ", money.Leu.Format("ro")))
}

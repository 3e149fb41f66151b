package payday

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bega/bench/kill"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/payments"
	"bega/portal"
	"bega/taxpayer"
)

// Crash kills a program that takes payments, again and again. The bank is in the
// program that kills, and goes on.
type Crash struct {
	kill.Plan
	Writers int `help:"How many pay at the same time." default:"8"`
	People  int `help:"How many people each of them pays for, in turn." default:"40"`
	Debts   int `help:"How many debts each of these has." default:"30"`
}

// Title says what is measured.
func (c *Crash) Title() string {
	return fmt.Sprintf("A program that takes payments from %d people at once, killed again and again; the bank goes on, and is hostile", c.Writers)
}

// Head names the columns.
func (c *Crash) Head() []string {
	return []string{"engine", "kills", "server stops", "told paid", "told nothing", "charges", "credited once", "given back", "paid twice", "statement", "ledger", "acts verified"}
}

// A campaign is what is remembered while programs die.
type campaign struct {
	*Crash
	Place
	bank *Counter
	head string // file with the head of the chain of acts
	task Task
	told []map[int]string // of each writer, by number of the debt: order and state
}

// Measure kills, and then looks at what is left.
func (c *Crash) Measure(ctx context.Context, p Place, t Table) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := &campaign{Crash: c, Place: p, head: filepath.Join(p.Dir, "head.json")}
	if err := m.prepare(ctx); err != nil {
		return err
	}
	defer m.bank.bank.DB.Close()
	listener, err := m.bank.serve(m.task.Socket)
	if err != nil {
		return err
	}
	defer listener.Close()
	go m.bank.run(ctx)
	rounds := 0
	v := kill.Victim{Plan: c.Plan, Command: "pay-crasher", Server: p.Server, Note: m.note}
	kills, stops, err := v.Rounds(ctx, m.goOn, func(ctx context.Context) error {
		if rounds++; rounds%5 == 0 {
			paid, uncertain := m.count()
			t.Say("%s: killed %d times, %d told paid, %d told nothing", p.Engine, rounds, paid, uncertain)
		}
		return m.verify(ctx)
	})
	if err != nil {
		return err
	}
	return m.settle(ctx, kills, stops, t)
}

// prepare makes the bank, the town and those who pay.
func (m *campaign) prepare(ctx context.Context) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	m.task = Task{Engine: m.Engine, Dir: m.Dir, Database: m.Database, Socket: filepath.Join(m.Dir, "bank.sock"), Listen: free.Addr().String()}
	if err := free.Close(); err != nil {
		return err
	}
	town, err := portal.Open(ctx, atHome(m.Config, m.task.Listen), portal.Options{})
	if err != nil {
		return err
	}
	defer town.Close()
	rooms := town.Rooms()
	if m.bank, err = openCounter(ctx, filepath.Join(m.Dir, "bank"), rooms.Zone); err != nil {
		return err
	}
	due := []deadline.Date{deadline.Of(time.Now()).AddDays(60)}
	for i := range m.Writers {
		var debts []debt
		for n := range m.People {
			party, err := m.Enrol(ctx, rooms, i*m.People+n)
			if err != nil {
				return err
			}
			for k := range m.Debts {
				debts = append(debts, debt{party: party, kind: simKinds[k%len(simKinds)], terms: due, amount: money.Bani(1000 + 100*k + n)})
			}
		}
		if err := owe(ctx, rooms, debts); err != nil {
			return err
		}
		w := Writer{Debts: make([]Owed, len(debts))}
		for j, d := range debts { // of one person after the other
			w.Debts[j%m.Debts*m.People+j/m.Debts] = Owed{d.party, d.ids[0], d.amount}
		}
		m.task.Writers, m.told = append(m.task.Writers, w), append(m.told, map[int]string{})
	}
	return nil
}

// goOn returns what the next program begins with.
func (m *campaign) goOn() any {
	for i := range m.task.Writers {
		m.task.Writers[i].Next = len(m.told[i])
	}
	return m.task
}

// note takes what somebody was told: writer, number of the debt, order and state.
func (m *campaign) note(words []string) error {
	writer, err1 := strconv.Atoi(words[0])
	number, err2 := strconv.Atoi(words[1])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	m.told[writer][number] = words[2] + " " + words[3]
	return nil
}

func (m *campaign) count() (paid, uncertain int) {
	for _, all := range m.told {
		for _, one := range all {
			if strings.HasSuffix(one, " paid") {
				paid++
			} else {
				uncertain++
			}
		}
	}
	return paid, uncertain
}

// verify checks the chain of acts, and the ledger.
func (m *campaign) verify(ctx context.Context) error {
	town, err := portal.Open(ctx, atHome(m.Config, m.task.Listen), portal.Options{})
	if err != nil {
		return err
	}
	defer town.Close()
	if err := kill.Chain(ctx, town, m.head); err != nil {
		return err
	}
	_, err = verified(ctx, town.Rooms())
	return err
}

// settle lets two hours pass, in which the town is told everything and asks about the
// rest; and then holds it against the bank and against what people were told.
func (m *campaign) settle(ctx context.Context, kills, stops int, t Table) error {
	m.bank.skip(2 * time.Hour)
	town, err := portal.Open(ctx, atHome(m.Config, m.task.Listen), portal.Options{Now: m.bank.now})
	if err != nil {
		return err
	}
	defer town.Close()
	rooms := town.Rooms()
	rooms.Payments.Provider = m.bank.bank
	listener, err := net.Listen("tcp", m.task.Listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: town.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer server.Close()
	if err := m.quiet(ctx, town); err != nil {
		return err
	}
	back, twice, err := m.givesBack(ctx, town)
	if err != nil {
		return err
	}
	statement, entries, err := m.compare(ctx, rooms)
	if err == nil {
		err = m.remembered(ctx, rooms, len(statement))
	}
	if err != nil {
		return err
	}
	v, err := verified(ctx, rooms)
	if err != nil {
		return err
	}
	var sum money.Bani
	charges, refunds := 0, 0
	for _, line := range statement {
		if sum += line.Amount; line.Amount > 0 {
			charges++
		} else {
			refunds++
		}
	}
	if v.Money != sum {
		return fmt.Errorf("the bank has %s, the ledger %s", sum, v.Money)
	}
	acts, err := m.Audit(ctx, m.head)
	paid, uncertain := m.count()
	t.Add(m.Engine, kills, stops, paid, uncertain, charges, charges-twice, refunds, twice, sum.String(), v.Money.String(), acts)
	t.Say("%s: %d entries, %d given back because they were paid twice", m.Engine, len(entries), back)
	return err
}

// quiet has everything delivered, and all jobs done.
func (m *campaign) quiet(ctx context.Context, town *portal.Town) error {
	for m.bank.waiting() > 0 && ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
	}
	return m.Work(ctx, town)
}

// givesBack has the bank give back what was paid twice.
func (m *campaign) givesBack(ctx context.Context, town *portal.Town) (back, twice int, err error) {
	entries, err := bookings(ctx, town.Rooms().DB)
	if err != nil {
		return 0, 0, err
	}
	over := map[string]money.Bani{} // by attempt
	for _, e := range entries {
		if over[e.attempt] += e.tooMuch; e.kind == "payment" && e.tooMuch > 0 {
			twice++
		}
	}
	for attempt, amount := range over {
		if amount > 0 {
			if err := m.bank.bank.GiveBack(ctx, attempt); err != nil {
				return 0, 0, err
			}
			back++
		}
	}
	return back, twice, m.quiet(ctx, town)
}

// compare holds the town against the bank.
func (m *campaign) compare(ctx context.Context, rooms portal.Rooms) ([]payments.Transaction, []booked, error) {
	d, err := rooms.Payments.Reconcile(ctx)
	if err == nil && (d.Bank != d.Ledger || len(d.Open) > 0) {
		err = fmt.Errorf("the bank has %s, the town %s: %+v", d.Bank, d.Ledger, d.Open)
	}
	if err != nil {
		return nil, nil, err
	}
	statement, err := wholeStatement(ctx, rooms, m.bank.bank)
	if err != nil {
		return nil, nil, err
	}
	entries, err := bookings(ctx, rooms.DB)
	if err == nil {
		err = sameLines(statement, entries)
	}
	if err != nil {
		return nil, nil, err
	}
	tooMuch, _, err := creditedOnce(ctx, rooms, entries)
	if err == nil && len(tooMuch) > 0 {
		err = fmt.Errorf("paid too much and not given back: %s", described(tooMuch, entries))
	}
	return statement, entries, err
}

// remembered sends every form again of which the town has said that it is paid, and
// fails if the answer is another order, if that is not paid, or if the bank has
// charged anything for it.
func (m *campaign) remembered(ctx context.Context, rooms portal.Rooms, lines int) error {
	for i, all := range m.told {
		for n, one := range all {
			id, state, _ := strings.Cut(one, " ")
			if state != "paid" {
				continue
			}
			o := m.task.Writers[i].Debts[n]
			order, err := rooms.Payments.ByID(ctx, payer(o.Party), id)
			if err != nil {
				return err
			}
			if order.State != payments.Paid && order.State != payments.Refunded || order.Receipt == "" {
				return fmt.Errorf("order %s was said to be paid, and is %+v", id, order)
			}
			if err := m.again(ctx, rooms, o, i, n, id); err != nil {
				return err
			}
		}
	}
	statement, err := wholeStatement(ctx, rooms, m.bank.bank)
	if err == nil && len(statement) != lines {
		err = fmt.Errorf("the bank had %d lines, and %d after every form was sent again", lines, len(statement))
	}
	return err
}

// again sends the form of a debt once more.
func (m *campaign) again(ctx context.Context, rooms portal.Rooms, o Owed, writer, n int, want string) error {
	_, id, err := rooms.Taxpayer.Pay(ctx, payer(o.Party), key(writer, n, 0), taxpayer.Cart{Chosen: []string{o.ID}, Sum: o.Sum}, "ro")
	if err != nil && !errors.Is(err, payments.ErrPaid) {
		return err
	}
	if id != want {
		return fmt.Errorf("the form of order %s now leads to %s", want, id)
	}
	return nil
}

// Package payday has towns paid: at a bank that does what banks do on bad days, by
// two hundred clicks at once, and by a program that is killed. Afterwards it holds
// what the town has against what the bank has, line by line.
package payday

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"bega/bench/kill"
	"bega/bench/raw"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/money"
	"bega/ledger"
	"bega/payments"
	"bega/portal"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxpayer"
)

// A Place is where a town is: a folder, and on PostgreSQL a server.
type Place struct {
	Engine   string
	Config   config.Config
	Dir      string      // where things may be put besides
	Database string      // URL; "" on SQLite
	Server   kill.Server // nil on SQLite

	// Enrol enters the i-th person with all that the counter asks for.
	Enrol func(ctx context.Context, rooms portal.Rooms, i int) (act.PartyID, error)
	// Work has a town do its jobs until none is left.
	Work func(ctx context.Context, town *portal.Town) error
	// Audit runs bega audit verify against a head in a file, and returns how many acts
	// are as they were written.
	Audit func(ctx context.Context, head string) (int, error)
}

// Measured is what is measured in a place, for a table with a title and a head.
type Measured interface {
	Title() string
	Head() []string
	Measure(ctx context.Context, p Place, t Table) error
}

// A Table takes what was measured.
type Table struct {
	Add    func(cells ...any)
	Remark func(format string, args ...any)
	Say    func(format string, args ...any) // at once, to whoever waits
}

// A simClock is the time of a town that is not in a hurry to be anywhere.
type simClock struct{ micros atomic.Int64 }

func (c *simClock) now() time.Time   { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *simClock) set(at time.Time) { c.micros.Store(at.UnixMicro()) }

// open opens the town in a place, with a clock and the sandbox as its bank.
func (p Place) open(ctx context.Context, now func() time.Time) (*portal.Town, error) {
	cfg := p.Config
	cfg.Provider = "sandbox"
	return portal.Open(ctx, cfg, portal.Options{Now: now})
}

// others are the rooms that a payment of taxes passes on its way, and that are not
// what is looked at: the receipt is a code, nobody is written to, and nobody has a
// name.
type others struct{}

// Receipt implements [payments.Receipts].
func (others) Receipt(_ context.Context, _ *act.Tx, order payments.Order, _ string) (string, error) {
	return "R-" + order.ID[len(order.ID)-12:], nil
}

// Send implements [payments.Notices].
func (others) Send(context.Context, *act.Tx, act.PartyID, string, []any, string, string, string) error {
	return nil
}

// Owns implements [taxpayer.Register].
func (others) Owns(context.Context, db.Reader, act.PartyID, time.Time) (bool, error) {
	return false, nil
}

// PartyOfCode implements [taxpayer.Register]: the code of somebody is their ID.
func (others) PartyOfCode(_ context.Context, code string) (act.PartyID, error) {
	return act.PartyID(code), nil
}

// Account implements [taxpayer.Register].
func (others) Account(context.Context, act.Actor) (taxpayer.Account, error) {
	return taxpayer.Account{Role: "1", About: map[string]form.Text{}}, nil
}

// Versions implements [taxpayer.Register].
func (others) Versions(context.Context, act.Actor, string) ([]taxpayer.Version, error) {
	return nil, nil
}

// Why implements [taxpayer.Register].
func (others) Why(context.Context, act.Actor, string) ([]*taxlaw.Explanation, error) {
	return nil, nil
}

// Closed implements [taxpayer.Register].
func (others) Closed(context.Context, time.Time) (taxes.Closure, bool, error) {
	return taxes.Closure{}, false, nil
}

// Closures implements [taxpayer.Register].
func (others) Closures(context.Context) ([]taxes.Closure, error) { return nil, nil }

// lean leaves the payments of a town to the rooms payments, taxpayer and ledger
// alone.
func lean(rooms portal.Rooms) {
	rooms.Payments.Receipts, rooms.Payments.Notices = others{}, others{}
	rooms.Taxpayer.Register = others{}
}

// attemptOf returns the payment that a page of the bank is about.
func attemptOf(page string) string { return page[strings.LastIndex(page, "/")+1:] }

// payer returns somebody as they act for themselves.
func payer(id act.PartyID) act.Actor { return act.Actor{Person: id, For: id, Level: act.Verified} }

// A debt is what somebody owes for a kind, in instalments, with a bonus for who pays
// all of it in time.
type debt struct {
	party  act.PartyID
	kind   string
	amount money.Bani // of an instalment
	bonus  money.Bani // 0 for none
	terms  []deadline.Date
	ids    []string // of its obligations, once they are entered
}

// The terms of the year (CF art. 462, 467, 472).
var firstTerm = deadline.Date{Year: 2026, Month: time.March, Day: 31}
var bothTerms = []deadline.Date{firstTerm, {Year: 2026, Month: time.September, Day: 30}}

// owe enters debts.
func owe(ctx context.Context, rooms portal.Rooms, debts []debt) error {
	for len(debts) > 0 {
		some := debts[:min(len(debts), 5000)]
		debts = debts[len(some):]
		if err := oweSome(ctx, rooms, some); err != nil {
			return err
		}
	}
	return raw.Settle(ctx, rooms.Acts.DB)
}

func oweSome(ctx context.Context, rooms portal.Rooms, debts []debt) error {
	var all []ledger.Obligation
	var bonuses []ledger.Bonus
	for i := range debts {
		d := &debts[i]
		d.ids = nil
		for n, due := range d.terms {
			id := db.NewID()
			d.ids = append(d.ids, id)
			all = append(all, ledger.Obligation{ID: id, Party: d.party, Role: "1", Kind: d.kind, Year: 2026, Instalment: n + 1, Due: due, Amount: d.amount,
				Source: fmt.Sprint("bench ", id)})
		}
		if d.bonus > 0 {
			bonuses = append(bonuses, ledger.Bonus{Party: d.party, Kind: d.kind, Year: 2026, Amount: d.bonus, Until: firstTerm})
		}
	}
	return rooms.Acts.Do(ctx, act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "bench"}); err != nil {
			return err
		}
		_, err := rooms.Ledger.Enter(ctx, tx, all, bonuses)
		return err
	})
}

// verified checks the whole ledger of a town, and returns how much money there is in
// it. It fails if anything is not as it has to be.
func verified(ctx context.Context, rooms portal.Rooms) (ledger.Verified, error) {
	v, err := rooms.Ledger.Verify(ctx, nil)
	if err == nil && len(v.Breaches) > 0 {
		err = fmt.Errorf("the ledger is broken: %+v", v.Breaches)
	}
	return v, err
}

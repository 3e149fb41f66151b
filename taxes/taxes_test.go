package taxes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

const unit = "fiscal"

// The words of the register.
type (
	Change  = taxroll.Change
	Part    = taxroll.Part
	Details = taxroll.Details
	Relief  = taxroll.Relief
	Applied = taxroll.Applied
)

const (
	Acquired, Changed, Sold = taxroll.Acquired, taxroll.Changed, taxroll.Sold
	Corrected, Relieved     = taxroll.Corrected, taxroll.Relieved
)

var (
	ana     = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion     = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	agent   = act.Actor{Person: "ion", For: "ana", Mandate: "m1", Services: []string{"taxe", "certificat"}, Level: act.Verified}
	parker  = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"parcare"}, Level: act.Verified}
	clerk   = act.Actor{Person: "maria", For: "maria", Roles: []act.Role{act.Clerk}, Unit: unit}
	head    = act.Actor{Person: "radu", For: "radu", Roles: []act.Role{act.Head}, Unit: unit}
	planner = act.Actor{Person: "dan", For: "dan", Roles: []act.Role{act.Clerk, act.Head, act.Signatory}, Unit: "urbanism"}
	visitor = act.Actor{}
)

// A town is an office with a clock that tests set.
type town struct {
	*Office
	t      testing.TB
	d      *db.DB
	mu     sync.Mutex
	at     time.Time
	n      int
	papers *desk
	rules  map[int]*taxlaw.Rules
}

// A desk numbers papers, and keeps them.
type desk struct {
	mu     sync.Mutex
	issued []Paper
}

func (d *desk) Issue(_ context.Context, _ *act.Tx, p Paper) (code, number string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.issued = append(d.issued, p)
	return fmt.Sprint("paper-", len(d.issued)), fmt.Sprintf("IF2026-%06d", len(d.issued)), nil
}

func (d *desk) last() Paper { return d.issued[len(d.issued)-1] }

// neighbours are the people of the tests: names that begin with "sc " are firms.
type neighbours struct{}

func (neighbours) Owner(_ context.Context, _ db.Reader, party act.PartyID) (string, error) {
	if strings.HasPrefix(string(party), "sc-") {
		return taxlaw.Legal, nil
	}
	return taxlaw.Natural, nil
}

func (neighbours) Capacity(_ context.Context, actor act.Actor, party act.PartyID) (string, error) {
	switch {
	case actor.Person == party:
		return "owner", nil
	case actor.Mandate == "m1":
		return "mandate", nil
	case actor.Mandate == "notary":
		return "notary", nil
	}
	return "", nil
}

func (neighbours) Code(ctx context.Context, tx *act.Tx, on act.On) (string, error) {
	return "code of " + string(on.Owner), tx.Also(ctx, act.PrintCode, on)
}

func (neighbours) Find(_ context.Context, _ *act.Tx, all []taxroll.Taxpayer) (ids []act.PartyID, err error) {
	for _, t := range all {
		ids = append(ids, act.PartyID("p"+t.Code))
	}
	return ids, nil
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

var bucharest = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		panic(err)
	}
	return zone
}()

var texts = sync.OnceValue(func() *text.Catalog {
	all, err := text.Load(Files, taxroll.Files, ledger.Files, taxlaw.Files, deadline.Files, os.DirFS("../procedures"))
	if err != nil {
		panic(err)
	}
	return all
})

func rulesOf(t testing.TB, year int) *taxlaw.Rules {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../city/timisoara/taxes", fmt.Sprint(year)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	of, err := taxlaw.ReadTown(data)
	if err != nil {
		t.Fatal(err)
	}
	code, err := taxlaw.LawOf(of.Law)
	if err != nil {
		t.Fatal(err)
	}
	return taxlaw.New(code, of)
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	for room, files := range map[string]fs.FS{"act": act.Files, "ledger": ledger.Files, "taxroll": taxroll.Files, "taxes": Files} {
		if err := d.Migrate(t.Context(), room, files); err != nil {
			t.Fatal(err)
		}
	}
	o := &town{t: t, d: d, papers: &desk{}, rules: map[int]*taxlaw.Rules{}}
	for _, year := range []int{2025, 2026, 2027} {
		o.rules[year] = rulesOf(t, year)
	}
	o.on("2026-01-19")
	now := func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.at }
	safe, err := vault.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	acts := &act.Register{DB: d, Now: now}
	kinds := []ledger.Kind{{Key: "buildings", Class: ledger.Tax, Natural: "RO37TREZ6212107020101XXX", Legal: "RO84TREZ6212107020102XXX"},
		{Key: "land", Class: ledger.Tax}, {Key: "vehicles", Class: ledger.Tax}, {Key: "advertising", Class: ledger.Fee},
		{Key: "buildings-fee", Class: ledger.Fee}, {Key: "land-fee", Class: ledger.Fee}, {Key: "fines", Class: ledger.Fine}}
	rules := func(year int) (*taxlaw.Rules, error) {
		if rules := o.rules[year]; rules != nil {
			return rules, nil
		}
		return nil, taxlaw.ErrNoLaw
	}
	roll := &taxroll.Office{DB: d, Acts: acts, Now: now, Zone: bucharest, Vault: safe, Texts: texts(), People: neighbours{}, Rules: rules, Unit: unit, Service: "taxe"}
	o.Office = &Office{DB: d, Acts: acts, Now: now, Zone: bucharest, Texts: texts(), Calendar: deadline.New(nil), People: neighbours{}, Papers: o.papers, Roll: roll,
		Ledger: &ledger.Office{DB: d, Acts: acts, Now: now, Zone: bucharest, Kinds: kinds, Unit: unit},
		Rules:  rules, Unit: unit, Service: "taxe", Certified: "certificat"}
	roll.Follow, roll.Totals = o.Follow, o.Office.Totals
	return o
}

// on sets the clock to ten o'clock of a day.
func (o *town) on(date string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = day(date).Midnight(bucharest).Add(10 * time.Hour)
}

func (o *town) key() string { o.n++; return fmt.Sprint("key ", o.n) }

func day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func dec(text string) taxlaw.Dec {
	d, err := taxlaw.ParseDec(text)
	if err != nil {
		panic(err)
	}
	return d
}

func lei(n int) money.Bani { return money.Bani(n) * money.Leu }

func check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// flat is a dwelling of 55 m² in zone A: 515 lei in 2026, if it is newer than 50 years.
func flat() *taxlaw.Object {
	return &taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, UsefulArea: dec("55"), YearBuilt: 1985}
}

func car(engine int) *taxlaw.Object {
	return &taxlaw.Object{Kind: taxlaw.Vehicle, Class: "car", Power: taxlaw.Combustion, Engine: engine, Norm: "E6"}
}

func plot(area string) *taxlaw.Object {
	return &taxlaw.Object{Kind: taxlaw.Land, Place: taxlaw.Inside, Category: taxlaw.WithBuildings, Zone: "B", Area: dec(area)}
}

// parts are "ana", or "ana 1/2".
func parts(texts ...string) (all []Part) {
	for _, text := range texts {
		party, share, _ := strings.Cut(text, " ")
		p := Part{Party: act.PartyID(party), Gone: share == "-"}
		if share != "" && !p.Gone {
			var err error
			if p.Share, err = taxlaw.ParseShare(share); err != nil {
				panic(err)
			}
		}
		all = append(all, p)
	}
	return all
}

// apply enters changes as the clerk, and returns what came of the first.
func (o *town) apply(changes ...Change) Applied {
	o.t.Helper()
	for i := range changes {
		if changes[i].Source == "" {
			changes[i].Source = "test"
		}
		if changes[i].Why == "" {
			changes[i].Why = Changed
		}
	}
	done, err := o.Roll.Apply(o.t.Context(), clerk, o.key(), changes)
	if err != nil {
		o.t.Fatal(err)
	}
	return done[0]
}

// has enters an object, and returns its ID.
func (o *town) has(from string, thing *taxlaw.Object, of ...string) string {
	o.t.Helper()
	return o.apply(Change{From: day(from), Thing: thing, Parts: parts(of...), Why: Acquired}).Object
}

func (o *town) assess(year int) Run {
	o.t.Helper()
	run, err := o.Assess(o.t.Context(), head, year, false, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return run
}

// owes says what somebody owes of a year, by kind.
func (o *town) owes(party act.PartyID, year int) string {
	o.t.Helper()
	sheet, err := o.Ledger.OwedOn(o.t.Context(), o.d, party, deadline.Date{Year: year, Month: 1, Day: 31}, forever)
	if err != nil {
		o.t.Fatal(err)
	}
	var lines []string
	for _, d := range sheet.Debts {
		if d.Year == year && d.Principal > 0 {
			lines = append(lines, fmt.Sprintf("%s %s %s", d.Kind, d.Obligation.Due, d.Principal))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

// pays pays an amount for somebody.
func (o *town) pays(party act.PartyID, amount money.Bani, choice ledger.Choice) {
	o.t.Helper()
	o.n++
	err := o.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		_, err := o.Ledger.Pay(ctx, tx, ledger.Payment{ID: fmt.Sprint("pay ", o.n), Debtor: party, Amount: amount, Moment: o.Now(), Channel: "card", Choice: choice})
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

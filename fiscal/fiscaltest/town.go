// Package fiscaltest makes a department of local taxes for tests of the rooms in which
// its officers work: a real ledger, a real register, a clock that tests set, and people
// who are always the same.
package fiscaltest

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/settle"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// Unit is the department.
const Unit = "fiscal"

// The people of the town.
var (
	Clerk   = Official("maria", Unit, act.Clerk)
	Head    = Official("radu", Unit, act.Head)
	Signer  = Official("ileana", Unit, act.Signatory)
	Teller  = Official("tudor", Unit, act.Desk)
	Both    = Official("vera", Unit, act.Head, act.Signatory)
	Planner = Official("dan", "urbanism", act.Clerk, act.Head, act.Signatory, act.Desk)
	Ana     = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	Ion     = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	Visitor = act.Actor{}
)

// Official returns somebody who works at the town hall.
func Official(id act.PartyID, unit string, roles ...act.Role) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: roles, Unit: unit}
}

// Names are what they are called.
var Names = map[act.PartyID]string{"ana": "Ana <b> Ionescu-Demo", "ion": "Ion Pop-Demo", "sc-bega": "Bega Demo SRL",
	"maria": "Maria Munteanu-Demo", "radu": "Radu Stan-Demo", "ileana": "Ileana Albu-Demo", "tudor": "Tudor Rus-Demo", "vera": "Vera Sava-Demo"}

// Codes are whose a CNP or CUI is. They are synthetic.
var Codes = map[string]act.PartyID{"3850615350017": "ana", "4850615350027": "ion", "14756536": "sc-bega"}

// Masked returns as much of somebody's code as officials see.
func Masked(id act.PartyID) string {
	for code, of := range Codes {
		if of == id {
			return "…" + code[len(code)-4:]
		}
	}
	return ""
}

// Bucharest is where the clocks of the town hang.
var Bucharest = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		panic(err)
	}
	return zone
}()

// A Town is a town hall with local taxes.
type Town struct {
	Base Base
	T    testing.TB
	Site *web.Site
	As   act.Actor // who has signed in, if a request does not say so

	mu sync.Mutex
	at time.Time
	n  int
}

// Base is what the offices of the department are made of.
type Base struct {
	DB     *db.DB
	Acts   *act.Register
	Vault  *vault.Vault
	Ledger *ledger.Office
	Roll   *taxroll.Office
	Taxes  *taxes.Office
}

// rules are the law of 2026 in the town.
var rules = sync.OnceValues(func() (*taxlaw.Rules, error) {
	data, err1 := os.ReadFile(filepath.Join("../city/timisoara/taxes", "2026.json"))
	of, err2 := taxlaw.ReadTown(data)
	code, err3 := taxlaw.LawOf(of.Law)
	return taxlaw.New(code, of), errors.Join(err1, err2, err3)
})

func rulesOf(year int) (*taxlaw.Rules, error) {
	if year != 2026 {
		return nil, taxlaw.ErrNoLaw
	}
	return rules()
}

// New makes a town in which a room is at home, on the morning of 25 November 2026.
func New(t testing.TB, d *db.DB, room string, files embed.FS) *Town {
	t.Helper()
	texts, err1 := text.Load(web.Files, ui.Files, act.Files, upload.Files, deadline.Files, settle.Files, ledger.Files, taxlaw.Files, taxroll.Files, taxes.Files,
		os.DirFS("../procedures"), files)
	safe, err2 := vault.New(make([]byte, 32))
	if err := errors.Join(err1, err2, d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "ledger", ledger.Files),
		d.Migrate(t.Context(), "taxroll", taxroll.Files), d.Migrate(t.Context(), "taxes", taxes.Files), d.Migrate(t.Context(), room, files)); err != nil {
		t.Fatal(err)
	}
	o := &Town{T: t}
	o.On("2026-11-25")
	acts := &act.Register{DB: d, Now: o.Time}
	kinds := []ledger.Kind{{Key: "buildings", Class: ledger.Tax, Natural: "RO37TREZ6212107020101XXX", Legal: "RO84TREZ6212107020102XXX"},
		{Key: "land", Class: ledger.Tax}, {Key: "vehicles", Class: ledger.Tax}, {Key: "fees", Class: ledger.Fee}, {Key: "fines", Class: ledger.Fine}}
	books := &ledger.Office{DB: d, Acts: acts, Now: o.Time, Zone: Bucharest, Kinds: kinds, Unit: Unit}
	roll := &taxroll.Office{DB: d, Acts: acts, Now: o.Time, Zone: Bucharest, Vault: safe, Texts: texts, People: neighbours{}, Rules: rulesOf, Unit: Unit}
	assessor := &taxes.Office{DB: d, Acts: acts, Now: o.Time, Zone: Bucharest, Texts: texts, Calendar: deadline.New(nil), People: neighbours{}, Papers: neighbours{},
		Roll: roll, Ledger: books, Rules: rulesOf, Unit: Unit}
	roll.Follow, roll.Totals = assessor.Follow, assessor.Totals
	o.Base = Base{d, acts, safe, books, roll, assessor}
	o.Site = web.New(web.Config{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: o.Time, Zone: Bucharest, Identify: o.identify,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial", Authority: "Primăria de probă", Phone: "0256 408 300", Hours: "luni–vineri"}
		}})
	o.Site.Mount("GET /f/", assets.Handler())
	return o
}

// Time returns what the clock shows.
func (o *Town) Time() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.at }

// On sets the clock to ten o'clock of a day.
func (o *Town) On(date string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = Day(date).Midnight(Bucharest).Add(10 * time.Hour)
}

// Key returns an idempotency key that was not used yet.
func (o *Town) Key() string { o.n++; return fmt.Sprint("key ", o.n) }

// Day reads a day that tests know to exist.
func Day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Lei returns an amount.
func Lei(n int) money.Bani { return money.Bani(n) * money.Leu }

// Must ends the test for an error.
func (o *Town) Must(err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(err)
	}
}

// Check says so if an error is not what was expected.
func Check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// do runs an act of another room.
func (o *Town) do(fn func(ctx context.Context, tx *act.Tx) error) {
	o.T.Helper()
	o.Must(o.Base.Acts.Do(o.T.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		return fn(ctx, tx)
	}))
}

// Owes enters an obligation that is alone, and returns its ID.
func (o *Town) Owes(party act.PartyID, kind, due string, amount money.Bani) (id string) {
	o.T.Helper()
	source := "line of " + o.Key()
	o.do(func(ctx context.Context, tx *act.Tx) error {
		all, err := o.Base.Ledger.Enter(ctx, tx, []ledger.Obligation{{Party: party, Kind: kind, Year: Day(due).Year, Due: Day(due), Amount: amount, Source: source,
			Enforceable: kind == "fines"}}, nil)
		if err == nil {
			id = all[0].ID
		}
		return err
	})
	return id
}

// Pays has somebody pay by card now.
func (o *Town) Pays(party act.PartyID, amount money.Bani) (id string) {
	o.T.Helper()
	id = "netopia " + o.Key()
	o.do(func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Base.Ledger.Pay(ctx, tx, ledger.Payment{ID: id, Debtor: party, Amount: amount, Moment: o.Time(), Channel: "card"})
		return err
	})
	return id
}

// Role opens the file of a taxpayer.
func (o *Town) Role(party act.PartyID) (role taxroll.Role) {
	o.T.Helper()
	o.do(func(ctx context.Context, tx *act.Tx) (err error) {
		role, err = o.Base.Roll.OpenRole(ctx, tx, party)
		return err
	})
	return role
}

// Gets enters what somebody has owned since 2020, and returns its ID.
func (o *Town) Gets(party act.PartyID, mark string, thing taxlaw.Object) (id string) {
	o.T.Helper()
	o.Role(party)
	done, err := o.Base.Roll.Apply(o.T.Context(), Clerk, o.Key(), []taxroll.Change{{Mark: mark, Of: party, From: Day("2020-01-01"), Why: taxroll.Acquired, Source: "test",
		Thing: &thing, Details: &taxroll.Details{Cadastral: mark}, Parts: []taxroll.Part{{Party: party, Share: taxlaw.Share{Num: 1, Den: 1}}}}})
	o.Must(err)
	return done[0].Object
}

// Area reads a number of square metres.
func Area(metres string) taxlaw.Dec {
	area, err := taxlaw.ParseDec(metres)
	if err != nil {
		panic(err)
	}
	return area
}

// Sheet returns what somebody owes today.
func (o *Town) Sheet(party act.PartyID) ledger.Sheet {
	o.T.Helper()
	s, err := o.Base.Ledger.OwedOn(o.T.Context(), o.Base.DB, party, deadline.Of(o.Time().In(Bucharest)), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	o.Must(err)
	return s
}

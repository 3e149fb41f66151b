package taxpayer

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
	"bega/internal/form"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/payments"
	"bega/taxes"
	"bega/taxlaw"
)

var (
	ana   = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion   = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	elena = act.Actor{Person: "elena", For: "elena", Level: act.Verified} // an accountant
	guest = act.Actor{For: "visitor-1"}
)

// For SRL is Elena in the folder of a firm; with a mandate for something else, she
// sees nothing of its taxes.
var (
	srl   = act.Actor{Person: "elena", For: "srl", Mandate: "m-srl", Level: act.Verified}
	other = act.Actor{Person: "elena", For: "srl", Mandate: "m-srl", Services: []string{"parcare"}, Level: act.Verified}
)

var kindsOfTests = []ledger.Kind{
	{Key: "buildings", Class: ledger.Tax, Natural: "RO63TREZ62121070201XXXXX", Legal: "RO82TREZ62121070102XXXXX"},
	{Key: "land", Class: ledger.Tax, Natural: "RO69TREZ62121070202XXXXX"}, {Key: "vehicles", Class: ledger.Tax}, {Key: "fees", Class: ledger.Fee}, {Key: "fines", Class: ledger.Fine},
}

// A town has a real ledger and a real till with the sandbox as its bank; what the
// room taxes and the room identity know is set by tests.
type town struct {
	*Office
	t    testing.TB
	d    *db.DB
	till *payments.Office
	bank *payments.Sandbox

	mu       sync.Mutex
	at       time.Time
	n        int
	owners   map[act.PartyID]bool
	about    map[string]form.Text
	things   map[act.PartyID][]Thing
	papers   map[act.PartyID][]Decision
	codes    map[string]act.PartyID
	versions map[string][]Version
	why      map[string][]*taxlaw.Explanation // by obligation
	firms    []Firm
	closures []taxes.Closure
	told     []string
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

// alone runs a test on SQLite, for what is about pages.
func alone(t *testing.T) *town {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return newTown(t, d)
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, d: d, owners: map[act.PartyID]bool{}, about: map[string]form.Text{}, versions: map[string][]Version{}, things: map[act.PartyID][]Thing{}, papers: map[act.PartyID][]Decision{},
		codes: map[string]act.PartyID{}, why: map[string][]*taxlaw.Explanation{}}
	o.at = day("2026-01-19").Midnight(zone).Add(10 * time.Hour)
	queue, err := jobs.New(jobs.Config{DB: d, Now: o.now})
	if err != nil {
		t.Fatal(err)
	}
	for room, files := range map[string]fs.FS{"act": act.Files, "ledger": ledger.Files, "payments": payments.Files, "taxpayer": Files} {
		if err := d.Migrate(t.Context(), room, files); err != nil {
			t.Fatal(err)
		}
	}
	secrets, err1 := vault.New([]byte(strings.Repeat("k", 32)))
	texts, err2 := text.Load(web.Files, ui.Files, act.Files, payments.Files, ledger.Files, taxlaw.Files, os.DirFS("../internal/settle"), Files)
	if err := errors.Join(err1, err2, queue.Migrate(t.Context())); err != nil {
		t.Fatal(err)
	}
	acts := &act.Register{DB: d, Now: o.now}
	o.bank = &payments.Sandbox{DB: d, Now: o.now, Zone: zone, Key: []byte("a key of tests")}
	o.till = &payments.Office{DB: d, Acts: acts, Now: o.now, Zone: zone, Provider: o.bank, Payees: []payments.Payee{o}, Receipts: o, Notices: o, URL: "https://portal.exemplu.ro"}
	o.till.Poll = jobs.Handle(queue, "payments_poll", o.till.PollAttempt)
	o.bank.Tell = jobs.Handle(queue, "payments_tell", o.bank.Deliver)
	o.bank.Hand = o.till.Hear
	o.Office = &Office{DB: d, Acts: acts, Now: o.now, Zone: zone, Calendar: deadline.New(nil), Rules: rulesOf(t), Register: known{o}, Firms: known{o}, Bank: o.till,
		Ledger: &ledger.Office{DB: d, Acts: acts, Now: o.now, Zone: zone, Kinds: kindsOfTests, Unit: "fiscal"}, Vault: secrets, Texts: texts,
		IBAN: "RO49AAAA1B31007593840000", Beneficiary: "Municipiul Timișoara", CIF: "14756536", Objection: "/servicii/contestatie", Instalments: "/servicii/esalonare", Refunds: "/servicii/restituire",
		ReceiptPath: func(code string) string { return "/verifica/" + code }}
	return o
}

// rulesOf returns the rules of Timișoara.
var rulesOf = func() func(t testing.TB) map[int]*taxlaw.Rules {
	var once sync.Once
	rules := map[int]*taxlaw.Rules{}
	return func(t testing.TB) map[int]*taxlaw.Rules {
		once.Do(func() {
			for _, year := range []int{2025, 2026, 2027} {
				data, err := os.ReadFile(fmt.Sprintf("../city/timisoara/taxes/%d.json", year))
				if err != nil {
					t.Fatal(err)
				}
				town, err := taxlaw.ReadTown(data)
				if err != nil {
					t.Fatal(err)
				}
				law, err := taxlaw.LawOf(town.Law)
				if err != nil {
					t.Fatal(err)
				}
				rules[year] = taxlaw.New(law, town)
			}
		})
		return rules
	}
}()

// known is what the rooms taxes and identity know.
type known struct{ *town }

func (o known) Owns(_ context.Context, _ db.Reader, party act.PartyID, _ time.Time) (bool, error) {
	return o.owners[party], nil
}

func (o known) PartyOfCode(_ context.Context, code string) (act.PartyID, error) {
	party, ok := o.codes[strings.ToUpper(strings.ReplaceAll(code, "-", ""))]
	if !ok {
		return "", ErrUnknown
	}
	return party, nil
}

func (o known) Account(_ context.Context, actor act.Actor) (Account, error) {
	return Account{Role: "1234", Legal: actor.For == "srl", About: o.about, Things: slices.Clone(o.things[actor.For]), Decisions: o.papers[actor.For]}, nil
}

func (o known) Versions(_ context.Context, _ act.Actor, thing string) ([]Version, error) {
	return o.versions[thing], nil
}

func (o known) Why(_ context.Context, _ act.Actor, obligation string) ([]*taxlaw.Explanation, error) {
	return o.town.why[obligation], nil
}

func (o known) Closed(_ context.Context, at time.Time) (taxes.Closure, bool, error) {
	for _, c := range o.closures {
		if !at.Before(c.From) && at.Before(c.To) {
			return c, true, nil
		}
	}
	return taxes.Closure{}, false, nil
}

func (o known) Closures(context.Context) ([]taxes.Closure, error) {
	return slices.Clone(o.closures), nil
}

func (o known) Firms(_ context.Context, actor act.Actor) ([]Firm, error) {
	if actor.Person != "elena" {
		return nil, nil
	}
	return o.town.firms, nil
}

// What other rooms do for payments.

func (o *town) Receipt(_ context.Context, _ *act.Tx, order payments.Order, _ string) (string, error) {
	return "R-" + order.ID[len(order.ID)-6:], nil
}

func (o *town) Send(_ context.Context, _ *act.Tx, to act.PartyID, key string, _ []any, _, _, _ string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, string(to)+" "+key)
	return nil
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

// on sets the clock to ten o'clock of a day.
func (o *town) on(date string) { o.set(day(date).Midnight(o.Zone).Add(10 * time.Hour)) }

func (o *town) set(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = at
}

func day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func lei(n int) money.Bani { return money.Bani(n) * money.Leu }

func check(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// owes enters what a party owes for a kind, in instalments by day, and the bonus for
// paying the year in time; it returns the IDs.
func (o *town) owes(party act.PartyID, kind string, bonus money.Bani, label string, terms ...any) (ids []string) {
	o.t.Helper()
	var all []ledger.Obligation
	var bonuses []ledger.Bonus
	for i := 0; i < len(terms); i += 2 {
		o.n++
		ob := ledger.Obligation{Party: party, Kind: kind, Year: 2026, Due: day(terms[i].(string)), Amount: terms[i+1].(money.Bani), Source: fmt.Sprint("line ", o.n)}
		if len(terms) > 2 {
			ob.Instalment = i/2 + 1
		}
		if kind == "fines" {
			ob.Enforceable = true
		}
		all = append(all, ob)
	}
	if bonus > 0 {
		bonuses = append(bonuses, ledger.Bonus{Party: party, Kind: kind, Year: 2026, Amount: bonus, Until: day("2026-03-31")})
	}
	err := o.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		entered, err := o.Ledger.Enter(ctx, tx, all, bonuses)
		ids = nil
		for _, ob := range entered {
			ids = append(ids, ob.ID)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, id := range ids {
		if label != "" {
			o.about[id] = form.Text{"ro": label}
		}
	}
	return ids
}

// decides has the bank end the payment that a page of it is about, and report it.
func (o *town) decides(page, status string) {
	o.t.Helper()
	attempt := page[strings.LastIndex(page, "/")+1:]
	check(o.t, o.bank.Decide(o.t.Context(), attempt, status), nil)
	check(o.t, o.bank.Deliver(o.t.Context(), payments.Message{Payment: attempt, Status: status}), nil)
}

func (o *town) left(party act.PartyID) money.Bani {
	o.t.Helper()
	sheet, err := o.Ledger.OwedOn(o.t.Context(), o.DB, party, o.today(), o.now().Add(time.Hour))
	check(o.t, err, nil)
	return sheet.All().Sum() - sheet.Credit
}

func TestPaidInTimeAfterAll(t *testing.T) { eachTown(t, testPaidAfterAll) }

// testPaidAfterAll: on the last day a bank takes money and says that it was refused. Who
// paid begins anew with another choice, and then the bank says the truth: all is paid as of
// the moment of the charge, and what is too much is a credit.
func testPaidAfterAll(t *testing.T, o *town) {
	o.owes("ana", "buildings", 0, "", "2026-03-31", lei(211))
	land := o.owes("ana", "land", 0, "", "2026-03-31", lei(30))
	o.at = day("2026-03-31").Midnight(o.Zone).Add(23 * time.Hour)
	page, first, err := o.Pay(t.Context(), ana, "first", Cart{All: true, Sum: lei(241)}, "ro")
	check(t, err, nil)
	attempt := page[strings.LastIndex(page, "/")+1:]
	check(t, o.bank.Decide(t.Context(), attempt, "paid"), nil)
	check(t, o.bank.Deliver(t.Context(), payments.Message{Payment: attempt, Status: "refused"}), nil)
	bill, _, err := o.Choose(t.Context(), ana, land)
	check(t, err, nil)
	other, second, err := o.Pay(t.Context(), ana, "second", Cart{Chosen: land, Sum: bill.Sum()}, "ro")
	check(t, err, nil)
	if first == second {
		t.Fatal("another choice has the same order")
	}
	o.decides(other, "paid")
	o.at = o.at.Add(3 * 24 * time.Hour)
	check(t, o.bank.Deliver(t.Context(), payments.Message{Payment: attempt, Status: "paid"}), nil)
	if left := o.left("ana"); left != -lei(30) {
		t.Errorf("left %s", left)
	}
	if v, err := o.Ledger.Verify(t.Context(), nil); err != nil || len(v.Breaches) > 0 || v.Money != lei(271) {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestPayAllWithBonus(t *testing.T) { eachTown(t, testPayAllWithBonus) }

// testPayAllWithBonus: in January, all is the year less the bonus; and what is paid
// counts from the authorisation.
func testPayAllWithBonus(t *testing.T, o *town) {
	o.owes("ana", "buildings", lei(42), "Alba Iulia 7", "2026-03-31", lei(211), "2026-09-30", lei(210))
	o.owes("ana", "fees", 0, "Salubrizare", "2026-06-30", lei(50))
	v, err := o.Overview(t.Context(), ana)
	check(t, err, nil)
	if v.ToPay.Sum() != lei(379) || v.ToPay.Bonus() != lei(42) || len(v.ToPay.Rows) != 2 {
		t.Fatalf("to pay: %s, less %s, %d debts", v.ToPay.Sum(), v.ToPay.Bonus(), len(v.ToPay.Rows))
	}
	page, id, err := o.Pay(t.Context(), ana, "k", Cart{All: true, Sum: lei(379)}, "ro")
	check(t, err, nil)
	o.set(o.now().Add(time.Minute))
	o.decides(page, "paid")
	result, err := o.Result(t.Context(), ana, id)
	check(t, err, nil)
	if result.State != payments.Paid || !result.Own || len(result.Lines) == 0 {
		t.Errorf("result: %+v", result)
	}
	if left := o.left("ana"); left != lei(50) {
		t.Errorf("left: %s", left)
	}
	v, err = o.Overview(t.Context(), ana)
	check(t, err, nil)
	if v.Paid != lei(379) || v.Last == nil || v.Last.Order != id || !v.ToPay.Empty() {
		t.Errorf("after paying: paid %s, last %+v, to pay %s", v.Paid, v.Last, v.ToPay.Sum())
	}
}

func TestOrdersOnce(t *testing.T) { eachTown(t, testOrdersOnce) }

// testOrdersOnce: a double click, two tabs and two hundred requests find one order
// and one visit to the bank; and the money is credited once.
func testOrdersOnce(t *testing.T, o *town) {
	o.owes("ana", "buildings", 0, "", "2026-03-31", lei(211), "2026-09-30", lei(210))
	cart := Cart{All: true, Sum: lei(211)}
	n := 200
	pages, ids := make([]string, n), make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var err error
			if pages[i], ids[i], err = o.Pay(context.WithoutCancel(t.Context()), ana, fmt.Sprint("key ", i/2), cart, "ro"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	slices.Sort(pages)
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 1 || len(slices.Compact(pages)) != 1 {
		t.Fatalf("orders %q, pages %q", ids, pages)
	}
	for range 2 {
		o.decides(pages[0], "paid")
	}
	if left := o.left("ana"); left != lei(210) {
		t.Errorf("left: %s", left)
	}
	_, _, err := o.Pay(t.Context(), ana, "again", cart, "ro")
	check(t, err, ErrNothing)
}

func TestPayingIsRefused(t *testing.T) { eachTown(t, testPayingIsRefused) }

func testPayingIsRefused(t *testing.T, o *town) {
	mine := o.owes("ana", "buildings", 0, "", "2026-03-31", lei(211))[0]
	his := o.owes("ion", "buildings", 0, "", "2026-03-31", lei(100))[0]
	for what, test := range map[string]struct {
		actor act.Actor
		cart  Cart
		want  error
	}{
		"another's debt":             {ana, Cart{Chosen: []string{his}, Sum: lei(100)}, ErrNothing},
		"nothing":                    {ana, Cart{Sum: lei(211)}, ErrNothing},
		"another sum":                {ana, Cart{Chosen: []string{mine}, Sum: lei(200)}, ErrChanged},
		"nobody":                     {act.Actor{}, Cart{All: true, Sum: lei(211)}, ErrUnknown},
		"a visitor without one":      {guest, Cart{All: true, Sum: lei(211)}, ErrUnknown},
		"a mandate for other things": {other, Cart{All: true, Sum: lei(1)}, ErrUnknown},
		"a wrong code":               {guest, Cart{All: true, Sum: lei(211), Code: "ZZZ"}, ErrCode},
	} {
		if _, _, err := o.Pay(t.Context(), test.actor, "key "+what, test.cart, "ro"); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", what, err, test.want)
		}
	}
	for what, err := range map[string]error{
		"why":      second(o.Why(t.Context(), ana, his)),
		"overview": second(o.Overview(t.Context(), other)),
		"history":  second(o.History(t.Context(), other, 2026)),
		"things":   second(o.Office.Account(t.Context(), other)),
		"result":   second(o.Result(t.Context(), ion, "nothing")),
	} {
		if !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	o.closures = []taxes.Closure{{From: o.now().Add(-time.Hour), To: o.now().Add(time.Hour), Reason: form.Text{"ro": "se emit deciziile"}}}
	_, _, err := o.Pay(t.Context(), ana, "closed", Cart{All: true, Sum: lei(211)}, "ro")
	check(t, err, ErrClosed)
}

func second[T any](_ T, err error) error { return err }

func TestAnotherChoiceReplacesTheOrder(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		ids := o.owes("ana", "buildings", lei(42), "", "2026-03-31", lei(211), "2026-09-30", lei(210))
		page, first, err := o.Pay(t.Context(), ana, "k1", Cart{All: true, Sum: lei(379)}, "ro")
		check(t, err, nil)
		_, id, err := o.Pay(t.Context(), ana, "k2", Cart{Chosen: ids[:1], Sum: lei(211)}, "ro")
		if check(t, err, ErrGoing); id != first {
			t.Errorf("the order under way is %q, want %q", id, first)
		}
		o.decides(page, "refused")
		page, next, err := o.Pay(t.Context(), ana, "k3", Cart{Chosen: ids[:1], Sum: lei(211)}, "ro")
		check(t, err, nil)
		if order, err := o.till.ByID(t.Context(), ana, first); err != nil || order.State != payments.Cancelled || next == first {
			t.Errorf("the first order is %s (%v), the next %q", order.State, err, next)
		}
		o.decides(page, "paid")
		if left := o.left("ana"); left != lei(210) {
			t.Errorf("left: %s", left)
		}
	})
}

// TestFinesFirst: who has something in the town is told before paying that the
// money goes to a fine first.
func TestFinesFirst(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owners["ana"] = true
		tax := o.owes("ana", "buildings", 0, "", "2026-03-31", lei(211))
		fine := o.owes("ana", "fines", 0, "", "2025-12-01", lei(145))
		bill, detour, err := o.Choose(t.Context(), ana, tax)
		check(t, err, nil)
		if bill.Sum() != lei(211) || len(detour.Lines) != 1 || detour.Lines[0].Amount != lei(145) || detour.Short != lei(145) {
			t.Errorf("%s, and %+v", bill.Sum(), detour)
		}
		_, detour, err = o.Choose(t.Context(), ana, append(tax, fine...))
		check(t, err, nil)
		if len(detour.Lines) != 0 || detour.Short != 0 {
			t.Errorf("with the fine: %+v", detour)
		}
	})
}

// TestGuest: whoever has a code pays without an account, and for another.
func TestGuest(t *testing.T) { eachTown(t, testGuest) }

func testGuest(t *testing.T, o *town) {
	o.codes["ABC123DE4"] = "ana"
	o.owes("ana", "buildings", lei(42), "Alba Iulia 7", "2026-03-31", lei(211), "2026-09-30", lei(210))
	g, err := o.ByCode(t.Context(), "abc-123-de4", "192.0.2.7:1234")
	check(t, err, nil)
	if g.Now.Sum() != lei(379) || g.Now.Rows[0].About != nil {
		t.Errorf("a guest sees %+v", g.Now)
	}
	page, id, err := o.Pay(t.Context(), guest, "k", Cart{All: true, Sum: lei(379), Code: "ABC-123-DE4"}, "ro")
	check(t, err, nil)
	o.decides(page, "paid")
	result, err := o.Result(t.Context(), guest, id)
	if check(t, err, nil); result.State != payments.Paid || result.Own || result.Lines != nil || result.Receipt == "" {
		t.Errorf("result: %+v", result)
	}
	for _, line := range result.Order.Lines {
		if strings.Contains(line.Label["ro"], "Alba") {
			t.Errorf("the order says %q", line.Label["ro"])
		}
	}
	if _, err := o.Result(t.Context(), act.Actor{For: "visitor-2"}, id); !errors.Is(err, ErrUnknown) {
		t.Errorf("another visitor: %v", err)
	}
	if left := o.left("ana"); left != 0 {
		t.Errorf("left: %s", left)
	}
	o.owes("ana", "land", 0, "", "2026-03-31", lei(30))
	page, id, err = o.Pay(t.Context(), ion, "k2", Cart{All: true, Sum: lei(30), Code: "ABC123DE4"}, "ro")
	check(t, err, nil)
	o.decides(page, "paid")
	receipt, err := o.Ledger.ReceiptOf(t.Context(), o.DB, orderPrefix+id)
	if check(t, err, nil); receipt.Payer != "ion" || receipt.Debtor != "ana" {
		t.Errorf("paid by %s for %s", receipt.Payer, receipt.Debtor)
	}
}

// TestGuessing: wrong codes slow a network down, and no other one; nobody is locked
// out.
func TestGuessing(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.codes["ABC123DE4"] = "ana"
		for range freeTries + 1 {
			_, err := o.ByCode(t.Context(), "WRONG", "192.0.2.7:1")
			check(t, err, ErrCode)
		}
		_, err := o.ByCode(t.Context(), "ABC123DE4", "192.0.2.99:1")
		check(t, err, ErrWait)
		_, err = o.ByCode(t.Context(), "ABC123DE4", "198.51.100.1:1")
		check(t, err, nil)
		for range 20 {
			o.set(o.now().Add(mostWait))
			_, err = o.ByCode(t.Context(), "WRONG", "192.0.2.7:1")
			check(t, err, ErrCode)
		}
		o.set(o.now().Add(mostWait))
		_, err = o.ByCode(t.Context(), "ABC123DE4", "192.0.2.7:1")
		check(t, err, nil)
		o.set(o.now().Add(2 * forgetful))
		_, err = o.ByCode(t.Context(), "WRONG", "192.0.2.7:1")
		check(t, err, ErrCode)
		_, err = o.ByCode(t.Context(), "", "192.0.2.7:1")
		check(t, err, ErrNoCode)
	})
}

// TestClients: an accountant with two hundred firms sees what each owes, the nearest
// term first; not of a firm whose mandate is for something else.
func TestClients(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		for i := range 200 {
			party := act.PartyID(fmt.Sprintf("firm-%03d", i))
			o.firms = append(o.firms, Firm{Party: party, Name: fmt.Sprintf("Firma Demo %03d SRL", i), Mandate: "m-" + string(party)})
			if i%2 == 0 {
				o.owes(party, "buildings", 0, "", day("2026-01-05").AddDays(i).String(), lei(100+i), "2026-09-30", lei(100))
			}
		}
		o.firms[0].Services = []string{"parcare"}
		began := time.Now()
		all, err := o.Clients(t.Context(), elena)
		check(t, err, nil)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
		if len(all) != 199 || all[0].Name != "Firma Demo 002 SRL" || all[0].Overdue == 0 || !all[198].Next.IsZero() {
			t.Errorf("%d firms, first %+v", len(all), all[0])
		}
		all, err = o.Clients(t.Context(), ana)
		if check(t, err, nil); len(all) != 0 {
			t.Errorf("Ana acts for %d firms", len(all))
		}
	})
}

func TestTransfers(t *testing.T) {
	o := alone(t)
	o.owes("srl", "buildings", lei(20), "", "2026-03-31", lei(100), "2026-09-30", lei(100))
	o.owes("srl", "land", 0, "", "2026-03-31", lei(33))
	list, _, err := o.Transfers(t.Context(), srl, o.Texts.For("ro"))
	check(t, err, nil)
	want := "BCD\n002\n1\nSCT\n\nMunicipiul Timișoara\nRO82TREZ62121070102XXXXX\nRON180.00\n\n\nImpozit pe clădiri, rol 1234"
	if len(list) != 2 || list[0].QR != want || list[1].QR != "" || list[1].Amount != lei(33) {
		t.Errorf("%+v", list)
	}
}

// TestInstalmentOfAPlan: what is due of a plan is part of what is to be paid, and
// the rest of the plan is not.
func TestInstalmentOfAPlan(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.on("2026-05-10")
		late := o.owes("ana", "buildings", 0, "", "2026-03-31", lei(300))
		o.owes("ana", "land", 0, "", "2026-06-30", lei(30))
		signer := act.Actor{Person: "radu", For: "radu", Roles: []act.Role{act.Signatory}, Unit: "fiscal"}
		plan, err := o.Ledger.GrantPlan(t.Context(), signer, "plan", ledger.Terms{Party: "ana", Obligations: late, First: day("2026-06-10"), Months: 3,
			Grounds: ledger.Grounds{Reason: "la cerere", Basis: "CPF art. 185"}})
		check(t, err, nil)
		o.set(o.now().Add(time.Minute))
		v, err := o.Overview(t.Context(), ana)
		check(t, err, nil)
		if v.ToPay.Instalment != plan.Current || v.ToPay.Sum() != plan.Current+lei(30) || plan.Current == 0 {
			t.Fatalf("to pay %s, of which the instalment %s; the plan: %+v", v.ToPay.Sum(), v.ToPay.Instalment, plan)
		}
		page, id, err := o.Pay(t.Context(), ana, "k", Cart{All: true, Sum: v.ToPay.Sum()}, "ro")
		check(t, err, nil)
		o.decides(page, "paid")
		if v, err = o.Overview(t.Context(), ana); err != nil || !v.ToPay.Empty() || len(v.Rows) != 1 {
			t.Errorf("afterwards (%v): to pay %s, %d debts", err, v.ToPay.Sum(), len(v.Rows))
		}
		o.steps(o.site(), "ro", []step{
			{"ana", "GET /taxe/plata/" + id, nil, 200, "Ratele din eșalonare", ""},
			{"ana", "GET /dosar/taxe", nil, 200, "Plata în rate", ""},
		}...)
	})
}

// TestWhatElseToAskFor: whoever is late finds where to ask for instalments, and whoever
// has paid too much where to ask for it.
func TestWhatElseToAskFor(t *testing.T) {
	o := alone(t)
	o.owes("ana", "land", 0, "", "2026-03-31", lei(30))
	o.steps(o.site(), "ro", step{"ana", "GET /dosar/taxe", nil, 200, "Impozit pe teren", "/servicii/esalonare"})
	o.on("2026-04-20")
	o.steps(o.site(), "ro", step{"ana", "GET /dosar/taxe", nil, 200, `href="/servicii/esalonare"`, "/servicii/restituire"})
	check(t, o.Acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Ledger.Pay(ctx, tx, ledger.Payment{ID: "treasury 1", Debtor: "ana", Amount: lei(50), Moment: tx.At, Channel: "treasury"})
		return errors.Join(tx.Allow(act.On{Subject: "test"}), err)
	}), nil)
	o.steps(o.site(), "ro", step{"ana", "GET /dosar/taxe", nil, 200, `href="/servicii/restituire"`, "/servicii/esalonare"})
}

// TestProofAndGoing: a receipt says what was settled, and of the debtor of a payment
// code nothing; and somebody who is paying is known to be.
func TestProofAndGoing(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owes("ana", "land", 0, "", "2026-03-31", lei(30))
		o.codes["ANA1"] = "ana"
		going := func() bool {
			yes, err := o.Going(t.Context(), o.DB, "ana")
			check(t, err, nil)
			return yes
		}
		if going() {
			t.Error("nobody has begun to pay")
		}
		byIon, orderOfIon, err := o.Pay(t.Context(), ion, "k1", Cart{All: true, Sum: lei(30), Code: "ANA1"}, "ro")
		check(t, err, nil)
		byAna, orderOfAna, err := o.Pay(t.Context(), ana, "k2", Cart{All: true, Sum: lei(30)}, "ro")
		check(t, err, nil)
		if !going() {
			t.Error("two are paying")
		}
		o.decides(byAna, "paid")
		if !going() {
			t.Error("one is still paying")
		}
		o.decides(byIon, "refused")
		if going() {
			t.Error("nobody is paying any more")
		}
		debtor, lines, err := o.Proof(t.Context(), o.DB, orderOfAna)
		if check(t, err, nil); debtor != "ana" || len(lines) != 1 || lines[0].Amount != lei(30) {
			t.Errorf("Ana's proof: %q, %+v", debtor, lines)
		}
		if debtor, lines, err := o.Proof(t.Context(), o.DB, orderOfIon); err != nil || debtor != "" || lines != nil {
			t.Errorf("Ion's proof: %q, %+v, %v", debtor, lines, err)
		}
		_, _, err = o.Proof(t.Context(), o.DB, "another")
		check(t, err, ErrUnknown)
	})
}

// TestGivenBack: what the bank gives back is said.
func TestGivenBack(t *testing.T) {
	o := alone(t)
	o.owes("ana", "land", 0, "", "2026-03-31", lei(30))
	page, id, err := o.Pay(t.Context(), ana, "k", Cart{All: true, Sum: lei(30)}, "ro")
	check(t, err, nil)
	o.decides(page, "paid")
	attempt := page[strings.LastIndex(page, "/")+1:]
	check(t, o.bank.GiveBack(t.Context(), attempt), nil)
	check(t, o.bank.Deliver(t.Context(), payments.Message{Payment: attempt, Status: "refunded"}), nil)
	o.steps(o.site(), "ro", step{"ana", "GET /taxe/plata/" + id, nil, 200, "Am dat banii înapoi", "Am primit"})
}

func TestHistory(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		o.owes("ana", "land", 0, "", "2026-03-31", lei(30))
		page, id, err := o.Pay(t.Context(), ana, "k", Cart{All: true, Sum: lei(30)}, "ro")
		check(t, err, nil)
		o.decides(page, "paid")
		h, err := o.History(t.Context(), ana, 2026)
		check(t, err, nil)
		if len(h.Payments) != 1 || h.Payments[0].Order != id || h.Payments[0].Amount != lei(30) || len(h.Payments[0].Lines) != 1 || len(h.Movements) != 2 {
			t.Errorf("%+v", h)
		}
	})
}

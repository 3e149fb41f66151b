package payments

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
)

// A testBank plays a provider, in its own protocol and over HTTP where that has
// it, to somebody who is not always honest.
type testBank interface {
	provider() Provider

	// visits is what the browser of a payer does with the page that it was led to.
	visits(t testing.TB, site *httptest.Server, page string)

	// decides ends a payment as who pays wants it, "paid" or "refused", and returns
	// what the bank knows of it now. It says so to nobody.
	decides(t testing.TB, attempt, status string) Outcome

	// writes writes a report that says something, and signs it, or else has somebody
	// sign it who has not got the key.
	writes(t testing.TB, o Outcome, forged bool) (body []byte, header http.Header)

	// silence has the bank hang up on whoever asks.
	silence(on bool)
}

// A market is a town with one bank.
type market struct {
	*town
	bank testBank
	site *httptest.Server
}

var banks = map[string]func(t testing.TB, o *town) testBank{"sandbox": newSandboxBank, "netopia": newNetopiaBank, "euplatesc": newEuplatescBank}

// eachBank runs a test with each provider, on each engine.
func eachBank(t *testing.T, test func(t *testing.T, m *market)) {
	for name, open := range banks {
		t.Run(name, func(t *testing.T) {
			eachTown(t, func(t *testing.T, o *town) { test(t, newMarket(t, o, open(t, o))) })
		})
	}
}

func newMarket(t testing.TB, o *town, bank testBank) *market {
	o.Provider = bank.provider()
	m := &market{town: o, bank: bank, site: httptest.NewServer(open(t, o, &ana))}
	t.Cleanup(m.site.Close)
	o.URL = m.site.URL
	return m
}

// begins begins to pay, and has a browser go where that leads. It returns the
// attempt that is open then.
func (m *market) begins(actor act.Actor, order string) string {
	m.t.Helper()
	page, err := m.Pay(m.t.Context(), actor, db.NewID(), order, "ro")
	if err != nil {
		m.t.Fatal(err)
	}
	m.bank.visits(m.t, m.site, page)
	a, err := openAttempt(m.t.Context(), m.DB, order)
	if err != nil {
		m.t.Fatal(err)
	}
	return a.id
}

// hear brings a report to the town, and returns the status of the answer.
func (m *market) hear(o Outcome, forged bool) int {
	body, header := m.bank.writes(m.t, o, forged)
	return m.post(body, header)
}

func (m *market) post(body []byte, header http.Header) int {
	r, err := http.NewRequest(http.MethodPost, m.site.URL+notifyPath, bytes.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header = header
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Error(err)
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// TestEveryBank: a fee is paid once, whatever is said how often.
func TestEveryBank(t *testing.T) { eachBank(t, testEveryBank) }

func testEveryBank(t *testing.T, m *market) {
	ctx := t.Context()
	id := m.owes("ana", "c1", 1500, 250)
	attempt := m.begins(ana, id)
	if r, err := m.Result(ctx, ana, id); err != nil || r.State != Pending || r.Uncertain || r.Page == "" {
		t.Errorf("came back without paying: %+v, %v", r, err)
	}
	if again := m.begins(ana, id); again != attempt {
		t.Errorf("sent to another payment: %s, %s", attempt, again)
	}
	m.wait(time.Minute)
	out := m.bank.decides(t, attempt, "paid")
	m.wait(time.Minute)
	for range 3 {
		if status := m.hear(out, false); status != http.StatusOK {
			t.Fatalf("the bank is answered %d", status)
		}
	}
	order := m.order(id)
	if order.State != Paid || !order.PaidAt.Equal(out.At) || order.Receipt == "" || order.Overpaid != 0 || m.told("ana") != "payments.paid" {
		t.Errorf("paid: %+v, %s", order, m.told("ana"))
	}
	if b, err := balance(ctx, m.DB, "order:"+id); b != 1750 || err != nil {
		t.Errorf("credited %s, %v", b, err)
	}
	_, err := m.Pay(ctx, ana, "again", id, "ro")
	check(t, err, ErrPaid)
	if d, err := m.Reconcile(ctx); err != nil || d.Ledger != 1750 || len(d.Open)+len(d.Reported) > 0 || d.Unstated == (m.Provider.Name() == "sandbox") {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
	m.adds()
}

// TestEveryBankLies: another amount, currency or order is never credited, and
// somebody has to look at it; what the bank has not signed changes nothing.
func TestEveryBankLies(t *testing.T) { eachBank(t, testEveryBankLies) }

func testEveryBankLies(t *testing.T, m *market) {
	ctx := t.Context()
	id := m.owes("ana", "c1", 1500)
	attempt := m.begins(ana, id)
	out := m.bank.decides(t, attempt, "paid")
	if status := m.hear(out, true); status != http.StatusBadRequest {
		t.Errorf("a forgery is answered %d", status)
	}
	body, header := m.bank.writes(t, out, false)
	if status := m.post(append(body, ' '), header); status != http.StatusBadRequest {
		t.Errorf("a report that somebody has changed is answered %d", status)
	}
	if d, err := m.Reconcile(ctx); err != nil || len(d.Reported) > 0 && d.Unstated {
		t.Errorf("forgeries are kept: %+v, %v", d, err)
	}
	if m.Provider.Name() == "sandbox" { // which was asked by Reconcile, as there is a statement
		id = m.owes("ana", "c2", 1500)
		attempt = m.begins(ana, id)
		out = m.bank.decides(t, attempt, "paid")
	}
	lies := []func(o *Outcome){
		func(o *Outcome) { o.Amount++ },
		func(o *Outcome) { o.Amount-- },
		func(o *Outcome) { o.Amount *= 100 },
		func(o *Outcome) { o.Amount = 0 },
		func(o *Outcome) { o.Currency = "EUR" },
		func(o *Outcome) { o.Currency = "MDL" },
		func(o *Outcome) { o.Attempt = db.NewID() },
	}
	for i, spoil := range lies {
		lie := out
		spoil(&lie)
		for range 2 {
			if status := m.hear(lie, false); status != http.StatusOK {
				t.Errorf("lie %d is answered %d", i, status)
			}
		}
		if order := m.order(id); order.State != Pending || order.Receipt != "" {
			t.Fatalf("lie %d makes it %+v", i, order)
		}
	}
	if n, err := db.One(ctx, m.DB, db.Value[int], `SELECT count(*) FROM payments_differences`); n != len(lies) || err != nil {
		t.Errorf("%d differences for %d lies, %v", n, len(lies), err)
	}
	// A transaction that has paid one fee pays no other one.
	other := m.owes("ion", "c3", 1500)
	reused := out
	reused.Attempt = m.begins(ion, other)
	for _, o := range []Outcome{out, reused} {
		if status := m.hear(o, false); status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
	}
	if m.order(id).State != Paid || m.order(other).Receipt != "" {
		t.Errorf("the truth makes it %+v, and another one %+v", m.order(id), m.order(other))
	}
	if d, err := m.Reconcile(ctx); err != nil || !strings.Contains(fmt.Sprint(d.Reported), "reused") {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
	m.adds()
}

// TestEveryBankFallsSilent: it has the money and hangs up. That is neither paid
// nor refused until it says so.
func TestEveryBankFallsSilent(t *testing.T) { eachBank(t, testEveryBankFallsSilent) }

func testEveryBankFallsSilent(t *testing.T, m *market) {
	ctx := t.Context()
	id := m.owes("ana", "c1", 1500)
	attempt := m.begins(ana, id)
	out := m.bank.decides(t, attempt, "paid")
	var log strings.Builder
	m.Log = slog.New(slog.NewTextHandler(&log, nil))
	m.bank.silence(true)
	for range 2 {
		if r, err := m.Result(ctx, ana, id); err != nil || !r.Uncertain || r.Refused || r.State != Pending || r.Page != "" {
			t.Errorf("the bank is silent: %+v, %v", r, err)
		}
	}
	_, err := m.Pay(ctx, ana, "k2", id, "ro")
	check(t, err, ErrUncertain)
	m.wait(2 * time.Hour)
	check(t, m.PollAttempt(ctx, attempt), nil)
	if order := m.order(id); order.State != Pending || !order.Uncertain {
		t.Errorf("two hours later: %+v", order)
	}
	if text := log.String(); !strings.Contains(text, attempt) || strings.Contains(text, "secret") || strings.Contains(text, "ana") {
		t.Errorf("the log says %q", text)
	}
	m.bank.silence(false)
	check(t, m.PollAttempt(ctx, attempt), nil)
	if order := m.order(id); order.State != Paid || !order.PaidAt.Equal(out.At) || m.told("ana") != "payments.paid" {
		t.Errorf("it has answered: %+v, %s", order, m.told("ana"))
	}
	if status := m.hear(out, false); status != http.StatusOK || m.order(id).Overpaid != 0 {
		t.Errorf("and reports at last: %d, %+v", status, m.order(id))
	}
	m.adds()
}

// TestEveryBankChangesItsMind: refused, paid by the next card, and what was said
// before comes after it.
func TestEveryBankChangesItsMind(t *testing.T) { eachBank(t, testEveryBankChangesItsMind) }

func testEveryBankChangesItsMind(t *testing.T, m *market) {
	id := m.owes("ana", "c1", 1500)
	first := m.begins(ana, id)
	no := m.bank.decides(t, first, "refused")
	if status := m.hear(no, false); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	if r, err := m.Result(t.Context(), ana, id); err != nil || r.State != Open || !r.Refused {
		t.Errorf("refused: %+v, %v", r, err)
	}
	second := m.begins(ana, id)
	if first == second {
		t.Fatal("sent to the payment that was refused")
	}
	yes := m.bank.decides(t, second, "paid")
	late := yes
	late.Status, late.Transaction = "pending", yes.Transaction
	for _, o := range []Outcome{late, yes, late, no, yes} {
		if status := m.hear(o, false); status != http.StatusOK {
			t.Errorf("%s is answered %d", o.Status, status)
		}
	}
	if order := m.order(id); order.State != Paid || order.Overpaid != 0 || m.told("ana") != "payments.paid" {
		t.Errorf("paid: %+v, %s", order, m.told("ana"))
	}
	m.adds()
}

// TestEveryBankInABadWeek has many people pay, and what the bank says come twice,
// in any order, forged, wrong, or not at all: the ledger is what the bank has.
func TestEveryBankInABadWeek(t *testing.T) { eachBank(t, testEveryBankInABadWeek) }

func testEveryBankInABadWeek(t *testing.T, m *market) {
	const fees = 40
	type report struct {
		Outcome
		forged bool
	}
	var reports []report
	var attempts, orders []string
	var want []State
	var bank money.Bani
	r := rand.New(rand.NewPCG(5, 6))
	for i := range fees {
		who := act.PartyID(fmt.Sprint("p", i))
		actor := act.Actor{Person: who, For: who, Level: act.Verified}
		orders = append(orders, m.owes(who, fmt.Sprint("c", i), money.Bani(100+r.Int64N(100_000))))
		attempts = append(attempts, m.begins(actor, orders[i]))
		m.wait(time.Second)
		if r.IntN(10) == 0 { // leaves
			want = append(want, Pending)
			continue
		}
		status := "paid"
		if want = append(want, Paid); r.IntN(5) == 0 {
			status, want[i] = "refused", Open
		}
		out := m.bank.decides(t, attempts[i], status)
		if status == "paid" {
			bank += out.Amount
		}
		for range r.IntN(4) { // never, or up to three times
			reports = append(reports, report{out, false})
		}
		lie := out
		switch lie.Status = "paid"; r.IntN(6) {
		case 0:
			lie.Amount++
			reports = append(reports, report{lie, false})
		case 1:
			reports = append(reports, report{lie, true})
		case 2:
			lie.Status = "pending"
			reports = append(reports, report{lie, false})
		case 3:
			lie.Attempt, lie.Transaction = db.NewID(), strings.ReplaceAll(db.NewID(), "-", "")
			reports = append(reports, report{lie, false})
		}
	}
	r.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
	for batch := range slices.Chunk(reports, 4) {
		var group sync.WaitGroup
		for _, rep := range batch {
			body, header := m.bank.writes(t, rep.Outcome, rep.forged)
			group.Go(func() {
				if status := m.post(body, header); status != http.StatusOK && !rep.forged || rep.forged && status != http.StatusBadRequest {
					t.Errorf("%+v is answered %d", rep, status)
				}
			})
		}
		group.Wait()
	}
	for i := range attempts { // those that it never told about
		check(t, m.PollAttempt(t.Context(), attempts[i]), nil)
	}
	for i, id := range orders {
		if order := m.order(id); order.State != want[i] || order.Overpaid != 0 || (order.Receipt != "") != (want[i] == Paid) {
			t.Errorf("fee %d is %+v, want %s", i, order, want[i])
		}
	}
	if d, err := m.Reconcile(t.Context()); err != nil || d.Ledger != bank || len(d.Open) > 0 {
		t.Errorf("the bank has %s, and Reconcile = %+v, %v", bank, d, err)
	}
	m.adds()
}

// The sandbox as one of the banks.

type sandboxBank struct {
	o *town
}

func newSandboxBank(_ testing.TB, o *town) testBank { return &sandboxBank{o: o} }

func (b *sandboxBank) provider() Provider                          { return b.o }
func (b *sandboxBank) silence(on bool)                             { b.o.down = on }
func (b *sandboxBank) visits(testing.TB, *httptest.Server, string) {}
func (b *sandboxBank) decides(t testing.TB, id, status string) Outcome {
	t.Helper()
	check(t, b.o.bank.Decide(t.Context(), id, status, Lose), nil)
	p, err := paymentByID(t.Context(), b.o.DB, id)
	check(t, err, nil)
	return p.outcome(status)
}

func (b *sandboxBank) writes(t testing.TB, o Outcome, forged bool) ([]byte, http.Header) {
	t.Helper()
	key := b.o.bank.key()
	if forged {
		key = (&Sandbox{Key: []byte("another")}).key()
	}
	body, header, err := b.o.bank.sign(key, o)
	check(t, err, nil)
	return body, header
}

package payments

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/money"
	"bega/internal/netopia"
)

// A netopiaBank is NETOPIA as its documents describe it.
type netopiaBank struct {
	o      *town
	server *httptest.Server
	key    *rsa.PrivateKey

	mu     sync.Mutex
	quiet  bool
	strict bool // an order is begun once, and then never again
	orders map[string]*netopiaOrder
}

type netopiaOrder struct {
	id             string // ntpID
	amount         json.Number
	notify, back   string
	status         int
	at             time.Time
	starts, visits int
}

const netopiaPOS = "AAAA-BBBB-CCCC-DDDD-EEEE"

// netopiaKeys are made once: that is slow.
var netopiaKeys = sync.OnceValues(func() ([2]*rsa.PrivateKey, error) {
	a, err1 := rsa.GenerateKey(rand.Reader, 2048)
	b, err2 := rsa.GenerateKey(rand.Reader, 2048)
	return [2]*rsa.PrivateKey{a, b}, errors.Join(err1, err2)
})

func newNetopiaBank(t testing.TB, o *town) testBank {
	keys, err := netopiaKeys()
	check(t, err, nil)
	b := &netopiaBank{o: o, key: keys[0], orders: map[string]*netopiaOrder{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /payment/card/start", b.start)
	mux.HandleFunc("POST /operation/status", b.status)
	mux.HandleFunc("GET /ui/card", func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, order := range b.orders {
			if order.id == r.FormValue("p") {
				order.visits++
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang="ro"><head><title>NETOPIA de probă</title><link rel="icon" href="data:,"></head><body><main><h1>Pagina cardului</h1><p><a href="%s">Înapoi la comerciant</a></p></main></body></html>`, order.back)
				return
			}
		}
		http.NotFound(w, r)
	})
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		quiet := b.quiet
		b.mu.Unlock()
		if quiet {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	return b
}

func (b *netopiaBank) provider() Provider {
	return &Netopia{Merchant: netopia.Merchant{API: b.server.URL, Signature: netopiaPOS, APIKey: "secret", PublicKey: &b.key.PublicKey, Now: b.o.now},
		Contact: netopia.Contact{Email: "plati@exemplu.ro", Phone: "0256408300", FirstName: "Primăria", LastName: "Timișoara", City: "Timișoara", County: "Timiș"},
		Pages:   []string{b.server.URL}}
}

func (b *netopiaBank) silence(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.quiet = on
}

// start opens a payment, or says that it was opened before.
func (b *netopiaBank) start(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Config  struct{ NotifyURL, RedirectURL, Language string }
		Payment struct{ Instrument any }
		Order   struct {
			PosSignature, DateTime, Description, OrderID, Currency string
			Amount                                                 json.Number
			Billing                                                struct{ Email, FirstName, LastName, City string }
		}
	}
	err := json.NewDecoder(r.Body).Decode(&q)
	if r.Header.Get("Authorization") != "secret" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if _, bad := time.Parse(time.RFC3339, q.Order.DateTime); err != nil || bad != nil || q.Order.PosSignature != netopiaPOS || q.Order.Description == "" || q.Order.OrderID == "" ||
		q.Order.Currency != "RON" || q.Order.Billing.Email == "" || q.Order.Billing.FirstName == "" || q.Order.Billing.City == "" || q.Config.NotifyURL == "" || q.Config.RedirectURL == "" ||
		len(q.Config.Language) != 2 || q.Payment.Instrument != nil {
		b.o.t.Errorf("asked to begin %+v, %v", q, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	order := b.orders[q.Order.OrderID]
	if order == nil {
		order = &netopiaOrder{id: fmt.Sprint(2621500 + len(b.orders)), amount: q.Order.Amount, notify: q.Config.NotifyURL, back: q.Config.RedirectURL, status: 1}
		b.orders[q.Order.OrderID] = order
	} else if order.status != 1 || b.strict {
		_, _ = fmt.Fprintf(w, `{"customerAction":{},"error":{"code":"56","message":"Order closed"},"payment":{"amount":%s,"currency":"RON","ntpID":"%s","status":%d}}`, order.amount, order.id, order.status)
		return
	}
	order.starts++
	_, _ = fmt.Fprintf(w, `{"customerAction":{"type":"","url":""},"error":{"code":"101","message":"Redirect user to payment page"},"payment":{"amount":%s,"currency":"RON","ntpID":"%s","paymentURL":"%s/ui/card?p=%[2]s","status":1}}`,
		order.amount, order.id, b.server.URL)
}

// status says what became of an order.
func (b *netopiaBank) status(w http.ResponseWriter, r *http.Request) {
	var q struct{ PosID, NtpID, OrderID string }
	err := json.NewDecoder(r.Body).Decode(&q)
	b.mu.Lock()
	defer b.mu.Unlock()
	order := b.orders[q.OrderID]
	if err != nil || q.PosID != netopiaPOS || r.Header.Get("Authorization") != "secret" || order == nil || q.NtpID != "" && q.NtpID != order.id {
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, `{"error":{"code":"404","message":"Order not found"}}`)
		return
	}
	date := ""
	if !order.at.IsZero() {
		date = order.at.UTC().Format(time.RFC3339)
	}
	_, _ = fmt.Fprintf(w, `{"merchant":{"posID":1},"order":{"ntpID":"%s","posSignature":"%s","orderID":"%s","amount":%s,"currency":"RON"},
		"payment":{"ntpID":"%[1]s","status":%[5]d,"amount":%[4]s,"currency":"RON","operationDate":"%[6]s","data":{"AuthCode":"x0jo"}},"error":{"code":"00","message":"Approved"}}`,
		order.id, netopiaPOS, q.OrderID, order.amount, order.status, date)
}

func (b *netopiaBank) visits(t testing.TB, _ *httptest.Server, page string) {
	t.Helper()
	answer, err := http.Get(page)
	check(t, err, nil)
	if answer.Body.Close(); answer.StatusCode != http.StatusOK {
		t.Errorf("the card page %s answers %d", page, answer.StatusCode)
	}
}

func (b *netopiaBank) decides(t testing.TB, attempt, status string) Outcome {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	order := b.orders[attempt]
	if order == nil || order.visits == 0 || order.notify != b.o.URL+notifyPath || !strings.HasPrefix(order.back, b.o.URL+"/plati/") {
		t.Fatalf("nobody is at the card page of %s: %+v", attempt, order)
	}
	order.status, order.at = netopiaStatus[status], b.o.now().Truncate(time.Second)
	amount, err := money.Parse(order.amount.String())
	check(t, err, nil)
	return Outcome{Attempt: attempt, Status: status, Amount: amount, Currency: "RON", Transaction: order.id, Approval: "x0jo", At: order.at}
}

var netopiaStatus = map[string]int{"pending": 15, "paid": 3, "refused": 12, "expired": 23, "refunded": 8, "reversed": 17, "disputed": 9}

func (b *netopiaBank) writes(t testing.TB, o Outcome, forged bool) ([]byte, http.Header) {
	t.Helper()
	body := fmt.Appendf(nil, `{"order":{"orderID":"%s"},"payment":{"amount":%s,"code":"00","currency":"%s","data":{"AuthCode":"%s","RRN":"zSQX"},"message":"Approved","ntpID":"%s","operationDate":"%s","status":%d}}`,
		o.Attempt, o.Amount, o.Currency, o.Approval, o.Transaction, o.At.UTC().Format(time.RFC3339), netopiaStatus[o.Status])
	return body, b.sign(t, body, forged)
}

// sign returns the header of a report.
func (b *netopiaBank) sign(t testing.TB, body []byte, forged bool) http.Header {
	t.Helper()
	key := b.key
	if forged {
		keys, _ := netopiaKeys()
		key = keys[1]
	}
	sum, encode := sha512.Sum512(body), base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":"NETOPIA Payments","aud":["%s"],"sub":"%s","iat":%d,"exp":%d}`, netopiaPOS, base64.StdEncoding.EncodeToString(sum[:]), b.o.now().Unix(), b.o.now().Add(5*time.Minute).Unix())
	text := encode([]byte(`{"typ":"JWT","alg":"RS512"}`)) + "." + encode([]byte(claims))
	digest := sha512.Sum512([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, digest[:])
	check(t, err, nil)
	header := http.Header{}
	header.Set("Verification-token", text+"."+encode(sig))
	header.Set("Content-Type", "application/json")
	return header
}

func eachNetopia(t *testing.T, test func(t *testing.T, m *market, b *netopiaBank)) {
	eachTown(t, func(t *testing.T, o *town) {
		b := newNetopiaBank(t, o).(*netopiaBank)
		test(t, newMarket(t, o, b), b)
	})
}

// TestNetopiaGivesBack: a payment is given back, reversed before or after we hear
// that it was made, and disputed.
func TestNetopiaGivesBack(t *testing.T) { eachNetopia(t, testNetopiaGivesBack) }

func testNetopiaGivesBack(t *testing.T, m *market, b *netopiaBank) {
	for i, test := range []struct {
		said []string
		want State
		told string
	}{
		{[]string{"paid", "refunded"}, Refunded, "payments.paid payments.refunded"},
		{[]string{"refunded", "paid", "refunded"}, Refunded, "payments.paid payments.refunded"},
		{[]string{"paid", "reversed", "reversed"}, Refunded, "payments.paid payments.refunded"},
		{[]string{"reversed", "paid"}, Refunded, "payments.paid payments.refunded"},
		{[]string{"reversed"}, Open, ""},
		{[]string{"expired"}, Open, ""},
		{[]string{"paid", "disputed"}, Paid, "payments.paid"},
		{[]string{"disputed", "paid"}, Paid, "payments.paid"},
	} {
		name := act.PartyID(fmt.Sprint("p", i))
		who := act.Actor{Person: name, For: name, Level: act.Verified}
		id := m.owes(who.For, fmt.Sprint("c", i), 1500)
		attempt := m.begins(who, id)
		out := b.decides(t, attempt, "paid")
		for _, status := range test.said {
			said := out
			if said.Status = status; status != "paid" {
				said.At = out.At.Add(time.Minute)
			}
			if status := m.hear(said, false); status != http.StatusOK {
				t.Errorf("%v: answered %d", test.said, status)
			}
		}
		if order := m.order(id); order.State != test.want || m.told(who.For) != test.told {
			t.Errorf("%v: %+v, told %s", test.said, order, m.told(who.For))
		}
	}
	m.adds()
	d, err := m.Reconcile(t.Context())
	if err != nil || len(d.Reported) != 2 || d.Reported[0].Kind != "disputed" {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
}

func TestNetopiaOpensOnePayment(t *testing.T) { eachNetopia(t, testNetopiaOpensOnePayment) }

// testNetopiaOpensOnePayment loses the answer to the first call.
func testNetopiaOpensOnePayment(t *testing.T, m *market, b *netopiaBank) {
	ctx := t.Context()
	id := m.owes("ana", "c1", 1500)
	b.silence(true)
	_, err := m.Pay(ctx, ana, "k1", id, "ro")
	check(t, err, ErrBank)
	b.silence(false)
	a, err := openAttempt(ctx, m.DB, id)
	check(t, err, nil)
	page, err := m.Pay(ctx, ana, "k1", id, "ro")
	if err != nil || !strings.HasPrefix(page, b.server.URL+"/ui/card?p=") {
		t.Fatalf("Pay = %s, %v", page, err)
	}
	if after, err := openAttempt(ctx, m.DB, id); err != nil || after.id != a.id || after.ref != b.orders[a.id].id || after.provider != "netopia" || after.state != "redirected" {
		t.Errorf("the attempt is %+v, %v", after, err)
	}

	// It had opened the payment, says so, and has no page any more: then it is asked.
	second := m.owes("ana", "c2", 900)
	order := &netopiaOrder{id: "99", amount: "9.00", status: 3, at: m.now().Truncate(time.Second)}
	b.silence(true)
	_, err = m.Pay(ctx, ana, "k2", second, "ro")
	check(t, err, ErrBank)
	b.silence(false)
	if a, err = openAttempt(ctx, m.DB, second); err != nil {
		t.Fatal(err)
	}
	b.orders[a.id] = order
	if page, err = m.Pay(ctx, ana, "k3", second, "ro"); err != nil || page != resultPath(second) {
		t.Errorf("Pay = %s, %v", page, err)
	}
	if r, err := m.Result(ctx, ana, second); err != nil || r.State != Paid {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestNetopiaHasNoSuchPayment: what never got there is given up an hour later,
// and not before.
func TestNetopiaHasNoSuchPayment(t *testing.T) { eachNetopia(t, testNetopiaHasNoSuchPayment) }

func testNetopiaHasNoSuchPayment(t *testing.T, m *market, b *netopiaBank) {
	ctx := t.Context()
	id := m.owes("ana", "c1", 1500)
	b.silence(true)
	_, err := m.Pay(ctx, ana, "k1", id, "ro")
	check(t, err, ErrBank)
	b.silence(false)
	a, err := openAttempt(ctx, m.DB, id)
	check(t, err, nil)
	check(t, m.PollAttempt(ctx, a.id), nil)
	if m.order(id).State != Pending {
		t.Errorf("soon after: %+v", m.order(id))
	}
	m.wait(61 * time.Minute)
	check(t, m.PollAttempt(ctx, a.id), nil)
	if m.order(id).State != Open {
		t.Errorf("an hour later: %+v", m.order(id))
	}
}

// TestNetopiaLeadsNowhereElse: people are sent to the pages that the operator has
// named, and to no others.
func TestNetopiaLeadsNowhereElse(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	b := newNetopiaBank(t, o).(*netopiaBank)
	m := newMarket(t, o, b)
	n := m.Provider.(*Netopia)
	for _, pages := range [][]string{nil, {"https://secure.mobilpay.ro"}, {b.server.URL + "0"}} {
		n.Pages = pages
		if page, err := m.Pay(t.Context(), ana, db.NewID(), m.owes("ana", "", 1500), "ro"); !errors.Is(err, ErrBank) || page != "" {
			t.Errorf("with %q: sent to %s, %v", pages, page, err)
		}
	}
	for _, pages := range [][]string{nil, {"secure.mobilpay.ro"}, {"https://secure.mobilpay.ro/"}, {"http://secure.mobilpay.ro"}, {"https://u@secure.mobilpay.ro"}, {"https://a.ro", "'unsafe-inline'"}} {
		if n.Pages = pages; n.Check() == nil {
			t.Errorf("%q are origins", pages)
		}
	}
	n.Pages = []string{"https://secure.mobilpay.ro"}
	check(t, n.Check(), nil)
}

// TestNetopiaInFractionsOfABan: an amount that cannot be is looked at.
func TestNetopiaInFractionsOfABan(t *testing.T) { eachNetopia(t, testNetopiaInFractions) }

func testNetopiaInFractions(t *testing.T, m *market, b *netopiaBank) {
	id := m.owes("ana", "c1", 1500)
	attempt := m.begins(ana, id)
	for _, amount := range []string{"15.001", "-15.00", `"15.00"`, "1e99"} {
		body := fmt.Appendf(nil, `{"order":{"orderID":"%s"},"payment":{"amount":%s,"currency":"RON","ntpID":"7","status":3}}`, attempt, amount)
		if status := m.post(body, b.sign(t, body, false)); status != http.StatusOK || m.order(id).State != Pending {
			t.Errorf("%s: answered %d, %+v", amount, status, m.order(id))
		}
	}
	if d, err := m.Reconcile(t.Context()); err != nil || len(d.Reported) != 1 || d.Reported[0].Kind != "amount" || d.Reported[0].Bank != 0 {
		t.Errorf("Reconcile = %+v, %v", d, err)
	}
	// What is signed and means nothing is not lost either: it is said again.
	body := []byte(`{"order":{"orderID":"1"},"payment":{"status":3,"status":12}}`)
	if status := m.post(body, b.sign(t, body, false)); status != http.StatusInternalServerError {
		t.Errorf("answered %d", status)
	}
}

// TestAnotherBank: what was begun at one bank is not asked for at the next.
func TestAnotherBank(t *testing.T) { eachTown(t, testAnotherBank) }

func testAnotherBank(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.owes("ana", "c1", 1500)
	attempt := o.goes(ana, id)
	check(t, o.bank.Decide(ctx, attempt, "paid", Lose), nil)
	m := newMarket(t, o, newNetopiaBank(t, o))
	m.wait(2 * time.Hour)
	check(t, m.PollAttempt(ctx, attempt), nil)
	if order := m.order(id); order.State != Pending || !order.Uncertain {
		t.Errorf("asked the wrong bank: %+v", order)
	}
	m.Provider = nil
	check(t, m.PollAttempt(ctx, attempt), nil)
	m.Provider = o
	check(t, m.PollAttempt(ctx, attempt), nil)
	if m.order(id).State != Paid {
		t.Errorf("the right one: %+v", m.order(id))
	}
}

// TestNetopiaHeader: the token is in one header, once.
func TestNetopiaHeader(t *testing.T) {
	o := newTown(t, dbtest.SQLite(t))
	b := newNetopiaBank(t, o).(*netopiaBank)
	body, header := b.writes(t, Outcome{Attempt: "0193", Status: "paid", Amount: 1500, Currency: "RON", Transaction: "7", At: o.now()}, false)
	if out, err := b.provider().Read(body, header); err != nil || out.Amount != 1500 || out.Status != "paid" || out.Attempt != "0193" || !out.At.Equal(o.now()) {
		t.Fatalf("Read = %+v, %v", out, err)
	}
	token := header["Verification-Token"][0]
	for what, header := range map[string]http.Header{"none": nil, "empty": {"Verification-Token": {""}}, "two": {"Verification-Token": {token, token}}, "another": {"Authorization": {token}},
		"no values": {"Verification-Token": {}}} {
		if out, err := b.provider().Read(body, header); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %+v, %v", what, out, err)
		}
	}
}

// TestNetopiaComesTooLate: a report whose token has ended does not count, and what
// it would have said is asked for.
func TestNetopiaComesTooLate(t *testing.T) { eachNetopia(t, testNetopiaComesTooLate) }

func testNetopiaComesTooLate(t *testing.T, m *market, b *netopiaBank) {
	id := m.owes("ana", "c1", 1500)
	attempt := m.begins(ana, id)
	out := b.decides(t, attempt, "paid")
	body, header := b.writes(t, out, false)
	m.wait(10 * time.Minute)
	if status := m.post(body, header); status != http.StatusBadRequest || m.order(id).State != Pending {
		t.Errorf("answered %d, %+v", status, m.order(id))
	}
	check(t, m.PollAttempt(t.Context(), attempt), nil)
	if order := m.order(id); order.State != Paid || !order.PaidAt.Equal(out.At) {
		t.Errorf("asked: %+v", order)
	}
}

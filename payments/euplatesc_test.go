package payments

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/browser"
	"bega/internal/db/dbtest"
	"bega/internal/euplatesc"
	"bega/internal/money"
)

// A euplatescBank is EuPlătesc as its documents describe it, and the web service
// as others do.
type euplatescBank struct {
	o      *town
	server *httptest.Server

	mu       sync.Mutex
	quiet    bool
	payments map[string]*euplatescPayment // by invoice_id
	nonces   map[string]bool
}

type euplatescPayment struct {
	amount, id, action string // action is "" until somebody has tried
	notify, back       string
	at                 time.Time
}

const (
	euplatescMerchant = "44840000000"
	euplatescKey      = "00112233445566778899AABBCCDDEEFF"
)

func newEuplatescBank(t testing.TB, o *town) testBank {
	b := &euplatescBank{o: o, payments: map[string]*euplatescPayment{}, nonces: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tdsprocess/tranzactd.php", b.card)
	mux.HandleFunc("POST /v3/index.php", b.service)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.quiet {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	return b
}

func (b *euplatescBank) provider() Provider {
	key, err := euplatesc.ParseKey(euplatescKey)
	check(b.o.t, err, nil)
	return &EuPlatesc{euplatesc.Merchant{Page: b.server.URL + "/tdsprocess/tranzactd.php", Service: b.server.URL + "/v3/index.php?action=ws", ID: euplatescMerchant, Key: key,
		Zone: b.o.Zone, Now: b.o.now}}
}

func (b *euplatescBank) silence(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.quiet = on
}

// euplatescMAC is the signature as their documents describe it.
func euplatescMAC(key string, values ...string) string {
	raw, _ := hex.DecodeString(key)
	mac := hmac.New(md5.New, raw)
	for _, v := range values {
		if v == "" {
			mac.Write([]byte("-"))
		} else {
			mac.Write([]byte(strconv.Itoa(len(v)) + v))
		}
	}
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}

// card is the card page, to which a browser brings a form.
func (b *euplatescBank) card(w http.ResponseWriter, r *http.Request) {
	var values []string
	for _, name := range []string{"amount", "curr", "invoice_id", "order_desc", "merch_id", "timestamp", "nonce"} {
		values = append(values, r.PostFormValue(name))
	}
	at, err := time.Parse("20060102150405", values[5])
	if r.PostFormValue("fp_hash") != euplatescMAC(euplatescKey, values...) || values[1] != "RON" || values[4] != euplatescMerchant || err != nil ||
		!at.Equal(b.o.now().Truncate(time.Second)) || b.nonces[values[6]] || len(values[6]) != 32 || strings.Contains(r.PostForm.Encode(), "email") {
		b.o.t.Errorf("a browser brings %v", r.PostForm)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.nonces[values[6]] = true
	if p := b.payments[values[2]]; p == nil {
		b.payments[values[2]] = &euplatescPayment{amount: values[0], id: fmt.Sprintf("%040X", 1000+len(b.payments)), notify: r.PostFormValue("ExtraData[silenturl]"), back: r.PostFormValue("ExtraData[successurl]")}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang="ro"><head><title>EuPlătesc de probă</title><link rel="icon" href="data:,"></head><body><main><h1>Pagina cardului</h1><p><a href="%s">Înapoi la comerciant</a></p></main></body></html>`, html.EscapeString(r.PostFormValue("ExtraData[backtosite]")))
}

// service is the web service.
func (b *euplatescBank) service(w http.ResponseWriter, r *http.Request) {
	order := r.PostFormValue("invoice_id")
	if r.PostFormValue("method") != "check_status" || r.PostFormValue("fp_hash") != euplatescMAC(euplatescKey, "check_status", euplatescMerchant, order, r.PostFormValue("timestamp"), r.PostFormValue("nonce")) {
		b.o.t.Errorf("asked %v", r.PostForm)
	}
	p := b.payments[order]
	if p == nil || p.action == "" {
		_, _ = fmt.Fprint(w, `{"error":"Transaction not found","ecode":"22"}`)
		return
	}
	list, _ := json.Marshal([]map[string]string{{"merch_id": euplatescMerchant, "invoice_id": order, "ep_id": p.id, "amount": p.amount, "action": p.action, "sec_status": "9",
		"message": "x", "captured": "0", "refunded": "0", "timestamp": p.at.In(b.o.Zone).Format(time.DateTime)}})
	_ = json.NewEncoder(w).Encode(map[string]string{"success": string(list)})
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// visits opens the page with the form, and brings it to the bank.
func (b *euplatescBank) visits(t testing.TB, site *httptest.Server, page string) {
	t.Helper()
	a, err := lastAttempt(t.Context(), b.o.DB, strings.TrimSuffix(strings.TrimPrefix(page, "/plati/"), "/banca"))
	check(t, err, nil)
	order, err := orderByID(t.Context(), b.o.DB, a.order)
	check(t, err, nil)
	r, err := http.NewRequest(http.MethodGet, site.URL+page, nil)
	check(t, err, nil)
	r.Header.Set("Person", string(order.Owner))
	answer, err := http.DefaultClient.Do(r)
	check(t, err, nil)
	defer answer.Body.Close()
	var text strings.Builder
	if err := answer.Write(&text); err != nil {
		t.Fatal(err)
	}
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "form-action 'self' "+b.server.URL) || answer.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the policy is %q, kept %q", policy, answer.Header.Get("Cache-Control"))
	}
	_, inner, ok := strings.Cut(text.String(), `<form method="post" action="`+b.server.URL+`/tdsprocess/tranzactd.php">`)
	inner, _, _ = strings.Cut(inner, "</form>")
	form := url.Values{}
	for _, match := range hidden.FindAllStringSubmatch(inner, -1) {
		form.Set(html.UnescapeString(match[1]), html.UnescapeString(match[2]))
	}
	if !ok || form.Has("cheie") {
		t.Errorf("the form is %s", inner)
	}
	there, err := http.PostForm(b.server.URL+"/tdsprocess/tranzactd.php", form)
	check(t, err, nil)
	if there.Body.Close(); there.StatusCode != http.StatusOK {
		t.Errorf("the bank answers %d", there.StatusCode)
	}
}

func (b *euplatescBank) decides(t testing.TB, attempt, status string) Outcome {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.payments[attempt]
	if p == nil || p.notify != b.o.URL+notifyPath || !strings.HasPrefix(p.back, b.o.URL+"/plati/") {
		t.Fatalf("nobody is at the card page of %s: %+v", attempt, p)
	}
	p.action, p.at = "0", b.o.now().Truncate(time.Second)
	if status != "paid" {
		p.action = "51"
	}
	amount, err := money.Parse(p.amount)
	check(t, err, nil)
	return Outcome{Attempt: attempt, Status: status, Amount: amount, Currency: "RON", Transaction: p.id, Approval: "123456", At: p.at}
}

func (b *euplatescBank) writes(_ testing.TB, o Outcome, forged bool) ([]byte, http.Header) {
	action, message, security, key := "0", "Approved", "9", euplatescKey
	switch o.Status {
	case "pending":
		security = "1"
	case "refused":
		action, message = "51", "Fonduri insuficiente"
	}
	if forged {
		key = "FF" + euplatescKey[2:]
	}
	names := []string{"amount", "curr", "invoice_id", "ep_id", "merch_id", "action", "message", "approval", "timestamp", "nonce", "sec_status"}
	values := []string{o.Amount.String(), o.Currency, o.Attempt, o.Transaction, euplatescMerchant, action, message, o.Approval, o.At.UTC().Format("20060102150405"), "ffeeddccbbaa99887766554433221100", security}
	form := url.Values{"fp_hash": {euplatescMAC(key, values...)}}
	for i, name := range names {
		form.Set(name, values[i])
	}
	return []byte(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

// TestFormOfTheBank: who has not begun, or may not, gets no form.
func TestFormOfTheBank(t *testing.T) { eachTown(t, testFormOfTheBank) }

func testFormOfTheBank(t *testing.T, o *town) {
	b := newEuplatescBank(t, o).(*euplatescBank)
	m := newMarket(t, o, b)
	site := open(t, o, &ana)
	id := m.owes("ana", "c1", 1500)
	see := func(person string, status int, want string) {
		t.Helper()
		w := send(site, person, "GET /plati/"+id+"/banca", nil)
		if w.Code != status || !strings.Contains(w.Body.String()+w.Header().Get("Location"), want) || status != 200 && strings.Contains(w.Body.String(), "fp_hash") {
			t.Errorf("%s: got %d to %s, want %d with %q:\n%s", person, w.Code, w.Header().Get("Location"), status, want, w.Body)
		}
	}
	see("ana", 404, "cannot find this payment")
	bank := m.Provider
	m.Provider = o
	elsewhere := m.owes("ana", "c2", 1500)
	m.goes(ana, elsewhere)
	m.Provider = bank
	if _, _, err := m.BankForm(t.Context(), ana, elsewhere, "ro"); !errors.Is(err, ErrUnknown) {
		t.Errorf("begun at another bank: %v", err)
	}
	withdrawn := m.owes("ana", "c3", 1500)
	m.begins(ana, withdrawn)
	m.withdraws("c3")
	if _, _, err := m.BankForm(t.Context(), ana, withdrawn, "ro"); !errors.Is(err, ErrUnknown) {
		t.Errorf("for what is not due any more: %v", err)
	}
	attempt := m.begins(ana, id)
	see("ana", 200, "Go to the bank")
	see("ion", 404, "cannot find this payment")
	b.silence(true)
	if _, err := m.Result(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	see("ana", 303, "/plati/"+id)
	b.silence(false)
	out := b.decides(t, attempt, "paid")
	if status := m.hear(out, false); status != 200 {
		t.Fatal(status)
	}
	see("ana", 404, "cannot find this payment")
}

// TestEuplatescIsLeft: who goes away without paying may come back for a week; and
// what is paid later still is not lost.
func TestEuplatescIsLeft(t *testing.T) { eachTown(t, testEuplatescIsLeft) }

func testEuplatescIsLeft(t *testing.T, o *town) {
	b := newEuplatescBank(t, o).(*euplatescBank)
	m := newMarket(t, o, b)
	id := m.owes("ana", "c1", 1500)
	attempt := m.begins(ana, id)
	for day := range 9 {
		check(t, m.PollAttempt(t.Context(), attempt), nil)
		want := Pending
		if day == 8 {
			want = Open
		}
		if order := m.order(id); order.State != want || order.Uncertain {
			t.Errorf("day %d: %+v", day, order)
		}
		m.wait(24 * time.Hour)
	}
	out := b.decides(t, attempt, "paid")
	if status := m.hear(out, false); status != http.StatusOK || m.order(id).State != Paid {
		t.Errorf("later: %d, %+v", status, m.order(id))
	}
}

// TestBanksInTheBrowser goes to the bank and back, with and without JavaScript:
// the policy of our pages lets forms, and where they lead, pass.
func TestBanksInTheBrowser(t *testing.T) {
	for view, options := range map[string]browser.Options{"ingust-intunecat": {Width: 320, Dark: true}, "fara-script": {Width: 640, NoScript: true}} {
		for name, open := range map[string]func(testing.TB, *town) testBank{"netopia": newNetopiaBank, "euplatesc": newEuplatescBank} {
			t.Run(name+"-"+view, func(t *testing.T) {
				o := newTown(t, dbtest.SQLite(t))
				m := newMarket(t, o, open(t, o))
				id := m.owes("ana", "c1", 6000, 1550)
				tab := browser.Open(t, options)
				tab.Go(m.site.URL + "/plati/" + id)
				tab.Click("Plătește 75,50 lei")
				if name == "euplatesc" {
					for _, violation := range tab.Axe() {
						t.Error(violation)
					}
					if err := tab.Reflows(); err != nil {
						t.Error(err)
					}
					if folder := os.Getenv("BEGA_TEST_LOOK"); folder != "" {
						tab.Screenshot(filepath.Join(folder, "payments-formular-banca-"+view+".png"))
					}
					tab.Click("Mergi la bancă")
				}
				if !tab.Has("Pagina cardului") {
					t.Fatal(tab.Text())
				}
				tab.Click("Înapoi la comerciant")
				if !tab.Has("Plata nu este încheiată") {
					t.Error(tab.Text())
				}
				for _, err := range tab.Console() {
					if !strings.Contains(err, "favicon.ico") {
						t.Errorf("the console says %q", err)
					}
				}
			})
		}
	}
}

package netopia

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bega/internal/money"
)

const pos = "AAAA-BBBB-CCCC-DDDD-EEEE"

// api is a server that answers everything alike, and remembers what it was asked.
type api struct {
	*httptest.Server
	status       int
	answer       string
	path, key    string
	question     map[string]any
	keepsWaiting bool
}

func serve(t *testing.T, status int, answer string) *api {
	a := &api{status: status, answer: answer}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.keepsWaiting {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		a.path, a.key, a.question = r.URL.Path, r.Header.Get("Authorization"), nil
		if err := json.NewDecoder(r.Body).Decode(&a.question); err != nil {
			t.Error(err)
		}
		if a.status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.answer)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *api) merchant() Merchant {
	return Merchant{API: a.URL, Signature: pos, APIKey: "secret", Now: func() time.Time { return time.Date(2026, 11, 25, 9, 50, 0, 0, time.UTC) }}
}

var order = Order{ID: "0193-demo", Amount: 1550, Description: "CU2026-000123", Lang: "ro", Notify: "https://portal.exemplu.ro/anunt?a=1&b=2",
	Return: "https://portal.exemplu.ro/rezultat", Contact: Contact{Email: "plati@exemplu.ro", FirstName: "Portalul", LastName: "Primăriei"}}

func TestStart(t *testing.T) {
	for _, test := range []struct {
		status int
		answer string
		want   error // nil: it is opened; errAny: something
	}{
		{200, `{"error":{"code":"101","message":"Redirect user to payment page"},"payment":{"amount":15.5,"currency":"RON","ntpID":"1309088","paymentURL":"https://bank.exemplu.ro/p","status":1}}`, nil},
		{200, `{"payment":{"ntpID":"1309088","paymentURL":"https://bank.exemplu.ro/p","status":1}}`, nil},
		{200, `{"error":{"code":"56","message":"Order closed"},"payment":{"amount":15.5,"currency":"RON","ntpID":"1309088","status":5}}`, ErrDuplicate},
		{400, `{"error":{"code":"56","message":"Order closed"}}`, ErrDuplicate},
		{200, `{"error":{"code":"101"},"payment":{"ntpID":"1309088","status":1}}`, ErrUnreadable},
		{200, `{"error":{"code":"101"},"payment":{"amount":15.51,"currency":"RON","ntpID":"1","paymentURL":"https://bank.exemplu.ro/p","status":1}}`, errAny},
		{200, `{"error":{"code":"101"},"payment":{"amount":15.5,"currency":"EUR","ntpID":"1","paymentURL":"https://bank.exemplu.ro/p","status":1}}`, errAny},
		{200, `{"error":{"code":"99","message":"There is another order with a different price"}}`, errAny},
		{401, `{"code":"401","message":"Unauthorized"}`, errAny},
		{500, `<html>`, ErrUnreadable},
		{200, ``, ErrUnreadable},
		{200, `{"payment":{"paymentURL":"https://a","paymentURL":"https://b"}}`, ErrUnreadable},
		{302, `{}`, errAny},
	} {
		a := serve(t, test.status, test.answer)
		p, err := a.merchant().Start(t.Context(), order)
		if test.want == nil && (err != nil || p.Page != "https://bank.exemplu.ro/p" || p.ID != "1309088" || p.Order != order.ID) ||
			test.want != nil && (err == nil || test.want != errAny && !errors.Is(err, test.want)) {
			t.Errorf("%d %s: %+v, %v, want %v", test.status, test.answer, p, err, test.want)
		}
		if a.path != "/payment/card/start" || a.key != "secret" {
			t.Errorf("asked %s with the key %s", a.path, a.key)
		}
		asked, _ := json.Marshal(a.question)
		for _, want := range []string{`"orderID":"0193-demo"`, `"amount":15.5`, `"currency":"RON"`, `"posSignature":"` + pos, `"dateTime":"2026-11-25T09:50:00Z"`} {
			if !strings.Contains(string(asked), want) {
				t.Errorf("asked %s, without %s", asked, want)
			}
		}
		if config, _ := a.question["config"].(map[string]any); config["notifyUrl"] != order.Notify || strings.Contains(string(asked), "instrument\"") {
			t.Errorf("asked %s", asked)
		}
	}
}

var errAny = errors.New("any")

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		status  int
		answer  string
		outcome Outcome
		want    error
	}{
		{200, `{"order":{"orderID":"0193-demo","posSignature":"` + pos + `"},"payment":{"amount":15.5,"currency":"RON","ntpID":"7","operationDate":"2026-11-25T09:46:40Z","status":3}}`, Paid, nil},
		{200, `{"payment":{"amount":15.5,"currency":"RON","ntpID":"7","status":1}}`, Pending, nil},
		{200, `{"payment":{"amount":15.505,"currency":"RON","ntpID":"7","status":3}}`, Paid, ErrAmount},
		{200, `{"order":{"orderID":"another"},"payment":{"ntpID":"7","status":3}}`, "", ErrUnreadable},
		{200, `{"order":{"orderID":"0193-demo","posSignature":"another"},"payment":{"ntpID":"7","status":3}}`, "", ErrUnreadable},
		{404, `{"error":{"code":"404","message":"Order not found"}}`, "", ErrMissing},
		{404, `{}`, "", errAny},
		{404, `<html>`, "", ErrUnreadable},
		{503, `{"payment":{"ntpID":"7","status":3}}`, "", errAny},
		{200, `{"error":{"code":"12"}}`, "", errAny},
		{200, `{"payment":{"status":"3"}}`, "", ErrUnreadable},
		{200, `{"payment":{"status":3,"Status":12},"payment":{}}`, "", ErrUnreadable},
		{200, `{"payment":[3]}`, "", ErrUnreadable},
		{200, `{"payment":{"status":3}} {}`, "", ErrUnreadable},
		{200, strings.Repeat(" ", largest) + `{}`, "", ErrUnreadable},
	} {
		a := serve(t, test.status, test.answer)
		p, err := a.merchant().Status(t.Context(), "0193-demo", "7")
		if test.want == errAny && (err == nil || errors.Is(err, ErrMissing)) || test.want != errAny && !errors.Is(err, test.want) {
			t.Errorf("%d %.99s: %v, want %v", test.status, test.answer, err, test.want)
		}
		if test.outcome != "" && (p.Status.Outcome() != test.outcome || p.Order != "0193-demo" || p.ID != "7") {
			t.Errorf("%d %.99s: %+v", test.status, test.answer, p)
		}
		if a.path != "/operation/status" || a.question["orderID"] != "0193-demo" || a.question["ntpID"] != "7" || a.question["posID"] != pos {
			t.Errorf("asked %s %v", a.path, a.question)
		}
	}
}

// TestNobodyAnswers: what is not answered in time has failed, and says nothing.
func TestNobodyAnswers(t *testing.T) {
	a := serve(t, 200, `{}`)
	a.keepsWaiting = true
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if p, err := a.merchant().Status(ctx, "0193-demo", ""); !errors.Is(err, context.DeadlineExceeded) || p != (Payment{}) {
		t.Errorf("Status = %+v, %v", p, err)
	}
	if p, err := a.merchant().Start(ctx, order); !errors.Is(err, context.DeadlineExceeded) || p != (Payment{}) {
		t.Errorf("Start = %+v, %v", p, err)
	}
}

func TestOutcomes(t *testing.T) {
	want := map[Status]Outcome{3: Paid, 5: Paid, 4: Reversed, 17: Reversed, 8: Refunded, 9: Disputed, 10: Disputed, 16: Disputed,
		11: Refused, 12: Refused, 13: Refused, 23: Expired}
	for s := Status(-1); s < 100; s++ {
		outcome := want[s]
		if outcome == "" {
			outcome = Pending
		}
		if got := s.Outcome(); got != outcome {
			t.Errorf("%d is %s, want %s", s, got, outcome)
		}
	}
}

func TestBani(t *testing.T) {
	for number, want := range map[string]money.Bani{"0": 0, "200": 20000, "40.5": 4050, "0.01": 1, "1234.50": 123450, "15.500000": 1550, "1.55e1": 1550,
		"155E-1": 1550, "1e2": 10000, "1E+2": 10000, "100e-4": 1, "0e20": 0, "92233720368547758.07": 1<<63 - 1} {
		if got, err := bani(number); err != nil || got != want {
			t.Errorf("bani(%s) = %s, %v, want %s", number, got, err, want)
		}
	}
	for _, number := range []string{"", "-1", "1.", ".5", "15.505", "15.0000000000000001", "1e-3", "1e21", "1e-999999999", "1e", "1e1.5", "1,5", "1 000", `"15"`,
		"null", "NaN", "0x10", "92233720368547758.08", "1e20", "--1", "+1"} {
		if got, err := bani(number); !errors.Is(err, ErrAmount) || got != 0 {
			t.Errorf("bani(%s) = %s, %v", number, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := money.Bani(rapid.Int64Min(0).Draw(t, "bani"))
		if got, err := bani(want.String() + strings.Repeat("0", rapid.IntRange(0, 5).Draw(t, "zeros"))); err != nil || got != want {
			t.Errorf("%s is read as %s, %v", want, got, err)
		}
	})
}

func TestCheck(t *testing.T) {
	good := Merchant{API: Live, Signature: pos, APIKey: "k", PublicKey: new(rsa.PublicKey)}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, spoil := range []func(m *Merchant){
		func(m *Merchant) { m.API = "http://secure.mobilpay.ro/pay" },
		func(m *Merchant) { m.API = "secure.mobilpay.ro" },
		func(m *Merchant) { m.API = Live + "?x=1" },
		func(m *Merchant) { m.API = ":" },
		func(m *Merchant) { m.Signature = "" },
		func(m *Merchant) { m.APIKey = "" },
		func(m *Merchant) { m.PublicKey = nil },
	} {
		bad := good
		if spoil(&bad); bad.Check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

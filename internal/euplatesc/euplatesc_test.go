package euplatesc

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bega/internal/money"
)

func merchant(t testing.TB) Merchant {
	t.Helper()
	key, err1 := ParseKey("00112233445566778899AABBCCDDEEFF")
	zone, err2 := time.LoadLocation("Europe/Bucharest")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return Merchant{Page: Page, Service: Service, ID: "44840000000", Key: key, Zone: zone,
		Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, zone) }}
}

// The signatures in these tests were made with openssl.

func TestForm(t *testing.T) {
	m := merchant(t)
	if got := m.mac([]string{"1234.50", "RON", "0193-demo", "CU2026-000123", "44840000000", "20261123080000", "00112233445566778899aabbccddeeff"}); got != "1761B0D3E66D81D9A2CCDF8449C1825E" {
		t.Errorf("the signature is %s", got)
	}
	nonces := map[string]bool{}
	for range 100 {
		form := m.Form(Order{ID: "0193-demo", Amount: 123450, Description: "CU2026-000123", Lang: "ro", Notify: "https://portal.exemplu.ro/anunt", Return: "https://portal.exemplu.ro/rezultat"})
		var values []string
		for i, want := range []Field{{"amount", "1234.50"}, {"curr", "RON"}, {"invoice_id", "0193-demo"}, {"order_desc", "CU2026-000123"}, {"merch_id", "44840000000"}, {"timestamp", "20261123080000"}, {"nonce", ""}} {
			if values = append(values, form[i].Value); form[i].Name != want.Name || want.Value != "" && form[i] != want {
				t.Fatalf("field %d is %+v, want %+v", i, form[i], want)
			}
		}
		if form[7] != (Field{"fp_hash", m.mac(values)}) || !formats["nonce"].MatchString(form[6].Value) || nonces[form[6].Value] {
			t.Fatalf("signed as %+v", form)
		}
		nonces[form[6].Value] = true
		if rest := fmt.Sprint(form[8:]); !strings.Contains(rest, "{ExtraData[silenturl] https://portal.exemplu.ro/anunt}") || strings.Contains(rest, "email") {
			t.Errorf("unsigned are %s", rest)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, text := range []string{"", "00", "00112233445566778899AABBCCDDEEF", "00112233445566778899AABBCCDDEEFG", "00112233445566778899AABBCCDDEE"} {
		if _, err := ParseKey(text); err == nil || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := merchant(t).Check(); err != nil {
		t.Error(err)
	}
	for _, spoil := range []func(m *Merchant){
		func(m *Merchant) { m.Page = "http://secure.euplatesc.ro/x" },
		func(m *Merchant) { m.Service = "" },
		func(m *Merchant) { m.ID = "" },
		func(m *Merchant) { m.ID = "a b" },
		func(m *Merchant) { m.Key = m.Key[:4] },
	} {
		bad := merchant(t)
		if spoil(&bad); bad.Check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// approved are the fields of a report, in their order.
var approved = []string{"1234.50", "RON", "0193-demo", "15F124618DA2E299CBEFA787A09464352946F422", "44840000000", "0", "Approved", "123456", "20261123080102", "ffeeddccbbaa99887766554433221100"}

// body writes a report.
func body(values []string, signature string) string {
	form := url.Values{"fp_hash": {signature}}
	for i, value := range values {
		form.Set(reported[i], value)
	}
	return form.Encode()
}

func TestRead(t *testing.T) {
	m := merchant(t)
	want := Payment{Order: "0193-demo", ID: approved[3], Outcome: Paid, Amount: 123450, Currency: "RON", Approval: "123456", At: time.Date(2026, 11, 23, 8, 1, 2, 0, time.UTC)}
	if p, err := m.Read([]byte(body(approved, "A254F83F71B9AD4B26A579163DBA5B00"))); err != nil || p != want {
		t.Errorf("Read = %+v, %v", p, err)
	}
	if p, err := m.Read([]byte(body(append(slices.Clone(approved), "9"), "C74A0195015F3760A8B0BF92748BC2B8"))); err != nil || p != want {
		t.Errorf("looked at for fraud: %+v, %v", p, err)
	}
	refused := slices.Clone(approved)
	refused[5], refused[6], refused[7] = "51", "Fonduri insuficiente", ""
	want.Outcome, want.Approval = Refused, ""
	if p, err := m.Read([]byte(body(refused, "F87D5DCACDD6B38AFB730993F6D814E1"))); err != nil || p != want {
		t.Errorf("refused: %+v, %v", p, err)
	}
	for _, test := range []struct {
		action, security, message string
		want                      Outcome
	}{
		{"0", "8", "Approved", Paid}, {"0", "5", "Approved", Refused}, {"0", "6", "Approved", Refused}, {"0", "1", "Approved", Pending}, {"0", "0", "", Pending},
		{"0", "9", "Pending", Pending}, {"1", "9", "Declined", Refused}, {"00", "9", "Approved", Refused}, {"21", "", "Invalid amount", Refused},
	} {
		values := append(slices.Clone(approved), test.security)
		if values[5], values[6] = test.action, test.message; test.security == "" {
			values = values[:10]
		}
		if p, err := m.Read([]byte(body(values, m.mac(values)))); err != nil || p.Outcome != test.want {
			t.Errorf("%+v: %+v, %v", test, p, err)
		}
	}
}

func TestSignedNonsense(t *testing.T) {
	m := merchant(t)
	for name, wrong := range map[string][]string{
		"amount": {"", "-1", "1234,50", "1.234", "1e3", " 1", "１", "1234567890123"}, "curr": {"", "ron", "RO", "LEI1"}, "invoice_id": {"", "a b", "ș", "x\x00"},
		"ep_id": {"", "1", "x-y"}, "action": {"", "-1", "0x0", "0 "}, "timestamp": {"", "2026112308010", "20261399999999", "2026-11-23"}, "nonce": {"", "00", "g"}, "sec_status": {"", "x", "100"},
	} {
		for _, value := range wrong {
			values := append(slices.Clone(approved), "9")
			values[slices.Index(reported, name)] = value
			if p, err := m.Read([]byte(body(values, m.mac(values)))); !errors.Is(err, ErrUnreadable) {
				t.Errorf("%s is %q: %+v, %v", name, value, p, err)
			}
		}
	}
	other := slices.Clone(approved)
	other[4] = "44840000001"
	if _, err := m.Read([]byte(body(other, m.mac(other)))); !errors.Is(err, ErrForged) {
		t.Errorf("for another merchant: %v", err)
	}
}

func TestForgeries(t *testing.T) {
	m := merchant(t)
	good := m.mac(approved)
	text := ""
	for _, value := range approved {
		text += strconv.Itoa(len(value)) + value
	}
	plain := md5.Sum([]byte(text))
	keyed := md5.Sum(append(slices.Clone(m.Key), text...))
	sha := hmac.New(sha256.New, m.Key)
	sha.Write([]byte(text))
	asText := m
	asText.Key = []byte("00112233445566778899AABBCCDDEEFF")
	other := m
	other.Key = slices.Clone(m.Key)
	other.Key[0] ^= 1
	upper := func(sum []byte) string { return strings.ToUpper(hex.EncodeToString(sum)) }
	for what, signature := range map[string]string{
		"nothing": "", "lower case": strings.ToLower(good), "mixed case": strings.ToLower(good[:8]) + good[8:], "plain MD5": upper(plain[:]), "MD5 after the key": upper(keyed[:]),
		"HMAC-SHA256": upper(sha.Sum(nil)), "HMAC-SHA256, cut": upper(sha.Sum(nil))[:32], "the key as a text": asText.mac(approved), "another key": other.mac(approved),
		"cut": good[:31], "longer": good + "0", "a space": good + " ", "of a form": "1761B0D3E66D81D9A2CCDF8449C1825E", "of another report": "F87D5DCACDD6B38AFB730993F6D814E1",
	} {
		if p, err := m.Read([]byte(body(approved, signature))); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %+v, %v", what, p, err)
		}
	}
	whole := body(approved, good)
	for what, b := range map[string]string{
		"the amount twice": whole + "&amount=1.00", "the signature twice": whole + "&fp_hash=" + good, "no amount": strings.Replace(whole, "amount=", "amounts=", 1),
		"a status that was not signed": whole + "&sec_status=9", "an empty one": whole + "&sec_status=", "no form": "%zz", "a semicolon": whole + ";x=1", "nothing": "",
	} {
		if p, err := m.Read([]byte(b)); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %+v, %v", what, p, err)
		}
	}
	m.Key = nil
	if p, err := m.Read([]byte(body(approved, m.mac(approved)))); !errors.Is(err, ErrForged) {
		t.Errorf("without a key: %+v, %v", p, err)
	}
}

// TestMutations changes a report in 10,000 ways. None counts, unless it says the
// same in other letters.
func TestMutations(t *testing.T) {
	m := merchant(t)
	whole := body(append(slices.Clone(approved), "9"), "C74A0195015F3760A8B0BF92748BC2B8")
	honest, err := url.ParseQuery(whole)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for n := 0; n < 10_000; {
		changed := []byte(whole)
		form, _ := url.ParseQuery(whole)
		names := append(slices.Clone(reported), "fp_hash")
		name, at := names[r.IntN(len(names))], r.IntN(len(changed))
		switch r.IntN(7) {
		case 0: // a bit
			changed[at] ^= 1 << r.IntN(8)
		case 1: // cut
			changed = changed[:at]
		case 2: // a piece less
			changed = slices.Delete(changed, at, min(len(changed), at+1+r.IntN(8)))
		case 3: // a byte more
			changed = slices.Insert(changed, at, byte(r.IntN(256)))
		case 4: // another letter in a field
			value := []byte(form.Get(name))
			value[r.IntN(len(value))] = byte(r.IntN(128))
			form.Set(name, string(value))
			changed = []byte(form.Encode())
		case 5: // two fields change places
			other := names[r.IntN(len(names))]
			form[name], form[other] = form[other], form[name]
			changed = []byte(form.Encode())
		case 6: // letters move over a boundary
			i := r.IntN(len(reported) - 1)
			both := form.Get(reported[i]) + form.Get(reported[i+1])
			cut := r.IntN(len(both) + 1)
			form.Set(reported[i], both[:cut])
			form.Set(reported[i+1], both[cut:])
			changed = []byte(form.Encode())
		}
		if got, err := url.ParseQuery(string(changed)); err == nil && same(got, honest) {
			continue
		}
		n++
		if p, err := m.Read(changed); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %+v, %v", changed, p, err)
		}
	}
}

// same reports whether two forms say the same in all that is signed.
func same(a, b url.Values) bool {
	for _, name := range append(slices.Clone(reported), "fp_hash") {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return true
}

// TestBoundaries cuts what was signed into fields in other ways, which have the
// same signature: it alone would not do. What they say is refused, or the same
// but for the approval code, on which nothing depends.
func TestBoundaries(t *testing.T) {
	m := merchant(t)
	r := rand.New(rand.NewPCG(3, 4))
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("0123456789"[r.IntN(10)])
		}
		return b.String()
	}
	others := 0
	for range 4000 {
		values := slices.Clone(approved)
		values[0], values[2], values[3], values[7] = digits(1+r.IntN(9))+".00", digits(36), digits(40), digits(r.IntN(7))
		values[6], values[9] = digits(12), digits(32) // the worst: letters stand for no length
		if r.IntN(3) == 0 {
			values[6] = digits(2) + "pending" + digits(2)
		}
		if r.IntN(2) == 0 {
			values = append(values, []string{"5", "9"}[r.IntN(2)])
		}
		text := ""
		for _, value := range values {
			if text += "-"; value != "" {
				text = text[:len(text)-1] + strconv.Itoa(len(value)) + value
			}
		}
		signature := m.mac(values)
		honest, err := m.Read([]byte(body(values, signature)))
		if err != nil {
			t.Fatal(err)
		}
		honest.Approval = ""
		budget := 2000
		cuts(text, nil, &budget, func(cut []string) {
			if slices.Equal(cut, values) {
				return
			}
			others++
			if m.mac(cut) != signature {
				t.Fatalf("%q is not signed as %q", cut, values)
			}
			p, err := m.Read([]byte(body(cut, signature)))
			if p.Approval = ""; err == nil && p != honest {
				t.Errorf("%q is taken for %q: %+v", cut, values, p)
			}
		})
	}
	if others < 10_000 {
		t.Errorf("%d other ways were tried", others)
	}
}

// cuts visits the ways to read a text as ten or eleven fields.
func cuts(text string, before []string, budget *int, visit func([]string)) {
	if *budget == 0 || len(before) > 11 {
		return
	}
	if text == "" {
		if len(before) >= 10 {
			*budget--
			visit(before)
		}
		return
	}
	if text[0] == '-' {
		cuts(text[1:], append(slices.Clone(before), ""), budget, visit)
		return
	}
	for n := 3; n >= 1; n-- { // digits of the length
		if n > len(text) || text[0] == '0' {
			continue
		}
		length, err := strconv.Atoi(text[:n])
		if err == nil && n+length <= len(text) {
			cuts(text[n+length:], append(slices.Clone(before), text[n:n+length]), budget, visit)
		}
	}
}

func TestBani(t *testing.T) {
	for text, want := range map[string]money.Bani{"0": 0, "15": 1500, "15.5": 1550, "15.50": 1550, "0.01": 1, "999999999999.99": 99999999999999} {
		if got, err := bani(text); err != nil || got != want {
			t.Errorf("bani(%s) = %s, %v", text, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := money.Bani(rapid.Int64Range(0, 1e13).Draw(t, "bani"))
		if got, err := bani(want.String()); err != nil || got != want {
			t.Errorf("%s is read as %s, %v", want, got, err)
		}
	})
}

func TestStatus(t *testing.T) {
	try := func(order, action, security, amount, more string) string {
		return fmt.Sprintf(`{\"merch_id\":\"44840000000\",\"invoice_id\":\"%s\",\"ep_id\":\"15F124618DA2E299\",\"amount\":\"%s\",\"action\":\"%s\",\"sec_status\":\"%s\",\"message\":\"x\",\"timestamp\":\"2026-11-23 10:01:02\"%s}`, order, amount, action, security, more)
	}
	list := func(tries ...string) string { return `{"success":"[` + strings.Join(tries, ",") + `]"}` }
	for _, test := range []struct {
		status  int
		answer  string
		outcome Outcome
		want    error
	}{
		{200, list(try("0193-demo", "0", "9", "15.50", "")), Paid, nil},
		{200, list(try("0193-demo", "0", "", "15.50", "")), Paid, nil},
		{200, list(try("0193-demo", "51", "", "15.50", ""), try("0193-demo", "0", "8", "15.50", ""), try("0193-demo", "51", "", "15.50", "")), Paid, nil},
		{200, list(try("0193-demo", "51", "", "15.50", ""), try("0193-demo", "0", "1", "15.50", "")), Pending, nil},
		{200, list(try("0193-demo", "51", "", "15.50", "")), Refused, nil},
		{200, strings.NewReplacer(`"[`, `[`, `]"`, `]`, `\"`, `"`).Replace(list(try("0193-demo", "0", "9", "15.50", ""))), Paid, nil},
		{200, `{"error":"No transaction","ecode":"1"}`, "", ErrMissing},
		{200, list(), "", ErrMissing},
		{200, list(try("another", "0", "9", "15.50", "")), "", ErrUnreadable},
		{200, list(try("0193-demo", "0", "9", "15.505", "")), "", ErrUnreadable},
		{200, list(try("0193-demo", "0", "9", "", "")), "", ErrUnreadable},
		{200, list(try("0193-demo", "", "9", "15.50", "")), "", ErrUnreadable},
		{200, strings.Replace(list(try("0193-demo", "0", "9", "15.50", "")), "44840000000", "44840000001", 1), "", ErrUnreadable},
		{200, strings.Replace(list(try("0193-demo", "0", "9", "15.50", "")), "2026-11-23", "yesterday", 1), "", ErrUnreadable},
		{200, `{"success":"1"}`, "", ErrUnreadable}, {200, `{"success":null}`, "", ErrUnreadable}, {200, `{}`, "", ErrUnreadable}, {200, `<html>`, "", ErrUnreadable}, {200, ``, "", ErrUnreadable},
		{500, list(try("0193-demo", "0", "9", "15.50", "")), "", errAny}, {302, ``, "", errAny}, {200, strings.Repeat(" ", largest+1), "", errAny},
	} {
		m := merchant(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			values := []string{r.PostFormValue("method"), r.PostFormValue("mid"), r.PostFormValue("invoice_id"), r.PostFormValue("timestamp"), r.PostFormValue("nonce")}
			if values[0] != "check_status" || values[1] != m.ID || values[2] != "0193-demo" || r.PostFormValue("fp_hash") != m.mac(values) || r.URL.RawQuery != "action=ws" {
				t.Errorf("asked %v", r.PostForm)
			}
			if test.status == 302 {
				w.Header().Set("Location", "/elsewhere")
			}
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.answer)
		}))
		m.Service = server.URL + "/v3/index.php?action=ws"
		p, err := m.Status(t.Context(), "0193-demo")
		if server.Close(); p.Outcome != test.outcome || test.want == errAny && err == nil || test.want != errAny && !errors.Is(err, test.want) {
			t.Errorf("%d %.200s: %+v, %v, want %s, %v", test.status, test.answer, p, err, test.outcome, test.want)
		}
		if p.Outcome == Paid && (p.Amount != 1550 || p.Currency != "RON" || !p.At.Equal(time.Date(2026, 11, 23, 8, 1, 2, 0, time.UTC))) {
			t.Errorf("%s: %+v", test.answer, p)
		}
	}
	m := merchant(t)
	if got := m.mac([]string{"check_status", "44840000000", "0193-demo", "20261123080102", "ffeeddccbbaa99887766554433221100"}); got != "EFD5E44800B185642EF468D2C2F212F3" {
		t.Errorf("a question is signed with %s", got)
	}
}

var errAny = errors.New("any")

// TestNobodyAnswers: what is not answered in time says nothing.
func TestNobodyAnswers(t *testing.T) {
	m := merchant(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer server.Close()
	m.Service = server.URL
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if p, err := m.Status(ctx, "0193-demo"); !errors.Is(err, context.DeadlineExceeded) || p != (Payment{}) {
		t.Errorf("Status = %+v, %v", p, err)
	}
}

func FuzzRead(f *testing.F) {
	m := merchant(f)
	honest, _ := url.ParseQuery(body(approved, m.mac(approved)))
	f.Add([]byte(body(approved, m.mac(approved))))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := url.ParseQuery(string(b))
		if p, err2 := m.Read(b); err2 == nil && (err != nil || !same(got, honest)) {
			t.Errorf("%q: %+v", b, p)
		}
	})
}

func FuzzStatus(f *testing.F) {
	m := merchant(f)
	f.Add([]byte(`{"success":"[{\"merch_id\":\"44840000000\",\"invoice_id\":\"1\",\"ep_id\":\"15F124618DA2E299\",\"amount\":\"15.50\",\"action\":\"0\",\"timestamp\":\"2026-11-23 10:01:02\"}]"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := m.readStatus("1", data)
		if err == nil && p.Outcome != Pending && (p.Order != "1" || p.Amount < 0 || p.At.IsZero() || !bytes.Contains(data, []byte(p.ID))) {
			t.Errorf("%q: %+v", data, p)
		}
	})
}

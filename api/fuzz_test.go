package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestGarbage sends ten thousand requests that no honest program sends. None may
// upset the town: whatever is wrong is told as problem details.
func TestGarbage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("stefania")
		g := garbler{rand.New(rand.NewPCG(1, 2)), o.samples(p)}
		n := 10000
		if testing.Short() {
			n = 500
		}
		handler, statuses := o.Handler(), map[int]int{}
		for range n {
			r, what := g.request(p.key)
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, r)
			statuses[answer.Code]++
			if answer.Code >= 500 {
				t.Fatalf("%d %s to %s", answer.Code, answer.Body, what)
			}
			if media := answer.Header().Get("Content-Type"); answer.Code >= 400 && !strings.HasPrefix(media, "application/problem+") {
				t.Fatalf("%d in %s to %s", answer.Code, media, what)
			}
		}
		t.Logf("answers by status: %v", statuses)
		if statuses[http.StatusUnprocessableEntity] < n/20 || statuses[http.StatusOK] < n/100 {
			t.Errorf("the garbage is not of the right kind: %v", statuses)
		}
	})
}

// A sample is a request that would be good.
type sample struct{ method, path, body string }

// samples are good requests about things that there are.
func (o *town) samples(p program) []sample {
	o.t.Helper()
	id := p.well(p.ask(http.MethodGet, "/cases", nil)).str("items.0.id")
	document := p.well(p.ask(http.MethodGet, "/documents", nil)).str("items.0.id")
	draft := p.well(p.ask(http.MethodPost, "/drafts", map[string]any{"service": "certificat-de-urbanism"})).str("id")
	account := p.well(p.ask(http.MethodGet, "/taxes/account", nil))
	debt := account.str("debts.0.id")
	return []sample{
		{http.MethodGet, "/taxes/law/2026", ""}, {http.MethodGet, "/taxes/balance?day=2026-03-02", ""}, {http.MethodGet, "/taxes/statement?from=2026-01-01&to=2026-03-02", ""},
		{http.MethodGet, "/taxes/debts/" + debt, ""}, {http.MethodGet, "/taxes/payments?year=2026", ""}, {http.MethodGet, "/taxes/things/" + debt, ""},
		{http.MethodGet, "/taxes/orders/" + debt, ""}, {http.MethodPost, "/taxes/orders", `{"debts":["` + debt + `"],"sumBani":` + account.str("debts.0.sumBani") + `}`},
		{http.MethodPost, "/taxes/calculate", `{"year":2026,"objects":[{"kind":"building","owner":"natural","use":"residential","zone":"A","type":"A","utilities":true,"usefulArea":"55.5","yearBuilt":1990}]}`},
		{http.MethodPost, "/taxes/calculate", `{"year":2026,"law":"2026","objects":[{"id":"x","kind":"vehicle","owner":"legal","class":"car","power":"combustion","engine":1598,"norm":"E5","share":"1/3"},{"kind":"land","owner":"natural","place":"inside","zone":"A","category":"buildings","area":24}]}`},
		{http.MethodGet, "/services?q=urbanism", ""}, {http.MethodGet, "/services/certificat-fiscal", ""}, {http.MethodGet, "/verify/7K4Q-M2XD-9R", ""},
		{http.MethodGet, "/drafts/" + draft, ""}, {http.MethodGet, "/cases/" + id, ""}, {http.MethodGet, "/documents/" + document + "/file", ""},
		{http.MethodGet, "/history?before=" + id, ""}, {http.MethodPost, "/drafts", `{"service":"certificat-fiscal"}`},
		{http.MethodPut, "/drafts/" + draft + "/steps/lucrarea", `{"values":{"lucrare":["nou"],"descriere":["Construiesc."]}}`},
		{http.MethodPut, "/drafts/" + draft + "/steps/imobilul", `{"values":{"imobil":["441128"],"suprafata":["420"],"scutire":["nu"]}}`},
		{http.MethodPut, "/drafts/" + draft + "/steps/planul", `{"values":{"plan_situatie":["` + document + `"]}}`},
		{http.MethodPost, "/drafts/" + draft + "/send", `{"edition":1}`},
		{http.MethodPost, "/cases/" + id + "/messages", `{"text":"Cât mai durează?","documents":["` + document + `"]}`},
		{http.MethodPost, "/cases/" + id + "/asks/" + id, `{"values":{"descriere":["O casă."]},"documents":["` + document + `"]}`},
		{http.MethodPost, "/cases/" + id + "/withdraw", `{"reason":"Nu mai construiesc."}`},
		{http.MethodPost, "/documents", "--x\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\ntalon\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n" +
			"Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--x--\r\n"},
	}
}

// A garbler spoils good requests.
type garbler struct {
	*rand.Rand
	samples []sample
}

var texts = []string{"", " ", "\x00", "a\x00b", "\xff\xfe", "\u202e\u2066", "'; DROP TABLE cases; --", "<script>", "../../etc/passwd", "%00", "null", "true", "-1", "1e400",
	"9223372036854775808", "NaN", "{{.}}", "🙂", "ș", strings.Repeat("a", 70000), "2026-02-30", "01a2104e-4ccf-793c-b81f-06bf3a93076f"}

func (g garbler) request(key string) (r *http.Request, what string) {
	s := g.samples[g.IntN(len(g.samples))]
	path, body, media := s.path, s.body, "application/json"
	if strings.HasPrefix(body, "--x") {
		media = "multipart/form-data; boundary=x"
	}
	switch g.IntN(6) {
	case 0:
		parts := strings.Split(path, "/")
		parts[1+g.IntN(len(parts)-1)] = g.text()
		path = strings.Join(parts, "/")
	case 1:
		body = g.cut(body)
	case 2:
		media = []string{"", "text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded", "application/cbor"}[g.IntN(6)]
	default:
		var value any
		if json.Unmarshal([]byte(body), &value) == nil {
			spoiled, _ := json.Marshal(g.spoil(value)) // texts and numbers
			body = string(spoiled)
		} else {
			body = strings.Replace(body, []string{"talon", "a.pdf", "%PDF-1.4", "--x", "file"}[g.IntN(5)], g.text(), 1)
		}
	}
	r = httptest.NewRequest(s.method, "/", io.NopCloser(strings.NewReader(body)))
	path, query, _ := strings.Cut(path, "?")
	r.URL.Path, r.URL.RawQuery, r.ContentLength = "/api/v1"+path, query, int64(len(body))
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1", g.IntN(256), g.IntN(256)) // or they would have to wait
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if r.Header.Set("Idempotency-Key", db.NewID()); g.IntN(20) == 0 {
		r.Header.Set("Idempotency-Key", g.text())
	}
	if r.Header.Set("Authorization", "Bearer "+key); g.IntN(50) == 0 {
		r.Header.Set("Authorization", "Bearer "+g.text())
	}
	if g.IntN(50) == 0 {
		r.Header.Set("Mandate", g.text())
	}
	if g.IntN(20) == 0 {
		r.Header.Set("Accept-Language", g.text())
	}
	if g.IntN(20) == 0 {
		r.Header.Set("Accept", []string{"text/html", "application/cbor", "*/*;q=0", g.text()}[g.IntN(4)])
	}
	return r, fmt.Sprintf("%s %.200q %.300q, %v", s.method, path+"?"+query, body, r.Header)
}

func (g garbler) text() string { return texts[g.IntN(len(texts))] }

// cut leaves out a part of a text, or changes a byte of it.
func (g garbler) cut(text string) string {
	if text == "" {
		return g.text()
	}
	at := g.IntN(len(text))
	if g.IntN(2) == 0 {
		return text[:at]
	}
	changed := []byte(text)
	changed[at] = byte(g.IntN(256))
	return string(changed)
}

// spoil changes a part of a value.
func (g garbler) spoil(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if g.IntN(2) == 0 {
				v[name] = g.spoil(v[name])
			} else if g.IntN(4) == 0 {
				delete(v, name)
			}
		}
		if g.IntN(4) == 0 {
			v[g.text()] = g.any()
		}
		return v
	case []any:
		for i := range v {
			v[i] = g.spoil(v[i])
		}
		if g.IntN(4) == 0 {
			v = append(slices.Clone(v), g.any())
		}
		return v
	}
	return g.any()
}

func (g garbler) any() any {
	switch g.IntN(7) {
	case 0:
		return nil
	case 1:
		return g.IntN(2) == 0
	case 2:
		return []float64{0, -1, 1.5, 1e300, 99999999999}[g.IntN(5)]
	case 3:
		return []any{g.text(), g.any()}
	case 4:
		return map[string]any{g.text(): g.any()}
	}
	return g.text()
}

package api_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestErrors: whatever is wrong, the answer is problem details (RFC 9457) in the
// language that was asked for.
func TestErrors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		mine, nobody, wrong := o.program("stefania"), program{town: o}, program{town: o, key: "bega_this-is-no-key"}
		draft := mine.well(mine.ask(http.MethodPost, "/drafts", map[string]any{"service": "certificat-de-urbanism"}))
		path := "/drafts/" + draft.str("id")
		for _, test := range []struct {
			name         string
			p            program
			method, path string
			body         any
			status       int
			ro, en       string // in the detail
		}{
			{"no key", nobody, http.MethodGet, "/cases", nil, 401, "Intră în cont", "Sign in"},
			{"a wrong key", wrong, http.MethodGet, "/cases", nil, 401, "Intră în cont", "Sign in"},
			{"a wrong key, for what needs none", wrong, http.MethodGet, "/services", nil, 401, "Intră în cont", "Sign in"},
			{"no such case", mine, http.MethodGet, "/cases/" + db.NewID(), nil, 404, "Nu găsim cererea", "cannot find"},
			{"no such service", mine, http.MethodPost, "/drafts", map[string]any{"service": "nimic"}, 404, "Nu găsim acest serviciu", "cannot find"},
			{"no such step", mine, http.MethodPut, path + "/steps/nimic", map[string]any{"values": map[string]any{}}, 404, "Nu găsim", "cannot find"},
			{"no such address", mine, http.MethodGet, "/nimic", nil, 404, "Nu găsim", "cannot find"},
			{"no such method", mine, http.MethodPatch, "/cases", nil, 404, "Nu găsim", "cannot find"},
			{"a code that cannot be", mine, http.MethodGet, "/verify/abc", nil, 404, "Codul are o greșeală", "mistake"},
			{"a code that was not issued", mine, http.MethodGet, "/verify/0000-0000-00", nil, 404, "nu a emis", "has issued no document"},
			{"an edition that is not the latest", mine, http.MethodPost, path + "/send", map[string]any{"edition": 99}, 409, "s-a schimbat", "changed"},
			{"what is not complete", mine, http.MethodPost, path + "/send", map[string]any{"edition": 1}, 422, "", ""},
			{"a body of another form", mine, http.MethodPost, path + "/send", map[string]any{"edition": "1"}, 422, "openapi.json", "openapi.json"},
			{"a body with something more", mine, http.MethodPost, path + "/send", map[string]any{"edition": 1, "more": 1}, 422, "openapi.json", "openapi.json"},
		} {
			for lang, want := range map[string]string{"ro": test.ro, "en": test.en} {
				test.p.lang = lang
				got := test.p.ask(test.method, test.path, test.body)
				if got.status != test.status || got.get("status") != float64(test.status) || !strings.Contains(got.str("detail"), want) ||
					!strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") || got.header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s, in %s: %d %q %v %s, want %d %q", test.name, lang, got.status, got.get("detail"), got.header, got.text, test.status, want)
				}
			}
		}
		mine.lang = "en"
		incomplete := mine.ask(http.MethodPost, path+"/send", map[string]any{"edition": 1})
		if !strings.Contains(incomplete.text, `"location":"values.lucrare"`) || !strings.Contains(incomplete.text, "Choose") {
			t.Errorf("what is wrong with each field: %s", incomplete.text)
		}
	})
}

// TestRepeated: the same key repeats the answer and not the effect, however often
// and however much at once; and not for something else.
func TestRepeated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("stefania")
		begin := map[string]any{"service": "certificat-de-urbanism"}
		once := db.NewID()
		first := p.well(p.askOnce(once, http.MethodPost, "/drafts", begin))
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if again := p.askOnce(once, http.MethodPost, "/drafts", begin); !reflect.DeepEqual(again.body, first.body) {
					t.Errorf("the same key: %s, want %s", again.text, first.text)
				}
			})
		}
		group.Wait()
		if other := p.well(p.ask(http.MethodPost, "/drafts", begin)); other.str("id") == first.str("id") {
			t.Error("another key gives the same draft")
		}

		id := p.well(p.ask(http.MethodGet, "/cases", nil)).str("items.0.id")
		before := len(p.ask(http.MethodGet, "/cases/"+id, nil).get("messages").([]any))
		message := db.NewID()
		for range 3 {
			p.well(p.askOnce(message, http.MethodPost, "/cases/"+id+"/messages", map[string]any{"text": "O singură dată."}))
		}
		if n := len(p.ask(http.MethodGet, "/cases/"+id, nil).get("messages").([]any)); n != before+1 {
			t.Errorf("one message, sent three times, is there %d times", n-before)
		}
		if got := p.askOnce(message, http.MethodPost, "/cases/"+id+"/withdraw", map[string]any{}); got.status != http.StatusConflict {
			t.Errorf("the key of a message for something else: %d", got.status)
		}
		if got := p.askOnce("", http.MethodPost, "/cases/"+id+"/messages", map[string]any{"text": "Fără cheie."}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("no key: %d", got.status)
		}
	})
}

// TestScopes: a key does what it was made for, and no more.
func TestScopes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("stefania", act.ReadCase)
		id := p.well(p.ask(http.MethodGet, "/cases", nil)).str("items.0.id")
		p.well(p.ask(http.MethodGet, "/cases/"+id, nil))
		p.well(p.ask(http.MethodGet, "/services", nil))
		for _, test := range []struct{ method, path, body string }{
			{http.MethodGet, "/documents", ""}, {http.MethodGet, "/messages", ""}, {http.MethodGet, "/orders", ""}, {http.MethodGet, "/drafts", ""}, {http.MethodGet, "/history", ""},
			{http.MethodPost, "/drafts", `{"service":"petitie"}`}, {http.MethodPost, "/cases/" + id + "/messages", `{"text":"Nu."}`},
			{http.MethodPost, "/cases/" + id + "/withdraw", `{}`}, {http.MethodGet, "/mandates", ""},
			{http.MethodGet, "/taxes/account", ""}, {http.MethodGet, "/taxes/things", ""}, {http.MethodPost, "/taxes/orders", `{"all":true,"sumBani":100}`},
		} {
			var body any
			if test.body != "" {
				body = json.RawMessage(test.body)
			}
			if got := p.ask(test.method, test.path, body); got.status != http.StatusNotFound {
				t.Errorf("%s %s with a key for reading cases: %d %s", test.method, test.path, got.status, got.text)
			}
		}
		stranger := o.program("andrei")
		if got := stranger.ask(http.MethodGet, "/cases/"+id, nil); got.status != http.StatusNotFound {
			t.Errorf("a stranger's key: %d", got.status)
		}
	})
}

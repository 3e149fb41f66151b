package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/config"
	"bega/internal/gate"
	"bega/internal/web/htmltest"
)

// opened returns a demonstration town with nobody in it.
func opened(t *testing.T) *Town {
	t.Helper()
	c, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Data = t.TempDir()
	town, err := Open(t.Context(), c, Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = town.Close() })
	return town
}

// TestEveryRouteHasAClass holds for all of the town: what people have typed and what
// they pay comes before what they look at, and no line of the table is for nothing.
func TestEveryRouteHasAClass(t *testing.T) {
	town, used := opened(t), map[string]bool{"GET /f/": true}
	for _, route := range town.Routes() {
		class := classOf(route.Pattern)
		reads := strings.HasPrefix(route.Pattern, "GET ")
		switch {
		case class == gate.Free:
			t.Errorf("%s is not limited", route.Pattern)
		case !reads && class < gate.Password:
			t.Errorf("%s is sent away as soon as a page: %v", route.Pattern, class)
		case route.Verb == act.Pay && class != gate.Paying, strings.Contains(route.Pattern, "/banca") && class != gate.Paying:
			t.Errorf("%s is about paying, and %v", route.Pattern, class)
		case reads && strings.Contains(route.Pattern, " /cont") && route.Verb == act.SignIn && class <= gate.Balance:
			t.Errorf("%s is on the way to signing in, and %v", route.Pattern, class)
		case reads && route.Verb == act.ReadLedger && class <= gate.Rest:
			t.Errorf("%s is about what people owe, and %v", route.Pattern, class)
		}
		for _, c := range classes {
			if strings.HasPrefix(route.Pattern, c.route) {
				used[c.route] = true
				break
			}
		}
	}
	for _, c := range classes {
		if !used[c.route] {
			t.Errorf("no route begins with %q, or all of them belong to a line before", c.route)
		}
	}
}

// turnedAway returns what somebody sees who is not let in.
func turnedAway(town *Town, method, path, accept, lang string, f gate.Refusal) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Language", lang)
	town.gate.Refuse(w, r, f)
	return w
}

func TestTheQueuePage(t *testing.T) {
	town := opened(t)
	waits := gate.Refusal{Ticket: true, Wait: 7*time.Minute + 10*time.Second, Retry: time.Minute}
	soon, typed := gate.Refusal{Ticket: true, Retry: 5 * time.Second}, gate.Refusal{Typed: true, Retry: 5 * time.Second}
	for _, test := range []struct {
		method, path, lang string
		f                  gate.Refusal
		want               []string
		retry, refresh     string
	}{
		{"GET", "/dosar/taxe", "ro", waits, []string{"Ești la rând", "cam 7 minute", `href="?limba=en"`, `href="/taxe/plata"`}, "60", "60"},
		{"GET", "/dosar/taxe", "en", waits, []string{"You are in the queue", "about 7 minutes"}, "60", "60"},
		{"GET", "/dosar/taxe?limba=en", "ro", waits, []string{"You are in the queue"}, "60", "60"},
		{"GET", "/", "ro", gate.Refusal{Ticket: true, Wait: 38 * time.Minute, Retry: time.Minute}, []string{"cam 40 de minute"}, "60", "60"},
		{"GET", "/", "ro", gate.Refusal{Ticket: true, Wait: 130 * time.Minute, Retry: time.Minute}, []string{"mai lung de două ore"}, "60", "60"},
		{"GET", "/", "ro", soon, []string{"mai puțin de un minut"}, "5", "5"},
		{"GET", "/", "ro", gate.Refusal{Retry: 5 * time.Second}, []string{"Încă puțină răbdare"}, "5", "5"},
		{"POST", "/dosar/documente/adauga", "ro", typed, []string{"Nu ai pierdut nimic"}, "5", ""},
	} {
		for range 2 { // as it is made, and as it was kept
			w := turnedAway(town, test.method, test.path, "text/html", test.lang, test.f)
			for _, want := range test.want {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("%s %s lacks %q", test.method, test.path, want)
				}
			}
			if h := w.Header(); w.Code != 503 || h.Get("Retry-After") != test.retry || h.Get("Refresh") != test.refresh || h.Get("Content-Security-Policy") == "" {
				t.Errorf("%s %s: %d %v", test.method, test.path, w.Code, h)
			}
			for _, problem := range htmltest.Check(w.Body.String()) {
				t.Errorf("%s %s: %s", test.method, test.path, problem)
			}
			if n := w.Body.Len(); n > 20_000 {
				t.Errorf("%s %s: it is light, and has %d bytes", test.method, test.path, n)
			}
		}
	}
	w := turnedAway(town, "GET", "/api/v1/services", "", "en", soon)
	var problem struct{ Status int }
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || problem.Status != 503 || w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" || w.Header().Get("Retry-After") == "" {
		t.Errorf("a program gets %v %v %s", err, w.Header(), w.Body)
	}
}

// TestSendingAwayIsCheap holds whatever is asked for, and however long the queue is: it
// is done thousands of times a second.
func TestSendingAwayIsCheap(t *testing.T) {
	town, n := opened(t), 0
	away := func() {
		n++
		turnedAway(town, "GET", fmt.Sprint("/servicii/", n), "text/html", []string{"ro", "en"}[n%2],
			gate.Refusal{Ticket: n%3 > 0, Typed: n%7 == 0, Wait: time.Duration(n) * 7 * time.Second, Retry: time.Minute})
	}
	for range 3000 {
		away()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for n = 0; n < 3000; {
		away()
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / 3000; each > 64<<10 { // most of it is this test's recorder
		t.Errorf("each costs %d bytes", each)
	}
}

// TestTheQueuePageIsForEverybody looks at it in a browser: no fault that axe finds,
// in the light and in the dark, on a small screen, with and without scripts.
func TestTheQueuePageIsForEverybody(t *testing.T) {
	town := opened(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/f/") {
			town.gate.ServeHTTP(w, r)
			return
		}
		town.gate.Refuse(w, r, gate.Refusal{Ticket: r.Method == "GET", Typed: r.URL.Path == "/formular", Wait: 3 * time.Minute, Retry: time.Minute})
	}))
	defer server.Close()
	for name, options := range map[string]browser.Options{"light": {}, "dark": {Dark: true, Width: 320}, "without scripts": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Open(t, options)
			for _, path := range []string{"/dosar/taxe", "/formular"} {
				tab.Go(server.URL + path)
				for _, violation := range tab.Axe() {
					t.Errorf("%s: %s", path, violation)
				}
				if err := tab.Reflows(); err != nil {
					t.Errorf("%s: %v", path, err)
				}
				if folder := os.Getenv("BEGA_TEST_LOOK"); folder != "" {
					tab.Screenshot(filepath.Join(folder, "rush-"+name+strings.ReplaceAll(path, "/", "-")+".png"))
				}
			}
		})
	}
}

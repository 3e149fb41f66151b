package demo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/demo"
	"bega/internal/browser"
	"bega/internal/config"
	"bega/portal"
)

// A town is a demonstration town that is open to browsers, and does its jobs.
type town struct {
	*demo.Town
	url      string
	password string // of everybody
	books    *ledger
}

// openDemo opens a demonstration town for as long as the test runs, in SQLite or
// in the database with that name.
func openDemo(t *testing.T, database string) *town {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	cfg, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data, cfg.Database, cfg.URL = t.TempDir(), database, "http://"+server.Listener.Addr().String()
	opened, err := demo.Open(t.Context(), cfg, portal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = opened.Handler()
	server.Start()
	ctx, stop := context.WithCancel(context.Background())
	worked := make(chan error, 1)
	go func() { worked <- opened.Work(ctx) }()
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-worked; err != nil {
			t.Error("jobs:", err)
		}
		opened.Close()
	})
	return &town{opened, server.URL, opened.People()[0].Password, openLedger(t)}
}

// A way is how somebody looks at the portal.
type way struct {
	name    string
	options browser.Options
}

var (
	withScripts    = way{"with scripts", browser.Options{Width: 1280}}
	withoutScripts = way{"without scripts", browser.Options{Width: 320, Dark: true, NoScript: true}}
)

// A visit is somebody in front of a browser.
type visit struct {
	*browser.Tab
	t        *testing.T
	town     *town
	way      way
	pictured bool // for the documentation
}

// visit opens a browser in which nobody has signed in.
func (d *town) visit(t *testing.T, w way) *visit {
	t.Helper()
	v := &visit{Tab: browser.Open(t, w.options), t: t, town: d, way: w}
	t.Cleanup(func() {
		for _, said := range v.Console() {
			if !strings.HasSuffix(said, "/favicon.ico") { // which a mail has not
				t.Error("the browser says:", said)
			}
		}
	})
	return v
}

// as opens a browser and signs somebody in.
func (d *town) as(t *testing.T, w way, who string) *visit {
	t.Helper()
	v := d.visit(t, w)
	v.open("/cont/intra")
	v.signIn(who)
	return v
}

// another opens another browser of the same kind, in which somebody signs in, or
// nobody if the name is "".
func (v *visit) another(who string) *visit {
	v.t.Helper()
	other := v.town.visit(v.t, v.way)
	other.pictured = v.pictured
	if who != "" {
		other.open("/cont/intra")
		other.signIn(who)
	}
	return other
}

// open opens a page of the portal.
func (v *visit) open(path string) {
	v.t.Helper()
	v.Go(v.town.url + path)
}

// signIn fills in the page that asks for it.
func (v *visit) signIn(who string) {
	v.t.Helper()
	v.Type("Adresa de e-mail", who+"@demo.exemplu.ro")
	v.Type("Parola", v.town.password)
	v.Click("Intră")
}

// reads says what has to be on the page.
func (v *visit) reads(texts ...string) {
	v.t.Helper()
	page := v.Text()
	for _, text := range texts {
		if !strings.Contains(strings.Join(strings.Fields(page), " "), text) {
			v.t.Errorf("%s does not say %q but\n%.2500s", v.URL(), text, page[max(strings.Index(page, "Dosarul"), 0):])
		}
	}
}

// looks are those at which every page is checked.
var looks = []struct {
	width int
	dark  bool
}{{1280, false}, {320, true}}

// good checks that the page suits everybody: a machine finds nothing wrong with
// it, nobody has to scroll sideways, no text is broken. It says some texts.
func (v *visit) good(texts ...string) {
	v.t.Helper()
	v.reads(texts...)
	for _, look := range looks {
		v.Resize(look.width, look.dark)
		for _, bad := range v.Axe() {
			v.t.Errorf("%s, %d px, dark %t: %v", v.URL(), look.width, look.dark, bad)
		}
		if err := v.Reflows(); err != nil {
			v.t.Error(err)
		}
	}
	if text := v.Text(); strings.Contains(text, "%!") || brokenKey.MatchString(text) {
		v.t.Errorf("%s has a broken text:\n%s", v.URL(), text)
	}
	v.Resize(v.way.options.Width, v.way.options.Dark)
}

// brokenKey finds the key of a text that is shown instead of it.
var brokenKey = regexp.MustCompile(`\b(access|cases|desk|drafts|folder|identity|notices|payments|portal|procedures|registry|ui|web|form)\.[a-z]+-[a-z-]+\b`)

// found returns what the page says that looks like the pattern.
func (v *visit) found(pattern string) string {
	v.t.Helper()
	got := regexp.MustCompile(pattern).FindString(v.Text())
	if got == "" {
		v.t.Fatalf("%s says nothing like %s:\n%s", v.URL(), pattern, v.Text())
	}
	return got
}

// What numbers of cases and codes of papers look like.
const aNumber, aCode = `[A-Z]{2}\d{4}-\d{6}`, `[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}`

// mailbox opens the newest mail to somebody that has those words in its subject.
func (v *visit) mailbox(to, words string) {
	v.t.Helper()
	for until := time.Now().Add(20 * time.Second); ; {
		v.open("/demo/posta")
		lines := strings.Split(v.Text(), "\n")
		for i, line := range lines[:len(lines)-1] {
			if strings.Contains(line, words) && strings.Contains(lines[i+1], "către "+to+"@demo.exemplu.ro") {
				v.Click(line)
				return
			}
		}
		if time.Now().After(until) {
			v.t.Fatalf("no mail to %s about %s:\n%s", to, words, strings.Join(lines, "\n"))
		}
	}
}

// mail reads the newest mail to somebody that has those words in its subject, and
// returns where its button leads.
func (v *visit) mail(to, words string, texts ...string) string {
	v.t.Helper()
	v.mailbox(to, words)
	v.good()
	v.Go(v.URL() + "/html")
	v.good(texts...)
	return v.Href("Continuă în portal")
}

// A budget is what a journey may ask of somebody at most.
type budget struct {
	Name                  string
	Pages, Typed, Uploads int
	Clicks                *int
}

// A ledger is what journeys have asked of people.
type ledger struct {
	budgets map[string]budget
	mu      sync.Mutex
	lines   []string
}

func openLedger(t *testing.T) *ledger {
	t.Helper()
	data, err := os.ReadFile("testdata/bugete-parcursuri.json")
	var file struct{ Journeys map[string]budget }
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &ledger{budgets: file.Journeys}
}

// took compares what a journey asked of somebody with its budget, without what is
// no part of it.
func (v *visit) took(journey string, without browser.Count) {
	v.t.Helper()
	l := v.town.books
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.budgets[journey]
	if !ok {
		v.t.Fatalf("there is no budget for %s", journey)
	}
	got := v.Count()
	got.Pages, got.Uploads = got.Pages-without.Pages, got.Uploads-without.Uploads
	clicks := "–"
	if b.Clicks != nil {
		clicks = fmt.Sprint(*b.Clicks)
	}
	l.lines = append(l.lines, fmt.Sprintf("%-15s %-16s %2d/%-2d %6d/%-2d %6d/%-2d %7d/%-2s %6d", journey, v.way.name, got.Pages, b.Pages, got.Typed, b.Typed,
		got.Uploads, b.Uploads, got.Clicks, clicks, got.Bytes>>10))
	if got.Pages > b.Pages || got.Typed > b.Typed || got.Uploads > b.Uploads || b.Clicks != nil && got.Clicks > *b.Clicks {
		v.t.Errorf("%s takes %+v, more than %+v", journey, got, b)
	}
}

// say logs the table.
func (l *ledger) say(t *testing.T) {
	slices.Sort(l.lines)
	t.Logf("asked of people / allowed:\njourney         way              pages  typed     uploads   clicks     kB\n%s", strings.Join(l.lines, "\n"))
}

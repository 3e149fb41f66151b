package demo_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bega/internal/web/htmltest"

	"bega/demo"
)

// TestEveryPageForEveryRole goes as everybody to every page that they may open,
// and wherever its links lead. Nothing is broken, and everything is well-formed
// HTML that somebody can use who sees nothing. Each kind of page suits everybody
// in a browser too, on a desk in the light and on a telephone in the dark.
func TestEveryPageForEveryRole(t *testing.T) {
	town := openDemo(t, "")
	routes, err := town.RouteInfos(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds, seen := map[string]map[string]string{}, map[string]bool{} // addresses by kind, of everybody; kinds that somebody has
	for _, who := range everybody(routes) {
		c := &crawl{t: t, client: town.client(t, who), home: town.url, kinds: map[string]int{}, done: map[string]bool{}, pages: map[string]string{}}
		for _, route := range routes {
			if route.Method == http.MethodGet && route.Example != "" && slices.Contains(route.Who, who) {
				c.open("/bega routes", route.Example)
			}
		}
		if len(c.pages) < 20 {
			t.Errorf("%q sees only %d pages", who, len(c.pages))
		}
		for kind, path := range c.pages {
			if seen[kind] || strings.Count(kind, "=") > 1 {
				continue
			}
			seen[kind] = true
			if kinds[who] == nil {
				kinds[who] = map[string]string{}
			}
			kinds[who][kind] = path
		}
		t.Logf("%q was shown %d kinds of pages", who, len(c.pages))
	}
	t.Run("in a browser", func(t *testing.T) {
		for who, pages := range kinds {
			t.Run(strings.TrimSuffix("visitor "+who, "@demo.exemplu.ro"), func(t *testing.T) {
				t.Parallel()
				looksAt(t, town, who, pages)
			})
		}
	})
}

// everybody lists who may open something, visitors first.
func everybody(routes []demo.RouteInfo) (all []string) {
	for _, route := range routes {
		for _, who := range route.Who {
			if !slices.Contains(all, who) {
				all = append(all, who)
			}
		}
	}
	slices.Sort(all)
	return all
}

// looksAt opens pages in a browser. With BEGA_PICTURES, it leaves pictures in that
// folder.
func looksAt(t *testing.T, town *town, who string, pages map[string]string) {
	v := town.visit(t, withScripts)
	if who != "" {
		v.open("/cont/intra")
		v.signIn(strings.TrimSuffix(who, "@demo.exemplu.ro"))
	}
	for kind, path := range pages {
		v.open(path)
		v.good()
		if dir := os.Getenv("BEGA_PICTURES"); dir != "" {
			name := filepath.Join(dir, strings.Trim(strings.NewReplacer("/", "_", "?", "_", "*", "x").Replace(kind), "_"))
			v.Screenshot(name + ".png")
			v.Resize(320, true)
			v.Screenshot(name + "-320.png")
			v.Resize(1280, false)
		}
	}
}

// client returns a program that is signed in as somebody, by their whole address,
// or as nobody.
func (d *town) client(t *testing.T, who string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	if who == "" {
		return c
	}
	w, err := c.PostForm(d.url+"/cont/intra", url.Values{"email": {who}, "parola": {d.password}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if path := w.Request.URL.Path; path != "/dosar" && !strings.HasPrefix(path, "/lucru") {
		t.Fatalf("%s signed in, and is at %s", who, path)
	}
	return c
}

// A crawl follows links as somebody.
type crawl struct {
	t      *testing.T
	client *http.Client
	home   string
	done   map[string]bool   // addresses
	kinds  map[string]int    // how many addresses of a kind were opened
	pages  map[string]string // by kind, the address of a page
}

// changing are the parts of an address that differ from one page of a kind to the
// next: IDs, codes, numbers, what was searched for.
var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}|[A-Z]{2}\d{4}-\d{6}|=[^&]*|(servicii|incepe|dezabonare)/[A-Za-z0-9.-]+`)

// few is how many addresses of a kind are opened.
const few = 3

// open opens an address that is on a page, checks it, and follows its links.
func (c *crawl) open(from, address string) {
	u, err := url.Parse(address)
	if err != nil {
		c.t.Errorf("%s links to %q: %v", from, address, err)
		return
	}
	if u.Scheme == "mailto" || u.Scheme == "tel" || u.Host != "" && !strings.HasPrefix(address, c.home) {
		return
	}
	path := u.Path
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	kind := changing.ReplaceAllString(path, "*")
	if path == "" || c.done[path] || c.kinds[kind] >= few || strings.Contains(path, "limba=") {
		return
	}
	c.done[path] = true
	c.kinds[kind]++
	w, err := c.client.Get(c.home + path)
	if err != nil {
		c.t.Errorf("%s links to %s: %v", from, path, err)
		return
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != http.StatusOK {
		c.t.Errorf("%s links to %s, which answers %d, %v", from, path, w.StatusCode, err)
		return
	}
	if !strings.HasPrefix(w.Header.Get("Content-Type"), "text/html") || strings.HasSuffix(path, "/html") || w.Request.URL.Path != u.Path {
		return // a file, a mail as it is, or a page that has another address
	}
	c.pages[kind] = path
	c.check(path, string(body))
}

// check checks a page and follows its links.
func (c *crawl) check(path, body string) {
	for _, wrong := range htmltest.Check(body) {
		c.t.Errorf("%s: %s", path, wrong)
	}
	page := htmltest.Parse(body)
	if text := page.Called("body")[0].Text; strings.Contains(text, "%!") || brokenKey.MatchString(text) {
		c.t.Errorf("%s has a broken text: %q", path, brokenKey.FindString(text))
	}
	if lang := page.Called("html")[0].Attr["lang"]; lang != "ro" {
		c.t.Errorf("%s says that it is in %q", path, lang)
	}
	if strings.HasPrefix(path, "/componente") { // its links are samples
		return
	}
	for _, e := range page.All {
		for _, attr := range []string{"href", "src"} {
			if target := e.Attr[attr]; target != "" && !strings.HasPrefix(target, "#") && !strings.HasPrefix(target, "data:") {
				c.open(path, target)
			}
		}
	}
}

package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe-core; see third_party/SOURCES.md.
//
//go:embed third_party/axe.min.js
var axeJS string

// Text returns what can be read on the page.
func (b *Tab) Text() string {
	b.t.Helper()
	return b.eval(`document.body ? document.body.innerText : ''`)
}

// Has reports whether a text can be read on the page, wherever its lines break.
func (b *Tab) Has(text string) bool {
	b.t.Helper()
	return strings.Contains(tidy(b.Text()), tidy(text))
}

// Await waits until a text can be read on the page, for what scripts put there
// by and by. It ends the test if that does not happen.
func (b *Tab) Await(text string) {
	b.t.Helper()
	b.do("wait for "+text, func(ctx context.Context) error {
		for !b.Has(text) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
		return nil
	})
}

// URL returns the address of the page.
func (b *Tab) URL() string { b.t.Helper(); return b.eval(`location.href`) }

// Title returns the title of the page.
func (b *Tab) Title() string { b.t.Helper(); return b.eval(`document.title`) }

// Focused returns the name of what has the focus, and "" if nothing has.
func (b *Tab) Focused() string {
	b.t.Helper()
	return b.eval(`(f => { const el = document.activeElement;
		return !el || el === document.body ? '' : f.tidy(el.labels?.[0]?.innerText) || f.name(el) })(` + findJS + `)`)
}

// Href returns where a link leads, by what it is called. It is for links that
// open a window of their own, as those of a mail do.
func (b *Tab) Href(what string) (address string) {
	b.t.Helper()
	b.do("find the link "+what, func(ctx context.Context) error {
		at, err := b.find(ctx, "target", what)
		if err == nil {
			address, err = b.call(ctx, at, `function() { if (!this.href) throw 'it is no link'; return this.href }`)
		}
		return err
	})
	return address
}

// Download returns the file that a link leads to, by what the link is called.
func (b *Tab) Download(what string) (file []byte) {
	b.t.Helper()
	address := b.Href(what)
	b.do("download "+what, func(ctx context.Context) error {
		cookies, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{address}})
		if err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		for _, c := range cookies.Cookies {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer got.Body.Close()
		if got.StatusCode != http.StatusOK {
			return errors.New(got.Status)
		}
		file, err = io.ReadAll(got.Body)
		return err
	})
	return file
}

// Resize looks at the page that is there in a window of another width, and in
// light or dark colours.
func (b *Tab) Resize(width int, dark bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := emulate(ctx, Options{Width: width, Dark: dark}); err != nil {
		b.t.Fatal("browser: resize:", err)
	}
}

// Screenshot writes a picture of the whole page to a PNG file, and makes the
// folder for it.
func (b *Tab) Screenshot(file string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, picture, 0o644)
	}
	if err != nil {
		b.t.Fatal("browser: picture:", err)
	}
}

// Reflows returns an error if one has to scroll sideways to read the page
// (WCAG 2.2, 1.4.10), and names what sticks out.
func (b *Tab) Reflows() error {
	b.t.Helper()
	text := b.eval(`(() => {
		const page = document.scrollingElement;
		if (page.scrollWidth <= innerWidth) return '';
		const out = [...document.querySelectorAll('body *')].filter(el => el.getBoundingClientRect().right > innerWidth + 0.5);
		return page.scrollWidth + ' px wide in a window of ' + innerWidth + ': ' +
			out.slice(-3).map(el => el.outerHTML.slice(0, 90)).join(' | ');
	})()`)
	if text == "" {
		return nil
	}
	return fmt.Errorf("%s is %s", b.URL(), text)
}

// A Violation is a rule of accessibility that the page breaks.
type Violation struct {
	ID     string   // of the rule, such as "image-alt"
	Impact string   // minor, moderate, serious or critical
	Help   string   // what the rule asks for
	Nodes  []string // the elements that break it
}

// String says what is wrong, and where.
func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s: %s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes, " | "))
}

// rules are those that [Tab.Axe] checks: WCAG 2.2 A and AA, and what its
// authors hold to be good practice.
const rules = `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`

// Axe checks the page with axe-core, and returns what it found. The script does
// not come from the page, so the page's content policy does not stop it; and
// scripts that are switched off are on meanwhile, which starts none of the
// page's own.
func (b *Tab) Axe() []Violation {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	if b.noScript {
		if err := b.scripts(ctx, true); err != nil {
			b.t.Fatal("browser: axe:", err)
		}
		defer b.scripts(b.ctx, false)
	}
	answer, err := b.evaluate(ctx, axeJS+`;
		axe.run(document, { runOnly: { type: 'tag', values: `+rules+` }, resultTypes: ['violations'] }).then(r =>
			JSON.stringify(r.violations.map(v => ({ ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map(n => n.html.slice(0, 200)) }))))`)
	var found []Violation
	if err == nil {
		err = json.Unmarshal([]byte(answer), &found)
	}
	if err != nil {
		b.t.Fatal("browser: axe:", err)
	}
	return found
}

// Console returns what went wrong on the pages so far: exceptions, breaches of
// the content policy, files that were missing, errors written to the console.
func (b *Tab) Console() []string {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	return slices.Clone(b.seen.problems)
}

// Count returns what was asked of the person since the last [Tab.Reset].
func (b *Tab) Count() Count {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	return b.seen.count
}

// Reset begins to count anew, as at the first page of a journey.
func (b *Tab) Reset() {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	b.seen.count = Count{}
}

// eval returns the text that an expression has as its value.
func (b *Tab) eval(expression string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := b.evaluate(ctx, expression)
	if err != nil {
		b.t.Fatal("browser:", err)
	}
	return text
}

func (b *Tab) evaluate(ctx context.Context, expression string) (text string, err error) {
	yes := true
	got, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ReturnByValue: &yes, AwaitPromise: &yes})
	if err == nil {
		err = thrown(got.ExceptionDetails)
	}
	if err != nil {
		return "", err
	}
	return text, json.Unmarshal(got.Result.Value, &text)
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"

	"bega/portal"
)

type weights struct{ common }

// The budgets of a page, compressed, in KB of 1,000 bytes, and in requests.
const (
	mostHTML, mostCSS, mostJS, mostFonts = 14, 12, 15, 45
	mostFirst, mostFirstRequests         = 90, 8
	mostAgain, mostAgainRequests         = 20, 2
)

// Run implements the command.
func (c *weights) Run(ctx context.Context) error {
	c.Engine = "sqlite" // browsers cannot tell
	r := &report{Title: "What browsers fetch, compressed, in KB of 1,000 bytes: a first view, and a repeated one",
		Head: []string{"page", "HTML", "CSS", "JS", "fonts", "images", "first", "requests", "again", "requests", "over"}}
	return c.each(ctx, r, measureWeights)
}

// A view is a page that somebody looks at: the one at a path, or the first that
// begins with link and is linked there.
type view struct{ title, who, path, link string }

var views = []view{
	{"home page", "", "/", ""},
	{"services", "", "/servicii", ""},
	{"a service", "", "/servicii/certificat-de-urbanism", ""},
	{"a search", "", "/servicii?q=parcare", ""},
	{"signing in", "", "/cont/intra", ""},
	{"folder", "stefania", "/dosar", ""},
	{"documents", "stefania", "/dosar/documente", ""},
	{"a case", "stefania", "/cereri", "/cereri/"},
	{"a draft", "stefania", "/ciorne", "/ciorne/"},
	{"payments", "stefania", "/plati", ""},
	{"messages", "stefania", "/mesaje", ""},
	{"work list", "ioana", "/lucru", ""},
	{"a clerk's case", "ioana", "/lucru", "/lucru/caz/"},
	{"counter", "dana", "/lucru/ghiseu", ""},
}

func measureWeights(ctx context.Context, p *place, r *report) error {
	if err := seed(ctx, p); err != nil {
		return err
	}
	town, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	addr, stop, err := serve(town.Handler())
	if err != nil {
		return err
	}
	defer stop()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	b := &fetcher{conn: conn, in: bufio.NewReader(conn)}
	for _, v := range views {
		w, err := b.look(ctx, town.Rooms(), v)
		if err != nil {
			return fmt.Errorf("%s: %w", v.title, err)
		}
		r.add(v.title, w.html, w.css, w.js, w.fonts, w.images, w.first(), w.requests, w.html, 1, w.over())
	}
	r.remark("Budgets: HTML %d, CSS %d, JS %d, fonts %d, first view %d in %d requests, again %d in %d.",
		mostHTML, mostCSS, mostJS, mostFonts, mostFirst, mostFirstRequests, mostAgain, mostAgainRequests)
	r.remark("All fonts of the style sheet are counted, whether a page has letters of them or not.")
	return nil
}

// A weight is what a view weighs, in KB.
type weight struct {
	html, css, js, fonts, images float64
	requests                     int
}

func (w weight) first() float64 { return w.html + w.css + w.js + w.fonts + w.images }

// over says which budgets are exceeded.
func (w weight) over() string {
	var names []string
	for _, budget := range []struct {
		name       string
		is, atMost float64
	}{{"HTML", w.html, mostHTML}, {"CSS", w.css, mostCSS}, {"JS", w.js, mostJS}, {"fonts", w.fonts, mostFonts}, {"first", w.first(), mostFirst},
		{"requests", float64(w.requests), mostFirstRequests}, {"again", w.html, mostAgain}} {
		if budget.is > budget.atMost {
			names = append(names, budget.name)
		}
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// A fetcher fetches what a browser would.
type fetcher struct {
	conn net.Conn
	in   *bufio.Reader
}

// What pages, style sheets and modules refer to. A module is imported where the
// page has an attribute.
var (
	inPage  = regexp.MustCompile(`(?:href|src)="(/f/[^"]+)"`)
	inStyle = regexp.MustCompile(`url\((/f/[^)]+)\)`)
	imports = regexp.MustCompile(`querySelector\("[^"]*\[([a-z-]+)\]"\)\) import\("([^"]+)"\)`)
)

// look fetches a view, and all that it refers to.
func (b *fetcher) look(ctx context.Context, rooms portal.Rooms, v view) (w weight, err error) {
	token := ""
	if v.who != "" {
		who, err := rooms.Identity.ByEmail(ctx, rooms.DB, v.who+"@demo.exemplu.ro")
		if err != nil || len(who) == 0 {
			return w, errors.Join(err, errors.New("nobody of that name"))
		}
		if token, err = signIn(ctx, rooms, who[0]); err != nil {
			return w, err
		}
	}
	html, size, err := b.fetch(v.path, token)
	if err == nil && v.link != "" {
		match := regexp.MustCompile(`href="(` + v.link + `[^"?#]+)`).FindSubmatch(html)
		if match == nil {
			return w, errors.New("no such link")
		}
		html, size, err = b.fetch(string(match[1]), token)
	}
	if err != nil {
		return w, err
	}
	w.html, w.requests = size, 1
	var wanted []string
	for _, match := range inPage.FindAllSubmatch(html, -1) {
		wanted = append(wanted, string(match[1]))
	}
	seen := map[string]bool{}
	for ; len(wanted) > 0; wanted = wanted[1:] {
		if path := wanted[0]; !seen[path] {
			seen[path] = true
			more, err := b.weigh(&w, path, html)
			if err != nil {
				return w, err
			}
			wanted = append(wanted, more...)
		}
	}
	return w, nil
}

// weigh fetches a file that a page needs, and returns what that needs in turn.
func (b *fetcher) weigh(w *weight, path string, html []byte) (more []string, err error) {
	data, size, err := b.fetch(path, "")
	if err != nil {
		return nil, err
	}
	w.requests++
	switch path[strings.LastIndexByte(path, '.'):] {
	case ".css":
		w.css += size
		for _, match := range inStyle.FindAllSubmatch(data, -1) {
			more = append(more, string(match[1]))
		}
	case ".js":
		w.js += size
		for _, match := range imports.FindAllSubmatch(data, -1) {
			if bytes.Contains(html, slices.Concat([]byte(" "), match[1])) {
				more = append(more, string(match[2]))
			}
		}
	case ".woff2":
		w.fonts += size
	default:
		w.images += size
	}
	return more, nil
}

// fetch returns what is at a path, and how many KB of it came over the wire.
func (b *fetcher) fetch(path, token string) (data []byte, size float64, err error) {
	response, body, err := ask(b.conn, b.in, get(path, token))
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	size = float64(len(body)) / 1000
	if response.Header.Get("Content-Encoding") != "gzip" {
		return body, size, nil
	}
	zip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	data, err = io.ReadAll(zip)
	return data, size, err
}

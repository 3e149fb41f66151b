// Package htmltest lets tests look at the HTML of pages. It is for tests alone.
package htmltest

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An Element is a start tag of a page, with what is in it.
type Element struct {
	Name   string
	Attr   map[string]string
	Within []string // names of the elements around it, the outermost first
	Text   string   // all text in it, with that of labels of pictures
}

// A Page is the elements of a page in their order, and what is wrong with it.
type Page struct {
	All      []*Element
	Problems []string
}

func (p *Page) wrong(format string, args ...any) {
	p.Problems = append(p.Problems, fmt.Sprintf(format, args...))
}

// Parse reads a page. What is wrong are the elements that are not closed.
func Parse(page string) *Page {
	p := &Page{}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []*Element
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			p.wrong("the page is not well-formed: %v", err)
			return p
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &Element{Name: token.Name.Local, Attr: map[string]string{}}
			for _, attr := range token.Attr {
				e.Attr[attr.Name.Local] = attr.Value
			}
			for _, outer := range open {
				e.Within = append(e.Within, outer.Name)
			}
			p.All, open = append(p.All, e), append(open, e)
		case xml.EndElement:
			if len(open) == 0 {
				p.wrong("</%s> closes nothing", token.Name.Local)
				return p
			}
			if last := open[len(open)-1]; last.Name != token.Name.Local {
				p.wrong("<%s> is closed by </%s>", last.Name, token.Name.Local)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.Text += string(token)
			}
		}
	}
	if len(open) > 0 {
		p.wrong("<%s> is not closed", open[0].Name)
	}
	return p
}

// Called returns the elements with a name.
func (p *Page) Called(name string) []*Element {
	return slices.DeleteFunc(slices.Clone(p.All), func(e *Element) bool { return e.Name != name })
}

// Check returns what is wrong with a page that any page has to have: what is
// missing here, somebody who does not see it or has no mouse or no JavaScript
// would miss.
func Check(page string) []string {
	p := Parse(page)
	ids := map[string]*Element{}
	for _, e := range p.All {
		if id, ok := e.Attr["id"]; ok {
			if ids[id] != nil || id == "" || strings.ContainsAny(id, " \t\n") {
				p.wrong("<%s> has the ID %q, which is taken or no ID", e.Name, id)
			}
			ids[id] = e
		}
	}
	p.checkReferences(ids)
	p.checkFields()
	p.checkOutline()
	for _, e := range p.All {
		for attr := range e.Attr {
			if attr == "style" || strings.HasPrefix(attr, "on") {
				p.wrong("<%s> has the attribute %s, which the content policy forbids", e.Name, attr)
			}
		}
		switch {
		case e.Name == "style" || e.Name == "script" && (e.Attr["src"] == "" || strings.TrimSpace(e.Text) != ""):
			p.wrong("there is an inline <%s>", e.Name)
		case (e.Name == "a" || e.Name == "button" || e.Name == "summary" || e.Name == "label" || e.Name == "legend" || e.Name == "th") && strings.TrimSpace(e.Text) == "" && e.Attr["aria-hidden"] == "":
			p.wrong("a <%s> says nothing: %v", e.Name, e.Attr)
		case e.Name == "a" && e.Attr["href"] == "":
			p.wrong("the link %q leads nowhere", e.Text)
		case e.Name == "svg" && e.Attr["aria-hidden"] != "true" && (e.Attr["role"] != "img" || e.Attr["aria-label"] == ""):
			p.wrong("a picture has no text and is not hidden: %v", e.Attr)
		case (e.Name == "nav" || e.Name == "aside") && e.Attr["aria-label"] == "":
			p.wrong("a <%s> has no name", e.Name)
		}
	}
	return p.Problems
}

// checkReferences: what an attribute names is on the page.
func (p *Page) checkReferences(ids map[string]*Element) {
	for _, e := range p.All {
		for _, attr := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls"} {
			value, there := e.Attr[attr]
			if there && strings.TrimSpace(value) != value {
				p.wrong("<%s> has spaces around %s=%q", e.Name, attr, value)
			}
			for id := range strings.FieldsSeq(value) {
				if ids[id] == nil {
					p.wrong("<%s> has %s=%q, and there is no %q", e.Name, attr, value, id)
				}
			}
		}
		if target, ok := strings.CutPrefix(e.Attr["href"], "#"); ok && ids[target] == nil {
			p.wrong("the link %q leads to #%s, which is not there", e.Text, target)
		}
	}
}

// checkFields: every field has a name for people and one for the form, and
// every form that changes something counts once.
func (p *Page) checkFields() {
	labels, keys := map[string]bool{}, 0
	for _, e := range p.Called("label") {
		labels[e.Attr["for"]] = true
	}
	for _, e := range p.All {
		if e.Attr["name"] == "cheie" && e.Attr["value"] != "" {
			keys++
		}
		field := e.Name == "select" || e.Name == "textarea" || e.Name == "input" && e.Attr["type"] != "hidden"
		if !field {
			continue
		}
		if !slices.Contains(e.Within, "label") && !labels[e.Attr["id"]] {
			p.wrong("a field has no label: %v", e.Attr)
		}
		if e.Attr["name"] == "" && !slices.Contains(e.Within, "details") {
			p.wrong("a field is in no form: %v", e.Attr)
		}
		if e.Attr["type"] == "number" || e.Attr["type"] == "date" {
			p.wrong("a field is of the type %s, which loses what is typed", e.Attr["type"])
		}
		if text := e.Name != "select" && e.Attr["type"] != "radio" && e.Attr["type"] != "checkbox" && e.Attr["type"] != "file"; text && e.Attr["autocomplete"] == "" {
			p.wrong("a field says nothing about autocomplete: %v", e.Attr)
		}
	}
	posts := 0
	for _, e := range p.Called("form") {
		if e.Attr["method"] == "post" {
			posts++
		}
	}
	if keys != posts {
		p.wrong("%d forms are sent by POST, and %d carry a key", posts, keys)
	}
}

// checkOutline: one title, headings without gaps, the landmarks.
func (p *Page) checkOutline() {
	level := 0
	for _, e := range p.All {
		if len(e.Name) == 2 && e.Name[0] == 'h' && e.Name[1] >= '1' && e.Name[1] <= '6' {
			next := int(e.Name[1] - '0')
			if next > level+1 && level > 0 {
				p.wrong("the heading %q is a h%d after a h%d", e.Text, next, level)
			}
			level = next
			if strings.TrimSpace(e.Text) == "" {
				p.wrong("a h%d is empty", next)
			}
		}
	}
	for _, name := range []string{"h1", "main", "header", "footer", "title"} {
		// A document within the page has a header and a footer of its own.
		found := slices.DeleteFunc(p.Called(name), func(e *Element) bool { return slices.Contains(e.Within, "article") })
		if len(found) != 1 {
			p.wrong("there are %d <%s>, want 1", len(found), name)
		}
	}
	names := map[string]bool{}
	for _, e := range p.Called("nav") {
		if names[e.Attr["aria-label"]] {
			p.wrong("two <nav> are called %q", e.Attr["aria-label"])
		}
		names[e.Attr["aria-label"]] = true
	}
}

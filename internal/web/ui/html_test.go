package ui

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
)

// An element is a start tag of a page, with what is in it.
type element struct {
	name   string
	attr   map[string]string
	within []string // names of the elements around it, the outermost first
	text   string   // all text in it, with that of labels of pictures
}

// parse reads a page, and complains about elements that are not closed.
func parse(t *testing.T, page string) (all []*element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []*element
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attr: map[string]string{}}
			for _, attr := range token.Attr {
				e.attr[attr.Name.Local] = attr.Value
			}
			for _, outer := range open {
				e.within = append(e.within, outer.name)
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			if last := open[len(open)-1]; last.name != token.Name.Local {
				t.Errorf("<%s> is closed by </%s>", last.name, token.Name.Local)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(token)
			}
		}
	}
	if len(open) > 0 {
		t.Errorf("<%s> is not closed", open[0].name)
	}
	return all
}

func called(all []*element, name string) []*element {
	return slices.DeleteFunc(slices.Clone(all), func(e *element) bool { return e.name != name })
}

// checkPage holds for every page: what is missing here, somebody who does not
// see it or has no mouse or no JavaScript would miss.
func checkPage(t *testing.T, page string) {
	t.Helper()
	all := parse(t, page)
	ids := map[string]*element{}
	for _, e := range all {
		if id, ok := e.attr["id"]; ok {
			if ids[id] != nil || id == "" || strings.ContainsAny(id, " \t\n") {
				t.Errorf("<%s> has the ID %q, which is taken or no ID", e.name, id)
			}
			ids[id] = e
		}
	}
	checkReferences(t, all, ids)
	checkFields(t, all)
	checkOutline(t, all)
	for _, e := range all {
		for attr := range e.attr {
			if attr == "style" || strings.HasPrefix(attr, "on") {
				t.Errorf("<%s> has the attribute %s, which the content policy forbids", e.name, attr)
			}
		}
		switch {
		case e.name == "style" || e.name == "script" && (e.attr["src"] == "" || strings.TrimSpace(e.text) != ""):
			t.Errorf("there is an inline <%s>", e.name)
		case (e.name == "a" || e.name == "button" || e.name == "summary" || e.name == "label" || e.name == "legend" || e.name == "th") && strings.TrimSpace(e.text) == "" && e.attr["aria-hidden"] == "":
			t.Errorf("a <%s> says nothing: %v", e.name, e.attr)
		case e.name == "a" && e.attr["href"] == "":
			t.Errorf("the link %q leads nowhere", e.text)
		case e.name == "svg" && e.attr["aria-hidden"] != "true" && (e.attr["role"] != "img" || e.attr["aria-label"] == ""):
			t.Errorf("a picture has no text and is not hidden: %v", e.attr)
		case (e.name == "nav" || e.name == "aside") && e.attr["aria-label"] == "":
			t.Errorf("a <%s> has no name", e.name)
		}
	}
}

// checkReferences: what an attribute names is on the page.
func checkReferences(t *testing.T, all []*element, ids map[string]*element) {
	t.Helper()
	for _, e := range all {
		for _, attr := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls"} {
			value, there := e.attr[attr]
			if there && strings.TrimSpace(value) != value {
				t.Errorf("<%s> has spaces around %s=%q", e.name, attr, value)
			}
			for id := range strings.FieldsSeq(value) {
				if ids[id] == nil {
					t.Errorf("<%s> has %s=%q, and there is no %q", e.name, attr, value, id)
				}
			}
		}
		if target, ok := strings.CutPrefix(e.attr["href"], "#"); ok && ids[target] == nil {
			t.Errorf("the link %q leads to #%s, which is not there", e.text, target)
		}
	}
}

// checkFields: every field has a name for people and one for the form, and
// every form that changes something counts once.
func checkFields(t *testing.T, all []*element) {
	t.Helper()
	labels, keys := map[string]bool{}, 0
	for _, e := range called(all, "label") {
		labels[e.attr["for"]] = true
	}
	for _, e := range all {
		if e.attr["name"] == "cheie" && e.attr["value"] != "" {
			keys++
		}
		field := e.name == "select" || e.name == "textarea" || e.name == "input" && e.attr["type"] != "hidden"
		if !field {
			continue
		}
		if !slices.Contains(e.within, "label") && !labels[e.attr["id"]] {
			t.Errorf("a field has no label: %v", e.attr)
		}
		if e.attr["name"] == "" && !slices.Contains(e.within, "details") {
			t.Errorf("a field is in no form: %v", e.attr)
		}
		if e.attr["type"] == "number" || e.attr["type"] == "date" {
			t.Errorf("a field is of the type %s, which loses what is typed", e.attr["type"])
		}
		if text := e.name != "select" && e.attr["type"] != "radio" && e.attr["type"] != "checkbox" && e.attr["type"] != "file"; text && e.attr["autocomplete"] == "" {
			t.Errorf("a field says nothing about autocomplete: %v", e.attr)
		}
	}
	posts := 0
	for _, e := range called(all, "form") {
		if e.attr["method"] == "post" {
			posts++
		}
	}
	if keys != posts {
		t.Errorf("%d forms are sent by POST, and %d carry a key", posts, keys)
	}
}

// checkOutline: one title, headings without gaps, the landmarks.
func checkOutline(t *testing.T, all []*element) {
	t.Helper()
	level := 0
	for _, e := range all {
		if len(e.name) == 2 && e.name[0] == 'h' && e.name[1] >= '1' && e.name[1] <= '6' {
			next := int(e.name[1] - '0')
			if next > level+1 && level > 0 {
				t.Errorf("the heading %q is a h%d after a h%d", e.text, next, level)
			}
			level = next
			if strings.TrimSpace(e.text) == "" {
				t.Errorf("a h%d is empty", next)
			}
		}
	}
	for _, name := range []string{"h1", "main", "header", "footer", "title"} {
		// A document within the page has a header and a footer of its own.
		found := slices.DeleteFunc(called(all, name), func(e *element) bool { return slices.Contains(e.within, "article") })
		if len(found) != 1 {
			t.Errorf("there are %d <%s>, want 1", len(found), name)
		}
	}
	names := map[string]bool{}
	for _, e := range called(all, "nav") {
		if names[e.attr["aria-label"]] {
			t.Errorf("two <nav> are called %q", e.attr["aria-label"])
		}
		names[e.attr["aria-label"]] = true
	}
}

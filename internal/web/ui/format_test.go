package ui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bega/internal/deadline"
	"bega/internal/money"
)

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFormats(t *testing.T) {
	// Half past nine in the evening in Greenwich is the next day in the town.
	at := time.Date(2026, 11, 22, 22, 14, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		got    func(Page) string
		ro, en string
	}{
		{"Day", func(p Page) string { return p.Day(at) }, "23 noiembrie 2026", "23 November 2026"},
		{"DateTime", func(p Page) string { return p.DateTime(at) }, "23 noiembrie 2026, ora 00:14", "23 November 2026, 00:14"},
		{"Weekday", func(p Page) string { return p.Weekday(at) }, "luni", "Monday"},
		{"first of May", func(p Page) string { return p.Day(time.Date(2027, 5, 1, 0, 0, 0, 0, p.Zone)) }, "1 mai 2027", "1 May 2027"},
		{"Date", func(p Page) string { return p.Date(deadline.Date{Year: 2026, Month: 11, Day: 30}) }, "30 noiembrie 2026", "30 November 2026"},
		{"no day", func(p Page) string { return p.Date(deadline.Date{}) }, "", ""},
		{"Money", func(p Page) string { return p.Money(128450) }, "1.284,50 lei", "RON 1,284.50"},
		{"Says", func(p Page) string {
			return p.Says("ui.date-time", deadline.Date{Year: 2026, Month: 11, Day: 30}, money.Bani(5000))
		}, "30 noiembrie 2026, ora 50,00 lei", "30 November 2026, RON 50.00"},
		{"Says of an instant", func(p Page) string { return p.Says("ui.date-time", at, "x") }, "23 noiembrie 2026, ora 00:14, ora x", "23 November 2026, 00:14, x"},
		{"no bytes", func(p Page) string { return p.Size(0) }, "0 B", "0 B"},
		{"kilo", func(p Page) string { return p.Size(999_999) }, "999 kB", "999 kB"},
		{"mega", func(p Page) string { return p.Size(10_000_000) }, "10 MB", "10 MB"},
		{"part", func(p Page) string { return p.Size(2_430_000) }, "2,4 MB", "2.4 MB"},
	} {
		if ro := test.got(newPage(t, "ro", "/")); ro != test.ro {
			t.Errorf("%s: got %q, want %q", test.name, ro, test.ro)
		}
		if en := test.got(newPage(t, "en", "/")); en != test.en {
			t.Errorf("%s: got %q, want %q", test.name, en, test.en)
		}
	}
}

func TestWith(t *testing.T) {
	for _, test := range []struct{ path, name, value, want string }{
		{"/dosar", "pagina", "2", "/dosar?pagina=2"},
		{"/dosar?pagina=2&tip=talon", "pagina", "3", "/dosar?pagina=3&tip=talon"},
		{"/dosar?pagina=2", "pagina", "", "/dosar"},
		{"/dosar", "q", "ș&=#", "/dosar?q=%C8%99%26%3D%23"},
		{"%zz", "q", "1", "/"},
	} {
		p := Page{Path: test.path}
		if got := p.With(test.name, test.value); got != test.want {
			t.Errorf("%q with %s=%s: got %q, want %q", test.path, test.name, test.value, got, test.want)
		}
	}
}

func TestPagination(t *testing.T) {
	for _, test := range []struct {
		page, pages int
		want        []int
	}{
		{1, 2, []int{1, 2}}, {1, 9, []int{1, 2, 0, 9}}, {5, 9, []int{1, 0, 4, 5, 6, 0, 9}}, {9, 9, []int{1, 0, 8, 9}}, {3, 4, []int{1, 2, 3, 4}},
	} {
		if got := around(test.page, test.pages); !slices.Equal(got, test.want) {
			t.Errorf("page %d of %d: got %v, want %v", test.page, test.pages, got, test.want)
		}
	}
	p := newPage(t, "ro", "/lista?pagina=1")
	if page := render(t, Pagination(p, 1, 1)); page != "" {
		t.Errorf("one page needs no pagination: %s", page)
	}
	page := render(t, Pagination(p, 1, 3))
	if strings.Contains(page, `rel="prev"`) || !strings.Contains(page, `rel="next" href="/lista?pagina=2"`) {
		t.Errorf("from the first page one cannot go on, or can go back: %s", page)
	}
}

func TestReadTyped(t *testing.T) {
	for _, test := range []struct{ day, month, year, iso string }{
		{"1", "12", "2026", "2026-12-01"},
		{" 01 ", "12", "2026", "2026-12-01"},
		{"1.12.2026", "", "", "2026-12-01"},
		{"1/12/2026", "", "", "2026-12-01"},
		{"2026-12-01", "", "", "2026-12-01"},
		{"30", "2", "2026", "2026-02-30"}, // whether there is such a day is for others to say
		{"", "", "", ""},
		{"1", "", "2026", ""},
		{"1", "12", "26", ""},
		{"-1", "12", "2026", ""},
		{"1", "1e1", "2026", ""},
		{"001", "12", "2026", ""},
		{"0", "12", "2026", "2026-12-00"},
		{"unu", "mai", "2026", ""},
		{"1.12.2026", "3", "", ""},
		{"٣", "12", "2026", ""},
	} {
		form := url.Values{"d.zi": {test.day}, "d.luna": {test.month}, "d.an": {test.year}}
		if got := ReadTyped(form, "d").ISO(); got != test.iso {
			t.Errorf("%q %q %q: got %q, want %q", test.day, test.month, test.year, got, test.iso)
		}
	}
	day := deadline.Date{Year: 2026, Month: 12, Day: 1}
	if got, err := TypedOf(day).Date(); err != nil || got != day || !TypedOf(deadline.Date{}).Empty() {
		t.Errorf("%v comes back as %v, %v", day, got, err)
	}
	if got, err := (Typed{"30", "2", "2026"}).Date(); err == nil {
		t.Errorf("30 February is %v", got)
	}
	if !ReadTyped(url.Values{}, "d").Empty() {
		t.Error("nothing typed is not empty")
	}
}

// TestFieldsComeBack: what an AddressField and a PersonField ask for is what is
// read, and errors are shown at their fields.
func TestFieldsComeBack(t *testing.T) {
	p := newPage(t, "ro", "/")
	form := url.Values{}
	for i, in := range append((Address{Name: "a"}).Inputs(p), (Person{Name: "p"}).Inputs(p)...) {
		form.Set(in.Name, "valoarea "+strconv.Itoa(i))
	}
	address, person := ReadAddress(form, "a"), ReadPerson(form, "p")
	address.Errors, person.Errors = map[string]string{".strada": "Scrie strada."}, map[string]string{".cnp": "CNP-ul are 13 cifre."}
	for _, in := range append(address.Inputs(p), person.Inputs(p)...) {
		if in.Value != form.Get(in.Name) {
			t.Errorf("%s: got %q, want %q", in.Name, in.Value, form.Get(in.Name))
		}
		if wrong := in.Name == "a.strada" || in.Name == "p.cnp"; wrong != (in.Error != "") {
			t.Errorf("%s has the error %q", in.Name, in.Error)
		}
	}
	person.Ask = []string{".email"}
	if asked := person.Inputs(p); len(asked) != 1 || asked[0].Name != "p.email" {
		t.Errorf("asked for the e-mail address alone, got %v", asked)
	}
	if in := person.Inputs(p)[0]; in.Autocomplete != "off" {
		t.Errorf("the browser is asked to fill another person's field with %q", in.Autocomplete)
	}
}

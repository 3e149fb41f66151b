package ui

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bega/internal/deadline"
)

// Typed is a date as it was typed into a [DateField], right or wrong.
type Typed struct{ Day, Month, Year string }

// ReadTyped reads the three fields of a DateField. A whole date such as
// "1.12.2026" or "2026-12-01" in the first field counts, too.
func ReadTyped(form url.Values, name string) Typed {
	t := Typed{field(form, name+".zi"), field(form, name+".luna"), field(form, name+".an")}
	if t.Month != "" || t.Year != "" {
		return t
	}
	parts := strings.FieldsFunc(t.Day, func(r rune) bool { return strings.ContainsRune(". -/", r) })
	if len(parts) != 3 {
		return t
	}
	if len(parts[0]) == 4 {
		return Typed{parts[2], parts[1], parts[0]}
	}
	return Typed{parts[0], parts[1], parts[2]}
}

// Empty reports whether nothing was typed.
func (t Typed) Empty() bool { return t == Typed{} }

// TypedOf returns a date as it is shown in a DateField to be changed. No day
// leaves the fields empty.
func TypedOf(d deadline.Date) Typed {
	if d.IsZero() {
		return Typed{}
	}
	return Typed{strconv.Itoa(d.Day), strconv.Itoa(int(d.Month)), strconv.Itoa(d.Year)}
}

// Date returns the day that was typed, or an error if there is no such day.
func (t Typed) Date() (deadline.Date, error) { return deadline.Parse(t.ISO()) }

// ISO returns the date as "2026-12-01", without knowing whether there is such a
// day, or "" if the fields are not numbers of the right length.
func (t Typed) ISO() string {
	day, month, year := digits(t.Day, 2), digits(t.Month, 2), digits(t.Year, 4)
	if day < 0 || month < 0 || year < 1000 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// digits returns the number that at most so many ASCII digits are, or -1.
func digits(text string, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || len(text) > most || strings.Trim(text, "0123456789") != "" {
		return -1
	}
	return n
}

// An Address is asked for by an [AddressField]. Its fields are named with
// endings such as ".strada".
type Address struct {
	Name     string
	Label    string
	Hint     string
	Locality string            // ".localitate"
	Street   string            // ".strada", with its kind: "Strada Alba Iulia"
	Number   string            // ".numar"
	Building string            // ".bloc"; may be empty, as all below but Postcode
	Stair    string            // ".scara"
	Floor    string            // ".etaj"
	Flat     string            // ".apartament"
	Postcode string            // ".cod": six digits
	Errors   map[string]string // by ending, as ".strada"
}

// ReadAddress reads the fields of an AddressField.
func ReadAddress(form url.Values, name string) Address {
	get := func(ending string) string { return field(form, name+ending) }
	return Address{Name: name, Locality: get(".localitate"), Street: get(".strada"), Number: get(".numar"),
		Building: get(".bloc"), Stair: get(".scara"), Floor: get(".etaj"), Flat: get(".apartament"), Postcode: get(".cod")}
}

// Inputs returns the fields of the address, for the ErrorSummary.
func (a Address) Inputs(p Page) []Input {
	all := []Input{
		{Name: ".localitate", Label: p.T("ui.address-locality"), Value: a.Locality, Autocomplete: "address-level2", Required: true},
		{Name: ".strada", Label: p.T("ui.address-street"), Value: a.Street, Autocomplete: "address-line1", Required: true},
		{Name: ".numar", Label: p.T("ui.address-number"), Value: a.Number, Width: "w4", Required: true},
		{Name: ".bloc", Label: p.T("ui.address-building"), Value: a.Building, Width: "w4"},
		{Name: ".scara", Label: p.T("ui.address-stair"), Value: a.Stair, Width: "w4"},
		{Name: ".etaj", Label: p.T("ui.address-floor"), Value: a.Floor, Width: "w4"},
		{Name: ".apartament", Label: p.T("ui.address-flat"), Value: a.Flat, Width: "w4"},
		{Name: ".cod", Label: p.T("ui.address-postcode"), Value: a.Postcode, Autocomplete: "postal-code", Inputmode: "numeric", Width: "w10"},
	}
	return named(all, a.Name, a.Errors)
}

// A Person is asked for by a [PersonField]. Its fields are named with endings
// such as ".prenume".
type Person struct {
	Name   string
	Label  string
	Hint   string
	Self   bool              // it is who fills the form in: the browser may complete it
	Family string            // ".nume"
	Given  string            // ".prenume"
	CNP    string            // ".cnp"
	Email  string            // ".email"
	Phone  string            // ".telefon"
	Ask    []string          // the endings that are asked for; nil means all
	Errors map[string]string // by ending
}

// ReadPerson reads the fields of a PersonField.
func ReadPerson(form url.Values, name string) Person {
	get := func(ending string) string { return field(form, name+ending) }
	return Person{Name: name, Family: get(".nume"), Given: get(".prenume"), CNP: get(".cnp"), Email: get(".email"), Phone: get(".telefon")}
}

// Inputs returns the fields of the person, for the ErrorSummary.
func (who Person) Inputs(p Page) []Input {
	self := func(word string) string {
		if who.Self {
			return word
		}
		return "off"
	}
	var asked []Input
	for _, in := range []Input{
		{Name: ".nume", Label: p.T("ui.person-family"), Value: who.Family, Autocomplete: self("family-name"), Required: true},
		{Name: ".prenume", Label: p.T("ui.person-given"), Value: who.Given, Autocomplete: self("given-name"), Required: true},
		{Name: ".cnp", Label: p.T("ui.person-cnp"), Hint: p.T("ui.person-cnp-hint"), Value: who.CNP, Inputmode: "numeric", Width: "w10", Required: true},
		{Name: ".email", Label: p.T("ui.person-email"), Type: "email", Value: who.Email, Autocomplete: self("email"), Required: true},
		{Name: ".telefon", Label: p.T("ui.person-phone"), Type: "tel", Value: who.Phone, Autocomplete: self("tel"), Width: "w10"},
	} {
		if who.asks(in.Name) {
			asked = append(asked, in)
		}
	}
	return named(asked, who.Name, who.Errors)
}

func (who Person) asks(ending string) bool {
	return who.Ask == nil || slices.Contains(who.Ask, ending)
}

func named(inputs []Input, name string, errors map[string]string) []Input {
	for i, in := range inputs {
		inputs[i].Name, inputs[i].Error = name+in.Name, errors[in.Name]
	}
	return inputs
}

func field(form url.Values, name string) string { return strings.TrimSpace(form.Get(name)) }

// lone returns what describes a checkbox by itself, whose hint is in its label.
func lone(in Input) string {
	in.Hint = ""
	return in.described()
}

// dated gives a date field without a hint an example.
func dated(p Page, in Input) Input {
	if in.Hint == "" {
		in.Hint = p.T("ui.date-hint")
	}
	return in
}

// dateWord returns the purpose of a part of a date field: only dates of birth
// have one.
func dateWord(in Input, word string) string {
	if in.Autocomplete == "bday" {
		return word
	}
	return "off"
}

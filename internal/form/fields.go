package form

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
)

// partLength is how many characters a part of an address or a person may have.
const partLength = 100

// The endings of the names of kinds with several, and which of them have to be
// answered.
var (
	addressParts  = []string{"localitate", "strada", "numar", "bloc", "scara", "etaj", "apartament", "cod"}
	personParts   = []string{"nume", "prenume", "cnp", "email", "telefon"}
	neededParts   = []string{"localitate", "strada", "numar", "nume", "prenume", "cnp"}
	missingOfPart = map[string]string{
		"localitate": "form.error-missing-locality", "strada": "form.error-missing-street", "numar": "form.error-missing-number",
		"nume": "form.error-missing-family", "prenume": "form.error-missing-given", "cnp": "form.error-missing-cnp",
		"email": "form.error-missing-email", "telefon": "form.error-missing-phone",
	}
)

// missing are the texts for questions without an answer.
var missing = map[Kind]string{
	Line: "form.error-missing", Textarea: "form.error-missing", Number: "form.error-number", Money: "form.error-money",
	Date: "form.error-missing-date", Choice: "form.error-choose", Select: "form.error-choose", Checkboxes: "form.error-choose-any",
	YesNo: "form.error-choose", Plate: "form.error-missing-plate", VIN: "form.error-vin", CNP: "form.error-missing-cnp",
	CUI: "form.error-missing-cui", IBAN: "form.error-missing-iban", Cadastral: "form.error-missing-cadastral",
	Phone: "form.error-missing-phone", Email: "form.error-missing-email", Document: "form.error-missing-document",
	FileList: "form.error-missing-files", Consent: "form.error-consent",
}

// checks are those of codes.
var checks = map[Kind]func(string) (string, error){
	Plate: CheckPlate, VIN: CheckVIN, CNP: CheckCNP, CUI: CheckCUI, IBAN: CheckIBAN, Cadastral: CheckCadastral, Phone: CheckPhone, Email: CheckEmail,
}

// Asks returns the parts of an address or of a person that a field asks for.
func (f *Field) Asks() []string {
	if f.Kind == Address {
		return addressParts
	}
	if len(f.Parts) > 0 {
		return f.Parts
	}
	return personParts
}

// Elements returns the names under which the answer to a field is posted that has a
// name. Which files there are is not posted: they come one by one.
func (f *Field) Elements(name string) (all []string) {
	switch {
	case f.Kind == FileList:
		return nil
	case f.Kind == Date:
		return []string{name + ".zi", name + ".luna", name + ".an"}
	case f.Registered != "":
		return []string{name, name + ".nou"}
	case f.Kind != Address && f.Kind != Person:
		return []string{name}
	}
	parts := addressParts
	if f.Kind == Person {
		parts = personParts
	}
	for _, part := range parts {
		all = append(all, name+"."+part)
	}
	return all
}

// Most returns how many characters a text may have, or how many files there may
// be.
func (f *Field) Most() int {
	usual := map[Kind]int{Line: 200, Plate: 500, Cadastral: 500, Textarea: 4000, FileList: 10}
	return cmp.Or(f.MaxLength, usual[f.Kind])
}

// read returns the answer that was posted under a name, or nil if there is none,
// and what is wrong with it.
func (f *Field) read(name string, v Values, today deadline.Date) (answer any, problems []Problem) {
	if f.Kind == Address || f.Kind == Person {
		return f.readParts(name, v)
	}
	answer, problem := f.readOne(name, v, today)
	if problem == nil {
		return answer, nil
	}
	if problem.Key == "" {
		problem.Key, problem.Text = missing[f.Kind], f.Error
	}
	problem.Field = name
	return nil, []Problem{*problem}
}

// wrong is a problem with the text of a fault, or with that of a key.
func wrong(key string, args ...any) *Problem { return &Problem{Key: key, Args: args} }

// missed is what a question without an answer is: a problem if it needs one.
func (f *Field) missed() *Problem {
	if f.Required {
		return &Problem{}
	}
	return nil
}

func (f *Field) readOne(name string, v Values, today deadline.Date) (any, *Problem) {
	switch f.Kind {
	case Consent:
		if v.Get(name) == "da" {
			return true, nil
		}
		return false, f.missed()
	case Checkboxes:
		return f.readChecked(v[name])
	case FileList:
		return f.readFiles(slices.Concat(v[name+".id"], v[name]))
	case Date:
		return f.readDate(name, v, today)
	case Textarea:
		return f.readText(cleanLines(v.Get(name)))
	}
	typed := Clean(v.Get(name))
	if f.Registered != "" && typed == "nou" {
		typed = Clean(v.Get(name + ".nou"))
	}
	if typed == "" {
		return nil, f.missed()
	}
	if f.Registered != "" && strings.Contains(typed, ", ") { // what has no number is called what and where it is
		return f.readText(typed)
	}
	switch f.Kind {
	case Line:
		return f.readText(typed)
	case Number, Money:
		return f.readNumber(typed)
	case Choice, Select:
		if !f.offers(typed) {
			return nil, wrong("form.error-choose")
		}
	case YesNo:
		if typed != "da" && typed != "nu" {
			return nil, wrong("form.error-choose")
		}
		return typed == "da", nil
	case Document:
		if typed == "nou" { // and nothing else there is to choose
			typed = v.Get(name + ".fisier.id")
		}
		if typed == "" {
			return nil, f.missed()
		}
		if !isID.MatchString(typed) {
			return nil, &Problem{}
		}
	default:
		code, err := checks[f.Kind](typed)
		if err != nil {
			return nil, wrong(fault.Of(err).Key, fault.Of(err).Args...)
		}
		return code, nil
	}
	return typed, nil
}

func (f *Field) readText(typed string) (any, *Problem) {
	if typed == "" {
		return nil, f.missed()
	}
	if n := utf8.RuneCountInString(typed); n > f.Most() {
		return nil, wrong("form.error-too-long", f.Most(), n)
	}
	return typed, nil
}

func (f *Field) offers(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value })
}

func (f *Field) readChecked(typed []string) (any, *Problem) {
	chosen := []string{}
	for _, o := range f.Options { // in their order, each once
		if slices.Contains(typed, o.Value) {
			chosen = append(chosen, o.Value)
		}
	}
	if len(chosen) == 0 {
		return nil, f.missed()
	}
	return chosen, nil
}

var isID = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func (f *Field) readFiles(typed []string) (any, *Problem) {
	ids := []string{}
	for _, id := range typed {
		if isID.MatchString(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if most := f.Most(); len(ids) > most {
		return nil, wrong("form.error-too-many-files", most)
	}
	if len(ids) == 0 {
		return nil, f.missed()
	}
	return ids, nil
}

// grouped finds numbers with a dot or a space between thousands. Elsewhere a dot
// may be meant as a comma, and is refused.
var grouped = regexp.MustCompile(`^-?[0-9]{1,3}([ .][0-9]{3})+$`)

// parse reads a whole number, or an amount as bani.
func (f *Field) parse(typed string) (int64, error) {
	if f.Kind == Money {
		amount, err := money.Parse(typed)
		return int64(amount), err
	}
	if grouped.MatchString(typed) {
		typed = strings.NewReplacer(" ", "", ".", "").Replace(typed)
	}
	return strconv.ParseInt(typed, 10, 64)
}

// readNumber reads a number or an amount within the bounds.
func (f *Field) readNumber(typed string) (any, *Problem) {
	say := func(n int64) any { return n }
	if f.Kind == Money {
		say = func(n int64) any { return money.Bani(n) }
	}
	n, err := f.parse(typed)
	if err != nil || f.Kind == Money && n < 0 {
		return nil, wrong(missing[f.Kind])
	}
	if least, err := f.parse(f.Min); err == nil && n < least {
		return nil, wrong("form.error-too-small", say(least))
	}
	if most, err := f.parse(f.Max); err == nil && n > most {
		return nil, wrong("form.error-too-large", say(most))
	}
	return n, nil
}

func (f *Field) readDate(name string, v Values, today deadline.Date) (any, *Problem) {
	parts := []string{v.Get(name + ".zi"), v.Get(name + ".luna"), v.Get(name + ".an")}
	if parts[1] == "" && parts[2] == "" { // a whole date in the first field
		parts = strings.FieldsFunc(parts[0], func(r rune) bool { return strings.ContainsRune(". -/", r) })
		if len(parts) == 3 && len(parts[0]) == 4 {
			slices.Reverse(parts)
		}
	}
	if strings.Join(parts, "") == "" {
		return nil, f.missed()
	}
	if len(parts) != 3 || !digits(strings.Join(parts, "")) || len(parts[0])*len(parts[1]) == 0 || len(parts[2]) != 4 {
		return nil, wrong("form.error-missing-date")
	}
	date, err := deadline.Parse(fmt.Sprintf("%s-%02s-%02s", parts[2], parts[1], parts[0]))
	if err != nil {
		return nil, wrong("form.error-no-such-day", strings.Join(parts, "."))
	}
	if least, ok := bound(f.Min, today); ok && date.Before(least) {
		return nil, wrong("form.error-too-early", least)
	}
	if most, ok := bound(f.Max, today); ok && date.After(most) {
		return nil, wrong("form.error-too-late", most)
	}
	return date.String(), nil
}

// bound returns the day that the least or the most of a date is: a day, or so
// many days before or after today.
func bound(text string, today deadline.Date) (deadline.Date, bool) {
	if rest, ok := strings.CutPrefix(text, "today"); ok {
		days, err := strconv.Atoi(cmp.Or(rest, "0"))
		return today.AddDays(days), err == nil && !today.IsZero()
	}
	day, err := deadline.Parse(text)
	return day, err == nil
}

// readParts reads an address or a person: nothing if nothing was typed and there
// need be no answer. A locality alone is nothing: forms begin with that.
func (f *Field) readParts(name string, v Values) (any, []Problem) {
	answer, problems, typedAny := map[string]string{}, []Problem(nil), false
	for _, part := range f.Asks() {
		typed, problem := f.readPart(part, Clean(v.Get(name+"."+part)))
		typedAny = typedAny || typed != "" && part != "localitate"
		if problem != nil {
			problem.Field = name + "." + part
			problems = append(problems, *problem)
		} else if typed != "" {
			answer[part] = typed
		}
	}
	if !typedAny && !f.Required {
		return nil, nil
	}
	if !typedAny && f.Error != nil {
		return nil, []Problem{{Field: problems[0].Field, Text: f.Error}}
	}
	return answer, problems
}

// readPart reads a part of an address or a person.
func (f *Field) readPart(part, typed string) (string, *Problem) {
	n := utf8.RuneCountInString(typed)
	switch {
	case n == 0:
		if !f.needs(part) {
			return "", nil
		}
		return "", wrong(missingOfPart[part])
	case n > partLength:
		return typed, wrong("form.error-too-long", partLength, n)
	case part == "cod" && (n != 6 || !digits(typed)):
		return typed, wrong("form.error-postcode")
	case (part == "nume" || part == "prenume") && !strings.ContainsFunc(typed, unicode.IsLetter):
		return typed, wrong(missingOfPart[part])
	}
	if check, ok := map[string]func(string) (string, error){"cnp": CheckCNP, "email": CheckEmail, "telefon": CheckPhone}[part]; ok {
		code, err := check(typed)
		if err != nil {
			return typed, wrong(fault.Of(err).Key, fault.Of(err).Args...)
		}
		return code, nil
	}
	return typed, nil
}

// needs reports whether a part has to be answered if any is: of a person, e-mail
// and telephone only if nothing else is asked for.
func (f *Field) needs(part string) bool {
	needed := func(part string) bool { return slices.Contains(neededParts, part) }
	return needed(part) || !slices.ContainsFunc(f.Asks(), needed)
}

// commas are the letters of old keyboards, and those that Romanian is written
// with.
var commas = strings.NewReplacer("\u015e", "Ș", "\u015f", "ș", "\u0162", "Ț", "\u0163", "ț")

// Clean returns typed text in one line, composed, and without what is not seen.
func Clean(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(typed, ""))
	return commas.Replace(norm.NFC.String(strings.Join(strings.Fields(typed), " ")))
}

// cleanLines cleans each line of a text.
func cleanLines(typed string) string {
	lines := strings.Split(strings.ReplaceAll(typed, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

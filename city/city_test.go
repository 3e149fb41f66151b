package city

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/big"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What can be asked of people in Timișoara; the last two begin on other pages.
var services = strings.Fields("certificat-fiscal abonament-parcare certificat-de-urbanism adeverinta-registru-agricol acord-functionare " +
	"circulatie-peste-3-5-tone petitie informatii-publice contestatie intrebare-date")

// read decodes a file of the pack.
func read(t *testing.T, name string, into any) {
	t.Helper()
	data, err := fs.ReadFile(Timisoara, path.Join("timisoara", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// eachFile visits all files of all packs, decoded.
func eachFile(t *testing.T, visit func(name string, data []byte, decoded any)) {
	t.Helper()
	err := fs.WalkDir(Timisoara, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		data, err := fs.ReadFile(Timisoara, name)
		if err != nil {
			return err
		}
		var decoded any
		if err := json.Unmarshal(data, &decoded); err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		visit(name, data, decoded)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachText visits what a file says to people: objects with a language as key.
func eachText(decoded any, place string, visit func(place string, said map[string]any)) {
	switch decoded := decoded.(type) {
	case map[string]any:
		_, ro := decoded["ro"].(string)
		_, en := decoded["en"].(string)
		if ro || en {
			visit(place, decoded)
			return
		}
		for key, value := range decoded {
			eachText(value, place+"/"+key, visit)
		}
	case []any:
		for i, value := range decoded {
			eachText(value, place+"/"+strconv.Itoa(i), visit)
		}
	}
}

func TestFiles(t *testing.T) {
	found := map[string]bool{}
	eachFile(t, func(name string, _ []byte, _ any) { found[strings.TrimPrefix(name, "timisoara/")] = true })
	wanted := []string{"units.json", "documents.json", "registers.json", "topics.json", "lives.json", "synonyms.json", "exceptions.json",
		"town.json", "brand.json", "help.json", "about.json"}
	for _, key := range services {
		wanted = append(wanted, "services/"+key+".v1.json")
	}
	for _, name := range wanted {
		if !found[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestIssued: the program itself issues papers of these types, and keeps others
// as the last.
func TestIssued(t *testing.T) {
	var documents []struct{ Key string }
	read(t, "documents.json", &documents)
	for _, key := range strings.Fields("dovada-inregistrare chitanta solicitare-completare decizie-respingere raspuns-cerere alt-document") {
		if !slices.ContainsFunc(documents, func(d struct{ Key string }) bool { return d.Key == key }) {
			t.Errorf("there is no type of document %q", key)
		}
	}
}

// TestTexts: everything is said in Romanian and in English, in letters with the
// comma below.
func TestTexts(t *testing.T) {
	eachFile(t, func(name string, data []byte, decoded any) {
		if strings.ContainsAny(string(data), "\u015e\u015f\u0162\u0163") {
			t.Errorf("%s has a letter with a cedilla", name)
		}
		eachText(decoded, "", func(place string, said map[string]any) {
			for _, lang := range []string{"ro", "en"} {
				text, _ := said[lang].(string)
				if text == "" || text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
					t.Errorf("%s %s: %q in %s", name, place, text, lang)
				}
			}
			if said["ro"] == said["en"] && strings.ContainsAny(said["ro"].(string), "ăâîșț ") {
				t.Errorf("%s %s is not translated: %q", name, place, said["ro"])
			}
			// A placeholder that one language lacks is a fact that its readers lack.
			if ro, en := placeholders(said["ro"]), placeholders(said["en"]); !slices.Equal(ro, en) {
				t.Errorf("%s %s: %q in Romanian, %q in English", name, place, ro, en)
			}
		})
	})
}

func placeholders(text any) (names []string) {
	for _, after := range strings.Split(fmt.Sprint(text), "{{")[1:] {
		name, _, _ := strings.Cut(after, "}}")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// What people can be expected to read (LIX).
const (
	plainPage = 40 // pages
	plainHint = 32 // hints and errors beside a field
)

// TestPlain: the pages of services, of help and about the portal are in plain
// Romanian. Decisions are not: they are in the words of the law.
func TestPlain(t *testing.T) {
	eachFile(t, func(name string, _ []byte, decoded any) {
		pages := map[string][]string{} // by name of the page
		hints := []string{}
		eachText(decoded, "", func(place string, said map[string]any) {
			ro := said["ro"].(string)
			switch {
			case strings.Contains(place, "/decision/"):
			case strings.HasPrefix(name, "timisoara/services/"):
				pages[name] = append(pages[name], ro)
				if slices.Contains([]string{"hint", "error"}, path.Base(place)) {
					hints = append(hints, ro)
				}
			case name == "timisoara/help.json", name == "timisoara/about.json":
				page := name + " " + strings.Split(place, "/")[1]
				pages[page] = append(pages[page], ro)
			}
		})
		for page, said := range pages {
			if n := lix(said); n > plainPage {
				t.Errorf("%s has a LIX of %d, and may have %d", page, n, plainPage)
			}
		}
		if n := lix(hints); n > plainHint {
			t.Errorf("hints and errors of %s have a LIX of %d, and may have %d", name, n, plainHint)
		}
	})
}

// lix returns how hard texts are to read: words in a sentence, and how many of a
// hundred words have more than six letters (Björnsson 1968).
func lix(texts []string) int {
	words, long, sentences := 0, 0, 0
	for _, text := range texts {
		open := false
		for _, word := range strings.Fields(text) {
			letters := utf8.RuneCountInString(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }))
			if letters > 0 {
				words, open = words+1, true
			}
			if letters > 6 {
				long++
			}
			if open && strings.ContainsAny(word[len(word)-1:], ".!?:;") {
				sentences, open = sentences+1, false
			}
		}
		if open {
			sentences++
		}
	}
	if words == 0 {
		return 0
	}
	return words/sentences + 100*long/words
}

// A shape is what the journey budgets are about.
type shape struct {
	Steps []struct {
		Repeat any
		Fields []struct {
			Key, Kind, When, Prefill string
			Required                 bool
		}
	}
}

// chosen are the kinds that are answered without typing.
var chosen = strings.Fields("choice select checkboxes yesno document files consent date")

// TestBudgets: from the first question to the confirmation there are at most six
// pages, two of them to check and to confirm, and four for a parking pass. One
// page asks at most four things that are not known, and what is known is not
// typed again.
func TestBudgets(t *testing.T) {
	for _, key := range services {
		pages, typed := 6, 4
		if key == "abonament-parcare" {
			pages, typed = 4, 2
		}
		var f shape
		read(t, "services/"+key+".v1.json", &f)
		if n := len(f.Steps) + 2; n > pages {
			t.Errorf("%s takes %d pages, and may take %d", key, n, pages)
		}
		for _, step := range f.Steps {
			asked := 0
			for _, field := range step.Fields {
				if field.When == "" && field.Prefill == "" {
					asked++
				}
				if field.Required && field.When == "" && field.Prefill == "" && !slices.Contains(chosen, field.Kind) {
					typed--
				}
			}
			if asked > 4 {
				t.Errorf("%s asks %d things on one page", key, asked)
			}
		}
		if typed < 0 {
			t.Errorf("%s has %d things too many to type", key, -typed)
		}
	}
}

// TestAccounts: money only goes to accounts that are listed, and whose check
// digits are right (ISO 13616).
func TestAccounts(t *testing.T) {
	var town struct{ Accounts []struct{ IBAN string } }
	read(t, "town.json", &town)
	var listed []string
	for _, account := range town.Accounts {
		listed = append(listed, account.IBAN)
		number := ""
		for _, r := range account.IBAN[4:] + account.IBAN[:4] {
			if r >= 'A' {
				r -= 'A' - 10
			} else {
				r -= '0'
			}
			number += strconv.Itoa(int(r))
		}
		n, ok := new(big.Int).SetString(number, 10)
		if !ok || len(account.IBAN) != 24 || n.Mod(n, big.NewInt(97)).Int64() != 1 {
			t.Errorf("%s is no account", account.IBAN)
		}
	}
	for _, key := range services {
		var s struct {
			Fee struct{ Kind, Account string }
		}
		read(t, "services/"+key+".v1.json", &s)
		if s.Fee.Kind != "none" && !slices.Contains(listed, s.Fee.Account) {
			t.Errorf("the fee of %s goes to %q", key, s.Fee.Account)
		}
	}
}

// TestSources: everything says where it is from, and the officer who answers for
// personal data is among the units.
func TestSources(t *testing.T) {
	for _, key := range services {
		var s struct {
			Sources []struct{ About, From string }
		}
		read(t, "services/"+key+".v1.json", &s)
		for _, source := range s.Sources {
			if source.About == "" || source.From == "" {
				t.Errorf("%s: a source says %q from %q", key, source.About, source.From)
			}
		}
	}
	var town struct{ DPO struct{ Unit string } }
	read(t, "town.json", &town)
	var units []struct{ Key string }
	read(t, "units.json", &units)
	if !slices.ContainsFunc(units, func(u struct{ Key string }) bool { return u.Key == town.DPO.Unit }) {
		t.Errorf("there is no unit %q", town.DPO.Unit)
	}
}

func TestThePackIsReadAsAWhole(t *testing.T) {
	files, err := fs.Sub(Timisoara, "timisoara")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(files)
	if err != nil {
		t.Fatal(err)
	}
	if page := p.Page("ro"); page.Name != "Timișoara" || page.PhoneLink != "+40256408300" || page.Tagline == "" || page.Hours == "" {
		t.Errorf("pages show the town as %+v", page)
	}
	for _, key := range []string{"accesibilitate", "date-personale", "despre"} {
		if a, ok := p.Article(key); !ok || len(a.Sections) == 0 {
			t.Errorf("there is no declaration %s", key)
		}
	}
	if _, ok := p.Article("dragoni"); ok {
		t.Error("there is a declaration about dragons")
	}
}

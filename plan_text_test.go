package bega

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	pages "github.com/a-h/templ/parser/v2"

	"bega/internal/act"
	"bega/internal/text"
)

var (
	// isKey finds the literals that name a text: in pages, faults, verbs, notices.
	isKey = regexp.MustCompile(`^([a-z]+)\.[a-z-]*[a-z]$`)
	// isPrefix finds those that a word is put behind while the program runs.
	isPrefix = regexp.MustCompile(`^([a-z]+)\.[a-z-]*[-.]$|^([a-z]+)\.$`)
)

// composed lists the beginnings of keys that data of the program completes, and
// what completes them. A literal that ends so is no key by itself.
var composed = map[string]string{
	"act.role-":       "act.Role",
	"desk.state-":     "the state of a case, for officials",
	"folder.origin-":  "where a document is from",
	"identity.level-": "act.Level",
	"notices.kind-":   "the kind of a message",
	"payments.state-": "the state of an order",
	"ui.state-":       "the state of a case, as a chip",
}

// parts are what a notice has: its key stands for the texts with these endings.
var parts = []string{"-subject", "-body"}

// elsewhere lists the packages without texts, and who has theirs.
var elsewhere = map[string]string{"fault": "internal/web", "form": "procedures"}

// notKeys are literals that look like a key of a package, and are something else.
var notKeys = map[string]string{
	"text.html": "a name of a template",
}

// isNoKey also knows the names of pages' files, which are in what is generated.
func isNoKey(literal string) bool {
	return notKeys[literal] != "" || strings.HasSuffix(literal, ".templ")
}

// spoken returns the folders that have texts.
func spoken(t *testing.T) (dirs []string) {
	t.Helper()
	for _, pattern := range []string{"*/texts/ro.json", "internal/*/texts/ro.json", "internal/*/*/texts/ro.json"} {
		names, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			dirs = append(dirs, path.Dir(path.Dir(name)))
		}
	}
	return dirs
}

// catalog loads all texts. That fails unless all languages have the same keys,
// and all plural forms.
func catalog(t *testing.T) *text.Catalog {
	t.Helper()
	var files []fs.FS
	for _, dir := range spoken(t) {
		files = append(files, os.DirFS(dir))
	}
	texts, err := text.Load(files...)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestTexts: every key in the code has a text, and every text has a key in the
// code.
func TestTexts(t *testing.T) {
	texts := catalog(t)
	packages := map[string]bool{}
	for dir := range mayImport {
		packages[path.Base(dir)] = true
	}
	used := map[string]bool{}
	use := func(prefix string) (any bool) {
		for _, key := range texts.Keys() {
			if strings.HasPrefix(key, prefix) {
				used[key], any = true, true
			}
		}
		return any
	}
	eachLiteral(t, func(_, place, literal string) {
		if match := isPrefix.FindStringSubmatch(literal); match != nil && packages[match[1]+match[2]] {
			if composed[literal] == "" {
				t.Errorf("%s: what completes %q has to be in the table composed", place, literal)
			} else if !use(literal) {
				t.Errorf("%s: no text begins with %q", place, literal)
			}
			return
		}
		match := isKey.FindStringSubmatch(literal)
		if match == nil || !packages[match[1]] || isNoKey(literal) {
			return
		}
		used[literal] = true
		if texts.Has(literal) {
			return
		}
		for _, part := range parts {
			if used[literal+part] = true; !texts.Has(literal + part) {
				t.Errorf("%s: there is no text %q, nor all of it with %q", place, literal, parts)
				return
			}
		}
	})
	for _, key := range texts.Keys() {
		if !used[key] {
			t.Errorf("the text %q is not used", key)
		}
	}
}

// TestTextsAreAtHome: a text is in the package that its key begins with; those
// of verbs are together in the register.
func TestTextsAreAtHome(t *testing.T) {
	for _, dir := range spoken(t) {
		data, err := os.ReadFile(path.Join(dir, "texts/ro.json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for key := range texts {
			match := isKey.FindStringSubmatch(key)
			if match == nil {
				t.Errorf("%s: %q is not a key: room.what-it-says", dir, key)
			} else if match[1] != path.Base(dir) && elsewhere[match[1]] != dir && (dir != "internal/act" || !slices.Contains(act.Verbs(), act.Verb(key))) {
				t.Errorf("%s has the text %q, which belongs to %s", dir, key, match[1])
			}
		}
	}
}

// TestVerbs: everything that can be done has a rule, and a word for the person
// who reads about it.
func TestVerbs(t *testing.T) {
	texts, declared := catalog(t), []act.Verb{}
	eachSyntax(t, func(name string, set *token.FileSet, file *ast.File, _ bool) {
		if path.Dir(name) != "internal/act" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Values) == 1 && spec.Type != nil && lastName(spec.Type) == "Verb" {
				literal, _ := constant(spec.Values[0])
				declared = append(declared, act.Verb(literal))
				if spec.Comment == nil && spec.Doc == nil {
					t.Errorf("%s: %s does not say what it is", set.Position(spec.Pos()), literal)
				}
			}
			return true
		})
	})
	slices.Sort(declared)
	if ruled := act.Verbs(); !slices.Equal(declared, ruled) {
		t.Errorf("the verbs are\n%q, but the policy is about\n%q", declared, ruled)
	}
	for _, verb := range declared {
		if !texts.Has(string(verb)) {
			t.Errorf("there is no text for %s", verb)
		}
		rule := act.RuleOf(verb)
		if !rule.Public && !rule.Visitor && !rule.Owner && !rule.Self && len(rule.Unit)+len(rule.Any) == 0 {
			t.Errorf("nobody may do %s", verb)
		}
	}
}

// TestNoCedilla: Romanian has a comma below ș and ț. The letters with a cedilla
// look alike on some screens, and are found by no search.
func TestNoCedilla(t *testing.T) {
	for _, suffix := range []string{".go", ".templ", ".json", ".md", ".js", ".css", ".yml"} {
		eachFile(t, suffix, func(name string, data []byte) {
			if i := bytes.IndexAny(data, "\u015e\u015f\u0162\u0163"); i >= 0 {
				t.Errorf("%s:%d: a letter with a cedilla", name, 1+bytes.Count(data[:i], []byte("\n")))
			}
		})
	}
}

// fileName is how generated pages say which file they are from; it depends on
// where the generator was started.
var fileName = regexp.MustCompile("FileName: `[^`]*`")

// TestPagesAreFresh fails if a page changed after "go tool templ generate".
func TestPagesAreFresh(t *testing.T) {
	eachFile(t, ".templ", func(name string, data []byte) {
		page, err := pages.ParseString(string(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var code bytes.Buffer
		if _, err := generator.Generate(page, &code, generator.WithVersion(templ.Version()), generator.WithFileName(name)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, err := format.Source(code.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := os.ReadFile(strings.TrimSuffix(name, ".templ") + "_templ.go")
		if err != nil || !bytes.Equal(fileName.ReplaceAll(got, nil), fileName.ReplaceAll(want, nil)) {
			t.Errorf("%s has changed: run go tool templ generate", name)
		}
	})
}

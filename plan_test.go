// Package bega is the plan of the building: tests that hold for all rooms.
//
// This file says which packages there are and who may import whom;
// plan_code_test.go what code looks like, plan_sql_test.go what holds for the
// database, and plan_text_test.go what holds for texts and pages.
package bega

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "bega/"

// mayImport lists the packages, and what each may import of the others. One
// that is on the plan may still have to be built; one that is not may not.
var mayImport = map[string][]string{
	"cmd/bega":    {"city", "demo", "internal/config", "portal", "taxlaw"},
	"tools/check": nil,
	"bench": {"access", "bench/crowd", "bench/kill", "bench/payday", "bench/raw", "cases", "city", "demo", "folder", "identity", "internal/act", "internal/audit", "internal/config", "internal/db", "internal/db/cluster",
		"internal/deadline", "internal/pdf", "internal/upload", "internal/vault", "ledger", "portal", "procedures", "registry", "taxes", "taxlaw", "taxroll"},
	"bench/crowd": nil,
	"bench/kill":  {"portal"},
	"bench/payday": {"bench/kill", "bench/raw", "ledger", "payments", "portal", "taxes", "taxlaw", "taxpayer",
		"internal/act", "internal/config", "internal/db", "internal/db/dbtest", "internal/deadline", "internal/form", "internal/jobs", "internal/money"},
	"bench/raw": {"internal/db"},
	"city":      {"internal/deadline", "internal/form", "internal/web/ui"},

	"api": {"access", "cases", "docs", "drafts", "folder", "ledger", "ledger/words", "notices", "payments", "procedures", "registry", "taxes", "taxlaw", "taxpayer",
		"internal/act", "internal/deadline", "internal/fault", "internal/form", "internal/money", "internal/text", "internal/throttle", "internal/upload", "internal/web"},
	"docs": nil,

	"portal": {"access", "api", "applications", "cases", "city", "counter", "desk", "drafts", "fiscal", "folder", "identity", "intake", "ledger", "notices", "payments", "procedures", "registry", "reminders", "revenue",
		"staff", "taxes", "taxlaw", "taxpayer", "taxroll", "treasury",
		"internal/act", "internal/audit", "internal/blob", "internal/config", "internal/db", "internal/deadline", "internal/gate",
		"internal/jobs", "internal/meter", "internal/money", "internal/pdf", "internal/settle", "internal/text", "internal/throttle", "internal/upload", "internal/vault", "internal/web",
		"internal/web/assets", "internal/web/ui"},

	// The part of the portal in which the rooms of the town's money are connected.
	"revenue": {"cases", "city", "desk", "fiscal", "folder", "identity", "intake", "ledger", "ledger/words", "notices", "payments", "procedures", "registry", "reminders", "taxes", "taxlaw", "taxpayer", "taxroll", "treasury",
		"internal/act", "internal/blob", "internal/db", "internal/deadline", "internal/fault", "internal/jobs", "internal/money", "internal/pdf", "internal/recall", "internal/settle", "internal/text",
		"internal/vault", "internal/web", "internal/web/ui"},

	"demo": {"access", "cases", "fiscal", "folder", "identity", "ledger", "portal", "procedures", "taxlaw", "taxpayer", "taxroll", "treasury",
		"internal/act", "internal/config", "internal/db", "internal/deadline", "internal/money", "internal/pdf", "internal/upload"},

	"identity":          room(),
	"access":            room("identity"),
	"folder":            room("internal/pdf"),
	"procedures":        room("internal/form"),
	"registry":          room("internal/pdf"),
	"drafts":            room("cases", "folder", "procedures"),
	"cases":             room("folder", "procedures", "registry", "internal/pdf"),
	"applications":      room("cases", "folder", "procedures"),
	"counter":           room("cases", "drafts", "procedures"),
	"desk":              room("cases", "folder", "procedures", "registry"),
	"desk/desktest":     room("cases", "desk", "folder", "procedures", "registry", "internal/db/dbtest", "internal/pdf"), // for tests alone
	"payments":          room("internal/netopia", "internal/euplatesc", "internal/pdf"),
	"ledger":            room("internal/settle"),
	"ledger/words":      {"internal/text", "ledger"},
	"taxroll":           room("taxlaw", "internal/form", "internal/paycode"),
	"intake":            room("taxlaw", "taxroll"),
	"taxes":             room("ledger", "ledger/words", "taxlaw", "taxroll", "internal/form", "internal/pdf"),
	"taxpayer":          room("ledger", "ledger/words", "payments", "taxes", "taxlaw", "taxroll", "internal/form", "internal/recall"),
	"fiscal":            room("internal/settle", "ledger", "ledger/words", "taxes", "taxlaw", "taxroll", "internal/form"),
	"treasury":          room("ledger", "ledger/words", "payments", "taxes", "taxroll"),
	"fiscal/fiscaltest": room("ledger", "taxes", "taxlaw", "taxroll", "internal/browser", "internal/db/dbtest", "internal/settle", "internal/web/assets"), // for tests alone
	"notices":           room(),
	"staff":             room(),
	"reminders":         room("internal/settle", "ledger"),

	"taxlaw":         {"internal/deadline", "internal/fault", "internal/form", "internal/money", "internal/text", "taxlaw/figures"}, // pure: no database, no clock
	"taxlaw/figures": {"internal/fault", "internal/form", "internal/text"},                                                          // the law and the towns' rates as data

	"internal/act":          {"internal/db", "internal/fault"},
	"internal/audit":        {"internal/act", "internal/db"},
	"internal/blob":         {"internal/db", "internal/fault"},
	"internal/browser":      nil, // for tests alone
	"internal/config":       nil,
	"internal/db":           nil,
	"internal/db/cluster":   nil,
	"internal/db/dbtest":    {"internal/db", "internal/db/cluster"},
	"internal/deadline":     nil,
	"internal/euplatesc":    {"internal/money"},
	"internal/fault":        nil,
	"internal/form":         {"internal/deadline", "internal/fault", "internal/money", "internal/text"},
	"internal/gate":         nil,
	"internal/jobs":         {"internal/act", "internal/db", "internal/fault"},
	"internal/meter":        nil,
	"internal/money":        nil,
	"internal/netopia":      {"internal/money"},
	"internal/paycode":      nil,
	"internal/pdf":          {"internal/deadline", "internal/fault", "internal/money", "internal/text"},
	"internal/recall":       nil,
	"internal/settle":       {"internal/deadline", "internal/fault", "internal/money"}, // pure: CPF art. 165 and 183
	"internal/text":         nil,
	"internal/throttle":     nil,
	"internal/upload":       {"internal/blob", "internal/fault"},
	"internal/vault":        nil,
	"internal/web":          {"internal/act", "internal/db", "internal/fault", "internal/gate", "internal/text", "internal/web/assets", "internal/web/ui"},
	"internal/web/assets":   nil,
	"internal/web/htmltest": nil, // for tests alone
	"internal/web/ui":       {"internal/deadline", "internal/money", "internal/text", "internal/web/assets"},
}

// room is what every room may import, and what this one may in addition. It may
// import no room that is not named here.
func room(more ...string) []string {
	return append([]string{"internal/act", "internal/blob", "internal/db", "internal/deadline", "internal/fault", "internal/jobs",
		"internal/money", "internal/text", "internal/throttle", "internal/upload", "internal/vault", "internal/web", "internal/web/ui"}, more...)
}

// rooms are the packages in which a file of one kind does one kind of thing.
var rooms = []string{"access", "applications", "cases", "counter", "desk", "drafts", "fiscal", "folder", "identity", "intake", "ledger", "notices", "payments", "procedures",
	"registry", "reminders", "staff", "taxes", "taxpayer", "taxroll", "treasury"}

// A library is something that others wrote.
type library struct {
	why string   // what we would have to write and keep without it
	by  []string // the only packages that may import it; none means tests alone
}

// foreign lists every library that go.mod requires directly.
var foreign = map[string]library{
	"cel.dev/cel-go":                           {"conditions of forms: typed, and with a limit on their cost", []string{"internal/form"}},
	"codeberg.org/go-pdf/fpdf":                 {"writing PDF files with embedded fonts", []string{"internal/pdf"}},
	"filippo.io/age":                           {"files encrypted at rest, readable with a public tool", []string{"internal/blob"}},
	"github.com/a-h/templ":                     {"pages that the compiler checks", slices.Concat(rooms, []string{"internal/web", "internal/web/ui", "portal"})},
	"github.com/alecthomas/kong":               {"commands, flags and their help from one struct", []string{"bench", "cmd/bega", "internal/config"}},
	"github.com/alexedwards/argon2id":          {"passwords, and their parameters", []string{"access"}},
	"github.com/blevesearch/snowballstem":      {"stems of Romanian words, for search", []string{"procedures", "portal"}},
	"github.com/chromedp/cdproto":              {"the words of the browser's protocol", []string{"internal/browser"}},
	"github.com/chromedp/chromedp":             {"driving a real browser", []string{"internal/browser"}},
	"github.com/danielgtaylor/huma/v2":         {"an OpenAPI description that cannot differ from the API", []string{"api"}},
	"github.com/emersion/go-smtp":              {"a mail server for tests and for the demonstration", []string{"notices", "portal"}},
	"github.com/gabriel-vasile/mimetype":       {"what a file is, from its content", []string{"internal/upload"}},
	"github.com/google/go-cmp":                 {"differences that can be read", nil},
	"github.com/google/uuid":                   {"IDs that sort by age", []string{"internal/db"}},
	"github.com/jackc/pgx/v5":                  {"PostgreSQL", []string{"internal/db"}},
	"github.com/johannesboyne/gofakes3":        {"an S3 server inside a test", nil},
	"github.com/klauspost/compress":            {"pages compressed in half of the time", []string{"internal/web"}},
	"github.com/minio/minio-go/v7":             {"documents in any S3 store", []string{"internal/blob"}},
	"github.com/pdfcpu/pdfcpu":                 {"checking and rewriting PDF files of strangers", []string{"internal/pdf", "internal/upload"}},
	"github.com/pressly/goose/v3":              {"migrations, and the lock around them", []string{"internal/db"}},
	"github.com/prometheus/client_golang":      {"metrics in the format that monitoring reads", []string{"internal/meter"}},
	"github.com/riverqueue/river":              {"a durable queue in the caller's transaction", []string{"internal/jobs"}},
	"github.com/rogpeppe/go-internal":          {"commands tested as scripts", nil},
	"github.com/santhosh-tekuri/jsonschema/v6": {"answers checked by the schema that is published", []string{"procedures", "taxlaw/figures"}},
	"github.com/skip2/go-qrcode":               {"QR codes on documents", []string{"internal/pdf", "internal/web/ui"}},
	"github.com/smallstep/pkcs7":               {"a second opinion on our seals", nil},
	"github.com/wneessen/go-mail":              {"mails with accents in their headers", []string{"notices"}},
	"github.com/xuri/excelize/v2":              {"tables that offices keep, read row by row", []string{"intake"}},
	"golang.org/x/text":                        {"plurals, numbers, order of words, choice of language", []string{"internal/form", "internal/text", "procedures", "portal"}},
	"modernc.org/sqlite":                       {"SQLite without C", []string{"internal/db"}},
	"pgregory.net/rapid":                       {"tests that invent their cases", nil},

	"database/sql": {"not foreign, but as confined", []string{"bench/raw", "internal/db", "internal/db/dbtest", "internal/deadline", "internal/jobs"}},
}

// onlyIn lists what a room may import in some kinds of file alone: pages.go and
// debts_pages.go are of the same kind.
var onlyIn = map[string]string{
	"net/http":                 "pages.go",
	"github.com/a-h/templ":     "pages_templ.go",
	module + "internal/web":    "pages.go",
	module + "internal/web/ui": "pages.go pages_templ.go",
}

func TestImports(t *testing.T) {
	eachFile(t, ".go", func(name string, data []byte) {
		dir, base := path.Dir(name), path.Base(name)
		if _, ok := mayImport[dir]; !ok {
			t.Errorf("%s is in a package that is not on the plan", name)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if own, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(mayImport[dir], own) {
				t.Errorf("%s may not import %s", name, own)
			}
			lib, ok := foreign[libraryOf(imported)]
			if host, _, _ := strings.Cut(imported, "/"); (ok || strings.Contains(host, ".")) && !slices.Contains(lib.by, dir) {
				t.Errorf("%s may not import %s, which is for %q", name, imported, lib.by)
			}
			if only, ok := onlyIn[imported]; ok && slices.Contains(rooms, dir) && !inKind(base, only) {
				t.Errorf("%s may not import %s, which is for %s", name, imported, only)
			}
		}
	})
}

// TestThePlanHasNoCircle holds for the plan itself, even for what is not built
// yet: and no package of the boiler room knows a room.
func TestThePlanHasNoCircle(t *testing.T) {
	const onTheWay, done = 1, 2
	state := map[string]int{}
	var visit func(dir string, from []string)
	visit = func(dir string, from []string) {
		if state[dir] == onTheWay {
			t.Errorf("a circle: %q", append(from, dir))
		}
		if state[dir] != 0 {
			return
		}
		state[dir] = onTheWay
		for _, next := range mayImport[dir] {
			if _, ok := mayImport[next]; !ok {
				t.Errorf("%s may import %s, which is not on the plan", dir, next)
			}
			if strings.HasPrefix(dir, "internal/") && !strings.HasPrefix(next, "internal/") {
				t.Errorf("%s may not know the room %s", dir, next)
			}
			visit(next, append(from, dir))
		}
		state[dir] = done
	}
	for dir := range mayImport {
		visit(dir, nil)
	}
}

// libraryOf returns the key of foreign that an import path is part of, or "".
// River is several modules of one project.
func libraryOf(imported string) string {
	for key := range foreign {
		if imported == key || strings.HasPrefix(imported, key+"/") {
			return key
		}
	}
	return ""
}

// inKind reports whether base is one of the names, or repeats it by noun.
func inKind(base, names string) bool {
	return slices.ContainsFunc(strings.Fields(names), func(name string) bool {
		return base == name || strings.HasSuffix(base, "_"+name)
	})
}

// required finds the direct dependencies in go.mod.
var required = regexp.MustCompile(`(?m)^(?:require)?\s+(\S+\.\S+) v\S+$`)

func TestDependencies(t *testing.T) {
	data, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, match := range required.FindAllStringSubmatch(string(data), -1) {
		key := libraryOf(match[1])
		if found[key] = true; foreign[key].why == "" {
			t.Errorf("go.mod requires %s, which is not on the list of foreign", match[1])
		}
	}
	for key := range foreign {
		if strings.Contains(key, ".") && !found[key] {
			t.Errorf("the list of foreign has %s, which go.mod does not require", key)
		}
	}
}

// eachFile visits the files with that suffix, but not the tests, what others
// wrote, and Go files that are not built here.
func eachFile(t *testing.T, suffix string, visit func(name string, data []byte)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.Contains([]string{".git", "third_party", "testdata"}, d.Name()) {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, suffix) || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if strings.HasSuffix(name, ".go") {
			if built, err := build.Default.MatchFile(path.Dir(name), path.Base(name)); err != nil || !built {
				return err
			}
		}
		data, err := os.ReadFile(name)
		if err == nil {
			visit(name, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachSyntax visits the parsed Go files, and says whether they are generated.
func eachSyntax(t *testing.T, visit func(name string, set *token.FileSet, file *ast.File, generated bool)) {
	t.Helper()
	eachFile(t, ".go", func(name string, data []byte) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		visit(name, set, file, ast.IsGenerated(file))
	})
}

// eachLiteral visits the texts in the code between quotes of either kind. What
// is put together from several with + is visited as one.
func eachLiteral(t *testing.T, visit func(file, place, literal string)) {
	t.Helper()
	eachSyntax(t, func(name string, set *token.FileSet, file *ast.File, _ bool) {
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.ImportSpec); ok {
				return false
			}
			expr, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if literal, ok := constant(expr); ok {
				visit(name, set.Position(expr.Pos()).String(), literal)
				return false
			}
			return true
		})
	})
}

// constant returns the text that literals and + make.
func constant(expr ast.Expr) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, ok1 := constant(e.X)
		right, ok2 := constant(e.Y)
		return left + right, ok1 && ok2 && e.Op == token.ADD
	}
	return "", false
}

package bega

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
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

// What is still easy to read and to replace: the 90th to 95th percentiles of
// programs that are.
const (
	longestFile     = 500  // lines
	longestRoom     = 2500 // lines of Go, without tests and generated code
	longestFunction = 60   // lines
)

func TestSizes(t *testing.T) {
	lines := map[string]int{} // by package
	eachSyntax(t, func(name string, set *token.FileSet, file *ast.File, generated bool) {
		if generated {
			return
		}
		n := set.Position(file.FileEnd).Line
		lines[path.Dir(name)] += n
		if n > longestFile {
			t.Errorf("%s has %d lines, and may have %d: split it by noun", name, n, longestFile)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1; n > longestFunction {
				t.Errorf("%s: %s has %d lines, and may have %d", set.Position(f.Pos()), f.Name.Name, n, longestFunction)
			}
			if f.Name.Name == "init" && f.Recv == nil {
				t.Errorf("%s: no init: what happens, happens in main", set.Position(f.Pos()))
			}
		}
	})
	for dir, n := range lines {
		if n > longestRoom {
			t.Errorf("%s has %d lines, and may have %d: make two rooms of it", dir, n, longestRoom)
		}
	}
	eachFile(t, ".templ", func(name string, data []byte) {
		if n := bytes.Count(data, []byte("\n")); n > longestFile {
			t.Errorf("%s has %d lines, and may have %d", name, n, longestFile)
		}
	})
}

// TestComments holds for every package and every exported name: it says what it
// is for.
func TestComments(t *testing.T) {
	said := map[string]bool{} // by package
	eachSyntax(t, func(name string, set *token.FileSet, file *ast.File, generated bool) {
		dir := path.Dir(name)
		text := file.Doc.Text()
		said[dir] = said[dir] || strings.HasPrefix(text, "Package "+file.Name.Name+" ") || strings.HasPrefix(text, "Command ")
		if generated {
			return
		}
		for _, decl := range file.Decls {
			for _, n := range undocumented(decl) {
				t.Errorf("%s: %s has no comment", set.Position(n.Pos()), n.Name)
			}
		}
	})
	for dir, ok := range said {
		if !ok {
			t.Errorf("%s has no comment that begins with Package or Command", dir)
		}
	}
}

// undocumented returns the exported names that a declaration leaves without a
// comment. One comment does for a group.
func undocumented(decl ast.Decl) (names []*ast.Ident) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if d.Doc == nil && s.Doc == nil && s.Name.IsExported() {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				if d.Doc == nil && s.Doc == nil && s.Comment == nil && s.Names[0].IsExported() {
					names = append(names, s.Names[0])
				}
			}
		}
	}
	return names
}

// receiver returns the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	expr := f.Recv.List[0].Type
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	if index, ok := expr.(*ast.IndexExpr); ok {
		expr = index.X
	}
	if name, ok := expr.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// logged are the only things that may be in the log. A name, an address or
// anything else about a person is not among them.
var logged = strings.Fields("addr count dur engine err id job key kind method route status unit verb version")

// logs are the methods of a logger, and how many arguments come before the
// attributes.
var logs = map[string]int{"Debug": 1, "Info": 1, "Warn": 1, "Error": 1,
	"DebugContext": 2, "InfoContext": 2, "WarnContext": 2, "ErrorContext": 2, "With": 0}

// isLogger finds what is a logger, by its name.
var isLogger = regexp.MustCompile(`^(slog|[lL]og|[lL]ogger)$`)

func TestTheLogNamesNobody(t *testing.T) {
	eachSyntax(t, func(_ string, set *token.FileSet, file *ast.File, _ bool) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !isLogger.MatchString(lastName(fun.X)) {
				return true
			}
			before, ok := logs[fun.Sel.Name]
			if !ok || len(call.Args) < before {
				return true
			}
			if call.Ellipsis.IsValid() {
				t.Errorf("%s: the attributes cannot be seen here", set.Position(call.Pos()))
				return true
			}
			for i, arg := range call.Args[before:] {
				key, ok := constant(arg)
				if i%2 == 0 && (!ok || !slices.Contains(logged, key)) {
					t.Errorf("%s: the log may not have an attribute %q", set.Position(arg.Pos()), key)
				}
			}
			return true
		})
	})
}

// lastName returns the last part of a.b.c.
func lastName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// licences are those under which others may have written what we ship.
var licences = strings.Fields("0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT MPL-2.0 OFL-1.1 Unlicense")

// source finds a line of a SOURCES.md: file, from where, version, licence, and
// the SHA-256 of the file.
var source = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\| ([A-Za-z0-9.-]+)[^|]*\\| `([0-9a-f]{64})` \\|$")

// TestThirdParty holds for the folders third_party: each file is listed with a
// licence that we may ship, is what was published, and its licence is there.
func TestThirdParty(t *testing.T) {
	err := fs.WalkDir(os.DirFS("."), ".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || d.Name() != "third_party" {
			return err
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		sources, err := os.ReadFile(path.Join(dir, "SOURCES.md"))
		if err != nil {
			t.Errorf("%s does not say where it is from: %v", dir, err)
			return nil
		}
		listed := map[string]bool{}
		for _, match := range source.FindAllStringSubmatch(string(sources), -1) {
			listed[match[1]] = true
			if !slices.Contains(licences, match[2]) {
				t.Errorf("%s/%s is under %s, which we may not ship", dir, match[1], match[2])
			}
			data, err := os.ReadFile(path.Join(dir, match[1]))
			if sum := sha256.Sum256(data); err != nil || hex.EncodeToString(sum[:]) != match[3] {
				t.Errorf("%s/%s is not what SOURCES.md says: %v", dir, match[1], err)
			}
		}
		for _, file := range files {
			name := file.Name()
			isLicence := strings.Contains(name, "LICENSE") || strings.HasPrefix(name, "OFL")
			if isLicence && !bytes.Contains(sources, []byte("`"+name+"`")) || !isLicence && name != "SOURCES.md" && !listed[name] {
				t.Errorf("%s/%s is not in SOURCES.md", dir, name)
			}
		}
		return fs.SkipDir
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOneVersionOfGo compares what go.mod asks for with what test checks.
func TestOneVersionOfGo(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("test")
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^go 1\.(\d+)`).FindSubmatch(mod)
	if match == nil {
		t.Fatal("go.mod does not say which Go it needs")
	}
	if minor, _ := strconv.Atoi(string(match[1])); !bytes.Contains(script, []byte("-lt "+strconv.Itoa(minor)+" ]")) {
		t.Errorf("go.mod needs Go 1.%d, and the script test checks for another", minor)
	}
}

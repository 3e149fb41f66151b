package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// module writes a Go module, and returns its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module town\n\ngo 1.26.0\n"
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const head = "package x\n\nimport \"testing\"\n\n"

func TestWhatGoTestSaysIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		source  string
		strict  bool
		want    summary
		say     []string
		silence string
	}{
		"all is well": {source: head + `func TestA(t *testing.T) { t.Log("silence"); t.Run("one", func(*testing.T) {}); t.Run("two", func(*testing.T) {}) }`,
			want: summary{passed: 3}, say: []string{"ok   town ", "3 passed, 0 failed"}, silence: "silence"},
		"one fails": {source: head + `func TestA(t *testing.T) { t.Fatal("the bridge is closed") }` + "\n" + `func TestB(t *testing.T) { t.Log("silence") }`,
			want: summary{passed: 1, failed: 1}, say: []string{"FAIL town ", "TestA: fail", "the bridge is closed"}, silence: "silence"},
		"one panics": {source: head + `func TestA(t *testing.T) { go func() { panic("the bridge fell") }(); select {} }`,
			want: summary{failed: 1}, say: []string{"the bridge fell"}},
		"it does not build": {source: head + `func TestA(t *testing.T) { bridge() }`,
			want: summary{failed: 1}, say: []string{"undefined: bridge"}},
		"it exits": {source: head + `import "os"` + "\n" + `func TestMain(m *testing.M) { os.Exit(3) }`,
			want: summary{failed: 1}, say: []string{"exit status 3"}},
		"skipped on a laptop": {source: head + `func TestA(t *testing.T) { t.Skip("no browser") }`,
			want: summary{skipped: 1}, say: []string{"TestA: skipped"}},
		"skipped in the full run": {source: head + `func TestA(t *testing.T) { t.Skip("no browser") }`, strict: true,
			want: summary{failed: 1}, say: []string{"TestA: skip", "no browser", "FAIL town "}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("go", "test", "-json", "-count=1", "./...")
			cmd.Dir = module(t, map[string]string{"x_test.go": c.source, "empty/empty.go": "package empty\n"})
			events, _ := cmd.Output() // its exit status is not what is tested
			var out bytes.Buffer
			got, err := read(&out, bytes.NewReader(events), c.strict)
			if err != nil || got != c.want {
				t.Errorf("counted %+v, %v, want %+v; it said\n%s", got, err, c.want, &out)
			}
			for _, want := range c.say {
				if !strings.Contains(out.String(), want) {
					t.Errorf("it does not say %q but\n%s", want, &out)
				}
			}
			if c.silence != "" && strings.Contains(out.String(), c.silence) {
				t.Errorf("it repeats what passed:\n%s", &out)
			}
			if strings.Contains(out.String(), "empty") {
				t.Errorf("it lists a package without tests:\n%s", &out)
			}
		})
	}
}

func TestUntidyFilesAreNamed(t *testing.T) {
	tree := fstest.MapFS{
		"a.go":       {Data: []byte("package a\n")},
		"b/b.go":     {Data: []byte("package   b\n")},
		"c_templ.go": {Data: []byte("package   c\n")},
		"d.go":       {Data: []byte("pakage d\n")},
	}
	err := formatted(tree)
	if err == nil || !strings.Contains(err.Error(), "b/b.go: run gofmt") || !strings.Contains(err.Error(), "d.go: ") ||
		strings.Contains(err.Error(), "c_templ.go") || strings.Contains(err.Error(), "a.go") {
		t.Errorf("the untidy files are: %v", err)
	}
	delete(tree, "b/b.go")
	delete(tree, "d.go")
	if err := formatted(tree); err != nil {
		t.Errorf("all is tidy, but: %v", err)
	}
}

// TestTheLastLineCounts runs the whole command on small modules.
func TestTheLastLineCounts(t *testing.T) {
	program := filepath.Join(t.TempDir(), "check")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, c := range map[string]struct {
		source, last string
		ok           bool
	}{
		"well":   {head + "func TestA(t *testing.T) {}\n", "1 passed, 0 failed", true},
		"failed": {head + "func TestA(t *testing.T) { t.Fail() }\n", "0 passed, 1 failed", false},
		"untidy": {head + "func TestA(t *testing.T) { }\n", "1 passed, 1 failed", false},
		"vetted": {head + "func TestA(t *testing.T) { t.Logf(\"%d\", \"one\") }\n", "0 passed, 2 failed", false},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(program)
			cmd.Dir = module(t, map[string]string{"x_test.go": c.source})
			out, err := cmd.Output()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if last := lines[len(lines)-1]; last != c.last || (err == nil) != c.ok {
				t.Errorf("%v, and the last line is %q, want %q; it said\n%s", err, last, c.last, out)
			}
		})
	}
}

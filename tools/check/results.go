package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// A summary counts the results of tests, each part of a test by itself.
type summary struct{ passed, failed, skipped int }

// An event is one line that go test -json prints.
type event struct {
	Action     string
	Package    string
	ImportPath string // of what does not build
	Test       string // empty for the package itself
	Output     string
	Elapsed    float64 // seconds
}

// results collects what happens until a package is done.
type results struct {
	w      io.Writer
	strict bool // a skipped test has failed
	sum    summary
	of     map[string]*summary // by package
	output map[string][]string // by package and test
}

// read reads what go test -json prints, and writes what failed and a line for
// each package. With strict, a skipped test counts as failed.
func read(w io.Writer, events io.Reader, strict bool) (summary, error) {
	r := &results{w: w, strict: strict, of: map[string]*summary{}, output: map[string][]string{}}
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20) // a failing test may print a whole page
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(w, lines.Text()) // go itself complains in plain words
			continue
		}
		r.take(e)
	}
	return r.sum, lines.Err()
}

func (r *results) take(e event) {
	if e.Package == "" {
		e.Package, _, _ = strings.Cut(e.ImportPath, " ")
	}
	key := e.Package + " " + e.Test
	if e.Action == "output" || e.Action == "build-output" {
		r.output[key] = append(r.output[key], e.Output)
		return
	}
	if r.of[e.Package] == nil {
		r.of[e.Package] = &summary{}
	}
	switch of := r.of[e.Package]; e.Action {
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.done(e, of)
		} else {
			r.count(e, of, key)
		}
	}
}

// count takes the result of a test.
func (r *results) count(e event, of *summary, key string) {
	switch {
	case e.Action == "pass":
		of.passed++
	case e.Action == "fail" || r.strict:
		of.failed++
		fmt.Fprintf(r.w, "     %s %s: %s\n%s\n", e.Package, e.Test, e.Action, indent(strings.Join(r.output[key], "")))
	default:
		of.skipped++
		fmt.Fprintf(r.w, "     %s %s: skipped\n", e.Package, e.Test)
	}
	delete(r.output, key)
}

// done takes the result of a package.
func (r *results) done(e event, of *summary) {
	if e.Action == "fail" && of.failed == 0 { // it does not build, or ended early
		of.failed++
	}
	if of.failed > 0 {
		for key, output := range r.output { // such as a panic that ended all
			if strings.HasPrefix(key, e.Package+" ") && e.Action == "fail" {
				fmt.Fprintln(r.w, indent(strings.Join(output, "")))
			}
		}
	}
	for key := range r.output {
		if strings.HasPrefix(key, e.Package+" ") {
			delete(r.output, key)
		}
	}
	r.sum.passed += of.passed
	r.sum.failed += of.failed
	r.sum.skipped += of.skipped
	if e.Action == "skip" && *of == (summary{}) {
		return // a package without tests
	}
	word := "ok"
	if of.failed > 0 {
		word = "FAIL"
	}
	fmt.Fprintf(r.w, "%-4s %-44s %4d passed, %d failed %7.1fs\n", word, e.Package, of.passed, of.failed, e.Elapsed)
}

// indent sets what a test printed apart from the table.
func indent(s string) string {
	return "       " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n       ")
}

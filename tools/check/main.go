// Command check runs everything that has to hold before a change is pushed, and
// says in its last line how many tests passed and failed. CI runs it too, by
// way of the script test at the root.
//
// It prints what failed, and one line for each package; with -all it also runs
// staticcheck, which has to be downloaded. With BEGA_TEST_ALL set, a test that
// was skipped has failed: then every part has to be there.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"
)

// staticcheck is what -all runs in addition.
const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

func main() {
	all := flag.Bool("all", false, "run staticcheck too, which has to be downloaded")
	flag.Parse()
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	ok := step("gofmt", func() error { return formatted(os.DirFS(".")) })
	ok = step("go vet", func() error { return run("go", append([]string{"vet"}, packages...)...) }) && ok
	if *all {
		ok = step("staticcheck", func() error { return run("go", append([]string{"run", staticcheck}, packages...)...) }) && ok
	}
	sum, err := test(os.Stdout, packages)
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		ok = false
	}
	if !ok {
		sum.failed++ // a step is a test too
	}
	fmt.Printf("%d passed, %d failed\n", sum.passed, sum.failed)
	if sum.failed > 0 {
		os.Exit(1)
	}
}

// step runs a check that is not a test, and reports whether it passed.
func step(name string, check func() error) bool {
	began := time.Now()
	err := check()
	word := "ok"
	if err != nil {
		word = "FAIL"
	}
	fmt.Printf("%-4s %-44s %20s %7.1fs\n", word, name, "", time.Since(began).Seconds())
	if err != nil {
		fmt.Println(indent(err.Error()))
	}
	return err == nil
}

// formatted returns an error that names the files that gofmt would change.
// Generated pages are as their generator writes them.
func formatted(tree fs.FS) error {
	var untidy []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_templ.go") {
			return err
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if tidy, err := format.Source(source); err != nil {
			untidy = append(untidy, name+": "+err.Error())
		} else if !bytes.Equal(source, tidy) {
			untidy = append(untidy, name+": run gofmt -w on it")
		}
		return nil
	})
	if err != nil || len(untidy) == 0 {
		return err
	}
	return errors.New(strings.Join(untidy, "\n"))
}

// run runs a command, and returns what it printed if it failed.
func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s%w", out, err)
	}
	return nil
}

// test runs the tests of packages, and writes what failed and a line for each
// package.
func test(w io.Writer, packages []string) (summary, error) {
	args := []string{"test", "-json", "-count=1", "-timeout=25m", "-p=2"}
	cmd := exec.Command("go", append(args, packages...)...)
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return summary{}, err
	}
	if err := cmd.Start(); err != nil {
		return summary{}, err
	}
	sum, err := read(w, events, os.Getenv("BEGA_TEST_ALL") != "")
	waited := cmd.Wait()
	if sum.failed > 0 { // then go test is not happy either, and it has been said why
		return sum, err
	}
	return sum, errors.Join(err, waited)
}

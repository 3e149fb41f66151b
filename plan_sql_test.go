package bega

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

var (
	update  = flag.Bool("update", false, "write docs/schema.sql anew")
	release = flag.Bool("release", false, "add the migrations of a release to docs/migrations.sum")
)

var (
	isSQL       = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s`)
	placeholder = regexp.MustCompile(`\$(\d+)`)
	made        = regexp.MustCompile(`(?i)CREATE\s+(?:UNIQUE\s+)?(TABLE|INDEX)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)`)
	named       = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+(\w+)`)
)

// mayRead lists whose tables a package may name besides its own.
var mayRead = map[string][]string{
	"access":         {"identity", "staff"},           // who asks is found in one query, on every request
	"bench/payday":   {"ledger", "payments", "river"}, // it holds what they have against what a bank has
	"bench/raw":      {"ledger", "taxes", "taxroll"},  // it inserts their rows once more, into tables of its own
	"desk":           {"cases"},                       // a work list is one query, whatever it is filtered and sorted by
	"internal/audit": {"internal/act"},                // it chains the register, whoever wrote it
	"internal/jobs":  {"river"},                       // the tables of the library, which it hides
}

// inherited lists the tables that a migration of a package takes over from another,
// which made them first.
var inherited = map[string]string{"identity_staff": "staff"}

// migrated returns the folders that have migrations, in order.
func migrated(t *testing.T) (dirs []string) {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "*/migrations/0001_*.sql")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := fs.Glob(os.DirFS("."), "internal/*/migrations/0001_*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, deeper...) {
		dirs = append(dirs, path.Dir(path.Dir(name)))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// migrate makes all tables in an empty database.
func migrate(t *testing.T, d *db.DB) {
	t.Helper()
	for _, dir := range migrated(t) {
		if err := d.Migrate(t.Context(), path.Base(dir), os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
}

// statements returns the place of every SQL text in the code.
func statements(t *testing.T) map[string]string {
	t.Helper()
	places := map[string]string{}
	eachLiteral(t, func(file, place, literal string) {
		if isSQL.MatchString(literal) {
			places[literal] = place
			if dir := path.Dir(file); !inKind(path.Base(file), "store.go") && dir != "internal/db" && dir != "internal/jobs" {
				t.Errorf("%s: SQL belongs in store.go", place)
			}
		}
	})
	return places
}

// TestSQL holds for every constant that is SQL: both engines understand it, and
// its placeholders first appear in order, which every driver understands alike.
func TestSQL(t *testing.T) {
	places := statements(t)
	for sql, place := range places {
		last := 0
		for _, match := range placeholder.FindAllStringSubmatch(sql, -1) {
			n, _ := strconv.Atoi(match[1])
			if n > last+1 {
				t.Errorf("%s: $%d comes before $%d", place, n, last+1)
			}
			last = max(last, n)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		for sql, place := range places {
			if strings.Contains(sql, "river_") || strings.Contains(sql, "bench_") { // made by the library, and by bench for itself
				continue
			}
			if err := d.Check(t.Context(), sql); err != nil {
				t.Errorf("%s: %v", place, err)
			}
		}
	})
}

// TestEveryTableHasOneOwner: a table begins with the name of its room, and no
// other package names it.
func TestEveryTableHasOneOwner(t *testing.T) {
	owner := map[string]string{}
	scripts := map[string]string{} // the migrations, by file
	for _, dir := range migrated(t) {
		files, err := filepath.Glob(dir + "/migrations/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			scripts[file] = string(data)
			for _, match := range made.FindAllStringSubmatch(string(data), -1) {
				room, name := path.Base(dir), match[2]
				if room == "act" { // a word that every database has other plans for
					room = "acts"
				}
				if name != room && !strings.HasPrefix(name, room+"_") {
					t.Errorf("%s makes %s, whose name has to begin with %s", file, name, room)
				}
				if strings.EqualFold(match[1], "table") {
					owner[name] = dir
				}
			}
		}
	}
	for file, script := range scripts {
		for _, match := range named.FindAllStringSubmatch(script, -1) {
			if its, dir := owner[match[1]], path.Dir(path.Dir(file)); its != "" && its != dir && inherited[match[1]] != dir {
				t.Errorf("%s names %s, which belongs to %s", file, match[1], its)
			}
		}
	}
	for sql, place := range statements(t) {
		dir := path.Dir(strings.SplitN(place, ":", 2)[0])
		for _, match := range named.FindAllStringSubmatch(sql, -1) {
			its := owner[match[1]]
			if strings.HasPrefix(match[1], "river_") {
				its = "river"
			}
			if its != "" && its != dir && !slices.Contains(mayRead[dir], its) {
				t.Errorf("%s names %s, which belongs to %s", place, match[1], its)
			}
		}
	}
}

// TestSchema compares docs/schema.sql with what migrating makes of an empty
// SQLite database.
func TestSchema(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "town"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	migrate(t, d)
	texts, err := db.All(t.Context(), d, db.Value[string], `SELECT sql FROM sqlite_master
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND tbl_name NOT LIKE '%_version'
		ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) == 0 {
		t.Fatal("there are no tables")
	}
	want := "-- Every table, as SQLite has it. Made by: go test . -run TestSchema -update\n\n" + strings.Join(texts, ";\n\n") + ";\n"
	if *update {
		if err := os.WriteFile("docs/schema.sql", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("docs/schema.sql"); err != nil || string(got) != want {
		t.Errorf("docs/schema.sql is not what migrating gives: run go test . -run TestSchema -update (%v)", err)
	}
}

// TestReleasedMigrationsNeverChange compares the migrations with the sums that
// they were released with: somebody's town has applied them already.
func TestReleasedMigrationsNeverChange(t *testing.T) {
	const sums = "docs/migrations.sum"
	now := map[string]string{}
	for _, dir := range migrated(t) {
		files, err := filepath.Glob(dir + "/migrations/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(data)
			now[file] = hex.EncodeToString(sum[:])
		}
	}
	data, err := os.ReadFile(sums)
	if err != nil {
		t.Fatal(err)
	}
	released, err := changed(data, now)
	if err != nil {
		t.Error(err)
	}
	if !*release || err != nil {
		return
	}
	out := bytes.NewBuffer(data)
	for _, file := range slices.Sorted(maps.Keys(now)) {
		if !released[file] {
			fmt.Fprintf(out, "%s  %s\n", now[file], file)
		}
	}
	if err := os.WriteFile(sums, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// changed returns the files that a list of sums names, and an error for each
// that has another sum now.
func changed(list []byte, now map[string]string) (named map[string]bool, err error) {
	named = map[string]bool{}
	for line := range strings.Lines(string(list)) {
		sum, file, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		if named[file] = true; now[file] != sum {
			err = errors.Join(err, fmt.Errorf("%s is not as it was released: add a migration instead", file))
		}
	}
	return named, err
}

// TestChangedMigrationsAreNoticed plants one.
func TestChangedMigrationsAreNoticed(t *testing.T) {
	list := []byte("# sums\naaaa  taxes/migrations/0001_taxes.sql\n")
	if _, err := changed(list, map[string]string{"taxes/migrations/0001_taxes.sql": "aaaa", "new": "bbbb"}); err != nil {
		t.Error(err)
	}
	for _, now := range []map[string]string{{"taxes/migrations/0001_taxes.sql": "bbbb"}, {}} {
		if _, err := changed(list, now); err == nil {
			t.Errorf("nobody noticed %v", now)
		}
	}
}

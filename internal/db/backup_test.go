package db_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

var bridges = fstest.MapFS{"migrations/0001_bridges.sql": {Data: []byte("CREATE TABLE bridges (name TEXT NOT NULL PRIMARY KEY):strict;")}}

// TestABackupComesBack copies a database while somebody writes, loses it, and
// makes it again.
func TestABackupComesBack(t *testing.T) { dbtest.Each(t, testBackup) }

func testBackup(t *testing.T, d *db.DB) {
	if _, err := exec.LookPath("pg_dump"); d.Postgres() && err != nil {
		t.Skip("pg_dump is not here")
	}
	ctx := t.Context()
	if err := d.Migrate(ctx, "bridges", bridges); err != nil {
		t.Fatal(err)
	}
	build := func(name string) {
		t.Helper()
		err := d.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO bridges (name) VALUES ($1)`, name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	build("Podul Decebal")
	file := filepath.Join(t.TempDir(), "copy")
	if err := d.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(ctx, file); err == nil {
		t.Error("a second backup overwrote the first")
	}
	build("Podul Traian")

	name := filepath.Join(t.TempDir(), "again")
	if d.Postgres() {
		name = dbtest.Name(d)
		if _, err := d.Raw().Exec(`DROP SCHEMA "` + schemaOf(name) + `" CASCADE`); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Restore(ctx, name, file); err != nil {
		t.Fatal(err)
	}
	again, err := db.Open(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	all, err := db.All(ctx, again, db.Value[string], `SELECT name FROM bridges ORDER BY name`)
	if err != nil || len(all) != 1 || all[0] != "Podul Decebal" {
		t.Errorf("the copy has %q, %v, want what was there when it was made", all, err)
	}
	if err := db.Restore(ctx, name, file); err == nil {
		t.Error("a database that is in use was overwritten")
	}
}

func schemaOf(name string) string {
	_, schema, _ := strings.Cut(name, "search_path=%22")
	schema, _, _ = strings.Cut(schema, "%22")
	return schema
}

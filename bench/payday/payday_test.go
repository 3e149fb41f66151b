package payday

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// places runs a test in a town on each engine.
func places(t *testing.T, test func(t *testing.T, p Place)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cfg, err := config.Load("", nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Data, cfg.MakeKeys = t.TempDir(), true
		p := Place{Engine: "sqlite", Dir: t.TempDir()}
		if d.Postgres() {
			cfg.Database, p.Engine = dbtest.Name(d), "postgres"
		}
		p.Config = cfg
		test(t, p)
	})
}

// notes is a table that is kept.
func notes(t *testing.T) (Table, *[][]any) {
	rows := &[][]any{}
	return Table{Add: func(cells ...any) { *rows = append(*rows, cells) }, Remark: t.Logf, Say: t.Logf}, rows
}

// TestATownIsPaid: 300 debts, at a hostile bank; the database keeps the jobs, too. There
// are as many as BEGA_DEBTS says.
func TestATownIsPaid(t *testing.T) {
	places(t, func(t *testing.T, p Place) {
		table, rows := notes(t)
		c := &Seeds{Seeds: 1, FromSeed: 7, Payments: 300, Queue: true}
		if many := os.Getenv("BEGA_DEBTS"); many != "" {
			if _, err := fmt.Sscan(many, &c.Payments); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Measure(t.Context(), p, table); err != nil {
			t.Fatal(err)
		}
		t.Log(c.Head(), *rows)
		if len(*rows) != 1 || !strings.Contains(fmt.Sprint((*rows)[0]), ".") {
			t.Errorf("%v", *rows)
		}
	})
}

// TestTheSameDebts: twelve people click two hundred times each, in every manner.
func TestTheSameDebts(t *testing.T) {
	places(t, func(t *testing.T, p Place) {
		table, rows := notes(t)
		if err := (&Same{Rounds: 12, Clicks: 200}).Measure(t.Context(), p, table); err != nil {
			t.Fatal(err)
		}
		if len(*rows) != 1 || fmt.Sprint((*rows)[0][1:7]) != "[12 2400 12 12 12 12]" {
			t.Errorf("%v", *rows)
		}
	})
}

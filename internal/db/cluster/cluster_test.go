package cluster

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// TestWhatIsCommittedSurvivesACrash holds for the settings that measurements
// use: those of PostgreSQL itself.
func TestWhatIsCommittedSurvivesACrash(t *testing.T) {
	c, err := Start()
	if err == ErrNone {
		t.Skip("PostgreSQL was not tested:", err)
	} else if err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("pgx", c.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(`CREATE TABLE kept (n BIGINT)`); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(`INSERT INTO kept VALUES (7)`); err != nil {
		t.Fatal(err)
	}
	if err := c.Crash(); err != nil {
		t.Fatal(err)
	}
	if err := pool.Ping(); err == nil {
		t.Error("it answers after a crash")
	}
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := pool.QueryRow(`SELECT n FROM kept`).Scan(&n); err != nil || n != 7 {
		t.Errorf("kept %d, %v; want 7", n, err)
	}
}

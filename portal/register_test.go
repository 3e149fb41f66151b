package portal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/revenue"
)

// TestRegistersAreLoadedByOfficials: a register of another program is read in the name of
// an official, and counts when a second has published it.
func TestRegistersAreLoadedByOfficials(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testRegisters(t, openHall(t, d)) })
}

func testRegisters(t *testing.T, h *hall) {
	ctx, dir := t.Context(), t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		h.must(os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	people := file("people.csv", "rol;tip;cod;nume\n900001;PF;4850615350027;Ana Test-Demo\n900002;PF;1;Nimeni Demo\n")
	things := file("things.csv", "cod_bun;rol;fel;de_la;cota;place;zone;category;area;adresa\nT1;900001;teren;2020-05-04;;inside;A;buildings;100;Strada Probei 1\n")
	load := func(email string, files ...string) error {
		_, err := h.LoadRegister(ctx, email, 2026, files, &strings.Builder{})
		return err
	}
	if err := load("lidia@exemplu.ro", people, things); !errors.Is(err, ErrOfficial) {
		t.Errorf("by somebody who is no official: %v", err)
	}
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	h.must(h.staff.SetRoles(ctx, founder, "k", h.lidia.Person, []act.Role{act.Clerk}, revenue.Unit))
	for name, files := range map[string][]string{"one table": {people}, "three": {people, things, things}, "a file that is not there": {people, filepath.Join(dir, "none.csv")}, "the wrong way round": {things, people}} {
		if err := load("lidia@exemplu.ro", files...); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
	loaded, err := h.LoadRegister(ctx, "lidia@exemplu.ro", 2026, []string{people, things}, &strings.Builder{})
	if err != nil || loaded.State != "loaded" || loaded.Done != 3 || loaded.Summary.Rejected != 1 || loaded.By != h.lidia.Person {
		t.Fatalf("%+v, %v", loaded, err)
	}
	if h.has() != "" {
		t.Errorf("it counts already: %s", h.has())
	}
	good := file("good.csv", "rol;tip;cod;nume\n900001;PF;4850615350027;Ana Test-Demo\n")
	loaded, err = h.LoadRegister(ctx, "lidia@exemplu.ro", 2026, []string{good, things}, &strings.Builder{})
	h.must(err)
	head := act.Actor{Person: "head", For: "head", Level: act.Verified, Roles: []act.Role{act.Head}, Unit: revenue.Unit}
	h.must(h.revenue.Roll.Publish(ctx, head, "publish", loaded.ID))
	if h.has() != "A" {
		t.Errorf("published, she has %q", h.has())
	}
}

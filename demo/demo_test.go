package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bega/internal/config"
	"bega/portal"
)

// TestTheDemonstrationTownOpens makes the whole town, in the order of its time, and
// looks at its front door.
func TestTheDemonstrationTownOpens(t *testing.T) {
	cfg, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data = t.TempDir()
	town, err := Open(t.Context(), cfg, portal.Options{})
	if err == nil {
		err = town.Close()
	}
	if err == nil { // the second time it is there already
		town, err = Open(t.Context(), cfg, portal.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { town.Close() })
	if people := town.People(); len(people) < 10 {
		t.Fatalf("%d people are offered", len(people))
	}
	for path, want := range map[string]string{
		"/": "Ce vrei să rezolvi azi?", "/servicii?q=parcare+rezident": "Abonament de parcare", "/stare": "Starea serviciilor",
		"/ajutor": "0256 408 300", "/accesibilitate": "EN 301 549", "/readyz": "ok", "/api/v1/openapi.json": `"openapi"`, "/verifica": "cod",
	} {
		w := httptest.NewRecorder()
		town.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s answers %d, without %q", path, w.Code, want)
		}
	}
	if _, err := town.VerifyActs(t.Context(), "", new(strings.Builder)); err != nil {
		t.Errorf("the register of the demonstration: %v", err)
	}
}

// TestTheDemonstrationTownOpensOnAnyDay: while payments are stopped, in January, on a leap
// day, and in a year for which nobody has decided rates.
func TestTheDemonstrationTownOpensOnAnyDay(t *testing.T) {
	for _, day := range []string{"2026-12-30", "2027-01-05", "2027-03-31", "2028-02-29", "2029-01-02"} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load("", nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Data = t.TempDir()
		town, err := Open(t.Context(), cfg, portal.Options{Now: func() time.Time { return now.Add(10 * time.Hour) }})
		if err != nil {
			t.Errorf("on %s: %v", day, err)
			continue
		}
		if _, err := town.RouteInfos(t.Context()); err != nil {
			t.Errorf("on %s, the addresses: %v", day, err)
		}
		if err := town.Close(); err != nil {
			t.Error(err)
		}
	}
}

package portal

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bega/internal/config"
)

// TestTheDemonstrationTownOpens makes the whole town, in the order of its time, and
// looks at its front door.
func TestTheDemonstrationTownOpens(t *testing.T) {
	cfg, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data = t.TempDir()
	town, err := Open(t.Context(), cfg, Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { town.Close() })
	for range 2 { // the second time it is there already
		people, err := town.Seed(t.Context())
		if err != nil || len(people) < 10 {
			t.Fatalf("%d people are offered, %v", len(people), err)
		}
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

package meter

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTheMonitoringReadsWhatWasCounted(t *testing.T) {
	m := New()
	m.Observe("GET /dosar", 200, 30*time.Millisecond)
	m.Observe("GET /dosar", 200, 3*time.Second)
	m.Gate("rest", "queued")
	var fail error
	ask := func() string {
		w := httptest.NewRecorder()
		m.Handler(func(context.Context) (State, error) {
			return State{Waiting: 7, Unlinked: 2 * time.Second, Queue: 31, Limit: 16, Wait: time.Minute}, fail
		}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	}
	fail = errors.New("no database")
	if got := ask(); !strings.Contains(got, "bega_jobs_waiting 0") {
		t.Errorf("what could not be looked at changed: %s", got)
	}
	fail = nil
	got := ask()
	for _, want := range []string{`bega_request_seconds_count{route="GET /dosar",status="200"} 2`, `le="0.05"} 1`, "bega_jobs_waiting 7", `bega_gate_requests_total{class="rest",outcome="queued"} 1`, "bega_gate_queue 31", "bega_gate_limit 16", "bega_gate_wait_seconds 60", "bega_acts_unlinked_seconds 2", "go_goroutines"} {
		if !strings.Contains(got, want) {
			t.Errorf("the answer lacks %q:\n%s", want, got)
		}
	}
}

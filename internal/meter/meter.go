// Package meter counts what the portal answers and what waits, for monitoring
// by Prometheus. It knows routes and numbers, and nothing of people.
package meter

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A Meter counts.
type Meter struct {
	registry                          *prometheus.Registry
	took                              *prometheus.HistogramVec
	waiting, failed, oldest, unlinked prometheus.Gauge
	gate                              *prometheus.CounterVec
	limit, inside, queue, wait        prometheus.Gauge
}

// A State is what is looked at whenever the monitoring asks.
type State struct {
	Waiting, Failed int           // jobs that are due, and that were given up
	Oldest          time.Duration // for how long the first job waits
	Unlinked        time.Duration // age of the oldest act that is not in the chain
	Limit, Inside   int           // requests that may be served at a time, and that are
	Queue           int           // people who wait to be let in
	Wait            time.Duration // for how long who comes now
}

// New returns a meter that has counted nothing.
func New() *Meter {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	m := &Meter{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "bega_request_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .2, .4, .8, 1.6, 5}}, []string{"route", "status"}),
		waiting:  gauge("bega_jobs_waiting", "Jobs that are due and not done."),
		failed:   gauge("bega_jobs_failed", "Jobs that were given up."),
		oldest:   gauge("bega_jobs_oldest_seconds", "For how long the oldest job waits."),
		unlinked: gauge("bega_acts_unlinked_seconds", "Age of the oldest act that is not in the chain."),
		gate: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bega_gate_requests_total", Help: "Requests by class, and whether they were let in, had to queue, or were sent away."},
			[]string{"class", "outcome"}),
		limit:  gauge("bega_gate_limit", "Requests that may be served at a time, as was found out lately."),
		inside: gauge("bega_gate_inside", "Requests that are being served."),
		queue:  gauge("bega_gate_queue", "People who wait to be let in."),
		wait:   gauge("bega_gate_wait_seconds", "For how long somebody waits who comes now."),
	}
	m.registry.MustRegister(m.took, m.waiting, m.failed, m.oldest, m.unlinked, m.gate, m.limit, m.inside, m.queue, m.wait,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts an answer.
func (m *Meter) Observe(route string, status int, took time.Duration) {
	m.took.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Gate counts a request that came to the gate.
func (m *Meter) Gate(class, outcome string) { m.gate.WithLabelValues(class, outcome).Inc() }

// Handler answers the monitoring, after a look at the state. What cannot be
// looked at stays as it was.
func (m *Meter) Handler(look func(ctx context.Context) (State, error)) http.Handler {
	metrics := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s, err := look(r.Context()); err == nil {
			m.waiting.Set(float64(s.Waiting))
			m.failed.Set(float64(s.Failed))
			m.oldest.Set(s.Oldest.Seconds())
			m.unlinked.Set(s.Unlinked.Seconds())
			m.limit.Set(float64(s.Limit))
			m.inside.Set(float64(s.Inside))
			m.queue.Set(float64(s.Queue))
			m.wait.Set(s.Wait.Seconds())
		}
		metrics.ServeHTTP(w, r)
	})
}

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
}

// A State is what is looked at whenever the monitoring asks.
type State struct {
	Waiting, Failed int           // jobs that are due, and that were given up
	Oldest          time.Duration // for how long the first job waits
	Unlinked        time.Duration // age of the oldest act that is not in the chain
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
	}
	m.registry.MustRegister(m.took, m.waiting, m.failed, m.oldest, m.unlinked,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts an answer.
func (m *Meter) Observe(route string, status int, took time.Duration) {
	m.took.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

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
		}
		metrics.ServeHTTP(w, r)
	})
}

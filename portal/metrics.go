package portal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A meter counts what the portal answers, for the monitoring.
type meter struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	waiting  prometheus.Gauge
	failed   prometheus.Gauge
	oldest   prometheus.Gauge
	lag      prometheus.Gauge
}

func newMeter() *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "bega_request_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .2, .4, .8, 1.6, 5}}, []string{"route", "status"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{Name: "bega_jobs_waiting", Help: "Jobs that could be worked on now."}),
		failed:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "bega_jobs_failed", Help: "Jobs that were given up."}),
		oldest:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "bega_jobs_oldest_seconds", Help: "For how long the oldest job waits."}),
		lag:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "bega_acts_unlinked_seconds", Help: "Age of the oldest act that is not in the chain."}),
	}
	m.registry.MustRegister(m.took, m.waiting, m.failed, m.oldest, m.lag,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe is told of every answer.
func (m *meter) observe(route string, status int, took time.Duration) {
	m.took.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// handler answers the monitoring, and looks at the queue and the chain first.
func (m *meter) handler(t *Town) http.Handler {
	metrics := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if health, err := t.queue.Health(r.Context()); err == nil {
			m.waiting.Set(float64(health.Waiting))
			m.failed.Set(float64(health.Failed))
			m.oldest.Set(health.Oldest.Seconds())
		}
		if lag, err := t.audit.Lag(r.Context()); err == nil {
			m.lag.Set(lag.Seconds())
		}
		metrics.ServeHTTP(w, r)
	})
}

// Package watch is what a worker says to those who watch the machine: metrics of the
// ledger for Prometheus, and whether the process lives and is ready. internal/deploy/watch
// has a dashboard and alarms of them.
package watch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"

	"duban/internal/ledger"
	"duban/internal/version"
)

// What is said of the ledger.
var (
	ledgerUp      = describe("duban_ledger_up", "Whether the ledger could be read.")
	ledgerEvents  = describe("duban_ledger_events", "Events in the ledger's chain.")
	stagesLate    = describe("duban_stages_late", "Stages and steps whose moment has passed for longer than they may and that were not decided.", "plan")
	undelivered   = describe("duban_messages_undelivered", "Messages that are not out, by state.", "plan", "state")
	waiting       = describe("duban_workflows_waiting", "What workflows cannot get done at present.", "plan")
	waitingOldest = describe("duban_workflows_waiting_oldest_seconds", "For how long the longest of them has waited.", "plan")
	auditAge      = describe("duban_audit_age_seconds", "Time since the last audit of a plan ended; absent before the first.", "plan")
	auditMissing  = describe("duban_audit_missing_stages", "Stages that the last audit found to have left no trace.", "plan")
	buildInfo     = describe("duban_build_info", "The program's version; always 1.", "version")
)

var metrics = map[string]*prom.Desc{}

func describe(name, help string, labels ...string) *prom.Desc {
	d := prom.NewDesc(name, help, labels, nil)
	metrics[name] = d
	return d
}

const (
	within = 5 * time.Second  // the ledger answers, or counts as away
	every  = 10 * time.Second // the ledger is read no more often; in between the last metrics are given again
)

// Collector reads the ledger for whoever asks the metrics; it is a prometheus.Collector.
type Collector struct {
	store *ledger.Store
	now   func() time.Time // the wall clock
	log   *slog.Logger

	mu   sync.Mutex
	at   time.Time
	last []prom.Metric
}

// New makes the metrics of a ledger.
func New(store *ledger.Store, now func() time.Time, log *slog.Logger) *Collector {
	return &Collector{store: store, now: now, log: log}
}

// Describe and Collect are of prometheus.Collector.
func (w *Collector) Describe(to chan<- *prom.Desc) {
	for _, d := range metrics {
		to <- d
	}
}

func (w *Collector) Collect(to chan<- prom.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.now(); now.Sub(w.at) >= every || now.Before(w.at) {
		w.at, w.last = now, w.read(now)
	}
	for _, m := range w.last {
		to <- m
	}
}

func gauge(d *prom.Desc, value float64, labels ...string) prom.Metric {
	return prom.MustNewConstMetric(d, prom.GaugeValue, value, labels...)
}

// read are the metrics now; where the ledger cannot be read, only that it cannot.
func (w *Collector) read(now time.Time) []prom.Metric {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	all := []prom.Metric{gauge(buildInfo, 1, version.String())}
	events, _, err := w.store.Head(ctx)
	var plans []ledger.Watched
	if err == nil {
		plans, err = w.store.Watch(ctx, now)
	}
	if err != nil {
		w.log.Warn("The ledger could not be read for the metrics", "error", err)
		return append(all, gauge(ledgerUp, 0))
	}
	all = append(all, gauge(ledgerUp, 1), gauge(ledgerEvents, float64(events)))
	for _, p := range plans {
		oldest := 0.0
		if !p.WaitingSince.IsZero() {
			oldest = now.Sub(p.WaitingSince).Seconds()
		}
		all = append(all, gauge(stagesLate, float64(p.Late), p.Plan), gauge(waiting, float64(p.Waiting), p.Plan), gauge(waitingOldest, oldest, p.Plan))
		for state, n := range p.Undelivered {
			all = append(all, gauge(undelivered, float64(n), p.Plan, state))
		}
		if !p.AuditedAt.IsZero() {
			all = append(all, gauge(auditAge, now.Sub(p.AuditedAt).Seconds(), p.Plan), gauge(auditMissing, float64(p.Missing), p.Plan))
		}
	}
	return all
}

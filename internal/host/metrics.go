package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/uber-go/tally/v4"
	"github.com/uber-go/tally/v4/prometheus"
	"go.temporal.io/sdk/client"
	sdktally "go.temporal.io/sdk/contrib/tally"

	"duban/internal/watch"
)

// served is this process's HTTP server of metrics: those of Temporal's SDK, under the names
// that Temporal's published dashboards expect, and, once the ledger is open, those that
// package watch reads from it. It also serves /healthz and /readyz.
type served struct {
	client.MetricsHandler
	closers
	registry *prom.Registry
	health   *watch.Health
}

// serveMetrics serves the process's metrics at http://address/metrics; nil when address is
// "".
func serveMetrics(address string, log *slog.Logger) (*served, error) {
	if address == "" {
		return nil, nil
	}
	registry, state := prom.NewRegistry(), &watch.Health{Log: log}
	reporter, err := prometheus.Configuration{TimerType: "histogram"}.NewReporter(prometheus.ConfigurationOptions{
		Registry: registry,
		OnError:  func(err error) { log.Error("Metrics", "error", err) },
	})
	if err != nil {
		return nil, fmt.Errorf("host: metrics: %w", err)
	}
	scope, scopeCloser := tally.NewRootScope(tally.ScopeOptions{
		CachedReporter: reporter, Separator: prometheus.DefaultSeparator, SanitizeOptions: &sdktally.PrometheusSanitizeOptions,
	}, time.Second)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("host: DUBAN_METRICS: %w", err), scopeCloser.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", reporter.HTTPHandler())
	mux.Handle("/healthz", state)
	mux.Handle("/readyz", state)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("Metrics server", "error", err)
		}
	}()
	return &served{sdktally.NewMetricsHandler(sdktally.NewPrometheusNamingScope(scope)), closers{server, scopeCloser}, registry, state}, nil
}

type closers []io.Closer

func (cs closers) Close() error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Health is the handler for /healthz and /readyz of this process.
func (h *Host) Health() http.Handler {
	answers := &watch.Health{Log: h.log}
	answers.Needs(h.parts()...)
	return answers
}

// parts are the parties that must answer for this process to be ready.
func (h *Host) parts() []watch.Part {
	return []watch.Part{
		{Name: "ledger", Ask: func(ctx context.Context) error { _, _, err := h.Ledger.Head(ctx); return err }},
		{Name: "temporal", Ask: func(ctx context.Context) error {
			_, err := h.Client.CheckHealth(ctx, &client.CheckHealthRequest{})
			return err
		}},
	}
}

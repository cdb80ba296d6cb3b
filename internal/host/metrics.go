package host

import (
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
)

// metricsHandler serves the SDK's metrics at http://address/metrics under the
// names that Temporal's published dashboards expect; an empty address serves none.
func metricsHandler(address string, log *slog.Logger) (client.MetricsHandler, io.Closer, error) {
	if address == "" {
		return nil, nil, nil
	}
	registry := prom.NewRegistry()
	reporter, err := prometheus.Configuration{TimerType: "histogram"}.NewReporter(prometheus.ConfigurationOptions{
		Registry: registry,
		OnError:  func(err error) { log.Error("Metrics", "error", err) },
	})
	if err != nil {
		return nil, nil, fmt.Errorf("host: metrics: %w", err)
	}
	scope, scopeCloser := tally.NewRootScope(tally.ScopeOptions{
		CachedReporter: reporter, Separator: prometheus.DefaultSeparator, SanitizeOptions: &sdktally.PrometheusSanitizeOptions,
	}, time.Second)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("host: DUBAN_METRICS: %w", err), scopeCloser.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", reporter.HTTPHandler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("Metrics server", "error", err)
		}
	}()
	return sdktally.NewMetricsHandler(sdktally.NewPrometheusNamingScope(scope)), closers{server, scopeCloser}, nil
}

type closers []io.Closer

func (cs closers) Close() error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

//go:build !noembed

package embedded

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/cors"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"
)

// serveUI serves Temporal's web UI on a listener that is already open. ui-server's own Start would open the port
// itself and end the process when it cannot, which is why the routes are put together here.
func serveUI(listener net.Listener, frontend, namespace string) (*http.Server, error) {
	handler, err := uiHandler(&config.Config{
		TemporalGRPCAddress: frontend,
		Host:                host,
		Port:                listener.Addr().(*net.TCPAddr).Port,
		EnableUI:            true,
		DefaultNamespace:    namespace,
		DisableNewsFetch:    true, // an office network may have no way out, and the page waits for it
		HideLogs:            true,
		CORS:                config.CORS{CookieInsecure: true}, // plain HTTP on the loopback address
	})
	if err != nil {
		return nil, fmt.Errorf("set up the web UI: %w", err)
	}
	server := &http.Server{Handler: loopbackOnly(handler), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return server, nil
}

func uiHandler(cfg *config.Config) (http.Handler, error) {
	provider, err := config.NewConfigProviderWithRefresh(cfg)
	if err != nil {
		return nil, err
	}
	assets, err := ui.Assets()
	if err != nil {
		return nil, err
	}
	if assets, err = fs.Sub(assets, "local"); err != nil {
		return nil, err
	}
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(middleware.Recover(), middleware.Gzip(),
		cors.CORSMiddleware(cors.CORSConfig{ConfigProvider: provider, AllowCredentials: true}),
		middleware.Secure(), csrf.EnsureTokenCookie(false), middleware.CSRFWithConfig(csrf.MiddlewareConfig(provider, false)))
	route.SetHealthRoute(e)
	if err := route.SetAPIRoutes(e, provider, nil); err != nil {
		return nil, err
	}
	route.SetAuthRoutes(e, provider)
	if err := route.SetUIRoutes(e, "", assets); err != nil {
		return nil, err
	}
	route.SetRenderRoute(e, "")
	return e, nil
}

// loopbackOnly refuses requests that name another host: a web page elsewhere must not reach an engine without a
// password through a DNS name of its own that points here.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			name = r.Host
		}
		if ip := net.ParseIP(name); name != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this page is served to this machine only: open it as http://localhost", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

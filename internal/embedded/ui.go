//go:build !noembed

package embedded

import (
	"crypto/subtle"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/api"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/cors"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"duban/internal/door"
)

// serveUI serves Temporal's web UI on a listener that is already open. ui-server's own Start would open the port
// itself and end the process when it cannot, which is why the routes are put together here.
//
// The page can only look: its own certificate at the server allows no more, whatever reaches it through the page.
func serveUI(listener net.Listener, frontend, namespace, secret string, keys *door.Keys) (*http.Server, error) {
	secure, err := keys.Reader()
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(frontend, grpc.WithTransportCredentials(credentials.NewTLS(secure)))
	if err != nil {
		return nil, err
	}
	handler, err := uiHandler(conn, &config.Config{
		TemporalGRPCAddress: frontend,
		Host:                host,
		Port:                listener.Addr().(*net.TCPAddr).Port,
		EnableUI:            true,
		DefaultNamespace:    namespace,
		DisableNewsFetch:    true, // an office network may have no way out, and the page waits for it
		HideLogs:            true,
		DisableWriteActions: true,
		CORS:                config.CORS{CookieInsecure: true}, // plain HTTP on the loopback address
	})
	if err != nil {
		return nil, fmt.Errorf("set up the web UI: %w", err)
	}
	server := &http.Server{Handler: loopbackOnly(keyed(handler, secret)), ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(func() { conn.Close() })
	go func() { _ = server.Serve(listener) }()
	return server, nil
}

func uiHandler(conn *grpc.ClientConn, cfg *config.Config) (http.Handler, error) {
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
	// As in ui-server's SetAPIRoutes, which would make a connection of its own.
	calls, onlyLook := e.Group("/api/v1"), route.DisableWriteMiddleware(provider)
	calls.GET("/settings", api.GetSettings(provider))
	calls.GET(api.WorkflowRawHistoryUrl, api.WorkflowRawHistoryHandler(workflowservice.NewWorkflowServiceClient(conn)), onlyLook)
	calls.Any("/*", api.TemporalAPIHandler(provider, nil, conn), onlyLook)
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

// keyed refuses whoever does not know the secret: what people wrote is in the histories, and the page is within reach of
// every user of the machine. The address that is handed out brings the secret, a cookie keeps it in the browser.
func keyed(next http.Handler, secret string) http.Handler {
	same := func(given string) bool { return subtle.ConstantTimeCompare([]byte(given), []byte(secret)) == 1 }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "duban-" + strings.ReplaceAll(r.Host, ":", "-") // cookies are shared by all ports of a machine
		if cookie, err := r.Cookie(name); err == nil && same(cookie.Value) {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodGet && same(r.URL.Query().Get("key")) {
			http.SetCookie(w, &http.Cookie{Name: name, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		http.Error(w, "this page belongs to the user who runs the engine: open it by the address that `starter ui` prints", http.StatusForbidden)
	})
}

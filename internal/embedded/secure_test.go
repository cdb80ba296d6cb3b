//go:build !noembed

package embedded_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/api/historyservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"duban/internal/door"
	"duban/internal/embedded"
)

// Whoever has not this start's keys gets no word out of any port of the engine: neither without keys, nor with those of
// another engine, nor by speaking to the services behind the frontend.
func TestEveryPortAsksForTheKeys(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir(), Logger: quiet()})
	require.NoError(t, err)
	defer s.Stop()
	strange, err := door.NewKeys()
	require.NoError(t, err)
	foreign, err := strange.Client()
	require.NoError(t, err)
	ports := s.Ports()
	require.Len(t, ports, 4)
	for name, creds := range map[string]credentials.TransportCredentials{
		"no keys": insecure.NewCredentials(), "another engine's keys": credentials.NewTLS(foreign),
	} {
		for _, port := range ports {
			conn, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", port), grpc.WithTransportCredentials(creds))
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			_, err = workflowservice.NewWorkflowServiceClient(conn).GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
			require.Error(t, err, "%s at port %d", name, port)
			_, err = historyservice.NewHistoryServiceClient(conn).GetShard(ctx, &historyservice.GetShardRequest{ShardId: 1})
			require.Error(t, err, "%s at port %d", name, port)
			require.NotContains(t, err.Error(), "Unimplemented")
			cancel()
			conn.Close()
		}
	}
	_, err = dial(t, s).CheckHealth(t.Context(), nil)
	require.NoError(t, err)
}

// Through the web UI everything can be looked at and nothing changed, however the request is dressed.
func TestTheWebUIOnlyLooks(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start(t.Context(), embedded.Options{InMemory: true, UI: true, Logger: quiet()})
	require.NoError(t, err)
	defer s.Stop()
	c := dial(t, s)
	_, err = c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "task", TaskQueue: queue}, "nobody")
	require.NoError(t, err)
	_, err = c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "a/query/b", TaskQueue: queue}, "nobody")
	require.NoError(t, err)

	browser := browser(t)
	page, err := url.Parse(s.UI())
	require.NoError(t, err)
	call := func(method, path, body string, header ...string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+page.Host+"/api/v1/"+path, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := browser.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(text)
	}
	// A browser's cookie and its twin in the header, as the page itself sends them.
	res, err := browser.Get(s.UI()) //nolint:noctx // a test
	require.NoError(t, err)
	res.Body.Close()
	var csrf []string
	for _, cookie := range browser.Jar.Cookies(page) {
		if cookie.Name == "_csrf" {
			csrf = []string{"X-CSRF-TOKEN", cookie.Value}
		}
	}
	require.NotEmpty(t, csrf)
	status, body := call("GET", "namespaces/default/workflows", "", csrf...)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"workflowId": "task"`)
	const input = `{"workflowType":{"name":"nobody"},"taskQueue":{"name":"steps"},"requestId":"1"}`
	for path, text := range map[string]string{
		"namespaces/default/workflows/task/terminate":            `{"reason":"x"}`,
		"namespaces/default/workflows/task/cancel":               `{}`,
		"namespaces/default/workflows/task/signal/go":            `{}`,
		"namespaces/default/workflows/task/signal/a%2Fquery%2Fb": `{}`,
		"namespaces/default/workflows/task/update/act":           `{}`,
		"namespaces/default/workflows/task/reset":                `{}`,
		"namespaces/default/workflows/task/pause":                `{}`,
		"namespaces/default/workflows/new":                       input,
		"namespaces/default/workflows/a%2Fquery%2Fnew":           input,
		"namespaces/default/workflows/a%2Fquery%2Fb/terminate":   `{"reason":"x"}`,
		"namespaces/default/workflows/a%2Fquery%2Fb/signal/go":   `{}`,
		"namespaces/default/workflows/a%2Fquery%2Fb/update/act":  `{}`,
		"namespaces/default/workflows/execute-multi-operation":   `{}`,
		"namespaces/default/batch-operations/one":                `{"terminationOperation":{},"visibilityQuery":"","reason":"x"}`,
		"namespaces/default/schedules/one":                       `{}`,
		"namespaces/default/update":                              `{"updateInfo":{"data":{"duban.ledger":"x"}}}`,
		"namespaces":                                             `{"namespace":"mine","workflowExecutionRetentionPeriod":"86400s"}`,
		"namespaces/default/search-attributes":                   `{}`,
		"namespaces/default/activities/complete":                 `{}`,
		"nexus/endpoints":                                        `{}`,
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			status, body := call(method, path, text, csrf...)
			require.GreaterOrEqual(t, status, 400, "%s %s: %s", method, path, body)
			status, body = call(method, path, text, append([]string{"X-HTTP-Method-Override", "GET"}, csrf...)...)
			require.GreaterOrEqual(t, status, 400, "%s %s: %s", method, path, body)
		}
	}
	for _, id := range []string{"task", "a/query/b"} {
		d, err := c.DescribeWorkflowExecution(t.Context(), id, "")
		require.NoError(t, err)
		require.Equal(t, "Running", d.GetWorkflowExecutionInfo().GetStatus().String())
		require.EqualValues(t, 2, d.GetWorkflowExecutionInfo().GetHistoryLength(), "nothing was written to its history")
	}
	_, err = c.DescribeWorkflowExecution(t.Context(), "a/query/new", "")
	require.Error(t, err)
}

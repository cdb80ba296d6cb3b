//go:build !noembed

package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/door"
	"duban/internal/embedded"
)

const queue = "steps"

var attributes = map[string]enumspb.IndexedValueType{
	"PlanId": enumspb.INDEXED_VALUE_TYPE_KEYWORD, "UnitId": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
}

// childDir, when set, makes this test binary an engine with a worker, for a parent that will kill it.
const childDir, childPort = "DUBAN_TEST_ENGINE_DIR", "DUBAN_TEST_ENGINE_PORT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := beEngine(dir, os.Getenv(childPort)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// beEngine prints the address when ready and then runs until killed.
func beEngine(dir, port string) error {
	o := embedded.Options{Dir: dir, SearchAttributes: attributes, Logger: quiet()}
	if _, err := fmt.Sscan(port, &o.Port); err != nil {
		return err
	}
	s, err := embedded.Start(context.Background(), o)
	if err != nil {
		return err
	}
	if err := s.Announce("a ledger"); err != nil {
		return err
	}
	options, err := s.Options()
	if err != nil {
		return err
	}
	options.Logger = log.NewStructuredLogger(quiet())
	c, err := client.Dial(options)
	if err != nil {
		return err
	}
	fmt.Println(s.Address())
	return newWorker(c, dir).Run(nil)
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// steps waits and writes a line, n times. At each gate it waits until it is opened,
// so that a test that is slow to kill the engine still kills it on the way.
func steps(ctx workflow.Context, n int) (int, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 3 * time.Second, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 1},
	})
	for i := range n {
		if err := workflow.Sleep(ctx, 50*time.Millisecond); err != nil {
			return i, err
		}
		if err := workflow.ExecuteActivity(ctx, "write", i).Get(ctx, nil); err != nil {
			return i, err
		}
	}
	return n, nil
}

var gates = []int{8, 14}

// gate is the file that opens one.
func gate(dir string, step int) string { return filepath.Join(dir, fmt.Sprint("gate-", step)) }

func newWorker(c client.Client, dir string) worker.Worker {
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(steps)
	w.RegisterActivityWithOptions(func(_ context.Context, i int) error {
		if _, err := os.Stat(gate(dir, i)); slices.Contains(gates, i) && err != nil {
			return err
		}
		f, err := os.OpenFile(filepath.Join(dir, "lines"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = fmt.Fprintln(f, i)
		return err
	}, activity.RegisterOptions{Name: "write"})
	return w
}

func dial(t *testing.T, s *embedded.Server) client.Client {
	t.Helper()
	options, err := s.Options()
	require.NoError(t, err)
	return dialWith(t, options)
}

func dialWith(t *testing.T, options client.Options) client.Client {
	t.Helper()
	options.Logger = log.NewStructuredLogger(quiet())
	c, err := client.Dial(options)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func lines(t *testing.T, dir string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "lines"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	require.NoError(t, err)
	return strings.Fields(string(data))
}

func TestKilledEngineGoesOn(t *testing.T) {
	t.Parallel()
	dir, port := t.TempDir(), "0"
	const n = 20
	spawn := func() (*exec.Cmd, string) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir, childPort+"="+port)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		address, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err, "the engine did not come up")
		return cmd, strings.TrimSpace(address)
	}

	engine, address := spawn()
	c := dialWith(t, door.Options(dir)) // it finds every next engine of the folder
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "steps-1", TaskQueue: queue}, steps, n)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(lines(t, dir)) >= 3 }, 5*time.Minute, 10*time.Millisecond)

	for i := range 2 { // kill -9 twice; the first time another port follows, the second time the same
		require.NoError(t, engine.Process.Signal(syscall.SIGKILL))
		_ = engine.Wait()
		before := len(lines(t, dir))
		require.Less(t, before, n)
		require.NoError(t, os.WriteFile(gate(dir, gates[i]), nil, 0o600))
		if i == 1 {
			_, port, _ = net.SplitHostPort(address)
		}
		last := address
		engine, address = spawn()
		require.Equal(t, i == 1, last == address)
		require.Eventually(t, func() bool { return len(lines(t, dir)) > before }, 5*time.Minute, 10*time.Millisecond)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var done int
	require.NoError(t, run.Get(ctx, &done), "%v", lines(t, dir))
	require.Equal(t, n, done)
	seen := map[string]bool{}
	for _, line := range lines(t, dir) {
		seen[line] = true
	}
	require.Len(t, seen, n)
	for events := c.GetWorkflowHistory(t.Context(), run.GetID(), run.GetRunID(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		e, err := events.Next()
		require.NoError(t, err)
		if done := e.GetWorkflowTaskCompletedEventAttributes(); done != nil {
			//lint:ignore SA1019 the housekeeping workers have no deployment, whose version would say it instead
			require.Equal(t, "embedded", done.GetWorkerVersion().GetBuildId(), "no start reads the whole program to name it")
		}
	}
}

func TestOneEnginePerFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Logger: quiet()})
	require.NoError(t, err)
	defer first.Stop()

	_, err = embedded.Start(t.Context(), embedded.Options{Dir: dir, Logger: quiet()})
	require.ErrorIs(t, err, embedded.ErrDirInUse)
	require.NoError(t, first.Announce("a ledger"))
	_, err = embedded.Start(t.Context(), embedded.Options{Dir: dir, Logger: quiet()})
	require.ErrorContains(t, err, fmt.Sprintf("process %d, %s", os.Getpid(), first.Address()))

	first.Stop()
	first.Stop()
	second, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Logger: quiet()})
	require.NoError(t, err)
	second.Stop()
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port

	for name, o := range map[string]embedded.Options{
		"frontend": {Dir: t.TempDir(), Port: port},
		"web UI":   {Dir: t.TempDir(), UI: true, UIPort: port},
	} {
		t.Run(name, func(t *testing.T) {
			o.Logger = quiet()
			_, err := embedded.Start(t.Context(), o)
			require.ErrorIs(t, err, embedded.ErrPortInUse)
			require.ErrorContains(t, err, taken.Addr().String())
			// What failed must have given the folder free again.
			o.Port, o.UIPort = 0, 0
			s, err := embedded.Start(t.Context(), o)
			require.NoError(t, err)
			s.Stop()
		})
	}
}

func TestSearchAttributesOnNewAndOldFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start := func(known map[string]enumspb.IndexedValueType) *embedded.Server {
		s, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, SearchAttributes: known, Logger: quiet()})
		require.NoError(t, err)
		return s
	}
	use := func(s *embedded.Server, id string, attrs ...temporal.SearchAttributeUpdate) error {
		_, err := dial(t, s).ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
			ID: id, TaskQueue: queue, TypedSearchAttributes: temporal.NewSearchAttributes(attrs...),
		}, "nobody")
		return err
	}
	plan := temporal.NewSearchAttributeKeyKeyword("PlanId").ValueSet("jincheng")
	due := temporal.NewSearchAttributeKeyKeyword("DueDate").ValueSet("2021-04-30")

	s := start(attributes)
	require.NoError(t, use(s, "new", plan))
	require.ErrorContains(t, use(s, "unknown", plan, due), "DueDate")
	s.Stop()

	s = start(map[string]enumspb.IndexedValueType{"PlanId": enumspb.INDEXED_VALUE_TYPE_KEYWORD, "DueDate": enumspb.INDEXED_VALUE_TYPE_KEYWORD})
	defer s.Stop()
	require.NoError(t, use(s, "old", plan, due))
	desc, err := dial(t, s).DescribeWorkflowExecution(t.Context(), "new", "")
	require.NoError(t, err, "what the first run started is still there")
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, desc.WorkflowExecutionInfo.Status)
}

// browser keeps cookies.
func browser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar}
}

func TestWebUI(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start(t.Context(), embedded.Options{InMemory: true, UI: true, Logger: quiet()})
	require.NoError(t, err)
	defer s.Stop()

	browser := browser(t)
	page, err := url.Parse(s.UI())
	require.NoError(t, err)
	get := func(path, host string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+page.Host+path, nil)
		require.NoError(t, err)
		if host != "" {
			req.Host = host
		}
		res, err := browser.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body)
	}
	for _, path := range []string{"/", "/namespaces/default/workflows", "/api/v1/namespaces/default", "/api/v1/settings", "/?key=guess"} {
		status, body := get(path, "")
		require.Equal(t, http.StatusForbidden, status, "%s: %s", path, body)
	}
	status, body := get(page.RequestURI(), "")
	require.Equal(t, http.StatusOK, status, body)
	status, body = get("/namespaces/default/workflows", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "<!doctype html>")
	status, body = get("/api/v1/namespaces/default", "")
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"workflowExecutionRetentionTtl": "315360000s"`)
	status, _ = get("/api/v1/namespaces/default", "evil.example")
	require.Equal(t, http.StatusForbidden, status)
}

package watch_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/watch"
	"duban/seeds"
)

var silence = slog.New(slog.NewTextHandler(io.Discard, nil))

// TestWhatTheLedgerSaysToThoseWhoWatch: stages that were not decided in time, what waits
// and the audit's age come to the metrics, and a ledger that is away is said to be.
func TestWhatTheLedgerSaysToThoseWhoWatch(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	defer store.Close()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	start := calendar.NewDay(2021, 6, 1).At(8, 0, calendar.Beijing)
	p := plan.Plan{ID: "water", Title: "治水计划", Zone: "Asia/Shanghai", Year: 2021, Hash: "water", Policies: policies, Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "office", Leadership: "leaders", Units: []people.Unit{{ID: "shuiwu", Name: "市水务局"}, {ID: "office", Name: "治水办"}, {ID: "leaders", Name: "领导小组"}}},
		Tasks:     []plan.Task{{ID: "over", Kind: plan.Dated, Title: "建成污水处理厂", Lead: "shuiwu", Due: calendar.NewDay(2021, 6, 30), Policy: "standard"}}}
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: p, At: start}, []ledger.Task{ledger.TaskOf(&p, p.Tasks[0], start)}, ledger.When{Real: start, Plan: start})
	require.NoError(t, err)
	rules, err := act.NewRules(&p, cal)
	require.NoError(t, err)
	_, err = store.Refresh(t.Context(), "water", cal)
	require.NoError(t, err)
	task, err := store.Task(t.Context(), "water", "over")
	require.NoError(t, err)
	next := rules.Next(ledger.CaseOf(task))
	require.NotNil(t, next)

	now := next.At.Add(10 * time.Minute)
	registry := prom.NewRegistry()
	registry.MustRegister(watch.New(store, func() time.Time { return now }, silence))
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer server.Close()
	says := func(lines ...string) {
		t.Helper()
		res, err := http.Get(server.URL)
		require.NoError(t, err)
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		for _, line := range lines {
			if want, absent := strings.CutPrefix(line, "!"); absent {
				require.NotContains(t, string(raw), want)
			} else {
				require.Contains(t, string(raw), "\n"+line+"\n")
			}
		}
	}
	says("duban_ledger_up 1", "duban_ledger_events 1", `duban_stages_late{plan="water"} 0`, `duban_workflows_waiting{plan="water"} 0`,
		`duban_messages_undelivered{plan="water",state="failed"} 0`, "!duban_audit_age_seconds{")
	now = next.At.Add(16 * time.Minute)
	require.NoError(t, store.PutWait(t.Context(), ledger.Wait{Workflow: "task:water:over", What: "stage due", Plan: "water", Thing: "over", Since: now.Add(-40 * time.Minute), TriedAt: now, Rounds: 3, Error: "x"}))
	require.NoError(t, store.NoteAudit(t.Context(), "water", now.Add(-time.Hour), 0))
	require.NoError(t, store.NoteAudit(t.Context(), "water", now.Add(-30*time.Minute), 2))
	says(`duban_stages_late{plan="water"} 1`, `duban_workflows_waiting{plan="water"} 1`, `duban_workflows_waiting_oldest_seconds{plan="water"} 2400`,
		`duban_audit_age_seconds{plan="water"} 1800`, `duban_audit_missing_stages{plan="water"} 2`)
	require.NoError(t, store.Close())
	says("duban_ledger_up 1") // whoever asks again at once gets the same
	now = now.Add(time.Minute)
	says("duban_ledger_up 0", "!duban_stages_late{")
}

// TestReadyWhenAllAnswers: the process lives from its start, and is ready while what it
// needs answers, in time.
func TestReadyWhenAllAnswers(t *testing.T) {
	t.Parallel()
	state := &watch.Health{Log: silence}
	ask := func(path string) (int, map[string]string) {
		w := httptest.NewRecorder()
		state.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		var out map[string]string
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &out))
		return w.Code, out
	}
	status, _ := ask("/healthz")
	require.Equal(t, http.StatusOK, status)
	status, out := ask("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, map[string]string{"status": "starting"}, out)
	var temporal func(context.Context) error
	fine := func(context.Context) error { return nil }
	state.Needs(watch.Part{Name: "ledger", Ask: fine}, watch.Part{Name: "temporal", Ask: func(ctx context.Context) error { return temporal(ctx) }})
	for _, c := range []struct {
		ask  func(context.Context) error
		code int
		want map[string]string
	}{
		{fine, http.StatusOK, map[string]string{"status": "ready", "ledger": "ok", "temporal": "ok"}},
		{func(context.Context) error { return errors.New("refused at 10.0.0.1 by postgres://x:secret@db") }, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "ledger": "ok", "temporal": "away"}},
		{func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "ledger": "ok", "temporal": "away"}}, // it hangs
		{fine, http.StatusOK, map[string]string{"status": "ready", "ledger": "ok", "temporal": "ok"}},
	} {
		temporal = c.ask
		status, out = ask("/readyz")
		require.Equal(t, c.code, status)
		require.Equal(t, c.want, out)
		status, _ = ask("/healthz")
		require.Equal(t, http.StatusOK, status)
	}
}

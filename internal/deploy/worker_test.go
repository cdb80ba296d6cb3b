package deploy_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/deploy/cluster"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/rehearse"
	"duban/seeds"
)

// office is the programs as containers run them: built without the embedded
// server, on a cluster, the ledger on PostgreSQL.
type office struct {
	t   *testing.T
	bin string
	env []string
}

func newOffice(t *testing.T, c cluster.Cluster) *office {
	o := &office{t: t, bin: t.TempDir()}
	for _, name := range []string{"worker", "starter"} {
		out, err := exec.Command("go", "build", "-tags", "noembed", "-o", filepath.Join(o.bin, name), "duban/"+name).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	o.env = append(os.Environ(), "TEMPORAL_ADDRESS="+c.Address, "TEMPORAL_NAMESPACE="+c.Namespace, "DATABASE_URL="+c.DatabaseURL, "DUBAN_DIR="+t.TempDir(), "LOG_LEVEL=warn")
	o.starter("init")
	return o
}

// worker starts a worker process; stop ends it by the given signal.
func (o *office) worker() (stop func(os.Signal)) {
	cmd := exec.Command(filepath.Join(o.bin, "worker"))
	cmd.Env, cmd.Stderr = o.env, os.Stderr
	require.NoError(o.t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	o.t.Cleanup(func() { _ = cmd.Process.Kill() })
	return func(s os.Signal) {
		require.NoError(o.t, cmd.Process.Signal(s))
		err := <-done
		if s == syscall.SIGTERM {
			require.NoError(o.t, err, "a clean stop")
		}
	}
}

func (o *office) starter(args ...string) string {
	cmd := exec.Command(filepath.Join(o.bin, "starter"), args...)
	cmd.Env = o.env
	out, err := cmd.CombinedOutput()
	require.NoError(o.t, err, "%s", out)
	return string(out)
}

// TestThePlanRunsOnAClusterThoughAWorkerIsKilled lives the spring of 2021 on
// Temporal's own server binary and PostgreSQL with two workers, one of them
// killed on the way, and holds what the ledger has against the preview.
func TestThePlanRunsOnAClusterThoughAWorkerIsKilled(t *testing.T) {
	c := cluster.Start(t)
	o := newOffice(t, c)
	first, second := o.worker(), o.worker()

	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	file := filepath.Join("..", "..", "seeds", "jincheng-2021-water", "plan.yaml")
	p, problems := plan.Load(file, cal)
	require.False(t, plan.Failed(problems))
	p.Consequences = nil // what adds up is counted in the ledger: the preview cannot foretell it
	store, err := ledger.Open(t.Context(), c.DatabaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	tc, err := client.Dial(client.Options{HostPort: c.Address, Namespace: c.Namespace})
	require.NoError(t, err)
	t.Cleanup(tc.Close)

	start := p.Issued.At(0, 0, calendar.Beijing)
	to := calendar.NewDay(2021, 5, 20).End(calendar.Beijing)
	clock := calendar.Clock{Epoch: time.Now().Add(20 * time.Second), Start: start, Rate: float64(24*time.Hour) / float64(300*time.Millisecond)}
	eng := engine.New(tc, store, 2*time.Hour, time.Now, log)
	_, err = eng.Launch(t.Context(), p, cal, engine.LaunchOptions{At: start, Clock: clock, Grace: 100 * 24 * time.Hour})
	require.NoError(t, err)
	require.True(t, time.Now().Before(clock.Epoch), "armed in time")
	require.Contains(t, o.starter("plan", "launch", file), "此前已启动")

	require.Eventually(t, func() bool { return clock.Plan(time.Now()).After(start.AddDate(0, 0, 22)) }, time.Minute, 50*time.Millisecond)
	first(syscall.SIGKILL)

	var foretold []plan.Foretold
	want := 0
	for _, f := range act.Preview(p, cal, start, calendar.Day{}) {
		if f.At.Before(to) {
			foretold = append(foretold, f)
			want += len(f.To)
		}
	}
	require.Eventually(t, func() bool { return said(t, store, to) >= want }, 3*time.Minute, 200*time.Millisecond, "all %d said", want)
	stages, err := store.Stages(t.Context(), p.ID, "")
	require.NoError(t, err)
	notices, err := store.Notices(t.Context(), ledger.NoticeFilter{Plan: p.ID})
	require.NoError(t, err)
	require.Empty(t, rehearse.Compare(foretold, stages, notices, to, rehearse.Chain{}))
	_, err = store.Verify(t.Context())
	require.NoError(t, err)
	require.Contains(t, o.starter("ledger", "verify"), "台账完整")
	second(syscall.SIGTERM)
	t.Logf("%d stages × recipients on the cluster as foretold", want)
}

func said(t *testing.T, store *ledger.Store, to time.Time) int {
	sent, err := store.Notices(context.Background(), ledger.NoticeFilter{States: []string{ledger.Sent}})
	require.NoError(t, err)
	n := 0
	for _, s := range sent {
		if s.SpeakAt.Before(to) {
			n++
		}
	}
	return n
}

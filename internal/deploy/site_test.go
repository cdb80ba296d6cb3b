package deploy_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"duban/internal/calendar"
	"duban/internal/deploy/cluster"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/rehearse"
	"duban/seeds"
)

// long holds every fault for as long as it lasts in life: `make chaos`.
var long = flag.Bool("chaos.long", false, "hold every fault for a minute, through the whole year")

// city is a cluster as a city has it: Temporal's own server and the ledger on a
// PostgreSQL, three worker processes, a mail server. All of it can fail.
type city struct {
	*office
	cluster.Cluster
	postgres *ledgertest.Server
	proxy    *ledgertest.Proxy // between the workers and the ledger
	mail     []*rehearse.MailServer
	workers  []*exec.Cmd
	ended    []chan error
	address  string // of the ledger, past the proxy
}

func newCity(t *testing.T) *city {
	c := &city{postgres: ledgertest.Own(t)}
	c.Cluster = cluster.On(t, c.postgres.Address)
	c.address = c.DatabaseURL
	c.proxy, c.Cluster.DatabaseURL = ledgertest.NewProxy(t, c.DatabaseURL)
	for range 2 { // the third worker has a mail server to itself
		m, err := rehearse.Listen()
		require.NoError(t, err)
		t.Cleanup(func() { m.Close() })
		c.mail = append(c.mail, m)
	}
	c.office = newOffice(t, c.Cluster)
	return c
}

// run starts the worker of a place.
func (c *city) run(i int) error {
	server, port, err := net.SplitHostPort(c.mail[i/2].Address)
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(c.bin, "worker"))
	cmd.Env = append(c.env, "SMTP_HOST="+server, "SMTP_PORT="+port, "SMTP_TLS=none", "SMTP_FROM=督办 <duban@city.example>")
	out, err := os.OpenFile(filepath.Join(c.bin, fmt.Sprintf("worker-%d.log", i)), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	c.workers[i], c.ended[i] = cmd, ended
	return nil
}

func (c *city) Start(context.Context) error {
	c.workers, c.ended = make([]*exec.Cmd, 3), make([]chan error, 3)
	c.t.Cleanup(func() {
		for _, w := range c.workers {
			if w != nil {
				_ = w.Process.Kill()
			}
		}
	})
	for i := range c.workers {
		if err := c.run(i); err != nil {
			return err
		}
	}
	return nil
}

func (c *city) Ledger() string { return c.address }

func (c *city) Dial() (client.Client, error) {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	return client.NewLazyClient(client.Options{HostPort: c.Address, Namespace: c.Namespace, Logger: log.NewStructuredLogger(quiet)})
}

func (c *city) Gone() error          { return nil }
func (c *city) Spent() time.Duration { return 0 }

func (c *city) Received(carriers map[string][]string) map[string]int {
	all := map[string]int{}
	for _, m := range c.mail {
		for key, n := range m.Received(carriers) {
			all[key] += n
		}
	}
	return all
}

func (c *city) Stop() (err error) {
	for i, w := range c.workers {
		c.t.Logf("memory of worker %d: %s", i, memory(w.Process.Pid))
	}
	for i := range c.workers {
		err = errors.Join(err, c.end(i, syscall.SIGTERM))
	}
	return err
}

// end ends the worker of a place. A clean stop takes at most half a minute.
func (c *city) end(i int, with syscall.Signal) error {
	if err := c.workers[i].Process.Signal(with); err != nil {
		return fmt.Errorf("worker %d: %w", i, err)
	}
	select {
	case err := <-c.ended[i]:
		if with == syscall.SIGTERM && err != nil {
			return fmt.Errorf("worker %d did not stop cleanly: %w", i, err)
		}
		return nil
	case <-time.After(45 * time.Second):
		return fmt.Errorf("worker %d did not stop", i)
	}
}

// memory is the most that a process has had, as Linux says it.
func memory(pid int) string {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(raw)) {
		if most, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(most)
		}
	}
	return "unknown"
}

// hold waits.
func hold(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func (c *city) Faults() []rehearse.Fault {
	type hit = func(ctx context.Context, d time.Duration, random *rand.Rand) error
	proxied := func(m ledgertest.Mode) hit {
		return func(ctx context.Context, d time.Duration, _ *rand.Rand) error {
			c.proxy.Set(m)
			hold(ctx, d)
			c.proxy.Set(ledgertest.Pass)
			return nil
		}
	}
	mail := func(server int, mode rehearse.MailMode) hit {
		return func(ctx context.Context, d time.Duration, _ *rand.Rand) error {
			c.mail[server].Become(mode)
			hold(ctx, d)
			c.mail[server].Become(rehearse.Works)
			return nil
		}
	}
	faults := []rehearse.Fault{
		{Name: "worker-kill", Hit: func(ctx context.Context, _ time.Duration, random *rand.Rand) error {
			i := random.IntN(len(c.workers))
			if err := c.end(i, syscall.SIGKILL); err != nil {
				return err
			}
			return c.run(i)
		}},
		{Name: "worker-stop", Hit: func(ctx context.Context, d time.Duration, random *rand.Rand) error {
			w := c.workers[random.IntN(len(c.workers))]
			if err := w.Process.Signal(syscall.SIGSTOP); err != nil {
				return err
			}
			hold(ctx, d)
			return w.Process.Signal(syscall.SIGCONT)
		}},
		{Name: "rolling", Hit: func(ctx context.Context, _ time.Duration, _ *rand.Rand) error {
			for i := range c.workers {
				if err := c.end(i, syscall.SIGTERM); err != nil {
					return err
				}
				if err := c.run(i); err != nil {
					return err
				}
				hold(ctx, 500*time.Millisecond)
			}
			return nil
		}},
		{Name: "temporal-kill", Hit: func(ctx context.Context, d time.Duration, _ *rand.Rand) error {
			if err := c.Kill(); err != nil {
				return err
			}
			hold(ctx, d)
			return c.Server.Start(context.WithoutCancel(ctx))
		}},
		{Name: "postgres-kill", Hit: func(ctx context.Context, d time.Duration, _ *rand.Rand) error {
			if err := c.postgres.Kill(); err != nil {
				return err
			}
			hold(ctx, d/4)
			return c.postgres.Start(context.WithoutCancel(ctx))
		}},
		{Name: "ledger-refuses", Hit: proxied(ledgertest.Refuse)},
		{Name: "ledger-silent", Hit: proxied(ledgertest.Silent)},
		{Name: "ledger-cut", Hit: func(ctx context.Context, d time.Duration, random *rand.Rand) error {
			for end := time.Now().Add(d); time.Now().Before(end) && ctx.Err() == nil; {
				c.proxy.Cut()
				hold(ctx, time.Duration(random.IntN(400))*time.Millisecond)
			}
			return nil
		}},
		{Name: "mail-of-one-down", Hit: mail(1, rehearse.Down)},
	}
	for _, m := range rehearse.MailModes {
		faults = append(faults, rehearse.Fault{Name: "mail-" + string(m), Hit: mail(0, m)})
	}
	return faults
}

// TestThreeWorkersSurvive is a spring on a cluster of three workers that goes
// through what happens to clusters, in turn: nothing is lost, nothing is said
// twice, no workflow failed.
func TestThreeWorkersSurvive(t *testing.T) {
	faults := []string{"worker-kill", "worker-stop", "rolling", "temporal-kill", "postgres-kill", "ledger-silent", "ledger-cut", "mail-of-one-down"}
	o := rehearse.Options{Hold: 4 * time.Second, Gap: 2 * time.Second, To: calendar.NewDay(2021, 5, 15), Still: 3 * time.Minute}
	c := newCity(t)
	if *long {
		o.Hold, o.Gap, o.To, o.Still = time.Minute, 8*time.Second, calendar.NewDay(2021, 12, 31), 15*time.Minute
		faults = nil
		for _, f := range c.Faults() {
			faults = append(faults, f.Name)
		}
	}
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := plan.Load(filepath.Join("..", "..", "seeds", "jincheng-2021-water", "plan.yaml"), cal)
	require.False(t, plan.Failed(problems))
	o.Plan, o.Calendar, o.Window, o.Dir, o.Site, o.Faults, o.Seed = p, cal, 2*time.Hour, filepath.Join(t.TempDir(), "city"), c, faults, 5
	o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	most := c.connections()
	r, err := rehearse.Run(t.Context(), o)
	t.Logf("connections at the most: %v", most())
	t.Logf("a day in %s, %d foretold, %d messages, in %s", r.Day, r.Foretold, r.Messages, r.Took.Round(time.Second))
	table(t, r)
	for _, d := range r.Differences {
		t.Logf("%+v", d)
	}
	if err != nil {
		c.logs()
	}
	require.NoError(t, err)
	require.Zero(t, r.Lost+r.Twice)
	tc, err := c.Dial()
	require.NoError(t, err)
	defer tc.Close()
	require.Zero(t, failed(t, tc), "workflows that failed")
}

// table prints what happened, for `make chaos`.
func table(t *testing.T, r rehearse.Result) {
	lines := []string{fmt.Sprintf("%-18s %5s", "fault", "times")}
	for _, f := range r.Faults {
		lines = append(lines, fmt.Sprintf("%-18s %5d", f.Fault, f.Times))
	}
	t.Logf("\n%s\nlost %d, twice %d", strings.Join(lines, "\n"), r.Lost, r.Twice)
}

// logs prints what the workers complained of last.
func (c *city) logs() {
	for i := range c.workers {
		text, _ := os.ReadFile(filepath.Join(c.bin, fmt.Sprintf("worker-%d.log", i)))
		c.t.Logf("worker %d: %s", i, text[max(0, len(text)-3000):])
	}
}

// connections watches PostgreSQL, and gives the most connections it saw to the
// ledger and to Temporal's two databases.
func (c *city) connections() (most func() map[string]int) {
	ctx, stop := context.WithCancel(c.t.Context())
	seen, done := map[string]int{}, make(chan struct{})
	go func() {
		defer close(done)
		db, err := sql.Open("postgres", c.address)
		if err != nil {
			return
		}
		defer db.Close()
		for ; ctx.Err() == nil; hold(ctx, time.Second) {
			rows, err := db.QueryContext(ctx, `SELECT CASE WHEN datname LIKE '%_t' THEN 'temporal' WHEN datname LIKE '%_v' THEN 'visibility' ELSE 'ledger' END, count(*)
				FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid() GROUP BY 1`)
			if err != nil {
				continue // it was killed
			}
			for rows.Next() {
				var name string
				var n int
				if rows.Scan(&name, &n) == nil {
					seen[name] = max(seen[name], n)
				}
			}
			rows.Close()
		}
	}()
	return func() map[string]int { stop(); <-done; return seen }
}

// failed counts the workflows that ended by anything but their own meaning.
func failed(t *testing.T, c client.Client) int64 {
	n, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: "ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut' OR ExecutionStatus = 'Terminated'",
	})
	require.NoError(t, err)
	return n.Count
}

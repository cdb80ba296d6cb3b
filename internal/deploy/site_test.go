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
	"mime"
	"net"
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
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"duban/internal/calendar"
	"duban/internal/deploy/cluster"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/planfile"
	"duban/internal/rehearse"
	"duban/internal/strictyaml"
	"duban/seeds"
)

var seed = filepath.Join("..", "..", "seeds", "jincheng-2021-water", "plan.yaml")

// long holds every fault for as long as it lasts in life: `make chaos`.
var long = flag.Bool("chaos.long", false, "hold every fault for a minute, through the whole year")

// city is a cluster as a city has it: Temporal's own server and the ledger on a
// PostgreSQL, three worker processes that are set differently, two mail servers.
// All of it can fail. A fourth worker, whose clock is wrong, never gets to work.
type city struct {
	*office
	cluster.Cluster
	postgres *ledgertest.Server
	proxy    *ledgertest.Proxy // between the workers and the ledger
	mail     []*rehearse.MailServer
	workers  []*exec.Cmd // the fourth is the one that does not work
	ended    []chan error
	settings [][]string // their environments
	address  string     // of the ledger, past the proxy
}

func newCity(t *testing.T) *city {
	c := &city{postgres: ledgertest.Own(t)}
	c.Cluster = cluster.On(t, c.postgres.Address)
	c.address = c.DatabaseURL
	c.proxy, c.Cluster.DatabaseURL = ledgertest.NewProxy(t, c.DatabaseURL)
	for range 2 {
		m, err := rehearse.Listen()
		require.NoError(t, err)
		t.Cleanup(func() { m.Close() })
		c.mail = append(c.mail, m)
	}
	c.office = newOffice(t, c.Cluster)
	return c
}

const (
	working = 3 // workers; the one after them has a wrong clock
	sender  = "督办 <duban@city.example>"
)

// set is what the worker of a place is set to. The first one decides for the
// office; the second has no mail server, the third another one and another sender
// in its settings and a clock that is two seconds away from the ledger's, and the
// fourth is two minutes away.
func (c *city) set(i int) []string {
	mail := func(m *rehearse.MailServer, from string) []string {
		server, port, err := net.SplitHostPort(m.Address)
		require.NoError(c.t, err)
		return []string{"SMTP_HOST=" + server, "SMTP_PORT=" + port, "SMTP_TLS=none", "SMTP_FROM=" + from}
	}
	return append(slices.Clone(c.env), [][]string{
		mail(c.mail[0], sender),
		{"DUBAN_LANG=en"},
		append(mail(c.mail[1], "Another <another@city.example>"), "DUBAN_LANG=en", "DATABASE_URL="+c.apart("2 seconds")),
		append(mail(c.mail[0], sender), "DATABASE_URL="+c.apart("2 minutes"), "LOG_LEVEL=info"),
	}[i]...)
}

// apart is the ledger's address for a worker whose clock is away from the
// ledger's: PostgreSQL tells whoever comes that way another time.
func (c *city) apart(by string) string {
	schema := "apart_" + strings.ReplaceAll(by, " ", "_")
	db, err := sql.Open("postgres", c.address)
	require.NoError(c.t, err)
	defer db.Close()
	for end := time.Now().Add(10 * time.Minute); ; hold(c.t.Context(), 100*time.Millisecond) { // it may have been killed just now
		if _, err = db.Exec(`CREATE SCHEMA IF NOT EXISTS ` + schema + `; CREATE OR REPLACE FUNCTION ` + schema + `.clock_timestamp() RETURNS timestamptz
			LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() - interval '` + by + `' $$`); err == nil || time.Now().After(end) {
			break
		}
	}
	require.NoError(c.t, err)
	u, err := url.Parse(c.Cluster.DatabaseURL)
	require.NoError(c.t, err)
	q := u.Query()
	q.Set("search_path", schema+",pg_catalog,public")
	u.RawQuery = q.Encode()
	return u.String()
}

// run starts the worker of a place.
func (c *city) run(i int) error {
	cmd := exec.Command(filepath.Join(c.bin, "worker"))
	cmd.Env = c.settings[i]
	out, err := os.OpenFile(c.log(i), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
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

func (c *city) log(i int) string { return filepath.Join(c.bin, fmt.Sprintf("worker-%d.log", i)) }

func (c *city) Start(ctx context.Context) error {
	c.workers, c.ended = make([]*exec.Cmd, working+1), make([]chan error, working+1)
	c.t.Cleanup(func() {
		for _, w := range c.workers {
			if w != nil {
				_ = w.Process.Kill()
			}
		}
	})
	for i := range c.workers {
		c.settings = append(c.settings, c.set(i))
	}
	for i := range c.workers {
		if err := c.run(i); err != nil {
			return err
		}
		if i == 0 {
			c.decided(ctx)
		}
	}
	return nil
}

// decided waits until the first worker has decided for the office.
func (c *city) decided(ctx context.Context) {
	store, err := ledger.Open(ctx, c.address)
	require.NoError(c.t, err)
	defer store.Close()
	require.Eventually(c.t, func() bool {
		office, err := store.Office(ctx)
		return err == nil && office[ledger.OfficeSender] == sender && office[ledger.OfficeLanguage] == "zh"
	}, 10*time.Minute, 50*time.Millisecond, "the first worker decides")
}

// oneOffice asserts that however the workers are set, all letters are one office's,
// and that the worker with the wrong clock said so and did not work.
func (c *city) oneOffice() {
	n, ids, came := map[int]int{}, map[string]bool{}, 0
	for i, m := range c.mail {
		for _, head := range m.Heads() {
			n[i]++
			came++
			ids[head.Get("Message-ID")] = true
			from, err := head.AddressList("From")
			require.NoError(c.t, err)
			require.Equal(c.t, "duban@city.example", from[0].Address)
			subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
			require.NoError(c.t, err)
			require.Contains(c.t, subject, "《", "the office writes in one language")
		}
	}
	c.t.Logf("letters by mail server: %v, of them %d again under the same Message-ID", n, came-len(ids))
	require.Len(c.t, n, len(c.mail), "each of the two that can send has sent")
	boxed, err := filepath.Glob(filepath.Join(c.dir, "outbox", "*.eml"))
	require.NoError(c.t, err)
	require.Empty(c.t, boxed, "who has no mail server sends nothing")
	for i, want := range map[int]string{1: "set otherwise", 2: "clock differs", working: "clock differs"} {
		said, err := os.ReadFile(c.log(i))
		require.NoError(c.t, err)
		require.Contains(c.t, string(said), want, "worker %d", i)
	}
	said, err := os.ReadFile(c.log(working))
	require.NoError(c.t, err)
	require.NotContains(c.t, string(said), "Worker is ready")
}

func (c *city) Ledger() string { return c.address }

func (c *city) Dial() (client.Client, error) {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	return client.NewLazyClient(client.Options{HostPort: c.Address, Namespace: c.Namespace, Logger: log.NewStructuredLogger(quiet)})
}

func (c *city) Gone() error          { return nil }
func (c *city) Spent() time.Duration { return 0 }

func (c *city) Received(carriers map[string][]string) map[string]int {
	return rehearse.Received(carriers, c.mail...)
}

// Stop looks, before the workers end, at what commands say.
func (c *city) Stop() (err error) {
	require.Contains(c.t, c.starter("plan", "launch", seed), "此前已启动")
	require.Contains(c.t, c.starter("ledger", "verify"), "台账完整")
	for i, w := range c.workers {
		c.t.Logf("memory of worker %d: %s", i, memory(w.Process.Pid))
	}
	for i := range c.workers {
		err = errors.Join(err, c.end(i, syscall.SIGTERM))
	}
	return err
}

// end ends the worker of a place. By its own limits a clean stop takes half a minute; a busy machine takes more.
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
	case <-time.After(10 * time.Minute):
		return fmt.Errorf("worker %d did not stop", i)
	}
}

// rebooted kills a worker at random and starts it again while something is away: it
// says for whom it waits. It comes to work by itself when that is back.
func (c *city) rebooted(ctx context.Context, random *rand.Rand, waits string) error {
	i := random.IntN(working)
	if err := c.end(i, syscall.SIGKILL); err != nil {
		return err
	}
	before, err := os.ReadFile(c.log(i))
	if err != nil {
		return err
	}
	if err := c.run(i); err != nil {
		return err
	}
	for until := time.Now().Add(10 * time.Minute); ctx.Err() == nil; hold(ctx, 100*time.Millisecond) {
		said, err := os.ReadFile(c.log(i))
		if err != nil || strings.Contains(string(said[len(before):]), waits) {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("worker %d does not say %q:\n%s", i, waits, said[len(before):])
		}
	}
	return ctx.Err()
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
			i := random.IntN(working)
			if err := c.end(i, syscall.SIGKILL); err != nil {
				return err
			}
			return c.run(i)
		}},
		{Name: "worker-stop", Hit: func(ctx context.Context, d time.Duration, random *rand.Rand) error {
			w := c.workers[random.IntN(working)]
			if err := w.Process.Signal(syscall.SIGSTOP); err != nil {
				return err
			}
			hold(ctx, d)
			return w.Process.Signal(syscall.SIGCONT)
		}},
		{Name: "rolling", Hit: func(ctx context.Context, _ time.Duration, _ *rand.Rand) error {
			for i := range working {
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
		{Name: "temporal-kill", Hit: func(ctx context.Context, d time.Duration, random *rand.Rand) error {
			if err := c.Kill(); err != nil {
				return err
			}
			err := c.rebooted(ctx, random, "Waiting for temporal")
			hold(ctx, d)
			return errors.Join(err, c.Server.Start(context.WithoutCancel(ctx)))
		}},
		{Name: "postgres-kill", Hit: func(ctx context.Context, d time.Duration, random *rand.Rand) error {
			if err := c.postgres.Kill(); err != nil {
				return err
			}
			err := c.rebooted(ctx, random, "Waiting for ledger")
			hold(ctx, d/4)
			return errors.Join(err, c.postgres.Start(context.WithoutCancel(ctx)))
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
// twice, no workflow failed, and all that is said is one office's though the
// workers are set differently.
func TestThreeWorkersSurvive(t *testing.T) {
	faults := []string{"worker-kill", "worker-stop", "rolling", "temporal-kill", "postgres-kill", "ledger-silent", "ledger-cut", "mail-of-one-down"}
	o := rehearse.Options{Hold: 4 * time.Second, Gap: 2 * time.Second, To: calendar.NewDay(2021, 5, 15), Still: 10 * time.Minute}
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
	p, problems := planfile.Load(seed, cal)
	require.False(t, strictyaml.Failed(problems))
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
	c.oneOffice()
	tc, err := c.Dial()
	require.NoError(t, err)
	defer tc.Close()
	require.Empty(t, failed(t, tc), "workflows that failed")
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
		text, _ := os.ReadFile(c.log(i))
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

// failed are the workflows that ended by anything but their own meaning and were
// not started again since. (What the comparison with the ledger starts again, it
// terminates before.)
func failed(t *testing.T, c client.Client) map[string]string {
	out := map[string]string{}
	for page := []byte(nil); ; {
		r, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: "ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut' OR ExecutionStatus = 'Terminated'", NextPageToken: page,
		})
		require.NoError(t, err)
		for _, e := range r.GetExecutions() {
			last, err := c.DescribeWorkflowExecution(t.Context(), e.GetExecution().GetWorkflowId(), "")
			require.NoError(t, err)
			again := last.GetWorkflowExecutionInfo().GetExecution().GetRunId() != e.GetExecution().GetRunId()
			t.Logf("%s %s, started again: %v", e.GetStatus(), e.GetExecution().GetWorkflowId(), again)
			if !again {
				out[e.GetExecution().GetWorkflowId()] = e.GetStatus().String()
			}
		}
		if page = r.GetNextPageToken(); len(page) == 0 {
			return out
		}
	}
}

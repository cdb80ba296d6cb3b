package host_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/door"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/settings"
	"duban/seeds"
)

// TestMain runs six tests at the same time unless -parallel is given: most of their time
// they wait, for a fast clock or for a fault that lasts. With DUBAN_TEST_WORKER or
// DUBAN_TEST_AGAIN set it is the process that a test has started.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DUBAN_TEST_WORKER"); dir != "" {
		if err := workHere(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if file := os.Getenv("DUBAN_TEST_AGAIN"); file != "" {
		os.Exit(beginAgain(file))
	}
	_ = flag.Set("test.parallel", "6") // before the command line is read
	os.Exit(m.Run())
}

// world is a real engine in this process on a folder of its own: Temporal on
// SQLite, the ledger, the worker, an outbox.
type world struct {
	t   *testing.T
	cfg settings.Config
	cal *calendar.Calendar
	*host.Host
}

func config(t *testing.T) settings.Config {
	dir := t.TempDir()
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false"})
	require.NoError(t, err)
	return cfg
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func open(t *testing.T, cfg settings.Config, work bool) *world {
	t.Helper()
	return openAs(t, cfg, host.Options{Embedded: true, Work: work, Rehearsal: true, Out: io.Discard, Log: quiet})
}

func openAs(t *testing.T, cfg settings.Config, o host.Options) *world {
	t.Helper()
	o.Patience = hang
	h, err := host.Open(t.Context(), cfg, o)
	require.NoError(t, err)
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	h.Engine.AnswerWithin(0) // a busy machine may take long to answer
	w := &world{t: t, cfg: cfg, cal: cal, Host: h}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// Close stops the engine and waits until its folder is free. Host.Close leaves a part
// running that does not end within 30 s. A program would end then, but the test process
// goes on, and the test may change the files or open them again.
func (w *world) Close() error {
	err := w.Host.Close()
	free(w.t, w.cfg.Dir)
	return err
}

// free waits until no engine of this process uses a folder.
func free(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "temporal.lock")); errors.Is(err, os.ErrNotExist) {
		return
	}
	require.Eventually(t, func() bool {
		lock, err := door.Take(dir)
		if err == nil {
			lock.Release()
		}
		return !errors.Is(err, door.ErrInUse)
	}, hang, 20*time.Millisecond, "the engine of %s ends", dir)
}

// dated is the YAML of one task of a small plan, with this due day.
func dated(id, due string) string {
	return fmt.Sprintf("      - {id: %s, title: 任务%s, due: %s, source: 限期完成}\n", id, id, due)
}

// aboutAcknowledging finds the lines of a policy's stages that are left out once the unit
// has acknowledged.
var aboutAcknowledging = regexp.MustCompile(`(?m)^.*unless: acknowledged .*\n`)

// smallPlan writes and loads a plan of one clause with the given entries, and gives it with
// its file. policy is the name of a seeded policy; "nine" is the standard policy without the
// stages about the acknowledgement, and any other name the standard policy with talks that
// open on approval.
func smallPlan(t *testing.T, id, issued, policy string, entries ...string) (*plan.Plan, string) {
	t.Helper()
	dir := t.TempDir()
	units := "units:\n"
	for _, u := range []string{"shuiwu 市水务局 city_department", "duban 协调办 office", "lingdao 领导小组 leadership"} {
		f := strings.Fields(u)
		units += fmt.Sprintf("  - id: %s\n    name: %s\n    kind: %s\n    contacts:\n", f[0], f[1], f[2])
		for _, role := range []string{"liaison", "deputy", "head", "office", "leader"} {
			units += fmt.Sprintf("      - {role: %s, name: %s%s, email: %s@%s.example}\n", role, f[1], role, role, f[0])
		}
	}
	text := fmt.Sprintf("id: %s\ntitle: 示范计划\nnumber: 〔2021〕1号\nissuer: 市政府\nissued: %s\nyear: 2021\npolicy: %s\noffice: duban\nleadership: lingdao\nunits: units.yaml\nclauses:\n  - id: \"1\"\n    chapter: 一、任务\n    heading: （一）\n    title: 1.任务\n    place: 一（一）1\n    brackets:\n      - [市水务局]\n    text: 限期完成。\n    tasks:\n%s", id, issued, policy, strings.Join(entries, ""))
	if policy != "standard" && policy != "13710" && policy != "soft" {
		policies := bytes.Replace(seeds.Policies, []byte("name: standard"), []byte("name: "+policy), 1)
		if policy == "nine" {
			policies = aboutAcknowledging.ReplaceAll(policies, nil)
		} else {
			policies = bytes.ReplaceAll(policies, []byte("open: at_once"), []byte("open: on_approval"))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "policies.yaml"), policies, 0o600))
		text = strings.Replace(text, "units: units.yaml", "units: units.yaml\npolicies: policies.yaml", 1)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "units.yaml"), []byte(units), 0o600))
	file := filepath.Join(dir, "plan.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(file, cal)
	for _, pr := range problems {
		require.True(t, pr.Warning, "%+v", pr)
	}
	return saidAtOnce(p), file
}

// saidAtOnce takes the rhythm out of a plan's policies, so that every word is sent at its own
// speaking time. These tests are about how words are sent, and on their clocks the Monday
// on which a weekly page is sent may never come.
func saidAtOnce(p *plan.Plan) *plan.Plan {
	for name, policy := range p.Policies {
		policy.Rhythm = plan.Rhythm{}
		p.Policies[name] = policy
	}
	return p
}

// fast is a clock that begins at midnight of the plan's issue, after lead of real time, and
// on which a day of the plan takes day of real time.
func fast(p *plan.Plan, day, lead time.Duration) calendar.Clock {
	return calendar.Clock{Epoch: time.Now().Add(lead), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: float64(24*time.Hour) / float64(day)}
}

// launch launches a plan, and launches it again where it was given up. The comparison at the
// worker's start comes before, or it would mend on a busy machine what the test breaks later.
func (w *world) launch(p *plan.Plan, clock calendar.Clock) engine.LaunchReport {
	w.t.Helper()
	w.Compared()
	for ends := time.Now().Add(hang); ; {
		report, err := w.Engine.Launch(w.t.Context(), p, w.cal, engine.LaunchOptions{At: p.Issued.At(0, 0, calendar.Beijing), Clock: clock, Grace: 100 * 24 * time.Hour, ArmWait: hang})
		late := errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*serviceerror.DeadlineExceeded))
		if late && time.Now().Before(ends) {
			continue // the machine was too busy, or the ledger locked by a test whose clock went on: the plan is launched again, as a person would
		}
		require.NoError(w.t, err)
		return report
	}
}

// hang is how long a test waits before it fails: long enough for a slow and busy machine.
const hang = 10 * time.Minute

// endingOn is the clock c stopped at the start of a day: stages after that never fall due,
// however long the test takes.
func endingOn(c calendar.Clock, day calendar.Day) calendar.Clock {
	c.End = day.At(0, 0, calendar.Beijing)
	return c
}

// eventually waits until fact is true, and fails with what after hang.
func (w *world) eventually(what string, fact func(ctx context.Context) bool) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return fact(context.Background()) }, hang, 50*time.Millisecond, what)
}

// lawful requires that the daily audit's laws find nobody chased against them.
func (w *world) lawful(planID string) {
	w.t.Helper()
	found, err := audit.Breaches(w.t.Context(), w.Ledger, planID, time.Now, nil)
	require.NoError(w.t, err)
	require.Empty(w.t, found)
}

// told lists the notices of a task that were sent, as STAGE → RECIPIENT, without those that
// gave the task to its units.
func (w *world) told(planID, task string) []string {
	w.t.Helper()
	notices, err := w.Ledger.Notices(w.t.Context(), ledger.NoticeFilter{Plan: planID, Task: task, States: []ledger.NoticeState{ledger.Sent}})
	require.NoError(w.t, err)
	var out []string
	for _, n := range notices {
		if n.Stage != act.OrderID {
			out = append(out, n.Stage+" → "+n.Recipient.String())
		}
	}
	return out
}

// verify closes a task by the office's act Verify, in the name of an account.
func (w *world) verify(planID, task, account string) error {
	return w.Engine.Act(context.Background(), planID, task, act.Act{
		ID: "verify-" + account, Kind: act.Verify, By: act.Actor{Account: account, Name: account, Unit: "duban"}, Reason: "核查属实",
	})
}

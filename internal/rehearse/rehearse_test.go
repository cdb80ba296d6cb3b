package rehearse_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/settings"
	"duban/internal/strictyaml"
	"duban/seeds"
)

// TestMain lets this test binary be the engine process that rehearsals start
// and kill.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "engine" {
		if err := runEngine(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func runEngine(asJSON string) error {
	var e rehearse.Engine
	if err := json.Unmarshal([]byte(asJSON), &e); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	environ := map[string]string{"DUBAN_DIR": e.Dir, "DUBAN_TEMPORAL_PORT": fmt.Sprint(e.Port), "DUBAN_UI": "false"}
	if e.Mail != "" {
		server, port, err := net.SplitHostPort(e.Mail)
		if err != nil {
			return err
		}
		environ["SMTP_HOST"], environ["SMTP_PORT"], environ["SMTP_TLS"], environ["SMTP_FROM"] = server, port, "none", "督办 <duban@rehearsal.example>"
	}
	cfg, err := settings.Load(environ)
	if err != nil {
		return err
	}
	if e.Statements != "" {
		ledger.Trouble(e.Statements)
	}
	h, err := host.Open(ctx, cfg, host.Options{Embedded: !e.Join, Work: true, Rehearsal: true, Out: io.Discard, Log: slog.Default()})
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Wait(ctx)
}

func spawn(e rehearse.Engine) *exec.Cmd {
	asJSON, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return exec.Command(os.Args[0], "engine", string(asJSON))
}

func options(t *testing.T) rehearse.Options {
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(filepath.Join("..", "..", "seeds", "jincheng-2021-water", "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems))
	return rehearse.Options{
		Plan: p, Calendar: cal, Window: 2 * time.Hour, Dir: filepath.Join(t.TempDir(), "rehearsal"), Spawn: spawn,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), // why a year began again, when the test fails
	}
}

func TestTheSpringOf2021HappensAsForetoldThoughTheEngineIsKilled(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Day, o.Faults, o.Seed = 250*time.Millisecond, []string{"kill"}, 7
	o.To = calendar.NewDay(2021, 6, 20)
	// The office has imported another notice than the program brings with it.
	const rests = "2021-05-24"
	require.Positive(t, speaking(t, o, rests), "the day says nothing of the notice")
	year := o.Calendar.Years()[slices.IndexFunc(o.Calendar.Years(), func(y calendar.Year) bool { return y.Year == 2021 })]
	year.Days = append(slices.Clone(year.Days), calendar.Holiday{Name: "放假", Date: calendar.NewDay(2021, 5, 24), IsOffDay: true})
	o.Calendar = o.Calendar.With(year)
	require.Zero(t, speaking(t, o, rests))
	months := map[string]bool{}
	o.Watch = func(p rehearse.Progress) { months[p.Now.In(calendar.Beijing).Format("2006-01")] = true }
	r, err := rehearse.Run(t.Context(), o)
	require.NoError(t, err, "%+v", r.Differences)
	require.Empty(t, r.Differences)
	require.Positive(t, r.Faults[0].Times)
	require.Equal(t, 80, r.Tasks)
	require.Greater(t, r.Foretold, 400)
	require.Greater(t, r.Messages, 50, "on a slow machine the words of several mornings share a message")
	require.Subset(t, keys(months), []string{"2021-04", "2021-05", "2021-06"})
	mails, err := filepath.Glob(filepath.Join(o.Dir, "outbox", "*.eml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(mails), r.Messages)
	idle(t, o)
}

// speaking is how many stages are foretold for a day.
func speaking(t *testing.T, o rehearse.Options, day string) (n int) {
	t.Helper()
	for _, f := range script.Foretell(o.Plan, o.Calendar, o.Plan.Issued.At(0, 0, calendar.Beijing), o.To, nil, nil).Stages {
		if f.At.In(calendar.Beijing).Format(time.DateOnly) == day {
			n++
		}
	}
	return n
}

// idle starts a finished rehearsal's engine again: the plan clock has ended, so once the
// last day is settled there may be nothing new in the ledger or in a Temporal history.
func idle(t *testing.T, o rehearse.Options) {
	t.Helper()
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": o.Dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false"})
	require.NoError(t, err)
	h, err := host.Open(t.Context(), cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Out: io.Discard, Log: o.Log})
	require.NoError(t, err)
	defer h.Close()
	size := func() (lines, events int64) {
		lines, err := h.Ledger.Verify(t.Context())
		require.NoError(t, err)
		for page := []byte(nil); ; {
			r, err := h.Client.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000, NextPageToken: page})
			require.NoError(t, err)
			for _, e := range r.Executions {
				d, err := h.Client.DescribeWorkflowExecution(t.Context(), e.Execution.WorkflowId, e.Execution.RunId)
				require.NoError(t, err)
				events += d.WorkflowExecutionInfo.HistoryLength
			}
			if page = r.NextPageToken; len(page) == 0 {
				return lines, events
			}
		}
	}
	var lines, events int64
	unchanged := 0
	require.Eventually(t, func() bool {
		l, e := size()
		if l == lines && e == events {
			unchanged++
		} else {
			t.Logf("%d lines, %d events", l, e)
			unchanged = 0
		}
		lines, events = l, e
		return unchanged == 5
	}, 10*time.Minute, time.Second, "it does not come to rest")
	notices, err := h.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: o.Plan.ID, States: []ledger.NoticeState{ledger.Sent}})
	require.NoError(t, err)
	for _, n := range notices {
		require.True(t, n.SpeakAt.Before(o.To.End(calendar.Beijing)), "%+v was said after the last day", n)
	}
}

func keys(m map[string]bool) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

// held is what a ledger holds when all went as foretold.
func held(foretold []plan.Foretold) (stages []ledger.Stage, notices []ledger.Notice) {
	for _, f := range foretold {
		stages = append(stages, ledger.Stage{Task: f.Task, Stage: f.Stage, State: ledger.Decided})
		for _, r := range f.To {
			notices = append(notices, ledger.Notice{
				Effect: ledger.Effect{Task: f.Task, Stage: f.Stage.ID, Recipient: r, Channel: "outbox"},
				Kind:   f.Kind, SpeakAt: f.At, State: ledger.Sent,
			})
		}
	}
	return stages, notices
}

func TestCompareFindsWhateverIsNotAsForetold(t *testing.T) {
	t.Parallel()
	to := time.Date(2021, 6, 30, 16, 0, 0, 0, time.UTC)
	head, office := people.Recipient{Unit: "shuiwu", Role: people.Head}, people.Recipient{Unit: "duban", Role: people.Office}
	warn := plan.Foretold{Task: "t", Stage: plan.Stage{ID: "warn", Kind: plan.Warn, At: time.Date(2021, 6, 7, 1, 0, 0, 0, time.UTC), To: []people.Recipient{head, office}}}
	late := plan.Foretold{Task: "t", Stage: plan.Stage{ID: "talk", Kind: plan.Talk, At: to.AddDate(0, 0, 1), To: []people.Recipient{head}}}
	foretold := []plan.Foretold{warn}
	tests := map[string]struct {
		change func(*[]ledger.Stage, *[]ledger.Notice)
		want   []string
	}{
		"as foretold":  {func(*[]ledger.Stage, *[]ledger.Notice) {}, nil},
		"one not told": {func(_ *[]ledger.Stage, n *[]ledger.Notice) { *n = (*n)[:1] }, []string{"missing t/warn duban/office"}},
		"told to another": {func(_ *[]ledger.Stage, n *[]ledger.Notice) {
			(*n)[1].Recipient = people.Recipient{Unit: "x", Role: people.Head}
		}, []string{"missing t/warn duban/office", "unexpected t/warn x/head"}},
		"on another day":       {func(_ *[]ledger.Stage, n *[]ledger.Notice) { (*n)[0].SpeakAt = warn.At.AddDate(0, 0, 1) }, []string{"moved t/warn shuiwu/head"}},
		"of another kind":      {func(_ *[]ledger.Stage, n *[]ledger.Notice) { (*n)[0].Kind = plan.Urge }, []string{"kind t/warn shuiwu/head"}},
		"not sent":             {func(_ *[]ledger.Stage, n *[]ledger.Notice) { (*n)[0].State = ledger.Unknown }, []string{"unsaid t/warn shuiwu/head"}},
		"told twice":           {func(_ *[]ledger.Stage, n *[]ledger.Notice) { *n = append(*n, (*n)[0]) }, []string{"twice t/warn shuiwu/head"}},
		"stage without a word": {func(s *[]ledger.Stage, _ *[]ledger.Notice) { (*s)[0].ID = "other" }, []string{"unexpected t/other "}},
		"after the period": {func(s *[]ledger.Stage, n *[]ledger.Notice) {
			ls, ln := held([]plan.Foretold{late})
			*s = append(*s, ls...)
			*n = append(*n, ln...)
		}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stages, notices := held(foretold)
			tt.change(&stages, &notices)
			var got []string
			for _, d := range rehearse.Compare(foretold, stages, notices, to, rehearse.Chain{}) {
				got = append(got, fmt.Sprintf("%s %s/%s %s", d.What, d.Task, d.Stage, d.Recipient))
			}
			require.Equal(t, tt.want, got)
		})
	}
}

package host_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/workflows"
)

func (w *world) running(planID, kind string) int64 {
	w.t.Helper()
	n, err := w.Client.CountWorkflow(w.t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: "default", Query: fmt.Sprintf("PlanId='%s' AND WorkflowType='%s'", planID, kind),
	})
	require.NoError(w.t, err)
	return n.GetCount()
}

func many(n int) []string {
	var entries []string
	for i := range n {
		entries = append(entries, dated(fmt.Sprintf("t%03d", i), "2021-12-31"))
	}
	return entries
}

func TestLaunchingTwiceStartsNothingTwice(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "twice", "2021-04-08", "standard", many(40)...)
	clock := fast(p, time.Hour, time.Hour) // begins in an hour: nothing falls due
	first := w.launch(p, clock)
	require.Equal(t, engine.LaunchReport{Tasks: 40, Armed: 40}, first)
	again := w.launch(p, clock)
	require.Equal(t, engine.LaunchReport{Tasks: 40, Armed: 0, Resumed: true}, again)
	w.eventually("visibility", func(context.Context) bool { return w.running("twice", workflows.TaskType) == 40 })
	notices, err := w.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "twice"})
	require.NoError(t, err)
	orders := map[string]int{} // words that give a unit a task, by message
	for _, n := range notices {
		if n.Stage == act.OrderID {
			orders[n.Digest]++
		}
	}
	require.ElementsMatch(t, []int{40, 40}, slices.Collect(maps.Values(orders)), "liaison and deputy: one message each, of all their tasks")

	other, _ := smallPlan(t, "twice", "2021-04-08", "standard", many(41)...)
	report, err := w.Engine.Launch(t.Context(), other, w.cal, engine.LaunchOptions{At: time.Now()})
	require.NoError(t, err)
	require.Equal(t, []any{true, 40, 0}, []any{report.Resumed, report.Tasks, report.Armed}, "the ledger's plan is followed")
	require.Equal(t, []string{"t040"}, []string{report.Differs.Tasks[0].ID}, "and what the files say otherwise is told")
}

// TestALaunchIsFinishedWhateverBecameOfItsFiles: an interrupted launch is finished by the plan in the ledger, when the
// files have other bytes and a raised policy by then, and without any files.
func TestALaunchIsFinishedWhateverBecameOfItsFiles(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, file := smallPlan(t, "kept", "2021-04-08", "standard", many(120)...)
	cut := func() {
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		watched := w.Engine.Watched(func(done, _ int) {
			if done == 20 {
				interrupt()
			}
		})
		_, err := watched.Launch(ctx, p, w.cal, engine.LaunchOptions{At: p.Issued.At(0, 0, calendar.Beijing), Clock: fast(p, time.Hour, time.Hour)})
		require.Error(t, err)
	}
	cut()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte("\ufeff# 改版\r\n"+strings.ReplaceAll(string(raw), "\n", "\r\n")), 0o600))
	same, problems := planfile.Load(file, w.cal)
	saidAtOnce(same)
	require.False(t, strictyaml.Failed(problems))
	require.Equal(t, p.Hash, same.Hash)
	raised := same.Policies["standard"]
	raised.Version++
	raised.Blue = plan.Offset{N: 9, Work: raised.Blue.Work}
	same.Policies["standard"], same.Hash = raised, "another"
	report, err := w.Engine.Launch(t.Context(), same, w.cal, engine.LaunchOptions{At: time.Now()})
	require.NoError(t, err)
	require.Nil(t, report.Differs, "a policy raised later bars no older plan")
	require.Equal(t, []any{true, 120}, []any{report.Resumed, report.Tasks})
	left, err := w.Ledger.Unarmed(t.Context(), "kept")
	require.NoError(t, err)
	require.Empty(t, left)

	report, err = w.Engine.Finish(t.Context(), "kept", engine.LaunchOptions{})
	require.NoError(t, err)
	require.Equal(t, engine.LaunchReport{Tasks: 120, Resumed: true}, report)
	_, err = w.Engine.Finish(t.Context(), "nosuch", engine.LaunchOptions{})
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func TestAnInterruptedLaunchIsResumed(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "cut", "2021-04-08", "standard", many(200)...)
	ctx, interrupt := context.WithCancel(t.Context())
	watched := w.Engine.Watched(func(done, _ int) {
		if done == 50 {
			interrupt()
		}
	})
	_, err := watched.Launch(ctx, p, w.cal, engine.LaunchOptions{At: p.Issued.At(0, 0, calendar.Beijing), Clock: fast(p, time.Hour, time.Hour)})
	require.Error(t, err)
	left, err := w.Ledger.Unarmed(t.Context(), "cut")
	require.NoError(t, err)
	require.NotEmpty(t, left)
	w.launch(p, calendar.Clock{})
	left, err = w.Ledger.Unarmed(t.Context(), "cut")
	require.NoError(t, err)
	require.Empty(t, left)
	w.eventually("visibility", func(context.Context) bool { return w.running("cut", workflows.TaskType) == 200 })
}

func TestALaunchThatNobodyWorksOnFailsLoudlyAndIsResumedLater(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	idle := open(t, cfg, false)
	p, _ := smallPlan(t, "idle", "2021-04-08", "standard", many(3)...)
	_, err := idle.Engine.Launch(t.Context(), p, idle.cal, engine.LaunchOptions{At: time.Now(), ArmWait: time.Second})
	var unarmed *engine.UnarmedError
	require.ErrorAs(t, err, &unarmed)
	require.ElementsMatch(t, []string{"t000", "t001", "t002"}, unarmed.Tasks)
	require.NoError(t, idle.Close())

	w := open(t, cfg, true)
	report := w.launch(p, calendar.Clock{})
	require.Equal(t, engine.LaunchReport{Tasks: 3, Armed: 3, Resumed: true}, report)
}

func TestWhatIsClosedBeforeItIsSpokenIsLeftOut(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	inTime(t, 200*time.Millisecond, func(day time.Duration) bool {
		id := "closed-" + day.String()
		p, _ := smallPlan(t, id, "2021-04-08", "standard", dated("a", "2021-05-31"), dated("b", "2021-05-31"))
		// A wake window of twenty days: remind-30, which speaks on 04-30, is decided long before.
		clock := fast(p, day, 500*time.Millisecond)
		eng := engine.New(w.Client, w.Ledger, 20*24*time.Hour, time.Now, quiet)
		_, err := eng.Launch(t.Context(), p, w.cal, engine.LaunchOptions{At: clock.Start, Clock: clock, Grace: 100 * 24 * time.Hour, ArmWait: hang})
		require.NoError(t, err)
		w.eventually("a is decided", func(ctx context.Context) bool {
			decided, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: id, Task: "a"})
			return err == nil && slices.ContainsFunc(decided, func(n ledger.Notice) bool { return n.Stage != act.OrderID })
		})
		require.NoError(t, w.verify(id, "a", "office"))
		if spoken := calendar.NewDay(2021, 4, 30).At(0, 0, calendar.Beijing); clock.Plan(time.Now()).After(spoken) {
			return false
		}
		w.eventually("b is spoken", func(context.Context) bool { return len(w.told(id, "b")) > 0 })
		require.NotContains(t, w.told(id, "a"), "remind-30 → shuiwu/liaison")
		return true
	})
}

// inTime calls do with the time first, and again with ten times the time whenever do gives
// false because the machine was too slow.
func inTime(t *testing.T, first time.Duration, do func(d time.Duration) bool) {
	t.Helper()
	for d := first; !do(d); d *= 10 {
		require.Less(t, d, time.Hour, "never in time")
	}
}

func TestTwoPeopleCloseATaskAtTheSameInstant(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "race", "2021-04-08", "standard", dated("a", "2021-05-31"))
	w.launch(p, fast(p, time.Hour, time.Hour))
	answers := make(chan error, 2)
	for _, who := range []string{"first", "second"} {
		go func() { answers <- w.verify("race", "a", who) }()
	}
	first, second := <-answers, <-answers
	require.NotEqual(t, first == nil, second == nil, "one is accepted and one refused: %v, %v", first, second)
	require.Error(t, errors.Join(first, second))
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "race", Task: "a"})
	require.NoError(t, err)
	closed := 0
	for _, e := range events {
		if e.Kind == "act.verify" {
			closed++
		}
	}
	require.Equal(t, 1, closed)
}

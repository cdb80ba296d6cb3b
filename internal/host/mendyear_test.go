package host_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// midYear launches a plan on a fast clock and waits until it is in the middle of its year.
// The clock ends after the year's last stage; otherwise the weekly list of what is not
// decided would come for ever.
func (w *world) midYear(id string) (*plan.Plan, calendar.Clock) {
	w.t.Helper()
	p, _ := smallPlan(w.t, id, "2021-04-08", "standard", dated("early", "2021-05-31"), dated("next", "2021-07-31"), dated("late", "2021-09-30"), aDuty)
	clock := endingOn(fast(p, 200*time.Millisecond, time.Second), calendar.NewDay(2022, 3, 31))
	w.launch(p, clock)
	w.saidOf(id, "early", 4)
	return p, clock
}

func (w *world) saidOf(planID, task string, n int) {
	w.t.Helper()
	w.eventually("the year is under way", func(context.Context) bool { return len(w.told(planID, task)) >= n })
}

// mails are the files of the outbox with their times of modification.
func (w *world) mails() map[string]time.Time {
	w.t.Helper()
	entries, err := os.ReadDir(w.cfg.Outbox)
	require.NoError(w.t, err)
	out := map[string]time.Time{}
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(w.t, err)
		out[e.Name()] = info.ModTime()
	}
	return out
}

// once requires that no file that was in the outbox before was written again, but for messages
// that the ledger tried again because the stop of the engine had cut a try off: those are one
// file (channel.TwiceIsOne).
func (w *world) once(before map[string]time.Time) {
	w.t.Helper()
	all, err := w.Ledger.Messages(w.t.Context(), ledger.MessageFilter{})
	require.NoError(w.t, err)
	now := w.mails()
	for name, at := range before {
		if !slices.ContainsFunc(all, func(m ledger.MessageInfo) bool { return m.Attempt > 1 && strings.Contains(name, m.ID[:12]) }) {
			require.Equal(w.t, at, now[name], "%s is said once", name)
		}
	}
}

func TestAYearWhoseTemporalStoreIsLost(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, clock := w.midYear("lostyear")
	w.eventually("an audit has ended", func(ctx context.Context) bool {
		at, _, err := w.Ledger.LastAudit(ctx, "lostyear")
		return err == nil && !at.IsZero()
	})
	require.NoError(t, w.Close())
	said := w.mails()
	losesTemporal(t)(w.cfg.Dir)
	w = open(t, w.cfg, true)
	w.foretold(p, clock)
	w.silent("lostyear")
	w.once(said)
	require.True(t, slices.ContainsFunc(w.mended("lostyear"), func(what string) bool { return strings.Contains(what, "/audit:") }), "%v", w.mended("lostyear"))
}

func TestAYearWhoseTemporalStoreIsOlder(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, clock := w.midYear("oldyear")
	var put func(string)
	w = w.again(true, func(dir string) { put = keep(t, dir, "temporal.db") })
	w.saidOf("oldyear", "next", 4)
	require.NoError(t, w.Close())
	said := w.mails()
	put(w.cfg.Dir)
	w = open(t, w.cfg, true)
	w.foretold(p, clock)
	w.silent("oldyear")
	w.once(said)
}

func TestAYearWhoseLedgerIsOlder(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, clock := w.midYear("backyear")
	var put func(string)
	kept := 0
	w = w.again(true, func(dir string) { put, kept = keep(t, dir, "ledger.db"), len(w.mails()) })
	w.saidOf("backyear", "next", 4)
	w.eventually("something is said that the ledger put back does not know", func(context.Context) bool { return len(w.mails()) > kept })
	require.NoError(t, w.Close())
	said := w.mails()
	put(w.cfg.Dir)
	w = open(t, w.cfg, true)
	require.EventuallyWithT(t, func(c *assert.CollectT) { // a stage that the ledger has lost and its workflow has passed is found only once it is late
		_, err := w.Engine.ReconcileLate(t.Context(), "backyear", time.Second)
		require.NoError(c, err)
		require.Empty(c, w.foretoldBy(p, clock))
	}, hang, time.Second)
	w.once(said)
	w.silent("backyear")
	known, err := w.Ledger.Messages(t.Context(), ledger.MessageFilter{Plan: "backyear", States: []ledger.NoticeState{ledger.Unknown, ledger.Sent}})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(known), len(said), "each is known to be sent, or a person asks whether it arrived")
	t.Logf("%d messages, %d known", len(said), len(known))
}

// A run that somebody reset in Temporal to an earlier event is mended from the ledger by the
// next daily comparison. There are two tasks because at most one of them has its turn to be
// described in full on that day: the list alone shows that the other is behind.
func TestAResetRunIsBehind(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("reset", dated("a", "2021-05-31"), dated("b", "2021-05-31"))
	for _, task := range []string{"a", "b"} {
		require.NoError(t, w.act("reset", task, liaison, act.Act{Kind: act.Acknowledge}))
		require.NoError(t, w.act("reset", task, liaison, act.Act{Kind: act.Progress, Percent: 40}))
		id := workflows.TaskWorkflowID("reset", task)
		_, err := w.Client.ResetWorkflowExecution(t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
			Namespace: "default", WorkflowExecution: &common.WorkflowExecution{WorkflowId: id, RunId: w.firstRun(id)}, RequestId: "reset-" + task, Reason: "by hand",
			WorkflowTaskFinishEventId: w.firstTask(id), ResetReapplyExcludeTypes: []enums.ResetReapplyExcludeType{enums.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, enums.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE},
		})
		require.NoError(t, err)
	}
	w.eventually("both are found", func(ctx context.Context) bool {
		_, err := w.Engine.ReconcileDaily(ctx, "reset")
		return err == nil && len(w.mended("reset")) == 2
	})
	w.agree("reset", "a", "b")
	for _, task := range []string{"a", "b"} {
		require.Equal(t, 40, w.course("reset", task).Percent)
	}
	w.well("reset")
	require.Len(t, w.mended("reset"), 2)
}

// firstTask is the number of the event with which the first run of a workflow completed a
// workflow task first.
func (w *world) firstTask(id string) int64 {
	w.t.Helper()
	events := w.history(id, w.firstRun(id)).Events
	i := slices.IndexFunc(events, func(e *history.HistoryEvent) bool {
		return e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
	})
	require.GreaterOrEqual(w.t, i, 0)
	return events[i].GetEventId()
}

// late is a Temporal client that calls first before it describes a workflow for the first time.
type late struct {
	client.Client
	first func()
	once  sync.Once
}

func (l *late) DescribeWorkflowExecution(ctx context.Context, id, run string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	if id == workflows.TaskWorkflowID("behindhand", "a") {
		l.once.Do(l.first)
		ctx = context.WithoutCancel(ctx) // first may have taken longer than a description may
	}
	return l.Client.DescribeWorkflowExecution(ctx, id, run)
}

// A stage that a workflow decides and records after the ledger was read, and before the
// workflow is described and asked, is not lost: nothing is mended.
func TestAStageDecidedDuringAComparisonIsNotPassed(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	p, _ := smallPlan(t, "behindhand", "2021-04-08", "standard", dated("a", "2021-09-30"))
	clock := endingOn(calendar.Clock{Epoch: time.Now().Add(-time.Hour), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: 1e6}, calendar.NewDay(2021, 5, 15))
	_, err := w.Engine.Launch(t.Context(), p, w.cal, engine.LaunchOptions{At: p.Issued.At(0, 0, calendar.Beijing), Clock: clock, Grace: 100 * 24 * time.Hour, ArmWait: time.Millisecond})
	require.Error(t, err, "no worker has armed it")
	decided := func() []ledger.Stage {
		stages, err := w.Ledger.Stages(t.Context(), "behindhand", "a")
		require.NoError(t, err)
		return stages
	}
	before := len(decided()) // the task was given to its unit
	nextOf := func(task string) *plan.Stage {
		value, err := w.Client.QueryWorkflow(t.Context(), workflows.TaskWorkflowID("behindhand", task), "", workflows.StateQuery)
		require.NoError(t, err)
		var state workflows.TaskState
		require.NoError(t, value.Get(&state))
		return state.Course.Next
	}
	l := &late{Client: w.Client, first: func() {
		k := w.staff(nil)
		t.Cleanup(k.Stop)
		w.eventually("all that is late is decided", func(ctx context.Context) bool {
			d, err := w.Client.DescribeWorkflowExecution(ctx, workflows.TaskWorkflowID("behindhand", "a"), "")
			return err == nil && d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0 &&
				len(decided()) > before && !nextOf("a").At.Before(clock.End)
		})
	}}
	_, err = engine.New(l, w.Ledger, time.Hour, time.Now, quiet).ReconcileLate(t.Context(), "behindhand", time.Second)
	require.NoError(t, err)
	require.Greater(t, len(decided()), before)
	require.Empty(t, w.mended("behindhand"))
}

// After an act that begins a new run, the new run waits for its first workflow task and is
// signalled meanwhile: it counts as agreeing with the ledger, and is not mended.
func TestARunThatHasOnlyJustBegunIsNotBehind(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("young", many(8)...)
	for n := range 6 {
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				id := fmt.Sprintf("t%03d", i)
				if err := w.act("young", id, liaison, act.Act{Kind: act.Progress, ID: fmt.Sprintf("p%d", n), Percent: n}); err != nil {
					t.Error(err)
				}
				if err := w.Client.SignalWorkflow(t.Context(), workflows.TaskWorkflowID("young", id), "", workflows.LookSignal, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.Empty(t, w.examine("young", true).Found)
	}
	w.well("young")
	require.Empty(t, w.mended("young"))
}

// How long it takes to compare a plan of four hundred tasks with the ledger, in full and as
// the daily audit does, is logged. The daily comparison too starts workflows again that have
// ended, and has a run of an older generation of the program go on in a new one.
func TestALookIsCheap(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("cheap", many(400)...)
	began := time.Now()
	h := w.examine("cheap", false)
	took := time.Since(began)
	t.Logf("%d workflows compared in %s: %s each", h.Things, took, took/time.Duration(h.Things))
	require.Equal(t, h.Things, h.Running)
	began = time.Now()
	mended, err := w.Engine.ReconcileDaily(t.Context(), "cheap")
	require.NoError(t, err)
	require.Zero(t, mended)
	t.Logf("a daily look: %s", time.Since(began))

	id := workflows.TaskWorkflowID("cheap", "t007")
	old := w.underAnOlderProgram(id)
	w.eventually("its run goes on by the program of now", func(ctx context.Context) bool {
		_, err := w.Engine.ReconcileDaily(ctx, "cheap")
		d, failed := w.Client.DescribeWorkflowExecution(ctx, id, "")
		return err == nil && failed == nil && d.GetWorkflowExecutionInfo().GetExecution().GetRunId() != old
	})
	w.agree("cheap", "t007")
	require.Empty(t, w.mended("cheap"), "that is no fault")

	require.NoError(t, w.Client.TerminateWorkflow(t.Context(), workflows.TaskWorkflowID("cheap", "t011"), "", "by hand"))
	w.eventually("what has ended is begun again", func(ctx context.Context) bool {
		_, err := w.Engine.ReconcileDaily(ctx, "cheap")
		return err == nil && len(w.mended("cheap")) == 1
	})
	w.well("cheap")

	// Temporal's list reports a run whose program fails, which is how the daily comparison
	// finds it.
	fails := worker.New(w.Client, "fails", worker.Options{})
	fails.RegisterWorkflowWithOptions(func(workflow.Context) error { panic("always") }, workflow.RegisterOptions{Name: workflows.TaskType})
	require.NoError(t, fails.Start())
	defer fails.Stop()
	_, err = w.Client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.TaskWorkflowID("cheap", "fails"), TaskQueue: "fails", WorkflowTaskTimeout: time.Second,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.PlanAttribute.ValueSet("cheap"))}, workflows.TaskType)
	require.NoError(t, err)
	w.eventually("the list reports its problems", func(ctx context.Context) bool {
		list, err := w.Client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: "WorkflowId = '" + workflows.TaskWorkflowID("cheap", "fails") + "'"})
		return err == nil && len(list.GetExecutions()) == 1 && len(list.GetExecutions()[0].GetSearchAttributes().GetIndexedFields()["TemporalReportedProblems"].GetData()) > 0
	})
}

// underAnOlderProgram replaces the run of a task's workflow by one whose memo has an older
// generation of the program, and gives the new run's ID.
func (w *world) underAnOlderProgram(id string) string {
	w.t.Helper()
	value, err := w.Client.QueryWorkflow(w.t.Context(), id, "", workflows.StateQuery)
	require.NoError(w.t, err)
	var state workflows.TaskState
	require.NoError(w.t, value.Get(&state))
	run, err := w.Client.ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.PlanAttribute.ValueSet(state.Plan)),
		Memo:                  map[string]any{workflows.PositionMemo: workflows.PositionOf(state.Course.Case), workflows.GenerationMemo: workflows.Generation() - 1},
	}, workflows.TaskType, state)
	require.NoError(w.t, err)
	return run.GetRunID()
}

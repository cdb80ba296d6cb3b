package host_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// midYear is a plan in the middle of its year, on a clock of days that pass quickly, and
// stands when all of the year has been said: what is not decided is listed every week.
func (w *world) midYear(id string) (*plan.Plan, calendar.Clock) {
	w.t.Helper()
	p, _ := smallPlan(w.t, id, "2021-04-08", "standard", dated("early", "2021-05-31"), dated("next", "2021-07-31"), dated("late", "2021-09-30"), aDuty)
	clock := standsAt(fast(p, 100*time.Millisecond, time.Second), calendar.NewDay(2022, 3, 31))
	w.launch(p, clock)
	w.saidOf(id, "early", 4)
	return p, clock
}

func (w *world) saidOf(planID, task string, n int) {
	w.t.Helper()
	w.eventually("the year is under way", func(context.Context) bool { return len(w.told(planID, task)) >= n })
}

// mails are the files of the outbox with their times.
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

// once holds that what lay in the outbox was not written again.
func (w *world) once(before map[string]time.Time) {
	w.t.Helper()
	now := w.mails()
	for name, at := range before {
		require.Equal(w.t, at, now[name], "%s is said once", name)
	}
}

func TestAYearWhoseTemporalStoreIsLost(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, clock := w.midYear("lostyear")
	require.NoError(t, w.Close())
	said := w.mails()
	losesTemporal(t)(w.cfg.Dir)
	w = open(t, w.cfg, true)
	w.foretold(p, clock)
	w.silent("lostyear")
	w.once(said)
	require.NotEmpty(t, w.mended("lostyear"))
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
	w = w.again(true, func(dir string) { put = keep(t, dir, "ledger.db") })
	w.saidOf("backyear", "next", 4)
	require.NoError(t, w.Close())
	said := w.mails()
	put(w.cfg.Dir)
	w = open(t, w.cfg, true)
	ends := time.Now().Add(hang)
	for w.foretoldBy(p, clock) != "" && time.Now().Before(ends) { // what the ledger waits for in vain is late first
		time.Sleep(time.Second)
		_, err := w.Engine.ReconcileLate(t.Context(), "backyear", time.Second)
		require.NoError(t, err)
	}
	require.Empty(t, w.foretoldBy(p, clock))
	w.once(said)
	unknown, err := w.Ledger.Messages(t.Context(), ledger.MessageFilter{Plan: "backyear", States: []ledger.NoticeState{ledger.Unknown}})
	require.NoError(t, err)
	require.NotEmpty(t, unknown, "a person asks whether they arrived")
}

// A run that somebody reset to an earlier place goes on from the ledger after the next
// daily look. Of two tasks one at the most has its turn to be asked in full on that day.
func TestAResetRunIsBehind(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.standing("reset", dated("a", "2021-05-31"), dated("b", "2021-05-31"))
	for _, task := range []string{"a", "b"} {
		require.NoError(t, w.act("reset", task, liaison, act.Act{Kind: act.Acknowledge}))
		require.NoError(t, w.act("reset", task, liaison, act.Act{Kind: act.Progress, Percent: 40}))
		id := workflows.TaskWorkflowID("reset", task)
		_, err := w.Client.ResetWorkflowExecution(t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
			Namespace: "default", WorkflowExecution: &common.WorkflowExecution{WorkflowId: id, RunId: w.firstRun(id)}, RequestId: "reset-" + task, Reason: "by hand",
			WorkflowTaskFinishEventId: 4, ResetReapplyExcludeTypes: []enums.ResetReapplyExcludeType{enums.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, enums.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE},
		})
		require.NoError(t, err)
	}
	w.eventually("both are found", func(ctx context.Context) bool {
		_, err := w.Engine.ReconcileDaily(ctx, "reset")
		return err == nil && len(w.mended("reset")) == 2
	})
	for _, task := range []string{"a", "b"} {
		w.agree("reset", task)
		require.Equal(t, 40, w.course("reset", task).Percent)
	}
	w.well("reset")
	require.Len(t, w.mended("reset"), 2)
}

// A run that goes on from another after an act waits for its first workflow task, and
// is asked to look meanwhile: it is as far as the ledger, and is left alone.
func TestARunThatHasOnlyJustBegunIsNotBehind(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.standing("young", many(8)...)
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

// One look at a plan of a few hundred tasks, in numbers: in full, and as every audit takes
// it. A daily look too begins again what has ended, and has a run that began under an older
// program go on under that of now.
func TestALookIsCheap(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.standing("cheap", many(400)...)
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

	// What a daily look goes by to ask a run whose program fails: the list says so.
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

// underAnOlderProgram lets a task go on in a run that says that it began under one, and
// gives that run.
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

package host_test

import (
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/workflows"
)

var record = flag.String("record", "", "folder that the histories of this run are written to")

// TestEveryWorkflowOnARealServer runs a small year in which workflows of every type take
// every branch of their code. With -record it writes their histories: `make histories`.
func TestEveryWorkflowOnARealServer(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	space, err := w.Client.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: w.Namespace()})
	require.NoError(t, err)
	require.Equal(t, 90*24*time.Hour, space.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(), "what is in the ledger may go")
	p, _ := smallPlan(t, "small", "2021-04-08", "asking",
		dated("silent", "2021-05-31"),
		"      - {id: monthly, title: 按月公开, kind: duty, lead: 协调办, recur: {every: month, from: 2021-04-08, until: 2021-06-30}, source: 限期完成}\n")
	q, _ := smallPlan(t, "once", "2021-04-08", "nine", dated("talked", "2021-05-31"))
	require.Len(t, q.Policies["nine"].Stages, 9)
	w.launch(q, fast(q, 30*time.Millisecond, 2*time.Second))
	w.launch(p, fast(p, 30*time.Millisecond, time.Second))
	r, _ := smallPlan(t, "done", "2021-04-08", "nine", dated("finished", "2021-05-31"))
	w.launch(r, endingOn(fast(r, 30*time.Millisecond, time.Second), calendar.NewDay(2021, 5, 20)))

	w.eventually("the first reminder", func(ctx context.Context) bool { return len(w.told("done", "finished")) > 0 })
	require.NoError(t, w.verify("done", "finished", "office"))
	require.Error(t, w.verify("done", "finished", "another"))
	w.eventually("the proposed talk", func(ctx context.Context) bool {
		talk, err := w.Ledger.Talk(ctx, "small", "silent#1")
		return err == nil && talk.State == act.TalkProposed
	})
	require.NoError(t, w.Engine.ActOnTalk(t.Context(), "small", "silent#1", byMayor(act.Approve)))
	w.eventually("the last occurrence's talk", func(ctx context.Context) bool {
		talk, err := w.Ledger.Talk(ctx, "small", "monthly.2021-06#1")
		return err == nil && talk.Host == "monthly.2021-04#1"
	})
	require.NoError(t, w.Engine.ActOnTalk(t.Context(), "small", "monthly.2021-04#1", byMayor(act.Decline)))
	w.eventually("the missed step", func(ctx context.Context) bool {
		for _, told := range append(w.told("once", "talked"), "") {
			if told == "talk-served-missed → lingdao/leader" {
				return true
			}
		}
		return false
	})
	ledgertest.Proven(t, w.Ledger)
	w.completes("the end of the finished task", workflows.TaskWorkflowID("done", "finished"))

	ids := map[string]string{
		"task-silent":   workflows.TaskWorkflowID("once", "talked"),
		"task-finished": workflows.TaskWorkflowID("done", "finished"),
		"talk-silent":   workflows.TalkWorkflowID("once", "talked#1"),
		"talk-approved": workflows.TalkWorkflowID("small", "silent#1"),
		"talk-declined": workflows.TalkWorkflowID("small", "monthly.2021-04#1"),
		"talk-joined":   workflows.TalkWorkflowID("small", "monthly.2021-06#1"),
		"duty":          workflows.DutyWorkflowID("small", "monthly"),
		"audit":         workflows.AuditWorkflowID("small"),
		"occurrence":    workflows.TaskWorkflowID("small", "monthly.2021-06"),
	}
	notices, err := w.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "small", Task: "silent"})
	require.NoError(t, err)
	rung := notices[slices.IndexFunc(notices, func(n ledger.Notice) bool { return n.Kind != plan.Told })]
	ids["morning"] = workflows.MorningWorkflowID("small|" + rung.SpeakAt.Format(time.RFC3339Nano) + "|1")
	ids["digest"] = workflows.DigestWorkflowID(rung.Digest)
	require.NoError(t, w.Engine.SpeakNow(t.Context(), rung.Digest)) // starts a Digest workflow that finds nothing left to say
	w.completes("the end of the digest", ids["digest"])
	w.actsOnEverything()
	ids["task-acted"] = workflows.TaskWorkflowID("acted", "a")
	ids["task-amended"] = workflows.TaskWorkflowID("acted", "n")
	ids["duty-acted"] = workflows.DutyWorkflowID("acted", "m")
	for name, id := range ids {
		// A talk that another has taken in before its own workflow was started, as happens on a
		// busy machine, has none.
		if _, err := w.Client.DescribeWorkflowExecution(t.Context(), id, ""); name == "talk-joined" && *record == "" && errors.As(err, new(*serviceerror.NotFound)) {
			t.Logf("%s was taken in before it had a workflow", id)
			continue
		}
		for i, h := range w.runs(id) {
			t.Logf("%-14s run %d: %3d events", name, i+1, len(h.Events))
			if name == "task-silent" { // workflow tasks come more often where a busy machine does not answer in time
				own := slices.DeleteFunc(slices.Clone(h.Events), func(e *history.HistoryEvent) bool {
					return strings.HasPrefix(e.GetEventType().String(), "WorkflowTask")
				})
				require.LessOrEqual(t, len(own), 40, "a silent task's whole ladder")
			}
			if *record != "" && i < 12 {
				writeHistory(t, filepath.Join(*record, fmt.Sprintf("%s-%02d.json.gz", name, i+1)), h)
			}
		}
	}
}

// actsOnEverything has people act on two tasks and a duty in every way that takes another
// branch in a workflow: acts that begin a new run, a report that waits for the office, a
// pause with a known end, and an amendment, which begins no new run.
func (w *world) actsOnEverything() {
	w.stillPlan("acted", dated("a", "2021-05-31"), dated("n", "2021-05-31"), "      - {id: m, title: 按月公开, kind: duty, recur: {every: month, from: 2021-06-01, until: 2021-12-31}, source: 限期完成}\n")
	for i, a := range []act.Act{
		{Kind: act.Acknowledge, By: liaison}, {Kind: act.Extend, By: liaison, Due: calendar.NewDay(2021, 6, 30)}, {Kind: act.Grant, By: clerk},
		{Kind: act.Complete, By: liaison}, {Kind: act.Reject, By: clerk}, {Kind: act.Suspend, By: clerk, Until: calendar.NewDay(2021, 5, 6)},
		{Kind: act.Resume, By: clerk}, {Kind: act.Complete, By: liaison}, {Kind: act.Verify, By: clerk},
	} {
		a.ID = fmt.Sprintf("a%d", i)
		require.NoError(w.t, w.act("acted", "a", a.By, a), a.Kind)
	}
	for _, a := range []act.Act{
		{ID: act.AmendID(1, act.Correct), Kind: act.Correct, Due: calendar.NewDay(2021, 7, 31)}, {ID: act.AmendID(1, act.Reword), Kind: act.Reword, Title: "摸排"},
		{ID: "close", Kind: act.Verify},
	} {
		require.NoError(w.t, w.act("acted", "n", clerk, a), a.Kind)
	}
	require.Len(w.t, w.runs(workflows.TaskWorkflowID("acted", "n")), 1, "an amendment begins no new run")
	require.Error(w.t, w.act("acted", "a", liaison, act.Act{ID: "late", Kind: act.Progress, Reason: "已经销号"}))
	for i, a := range []act.Act{
		{Kind: act.SetRule, Rule: "quarter"}, {Kind: act.Reassign, Unit: "duban"}, {Kind: act.Suspend, Until: calendar.NewDay(2021, 5, 6)}, {Kind: act.Resume}, {Kind: act.EndDuty},
	} {
		if a.ID = fmt.Sprintf("m%d", i); a.Kind == act.Reassign {
			a.ID = act.AmendID(1, a.Kind)
		}
		require.NoError(w.t, w.act("acted", "m", clerk, a), a.Kind)
	}
	task, err := w.Ledger.Task(w.t.Context(), "acted", "a")
	require.NoError(w.t, err)
	require.NotEqual(w.t, "2021-05-31", task.Due.String())
	w.found(workflows.TaskWorkflowID("acted", "a"), "PlanId = 'acted' AND UnitId = 'shuiwu' AND DueDate = '"+task.Due.String()+"'")
	w.found(workflows.DutyWorkflowID("acted", "m"), "PlanId = 'acted' AND UnitId = 'duban'")
}

// found waits until a query of Temporal's list, as the web UI makes it, finds a workflow's
// last run by the search attributes that acts have changed.
func (w *world) found(id, query string) {
	w.t.Helper()
	w.eventually(id+" is found by "+query, func(ctx context.Context) bool {
		now, err := w.Client.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			return false
		}
		list, err := w.Client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		return err == nil && slices.ContainsFunc(list.GetExecutions(), func(e *workflow.WorkflowExecutionInfo) bool {
			return e.GetExecution().GetRunId() == now.GetWorkflowExecutionInfo().GetExecution().GetRunId()
		})
	})
}

// firstRun is the ID of a workflow's first run.
func (w *world) firstRun(id string) string {
	w.t.Helper()
	return w.history(id, "").Events[0].GetWorkflowExecutionStartedEventAttributes().GetFirstExecutionRunId()
}

// runs are the histories of a workflow's runs in order; the last run is among them only
// once it has done something.
func (w *world) runs(id string) (all []*history.History) {
	w.t.Helper()
	for run := w.firstRun(id); run != ""; {
		h := w.history(id, run)
		if len(h.Events) > 2 {
			all = append(all, h)
		}
		last := h.Events[len(h.Events)-1]
		run = last.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
	}
	return all
}

// byMayor is a leader's act on a proposed talk.
func byMayor(k act.Kind) act.Act {
	return act.Act{ID: "mayor", Kind: k, By: mayor, Reason: "同意按建议办理"}
}

// history is the whole history of a workflow's run, the latest when run is "".
func (w *world) history(id, run string) *history.History {
	w.t.Helper()
	h := &history.History{}
	iter := w.Client.GetWorkflowHistory(w.t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iter.HasNext() {
		e, err := iter.Next()
		require.NoError(w.t, err)
		h.Events = append(h.Events, e)
	}
	return h
}

func writeHistory(t *testing.T, file string, h *history.History) {
	t.Helper()
	raw, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(h)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	f, err := os.Create(file)
	require.NoError(t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write(raw)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
}

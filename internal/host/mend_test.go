package host_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/workflows"
)

const aDuty = "      - {id: monthly, title: 按月公开, kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-06-30}, source: 限期完成}\n"

// status is the status of a workflow's last run in Temporal.
func (w *world) status(id string) enums.WorkflowExecutionStatus {
	w.t.Helper()
	d, err := w.Client.DescribeWorkflowExecution(w.t.Context(), id, "")
	require.NoError(w.t, err)
	return d.GetWorkflowExecutionInfo().GetStatus()
}

// completes waits until the last run of a workflow has completed. When it fails it shows what
// Temporal and the ledger have of the workflow: a test that fails on a busy machine only
// cannot be asked again.
func (w *world) completes(what, id string) {
	w.t.Helper()
	for ends := time.Now().Add(hang); ; time.Sleep(50 * time.Millisecond) {
		d, err := w.Client.DescribeWorkflowExecution(w.t.Context(), id, "")
		if err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			return
		}
		if time.Now().After(ends) {
			w.t.Fatalf("%s: the workflow %s has not completed\n%s", what, id, w.seen(id))
		}
	}
}

// seen is what Temporal has of a workflow's last run, with its last events, and what the
// ledger has of waits.
func (w *world) seen(id string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d, err := w.Client.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return fmt.Sprintf("describe: %v", err)
	}
	info := d.GetWorkflowExecutionInfo()
	lines := []string{fmt.Sprintf("now %s, %s, run %s, began %s, pending task %v, pending activities %v", time.Now().UTC().Format(time.RFC3339Nano), info.GetStatus(),
		info.GetExecution().GetRunId(), info.GetStartTime().AsTime().Format(time.RFC3339Nano), d.GetPendingWorkflowTask(), d.GetPendingActivities())}
	var events []string
	for all := w.Client.GetWorkflowHistory(ctx, id, info.GetExecution().GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); all.HasNext(); {
		e, err := all.Next()
		if err != nil {
			events = append(events, fmt.Sprintf("history: %v", err))
			break
		}
		text := e.String()
		events = append(events, text[:min(len(text), 1000)])
	}
	lines = append(lines, events[max(0, len(events)-30):]...)
	waits, err := w.Ledger.Waits(ctx, "")
	return strings.Join(append(lines, fmt.Sprintf("waits %+v, %v", waits, err)), "\n")
}

// examine is Engine.Examine without an error.
func (w *world) examine(planID string, mend bool) engine.Health {
	w.t.Helper()
	h, err := w.Engine.Examine(w.t.Context(), planID, mend)
	require.NoError(w.t, err)
	return h
}

// well waits until every workflow that must run by the ledger runs and agrees with it.
func (w *world) well(planID string) {
	w.t.Helper()
	w.eventually("all runs", func(ctx context.Context) bool {
		h, err := w.Engine.Examine(ctx, planID, false)
		return err == nil && len(h.Found) == 0 && h.Running == h.Things
	})
	ledgertest.Proven(w.t, w.Ledger)
}

// mended lists the events workflow.mended of a plan, each as the reason and the workflow.
func (w *world) mended(planID string) (out []string) {
	w.t.Helper()
	events, err := w.Ledger.Events(w.t.Context(), ledger.EventFilter{Plan: planID})
	require.NoError(w.t, err)
	for _, e := range events {
		if e.Kind == ledger.WorkflowMended {
			out = append(out, e.Key)
		}
	}
	return out
}

// again closes the engine, calls meanwhile with its folder, and opens it again.
func (w *world) again(work bool, meanwhile func(dir string)) *world {
	w.t.Helper()
	require.NoError(w.t, w.Close())
	meanwhile(w.cfg.Dir)
	return open(w.t, w.cfg, work)
}

func losesTemporal(t *testing.T) func(string) {
	return func(dir string) {
		files, err := filepath.Glob(filepath.Join(dir, "temporal.db*"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, f := range files {
			require.NoError(t, os.Remove(f))
		}
	}
}

// lived launches a plan and acts on it: it has a task with acts, a suspended task, one with
// an extended date, a closed one, an open talk that a person proposed, and a duty with acts.
func (w *world) lived(id string) {
	w.t.Helper()
	w.stillPlan(id, dated("a", "2021-05-31"), dated("b", "2021-05-31"), dated("c", "2021-05-31"), dated("d", "2021-05-31"), dated("done", "2021-05-31"), aDuty)
	w.opened(id, "monthly.2021-04")
	require.NoError(w.t, w.act(id, "b", liaison, act.Act{Kind: act.Complete}))
	require.NoError(w.t, w.act(id, "c", liaison, act.Act{Kind: act.Extend, Due: calendar.NewDay(2021, 7, 30)}))
	require.NoError(w.t, w.act(id, "c", clerk, act.Act{Kind: act.Grant}))
	require.NoError(w.t, w.act(id, "d", clerk, act.Act{Kind: act.Suspend}))
	require.NoError(w.t, w.act(id, "done", clerk, act.Act{Kind: act.Verify}))
	_, err := w.Engine.Propose(w.t.Context(), id, act.Act{ID: "talk", Ref: "a", By: clerk, Reason: "多次催办未见进展", Talk: &act.TalkFacts{What: "talk"}}, nil)
	require.NoError(w.t, err)
	w.agree(id, "a", "b", "c", "d") // the talk's workflow has told the leader
	w.silent(id)
	w.well(id)
}

// silent waits until every message is sent that the plan's clock reaches. The weekly list of
// what is not decided is left out: on a clock that goes on it comes every week.
func (w *world) silent(planID string) {
	w.t.Helper()
	l, err := w.Ledger.Plan(w.t.Context(), planID)
	require.NoError(w.t, err)
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		left, err := w.Ledger.Unspoken(context.Background(), planID)
		require.NoError(c, err)
		left = slices.DeleteFunc(left, func(d ledger.Digest) bool {
			return strings.HasSuffix(d.Key, "|waiting") || !l.Clock.End.IsZero() && d.SpeakAt.After(l.Clock.End)
		})
		require.Empty(c, left, "all is told")
	}, hang, 50*time.Millisecond)
}

// all is the number of workflows of a plan by lived that are lost with Temporal's store: four
// tasks, a duty and its open occurrence, a talk. The audit, which has not audited yet, is not
// known to have run.
const all = 7

func TestTemporalsWholeStoreLost(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.lived("lost")
	said := len(w.told("lost", ""))
	w = w.again(true, losesTemporal(t))
	w.well("lost")
	w.agree("lost", "a", "b", "c", "d")
	require.Len(t, w.mended("lost"), all)
	require.Zero(t, w.examine("lost", true).Mended(), "nothing is mended twice")
	require.Len(t, w.told("lost", ""), said, "nothing is said twice")
	require.NoError(t, w.act("lost", "d", clerk, act.Act{Kind: act.Resume}), "the acts go on")
	w.agree("lost", "d")
}

func TestLaunchingAgainStartsWhatIsLost(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p := w.stillPlan("anew", append(many(20), aDuty)...)
	w.opened("anew", "monthly.2021-04")
	w = w.again(false, losesTemporal(t))
	k := w.staff(nil)
	defer k.Stop()
	require.Equal(t, engine.LaunchReport{Tasks: 21, Armed: 22, Resumed: true}, w.launch(p, calendar.Clock{}))
	require.Equal(t, engine.LaunchReport{Tasks: 21, Resumed: true}, w.launch(p, calendar.Clock{}))
	w.well("anew")
	w.silent("anew")
	mended := slices.DeleteFunc(w.mended("anew"), func(what string) bool { return strings.Contains(what, "/morning:") }) // lost only where it had not told the units yet
	require.Len(t, mended, 22, "the tasks, the duty, its occurrence")
	told, err := w.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "anew", States: []ledger.NoticeState{ledger.Sent}})
	require.NoError(t, err)
	require.NotEmpty(t, told, "the units are told of them")
}

func TestWhatIsEndedFromOutsideIsMended(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.lived("ended")
	ctx := t.Context()
	require.NoError(t, w.Client.TerminateWorkflow(ctx, workflows.TaskWorkflowID("ended", "a"), "", "by hand"))
	require.NoError(t, w.Client.CancelWorkflow(ctx, workflows.TaskWorkflowID("ended", "c"), ""))
	require.NoError(t, w.Client.TerminateWorkflow(ctx, workflows.TalkWorkflowID("ended", "a#1"), "", "by hand"))
	require.NoError(t, w.Client.TerminateWorkflow(ctx, workflows.DutyWorkflowID("ended", "monthly"), "", "by hand"))
	require.NoError(t, w.Client.TerminateWorkflow(ctx, workflows.AuditWorkflowID("ended"), "", "by hand"))
	w.eventually("the cancelled one has ended", func(context.Context) bool {
		return w.status(workflows.TaskWorkflowID("ended", "c")) != enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	})
	seen := w.examine("ended", false)
	require.Len(t, seen.Found, 5)
	require.Zero(t, seen.Mended())
	n, err := w.Engine.Reconcile(ctx, "")
	require.NoError(t, err)
	require.Equal(t, 5, n)
	w.well("ended")
	w.agree("ended", "a", "c")
	require.Len(t, w.mended("ended"), 5)
	w.handsOver("ended", workflows.TaskWorkflowID("ended", "d"), workflows.DutyWorkflowID("ended", "monthly"), workflows.TalkWorkflowID("ended", "a#1"))
	w.agree("ended", "d")
	w.well("ended")
	require.Len(t, w.mended("ended"), 5, "a run of an older program is no fault")
}

// handsOver replaces the runs of some workflows by runs of an older generation of the
// program, and requires that an Examine with mend makes each go on in one new run, and a
// second one in no further run.
func (w *world) handsOver(planID string, ids ...string) {
	ctx := w.t.Context()
	older := map[string]string{} // the run of the older generation, by workflow
	for _, id := range ids {
		began := w.history(id, "").Events[0].GetWorkflowExecutionStartedEventAttributes()
		require.Len(w.t, began.Input.Payloads, 1)
		d, err := w.Client.DescribeWorkflowExecution(ctx, id, "")
		require.NoError(w.t, err)
		memo := map[string]any{}
		for name, payload := range d.GetWorkflowExecutionInfo().GetMemo().GetFields() {
			memo[name] = converter.NewRawValue(payload)
		}
		require.Contains(w.t, memo, workflows.GenerationMemo)
		memo[workflows.GenerationMemo] = workflows.Generation() - 1
		run, err := w.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: id, TaskQueue: began.TaskQueue.Name, Memo: memo, WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
		}, began.WorkflowType.Name, converter.NewRawValue(began.Input.Payloads[0]))
		require.NoError(w.t, err)
		older[id] = run.GetRunID()
	}
	w.well(planID) // an Examine without mend leaves them as they are
	latest := func(ctx context.Context, id string) (run string, generation int) {
		d, err := w.Client.DescribeWorkflowExecution(ctx, id, "")
		require.NoError(w.t, err)
		payload := d.GetWorkflowExecutionInfo().GetMemo().GetFields()[workflows.GenerationMemo]
		require.NoError(w.t, converter.GetDefaultDataConverter().FromPayload(payload, &generation))
		return d.GetWorkflowExecutionInfo().GetExecution().GetRunId(), generation
	}
	for _, id := range ids {
		run, generation := latest(ctx, id)
		require.Equal(w.t, older[id], run, id)
		require.Equal(w.t, workflows.Generation()-1, generation, id)
	}
	require.Empty(w.t, w.examine(planID, true).Found)
	newer := map[string]string{}
	for _, id := range ids {
		w.eventually(id+" has handed over", func(ctx context.Context) bool {
			run, generation := latest(ctx, id)
			newer[id] = run
			return run != older[id] && generation == workflows.Generation()
		})
	}
	w.well(planID)
	require.Empty(w.t, w.examine(planID, true).Found)
	for _, id := range ids {
		for _, e := range w.history(id, "").Events {
			require.NotEqual(w.t, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, e.EventType, "%s is not asked again", id)
		}
		run, _ := latest(ctx, id)
		require.Equal(w.t, newer[id], run, id)
	}
}

// keep copies a file of a stopped engine, and gives a function that puts the copy back.
func keep(t *testing.T, dir, name string) func(string) {
	kept := map[string][]byte{}
	for _, f := range []string{name, name + "-wal"} {
		if raw, err := os.ReadFile(filepath.Join(dir, f)); err == nil {
			kept[f] = raw
		}
	}
	require.NotEmpty(t, kept[name])
	return func(dir string) {
		for _, f := range []string{name, name + "-wal", name + "-shm"} {
			_ = os.Remove(filepath.Join(dir, f))
		}
		for f, raw := range kept {
			require.NoError(t, os.WriteFile(filepath.Join(dir, f), raw, 0o600))
		}
	}
}

func TestTemporalsStoreIsOlderThanTheLedger(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.lived("older")
	var put func(string)
	w = w.again(true, func(dir string) { put = keep(t, dir, "temporal.db") })
	require.NoError(t, w.act("older", "a", liaison, act.Act{Kind: act.Acknowledge}))
	require.NoError(t, w.act("older", "b", clerk, act.Act{Kind: act.Reject}))
	require.NoError(t, w.act("older", "c", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 9, 30)}))
	require.NoError(t, w.act("older", "d", clerk, act.Act{Kind: act.Resume}))
	require.NoError(t, w.Engine.ActOnTalk(t.Context(), "older", "a#1", byMayor(act.Approve)))
	w.silent("older")
	w = w.again(true, put)
	w.well("older")
	w.agree("older", "a", "b", "c", "d")
	require.Equal(t, calendar.NewDay(2021, 9, 30), w.course("older", "c").Due)
	require.Len(t, w.mended("older"), 5)
	require.NoError(t, w.act("older", "d", liaison, act.Act{Kind: act.Progress, Percent: 30}))
	w.agree("older", "d")
	talk, err := w.Ledger.Talk(t.Context(), "older", "a#1")
	require.NoError(t, err)
	require.Equal(t, act.TalkOpen, talk.State)
}

func TestTheLedgerIsOlderThanTemporal(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.lived("back")
	var put func(string)
	w = w.again(true, func(dir string) { put = keep(t, dir, "ledger.db") })
	require.NoError(t, w.act("back", "a", liaison, act.Act{Kind: act.Acknowledge}))
	require.NoError(t, w.act("back", "a", liaison, act.Act{Kind: act.Progress, Percent: 30}))
	require.NoError(t, w.act("back", "b", clerk, act.Act{Kind: act.Verify}))
	require.NoError(t, w.act("back", "c", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 9, 30), ID: act.AmendID(1, act.Correct)}), "as an amendment does it")
	require.NoError(t, w.Engine.ActOnTalk(t.Context(), "back", "a#1", byMayor(act.Approve)))
	w.silent("back")
	w = w.again(true, put)
	w.well("back")
	w.agree("back", "a", "c", "d")
	require.Equal(t, 30, w.course("back", "a").Percent)
	require.Equal(t, calendar.NewDay(2021, 9, 30), w.course("back", "c").Due)
	b, err := w.Ledger.Task(t.Context(), "back", "b")
	require.NoError(t, err)
	require.Equal(t, ledger.TaskClosed, b.State)
	talk, err := w.Ledger.Talk(t.Context(), "back", "a#1")
	require.NoError(t, err)
	require.Equal(t, act.TalkOpen, talk.State)
	require.Len(t, w.mended("back"), 4)
}

// A ledger that is older than Temporal's store gets back an act whose message had not been
// sent, which is sent then, and a proposed talk. The number of a talk that it has lost is
// not given again. The workflow of a message that it does not have is a finding that a
// person settles.
func TestWhatAnOlderLedgerLacks(t *testing.T) {
	w := open(t, config(t), true)
	w.stillPlan("words", dated("a", "2021-05-31"), dated("b", "2021-05-31"), dated("c", "2021-05-31"))
	w.silent("words")
	propose := func(id, task string) string { // for c a circular, because a unit has only one undecided proposal of each measure at a time
		what := map[string]string{"b": plan.ProposeTalk, "c": plan.ProposeCircular}[task]
		talk, err := w.Engine.Propose(t.Context(), "words", act.Act{ID: id, Ref: task, By: clerk, Reason: "多次催办未见进展", Talk: &act.TalkFacts{What: what}}, nil)
		require.NoError(t, err)
		return talk
	}
	var put func(string)
	w = w.again(true, func(dir string) { put = keep(t, dir, "ledger.db") })
	require.Equal(t, "b#1", propose("first", "b"))
	require.Equal(t, "c#1", propose("second", "c"))
	require.NoError(t, w.Engine.ActOnTalk(t.Context(), "words", "c#1", byMayor(act.Decline)))
	w.silent("words")
	out := w.cfg.Outbox
	require.NoError(t, os.Rename(out, out+".away"))
	require.NoError(t, os.WriteFile(out, nil, 0o600)) // a file in place of the outbox's folder: nothing can be sent
	require.NoError(t, w.act("words", "a", liaison, act.Act{Kind: act.Complete}))
	w.eventually("the office's message is tried", func(ctx context.Context) bool {
		all, err := w.Ledger.Messages(ctx, ledger.MessageFilter{Plan: "words", States: ledger.Unsettled})
		return err == nil && len(all) == 1
	})
	w = w.again(true, func(dir string) {
		put(dir)
		require.NoError(t, os.Remove(out))
		require.NoError(t, os.Rename(out+".away", out))
	})
	w.eventually("the office hears of the report", func(context.Context) bool {
		return slices.Contains(w.told("words", "a"), "act-1-complete → duban/office")
	})
	w.well("words")
	back, err := w.Ledger.Talk(t.Context(), "words", "b#1")
	require.NoError(t, err)
	require.Equal(t, act.TalkProposed, back.State)
	require.Equal(t, "b#1", propose("first", "b"), "the same act")
	require.Equal(t, "c#2", propose("third", "c"))

	orphan := ledger.Digest{Key: ledger.DigestKey("words", people.Recipient{Unit: "duban", Role: people.Office}, time.Now(), 7), Plan: "words", SpeakAt: time.Now()}
	require.NoError(t, w.Engine.StartDigest(t.Context(), ledger.Launched{}, orphan))
	var found []engine.Finding
	w.eventually("the message without a row is named", func(context.Context) bool {
		found = w.examine("words", true).Found
		return len(found) == 1
	})
	require.Equal(t, []any{engine.Unknown, orphan.Key, true, false}, []any{found[0].Why, found[0].Thing, found[0].Asks, found[0].Mended})
	require.ErrorIs(t, w.Engine.Take(t.Context(), found[0], engine.TemporalRules, "office"), engine.ErrCannotTake)
	require.NoError(t, w.Engine.Take(t.Context(), found[0], engine.LedgerRules, "office"))
	w.well("words")
}

// Temporal's store is older than the ledger and still runs a task and a duty that are over
// in the ledger, and the task's talk: they are findings, and end.
func TestATaskThatIsOverInTheLedgerEnds(t *testing.T) {
	w := open(t, config(t), true)
	w.lived("over")
	var put func(string)
	w = w.again(true, func(dir string) { put = keep(t, dir, "temporal.db") })
	require.NoError(t, w.act("over", "a", clerk, act.Act{Kind: act.Verify}))
	require.NoError(t, w.act("over", "monthly", clerk, act.Act{Kind: act.EndDuty}))
	w.silent("over")
	w = w.again(false, put)
	var whys []string
	w.eventually("all three are named", func(context.Context) bool {
		whys = nil
		for _, f := range w.examine("over", false).Found {
			whys = append(whys, string(f.Why)+" "+f.Thing)
		}
		return len(whys) == 3
	})
	require.ElementsMatch(t, []string{"over a", "over a#1", "over monthly"}, whys)
	k := w.staff(nil)
	defer k.Stop()
	w.eventually("they end", func(ctx context.Context) bool {
		h, err := w.Engine.Examine(ctx, "over", true)
		return err == nil && len(h.Found) == 0
	})
	for _, id := range []string{workflows.TaskWorkflowID("over", "a"), workflows.TalkWorkflowID("over", "a#1"), workflows.DutyWorkflowID("over", "monthly")} {
		require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, w.status(id), id)
	}
	require.Len(t, w.mended("over"), 3)
}

// The audit of a plan whose tasks are over ends, and runs again when an amendment adds a
// task. A workflow that somebody terminates is started again by the next audit.
func TestTheAuditComesBackWithAnAmendment(t *testing.T) {
	w := open(t, config(t), true)
	a, b := entry("a", "due: 2021-12-31"), entry("b", "due: 2021-12-31")
	p := twoUnits(t, "back", nil, a)
	w.launch(p, fast(p, 5*time.Second, 0))
	require.NoError(t, w.act("back", "a", clerk, act.Act{Kind: act.Verify}))
	audit := workflows.AuditWorkflowID("back")
	w.completes("the end of the audit", audit)
	_, err := w.amend(twoUnits(t, "back", nil, a, b))
	require.NoError(t, err)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, w.status(audit))
	require.Empty(t, w.mended("back"), "it had ended rightly")

	require.NoError(t, w.Client.TerminateWorkflow(t.Context(), workflows.TaskWorkflowID("back", "b"), "", "by hand"))
	w.eventually("the next audit mends, and the ledger says so", func(ctx context.Context) bool { return len(w.mended("back")) == 1 })
	w.well("back")
	w.agree("back", "b")
}

// A workflow that is terminated again and again is mended at once three times a day, then
// after growing gaps, and the ledger has it in its waits.
func TestAWorkflowThatEndsAgainAndAgain(t *testing.T) {
	w := open(t, config(t), true)
	w.stillPlan("often", dated("a", "2021-05-31"))
	w.silent("often")
	w.well("often")
	id := workflows.TaskWorkflowID("often", "a")
	for range 3 {
		require.NoError(t, w.Client.TerminateWorkflow(t.Context(), id, "", "by hand"))
		require.Equal(t, 1, w.examine("often", true).Mended())
	}
	require.NoError(t, w.Client.TerminateWorkflow(t.Context(), id, "", "by hand"))
	for range 2 {
		h := w.examine("often", true)
		require.Len(t, h.Found, 1)
		require.Equal(t, []any{3, false}, []any{h.Found[0].Again, h.Found[0].Mended})
		require.WithinDuration(t, time.Now().Add(time.Minute), h.Found[0].Next, 50*time.Second)
	}
	waits, err := w.Ledger.Waits(t.Context(), "often")
	require.NoError(t, err)
	require.Len(t, waits, 1)
	require.Equal(t, []any{id, "mend", 3}, []any{waits[0].Workflow, waits[0].What, waits[0].Rounds})
	require.NoError(t, w.act("often", "a", liaison, act.Act{Kind: act.Acknowledge}), "what a person does waits for no gap")
	w.well("often")

	// A wait that was last tried long ago is left over from a workflow that could not delete
	// it, and is deleted; one that was tried lately stays.
	now := time.Now()
	for what, tried := range map[string]time.Duration{"stage due": 3 * time.Hour, "stage urge": time.Hour} {
		require.NoError(t, w.Ledger.PutWait(t.Context(), ledger.Wait{Workflow: id, What: what, Plan: "often", Thing: "a",
			Since: now.Add(-4 * time.Hour), TriedAt: now.Add(-tried), Rounds: 4, Error: "disk I/O error"}))
	}
	w.examine("often", true)
	waits, err = w.Ledger.Waits(t.Context(), "often")
	require.NoError(t, err)
	var left []string
	for _, wait := range waits {
		left = append(left, wait.What)
	}
	require.ElementsMatch(t, []string{"mend", "stage urge"}, left)
}

// A duty that falls due no more is ended in the ledger, and its workflow is not started
// again.
func TestADutyThatHasRunItsCourseIsEnded(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "over", "2021-04-08", "nine", aDuty)
	w.launch(p, fast(p, 20*time.Millisecond, time.Second))
	w.eventually("the last occurrence", func(ctx context.Context) bool {
		_, err := w.Ledger.Task(ctx, "over", "monthly.2021-06")
		return err == nil
	})
	w.eventually("ended", func(ctx context.Context) bool {
		_, err := w.Engine.Reconcile(ctx, "over")
		duty, err2 := w.Ledger.Task(ctx, "over", "monthly")
		return err == nil && err2 == nil && duty.State == ledger.TaskEnded
	})
}

package host_test

import (
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/wire"
	"duban/internal/words"
	"duban/workflows"
)

// unbroken asserts that no workflow's last run has failed, timed out or been terminated.
func (w *world) unbroken() {
	w.t.Helper()
	broken := map[string]enums.WorkflowExecutionStatus{}
	var next []byte
	for {
		page, err := w.Client.ListWorkflow(w.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: `ExecutionStatus IN ("Failed", "TimedOut", "Terminated")`, NextPageToken: next})
		require.NoError(w.t, err)
		for _, e := range page.GetExecutions() {
			id := e.GetExecution().GetWorkflowId()
			last, err := w.Client.DescribeWorkflowExecution(w.t.Context(), id, "")
			require.NoError(w.t, err)
			if last.GetWorkflowExecutionInfo().GetExecution().GetRunId() == e.GetExecution().GetRunId() {
				broken[id] = e.GetStatus()
			}
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			break
		}
	}
	require.Empty(w.t, broken)
}

// faulty starts a worker of the test's own. The activity named without is not registered;
// before, when not nil, is called before each activity, and its error is the activity's.
func (w *world) faulty(without string, before func(ctx context.Context, name string) error) worker.Worker {
	w.t.Helper()
	return w.hire(without, before, nil)
}

// hire is faulty with one thing more: others, when not nil, registers activities in place
// of the real ones.
func (w *world) hire(without string, before func(ctx context.Context, name string) error, others func(k worker.Worker, real *activities.Activities)) worker.Worker {
	w.t.Helper()
	channels, err := host.Channels(w.cfg, io.Discard)
	require.NoError(w.t, err)
	real := &activities.Activities{Ledger: w.Ledger, Starter: w.Engine, Channels: channels, Words: words.New("zh"), Now: time.Now, Log: quiet}
	k := worker.New(w.Client, workflows.TaskQueue, worker.Options{DisableRegistrationAliasing: true, WorkerStopTimeout: time.Second})
	workflows.Register(k)
	for name, f := range real.ByName() {
		if name != without {
			k.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
		}
	}
	if before != nil {
		k.RegisterActivityWithOptions(func(ctx context.Context, in wire.StageInput) (act.Course, error) {
			if err := before(ctx, wire.DecideStageName); err != nil {
				return act.Course{}, err
			}
			return real.DecideStage(ctx, in)
		}, activity.RegisterOptions{Name: wire.DecideStageName, DisableAlreadyRegisteredCheck: true})
		k.RegisterActivityWithOptions(func(ctx context.Context, in wire.ActInput) (wire.ActResult, error) {
			if err := before(ctx, wire.RecordActName); err != nil {
				return wire.ActResult{}, err
			}
			return real.RecordAct(ctx, in)
		}, activity.RegisterOptions{Name: wire.RecordActName, DisableAlreadyRegisteredCheck: true})
	}
	if others != nil {
		others(k, real)
	}
	require.NoError(w.t, k.Start())
	w.t.Cleanup(k.Stop)
	return k
}

// Whatever error an activity gives, its workflow does not end: the ledger has it in its
// waits, and it goes on when the activity works again.
func TestNothingThatAnActivityGivesEndsAWorkflow(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	var works atomic.Bool
	var calls atomic.Int32
	w.faulty("", func(ctx context.Context, name string) error {
		if works.Load() {
			return nil
		}
		switch calls.Add(1) % 6 {
		case 0:
			panic("a defect")
		case 1:
			return temporal.NewNonRetryableApplicationError("no", "other", nil)
		case 2:
			return temporal.NewCanceledError()
		case 3:
			return context.Canceled
		case 4:
			return temporal.NewApplicationError("not here", wire.ErrTypeNotFound)
		default:
			return temporal.NewNonRetryableApplicationError("too large", "PayloadsTooLarge", nil)
		}
	})
	p, _ := smallPlan(t, "gives", "2021-04-08", "nine", dated("stage", "2021-04-15"), dated("acted", "2021-04-15"), dated("amended", "2021-04-15"))
	w.launch(p, fast(p, time.Second, 0))
	answered := make(chan error, 2)
	go func() { answered <- w.act("gives", "acted", liaison, act.Act{Kind: act.Acknowledge}) }()
	go func() {
		answered <- w.act("gives", "amended", clerk, act.Act{Kind: act.Reword, Title: "改", Reason: "调整", ID: act.AmendID(1, act.Reword)})
	}()
	w.eventually("all are noted as waiting", func(ctx context.Context) bool {
		waits, err := w.Ledger.Waits(ctx, "gives")
		require.NoError(t, err)
		things := map[string]bool{}
		for _, wait := range waits {
			require.NotEmpty(t, wait.Error)
			things[wait.Thing] = wait.Rounds > 1
		}
		return things["stage"] && things["acted"] && things["amended"]
	})
	works.Store(true)
	require.NoError(t, <-answered)
	require.NoError(t, <-answered)
	w.eventually("all has been decided", func(ctx context.Context) bool {
		if len(w.unsaid(ctx, "gives", p.Issued.At(0, 0, time.UTC).AddDate(0, 2, 0))) > 0 {
			return false
		}
		waits, err := w.Ledger.Waits(ctx, "gives")
		require.NoError(t, err)
		return len(waits) == 0
	})
	w.agree("gives", "acted", "amended")
	w.unbroken()
}

// A worker lacks an activity that its workflows call: no workflow ends, and the next worker
// that has the activity does the work.
func TestAnActivityThatNoWorkerKnowsIsDoneLater(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	old := w.faulty(wire.DecideStageName, nil)
	p, _ := smallPlan(t, "unknown", "2021-04-08", "nine", dated("a", "2021-04-12"))
	w.launch(p, fast(p, time.Second, 5*time.Second)) // the lead lets the task be armed before its first stage is due
	w.eventually("its workflow task fails again and again", func(ctx context.Context) bool {
		d, err := w.Client.DescribeWorkflowExecution(ctx, workflows.TaskWorkflowID("unknown", "a"), "")
		return err == nil && d.GetPendingWorkflowTask().GetAttempt() > 2
	})
	old.Stop()
	w.faulty("", nil)
	w.eventually("it goes on", func(ctx context.Context) bool {
		return len(w.unsaid(ctx, "unknown", time.Now())) == 0
	})
	w.unbroken()
}

// looksAgain tells whether a task's workflow waits to try something again, by the details
// that the workflow shows of itself in Temporal: the ledger cannot be read in these tests.
func (w *world) looksAgain(ctx context.Context, planID, task string) bool {
	value, err := w.Client.QueryWorkflow(ctx, workflows.TaskWorkflowID(planID, task), "", "__temporal_workflow_metadata")
	if err != nil {
		return false // no worker answers the query at the moment
	}
	var about sdk.WorkflowMetadata
	require.NoError(w.t, value.Get(&about))
	return strings.Contains(about.CurrentDetails, "等待")
}

// locked locks the ledger's SQLite file until free is called.
func (w *world) locked() (free func()) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.cfg.Dir, "ledger.db"))
	require.NoError(w.t, err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec("PRAGMA busy_timeout=10000; BEGIN IMMEDIATE")
	require.NoError(w.t, err)
	return func() {
		_, err := db.Exec("ROLLBACK")
		require.NoError(w.t, err)
		require.NoError(w.t, db.Close())
	}
}

// The ledger is locked while stages and acts are under way, for longer than any single try
// lasts: afterwards everything is done.
func TestALedgerThatIsLockedStopsNothingForGood(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "locked", "2021-04-08", "nine", dated("stage", "2021-05-31"), dated("acted", "2021-05-31"))
	w.launch(p, fast(p, 500*time.Millisecond, 0))
	w.eventually("something has been decided", func(ctx context.Context) bool {
		notices, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: "locked"})
		require.NoError(t, err)
		return slices.ContainsFunc(notices, func(n ledger.Notice) bool { return n.Stage != act.OrderID })
	})
	free := w.locked()
	answered := make(chan error, 1)
	go func() { answered <- w.act("locked", "acted", liaison, act.Act{Kind: act.Progress, ID: "in-the-dark"}) }()
	w.eventually("a round of the stage and a try of the act have failed", func(ctx context.Context) bool {
		d, err := w.Client.DescribeWorkflowExecution(ctx, workflows.TaskWorkflowID("locked", "acted"), "")
		return err == nil && w.looksAgain(ctx, "locked", "stage") &&
			slices.ContainsFunc(d.PendingActivities, func(a *workflow.PendingActivityInfo) bool { return a.Attempt > 1 })
	})
	free()
	require.NoError(t, <-answered)
	w.eventually("all has been decided", func(ctx context.Context) bool {
		return len(w.unsaid(ctx, "locked", p.Issued.At(0, 0, time.UTC).AddDate(0, 6, 0))) == 0
	})
	require.Equal(t, []string{"act.progress shuiwu"}, kinds(t, w, "locked", "acted"))
	ledgertest.Proven(t, w.Ledger)
	w.unbroken()
}

// An operator who cancels a workflow in Temporal ends it, even while it waits to try
// something again.
func TestAnOperatorsCancellationEndsAWorkflowThatWaits(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	w.faulty("", func(context.Context, string) error {
		return temporal.NewNonRetryableApplicationError("no", "other", nil)
	})
	p, _ := smallPlan(t, "ends", "2021-04-08", "nine", dated("a", "2021-04-12"))
	w.launch(p, fast(p, time.Second, 0))
	answered := make(chan error, 1)
	go func() { answered <- w.act("ends", "a", liaison, act.Act{Kind: act.Acknowledge}) }()
	w.eventually("both wait", func(ctx context.Context) bool {
		waits, err := w.Ledger.Waits(ctx, "ends")
		require.NoError(t, err)
		return len(waits) == 2
	})
	id := workflows.TaskWorkflowID("ends", "a")
	require.NoError(t, w.Client.CancelWorkflow(t.Context(), id, ""))
	require.Error(t, <-answered)
	var canceled *temporal.CanceledError
	require.ErrorAs(t, w.Client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil), &canceled)
	w.unbroken()
}

// On a machine that completes nothing within the few seconds of a local activity, the
// workflow uses an ordinary activity, which has more time.
func TestASlowMachineGetsMoreTime(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	w.faulty("", func(ctx context.Context, _ string) error {
		if activity.GetInfo(ctx).IsLocalActivity {
			<-ctx.Done()
		}
		return ctx.Err()
	})
	p, _ := smallPlan(t, "slow", "2021-04-08", "nine", dated("a", "2021-04-08"))
	w.launch(p, fast(p, 100*time.Millisecond, 0))
	require.NoError(t, w.act("slow", "a", liaison, act.Act{Kind: act.Progress}))
	w.eventually("the first stage is decided and the task has gone on", func(ctx context.Context) bool {
		value, err := w.Client.QueryWorkflow(ctx, workflows.TaskWorkflowID("slow", "a"), "", workflows.StateQuery)
		if err != nil {
			return false
		}
		var state workflows.TaskState
		require.NoError(t, value.Get(&state))
		return len(state.Course.Said) > 0
	})
	w.unbroken()
}

// The ledger's file is replaced by an empty one for a while: a task that is not found in
// the empty ledger does not end its workflow.
func TestAnEmptyLedgerInPlaceOfTheRealOneEndsNothing(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "empty", "2021-04-08", "nine", dated("stage", "2021-04-30"), dated("acted", "2021-05-31"))
	w.launch(p, fast(p, 500*time.Millisecond, 0))
	file := filepath.Join(w.cfg.Dir, "ledger.db")
	require.NoError(t, os.Rename(file, file+".aside"))
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	w.eventually("a stage falls due and cannot be decided", func(ctx context.Context) bool { return w.looksAgain(ctx, "empty", "stage") })
	require.NoError(t, os.Rename(file+".aside", file))
	w.eventually("all has been decided", func(ctx context.Context) bool {
		missing, err := audit.Missing(ctx, w.Ledger, "empty", p.Issued.At(0, 0, time.UTC).AddDate(0, 2, 0))
		return err == nil && len(missing) == 0
	})
	require.NoError(t, w.act("empty", "acted", liaison, act.Act{Kind: act.Progress}))
	ledgertest.Proven(t, w.Ledger)
	w.unbroken()
}

// An act with a megabyte of words is refused with a reason, whether it comes through the
// engine or straight to the workflow, and later acts work.
func TestAMegabyteOfWordsIsRefusedAndSpoilsNothing(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("long", dated("a", "2021-05-31"))
	leader := act.Actor{Account: "leader", Name: "领导小组", Unit: "lingdao"}
	long := act.Act{Kind: act.Instruct, Reason: strings.Repeat("批", 1<<20/3)}
	require.Equal(t, "act.refused_long", refusedBy(t, w.act("long", "a", leader, long)))
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "long", Task: "a"})
	require.NoError(t, err)
	require.Less(t, len(events[len(events)-1].Data), 20_000, "the refusal is kept without it")

	long.ID, long.By, long.At, long.On = "past the client", leader, time.Now(), calendar.NewDay(2021, 4, 8)
	h, err := w.Client.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{WorkflowID: workflows.TaskWorkflowID("long", "a"),
		UpdateName: string(act.Instruct), Args: []any{long}, WaitForStage: client.WorkflowUpdateStageCompleted})
	if err == nil {
		err = h.Get(t.Context(), nil)
	}
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, wire.ErrTypeRefused, app.Type())

	require.NoError(t, w.act("long", "a", leader, act.Act{Kind: act.Instruct, Reason: strings.Repeat("批", 2000)}))
	require.NoError(t, w.act("long", "a", liaison, act.Act{Kind: act.Progress}))
	w.agree("long", "a")
	w.unbroken()
}

// An act in the name of an unknown account, of the engine or of another unit than the
// account's, or with an instant far from the present one, is refused, whether it comes
// through the engine or straight to the workflow.
func TestAForgedActIsRefused(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	require.NoError(t, os.WriteFile(cfg.Accounts, []byte("accounts:\n  - {id: office, name: 协调办, unit: duban}\n"), 0o600))
	w := openAs(t, cfg, host.Options{Embedded: true, Work: true, Out: io.Discard, Log: quiet})
	w.stillPlan("forged", dated("a", "2021-05-31"))
	require.Equal(t, "act.refused_account", refusedBy(t, w.act("forged", "a", act.Actor{Account: "mayor", Name: "市长", Unit: "duban"}, act.Act{Kind: act.Verify})))
	require.Equal(t, "act.refused_instant", refusedBy(t, w.act("forged", "a", clerk, act.Act{Kind: act.Verify, At: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})))
	l, err := w.Ledger.Plan(t.Context(), "forged")
	require.NoError(t, err)
	raw := func(a act.Act) error {
		a.At = l.Clock.Plan(time.Now())
		u, err := w.Client.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{WorkflowID: workflows.TaskWorkflowID("forged", "a"),
			UpdateName: string(a.Kind), UpdateID: a.ID, Args: []any{a}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err == nil {
			err = u.Get(t.Context(), nil)
		}
		return err
	}
	require.NoError(t, w.act("forged", "a", clerk, act.Act{Kind: act.Suspend}))
	require.ErrorContains(t, raw(act.Act{ID: "by-engine", Kind: act.Resume, By: act.EngineActor, Reason: "x"}), "refused_account")
	require.NoError(t, w.act("forged", "a", clerk, act.Act{Kind: act.Resume}))
	require.Error(t, raw(act.Act{ID: "raw", Kind: act.Propose, By: clerk, Ref: "a", Reason: "x", Talk: &act.TalkFacts{What: "talk"}}), "no workflow takes it")
	propose := func(by act.Actor, at time.Time) error {
		_, err := w.Engine.Propose(t.Context(), "forged", act.Act{ID: "p", Ref: "a", By: by, At: at, Reason: "x", Talk: &act.TalkFacts{What: "talk"}}, nil)
		return err
	}
	require.Equal(t, "act.refused_account", refusedBy(t, propose(act.EngineActor, time.Time{})))
	require.Equal(t, "act.refused_account", refusedBy(t, propose(act.Actor{Account: "office", Name: "协调办", Unit: "lingdao"}, time.Time{})))
	require.Equal(t, "act.refused_instant", refusedBy(t, propose(clerk, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))))
	require.NoError(t, propose(clerk, time.Time{}))
	require.NoError(t, w.act("forged", "a", clerk, act.Act{Kind: act.Verify, ID: "true"}))
	w.unbroken()
}

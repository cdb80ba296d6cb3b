package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// failing is an interceptor that lets the first calls of every activity fail.
type failing struct {
	interceptor.WorkerInterceptorBase
	first int
	calls map[string]int
}

func (f *failing) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &failingCall{interceptor.ActivityInboundInterceptorBase{Next: next}, f}
}

type failingCall struct {
	interceptor.ActivityInboundInterceptorBase
	f *failing
}

func (c *failingCall) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	name := activity.GetInfo(ctx).ActivityType.Name
	c.f.calls[name]++
	if n := c.f.calls[name]; n <= c.f.first {
		switch n % 5 {
		case 0:
			return nil, temporal.NewNonRetryableApplicationError("no", "other", nil)
		case 1:
			return nil, errors.New("the ledger is away")
		case 2:
			return nil, ledger.ErrNotFound
		case 3:
			return nil, temporal.NewCanceledError()
		}
		return nil, context.DeadlineExceeded
	}
	return c.Next.ExecuteActivity(ctx, in)
}

// A workflow whose activities fail thirty times in a row, with each sort of error, goes on
// when they work again, and ends only as its own code says.
func TestNoWorkflowEndsByWhatItsActivitiesGive(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	dated := task("survey", calendar.NewDay(2021, 5, 31))
	duty := plan.Task{ID: "monitor", Title: "监测", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard", Recur: &plan.Recurrence{Every: "quarter"}}
	bench := func(t *testing.T, tasks ...plan.Task) (*bench, *failing) {
		b, f := newBench(t, start, tasks...), &failing{first: 30, calls: map[string]int{}}
		b.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{f}})
		return b, f
	}
	t.Run("task", func(t *testing.T) {
		t.Parallel()
		b, f := bench(t, dated)
		var a answer
		b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "1", &a, closeBy(b, "office")) }, 90*24*time.Hour)
		b.ExecuteWorkflow(workflows.TaskType, b.state(dated, start))
		b.done()
		require.NoError(t, errors.Join(a.rejected, a.err))
		require.Len(t, b.starts.talks, 1, "the whole ladder")
		require.Greater(t, f.calls[wire.DecideStageName], 30)
		require.Greater(t, f.calls[wire.RecordActName], 30)
	})
	t.Run("talk", func(t *testing.T) {
		t.Parallel()
		b, f := bench(t, dated)
		called := plan.Stage{ID: "talk", Kind: plan.Talk, At: start.Add(9 * time.Hour)}
		_, talk := b.decide("survey", called, ledger.When{Real: start, Plan: start})
		row, err := b.store.Task(t.Context(), "p", "survey")
		require.NoError(t, err)
		var a answer
		b.RegisterDelayedCallback(func() {
			end := act.Act{ID: "end", Kind: act.CloseTalk, By: act.Actor{Account: "lead", Name: "lead", Unit: "lingdao"}, At: b.Now(), On: calendar.DayOf(b.Now().In(calendar.Beijing)), Reason: "x"}
			b.UpdateWorkflow(string(act.CloseTalk), "end", &a, end)
		}, 60*24*time.Hour)
		b.ExecuteWorkflow(workflows.TalkType, workflows.TalkState{Plan: "p", Talk: talk.ID, Task: "survey", Window: time.Hour, OpensAt: talk.OpensAt,
			Course: b.rules().TalkCourse(ledger.TalkCaseOf(b.plan, row, *talk))})
		b.done()
		require.NoError(t, errors.Join(a.rejected, a.err))
		require.Greater(t, f.calls[wire.OpenTalkName], 30)
		require.Greater(t, f.calls[wire.DecideTalkStageName], 30)
		require.Greater(t, f.calls[wire.RecordTalkActName], 30)
	})
	t.Run("duty", func(t *testing.T) {
		t.Parallel()
		b, f := bench(t, duty)
		b.ExecuteWorkflow(workflows.DutyType, workflows.DutyState{Plan: "p", Duty: "monitor"})
		require.True(t, b.IsWorkflowCompleted())
		var again *workflow.ContinueAsNewError
		require.ErrorAs(t, b.GetWorkflowError(), &again, "it hands over after its first occurrence")
		require.Greater(t, f.calls[wire.OpenOccurrenceName], 30)
	})
	t.Run("audit", func(t *testing.T) {
		t.Parallel()
		b, f := bench(t, dated)
		b.RegisterDelayedCallback(b.CancelWorkflow, 5*24*time.Hour)
		b.ExecuteWorkflow(workflows.AuditType, workflows.AuditState{Plan: "p", Next: start.Add(10 * time.Hour), Grace: time.Hour})
		require.True(t, b.IsWorkflowCompleted())
		var again *workflow.ContinueAsNewError
		require.ErrorAs(t, b.GetWorkflowError(), &again, "it hands over after an audit that worked")
		require.Greater(t, f.calls[wire.AuditName], 30)
	})
	t.Run("digest", func(t *testing.T) {
		t.Parallel()
		b, f := bench(t, dated)
		digests, _ := b.decide("survey", b.ladder(dated, start)[0], ledger.When{Real: start, Plan: start}, "post")
		b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: digests[0].Key})
		b.done()
		require.Len(t, b.post.mails, 1)
		require.Greater(t, f.calls[wire.DeliverName], 30)
	})
	t.Run("morning", func(t *testing.T) {
		t.Parallel()
		b, f := bench(t, dated)
		digests, _ := b.decide("survey", b.ladder(dated, start)[0], ledger.When{Real: start, Plan: start}, "post")
		b.ExecuteWorkflow(workflows.MorningType, workflows.MorningInput{Key: digests[0].Morning, At: digests[0].SpeakAt})
		b.done()
		require.Len(t, b.post.mails, 1)
		require.Greater(t, f.calls[wire.DeliverMorningName], 30)
	})
}

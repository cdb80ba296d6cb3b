package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/internal/words"
	"duban/workflows"
)

// stuck is an interceptor that lets the acts of some IDs be recorded only when over is set.
type stuck struct {
	interceptor.WorkerInterceptorBase
	ids   []string
	tries atomic.Int32
	over  atomic.Bool
}

func (s *stuck) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &stuckCall{interceptor.ActivityInboundInterceptorBase{Next: next}, s}
}

type stuckCall struct {
	interceptor.ActivityInboundInterceptorBase
	s *stuck
}

func (c *stuckCall) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	if len(in.Args) > 0 {
		if a, ok := in.Args[0].(wire.ActInput); ok && slices.Contains(c.s.ids, a.Act.ID) && !c.s.over.Load() {
			c.s.tries.Add(1)
			return nil, errors.New("it cannot be written")
		}
	}
	return c.Next.ExecuteActivity(ctx, in)
}

// Two acts that cannot be recorded, a person's and one of many, do not keep the turn: other
// acts are answered at once meanwhile, the stages speak on their days, and the two acts are
// answered when they can be recorded.
func TestActsThatCannotBeRecordedHoldNobodyUp(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	s := &stuck{ids: []string{"stuck", act.AmendID(1, act.Reword)}}
	b := newBench(t, start, survey)
	b.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{s}})
	lead, office := act.Actor{Account: "shuiwu", Name: "水务", Unit: "shuiwu"}, act.Actor{Account: "office", Name: "office", Unit: "duban"}
	does := func(after time.Duration, a act.Act) *answer {
		got := &answer{}
		b.RegisterDelayedCallback(func() {
			a.Reason, a.At, a.On = "说明", b.Now(), calendar.DayOf(b.Now().In(calendar.Beijing))
			b.UpdateWorkflow(string(a.Kind), a.ID, got, a)
		}, after)
		return got
	}
	waiting := []*answer{
		does(time.Hour, act.Act{ID: "stuck", Kind: act.Extend, Due: calendar.NewDay(2021, 6, 30), By: lead}),
		does(time.Hour+time.Second, act.Act{ID: act.AmendID(1, act.Reword), Kind: act.Reword, Title: "摸排", By: office}),
	}
	var soon []time.Duration
	var others []*answer
	for i := range 4 {
		at := time.Duration(35+8*i) * time.Hour
		id := fmt.Sprint("progress-", i)
		others = append(others, does(at, act.Act{ID: id, Kind: act.Progress, Percent: 10 + i, By: lead}))
		for wait := time.Minute; wait <= 15*time.Minute; wait += time.Minute {
			b.RegisterDelayedCallback(func() {
				there, err := b.store.Recorded(t.Context(), ledger.ActKey("p", "survey", id))
				require.NoError(t, err)
				if there && len(soon) <= i {
					soon = append(soon, wait)
				}
			}, at+wait)
		}
	}
	unanswered := 0
	b.RegisterDelayedCallback(func() {
		for _, id := range s.ids {
			if there, err := b.store.Recorded(t.Context(), ledger.ActKey("p", "survey", id)); err == nil && !there {
				unanswered++
			}
		}
		s.over.Store(true)
	}, 3*24*time.Hour)
	closed := does(60*24*time.Hour, act.Act{ID: "close", Kind: act.Verify, By: office})
	b.live(workflows.TaskType, b.state(survey, start))
	b.done()
	require.Equal(t, 2, unanswered)
	require.Len(t, soon, 4, "each is answered within a quarter of an hour")
	for _, a := range slices.Concat(waiting, others, []*answer{closed}) {
		require.NoError(t, errors.Join(a.rejected, a.err))
	}
	require.Greater(t, int(s.tries.Load()), 100, "they are tried all the while")
	require.Contains(t, b.said(), "2021-04-09 09:00 survey/study-1 → shuiwu/liaison", "while both wait")
	row, err := b.store.Task(t.Context(), "p", "survey")
	require.NoError(t, err)
	require.Equal(t, []any{"摸排", ledger.TaskClosed}, []any{row.Title, row.State})
}

// A stage that comes due while an act is being recorded is decided in the same run, before a
// new one begins: see task.handsOver.
func TestWhatIsDueIsSaidBeforeARunHandsOver(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	state := b.state(survey, start)
	own := &activities.Activities{Ledger: b.store, Starter: b.starts, Channels: channel.Set{b.post}, Words: words.New("zh"), Now: b.Now}
	b.OnActivity(wire.RecordActName, mock.Anything, mock.Anything).Return(own.RecordAct).After(2 * time.Minute)
	wake := plan.Wake(survey.ID, state.Course.Next.At, state.Window)
	var got answer
	b.RegisterDelayedCallback(func() {
		a := act.Act{ID: "reword", Kind: act.Reword, Title: "摸排", Reason: "说明", At: b.Now(), On: calendar.DayOf(b.Now().In(calendar.Beijing)),
			By: act.Actor{Account: "office", Name: "office", Unit: "duban"}}
		b.UpdateWorkflow(string(a.Kind), a.ID, &got, a)
	}, wake.Add(-time.Minute).Sub(start))
	b.ExecuteWorkflow(workflows.TaskType, state) // one run
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &again)
	require.NoError(t, errors.Join(got.rejected, got.err))
	require.Contains(t, b.said(), "2021-04-09 09:00 survey/study-1 → shuiwu/liaison")
}

// A talk whose opening instant comes while an act is being recorded opens in the same run.
func TestATalkThatIsDueOpensBeforeARunHandsOver(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	own := &activities.Activities{Ledger: b.store, Starter: b.starts, Channels: channel.Set{b.post}, Words: words.New("zh"), Now: b.Now}
	b.OnActivity(wire.RecordTalkActName, mock.Anything, mock.Anything).Return(own.RecordTalkAct).After(2 * time.Minute)
	acts := b.talkActs(state.Talk)
	acts.at(state.OpensAt.Add(-time.Minute).In(calendar.Beijing), ofOffice, act.TakeOver, func(a *act.Act) { a.Ref, a.Unit = "shuiwu", "zezhou" })
	b.ExecuteWorkflow(workflows.TalkType, state) // one run
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &again)
	require.Empty(t, acts.refusals())
	talk, err := b.store.Talk(t.Context(), "q", state.Talk)
	require.NoError(t, err)
	require.Equal(t, []string{"zezhou", string(act.TalkOpen)}, []string{talk.Lead, string(talk.State)})
}

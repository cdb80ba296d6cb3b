package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
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

// unanswered is an interceptor of a worker that dies over some calls: what the activity does
// is done, and nobody is told. The same call made again is not answered either.
type unanswered struct {
	interceptor.WorkerInterceptorBase
	over map[string]string // by activity, the task, duty or talk over which the worker dies
	died chan<- string     // gets the name of an activity over which it has died, for every try
}

func (u *unanswered) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &unansweredCall{interceptor.ActivityInboundInterceptorBase{Next: next}, u}
}

type unansweredCall struct {
	interceptor.ActivityInboundInterceptorBase
	u *unanswered
}

func (c *unansweredCall) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	name := activity.GetInfo(ctx).ActivityType.Name
	thing, dies := c.u.over[name]
	if !dies || len(in.Args) == 0 || thingIn(in.Args[0]) != thing {
		return c.Next.ExecuteActivity(ctx, in)
	}
	answer, err := c.Next.ExecuteActivity(context.WithoutCancel(ctx), in)
	if err != nil {
		return answer, err
	}
	c.u.died <- name
	select {} // as a dead worker: not even a cancellation ends it
}

// thingIn is the task, duty or talk that an activity is asked about; "" for a plan.
func thingIn(arg any) string {
	var in struct{ Task, Talk, Duty, Thing string }
	text, err := json.Marshal(arg)
	if err != nil || json.Unmarshal(text, &in) != nil {
		return ""
	}
	return in.Task + in.Talk + in.Duty + in.Thing
}

// A worker dies, and the engine is closed, between what activities have written into the
// ledger and their answers: a stage of a task, the opening of a talk that joins another, a
// stage of a talk, an act on it, an occurrence of a duty and the daily audit. The next worker
// goes on with each of them, and nothing is said twice.
func TestAWorkerDiesBetweenWhatIsWrittenAndItsAnswer(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	died := make(chan string, 100)
	channels, err := host.Channels(w.cfg, io.Discard)
	require.NoError(t, err)
	real := &activities.Activities{Ledger: w.Ledger, Starter: w.Engine, Channels: channels, Words: words.New("zh"), Now: time.Now, Log: quiet}
	over := map[string]string{
		wire.DecideStageName: "d", wire.OpenTalkName: "c#1", wire.DecideTalkStageName: "a#1", wire.RecordTalkActName: "a#1",
		wire.OpenOccurrenceName: "monthly", wire.AuditName: "",
	}
	k := worker.New(w.Client, workflows.TaskQueue, worker.Options{DisableRegistrationAliasing: true, WorkerStopTimeout: time.Second,
		Interceptors: []interceptor.WorkerInterceptor{&unanswered{over: maps.Clone(over), died: died}}})
	workflows.Register(k)
	real.Register(k)
	require.NoError(t, k.Start())
	t.Cleanup(k.Stop)

	p, _ := smallPlan(t, "cut", "2021-04-08", "standard", dated("a", "2021-04-30"), dated("b", "2021-04-30"), dated("c", "2021-04-30"), dated("d", "2021-05-31"),
		"      - {id: monthly, title: 按月公开, kind: duty, lead: 协调办, recur: {every: month, from: 2021-04-08, until: 2021-06-30}, source: 限期完成}\n")
	p.Consequences = nil // otherwise overdue tasks would also call for a circular
	clock := endingOn(fast(p, 60*time.Millisecond, time.Second), calendar.NewDay(2021, 6, 25))
	w.launch(p, clock)
	w.talkIs("cut", "a#1", act.TalkOpen)
	serve := act.Act{ID: "served", Kind: act.Serve, Talk: &act.TalkFacts{Number: "〔2021〕3号", Time: time.Date(2021, 6, 1, 1, 0, 0, 0, time.UTC), Place: "三楼会议室", Called: []string{"局长"}}}
	first := w
	go func() { _ = first.onTalk("cut", "a#1", clerk, serve) }() // gets no answer from this worker
	for late := time.After(hang); len(over) > 0; {
		select {
		case name := <-died:
			delete(over, name)
		case <-late:
			t.Fatalf("the worker has not died over %v", over)
		}
	}
	k.Stop()
	w = w.again(true, func(string) {})

	require.NoError(t, w.onTalk("cut", "a#1", clerk, serve), "the same act again")
	w.eventually("one talk about all four", func(ctx context.Context) bool {
		k, err := w.Ledger.Talk(ctx, "cut", "a#1")
		return err == nil && k.State == act.TalkOpen && len(k.Facts.Of()) == 4 && k.Facts.Acts == 1
	})
	for _, joined := range []string{"b#1", "c#1", "d#1"} {
		w.joins("cut", joined)
	}
	w.allOpened("cut", clock.End)
	w.agreeAll("cut")
	w.well("cut")
	w.audited("cut", clock)
	notices, err := w.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "cut"})
	require.NoError(t, err)
	said := map[string]int{}
	for _, n := range notices {
		said[fmt.Sprint(n.Task, " ", n.Talk, " ", n.Stage, " ", n.Recipient, " ", n.Channel)]++
	}
	for what, n := range said {
		require.Equal(t, 1, n, what)
	}
	found, err := audit.Breaches(t.Context(), w.Ledger, "cut", time.Now, nil)
	require.NoError(t, err)
	require.Empty(t, found)
	w.unbroken()
	ledgertest.Proven(t, w.Ledger)
}

// lateStart is a starter of workflows that starts the workflow of one talk only when it
// hears from start.
type lateStart struct {
	activities.Starter
	talk  string
	start <-chan struct{}
}

func (l lateStart) StartTalk(ctx context.Context, p ledger.Launched, k ledger.Talk) error {
	if k.ID == l.talk {
		select {
		case <-l.start:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return l.Starter.StartTalk(ctx, p, k)
}

// ReconcileDaily mends nothing: it would start the workflow that StartTalk holds back.
func (l lateStart) ReconcileDaily(context.Context, string) (int, error) { return 0, nil }

// A talk is in the ledger, and its workflow is not started yet, when the talk of another task
// opens, and with it those that come before. The talk has joined by the time at which its
// workflow would start, and no workflow is started for it.
func TestATalkMayJoinBeforeItsWorkflowIsStarted(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	start := make(chan struct{})
	w.hire("", nil, func(_ worker.Worker, real *activities.Activities) {
		real.Starter = lateStart{real.Starter, "b#1", start}
	})
	w.threeMissed("late")
	w.talkIs("late", "b#1", act.TalkJoined)
	close(start)
	w.oneTalk("late", false)
	for _, joined := range []string{"b#1", "c#1"} {
		w.joins("late", joined)
	}
	_, err := w.Client.DescribeWorkflowExecution(t.Context(), workflows.TalkWorkflowID("late", "b#1"), "")
	require.ErrorAs(t, err, new(*serviceerror.NotFound))
	w.well("late")
}

package host_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/workflows"
)

// A unit that has missed the dates of three tasks is called to one talk about them. One
// task's date is corrected so that it is not missed, one task is cancelled, a fourth task
// joins later, and the engine is closed in between. The talk goes on about the remaining
// tasks, and is closed after each of them is verified.
func TestOneTalkAboutAllThatAUnitMissed(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "joint", "2021-04-08", "standard", dated("a", "2021-04-30"), dated("b", "2021-04-30"), dated("c", "2021-04-30"), dated("d", "2021-05-31"))
	p.Consequences = nil // otherwise two overdue tasks would also call for a circular
	w.launch(p, endingOn(fast(p, 60*time.Millisecond, time.Second), calendar.NewDay(2021, 6, 25)))
	about := func(task string, of int) {
		w.t.Helper()
		w.eventually("the talk about "+task, func(ctx context.Context) bool {
			k, err := w.Ledger.TalksAbout(ctx, "joint", task)
			return err == nil && len(k) == 1 && k[0].ID == "a#1" && k[0].State == act.TalkOpen && len(k[0].Facts.Of()) >= of
		})
	}
	about("c", 3)
	w = w.again(true, func(string) {})
	about("d", 4)
	for _, joined := range []string{"b#1", "c#1", "d#1"} {
		w.joins("joint", joined)
	}
	w.well("joint")

	require.NoError(t, w.act("joint", "a", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 9, 30), Paper: "〔2021〕30号"}))
	require.NoError(t, w.act("joint", "b", clerk, act.Act{Kind: act.Cancel, Paper: "〔2021〕31号"}))
	talk := func(by act.Actor, k act.Kind, more func(*act.Act)) {
		w.t.Helper()
		a := act.Act{Kind: k}
		if more != nil {
			more(&a)
		}
		require.NoError(w.t, w.onTalk("joint", "d#1", by, a), k) // an act on d#1 is done on a#1, which d#1 has joined
	}
	talk(clerk, act.Serve, func(a *act.Act) {
		a.Talk = &act.TalkFacts{Number: "〔2021〕3号", Time: time.Date(2021, 6, 1, 1, 0, 0, 0, time.UTC), Place: "三楼会议室", Called: []string{"局长"}}
	})
	talk(clerk, act.Held, nil)
	talk(clerk, act.Minutes, nil)
	talk(liaison, act.GivePlan, nil)
	talk(liaison, act.GiveReport, nil)
	talk(clerk, act.VerifyTalk, func(a *act.Act) { a.Ref, a.ID = "c", "verify-c" })
	k, err := w.Ledger.Talk(t.Context(), "joint", "a#1")
	require.NoError(t, err)
	require.NotContains(t, k.Facts.Taken, act.StepVerified)
	require.Nil(t, k.Facts.Doubt, "it rests on the others")
	talk(clerk, act.VerifyTalk, func(a *act.Act) { a.Ref, a.ID = "d", "verify-d" })
	talk(clerk, act.CloseTalk, nil)
	w.talkIs("joint", "a#1", act.TalkClosed)
	w.ends("joint", "a#1")
	found, err := audit.Breaches(t.Context(), w.Ledger, "joint", time.Now, nil)
	require.NoError(t, err)
	require.Empty(t, found)
	w.unbroken()
	ledgertest.Proven(t, w.Ledger)
}

// underway is a Temporal client whose update of one workflow is delayed until arrive is
// closed, so that the workflow can end before the update reaches it.
type underway struct {
	client.Client
	workflow string
	asked    chan struct{} // gets a value when the update is asked for
	arrive   chan struct{} // closed when the update may go on
}

func (l *underway) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if o.WorkflowID == l.workflow {
		select {
		case l.asked <- struct{}{}:
		default:
		}
		<-l.arrive
	}
	return l.Client.UpdateWorkflow(ctx, o)
}

// Two people decide about one talk at the same moment, or one cancels a task on which
// another reports. The second act finds no running workflow. It is refused by the state
// that the first act has left, and never answered by an error of the engine.
func TestWhatEndsWhileItIsAskedIsAnsweredByItsState(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p := twoUnits(t, "same", nil, entry("a", "due: 2021-12-31"), entry("b", "due: 2021-12-31"), entry("c", "due: 2021-12-31"))
	w.launchStill(p)
	propose := func(task string) string {
		id, err := w.Engine.Propose(t.Context(), "same", act.Act{ID: "p-" + task, By: clerk, Ref: task, Reason: "进度滞后", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
		require.NoError(t, err)
		return id
	}
	both := func(workflow string, second, first func(e *engine.Engine) error) error {
		w.t.Helper()
		l := &underway{Client: w.Client, workflow: workflow, asked: make(chan struct{}, 1), arrive: make(chan struct{})}
		answer := make(chan error, 1)
		go func() { answer <- second(engine.New(l, w.Ledger, 2*time.Hour, time.Now, quiet)) }()
		<-l.asked
		require.NoError(w.t, first(w.Engine))
		w.completes("it has ended", workflow)
		close(l.arrive)
		return <-answer
	}
	decide := func(talk string, k act.Kind, id string) func(*engine.Engine) error {
		return func(e *engine.Engine) error {
			return e.ActOnTalk(context.Background(), "same", talk, act.Act{ID: id, Kind: k, By: mayor, Reason: "已面谈"})
		}
	}
	runs := propose("a")
	require.NoError(t, w.onTalk("same", runs, mayor, act.Act{Kind: act.Approve}))
	joins := propose("b")
	said := both(workflows.TalkWorkflowID("same", joins), decide(joins, act.Decline, "no"), decide(joins, act.Approve, "yes"))
	require.Equal(t, "act.refused_talk_state", refusedBy(t, said), "it has joined the one that is open")
	w.talkIs("same", joins, act.TalkJoined)
	declined := propose("c")
	said = both(workflows.TalkWorkflowID("same", declined), decide(declined, act.Approve, "late-yes"), decide(declined, act.Decline, "first-no"))
	require.Equal(t, "act.refused_talk_state", refusedBy(t, said))
	w.talkIs("same", declined, act.TalkDeclined)

	said = both(workflows.TaskWorkflowID("same", "c"), func(e *engine.Engine) error {
		return e.Act(context.Background(), "same", "c", act.Act{ID: "report", Kind: act.Progress, By: liaison, Percent: 40, Reason: "已完成四成"})
	}, func(e *engine.Engine) error {
		return e.Act(context.Background(), "same", "c", act.Act{ID: "cancel", Kind: act.Cancel, By: clerk, Paper: "二号文", Reason: "不再需要"})
	})
	require.NotEmpty(t, refusedBy(t, said))
	ledgertest.Proven(t, w.Ledger)
}

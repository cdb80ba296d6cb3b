package host_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/workflows"
)

// talkIs waits until a talk is in this state in the ledger.
func (w *world) talkIs(planID, talk string, state act.TalkState) {
	w.t.Helper()
	w.eventually(talk+" is "+string(state), func(ctx context.Context) bool {
		k, err := w.Ledger.Talk(ctx, planID, talk)
		return err == nil && k.State == state
	})
}

// ends waits until a talk's workflow has completed.
func (w *world) ends(planID, talk string) {
	w.t.Helper()
	w.completes("the end of "+talk, workflows.TalkWorkflowID(planID, talk))
}

// joins waits until a talk has joined another and no workflow of it runs: the workflow has
// completed, or was never started, because the talk had joined by then (engine.StartTalk).
func (w *world) joins(planID, talk string) {
	w.t.Helper()
	w.talkIs(planID, talk, act.TalkJoined)
	id := workflows.TalkWorkflowID(planID, talk)
	_, err := w.Client.DescribeWorkflowExecution(w.t.Context(), id, "")
	if errors.As(err, new(*serviceerror.NotFound)) {
		w.t.Logf("%s had joined before its workflow was started", talk)
		return
	}
	w.completes("the end of "+talk, id)
}

func (w *world) onTalk(planID, talk string, by act.Actor, a act.Act) error {
	a.By, a.Reason = by, "说明"
	if a.ID == "" {
		a.ID = string(a.Kind) + "-" + by.Account
	}
	return w.Engine.ActOnTalk(context.Background(), planID, talk, a)
}

func TestTalksOnARealServer(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	for plan, task := range map[string]string{"talks": "a", "gone": "b"} {
		p, _ := smallPlan(t, plan, "2021-04-08", "standard", dated(task, "2021-04-30"))
		p.Consequences = nil // otherwise two missed dates would call for a circular
		w.launch(p, endingOn(fast(p, 40*time.Millisecond, time.Second), calendar.NewDay(2021, 6, 10)))
	}
	w.talkIs("talks", "a#1", act.TalkOpen)
	w.talkIs("gone", "b#1", act.TalkOpen)

	// A talk is void when its task is cancelled.
	require.NoError(t, w.act("gone", "b", clerk, act.Act{Kind: act.Cancel, Paper: "〔2021〕20号"}))
	w.talkIs("gone", "b#1", act.TalkVoid)
	w.ends("gone", "b#1")
	require.Equal(t, "act.refused_talk_state", refusedBy(t, w.onTalk("gone", "b#1", mayor, act.Act{Kind: act.CloseTalk})))

	// Acts of the wrong person or in the wrong order are refused, and the ledger records the refusals.
	summons := &act.TalkFacts{Number: "〔2021〕3号", Time: time.Date(2021, 6, 1, 1, 0, 0, 0, time.UTC), Place: "三楼会议室", Called: []string{"局长"}}
	require.Equal(t, "act.refused_seat", refusedBy(t, w.onTalk("talks", "a#1", liaison, act.Act{Kind: act.Serve, Talk: summons})))
	require.Equal(t, "act.refused_talk_order", refusedBy(t, w.onTalk("talks", "a#1", clerk, act.Act{Kind: act.Held})))
	require.NoError(t, w.onTalk("talks", "a#1", clerk, act.Act{Kind: act.Serve, Talk: summons}))
	require.NoError(t, w.onTalk("talks", "a#1", clerk, act.Act{Kind: act.Serve, Talk: summons}), "the same act again")
	k, err := w.Ledger.Talk(t.Context(), "talks", "a#1")
	require.NoError(t, err)
	require.Equal(t, summons, k.Facts.Notice)
	require.Contains(t, kinds(t, w, "talks", "a"), "act.refused shuiwu")

	// When two people close the talk at the same instant, one of them is refused.
	var people sync.WaitGroup
	closed := make([]error, 2)
	for i, id := range []string{"one", "two"} {
		people.Go(func() { closed[i] = w.onTalk("talks", "a#1", mayor, act.Act{ID: id, Kind: act.CloseTalk}) })
	}
	people.Wait()
	require.Equal(t, 1, len(slices.DeleteFunc(closed, func(err error) bool { return err == nil })))
	w.talkIs("talks", "a#1", act.TalkClosed)
	w.ends("talks", "a#1")

	// A circular that one act proposes twice is one; a named leader approves it.
	for range 2 {
		id, err := w.Engine.Propose(t.Context(), "talks", act.Act{ID: "circular", By: clerk, Ref: "a", Reason: "逾期未办结", Talk: &act.TalkFacts{What: plan.ProposeCircular}}, nil)
		require.NoError(t, err)
		require.Equal(t, "a#2", id)
	}
	_, err = w.Engine.Propose(t.Context(), "talks", act.Act{ID: "mine", By: liaison, Ref: "a", Reason: "逾期", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
	require.Equal(t, "act.refused_seat", refusedBy(t, err))
	require.Equal(t, "act.refused_talk_leader", refusedBy(t, w.onTalk("talks", "a#2", clerk, act.Act{Kind: act.Approve})))
	require.NoError(t, w.onTalk("talks", "a#2", mayor, act.Act{Kind: act.Approve}))
	w.talkIs("talks", "a#2", act.TalkOpen)
	require.NoError(t, w.onTalk("talks", "a#2", liaison, act.Act{Kind: act.AnswerCircular, Reason: "已整改"}))
	w.ends("talks", "a#2")
	w.eventually("the circular", func(context.Context) bool {
		return strings.Contains(strings.Join(w.told("talks", "a"), "\n"), "act-2-approve → shuiwu/head")
	})
	ledgertest.Proven(t, w.Ledger)
}

// mayor is a named leader, of the unit lingdao.
var mayor = act.Actor{Account: "mayor", Name: "市长", Unit: "lingdao"}

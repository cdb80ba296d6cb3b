package host_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

// A unit that has missed three dates is called to one talk; one of them is corrected away,
// one is cancelled, a fourth joins late; the engine is closed in between. The talk goes on
// about those that are left and ends when they have.
func TestOneTalkAboutAllThatAUnitMissed(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "joint", "2021-04-08", "standard", dated("a", "2021-04-30"), dated("b", "2021-04-30"), dated("c", "2021-04-30"), dated("d", "2021-05-31"))
	p.Consequences = nil // two tasks would call for a circular besides
	w.launch(p, standsAt(fast(p, 60*time.Millisecond, time.Second), calendar.NewDay(2021, 6, 25)))
	about := func(task string, of int) {
		w.t.Helper()
		w.eventually("the talk about "+task, func(ctx context.Context) bool {
			k, err := w.Ledger.TalksAbout(ctx, "joint", task)
			return err == nil && len(k) == 1 && k[0].ID == "a#1" && k[0].State == ledger.TalkOpen && len(k[0].Facts.Of()) >= of
		})
	}
	about("c", 3)
	w = w.again(true, func(string) {})
	about("d", 4)
	for _, joined := range []string{"b#1", "c#1", "d#1"} {
		w.talkIs("joint", joined, ledger.TalkJoined)
		w.ends("joint", joined)
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
		require.NoError(w.t, w.onTalk("joint", "d#1", by, a), k) // what is done about it is done about the one it has joined
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
	w.talkIs("joint", "a#1", ledger.TalkClosed)
	w.ends("joint", "a#1")
	found, err := activities.Breaches(t.Context(), w.Ledger, "joint", time.Now)
	require.NoError(t, err)
	require.Empty(t, found)
	w.unbroken()
	ledgertest.Proven(t, w.Ledger)
}

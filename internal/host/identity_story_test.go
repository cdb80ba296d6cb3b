package host_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/workflows"
)

// amendBy amends a plan by the document paper.
func (w *world) amendBy(p *plan.Plan, paper string) (engine.AmendReport, error) {
	return w.Engine.Amend(w.t.Context(), p, w.cal, engine.AmendOptions{Paper: paper, Reason: "调整编号", By: clerk})
}

// called gives each task of a plan as a line: what people call it, its ID in the ledger,
// state, kind and due day.
func (w *world) called(planID string) (out []string) {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.t.Context(), ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	for _, t := range tasks {
		out = append(out, strings.Join([]string{t.Shown(), t.ID, string(t.State), string(t.Kind), t.Due.String()}, " "))
	}
	return out
}

// A task whose number changes stays the same task: it keeps its workflow, its acts and its
// talk, and nothing is said again. A task that was removed by mistake is restored, and a
// standing task gets a date.
func TestATaskKeepsItsIdentityWhenItsNumberChanges(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	before := twoUnits(t, "ident", nil,
		entry("a", "due: 2021-05-31"),
		entry("b", "due: 2021-05-31"),
		entry("gone", "due: 2021-06-30"),
		entry("line", "kind: standing"),
		entry("watch", "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"))
	w.launchStill(before)
	w.opened("ident", "watch.2021-04")
	require.NoError(t, w.act("ident", "b", liaison, act.Act{Kind: act.Acknowledge}))
	require.NoError(t, w.act("ident", "b", liaison, act.Act{Kind: act.Extend, Due: calendar.NewDay(2021, 6, 30), Reason: "材料不齐"}))
	require.NoError(t, w.act("ident", "b", clerk, act.Act{Kind: act.Grant}))
	require.NoError(t, w.act("ident", "gone", liaison, act.Act{Kind: act.Acknowledge}))
	talk, err := w.Engine.Propose(t.Context(), "ident", act.Act{ID: "propose", By: clerk, Ref: "b", Reason: "多次催办", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
	require.NoError(t, err)
	facts, run := w.course("ident", "b"), w.firstRun(workflows.TaskWorkflowID("ident", "b"))

	// b is called 1-1 now, and another task is called b; line gets a date; gone is removed; the duty's number changes
	second := []string{
		entry("b", "due: 2021-08-31"),
		strings.Replace(entry("1-1", "due: 2021-05-31, was: b"), "任务1-1", "任务b", 1),
		entry("a", "due: 2021-05-31"),
		entry("line", "due: 2021-09-30"),
		entry("2-1", "kind: duty, was: watch, recur: {every: month, from: 2021-04-08, until: 2021-12-31}")}
	second[4] = strings.Replace(second[4], "任务2-1", "任务watch", 1)
	after := twoUnits(t, "ident", nil, second...)
	report, err := w.amendBy(after, "二号文")
	require.NoError(t, err)
	require.Equal(t, []any{2, 1, []engine.LeftUndone{}}, []any{report.Armed, report.Acts, report.Left}, "the new b and the dated line start, gone is cancelled, nobody else hears anything")
	require.Equal(t, []string{
		"b b@2 open dated 2021-08-31",
		"1-1 b open dated 2021-06-30",
		"a a open dated 2021-05-31",
		"line line@2 open dated 2021-09-30",
		"2-1 watch open duty ",
		"2-1.2021-04 watch.2021-04 open dated 2021-04-30",
		"gone gone cancelled dated 2021-06-30",
		"line@2 line cancelled standing ",
	}, w.called("ident"))
	require.Equal(t, facts, w.course("ident", "b"), "not a fact is another")
	require.Equal(t, run, w.firstRun(workflows.TaskWorkflowID("ident", "b")), "the same workflow goes on")
	w.agreeAll("ident")
	for typed, id := range map[string]string{"1-1": "b", "b": "b@2", "watch": "watch", "2-1.2021-04": "watch.2021-04"} {
		found, err := w.Ledger.TaskCalled(t.Context(), "ident", typed)
		require.NoError(t, err)
		require.Equal(t, id, found.ID, typed)
	}
	called, err := w.Ledger.TalkCalled(t.Context(), "ident", "1-1#1")
	require.NoError(t, err)
	require.Equal(t, talk, called)
	w.talkIs("ident", talk, act.TalkProposed)

	// The same files once more without `was` change nothing: 1-1 and 2-1 are known by now.
	third := append([]string{}, second...)
	third[1], third[4] = strings.Replace(second[1], ", was: b", "", 1), strings.Replace(second[4], ", was: watch", "", 1)
	changes, err := whatif.New(w.Ledger, time.Now).Amending(t.Context(), twoUnits(t, "ident", nil, third...))
	require.NoError(t, err)
	require.True(t, changes.Empty(), changes)

	// gone is in the plan again, and the amendment sets an earlier date for b, for which an extension was granted. A
	// second amendment by the same paper is refused.
	third = append(third, entry("gone", "due: 2021-07-31"))
	third[1] = strings.Replace(third[1], "2021-05-31", "2021-05-20", 1)
	_, err = w.amendBy(twoUnits(t, "ident", nil, third...), "二号文")
	require.ErrorIs(t, err, whatif.ErrSamePaper)
	report, err = w.amendBy(twoUnits(t, "ident", nil, third...), "三号文")
	require.NoError(t, err)
	require.Equal(t, []any{[]string{"b"}, []engine.LeftUndone{}, []string{}}, []any{report.Kept, report.Left, report.Ended})
	require.Equal(t, "2021-06-30", w.course("ident", "b").Due.String(), "a granted date is the date")
	gone := w.course("ident", "gone")
	require.Equal(t, []any{act.Open, "2021-07-31", false}, []any{gone.State, gone.Due.String(), gone.Acknowledged.IsZero()})
	w.agree("ident", "gone")
	report, err = w.Engine.Amend(t.Context(), twoUnits(t, "ident", nil, append(third, entry("z", "due: 2021-12-31"))...), w.cal,
		engine.AmendOptions{Paper: "四号文", By: clerk, TakeBack: []string{"b"}})
	require.NoError(t, err)
	require.Equal(t, 1, report.Armed)
	require.Equal(t, "2021-06-30", w.course("ident", "b").Due.String(), "an amendment speaks of what it changes")

	// b is cancelled by an act of the office, and reinstated by another, which needs a paper.
	require.NoError(t, w.onTalk("ident", talk, mayor, act.Act{Kind: act.Approve}))
	require.NoError(t, w.act("ident", "b", clerk, act.Act{Kind: act.Cancel, Paper: "五号文"}))
	w.talkIs("ident", talk, act.TalkVoid)
	require.Equal(t, "act.refused_needs", refusedBy(t, w.act("ident", "b", clerk, act.Act{Kind: act.Reinstate, ID: "r1"})))
	require.Equal(t, "act.refused_seat", refusedBy(t, w.act("ident", "b", liaison, act.Act{Kind: act.Reinstate, ID: "r2", Paper: "六号文"})))
	for range 2 { // the same act under the same ID a second time changes nothing
		require.NoError(t, w.act("ident", "b", clerk, act.Act{Kind: act.Reinstate, ID: "r3", Paper: "六号文"}))
	}
	require.Equal(t, []any{act.Open, "2021-06-30"}, []any{w.course("ident", "b").State, w.course("ident", "b").Due.String()})
	w.talkIs("ident", talk, act.TalkOpen)
	require.NoError(t, w.act("ident", "b", liaison, act.Act{Kind: act.Progress, Percent: 40}))
	require.NoError(t, w.onTalk("ident", talk, clerk, act.Act{Kind: act.Serve, Talk: &act.TalkFacts{Number: "约〔2021〕1号", Time: before.Issued.At(9, 0, calendar.Beijing), Place: "会议室", Called: []string{"局长"}}}))
	require.Equal(t, "act.refused_state", refusedBy(t, w.act("ident", "b", clerk, act.Act{Kind: act.Reinstate, ID: "r4", Paper: "六号文"})))
	w.agree("ident", "b")
	w.well("ident")
	_, err = w.Ledger.Verify(t.Context())
	require.NoError(t, err)
}

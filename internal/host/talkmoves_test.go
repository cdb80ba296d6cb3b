package host_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/workflows"
)

// A holiday notice moves the next stage of an open talk and of a proposed one; ledger and
// workflow agree on it.
func TestAHolidayNoticeMovesTalks(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p := twoUnits(t, "tn", nil, entry("a", "due: 2021-12-31"), entry("b", "due: 2021-12-31"))
	w.launchStill(p)
	propose := func(task string) string {
		id, err := w.Engine.Propose(t.Context(), "tn", act.Act{ID: "p-" + task, By: clerk, Ref: task, Reason: "进度滞后", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
		require.NoError(t, err)
		return id
	}
	opened := propose("a")
	require.NoError(t, w.onTalk("tn", opened, mayor, act.Act{Kind: act.Approve}))
	asked := propose("b") // after the first proposal is decided: a second one would join an undecided one

	next := func(talk string) plan.Stage { // the next stage of a talk, by the ledger
		k, err := w.Ledger.Talk(t.Context(), "tn", talk)
		require.NoError(t, err)
		row, err := w.Ledger.Task(t.Context(), "tn", k.Task)
		require.NoError(t, err)
		s := w.rules(t.Context(), "tn").TalkCourse(ledger.TalkCaseOf(p, row, k)).Next
		require.NotNil(t, s)
		return *s
	}
	w.eventually("it is told that it was proposed", func(context.Context) bool { return next(asked).Kind != plan.Told })
	years, err := w.Ledger.Calendar(t.Context())
	require.NoError(t, err)
	notice := years[slices.IndexFunc(years, func(y calendar.Year) bool { return y.Year == 2021 })]
	notice.Papers, notice.Days = []string{"国办发明电〔2021〕99号"}, slices.Clone(notice.Days)
	was := map[string]plan.Stage{opened: next(opened), asked: next(asked)}
	for _, s := range was { // the notice makes the day of each next stage a holiday
		d := calendar.DayOf(s.At.In(calendar.Beijing))
		if !slices.ContainsFunc(notice.Days, func(h calendar.Holiday) bool { return h.Date == d }) {
			notice.Days = append(notice.Days, calendar.Holiday{Name: "抗洪", Date: d, IsOffDay: true})
		}
	}
	moves, err := whatif.New(w.Ledger, time.Now).Moves(t.Context(), "tn", calendar.New(years...).With(notice))
	require.NoError(t, err)
	shown := map[string]time.Time{}
	for _, m := range moves {
		if m.Talk != "" {
			shown[m.Talk+"/"+m.Stage] = m.To
		}
	}

	require.NoError(t, w.Ledger.PutCalendar(t.Context(), notice, "office", ledger.When{Real: time.Now(), Plan: time.Now()}))
	_, err = w.Engine.MoveCalendar(t.Context(), "office")
	require.NoError(t, err)
	for id, before := range was {
		is := next(id)
		require.Equal(t, before.ID, is.ID)
		require.False(t, is.At.Equal(before.At), "%s moves", id)
		require.True(t, shown[id+"/"+is.ID].Equal(is.At), "%s moves as shown", id)
		w.eventually("its workflow has looked", func(ctx context.Context) bool {
			value, err := w.Client.QueryWorkflow(ctx, workflows.TalkWorkflowID("tn", id), "", workflows.StateQuery)
			require.NoError(t, err)
			var state workflows.TalkState
			require.NoError(t, value.Get(&state))
			return state.Course.Next != nil && state.Course.Next.At.Equal(is.At)
		})
	}
	left, err := whatif.New(w.Ledger, time.Now).Moves(t.Context(), "tn", calendar.New(years...).With(notice))
	require.NoError(t, err)
	require.Empty(t, left)
}

// A due date corrected by mistake makes a proposal void. When the date is corrected back,
// the leader can decide about the proposal again, and its workflow, which had ended, runs
// again.
func TestAProposalGoesOnWhenItsDateIsSetBack(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p := twoUnits(t, "slip", nil, entry("a", "due: 2021-04-30"))
	w.launch(p, endingOn(fast(p, 25*time.Millisecond, time.Second), calendar.NewDay(2021, 5, 12)))
	w.eventually("it is warned", func(ctx context.Context) bool {
		row, err := w.Ledger.Task(ctx, "slip", "a")
		return err == nil && slices.ContainsFunc(row.Facts.Said, func(s act.Said) bool { return s.Kind == plan.Warn })
	})
	talk, err := w.Engine.Propose(t.Context(), "slip", act.Act{ID: "p", By: clerk, Ref: "a", Reason: "多次催办", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
	require.NoError(t, err)
	require.NoError(t, w.act("slip", "a", clerk, act.Act{ID: "slip", Kind: act.Correct, Due: calendar.NewDay(2021, 12, 31)}))
	w.talkIs("slip", talk, act.TalkVoid)
	w.ends("slip", talk)
	require.NoError(t, w.act("slip", "a", clerk, act.Act{ID: "back", Kind: act.Correct, Due: calendar.NewDay(2021, 4, 30)}))
	w.talkIs("slip", talk, act.TalkProposed)
	w.eventually("its workflow runs again", func(ctx context.Context) bool {
		d, err := w.Client.DescribeWorkflowExecution(ctx, workflows.TalkWorkflowID("slip", talk), "")
		return err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	})
	require.Empty(t, w.mended("slip"), "it was not lost")
	require.NoError(t, w.onTalk("slip", talk, mayor, act.Act{Kind: act.Approve}))
	w.talkIs("slip", talk, act.TalkOpen)
	w.agreeAll("slip")
}

package host_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// A notice moves an open talk's steps and a proposal's deadline, once, each by an
// act with the notice as its reason; ledger and workflow agree on what is to come.
func TestAHolidayNoticeMovesTalks(t *testing.T) {
	w := open(t, config(t), true)
	w.stands(twoUnits(t, "tn", nil, entry("a", "due: 2021-12-31"), entry("b", "due: 2021-12-31")))
	propose := func(task string) string {
		id, err := w.Engine.Propose(t.Context(), "tn", act.Act{ID: "p-" + task, By: clerk, Ref: task, Reason: "进度滞后", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
		require.NoError(t, err)
		return id
	}
	opened, asked := propose("a"), propose("b")
	require.NoError(t, w.onTalk("tn", opened, mayor, act.Act{Kind: act.Approve}))

	l, err := w.Ledger.Plan(t.Context(), "tn")
	require.NoError(t, err)
	years, err := w.Ledger.Calendar(t.Context())
	require.NoError(t, err)
	now := l.Clock.Plan(time.Now())
	courses, err := w.Ledger.TalkCourses(t.Context(), l, now)
	require.NoError(t, err)
	require.Len(t, courses, 2)
	i := slices.IndexFunc(years, func(y calendar.Year) bool { return y.Year == 2021 })
	notice := years[i]
	notice.Papers, notice.Days = []string{"国办发明电〔2021〕99号"}, slices.Clone(notice.Days)
	for _, c := range courses { // the last two words of each fall on days of rest
		for _, s := range c.Ladder[len(c.Ladder)-2:] {
			d := calendar.DayOf(s.At.In(calendar.Beijing))
			if !slices.ContainsFunc(notice.Days, func(h calendar.Holiday) bool { return h.Date == d }) {
				notice.Days = append(notice.Days, calendar.Holiday{Name: "抗洪", Date: d, IsOffDay: true})
			}
		}
	}
	moves, err := w.Engine.Moves(t.Context(), "tn", calendar.New(years...).With(notice))
	require.NoError(t, err)
	shown := map[string]time.Time{}
	for _, m := range moves {
		if m.Talk != "" {
			shown[m.Talk+"/"+m.Stage] = m.To
		}
	}
	require.NotEmpty(t, shown)

	require.NoError(t, w.Ledger.PutCalendar(t.Context(), notice, "office", ledger.When{Real: time.Now(), Plan: time.Now()}))
	_, err = w.Engine.Recalendar(t.Context(), "calendar-2021-v2", notice.Papers[0], 2021)
	require.NoError(t, err)
	for _, id := range []string{opened, asked} {
		var state workflows.TalkState
		value, err := w.Client.QueryWorkflow(t.Context(), workflows.TalkWorkflowID("tn", id), "", workflows.StateQuery)
		require.NoError(t, err)
		require.NoError(t, value.Get(&state))
		after, err := w.Ledger.TalkCourses(t.Context(), l, now)
		require.NoError(t, err)
		require.Equal(t, len(after[id].Ladder), len(state.Course.Ladder))
		any := false
		for _, s := range state.Course.Ladder {
			there := slices.ContainsFunc(after[id].Ladder, func(u plan.Stage) bool { return u.ID == s.ID && u.At.Equal(s.At) })
			require.True(t, there, "%s %s: the ledger expects it at another time", id, s.ID)
			if to, ok := shown[id+"/"+s.ID]; ok {
				require.True(t, to.Equal(s.At), "%s %s moved as shown", id, s.ID)
				any = true
			}
		}
		require.True(t, any, "%s moves", id)
	}
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "tn"})
	require.NoError(t, err)
	moved := map[string]int{}
	for _, e := range events {
		if e.Kind == ledger.ActKind(act.Recalendar) {
			require.Contains(t, string(e.Data), notice.Papers[0])
			moved[e.Key]++
		}
	}
	require.Equal(t, 1, moved[ledger.ActKey("tn", opened, "calendar-2021-v2")])
	require.Equal(t, 1, moved[ledger.ActKey("tn", asked, "calendar-2021-v2")])

	left, err := w.Engine.Moves(t.Context(), "tn", calendar.New(years...).With(notice))
	require.NoError(t, err)
	require.Empty(t, left)
	n, err := w.Engine.Recalendar(t.Context(), "calendar-2021-v2", notice.Papers[0], 2021)
	require.NoError(t, err)
	require.Zero(t, n, "nothing is done twice")
}

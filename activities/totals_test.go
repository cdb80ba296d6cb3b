package activities_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/report"
)

// The totals of a plan, at the head of a message to the leadership, are those of the lists on
// that day: a task that was reported late and waits for the office, or is suspended, is not
// overdue, and a second extension waits for the leadership's decision as a proposal does.
func TestThePageOfTheLeadershipCountsAsListsDo(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	does := func(month time.Month, day int, id, unit string, k act.Kind, more func(*act.Act)) {
		y.until(calendar.NewDay(2021, month, day).At(10, 0, calendar.Beijing), nil)
		a := act.Act{ID: fmt.Sprintf("%s-%d", k, day), Kind: k, By: act.Actor{Account: unit, Name: unit, Unit: unit}, Reason: "说明",
			Evidence: []act.Evidence{{Name: "附件", URL: "https://example.org/1"}}}
		if more != nil {
			more(&a)
		}
		require.NoError(t, y.act(id, a), "%s of %s", k, id)
		y.follow(id, "dated")
	}
	due := func(month time.Month, day int) func(*act.Act) {
		return func(a *act.Act) { a.Due = calendar.NewDay(2021, month, day) }
	}
	does(5, 17, "2.4-survey.gaoping", "gaoping", act.Complete, nil)
	does(5, 18, "2.4-survey.zezhou", "shuizhiban", act.Suspend, nil)
	does(5, 19, "2.4-plan.chengqu", "chengqu", act.Extend, due(7, 30))
	does(5, 20, "2.4-plan.chengqu", "shuizhiban", act.Grant, nil)
	does(5, 21, "2.4-plan.chengqu", "chengqu", act.Extend, due(8, 31))

	monday := calendar.NewDay(2021, 5, 24)
	y.until(monday.At(9, 1, calendar.Beijing), nil)
	page := ""
	for _, m := range y.letters {
		if m.Recipient == (people.Recipient{Unit: "lingdao", Role: people.Leader}) && calendar.DayOf(m.at.In(calendar.Beijing)) == monday {
			page = m.Text
		}
	}
	tasks, err := y.store.Tasks(t.Context(), ledger.TaskFilter{Plan: y.plan.ID})
	require.NoError(t, err)
	talks, err := y.store.Talks(t.Context(), y.plan.ID, "")
	require.NoError(t, err)
	l, err := y.store.Plan(t.Context(), y.plan.ID)
	require.NoError(t, err)
	overdue := report.Count(report.Rows(l, tasks, nil, talks, monday, y.cal), 0).Overdue
	undecided := 1 // the second extension
	for _, k := range talks {
		if k.State == act.TalkProposed {
			undecided++
		}
	}
	require.Equal(t, []int{13, 8}, []int{overdue, undecided})
	require.Contains(t, strings.Join(strings.Fields(page), ""), "本计划逾期未办结的任务13项、正在进行的约谈8次、待您决定的事项8项。")
}

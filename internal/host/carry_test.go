package host_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// next launches a plan that carries on tasks of another plan, by order of by.
func (w *world) next(p *plan.Plan, clock calendar.Clock, by act.Actor) (engine.LaunchReport, error) {
	return w.Engine.Launch(context.Background(), p, w.cal, engine.LaunchOptions{At: clock.End, Clock: clock, Grace: 100 * 24 * time.Hour, ArmWait: hang, By: by, Reason: "转入下一计划"})
}

// since are the events of a plan whose number is greater than after.
func (w *world) since(planID string, after int64) []ledger.Event {
	w.t.Helper()
	events, err := w.Ledger.Events(w.t.Context(), ledger.EventFilter{Plan: planID, AfterSeq: after})
	require.NoError(w.t, err)
	return events
}

// states lists the plan's tasks in the ledger with their states.
func (w *world) states(planID string) string {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.t.Context(), ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	var all []string
	for _, t := range tasks {
		all = append(all, t.ID+" "+string(t.State))
	}
	return strings.Join(all, ", ")
}

// A plan's tasks are carried into the next plan: each is open in one of the two plans, and
// keeps its talk, its lateness and what was said of it; a repeated launch changes nothing;
// and the old plan can be ended once none of its tasks goes on in it.
func TestAPlanGoesOnInTheNext(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	end := calendar.NewDay(2021, time.June, 21)
	old := twoUnits(t, "y21", nil,
		entry("a", "due: 2021-05-31"),
		entry("b", "due: 2021-12-31"),
		entry("done", "due: 2021-12-31"), // verified before it is due, however long that takes
		entry("watch", "kind: duty, lead: 市生态环境局, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"), // another unit, so that its missed occurrences open a talk of their own
		entry("always", "kind: standing"))
	clock := endingOn(fast(old, 40*time.Millisecond, 3*time.Second), end)
	w.launch(old, clock)
	require.NoError(t, w.verify("y21", "done", "office"))
	w.eventually("a talk is opened", func(ctx context.Context) bool {
		k, err := w.Ledger.Talk(ctx, "y21", "a#1")
		return err == nil && k.State == act.TalkOpen
	})
	w.eventually("the clock has come to its end", func(context.Context) bool { return !clock.Plan(time.Now()).Before(clock.End) })
	w.allOpened("y21", clock.End)
	w.audited("y21", clock)
	w.agreeAll("y21")
	was, err := w.Ledger.Task(t.Context(), "y21", "a")
	require.NoError(t, err)

	next := twoUnits(t, "y22", func(_, text string) string {
		return strings.Replace(text, "issued: 2021-04-08", "issued: 2021-06-21", 1)
	},
		entry("n1", "due: 2021-09-30, carries: y21/a"),
		entry("n2", "due: 2021-12-31, carries: y21/b"),
		entry("w2", "kind: duty, lead: 市生态环境局, recur: {every: month}, carries: y21/watch"),
		entry("fresh", "due: 2021-10-31"))
	require.ErrorIs(t, w.Engine.EndPlan(t.Context(), "y21", clerk, "年度结束", ""), ledger.ErrGoesOn)
	u, err := whatif.New(w.Ledger, time.Now).Undecided(t.Context(), "y21")
	require.NoError(t, err)
	require.Len(t, u.Tasks, 6, "a, b, the duty and three of its occurrences")

	_, err = w.next(next, clock, act.Actor{})
	require.ErrorIs(t, err, engine.ErrWhoCarries)
	var refused *engine.RefusedError
	_, err = w.next(next, clock, liaison)
	require.ErrorAs(t, err, &refused)
	_, err = w.Ledger.Plan(t.Context(), "y22")
	require.ErrorIs(t, err, ledger.ErrNotFound, "nothing is done of what is refused")

	report, err := w.next(next, clock, clerk)
	require.NoError(t, err)
	require.Empty(t, report.Over)
	require.Equal(t, "a carried, b carried, done closed, watch carried, watch.2021-04 carried, watch.2021-05 carried, watch.2021-06 carried, always open", w.states("y21"))
	require.Equal(t, "n1 open, n2 open, w2 open, w2.2021-04 open, w2.2021-05 open, w2.2021-06 open, fresh open", w.states("y22"))

	is, err := w.Ledger.Task(t.Context(), "y22", "n1")
	require.NoError(t, err)
	require.Equal(t, act.Elsewhere{Plan: "y21", Task: "a", On: end, Due: was.Due, Late: 14, Talks: 1}, *is.Facts.From)
	require.Equal(t, []any{was.FirstDue, "2021-09-30", was.Assigned}, []any{is.FirstDue, is.Due.String(), is.Assigned})
	talk, err := w.Ledger.Talk(t.Context(), "y22", "n1#1")
	require.NoError(t, err)
	require.Equal(t, []any{act.TalkOpen, calendar.NewDay(2021, time.June, 15)}, []any{talk.State, talk.Facts.Opened})
	former, err := w.Ledger.Talk(t.Context(), "y21", "a#1")
	require.NoError(t, err)
	require.Equal(t, act.TalkCarried, former.State)

	head := w.still("y22") // the messages that give units the new plan's tasks are sent
	again, err := w.next(next, clock, clerk)
	require.NoError(t, err)
	require.Zero(t, again.Armed)
	require.Empty(t, w.since("y22", head), "once more changes nothing")
	w.agreeAll("y22")
	mends, err := w.Ledger.Mends(t.Context(), "y22", time.Time{})
	require.NoError(t, err)
	require.Empty(t, mends, "what is carried on was not lost, and is not told as mended")
	w.eventually("nothing runs of the old plan", func(ctx context.Context) bool {
		health, err := w.Engine.Examine(ctx, "y21", false)
		return err == nil && len(health.Found) == 0
	})
	require.NoError(t, w.act("y22", "n1", liaison, act.Act{Kind: act.Progress, Percent: 50, Reason: "已开工"}))
	require.ErrorAs(t, w.act("y21", "a", clerk, act.Act{Kind: act.Chase, Reason: "催办"}), &refused)

	require.NoError(t, w.Engine.EndPlan(t.Context(), "y21", clerk, "年度结束", "晋市政办〔2021〕40号"))
	l, err := w.Ledger.Plan(t.Context(), "y21")
	require.NoError(t, err)
	require.False(t, l.Ended.IsZero())
	require.Contains(t, w.states("y21"), "always ended")

	require.Equal(t, "act.refused_seat", refusedBy(t, w.Engine.ArchivePlan(t.Context(), "y21", liaison, "")), "only the office archives")
	require.ErrorIs(t, w.Engine.ArchivePlan(t.Context(), "y22", clerk, ""), ledger.ErrNotEnded)
	require.NoError(t, w.Engine.ArchivePlan(t.Context(), "y21", clerk, ""))
	health, err := w.Engine.Examine(t.Context(), "y21", false)
	require.NoError(t, err)
	require.Empty(t, health.Found, "nothing is missed in it")
	require.Equal(t, "act.refused_needs", refusedBy(t, w.Engine.TakeBackPlan(t.Context(), "y21", clerk, "")))
	require.NoError(t, w.Engine.TakeBackPlan(t.Context(), "y21", clerk, "补一份材料"))
	l, err = w.Ledger.Plan(t.Context(), "y21")
	require.NoError(t, err)
	require.True(t, l.Archived.IsZero())

	// A launch was interrupted before it carried anything: a task that has ended in the old
	// plan meanwhile is not begun, and only the first launch that finds this names it.
	third := twoUnits(t, "y23", func(_, text string) string {
		return strings.Replace(text, "issued: 2021-04-08", "issued: 2021-06-21", 1)
	}, entry("o", "due: 2021-11-30, carries: y22/fresh"))
	_, err = w.Ledger.AddPlan(t.Context(), ledger.Launched{Plan: *third, At: clock.End, Clock: clock}, nil, ledger.When{Real: time.Now(), Plan: clock.End})
	require.NoError(t, err)
	require.NoError(t, w.verify("y22", "fresh", "office"))
	report, err = w.next(third, clock, clerk)
	require.NoError(t, err)
	require.Equal(t, []string{"o"}, report.Over)
	require.Equal(t, "o carried", w.states("y23"))
	head = w.still("y23")
	report, err = w.next(third, clock, clerk)
	require.NoError(t, err)
	require.Empty(t, report.Over)
	require.Empty(t, w.since("y23", head), "once more changes nothing")

	// Two plans run at the same time with the same work: an amendment of one has its tasks
	// carry on those of the other, unless a task of its own is suspended.
	beside := func(x, z string) *plan.Plan {
		return twoUnits(t, "y24", func(_, text string) string {
			return strings.Replace(text, "issued: 2021-04-08", "issued: 2021-06-21", 1)
		}, entry("x", "due: 2021-12-31"+x), entry("z", "due: 2021-09-30"+z))
	}
	w.launch(beside("", ""), clock)
	require.NoError(t, w.act("y24", "z", clerk, act.Act{Kind: act.Suspend}))
	_, err = w.amendBy(beside(", carries: y22/n2", ", carries: y22/n1"), "五号文")
	require.ErrorIs(t, err, whatif.ErrCarriesBusy)
	require.Equal(t, "x open, z open", w.states("y24"), "nothing is done of what is refused")
	require.NoError(t, w.act("y24", "z", clerk, act.Act{Kind: act.Resume}))
	joined := beside(", carries: y22/n2", ", carries: y22/n1")
	amended, err := w.amendBy(joined, "五号文")
	require.NoError(t, err)
	require.Empty(t, amended.Left)
	require.Equal(t, "x@2 open, z@2 open, x cancelled, z cancelled", w.states("y24"), "one of each goes on")
	require.Contains(t, w.states("y22"), "n1 carried, n2 carried")
	require.Contains(t, strings.Join(w.called("y24"), "\n"), "z z@2 open")
	late, err := w.Ledger.TaskCalled(t.Context(), "y24", "z")
	require.NoError(t, err)
	require.Equal(t, []any{"y22", "n1", 1}, []any{late.Facts.From.Plan, late.Facts.From.Task, late.Facts.From.Talks})
	talk, err = w.Ledger.Talk(t.Context(), "y24", "z@2#1")
	require.NoError(t, err)
	require.Equal(t, act.TalkOpen, talk.State, "its talk goes along")
	amended, err = w.amendBy(joined, "五号文")
	require.NoError(t, err)
	require.Equal(t, []any{true, 1, 0, 0}, []any{amended.Resumed, amended.N, amended.Acts, amended.Armed}, "once more changes nothing")
	_, err = w.amendBy(beside(", carries: y22/n2", ", carries: y22/w2"), "六号文")
	require.ErrorIs(t, err, whatif.ErrCarriesLate)
	w.agreeAll("y24")

	for _, planID := range []string{"y21", "y22", "y23", "y24"} {
		broken, err := audit.Breaches(t.Context(), w.Ledger, planID, func() time.Time { return clock.Plan(time.Now()) }, nil)
		require.NoError(t, err)
		require.Empty(t, broken)
	}
	ledgertest.Proven(t, w.Ledger)
}

package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// A unit with one overdue task in each of two plans has two overdue tasks at once: the audit
// of one plan proposes the circular, and that of the other does not propose it again.
func TestWhatAddsUpAddsUpAcrossPlans(t *testing.T) {
	t.Parallel()
	rules := []plan.Consequence{{ID: "two-overdue", Title: "两项任务同时逾期", Count: plan.CountOverdue, AtLeast: 2, Propose: plan.ProposeCircular}}
	start := day(2021, 4, 8)
	b := newBenchBy(t, start, func(p *plan.Plan) {
		standard := p.Policies["standard"]
		standard.Stages = nil // without a warning in the ladder, an overdue task counts at once
		p.Consequences, p.Policies["standard"] = rules, standard
	}, task("a", calendar.NewDay(2021, 4, 30)))
	second := *b.plan
	second.ID, second.Hash, second.Title = "q", "q", "另一计划"
	row := ledger.TaskOf(&second, task("a", calendar.NewDay(2021, 5, 7)), start)
	when := ledger.When{Real: start, Plan: start}
	_, err := b.store.AddPlan(t.Context(), ledger.Launched{Plan: second, At: start}, b.given(&second, row), when)
	require.NoError(t, err)
	at := day(2021, 5, 10).Add(9*time.Hour + 30*time.Minute)
	b.audited(at)
	proposed := func(planID string) (facts [][]string) {
		talks, err := b.store.Talks(t.Context(), planID, "")
		require.NoError(t, err)
		for _, k := range talks {
			facts = append(facts, k.Facts.Facts)
			require.Contains(t, k.Facts.Grounds, "（另一计划）")
		}
		return facts
	}
	require.Equal(t, [][]string{{"overdue:a:2021-04-30", "overdue:q/a:2021-05-07"}}, proposed("p"))
	b.anew()
	b.SetStartTime(at)
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Hour)
	b.live(workflows.AuditType, workflows.AuditState{Plan: "q", Next: at, Grace: 20 * time.Minute})
	require.Empty(t, proposed("q"))
}

// A machine that was off from Friday night to Monday counts the facts of Monday when it runs
// again: the first of the missed audits was on a Saturday, a rest day, but the proposal does
// not wait for Tuesday.
func TestOfficeDaysThatAStopHasMissedAreCounted(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	b := newBenchBy(t, start, func(p *plan.Plan) {
		standard := p.Policies["standard"]
		standard.Stages = nil
		p.Policies["standard"] = standard
		p.Consequences = []plan.Consequence{{ID: "two-overdue", Title: "两项任务同时逾期", Count: plan.CountOverdue, AtLeast: 2, Propose: plan.ProposeCircular}}
	}, task("a", calendar.NewDay(2021, 4, 30)), task("b", calendar.NewDay(2021, 5, 14)))
	back := day(2021, 5, 17).Add(10 * time.Hour)
	b.SetStartTime(back)
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Hour)
	b.live(workflows.AuditType, workflows.AuditState{Plan: "p", Next: day(2021, 5, 15).Add(9*time.Hour + 30*time.Minute), Grace: 20 * time.Minute})
	talks, err := b.store.Talks(t.Context(), "p", "")
	require.NoError(t, err)
	require.Len(t, talks, 1)
	require.Equal(t, []string{"overdue:a:2021-04-30", "overdue:b:2021-05-14"}, talks[0].Facts.Facts)
}

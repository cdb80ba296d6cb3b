package rehearse

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// An act on a duty waits for the occurrences that the duty as it stands opens
// before it, never for those that the act itself will open.
func TestAnActDoesNotWaitForWhatItOpensItself(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	from := calendar.NewDay(2021, 4, 8)
	start := from.At(0, 0, calendar.Beijing)
	duty := plan.Task{ID: "d", Kind: plan.Duty, Lead: "shuiwu", Policy: "p", Recur: &plan.Recurrence{Every: "quarter", From: from}}
	l := ledger.Launched{At: start, Plan: plan.Plan{ID: "p", Year: 2021, Tasks: []plan.Task{duty},
		Policies: map[string]plan.Policy{"p": {Stages: []plan.Rule{{ID: "remind", Kind: plan.Remind, Before: &plan.Offset{N: 30}}}}}}}
	when := ledger.When{Real: start, Plan: start}
	_, err = store.AddPlan(t.Context(), l, []ledger.Task{ledger.TaskOf(&l.Plan, duty, start)}, when)
	require.NoError(t, err)
	book, err := act.NewBook(&l.Plan, calendar.New())
	require.NoError(t, err)
	waits := func(y, m, d int) bool {
		got, err := unopened(t.Context(), store, l, book, "d", calendar.NewDay(y, time.Month(m), d).At(12, 0, calendar.Beijing))
		require.NoError(t, err)
		return got
	}
	require.False(t, waits(2021, 4, 20), "the second quarter opens at the end of May; a month would at once")
	require.True(t, waits(2021, 6, 10))
	row := ledger.TaskOf(&l.Plan, plan.Task{ID: "d.2021Q2", Kind: plan.Dated, Lead: "shuiwu", Policy: "p", Due: calendar.NewDay(2021, 6, 30)}, start)
	row.Duty = "d"
	_, err = store.OpenTask(t.Context(), row, when)
	require.NoError(t, err)
	require.False(t, waits(2021, 6, 10))
}

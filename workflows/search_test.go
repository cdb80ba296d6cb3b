package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/workflows"
)

// TestWhatActsChangeIsFound: when the office corrects a due date, the run that records the
// act updates this one search attribute; an act that changes none updates nothing.
func TestWhatActsChangeIsFound(t *testing.T) {
	t.Parallel()
	for kind, want := range map[act.Kind][]string{act.Correct: {"2021-07-30"}, act.Reword: nil} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			start := day(2021, 5, 3)
			b := newBench(t, start, task("t", calendar.NewDay(2021, 5, 31)))
			var said []string
			b.OnUpsertTypedSearchAttributes(mock.Anything).Run(func(args mock.Arguments) {
				told := args.Get(0).(temporal.SearchAttributes)
				require.Equal(t, 1, told.Size())
				due, _ := told.GetKeyword(workflows.DueAttribute)
				said = append(said, due)
			}).Return(nil).Maybe()
			var answered answer
			b.RegisterDelayedCallback(func() {
				a := closeBy(b, "office")
				a.Kind, a.Due, a.Title = kind, calendar.NewDay(2021, 7, 30), ""
				if kind == act.Reword {
					a.Due, a.Title = calendar.Day{}, "另一个名称"
				}
				b.UpdateWorkflow(string(kind), "1", &answered, a)
			}, time.Hour)
			b.ExecuteWorkflow(workflows.TaskType, b.state(b.plan.Tasks[0], start))
			require.NoError(t, answered.rejected)
			require.NoError(t, answered.err)
			require.ErrorContains(t, b.GetWorkflowError(), "continue as new")
			require.Equal(t, want, said)
		})
	}
}

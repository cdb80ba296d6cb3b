package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/wire"
	"duban/workflows"
)

// When the ledger's answer changes nothing, the workflow asks again in growing gaps and not
// in a loop; so it does with an act when the ledger always has acts that the run does not
// know.
func TestAnAnswerThatChangesNothingIsNoLoop(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	decisions, records := 0, 0
	b.OnActivity(wire.DecideStageName, mock.Anything, mock.Anything).Return(func(_ context.Context, in wire.StageInput) (act.Course, error) {
		decisions++
		return in.Course, nil
	})
	b.OnActivity(wire.RecordActName, mock.Anything, mock.Anything).Return(func(_ context.Context, in wire.ActInput) (wire.ActResult, error) {
		records++
		return wire.ActResult{Course: in.Course, Behind: true}, nil
	})
	var a answer
	b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "1", &a, closeBy(b, "office")) }, time.Minute)
	b.RegisterDelayedCallback(b.CancelWorkflow, 2*24*time.Hour)
	b.ExecuteWorkflow(workflows.TaskType, b.state(survey, start))
	require.True(t, b.IsWorkflowCompleted())
	require.Greater(t, decisions, 2)
	require.Less(t, decisions, 1000, "in gaps of five minutes")
	require.Greater(t, records, 2)
	require.Less(t, records, 1000, "in gaps of five minutes")
}

package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// answer keeps the errors by which an update was rejected or completed.
type answer struct{ rejected, err error }

func (a *answer) Accept()                   {}
func (a *answer) Reject(err error)          { a.rejected = err }
func (a *answer) Complete(_ any, err error) { a.err = err }

// closeBy is the office's verification of a task, as the account who.
func closeBy(b *bench, who string) act.Act {
	now := b.Now()
	return act.Act{ID: who, Kind: act.Verify, By: act.Actor{Account: who, Name: who, Unit: "duban"}, At: now, On: calendar.DayOf(now.In(calendar.Beijing)), Reason: "核查属实"}
}

func TestSilentTaskSpeaksItsWholeLadderAndOpensOneTalk(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	var a answer
	b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "1", &a, closeBy(b, "office")) }, 90*24*time.Hour)
	b.live(workflows.TaskType, b.state(survey, start))
	b.done()
	require.NoError(t, errors.Join(a.rejected, a.err))
	require.Equal(t, []string{
		"2021-04-09 09:00 survey/study-1 → shuiwu/liaison",
		"2021-04-12 09:00 survey/unacknowledged-3 → shuiwu/deputy", // 04-11 is a Sunday
		"2021-04-12 09:00 survey/unacknowledged-3 → shuiwu/liaison",
		"2021-04-30 09:00 survey/remind-30 → shuiwu/liaison", // 05-01 rests
		"2021-05-14 09:00 survey/remind-15 → shuiwu/liaison", // 05-16 is a Sunday
		"2021-05-24 09:00 survey/remind-7 → shuiwu/liaison",
		"2021-05-28 09:00 survey/remind-1 → shuiwu/liaison", // 05-30 is a Sunday; it meets remind-3
		"2021-05-31 09:00 survey/due → shuiwu/liaison",
		"2021-06-01 09:00 survey/urge → shuiwu/deputy",
		"2021-06-01 09:00 survey/urge → shuiwu/liaison",
		"2021-06-07 09:00 survey/warn → duban/office",
		"2021-06-07 09:00 survey/warn → shuiwu/head",
		"2021-06-15 09:00 survey/talk → duban/office", // 06-12 to 06-14 rest
		"2021-06-15 09:00 survey/talk → lingdao/leader",
		"2021-06-15 09:00 survey/talk → shuiwu/head",
		"2021-07-07 00:00 survey/act-1-verify → shuiwu/liaison", // told because the office has verified the task
	}, b.said())
	require.Len(t, b.starts.talks, 1)
	require.Equal(t, "survey", b.starts.talks[0].Task)
	require.Equal(t, "2021-06-15T01:00:00Z", b.starts.talks[0].OpensAt.Format(time.RFC3339))
	row, err := b.store.Task(t.Context(), "p", "survey")
	require.NoError(t, err)
	require.Equal(t, ledger.TaskClosed, row.State)
	require.Equal(t, plan.DoneLate, b.rules().Measure(ledger.CaseOf(row), calendar.NewDay(2021, 7, 8)).Light)
}

func TestClosedTaskSaysNoMore(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	var first, second answer
	b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "1", &first, closeBy(b, "office")) }, 23*24*time.Hour)
	b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "2", &second, closeBy(b, "other")) }, 23*24*time.Hour)
	b.live(workflows.TaskType, b.state(survey, start))
	b.done()
	require.NoError(t, errors.Join(first.rejected, first.err))
	var refused *temporal.ApplicationError
	require.ErrorAs(t, errors.Join(second.rejected, second.err), &refused)
	require.Equal(t, wire.ErrTypeRefused, refused.Type())
	require.Equal(t, []string{
		"2021-04-09 09:00 survey/study-1 → shuiwu/liaison",
		"2021-04-12 09:00 survey/unacknowledged-3 → shuiwu/deputy",
		"2021-04-12 09:00 survey/unacknowledged-3 → shuiwu/liaison",
		"2021-04-30 09:00 survey/remind-30 → shuiwu/liaison",
		"2021-05-01 00:00 survey/act-1-verify → shuiwu/liaison",
	}, b.said())
	row, err := b.store.Task(t.Context(), "p", "survey")
	require.NoError(t, err)
	require.Equal(t, plan.Done, b.rules().Measure(ledger.CaseOf(row), calendar.NewDay(2021, 5, 2)).Light)
	stages, err := b.store.Stages(t.Context(), "p", "survey")
	require.NoError(t, err)
	for _, s := range stages[4:] {
		if s.Kind == plan.Told {
			continue
		}
		require.Equal(t, ledger.Void, s.State, s.ID)
	}
}

func TestTaskWakesWithinItsWindowAndIsDecidedBeforeItSpeaks(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	var a answer
	b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "1", &a, closeBy(b, "office")) }, 90*24*time.Hour)
	b.live(workflows.TaskType, b.state(survey, start))
	b.done()
	stages, err := b.store.Stages(t.Context(), "p", "survey")
	require.NoError(t, err)
	require.NotEmpty(t, stages)
	for _, s := range stages {
		if s.Kind == plan.Told {
			continue // told at the instant of an act, without a wake window
		}
		early := s.At.Sub(s.DecidedAt)
		require.Greater(t, early, 5*time.Minute, s.ID)
		require.LessOrEqual(t, early, 2*time.Hour, s.ID)
	}
}

func TestCancelledTaskEnds(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	b.RegisterDelayedCallback(b.CancelWorkflow, 24*time.Hour)
	b.live(workflows.TaskType, b.state(survey, start))
	require.True(t, b.IsWorkflowCompleted())
	var canceled *temporal.CanceledError
	require.ErrorAs(t, b.GetWorkflowError(), &canceled)
	require.Empty(t, b.said())
}

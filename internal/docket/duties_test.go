package docket_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// An opening that wrote the row of an occurrence, and could not start its workflow, is finished
// before the duty goes on with the next occurrence: the row alone would be taken for opened, and
// nobody chased until an audit.
func TestAnOccurrenceWhoseWorkflowDidNotStartIsStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	duty, err := w.Duty(w.ctx, w.plan.ID, "d")
	require.NoError(t, err)
	o, more := duty.Next(duty.Row.Facts.OpenedUpTo())
	require.True(t, more)
	w.engine.faults = []func(context.Context) error{refuses, refuses}
	_, err = w.OpenOccurrence(w.ctx, w.plan.ID, "d", o)
	require.Error(t, err)
	duty, err = w.Duty(w.ctx, w.plan.ID, "d")
	require.NoError(t, err)
	next, more := duty.Next(duty.Row.Facts.OpenedUpTo())
	require.True(t, more)
	require.NotEqual(t, o.Task, next.Task, "the duty goes on with the next")

	require.Error(t, w.ArmOccurrences(w.ctx, duty), "Temporal refuses once more")
	w.engine.tasks = nil
	require.NoError(t, w.ArmOccurrences(w.ctx, duty))
	require.Equal(t, []string{o.Task}, w.engine.tasks)
	row, err := w.Ledger.Task(w.ctx, w.plan.ID, o.Task)
	require.NoError(t, err)
	require.True(t, row.Armed)
	require.NoError(t, w.ArmOccurrences(w.ctx, duty))
	require.Equal(t, []string{o.Task}, w.engine.tasks, "once")
}

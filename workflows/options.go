package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"duban/activities"
)

// acts names the activities; the pointer is never followed.
var acts *activities.Activities

// deciding is for what only writes the ledger: a local activity, so that a
// stage costs one workflow task. It is tried for ever: without the ledger there
// is nothing to go on with, and the audit cries meanwhile.
func deciding(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 15 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
}

// recording is for what a person's act changes: a durable activity, because the
// act must be in the history before anything of it is in the ledger.
func recording(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 15 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
}

// speaking is for messages that leave the house: a day of tries, then it is
// given up and seen by the audit. Local too, because a morning has as many
// digests as readers; while a mail server is slow the SDK keeps the workflow
// task alive, and long pauses between tries become timers.
func speaking(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    time.Minute,
		ScheduleToCloseTimeout: 24 * time.Hour,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    10 * time.Minute,
		},
	})
}

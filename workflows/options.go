package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"duban/internal/calendar"
)

// longestTurn is how long an act that waits to be recorded may keep the turn from
// stages and other acts. Then it asks for it again.
const longestTurn = 5 * time.Minute

// deciding is for what only writes the ledger or starts a workflow: a local
// activity, so that a stage costs one workflow task. All its tries end well before
// the eight seconds after which the SDK must ask the server for more time. The SDK
// takes a ScheduleToCloseTimeout that is not set from StartToCloseTimeout: both are.
func deciding(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    3 * time.Second,
		ScheduleToCloseTimeout: 6 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumAttempts:    3,
		},
	})
}

// noting is for a note that may as well be missing.
func noting(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    time.Second,
		ScheduleToCloseTimeout: time.Second,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

// recording is for what a person's act changes: a durable activity, because the
// act must be in the history before anything of it is in the ledger. After a few
// tries the turn goes to others for a while: an act that cannot be recorded for a
// reason of its own stops no stage, nor does one that no worker takes.
func recording(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    20 * time.Second,
		ScheduleToCloseTimeout: longestTurn,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumAttempts:    5,
		},
	})
}

// auditing is for the audit, which reads a whole plan and may be slow. It tells
// the server between its steps that it is alive. An audit whose worker died is begun again
// after two minutes; where a clock runs fast, as in a rehearsal, after a day of the plan, but
// not before five seconds: two minutes would be more than a year there.
func auditing(ctx workflow.Context, clock calendar.Clock) workflow.Context {
	day := clock.Until(clock.Start.Add(24*time.Hour), clock.Epoch)
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour,
		HeartbeatTimeout:    min(2*time.Minute, max(5*time.Second, day)),
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumAttempts:    3,
		},
	})
}

// speaking is for messages that are out at once: a local activity, because a
// morning has as many digests as readers. It begins a few seconds before the
// message is to speak, waits for that itself, and stays within a workflow task.
func speaking(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    9 * time.Second,
		ScheduleToCloseTimeout: 9 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

// delivering is for messages that are sent out: a mail server may take its
// time over one (activities.Deliver has the limits), and only workers that can
// send take it. It is tried once: the workflow waits and asks for the next try, so
// that a machine that cannot send does not keep what it cannot send. Whoever died
// over it is known by its heartbeat.
func delivering(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           SendQueue,
		StartToCloseTimeout: 30 * time.Minute,
		HeartbeatTimeout:    30 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

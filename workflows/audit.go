package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/wire"
)

// Audit asks every day, in a run of its own, which due stage left no trace and which message is stuck
// or in doubt, and tells the office. It ends when neither a task nor a talk of the plan goes on.
func Audit(ctx workflow.Context, state AuditState) error {
	p := patience{plan: state.Plan, zone: state.Zone}
	if err := sleepUntil(ctx, state.Clock, state.Next, "每日核对", never); err != nil {
		return err
	}
	var found wire.AuditResult
	in := wire.AuditInput{Plan: state.Plan, At: state.Next, Before: state.Next.Add(-state.Grace)}
	for now := state.Clock.Plan(workflow.Now(ctx)); !state.Next.After(now); { // days missed by a stop are audited once
		state.Next = state.Next.Add(24 * time.Hour)
	}
	for {
		err := workflow.ExecuteActivity(auditing(ctx), wire.AuditName, in).Get(ctx, &found)
		if failed := p.settle(ctx, "audit", err, never); failed != nil {
			return failed
		}
		if err == nil {
			break
		}
	}
	if found.Finished {
		return nil
	}
	return workflow.NewContinueAsNewError(ctx, AuditType, state)
}

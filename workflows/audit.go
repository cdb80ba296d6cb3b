package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/wire"
)

// Audit runs one plan's audit every day, each in a run of its own: activities.Audit finds stages
// that were due and are not in the ledger and messages that are stuck or in doubt, and tells the
// office. The workflow ends when neither a task nor a talk of the plan goes on.
func Audit(ctx workflow.Context, state AuditState) error {
	p := patience{plan: state.Plan, zone: state.Zone}
	if err := sleepUntil(ctx, state.Clock, state.Next, "每日核对", never); err != nil {
		return err
	}
	var found wire.AuditResult
	in := wire.AuditInput{Plan: state.Plan, At: state.Next, Before: state.Next.Add(-state.Grace)}
	in.Last = state.Next
	for now := state.Clock.Plan(workflow.Now(ctx)); !state.Next.After(now); { // one audit covers all days on which the engine did not run
		in.Last, state.Next = state.Next, state.Next.Add(24*time.Hour)
	}
	for {
		err := workflow.ExecuteActivity(auditing(ctx, state.Clock), wire.AuditName, in).Get(ctx, &found)
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

package engine

import (
	"context"
	"fmt"

	"go.temporal.io/api/enums/v1"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/workflows"
)

// SpeakNow lets a digest try again at once: one that waits for its next try is
// told, one that has ended is started once more. What it has said it does not say
// again.
func (e *Engine) SpeakNow(ctx context.Context, digest string) error {
	opts := options(workflows.DigestWorkflowID(digest))
	opts.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	opts.WorkflowExecutionErrorWhenAlreadyStarted = false
	opts.EnableEagerStart = false
	_, err := e.client.SignalWithStartWorkflow(ctx, opts.ID, workflows.SpeakNowSignal, nil, opts, workflows.DigestType, workflows.DigestInput{Key: digest})
	if err != nil {
		return fmt.Errorf("engine: %s: %w", opts.ID, err)
	}
	return nil
}

// Resend lets a message that is not sent be tried once more, now. resent is false
// when it is sent or dropped. Only the office of its plan may: *OfficeError.
func (e *Engine) Resend(ctx context.Context, m ledger.MessageInfo, by act.Actor) (resent bool, err error) {
	when, err := e.settling(ctx, m.Plan, by)
	if err != nil {
		return false, err
	}
	digest, resent, err := e.ledger.Resend(ctx, m.ID, by.Account, when)
	if err != nil || !resent {
		return false, err
	}
	return true, e.SpeakNow(ctx, digest)
}

// DropMessage ends the tries of a message that is not sent. dropped is false when
// it is sent or dropped already. Its digest finds that out at its next try. Only the
// office of its plan may: *OfficeError.
func (e *Engine) DropMessage(ctx context.Context, m ledger.MessageInfo, by act.Actor, reason string) (dropped bool, err error) {
	when, err := e.settling(ctx, m.Plan, by)
	if err != nil {
		return false, err
	}
	return e.ledger.DropMessage(ctx, m.ID, by.Account, reason, when)
}

// settling is when a message of a plan is settled by hand. Only the plan's office may:
// *OfficeError.
func (e *Engine) settling(ctx context.Context, planID string, by act.Actor) (ledger.When, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return ledger.When{}, err
	}
	if dir := l.Plan.Directory; by.Unit != dir.Office {
		return ledger.When{}, &OfficeError{Offices: []string{dir.Name(dir.Office)}}
	}
	return e.when(l.Clock), nil
}

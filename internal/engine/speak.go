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
// when it is sent or dropped.
func (e *Engine) Resend(ctx context.Context, m ledger.MessageInfo, by act.Actor) (resent bool, err error) {
	l, err := e.ledger.Plan(ctx, m.Plan)
	if err != nil {
		return false, err
	}
	now := e.now()
	digest, resent, err := e.ledger.Resend(ctx, m.ID, by.Account, ledger.When{Real: now, Plan: l.Clock.Plan(now)})
	if err != nil || !resent {
		return false, err
	}
	return true, e.SpeakNow(ctx, digest)
}

// DropMessage ends the tries of a message that is not sent. dropped is false when
// it is sent or dropped already. Its digest finds that out at its next try.
func (e *Engine) DropMessage(ctx context.Context, m ledger.MessageInfo, by act.Actor, reason string) (dropped bool, err error) {
	l, err := e.ledger.Plan(ctx, m.Plan)
	if err != nil {
		return false, err
	}
	now := e.now()
	return e.ledger.DropMessage(ctx, m.ID, by.Account, reason, ledger.When{Real: now, Plan: l.Clock.Plan(now)})
}

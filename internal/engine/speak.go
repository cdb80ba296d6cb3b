package engine

import (
	"context"
	"fmt"

	"go.temporal.io/api/enums/v1"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/workflows"
)

// SpeakNow has the digest of this key tried at once: a workflow that waits for its next
// try is signalled, one that has ended is started again. Messages that are sent are not
// sent again.
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

// Resend has a message that is not sent tried once more, now. resent is false when the
// message is sent or dropped already. Only the office of its plan may: *OfficeError
// otherwise; ledger.ErrNotFound without such a message.
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

// DropMessage ends the tries of a message that is not sent; its digest's workflow reads
// that in the ledger at its next try. dropped is false when the message is sent or dropped
// already. Only the office of its plan may: *OfficeError otherwise; ledger.ErrNotFound
// without such a message.
func (e *Engine) DropMessage(ctx context.Context, m ledger.MessageInfo, by act.Actor, reason string) (dropped bool, err error) {
	when, err := e.settling(ctx, m.Plan, by)
	if err != nil {
		return false, err
	}
	return e.ledger.DropMessage(ctx, m.ID, by.Account, reason, when)
}

// settling gives the instant for the ledger at which a person sends a message of a plan
// again or drops it. Only the plan's office may: *OfficeError otherwise.
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

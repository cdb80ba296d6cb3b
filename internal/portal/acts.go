package portal

import (
	"context"
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
)

// Acts is everything that the portal changes: what engine.Engine gives. Each act is
// answered when the ledger has it; refused ones give *engine.RefusedError, what is not
// answered in time *engine.SilentError.
type Acts interface {
	Act(ctx context.Context, planID, task string, a act.Act) error
	ActOnTalk(ctx context.Context, planID, talk string, a act.Act) error
	Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error)
	Resend(ctx context.Context, m ledger.MessageInfo, by act.Actor) (resent bool, err error)
	DropMessage(ctx context.Context, m ledger.MessageInfo, by act.Actor, reason string) (dropped bool, err error)
	SetContact(ctx context.Context, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error)
}

// ErrLookOnly: the ledger was opened to be read.
var ErrLookOnly = errors.New("portal: this ledger was opened to be read")

// LookOnly is Acts of a ledger that is only read: every one answers ErrLookOnly.
type LookOnly struct{}

func (LookOnly) Act(context.Context, string, string, act.Act) error       { return ErrLookOnly }
func (LookOnly) ActOnTalk(context.Context, string, string, act.Act) error { return ErrLookOnly }

func (LookOnly) Propose(context.Context, string, act.Act, *act.Proposal) (string, error) {
	return "", ErrLookOnly
}

func (LookOnly) Resend(context.Context, ledger.MessageInfo, act.Actor) (bool, error) {
	return false, ErrLookOnly
}

func (LookOnly) DropMessage(context.Context, ledger.MessageInfo, act.Actor, string) (bool, error) {
	return false, ErrLookOnly
}

func (LookOnly) SetContact(context.Context, people.Recipient, people.Contact, act.Actor) (people.Contact, error) {
	return people.Contact{}, ErrLookOnly
}

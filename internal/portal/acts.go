package portal

import (
	"context"
	"errors"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/water"
	"duban/internal/words"
)

// Acts is everything that the portal changes; engine.Engine has these methods. Each act is
// answered when the ledger has it. A refused act gives *engine.RefusedError, one that is
// not answered in time *engine.SilentError.
type Acts interface {
	Act(ctx context.Context, planID, task string, a act.Act) error
	ActOnTalk(ctx context.Context, planID, talk string, a act.Act) error
	Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error)
	Resend(ctx context.Context, m ledger.MessageInfo, by act.Actor) (resent bool, err error)
	DropMessage(ctx context.Context, m ledger.MessageInfo, by act.Actor, reason string) (dropped bool, err error)
	SetContact(ctx context.Context, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error)
	SetDirectory(ctx context.Context, c ledger.DirectoryChange, by act.Actor) (done int, err error)
	SetOffice(ctx context.Context, name, value string, by act.Actor) (before string, err error)
	SetCharge(ctx context.Context, was, now people.Charge, by act.Actor) error
	Launch(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, o engine.LaunchOptions) (engine.LaunchReport, error)
	Amend(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, o engine.AmendOptions) (engine.AmendReport, error)
	EndPlan(ctx context.Context, planID string, by act.Actor, reason, paper string) error
	ArchivePlan(ctx context.Context, planID string, by act.Actor, reason string) error
	TakeBackPlan(ctx context.Context, planID string, by act.Actor, reason string) error
	Assess(ctx context.Context, planID string, a act.Act, sheet *assessment.Sheet, cal *calendar.Calendar) error
	Report(ctx context.Context, planID string, a act.Act) error
	Publish(ctx context.Context, planID string, number int, a act.Act) (int, error)
	Incident(ctx context.Context, planID, id string, a act.Act, say *words.Words) (string, error)
	TakeIn(ctx context.Context, planID string, all []engine.Taking) (numbers []int, err error)
	Complain(ctx context.Context, planID string, number int, a act.Act, say *words.Words) error
	BringHolidays(ctx context.Context, notices []calendar.Year, by act.Actor, watch func(done, total int)) (things int, err error)
	BringReadings(ctx context.Context, planID string, all []water.Reading, correct bool, reason string, by act.Actor, say *words.Words) ([]ledger.ReadingChange, error)
	ApplyPolicy(ctx context.Context, planID string, p plan.Policy, by act.Actor, reason string) (moved int, left []engine.LeftUndone, err error)
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

func (LookOnly) SetDirectory(context.Context, ledger.DirectoryChange, act.Actor) (int, error) {
	return 0, ErrLookOnly
}

func (LookOnly) SetOffice(context.Context, string, string, act.Actor) (string, error) {
	return "", ErrLookOnly
}

func (LookOnly) SetCharge(context.Context, people.Charge, people.Charge, act.Actor) error {
	return ErrLookOnly
}

func (LookOnly) Launch(context.Context, *plan.Plan, *calendar.Calendar, engine.LaunchOptions) (engine.LaunchReport, error) {
	return engine.LaunchReport{}, ErrLookOnly
}

func (LookOnly) Amend(context.Context, *plan.Plan, *calendar.Calendar, engine.AmendOptions) (engine.AmendReport, error) {
	return engine.AmendReport{}, ErrLookOnly
}

func (LookOnly) EndPlan(context.Context, string, act.Actor, string, string) error { return ErrLookOnly }
func (LookOnly) ArchivePlan(context.Context, string, act.Actor, string) error     { return ErrLookOnly }
func (LookOnly) TakeBackPlan(context.Context, string, act.Actor, string) error    { return ErrLookOnly }

func (LookOnly) Assess(context.Context, string, act.Act, *assessment.Sheet, *calendar.Calendar) error {
	return ErrLookOnly
}

func (LookOnly) Report(context.Context, string, act.Act) error { return ErrLookOnly }

func (LookOnly) Publish(context.Context, string, int, act.Act) (int, error) { return 0, ErrLookOnly }

func (LookOnly) Incident(context.Context, string, string, act.Act, *words.Words) (string, error) {
	return "", ErrLookOnly
}

func (LookOnly) TakeIn(context.Context, string, []engine.Taking) ([]int, error) {
	return nil, ErrLookOnly
}

func (LookOnly) Complain(context.Context, string, int, act.Act, *words.Words) error {
	return ErrLookOnly
}

func (LookOnly) BringHolidays(context.Context, []calendar.Year, act.Actor, func(done, total int)) (int, error) {
	return 0, ErrLookOnly
}

func (LookOnly) BringReadings(context.Context, string, []water.Reading, bool, string, act.Actor, *words.Words) ([]ledger.ReadingChange, error) {
	return nil, ErrLookOnly
}

func (LookOnly) ApplyPolicy(context.Context, string, plan.Policy, act.Actor, string) (int, []engine.LeftUndone, error) {
	return 0, nil, ErrLookOnly
}

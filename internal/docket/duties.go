package docket

import (
	"context"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Duty is a recurring duty as it is now.
type Duty struct {
	Launched ledger.Launched
	Rules    act.Rules
	Row      ledger.Task
	planned  plan.Task // the duty as its plan has it
}

// Duty is a duty of a plan by the calendar in force.
func (d Docket) Duty(ctx context.Context, planID, id string) (Duty, error) {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil {
		return Duty{}, err
	}
	row, err := d.Ledger.Task(ctx, planID, id)
	if err != nil {
		return Duty{}, err
	}
	return DutyOf(l, rules, row)
}

// DutyOf is the duty of a row; ledger.ErrNotFound when its plan has it no more.
func DutyOf(l ledger.Launched, rules act.Rules, row ledger.Task) (Duty, error) {
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == row.ID })
	if i < 0 {
		return Duty{}, fmt.Errorf("duty %s: %w", row.ID, ledger.ErrNotFound)
	}
	return Duty{Launched: l, Rules: rules, Row: row, planned: l.Plan.Tasks[i]}, nil
}

// Next is the first occurrence due after a day, by the duty as acts have changed it; false:
// there is none. Occurrences count from the day on which the duty was given to its unit: an
// amendment may add a duty long after the launch.
func (d Duty) Next(after calendar.Day) (plan.Occurrence, bool) {
	return d.Rules.OccurrenceAfter(d.planned, d.Row.Facts, after)
}

// FallsDue tells that the duty still has an occurrence to open. A paused duty has: it may fall
// due again when it goes on.
func (d Duty) FallsDue() bool {
	_, more := d.Next(d.Row.Facts.OpenedUpTo())
	return more || d.Row.Facts.Pause != nil
}

// Occurrence is the row with which an occurrence of the duty enters the ledger.
func (d Duty) Occurrence(o plan.Occurrence) ledger.Task {
	return opening{plan: &d.Launched.Plan, rules: d.Rules}.occurrence(act.AsRuled(d.planned, d.Row.Facts), o)
}

// OpenOccurrence writes an occurrence whose time has come into the ledger, then starts its Task
// workflow. It gives the duty's course from then on.
func (d Docket) OpenOccurrence(ctx context.Context, planID, duty string, o plan.Occurrence) (act.Course, error) {
	of, err := d.Duty(ctx, planID, duty)
	if err != nil {
		return act.Course{}, err
	}
	if err := d.open(ctx, of.Launched, of.Occurrence(o)); err != nil {
		return act.Course{}, err
	}
	return d.course(ctx, of.Rules, planID, duty)
}

// ArmOccurrences starts the workflows of a duty's open occurrences that are not known to run:
// an opening may have failed, or been cut off, after it had written its row, and the duty then
// goes on with the occurrence after it.
func (d Docket) ArmOccurrences(ctx context.Context, of Duty) error {
	planID := of.Launched.Plan.ID
	open, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen, Duty: of.Row.ID})
	if err != nil {
		return err
	}
	for _, t := range open {
		if t.Armed {
			continue
		}
		if err := d.Starter.StartTask(ctx, of.Launched, t); err != nil {
			return err
		}
		if err := d.Ledger.MarkArmed(ctx, planID, []string{t.ID}, d.when(of.Launched.Clock)); err != nil {
			return err
		}
	}
	return nil
}

// EndDuty records that a duty is over because it falls due no more.
func (d Docket) EndDuty(ctx context.Context, planID, duty string) error {
	l, err := d.Ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	return d.Ledger.EndDuty(ctx, planID, duty, d.when(l.Clock))
}

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

// Duty is a recurring duty as it stands.
type Duty struct {
	Launched ledger.Launched
	Book     act.Book
	Row      ledger.Task
	planned  plan.Task // as its plan has it
}

// Duty is a duty of a plan by the calendar in force.
func (d Docket) Duty(ctx context.Context, planID, id string) (Duty, error) {
	l, book, err := d.Plan(ctx, planID)
	if err != nil {
		return Duty{}, err
	}
	row, err := d.Ledger.Task(ctx, planID, id)
	if err != nil {
		return Duty{}, err
	}
	return DutyOf(l, book, row)
}

// DutyOf is the duty of a row; ledger.ErrNotFound when its plan has it no more.
func DutyOf(l ledger.Launched, book act.Book, row ledger.Task) (Duty, error) {
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == row.ID })
	if i < 0 {
		return Duty{}, fmt.Errorf("duty %s: %w", row.ID, ledger.ErrNotFound)
	}
	return Duty{Launched: l, Book: book, Row: row, planned: l.Plan.Tasks[i]}, nil
}

// Next is the first occurrence due after a day: an amended plan has duties younger
// than itself.
func (d Duty) Next(after calendar.Day) (plan.Occurrence, bool) {
	return d.Book.OccurrenceAfter(d.planned, d.Row.Facts, after)
}

// FallsDue tells that the duty, or one that is paused, falls due once more than it has
// been opened.
func (d Duty) FallsDue() bool {
	_, more := d.Next(d.Row.Facts.OpenedUpTo())
	return more || d.Row.Facts.Pause != nil
}

// Occurrence is one occurrence as it enters the ledger.
func (d Duty) Occurrence(o plan.Occurrence) ledger.Task {
	return opening{plan: &d.Launched.Plan, book: d.Book}.occurrence(act.AsRuled(d.planned, d.Row.Facts), o)
}

// OpenOccurrence writes an occurrence whose time has come, then starts its Task. It gives
// the duty's course from then on.
func (d Docket) OpenOccurrence(ctx context.Context, planID, duty string, o plan.Occurrence) (act.Course, error) {
	of, err := d.Duty(ctx, planID, duty)
	if err != nil {
		return act.Course{}, err
	}
	if err := d.open(ctx, of.Launched, of.Occurrence(o)); err != nil {
		return act.Course{}, err
	}
	return d.course(ctx, of.Book, planID, duty)
}

// EndDuty records that a duty has run its course: it falls due no more.
func (d Docket) EndDuty(ctx context.Context, planID, duty string) error {
	l, err := d.Ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	return d.Ledger.EndDuty(ctx, planID, duty, d.when(l.Clock))
}

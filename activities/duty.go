package activities

import (
	"context"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
)

// NextOccurrence works out the duty's next occurrence by the calendar in force.
func (a *Activities) NextOccurrence(ctx context.Context, in wire.LookInput) (wire.NextOccurrence, error) {
	d, err := a.duty(ctx, in.Plan, in.Thing)
	if err != nil {
		return wire.NextOccurrence{}, translate(err)
	}
	o, ok := d.next(d.row.Facts.OpenedUpTo())
	return wire.NextOccurrence{Course: d.book.Course(ledger.CaseOf(d.row)).Keys(), Ended: !ok, Occurrence: o}, nil
}

// EndDuty records that a duty has run its course: it falls due no more.
func (a *Activities) EndDuty(ctx context.Context, in wire.LookInput) error {
	l, err := a.launched(ctx, in.Plan)
	if err != nil {
		return translate(err)
	}
	return translate(a.Ledger.EndDuty(ctx, in.Plan, in.Thing, a.when(l.Clock)))
}

// OpenOccurrence writes the occurrence, then starts its Task. It gives the duty's
// course from then on.
func (a *Activities) OpenOccurrence(ctx context.Context, in wire.OccurrenceInput) (act.Course, error) {
	d, err := a.duty(ctx, in.Plan, in.Duty)
	if err != nil {
		return act.Course{}, translate(err)
	}
	row, when := d.occurrence(in.Occurrence), a.when(d.launched.Clock)
	if _, err := a.Ledger.AddOccurrence(ctx, row, when); err != nil {
		return act.Course{}, translate(err)
	}
	if err := a.Starter.StartTask(ctx, d.launched, row); err != nil {
		return act.Course{}, err
	}
	if err := a.Ledger.MarkArmed(ctx, in.Plan, []string{row.ID}, when); err != nil {
		return act.Course{}, err
	}
	return a.course(ctx, d.book, in.Plan, in.Duty)
}

// duty is a recurring duty as it stands.
type duty struct {
	launched ledger.Launched
	book     act.Book
	task     plan.Task // of the plan, as acts have changed it
	row      ledger.Task
}

func (a *Activities) duty(ctx context.Context, planID, id string) (duty, error) {
	l, book, err := a.plan(ctx, planID)
	if err != nil {
		return duty{}, err
	}
	row, err := a.Ledger.Task(ctx, planID, id)
	if err != nil {
		return duty{}, err
	}
	return dutyOf(l, book, row)
}

func dutyOf(l ledger.Launched, book act.Book, row ledger.Task) (duty, error) {
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == row.ID })
	if i < 0 {
		return duty{}, fmt.Errorf("duty %s: %w", row.ID, ledger.ErrNotFound)
	}
	return duty{launched: l, book: book, task: act.AsRuled(l.Plan.Tasks[i], row.Facts), row: row}, nil
}

// next is the first occurrence due after a day: an amended plan has duties younger
// than itself.
func (d duty) next(after calendar.Day) (plan.Occurrence, bool) {
	o, ok := d.book.NextOccurrence(d.launched.Plan.Policies[d.task.Policy], d.task, after, d.row.Assigned)
	if since := d.row.Facts.Restarted; o.Opens.Before(since) { // it is owed since an act made it so: nothing is said of the time before
		o.Opens = since
	}
	return o, ok
}

// occurrence is one occurrence as it enters the ledger.
func (d duty) occurrence(o plan.Occurrence) ledger.Task {
	row := ledger.TaskOf(&d.launched.Plan, act.OccurrenceOf(d.task, o), o.Opens)
	row.Duty, row.Period = d.task.ID, o.Period
	row.Facts = d.book.Open(row.Facts.AsOccurrence()).Case
	return row
}

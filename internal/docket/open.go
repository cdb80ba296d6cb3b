package docket

import (
	"context"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// opening makes the rows of new tasks of one plan.
type opening struct {
	plan     *plan.Plan
	book     act.Book
	channels []string // over which units hear of what they are given
}

// row is the row of a new task, duty or occurrence; no other code makes one. It comes with
// the word, said at an instant, by which its units hear of it: both are written together,
// so that no unit is given anything that it is not told of, whatever interrupts the caller.
// A zero instant is of what nobody is told.
func (o opening) row(t plan.Task, facts act.Case, told time.Time) ledger.Task {
	row := ledger.TaskOf(o.plan, t, facts.Assigned)
	row.Facts, row.Title, row.Lead, row.Assist, row.Policy = facts, facts.Title, facts.Lead, facts.Assist, facts.Policy
	row.Due, row.Revision = facts.Due, facts.Revision
	if told.IsZero() {
		return row
	}
	if s := o.book.OrderAt(facts, told); s != nil {
		row.Order = &ledger.Order{Stage: *s, Channels: o.channels, From: o.plan, Place: placing(o.book, row.ID, facts.Policy, o.book.Limit(facts, *s))}
	}
	return row
}

// begin is the row of a task that begins by being assigned.
func (o opening) begin(t plan.Task, assigned time.Time) ledger.Task {
	assigned = assigned.UTC().Truncate(time.Microsecond) // what both databases keep
	return o.row(t, o.book.Open(act.NewCase(o.plan, t, assigned)).Case, assigned)
}

// occurrence is the row of an occurrence of a duty. Its units were told of the duty.
func (o opening) occurrence(duty plan.Task, of plan.Occurrence) ledger.Task {
	t, opens := act.OccurrenceOf(duty, of), of.Opens.UTC().Truncate(time.Microsecond)
	row := o.row(t, o.book.Open(act.NewCase(o.plan, t, opens).AsOccurrence()).Case, opens)
	row.Duty, row.Period = duty.ID, of.Period
	return row
}

// Rows are the rows of tasks that a plan gives from an instant on, but for those that it
// carries on from another plan: see Carriage.
func (d Docket) Rows(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, tasks []plan.Task, at time.Time) (rows []ledger.Task, err error) {
	o := opening{plan: p}
	if o.book, err = act.NewBook(p, cal); err != nil {
		return nil, err
	}
	if o.channels, err = d.Channels(ctx); err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.Carries == "" {
			rows = append(rows, o.begin(t, at))
		}
	}
	return rows, nil
}

// open writes a row into a plan under supervision, and starts what chases it.
func (d Docket) open(ctx context.Context, l ledger.Launched, row ledger.Task) error {
	when := d.when(l.Clock)
	if _, err := d.Ledger.AddOccurrence(ctx, row, when); err != nil {
		return err
	}
	if err := d.Starter.StartTask(ctx, l, row); err != nil {
		return err
	}
	return d.Ledger.MarkArmed(ctx, l.Plan.ID, []string{row.ID}, when)
}

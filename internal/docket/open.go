package docket

import (
	"context"
	"fmt"
	"slices"
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
func (o opening) row(t plan.Task, facts act.Case, told time.Time, from act.Origin) ledger.Task {
	row := ledger.TaskOf(o.plan, t, facts.Assigned)
	row.Origin = from
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
func (o opening) begin(t plan.Task, assigned time.Time, from act.Origin) ledger.Task {
	assigned = assigned.UTC().Truncate(time.Microsecond) // what both databases keep
	return o.row(t, o.book.Open(act.NewCase(o.plan, t, assigned)).Case, assigned, from)
}

// occurrence is the row of an occurrence of a duty. Its units were told of the duty.
func (o opening) occurrence(duty plan.Task, of plan.Occurrence) ledger.Task {
	t, opens := act.OccurrenceOf(duty, of), of.Opens.UTC().Truncate(time.Microsecond)
	row := o.row(t, o.book.Open(act.NewCase(o.plan, t, opens).AsOccurrence()).Case, opens, act.Origin{Kind: act.OriginDuty, Of: duty.ID})
	row.Duty, row.Period = duty.ID, of.Period
	return row
}

// Rows are the rows of tasks that a plan's document gives from an instant on, but for those
// that it carries on from another plan: see Carriage. What an amendment adds gets its
// number in the ledger.
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
			rows = append(rows, o.begin(t, at, act.Origin{Kind: act.OriginPlan}))
		}
	}
	return rows, nil
}

// Open opens a task that no document of its plan names, at once: its units are told, and it
// is chased like any other. from says what it is opened for, and t has an ID of its own in
// the plan: the same twice opens nothing twice, and ledger.ErrOtherTask tells that another
// has the ID. t says when it is due and by which policy.
func (d Docket) Open(ctx context.Context, planID string, t plan.Task, from act.Origin) (ledger.Task, error) {
	l, book, err := d.Plan(ctx, planID)
	if err != nil {
		return ledger.Task{}, err
	}
	if slices.ContainsFunc(l.Plan.Tasks, func(p plan.Task) bool { return p.ID == t.ID }) {
		return ledger.Task{}, fmt.Errorf("task %s of %s: %w", t.ID, planID, ledger.ErrOtherTask)
	}
	o := opening{plan: &l.Plan, book: book}
	if o.channels, err = d.Channels(ctx); err != nil {
		return ledger.Task{}, err
	}
	row := o.begin(t, d.when(l.Clock).Plan, from)
	if err := d.open(ctx, l, row); err != nil {
		return ledger.Task{}, err
	}
	digests, err := d.Ledger.Unstarted(ctx, planID, row.ID)
	if err != nil {
		return ledger.Task{}, err
	}
	return row, d.StartDigests(ctx, l, digests)
}

// open writes a row into a plan under supervision, and starts what chases it.
func (d Docket) open(ctx context.Context, l ledger.Launched, row ledger.Task) error {
	when := d.when(l.Clock)
	if _, err := d.Ledger.OpenTask(ctx, row, when); err != nil {
		return err
	}
	if err := d.Starter.StartTask(ctx, l, row); err != nil {
		return err
	}
	return d.Ledger.MarkArmed(ctx, l.Plan.ID, []string{row.ID}, when)
}

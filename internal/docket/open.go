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
	rules    act.Rules
	channels []string // over which units are told of what they are given
}

// row is the row of a new task, duty or occurrence; no other code makes one. With it comes the
// word, said at the instant told, by which its units hear of it (act.Rules.OrderAt). Both are
// written together, so that no unit is given anything without being told, whatever interrupts
// the caller. A zero told is of a thing of which nobody is told.
func (o opening) row(t plan.Task, facts act.Case, told time.Time, from act.Origin) ledger.Task {
	row := ledger.TaskOf(o.plan, t, facts.Assigned)
	row.Origin = from
	row.Facts, row.Title, row.Lead, row.Assist, row.Policy = facts, facts.Title, facts.Lead, facts.Assist, facts.Policy
	row.Due, row.Revision = facts.Due, facts.Revision
	if told.IsZero() {
		return row
	}
	if s := o.rules.OrderAt(facts, told); s != nil {
		row.Order = &ledger.Order{Stage: *s, Channels: o.channels, From: o.plan, Place: placing(o.rules, row.ID, facts.Policy, o.rules.Limit(facts, *s))}
	}
	return row
}

// begin is the row of a task or duty that its unit is given at an instant.
func (o opening) begin(t plan.Task, assigned time.Time, from act.Origin) ledger.Task {
	assigned = assigned.UTC().Truncate(time.Microsecond) // what both databases keep
	return o.row(t, o.rules.Open(act.NewCase(o.plan, t, assigned)).Case, assigned, from)
}

// occurrence is the row of an occurrence of a duty. Its units are not told again: the order of
// the duty has told them.
func (o opening) occurrence(duty plan.Task, of plan.Occurrence) ledger.Task {
	t, opens := act.OccurrenceOf(duty, of), of.Opens.UTC().Truncate(time.Microsecond)
	row := o.row(t, o.rules.Open(act.NewCase(o.plan, t, opens).AsOccurrence()).Case, opens, act.Origin{Kind: act.OriginDuty, Of: duty.ID})
	row.Duty, row.Period = duty.ID, of.Period
	return row
}

// Rows are the rows of tasks that a plan's document gives at an instant, without those that it
// carries on from another plan: see Carriage. The rows have act.OriginPlan; for what an
// amendment adds, the ledger puts the amendment's number in its place.
func (d Docket) Rows(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, tasks []plan.Task, at time.Time) (rows []ledger.Task, err error) {
	o := opening{plan: p}
	if o.rules, err = act.NewRules(p, cal); err != nil {
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

// Open opens a task that no document of its plan names, at once: its units are told, and it is
// chased like any other. from says what it is opened for. t has an ID of its own in the plan,
// its due date and its policy. The same call again opens nothing; ledger.ErrOtherTask tells that
// another task has the ID.
func (d Docket) Open(ctx context.Context, planID string, t plan.Task, from act.Origin) (ledger.Task, error) {
	return d.openAt(ctx, planID, t, from, time.Time{})
}

// openAt is Open at an instant of the plan clock by which the caller has reckoned; zero: now.
func (d Docket) openAt(ctx context.Context, planID string, t plan.Task, from act.Origin, at time.Time) (ledger.Task, error) {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil {
		return ledger.Task{}, err
	}
	if at.IsZero() {
		at = d.when(l.Clock).Plan
	}
	if slices.ContainsFunc(l.Plan.Tasks, func(p plan.Task) bool { return p.ID == t.ID }) {
		return ledger.Task{}, fmt.Errorf("task %s of %s: %w", t.ID, planID, ledger.ErrOtherTask)
	}
	o := opening{plan: &l.Plan, rules: rules}
	if o.channels, err = d.Channels(ctx); err != nil {
		return ledger.Task{}, err
	}
	row := o.begin(t, at, from)
	if err := d.open(ctx, l, row); err != nil {
		return ledger.Task{}, err
	}
	digests, err := d.Ledger.Unstarted(ctx, planID, row.ID)
	if err != nil {
		return ledger.Task{}, err
	}
	return row, d.StartDigests(ctx, l, digests)
}

// open writes a row into a plan under supervision, and starts the workflow that chases it.
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

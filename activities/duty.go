package activities

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

// DutyInput asks for the occurrence due next after a day.
type DutyInput struct {
	Plan  string       `json:"plan"`
	Duty  string       `json:"duty"`
	After calendar.Day `json:"after"`
}

// NextOccurrence is that occurrence, unless the duty has Ended.
type NextOccurrence struct {
	Ended      bool            `json:"ended,omitempty"`
	Occurrence plan.Occurrence `json:"occurrence"`
}

// NextOccurrence works out the duty's next occurrence by the calendar in force.
func (a *Activities) NextOccurrence(ctx context.Context, in DutyInput) (NextOccurrence, error) {
	l, duty, lad, err := a.duty(ctx, in.Plan, in.Duty)
	if err != nil {
		return NextOccurrence{}, translate(err)
	}
	o, ok := lad.NextOccurrence(l.Plan.Policies[duty.Policy], duty.Task, in.After, duty.since)
	return NextOccurrence{Ended: !ok, Occurrence: o}, nil
}

// EndDuty records that a duty has run its course: it falls due no more.
func (a *Activities) EndDuty(ctx context.Context, in DutyInput) error {
	l, err := a.launched(ctx, in.Plan)
	if err != nil {
		return translate(err)
	}
	return translate(a.Ledger.EndDuty(ctx, in.Plan, in.Duty, a.when(l.Clock)))
}

// OccurrenceInput is an occurrence whose time has come.
type OccurrenceInput struct {
	Plan       string          `json:"plan"`
	Duty       string          `json:"duty"`
	Occurrence plan.Occurrence `json:"occurrence"`
}

// OpenOccurrence writes the occurrence and its ladder, then starts its Task.
func (a *Activities) OpenOccurrence(ctx context.Context, in OccurrenceInput) error {
	l, duty, lad, err := a.duty(ctx, in.Plan, in.Duty)
	if err != nil {
		return translate(err)
	}
	row, when := occurrence(l, lad, duty.Task, in.Occurrence), a.when(l.Clock)
	if _, err := a.Ledger.AddOccurrence(ctx, row, when); err != nil {
		return translate(err)
	}
	if err := a.Starter.StartTask(ctx, l, row.Task); err != nil {
		return err
	}
	return a.Ledger.MarkArmed(ctx, l.Plan.ID, []string{row.ID}, when)
}

// occurrence is one occurrence of a duty as it enters the ledger.
func occurrence(l ledger.Launched, lad plan.Ladderer, duty plan.Task, o plan.Occurrence) ledger.NewTask {
	ladder := lad.Ladder(l.Plan.Policies[duty.Policy], o.Due, duty.Lead, o.Opens)
	row := ledger.NewTask{Task: ledger.TaskOf(l.Plan.ID, duty, o.Opens), Stages: ladder}
	row.ID, row.Duty, row.Period, row.Kind = o.Task, duty.ID, o.Period, plan.Dated
	row.Due, row.FirstDue = o.Due, o.Due
	return row
}

// dutyNow is a duty as it stands, and since when it does: an amended plan has
// duties younger than itself.
type dutyNow struct {
	plan.Task
	since time.Time
}

func (a *Activities) duty(ctx context.Context, planID, id string) (ledger.Launched, dutyNow, plan.Ladderer, error) {
	l, err := a.launched(ctx, planID)
	if err != nil {
		return l, dutyNow{}, plan.Ladderer{}, err
	}
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == id })
	if i < 0 {
		return l, dutyNow{}, plan.Ladderer{}, fmt.Errorf("duty %s: %w", id, ledger.ErrNotFound)
	}
	row, err := a.Ledger.Task(ctx, planID, id)
	if err != nil {
		return l, dutyNow{}, plan.Ladderer{}, err
	}
	lad, err := a.ladderer(ctx, l)
	return l, dutyNow{AsRuled(l.Plan.Tasks[i], row), row.Assigned}, lad, err
}

// AsRuled is a duty of the plan as people's acts have changed it since.
func AsRuled(duty plan.Task, row ledger.Task) plan.Task {
	duty.Title, duty.Lead, duty.Assist, duty.Policy = row.Title, row.Lead, row.Assist, row.Policy
	if row.Course != nil && row.Course.Rule != nil && duty.Recur != nil {
		rule := *row.Course.Rule
		rule.Until = duty.Recur.Until
		duty.Recur = &rule
	}
	return duty
}

// rests tells whether a duty is, or was, paused on a day.
func rests(row ledger.Task, d calendar.Day) bool {
	if row.Course == nil {
		return false
	}
	if p := row.Course.Pause; p != nil && !d.Before(p.From) {
		return true
	}
	return slices.ContainsFunc(row.Course.Pauses, func(p act.Pause) bool { return !d.Before(p.From) && d.Before(p.Until) })
}

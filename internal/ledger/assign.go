package ledger

import (
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/plan"
)

// Shown is the task's ID as people see it.
func (t Task) Shown() string {
	if t.Label != "" {
		return t.Label
	}
	return t.ID
}

// ShownTalk is the ID of one of the task's talks as people see it: 1-1#2 of b#2.
func (t Task) ShownTalk(talk string) string {
	if number, ok := strings.CutPrefix(talk, t.ID+"#"); ok {
		return t.Shown() + "#" + number
	}
	return talk
}

// TaskOf is the row of a plan's task as it is when it is assigned: open.
func TaskOf(p *plan.Plan, t plan.Task, assigned time.Time) Task {
	light := plan.Light("")
	if t.Kind == plan.Dated {
		light = plan.Green
	}
	assigned = assigned.UTC().Truncate(time.Microsecond) // the precision that both databases keep
	return Task{
		Plan: p.ID, ID: t.ID, Label: t.Label, Kind: t.Kind, Title: t.Title, Clause: t.Clause,
		Lead: t.Lead, Assist: t.Assist, Due: t.Due, FirstDue: t.Due,
		Policy: t.Policy, Soft: t.Soft, Priority: t.Priority, Publish: t.Publish,
		Revision: 1, State: TaskOpen, Light: light, Assigned: assigned, Facts: act.NewCase(p, t, assigned),
		Origin: act.Origin{Kind: act.OriginPlan},
	}
}

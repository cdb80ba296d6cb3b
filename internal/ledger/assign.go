package ledger

import (
	"time"

	"duban/internal/act"
	"duban/internal/plan"
)

// TaskOf is the row of a plan's task as it stands when it is assigned: open.
func TaskOf(p *plan.Plan, t plan.Task, assigned time.Time) Task {
	light := plan.Light("")
	if t.Kind == plan.Dated {
		light = plan.Green
	}
	return Task{
		Plan: p.ID, ID: t.ID, Kind: t.Kind, Title: t.Title, Clause: t.Clause,
		Lead: t.Lead, Assist: t.Assist, Due: t.Due, FirstDue: t.Due,
		Policy: t.Policy, Soft: t.Soft, Priority: t.Priority, Publish: t.Publish,
		Revision: 1, State: TaskOpen, Light: light, Assigned: assigned.UTC(), Facts: act.NewCase(p, t, assigned.UTC()),
	}
}

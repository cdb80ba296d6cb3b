package query

import (
	"context"

	"duban/internal/act"
	"duban/internal/report"
)

// ReportedLine is a line of the list of tasks with the last progress reported of it.
type ReportedLine struct {
	TaskLine
	Report *act.Act // nil: no progress was reported
	// Row.Next may be nil though there is a next step.
}

// Reported are the chosen tasks with the last progress reported of each. See Tasks.
func (r *Reader) Reported(ctx context.Context, v Viewer, f TaskFilter) (lines []ReportedLine, total int, err error) {
	f.withoutNext = true
	return r.reported(ctx, v, f)
}

// ToReport is Reported with no more of each task than a sheet of progress says: ID, Key, Title, Lead,
// LeadID and Due.
func (r *Reader) ToReport(ctx context.Context, v Viewer, f TaskFilter) (lines []ReportedLine, total int, err error) {
	f.brief = true
	return r.reported(ctx, v, f)
}

// briefly is a line that has no more than a sheet of progress says.
func briefly(plan string, row report.Row) TaskLine {
	return TaskLine{Plan: plan, Row: report.Row{ID: row.ID, Key: row.Key, Title: row.Title, Lead: row.Lead, LeadID: row.LeadID, Due: row.Due}}
}

func (r *Reader) reported(ctx context.Context, v Viewer, f TaskFilter) (lines []ReportedLine, total int, err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, 0, err
	}
	page, err := in.tasks(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	of := map[string][]string{}
	for _, l := range page.Lines {
		of[l.Plan] = append(of[l.Plan], l.Key)
	}
	reports := map[string]map[string]act.Act{}
	for plan, tasks := range of {
		if reports[plan], err = r.store.LastActs(ctx, plan, act.Progress, tasks); err != nil {
			return nil, 0, err
		}
	}
	for _, l := range page.Lines {
		if f.brief {
			l = briefly(l.Plan, l.Row)
		}
		line := ReportedLine{TaskLine: l}
		if a, ok := reports[l.Plan][l.Key]; ok {
			line.Report = &a
		}
		lines = append(lines, line)
	}
	return lines, page.Total, nil
}

// LastAct is the latest act of a kind on a task; nil: there is none. See Task for its
// errors.
func (r *Reader) LastAct(ctx context.Context, v Viewer, planID, id string, kind act.Kind) (*act.Act, error) {
	s, err := r.Task(ctx, v, planID, id)
	if err != nil {
		return nil, err
	}
	if s.Hidden {
		return nil, ErrNotYours
	}
	last, err := r.store.LastActs(ctx, s.Task.Plan, kind, []string{s.Task.ID})
	if a, ok := last[s.Task.ID]; ok {
		return &a, err
	}
	return nil, err
}

package whatif

import (
	"context"
	"slices"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// TaskNow is what acts since the launch have made of a running task that an amendment changes,
// where that is not what the plan in force says.
type TaskNow struct {
	Task string `json:"task"`
	Due  string `json:"due,omitempty"`
	Lead string `json:"lead,omitempty"`    // unit ID
	Back bool   `json:"earlier,omitempty"` // the amended limit is before the present one
	Kept bool   `json:"kept,omitempty"`    // the present limit is kept, because an extension granted it
}

// SinceChanged are the changed tasks whose limit or lead acts have moved, in the order of the
// changes. takeBack are the tasks, as the plan calls them, whose granted limits the amendment
// takes back.
func (w WhatIf) SinceChanged(ctx context.Context, planID string, changes plan.Changes, takeBack []string) ([]TaskNow, error) {
	tasks, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
	if err != nil {
		return nil, err
	}
	rows := map[string]ledger.Task{}
	for _, t := range tasks {
		rows[t.ID] = t
	}
	var all []TaskNow
	for _, c := range changes.Tasks {
		row, open := rows[c.ID]
		if !open || c.What != plan.Changed {
			continue
		}
		now := TaskNow{Task: c.Shown()}
		if row.Due != c.Old.Due {
			_, touched := c.Field(plan.FieldDue)
			now.Due, now.Back = row.Due.String(), touched && c.New.Due.Before(row.Due)
			now.Kept = touched && Kept(row, c.New.Due) && !slices.Contains(takeBack, c.Shown())
		}
		if row.Lead != c.Old.Lead {
			now.Lead = row.Lead
		}
		if now.Due != "" || now.Lead != "" {
			all = append(all, now)
		}
	}
	return all, nil
}

// NowSaid says a TaskNow in words, a line for each thing.
func NowSaid(w *words.Words, n TaskNow, p plan.Plan) (lines []string) {
	if n.Due != "" {
		key := "amend.now_due"
		if n.Back {
			key = "amend.now_due_earlier"
		}
		if n.Kept {
			key = "amend.now_due_kept"
		}
		lines = append(lines, w.T(key, words.Data{"Task": n.Task, "Due": n.Due}))
	}
	if n.Lead != "" {
		lines = append(lines, w.T("amend.now_lead", words.Data{"Task": n.Task, "Lead": p.Directory.Name(n.Lead)}))
	}
	return lines
}

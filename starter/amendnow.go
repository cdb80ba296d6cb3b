package main

import (
	"context"
	"slices"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/internal/words"
)

// standsNow is how a running task that an amendment changes stands by acts done
// since the launch, where that is not what the plan in force says.
type standsNow struct {
	Task string `json:"task"`
	Due  string `json:"due,omitempty"`
	Lead string `json:"lead,omitempty"`    // unit ID
	Back bool   `json:"earlier,omitempty"` // the amended limit is before the present one
	Kept bool   `json:"kept,omitempty"`    // and the present one stands, being granted
}

// sinceChanged are the changed tasks whose limit or lead an extension, a
// correction or a reassignment has moved, in the order of the changes.
func sinceChanged(ctx context.Context, store *ledger.Store, planID string, changes plan.Changes, takeBack []string) ([]standsNow, error) {
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
	if err != nil {
		return nil, err
	}
	rows := map[string]ledger.Task{}
	for _, t := range tasks {
		rows[t.ID] = t
	}
	var all []standsNow
	for _, c := range changes.Tasks {
		row, open := rows[c.ID]
		if !open || c.What != plan.Changed {
			continue
		}
		now := standsNow{Task: c.Shown()}
		if row.Due != c.Old.Due {
			_, touched := c.Field(plan.FieldDue)
			now.Due, now.Back = row.Due.String(), touched && c.New.Due.Before(row.Due)
			now.Kept = touched && whatif.Kept(row, c.New.Due) && !slices.Contains(takeBack, c.Shown())
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

// nowLines say it in words.
func (a *app) nowLines(out amended, p plan.Plan) (lines []string) {
	for _, n := range out.Now {
		if n.Due != "" {
			key := "amend.now_due"
			if n.Back {
				key = "amend.now_due_earlier"
			}
			if n.Kept {
				key = "amend.now_due_kept"
			}
			lines = append(lines, a.w.T(key, words.Data{"Task": n.Task, "Due": n.Due}))
		}
		if n.Lead != "" {
			lines = append(lines, a.w.T("amend.now_lead", words.Data{"Task": n.Task, "Lead": p.Directory.Name(n.Lead)}))
		}
	}
	return lines
}

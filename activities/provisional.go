package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
)

// provisionalKey is the key of the event that the office was told of a year without a
// holiday notice: one for each plan and year, so that it is told once and not every day.
// Only the State Council issues the notice.
func provisionalKey(planID string, year int) string {
	return fmt.Sprintf("audit/%s/provisional/%d", planID, year)
}

// provisional are the years without a holiday notice on which stages of open tasks
// depend, and of which the office has not been told.
func (a *Activities) provisional(ctx context.Context, l ledger.Launched, all []ledger.Task) ([]notice.Year, error) {
	lad, err := a.ladderer(ctx, l)
	if err != nil {
		return nil, err
	}
	tasks := provisionalTasks(lad, l.Plan, all)
	var out []notice.Year
	for _, year := range slices.Sorted(maps.Keys(tasks)) {
		told, err := a.Ledger.Recorded(ctx, provisionalKey(l.Plan.ID, year))
		if err != nil {
			return nil, err
		}
		if !told {
			out = append(out, notice.Year{Year: year, Tasks: tasks[year]})
		}
	}
	return out, nil
}

// provisionalTasks are, for each year without a holiday notice, the IDs of the open tasks
// whose stages depend on it, in the order of all. Many tasks have the same policy and
// dates: the years are computed once for each such combination.
func provisionalTasks(lad plan.Ladderer, p plan.Plan, all []ledger.Task) map[int][]string {
	type deadline struct {
		policy   string
		due      calendar.Day
		assigned time.Time
	}
	known := map[deadline][]int{}
	tasks := map[int][]string{}
	for _, t := range all {
		if t.Kind != plan.Dated || t.State != ledger.TaskOpen {
			continue
		}
		of := deadline{t.Policy, t.Due, t.Assigned}
		years, ok := known[of]
		if !ok {
			years = lad.ProvisionalYears(p.Policies[t.Policy], t.Due, t.Assigned)
			known[of] = years
		}
		for _, year := range years {
			tasks[year] = append(tasks[year], t.ID)
		}
	}
	return tasks
}

// toldOfYears records in the ledger that the office has been told of these years.
func (a *Activities) toldOfYears(ctx context.Context, planID string, years []notice.Year, when ledger.When) error {
	for _, y := range years {
		data, err := json.Marshal(map[string]any{"year": y.Year, "tasks": y.Tasks})
		if err != nil {
			return err
		}
		e := ledger.Event{Key: provisionalKey(planID, y.Year), Plan: planID, Kind: ledger.AuditProvisional, Actor: ledger.Engine, Real: when.Real, PlanAt: when.Plan, Data: data}
		if _, err := a.Ledger.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
)

func unattendedKey(planID, unit string) string {
	return fmt.Sprintf("audit/%s/unattended/%s", planID, unit)
}

// unattended are the units that lead open tasks or duties and for which nobody has an
// account, of which the office has not been told, in the order of their tasks. Without a
// file of accounts there are none.
func (a *Activities) unattended(ctx context.Context, l ledger.Launched, all []ledger.Task) (out []notice.Unattended, err error) {
	list, _ := a.Accounts.Now()
	if list == nil {
		return nil, nil
	}
	at := map[string]int{} // a unit's index in out; -1: the unit has an account, or the office was told
	for _, t := range all {
		if t.State != ledger.TaskOpen || t.Kind == plan.Standing {
			continue
		}
		i, seen := at[t.Lead]
		if !seen {
			i = -1
			if len(list.Of(t.Lead)) == 0 {
				told, err := a.Ledger.Recorded(ctx, unattendedKey(l.Plan.ID, t.Lead))
				if err != nil {
					return nil, err
				}
				if !told {
					i = len(out)
					out = append(out, notice.Unattended{Unit: t.Lead, Name: l.Plan.Directory.Name(t.Lead)})
				}
			}
			at[t.Lead] = i
		}
		if i >= 0 {
			out[i].Tasks = append(out[i].Tasks, t.Shown())
		}
	}
	return out, nil
}

// toldOfUnattended records in the ledger that the office has been told of these units.
func (a *Activities) toldOfUnattended(ctx context.Context, planID string, units []notice.Unattended, when ledger.When) error {
	for _, u := range units {
		data, err := json.Marshal(map[string]any{"unit": u.Unit, "tasks": u.Tasks})
		if err != nil {
			return err
		}
		e := ledger.Event{Key: unattendedKey(planID, u.Unit), Plan: planID, Kind: ledger.AuditUnattended, Actor: ledger.Engine, Real: when.Real, PlanAt: when.Plan, Data: data}
		if _, err := a.Ledger.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

package ledgertest

import (
	"context"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Verify records that account verified a task 销号, as act id, at the plan
// instant of when: what the engine would record, without an engine.
func Verify(ctx context.Context, s *ledger.Store, planID, task, account, reason, id string, when ledger.When) error {
	l, err := s.Plan(ctx, planID)
	if err != nil {
		return err
	}
	t, err := s.Task(ctx, planID, task)
	if err != nil {
		return err
	}
	lad, err := plan.NewLadderer(&l.Plan, nil)
	if err != nil {
		return err
	}
	c := ledger.CaseOf(&l.Plan, t)
	c.State, c.ClosedOn = act.Closed, calendar.DayOf(when.Plan.In(lad.Zone))
	a := act.Act{ID: id, Kind: act.Verify, By: act.Actor{Account: account, Name: account, Unit: c.Office}, At: when.Plan.UTC(), On: c.ClosedOn, Reason: reason}
	_, _, err = s.Act(ctx, ledger.Acted{Plan: planID, Task: task, Act: a, Course: act.Course{Case: c}}, when)
	return err
}

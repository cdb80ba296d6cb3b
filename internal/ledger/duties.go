package ledger

import (
	"context"
	"fmt"

	"duban/internal/plan"
)

// Kinds of events of a duty's own life.
const (
	DutyEnded    = "duty.ended"    // it falls due no more
	DutyReopened = "duty.reopened" // the amended plan has occurrences of it to come again
)

// EndDuty records that a duty falls due no more (event duty.ended). One that is not
// open is left as it is.
func (s *Store) EndDuty(ctx context.Context, planID, duty string, when When) error {
	return s.turnDuty(ctx, planID, duty, TaskOpen, TaskEnded, DutyEnded, when)
}

// ReopenDuty makes a duty that has run its course an open one that is to be armed
// (event duty.reopened). Any other is left as it is.
func (s *Store) ReopenDuty(ctx context.Context, planID, duty string, when When) error {
	return s.turnDuty(ctx, planID, duty, TaskEnded, TaskOpen, DutyReopened, when)
}

func (s *Store) turnDuty(ctx context.Context, planID, duty string, from, to TaskState, kind string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		row, err := t.task(planID, duty)
		if err != nil {
			return none, err
		}
		if row.Kind != plan.Duty || row.State != from {
			return none, nil
		}
		var before int
		if err := t.one(&before, `SELECT COUNT(*) FROM events WHERE plan = ? AND task = ? AND kind = ?`, planID, duty, kind); err != nil {
			return none, err
		}
		if _, err := t.change("tasks", `state = ?, armed = ?`, []any{to, row.Armed && to == TaskEnded}, `plan = ? AND id = ?`, planID, duty); err != nil {
			return none, err
		}
		e := Event{Key: fmt.Sprintf("%s/%s/%s/%d", planID, duty, kind, before+1), Plan: planID, Task: duty, Kind: kind}
		return none, t.append(e, when, map[string]any{"n": before + 1})
	})
	return err
}

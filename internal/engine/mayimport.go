package engine

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
)

// MayImport tells whether a person may import a holiday notice, or take one back. A
// notice is in force for all plans, so the office of any running plan may (nil), and
// anybody while no plan runs. Everybody else gets *RefusedError, and the refusal is
// recorded under the first running plan. id is the act's ID, now the wall clock. No engine
// has to run.
func MayImport(ctx context.Context, store *ledger.Store, now func() time.Time, id string, by act.Actor, reason string) error {
	r := records{store, now}
	running, err := r.whatIf().Running(ctx)
	if err != nil || len(running) == 0 {
		return err
	}
	a := act.Act{ID: id, Kind: act.Import, By: by, Reason: reason}
	var refused *act.Refusal
	for _, l := range slices.Backward(running) {
		if refused = act.CheckOnPlan(l.Plan.Directory.Office, l.Plan.Directory.Leadership, a); refused == nil {
			return nil
		}
	}
	if err := r.stamp(&running[0], &a); err != nil {
		return err
	}
	return r.answer(ctx, running[0], "", a, refused, nil)
}

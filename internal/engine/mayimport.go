package engine

import (
	"context"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
)

// MayImport tells whether a person may bring in a holiday notice: only the office
// of every plan that runs. Otherwise it gives *RefusedError, and the ledger of the
// first plan that refuses has it. id is the act's, now the wall clock. It needs no
// engine: nothing has to run yet.
func MayImport(ctx context.Context, store *ledger.Store, now func() time.Time, id string, by act.Actor, reason string) error {
	r := records{store, now}
	running, err := r.whatIf().Running(ctx)
	if err != nil {
		return err
	}
	for _, l := range running {
		a := act.Act{ID: id, Kind: act.Import, By: by, Reason: reason}
		refused := act.CheckOnPlan(l.Plan.Directory.Office, l.Plan.Directory.Leadership, a)
		if refused == nil {
			continue
		}
		if err := r.stamp(&l, &a); err != nil {
			return err
		}
		return r.answer(ctx, l, "", a, refused, nil)
	}
	return nil
}

package engine

import (
	"context"
	"fmt"
	"time"

	"duban/internal/ledger"
)

// A workflow that was mended and is wrong again may have a fault that no mend removes.
// The first mendsAtOnce mends within a day are done at once. Before each further mend the
// gap doubles, from firstMend up to lastMend, and the workflow is noted in the ledger's
// table waits, which the case file, the audit and the doctor show. When the gap is over,
// ReconcileWaiting mends it.
//
// A workflow that Temporal does not have (Missing) has no fault: Temporal's store was lost,
// with every workflow in it. It is mended at once however often, and such mends do not count.
const (
	mendsAtOnce = 3
	firstMend   = time.Minute
	lastMend    = 6 * time.Hour
)

// gapBefore is how long after the last of n mends within a day the next one may be done.
func gapBefore(n int) time.Duration {
	if n < mendsAtOnce {
		return 0
	}
	return min(firstMend<<min(n-mendsAtOnce, 12), lastMend)
}

// mendsOfDay are the mends of the plan's workflows of the last day that slow the next mend
// down, by workflow, the earliest first.
func (r reconciling) mendsOfDay(ctx context.Context) (map[string][]time.Time, error) {
	all, err := r.ledger.Mends(ctx, r.launched.Plan.ID, r.now().Add(-24*time.Hour))
	counted := map[string][]time.Time{}
	for id, mends := range all {
		for _, m := range mends {
			if m.Why != string(Missing) {
				counted[id] = append(counted[id], m.At)
			}
		}
	}
	return counted, err
}

// tooSoon tells whether the next mend of a workflow must wait (gapBefore) because it was
// mended mendsAtOnce times or more within a day. For such a workflow it notes in the ledger's
// waits when it was mended last, or that it is to be mended now.
func (r reconciling) tooSoon(ctx context.Context, f *Finding) (bool, error) {
	mends := r.mends[f.Workflow]
	gap := gapBefore(len(mends))
	if gap == 0 || f.Why == Missing {
		return false, nil
	}
	now, tried := r.now(), mends[len(mends)-1]
	f.Again, f.Next = len(mends), tried.Add(gap)
	wait := now.Before(f.Next)
	if !wait {
		tried = now // what cannot be mended now is tried again after another gap
	}
	err := r.ledger.PutWait(ctx, ledger.Wait{
		Workflow: f.Workflow, What: ledger.MendWait, Plan: f.Plan, Thing: f.Thing, Since: mends[0], TriedAt: tried, Rounds: len(mends),
		Error: fmt.Sprintf("%s %s", f.Why, f.Status),
	})
	return wait, err
}

// forgetWaits deletes a plan's notes in waits of workflows in which nothing was found
// wrong for as long as their next mend would have had to wait, and the notes that are
// left over (ledger.Wait.LeftOver).
func (r reconciling) forgetWaits(ctx context.Context, found []Finding) error {
	waits, err := r.ledger.Waits(ctx, r.launched.Plan.ID)
	if err != nil {
		return err
	}
	wrong := map[string]bool{}
	for _, f := range found {
		wrong[f.Workflow] = true
	}
	for _, w := range waits {
		well := w.What == ledger.MendWait && !wrong[w.Workflow] && r.now().After(w.TriedAt.Add(gapBefore(w.Rounds)))
		if well || w.LeftOver(r.now()) {
			if err := r.ledger.DropWait(ctx, w.Workflow, w.What); err != nil {
				return err
			}
		}
	}
	return nil
}

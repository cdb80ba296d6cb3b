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
// table waits, which the case file, the audit and the doctor show.
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

// tooSoon tells whether the next mend of a workflow must wait (gapBefore) because it was
// mended mendsAtOnce times or more within a day; then it notes that in the ledger's waits.
func (r reconciling) tooSoon(ctx context.Context, f *Finding) (bool, error) {
	mends := r.mends[f.Workflow]
	gap := gapBefore(len(mends))
	if gap == 0 {
		return false, nil
	}
	last := mends[len(mends)-1]
	f.Again, f.Next = len(mends), last.Add(gap)
	err := r.ledger.PutWait(ctx, ledger.Wait{
		Workflow: f.Workflow, What: ledger.MendWait, Plan: f.Plan, Thing: f.Thing, Since: mends[0], TriedAt: last, Rounds: len(mends),
		Error: fmt.Sprintf("%s %s", f.Why, f.Status),
	})
	return r.now().Before(f.Next), err
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

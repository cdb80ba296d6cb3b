package query

import (
	"context"
	"time"
)

// Doubt is what the last audit of a plan has found, and what the next one would find.
type Doubt struct {
	Plan, Title string
	AuditedAt   time.Time // real: when the last audit ended; zero: none yet
	Missing     int       // stages that were due and not in the ledger, by the last audit
	Late        int       // stages that are expected and later now than they may be
	Waiting     int       // waits: what workflows cannot get done at present
}

// Doubts has one Doubt for each plan that goes on, of which the viewer may see all and about
// which there is something to say. ErrNotWhole: the viewer may see all of no plan.
func (r *Reader) Doubts(ctx context.Context, v Viewer) ([]Doubt, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	seen, _, err := in.overseen(ctx, "")
	if err != nil {
		return nil, err
	}
	var all []Doubt
	for _, l := range seen {
		if !l.Ended.IsZero() {
			continue
		}
		w, err := r.store.Behind(ctx, l, r.Now())
		if err != nil {
			return nil, err
		}
		if w.Missing+w.Late+w.Waiting > 0 {
			all = append(all, Doubt{w.Plan, l.Plan.Title, w.AuditedAt, w.Missing, w.Late, w.Waiting})
		}
	}
	return all, nil
}

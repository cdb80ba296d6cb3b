package query

import (
	"context"
	"time"
)

// Doubt is what the audit of a plan has found, or what it would: for whoever sees all of
// the plan.
type Doubt struct {
	Plan, Title string
	AuditedAt   time.Time // real: when the last audit ended; zero: none yet
	Missing     int       // stages that it found to have left no trace
	Late        int       // stages whose moment has passed for longer than it may
	Waiting     int       // what workflows cannot get done at present
}

// Doubts are those of the plans that go on of which the viewer may see all, of which
// there is any; ErrNotWhole for whoever may see all of none.
func (r *Reader) Doubts(ctx context.Context, v Viewer) ([]Doubt, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	seen, _, err := in.overseen(ctx, "")
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, l := range seen {
		titles[l.Plan.ID] = l.Plan.Title
	}
	watched, err := r.store.Watch(ctx, r.Now())
	if err != nil {
		return nil, err
	}
	var all []Doubt
	for _, w := range watched {
		if title, ours := titles[w.Plan]; ours && w.Missing+w.Late+w.Waiting > 0 {
			all = append(all, Doubt{w.Plan, title, w.AuditedAt, w.Missing, w.Late, w.Waiting})
		}
	}
	return all, nil
}

package query

import (
	"context"
	"time"
)

// Seats are what a viewer's unit is to the launched plans: IDs of plans, in order of
// launch.
type Seats struct {
	Office     []string       // whose office it is
	Leadership []string       // whose leadership it is
	Unit       []string       // that name it, and give it neither seat
	Plans      int            // launched plans, whoever they concern
	Zone       *time.Location // of the first plan that knows it; nil without one
}

// Ruling are the IDs of the units that are the office or the leadership of a launched
// plan. They name nothing of a plan.
func (r *Reader) Ruling(ctx context.Context, v Viewer) (map[string]bool, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	plans, err := in.planIDs(ctx, "")
	if err != nil {
		return nil, err
	}
	ruling := map[string]bool{}
	for _, id := range plans {
		l, _, err := in.frame(ctx, id)
		if err != nil {
			return nil, err
		}
		ruling[l.Plan.Directory.Office], ruling[l.Plan.Directory.Leadership] = true, true
	}
	return ruling, nil
}

// Seats are the viewer's. Nothing follows from them but which pages there are: what may
// be seen and done is decided by each plan.
func (r *Reader) Seats(ctx context.Context, v Viewer) (s Seats, err error) {
	in, err := r.as(v)
	if err != nil {
		return s, err
	}
	plans, err := in.planIDs(ctx, "")
	if err != nil {
		return s, err
	}
	s.Plans = len(plans)
	for _, id := range plans {
		l, _, err := in.frame(ctx, id)
		if err != nil {
			return s, err
		}
		d := l.Plan.Directory
		if !v.named() || !v.knows(d) {
			continue
		}
		if s.Zone == nil {
			s.Zone = l.Plan.Location()
		}
		office, leads := v.by.Unit == d.Office, v.by.Unit == d.Leadership
		if office {
			s.Office = append(s.Office, id)
		}
		if leads {
			s.Leadership = append(s.Leadership, id)
		}
		if !office && !leads {
			s.Unit = append(s.Unit, id)
		}
	}
	return s, nil
}

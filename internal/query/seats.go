package query

import (
	"context"
	"time"

	"duban/internal/plan"
)

// Seats tells in which launched plans a viewer's unit has which part, by plan IDs in order
// of launch.
type Seats struct {
	Office     []string       // plans of which the unit is the office
	Leadership []string       // plans of which the unit is the leadership
	Unit       []string       // other plans that name the unit
	Plans      int            // number of all launched plans
	Has        PlanParts      // what the everyday plans that concern the unit have
	Zone       *time.Location // of the first plan that concerns the unit; nil without one
}

// PlanParts are parts that a plan's file may leave out. A plan of another field has none of them.
type PlanParts struct{ Water, Assessment, Complaints, Incidents bool }

func (h PlanParts) and(p *plan.Plan) PlanParts {
	return PlanParts{h.Water || p.Water != nil, h.Assessment || p.Assessment != nil, h.Complaints || p.Complaints != nil, h.Incidents || p.Incidents != nil && p.Water != nil}
}

// Ruling has the IDs of the units that are the office or the leadership of a launched plan.
// Every viewer may read it, for it names nothing of a plan.
func (r *Reader) Ruling(ctx context.Context, v Viewer) (map[string]bool, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	plans, err := in.allPlans(ctx)
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

// Seats are those of the viewer's unit. They only decide which pages the portal shows; what
// may be seen and done is decided for each plan.
func (r *Reader) Seats(ctx context.Context, v Viewer) (s Seats, err error) {
	in, err := r.as(v)
	if err != nil {
		return s, err
	}
	everyday, err := in.planIDs(ctx, "")
	if err != nil {
		return s, err
	}
	plans, err := in.allPlans(ctx)
	if err != nil {
		return s, err
	}
	s.Plans = len(plans)
	// A plan that is no everyday one gives its people their pages where no other does.
	takes := func(i int, of []string) bool { return i < len(everyday) || len(of) == 0 }
	for i, id := range plans {
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
		if i < len(everyday) {
			s.Has = s.Has.and(&l.Plan)
		}
		office, leads := v.by.Unit == d.Office, v.by.Unit == d.Leadership
		if office && takes(i, s.Office) {
			s.Office = append(s.Office, id)
		}
		if leads && takes(i, s.Leadership) {
			s.Leadership = append(s.Leadership, id)
		}
		if !office && !leads && takes(i, s.Unit) {
			s.Unit = append(s.Unit, id)
		}
	}
	return s, nil
}

package query

import (
	"context"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Names are the titles or names, by ID, of plans, units and policies that a viewer may name,
// such as for completing a command line.
type Names struct{ Plans, Units, Policies map[string]string }

// Names are the names from the plans that concern the viewer.
func (r *Reader) Names(ctx context.Context, v Viewer) (Names, error) {
	n := Names{map[string]string{}, map[string]string{}, map[string]string{}}
	in, err := r.as(v)
	if err != nil {
		return n, err
	}
	plans, err := in.planIDs(ctx, "")
	if err != nil {
		return n, err
	}
	for _, id := range plans {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return n, err
		}
		if !v.knows(l.Plan.Directory) {
			continue
		}
		n.Plans[id] = l.Plan.Title
		for _, u := range l.Plan.Directory.Units {
			n.Units[u.ID] = u.Name
		}
		for name, policy := range l.Plan.Policies {
			n.Policies[name] = policy.Title
		}
	}
	return n, nil
}

// Thing is a task, a duty or a talk in short. State is set for a talk; Unit is the name of
// the unit that leads the task, or is called to the talk.
type Thing struct {
	Plan, ID, Title, Unit string
	State                 act.TalkState
}

// ThingFilter chooses things to be named.
type ThingFilter struct {
	Plan  string    // "": all plans
	Talks bool      // only talks
	Kind  plan.Kind // "": tasks, duties and standing lines
	Going bool      // only what is not over
}

// Things are the tasks, duties and standing lines, or the talks, that the viewer may see.
func (r *Reader) Things(ctx context.Context, v Viewer, f ThingFilter) (all []Thing, err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	if f.Talks {
		page, err := in.talks(ctx, TalkFilter{Plan: f.Plan})
		for _, l := range page.Lines {
			all = append(all, Thing{Plan: l.Plan, ID: l.ID, Title: l.Title, State: l.State, Unit: l.Unit})
		}
		return all, err
	}
	plans, err := r.planIDs(ctx, f.Plan)
	if err != nil {
		return nil, err
	}
	for _, id := range plans {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return nil, err
		}
		if !v.knows(l.Plan.Directory) {
			continue
		}
		tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: id, Kind: f.Kind})
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			if !in.who.sees(t) || f.Going && ledger.CaseOf(t).Over() {
				continue
			}
			all = append(all, Thing{Plan: id, ID: t.Shown(), Title: t.Title, Unit: l.Plan.Directory.Name(t.Lead)})
		}
	}
	return all, nil
}

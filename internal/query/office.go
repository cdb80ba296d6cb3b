package query

import (
	"context"
	"slices"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
)

// Plan is a launched plan with its tasks as its document has them, for those who may
// see all of it: ErrNotWhole.
func (r *Reader) Plan(ctx context.Context, v Viewer, planID string) (ledger.Launched, error) {
	in, err := r.as(v)
	if err != nil {
		return ledger.Launched{}, err
	}
	return in.whole(ctx, planID)
}

// PlanRecord is a plan with its tasks and talks as the ledger has them on the day Today,
// from which the next year's plan is drafted.
type PlanRecord struct {
	ledger.Launched
	Tasks    []ledger.Task
	Talks    []ledger.Talk
	Calendar *calendar.Calendar
	Today    calendar.Day
}

// PlanRecord is the record of a plan now, for those who may see all of it: ErrNotWhole.
func (r *Reader) PlanRecord(ctx context.Context, v Viewer, planID string) (p PlanRecord, err error) {
	in, err := r.as(v)
	if err != nil {
		return p, err
	}
	if p.Launched, err = in.whole(ctx, planID); err != nil {
		return p, err
	}
	if p.Tasks, err = r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID}); err != nil {
		return p, err
	}
	if p.Talks, err = r.store.Talks(ctx, planID, ""); err != nil {
		return p, err
	}
	if p.Calendar, err = r.calendar(ctx); err != nil {
		return p, err
	}
	p.Today, err = r.today(ctx, p.Launched)
	return p, err
}

// Office is nil for a viewer who may see all of every plan, and ErrNotWhole for any other.
// It guards readings about the whole machine, which name things of all plans.
func (r *Reader) Office(ctx context.Context, v Viewer) error {
	in, err := r.as(v)
	if err != nil {
		return err
	}
	_, whole, err := in.overseenOf(ctx, in.allPlans)
	if err == nil && !whole {
		err = ErrNotWhole
	}
	return err
}

// Decided has the settings that the office has put in the ledger for every worker: channels,
// sender, language. Every viewer may read them, for they name nothing of a plan.
func (r *Reader) Decided(ctx context.Context, v Viewer) (map[string]string, error) {
	if _, err := r.as(v); err != nil {
		return nil, err
	}
	return r.store.Office(ctx)
}

// Contacts are units with the people in their seats, who are the same for every plan, by
// unit ID: all units of the plans that the viewer oversees, and of other plans that concern
// the viewer, the viewer's own unit and the office.
func (r *Reader) Contacts(ctx context.Context, v Viewer) ([]people.Unit, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	plans, err := in.store.PlanIDs(ctx)
	if err != nil {
		return nil, err
	}
	shown := map[string]bool{}
	for _, id := range plans {
		l, _, err := in.frame(ctx, id)
		if err != nil {
			return nil, err
		}
		d := l.Plan.Directory
		for _, u := range d.Units {
			if v.oversees(d) || v.knows(d) && (u.ID == v.by.Unit || u.ID == d.Office) {
				shown[u.ID] = true
			}
		}
	}
	units, err := in.store.Units(ctx)
	return slices.DeleteFunc(units, func(u people.Unit) bool { return !shown[u.ID] }), err
}

package query

import (
	"context"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
)

// EventPage is a part of the ledger's events, with the units of the plans they name.
type EventPage struct {
	Events []ledger.Event
	Peoples
}

// Events are the chosen events in the order of the chain, for those who may see all
// of a plan. Whoever may not see every plan names one, or there is only one that
// may be seen: ErrNotWhole, ErrNoPlans, *WhichPlanError.
func (r *Reader) Events(ctx context.Context, v Viewer, f ledger.EventFilter) (page EventPage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	seen, whole, err := in.overseen(ctx, f.Plan)
	if err != nil {
		return page, err
	}
	if !whole { // of several plans, those of one office only
		if f.Plan, err = in.onePlan(ctx, f.Plan); err != nil {
			return page, err
		}
	}
	page.Peoples = Peoples{}
	for _, l := range seen {
		page.add(l)
	}
	page.Events, err = r.store.Events(ctx, f)
	return page, err
}

// PlanPeople is who is who in a plan, and the zone in which its days begin.
type PlanPeople struct {
	People people.Directory
	Zone   *time.Location
}

// Peoples are the people of several plans, by plan.
type Peoples map[string]PlanPeople

func (p Peoples) add(l ledger.Launched) {
	p[l.Plan.ID] = PlanPeople{l.Plan.Directory, l.Plan.Location()}
}

// Of is the people of a plan; of none, such as what concerns every plan, Beijing's zone.
func (p Peoples) Of(plan string) PlanPeople {
	if of, ok := p[plan]; ok {
		return of
	}
	return PlanPeople{Zone: calendar.Beijing}
}

// EventFile is all events of one plan, to be written out.
type EventFile struct {
	Plan, Title string
	AsOf        calendar.Day
	store       *ledger.Store
}

// EventFile is the events of the plan named, or of the only one, for those who may
// see all of it: ErrNotWhole, ErrNoPlans, *WhichPlanError.
func (r *Reader) EventFile(ctx context.Context, v Viewer, planID string) (f EventFile, err error) {
	in, err := r.as(v)
	if err != nil {
		return f, err
	}
	if planID, err = in.onePlan(ctx, planID); err != nil {
		return f, err
	}
	l, _, err := r.frame(ctx, planID)
	if err != nil {
		return f, err
	}
	f = EventFile{Plan: planID, Title: l.Plan.Title, store: r.store}
	f.AsOf, err = r.today(ctx, l)
	return f, err
}

// eventsAtOnce is how many events are held in memory.
const eventsAtOnce = 5000

// Each gives every event with the rows it changed, in the order of the chain, and
// says how many there were.
func (f EventFile) Each(ctx context.Context, do func(ledger.Event) error) (n int, err error) {
	filter := ledger.EventFilter{Plan: f.Plan, Limit: eventsAtOnce, Changes: true}
	for {
		events, err := f.store.Events(ctx, filter)
		if err != nil || len(events) == 0 {
			return n, err
		}
		for _, e := range events {
			if err := do(e); err != nil {
				return n, err
			}
			n++
		}
		filter.AfterSeq = events[len(events)-1].Seq
	}
}

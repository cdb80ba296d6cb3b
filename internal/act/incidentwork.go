package act

import (
	"time"

	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/plan"
)

// IncidentTasks is what the IDs of all tasks begin with that incidents open.
const IncidentTasks = "incident-"

// IncidentTask is the ID of the first task of an incident's note, for an outlet or "": it never
// changes, so that a note opens no second one.
func IncidentTask(id, note, outlet string) string {
	task := IncidentTasks + id + "." + note
	if outlet != "" {
		task += "." + outlet
	}
	return task
}

// ReplenishTask is the task that an order to replenish opens, without its title.
func (r Rules) ReplenishTask(p *plan.Plan, i Incident, n Note) (plan.Task, error) {
	t := plan.Task{ID: IncidentTask(i.ID, n.ID, ""), Kind: plan.Dated, Lead: n.Lead, Policy: p.Policy, Due: r.day(i.Supply(n.ID).Until).AddDays(1)}
	if by := p.Incidents.Replenish; by != nil {
		t.Policy = by.Policy
		if by.Within != "" {
			var err error
			if t.Due, err = r.dateWithin(by.Within, n.At); err != nil {
				return t, err
			}
		}
	}
	if given := r.day(n.At); t.Due.Before(given) { // the order was noted when all was over
		t.Due = given
	}
	return t, nil
}

// LookTask is the task that an order to look at an outlet opens, without its title.
func (r Rules) LookTask(p *plan.Plan, i Incident, n Note, o incident.Outlet) (t plan.Task, err error) {
	t = plan.Task{ID: IncidentTask(i.ID, n.ID, o.ID), Kind: plan.Dated, Lead: o.Unit, Policy: p.Policy}
	within := ""
	if by := p.Incidents.Trace; by != nil {
		t.Policy, within = by.Policy, by.Within
	}
	t.Due, err = r.dateWithin(within, n.At)
	return t, err
}

// dateWithin is a date by a limit as plan.Offset is written, counted from an instant; the day of the
// instant where the limit is "".
func (r Rules) dateWithin(limit string, from time.Time) (calendar.Day, error) {
	var o plan.Offset
	if limit != "" {
		if err := o.UnmarshalText([]byte(limit)); err != nil {
			return calendar.Day{}, err
		}
	}
	return o.After(r.day(from), r.Calendar), nil
}

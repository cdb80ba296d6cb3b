package script

import (
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// duty is the life of a recurring duty: it opens its occurrences one after the
// other, each of which is a task with a life of its own. While it is paused none
// is opened, and those that fell due in the pause are left out.
func (f *foreteller) duty(t plan.Task, from time.Time) {
	e := f.eraAt(from)
	d := &dutyWalk{walk: walk{foreteller: f, id: t.ID, course: e.rules.Open(act.NewCase(e.plan, t, from)), now: from}, duty: t, from: from}
	for _, m := range f.moments(OnDuty, t.ID, plan.Duty, from) {
		d.open(m.act.At)
		d.moved(m)
	}
	d.open(never)
}

type dutyWalk struct {
	walk
	duty plan.Task
	from time.Time // the launch, or the amendment that added it
}

// moved does one act on the duty; occurrences go on from the act's instant, or from now where
// that is later.
func (d *dutyWalk) moved(m moment) {
	if d.now.Before(m.act.At) {
		d.now = m.act.At
	}
	d.do(m)
}

// open opens every occurrence whose time comes before an instant.
func (d *dutyWalk) open(before time.Time) {
	for !d.course.Over() {
		if d.course.Pause != nil {
			resume, ok := d.course.ResumesBy(before)
			if !ok {
				return
			}
			d.moved(moment{act: resume})
			continue
		}
		e := d.eraAt(d.now)
		duty := d.ruled(e.plan)
		o, ok := e.rules.NextOccurrence(e.plan.Policies[duty.Policy], duty, d.course.OpenedUpTo(), d.from)
		opens := o.Opens
		if opens.Before(d.now) {
			opens = d.now
		}
		if !ok || d.over(o.Due) || !opens.Before(before) {
			return
		}
		d.now, d.course.Case = opens, d.course.AsOpened(o.Due)
		d.occurrence(duty, o, opens)
	}
}

// over tells that a due date is past the end of what is foretold.
func (d *dutyWalk) over(due calendar.Day) bool {
	last := d.until
	if last.IsZero() && d.duty.Recur != nil && d.duty.Recur.Until.IsZero() {
		last = calendar.NewDay(d.eras[0].plan.Year, time.December, 31)
	}
	return !last.IsZero() && due.After(last)
}

// ruled is the duty with the lead, policy and rule that acts have given it.
func (d *dutyWalk) ruled(p *plan.Plan) plan.Task {
	t := d.duty
	for _, now := range p.Tasks {
		if now.ID == t.ID && now.Kind == plan.Duty {
			t = now
		}
	}
	return act.AsRuled(t, d.course.Case)
}

func (d *dutyWalk) occurrence(duty plan.Task, o plan.Occurrence, opens time.Time) {
	d.Opened[o.Task] = opens
	for _, e := range d.eras {
		if e.duty != nil {
			e.duty[o.Task] = duty.ID
		}
	}
	d.task(o.Task, act.NewCase(d.eraAt(opens).plan, act.OccurrenceOf(duty, o), opens).AsOccurrence(), opens)
}

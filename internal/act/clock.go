package act

import (
	"iter"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Stand is an interval in which the clock of what a unit owes stood: the days
// after From, up to and including Until, count for nothing. A zero Until: it
// stands still.
type Stand struct {
	From  calendar.Day `json:"from"`
	Until calendar.Day `json:"until,omitzero"`
}

// stood tells that a day is in one of the intervals.
func stood(stands []Stand, d calendar.Day) bool {
	return slices.ContainsFunc(stands, func(s Stand) bool { return d.After(s.From) && (s.Until.IsZero() || !d.After(s.Until)) })
}

// stops tells that the clock stands for good from before a day on.
func stops(stands []Stand, d calendar.Day) bool {
	return slices.ContainsFunc(stands, func(s Stand) bool { return s.Until.IsZero() && d.After(s.From) })
}

// ran are the days after from on which the clock ran, in order. They end where it
// stands for good.
func ran(stands []Stand, from calendar.Day) iter.Seq[calendar.Day] {
	return func(yield func(calendar.Day) bool) {
		for d := from.AddDays(1); !stops(stands, d); d = d.AddDays(1) {
			if !stood(stands, d) && !yield(d) {
				return
			}
		}
	}
}

// stands are the intervals in which the unit's clock stood: pauses, and the time
// in which a completion report or a return of its waited for the office. One that
// goes on is the last.
func (c Case) stands() []Stand {
	all := append(c.Pauses[:len(c.Pauses):len(c.Pauses)], c.Waits...)
	if since := c.standsSince(); !since.IsZero() {
		all = append(all, Stand{From: since})
	}
	return all
}

// pauses are the intervals in which the task was paused.
func (c Case) pauses() []Stand {
	all := c.Pauses[:len(c.Pauses):len(c.Pauses)]
	if c.Pause != nil {
		all = append(all, Stand{From: c.Pause.From})
	}
	return all
}

// standsSince is the day from which the clock stands now; zero while it runs. An
// extension that is asked for does not stop it.
func (c Case) standsSince() (since calendar.Day) {
	var all []calendar.Day
	if c.Pause != nil {
		all = append(all, c.Pause.From)
	}
	for _, q := range []*Pending{c.Report, c.Return} {
		if q != nil {
			all = append(all, q.On)
		}
	}
	if len(all) == 0 {
		return since
	}
	return slices.MinFunc(all, calendar.Day.Compare)
}

// Runs tells that the clock of the unit's work runs: nothing of it waits for the
// office, and it is not paused.
func (c Case) Runs() bool { return c.State == Open && c.standsSince().IsZero() }

// count is how many days after from, up to and including to, the clock ran:
// working days, or all.
func (b Book) count(work bool, from, to calendar.Day, stands []Stand) (n int) {
	for d := range ran(stands, from) {
		if d.After(to) {
			break
		}
		if !work || b.Calendar.IsWorkday(d) {
			n++
		}
	}
	return n
}

// run is the day on which a distance from a day has run, and ends on a working
// day on which the clock runs; wanted is that day before it was moved from rest days.
// The clock does not stand for good.
func (b Book) run(o plan.Offset, from calendar.Day, stands []Stand) (day, wanted calendar.Day) {
	wanted = from
	for d := range ran(stands, from.AddDays(-1)) {
		work := b.Calendar.IsWorkday(d)
		if o.N > 0 && d.After(from) && (work || !o.Work) {
			o.N--
			wanted = d
		}
		if o.N <= 0 && work {
			return d, wanted
		}
	}
	return wanted, wanted
}

// begins is the day after which the unit's clock runs: the day it was given the
// task, or the day on which the task begins.
func (b Book) begins(c Case) calendar.Day { return latest(b.day(c.Assigned), c.Begin) }

// missedFrom is the day after which the days late count: the due date; or the day
// on which the unit was given a task that was late already, or a date that had passed
// in place of one that had not.
func (b Book) missedFrom(c Case) calendar.Day { return latest(c.Due, b.begins(c), c.LateFrom) }

func latest(days ...calendar.Day) calendar.Day { return slices.MaxFunc(days, calendar.Day.Compare) }

// day is the day of an instant in the plan's zone; zero for none.
func (b Book) day(t time.Time) calendar.Day {
	if t.IsZero() {
		return calendar.Day{}
	}
	return calendar.DayOf(t.In(b.Zone))
}

// OpenedUpTo is the day up to which nothing of a duty is opened any more: the due
// date of the occurrence opened last, or the eve of the day on which it went on
// after a pause, for what fell due in a pause is left out. Another rule than the one
// that opened it begins where it says itself.
func (c Case) OpenedUpTo() calendar.Day {
	up := c.Opened
	if c.Fresh {
		up = c.Rule.From.AddDays(-1)
	}
	for _, p := range c.Pauses {
		up = latest(up, p.Until.AddDays(-1))
	}
	return up
}

// AsOpened is a duty once its occurrence due on a day is opened.
func (c Case) AsOpened(due calendar.Day) Case {
	c.Opened, c.Fresh = due, false
	return c
}

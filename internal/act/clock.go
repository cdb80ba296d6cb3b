package act

import (
	"iter"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Halt is an interval in which the clock of what a unit owes did not run: the days after From,
// up to and including Until, count for nothing. A zero Until: the clock is still halted.
type Halt struct {
	From  calendar.Day `json:"from"`
	Until calendar.Day `json:"until,omitzero"`
}

// halted tells that a day is in one of the intervals.
func halted(halts []Halt, d calendar.Day) bool {
	return slices.ContainsFunc(halts, func(s Halt) bool { return d.After(s.From) && (s.Until.IsZero() || !d.After(s.Until)) })
}

// haltsForGood tells that a halt without an end began before a day: the clock does not run on
// that day or any later one.
func haltsForGood(halts []Halt, d calendar.Day) bool {
	return slices.ContainsFunc(halts, func(s Halt) bool { return s.Until.IsZero() && d.After(s.From) })
}

// ran are the days after from on which the clock ran, in order. They end at a halt without an
// end; otherwise they never end.
func ran(halts []Halt, from calendar.Day) iter.Seq[calendar.Day] {
	return func(yield func(calendar.Day) bool) {
		for d := from.AddDays(1); !haltsForGood(halts, d); d = d.AddDays(1) {
			if !halted(halts, d) && !yield(d) {
				return
			}
		}
	}
}

// halts are the intervals in which the unit's clock did not run: pauses, and the time in which
// its completion report or its return waited for the office. An interval that has not ended is
// the last.
func (c Case) halts() []Halt {
	all := append(c.Pauses[:len(c.Pauses):len(c.Pauses)], c.Waits...)
	if since := c.haltedSince(); !since.IsZero() {
		all = append(all, Halt{From: since})
	}
	return all
}

// pauses are the intervals in which the task was paused.
func (c Case) pauses() []Halt {
	all := c.Pauses[:len(c.Pauses):len(c.Pauses)]
	if c.Pause != nil {
		all = append(all, Halt{From: c.Pause.From})
	}
	return all
}

// haltedSince is the day from which the clock is halted now; zero while it runs. A pending
// request for an extension does not halt the clock.
func (c Case) haltedSince() (since calendar.Day) {
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
func (c Case) Runs() bool { return c.State == Open && c.haltedSince().IsZero() }

// count is how many days after from, up to and including to, the clock ran:
// working days, or all.
func (r Rules) count(work bool, from, to calendar.Day, halts []Halt) (n int) {
	if len(halts) == 0 && !work {
		return max(0, to.Sub(from))
	}
	for d := range ran(halts, from) {
		if d.After(to) {
			break
		}
		if !work || r.Calendar.IsWorkday(d) {
			n++
		}
	}
	return n
}

// run is the day that lies o after from, counted in days on which the clock ran, and moved to
// the next working day on which the clock runs where it is none; wanted is the day before it was
// moved. The clock must not halt for good.
func (r Rules) run(o plan.Offset, from calendar.Day, halts []Halt) (day, wanted calendar.Day) {
	wanted = from
	for d := range ran(halts, from.AddDays(-1)) {
		work := r.Calendar.IsWorkday(d)
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
func (r Rules) begins(c Case) calendar.Day { return latest(r.day(c.Assigned), c.Begin) }

// missedFrom is the day after which days late count: the due date; or, when it is later, the day
// on which the unit was given a task that was late already, or on which the unit was given a
// date that had passed in place of one that had not (LateFrom).
func (r Rules) missedFrom(c Case) calendar.Day { return latest(c.Due, r.begins(c), c.LateFrom) }

func latest(days ...calendar.Day) calendar.Day { return slices.MaxFunc(days, calendar.Day.Compare) }

// day is the day of an instant in the plan's zone; zero for none.
func (r Rules) day(t time.Time) calendar.Day {
	if t.IsZero() {
		return calendar.Day{}
	}
	return calendar.DayOf(t.In(r.Zone))
}

// OpenedUpTo is the day up to which a duty opens nothing more: the due date of the occurrence
// opened last, or the eve of the day on which the duty went on after a pause, because what fell
// due in a pause is left out. A rule that was set after the last occurrence (Fresh) begins on
// its own From instead.
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

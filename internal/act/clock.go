package act

import (
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
	for _, s := range stands {
		if d.After(s.From) && (s.Until.IsZero() || !d.After(s.Until)) {
			return true
		}
	}
	return false
}

// stops tells that the clock stands for good from before a day on.
func stops(stands []Stand, d calendar.Day) bool {
	for _, s := range stands {
		if s.Until.IsZero() && d.After(s.From) {
			return true
		}
	}
	return false
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
	earliest := func(d calendar.Day) {
		if since.IsZero() || d.Before(since) {
			since = d
		}
	}
	if c.Pause != nil {
		earliest(c.Pause.From)
	}
	if c.Report != nil {
		earliest(c.Report.On)
	}
	if c.Return != nil {
		earliest(c.Return.On)
	}
	return since
}

// Runs tells that the clock of the unit's work runs: nothing of it waits for the
// office, and it is not paused.
func (c Case) Runs() bool { return c.State == Open && c.standsSince().IsZero() }

// count is how many days after from, up to and including to, the clock ran:
// working days, or all.
func (b Book) count(work bool, from, to calendar.Day, stands []Stand) (n int) {
	if len(stands) == 0 {
		if !work {
			return max(0, to.Sub(from))
		}
		return max(0, b.Calendar.Workdays(from, to))
	}
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if (!work || b.Calendar.IsWorkday(d)) && !stood(stands, d) {
			n++
		}
	}
	return n
}

// run is the day on which a distance from a day has run, and ends on a working
// day on which the clock runs. wanted is that day before it was moved from rest
// days. ok is false when the clock stands for good before.
func (b Book) run(o plan.Offset, from calendar.Day, stands []Stand) (day, wanted calendar.Day, ok bool) {
	if len(stands) == 0 {
		wanted = o.After(from, b.Calendar)
		return b.Calendar.OnOrAfter(wanted), wanted, true
	}
	day = from
	for n := o.N; n > 0; {
		day = day.AddDays(1)
		if stops(stands, day) {
			return day, day, false
		}
		if (!o.Work || b.Calendar.IsWorkday(day)) && !stood(stands, day) {
			n--
		}
	}
	wanted = day
	for !b.Calendar.IsWorkday(day) || stood(stands, day) {
		if stops(stands, day) {
			return day, wanted, false
		}
		day = day.AddDays(1)
	}
	return day, wanted, true
}

// begins is the day after which the unit's clock runs: the day it was given the
// task, or the day on which the task begins.
func (b Book) begins(c Case) calendar.Day {
	given := b.day(c.Assigned)
	if c.Begin.After(given) {
		return c.Begin
	}
	return given
}

// missedFrom is the day after which the days late count: the due date; or the day
// on which the unit was given a task that was late already, or a date that had passed
// in place of one that had not.
func (b Book) missedFrom(c Case) calendar.Day {
	from := c.Due
	for _, d := range []calendar.Day{b.begins(c), c.LateFrom} {
		if d.After(from) {
			from = d
		}
	}
	return from
}

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
		if eve := p.Until.AddDays(-1); up.Before(eve) {
			up = eve
		}
	}
	return up
}

// AsOpened is a duty once its occurrence due on a day is opened.
func (c Case) AsOpened(due calendar.Day) Case {
	c.Opened, c.Fresh = due, false
	return c
}

package act

import (
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Reading is the version of the rules by which Outlook is worked out. The ledger keeps an
// outlook with this number and the revision of the program, and works it out anew when either is
// another. Raise Reading with a change of what is late, of the lights or of what is said next: a
// program may be built without a revision, and then nothing else tells of the change.
const Reading = 2

// Outlook is what a task will show from now on if nobody does anything. It follows from the
// task's facts, the policies and the calendar alone, and holds for every day to come, so that
// lists are filtered and counted by it without asking each task.
type Outlook struct {
	State State
	Shows bool       // the task has a light
	Done  plan.Light // plan.Done or plan.DoneLate of a closed task; "" of others
	Turns Turns
	Runs  bool      // the unit's clock runs: the task is overdue from Turns.Red on
	Next  time.Time // when something is said of it next; zero: never
}

// Outlook is the outlook of a task. Of a thing that is not chased, such as a duty or a cancelled
// task, it has the state alone.
func (r Rules) Outlook(c Case) Outlook {
	o := Outlook{State: c.State}
	if c.Kind != plan.Dated || c.Due.IsZero() || c.Uncounted() {
		return o
	}
	o.Shows = true
	if c.State == Closed {
		o.Done = r.doneLight(c)
		return o
	}
	o.Turns, o.Runs = r.turns(c), c.Runs()
	if next := r.Next(c); next != nil {
		o.Next = next.At
	}
	return o
}

// Light is what the outlook shows on a day.
func (o Outlook) Light(today calendar.Day) plan.Light {
	switch {
	case !o.Shows:
		return ""
	case o.Done != "":
		return o.Done
	}
	return o.Turns.On(today)
}

// Turns are the days from which an open task shows a light; of several that are reached the
// gravest counts. Zero: never. Before all of them the light is green.
type Turns struct{ Blue, Yellow, Red calendar.Day }

// On is the light of a day.
func (t Turns) On(today calendar.Day) plan.Light {
	reached := func(d calendar.Day) bool { return !d.IsZero() && !today.Before(d) }
	switch {
	case reached(t.Red):
		return plan.Red
	case reached(t.Yellow):
		return plan.Yellow
	case reached(t.Blue):
		return plan.Blue
	}
	return plan.Green
}

// turns are the days on which an open task's light turns: yellow and blue at their
// distances from the limit, unless the clock is halted since before; red on the first
// day that counts as late.
func (r Rules) turns(c Case) Turns {
	p, since := r.policy(c), c.haltedSince()
	early := func(o plan.Offset) calendar.Day {
		d := o.Before(c.Due, r.Calendar)
		if d.After(c.Due) || !since.IsZero() && since.Before(d) {
			return calendar.Day{}
		}
		return d
	}
	return Turns{Blue: early(p.Blue), Yellow: early(p.Yellow), Red: r.firstLate(c)}
}

// firstLate is the first day after the limit on which the clock runs; zero when it
// halts for good before.
func (r Rules) firstLate(c Case) calendar.Day {
	for d := range ran(c.halts(), r.missedFrom(c)) {
		return d
	}
	return calendar.Day{}
}

// doneLight is the light of a closed task for ever.
func (r Rules) doneLight(c Case) plan.Light {
	if r.lateDays(c, c.ClosedOn) > 0 {
		return plan.DoneLate
	}
	return plan.Done
}

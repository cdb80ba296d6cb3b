package act

import (
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Reading is the number of the rules by which Outlook is worked out. Whoever keeps
// an outlook keeps with it this number and the revision of the program; raise it
// with a change of what is late, of the lights or of what is said next where
// programs are built without one, and what was kept is worked out anew.
const Reading = 2

// Outlook is what a task will show from now on if nobody does anything. It follows
// from its facts, the policies and the calendar alone, and holds for every day to
// come: lists are chosen and counted by it without asking each task.
type Outlook struct {
	State State
	Shows bool       // it has a light
	Done  plan.Light // plan.Done or plan.DoneLate of a closed task; "" of others
	Turns Turns
	Runs  bool      // what it is late by is its unit's: it is overdue from Turns.Red on
	Next  time.Time // when something is said of it next; zero: never
}

// Outlook is the outlook of a task; of what is no chased task only the state.
func (b Book) Outlook(c Case) Outlook {
	o := Outlook{State: c.State}
	if c.Kind != plan.Dated || c.Due.IsZero() || c.Uncounted() {
		return o
	}
	o.Shows = true
	if c.State == Closed {
		o.Done = b.doneLight(c)
		return o
	}
	o.Turns, o.Runs = b.turns(c), c.Runs()
	if next := b.Next(c); next != nil {
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

// Turns are the days from which an open task shows a light, the graver first asked;
// zero: never. Before all of them it is green.
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
// distances from the limit, unless the clock stands since before; red on the first
// day that counts as late.
func (b Book) turns(c Case) Turns {
	p, since := b.policy(c), c.standsSince()
	early := func(o plan.Offset) calendar.Day {
		d := o.Before(c.Due, b.Calendar)
		if d.After(c.Due) || !since.IsZero() && since.Before(d) {
			return calendar.Day{}
		}
		return d
	}
	return Turns{Blue: early(p.Blue), Yellow: early(p.Yellow), Red: b.firstLate(c)}
}

// firstLate is the first day after the limit on which the clock runs; zero when it
// stands for good before.
func (b Book) firstLate(c Case) calendar.Day {
	for d := range ran(c.stands(), b.missedFrom(c)) {
		return d
	}
	return calendar.Day{}
}

// doneLight is the light of a closed task for ever.
func (b Book) doneLight(c Case) plan.Light {
	if b.lateDays(c, c.ClosedOn) > 0 {
		return plan.DoneLate
	}
	return plan.Done
}

package act

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Measure is how far a task is on a day: the one reading of late, overdue, on
// time and of the lights in every list, mail, count and rule.
type Measure struct {
	Overdue  bool       // the unit's clock runs, and the limit has passed
	Late     int        // working days after the limit in which the unit's clock ran
	LateDays int        // the same in calendar days
	Left     int        // working days to the limit; 0 from the limit on
	LeftDays int        // the same in calendar days
	Halted   bool       // the limit has passed, and no day after it has counted yet
	Light    plan.Light // of the time; plan.Done or plan.DoneLate of a closed task; "" of a cancelled one
	Behind   int        // percentage points that the progress lags behind the time gone by; negative: ahead
	Progress plan.Light // of that lag; "" where nothing is to be compared
}

// Measure is how far a task is on the day today. Of a task without a due date
// nothing is measured.
func (r Rules) Measure(c Case, today calendar.Day) (m Measure) {
	if c.Due.IsZero() || c.Uncounted() {
		return m
	}
	p := r.policy(c)
	if c.State == Closed {
		m.Late, m.LateDays = r.Late(c, c.ClosedOn), r.lateDays(c, c.ClosedOn)
		m.Light = r.doneLight(c)
		return m
	}
	m.Late, m.LateDays = r.Late(c, today), r.lateDays(c, today)
	m.Overdue = c.Runs() && m.LateDays > 0
	m.Left, m.LeftDays = max(0, r.Calendar.Workdays(today, c.Due)), max(0, c.Due.Sub(today))
	m.Halted = today.After(c.Due) && m.LateDays == 0
	m.Light = r.turns(c).On(today)
	if c.Runs() && !c.Assigned.IsZero() {
		m.Behind = r.behind(c, today)
		m.Progress = ProgressLight(m.Behind, p.Acts)
	}
	return m
}

// Late is by how many working days a task is late on a day: those after its limit,
// or after the day on which the unit was given a task that was late already, in
// which the unit's clock ran.
func (r Rules) Late(c Case, on calendar.Day) int { return r.late(true, c, on) }

func (r Rules) lateDays(c Case, on calendar.Day) int { return r.late(false, c, on) }

func (r Rules) late(work bool, c Case, on calendar.Day) int {
	if c.Due.IsZero() {
		return 0
	}
	return r.count(work, r.missedFrom(c), on, c.halts())
}

// Inherited tells that the unit was given the task when it was late already: the miss is not
// this unit's own.
func (c Case) Inherited(b Rules) bool { return b.begins(c).After(c.Due) && !c.Due.IsZero() }

// behind is by how many percentage points the reported progress lags behind the
// share of time gone by, in days in which the clock ran, between the day the task
// began and its limit, rounded towards the smaller lag.
func (r Rules) behind(c Case, today calendar.Day) int {
	from, halts := r.begins(c), c.halts()
	if today.After(c.Due) {
		today = c.Due
	}
	gone := r.count(false, from, today, halts)
	whole := max(1, gone+max(0, c.Due.Sub(today)))
	if !today.Before(c.Due) {
		gone = whole
	}
	lag := 100*gone - c.Percent*whole // in points times the days of the whole
	if lag < 0 {
		return -((-lag + whole - 1) / whole)
	}
	return lag / whole
}

// ProgressLight is the light of a lag 进展灯, beside the light of the time: Green,
// Yellow from a.Yellow points behind, Red beyond a.Red.
func ProgressLight(behind int, a plan.Acts) plan.Light {
	switch {
	case behind > a.Red:
		return plan.Red
	case behind >= a.Yellow:
		return plan.Yellow
	}
	return plan.Green
}

// Facts are what the rules of consequences (Consequences) count of a task on the morning of
// today: the dates that units missed or met while they led it.
func (r Rules) Facts(task string, c Case, today calendar.Day) (facts []Fact) {
	if c.Kind != plan.Dated || c.Uncounted() || c.Due.IsZero() {
		return nil
	}
	for _, m := range c.Misses {
		facts = append(facts, Fact{Kind: FactDue, Unit: m.Unit, Task: task, Day: m.Due, State: Closed, Closed: m.On, Late: m.Late})
	}
	if c.Inherited(r) || !c.Due.Before(today) {
		return facts
	}
	f := Fact{Kind: FactDue, Unit: c.Lead, Task: task, Day: c.Due, State: c.State}
	switch {
	case c.State == Closed:
		if f.Closed = c.Due; r.lateDays(c, c.ClosedOn) > 0 {
			f.Closed, f.Late = c.ClosedOn, r.Late(c, c.ClosedOn)
		}
	case c.State == Open && !c.Runs():
		f.State = Suspended // a return waits for a ruling: whose task it is is not decided
	case c.State == Open && r.lateDays(c, today) == 0:
		return facts // the clock has not run since the limit
	default:
		f.Late = r.Late(c, today)
		f.Unwarned = !r.warned(c, today)
	}
	return append(facts, f)
}

// warned tells that the ladder's own warning about the date that counts has gone out
// by a day: a word as grave as plan.Warn, or, of a ladder without one, its first word
// after the limit. A ladder that says nothing after the limit has no warning to wait for.
func (r Rules) warned(c Case, on calendar.Day) bool {
	gravest, after := plan.Remind, false
	for _, rung := range r.policy(c).Stages {
		if rung.After != nil && rung.From != plan.FromAssigned {
			after = true
			if rung.Kind.Gravity() > gravest.Gravity() {
				gravest = rung.Kind
			}
		}
	}
	if !after {
		return true
	}
	return slices.ContainsFunc(c.Said, func(s Said) bool {
		if s.Of != Finish || s.About != c.Number || r.day(s.At).After(on) {
			return false
		}
		if gravest.Gravity() < plan.Warn.Gravity() {
			return r.day(s.At).After(c.Due)
		}
		return s.Kind.Gravity() >= plan.Warn.Gravity()
	})
}

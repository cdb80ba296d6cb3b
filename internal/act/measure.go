package act

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Measure is where a task stands on a day: the one reading of late, overdue, on
// time and of the lights in every list, mail, count and rule.
type Measure struct {
	Overdue  bool       // it is the unit's to do, and its limit has passed
	Late     int        // working days after the limit in which the unit's clock ran
	LateDays int        // the same in calendar days
	Left     int        // working days to the limit; 0 from the limit on
	LeftDays int        // the same in calendar days
	Stood    bool       // the limit has passed, and no day after it has counted yet
	Light    plan.Light // of the time; plan.Done or plan.DoneLate of a closed task; "" of a cancelled one
	Behind   int        // percentage points that the progress lags behind the time gone by; negative: ahead
	Progress plan.Light // of that lag; "" where nothing is to be compared
}

// Measure is where a task stands on the day today. Of a task without a due date
// nothing is measured.
func (b Book) Measure(c Case, today calendar.Day) (m Measure) {
	if c.Due.IsZero() || c.Uncounted() {
		return m
	}
	p := b.policy(c)
	if c.State == Closed {
		m.Late, m.LateDays = b.Late(c, c.ClosedOn), b.lateDays(c, c.ClosedOn)
		m.Light = b.doneLight(c)
		return m
	}
	m.Late, m.LateDays = b.Late(c, today), b.lateDays(c, today)
	m.Overdue = c.Runs() && m.LateDays > 0
	m.Left, m.LeftDays = max(0, b.Calendar.Workdays(today, c.Due)), max(0, c.Due.Sub(today))
	m.Stood = today.After(c.Due) && m.LateDays == 0
	m.Light = b.turns(c).On(today)
	if c.Runs() && !c.Assigned.IsZero() {
		m.Behind = b.behind(c, today)
		m.Progress = ProgressLight(m.Behind, p.Acts)
	}
	return m
}

// Late is by how many working days a task is late on a day: those after its limit,
// or after the day on which the unit was given a task that was late already, in
// which the unit's clock ran.
func (b Book) Late(c Case, on calendar.Day) int { return b.late(true, c, on) }

func (b Book) lateDays(c Case, on calendar.Day) int { return b.late(false, c, on) }

func (b Book) late(work bool, c Case, on calendar.Day) int {
	if c.Due.IsZero() {
		return 0
	}
	return b.count(work, b.missedFrom(c), on, c.stands())
}

// Inherited tells that the unit was given the task when it was late already: the
// miss is not its own.
func (c Case) Inherited(b Book) bool { return b.begins(c).After(c.Due) && !c.Due.IsZero() }

// behind is by how many percentage points the reported progress lags behind the
// share of time gone by, in days in which the clock ran, between the day the task
// began and its limit, rounded towards the smaller lag.
func (b Book) behind(c Case, today calendar.Day) int {
	from, stands := b.begins(c), c.stands()
	if today.After(c.Due) {
		today = c.Due
	}
	gone := b.count(false, from, today, stands)
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

// Facts are what the rules that add up count of a task on the morning of today:
// the dates that units missed or met while they led it.
func (b Book) Facts(task string, c Case, today calendar.Day) (facts []Fact) {
	if c.Kind != plan.Dated || c.Uncounted() || c.Due.IsZero() {
		return nil
	}
	for _, m := range c.Misses {
		facts = append(facts, Fact{Kind: FactDue, Unit: m.Unit, Task: task, Day: m.Due, State: Closed, Closed: m.On, Late: m.Late})
	}
	if c.Inherited(b) || !c.Due.Before(today) {
		return facts
	}
	f := Fact{Kind: FactDue, Unit: c.Lead, Task: task, Day: c.Due, State: c.State}
	switch {
	case c.State == Closed:
		if f.Closed = c.Due; b.lateDays(c, c.ClosedOn) > 0 {
			f.Closed, f.Late = c.ClosedOn, b.Late(c, c.ClosedOn)
		}
	case c.State == Open && !c.Runs():
		f.State = Suspended // a return waits: nobody knows yet whose it is
	case c.State == Open && b.lateDays(c, today) == 0:
		return facts // its limit passed in a time that did not count
	default:
		f.Late = b.Late(c, today)
		f.Unwarned = !b.warned(c, today)
	}
	return append(facts, f)
}

// warned tells that the ladder's own warning about the date that counts has gone out
// by a day: a word as grave as plan.Warn, or, of a ladder without one, its first word
// after the limit. A ladder that says nothing after the limit has no warning to wait for.
func (b Book) warned(c Case, on calendar.Day) bool {
	gravest, after := plan.Remind, false
	for _, r := range b.policy(c).Stages {
		if r.After != nil && r.From != plan.FromAssigned {
			after = true
			if r.Kind.Gravity() > gravest.Gravity() {
				gravest = r.Kind
			}
		}
	}
	if !after {
		return true
	}
	return slices.ContainsFunc(c.Said, func(s Said) bool {
		if s.Of != Finish || s.About != c.Number || b.day(s.At).After(on) {
			return false
		}
		if gravest.Gravity() < plan.Warn.Gravity() {
			return b.day(s.At).After(c.Due)
		}
		return s.Kind.Gravity() >= plan.Warn.Gravity()
	})
}

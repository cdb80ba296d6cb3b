package act

import (
	"cmp"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Behind is by how many percentage points the reported progress lags behind the
// share of time gone by between the day of the assignment and the due date, both
// whole days; negative when it is ahead. The share stays between 0 and 100; from
// the due date on all the time is gone, however late it was assigned. It is
// rounded towards the smaller lag.
func Behind(assigned, due, today calendar.Day, percent int) int {
	whole := max(due.Sub(assigned), 1)
	gone := min(max(today.Sub(assigned), 0), whole)
	if !today.Before(due) {
		gone = whole
	}
	lag := 100*gone - percent*whole // in points times the days of the whole
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

// ProgressOn is how far a task's progress is behind on a day, and its light. ok
// is false where nothing is to be compared: what is not open, and what has no
// due date.
func (c Case) ProgressOn(today calendar.Day, zone *time.Location, a plan.Acts) (behind int, light plan.Light, ok bool) {
	if c.State != Open || c.Due.IsZero() || c.Assigned.IsZero() {
		return 0, "", false
	}
	behind = Behind(calendar.DayOf(c.Assigned.In(zone)), c.Due, today, c.Percent)
	return behind, ProgressLight(behind, cmp.Or(a, plan.DefaultActs())), true
}

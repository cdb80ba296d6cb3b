package report

import (
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/incident"
	"duban/internal/water"
	"duban/internal/words"
)

// Hours says how long a time is, in hours and minutes.
func (s Speaker) Hours(d time.Duration) string {
	d = d.Round(time.Minute)
	return s.w.T("incident.hours", words.Data{"H": int(d.Hours()), "M": int(d.Minutes()) % 60})
}

// Clock is an instant in a zone, by the minute: 2021-06-01 14:00; "" for the zero time.
func (s Speaker) Clock(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zone).Format("2006-01-02 15:04")
}

// StepOwed says what an order to replenish owes by the hour, and by how much it is late.
func (s Speaker) StepOwed(order string, step incident.Step, by, now time.Time, zone *time.Location) string {
	data := words.Data{"N": order, "By": s.Clock(by, zone), "Late": ""}
	if now.After(by) {
		data["Late"] = s.Hours(now.Sub(by))
	}
	return s.w.T("incident.owes_"+string(step), data)
}

// StepDone says whether a step of an order was in time.
func (s Speaker) StepDone(by, done time.Time, late time.Duration, zone *time.Location) string {
	data := words.Data{"By": s.Clock(by, zone), "Done": s.Clock(done, zone), "Late": s.Hours(late)}
	switch {
	case done.IsZero() && late == 0:
		return s.w.T("incident.not_due", data)
	case done.IsZero():
		return s.w.T("incident.overdue", data)
	case late > 0:
		return s.w.T("incident.done_late", data)
	}
	return s.w.T("incident.done_in_time", data)
}

// Cubic writes a volume in m³ with its unit, from ten thousand on in 万立方米 as well.
func (s Speaker) Cubic(volume string) string {
	var n int64
	if _, err := fmt.Sscan(volume, &n); err != nil {
		return volume
	}
	return s.w.T("incident.cubic", words.Data{"N": n, "Wan": fmt.Sprintf("%.2f", float64(n)/10000), "Big": n >= 10000})
}

// WaterEffect says what became of an item after the water had ended.
func (s Speaker) WaterEffect(e act.WaterEffect, body water.Body) string {
	class := func(v water.Value) string {
		c, ok := e.Item.Class(body, v)
		if !ok {
			return ""
		}
		return c.String()
	}
	data := words.Data{"Item": s.Item(e.Item), "Before": e.Before.String(), "After": e.After.String(), "Was": class(e.Before), "Is": class(e.After), "Change": "", "Up": false}
	if e.Change != nil {
		data["Change"], data["Up"] = e.Change.Abs().String(), e.Change.IsPositive()
	}
	return s.w.T("incident.effect", data)
}

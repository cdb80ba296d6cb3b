package calendar

import "time"

// Clock maps plan time to real time and back. The zero Clock is the wall
// clock: plan time is real time. A rehearsal gives it a rate, so that a year
// passes in minutes; the instants of a ladder stay the same.
type Clock struct {
	Epoch time.Time `json:"epoch,omitzero"` // real instant at which plan time stood at Start
	Start time.Time `json:"start,omitzero"` // plan instant
	Rate  float64   `json:"rate,omitempty"` // plan seconds per real second; 0 means the wall clock
}

// Plan is the plan instant at a real one. Before Epoch a fast clock stands still at Start.
func (c Clock) Plan(real time.Time) time.Time {
	if c.Rate == 0 {
		return real
	}
	if real.Before(c.Epoch) {
		return c.Start
	}
	return c.Start.Add(time.Duration(float64(real.Sub(c.Epoch)) * c.Rate))
}

// Real is the real instant at which plan time has reached plan: whoever sleeps
// until then never wakes a moment too early by the plan's clock.
func (c Clock) Real(plan time.Time) time.Time {
	if c.Rate == 0 {
		return plan
	}
	real := c.Epoch.Add(time.Duration(float64(plan.Sub(c.Start)) / c.Rate))
	for !real.Before(c.Epoch) && c.Plan(real).Before(plan) { // rounding: a few nanoseconds at most
		real = real.Add(time.Nanosecond)
	}
	return real
}

// Until is the real time to wait, seen at the real instant now, until plan; never negative.
func (c Clock) Until(plan, now time.Time) time.Duration { return max(0, c.Real(plan).Sub(now)) }

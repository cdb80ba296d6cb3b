package calendar

import "time"

// Span is a stretch of time: From belongs to it, To does not.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Holds tells that an instant is in the span.
func (s Span) Holds(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }

// Clock maps plan time to real time and back. The zero Clock is the wall
// clock: plan time is real time. A rehearsal gives it a rate, so that a year
// passes in minutes; the instants of a ladder stay the same.
type Clock struct {
	Epoch time.Time `json:"epoch,omitzero"` // real instant at which plan time was Start
	Start time.Time `json:"start,omitzero"` // plan instant
	Rate  float64   `json:"rate,omitempty"` // plan seconds per real second; 0 means the wall clock
	// End is the plan instant at which a fast clock stops for good: later instants
	// never come. Zero: the clock never stops.
	End time.Time `json:"end,omitzero"`
}

// Never is the wait for an instant that never comes: longer than any program runs, and
// short enough for a timer.
const Never = 100 * 365 * 24 * time.Hour

// Plan is the plan instant at a real one. A fast clock halts at Start before Epoch,
// and at End when it has come there.
func (c Clock) Plan(real time.Time) time.Time {
	if c.Rate == 0 {
		return real
	}
	if real.Before(c.Epoch) {
		return c.Start
	}
	passed := float64(real.Sub(c.Epoch)) * c.Rate
	if !c.End.IsZero() && passed >= float64(c.End.Sub(c.Start)) { // compared as floating point, since passed may be too great for a time.Duration
		return c.End
	}
	return c.Start.Add(time.Duration(passed))
}

// never tells that the clock stops before it comes to a plan instant.
func (c Clock) never(plan time.Time) bool {
	return c.Rate != 0 && !c.End.IsZero() && plan.After(c.End)
}

// Real is the real instant at which plan time has reached plan: whoever sleeps
// until then never wakes too early by the plan's clock, not by a nanosecond. For an
// instant after End it is the real instant of End plus Never.
func (c Clock) Real(plan time.Time) time.Time {
	if c.Rate == 0 {
		return plan
	}
	if c.never(plan) {
		return c.Real(c.End).Add(Never)
	}
	real := c.Epoch.Add(time.Duration(float64(plan.Sub(c.Start)) / c.Rate))
	for !real.Before(c.Epoch) && c.Plan(real).Before(plan) { // rounding: a few nanoseconds at most
		real = real.Add(time.Nanosecond)
	}
	return real
}

// Until is the real time to wait, seen at the real instant now, until plan; never
// negative, and Never for an instant after End.
func (c Clock) Until(plan, now time.Time) time.Duration {
	if c.never(plan) {
		return Never
	}
	return max(0, c.Real(plan).Sub(now))
}

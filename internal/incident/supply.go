package incident

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Flow is a flow from an instant on, in m³/s.
type Flow struct {
	At   time.Time
	Rate decimal.Decimal
}

// Supply is an order to replenish, and what was reported of it.
type Supply struct {
	Given       time.Time // when the order was given
	From, Until time.Time // between which water is to flow
	Rate        decimal.Decimal
	Flows       []Flow    // as reported, the earliest first; the first one is the beginning; none: it has not begun
	Ended       time.Time // zero: it has not ended
}

// InOrder puts the reported flows in the order of their instants.
func (s *Supply) InOrder() {
	slices.SortStableFunc(s.Flows, func(a, b Flow) int { return a.At.Compare(b.At) })
}

// Planned is the ordered volume in m³.
func (s Supply) Planned() decimal.Decimal { return volume(s.Rate, s.Until.Sub(s.From)) }

// Volume is how much has flowed until an instant, in m³: each reported flow goes on until the
// next one is reported, and the last one until the end.
func (s Supply) Volume(now time.Time) (sum decimal.Decimal) {
	end := now
	if !s.Ended.IsZero() && s.Ended.Before(end) {
		end = s.Ended
	}
	for i, f := range s.Flows {
		until := end
		if i+1 < len(s.Flows) && s.Flows[i+1].At.Before(end) {
			until = s.Flows[i+1].At
		}
		if until.After(f.At) {
			sum = sum.Add(volume(f.Rate, until.Sub(f.At)))
		}
	}
	return sum
}

func volume(rate decimal.Decimal, d time.Duration) decimal.Decimal {
	return rate.Mul(decimal.NewFromInt(int64(d / time.Second)))
}

// Step is what is owed on an order by the hour.
type Step string

// Steps of an order to replenish, in their order.
const (
	Begins  Step = "begin"  // water flows
	Reports Step = "report" // the flow is reported again
	Ends    Step = "end"    // the end is reported
)

// Limit is a step's limit, and when it was done.
type Limit struct {
	Step Step
	By   time.Time
	Done time.Time // zero: not yet
}

// Late is by how much a step was, or is, later than its limit; 0: in time.
func (l Limit) Late(now time.Time) time.Duration {
	at := l.Done
	if at.IsZero() {
		at = now
	}
	return max(0, at.Sub(l.By))
}

// Limits are what is owed of an order by the hour: the beginning, each report of the flow that
// came late and the one that is owed next, and the end. What is owed next is the first that is
// not done.
func (s Supply) Limits(r Replenish) (all []Limit) {
	hours := func(n int) time.Duration { return time.Duration(n) * time.Hour }
	if r.Begin > 0 {
		from := s.From
		if s.Given.After(from) {
			from = s.Given
		}
		l := Limit{Step: Begins, By: from.Add(hours(r.Begin))}
		if len(s.Flows) > 0 {
			l.Done = s.Flows[0].At
		}
		all = append(all, l)
	}
	for i, f := range s.Flows {
		if r.Report == 0 {
			break
		}
		l := Limit{Step: Reports, By: f.At.Add(hours(r.Report))}
		switch {
		case i+1 < len(s.Flows):
			l.Done = s.Flows[i+1].At
		case !s.Ended.IsZero():
			l.Done = s.Ended
		case !l.By.Before(s.Until): // the end is owed first
			continue
		}
		if l.Done.IsZero() || l.Done.After(l.By) {
			all = append(all, l)
		}
	}
	if r.End > 0 && (len(s.Flows) > 0 || !s.Ended.IsZero()) {
		all = append(all, Limit{Ends, s.Until.Add(hours(r.End)), s.Ended})
	}
	return all
}

// Owed is the first step that is not done; false where none is owed by the hour.
func (s Supply) Owed(r Replenish) (Limit, bool) {
	if !s.Ended.IsZero() {
		return Limit{}, false
	}
	for _, l := range s.Limits(r) {
		if l.Done.IsZero() {
			return l, true
		}
	}
	return Limit{}, false
}

// Rung is one of the words by which a step that is owed is chased.
type Rung string

// Rungs, in their order.
const (
	Ask      Rung = "ask"      // the unit is asked for the report when it is due
	Remind   Rung = "remind"   // and reminded once
	Escalate Rung = "escalate" // and the office is told
)

// Call is a rung with its instant.
type Call struct {
	Rung Rung
	At   time.Time
	Limit
}

// Calls are the words by which the step that is owed next is chased, in their order; none where
// none is owed by the hour. They are known from the last report on: a further report takes them
// back by being there.
func (s Supply) Calls(r Replenish) (all []Call) {
	l, owed := s.Owed(r)
	if !owed {
		return nil
	}
	all = []Call{{Ask, l.By, l}}
	for _, c := range []struct {
		rung  Rung
		after int
	}{{Remind, r.Remind}, {Escalate, r.Escalate}} {
		if c.after > 0 {
			all = append(all, Call{c.rung, l.By.Add(time.Duration(c.after) * time.Hour), l})
		}
	}
	slices.SortStableFunc(all, func(a, b Call) int { return a.At.Compare(b.At) })
	return all
}

var rateText = regexp.MustCompile(`^\d{1,4}(\.\d{1,3})?$`)

// ReadRate reads a flow in m³/s: up to four digits, and three decimals. A flow of 0 can be
// reported, as when a gate is stuck.
func ReadRate(text string) (decimal.Decimal, error) {
	if !rateText.MatchString(text) {
		return decimal.Zero, fmt.Errorf("incident: %q is no flow", text)
	}
	return decimal.NewFromString(text)
}

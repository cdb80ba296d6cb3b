package act

import (
	"time"

	"github.com/shopspring/decimal"

	"duban/internal/water"
)

// Phase is when a value was measured, by the water that was let in.
type Phase string

// Phases of the water that was let in.
const (
	BeforeWater Phase = "before"
	WithWater   Phase = "during"
	AfterWater  Phase = "after"
)

// Flowed is when water first flowed and when the last of it ended, over all orders. Both are
// zero while none has begun, and the end while one that has begun goes on.
func (i Incident) Flowed() (begun, ended time.Time) {
	goes := false
	for _, n := range i.Live(OrderWater) {
		s := i.Supply(n.ID)
		if len(s.Flows) == 0 {
			continue
		}
		if first := s.Flows[0].At; begun.IsZero() || first.Before(begun) {
			begun = first
		}
		goes = goes || s.Ended.IsZero()
		if s.Ended.After(ended) {
			ended = s.Ended
		}
	}
	if goes {
		ended = time.Time{}
	}
	return begun, ended
}

// PhaseOf is the phase of an instant; "" where no water has flowed yet.
func (i Incident) PhaseOf(at time.Time) Phase {
	begun, ended := i.Flowed()
	switch {
	case begun.IsZero():
		return ""
	case at.Before(begun):
		return BeforeWater
	case !ended.IsZero() && !at.Before(ended):
		return AfterWater
	}
	return WithWater
}

// WaterEffect is what became of an item of the water: the last value before water flowed, and the
// last one after it had ended.
type WaterEffect struct {
	Item   water.Item  `json:"item"`
	Before water.Value `json:"before"`
	After  water.Value `json:"after"`
	// Change is (after − before) ÷ before in per cent, to one decimal; nil where the value before
	// counts nothing.
	Change *decimal.Decimal `json:"change,omitempty"`
}

// Effects are those of all items that were measured both before water flowed and after it had
// ended, in the order of the standard.
func (i Incident) Effects() (all []WaterEffect) {
	last := map[Phase]map[water.Item]water.Value{BeforeWater: {}, AfterWater: {}}
	for _, n := range i.Sampled() {
		if values, counts := last[i.PhaseOf(n.Said.Time)]; counts {
			values[n.Said.Item], _ = water.ReadValue(n.Said.Value) // Check has read it
		}
	}
	for _, item := range water.Items() {
		before, was := last[BeforeWater][item]
		after, is := last[AfterWater][item]
		if !was || !is {
			continue
		}
		e := WaterEffect{Item: item, Before: before, After: after}
		if !before.Number().IsZero() {
			change := after.Number().Sub(before.Number()).Mul(decimal.NewFromInt(100)).Div(before.Number()).Round(1)
			e.Change = &change
		}
		all = append(all, e)
	}
	return all
}

// Evidence is what proves the incident, its notes and its end: acts with who did them and their
// evidence alone.
func (i Incident) Evidence() (all []Act) {
	add := func(by string, proof []Evidence) {
		if len(proof) > 0 {
			all = append(all, Act{By: Actor{Name: by}, Evidence: proof})
		}
	}
	add(i.By, i.Proof)
	for _, n := range i.Notes {
		add(n.By, n.Proof)
	}
	if i.Over != nil {
		add(i.Over.By, i.Over.Proof)
	}
	return all
}

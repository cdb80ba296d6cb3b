package act

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// overtaken deals with rungs that a new calendar or policy puts before now: what
// is no graver than what was said already is left out, the gravest of the others
// speaks on the next office morning. Words from before the due date do not stand
// for those after it.
func (b Book) overtaken(rungs []plan.Stage, c *Case, a Act) []plan.Stage {
	late := func(at time.Time) bool { return calendar.DayOf(at.In(b.Zone)).After(c.Due) }
	gravest := func(after bool) int {
		most := -1
		for _, s := range c.Spoken {
			if s.Unless == "" && (!after || late(s.At)) {
				most = max(most, s.Kind.Gravity())
			}
		}
		return most
	}
	before, after := gravest(false), gravest(true)
	var passed, kept []plan.Stage
	for _, s := range rungs {
		switch {
		case !s.At.Before(a.At):
			kept = append(kept, s)
		case s.Unless != "" || late(s.At) && s.Kind.Gravity() > after || s.Kind.Gravity() > before:
			passed = append(passed, s)
		default:
			c.drop(s)
		}
	}
	return append(b.together(passed, *c, a, fmt.Sprintf("moved-%d", c.Acts)), kept...)
}

// release lets the stages on hold go on. What was passed while a completion
// report waited is not caught up with, unless it was the last rung: the ladder
// goes on from where the calendar is. What was passed in a pause is said once,
// on the next office morning, as one stage that names the others in order.
func (b Book) release(all []plan.Stage, c *Case, a Act) []plan.Stage {
	byTime(all)
	var passed, strands, kept []plan.Stage
	for _, s := range all {
		switch {
		case !s.At.Before(a.At):
			kept = append(kept, s)
		case ofLimit(s):
			passed = append(passed, s)
		case step(s.ID) != stepRemind:
			strands = append(strands, s)
		}
	}
	if a.Kind == Reject {
		last := b.last(passed, kept)
		for _, s := range passed {
			if len(last) == 0 || s.ID != last[0].ID {
				c.drop(s)
			}
		}
		passed = last
	}
	kept = append(kept, b.together(passed, *c, a, fmt.Sprintf("resumed-%d", c.Acts))...)
	for _, s := range strands {
		kept = append(kept, b.nextMorning(s, *c, a))
	}
	return kept
}

// last keeps of the passed rungs only the last, and only when no rung is left.
// Conditional ones are not about the limit.
func (b Book) last(passed, kept []plan.Stage) []plan.Stage {
	unconditional := func(s plan.Stage) bool { return ofLimit(s) && s.Unless == "" }
	if slices.ContainsFunc(kept, unconditional) {
		return nil
	}
	for _, s := range slices.Backward(passed) {
		if unconditional(s) {
			return []plan.Stage{s}
		}
	}
	return nil
}

// together makes one stage of several for the next office morning: the gravest,
// naming the others in order. Conditional ones stand by themselves.
func (b Book) together(passed []plan.Stage, c Case, a Act, id string) []plan.Stage {
	var out []plan.Stage
	var one plan.Stage
	var names []string
	for _, s := range passed {
		if s.Unless != "" {
			out = append(out, b.nextMorning(s, c, a))
			continue
		}
		names = append(names, s.Merged...)
		if !joined(s) {
			names = append(names, s.ID)
		}
		light := plan.Graver(s.Light, one.Light)
		if one.ID == "" || s.Kind.Gravity() >= one.Kind.Gravity() {
			one = s
		}
		one.Light = light
	}
	if one.ID != "" {
		one = b.nextMorning(one, c, a)
		one.ID, one.Merged = id, names
		out = append(out, one)
	}
	return out
}

// joined tells a stage that together has made of others, all named in Merged.
func joined(s plan.Stage) bool {
	return strings.HasPrefix(s.ID, "resumed-") || strings.HasPrefix(s.ID, "moved-")
}

func (b Book) nextMorning(s plan.Stage, c Case, a Act) plan.Stage {
	p := b.policy(c)
	s.MovedFrom = calendar.DayOf(s.At.In(b.Zone))
	s.At = b.At(p, b.Morning(p, a.At)).UTC()
	return s
}

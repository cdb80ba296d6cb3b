package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
)

// Foretold is one stage that will speak when nobody does anything about it.
type Foretold struct {
	Task string       `json:"task"` // a duty's occurrence has an ID of its own: 2.4-monitor.2021Q2
	Unit string       `json:"unit"` // ID of the lead
	Due  calendar.Day `json:"due"`
	Stage
}

// chased is one dated task or one occurrence of a duty.
type chased struct {
	task, unit, policy string
	due                calendar.Day
	opens              time.Time
}

// Preview is every stage of a plan launched at launched, sorted by time, then
// task, then stage: the ladder of every dated task, of every occurrence of
// every duty, and of the talk that each stage of kind talk opens at once. A
// talk that waits for approval has no stages before a person decides.
//
// Occurrences end with their duty's Until, and in any case on until; when until
// is zero, a duty without an Until ends with the plan's year. Slices inside the
// stages are shared: do not change them.
func (p *Plan) Preview(cal *calendar.Calendar, launched time.Time, until calendar.Day) []Foretold {
	l, err := NewLadderer(p, cal)
	if err != nil {
		return nil // Load refuses unknown time zones
	}
	all := p.allChased(l, launched, until)
	slices.SortFunc(all, func(a, b chased) int { return strings.Compare(a.task, b.task) })

	type key struct {
		policy, unit string
		due          calendar.Day
		opens        int64
	}
	type line struct {
		of    *chased
		stage *Stage
	}
	ladders := map[key][]Stage{}
	mornings := map[int64][]line{} // all stages of one instant, by task and stage
	total := 0
	for i := range all {
		c := &all[i]
		k := key{c.policy, c.unit, c.due, c.opens.UnixNano()}
		stages, known := ladders[k]
		if !known {
			stages = p.foretell(l, *c)
			ladders[k] = stages
		}
		for j := range stages {
			at := stages[j].At.UnixNano()
			mornings[at] = append(mornings[at], line{c, &stages[j]})
		}
		total += len(stages)
	}
	foretold := make([]Foretold, 0, total)
	for _, at := range slices.Sorted(maps.Keys(mornings)) {
		for _, s := range mornings[at] {
			foretold = append(foretold, Foretold{Task: s.of.task, Unit: s.of.unit, Due: s.of.due, Stage: *s.stage})
		}
	}
	return foretold
}

// allChased is what will be chased, in document order.
func (p *Plan) allChased(l Ladderer, launched time.Time, until calendar.Day) []chased {
	var all []chased
	for _, t := range p.Tasks {
		switch t.Kind {
		case Dated:
			all = append(all, chased{t.ID, t.Lead, t.Policy, t.Due, launched})
		case Duty:
			last := until
			if until.IsZero() && t.Recur != nil && t.Recur.Until.IsZero() {
				last = calendar.NewDay(p.Year, time.December, 31)
			}
			after := calendar.Day{}
			for {
				o, ok := l.NextOccurrence(p.Policies[t.Policy], t, after, launched)
				if !ok || !last.IsZero() && o.Due.After(last) {
					break
				}
				all = append(all, chased{o.Task, t.Lead, t.Policy, o.Due, o.Opens})
				after = o.Due
			}
		}
	}
	return all
}

// foretell is one ladder with the stages of its talk, sorted by time and ID.
func (p *Plan) foretell(l Ladderer, c chased) []Stage {
	policy := p.Policies[c.policy]
	stages := l.Ladder(policy, c.due, c.unit, c.opens)
	for _, s := range stages {
		if s.Kind == Talk && policy.Talk != nil && policy.Talk.Open == TalkAtOnce {
			stages = append(stages, l.TalkLadder(policy, c.unit, calendar.DayOf(s.At.In(l.Zone)), nil)...)
		}
	}
	slices.SortStableFunc(stages, func(a, b Stage) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
	return stages
}

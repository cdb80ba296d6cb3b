package plan

import (
	"slices"
	"time"

	"duban/internal/calendar"
)

// ProvisionalYears are the years without a holiday notice 暂定 in which a
// deadline's stages are counted, in order: those of its ladder, and of the talk
// that the ladder calls for, as if it opened on its stage's day and every step was
// taken on its last. Years that no stage is counted in, though they lie between
// the assignment and the due date, are not named.
func (l Ladderer) ProvisionalYears(p Policy, due calendar.Day, assigned time.Time) []int {
	given := calendar.DayOf(assigned.In(l.Zone))
	early, late := span{given, given}, span{due, due}
	for _, rule := range p.Stages {
		switch {
		case rule.From == FromAssigned:
			early.hold(l.Calendar.OnOrAfter(rule.After.After(given, l.Calendar)))
		case rule.Before != nil:
			if day := rule.Before.Before(due, l.Calendar); day.After(given) {
				late.hold(l.Calendar.OnOrBefore(day))
				late.hold(day)
			}
		default:
			day := l.Calendar.OnOrAfter(rule.After.After(later(due, given), l.Calendar))
			late.hold(day)
			if rule.Kind == Talk && p.Talk != nil {
				for _, s := range p.Talk.Steps {
					late.hold(l.Calendar.OnOrAfter(p.Talk.Missed.After(l.TalkLimit(p, s.ID, day, nil), l.Calendar)))
				}
			}
		}
	}
	years := l.Calendar.ProvisionalYears(late.first, late.last)
	if early.last != given {
		years = append(years, l.Calendar.ProvisionalYears(early.first, early.last)...)
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// Provisional tells that a stage may still move with a notice of holidays 暂定: it
// is in a year that has none, or is counted back from a due date in one.
func (l Ladderer) Provisional(s Stage, due calendar.Day) bool {
	day := calendar.DayOf(s.At.In(l.Zone))
	if l.Calendar.Provisional(day) {
		return true
	}
	rung := s.Topic == "" && s.Kind != Told && s.ID != CatchUp
	return rung && due.After(day) && l.Calendar.Provisional(due)
}

func later(a, b calendar.Day) calendar.Day {
	if a.After(b) {
		return a
	}
	return b
}

// span is a first and a last day.
type span struct{ first, last calendar.Day }

func (s *span) hold(d calendar.Day) {
	switch {
	case d.IsZero():
	case d.Before(s.first):
		s.first = d
	case d.After(s.last):
		s.last = d
	}
}

// Reach gives the provisional years of tasks assigned on the plan's date of
// issue. Many tasks share a due date: each is worked out once.
func (l Ladderer) Reach(p Plan) func(Task) []int {
	issued := p.Issued.At(0, 0, l.Zone)
	type deadline struct {
		policy string
		due    calendar.Day
		recur  Recurrence
	}
	known := map[deadline][]int{}
	return func(t Task) []int {
		if t.Kind != Dated && t.Kind != Duty {
			return nil
		}
		of := deadline{policy: t.Policy, due: t.Due}
		if t.Recur != nil {
			of.recur = *t.Recur
		}
		years, ok := known[of]
		if !ok {
			if t.Kind == Dated {
				years = l.ProvisionalYears(p.Policies[t.Policy], t.Due, issued)
			} else {
				years = l.dutyYears(p, t, issued)
			}
			known[of] = years
		}
		return years
	}
}

// dutyYears are the provisional years of a duty's occurrences, from the first
// to the last; a duty without an end is looked at to the end of the plan's year.
func (l Ladderer) dutyYears(p Plan, t Task, issued time.Time) []int {
	policy := p.Policies[t.Policy]
	until, rule := t.Recur.Until, *t.Recur
	if until.IsZero() {
		until = calendar.Day{Year: p.Year, Month: time.December, Date: 31}
		rule.Until, t.Recur = until, &rule
	}
	first, ok := l.NextOccurrence(policy, t, calendar.Day{}, issued)
	if !ok {
		return nil
	}
	last := first
	eve := until.AddDays(-800) // all rules fall due in so many days but one for 29 February; Shift is at most 366
	for o, ok := l.NextOccurrence(policy, t, eve, issued); ok; o, ok = l.NextOccurrence(policy, t, o.Due, issued) {
		last = o
	}
	years := l.ProvisionalYears(policy, first.Due, first.Opens)
	years = append(years, l.ProvisionalYears(policy, last.Due, last.Opens)...)
	years = append(years, l.Calendar.ProvisionalYears(first.Due, last.Due)...)
	slices.Sort(years)
	return slices.Compact(years)
}

package whatif

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Gap is a duty of a plan that seems to be the same work as a duty of another plan which has
// ended, but neither carries it on nor begins where that one stopped.
type Gap struct {
	Task    plan.Task
	Other   ledger.Task
	Plan    string   // the other plan's title
	Missing []string // periods that neither duty asks for
	Twice   []string // periods that both duties ask for
}

// Gaps are the gaps of a plan's duties, in its order. Two duties seem to be the same work when
// the same unit leads them and the source sentence or the title is the same.
func (w WhatIf) Gaps(ctx context.Context, p *plan.Plan) (all []Gap, err error) {
	duties := slices.DeleteFunc(slices.Clone(p.Tasks), func(t plan.Task) bool { return t.Kind != plan.Duty || t.Recur == nil || t.Carries != "" })
	if len(duties) == 0 {
		return nil, nil
	}
	plans, err := w.ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	last := map[string]bool{} // duties of p that were found in a plan launched later than the one looked at
	for _, other := range slices.Backward(plans) {
		if other.ID == p.ID {
			continue
		}
		l, err := w.ledger.Plan(ctx, other.ID)
		if err != nil {
			return nil, err
		}
		rows, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: other.ID, State: ledger.TaskEnded})
		if err != nil {
			return nil, err
		}
		for _, t := range duties {
			for _, row := range rows {
				i := slices.IndexFunc(l.Plan.Tasks, func(k plan.Task) bool { return k.ID == row.ID })
				if i < 0 || last[t.ID] || row.Kind != plan.Duty || row.Lead != t.Lead || row.Facts.Into != nil || !alike(t, row.Title, l.Plan.Tasks[i].Source) {
					continue
				}
				last[t.ID] = true
				if g := gap(t, *act.AsRuled(l.Plan.Tasks[i], row.Facts).Recur, row.Facts); len(g.Missing)+len(g.Twice) > 0 {
					g.Task, g.Other, g.Plan = t, row, l.Plan.Title
					all = append(all, g)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Gap) int {
		at := func(id string) int { return slices.IndexFunc(duties, func(t plan.Task) bool { return t.ID == id }) }
		return at(a.Task.ID) - at(b.Task.ID)
	})
	return all, nil
}

// mostPeriods is how many periods of a gap are named at most.
const mostPeriods = 60

// gap are the periods between the last one that the ended duty c asked for by its rule was and
// the first one of the duty t.
func gap(t plan.Task, was plan.Recurrence, c act.Case) (g Gap) {
	asked := was.AskedFor(c.Opened)
	if asked.IsZero() {
		return g
	}
	first, _, ok := t.Recur.Next(calendar.Day{})
	goesOn := t.Recur.Follows(asked, calendar.Day{})
	if !ok || first == goesOn {
		return g
	}
	free := *t.Recur
	free.From, free.Until = goesOn, calendar.Day{}
	if first.Before(goesOn) {
		free.From = first
	}
	due, period, ok := free.Next(calendar.Day{})
	for n := 0; ok && n < mostPeriods && (due.Before(first) || due.Before(goesOn)); n++ {
		if due.Before(first) {
			g.Missing = append(g.Missing, period)
		} else {
			g.Twice = append(g.Twice, period)
		}
		due, period, ok = free.Next(due)
	}
	return g
}

// alike tells that a task seems to be the same work as one of another plan.
func alike(t plan.Task, title, source string) bool {
	same := func(a, b string) bool {
		a = folded(a)
		return len([]rune(a)) >= leastWords && a == folded(b)
	}
	return same(t.Title, title) || same(t.Source, source)
}

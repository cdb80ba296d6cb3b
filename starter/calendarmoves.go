package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// movedStage is one stage of an open task, or of a talk about it, that another
// calendar moves. The instants have the plan's offset.
type movedStage struct {
	Plan  string `json:"plan"`
	Title string `json:"title"` // of the task
	plan.Move
}

// movedStages are the stages still to come, of every open task and talk of every
// plan, that speak at another instant under the calendar cal: what the engine's
// own act would move. Of those only what the viewer may see.
func (a *app) movedStages(ctx context.Context, store *ledger.Store, cal *calendar.Calendar) ([]movedStage, error) {
	plans, err := store.Plans(ctx)
	if err != nil {
		return nil, err
	}
	out := []movedStage{}
	for _, p := range plans {
		moved, err := a.movedOf(ctx, store, p.ID, cal)
		if err != nil {
			return nil, err
		}
		out = append(out, moved...)
	}
	return out, nil
}

func (a *app) movedOf(ctx context.Context, store *ledger.Store, planID string, cal *calendar.Calendar) (out []movedStage, err error) {
	l, err := store.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	lad, err := plan.NewLadderer(&l.Plan, cal)
	if err != nil {
		return nil, err
	}
	moves, err := a.whatIf(store).Moves(ctx, planID, cal)
	if err != nil {
		return nil, err
	}
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return nil, err
	}
	v, err := a.viewer()
	if err != nil {
		return nil, err
	}
	talks, err := store.Talks(ctx, planID, "")
	if err != nil {
		return nil, err
	}
	titles, seen := map[string]string{}, map[string]bool{}
	for _, t := range tasks {
		titles[t.ID], seen[t.ID] = t.Title, v.sees(t)
	}
	for _, k := range talks {
		seen[k.ID] = v.seesTalk(l.Plan.Directory, k)
	}
	for _, m := range moves {
		if !seen[m.Task] || m.Talk != "" && !seen[m.Talk] {
			continue
		}
		m.From, m.To = m.From.In(lad.Zone), m.To.In(lad.Zone)
		out = append(out, movedStage{Plan: planID, Title: titles[m.Task], Move: m})
	}
	slices.SortStableFunc(out, func(a, b movedStage) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Task, b.Task), strings.Compare(a.Talk, b.Talk))
	})
	return out, nil
}

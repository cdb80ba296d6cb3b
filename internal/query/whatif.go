package query

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// MovedStage is one stage of an open task, or of a talk about it, that another calendar
// moves. The instants are in the plan's zone; the IDs are those that people use now.
type MovedStage struct {
	Plan  string `json:"plan"`
	Title string `json:"title"` // of the task
	plan.Move
}

// CalendarMoves are the stages still to come, of every open task and talk that the
// viewer may see, that speak at another instant under the calendar cal: those that the
// engine would move if cal came in force. They are by plan, then by their present instant.
func (r *Reader) CalendarMoves(ctx context.Context, v Viewer, cal *calendar.Calendar) ([]MovedStage, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	plans, err := r.planIDs(ctx, "")
	if err != nil {
		return nil, err
	}
	all := []MovedStage{}
	for _, id := range plans {
		moved, err := in.calendarMovesOf(ctx, id, cal)
		if err != nil {
			return nil, err
		}
		all = append(all, moved...)
	}
	return all, nil
}

func (r reading) calendarMovesOf(ctx context.Context, planID string, cal *calendar.Calendar) (out []MovedStage, err error) {
	l, err := r.store.Plan(ctx, planID)
	if err != nil || !r.who.knows(l.Plan.Directory) {
		return nil, err
	}
	moves, err := whatif.New(r.store, r.Now).Moves(ctx, planID, cal)
	if err != nil {
		return nil, err
	}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return nil, err
	}
	talks, err := r.store.Talks(ctx, planID, "")
	if err != nil {
		return nil, err
	}
	of, seen := map[string]ledger.Task{}, map[string]bool{}
	for _, t := range tasks {
		of[t.ID], seen[t.ID] = t, r.who.sees(t)
	}
	for _, k := range talks {
		seen[k.ID] = r.who.seesTalk(l.Plan.Directory, k)
	}
	zone := l.Plan.Location()
	for _, m := range moves {
		if !seen[m.Task] || m.Talk != "" && !seen[m.Talk] {
			continue
		}
		m.From, m.To = m.From.In(zone), m.To.In(zone)
		t := of[m.Task]
		m.Task, m.Talk = t.Shown(), t.ShownTalk(m.Talk)
		out = append(out, MovedStage{Plan: planID, Title: t.Title, Move: m})
	}
	slices.SortStableFunc(out, func(a, b MovedStage) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Task, b.Task), strings.Compare(a.Talk, b.Talk))
	})
	return out, nil
}

// PolicyMoves are the stages that another version of a policy would move in a plan, for
// those who may see all of it: ErrNotWhole. Any other error is one that applying it would
// give.
func (r *Reader) PolicyMoves(ctx context.Context, v Viewer, planID string, p plan.Policy) ([]whatif.PolicyMove, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	if _, err := in.whole(ctx, planID); err != nil {
		return nil, err
	}
	return whatif.New(r.store, r.Now).PolicyMoves(ctx, planID, p)
}

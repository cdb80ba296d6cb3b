package engine

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Running are the plans of which something goes on: a task, a duty or a talk.
func (e *Engine) Running(ctx context.Context) (running []ledger.Launched, err error) {
	plans, err := e.ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: p.ID, State: ledger.TaskOpen})
		if err != nil {
			return nil, err
		}
		talks, err := e.ledger.Talks(ctx, p.ID, "")
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(tasks, func(t ledger.Task) bool { return t.Kind != plan.Standing }) && !slices.ContainsFunc(talks, ledger.Talk.GoesOn) {
			continue
		}
		l, err := e.ledger.Plan(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		running = append(running, l)
	}
	return running, nil
}

// MayImport tells whether a person may bring in a holiday notice: only the office
// of every plan that runs. Otherwise it gives *RefusedError, and the ledger of the
// first plan that refuses has it. id is the act's.
func (e *Engine) MayImport(ctx context.Context, id string, by act.Actor, reason string) error {
	running, err := e.Running(ctx)
	if err != nil {
		return err
	}
	for _, l := range running {
		a := act.Act{ID: id, Kind: act.Import, By: by, Reason: reason}
		refused := act.CheckOnPlan(l.Plan.Directory.Office, l.Plan.Directory.Leadership, a)
		if refused == nil {
			continue
		}
		if err := e.stamp(&l, &a); err != nil {
			return err
		}
		return e.answer(ctx, l, "", a, refused, nil)
	}
	return nil
}

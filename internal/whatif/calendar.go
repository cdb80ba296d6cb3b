package whatif

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Moves are the stages of a plan's open tasks that a calendar would move, by task
// and stage, then those of its talks.
func (w WhatIf) Moves(ctx context.Context, planID string, cal *calendar.Calendar) ([]plan.Move, error) {
	l, err := w.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	was, err := w.ledger.Rules(ctx, l)
	if err != nil {
		return nil, err
	}
	is, err := ledger.RulesOf(l, cal)
	if err != nil {
		return nil, err
	}
	is.Since = l.Clock.Plan(w.now())
	moved, err := w.Recalendared(ctx, l, was, is, true)
	var all []plan.Move
	for _, m := range moved {
		all = append(all, m.Moves...)
	}
	return all, err
}

// Moved is a running task, duty or talk that another calendar changes.
type Moved struct {
	Plan  string
	Task  string
	Kind  plan.Kind   // of the task
	Talk  string      // ID of the talk about the task; "" of a task or a duty
	Moves []plan.Move // none of a duty, and none where only a limit changes
}

// Recalendared are what the rules is change against the rules was, in the order of the ledger:
// the open tasks whose next stages or limits are others, the duties whose next occurrence opens
// at another instant, and the talks whose stages speak at other instants. Where known is false,
// was is not known, and every running task, duty and talk is given.
func (w WhatIf) Recalendared(ctx context.Context, l ledger.Launched, was, is act.Rules, known bool) (all []Moved, err error) {
	rows, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return nil, err
	}
	tasks := map[string]ledger.Task{}
	for _, t := range rows {
		tasks[t.ID] = t
		switch c := ledger.CaseOf(t); {
		case t.State != ledger.TaskOpen:
		case t.Kind == plan.Duty:
			if !known || nextOccurrence(l, was, t) != nextOccurrence(l, is, t) {
				all = append(all, Moved{Plan: l.Plan.ID, Task: t.ID, Kind: t.Kind})
			}
		case t.Kind == plan.Dated:
			before, after := was.Course(c), is.Course(c)
			moves := plan.Moves(t.ID, "", was.Ahead(c), is.Ahead(c))
			if !known || len(moves) > 0 || !sameWord(before.Next, after.Next) || before.ReturnUntil != after.ReturnUntil || before.ExtendUntil != after.ExtendUntil {
				all = append(all, Moved{Plan: l.Plan.ID, Task: t.ID, Kind: t.Kind, Moves: moves})
			}
		}
	}
	talks, err := w.ledger.Talks(ctx, l.Plan.ID, "")
	for _, k := range talks {
		c := ledger.TalkCaseOf(&l.Plan, tasks[k.Task], k)
		if moves := plan.Moves(k.Task, k.ID, was.TalkAhead(c), is.TalkAhead(c)); k.GoesOn() && (!known || len(moves) > 0) {
			all = append(all, Moved{Plan: l.Plan.ID, Task: k.Task, Kind: tasks[k.Task].Kind, Talk: k.ID, Moves: moves})
		}
	}
	return all, err
}

// sameWord tells that two stages have the same ID and instant, or are both nil.
func sameWord(a, b *plan.Stage) bool {
	return a == nil && b == nil || a != nil && b != nil && a.ID == b.ID && a.At.Equal(b.At)
}

// nextOccurrence is the occurrence of a duty that opens next.
func nextOccurrence(l ledger.Launched, b act.Rules, row ledger.Task) plan.Occurrence {
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == row.ID })
	if i < 0 {
		return plan.Occurrence{}
	}
	o, _ := b.OccurrenceAfter(l.Plan.Tasks[i], row.Facts, row.Facts.OpenedUpTo())
	return o
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Moves are the stages of a plan's open tasks that a calendar would move, by task
// and stage. Nothing is changed.
func (e *Engine) Moves(ctx context.Context, planID string, cal *calendar.Calendar) ([]plan.Move, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	moved, err := e.recalendared(ctx, l, cal)
	if err != nil {
		return nil, err
	}
	var all []plan.Move
	for _, id := range slices.Sorted(maps.Keys(moved)) {
		m := moved[id]
		all = append(all, plan.Moves(id, "", append(slices.Clone(m.before.Ladder), m.before.Held...), append(slices.Clone(m.after.Ladder), m.after.Held...))...)
	}
	return all, nil
}

type turn struct{ before, after act.Course }

// recalendared are the open tasks whose stages or limits are others under a
// calendar, and the duties, whose next occurrence may be.
func (e *Engine) recalendared(ctx context.Context, l ledger.Launched, cal *calendar.Calendar) (map[string]turn, error) {
	book, err := act.NewBook(&l.Plan, cal)
	if err != nil {
		return nil, err
	}
	courses, err := e.ledger.Courses(ctx, l)
	if err != nil {
		return nil, err
	}
	a := act.Act{ID: "what-if", Kind: act.Recalendar, By: act.EngineActor, Reason: "what if"}
	if err := e.stamp(&l, &a); err != nil {
		return nil, err
	}
	moved := map[string]turn{}
	for id, before := range courses {
		before = e.limited(ctx, l, before)
		after, _, refused := book.Act(before, a)
		if refused != nil {
			return nil, fmt.Errorf("task %s: %w", id, refused)
		}
		if before.Kind == plan.Duty || !same(before, after) {
			moved[id] = turn{before, after}
		}
	}
	return moved, nil
}

// limited is a course with the limits that the calendar in force gives it: one
// without an act has none in the ledger.
func (e *Engine) limited(ctx context.Context, l ledger.Launched, c act.Course) act.Course {
	years, err := e.ledger.Calendar(ctx)
	if err != nil {
		return c
	}
	book, err := act.NewBook(&l.Plan, calendar.New(years...))
	if err != nil {
		return c
	}
	return book.Limited(c)
}

// same tells that two courses say the same at the same instants and judge acts alike.
func same(a, b act.Course) bool {
	a.Acts, a.Known, a.Ahead, b.Acts, b.Known, b.Ahead = 0, nil, nil, 0, nil, nil
	if len(a.Ladder)+len(a.Held) == 0 && len(b.Ladder)+len(b.Held) == 0 {
		a.Ladder, a.Held, b.Ladder, b.Held = nil, nil, nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// Recalendar moves what a calendar that is in the ledger already moves, in every
// plan under way: one act a task, each with the notice as its reason. It gives
// how many acts were done. Running it again finishes what an interruption left.
func (e *Engine) Recalendar(ctx context.Context, id, reason string) (int, error) {
	plans, err := e.ledger.Plans(ctx)
	if err != nil {
		return 0, err
	}
	years, err := e.ledger.Calendar(ctx)
	if err != nil {
		return 0, err
	}
	cal, total := calendar.New(years...), 0
	for _, p := range plans {
		l, err := e.ledger.Plan(ctx, p.ID)
		if err != nil {
			return total, err
		}
		moved, err := e.recalendared(ctx, l, cal)
		if err != nil {
			return total, err
		}
		tasks := slices.Sorted(maps.Keys(moved))
		n, err := e.each(ctx, tasks, func(ctx context.Context, task string) error {
			return e.Act(ctx, p.ID, task, act.Act{ID: id, Kind: act.Recalendar, By: act.EngineActor, Reason: reason})
		})
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// each does one act on each of several tasks, several at once. What a task
// refuses is no error: it has ended, or stands as wanted, meanwhile.
func (e *Engine) each(ctx context.Context, tasks []string, do func(ctx context.Context, task string) error) (done int, err error) {
	var mu sync.Mutex
	var errs []error
	var group errgroup.Group
	group.SetLimit(lanes)
	for _, task := range tasks {
		group.Go(func() error {
			err := do(ctx, task)
			var refused *RefusedError
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case !errors.As(err, &refused):
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = group.Wait() // errors are in errs
	return done, errors.Join(errs...)
}

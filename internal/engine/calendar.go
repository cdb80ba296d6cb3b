package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Moves are the stages of a plan's open tasks that a calendar would move, by task
// and stage, then those of its talks. Nothing is changed, and nobody but the ledger is asked.
func (e *Engine) Moves(ctx context.Context, planID string, cal *calendar.Calendar) ([]plan.Move, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	years, err := e.ledger.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	moved, err := e.recalendared(ctx, l, calendar.New(years...), cal)
	if err != nil {
		return nil, err
	}
	var all []plan.Move
	for _, id := range slices.Sorted(maps.Keys(moved)) {
		m := moved[id]
		all = append(all, plan.Moves(id, "", append(slices.Clone(m.before.Ladder), m.before.Held...), append(slices.Clone(m.after.Ladder), m.after.Held...))...)
	}
	talks, err := e.talkMoves(ctx, l, cal)
	return append(all, talks...), err
}

type turn struct{ before, after act.Course }

// recalendared are the open tasks whose stages or limits are others under the
// calendar is, and the duties whose next occurrence opens at another instant. A task
// without an act has no limits in the ledger: it has those of the calendar was.
func (e *Engine) recalendared(ctx context.Context, l ledger.Launched, was, is *calendar.Calendar) (map[string]turn, error) {
	former, err := act.NewBook(&l.Plan, was)
	if err != nil {
		return nil, err
	}
	book, err := act.NewBook(&l.Plan, is)
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
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return nil, err
	}
	waits := nextOccurrences(l, tasks)
	moved := map[string]turn{}
	for id, before := range courses {
		if before.Kind == plan.Duty && waits(former, id) == waits(book, id) {
			continue
		}
		if before.Acts == 0 {
			before = former.Limited(before)
		}
		after, _, refused := book.Act(before, a)
		if refused != nil {
			return nil, fmt.Errorf("task %s: %w", id, refused)
		}
		if before.Kind == plan.Duty || !before.Same(after) {
			moved[id] = turn{before, after}
		}
	}
	return moved, nil
}

// nextOccurrences tells when the next occurrence of a duty opens by a book.
func nextOccurrences(l ledger.Launched, tasks []ledger.Task) func(act.Book, string) plan.Occurrence {
	rows, last := map[string]ledger.Task{}, map[string]calendar.Day{}
	for _, t := range tasks {
		if t.Kind == plan.Duty {
			rows[t.ID] = t
		}
		if t.Due.After(last[t.Duty]) {
			last[t.Duty] = t.Due
		}
	}
	return func(b act.Book, duty string) plan.Occurrence {
		row := rows[duty]
		i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == duty })
		if i < 0 {
			return plan.Occurrence{}
		}
		o, _ := b.NextOccurrence(b.Policies[row.Policy], activities.AsRuled(l.Plan.Tasks[i], row), last[duty], row.Assigned)
		return o
	}
}

// Recalendar moves what a calendar that is in the ledger already moves, in every
// plan under way: one act a task and one a talk, each with the notice as its reason. years are
// those whose notice is new. It gives how many acts were done. Running it again
// with the same id finishes what an interruption left, and does nothing twice.
func (e *Engine) Recalendar(ctx context.Context, id, reason string, years ...int) (int, error) {
	was, is, err := e.calendars(ctx, years)
	if err != nil {
		return 0, err
	}
	plans, err := e.ledger.Plans(ctx)
	if err != nil {
		return 0, err
	}
	total, a := 0, act.Act{ID: id, Kind: act.Recalendar, By: act.EngineActor, Reason: reason}
	for _, p := range plans {
		l, err := e.ledger.Plan(ctx, p.ID)
		if err != nil {
			return total, err
		}
		moved, err := e.recalendared(ctx, l, was, is)
		if err != nil {
			return total, err
		}
		tasks := slices.Sorted(maps.Keys(moved))
		n, err := e.each(ctx, len(tasks), func(ctx context.Context, i int) (bool, error) {
			done, _, err := e.once(ctx, l, tasks[i], a)
			return done, unended(err)
		})
		total += n
		if err != nil {
			return total, err
		}
		n, err = e.recalendarTalks(ctx, l, is, a)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// calendars are the one in force, and the one before the notices of years.
func (e *Engine) calendars(ctx context.Context, years []int) (was, is *calendar.Calendar, err error) {
	known, err := e.ledger.Calendar(ctx)
	if err != nil {
		return nil, nil, err
	}
	is = calendar.New(known...)
	before := slices.Clone(known)
	for _, year := range years {
		former, there, err := e.ledger.FormerNotice(ctx, year)
		if err != nil {
			return nil, nil, err
		}
		before = slices.DeleteFunc(before, func(y calendar.Year) bool { return y.Year == year })
		if there {
			before = append(before, former)
		}
	}
	return calendar.New(before...), is, nil
}

// each does something n times, several at once, and counts how often it was done.
func (e *Engine) each(ctx context.Context, n int, do func(ctx context.Context, i int) (done bool, err error)) (count int, err error) {
	var mu sync.Mutex
	var errs []error
	var group errgroup.Group
	group.SetLimit(lanes)
	for i := range n {
		group.Go(func() error {
			done, err := do(ctx, i)
			mu.Lock()
			defer mu.Unlock()
			if done {
				count++
			}
			if err != nil {
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = group.Wait() // errors are in errs
	return count, errors.Join(errs...)
}

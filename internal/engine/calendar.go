package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/whatif"
	"duban/workflows"
)

// Recalendar has everything look at the ledger that a calendar moves which is in it
// already, in every plan under way. years are those whose notice is new. It gives
// how many things move. Running it again does no harm.
func (e *Engine) Recalendar(ctx context.Context, years ...int) (int, error) {
	former, err := e.formerCalendar(ctx, years)
	if err != nil {
		return 0, err
	}
	plans, err := e.ledger.Plans(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, p := range plans {
		l, err := e.ledger.Plan(ctx, p.ID)
		if err != nil {
			return total, err
		}
		is, err := activities.BookOf(ctx, e.ledger, l)
		if err != nil {
			return total, err
		}
		was, err := act.NewBook(&l.Plan, former)
		if err != nil {
			return total, err
		}
		all, err := e.whatIf().Recalendared(ctx, l, was, is)
		if err != nil {
			return total, err
		}
		n, err := e.each(ctx, len(all), func(ctx context.Context, i int) (bool, error) { return true, e.look(ctx, movedOf(all[i])) })
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// movedOf is the workflow of what another calendar moves.
func movedOf(m whatif.Moved) string {
	if m.Talk != "" {
		return workflows.TalkWorkflowID(m.Plan, m.Talk)
	}
	return workflowOf(m.Plan, m.Task, m.Kind)
}

// formerCalendar is the one before the notices of years came.
func (e *Engine) formerCalendar(ctx context.Context, years []int) (*calendar.Calendar, error) {
	known, err := e.ledger.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	before := slices.Clone(known)
	for _, year := range years {
		former, there, err := e.ledger.FormerNotice(ctx, year)
		if err != nil {
			return nil, err
		}
		before = slices.DeleteFunc(before, func(y calendar.Year) bool { return y.Year == year })
		if there {
			before = append(before, former)
		}
	}
	return calendar.New(before...), nil
}

// each does something n times, several at once, and counts how often it was done.
func (e *Engine) each(ctx context.Context, n int, do func(ctx context.Context, i int) (done bool, err error)) (count int, err error) {
	var mu sync.Mutex
	var errs []error
	var group errgroup.Group
	group.SetLimit(lanes)
	over := 0
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
			if over++; e.watch != nil {
				e.watch(over, n)
			}
			return nil
		})
	}
	_ = group.Wait() // errors are in errs
	return count, errors.Join(errs...)
}

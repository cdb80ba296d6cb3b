package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/whatif"
	"duban/workflows"
)

// MoveCalendar carries out the notices of holidays that are in force in the ledger and
// were not carried out yet, whoever put them in force: each workflow whose stages they
// move is told to read the ledger again, and the ledger notes in the name of the account
// by that they are carried out. It gives how many workflows were told. A second call
// does nothing.
func (e *Engine) MoveCalendar(ctx context.Context, by string) (things int, err error) {
	years, err := e.ledger.Unmoved(ctx)
	if err != nil || len(years) == 0 {
		return 0, err
	}
	if things, err = e.recalendar(ctx, years); err != nil {
		return things, err
	}
	for _, year := range years {
		if err := e.ledger.MarkMoved(ctx, year, things, by, e.when(calendar.Clock{})); err != nil {
			return things, err
		}
	}
	return things, nil
}

// recalendar tells the workflows whose stages the notices of these years move to read the
// ledger again, and counts them.
func (e *Engine) recalendar(ctx context.Context, years []int) (int, error) {
	former, known, err := e.formerCalendar(ctx, years)
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
		is, err := e.ledger.Rules(ctx, l)
		if err != nil {
			return total, err
		}
		was, err := act.NewRules(&l.Plan, former)
		if err != nil {
			return total, err
		}
		all, err := e.whatIf().Recalendared(ctx, l, was, is, known)
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

// movedOf is the ID of the workflow of a talk, task or duty that another calendar moves.
func movedOf(m whatif.Moved) string {
	if m.Talk != "" {
		return workflows.TalkWorkflowID(m.Plan, m.Talk)
	}
	return workflowOf(m.Plan, m.Task, m.Kind)
}

// formerCalendar is the calendar from before the notices of these years came, by which
// the stages of running workflows were dated. known is false when the ledger no longer
// has the former notice of one of the years.
func (e *Engine) formerCalendar(ctx context.Context, years []int) (cal *calendar.Calendar, known bool, err error) {
	now, err := e.ledger.Calendar(ctx)
	if err != nil {
		return nil, false, err
	}
	before, known := slices.Clone(now), true
	for _, year := range years {
		former, told, err := e.ledger.MovedNotice(ctx, year)
		if err != nil {
			return nil, false, err
		}
		known = known && told
		before = append(slices.DeleteFunc(before, func(y calendar.Year) bool { return y.Year == year }), former)
	}
	return calendar.New(before...), known, nil
}

// each calls do for 0 to n-1, lanes calls at once, and counts those that gave done true.
// An error of one call stops none of the others; all errors are joined.
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

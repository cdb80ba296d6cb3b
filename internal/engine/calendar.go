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
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// Moves are the stages of a plan's open tasks that a calendar would move, by task
// and stage, then those of its talks. Nothing is changed, and nobody but the ledger
// is asked.
func (e *Engine) Moves(ctx context.Context, planID string, cal *calendar.Calendar) ([]plan.Move, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	was, err := activities.BookOf(ctx, e.ledger, l)
	if err != nil {
		return nil, err
	}
	is, err := act.NewBook(&l.Plan, cal)
	if err != nil {
		return nil, err
	}
	is.Since = l.Clock.Plan(e.now())
	moved, err := e.recalendared(ctx, l, was, is)
	var all []plan.Move
	for _, m := range moved {
		all = append(all, m.moves...)
	}
	return all, err
}

// moved is a running thing that another calendar changes.
type moved struct {
	workflow string
	moves    []plan.Move
}

// recalendared are the open tasks whose next words or limits are others by the
// book is, the duties whose next occurrence opens at another instant, and the talks
// that say something at another time, in the order of the ledger.
func (e *Engine) recalendared(ctx context.Context, l ledger.Launched, was, is act.Book) (all []moved, err error) {
	rows, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return nil, err
	}
	tasks := map[string]ledger.Task{}
	for _, t := range rows {
		tasks[t.ID] = t
		switch c := ledger.CaseOf(t); {
		case t.State != ledger.TaskOpen:
		case t.Kind == plan.Duty:
			if nextOccurrence(l, was, t) != nextOccurrence(l, is, t) {
				all = append(all, moved{workflow: workflows.DutyWorkflowID(l.Plan.ID, t.ID)})
			}
		case t.Kind == plan.Dated:
			before, after := was.Course(c), is.Course(c)
			moves := plan.Moves(t.ID, "", was.Ahead(c), is.Ahead(c))
			if len(moves) > 0 || before.ReturnUntil != after.ReturnUntil || before.ExtendUntil != after.ExtendUntil {
				all = append(all, moved{workflows.TaskWorkflowID(l.Plan.ID, t.ID), moves})
			}
		}
	}
	talks, err := e.ledger.Talks(ctx, l.Plan.ID, "")
	for _, k := range talks {
		c := ledger.TalkCaseOf(&l.Plan, tasks[k.Task], k)
		if moves := plan.Moves(k.Task, k.ID, was.TalkAhead(c), is.TalkAhead(c)); k.GoesOn() && len(moves) > 0 {
			all = append(all, moved{workflows.TalkWorkflowID(l.Plan.ID, k.ID), moves})
		}
	}
	return all, err
}

// nextOccurrence is the occurrence of a duty that opens next by a book.
func nextOccurrence(l ledger.Launched, b act.Book, row ledger.Task) plan.Occurrence {
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == row.ID })
	if i < 0 {
		return plan.Occurrence{}
	}
	o, _ := b.NextOccurrence(b.Policies[row.Policy], act.AsRuled(l.Plan.Tasks[i], row.Facts), row.Facts.OpenedUpTo(), row.Assigned)
	return o
}

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
		all, err := e.recalendared(ctx, l, was, is)
		if err != nil {
			return total, err
		}
		n, err := e.each(ctx, len(all), func(ctx context.Context, i int) (bool, error) { return true, e.look(ctx, all[i].workflow) })
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
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

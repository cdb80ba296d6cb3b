package activities

import (
	"context"
	"time"

	"duban/internal/act"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Missing is everything of a plan that was to be said or opened before an instant of
// its clock and left no trace in the ledger.
func Missing(ctx context.Context, store *ledger.Store, planID string, before time.Time) ([]ledger.Stage, error) {
	l, err := store.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	book, err := store.Book(ctx, l)
	if err != nil {
		return nil, err
	}
	all, err := store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return nil, err
	}
	talks, err := store.Talks(ctx, planID, "")
	if err != nil {
		return nil, err
	}
	tasks := map[string]ledger.Task{}
	for _, t := range all {
		tasks[t.ID] = t
	}
	return missing(l, book, tasks, all, talks, before)
}

// missing is everything that was to be said or opened before an instant and left
// no trace: the next word of each open task and of each talk that goes on, and the
// occurrences of duties. It adds to tasks the row that each such occurrence would
// have.
func missing(l ledger.Launched, book act.Book, tasks map[string]ledger.Task, all []ledger.Task, talks []ledger.Talk, before time.Time) (silent []ledger.Stage, err error) {
	for _, t := range all {
		if t.State != ledger.TaskOpen {
			continue
		}
		if t.Kind == plan.Duty {
			unopened, err := unopened(l, book, t, tasks, before)
			if err != nil {
				return nil, err
			}
			silent = append(silent, unopened...)
			continue
		}
		if next := book.Next(ledger.CaseOf(t)); next != nil && next.At.Before(before) {
			silent = append(silent, ledger.Stage{Plan: t.Plan, Task: t.ID, Revision: t.Revision, Stage: *next})
		}
	}
	for _, k := range talks {
		switch next := book.TalkCourse(ledger.TalkCaseOf(&l.Plan, tasks[k.Task], k)).Next; {
		case k.State == act.TalkPending && k.OpensAt.Before(before):
			silent = append(silent, ledger.Stage{Plan: k.Plan, Task: k.Task, Talk: k.ID, Stage: plan.Stage{ID: k.ID, Kind: plan.Talk, At: k.OpensAt}})
		case k.GoesOn() && next != nil && next.At.Before(before):
			silent = append(silent, ledger.Stage{Plan: k.Plan, Task: k.Task, Talk: k.ID, Revision: k.Revision, Stage: *next})
		}
	}
	return silent, nil
}

// unopened is the first word of each occurrence of a duty that was to be opened
// and was not, where it was to be said before an instant.
func unopened(l ledger.Launched, book act.Book, row ledger.Task, tasks map[string]ledger.Task, before time.Time) (silent []ledger.Stage, err error) {
	if row.Facts.Pause != nil {
		return nil, nil
	}
	d, err := docket.DutyOf(l, book, row)
	if err != nil {
		return nil, err
	}
	for o, ok := d.Next(row.Facts.OpenedUpTo()); ok && o.Opens.Before(before); o, ok = d.Next(o.Due) {
		opened := d.Occurrence(o)
		if next := book.Next(opened.Facts); next != nil && next.At.Before(before) {
			tasks[o.Task] = opened
			silent = append(silent, ledger.Stage{Plan: l.Plan.ID, Task: o.Task, Stage: *next})
		}
	}
	return silent, nil
}

package audit

import (
	"context"
	"time"

	"duban/internal/act"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Missing gives the stages of a plan that were due before an instant of its clock and are
// not in the ledger: see MissingOf.
func Missing(ctx context.Context, store *ledger.Store, planID string, before time.Time) ([]ledger.Stage, error) {
	l, err := store.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	rules, err := store.Rules(ctx, l)
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
	return MissingOf(l, rules, tasks, all, talks, before)
}

// MissingOf gives the stages that were due before an instant of the plan's clock and are
// not in the ledger: the next stage of each open task and of each talk that goes on, the
// opening of each pending talk, and the first stage of each occurrence that a duty should
// have opened. It adds to tasks, which has all tasks by ID, the row that each such
// occurrence would have.
func MissingOf(l ledger.Launched, rules act.Rules, tasks map[string]ledger.Task, all []ledger.Task, talks []ledger.Talk, before time.Time) (silent []ledger.Stage, err error) {
	for _, t := range all {
		if t.State != ledger.TaskOpen {
			continue
		}
		if t.Kind == plan.Duty {
			unopened, err := unopened(l, rules, t, tasks, before)
			if err != nil {
				return nil, err
			}
			silent = append(silent, unopened...)
			continue
		}
		if next := rules.Next(ledger.CaseOf(t)); next != nil && next.At.Before(before) {
			silent = append(silent, ledger.Stage{Plan: t.Plan, Task: t.ID, Revision: t.Revision, Stage: *next})
		}
	}
	for _, k := range talks {
		switch next := rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, tasks[k.Task], k)).Next; {
		case k.State == act.TalkPending && k.OpensAt.Before(before):
			silent = append(silent, ledger.Stage{Plan: k.Plan, Task: k.Task, Talk: k.ID, Stage: plan.Stage{ID: k.ID, Kind: plan.Talk, At: k.OpensAt}})
		case k.GoesOn() && next != nil && next.At.Before(before):
			silent = append(silent, ledger.Stage{Plan: k.Plan, Task: k.Task, Talk: k.ID, Revision: k.Revision, Stage: *next})
		}
	}
	return silent, nil
}

// unopened gives the first stage of each occurrence that a duty should have opened and has
// not, where that stage was due before an instant. A paused duty opens none.
func unopened(l ledger.Launched, rules act.Rules, row ledger.Task, tasks map[string]ledger.Task, before time.Time) (silent []ledger.Stage, err error) {
	if row.Facts.Pause != nil {
		return nil, nil
	}
	d, err := docket.DutyOf(l, rules, row)
	if err != nil {
		return nil, err
	}
	for o, ok := d.Next(row.Facts.OpenedUpTo()); ok && o.Opens.Before(before); o, ok = d.Next(o.Due) {
		opened := d.Occurrence(o)
		if next := rules.Next(opened.Facts); next != nil && next.At.Before(before) {
			tasks[o.Task] = opened
			silent = append(silent, ledger.Stage{Plan: l.Plan.ID, Task: o.Task, Stage: *next})
		}
	}
	return silent, nil
}

package activities

import (
	"context"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// unopened are the stages that the ledger does not even expect, because what
// opens their ladder did not work: the occurrences of a duty that were to be
// opened and were not, and the talks that were called for and did not open. It
// adds to tasks the row that each such occurrence would have.
func (a *Activities) unopened(ctx context.Context, l ledger.Launched, tasks map[string]ledger.Task, talks []ledger.Talk, before time.Time) ([]ledger.Stage, error) {
	silent, err := a.unopenedOccurrences(ctx, l, tasks, before)
	if err != nil {
		return nil, err
	}
	for _, t := range talks {
		if t.State == ledger.TalkPending && t.OpensAt.Before(before) && tasks[t.Task].State == ledger.TaskOpen {
			silent = append(silent, ledger.Stage{Plan: t.Plan, Task: t.Task, Revision: t.Revision, Talk: t.ID,
				Stage: plan.Stage{ID: t.ID, Kind: plan.Talk, At: t.OpensAt}})
		}
	}
	return silent, nil
}

func (a *Activities) unopenedOccurrences(ctx context.Context, l ledger.Launched, tasks map[string]ledger.Task, before time.Time) (silent []ledger.Stage, err error) {
	lad, err := a.ladderer(ctx, l)
	if err != nil {
		return nil, err
	}
	for _, duty := range l.Plan.Tasks {
		if duty.Kind != plan.Duty || tasks[duty.ID].State != ledger.TaskOpen {
			continue
		}
		row := tasks[duty.ID]
		duty = AsRuled(duty, row)
		p, since := l.Plan.Policies[duty.Policy], row.Assigned
		o, ok := lad.NextOccurrence(p, duty, duty.Due, since)
		for ; ok && o.Opens.Before(before); o, ok = lad.NextOccurrence(p, duty, o.Due, since) {
			if _, opened := tasks[o.Task]; opened || rests(row, o.Due) || rests(row, calendar.DayOf(o.Opens.In(lad.Zone))) {
				continue
			}
			row := occurrence(l, lad, duty, o)
			for _, s := range row.Stages {
				if s.At.Before(before) {
					tasks[o.Task] = row.Task
					silent = append(silent, ledger.Stage{Plan: l.Plan.ID, Task: o.Task, Revision: row.Revision, Stage: s})
				}
			}
		}
	}
	return silent, nil
}

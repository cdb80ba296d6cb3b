package query

import (
	"context"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// Ladders are some lines of one plan, each with its stages, those that were decided and
// those that come if nobody acts, and the rest days of a year.
type Ladders struct {
	TaskPage
	Stages map[string][]report.StageRow // by the task's ID that people use, in order of time; without those told because of acts
	Rests  map[calendar.Day]bool        // the rest days of Year
	Year   int
	// Provisional tells that the year has no holiday notice yet.
	Provisional bool
	Today       calendar.Day
}

// Ladders are the lines chosen by f, which must name a plan, with their stages. Next of the
// lines is not worked out: the stages tell it.
func (r *Reader) Ladders(ctx context.Context, v Viewer, f TaskFilter) (l Ladders, err error) {
	in, err := r.as(v)
	if err != nil {
		return l, err
	}
	p, err := in.framed(ctx, f.Plan)
	if err != nil {
		return l, err
	}
	if !v.knows(p.Plan.Directory) {
		return l, ErrNotWhole
	}
	f.withoutNext = true
	if l.TaskPage, err = in.tasks(ctx, f); err != nil {
		return l, err
	}
	l.Provisional = !p.cal.Governed(p.Plan.Year)
	l.Year, l.Today, l.Stages, l.Rests = p.Plan.Year, p.today, map[string][]report.StageRow{}, map[calendar.Day]bool{}
	for d := calendar.NewDay(l.Year, 1, 1); d.Year == l.Year; d = d.AddDays(1) {
		if !p.cal.IsWorkday(d) {
			l.Rests[d] = true
		}
	}
	ids := []string{}
	for _, line := range l.Lines {
		ids = append(ids, line.Key)
	}
	if len(ids) == 0 {
		return l, nil
	}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: f.Plan, IDs: ids})
	if err != nil {
		return l, err
	}
	if err := r.saidOf(ctx, p, tasks); err != nil {
		return l, err
	}
	stages, err := r.store.StagesOf(ctx, f.Plan, ids)
	if err != nil {
		return l, err
	}
	talks, err := r.store.TalksOf(ctx, f.Plan, ids)
	if err != nil {
		return l, err
	}
	stages, talks = in.seen(p.Plan.Directory, stages, talks)
	for _, s := range report.Book(p.Launched, tasks, stages, nil, talks, p.today, p.cal).Stages {
		if s.Kind != plan.Told && s.State != ledger.Void {
			l.Stages[s.Task] = append(l.Stages[s.Task], s)
		}
	}
	return l, nil
}

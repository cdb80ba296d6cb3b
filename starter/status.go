package main

import (
	"context"
	"fmt"
	"strings"

	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// plansStatus shows every launched plan.
func (a *app) plansStatus(ctx context.Context, r *query.Reader, who query.Viewer) error {
	rows, whole, err := r.Plans(ctx, who)
	if err != nil {
		return err
	}
	if err := a.show().Plans(rows); err != nil || a.format == "json" {
		return err
	}
	if !whole {
		a.say("cli.only_plans", words.Data{"Account": a.as})
	}
	return nil
}

// planTasksStatus shows one plan's counts and its tasks, the gravest first.
func (a *app) planTasksStatus(ctx context.Context, r *query.Reader, who query.Viewer, id string) error {
	t, err := r.Status(ctx, who, id)
	if err != nil {
		return err
	}
	rows := report.ByGravity(t.Tasks)
	if a.format == "json" {
		return a.show().JSON(t.Rows())
	}
	a.show().Lights(t.Table)
	a.show().Status(rows)
	c := t.Counts
	a.say("report.status_aside", words.Data{"Duties": c.Duties, "Standing": c.Standing, "Cancelled": c.Cancelled, "Carried": c.Carried})
	for _, u := range t.Owed {
		fmt.Fprintln(a.out, strings.TrimSpace(a.w.T("doctor.owed", words.Data{"Task": u.Task, "Kind": a.w.T("act.kind_" + string(u.Kind))})))
	}
	return nil
}

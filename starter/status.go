package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/plan"
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
	if err := a.showPlans(rows); err != nil || a.format == "json" {
		return err
	}
	if !whole {
		fmt.Fprintln(a.out, a.w.T("cli.only_plans", words.Data{"Account": a.as}))
	}
	return nil
}

// showPlans shows the launched plans; none is an answer, not an error.
func (a *app) showPlans(rows []query.PlanRow) error {
	if a.format == "json" {
		return a.json(rows)
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.out, a.w.T("report.no_plans"))
		return nil
	}
	a.plansTable(rows)
	return nil
}

func (a *app) plansTable(rows []query.PlanRow) {
	say := report.Speak(a.w)
	t := a.reportTable(map[string]int{"plan_title": 34, "next_at": 36}, "plan", "plan_title", "launched", "total", "open", "overdue", "done",
		"red", "yellow", "blue", "green", "next_at")
	var zones []*time.Location
	for _, r := range rows {
		zones = append(zones, r.LaunchedAt.Location())
		next := ""
		if r.Next != nil {
			next = a.w.T("report.next_line", words.Data{"At": r.Next.At.Format("2006-01-02 15:04"), "Task": r.Next.Task,
				"Stage": say.Stage(report.Step{Stage: r.Next.Stage, Kind: r.Next.Kind, Talk: r.Next.Talk, Topic: r.Next.Topic})})
		}
		done := fmt.Sprint(r.Done)
		if r.DoneLate > 0 {
			done = a.w.T("report.done_with_late", words.Data{"Done": r.Done, "Late": r.DoneLate})
		}
		t.AppendRow(table.Row{r.ID, r.Title, r.LaunchedAt.Format("2006-01-02 15:04"), r.Tasks, r.Open, r.Overdue, done, r.Red, r.Yellow, r.Blue, r.Green, next})
	}
	t.Render()
	a.sayZone(zones...)
	a.unfinished(a.out, rows)
}

// unfinished names the plans whose launch was interrupted, and how each is finished,
// whatever has become of its files.
func (a *app) unfinished(out io.Writer, rows []query.PlanRow) {
	for _, r := range rows {
		if r.Unarmed > 0 {
			fmt.Fprintln(out, a.w.T("report.unarmed", words.Data{"Count": r.Unarmed, "Plan": r.ID, "Title": r.Title}))
		}
	}
}

// planTasksStatus shows one plan's counts and its tasks, the gravest first.
func (a *app) planTasksStatus(ctx context.Context, r *query.Reader, who query.Viewer, id string) error {
	t, err := r.Status(ctx, who, id)
	if err != nil {
		return err
	}
	rows := report.ByGravity(t.Tasks)
	if a.format == "json" {
		return a.json(t.Rows())
	}
	a.lightsLine(t.Table)
	a.statusTable(rows)
	c := t.Counts
	fmt.Fprintln(a.out, a.w.T("report.status_aside", words.Data{"Duties": c.Duties, "Standing": c.Standing, "Cancelled": c.Cancelled, "Carried": c.Carried}))
	for _, u := range t.Owed {
		fmt.Fprintln(a.out, strings.TrimSpace(a.w.T("doctor.owed", words.Data{"Task": u.Task, "Kind": a.w.T("act.kind_" + string(u.Kind))})))
	}
	return nil
}

func (a *app) lightsLine(t report.Table) {
	say := report.Speak(a.w)
	fmt.Fprintln(a.out, a.w.T("report.status_head", words.Data{"Title": t.Plan.Title, "Number": t.Plan.Number, "Day": say.Day(t.AsOf)}))
	var lights []string
	for _, l := range t.Counts.ByLight {
		lights = append(lights, a.w.T("report.status_light", words.Data{"Light": say.Light(report.Row{Light: l.Light}), "N": l.Count}))
	}
	fmt.Fprintln(a.out, a.w.T("report.status_lights", words.Data{"Total": t.Counts.Total, "Lights": strings.Join(lights, a.w.T("report.comma")),
		"Rate": say.Rate(t.Counts.OnTimeRate)}))
}

// statusTable lists what is chased; duties and standing lines are left to the
// export.
func (a *app) statusTable(rows []report.Row) {
	say := report.Speak(a.w)
	t := a.reportTable(map[string]int{"lead": 18, "title": 40}, "state", "light", "due", "left", "id", "lead", "title", "last", "next", "talk")
	var zones []*time.Location
	for _, r := range rows {
		if r.Kind != plan.Dated {
			continue
		}
		next := ""
		if r.Next != nil {
			zones = append(zones, r.Next.At.Location())
			next = r.Next.At.Format("2006-01-02 15:04") + " " + say.Stage(*r.Next)
		}
		t.AppendRow(table.Row{say.State(r), say.Light(r), r.Due, say.Left(r), r.ID, r.Lead, say.Title(r), say.Step(r.Last), next, say.Talks(r)})
	}
	t.Render()
	a.sayZone(zones...)
}

// reportTable is a table under the headings that the exported book has.
func (a *app) reportTable(widths map[string]int, headings ...string) table.Writer {
	return a.roomTable("report", widths, headings...)
}

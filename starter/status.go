package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// planRow is one launched plan in `plan status -o json`, an array of them in
// order of launch. Counts are of tasks and occurrences of duties, the cancelled
// left out; instants are RFC 3339 with the plan's offset; next is null when no
// stage is to come.
type planRow struct {
	ID         string       `json:"id"`
	Title      string       `json:"title"`
	Number     string       `json:"number"`
	LaunchedAt time.Time    `json:"launched_at"` // plan clock
	AsOf       calendar.Day `json:"as_of"`
	Tasks      int          `json:"tasks"`
	Open       int          `json:"open"`
	Overdue    int          `json:"overdue"`
	Done       int          `json:"done"` // done late among them
	DoneLate   int          `json:"done_late"`
	Red        int          `json:"red"`
	Yellow     int          `json:"yellow"`
	Blue       int          `json:"blue"`
	Green      int          `json:"green"`
	Duties     int          `json:"duties"`
	Standing   int          `json:"standing"`
	Talks      int          `json:"talks"`
	Unarmed    int          `json:"unarmed"` // deadlines no workflow is known to hold: launch again
	Next       *nextStage   `json:"next"`
}

// nextStage is the first stage still to come.
type nextStage struct {
	Task  string         `json:"task"`
	Title string         `json:"title"`
	Unit  string         `json:"unit"`
	Stage string         `json:"stage"`
	Kind  plan.StageKind `json:"kind"`
	At    time.Time      `json:"at"`
	Talk  string         `json:"talk,omitempty"`
	Topic string         `json:"topic,omitempty"` // what it is about when that is not the task's own limit
}

// statusBook is one plan in `plan status PLAN -o json`: report.Table without
// its stages and talks, tasks sorted by gravity.
type statusBook struct {
	Plan   report.Head   `json:"plan"`
	AsOf   calendar.Day  `json:"as_of"`
	Counts report.Counts `json:"counts"`
	Tasks  []report.Row  `json:"tasks"`
}

// plansStatus shows every launched plan.
func (a *app) plansStatus(ctx context.Context, store *ledger.Store) error {
	plans, err := store.Plans(ctx)
	if err != nil {
		return err
	}
	seen, whole, err := a.overseen(ctx, store, "")
	if err != nil {
		return err
	}
	plans = slices.DeleteFunc(plans, func(p ledger.PlanInfo) bool {
		return !slices.ContainsFunc(seen, func(l ledger.Launched) bool { return l.Plan.ID == p.ID })
	})
	var rows []planRow
	for _, p := range plans {
		row, err := a.planStands(ctx, store, p)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := a.showPlans(rows); err != nil || a.format == "json" {
		return err
	}
	a.tellOnly(a.onlyPlans(whole))
	return nil
}

// showPlans shows the launched plans; none is an answer, not an error.
func (a *app) showPlans(rows []planRow) error {
	if rows == nil {
		rows = []planRow{}
	}
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

// planStands is one plan's line, counted by the ledger where it can.
func (a *app) planStands(ctx context.Context, store *ledger.Store, p ledger.PlanInfo) (planRow, error) {
	v, err := a.view(ctx, store, p.ID)
	if err != nil {
		return planRow{}, err
	}
	tally, ok, err := v.count(ctx, store)
	if err != nil {
		return planRow{}, err
	}
	if ok {
		return planRowOf(v.head(), v.today, report.CountOf(tally.Counts, tally.Talks), v.rows(tally.Next), p.Unarmed), nil
	}
	t, err := a.book(ctx, store, p.ID, false)
	return planRowOf(t.Plan, t.AsOf, t.Counts, t.Tasks, p.Unarmed), err
}

func planRowOf(head report.Head, today calendar.Day, c report.Counts, tasks []report.Row, unarmed int) planRow {
	row := planRow{
		ID: head.ID, Title: head.Title, Number: head.Number, LaunchedAt: head.Launched, AsOf: today,
		Tasks: c.Total, Open: c.Open, Overdue: c.Overdue, Done: c.Done, DoneLate: c.DoneLate,
		Red: c.Red, Yellow: c.Yellow, Blue: c.Blue, Green: c.Green,
		Duties: c.Duties, Standing: c.Standing, Talks: c.Talks, Unarmed: unarmed,
	}
	for _, r := range tasks {
		if r.Next == nil || row.Next != nil && !r.Next.At.Before(row.Next.At) {
			continue
		}
		row.Next = &nextStage{r.ID, r.Title, r.Lead, r.Next.Stage, r.Next.Kind, r.Next.At, r.Next.Talk, r.Next.Topic}
	}
	return row
}

func (a *app) plansTable(rows []planRow) {
	say := report.Speak(a.w)
	t := a.reportTable(map[string]int{"plan_title": 34, "next_at": 36}, "plan", "plan_title", "launched", "total", "open", "overdue", "done",
		"red", "yellow", "blue", "green", "next_at")
	unarmed := 0
	for _, r := range rows {
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
		unarmed += r.Unarmed
	}
	t.Render()
	if unarmed > 0 {
		fmt.Fprintln(a.out, a.w.T("report.unarmed", words.Data{"Count": unarmed}))
	}
}

// planTasksStatus shows one plan's counts and its tasks, the gravest first.
func (a *app) planTasksStatus(ctx context.Context, store *ledger.Store, id string) error {
	t, err := a.book(ctx, store, id, false)
	if err != nil {
		return err
	}
	rows := report.ByGravity(t.Tasks)
	if a.format == "json" {
		return a.json(statusBook{t.Plan, t.AsOf, t.Counts, rows})
	}
	a.lightsLine(t)
	a.statusTable(rows)
	c := t.Counts
	fmt.Fprintln(a.out, a.w.T("report.status_aside", words.Data{"Duties": c.Duties, "Standing": c.Standing, "Cancelled": c.Cancelled}))
	return a.owed(ctx, store, id)
}

// owed says what tasks have not taken of the plan's amendments yet.
func (a *app) owed(ctx context.Context, store *ledger.Store, id string) error {
	last, err := store.LastAmendment(ctx, id)
	for _, u := range append(last.Left, last.Owed...) {
		fmt.Fprintln(a.out, strings.TrimSpace(a.w.T("doctor.owed", words.Data{"Task": u.Task, "Kind": a.w.T("act.kind_" + string(u.Kind))})))
	}
	return err
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
	t := a.reportTable(map[string]int{"lead": 18, "title": 40}, "light", "due", "left", "id", "lead", "title", "last", "next", "talk")
	for _, r := range rows {
		if r.Kind != plan.Dated {
			continue
		}
		next := ""
		if r.Next != nil {
			next = r.Next.At.Format("2006-01-02 15:04") + " " + say.Stage(*r.Next)
		}
		t.AppendRow(table.Row{say.Light(r), r.Due, say.Left(r), r.ID, r.Lead, say.Title(r), say.Step(r.Last), next, say.Talks(r)})
	}
	t.Render()
}

// reportTable is a table under the headings that the exported book has.
func (a *app) reportTable(widths map[string]int, headings ...string) table.Writer {
	return a.roomTable("report", widths, headings...)
}

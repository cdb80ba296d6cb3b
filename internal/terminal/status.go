package terminal

import (
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

// Plans shows the launched plans; none is an answer, not an error.
func (sc *Screen) Plans(rows []query.PlanRow) {
	if len(rows) == 0 {
		fmt.Fprintln(sc.Out, sc.W.T("report.no_plans"))
		return
	}
	say := report.Speak(sc.W)
	t := sc.ReportTable(map[string]int{"plan_title": 34, "next_at": 36}, "plan", "plan_title", "launched", "total", "open", "overdue", "done",
		"red", "yellow", "blue", "green", "next_at")
	var zones []*time.Location
	for _, r := range rows {
		zones = append(zones, r.LaunchedAt.Location())
		next := ""
		if r.Next != nil {
			next = sc.W.T("report.next_line", words.Data{"At": r.Next.At.Format("2006-01-02 15:04"), "Task": r.Next.Task,
				"Stage": say.Stage(report.Step{Stage: r.Next.Stage, Kind: r.Next.Kind, Talk: r.Next.Talk, Topic: r.Next.Topic})})
		}
		done := fmt.Sprint(r.Done)
		if r.DoneLate > 0 {
			done = sc.W.T("report.done_with_late", words.Data{"Done": r.Done, "Late": r.DoneLate})
		}
		t.AppendRow(table.Row{r.ID, r.Title, r.LaunchedAt.Format("2006-01-02 15:04"), r.Tasks, r.Open, r.Overdue, done, r.Red, r.Yellow, r.Blue, r.Green, next})
	}
	t.Render()
	sc.zone(zones...)
	sc.Unfinished(sc.Out, rows)
}

// Unfinished names the plans whose launch was interrupted, and how each is finished,
// whatever has become of its files.
func (sc *Screen) Unfinished(out io.Writer, rows []query.PlanRow) {
	for _, r := range rows {
		if r.Unarmed > 0 {
			fmt.Fprintln(out, sc.W.T("report.unarmed", words.Data{"Count": r.Unarmed, "Plan": r.ID, "Title": r.Title}))
		}
	}
}

// Status shows one plan's counts and its tasks, the gravest first, and what its tasks have
// not taken of its amendments yet.
func (sc *Screen) Status(t query.PlanStatus) {
	sc.lights(t.Table)
	sc.chased(report.ByGravity(t.Tasks))
	c := t.Counts
	sc.W.Say(sc.Out, "report.status_aside", words.Data{"Duties": c.Duties, "Standing": c.Standing, "Cancelled": c.Cancelled, "Carried": c.Carried})
	for _, u := range t.Owed {
		fmt.Fprintln(sc.Out, strings.TrimSpace(sc.W.T("doctor.owed", words.Data{"Task": u.Task, "Kind": sc.W.T("act.kind_" + string(u.Kind))})))
	}
}

func (sc *Screen) lights(t report.Table) {
	say := report.Speak(sc.W)
	fmt.Fprintln(sc.Out, sc.W.T("report.status_head", words.Data{"Title": t.Plan.Title, "Number": t.Plan.Number, "Day": say.Day(t.AsOf)}))
	var lights []string
	for _, l := range t.Counts.ByLight {
		lights = append(lights, sc.W.T("report.status_light", words.Data{"Light": say.Light(report.Row{Light: l.Light}), "N": l.Count}))
	}
	fmt.Fprintln(sc.Out, sc.W.T("report.status_lights", words.Data{"Total": t.Counts.Total, "Lights": strings.Join(lights, sc.W.T("report.comma")),
		"Rate": say.Rate(t.Counts.OnTimeRate)}))
}

// chased lists what is chased; duties and standing lines are left to the
// export.
func (sc *Screen) chased(rows []report.Row) {
	say := report.Speak(sc.W)
	t := sc.ReportTable(map[string]int{"lead": 18, "title": 40}, "state", "light", "due", "left", "id", "lead", "title", "last", "next", "talk")
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
	sc.zone(zones...)
}

// ReportTable is a table under the headings that the exported book has.
func (sc *Screen) ReportTable(widths map[string]int, headings ...string) table.Writer {
	return sc.WordedTable("report", widths, headings...)
}

package main

import (
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/form"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// dutyCommand reads duties and does what is done to a duty as a whole; its
// occurrences are tasks.
func (a *app) dutyCommand() *cobra.Command {
	show := a.taskShow()
	show.Use, show.Short = "show DUTY", a.w.T("cli.duty_show")
	show.ValidArgsFunction = a.completeThings(form.Deed{On: form.Duty})
	return a.group(&cobra.Command{Use: "duty", Short: a.w.T("cli.duty")}, append([]*cobra.Command{a.dutyList(), show, a.canCommand(form.Duty)}, a.deedsOn(form.Duty)...)...)
}

func (a *app) dutyList() *cobra.Command {
	var f query.DutyFilter
	c := a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("cli.duty_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.paging(cmd, &f.Skip, &f.Limit); err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				page, err := r.Duties(cmd.Context(), who, f)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(page.Lines)
				}
				a.dutyTable(page.Lines)
				a.pageLine(len(page.Lines), page.Total, f.Skip)
				a.tellOnly(page.For)
				return nil
			})
		},
	})
	c.Flags().StringVar(&f.Plan, "plan", "", a.w.T("case.flag_list_plan"))
	a.pages(c, &f.Skip, &f.Limit)
	a.completeFlag(c, "plan", a.planNames)
	return c
}

func (a *app) dutyTable(lines []query.DutyLine) {
	say := report.Speak(a.w)
	plans := several(lines, func(l query.DutyLine) string { return l.Plan })
	headings := []string{"state", "id", "lead", "title", "rule", "occurrences", "upcoming"}
	if plans {
		headings = append(headings, "plan")
	}
	t := a.reportTable(map[string]int{"lead": 18, "title": 36, "rule": 24}, headings...)
	for _, l := range lines {
		upcoming := ""
		if u := l.Upcoming; u != nil {
			upcoming = a.w.T("cli.upcoming", words.Data{"Due": u.Due.String(), "Opens": u.Opens.Format("2006-01-02")})
		}
		count := a.w.T("cli.occurrences", words.Data{"Opened": l.Opened, "Open": l.Open, "Overdue": l.Overdue})
		row := table.Row{say.State(report.Row{Kind: plan.Duty, Phase: l.Phase}), l.ID, l.Lead, l.Title, say.Recurrence(report.Case{Facts: report.Facts{Recurrence: l.Recurs}}), count, upcoming}
		if plans {
			row = append(row, l.Plan)
		}
		t.AppendRow(row)
	}
	if len(lines) > 0 {
		t.Render()
	}
}

package main

import (
	"github.com/spf13/cobra"

	"duban/internal/form"
	"duban/internal/query"
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
					return a.show().JSON(page.Lines)
				}
				a.show().Duties(page.Lines)
				a.show().Page(len(page.Lines), page.Total, f.Skip)
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

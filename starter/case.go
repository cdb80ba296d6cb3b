package main

import (
	"github.com/spf13/cobra"

	"duban/internal/form"
	"duban/internal/query"
)

func (a *app) taskShow() *cobra.Command {
	var planID string
	c := a.looksBack(a.listing(&cobra.Command{
		Use: "show TASK", Short: a.w.T("case.cmd_show"), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(form.Deed{On: form.Task}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.readsPast(cmd.Context(), true, func(r *query.Reader, who query.Viewer) error {
				c, err := r.Case(cmd.Context(), who, planID, args[0])
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.show().JSON(c)
				}
				a.show().Case(c)
				return nil
			})
		},
	}))
	c.Flags().StringVar(&planID, "plan", "", a.w.T("case.flag_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

package main

import (
	"github.com/spf13/cobra"

	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/words"
)

func (a *app) ledgerCommand() *cobra.Command {
	return a.group("ledger", "cli.ledger", a.ledgerShow(), a.ledgerVerify(), a.ledgerExport())
}

func (a *app) ledgerShow() *cobra.Command {
	var f ledger.EventFilter
	c := a.listing(&cobra.Command{
		Use: "show", Short: a.w.T("cli.ledger_show"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				f.Changes = a.format == "json"
				more := f
				if f.Limit > 0 {
					more.Limit++ // whether there is a next page
				}
				page, err := r.Events(cmd.Context(), who, more)
				if err != nil {
					return err
				}
				beyond := f.Limit > 0 && len(page.Events) > f.Limit
				if beyond {
					page.Events = page.Events[:f.Limit]
				}
				events := page.Events
				if a.format == "json" {
					return a.show().JSON(events)
				}
				if len(events) == 0 {
					a.say("event.none")
					return nil
				}
				a.show().Events(page)
				if n := len(events); beyond {
					a.say("event.more", words.Data{"N": n, "Seq": events[n-1].Seq})
				}
				return nil
			})
		},
	})
	c.Flags().StringVar(&f.Plan, "plan", "", a.w.T("cli.flag_plan"))
	c.Flags().StringVar(&f.Task, "task", "", a.w.T("cli.flag_task"))
	terminal.Number(c, &f.AfterSeq, "after", 0, a.w.T("cli.flag_after"))
	terminal.Number(c, &f.Limit, "limit", 200, a.w.T("cli.flag_limit"))
	return c
}

// planStatus is every launched plan, or one plan's tasks by light.
func (a *app) planStatus() *cobra.Command {
	return a.looksBack(a.listing(&cobra.Command{
		Use: "status [PLAN]", Short: a.w.T("cli.plan_status"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.readsPast(cmd.Context(), true, func(r *query.Reader, who query.Viewer) error {
				if len(args) == 0 {
					return a.plansStatus(cmd.Context(), r, who)
				}
				return a.planTasksStatus(cmd.Context(), r, who, args[0])
			})
		},
	}))
}

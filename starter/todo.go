package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/form"
	"duban/internal/query"
)

// todoCommand lists what is owed now.
func (a *app) todoCommand() *cobra.Command {
	var f query.ObligationFilter
	c := a.listing(&cobra.Command{
		Use: "todo", Short: a.w.T("todo.cmd"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.paging(cmd, &f.Skip, &f.Limit); err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				page, err := r.Obligations(cmd.Context(), who, f)
				switch {
				case err != nil:
					return err
				case a.format == "json":
					return a.show().JSON(page.Lines)
				case page.Total == 0:
					fmt.Fprintln(a.out, a.w.T("todo.none"))
				default:
					a.show().Obligations(page)
					a.show().Page(len(page.Lines), page.Total, f.Skip)
				}
				if a.as != "" {
					a.tellOnly(page.For)
				}
				return nil
			})
		},
	})
	c.Flags().StringVar(&f.Plan, "plan", "", a.w.T("case.flag_list_plan"))
	c.Flags().StringVar(&f.Unit, "unit", "", a.w.T("todo.flag_unit"))
	c.Flags().BoolVar(&f.Held, "held", false, a.w.T("todo.flag_held"))
	a.pages(c, &f.Skip, &f.Limit)
	a.completeFlag(c, "plan", a.planNames)
	a.completeFlag(c, "unit", a.unitNames)
	return c
}

// canCommand says of every act on a thing whether whoever asks can do it now, or why
// not.
func (a *app) canCommand(on form.Thing) *cobra.Command {
	var planID string
	c := a.listing(&cobra.Command{
		Use: "can " + strings.ToUpper(string(on)), Short: a.w.T("todo.cmd_can"), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(form.Deed{On: on}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := a.actor(); err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				ask := r.Possible
				if on == form.Talk {
					ask = r.PossibleOnTalk
				}
				all, err := ask(cmd.Context(), who, planID, args[0])
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.show().JSON(all)
				}
				names, err := r.Names(cmd.Context(), who)
				if err == nil {
					a.show().Possible(all, names.Units)
				}
				return err
			})
		},
	})
	c.Flags().StringVar(&planID, "plan", "", a.w.T("cli.say_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
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
					return a.json(page.Lines)
				case page.Total == 0:
					fmt.Fprintln(a.out, a.w.T("todo.none"))
				default:
					a.todoTable(page)
					a.pageLine(len(page.Lines), page.Total, f.Skip)
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

func (a *app) todoTable(page query.ObligationPage) {
	headings := []string{"due", "left", "owed", "task", "title", "do"}
	units := page.For == ""
	plans := several(page.Lines, func(o query.Obligation) string { return o.Plan })
	said := slices.ContainsFunc(page.Lines, func(o query.Obligation) bool { return o.Words != "" })
	if units {
		headings = append(headings, "unit")
	}
	if plans {
		headings = append(headings, "plan")
	}
	if said {
		headings = append(headings, "words")
	}
	t := a.roomTable("todo", map[string]int{"title": 30, "words": 36, "owed": 24, "do": 30, "unit": 18, "left": 16}, headings...)
	for _, o := range page.Lines {
		row := table.Row{o.Limit, a.leftOf(o), o.Said(a.w), o.About(), o.Title, a.owedHow(o)}
		if units {
			row = append(row, o.Unit)
		}
		if plans {
			row = append(row, o.Plan)
		}
		if said {
			text := o.Words
			if o.By != "" && o.Words != "" {
				text = a.w.T("todo.asked", words.Data{"By": o.By, "Words": o.Words})
			}
			row = append(row, text)
		}
		t.AppendRow(row)
	}
	t.Render()
}

func (a *app) leftOf(o query.Obligation) string {
	switch {
	case o.WorkdaysLeft == nil:
		return ""
	case o.Late && *o.WorkdaysLeft == 0:
		return a.w.T("todo.late_rest")
	case o.Passed:
		return a.w.T("todo.passed")
	case o.Late:
		return a.w.T("todo.late", words.Data{"N": -*o.WorkdaysLeft})
	}
	return strconv.Itoa(*o.WorkdaysLeft)
}

// owedHow are the commands that are done with it.
func (a *app) owedHow(o query.Obligation) string {
	on := form.Task
	if o.Talk != "" {
		on = form.Talk
	}
	var names []string
	for _, kind := range o.Acts {
		if i := slices.IndexFunc(form.Deeds, func(d form.Deed) bool { return d.On == on && d.Kind == kind }); i >= 0 {
			names = append(names, string(on)+" "+form.Deeds[i].Name)
		}
	}
	return strings.Join(names, " / ")
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
					return a.json(all)
				}
				names, err := r.Names(cmd.Context(), who)
				if err == nil {
					a.canTable(all, names.Units)
				}
				return err
			})
		},
	})
	c.Flags().StringVar(&planID, "plan", "", a.w.T("cli.say_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

func (a *app) canTable(all []query.Possible, units map[string]string) {
	t := a.roomTable("todo", map[string]int{"why": 60}, "act", "may", "why")
	name := func(unit string) string {
		if units[unit] != "" {
			return units[unit]
		}
		return unit
	}
	for _, possible := range []bool{true, false} {
		for _, p := range all {
			switch {
			case possible != (p.Refused == nil):
			case possible:
				t.AppendRow(table.Row{a.w.T("act.kind_" + string(p.Kind)), a.w.T("todo.may"), a.fieldsOf(p.Needs)})
			default:
				t.AppendRow(table.Row{a.w.T("act.kind_" + string(p.Kind)), a.w.T("todo.may_not"), notice.Refused(a.w, *p.Refused, name)})
			}
		}
	}
	t.Render()
}

func (a *app) fieldsOf(needs []act.Field) string {
	if len(needs) == 0 {
		return ""
	}
	var fields []string
	for _, f := range needs {
		fields = append(fields, a.w.T("act.field_"+string(f)))
	}
	return a.w.T("todo.needs", words.Data{"Fields": strings.Join(fields, a.w.T("cli.list_comma"))})
}

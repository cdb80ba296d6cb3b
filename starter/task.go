package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// taskCommand reads tasks from the ledger alone, and carries people's acts to
// the engine.
func (a *app) taskCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "task", Short: a.w.T("case.cmd")}, append([]*cobra.Command{a.taskList(), a.taskShow(), a.canCommand(form.Task)}, a.deedsOn(form.Task)...)...)
}

func (a *app) taskList() *cobra.Command {
	var f query.TaskFilter
	var light, state []string
	lights := a.choices("light", "red", "yellow", "blue", "green", "done_late", "done")
	states := a.choices("state", string(act.Open), string(act.Reported), string(act.Suspended), string(act.Closed), string(act.Cancelled), string(act.Carried))
	kinds := a.choices("kind", string(plan.Dated), report.KindTask, report.KindOccurrence, string(plan.Duty), string(plan.Standing))
	c := a.looksBack(a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("case.cmd_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.Lights, f.States = nil, nil
			for values, of := range map[*[]string]choice{&light: lights, &state: states, &f.Kinds: kinds} {
				for i := range *values {
					if err := of.read(a, &(*values)[i]); err != nil {
						return err
					}
				}
			}
			for _, l := range light {
				f.Lights = append(f.Lights, plan.Light(l))
			}
			for _, s := range state {
				f.States = append(f.States, act.State(s))
			}
			f.Numbered = a.format == "json"
			if err := a.paging(cmd, &f.Skip, &f.Limit); err != nil {
				return err
			}
			return a.readsPast(cmd.Context(), true, func(r *query.Reader, who query.Viewer) error {
				page, err := r.Tasks(cmd.Context(), who, f)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.show().JSON(page.Lines)
				}
				a.show().TaskList(page.Lines)
				a.show().Page(len(page.Lines), page.Total, f.Skip)
				a.tellOnly(page.For)
				return nil
			})
		},
	}))
	c.Flags().StringVar(&f.Plan, "plan", "", a.w.T("case.flag_list_plan"))
	c.Flags().StringSliceVar(&f.Units, "unit", nil, a.w.T("case.flag_unit"))
	c.Flags().StringSliceVar(&light, "light", nil, a.w.T("case.flag_light", words.Data{"Values": lights.said(a)}))
	c.Flags().StringSliceVar(&state, "state", nil, a.w.T("case.flag_state", words.Data{"Values": states.said(a)}))
	c.Flags().StringSliceVar(&f.Kinds, "kind", nil, a.w.T("case.flag_kind", words.Data{"Values": kinds.said(a)}))
	a.pages(c, &f.Skip, &f.Limit)
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// choice is a flag that takes one of a few values, or the word for one.
type choice struct {
	flag          string
	values, words []string
	also          map[string]string // other words that lists say for a value
}

func (a *app) choices(flag string, values ...string) choice {
	c := choice{flag: flag, values: values}
	for _, v := range values {
		key := map[string]string{"light": "term." + v, "state": "report.state_" + v, "kind": "term." + v}[flag]
		switch {
		case flag != "kind":
		case v == report.KindTask:
			key = "report.kind_" + v // as the column says
		case v == string(plan.Dated) || v == report.KindOccurrence:
			key = "case.kind_" + v
		}
		c.words = append(c.words, a.w.T(key))
	}
	if flag == "kind" {
		c.also = map[string]string{a.w.T("report.kind_" + report.KindOccurrence): report.KindOccurrence}
	}
	return c
}

// said is the values with their words, for reading.
func (c choice) said(a *app) string {
	all := make([]string, len(c.values))
	for i, v := range c.values {
		all[i] = v
		if c.words[i] != v {
			all[i] = a.w.T("case.value", words.Data{"Value": v, "Word": c.words[i]})
		}
	}
	return strings.Join(all, a.w.T("cli.list_comma"))
}

// read brings what was given to the value it means.
func (c choice) read(a *app, given *string) error {
	if *given == "" || slices.Contains(c.values, *given) {
		return nil
	}
	if value, ok := c.also[*given]; ok {
		*given = value
		return nil
	}
	i := slices.IndexFunc(c.words, func(w string) bool { return w == *given || w == strings.TrimSuffix(*given, "灯") })
	if i < 0 {
		return errors.New(a.w.T("case.bad_value", words.Data{"Flag": c.flag, "Value": *given, "Values": c.said(a)}))
	}
	*given = c.values[i]
	return nil
}

package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
)

// taskCommand reads tasks from the ledger alone, and carries people's acts to
// the engine.
func (a *app) taskCommand() *cobra.Command {
	return a.group("task", "case.cmd", append([]*cobra.Command{a.taskList(), a.taskShow(form.Task, "case.cmd_show"), a.canCommand(form.Task)}, a.deedsOn(form.Task)...)...)
}

// dutyCommand reads duties and does what is done to a duty as a whole; its
// occurrences are tasks.
func (a *app) dutyCommand() *cobra.Command {
	return a.group("duty", "cli.duty", append([]*cobra.Command{a.dutyList(), a.taskShow(form.Duty, "cli.duty_show"), a.canCommand(form.Duty)}, a.deedsOn(form.Duty)...)...)
}

// talkCommand reads talks and circulars, and takes their steps.
func (a *app) talkCommand() *cobra.Command {
	return a.group("talk", "cli.talk", append([]*cobra.Command{a.talkList(), a.talkShow(), a.canCommand(form.Talk)}, a.deedsOn(form.Talk)...)...)
}

// list makes a command show a page of a list, chosen by a filter of which planID and p
// are fields.
func list[F, L any](a *app, c *cobra.Command, f *F, planID *string, p page, read func(*query.Reader, context.Context, query.Viewer, F) (query.Page[L], error), show func(*terminal.Screen, query.Page[L])) *cobra.Command {
	c.Args = cobra.NoArgs
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := p.check(a, cmd); err != nil {
			return err
		}
		return a.readsPast(cmd.Context(), true, func(r *query.Reader, who query.Viewer) error {
			found, err := read(r, cmd.Context(), who, *f)
			if err != nil {
				return err
			}
			return a.show().Print(found.Lines, func() {
				if found.Total == 0 && p.none != "" {
					a.say(p.none)
				} else {
					show(a.show(), found)
					a.show().Page(len(found.Lines), found.Total, *p.skip)
				}
				if a.as != "" {
					a.tellOnly(found.For)
				}
			})
		})
	}
	a.planFlag(c, planID, "case.flag_list_plan")
	p.flags(a, c)
	return a.listing(c)
}

func (a *app) taskList() *cobra.Command {
	var f query.TaskFilter
	lights, states, kinds := a.show().LightChoice(), a.show().StateChoice(), a.show().KindChoice()
	c := list(a, &cobra.Command{Use: "list", Short: a.w.T("case.cmd_list")}, &f, &f.Plan, page{&f.Skip, &f.Limit, ""}, (*query.Reader).Tasks, (*terminal.Screen).TaskList)
	c.PreRunE = func(*cobra.Command, []string) (err error) {
		f.Numbered = a.format == "json"
		if f.Lights, err = given[plan.Light](lights); err != nil {
			return err
		}
		if f.States, err = given[act.State](states); err != nil {
			return err
		}
		f.Kinds, err = kinds.Given()
		return err
	}
	c.Flags().StringSliceVar(&f.Units, "unit", nil, a.w.T("case.flag_unit"))
	lights.Flag(c, "case.flag_light", true)
	states.Flag(c, "case.flag_state", true)
	kinds.Flag(c, "case.flag_kind", true)
	return a.looksBack(c)
}

// given are the values of a choice as what they are.
func given[T ~string](c *terminal.Choice) (all []T, err error) {
	values, err := c.Given()
	for _, v := range values {
		all = append(all, T(v))
	}
	return all, err
}

func (a *app) talkList() *cobra.Command {
	var f query.TalkFilter
	states := a.show().TalkStateChoice()
	c := list(a, &cobra.Command{Use: "list", Short: a.w.T("cli.talk_list")}, &f, &f.Plan, page{&f.Skip, &f.Limit, ""}, (*query.Reader).Talks, (*terminal.Screen).Talks)
	c.PreRunE = func(*cobra.Command, []string) error {
		chosen, err := given[act.TalkState](states)
		for _, s := range chosen {
			f.State = s
		}
		return err
	}
	c.Flags().StringVar(&f.Unit, "unit", "", a.w.T("cli.flag_talk_unit"))
	states.Flag(c, "case.flag_state", false)
	return c
}

func (a *app) dutyList() *cobra.Command {
	var f query.DutyFilter
	return list(a, &cobra.Command{Use: "list", Short: a.w.T("cli.duty_list")}, &f, &f.Plan, page{&f.Skip, &f.Limit, ""}, (*query.Reader).Duties, (*terminal.Screen).Duties)
}

// todoCommand lists what is owed now.
func (a *app) todoCommand() *cobra.Command {
	var f query.ObligationFilter
	c := list(a, &cobra.Command{Use: "todo", Short: a.w.T("todo.cmd")}, &f, &f.Plan, page{&f.Skip, &f.Limit, "todo.none"}, (*query.Reader).Obligations, (*terminal.Screen).Obligations)
	c.Flags().StringVar(&f.Unit, "unit", "", a.w.T("todo.flag_unit"))
	c.Flags().BoolVar(&f.Held, "held", false, a.w.T("todo.flag_held"))
	terminal.CompleteFlag(c, "unit", a.unitNames)
	return c
}

// taskShow shows the case file of a task or a duty.
func (a *app) taskShow(on form.Thing, short string) *cobra.Command {
	var planID string
	c := &cobra.Command{
		Use: "show " + strings.ToUpper(string(on)), Short: a.w.T(short), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(form.Deed{On: on}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.readsPast(cmd.Context(), true, func(r *query.Reader, who query.Viewer) error {
				c, err := r.Case(cmd.Context(), who, planID, args[0])
				if err != nil {
					return err
				}
				return a.show().Print(c, func() { a.show().Case(c) })
			})
		},
	}
	a.planFlag(c, &planID, "case.flag_plan")
	return a.looksBack(a.listing(c))
}

func (a *app) talkShow() *cobra.Command {
	var planID string
	c := &cobra.Command{
		Use: "show TALK", Short: a.w.T("cli.talk_show"), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(form.Deed{On: form.Talk}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				c, err := r.TalkCase(cmd.Context(), who, planID, args[0])
				if err != nil {
					return err
				}
				return a.show().Print(c, func() { a.show().Sections(report.Speak(a.w).Talk(c)) })
			})
		},
	}
	a.planFlag(c, &planID, "cli.say_plan")
	return a.listing(c)
}

// canCommand says of every act on a thing whether whoever asks can do it now, or why
// not.
func (a *app) canCommand(on form.Thing) *cobra.Command {
	var planID string
	c := &cobra.Command{
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
				names, err := r.Names(cmd.Context(), who)
				if err != nil {
					return err
				}
				return a.show().Print(all, func() { a.show().Possible(all, names.Units) })
			})
		},
	}
	a.planFlag(c, &planID, "cli.say_plan")
	return a.listing(c)
}

package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
)

// taskCommand reads tasks from the ledger alone, and carries people's acts to
// the engine.
func (a *app) taskCommand() *cobra.Command {
	return a.thingCommand(act.OnTask, "case.cmd", a.taskList(), a.looksBack(a.showCommand(act.OnTask, "case.cmd_show")))
}

// dutyCommand reads duties and does what is done to a duty as a whole; its
// occurrences are tasks.
func (a *app) dutyCommand() *cobra.Command {
	var f query.DutyFilter
	list := lists(a, &cobra.Command{Use: "list", Short: a.w.T("cli.duty_list")}, &f, &f.Plan, &f.Skip, &f.Limit, "", (*query.Reader).Duties, (*terminal.Screen).Duties)
	return a.thingCommand(act.OnDuty, "cli.duty", list, a.looksBack(a.showCommand(act.OnDuty, "cli.duty_show")))
}

// talkCommand reads talks and circulars, and takes their steps.
func (a *app) talkCommand() *cobra.Command {
	return a.thingCommand(act.OnTalk, "cli.talk", a.talkList(), a.showCommand(act.OnTalk, "cli.talk_show"))
}

// thingCommand are the commands about one sort of thing: those that read it, what can be
// done to it, and its acts.
func (a *app) thingCommand(on act.Thing, short string, reading ...*cobra.Command) *cobra.Command {
	return a.group(string(on), short, append(append(reading, a.canCommand(on)), a.actsOn(on)...)...)
}

func (a *app) taskList() *cobra.Command {
	var f query.TaskFilter
	c := lists(a, &cobra.Command{Use: "list", Short: a.w.T("case.cmd_list")}, &f, &f.Plan, &f.Skip, &f.Limit, "",
		func(r *query.Reader, ctx context.Context, who query.Viewer, f query.TaskFilter) (query.TaskPage, error) {
			f.Numbered = a.format == "json"
			return r.Tasks(ctx, who, f)
		}, (*terminal.Screen).TaskList)
	c.Flags().StringSliceVar(&f.Units, "unit", nil, a.w.T("case.flag_unit"))
	terminal.Choose(c, a.show().LightChoice(), &f.Lights, "case.flag_light")
	terminal.Choose(c, a.show().StateChoice(), &f.States, "case.flag_state")
	terminal.Choose(c, a.show().KindChoice(), &f.Kinds, "case.flag_kind")
	return a.looksBack(c)
}

func (a *app) talkList() *cobra.Command {
	var f query.TalkFilter
	c := lists(a, &cobra.Command{Use: "list", Short: a.w.T("cli.talk_list")}, &f, &f.Plan, &f.Skip, &f.Limit, "", (*query.Reader).Talks, (*terminal.Screen).Talks)
	c.Flags().StringVar(&f.Unit, "unit", "", a.w.T("cli.flag_talk_unit"))
	terminal.ChooseOne(c, a.show().TalkStateChoice(), &f.State, "case.flag_state")
	return c
}

// todoCommand lists what is owed now.
func (a *app) todoCommand() *cobra.Command {
	var f query.ObligationFilter
	c := lists(a, &cobra.Command{Use: "todo", Short: a.w.T("todo.cmd")}, &f, &f.Plan, &f.Skip, &f.Limit, "todo.none", (*query.Reader).Obligations, (*terminal.Screen).Obligations)
	c.Flags().StringVar(&f.Unit, "unit", "", a.w.T("todo.flag_unit"))
	c.Flags().BoolVar(&f.Held, "held", false, a.w.T("todo.flag_held"))
	terminal.CompleteFlag(c, "unit", a.unitNames)
	return c
}

// about makes a command of a reading of one thing, of a plan that a flag may name.
func about[T any](a *app, verb string, on act.Thing, short string, read func(*query.Reader, context.Context, query.Viewer, string, string) (T, error), show func(*terminal.Screen, T)) *cobra.Command {
	var planID string
	c := &cobra.Command{
		Use: verb + " " + strings.ToUpper(string(on)), Short: a.w.T(short), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(act.Row{On: on}),
	}
	a.planFlag(c, &planID, "cli.say_plan")
	return shows(a, c, func(r *query.Reader, ctx context.Context, who query.Viewer, args []string) (T, error) {
		return read(r, ctx, who, planID, args[0])
	}, show)
}

// showCommand shows the case file of a task or a duty, or the file of a talk.
func (a *app) showCommand(on act.Thing, short string) *cobra.Command {
	read, show := (*query.Reader).Case, (*terminal.Screen).Case
	if on == act.OnTalk {
		read, show = (*query.Reader).TalkCase, func(sc *terminal.Screen, c report.Case) { sc.Sections(report.Speak(a.w).Talk(c)) }
	}
	return about(a, "show", on, short, read, show)
}

// canCommand says of every act on a thing whether whoever asks can do it now, or why
// not.
func (a *app) canCommand(on act.Thing) *cobra.Command {
	read := (*query.Reader).Possible
	if on == act.OnTalk {
		read = (*query.Reader).PossibleOnTalk
	}
	units := map[string]string{}
	return about(a, "can", on, "todo.cmd_can", func(r *query.Reader, ctx context.Context, who query.Viewer, planID, id string) (all []query.Possible, err error) {
		if _, err := a.actor(); err != nil {
			return nil, err
		}
		if all, err = read(r, ctx, who, planID, id); err != nil {
			return nil, err
		}
		names, err := r.Names(ctx, who)
		units = names.Units
		return all, err
	}, func(sc *terminal.Screen, all []query.Possible) { sc.Possible(all, units) })
}

// completeThings completes the one argument of an act: tasks on which it is
// possible now, duties, or talks, of all plans or of the plan that was named.
func (a *app) completeThings(row act.Row) terminal.Completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		f := query.ThingFilter{Going: row.Kind != "", Talks: row.On == act.OnTalk && !row.Opens()}
		switch {
		case row.On == act.OnDuty:
			f.Kind = plan.Duty
		case row.On == act.OnTask && row.Kind != "":
			f.Kind = plan.Dated
		}
		if flag := cmd.Flags().Lookup("plan"); flag != nil {
			f.Plan = flag.Value.String()
		}
		return terminal.Named(func(ctx context.Context) (map[string]string, error) {
			names := map[string]string{}
			return names, a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
				things, err := r.Things(ctx, who, f)
				for _, t := range things {
					if names[t.ID] = t.Title; f.Talks {
						names[t.ID] = a.w.T("report.talk_"+string(t.State)) + " " + t.Unit
					}
				}
				return err
			})
		})(cmd, args, typed)
	}
}

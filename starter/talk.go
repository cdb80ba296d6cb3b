package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// talkCommand reads talks and circulars, and takes their steps.
func (a *app) talkCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "talk", Short: a.w.T("cli.talk")}, append([]*cobra.Command{a.talkList(), a.talkShow(), a.canCommand(form.Talk)}, a.deedsOn(form.Talk)...)...)
}

func (a *app) talkList() *cobra.Command {
	var f query.TalkFilter
	var state string
	states := a.choices("state", string(act.TalkPending), string(act.TalkProposed), string(act.TalkOpen), string(act.TalkDeclined), string(act.TalkClosed), string(act.TalkVoid), string(act.TalkCarried), string(act.TalkJoined))
	for i, s := range states.values {
		states.words[i] = a.w.T("report.talk_" + s)
	}
	c := a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("cli.talk_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := states.read(a, &state); err != nil {
				return err
			}
			f.State = act.TalkState(state)
			if err := a.paging(cmd, &f.Skip, &f.Limit); err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				page, err := r.Talks(cmd.Context(), who, f)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.show().JSON(page.Lines)
				}
				a.show().Talks(page.Lines)
				a.show().Page(len(page.Lines), page.Total, f.Skip)
				a.tellOnly(page.For)
				return nil
			})
		},
	})
	c.Flags().StringVar(&f.Plan, "plan", "", a.w.T("case.flag_list_plan"))
	c.Flags().StringVar(&f.Unit, "unit", "", a.w.T("cli.flag_talk_unit"))
	c.Flags().StringVar(&state, "state", "", a.w.T("case.flag_state", words.Data{"Values": states.said(a)}))
	a.pages(c, &f.Skip, &f.Limit)
	a.completeFlag(c, "plan", a.planNames)
	return c
}

func (a *app) talkShow() *cobra.Command {
	var planID string
	c := a.listing(&cobra.Command{
		Use: "show TALK", Short: a.w.T("cli.talk_show"), Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeThings(form.Deed{On: form.Talk}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				c, err := r.TalkCase(cmd.Context(), who, planID, args[0])
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.show().JSON(c)
				}
				a.show().Sections(report.Speak(a.w).Talk(c))
				return nil
			})
		},
	})
	c.Flags().StringVar(&planID, "plan", "", a.w.T("cli.say_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// thenOfTalk says what comes next of a talk; of one proposed a second time on a
// day, which learns no ID, of the task's last.
func (a *app) thenOfTalk(ctx context.Context, r *query.Reader, who query.Viewer, o form.Order) error {
	c, err := r.TalkCase(ctx, who, o.Task.Plan, o.Shown())
	if err != nil {
		return err
	}
	if o.Deed.Kind == act.Propose {
		fmt.Fprintln(a.out, a.w.T("cli.proposed", words.Data{"Talk": c.Talks[0].ID}))
	}
	fmt.Fprintln(a.out, report.Speak(a.w).ThenOfTalk(c))
	return nil
}

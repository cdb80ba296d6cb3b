package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/plan"
	"duban/internal/query"
)

// shells that completion is written for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// completionCommand writes the script that completes commands, flags, tasks,
// talks, accounts and plans in a shell.
func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "completion SHELL", Short: a.w.T("cli.completion"), Long: a.w.T("cli.completion_long"),
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "zsh":
				return root.GenZshCompletion(a.out)
			case "fish":
				return root.GenFishCompletion(a.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.out)
			}
			return root.GenBashCompletionV2(a.out, true)
		},
	}
}

// completer gives what may be typed for a word, each with a description.
type completer = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective)

// named completes from names with descriptions; a ledger or a file that is not
// there completes nothing.
func named(find func(ctx context.Context) (map[string]string, error)) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), 3*time.Second) // nobody waits longer for a tab
		defer cancel()
		names, err := find(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var all []cobra.Completion
		for name, what := range names {
			if strings.HasPrefix(name, typed) {
				all = append(all, cobra.CompletionWithDesc(name, what))
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

func (a *app) completeFlag(c *cobra.Command, flag string, find func(context.Context) (map[string]string, error)) {
	_ = c.RegisterFlagCompletionFunc(flag, named(find)) // the flag is there
}

// planNames are the launched plans and their titles.
func (a *app) planNames(ctx context.Context) (map[string]string, error) {
	names, err := a.names(ctx)
	return names.Plans, err
}

// unitNames are the IDs of the units of the launched plans and their names.
func (a *app) unitNames(ctx context.Context) (map[string]string, error) {
	names, err := a.names(ctx)
	return names.Units, err
}

// policyTitles are the policies of the launched plans and their titles.
func (a *app) policyTitles(ctx context.Context) (map[string]string, error) {
	names, err := a.names(ctx)
	return names.Policies, err
}

func (a *app) names(ctx context.Context) (names query.Names, err error) {
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		names, err = r.Names(ctx, who)
		return err
	})
	return names, err
}

// accountNames are the accounts and whose they are.
func (a *app) accountNames(context.Context) (map[string]string, error) {
	book, err := a.accounts()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, one := range book.All {
		names[one.ID] = one.Name
	}
	return names, nil
}

// completeThings completes the one argument of an act: tasks on which it is
// possible now, duties, or talks, of all plans or of the plan that was named.
func (a *app) completeThings(d form.Deed) completer {
	complete := func(planID string) completer {
		return named(func(ctx context.Context) (map[string]string, error) {
			names := map[string]string{}
			return names, a.reads(ctx, func(r *query.Reader, who query.Viewer) error { return a.thingNames(ctx, r, who, planID, d, names) })
		})
	}
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		planID := ""
		if f := cmd.Flags().Lookup("plan"); f != nil {
			planID = f.Value.String()
		}
		return complete(planID)(cmd, args, typed)
	}
}

func (a *app) thingNames(ctx context.Context, r *query.Reader, who query.Viewer, planID string, d form.Deed, names map[string]string) error {
	if d.On == form.Talk && d.Kind != act.Propose {
		talks, err := r.TalkThings(ctx, who, planID)
		for _, k := range talks {
			names[k.ID] = a.w.T("report.talk_"+k.State) + " " + k.Unit
		}
		return err
	}
	f := query.ThingFilter{Plan: planID, Going: d.Kind != ""}
	switch {
	case d.On == form.Duty:
		f.Kind = plan.Duty
	case d.On == form.Task && d.Kind != "":
		f.Kind = plan.Dated
	}
	things, err := r.Things(ctx, who, f)
	for _, t := range things {
		names[t.ID] = t.Title
	}
	return err
}

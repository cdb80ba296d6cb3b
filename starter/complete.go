package main

import (
	"context"

	"github.com/spf13/cobra"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/terminal"
)

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
	book, err := accounts.Open(a.w, a.cfg.Accounts)
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
func (a *app) completeThings(d form.Deed) terminal.Completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		f := query.ThingFilter{Going: d.Kind != ""}
		if flag := cmd.Flags().Lookup("plan"); flag != nil {
			f.Plan = flag.Value.String()
		}
		return terminal.Named(func(ctx context.Context) (map[string]string, error) {
			names := map[string]string{}
			return names, a.reads(ctx, func(r *query.Reader, who query.Viewer) error { return a.thingNames(ctx, r, who, f, d, names) })
		})(cmd, args, typed)
	}
}

func (a *app) thingNames(ctx context.Context, r *query.Reader, who query.Viewer, f query.ThingFilter, d form.Deed, names map[string]string) error {
	if d.On == form.Talk && d.Kind != act.Propose {
		talks, err := r.TalkThings(ctx, who, f.Plan)
		for _, k := range talks {
			names[k.ID] = a.w.T("report.talk_"+k.State) + " " + k.Unit
		}
		return err
	}
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

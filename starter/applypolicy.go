package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/words"
	"duban/seeds"
)

// policyFlags are what the flags say, and the two arguments.
type policyFlags struct {
	plan, name, file, reason string
	yes                      bool
}

func (a *app) planApplyPolicy() *cobra.Command {
	var f policyFlags
	c := a.listing(&cobra.Command{
		Use: "apply-policy PLAN NAME", Short: a.w.T("amend.cmd_policy"), Long: a.w.T("amend.cmd_policy_long"), Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			find := a.policyTitles
			if len(args) == 0 {
				find = a.planNames
			}
			return terminal.Named(find)(cmd, args, typed)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.plan, f.name = args[0], args[1]
			return a.applyPolicy(cmd.Context(), f, cmd.InOrStdin())
		},
	})
	c.Flags().StringVar(&f.file, "policies", "", a.w.T("amend.flag_policies"))
	_ = c.MarkFlagFilename("policies", "yaml", "yml") // the flag is there
	c.Flags().StringVarP(&f.reason, "reason", "m", "", a.w.T("amend.flag_reason_policy"))
	c.Flags().BoolVar(&f.yes, "yes", false, a.w.T("amend.flag_yes"))
	return c
}

// applyPolicy shows which open tasks would follow another version and how their
// stages would move, asks, and does it.
func (a *app) applyPolicy(ctx context.Context, f policyFlags, in io.Reader) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	if strings.TrimSpace(f.reason) == "" {
		return a.needsFlag("reason")
	}
	p, err := a.policyOf(f)
	if err != nil {
		return err
	}
	out := terminal.PolicyOutcome{Plan: f.plan, Policy: p.Name, Version: p.Version, Left: []engine.LeftUndone{}}
	var l ledger.Launched
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		if l, err = r.Plan(ctx, who, f.plan); err != nil {
			return err
		}
		out.Moves, err = r.PolicyMoves(ctx, who, f.plan, p)
		return err
	})
	if errors.Is(err, query.ErrNotWhole) && f.yes { // the engine refuses, and records that it was tried
		return cmp.Or(a.doApplyPolicy(ctx, &out, p, by, f.reason), err)
	}
	if err != nil {
		return err
	}
	if a.format == "table" {
		a.show().PolicyMoves(out, l)
	}
	if len(out.Moves) > 0 && a.show().Consents("amend", terminal.Consent{Yes: f.yes, In: in}) {
		if err := a.doApplyPolicy(ctx, &out, p, by, f.reason); err != nil {
			return err
		}
	}
	err = a.show().Print(out, func() {
		if out.Applied {
			a.say("amend.policy_done", words.Data{"Moved": out.Moved, "Policy": p.Name, "Version": p.Version})
		}
	})
	if a.show().LeftUndone(out.Left, l.Plan) {
		return errSaid
	}
	return err
}

// policyOf reads the policy: from --policies, or from what this program carries.
func (a *app) policyOf(f policyFlags) (plan.Policy, error) {
	file, raw := "policies.yaml", seeds.Policies
	if f.file != "" {
		read, err := os.ReadFile(f.file)
		if err != nil {
			return plan.Policy{}, err
		}
		file, raw = f.file, read
	}
	all, problems := planfile.LoadPolicies(file, raw)
	if a.tell(problems) > 0 {
		return plan.Policy{}, errSaid
	}
	p, ok := all[f.name]
	if !ok {
		return p, a.w.Err("amend.not_in_file", words.Data{"Name": f.name, "File": file, "Known": strings.Join(slices.Sorted(maps.Keys(all)), " ")})
	}
	return p, nil
}

func (a *app) doApplyPolicy(ctx context.Context, out *terminal.PolicyOutcome, p plan.Policy, by act.Actor, reason string) error {
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	watch, end := a.show().Progress("cli.acting")
	moved, left, err := h.Engine.Watched(watch).ApplyPolicy(ctx, out.Plan, p, by, reason)
	end()
	if err == nil {
		out.Applied, out.Moved, out.Left = true, moved, append(out.Left, left...)
	}
	return err
}

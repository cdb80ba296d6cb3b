package main

import (
	"context"
	"errors"
	"fmt"

	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// planEnd ends a plan of which nothing goes on any more, or says what does.
func (a *app) planEnd() *cobra.Command {
	var reason, paper string
	c := a.listing(&cobra.Command{
		Use: "end PLAN", Short: a.w.T("follow.cmd"), Long: a.w.T("follow.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.endPlan(cmd.Context(), args[0], reason, paper) },
	})
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("follow.flag_reason"))
	c.Flags().StringVar(&paper, "paper", "", a.w.T("follow.flag_paper"))
	return c
}

func (a *app) endPlan(ctx context.Context, id, reason, paper string) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	var out query.Ended
	var l ledger.Launched
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		out, l, err = r.Undecided(ctx, who, id)
		return err
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return sentenceError(a.w.T("cli.launch_what", words.Data{"Name": id}))
	}
	if err != nil {
		return err
	}
	if len(out.Undecided)+len(out.Talks) == 0 && l.Ended.IsZero() {
		if strings.TrimSpace(reason) == "" {
			reason = paper
		}
		if strings.TrimSpace(reason) == "" {
			return sentenceError(a.w.T("cli.needs_flag", words.Data{"Field": a.w.T("act.field_reason"), "Flag": "m"}))
		}
		h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
		if err != nil {
			return err
		}
		defer h.Close()
		if err := h.Engine.EndPlan(ctx, id, by, reason, paper); err != nil {
			return a.refusedSaid(err, l.Plan)
		}
		out.Ended = true
	}
	out.Ended = out.Ended || !l.Ended.IsZero()
	if a.format == "json" {
		err = a.show().JSON(out)
	} else {
		a.show().Ended(l.Plan, out)
	}
	if err == nil && !out.Ended {
		return errSaid
	}
	return err
}

// whoCarries is who orders what a plan carries on from another one: nobody where it
// carries nothing on.
func (a *app) whoCarries(ctx context.Context, store *ledger.Store, p *plan.Plan) (act.Actor, error) {
	all, err := a.whatIf(store).Carrying(ctx, p)
	if err != nil {
		return act.Actor{}, a.carrySaid(err, p)
	}
	if len(all) == 0 {
		return act.Actor{}, nil
	}
	return a.actor()
}

// carrySaid is why a plan cannot carry on what it says, as a sentence.
func (a *app) carrySaid(err error, p *plan.Plan) error {
	var fault *whatif.CarryError
	switch {
	case errors.As(err, &fault):
		return sentenceError(a.w.T("follow.cannot", words.Data{"Task": fault.Task, "From": fault.From, "Why": notice.Refused(a.w, fault.Refusal, p.Directory.Name)}))
	case errors.Is(err, engine.ErrWhoCarries):
		_, err = a.actor()
	}
	return a.refusedSaid(err, *p)
}

// checkFollowing shows what a new plan carries on from others, and asks about work
// that seems to be open in another plan already: it would be chased twice.
func (a *app) checkFollowing(ctx context.Context, store *ledger.Store, p *plan.Plan, agree terminal.Consent) error {
	all, err := a.whatIf(store).Carrying(ctx, p)
	if err != nil {
		return a.carrySaid(err, p)
	}
	for _, c := range all {
		fmt.Fprintln(a.out, a.w.T("follow.carries", words.Data{"Task": c.Task.Shown(), "Title": c.Task.Title, "From": c.Task.Carries}))
	}
	twins, err := a.whatIf(store).Twins(ctx, p)
	if err != nil {
		return err
	}
	gaps, err := a.whatIf(store).Gaps(ctx, p)
	if err != nil || len(twins)+len(gaps) == 0 {
		return err
	}
	a.show().Twins(terminal.TwinRows(twins))
	a.show().Gaps(terminal.GapRows(gaps))
	if a.show().Consents("follow", agree) {
		return nil
	}
	return errSaid
}

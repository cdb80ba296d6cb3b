package main

import (
	"context"
	"errors"

	"strings"

	"github.com/spf13/cobra"

	"duban/internal/ledger"
	"duban/internal/query"
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
		return a.w.Err("cli.launch_what", words.Data{"Name": id})
	}
	if err != nil {
		return err
	}
	if len(out.Undecided)+len(out.Talks) == 0 && l.Ended.IsZero() {
		if strings.TrimSpace(reason) == "" {
			reason = paper
		}
		if strings.TrimSpace(reason) == "" {
			return a.needsFlag("reason")
		}
		h, err := a.open(ctx)
		if err != nil {
			return err
		}
		defer h.Close()
		if err := h.Engine.EndPlan(ctx, id, by, reason, paper); err != nil {
			return err
		}
		out.Ended = true
	}
	out.Ended = out.Ended || !l.Ended.IsZero()
	err = a.show().Print(out, func() { a.show().Ended(l.Plan, out) })
	if err == nil && !out.Ended {
		return errSaid
	}
	return err
}

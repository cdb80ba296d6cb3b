package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/words"
)

// doctorCommand says how the office's machine is, and mends what can be mended.
func (a *app) doctorCommand() *cobra.Command {
	var mend bool
	var take string
	c := a.listing(&cobra.Command{
		Use: "doctor [WORKFLOW …]", Short: a.w.T("doctor.cmd"), Long: a.w.T("doctor.cmd_long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if take != "" || len(args) > 0 {
				return a.take(cmd.Context(), engine.Rule(take), args)
			}
			who, err := a.viewer()
			if err != nil {
				return err
			}
			c, err := host.Examine(cmd.Context(), a.cfg, host.Examination{Who: who, Mend: mend, Now: a.now, Say: a.sentence, Log: a.log})
			if err != nil {
				return err
			}
			if a.format == "json" {
				err = a.show().JSON(c)
			} else {
				c.Tell(a.out, a.w, mend)
			}
			if err == nil && !c.Well {
				err = errSaid
			}
			return err
		},
	})
	c.Flags().BoolVar(&mend, "mend", false, a.w.T("doctor.flag_mend"))
	c.Flags().StringVar(&take, "take", "", a.w.T("doctor.flag_take"))
	return c
}

// take answers, for the workflows named, the findings that ask a person.
func (a *app) take(ctx context.Context, rule engine.Rule, named []string) error {
	if rule != engine.LedgerRules && rule != engine.TemporalRules || len(named) == 0 {
		return a.w.Err("doctor.take_how")
	}
	by, err := a.actor()
	if err != nil {
		return err
	}
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	asks, err := h.Asking(ctx)
	if err != nil {
		return err
	}
	for _, id := range named {
		f, ok := asks[id]
		if !ok {
			return a.w.Err("doctor.take_no_such", words.Data{"Workflow": id})
		}
		l, err := h.Ledger.Plan(ctx, f.Plan)
		switch {
		case errors.Is(err, ledger.ErrNotFound): // of a plan that the ledger does not have
		case err != nil:
			return err
		case by.Unit != l.Plan.Directory.Office:
			return a.w.Err("doctor.take_only_office", words.Data{"Office": l.Plan.Directory.Name(l.Plan.Directory.Office)})
		}
		err = h.Engine.Take(ctx, f, rule, by.Account)
		if errors.Is(err, engine.ErrCannotTake) {
			return a.w.Err("doctor.take_cannot", words.Data{"Workflow": id})
		}
		if err != nil {
			return err
		}
		a.say("doctor.taken_"+string(rule), words.Data{"Workflow": id, "Why": a.w.T("doctor.why_" + string(f.Why))})
	}
	return nil
}

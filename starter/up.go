package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/internal/host"
	"duban/internal/plan"
	"duban/internal/words"
)

// upCommand is everything in one process: the engine with its web UI, the
// worker, the ledger, and, when files are named, their plans launched.
func (a *app) upCommand() *cobra.Command {
	var fresh bool
	c := &cobra.Command{
		Use: "up [FILE…]", Short: a.w.T("cli.up"),
		RunE: func(cmd *cobra.Command, args []string) error {
			plans, err := a.loadAll(args)
			if err != nil {
				return err
			}
			if fresh && a.cfg.FromRoot {
				return sentenceError(a.w.T("cli.init_root", words.Data{"Dir": a.cfg.Dir}))
			}
			a.serves.Store(true)
			for _, line := range a.warnings {
				a.log.Warn("Settings: " + line)
			}
			h, err := host.Open(cmd.Context(), a.cfg, host.Options{Embedded: true, Work: true, Known: !fresh, Out: a.out, Log: a.log})
			if cmd.Context().Err() != nil { // told to stop before it was ready
				fmt.Fprintln(a.out, a.w.T("cli.up_stopped"))
				return nil
			}
			if err != nil {
				return err
			}
			defer h.Close()
			fmt.Fprintln(a.out, a.w.T("cli.up_ready", words.Data{"Temporal": h.Address, "UI": h.UI, "Ledger": h.LedgerURL, "Outbox": a.cfg.Outbox}))
			for _, p := range plans {
				if err := a.launch(cmd.Context(), h, p); err != nil {
					return err
				}
			}
			err = h.Wait(cmd.Context())
			fmt.Fprintln(a.out, a.w.T("cli.up_stopped"))
			return err
		},
	}
	c.Flags().BoolVar(&fresh, "new", false, a.w.T("cli.flag_new"))
	return c
}

// loadAll reads every plan before anything is started; the errors of all of
// them are printed.
func (a *app) loadAll(files []string) (plans []*plan.Plan, err error) {
	for _, file := range files {
		p, _, loadErr := a.load(file)
		if loadErr != nil {
			err = loadErr
			continue
		}
		plans = append(plans, p)
	}
	return plans, err
}

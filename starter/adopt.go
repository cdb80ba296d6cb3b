package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"duban/internal/host"
	"duban/internal/words"
)

// adoptCommand says what a copied data folder is: the office itself, or a trial.
func (a *app) adoptCommand() *cobra.Command {
	var trial bool
	c := &cobra.Command{
		Use: "adopt [DIR]", Short: a.w.T("cli.adopt"), Long: a.w.T("cli.adopt_long"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg := a.cfg
			if len(args) == 1 {
				dir, err := filepath.Abs(args[0])
				if err != nil {
					return err
				}
				cfg.Dir = dir
			}
			if err := host.Adopt(cmd.Context(), cfg, trial, host.Options{Log: a.log}); err != nil {
				return err
			}
			key := "cli.adopted"
			if trial {
				key = "cli.adopted_trial"
			}
			a.say(key, words.Data{"Dir": cfg.Dir})
			return nil
		},
	}
	c.Flags().BoolVar(&trial, "as-trial", false, a.w.T("cli.flag_as_trial"))
	return c
}

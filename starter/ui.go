package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/internal/host"
	"duban/internal/words"
)

// uiCommand prints the address of the running engine's web UI, with the key to
// it. Only the user who runs the engine can.
func (a *app) uiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ui", Short: a.w.T("cli.ui"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			address, err := host.UI(a.cfg)
			if err != nil {
				return err
			}
			if address == "" {
				return a.w.Err("cli.ui_none", words.Data{"Dir": a.cfg.Dir})
			}
			fmt.Fprintln(a.out, address)
			return nil
		},
	}
}

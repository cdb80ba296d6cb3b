package main

import (
	"errors"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/words"
)

// backupCommand copies an office while it runs.
func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup DIR", Short: a.w.T("backup.cmd"), Long: a.w.T("backup.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := host.MakeBackup(cmd.Context(), a.cfg, args[0])
			if errors.Is(err, host.ErrNotEmpty) {
				return a.w.Err("backup.not_empty", words.Data{"Dir": args[0]})
			}
			if err != nil {
				return err
			}
			a.say("backup.made", words.Data{"Dir": args[0], "Events": b.Events, "Messages": b.Messages})
			if slices.Contains(b.Missing, "temporal") {
				a.complain("backup.no_temporal")
			}
			if slices.Contains(b.Missing, "ledger") {
				a.complain("backup.no_ledger", words.Data{"Ledger": host.Redact(host.LedgerURL(a.cfg))})
			}
			return nil
		},
	}
}

// restoreCommand makes the data folder what a backup holds.
func (a *app) restoreCommand() *cobra.Command {
	var how host.RestoreOptions
	c := &cobra.Command{
		Use: "restore DIR", Short: a.w.T("backup.cmd_restore"), Long: a.w.T("backup.cmd_restore_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			b, aside, err := host.Restore(cmd.Context(), a.cfg, from, how, host.Options{Log: a.log})
			switch {
			case errors.Is(err, host.ErrNotEmpty):
				return a.w.Err("backup.in_use", words.Data{"Dir": a.cfg.Dir})
			case errors.Is(err, host.ErrOriginal):
				return a.w.Err("backup.original", words.Data{"Folder": b.Folder, "Machine": b.Machine})
			case errors.Is(err, host.ErrNoBackup):
				return a.w.Err("backup.none", words.Data{"Dir": from})
			case err != nil:
				return err
			}
			if aside != "" {
				a.complain("backup.aside", words.Data{"Dir": aside})
			}
			a.say("backup.restored", words.Data{"Dir": a.cfg.Dir, "At": b.At.In(calendar.Beijing).Format("2006-01-02 15:04:05"), "Events": b.Events, "Messages": b.Messages})
			return nil
		},
	}
	c.Flags().BoolVar(&how.Force, "force", false, a.w.T("backup.flag_force"))
	c.Flags().BoolVar(&how.Instead, "instead", false, a.w.T("backup.flag_instead"))
	c.Flags().BoolVar(&how.Trial, "as-trial", false, a.w.T("cli.flag_as_trial"))
	c.MarkFlagsMutuallyExclusive("instead", "as-trial")
	return c
}

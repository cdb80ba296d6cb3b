package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/words"
)

// initCommand makes a new office: its folder and its empty ledger. Nothing else
// does, so that a folder that was mistyped stays without one and is refused.
func (a *app) initCommand() *cobra.Command {
	var admit string
	c := &cobra.Command{
		Use: "init", Short: a.w.T("cli.init"), Long: a.w.T("cli.init_long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			url := host.LedgerURL(a.cfg)
			data := words.Data{"Dir": a.cfg.Dir, "Ledger": host.Redact(url), "Role": admit}
			if admit != "" {
				return a.admit(cmd.Context(), url, admit, data)
			}
			made, err := host.Init(cmd.Context(), a.cfg, a.log)
			key := "cli.init_there"
			if made {
				key = "cli.init_made"
			}
			return a.done(err, key, data)
		},
	}
	c.Flags().StringVar(&admit, "admit", "", a.w.T("cli.flag_admit"))
	return c
}

// done says what was done, if it was.
func (a *app) done(err error, key string, data words.Data) error {
	if err == nil {
		a.say(key, data)
	}
	return err
}

// admit makes the ledger's tables or brings them up to date, as their owner, and gives
// the role of the PostgreSQL server that worker and starter use its rights on them.
func (a *app) admit(ctx context.Context, url, role string, data words.Data) error {
	if strings.HasPrefix(url, "sqlite:") {
		return a.w.Err("cli.admit_file", data)
	}
	if err := ledger.Make(ctx, url); err != nil {
		return err
	}
	err := ledger.Admit(ctx, url, role)
	for known, key := range map[error]string{ledger.ErrNoRole: "cli.admit_no_role", ledger.ErrRoleMayAll: "cli.admit_may_all"} {
		if errors.Is(err, known) {
			return a.w.Err(key, data)
		}
	}
	return a.done(err, "cli.admitted", data)
}

// adoptCommand says what a copied data folder is: the office itself, or a trial.
func (a *app) adoptCommand() *cobra.Command {
	var trial bool
	c := &cobra.Command{
		Use: "adopt [DIR]", Short: a.w.T("cli.adopt"), Long: a.w.T("cli.adopt_long"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			cfg, key := a.cfg, "cli.adopted"
			if len(args) == 1 {
				if cfg.Dir, err = filepath.Abs(args[0]); err != nil {
					return err
				}
			}
			if trial {
				key = "cli.adopted_trial"
			}
			return a.done(host.Adopt(cmd.Context(), cfg, trial, host.Options{Log: a.log}), key, words.Data{"Dir": cfg.Dir})
		},
	}
	c.Flags().BoolVar(&trial, "as-trial", false, a.w.T("cli.flag_as_trial"))
	return c
}

// backupCommand copies an office while it runs.
func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup DIR", Short: a.w.T("backup.cmd"), Long: a.w.T("backup.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := host.MakeBackup(cmd.Context(), a.cfg, args[0])
			if errors.Is(err, host.ErrNotEmpty) {
				return a.w.Err("backup.not_empty", words.Data{"Dir": args[0]})
			}
			if err := a.done(err, "backup.made", words.Data{"Dir": args[0], "Events": b.Events, "Messages": b.Messages}); err != nil {
				return err
			}
			for _, part := range []string{"temporal", "ledger"} {
				if slices.Contains(b.Missing, part) {
					a.complain("backup.no_"+part, words.Data{"Ledger": host.Redact(host.LedgerURL(a.cfg))})
				}
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
			}
			if err == nil && aside != "" {
				a.complain("backup.aside", words.Data{"Dir": aside})
			}
			return a.done(err, "backup.restored", words.Data{"Dir": a.cfg.Dir, "At": b.At.Format("2006-01-02 15:04:05"), "Events": b.Events, "Messages": b.Messages})
		},
	}
	c.Flags().BoolVar(&how.Force, "force", false, a.w.T("backup.flag_force"))
	c.Flags().BoolVar(&how.Instead, "instead", false, a.w.T("backup.flag_instead"))
	c.Flags().BoolVar(&how.Trial, "as-trial", false, a.w.T("cli.flag_as_trial"))
	c.MarkFlagsMutuallyExclusive("instead", "as-trial")
	return c
}

// doctorCommand says how the office's machine is, mends what can be mended, and answers
// the findings that ask a person.
func (a *app) doctorCommand() *cobra.Command {
	var mend bool
	var take string
	c := a.listing(&cobra.Command{
		Use: "doctor [WORKFLOW …]", Short: a.w.T("doctor.cmd"), Long: a.w.T("doctor.cmd_long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if take != "" || len(args) > 0 {
				if err := host.CanTake(engine.Rule(take), args); err != nil {
					return err
				}
				return a.acting(cmd.Context(), func(h *host.Host, by act.Actor) error {
					return h.Take(cmd.Context(), engine.Rule(take), args, by, func(f engine.Finding) {
						a.say("doctor.taken_"+take, words.Data{"Workflow": f.Workflow, "Why": a.w.T("doctor.why_" + string(f.Why))})
					})
				})
			}
			who, err := a.viewer()
			if err != nil {
				return err
			}
			c, err := host.Examine(cmd.Context(), a.cfg, host.Examination{Who: who, Mend: mend, Now: a.now, Say: a.sentence, Log: a.log})
			if err == nil {
				err = a.show().Print(c, func() { c.Tell(a.out, a.w, mend) })
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

// uiCommand prints the address of the running engine's web UI, with the key to
// it. Only the user who runs the engine can.
func (a *app) uiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ui", Short: a.w.T("cli.ui"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			address, err := host.UI(a.cfg)
			if err == nil && address == "" {
				err = a.w.Err("cli.ui_none", words.Data{"Dir": a.cfg.Dir})
			}
			if err == nil {
				fmt.Fprintln(a.out, address)
			}
			return err
		},
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

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
			store, err := host.OpenLedger(cmd.Context(), a.cfg, true, a.log)
			if err == nil || errors.Is(err, ledger.ErrSchemaOlder) {
				fmt.Fprintln(a.out, a.w.T("cli.init_there", data))
				return closeStore(store)
			}
			if !errors.Is(err, ledger.ErrNoLedger) {
				return err
			}
			if a.cfg.FromRoot {
				return sentenceError(a.w.T("cli.init_root", data))
			}
			store, err = ledger.Open(cmd.Context(), url)
			if err != nil {
				return err
			}
			if err := store.Close(); err != nil {
				return err
			}
			fmt.Fprintln(a.out, a.w.T("cli.init_made", data))
			return nil
		},
	}
	c.Flags().StringVar(&admit, "admit", "", a.w.T("cli.flag_admit"))
	return c
}

// admit makes the ledger's tables or brings them up to date, as their owner, and gives
// the role of the PostgreSQL server that worker and starter use its rights on them.
func (a *app) admit(ctx context.Context, url, role string, data words.Data) error {
	if strings.HasPrefix(url, "sqlite:") {
		return sentenceError(a.w.T("cli.admit_file", data))
	}
	store, err := ledger.Open(ctx, url)
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	switch err := ledger.Admit(ctx, url, role); {
	case errors.Is(err, ledger.ErrNoRole):
		return sentenceError(a.w.T("cli.admit_no_role", data))
	case errors.Is(err, ledger.ErrRoleMayAll):
		return sentenceError(a.w.T("cli.admit_may_all", data))
	case err != nil:
		return err
	}
	fmt.Fprintln(a.out, a.w.T("cli.admitted", data))
	return nil
}

// closeStore closes a ledger that may be nil.
func closeStore(store *ledger.Store) error {
	if store == nil {
		return nil
	}
	return store.Close()
}

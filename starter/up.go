package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"

	"duban/internal/front"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/terminal"
	"duban/internal/words"
)

// upCommand is everything in one process: the engine with its web UI, the
// worker, the ledger, and, when files are named, their plans launched.
func (a *app) upCommand() *cobra.Command {
	var fresh bool
	c := &cobra.Command{
		Use: "up [FILE…]", Short: a.w.T("cli.up"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if fresh && a.cfg.FromRoot {
				return host.ErrRoot
			}
			a.serve()
			for _, line := range a.warnings {
				a.log.Warn("Settings: " + line)
			}
			h, err := host.Open(cmd.Context(), a.cfg, host.Options{Embedded: true, Work: true, Known: !fresh, Out: a.out, Log: a.log})
			if cmd.Context().Err() != nil { // told to stop before it was ready
				a.say("cli.up_stopped")
				return nil
			}
			if err != nil {
				return err
			}
			again := false
			defer func() {
				if h.Close(); again {
					err = host.Again()
				}
			}()
			a.say("cli.up_ready", words.Data{"Temporal": h.Address, "UI": h.UI, "Ledger": h.LedgerURL, "Outbox": a.cfg.Outbox})
			serving, leave := context.WithCancel(cmd.Context())
			defer leave()
			pages, err := a.servePortal(serving, h)
			switch {
			case err != nil && cmd.Context().Err() != nil: // told to stop meanwhile
				a.say("cli.up_stopped")
				return nil
			case err != nil:
				return err
			}
			var under sync.WaitGroup
			under.Go(func() { a.launchAll(serving, h, args) })
			under.Go(func() {
				if err := pages.Wait(); err != nil { // the engine goes on without its pages
					a.log.Error("The portal is not served any more", "error", err)
				}
			})
			err = h.Wait(cmd.Context())
			leave()
			under.Wait() // requests under way are answered before the ledger is closed
			if again = errors.Is(err, host.ErrClockSetBack); again {
				a.say("cli.up_again")
				return err
			}
			a.say("cli.up_stopped")
			return err
		},
	}
	c.Flags().BoolVar(&fresh, "new", false, a.w.T("cli.flag_new"))
	return c
}

// launchAll launches the plans of these files. A plan in the ledger runs, whatever becomes
// of its file: a file that is missing, broken or differs from the ledger is a loud warning,
// and the others go on. A launch that failed for a reason that passes is tried again until
// ctx ends.
func (a *app) launchAll(ctx context.Context, h *host.Host, files []string) {
	host.Insist(ctx, files, func(file string) (again bool) {
		p, _, err := a.load(ctx, file)
		if err == nil {
			err = a.launchFile(ctx, h, p, file, terminal.Consent{})
		}
		if err == nil || ctx.Err() != nil {
			return false
		}
		again = host.Passes(err)
		log := a.log.With("file", file, "again", again)
		if !errors.Is(err, errSaid) { // else it is on the terminal already
			log = log.With("error", err)
			fmt.Fprintln(a.err, host.Redact(a.sentence(err)))
		}
		log.Error("A plan was not launched as its file says; what is in the ledger runs")
		a.complain("cli.up_not_launched", words.Data{"File": file, "Again": again})
		return again
	})
}

// portalCommand opens a ledger to be read in a browser.
func (a *app) portalCommand() *cobra.Command {
	var dir, listen string
	c := &cobra.Command{
		Use: "portal", Short: a.w.T("account.cmd_portal"), Long: a.w.T("account.cmd_portal_long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir != "" {
				whole, err := filepath.Abs(dir)
				if err != nil {
					return err
				}
				if info, err := os.Stat(whole); err != nil || !info.IsDir() {
					return a.w.Err("account.no_folder", words.Data{"Dir": dir})
				}
				a.cfg.Dir, a.cfg.DatabaseURL, a.cfg.Accounts = whole, "", filepath.Join(whole, "accounts.yaml")
			}
			a.serve()
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				s, key, err := front.Look(cmd.Context(), a.cfg, store, portal.Listening{Address: listen, Wish: !cmd.Flags().Changed("listen")}, a.log)
				if err != nil {
					return err
				}
				a.say("account.look_at", words.Data{"URL": s.URL + "/signin?key=" + key, "Dir": a.cfg.Dir})
				return s.Wait()
			})
		},
	}
	c.Flags().StringVar(&dir, "dir", "", a.w.T("account.flag_dir"))
	c.Flags().StringVar(&listen, "listen", front.Wish, a.w.T("account.flag_listen"))
	return c
}

// servePortal serves the pages of `up`, says where, and gives the office its first link when
// nobody can sign in yet.
func (a *app) servePortal(ctx context.Context, h *host.Host) (*front.Pages, error) {
	s, at, first, err := front.Serve(ctx, a.cfg, h, spawn, a.log)
	if err != nil {
		return nil, err
	}
	a.say("account.portal_at", words.Data{"URL": at})
	switch {
	case first == nil:
	case first.Secret == "":
		a.say("account.no_office", words.Data{"File": a.cfg.Accounts})
	default:
		a.link("account.first_link", first.Account, at, first.Secret, first.Ends)
	}
	return s, nil
}

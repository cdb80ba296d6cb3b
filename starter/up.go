package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/terminal"
	"duban/internal/words"
)

// portalWish is where `up` and `portal` serve when nothing else is said, if it is free.
const portalWish = "127.0.0.1:8230"

// upCommand is everything in one process: the engine with its web UI, the
// worker, the ledger, and, when files are named, their plans launched.
func (a *app) upCommand() *cobra.Command {
	var fresh bool
	c := &cobra.Command{
		Use: "up [FILE…]", Short: a.w.T("cli.up"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if fresh && a.cfg.FromRoot {
				return a.w.Err("cli.init_root", words.Data{"Dir": a.cfg.Dir})
			}
			a.serves.Store(true)
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
			launched := make(chan struct{})
			launching, stop := context.WithCancel(cmd.Context())
			go func() { defer close(launched); a.launchAll(launching, h, args) }()
			served := make(chan struct{})
			go func() {
				defer close(served)
				if err := pages.Wait(); err != nil { // what chases goes on without its pages
					a.log.Error("The portal is not served any more", "error", err)
				}
			}()
			err = h.Wait(cmd.Context())
			stop()
			leave()
			<-launched
			<-served // what people sent is answered before the ledger is closed
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

// launchAll launches the plans of these files. What is in the ledger runs, whatever
// becomes of its file: one that is missing, broken or says otherwise is a loud
// warning, and the others go on. What failed for a reason that passes is tried
// again until ctx ends.
func (a *app) launchAll(ctx context.Context, h *host.Host, files []string) {
	for gap := time.Second; len(files) > 0 && ctx.Err() == nil; gap = min(gap*2, time.Minute) {
		var left []string
		for _, file := range files {
			p, _, err := a.load(ctx, file)
			if err == nil {
				err = a.launchFile(ctx, h, p, file, terminal.Consent{})
			}
			if err == nil || ctx.Err() != nil {
				continue
			}
			again := host.Passes(err)
			if again {
				left = append(left, file)
			}
			log := a.log.With("file", file, "again", again)
			if !errors.Is(err, errSaid) { // else it stands on the terminal already
				log = log.With("error", err)
				fmt.Fprintln(a.err, host.Redact(a.sentence(err)))
			}
			log.Error("A plan was not launched as its file says; what is in the ledger runs")
			a.complain("cli.up_not_launched", words.Data{"File": file, "Again": again})
		}
		if files = left; len(files) == 0 {
			return
		}
		select {
		case <-time.After(gap):
		case <-ctx.Done():
		}
	}
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
			a.serves.Store(true)
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				house := a.house(store)
				house.URL = "" // of the portal of those who work
				o, _ := house.Options()
				s, err := a.serve(cmd.Context(), o, portal.Listening{Address: listen, Wish: !cmd.Flags().Changed("listen")})
				if err != nil {
					return err
				}
				a.say("account.look_at", words.Data{"URL": s.URL + "/signin?key=" + o.Key, "Dir": a.cfg.Dir})
				return s.Wait()
			})
		},
	}
	c.Flags().StringVar(&dir, "dir", "", a.w.T("account.flag_dir"))
	c.Flags().StringVar(&listen, "listen", portalWish, a.w.T("account.flag_listen"))
	return c
}

// house is what this process has of which a portal is made that looks only.
func (a *app) house(store *ledger.Store) portal.House {
	return portal.House{Ledger: store, AccountsFile: a.cfg.Accounts, Dir: a.cfg.Dir, URL: a.cfg.URL, Lang: a.cfg.Lang, Log: a.log,
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(a.cfg, imported...) }}
}

// serve serves a portal.
func (a *app) serve(ctx context.Context, o portal.Options, l portal.Listening) (*portal.Server, error) {
	pages, err := portal.New(o)
	if err != nil {
		return nil, err
	}
	s, err := portal.Open(ctx, l, pages)
	if err != nil {
		err = a.w.Err("settings.listen", words.Data{"Error": err})
	}
	return s, err
}

// servePortal serves the pages of `up`: at DUBAN_LISTEN, or on the loopback address. It
// says where, and gives the office its first link when nobody can sign in yet.
func (a *app) servePortal(ctx context.Context, h *host.Host) (*portal.Server, error) {
	house := a.house(h.Ledger)
	house.Engine, house.TLS, house.Checkup, house.More = h.Engine, a.cfg.TLSCert != "", h.Checkup(a.cfg, a.log), portal.Answers(h.Health())
	house.OIDC = portal.OIDC(a.cfg.OIDC)
	o, people := house.Options()
	s, err := a.serve(ctx, o, portal.Listening{Address: cmp.Or(a.cfg.Listen, portalWish), Wish: a.cfg.Listen == "", Cert: a.cfg.TLSCert, Key: a.cfg.TLSKey})
	if err != nil {
		return nil, err
	}
	at := strings.TrimSuffix(cmp.Or(a.cfg.URL, s.URL), "/")
	a.say("account.portal_at", words.Data{"URL": at})
	first, err := house.FirstLink(ctx, o, people)
	switch {
	case err != nil:
		return nil, err
	case first == nil:
	case first.Secret == "":
		a.say("account.no_office", words.Data{"File": a.cfg.Accounts})
	default:
		a.link("account.first_link", first.Account, at, first.Secret, first.Ends)
	}
	return s, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
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
				err = a.checkNew(ctx, h.Ledger, p, file, terminal.Consent{})
			}
			if err == nil {
				err = a.launch(ctx, h, p.ID, p)
			}
			if err == nil || ctx.Err() != nil {
				continue
			}
			if passes(err) {
				left = append(left, file)
			}
			log := a.log.With("file", file, "again", passes(err))
			if !errors.Is(err, errSaid) { // else it stands on the terminal already
				log = log.With("error", err)
			}
			log.Error("A plan was not launched as its file says; what is in the ledger runs")
			if !errors.Is(err, errSaid) {
				fmt.Fprintln(a.err, host.Redact(a.sentence(err)))
			}
			a.complain("cli.up_not_launched", words.Data{"File": file, "Again": passes(err)})
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

// passes tells that a launch failed for a reason that may be gone in a moment.
func passes(err error) bool {
	var unarmed *engine.UnarmedError
	var away *serviceerror.Unavailable
	return errors.As(err, &unarmed) || ledger.Later(err) || errors.As(err, &away)
}

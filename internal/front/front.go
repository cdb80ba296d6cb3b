// Package front serves the portal of a host, for both programs: for the command line, which
// prints the portal's address and the first link, and for a worker, which goes on working
// while its pages cannot be served.
package front

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
)

// Wish is where pages are served when nothing else is said, if it is free.
const Wish = "127.0.0.1:8230"

// partsOf are the portal.Parts of a process; without a host (h nil) the ledger is only
// looked at.
func partsOf(cfg settings.Config, store *ledger.Store, h *host.Host, log *slog.Logger) portal.Parts {
	parts := portal.Parts{Ledger: store, AccountsFile: cfg.Accounts, Dir: cfg.Dir, Lang: cfg.Lang, Log: log,
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(cfg, imported...) }}
	if h != nil { // DUBAN_URL and TLS are those of the portal with an engine, not of one for looking
		parts.Engine, parts.URL, parts.TLS, parts.OIDC = h.Engine, cfg.URL, cfg.TLSCert != "", portal.OIDC(cfg.OIDC)
		parts.Checkup, parts.More = h.Checkup(cfg, log), portal.Answers(h.Health())
	}
	return parts
}

func open(ctx context.Context, o portal.Options, l portal.Listening) (*portal.Server, error) {
	pages, err := portal.New(o)
	if err != nil {
		return nil, err
	}
	s, err := portal.Open(ctx, l, pages)
	if err != nil {
		err = &ListenError{err}
	}
	return s, err
}

// ListenError: the pages cannot be served at the address that is wanted.
type ListenError struct{ Err error }

func (e *ListenError) Error() string { return "front: " + e.Err.Error() }
func (e *ListenError) Unwrap() error { return e.Err }

// Look serves the pages of a ledger to be looked at, and gives the key to them: *ListenError.
func Look(ctx context.Context, cfg settings.Config, store *ledger.Store, l portal.Listening, log *slog.Logger) (s *portal.Server, key string, err error) {
	o, _ := partsOf(cfg, store, nil, log).Options()
	s, err = open(ctx, o, l)
	return s, o.Key, err
}

// Pages are served until their context ends.
type Pages struct {
	*portal.Server
	rehearsals *rehearsals
	trials     *trials
}

// Wait is portal.Server.Wait, and waits for a rehearsal and a trial under way to end.
func (p *Pages) Wait() error {
	err := p.Server.Wait()
	if err == nil {
		p.rehearsals.under.Wait()
		p.trials.under.Wait()
	}
	return err
}

// Serve serves the pages of a host at the address in its settings, or on the loopback
// address. at is their address for people, first the office's first link where nobody can
// sign in yet. spawn begins the engine of a rehearsal. The error may be a *ListenError.
func Serve(ctx context.Context, cfg settings.Config, h *host.Host, spawn rehearse.Spawn, log *slog.Logger) (s *Pages, at string, first *portal.FirstLink, err error) {
	made := partsOf(cfg, h.Ledger, h, log)
	o, people := made.Options()
	s = &Pages{rehearsals: newRehearsals(ctx, cfg, spawn, log), trials: newTrials(ctx, cfg, spawn, log)}
	o.Rehearsing, o.Trying = s.rehearsals, s.trials
	s.Server, err = open(ctx, o, portal.Listening{Address: cmp.Or(cfg.Listen, Wish), Wish: cfg.Listen == "", Cert: cfg.TLSCert, Key: cfg.TLSKey})
	if err != nil {
		return nil, "", nil, err
	}
	first, err = made.FirstLink(ctx, o, people)
	return s, strings.TrimSuffix(cmp.Or(cfg.URL, s.URL), "/"), first, err
}

// Beside makes the engine of a rehearsal of the command line that lies in the same folder as
// this program, as in a release; nil where none does.
func Beside() rehearse.Spawn {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return inFolder(filepath.Dir(self))
}

func inFolder(dir string) rehearse.Spawn {
	program := filepath.Join(dir, "starter")
	if info, err := os.Stat(program); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return nil
	}
	return func(e rehearse.Engine) *exec.Cmd { return exec.Command(program, e.Args()...) }
}

// Keep serves the pages of a worker until end is called, where its settings have an address;
// served is closed when the requests under way at that time are answered, and a rehearsal
// or trial under way has been given up. spawn is as in Serve. Nothing is rehearsed on a cluster:
// which of its workers answers a browser is by chance, and one does not know what another
// rehearses.
func Keep(ctx context.Context, cfg settings.Config, h *host.Host, spawn rehearse.Spawn, log *slog.Logger) (end func(), served <-chan struct{}, err error) {
	done := make(chan struct{})
	if cfg.Listen == "" {
		close(done)
		return func() {}, done, nil
	}
	o, _ := partsOf(cfg, h.Ledger, h, log).Options()
	ctx, end = context.WithCancel(ctx)
	under, tried := newRehearsals(ctx, cfg, spawn, log), newTrials(ctx, cfg, spawn, log)
	if spawn != nil && !cfg.Cluster() {
		o.Rehearsing, o.Trying = under, tried
	}
	pages, err := portal.New(o)
	if err != nil {
		end()
		return nil, nil, err
	}
	go func() {
		defer close(done)
		defer under.under.Wait()
		defer tried.under.Wait()
		portal.Keep(ctx, portal.Listening{Address: cfg.Listen, Cert: cfg.TLSCert, Key: cfg.TLSKey}, pages, log)
	}()
	return end, done, nil
}

// Package front puts a portal before a host, for both programs: at the command line, which
// says where its pages are and gives the first link, and for a worker, which works all the
// same while its pages cannot be served.
package front

import (
	"cmp"
	"context"
	"log/slog"
	"strings"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/settings"
)

// Wish is where pages are served when nothing else is said, if it is free.
const Wish = "127.0.0.1:8230"

// house is what a process has of which a portal is made; h is nil to look only.
func house(cfg settings.Config, store *ledger.Store, h *host.Host, log *slog.Logger) portal.House {
	house := portal.House{Ledger: store, AccountsFile: cfg.Accounts, Dir: cfg.Dir, Lang: cfg.Lang, Log: log,
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(cfg, imported...) }}
	if h != nil { // the address in the settings is of the portal of those who work
		house.Engine, house.URL, house.TLS, house.OIDC = h.Engine, cfg.URL, cfg.TLSCert != "", portal.OIDC(cfg.OIDC)
		house.Checkup, house.More = h.Checkup(cfg, log), portal.Answers(h.Health())
	}
	return house
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
	o, _ := house(cfg, store, nil, log).Options()
	s, err = open(ctx, o, l)
	return s, o.Key, err
}

// Serve serves the pages of a host where its settings say, or on the loopback address, and
// gives their address for people, and the office's first link where nobody can sign in yet:
// *ListenError.
func Serve(ctx context.Context, cfg settings.Config, h *host.Host, log *slog.Logger) (s *portal.Server, at string, first *portal.FirstLink, err error) {
	made := house(cfg, h.Ledger, h, log)
	o, people := made.Options()
	s, err = open(ctx, o, portal.Listening{Address: cmp.Or(cfg.Listen, Wish), Wish: cfg.Listen == "", Cert: cfg.TLSCert, Key: cfg.TLSKey})
	if err != nil {
		return nil, "", nil, err
	}
	first, err = made.FirstLink(ctx, o, people)
	return s, strings.TrimSuffix(cmp.Or(cfg.URL, s.URL), "/"), first, err
}

// Keep serves the pages of a worker until end is called, if its settings say where; served is
// closed once what was under way then is answered.
func Keep(ctx context.Context, cfg settings.Config, h *host.Host, log *slog.Logger) (end func(), served <-chan struct{}, err error) {
	done := make(chan struct{})
	if cfg.Listen == "" {
		close(done)
		return func() {}, done, nil
	}
	o, _ := house(cfg, h.Ledger, h, log).Options()
	pages, err := portal.New(o)
	if err != nil {
		return nil, nil, err
	}
	ctx, end = context.WithCancel(ctx)
	go func() {
		defer close(done)
		portal.Keep(ctx, portal.Listening{Address: cfg.Listen, Cert: cfg.TLSCert, Key: cfg.TLSKey}, pages, log)
	}()
	return end, done, nil
}

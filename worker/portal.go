package main

import (
	"context"
	"log/slog"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/portal"
	"duban/internal/settings"
)

// servePortal serves the pages at DUBAN_LISTEN until end is called; served is closed once
// what was under way then is answered. A worker whose pages cannot be served works all the
// same.
func servePortal(ctx context.Context, cfg settings.Config, h *host.Host, log *slog.Logger) (end func(), served <-chan struct{}, err error) {
	done := make(chan struct{})
	if cfg.Listen == "" {
		close(done)
		return func() {}, done, nil
	}
	o, _ := portal.House{
		Ledger: h.Ledger, Engine: h.Engine, AccountsFile: cfg.Accounts, Dir: cfg.Dir, URL: cfg.URL, TLS: cfg.TLSCert != "", Lang: cfg.Lang, Log: log, Checkup: h.Checkup(cfg, log),
		More: portal.Answers(h.Health()), OIDC: portal.OIDC(cfg.OIDC),
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(cfg, imported...) },
	}.Options()
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
